# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessCreditGrade(models.Model):
    """A credit grade of a company: what its customers get (JJ-4.1).

    ====================  ==============================  =====================
    Action                Group                           Restriction
    ====================  ==============================  =====================
    Read                  posts that deal with customers  companies of the user
    Create, edit, delete  executive office, system        companies of the user
    ====================  ==============================  =====================
    """

    _name = "business.credit.grade"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _description = "Credit Grade"
    _order = "company_id, sequence, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    _allow_sudo_commands = False

    #=== FIELDS ===#

    code = fields.Char(required=True, tracking=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    color = fields.Integer()
    min_score = fields.Float(
        string="From Score",
        digits=(5, 2),
        tracking=True,
        help="Customers whose score is at least this one get the grade, unless they reach a better one.",
    )
    sequence = fields.Integer(
        string="Rank",
        compute="_compute_sequence",
        store=True,
        help="Better grades first: the higher the score a grade asks for, the better it is.",
    )
    deposit_percent = fields.Float(
        string="Deposit (%)",
        tracking=True,
        help="Share of an order that is paid before anything is made or sent.",
    )
    balance_event = fields.Selection(
        selection=[("dispatch", "Goods leave"), ("arrival", "Goods arrive")],
        string="Balance Due When",
        required=True,
        default="dispatch",
        tracking=True,
        help="The event that makes the balance of an order due.",
    )
    balance_days = fields.Integer(
        string="Days After",
        tracking=True,
        help="Days from that event until the balance must have arrived.",
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        string="Payment Terms",
        check_company=True,
        tracking=True,
        ondelete="restrict",
        help="Payment terms of new quotations to customers of this grade.",
    )
    credit_limit = fields.Monetary(
        tracking=True,
        help="Limit of a customer of this grade, in the currency of the company, unless an own limit was approved.",
    )
    profile_count = fields.Integer(string="Customers", compute="_compute_profile_count")

    _code_company_unique = models.Constraint(
        "UNIQUE (company_id, code)",
        "A company cannot have two credit grades with the same code.",
    )
    _min_score_company_unique = models.UniqueIndex(
        "(company_id, min_score) WHERE active",
        "Two grades of a company cannot begin at the same score: the better one must ask for more.",
    )
    _check_min_score = models.Constraint(
        "CHECK (min_score >= 0 AND min_score <= 100)",
        "The score a grade begins at lies between 0 and 100.",
    )
    _check_deposit = models.Constraint(
        "CHECK (deposit_percent >= 0 AND deposit_percent <= 100)",
        "The deposit of a grade lies between 0 and 100 %.",
    )
    _check_amounts = models.Constraint(
        "CHECK (balance_days >= 0 AND credit_limit >= 0)",
        "The days and the limit of a grade cannot be negative.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("min_score")
    def _compute_sequence(self):
        for grade in self:
            grade.sequence = 10_000 - round(grade.min_score * 100)

    def _compute_profile_count(self):
        counts = dict(
            self.env["business.credit.profile"]._read_group([("grade_id", "in", self.ids)], ["grade_id"], ["__count"])
        )
        for grade in self:
            grade.profile_count = counts.get(grade._origin, 0)

    @api.depends("name", "code")
    @api.depends_context("company", "allowed_company_ids")
    def _compute_display_name(self):
        """Tell grades of several companies apart when more than one is selected."""
        several = len(self.env.companies) > 1
        for grade in self:
            name = grade.name or grade.code or ""
            grade.display_name = f"{name} ({grade.company_id.name})" if several and grade.company_id else name

    #=== CRUD METHODS ===#

    def write(self, vals):
        """A changed limit of a grade is the limit of its customers at once, except those with an own limit."""
        result = super().write(vals)
        if "credit_limit" in vals:
            self.env["business.credit.profile"].sudo().search(
                [("grade_id", "in", self.ids), ("limit_source", "=", "grade")]
            )._credit_changed()
        return result

    def copy_data(self, default=None):
        """A copy cannot have the code and the threshold of its model."""
        return [
            {
                **vals,
                "code": self.env._("%s (copy)", grade.code) if "code" not in (default or {}) else vals["code"],
                "min_score": (
                    max(0.0, grade.min_score - 0.01) if "min_score" not in (default or {}) else vals["min_score"]
                ),
            }
            for grade, vals in zip(self, super().copy_data(default), strict=True)
        ]

    #=== ACTION METHODS ===#

    def action_open_profiles(self):
        """Open the customers of the grade."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_credit_profile_action")
        return {**action, "domain": [("grade_id", "in", self.ids)], "context": {}}

    #=== BUSINESS METHODS ===#

    def _is_better_than(self, other):
        """Tell whether this grade ranks before another one; any grade ranks before none.

        :param other: a grade, or an empty recordset for unrated
        """
        return bool(self) and (not other or self.sequence < other.sequence)

    def _get_thresholds(self, company):
        """Return ``[(min_score, id)]`` of the grades of a company, best first, for `policy.credit.grade_for`."""
        grades = self.search([("company_id", "=", company.id)], order="sequence, id")
        return [(grade.min_score, grade.id) for grade in grades]

    @api.model
    def _prepare_default_vals(self, company):
        """Grades A, B and C as the regulation gives them.

        JJ-4.1.A: deposit; goods leave, balance at once. JJ-4.1.B: deposit; goods arrive, balance at once.
        JJ-4.1.C: deposit; goods arrive, balance two weeks later. The regulation names neither the share of the
        deposit nor limits: 30 % and round figures in the company's currency, for the company to set.
        """
        immediate = self.env.ref("account.account_payment_term_immediate", raise_if_not_found=False)
        two_weeks = self.env.ref("business_dept.payment_term_two_weeks", raise_if_not_found=False)
        common = {"company_id": company.id, "deposit_percent": 30.0}
        return [
            {
                **common, "code": "A", "name": "A", "color": 10, "min_score": 90.0, "balance_event": "dispatch",
                "balance_days": 0, "payment_term_id": immediate and immediate.id, "credit_limit": 500_000.0,
            },
            {
                **common, "code": "B", "name": "B", "color": 3, "min_score": 60.0, "balance_event": "arrival",
                "balance_days": 0, "payment_term_id": immediate and immediate.id, "credit_limit": 200_000.0,
            },
            {
                **common, "code": "C", "name": "C", "color": 1, "min_score": 0.0, "balance_event": "arrival",
                "balance_days": 14, "payment_term_id": two_weeks and two_weeks.id, "credit_limit": 50_000.0,
            },
        ]

    @api.model
    def _create_for_companies(self, companies=None):
        """Give the shipped grades and a scoring policy to the companies that have none.

        :param companies: ``res.company`` recordset, all companies by default
        """
        if companies is None:
            companies = self.env["res.company"].sudo().search([])
        Grade = self.sudo().with_context(active_test=False, tracking_disable=True, mail_create_nolog=True)
        Policy = self.env["business.credit.policy"].sudo()
        graded = Grade.search([("company_id", "in", companies.ids)]).company_id
        Grade.create([vals for company in companies - graded for vals in self._prepare_default_vals(company)])
        governed = Policy.search([("company_id", "in", companies.ids)]).company_id
        Policy.create([{"company_id": company.id} for company in companies - governed])
