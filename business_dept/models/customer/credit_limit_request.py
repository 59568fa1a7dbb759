# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class BusinessCreditLimitRequest(models.Model):
    """A request for an own limit, or for another grade than the review gave (JJ-4.2, RG-3.8).

    =============  ==========================================  ==================================================
    Action         Group                                       Restriction
    =============  ==========================================  ==================================================
    Read           posts that deal with customers              companies of the user
    Create, edit   salesperson, deputy and department manager, a salesperson only own requests; nobody while it is
                   finance                                     under review or after it was decided
    Decide         as the approval rules say; shipped: the     not the requester, not an author (IC-7)
                   department manager, then the executive
                   office for whatever makes credit easier
    =============  ==========================================  ==================================================
    """

    _name = "business.credit.limit.request"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Credit Request"
    _order = "id desc"
    _rec_names_search = ["profile_id"]
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_fields = ("profile_id", "kind", "requested_limit", "requested_grade_id", "limit_expiry", "reason")

    #=== FIELDS ===#

    name = fields.Char(compute="_compute_name")
    profile_id = fields.Many2one(
        comodel_name="business.credit.profile", string="Customer", required=True, index=True, ondelete="cascade",
        tracking=True,
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", store=True, index=True, string="Customer Contact")
    company_id = fields.Many2one(related="profile_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("limit", "Own limit"),
            ("grade_limit", "Back to the limit of the grade"),
            ("grade", "Another grade"),
        ],
        string="Request", required=True, default="limit", tracking=True,
    )
    current_limit = fields.Monetary(related="profile_id.credit_limit", string="Present Limit")
    current_grade_id = fields.Many2one(related="profile_id.grade_id", string="Present Grade")
    requested_limit = fields.Monetary(tracking=True)
    requested_grade_id = fields.Many2one(
        comodel_name="business.credit.grade", domain="[('company_id', '=', company_id)]", tracking=True,
        ondelete="restrict",
    )
    limit_expiry = fields.Date(string="Limit Valid Until", tracking=True)
    reason = fields.Text(required=True)
    eases_credit = fields.Boolean(
        compute="_compute_eases_credit", search="_search_eases_credit",
        help="The request gives the customer more than the grade of the score: it goes up to the executive office.",
    )
    applied_date = fields.Datetime(string="Applied On", readonly=True, copy=False)

    _check_requested_limit = models.Constraint(
        "CHECK (requested_limit >= 0)", "A limit cannot be negative."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("profile_id", "kind")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            request.name = f"{request.profile_id.display_name or ''}: {labels.get(request.kind, '')}"

    @api.depends("kind", "requested_limit", "requested_grade_id", "profile_id.credit_limit", "profile_id.grade_id",
                 "profile_id.grade_id.credit_limit")
    def _compute_eases_credit(self):
        for request in self:
            profile = request.profile_id
            match request.kind:
                case "limit":
                    request.eases_credit = request.requested_limit > profile.grade_id.credit_limit
                case "grade_limit":
                    request.eases_credit = profile.grade_id.credit_limit > profile.credit_limit
                case _:
                    request.eases_credit = request.requested_grade_id._is_better_than(profile.grade_id)

    def _search_eases_credit(self, operator, value):
        """Requests are few, and what eases credit depends on the grade and limit of today."""
        if operator != "in":
            return NotImplemented
        return [("id", "in", self.search([]).filtered(lambda request: request.eases_credit in value).ids)]

    #=== CONSTRAINT METHODS ===#

    @api.constrains("kind", "requested_limit", "requested_grade_id", "limit_expiry", "profile_id", "reason")
    def _check_content(self):
        today = fields.Date.context_today(self)
        for request in self:
            if not (request.reason or "").strip():
                raise ValidationError(self.env._("Say why the customer should get it."))
            if request.kind == "limit" and (not request.limit_expiry or request.limit_expiry < today):
                raise ValidationError(self.env._("An own limit needs a day until which it is valid, in the future."))
            if request.kind == "grade":
                if not request.requested_grade_id:
                    raise ValidationError(self.env._("Choose the grade that is asked for."))
                if request.requested_grade_id.company_id != request.profile_id.company_id:
                    raise ValidationError(self.env._("The grade belongs to another company than this credit."))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """Nobody makes a request that counts as applied."""
        if not self.env.su and (
            "default_applied_date" in self.env.context or any("applied_date" in vals for vals in vals_list)
        ):
            raise AccessError(self.env._("Only an approval applies a request."))
        return super().create(vals_list)

    def write(self, vals):
        """What was decided stays as it was decided."""
        if not self.env.su and "applied_date" in vals:
            raise AccessError(self.env._("Only an approval applies a request."))
        if not self.env.su and self.filtered("applied_date"):
            raise UserError(self.env._("This request was approved and applied: make a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered("approval_id"):
            raise UserError(self.env._("What was submitted once is kept as a record."))

    #=== BUSINESS METHODS ===#

    def _get_control_company(self):
        """EXTENDS the control mixin."""
        return self.company_id

    def _can_ask_approval(self, findings):
        """EXTENDS the approval mixin: a request exists to be submitted."""
        return not self.applied_date and self.approval_state != "approved" and self.has_access("write")

    def _on_approval_approved(self, approval):
        """Apply what was approved, and tell it in the customer's chatter."""
        for request in self.sudo():
            profile = request.profile_id
            if request.applied_date:
                raise UserError(self.env._("This request was applied already."))
            match request.kind:
                case "limit":
                    profile._apply_limit(request.requested_limit, request.limit_expiry)
                    message = self.env._(
                        "Own limit %(limit)s until %(date)s", date=request.limit_expiry,
                        limit=request.currency_id.format(request.requested_limit),
                    )
                case "grade_limit":
                    policy = self.env["business.credit.policy"]._get_for(profile.company_id)
                    validity = policy.limit_validity_months
                    profile._apply_grade_limit(
                        validity and fields.Date.add(fields.Date.context_today(request), months=validity)
                    )
                    message = self.env._("Own limit taken back: the limit of the grade is in force")
                case _:
                    old = profile.grade_id.code or self.env._("unrated")
                    profile._apply_grade(request.requested_grade_id)
                    message = self.env._("Grade %(old)s → %(new)s", old=old, new=request.requested_grade_id.code)
            profile._log_credit(self.env._(
                "%(message)s. Approved by request: %(reason)s", message=message, reason=request.reason
            ))
            request._as_engine().write({"applied_date": fields.Datetime.now()})
