# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class SaleOrder(models.Model):
    """An order knows its contract (JJ-1.2.5)."""

    _inherit = "sale.order"
