# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessTravelPayment(models.TransientModel):
    """Asks by which journal an advance is paid, or how much of it comes back. Rights are checked by the advance's methods."""

    _name = "business.travel.payment"
    _description = "Pay or Take Back an Advance"

    kind = fields.Selection(selection=[("pay", "Pay out"), ("return", "Take back")], required=True, default="pay")
    advance_id = fields.Many2one(comodel_name="business.travel.advance", required=True)
    employee_id = fields.Many2one(related="advance_id.employee_id")
    company_id = fields.Many2one(related="advance_id.company_id")
    currency_id = fields.Many2one(related="advance_id.currency_id")
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False, precompute=True)
    open_amount = fields.Monetary(related="advance_id.open_amount")
    date = fields.Date(required=True, default=fields.Date.context_today)
    journal_id = fields.Many2one(
        comodel_name="account.journal", string="By Bank or Cash", compute="_compute_journal_id", store=True, readonly=False,
        precompute=True, required=True, domain="[('type', 'in', ('bank', 'cash')), ('company_id', 'parent_of', company_id)]",
    )
    reference = fields.Char(help="Of the bank transfer, or number of the receipt.")

    @api.depends("advance_id", "kind")
    def _compute_amount(self):
        for wizard in self:
            advance = wizard.advance_id
            wizard.amount = advance.open_amount if wizard.kind == "return" else advance.amount

    @api.depends("advance_id")
    def _compute_journal_id(self):
        Journal = self.env["account.journal"]
        for wizard in self:
            wizard.journal_id = Journal.search([
                *Journal._check_company_domain(wizard.advance_id.company_id), ("type", "in", ("bank", "cash")),
                ("currency_id", "in", (False, wizard.advance_id.currency_id.id)),
            ], order="type, sequence, id", limit=1)

    def action_confirm(self):
        """Pay or take back, as the current user."""
        self.ensure_one()
        if self.kind == "return":
            self.advance_id.action_return(self.amount, self.journal_id.id, self.date, self.reference)
        else:
            self.advance_id.action_pay(self.journal_id.id, self.date, self.reference)
        return {"type": "ir.actions.act_window_close"}
