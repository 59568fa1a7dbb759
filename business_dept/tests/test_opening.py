# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date

from odoo.tests import tagged

from .common_fulfilment import FulfilmentCommon


@tagged("post_install", "-at_install")
class TestOpening(FulfilmentCommon):
    """Orders that a company has when the addon comes: what was delivered of them has left and arrived."""

    def make_old(self, *lines, delivered=(), **vals):
        """An order as it is before the addon knows it.

        :param delivered: quantity of each line that was delivered
        """
        order = self.make_confirmed(*lines, **vals)
        self.env.flush_all()
        for line, quantity in zip(order.order_line, delivered, strict=False):
            self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = %s WHERE id = %s", [quantity, line.id])
        self.env.cr.execute(
            "UPDATE sale_order SET date_order = '2024-03-05 08:00', is_fully_dispatched = NULL, is_fully_arrived = NULL, "
            "shipment_count = NULL, is_deposit_received = NULL, is_settled = NULL WHERE id = %s", [order.id])
        self.env.cr.execute("DELETE FROM business_payment_instalment WHERE order_id = %s", [order.id])
        self.env.invalidate_all()
        return order

    def install(self):
        self.env["sale.order"]._record_openings(with_finished=True)
        self.run_cron("business_dept.ir_cron_collection")

    def test_half_delivered(self):
        """JJ-1.3.4: what had left is an opening shipment; with the rest the order is dispatched, and nobody is reminded."""
        order = self.make_old(
            (self.product_slab, 10, 100.0), (self.product_work, 1, 200.0), delivered=[4], commitment_date="2024-04-01",
        )
        self.install()
        opening = order.shipment_ids
        self.assertTrue(opening.is_opening)
        self.assertEqual(opening.name, f"{order.name}/01")
        self.assertEqual((opening.date_dispatch, opening.date_arrival), (date(2024, 3, 5), date(2024, 3, 5)))
        self.assertEqual((opening.amount, opening.line_ids.quantity), (480.0, 4.0))
        self.assertEqual((order.shipment_count, order.is_fully_dispatched), (1, False))
        self.assertEqual(order.date_dispatched, date(2024, 3, 5))
        self.assertEqual(order.follow_stage, "release")
        self.release(order)
        shipment = self.dispatch(order)
        self.assertEqual((shipment.name, shipment.line_ids.quantity, shipment.amount), (f"{order.name}/02", 6.0, 720.0))
        self.assertEqual(order.follow_stage, "dispatched")
        self.run_cron("business_dept.ir_cron_order_follow_up")
        self.assertNotIn(
            self.env.ref("business_dept.mail_activity_type_order_late"), order.activity_ids.activity_type_id)

    def test_recorded_once(self):
        """JJ-1.3.4: asked again, nothing is recorded twice; what was delivered unseen since then is."""
        order = self.make_old(delivered=[4])
        fresh = self.make_confirmed()
        self.install()
        self.assertFalse(self.env["sale.order"]._record_openings())
        self.assertEqual(len(order.shipment_ids), 1)
        self.assertFalse(fresh.shipment_ids)
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 10 WHERE id = %s", [order.order_line.id])
        self.env.invalidate_all()
        self.env["sale.order"]._record_openings()
        self.assertEqual(order.shipment_ids.sorted("id").mapped("amount"), [400.0, 600.0])
        self.assertEqual(order.shipment_count, 2)
        self.assertTrue(order.is_fully_arrived)

    def test_finished(self):
        """GF-6.6: what was locked, or invoiced and paid in full, is finished, services as well; nothing stands on the board."""
        auto_lock = self.env.ref("sale.group_auto_done_setting")
        self.env.ref("base.group_user").implied_ids -= auto_lock
        delivered = self.make_old(delivered=[10])
        locked = self.make_old()
        paid = self.make_old((self.product_work, 2, 50.0))
        unpaid = self.make_old((self.product_work, 2, 50.0))
        waiting = self.make_old()
        invoices = self.env["account.move"]
        for order in paid + unpaid:
            invoices |= order._create_invoices()
        invoices.action_post()
        self.pay(invoices[0])
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET locked = TRUE WHERE id = %s", [locked.id])
        self.env.invalidate_all()
        self.install()
        self.assertEqual(
            [order.follow_stage for order in (delivered, locked, paid, unpaid, waiting)],
            ["arrived", "arrived", "settled", "release", "release"],
        )
        self.assertEqual(locked.shipment_ids.amount, 1000.0)
        self.assertFalse(waiting.shipment_ids)
        locked.order_line._follow_delivery({})  # the facts hold when they are looked at again
        locked._refresh_fulfilment()
        self.assertTrue(locked.is_fully_arrived)

    def test_where_every_order_is_locked(self):
        """GF-6.6: where confirmed orders are locked by themselves, a locked order is not finished."""
        self.env.ref("base.group_user").implied_ids += self.env.ref("sale.group_auto_done_setting")
        order = self.make_old()
        self.assertTrue(order.locked)
        self.install()
        self.assertFalse(order.shipment_ids)

    def test_order_of_nothing(self):
        """JJ-1.3.5: an old order that asks for no money waits for no deposit."""
        order = self.make_old((self.product_slab, 10, 0.0))
        self.install()
        self.assertTrue(order.is_settled)
        self.assertEqual(order.follow_stage, "release")
        self.assertNotIn(order, self.env["sale.order"].search([("state", "=", "sale"), ("is_settled", "=", False)]))
