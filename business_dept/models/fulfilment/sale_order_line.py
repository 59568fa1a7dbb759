# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from ..foundation.approval_mixin import ENGINE

CONTENT = frozenset({
    "product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids", "order_id",
})
"""What a shipment is valued by."""


class SaleOrderLine(models.Model):
    """Odoo's delivered quantity is a door as well: who writes it says that goods have left."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.get("qty_delivered") for vals in vals_list):
            delivered = lines.browse([
                line.id for line, vals in zip(lines, vals_list, strict=True)
                if vals.get("qty_delivered") and not vals.get("move_ids")  # inventory adds what it has sent beyond the order
            ])
            delivered._follow_delivery({})
        lines.order_id._refresh_sent_orders()
        return lines

    def write(self, vals):
        if "qty_delivered" in vals and self.env.context.get("business_engine") is not ENGINE:
            before = {line: line.qty_delivered for line in self}
            result = super().write(vals)
            self._follow_delivery(before)
        else:
            result = super().write(vals)
        if CONTENT & vals.keys():
            self.order_id._refresh_sent_orders()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._refresh_sent_orders()
        return result

    def _compute_qty_delivered(self):
        """EXTENDS 'sale': what Odoo computes is computed, also when its own code calls this by hand; nobody writes it."""
        with self.env.protecting([self._fields["qty_delivered"]], self):
            super()._compute_qty_delivered()

    def _follow_delivery(self, before):
        """Guard and record what was delivered by writing the quantity.

        :param dict before: ``{line: quantity}`` before it was written
        """
        changed = self.filtered(
            lambda line: line.qty_delivered != before.get(line, 0.0) and line.state == "sale"
            and line.product_id.type == "consu" and not line.is_downpayment
        )
        if not changed:
            return
        orders = changed.order_id
        orders._take()
        changed.filtered(lambda line: line.qty_delivered > before.get(line, 0.0)).order_id._check_controls("dispatch")
        changed.filtered(lambda line: line.qty_delivered_method != "manual").order_id._check_controls("delivered_by_hand")
        orders._sync_delivered()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _refresh_sent_orders(self):
        """The content of orders has changed: value the shipments of those that have any anew."""
        sent = self.filtered(lambda order: order.state == "sale" and order.sudo().shipment_count)
        if sent:
            sent._refresh_fulfilment()
