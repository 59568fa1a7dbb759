# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessShipmentArrival(models.TransientModel):
    """When shipments arrived. The shipments check it and keep it."""

    _name = "business.shipment.arrival"
    _description = "Record Arrival"

    shipment_ids = fields.Many2many(comodel_name="business.shipment", string="Shipments", required=True)
    date = fields.Date(string="Arrived On", required=True, default=fields.Date.context_today)
    is_correction = fields.Boolean(compute="_compute_is_correction")
    reason = fields.Char(string="Why It Was Wrong")

    @api.depends("shipment_ids")
    def _compute_is_correction(self):
        for wizard in self:
            wizard.is_correction = any(shipment.date_arrival for shipment in wizard.shipment_ids)

    def action_record(self):
        """Hand it over to the shipments, as the current user."""
        self.ensure_one()
        self.shipment_ids.check_access("read")
        self.shipment_ids.action_record_arrival(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
