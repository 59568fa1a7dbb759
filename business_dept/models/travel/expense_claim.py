# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers
from .hr_expense import APPROVED


class BusinessExpenseClaim(models.Model):
    """Expenses of one person that are submitted, approved and settled together (差旅费报销单). It has no amounts of its own:
    what is paid stands on Odoo's expenses.

    +----------------------------+----------------------------+--------------------------------------------------------+
    | Action                     | Who                        | Restriction                                            |
    +============================+============================+========================================================+
    | Read                       | the employee, who is asked |                                                        |
    |                            | to decide, managers,       |                                                        |
    |                            | finance, executive office, |                                                        |
    |                            | auditor                    |                                                        |
    | Make, submit, take back    | the employee               | controls of the moment ``expense_submit``              |
    | Approve, reject, send back | whose turn it is           | not the employee, not who entered an expense (IC-7)    |
    | State, amounts, expenses   | the engine only            | no client writes them                                  |
    +----------------------------+----------------------------+--------------------------------------------------------+
    """

    _name = "business.expense.claim"
    _description = "Expense Claim"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "employee_id.name"]
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True
    _approval_from_states = ("draft",)
    _mail_post_access = "read"

    _engine_fields = frozenset({
        "name", "state", "claimed_amount", "allowed_amount", "payable_amount", "expense_ids", "expense_count", "department_id",
    })

    name = fields.Char(string="Number", default="/", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, check_company=True, ondelete="restrict",
        default=lambda self: self.env.user.employee_id, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_department_id", store=True, compute_sudo=True, index="btree_not_null")
    travel_request_id = fields.Many2one(
        comodel_name="business.travel.request", string="Trip", index="btree_not_null", check_company=True, ondelete="restrict",
        tracking=True)
    note = fields.Text(help="For those who decide and for finance.")
    expense_ids = fields.One2many(comodel_name="hr.expense", inverse_name="claim_id", copy=False, readonly=True)
    expense_count = fields.Integer(compute="_compute_amounts", store=True, compute_sudo=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("posted", "Posted"), ("paid", "Paid"),
            ("refused", "Refused"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", copy=False, required=True, index=True,
        tracking=True, group_expand=True,
    )
    claimed_amount = fields.Monetary(string="Claimed", compute="_compute_amounts", store=True, compute_sudo=True)
    allowed_amount = fields.Monetary(
        compute="_compute_amounts", store=True, compute_sudo=True,
        help="By the travel policy; what it does not judge counts as claimed.")
    payable_amount = fields.Monetary(
        string="To Reimburse", compute="_compute_amounts", store=True, compute_sudo=True,
        help="The totals of the expenses that are not refused.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "travel_request_id")
    def _compute_display_name(self):
        for claim in self:
            trip = claim.sudo().travel_request_id
            claim.display_name = f"{claim.name} · {trip.name}" if trip else claim.name

    @api.depends("employee_id")
    def _compute_department_id(self):
        for claim in self:
            claim.department_id = claim.employee_id.department_id

    @api.depends("expense_ids.total_amount", "expense_ids.claimed_amount", "expense_ids.allowed_amount", "expense_ids.verdict",
                 "expense_ids.travel_kind", "expense_ids.approval_state")
    def _compute_amounts(self):
        for claim in self:
            claimed = allowed = payable = 0.0
            for expense in claim.expense_ids:
                claimed += expense.claimed_amount if expense.verdict else expense.total_amount
                allowed += expense.allowed_amount if expense.verdict else expense.total_amount
                payable += expense.total_amount if expense.approval_state != "refused" else 0.0
            claim.claimed_amount, claim.allowed_amount, claim.payable_amount = claimed, allowed, payable
            claim.expense_count = len(claim.expense_ids)

    @api.depends("approval_ids.state", "expense_ids.state", "expense_ids.approval_state")
    def _compute_state(self):
        for claim in self:
            claim.state = claim._derive_state()

    def _derive_state(self):
        """The state that follows from the request and from the expenses: nobody sets it."""
        self.ensure_one()
        if self.approval_state == "pending":
            return "review"
        live = self.expense_ids.filtered(lambda expense: expense.approval_state != "refused")
        if self.approval_state == "rejected" or (self.expense_ids and not live):
            return "refused"
        if live and all(expense.approval_state == "approved" for expense in live):
            if all(expense.state == "paid" for expense in live):
                return "paid"
            if all(expense.state in ("posted", "in_payment", "paid") for expense in live):
                return "posted"
            return "approved"
        return "draft"

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        claims = super(BusinessExpenseClaim, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        claims = claims.with_env(self.env)
        claims._refuse_foreign_trips()
        return claims

    def write(self, vals):
        refuse_forged(self, [vals])
        whose = {"employee_id", "travel_request_id", "company_id"} & vals.keys()
        if whose and not self.env.su and self.sudo().expense_ids:
            raise UserError(self.env._("Whose claim it is, and for which trip, stays as it is once it has expenses."))
        result = super().write(vals)
        if {"employee_id", "travel_request_id"} & vals.keys():
            self._refuse_foreign_trips()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered("approval_id"):
            raise UserError(self.env._("What was submitted once is kept as a record."))
        self.sudo().expense_ids._as_engine().claim_id = False

    def _refuse_foreign_trips(self):
        """SR-2.2: nobody claims for a trip that he was not on.

        :raise ControlError: leaving a trace
        """
        for claim in self.sudo():
            trip = claim.travel_request_id
            if trip and not trip._is_for(claim.employee_id):
                claim.with_env(self.env)._refuse("travel.foreign_trip", self.env._(
                    "%(employee)s is no traveller of this trip and claims nothing for it.", employee=claim.employee_id.name,
                ))

    #=== ACTION METHODS ===#

    def action_add_drafts(self):
        """Take in the drafts of the employee that are in no claim: those of the trip, or those of none.

        :raise UserError: there are none
        """
        self.check_access("write")
        for claim in self:
            claim._check_draft()
            drafts = self.env["hr.expense"].sudo().search([
                ("employee_id", "=", claim.employee_id.id), ("company_id", "=", claim.company_id.id),
                ("claim_id", "=", False), ("approval_state", "=", False), ("state", "=", "draft"),
                ("travel_request_id", "=", claim.travel_request_id.id),
            ])
            if not drafts:
                raise UserError(self.env._("There are no drafts that would fit into this claim: enter expenses first."))
            drafts._as_engine().claim_id = claim
        return True

    def action_new_expense(self):
        """Enter an expense; it joins the claim when it is of its trip."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "hr.expense", "view_mode": "form",
            "context": {
                "default_employee_id": self.employee_id.id, "default_travel_request_id": self.travel_request_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_open_expenses(self):
        """Open the expenses in Odoo's own list."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "name": self.name, "res_model": "hr.expense", "view_mode": "list,form,pivot",
            "domain": [("claim_id", "=", self.id)], "context": {"create": False},
        }

    #=== BUSINESS METHODS ===#

    @api.model
    def _make(self, employee, company, trip):
        """A new claim, by the engine.

        :return: the claim, in sudo
        """
        return self.sudo().with_company(company).create({
            "employee_id": employee.id, "company_id": company.id, "travel_request_id": trip.id or False,
        })

    def _check_draft(self):
        """Refuse what makes sense before the submission only."""
        for claim in self.sudo():
            if claim.state != "draft":
                raise UserError(self.env._("%s is submitted already.", claim.name))

    def _get_open_expenses(self):
        """The expenses that go along when the claim is submitted, in sudo."""
        return self.sudo().expense_ids.filtered(
            lambda expense: expense.approval_state in (False, "submitted") and expense.state not in APPROVED)


class HrExpense(models.Model):
    _inherit = "hr.expense"

    def action_leave_claim(self):
        """Take drafts out of their claim; they can be claimed later."""
        self.check_access("write")
        for expense in self:
            if not (expense._is_open() and expense.sudo().claim_id.state == "draft"):
                raise UserError(self.env._("Only drafts leave a claim, before it is submitted."))
        self._as_engine().claim_id = False
        return True
