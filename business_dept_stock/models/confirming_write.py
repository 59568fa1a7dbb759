# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def write(self, vals):
        """EXTENDS 'sale_stock', which compares the quantities of a confirmed order before and after a write, and cannot
        when the very write confirms it: lines first, then the state; the gates stand behind both."""
        if vals.get("state") != "sale" or "order_line" not in vals:
            return super().write(vals)
        self.write({name: value for name, value in vals.items() if name != "state"})
        return self.write({"state": "sale"})
