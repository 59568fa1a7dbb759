# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessCityClass(models.Model):
    """Cities of one price level: lodging costs more in some (TE-2.7.1)."""

    _name = "business.city.class"
    _description = "City Class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)

    _unique_code = models.Constraint("UNIQUE (code)", "There is a city class with this code already.")


class BusinessTravelPlace(models.Model):
    """A town that people travel to; its class decides what a night may cost there."""

    _name = "business.travel.place"
    _description = "Place"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, index="trigram")
    state_id = fields.Many2one(comodel_name="res.country.state", string="Province", ondelete="restrict")
    city_class_id = fields.Many2one(
        comodel_name="business.city.class", required=True, ondelete="restrict", tracking=True,
        default=lambda self: self.env.ref("business_dept.city_class_other", raise_if_not_found=False),
    )
    active = fields.Boolean(default=True)

    _unique_name = models.UniqueIndex("(name, COALESCE(state_id, 0))", "There is this place already.")

    @api.depends("name", "state_id.code")
    def _compute_display_name(self):
        for place in self:
            place.display_name = f"{place.name} ({place.state_id.code})" if place.state_id else place.name


class ResCompany(models.Model):
    _inherit = "res.company"

    travel_town_id = fields.Many2one(
        comodel_name="business.travel.place", string="Town of the Company", ondelete="restrict",
        help="Trips within it are in town: no allowance, public transport (TE-1, TE-3).",
    )
