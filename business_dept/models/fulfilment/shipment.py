# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessShipment(models.Model):
    """Goods of one order that left together, and when they arrived (JJ-1.3.4, GF-7)."""

    _name = "business.shipment"
    _description = "Shipments"
    _inherit = ["business.engine.mixin"]
    _order = "order_id, date_dispatch, id"

    name = fields.Char(required=True, readonly=True)
    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    date_dispatch = fields.Date(string="Dispatched", required=True, readonly=True)
    date_arrival = fields.Date(string="Arrived", readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Value of the goods of this shipment at the prices of the order, taxes included.",
    )
