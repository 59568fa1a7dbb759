# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_profile import CREDIT_READERS

#: fields of the partner that show credit: nobody writes them, through no door
CREDIT_FIELDS = frozenset({
    "credit_profile_id", "credit_grade_id", "credit_grade_color", "credit_score", "credit_is_rated",
    "credit_score_explanation", "credit_score_graph", "credit_limit_effective", "credit_limit_source",
    "credit_limit_expiry", "credit_next_review_date", "credit_last_evaluated", "credit_hold", "credit_hold_reason",
    "credit_hold_review_date", "credit_invoice_count", "credit_on_time_share", "credit_mean_days_late",
    "credit_worst_days_late", "credit_overdue_amount", "credit_overdue_oldest_days", "credit_turnover_12m",
    "credit_currency_id",
})


def _from_profile(name, **kwargs):
    """A read-only field that shows a field of the customer's credit profile with the current company.

    Not in sudo: searching a related field asks for no right to that field, so the profile's own rights must answer.
    """
    return {
        "related": f"credit_profile_id.{name}", "related_sudo": False, "groups": CREDIT_READERS, "readonly": True,
        **kwargs,
    }


class ResPartner(models.Model):
    _inherit = "res.partner"

    #=== FIELDS ===#

    credit_profile_id = fields.Many2one(
        comodel_name="business.credit.profile",
        string="Credit",
        compute="_compute_credit_profile_id",
        compute_sudo=True,
        search="_search_credit_profile_id",
        groups=CREDIT_READERS,
        help="The credit of the customer (commercial entity) with the current company.",
    )
    credit_grade_id = fields.Many2one(
        comodel_name="business.credit.grade",
        compute="_compute_credit_profile_id",
        compute_sudo=True,
        search="_search_credit_grade_id",
        groups=CREDIT_READERS,
        help="Empty: unrated.",
    )
    credit_grade_color = fields.Integer(**_from_profile("grade_color", string="Credit Grade Color"))
    credit_currency_id = fields.Many2one(**_from_profile("currency_id", string="Credit Currency"))
    credit_score = fields.Float(**_from_profile("score", string="Credit Score"))
    credit_is_rated = fields.Boolean(**_from_profile("is_rated", string="Credit Rated"))
    credit_score_explanation = fields.Html(
        **_from_profile("score_explanation", string="Credit Score Explained", sanitize=False)
    )
    credit_score_graph = fields.Text(**_from_profile("score_graph", string="Credit Score History"))
    credit_limit_effective = fields.Monetary(
        **_from_profile("credit_limit", string="Limit in Force", currency_field="credit_currency_id")
    )
    credit_limit_source = fields.Selection(**_from_profile("limit_source", string="Limit Comes From"))
    credit_limit_expiry = fields.Date(**_from_profile("limit_expiry", string="Credit Limit Valid Until"))
    credit_next_review_date = fields.Date(**_from_profile("next_review_date", string="Next Credit Review"))
    credit_last_evaluated = fields.Date(**_from_profile("last_evaluated", string="Credit Last Evaluated"))
    credit_hold = fields.Boolean(**_from_profile("hold", string="On Credit Hold"))
    credit_hold_reason = fields.Text(**_from_profile("hold_reason", string="Credit Hold Reason"))
    credit_hold_review_date = fields.Date(**_from_profile("hold_review_date", string="Review Credit Hold On"))
    credit_invoice_count = fields.Integer(**_from_profile("invoice_count", string="Credit: Invoices"))
    credit_on_time_share = fields.Float(**_from_profile("on_time_share", string="Credit: Paid on Time"))
    credit_mean_days_late = fields.Float(**_from_profile("mean_days_late", string="Credit: Mean Days Late"))
    credit_worst_days_late = fields.Integer(**_from_profile("worst_days_late", string="Credit: Longest Delay (Days)"))
    credit_overdue_amount = fields.Monetary(
        **_from_profile("overdue_amount", string="Credit: Overdue", currency_field="credit_currency_id")
    )
    credit_overdue_oldest_days = fields.Integer(
        **_from_profile("overdue_oldest_days", string="Credit: Oldest Overdue (Days)")
    )
    credit_turnover_12m = fields.Monetary(
        **_from_profile("turnover_12m", string="Credit: Turnover (12 Months)", currency_field="credit_currency_id")
    )

    #=== COMPUTE METHODS ===#

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_credit_profile_id(self):
        profiles = {
            profile.partner_id.id: profile
            for profile in self.env["business.credit.profile"].search_fetch(
                [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", self.env.company.id)],
                ["partner_id", "grade_id"],
            )
        }
        nobody = self.env["business.credit.profile"]
        for partner in self:
            profile = profiles.get(partner.commercial_partner_id._origin.id, nobody)
            partner.credit_profile_id = profile
            partner.credit_grade_id = profile.grade_id

    def _search_credit_profile_id(self, operator, value):
        return self._search_credit("id", operator, value)

    def _search_credit_grade_id(self, operator, value):
        return self._search_credit("grade_id", operator, value)

    def _search_credit(self, field, operator, value):
        """Return the domain of the customers whose profile with the current company fits.

        :param str field: of the profile
        """
        if operator not in ("any", "any!", "in"):
            return NotImplemented
        Profile = self.env["business.credit.profile"]
        mine = Domain("company_id", "=", self.env.company.id)

        def having(domain):
            return Profile._search(mine & domain).subselect("partner_id")

        if operator != "in":
            return Domain("commercial_partner_id", "in", having(Domain(field, operator, value)))
        value = set(value)
        domain = Domain("commercial_partner_id", "in", having(Domain(field, "in", list(value - {False}))))
        if False in value:
            domain |= Domain("commercial_partner_id", "not in", having(Domain(field, "!=", False)))
        return domain

    #=== CRUD METHODS ===#

    def write(self, vals):
        """EXTENDS 'base': who moves a customer to another commercial entity moves his orders to another credit."""
        if not {"parent_id", "is_company", "commercial_partner_id"} & vals.keys():
            return super().write(vals)
        orders = self.env["sale.order"].sudo().search([
            ("partner_invoice_id", "child_of", self.ids), ("state", "=", "sale"), ("invoice_status", "!=", "invoiced"),
        ]) if self.ids else self.env["sale.order"].sudo()
        with orders._guarding_increase():
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit(self):
        self._refuse_losing_credit()

    def _refuse_losing_credit(self):
        """A grade, a limit or a hold does not go away with the customer who has it."""
        profiles = self.env["business.credit.profile"].sudo().search([
            ("partner_id", "in", self.ids), "|", "|", ("grade_id", "!=", False), ("hold", "=", True),
            ("limit_source", "=", "own"),
        ])
        if profiles and not self.env.su:
            self.env["business.control.mixin"]._refuse_on(profiles, "approval.forgery", self.env._(
                "%s has a credit grade, a limit or a hold, which would be lost. Archive the customer instead.",
                ", ".join(profiles.partner_id.mapped("display_name")),
            ))

    #=== ACTION METHODS ===#

    def action_open_credit(self):
        """Open the credit of the customer with the current company; it is made on the first visit."""
        self.ensure_one()
        self.check_access("read")
        profile = self.env["business.credit.profile"].with_user(self.env.user)
        profile.check_access("read")
        profile = profile._get_or_create(self, self.env.company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit"),
            "res_model": "business.credit.profile",
            "res_id": profile.id,
            "view_mode": "form",
        }

    #=== TOOLING ===#

    @api.model
    def _get_kept_fields(self):
        """Names of the fields that the system keeps. Credit is written by reviews and approved requests."""
        return CREDIT_FIELDS

    @api.model
    def _check_field_access(self, field, operation):
        """EXTENDS 'base': what the system keeps is written by nobody, through no door.

        ``create`` and ``write`` ask here; ``_has_field_access`` is asked for each value that is read as well.
        """
        if operation == "write" and not self.env.su and field.name in self._get_kept_fields():
            raise AccessError(self.env._("The system keeps the field “%s”; nobody else writes it.", field.name))
        return super()._check_field_access(field, operation)

    def _field_to_sql(self, alias, field_expr, query=None):
        """EXTENDS 'base': let customers be grouped by their grade with the current company."""
        if field_expr == "credit_grade_id" and query is not None:
            self._check_field_access(self._fields[field_expr], "read")
            profile = query.make_alias(alias, "credit_profile")
            query.add_join("LEFT JOIN", profile, "business_credit_profile", SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(profile, "partner_id"), SQL.identifier(alias, "commercial_partner_id"),
                SQL.identifier(profile, "company_id"), self.env.company.id,
            ))
            return SQL.identifier(profile, "grade_id")
        return super()._field_to_sql(alias, field_expr, query)
