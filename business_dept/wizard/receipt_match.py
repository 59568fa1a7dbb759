# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessReceiptMatch(models.TransientModel):
    """Chooses the order that a receipt is for. The payment's own method checks and does it."""

    _name = "business.receipt.match"
    _description = "Match a Receipt"

    payment_id = fields.Many2one(comodel_name="account.payment", string="Receipt", required=True)
    partner_id = fields.Many2one(related="payment_id.partner_id.commercial_partner_id", string="Customer")
    company_id = fields.Many2one(related="payment_id.company_id")
    currency_id = fields.Many2one(related="payment_id.currency_id")
    amount = fields.Monetary(related="payment_id.amount", string="Received")
    order_id = fields.Many2one(
        comodel_name="sale.order", required=True,
        domain="[('company_id', '=', company_id), ('state', '!=', 'cancel'), '|', "
               "('partner_id', 'child_of', partner_id), ('partner_invoice_id', 'child_of', partner_id)]",
    )
    expected = fields.Monetary(compute="_compute_expected", help="The next open instalment of the order.")
    difference = fields.Monetary(compute="_compute_expected")
    gap = fields.Char(string="In Words", compute="_compute_expected")

    @api.depends("payment_id", "order_id")
    def _compute_expected(self):
        self.env["business.payment.instalment"]._check_finance()
        for wizard in self:
            payment, order = wizard.payment_id.sudo(), wizard.order_id.sudo()
            instalment = order._get_next_instalment() if order else self.env["business.payment.instalment"].sudo()
            wizard.expected = payment._convert_from_order(order, instalment.amount_open)
            wizard.difference = payment.amount - wizard.expected
            wizard.gap = order and payment and order._describe_collection_gap(
                payment._convert_to_order(order, payment.amount), instalment)

    def action_match(self):
        """Match and confirm."""
        self.ensure_one()
        self.payment_id.action_collection_match(self.order_id.id)
        return {"type": "ir.actions.act_window_close"}


class BusinessReceiptUnmatch(models.TransientModel):
    """Asks why a match is undone. The payment's own method checks and does it."""

    _name = "business.receipt.unmatch"
    _description = "Undo a Match"

    payment_ids = fields.Many2many(comodel_name="account.payment", string="Receipts", required=True)
    reason = fields.Text(required=True)

    def action_unmatch(self):
        """Undo the match."""
        self.ensure_one()
        self.payment_ids.action_collection_unmatch(self.reason)
        return {"type": "ir.actions.act_window_close"}
