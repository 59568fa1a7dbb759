# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class SaleOrder(models.Model):
    """What was first offered, and how far the order has moved from it (JJ-1.2.3)."""

    _inherit = "sale.order"
