# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

from .supply import CONDITIONS


class BusinessSafetySupplyCheck(models.Model):
    """One check or refill of emergency supplies; written by the engine only, and never changed (SM-4.5.3)."""

    _name = "business.safety.supply.check"
    _description = "Check of Emergency Supplies"
    _inherit = ["business.engine.mixin"]
    _order = "date desc, id desc"
    _rec_name = "supply_id"

    supply_id = fields.Many2one(
        comodel_name="business.safety.supply", string="Emergency Supplies", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="supply_id.company_id", store=True, index=True)
    place_id = fields.Many2one(related="supply_id.place_id", store=True, index=True)
    kind = fields.Selection(selection=[("check", "Monthly check"), ("refill", "Refill")], required=True, index=True)
    date = fields.Datetime(required=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Entered By", required=True, ondelete="restrict")
    quantity_before = fields.Float(digits=(12, 2), aggregator=None)
    quantity = fields.Float(string="Counted", digits=(12, 2), aggregator=None)
    condition = fields.Selection(selection=CONDITIONS, string="Condition Found", required=True)
    note = fields.Text()
