# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_datetime

from ..foundation.approval_mixin import UNLOCKED

PICKS = frozenset({"granted_partner_ids", "granted_days"})
"""What the approver decides; the requester writes none of it."""
KEPT = frozenset({"name", "user_id", "grant_ids"})
"""What the system writes."""


class BusinessDossierRequest(models.Model):
    """A request to see secret customers (JJ-3.6.3): whom, in words; why; for how long.

    The requester names customers in words, because a field that finds them would tell who exists. The approver picks
    the customers; on approval a ``business.dossier.grant`` opens them at once.

    =============  ==========================================  ==================================================
    Action         Who                                         Restriction
    =============  ==========================================  ==================================================
    Read           the requester; who decides; manager,        the picked customers: the whitelist only
                   executive office, auditor
    Create, edit   every employee, in his own name             nobody while it is under review or once granted
    Pick, shorten  whose turn it is to decide                  while pending; customers whom he may see himself
    Decide         as the approval rules say; shipped: the     not the requester (IC-7); not without customers
                   executive office
    Delete         nobody
    =============  ==========================================  ==================================================
    """

    _name = "business.dossier.request"
    _description = "Dossier Access Request"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _allow_sudo_commands = False
    _approval_fields = ("user_id", "description", "reason", "date_from", "days")
    _approval_unlocked_fields = tuple(PICKS)

    #=== FIELDS ===#

    name = fields.Char(string="Request No.", required=True, readonly=True, copy=False, default="/")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Requester", required=True, readonly=True, copy=False, index=True,
        ondelete="restrict", default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company,
    )
    description = fields.Text(
        string="Whom", required=True, help="The customers in your own words: name, town, what you know of them.",
    )
    reason = fields.Text(string="Why", required=True)
    date_from = fields.Datetime(string="From", copy=False, help="Empty: as soon as it is approved.")
    days = fields.Integer(required=True, default=lambda self: self.env.company.dossier_grant_days)
    granted_partner_ids = fields.Many2many(
        comodel_name="res.partner", relation="business_dossier_request_partner_rel", column1="request_id",
        column2="partner_id", string="Customers", copy=False, groups="business_dept.group_dossier_whitelist",
    )
    granted_days = fields.Integer(
        string="Days Granted", compute="_compute_granted_days", store=True, readonly=False, copy=False,
        help="As many days as were asked for, or fewer.",
    )
    grant_ids = fields.One2many(comodel_name="business.dossier.grant", inverse_name="request_id", readonly=True)
    can_pick = fields.Boolean(compute="_compute_can_pick")

    _check_days = models.Constraint("CHECK (days > 0)", "Ask for one day at least.")
    _check_granted_days = models.Constraint(
        "CHECK (granted_days > 0 AND granted_days <= days)",
        "Access is given for one day at least and for no longer than was asked for.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("days")
    def _compute_granted_days(self):
        for request in self:
            request.granted_days = request.days

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_pick(self):
        deciding = self._filter_deciding()
        for request in self:
            request.can_pick = request._origin in deciding

    def _filter_deciding(self):
        """The requests that the current user may decide now."""
        user = self.env.user
        pending = self._get_live_approvals().filtered(
            lambda approval: approval.state == "pending"
            and user not in approval.requester_id | approval.author_ids
            and any(row.user_id == user and row.state == "pending" and row._may_decide_today()
                    for row in approval.current_step_id.approver_ids)
        ) if self.ids else self.env["business.approval"]
        return self.browse(pending.mapped("res_id"))

    #=== CONSTRAINT METHODS ===#

    @api.constrains("description", "reason", "days", "company_id")
    def _check_content(self):
        for request in self:
            if not (request.description or "").strip() or not (request.reason or "").strip():
                raise ValidationError(self.env._("Say in words whom you need to see, and why (JJ-3.6.3)."))
            longest = request.company_id.dossier_grant_max_days
            if request.days > longest:
                raise ValidationError(self.env._("Access is given for %s days at the longest.", longest))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """Everybody asks for himself, and decides nothing."""
        if not self.env.su:
            given = {name for vals in vals_list for name in vals}
            given |= {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
            if given & PICKS:
                self._refuse("approval.forgery", self.env._("Who decides the request picks the customers and the days."))
            for vals in vals_list:
                vals["user_id"] = self.env.uid
        for vals in vals_list:
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code("business.dossier.request") or "/"
        return super().create(vals_list)

    def write(self, vals):
        """The requester writes what he asks for, who decides writes what is given, and nobody anything afterwards."""
        if self.env.su:
            return super().write(vals)
        names = vals.keys() - UNLOCKED
        if names & KEPT:
            self._refuse("approval.forgery", self.env._("Number, requester and grant are written by the system."))
        if names & PICKS and self - self._filter_deciding():
            self._refuse("approval.out_of_turn", self.env._(
                "Customers and days are picked by who decides the request, while it is under review.",
            ))
        if names - PICKS:
            self._check_content_writable()
        result = super().write(vals)
        if "granted_partner_ids" in names:
            self.env["business.dossier.grant"]._check_sees(self.sudo().granted_partner_ids)
        return result

    def _read_group_groupby(self, alias, groupby_spec, query):
        """EXTENDS 'base': grouping by a many2many field looks at its groups like every other reading."""
        field = self._fields.get(groupby_spec.partition(":")[0])
        if field and field.type == "many2many":
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _check_content_writable(self):
        if self.user_id - self.env.user:
            raise AccessError(self.env._("Only the requester changes what is asked for."))
        if self.sudo().grant_ids:
            raise UserError(self.env._("This request was granted: make a new one."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Requests are kept: they say who wanted to see whom, and why."))

    #=== ACTION METHODS ===#

    def action_open_grants(self):
        """Open what came of the request."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "business.dossier.grant", "res_id": self.grant_ids[:1].id,
            "view_mode": "form",
        }

    def action_open_customers(self):
        """Open the customers that the request has opened to the user."""
        return self.grant_ids[:1].action_open_customers()

    #=== BUSINESS METHODS ===#

    def _submit_for_approval(self, requester=None, reason=None):
        """EXTENDS the approval mixin: everybody asks for himself, and once."""
        if self.user_id != (requester or self.env.user):
            raise AccessError(self.env._("Only %s, whose request it is, submits it.", self.user_id.name))
        if self.sudo().grant_ids:
            raise UserError(self.env._("This request was granted: make a new one."))
        return super()._submit_for_approval(requester, reason)

    def _can_ask_approval(self, findings):
        """EXTENDS the approval mixin: a request exists to be submitted."""
        return self.user_id == self.env.user and self.approval_state != "approved" and not self.sudo().grant_ids

    def _approval_authors(self):
        """EXTENDS the approval mixin: whoever gets the access does not give it (IC-7)."""
        return super()._approval_authors() | self.sudo().user_id

    def _on_approval_approved(self, approval):
        """EXTENDS the approval mixin: open what was picked, at once, and say whom in the log of the decision."""
        Grant = self.env["business.dossier.grant"]
        for request in self.sudo():
            if not request.granted_partner_ids:
                raise UserError(self.env._(
                    "Open %s and pick the customers first: approving without customers gives nothing.", request.name,
                ))
            start = max(request.date_from or Grant._now(), Grant._now())
            grant = Grant._give(
                request.user_id, request.granted_partner_ids, request.reason, start,
                start + timedelta(days=request.granted_days), request,
            )
            approval._tell(self.env._(
                "%(grant)s opens %(customers)s to %(user)s until %(until)s.",
                grant=grant.name, customers=", ".join(grant.partner_ids.mapped("name")), user=request.user_id.name,
                until=format_datetime(self.env, grant.date_until),
            ))

    def _forget_picks(self):
        """The next to decide begins with nothing picked."""
        for request in self.sudo():
            request.write({"granted_partner_ids": [Command.clear()], "granted_days": request.days})

    def _on_approval_rejected(self, approval):
        """EXTENDS the approval mixin."""
        self._forget_picks()

    def _on_approval_sent_back(self, approval):
        """EXTENDS the approval mixin."""
        self._forget_picks()

    def _on_approval_withdrawn(self, approval):
        """EXTENDS the approval mixin."""
        self._forget_picks()
