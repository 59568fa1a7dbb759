# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTransportClass(models.Model):
    """A means of transport and its class, such as hard seat or second class of a high-speed train (TE-2)."""

    _name = "business.transport.class"
    _description = "Transport Class"
    _inherit = ["business.travel.tariff.mixin", "business.traced.mixin", "mail.thread"]
    _rec_names_search = ["name", "code"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, tracking=True,
        help="Best first: of the trains that a grade may use the first one measures an unapproved flight.",
    )
    mode = fields.Selection(
        string="Kind of Transport",
        selection=[
            ("train", "Train"), ("high_speed", "High-speed train"), ("plane", "Airplane"), ("ship", "Ship"), ("bus", "Bus"),
            ("taxi", "Taxi"), ("motorbike", "Motorbike"), ("public", "Public transport"), ("company_car", "Company car"),
        ],
        required=True, tracking=True,
    )

    _unique_code = models.Constraint("UNIQUE (code)", "There is a transport class with this code already.")
