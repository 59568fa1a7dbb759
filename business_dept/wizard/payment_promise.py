# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessPaymentPromise(models.TransientModel):
    """Asks for what a customer has promised to pay. The instalment's own method checks and writes it (JJ-2.7.3)."""

    _name = "business.payment.promise"
    _description = "Promise of Payment"

    instalment_id = fields.Many2one(comodel_name="business.payment.instalment", required=True)
    currency_id = fields.Many2one(related="instalment_id.currency_id")
    amount = fields.Monetary(string="Promised Amount", required=True)
    date = fields.Date(string="Promised For", required=True)
    note = fields.Char(string="What Was Agreed")

    def action_confirm(self):
        """Enter the promise."""
        self.ensure_one()
        self.instalment_id.action_promise(self.date, self.amount, self.note)
        return {"type": "ir.actions.act_window_close"}
