# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The money of an advance: Odoo's payments, and what their journal items say is open."""
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .travel_advance import HANDED_OUT

POSTED = ("in_process", "paid")


class BusinessTravelAdvance(models.Model):
    _inherit = "business.travel.advance"

    payment_ids = fields.One2many(
        comodel_name="account.payment", inverse_name="travel_advance_id", string="Payments", readonly=True, copy=False,
    )
    settlement_ids = fields.One2many(
        comodel_name="account.move", inverse_name="travel_advance_id", string="Settlement Entries", readonly=True, copy=False,
    )
    paid_amount = fields.Monetary(
        string="Paid Out", compute="_compute_money", store=True, compute_sudo=True, copy=False)
    returned_amount = fields.Monetary(
        string="Given Back", compute="_compute_money", store=True, compute_sudo=True, copy=False)
    open_amount = fields.Monetary(
        string="Still Open", compute="_compute_money", store=True, compute_sudo=True, copy=False,
        help="What the journal items of the payments say is not settled or returned yet.",
    )
    settled_amount = fields.Monetary(
        string="Settled with Claims", compute="_compute_money", store=True, compute_sudo=True, copy=False)
    date_paid = fields.Date(string="Paid On", compute="_compute_money", store=True, compute_sudo=True, copy=False)
    date_due = fields.Date(
        string="Settle By", compute="_compute_date_due", store=True, compute_sudo=True, copy=False, index="btree_not_null",
        help="Days after the trip, or after the payment if that was later, as set for the company.",
    )
    age_days = fields.Integer(string="Open for Days", compute="_compute_age")
    is_overdue = fields.Boolean(string="Overdue", compute="_compute_age", search="_search_is_overdue")
    money_stamp = fields.Integer(readonly=True, copy=False)

    #=== COMPUTE METHODS ===#

    @api.depends(
        "payment_ids.state", "payment_ids.amount", "payment_ids.date", "payment_ids.payment_type",
        "payment_ids.move_id.line_ids.amount_residual", "payment_ids.destination_account_id",
        "settlement_ids.state", "settlement_ids.amount_total", "settlement_ids.line_ids.amount_residual",
    )
    def _compute_money(self):
        for advance in self:
            posted = advance.payment_ids.filtered(lambda payment: payment.state in POSTED)
            out = posted.filtered(lambda payment: payment.payment_type == "outbound")
            advance.paid_amount = sum(out.mapped("amount"))
            advance.returned_amount = sum((posted - out).mapped("amount"))
            advance.open_amount = sum(advance._get_open_lines().mapped("amount_residual"))
            settlements = advance.settlement_ids.filtered(lambda move: move.state == "posted")
            advance.settled_amount = sum(settlements.mapped("amount_total"))
            advance.date_paid = min(out.mapped("date"), default=False)

    @api.depends("date_paid", "travel_request_id.date_to", "company_id.travel_advance_days")
    def _compute_date_due(self):
        for advance in self:
            since = advance.date_paid and max(advance.date_paid, advance.travel_request_id.date_to or advance.date_paid)
            advance.date_due = since and since + timedelta(days=advance.company_id.travel_advance_days)

    @api.depends_context("tz")
    @api.depends("state", "date_paid", "date_due")
    def _compute_age(self):
        today = fields.Date.context_today(self)
        for advance in self:
            is_open = advance.state == "paid" and advance.date_paid
            advance.age_days = (today - advance.date_paid).days if is_open else 0
            advance.is_overdue = bool(is_open and advance.date_due and advance.date_due < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("state", "=", "paid") & fields.Domain("date_due", "<", fields.Date.context_today(self))
        return fields.Domain.OR([overdue if wanted else ~overdue for wanted in value])

    #=== ACTION METHODS ===#

    def action_pay(self, journal_id=None, date=None, reference=None):
        """Hand an approved advance out: Odoo's payment to the employee, posted; finance only.

        :param int journal_id: bank or cash journal; a dialog asks when it is missing
        :param date: day of the payment; today when missing
        :param str reference: of the bank transfer or receipt
        :raise UserError: not approved, paid already, or the journal does not fit
        :raise ControlError: one's own, or a control refuses
        """
        self._check_finance()
        if type(journal_id) is not int:
            return self._ask_money("pay")
        journal = self.env["account.journal"].browse(journal_id)
        for advance in self:
            advance._pay(journal, date, reference)
        return True

    def action_return(self, amount=None, journal_id=None, date=None, reference=None):
        """Take money back that was not spent; finance only.

        :param float amount: in the company's currency; a dialog asks when it or the journal is missing
        :param int journal_id: bank or cash journal
        :param date: day of the payment; today when missing
        :param str reference: of the bank transfer or receipt
        :raise UserError: more than is open, or the journal does not fit
        """
        self.ensure_one()
        self._check_finance()
        if type(journal_id) is not int or not isinstance(amount, (int, float)):
            return self._ask_money("return")
        self._take_back(amount, self.env["account.journal"].browse(journal_id), date, reference)
        return True

    def action_open_payments(self):
        """Open the payments of the advance, as far as the user may read them."""
        self.ensure_one()
        return self.payment_ids.with_context(create=False)._get_records_action(name=self.env._("Payments"))

    def _ask_money(self, kind):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_travel_payment_action")
        return {**action, "context": {"default_kind": kind, "default_advance_id": self.id}}

    #=== BUSINESS METHODS ===#

    def _get_paid_out(self):
        """The posted payments that handed the money out."""
        return self.payment_ids.filtered(lambda payment: payment.payment_type == "outbound" and payment.state in POSTED)

    def _get_open_lines(self):
        """The journal items that say what is open: of payments and settlements, on the account where the advance stands."""
        self.ensure_one()
        posted = self.payment_ids.filtered(lambda payment: payment.state in POSTED)
        account = (posted or self.payment_ids).destination_account_id
        return (posted.move_id | self.settlement_ids).line_ids.filtered(
            lambda line: line.account_id in account and line.parent_state == "posted" and not line.reconciled)

    def _reconcile_open(self):
        """Reconcile what was handed out with what came back or was settled, as far as it goes."""
        for lines in self._get_open_lines().grouped("account_id").values():
            if len(lines) > 1:
                lines.reconcile()

    def _get_cannot_pay_reason(self):
        """Why an advance cannot be handed out; empty when it can."""
        self.ensure_one()
        if self.state in HANDED_OUT:
            return self.env._("%s was paid already.", self.name)
        if self.payment_ids.filtered(lambda payment: payment.state == "draft"):
            return self.env._("%s has a payment in draft: post or cancel that one.", self.name)
        if self.state != "approved" or not self._is_approved():
            return self.env._("%s is not approved, or not with this content.", self.name)
        if self.travel_request_id and self.travel_request_id.state not in ("approved", "done"):
            return self.env._("The trip %s is not approved.", self.travel_request_id.name)
        return ""

    def _use_money(self):
        """Write the rows of the advances: of two who move their money at once, the second cannot be serialized, is
        retried, and sees what the first one did."""
        for advance in self._as_engine():
            advance.money_stamp += 1
        self.env.flush_all()

    def _pay(self, journal, date=None, reference=None):
        """Make and post the payment of one advance; see `action_pay`."""
        advance = self.sudo()
        advance._use_money()
        if reason := advance._get_cannot_pay_reason():
            raise UserError(reason)
        self._check_controls("advance")
        payment = advance._create_payment("outbound", advance.amount, journal, date, reference)
        advance._reconcile_open()  # a settlement may have stayed when an earlier payment was cancelled
        advance.message_post(body=self.env._(
            "%(amount)s paid out: %(payment)s.", amount=advance.currency_id.format(payment.amount), payment=payment.name))

    def _take_back(self, amount, journal, date=None, reference=None):
        """Make and post the payment of what is returned, reconciled with the advance; see `action_return`."""
        advance = self.sudo()
        advance._use_money()
        if advance.state != "paid":
            raise UserError(self.env._("Nothing of %s is open.", advance.name))
        if advance.currency_id.compare_amounts(amount, 0.0) <= 0 or (
                advance.currency_id.compare_amounts(amount, advance.open_amount) > 0):
            raise UserError(self.env._(
                "Take back more than nothing and at most what is open of %(advance)s: %(open)s.",
                advance=advance.name, open=advance.currency_id.format(advance.open_amount),
            ))
        account = advance._get_paid_out()[:1].destination_account_id
        payment = advance._create_payment("inbound", amount, journal, date, reference, account)
        advance._reconcile_open()
        advance.message_post(body=self.env._(
            "%(amount)s returned: %(payment)s. Still open: %(open)s.", payment=payment.name,
            amount=advance.currency_id.format(amount), open=advance.currency_id.format(advance.open_amount),
        ))

    def _create_payment(self, payment_type, amount, journal, date, reference, account=None):
        """One posted payment of an advance.

        :param str payment_type: ``outbound`` or ``inbound``
        :param float amount: in the company's currency
        :param journal: ``account.journal`` as the user chose it
        :param account: where the advance stands; the company's account when missing
        :return: ``account.payment`` in sudo
        """
        self.ensure_one()
        company = self.company_id
        check_journal(journal, company)
        partner = self.employee_id.work_contact_id
        if not partner:
            raise UserError(self.env._("%s has no work contact: fill it in on the employee.", self.employee_id.name))
        payment = self.env["account.payment"].sudo().with_company(company).create({
            "payment_type": payment_type,
            "partner_type": "supplier",
            "partner_id": partner.id,
            "amount": amount,
            "currency_id": company.currency_id.id,
            "date": date or fields.Date.context_today(self),
            "journal_id": journal.id,
            "company_id": company.id,
            "destination_account_id": (account or company._get_travel_advance_account()).id,
            "memo": self.name,
            "payment_reference": reference if isinstance(reference, str) else False,
            "travel_advance_id": self.id,
        })
        payment.action_post()
        return payment


def check_journal(journal, company):
    """Refuse a journal that the user may not read or that does not fit.

    :param journal: ``account.journal`` as the client named it
    :raise UserError: not a bank or cash journal of the company in its currency
    """
    journal = journal.exists()
    journal.check_access("read")
    if not journal or journal.type not in ("bank", "cash") or journal.company_id not in company.parent_ids:
        raise UserError(journal.env._("Choose a bank or cash journal of %s.", company.name))
    if journal.currency_id and journal.currency_id != company.currency_id:
        raise UserError(journal.env._("Advances are paid in %s: choose a journal of that currency.", company.currency_id.name))
