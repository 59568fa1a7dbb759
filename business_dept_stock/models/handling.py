# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who handles the delivery of a hidden customer does his work: confirms the order that makes it, and sends the goods."""
from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        """EXTENDS 'sale_stock', which reads where the customer's goods go."""
        return super(SaleOrder, self._as_handling())._action_confirm()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def button_validate(self):
        """EXTENDS 'stock', which reads the customer's address and language."""
        return super(StockPicking, self._as_handling()).button_validate()
