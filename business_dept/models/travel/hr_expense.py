# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..foundation.approval_mixin import ENGINE, _describe_value
from ..foundation.forgery import get_engine_fields, refuse_forged, without_forged_defaults
from .expense_category import TRAVEL_KINDS

RIDE_FACTS = frozenset({
    "travel_request_id", "travel_leg_id", "transport_class_id", "place_id", "night_from", "night_to", "guest_ids", "taxi_from",
    "taxi_to", "ride_start", "ride_end", "sharer_ids", "train_fare",
})
FACTS = RIDE_FACTS | {
    "total_amount", "total_amount_currency", "currency_id", "quantity", "price_unit", "product_id", "date", "employee_id",
    "company_id", "payment_mode", "invoice_number", "invoice_seller",
}
"""What is asked and on what ground: locked from the submission on, and judged anew when a draft changes."""

STATES = frozenset({"approval_state", "state", "approval_date", "manager_id", "account_move_id"})
"""How far an expense is."""

MOST_NIGHTS = 366

WITHIN = object()
"""In the context of what is written within another write of the same expenses. No client can send an object's identity."""

APPROVED = ("approved", "posted", "in_payment", "paid")


class ExpenseChanges:
    """What was changed in submitted expenses, in the context of one evaluation; no client can send an instance.

    :param by_expense: ``{expense id: text}``
    """

    def __init__(self, by_expense):
        self.by_expense = by_expense


