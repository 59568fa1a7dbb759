# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..models.safety.supply import CONDITIONS


class BusinessSafetySupplyEntry(models.TransientModel):
    """Asks for what was found at a check, or put in. The supply's own methods check and write it (SM-4.5.3)."""

    _name = "business.safety.supply.entry"
    _description = "Check or Refill of Emergency Supplies"

    supply_id = fields.Many2one(comodel_name="business.safety.supply", string="Emergency Supplies", required=True)
    kind = fields.Selection(selection=[("check", "Monthly check"), ("refill", "Refill")], required=True, default="check")
    quantity = fields.Float(
        string="There Now", digits=(12, 2), compute="_compute_quantity", store=True, readonly=False, required=True)
    minimum = fields.Float(related="supply_id.minimum", string="At Least")
    unit = fields.Char(related="supply_id.unit")
    condition = fields.Selection(selection=CONDITIONS, string="Condition Found", required=True, default="ok")
    date_expiry = fields.Date(string="New Expiry")
    note = fields.Text()

    @api.depends("supply_id", "kind")
    def _compute_quantity(self):
        for entry in self:
            supply = entry.supply_id
            entry.quantity = max(supply.quantity, supply.minimum) if entry.kind == "refill" else supply.quantity

    def action_confirm(self):
        """Enter it."""
        self.ensure_one()
        if self.kind == "refill":
            self.supply_id.action_refill(self.quantity, self.date_expiry, self.note)
        else:
            self.supply_id.action_check(self.quantity, self.condition, self.note)
        return {"type": "ir.actions.act_window_close"}
