# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.business_dept.models.foundation.forgery import refuse_forged

KEPT_IN_FLEET = frozenset({"name", "license_plate", "seats", "active", "company_id"})


class BusinessVehicle(models.Model):
    """A vehicle that is in Fleet is kept there; the register follows."""

    _inherit = "business.vehicle"
    _engine_fields = frozenset({"fleet_vehicle_id"})

    fleet_vehicle_id = fields.Many2one(
        comodel_name="fleet.vehicle", string="Vehicle in Fleet", readonly=True, copy=False, ondelete="set null",
        groups="fleet.fleet_group_user",
    )

    _unique_fleet_vehicle = models.UniqueIndex(
        "(fleet_vehicle_id) WHERE fleet_vehicle_id IS NOT NULL", "This vehicle is in the register already.")

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        refuse_forged(self, [vals])
        if not self.env.su and vals.keys() & KEPT_IN_FLEET and (kept := self.sudo().filtered("fleet_vehicle_id")):
            raise UserError(self.env._("%s: change it in Fleet, the register follows.", ", ".join(kept.mapped("name"))))
        return super().write(vals)

    @api.constrains("license_plate", "company_id", "active")
    def _check_license_plate(self):
        """EXTENDS business_dept: what Fleet lets through the register lets through."""
        return super(BusinessVehicle, self.filtered(lambda vehicle: not vehicle.sudo().fleet_vehicle_id))._check_license_plate()