class HrExpense(models.Model):
    """An expense as the travel policy sees it: facts, verdict, and the doors through which its state and amount change.

    +---------------------------+-----------------------------+--------------------------------------------------------------+
    | Action                    | Who                         | Restriction                                                  |
    +===========================+=============================+==============================================================+
    | Submit                    | as in Odoo                  | controls of the moment ``expense_submit``                    |
    | Approve, by any door      | as in Odoo                  | controls of the moment ``expense_approve``; with a claim     |
    |                           |                             | under review or approved only the approval engine            |
    | Change after submission   | as in Odoo                  | controls of the moment ``expense_change``; never under a     |
    |                           |                             | claim that is under review or approved                       |
    | Claim, verdict            | nobody: the system          |                                                              |
    +---------------------------+-----------------------------+--------------------------------------------------------------+
    """

    _name = "hr.expense"
    _inherit = ["hr.expense", "hr.mixin", "business.control.mixin"]

    _engine_fields = frozenset({
        "claim_id", "claimed_amount", "claimed_amount_currency", "allowed_amount", "allowed_reason", "verdict", "travel_kind",
        "saved_amount", "department_id",
    })

    claim_id = fields.Many2one(
        comodel_name="business.expense.claim", index="btree_not_null", copy=False, readonly=True,
        ondelete="restrict", check_company=True)
    travel_request_id = fields.Many2one(
        comodel_name="business.travel.request", string="Trip", index="btree_not_null", ondelete="restrict",
        check_company=True)
    travel_leg_id = fields.Many2one(
        comodel_name="business.travel.leg", string="Ride", index="btree_not_null", ondelete="restrict",
        domain="[('request_id', '=', travel_request_id)]")
    travel_kind = fields.Selection(
        selection=TRAVEL_KINDS, compute="_compute_travel_kind", store=True, precompute=True,
        help="What the travel policy judges it as; empty: no matter of travel.",
    )
    transport_class_id = fields.Many2one(
        comodel_name="business.transport.class", string="Means of Transport", compute="_compute_transport_class_id",
        store=True, precompute=True, readonly=False, ondelete="restrict", help="How the traveller really went.",
    )
    train_fare = fields.Monetary(
        currency_field="company_currency_id", copy=False,
        help="Of the train that would have been used, when the fare table has none; attach the evidence.",
    )
    place_id = fields.Many2one(comodel_name="business.travel.place", ondelete="restrict")
    night_from = fields.Date(string="First Night")
    night_to = fields.Date(string="Leave on", index="btree_not_null")
    guest_ids = fields.Many2many(
        comodel_name="hr.employee", relation="hr_expense_guest_rel", column1="expense_id", column2="employee_id",
        context={"active_test": False},  # whoever left the company was there all the same
        string="Guests", help="All who used the room, the claimant among them (TE-2.7.3). Empty: the claimant alone.",
    )
    taxi_from = fields.Char()
    taxi_to = fields.Char()
    ride_start = fields.Datetime(string="Got In", index="btree_not_null")
    ride_end = fields.Datetime(string="Got Out")
    sharer_ids = fields.Many2many(
        comodel_name="hr.employee", relation="hr_expense_sharer_rel", column1="expense_id", column2="employee_id",
        context={"active_test": False},  # whoever left the company was there all the same
        string="Shared With", help="Colleagues in the same taxi (TE-2.6).",
    )
    invoice_number = fields.Char(copy=False, index="btree_not_null")
    invoice_seller = fields.Char(string="Seller", copy=False, help="Who issued the invoice.")

    claim_state = fields.Selection(related="claim_id.state", string="State of the Claim")
    claimed_amount = fields.Monetary(string="Claimed", currency_field="company_currency_id", readonly=True, copy=False)
    claimed_amount_currency = fields.Monetary(string="Claimed in Currency", readonly=True, copy=False)
    allowed_amount = fields.Monetary(currency_field="company_currency_id", readonly=True, copy=False)
    allowed_reason = fields.Text(string="Why", readonly=True, copy=False)
    verdict = fields.Selection(
        selection=[("full", "As claimed"), ("cut", "Less than claimed"), ("none", "Not paid"), ("waits", "Waits")],
        readonly=True, copy=False,
    )

    #=== COMPUTE METHODS ===#

    @api.depends("product_id")
    def _compute_travel_kind(self):
        for expense in self:
            expense.travel_kind = expense.product_id.travel_kind

    @api.depends("travel_leg_id")
    def _compute_transport_class_id(self):
        for expense in self:
            if expense.travel_leg_id:
                expense.transport_class_id = expense.travel_leg_id.class_id
            else:
                expense.transport_class_id = expense.transport_class_id

    @api.depends_context("uid")
    @api.depends("claim_id.state")
    def _compute_is_editable(self):
        """EXTENDS hr_expense: what is under review, or approved, with a claim is not edited; finance accounts for it."""
        super()._compute_is_editable()
        if self.env.su or self.env.user.has_group("account.group_account_invoice"):
            return
        for expense in self:
            if expense._is_claim_locked():
                expense.is_editable = False

    #=== ONCHANGE METHODS ===#

    @api.onchange("travel_leg_id")
    def _onchange_travel_leg_id(self):
        """A ride says which trip it is of, and when and from where to where."""
        leg = self.travel_leg_id
        if leg:
            self.travel_request_id = leg.request_id

    @api.onchange("travel_request_id")
    def _onchange_travel_request_id(self):
        if self.travel_leg_id.request_id != self.travel_request_id:
            self.travel_leg_id = False

    @api.onchange("transport_class_id")
    def _onchange_transport_class_id(self):
        """The description that the system wrote tells how the traveller really went."""
        leg = self.travel_leg_id
        ride = f"{leg.from_id.name} → {leg.to_id.name} · "
        if leg and self.transport_class_id and (self.name or "").startswith(ride):
            self.name = ride + self.transport_class_id.name

    #=== CONSTRAINT METHODS ===#

    @api.constrains("night_from", "night_to")
    def _check_nights(self):
        for expense in self:
            if expense.night_from and expense.night_to and expense.night_to <= expense.night_from:
                raise ValidationError(self.env._("“Leave on” has to be after the first night."))
            if expense.night_from and expense.night_to and (expense.night_to - expense.night_from).days > MOST_NIGHTS:
                raise ValidationError(self.env._("One bill is for at most %s nights.", MOST_NIGHTS))

    @api.constrains("ride_start", "ride_end")
    def _check_ride(self):
        for expense in self:
            if expense.ride_start and expense.ride_end and expense.ride_end < expense.ride_start:
                raise ValidationError(self.env._("Nobody gets out of a taxi before getting in."))

    @api.constrains("travel_leg_id", "travel_request_id")
    def _check_leg(self):
        for expense in self.sudo():
            if expense.travel_leg_id and expense.travel_leg_id.request_id != expense.travel_request_id:
                raise ValidationError(self.env._("The ride is not one of the trip of the expense."))

    @api.constrains("train_fare")
    def _check_train_fare(self):
        for expense in self:
            if expense.train_fare < 0:
                raise ValidationError(self.env._("A fare is not below zero."))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_of_engine():
            vals_list = [self._without_own_department(vals) for vals in vals_list]
            refuse_forged(self, vals_list)
        clean = self if self._is_of_engine() else without_forged_defaults(self)
        expenses = super(HrExpense, clean).create([self._with_trip_of_leg(vals) for vals in vals_list]).with_env(self.env)
        if not self._is_of_engine():
            expenses._refuse_foreign_trips()
            expenses._join_open_claims()
            expenses._judge_drafts()
            expenses.filtered(lambda expense: not expense._is_open())._enter_created()
        return expenses

    def write(self, vals):
        names, engine_fields = vals.keys(), get_engine_fields(self)
        if self._is_of_engine() or not names & (FACTS | STATES | engine_fields):
            return super().write(vals)
        if self.env.context.get("business_expense_write") is WITHIN and not names & (STATES | engine_fields):
            return super().write(vals)  # an inverse, or what Odoo adds: the write around it looks at the outcome
        vals = self._without_own_department(vals)
        refuse_forged(self, [vals])
        if "account_move_id" in vals and not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            self._refuse("approval.forgery", self.env._(
                "The entry of an expense is made and taken back by accounting: who takes it off has it paid twice."))
        states = {name: value for name, value in vals.items() if name in STATES}
        others = {name: value for name, value in vals.items() if name not in STATES}
        if states and others and ({"approval_state", "state"} & states.keys()):
            # what is submitted is judged with the values written beside it; what is reopened is opened first
            opens = not states.get("approval_state", states.get("state", "draft")) or states.get("state") == "draft"
            for part in (states, others) if opens else (others, states):
                self.write(part)
            return True
        vals = self._with_trip_of_leg(vals)
        names = vals.keys()
        before = self._get_locked_facts() if names & FACTS or "tax_ids" in names else {}
        self._refuse_named_changes(before, vals)
        rest = self._pass_states(vals) if names & STATES else self
        result = super(HrExpense, rest.with_context(business_expense_write=WITHIN)).write(vals)
        if names & STATES:
            self._follow_states(vals)
        self._refuse_changes(before)
        if names & FACTS:
            self._facts_changed(names)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_claim(self):
        locked = self.sudo().filtered(lambda expense: expense._is_claim_locked() and expense.approval_state != "refused")
        if locked and not self._is_of_engine():
            locked._refuse_as_locked()

    #=== BUSINESS METHODS ===#

    def _is_of_engine(self):
        """Whether the engine itself works: past locks and gates."""
        return self.env.context.get("business_engine") is ENGINE

    def _as_engine(self):
        """The expenses for the engine's own writes."""
        return self.sudo().with_context(business_engine=ENGINE, allowed_company_ids=self.sudo().company_id.ids)

    def _is_open(self):
        """Whether the expense is a draft: neither submitted, nor made to look like one."""
        self.ensure_one()
        return not self.approval_state and self.state in ("draft", False)

    def _is_claim_locked(self):
        """Whether the claim of this expense is under review or was approved: then only the engine changes it."""
        self.ensure_one()
        return self.sudo().claim_id.state in ("review", *APPROVED)

    def _without_own_department(self, vals):
        """Values without the department of the employee, which Odoo's form sends along: it follows from him (J1-2.3)."""
        if "department_id" not in vals:
            return vals
        named = self.env["hr.employee"].sudo().browse(vals.get("employee_id"))
        employees = named or self.sudo().employee_id or self.env.user.sudo().employee_id
        if any(employee.department_id.id != vals["department_id"] for employee in employees):
            return vals
        return {name: value for name, value in vals.items() if name != "department_id"}

    def _with_trip_of_leg(self, vals):
        """Values with the trip of the ride, when only the ride is named."""
        leg_id = vals.get("travel_leg_id")
        if type(leg_id) is not int or "travel_request_id" in vals:
            return vals
        leg = self.env["business.travel.leg"].sudo().browse(leg_id).exists()
        if self and leg and all(expense.travel_request_id == leg.request_id for expense in self.sudo()):
            return vals
        return {**vals, "travel_request_id": leg.request_id.id} if leg else vals

    def _facts_changed(self, names):
        """Facts of these expenses were written: whose trip is it, which claim do they belong to, what is allowed now.

        :param names: of the fields that were written
        """
        if {"employee_id", "travel_request_id", "company_id"} & set(names):
            self._refuse_foreign_trips()
            self.sudo()._leave_foreign_claims()
            self._join_open_claims()
        if {"invoice_number", "invoice_seller", "company_id"} & set(names):
            self._invoice_changed()
        self._judge_drafts()
        self._cut_again()

    def _cut_again(self):
        """What was changed after the submission is judged once more: a note that it was changed is no leave to be paid more."""
        changed = self.sudo().filtered(lambda expense: (
            expense.travel_kind and expense.approval_state in ("submitted", "approved") and not expense.account_move_id
            and not expense._is_claim_locked()
        ))
        if changed:
            changed._judge()
            changed._cut_to_allowed()._refuse_unpaid()

    def _refuse_foreign_trips(self):
        """SR-2.2: nobody claims for a trip that he was not on.

        :raise ControlError: leaving a trace
        """
        for expense in self.sudo().filtered("travel_request_id"):
            if not expense.travel_request_id._is_for(expense.employee_id):
                expense.with_env(self.env)._refuse("travel.foreign_trip", self.env._(
                    "%(employee)s is no traveller of this trip and claims nothing for it.", employee=expense.employee_id.name,
                ))

    def _join_open_claims(self):
        """Expenses of a trip join the open claim that their employee has for it."""
        free = self.sudo().filtered(
            lambda expense: expense.travel_request_id and not expense.claim_id and expense._is_open())
        if not free:
            return
        claims = self.env["business.expense.claim"].sudo().search([
            ("travel_request_id", "in", free.travel_request_id.ids), ("employee_id", "in", free.employee_id.ids),
            ("state", "=", "draft"),
        ], order="id desc")
        by_key = {(claim.employee_id, claim.travel_request_id, claim.company_id): claim for claim in claims}
        for key, expenses in free.grouped(lambda e: (e.employee_id, e.travel_request_id, e.company_id)).items():
            if key in by_key:
                expenses._as_engine().claim_id = by_key[key]

    def _leave_foreign_claims(self):
        """An expense that became another person's, or of another trip, is no part of its open claim any more."""
        leaving = self.filtered(lambda expense: expense.claim_id and expense._is_open() and (
            expense.claim_id.employee_id != expense.employee_id or expense.claim_id.company_id != expense.company_id
            or (expense.claim_id.travel_request_id != expense.travel_request_id)
        ))
        if leaving:
            leaving._as_engine().claim_id = False

    def _invoice_changed(self):
        """Give back the invoices of what was changed, and take the new ones of what is submitted."""
        if not self.ids:
            return
        Use = self.env["business.invoice.use"].sudo()
        Use._give_back(self)
        submitted = self.sudo().filtered(lambda expense: not expense._is_open() and expense.approval_state != "refused")
        if submitted:
            Use._take(submitted - submitted.browse().union(*Use._find_uses(submitted)))

    # --- locks

    def _get_locked_facts(self):
        """``{expense: {field: [value, text]}}`` of those that are no drafts."""
        return {
            expense: {name: _describe_value(expense, name) for name in sorted(FACTS)}
            for expense in self.sudo() if not expense._is_open()
        }

    def _refuse_named_changes(self, before, vals):
        """Refuse at once what will be refused anyway, before Odoo stumbles over what would follow from it.

        :param dict before: by ``_get_locked_facts``
        :param dict vals: about to be written
        """
        names = [name for name in vals if name in FACTS and not self._fields[name].type.endswith("2many")]
        changes = {}
        for expense, facts in before.items():
            for name in names:
                field = expense._fields[name]
                new = field.convert_to_record(field.convert_to_cache(vals[name], expense), expense)
                if new != expense[name]:
                    shown = new.id if field.type == "many2one" else new
                    changes.setdefault(expense.id, []).append(
                        f"{field._description_string(self.env)}: {facts[name][1] or '—'} → {shown or '—'}")
        control_locked = self.env["business.control"]._get_by_code("travel.amount_locked")
        stopped = self.filtered(lambda expense: expense.id in changes and (
            expense._is_claim_locked() or control_locked._get_mode(expense.company_id) in ("approve", "block")))
        if stopped:
            stopped._gate_changes({expense.id: "; ".join(changes[expense.id]) for expense in stopped})

    def _refuse_changes(self, before):
        """Gate of the moment ``expense_change``: what was asked does not change once it is submitted (attack 17).

        :param dict before: by ``_get_locked_facts``
        """
        changes = {}
        for expense, facts in before.items():
            after = {name: _describe_value(expense, name) for name in facts}
            if texts := [
                f"{expense._fields[name]._description_string(self.env)}: {facts[name][1] or '—'} → {after[name][1] or '—'}"
                for name in facts if facts[name][0] != after[name][0]
            ]:
                changes[expense.id] = "; ".join(texts)
        if changes:
            self.filtered(lambda expense: expense.id in changes)._gate_changes(changes)

    def _gate_changes(self, changes):
        """The gate of the moment ``expense_change``.

        :param dict changes: ``{expense id: text}`` of these expenses
        :raise ControlError: by the control, or because the claim is under review or approved
        """
        if locked := self.filtered(lambda expense: expense._is_claim_locked()):
            locked._refuse_as_locked("\n".join(changes[expense.id] for expense in locked))
        self.with_context(business_expense_changes=ExpenseChanges(changes))._check_controls("expense_change")

    def _refuse_as_locked(self, changes=""):
        """RL-4.3: what is under review, or approved, with a claim is changed by nobody.

        :raise ControlError: naming the claims
        """
        claims = self.sudo().claim_id
        self._refuse("approval.content_locked", self.env._(
            "%(expenses)s: part of %(claims)s, which is under review or approved, and locked. While it is under review it can "
            "be withdrawn or sent back; after approval a wrong expense is refused before it is posted, and claimed anew. "
            "%(changes)s",
            expenses=", ".join(self.sudo().mapped("display_name")), claims=", ".join(claims.mapped("name")), changes=changes,
        ))

    # --- amounts

    def _cut(self, amount):
        """Pay less than was claimed.

        :param float amount: in the currency of the company, above 0
        """
        self.ensure_one()
        expense = self._as_engine()
        if expense.is_multiple_currency:
            share = amount / expense.total_amount
            expense.write({"total_amount_currency": expense.currency_id.round(expense.total_amount_currency * share)})
        expense.write({"total_amount": amount})
        expense._message_log(body=self.env._(
            "Claimed %(claimed)s, allowed %(allowed)s. %(why)s",
            claimed=expense.company_currency_id.format(expense.claimed_amount),
            allowed=expense.company_currency_id.format(amount), why=expense.allowed_reason or "",
        ))

    def _prepare_move_lines_vals(self):
        """EXTENDS hr_expense: what is posted is the total that was approved, whatever unit price times quantity comes to.

        The unit price is rounded: 120.00 for a quantity of 23,999 would be posted as 239.99."""
        vals = super()._prepare_move_lines_vals()
        currency = self.company_currency_id
        if self.payment_mode == "own_account" and (self.travel_kind or self.claim_id) and currency.compare_amounts(
            vals["price_unit"] * vals["quantity"], self.total_amount
        ):
            vals.update(quantity=1.0, price_unit=self.total_amount)
        return vals

    def _restore_claimed(self):
        """Reopened: the amount is again what was claimed."""
        for expense in self._as_engine():
            if expense.travel_kind and expense.claimed_amount and (
                expense.company_currency_id.compare_amounts(expense.claimed_amount, expense.total_amount) != 0
            ):
                if expense.is_multiple_currency and expense.claimed_amount_currency:
                    expense.write({"total_amount_currency": expense.claimed_amount_currency})
                expense.write({"total_amount": expense.claimed_amount})

    def _get_control_company(self):
        return self.company_id or self.env.company

    def _get_control_customer(self):
        return None

    def action_open_claim(self):
        """Open the claim of the expense."""
        self.ensure_one()
        if not self.claim_id:
            raise UserError(self.env._("This expense is in no claim yet."))
        return {
            "type": "ir.actions.act_window", "res_model": "business.expense.claim", "res_id": self.claim_id.id,
            "view_mode": "form",
        }
