# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessVehicleRequest(models.Model):
    _inherit = "business.vehicle.request"

    def action_return(self):
        """EXTENDS business_dept: Fleet learns what the odometer shows."""
        result = super().action_return()
        self.env["fleet.vehicle.odometer"].sudo().create([
            {"vehicle_id": vehicle.id, "value": request.odometer_end, "date": fields.Date.context_today(request)}
            for request in self.sudo() if (vehicle := request.vehicle_id.fleet_vehicle_id)
        ])
        return result
