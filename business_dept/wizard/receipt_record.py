# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class BusinessReceiptRecord(models.TransientModel):
    """Records money that has arrived for an order: Odoo's payment, posted, matched and confirmed in one step (IC-14).

    Only finance, and not the salesperson of the order; the methods of payment and order check it.
    """

    _name = "business.receipt.record"
    _description = "Record a Receipt"

    order_id = fields.Many2one(comodel_name="sale.order", required=True)
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(comodel_name="res.currency", compute="_compute_currency_id", store=True, readonly=False)
    amount = fields.Monetary(required=True)
    date = fields.Date(string="Received On", required=True, default=fields.Date.context_today)
    journal_id = fields.Many2one(
        comodel_name="account.journal", string="Bank or Cash", compute="_compute_journal_id", store=True, readonly=False,
        required=True, domain="[('type', 'in', ('bank', 'cash')), ('company_id', '=', company_id)]",
    )
    reference = fields.Char(string="Bank Reference", required=True, help="As the bank statement or receipt shows it.")
    gap = fields.Char(string="In Words", compute="_compute_gap")

    @api.depends("order_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard.order_id.currency_id

    @api.depends("order_id")
    def _compute_journal_id(self):
        for wizard in self:
            wizard.journal_id = self.env["account.journal"].search(
                [("type", "in", ("bank", "cash")), ("company_id", "=", wizard.order_id.company_id.id)],
                order="type, sequence, id", limit=1,
            )

    @api.depends("order_id", "amount", "currency_id", "date")
    def _compute_gap(self):
        self.env["business.payment.instalment"]._check_finance()
        for wizard in self:
            order = wizard.order_id.sudo()
            wizard.gap = order and wizard.currency_id and order._describe_collection_gap(
                wizard.currency_id._convert(
                    wizard.amount, order.currency_id, order.company_id, wizard.date or fields.Date.today()),
                order._get_next_instalment(),
            )

    def action_record(self):
        """Make the payment, post it, match it to the order and confirm it; finance only.

        :raise UserError: amount, journal or order are not fit for it
        """
        self.ensure_one()
        self.env["business.payment.instalment"]._check_finance()
        self.order_id.check_access("read")
        self.journal_id.check_access("read")
        order = self.order_id.sudo()
        order._refuse_own_receipt()
        if self.amount <= 0:
            raise UserError(self.env._("A receipt is more than nothing."))
        if self.journal_id.type not in ("bank", "cash") or self.journal_id.company_id != order.company_id:
            raise UserError(self.env._("Choose a bank or cash journal of %s.", order.company_id.name))
        payment = self.env["account.payment"].sudo().with_company(order.company_id).create({
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": order._get_debtor().id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self.date,
            "journal_id": self.journal_id.id,
            "memo": order.name,
            "payment_reference": self.reference,
        })
        payment.action_post()
        payment._match(order)
        return {"type": "ir.actions.act_window_close"}
