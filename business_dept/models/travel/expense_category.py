# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

TRAVEL_KINDS = [
    ("transport", "Transport between places"), ("lodging", "Lodging"), ("allowance", "Allowance"),
    ("taxi", "Taxi"), ("town_lodging", "Lodging in town"),
]


class ProductTemplate(models.Model):
    """What the travel policy makes of an expense category."""

    _inherit = "product.template"

    travel_kind = fields.Selection(
        selection=TRAVEL_KINDS, groups="base.group_user",
        help="What the travel policy judges expenses of this category as; empty: no matter of travel.",
    )
    travel_needs_trip = fields.Boolean(
        string="Needs a Trip", groups="base.group_user",
        help="Expenses of this category belong to an approved trip or errand (control “Expense without a trip”).",
    )
    travel_needs_receipt = fields.Boolean(
        string="Needs a Receipt", groups="base.group_user",
        help="Expenses of this category are claimed with the receipt attached (control “Receipt missing”).",
    )
