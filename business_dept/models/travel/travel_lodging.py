# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTravelLodging(models.Model):
    """Nights planned at a place."""

    _name = "business.travel.lodging"
    _description = "Lodging of a Trip"
    _order = "request_id, date_from, id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    place_id = fields.Many2one(comodel_name="business.travel.place", required=True, ondelete="restrict")
    date_from = fields.Date(string="First Night", required=True)
    date_to = fields.Date(string="Leave on", required=True)


class BusinessTravelHosted(models.Model):
    """A day on which the visited company is the host: no allowance (TE-3.4)."""

    _name = "business.travel.hosted"
    _description = "Hosted Day"
    _order = "request_id, date, id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    date = fields.Date(required=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Host")
    employee_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_travel_hosted_employee_rel", column1="hosted_id",
        column2="employee_id", string="Who", help="Empty: all travellers.",
    )
