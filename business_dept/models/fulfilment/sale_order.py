# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class SaleOrder(models.Model):
    """What really happens to a confirmed order: released, made, sent, arrived (JJ-1.3, GF-7)."""

    _inherit = "sale.order"

    date_released = fields.Datetime(string="Released for Production", readonly=True, copy=False, groups="base.group_user")
    shipment_ids = fields.One2many(
        comodel_name="business.shipment", inverse_name="order_id", readonly=True, copy=False, groups="base.group_user",
    )

    def _fulfilment_changed(self):
        """Called in sudo when release, dispatch or arrival of these orders has changed: what depends on it follows."""
