# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who confirms the order of a hidden customer, or delivers it, does his work; see the main addon's ``handling``."""
from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _action_launch_stock_rule(self, *, previous_product_uom_qty=False):
        """EXTENDS 'sale_stock', which reads where the customer's goods go."""
        lines = self.with_env(self.order_id._as_handling().env)
        return super(SaleOrderLine, lines)._action_launch_stock_rule(previous_product_uom_qty=previous_product_uom_qty)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        return super(StockPicking, self._as_handling())._action_done()
