# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict

from odoo import fields, models
from odoo.tools import float_compare


class SaleOrder(models.Model):
    """Deliveries are the dispatch: one shipment for each that was validated."""

    _inherit = "sale.order"

    def _sync_moves(self, moves):
        """Record what moves have brought to the customers of these orders, or back.

        The quantity of a line is what Odoo says was delivered, kits and returns included; a shipment takes what its own
        delivery holds of it.

        :param moves: ``stock.move`` that were just done, in sudo
        """
        orders = self.sudo()
        sent, left, returned = orders._get_sent(), defaultdict(dict), {}
        own = defaultdict(lambda: defaultdict(float))
        for move in moves.filtered(lambda move: move._leaves_to_customer()):
            line = move.sale_line_id
            same = move.product_id == line.product_id
            own[line][move.picking_id] += move.product_uom._compute_quantity(
                move.quantity, line.product_uom_id, rounding_method="HALF-UP") if same else 0.0
        for line in orders._get_goods_lines().filtered(lambda line: line.qty_delivered_method == "stock_move"):
            difference = line.qty_delivered - sent.get(line.id, 0.0)
            compared = float_compare(difference, 0.0, precision_rounding=line.product_uom_id.rounding)
            if compared < 0:
                returned[line] = -difference
            elif compared > 0:
                picking = self.env["stock.picking"]
                for picking, quantity in own[line].items():
                    taken = min(quantity, difference)
                    if taken > 0:
                        left[line.order_id, picking][line] = taken
                        difference -= taken
                if float_compare(difference, 0.0, precision_rounding=line.product_uom_id.rounding) > 0:  # a kit
                    held = left[line.order_id, picking]
                    held[line] = held.get(line, 0.0) + difference
        today = fields.Date.context_today(self)
        if left:
            self._record_shipments([
                {"order": order, "date": today, "quantities": quantities, **picking._prepare_shipment_values()}
                for (order, picking), quantities in left.items()
            ])
        if returned:
            self._record_returns(returned)

    def _get_ended_lines(self):
        """EXTENDS the main addon: deliveries that are all done or cancelled send nothing more, until a new one is opened."""
        states = self.env["stock.move"].sudo()._read_group(
            [("sale_line_id.order_id", "in", self.ids), ("location_id.usage", "!=", "customer")],
            ["sale_line_id"], ["state:array_agg"],
        )
        return super()._get_ended_lines() | {line.id for line, found in states if {"done", "cancel"}.issuperset(found)}
