# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessShipment(models.Model):
    _inherit = "business.shipment"

    picking_id = fields.Many2one(
        comodel_name="stock.picking", string="Delivery", readonly=True, index="btree_not_null", ondelete="set null",
    )
