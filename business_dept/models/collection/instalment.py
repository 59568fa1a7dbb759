# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ...policy import collection as policy

KINDS = [("deposit", "Deposit"), ("balance", "Balance")]
EVENTS = [("confirmation", "Confirmation"), ("dispatch", "Goods leave"), ("arrival", "Goods arrive")]


class BusinessPaymentInstalment(models.Model):
    """One payment that a confirmed order asks for (JJ-4.1): how much, because of what, until when, and what has arrived.

    +------------------+------------------------------------+-----------------------------------------------------+
    | Action           | Who                                | Restriction                                         |
    +==================+====================================+=====================================================+
    | Read             | posts that read orders             | salespeople: of their own orders                    |
    | Promise          | the salesperson of the order,      | while something is open; every promise stays in the |
    |                  | managers, finance, executive       | chatter of the order                                |
    | Make, refresh    | the engine                         | rows are read-only to every group                   |
    +------------------+------------------------------------+-----------------------------------------------------+
    """

    _name = "business.payment.instalment"
    _description = "Payment Plan"
    _inherit = ["business.engine.mixin"]
    _order = "order_id desc, sequence, id"
    _rec_names_search = ["order_id"]

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, ondelete="restrict",
        help="The commercial entity that owes the order.",
    )
    user_id = fields.Many2one(
        related="order_id.user_id", string="Salesperson", store=True, precompute=True, index="btree_not_null",
    )
    currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(comodel_name="res.currency", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    event = fields.Selection(selection=EVENTS, string="Due When", required=True, readonly=True)
    days = fields.Integer(string="Days After", readonly=True)
    shipment_id = fields.Many2one(
        comodel_name="business.shipment", readonly=True, index="btree_not_null", ondelete="cascade",
        help="The goods whose balance this is; empty for the deposit and for what was not sent yet.",
    )
    date_event = fields.Date(string="Happened On", readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True, help="The last day to pay in time; empty until it happened.")
    state = fields.Selection(
        selection=[("waiting", "Not due yet"), ("due", "To be paid"), ("paid", "Paid"), ("closed", "Closed")],
        required=True, readonly=True, default="waiting", index=True,
    )
    amount = fields.Monetary(string="Planned", readonly=True)
    amount_received = fields.Monetary(string="Received", readonly=True)
    amount_credited = fields.Monetary(
        string="Credited", readonly=True, help="Not asked for any more, by a credit note.",
    )
    amount_open = fields.Monetary(string="Outstanding", readonly=True)
    amount_company = fields.Monetary(
        string="Planned (Company Currency)", currency_field="company_currency_id", readonly=True)
    received_company = fields.Monetary(
        string="Received (Company Currency)", currency_field="company_currency_id", readonly=True)
    open_company = fields.Monetary(string="Outstanding (Company Currency)", currency_field="company_currency_id", readonly=True)
    overdue_company = fields.Monetary(
        string="Overdue (Company Currency)", currency_field="company_currency_id", readonly=True,
        help="As of the last night or the last change, whichever was later.",
    )
    ageing = fields.Selection(
        selection=[
            ("current", "Not overdue"), ("d30", "1–30 days"), ("d60", "31–60 days"), ("d90", "61–90 days"),
            ("older", "Over 90 days"),
        ],
        readonly=True, default="current",
    )
    is_overdue = fields.Boolean(compute="_compute_overdue")
    days_overdue = fields.Integer(compute="_compute_overdue", aggregator=None)
    dunning_level = fields.Integer(string="Reminded (Step)", readonly=True, aggregator="max")
    dunning_days = fields.Integer(
        string="Reminded At (Days)", readonly=True, aggregator=None, help="Days overdue of the last step that was told.",
    )
    dunning_date = fields.Date(string="Last Reminded", readonly=True)
    promise_date = fields.Date(string="Promised For", readonly=True)
    promise_amount = fields.Monetary(string="Promised Amount", readonly=True)
    promise_note = fields.Char(string="What Was Agreed", readonly=True)
    can_promise = fields.Boolean(compute="_compute_can_promise")

    _check_amount = models.Constraint("CHECK (amount > 0)", "An instalment asks for something.")
    _check_due = models.Constraint(
        "CHECK (date_due IS NULL OR date_due >= date_event)", "Nothing is due before the event that makes it due.",
    )
    _partner_due_idx = models.Index("(partner_id, company_id, date_due) WHERE state = 'due'")
    _due_idx = models.Index("(date_due) WHERE state = 'due'")

    # === COMPUTE METHODS === #

    @api.depends("order_id.name", "kind", "shipment_id.name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self:
            parts = [row.order_id.sudo().name, kinds.get(row.kind), row.shipment_id.sudo().name]
            row.display_name = " · ".join(part for part in parts if part)

    @api.depends("date_due", "state")
    def _compute_overdue(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.days_overdue = policy.days_overdue(row.date_due, row.state == "due", today)
            row.is_overdue = row.days_overdue > 0

    @api.depends_context("uid")
    @api.depends("state", "user_id")
    def _compute_can_promise(self):
        for row in self:
            row.can_promise = not row._get_cannot_promise_reason()

    # === ACTION METHODS === #

    def action_promise(self, date=None, amount=None, note=None):
        """Enter what the customer has promised to pay, and when (JJ-2.7.3); asks when the date is missing.

        :param date: the promised day, today or later
        :param float amount: in the order's currency; all that is open when missing
        :param str note: what was agreed
        :raise UserError: nothing is open, or date or amount make no sense
        """
        self.ensure_one()
        self.check_access("read")
        if reason := self._get_cannot_promise_reason():
            raise UserError(reason)
        if not date:
            action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_payment_promise_action")
            return {**action, "context": {"default_instalment_id": self.id, "default_amount": self.amount_open}}
        try:
            promised, amount = fields.Date.to_date(date), self.amount_open if amount is None else float(amount)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("A promise is an amount for a day.")) from error
        if promised < fields.Date.context_today(self):
            raise UserError(self.env._("A promise is for today or a later day."))
        if not 0 < amount <= self.amount_open:
            raise UserError(self.env._(
                "The promised amount lies above 0 and is not more than the open %(open)s.",
                open=format_amount(self.env, self.amount_open, self.currency_id),
            ))
        self.sudo().write({
            "promise_date": promised, "promise_amount": amount, "promise_note": note or False,
        })
        self.order_id.sudo()._message_log(body=self.env._(
            "%(instalment)s: the customer promised %(amount)s for %(date)s. %(note)s",
            instalment=self.display_name, amount=format_amount(self.env, amount, self.currency_id),
            date=format_date(self.env, promised), note=note or "",
        ))
        return True

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id, "view_mode": "form"}

    def action_record_receipt(self):
        """Record money that has arrived for this instalment; finance only."""
        self.ensure_one()
        return self.order_id._open_record_receipt(self)

    # === BUSINESS METHODS === #

    def _get_cannot_promise_reason(self):
        """Why the current user may not enter a promise; empty when he may."""
        self.ensure_one()
        user = self.env.user
        if self.state not in ("waiting", "due"):
            return self.env._("Nothing is open here.")
        if user != self.user_id and not any(user.has_group(f"business_dept.group_{post}") for post in (
            "deputy_manager", "department_manager", "finance", "executive_office",
        )):
            return self.env._("The salesperson of the order enters what its customer promises.")
        return ""

    @api.model
    def _check_finance(self):
        """Refuse everybody but finance: finance checks what has arrived (IC-14).

        :raise AccessError: for every other post
        """
        if not self.env.user.has_group("business_dept.group_finance"):
            raise AccessError(self.env._("Finance records and confirms what customers pay (IC-14)."))

    @api.model
    def _cron_daily(self):
        """The calendar moves on: age what is open, plan confirmed orders that have no plan yet, and remind."""
        self._age()
        self._plan_missing()
        self._dun()

    @api.model
    def _age(self):
        """Bring ageing and overdue amounts of all open instalments up to today; writes only what has changed."""
        today = fields.Date.context_today(self)
        rows = self.sudo().search_fetch(
            ["|", ("ageing", "!=", "current"), "&", ("state", "=", "due"), ("date_due", "<", today)],
            ["state", "date_due", "open_company", "ageing", "overdue_company"],
        )
        for row in rows:
            vals = row._prepare_ageing(row.date_due, row.state == "due", row.open_company, today)
            if row._differs_from(vals):
                row.write(vals)

    @api.model
    def _prepare_ageing(self, due, is_open, amount, today):
        """Values of ageing.

        :param due: due date or ``None``
        :param bool is_open: whether it is to be paid
        :param float amount: open, in company currency
        """
        days = policy.days_overdue(due or None, is_open, today)
        return {"ageing": policy.ageing(days), "overdue_company": amount if days else 0.0}

    def _differs_from(self, vals):
        """Whether a value of the row is another one."""
        self.ensure_one()
        return any((self[name].id if self._fields[name].type == "many2one" else self[name]) != value
                   for name, value in vals.items())

    @api.model
    def _plan_missing(self):
        """Confirmed orders from before there were plans get theirs; in slices, so that a stop loses nothing.

        Nobody is reminded of steps that had passed before: they are in the lists, and whoever begins is not flooded.
        """
        Order = self.env["sale.order"].sudo()
        domain = [("state", "=", "sale"), ("is_settled", "=", False), ("instalment_ids", "=", False)]  # nothing asked: settled
        last, remaining = 0, Order.search_count(domain)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while orders := Order.search([*domain, ("id", ">", last)], order="id", limit=500):
            last = orders[-1].id
            orders._refresh_collection()
            for row in orders.instalment_ids.filtered("is_overdue"):
                row.write({"dunning_days": row.days_overdue})
            if not self.env["ir.cron"]._commit_progress(processed=len(orders)):
                break
