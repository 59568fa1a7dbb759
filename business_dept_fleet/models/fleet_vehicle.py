# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models

FOLLOWED = frozenset({"model_id", "license_plate", "seats", "active", "company_id"})
"""What the register shows of a vehicle."""


class FleetVehicle(models.Model):
    _inherit = "fleet.vehicle"

    @api.model_create_multi
    def create(self, vals_list):
        vehicles = super().create(vals_list)
        vehicles._refresh_register()
        return vehicles

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & FOLLOWED:
            self._refresh_register()
        return result

    def unlink(self):
        rows = self._get_register()
        result = super().unlink()
        rows.write({"active": False})
        return result

    def _get_register(self):
        """The rows of the register that follow these vehicles, in sudo."""
        return self.env["business.vehicle"].sudo().with_context(active_test=False).search(
            [("fleet_vehicle_id", "in", self.ids)])

    def _refresh_register(self):
        """Let the register follow: rows for vehicles that have none, and what has changed of the others.

        A row with the same plate that was made by hand is taken over, with the requests it has.
        """
        rows = {row.fleet_vehicle_id: row for row in self._get_register()}
        Register = self.env["business.vehicle"].sudo()
        by_hand = {
            (row.company_id, row.license_plate): row
            for row in Register.search([("fleet_vehicle_id", "=", False), ("license_plate", "!=", False)])
        }
        for vehicle in self.sudo():
            company = vehicle.company_id or self.env.company
            vals = {
                "name": vehicle.model_id.display_name or vehicle.name, "license_plate": vehicle.license_plate,
                "seats": vehicle.seats, "active": vehicle.active, "company_id": company.id, "fleet_vehicle_id": vehicle.id,
            }
            row = rows.get(vehicle) or by_hand.pop((company, vehicle.license_plate), Register)
            if row:
                row.write(vals)
            else:
                Register.create(vals)
