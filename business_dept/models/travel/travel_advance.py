# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...controls import Breach, control
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

CONTENT = frozenset({"company_id", "employee_id", "travel_request_id", "amount", "purpose"})
"""What does not change any more once the money was handed out."""
HANDED_OUT = ("paid", "settled")


class BusinessTravelAdvance(models.Model):
    """Money that somebody takes along (借支): asked for, approved, paid by finance as Odoo's payment, settled with claims.

    +---------------------------+----------------------------------+-----------------------------------------------+
    | Action                    | Who                              | Restriction                                   |
    +===========================+==================================+===============================================+
    | Read                      | everybody: their own; deputy,    | companies of the user                         |
    |                           | manager, finance, executive,     |                                               |
    |                           | auditor: all                     |                                               |
    | Ask for, edit, cancel     | who is to get it, the department | until it is paid; a change voids the approval |
    |                           | manager                          | (RL-4.3)                                      |
    | Approve                   | as the approval rules say        | not the requester, nor who gets it (IC-7)     |
    | Pay, take back            | finance                          | approved; never one's own (IC-7)              |
    | Settle                    | finance, with a posted claim     | never one's own (IC-7)                        |
    | State, sums, payments     | the engine only                  | no client writes them                         |
    +---------------------------+----------------------------------+-----------------------------------------------+

    State and sums are what the payments and their journal items make them: there is no second book.
    """

    _name = "business.travel.advance"
    _description = "Travel Advance"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _mail_post_access = "read"
    _approval_without_breach = True
    _approval_from_states = ("draft",)
    _approval_fields = ("employee_id", "travel_request_id", "amount", "purpose")
    _approval_unlocked_fields = ("date_reminded", "money_stamp")

    _engine_fields = frozenset({
        "name", "state", "payment_ids", "settlement_ids", "paid_amount", "returned_amount", "settled_amount", "open_amount",
        "date_paid", "date_due", "date_cancelled", "date_reminded", "money_stamp",
    })

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, check_company=True, tracking=True,
        default=lambda self: self.env.user.employee_id,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_department_id", store=True, compute_sudo=True)
    travel_request_id = fields.Many2one(
        comodel_name="business.travel.request", string="Trip", index="btree_not_null", check_company=True, tracking=True,
        ondelete="restrict",
    )
    purpose = fields.Char(
        string="What For", tracking=True, help="What the money is for, when it is not for a trip that was asked for.")
    amount = fields.Monetary(required=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "To pay"), ("paid", "To settle"),
            ("settled", "Settled"), ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, index=True, tracking=True, copy=False, default="draft",
        group_expand=True,
    )
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)

    _check_amount = models.Constraint("CHECK (amount > 0)", "An advance is more than nothing.")

    #=== COMPUTE METHODS ===#

    @api.depends("employee_id")
    def _compute_department_id(self):
        for advance in self:
            advance.department_id = advance.employee_id.department_id

    @api.depends("approval_ids.state", "payment_ids.state", "payment_ids.payment_type", "open_amount", "date_cancelled")
    def _compute_state(self):
        for advance in self:
            if advance._get_paid_out():
                settled = advance.company_id.currency_id.compare_amounts(advance.open_amount, 0.0) <= 0
                advance.state = "settled" if settled else "paid"
            elif advance.date_cancelled:
                advance.state = "cancelled"
            elif advance.approval_state == "pending":
                advance.state = "review"
            else:
                advance.state = "approved" if advance.approval_state == "approved" else "draft"

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        advances = super(BusinessTravelAdvance, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        advances = advances.with_env(self.env)
        advances._refuse_foreign_trips()
        return advances

    def write(self, vals):
        refuse_forged(self, [vals])
        if CONTENT & vals.keys():
            self._refuse_if_handed_out()
        result = super().write(vals)
        if {"employee_id", "travel_request_id"} & vals.keys():
            self._refuse_foreign_trips()
        return result

    def _refuse_foreign_trips(self):
        """SR-2.2: nobody takes money along for a trip that he is not on.

        :raise ControlError: leaving a trace
        """
        for advance in self.sudo():
            trip = advance.travel_request_id
            if trip and not trip._is_for(advance.employee_id):
                advance.with_env(self.env)._refuse("travel.foreign_trip", self.env._(
                    "%(employee)s is no traveller of this trip and takes no advance for it.",
                    employee=advance.employee_id.name,
                ))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered(lambda advance: advance.approval_id or advance.payment_ids):
            raise UserError(self.env._("What was submitted or paid once is kept as a record: cancel it instead."))

    def _refuse_if_handed_out(self):
        """What was paid is settled or returned, not rewritten.

        :raise UserError: naming what is paid already
        """
        paid = self.sudo().filtered(lambda advance: advance.state in HANDED_OUT)
        if paid:
            raise UserError(self.env._(
                "%s was paid already: settle it with a claim, or take the money back.", ", ".join(paid.mapped("name"))))

    #=== ACTION METHODS ===#

    def action_cancel(self):
        """Cancel what is not needed any more; who may write it, as long as nothing was paid.

        :raise UserError: paid already, or under review
        """
        self.check_access("write")
        self._refuse_if_handed_out()
        self._refuse_if_locked(self._get_live_approvals(), ["date_cancelled"])
        self._as_engine().write({"date_cancelled": fields.Datetime.now()})
        return True

    #=== APPROVAL ===#

    def _get_approval_moment(self):
        return "advance"

    def _get_banner_moment(self):
        return "advance" if self.employee_id and self.state in ("draft", "review", "approved") else ""

    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "employee_id", "state", "amount"]

    def _approval_authors(self):
        """Who asked, and who gets the money (IC-7)."""
        return super()._approval_authors() | self.sudo().employee_id.user_id

    def _submit_for_approval(self, requester=None, reason=None):
        if self.sudo().state in (*HANDED_OUT, "cancelled"):
            raise UserError(self.env._("%s is paid or cancelled already.", self.name))
        return super()._submit_for_approval(requester, reason)

    #=== CONTROLS ===#

    @control("travel.open_advance", moment="advance")
    def _check_open_advance(self):
        """RG-3.7: who holds an advance settles it before he takes another."""
        held, tolerated = self._get_held(), {}
        today, breaches = fields.Date.context_today(self), {}
        open_control = self.env["business.control"]._get_by_code("travel.open_advance")
        for advance in self:
            company = advance.company_id
            if company not in tolerated:
                tolerated[company] = open_control._get_threshold(company)
            others = held.get((company, advance.employee_id), advance.browse()) - advance
            others = others.filtered(lambda other, days=tolerated[company]: (today - other.date_paid).days >= days)
            if not others:
                continue
            amount = sum(others.mapped("open_amount"))
            breaches[advance] = Breach(self.env._(
                "%(employee)s still holds %(amount)s of %(advances)s, paid since %(date)s.",
                employee=advance.employee_id.name, amount=company.currency_id.format(amount),
                advances=", ".join(others.mapped("name")), date=format_date(self.env, min(others.mapped("date_paid"))),
            ), amount=amount, currency=company.currency_id)
        return breaches

    def _get_held(self):
        """What the persons of these advances hold already, oldest first.

        :return: ``{(company, employee): advances}``
        """
        return self.search([
            ("state", "=", "paid"), ("company_id", "in", self.company_id.ids), ("employee_id", "in", self.employee_id.ids),
        ], order="date_paid, id").grouped(lambda advance: (advance.company_id, advance.employee_id))

    #=== BUSINESS METHODS ===#

    def _check_finance(self):
        """Refuse everybody but finance, and everybody's own money (IC-7, IC-14).

        :raise AccessError: for every other post, or what one may not read
        :raise ControlError: one's own advance
        """
        check_finance(self)
        for advance in self.sudo().filtered(lambda advance: advance.employee_id.user_id == self.env.user):
            advance.with_env(self.env)._refuse("travel.own_money", self.env._(
                "%s is your own advance; a colleague of finance handles it.", advance.name))


def check_finance(records):
    """Refuse everybody but finance to move money.

    :param records: what the user wants to act on
    :raise AccessError: for every other post, or what the user may not read
    """
    if not records.env.user.has_group("business_dept.group_finance"):
        raise AccessError(records.env._("Finance pays, takes back and settles what people travel with (IC-14)."))
    records.check_access("read")
