# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Odoo's delivered quantity is the book; shipments tell when it left, when it arrived, and what it is worth."""
from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ...policy.shipment import Goods, is_complete, value_shipments
from ..foundation.approval_mixin import ENGINE
from .sale_order import FOLLOWERS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_goods_lines(self):
        """The lines whose goods are sent; services only where the order has nothing else."""
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment and not line.is_expense
            and line.product_uom_qty > 0 and line.product_id.type != "combo"
        )
        goods = lines.filtered(lambda line: line.product_id.type == "consu")
        return goods | lines.filtered(lambda line: line.order_id not in goods.order_id)

    def _get_sent(self):
        """What has left, by line of the order, returns taken off; in sudo, in one statement.

        :return: ``{sale.order.line id: quantity}``
        """
        return {
            line.id: sent - returned
            for line, sent, returned in self.env["business.shipment.line"].sudo()._read_group(
                [("shipment_id.order_id", "in", self.ids)], ["order_line_id"], ["quantity:sum", "quantity_returned:sum"],
            )
        }

    def _dispatch(self, quantities, date, **details):
        """Send goods of these orders by hand.

        :param dict quantities: ``{sale.order.line: quantity}`` in the unit of the line
        :param date: ``datetime.date`` of dispatch
        :param details: ``carrier``, ``waybill``, ``note`` of the shipments
        :return: the shipments, in sudo
        :raise UserError: nothing to send, more than is left, a date in the future
        :raise ControlError: what a control of the moment ``dispatch`` refuses
        """
        self._begin_step(FOLLOWERS)
        self._check_confirmed()
        self._check_by_hand()
        if not date or date > fields.Date.context_today(self):
            raise UserError(self.env._("A dispatch cannot lie in the future."))
        quantities = {line.sudo(): quantity for line, quantity in quantities.items() if quantity}
        if not quantities:
            raise UserError(self.env._("Nothing is left to be sent."))
        goods = self.sudo()._get_goods_lines()
        for line, quantity in quantities.items():
            remaining = line.product_uom_qty - line.qty_delivered
            if line not in goods or quantity < 0 or float_compare(
                quantity, remaining, precision_rounding=line.product_uom_id.rounding,
            ) > 0:
                raise UserError(self.env._(
                    "%(order)s, %(goods)s: only %(remaining)s %(unit)s left to be sent, not %(quantity)s.",
                    order=line.order_id.name, goods=line.product_id.display_name,
                    remaining=f"{max(remaining, 0.0):.12g}", unit=line.product_uom_id.name, quantity=f"{quantity:.12g}",
                ))
        self._check_controls("dispatch")
        for line, quantity in quantities.items():
            line.with_context(business_engine=ENGINE).qty_delivered += quantity
        by_order = defaultdict(dict)
        for line, quantity in quantities.items():
            by_order[line.order_id][line] = quantity
        return self._record_shipments([
            {"order": order, "date": date, "quantities": sent, **details} for order, sent in by_order.items()
        ])

    def _dispatch_rest(self, date=None, **details):
        """Send everything that is left."""
        lines = self.sudo()._get_goods_lines()
        return self._dispatch(
            {line: max(line.product_uom_qty - line.qty_delivered, 0.0) for line in lines},
            date or fields.Date.context_today(self), **details,
        )

    def _record_shipments(self, entries):
        """Write shipments for what has left.

        :param list[dict] entries: ``order``, ``date``, ``quantities`` by line, further values of the shipment
        :return: ``business.shipment`` in sudo
        """
        if not entries:
            return self.env["business.shipment"].sudo()
        numbers, values = defaultdict(int), []
        for entry in entries:
            order = entry["order"].sudo()
            numbers[order] += 1
            values.append({
                "name": f"{order.name}/{order.shipment_count + numbers[order]:02d}",
                "order_id": order.id, "company_id": order.company_id.id, "partner_id": order.partner_id.id,
                "date_dispatch": entry["date"],
                **{name: value for name, value in entry.items() if name not in ("order", "date", "quantities")},
            })
        shipments = self.env["business.shipment"].sudo().create(values)
        self.env["business.shipment.line"].sudo().create([
            {"shipment_id": shipment.id, "order_line_id": line.id, "quantity": quantity}
            for shipment, entry in zip(shipments, entries, strict=True)
            for line, quantity in entry["quantities"].items()
        ])
        shipments.order_id._tell_step({
            order.id: "\n".join(self.env._(
                "%(shipment)s left. %(details)s", shipment=shipment.name,
                details=" ".join(filter(None, [shipment.carrier, shipment.waybill])),
            ) for shipment in of_order)
            for order, of_order in shipments.grouped("order_id").items()
        })
        shipments.order_id._refresh_fulfilment()
        return shipments

    def _record_returns(self, quantities):
        """Take off what came back, from the shipments that left last.

        :param dict quantities: ``{sale.order.line: quantity}``
        """
        lines = self.env["sale.order.line"].sudo().union(*quantities)
        sent = self.env["business.shipment.line"].sudo().search([("order_line_id", "in", lines.ids)], order="id desc")
        for line, rows in sent.grouped("order_line_id").items():
            left = quantities[line]
            for row in rows:
                back = min(left, row.quantity - row.quantity_returned)
                if back > 0:
                    row.quantity_returned += back
                    left -= back
        lines.order_id._refresh_fulfilment()

    def _sync_delivered(self):
        """Bring shipments in line with what Odoo says was delivered by hand: more has left, less has come back."""
        orders = self.sudo().filtered(lambda order: order.state == "sale")
        sent, left, returned = orders._get_sent(), defaultdict(dict), {}
        for line in orders._get_goods_lines().filtered(lambda line: line.product_id.type == "consu"):
            difference = line.qty_delivered - sent.get(line.id, 0.0)
            compared = float_compare(difference, 0.0, precision_rounding=line.product_uom_id.rounding)
            if compared > 0:
                left[line.order_id][line] = difference
            elif compared < 0:
                returned[line] = -difference
        today = fields.Date.context_today(self)
        if left:
            self._record_shipments([
                {"order": order, "date": today, "quantities": quantities} for order, quantities in left.items()
            ])
        if returned:
            self._record_returns(returned)

    def _get_ended_lines(self):
        """Ids of the lines of which nothing more is going to be sent, though less than ordered may have left."""
        return frozenset()

    def _refresh_fulfilment(self):
        """Value the shipments of these orders anew, and say whether all has left and arrived."""
        orders = self.sudo()
        rows = self.env["business.shipment.line"].sudo().search([("shipment_id.order_id", "in", orders.ids)])
        by_shipment = rows.grouped("shipment_id")
        shipments = self.env["business.shipment"].sudo().search([("order_id", "in", orders.ids)]).grouped("order_id")
        lines = orders._get_goods_lines().grouped("order_id")
        ended = orders._get_ended_lines()
        for order in orders:
            goods = {
                line.id: Goods(line.product_uom_qty, line.price_total)
                for line in lines.get(order, self.env["sale.order.line"])
            }
            sent, totals = [], defaultdict(float)
            of_order = shipments.get(order, self.env["business.shipment"])
            for shipment in of_order:
                quantities = defaultdict(float)
                for row in by_shipment.get(shipment, ()):
                    if row.order_line_id.id in goods:
                        quantities[row.order_line_id.id] += row.quantity - row.quantity_returned
                        totals[row.order_line_id.id] += row.quantity - row.quantity_returned
                sent.append(quantities)
            amounts = value_shipments(order.amount_total, goods, sent, order.currency_id.rounding or 0.01)
            for shipment, amount in zip(of_order, amounts, strict=True):
                if order.currency_id.compare_amounts(shipment.amount, amount):
                    shipment.amount = amount
            if any(quantity > 0 for quantity in totals.values()):
                totals.update((line_id, item.ordered) for line_id, item in goods.items() if line_id in ended)
            gone = is_complete(goods, totals)
            away = of_order.filtered(lambda shipment: any(
                row.quantity > row.quantity_returned for row in by_shipment.get(shipment, ())
            ))
            facts = {
                "shipment_count": len(of_order),
                "is_fully_dispatched": gone,
                "is_fully_arrived": gone and all(away.mapped("date_arrival")),
                "date_dispatched": max(away.mapped("date_dispatch"), default=False),
            }
            changed = {name: value for name, value in facts.items() if order[name] != value}
            if changed:
                order._as_engine().write(changed)
        orders.filtered("is_fully_dispatched")._end_reminders("late")
        orders._fulfilment_changed()
