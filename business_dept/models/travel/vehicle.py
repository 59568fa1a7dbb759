# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessVehicle(models.Model):
    """A vehicle of the company that people ask for (TE-1.3)."""

    _name = "business.vehicle"
    _description = "Company Vehicle"
    _order = "name, id"
    _rec_names_search = ["name", "license_plate"]
    _check_company_auto = True

    name = fields.Char(required=True)
    license_plate = fields.Char()
    seats = fields.Integer(help="With the driver; 0: unknown.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    odometer = fields.Float(
        string="Odometer (km)", digits=(10, 1), compute="_compute_odometer", help="At the last return.")

    _check_seats = models.Constraint("CHECK (seats >= 0)", "Seats cannot be negative.")
    _unique_plate = models.UniqueIndex(
        "(company_id, license_plate) WHERE license_plate IS NOT NULL AND active", "There is a vehicle with this plate already.")

    @api.depends("name", "license_plate")
    def _compute_display_name(self):
        for vehicle in self:
            plate = vehicle.license_plate
            vehicle.display_name = (
                f"{vehicle.name} ({plate})" if plate and plate not in (vehicle.name or "") else vehicle.name)

    def _compute_odometer(self):
        last = dict(self.env["business.vehicle.request"].sudo()._read_group(
            [("vehicle_id", "in", self.ids), ("date_returned", "!=", False)], ["vehicle_id"], ["odometer_end:max"]))
        for vehicle in self:
            vehicle.odometer = last.get(vehicle.sudo()._origin, 0.0)
