# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.constrains("license_plate", "company_id", "active")
    def _check_license_plate(self):
        """One plate is one vehicle, or nobody would see that it is asked for twice."""
        plates = self.filtered("active").mapped("license_plate")
        same = self.sudo().search([("license_plate", "in", [plate for plate in plates if plate])])
        for vehicle in self.filtered(lambda vehicle: vehicle.active and vehicle.license_plate):
            if same.filtered(lambda other, vehicle=vehicle: (
                other.id != vehicle.id and other.license_plate == vehicle.license_plate
                and other.company_id == vehicle.company_id
            )):
                raise ValidationError(self.env._("There is a vehicle with the plate %s already.", vehicle.license_plate))
