# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class SaleOrder(models.Model):
    """What is to be paid when, and what has arrived (JJ-1.3.4, JJ-1.3.5)."""

    _inherit = "sale.order"

    is_deposit_received = fields.Boolean(readonly=True, copy=False, groups="base.group_user")
    is_settled = fields.Boolean(readonly=True, copy=False, groups="base.group_user")
