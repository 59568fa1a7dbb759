# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields

from .common import BusinessCommon


class FulfilmentCommon(BusinessCommon):
    """Confirmed orders, and those who follow them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.users["order_clerk"]
        cls.service = cls.users["customer_service"]
        cls.product_work = cls.env["product.product"].create({
            "name": "Laying", "type": "service", "list_price": 50.0, "taxes_id": False, "invoice_policy": "order",
        })

    def make_confirmed(self, *lines, by_hand=True, **vals):
        """A confirmed order.

        :param lines: ``(product, quantity, price)``
        :param by_hand: as without inventory: people write what was delivered
        """
        order = self.make_order(order_line=[
            Command.create({
                "product_id": product.id, "product_uom_qty": quantity, "price_unit": price, "tax_ids": False,
            })
            for product, quantity, price in lines or [(self.product_slab, 10, 100.0)]
        ], **vals)
        self.call(self.salesperson, order, "action_confirm")
        if by_hand:
            order.order_line.qty_delivered_method = "manual"
            self.env.flush_all()
        return order

    def dispatch(self, order, quantity=None, user=None, **vals):
        """Send by the dialog, as a client does: the whole rest, or so much of the first line."""
        user = user or self.clerk
        action = self.call(user, order, "action_dispatch")
        wizard = self.env[action["res_model"]].with_user(user).with_context(**action["context"]).create(vals)
        if quantity is not None:
            wizard.line_ids[1:].unlink()
            wizard.line_ids.quantity = quantity
        self.call(user, wizard, "action_dispatch")
        return order.shipment_ids.sorted("id")[-1:]

    def release(self, order):
        self.call(self.clerk, order, "action_release_production")

    @property
    def today(self):
        return fields.Date.today()
