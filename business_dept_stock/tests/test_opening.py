# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date

from odoo.tests import tagged

from odoo.addons.business_dept_stock import post_init_hook, uninstall_hook

from .common import DispatchCommon


@tagged("post_install", "-at_install")
class TestInstallation(DispatchCommon):
    """The addon comes to orders that inventory has delivered, and goes again."""

    def forget(self, order):
        """The order as it is before the addon knows it; delivered in March."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM business_shipment WHERE order_id = %s", [order.id])
        self.env.cr.execute("UPDATE stock_move SET date = '2024-03-05 08:00' WHERE sale_line_id IN %s", [
            tuple(order.order_line.ids)])
        self.env.cr.execute(
            "UPDATE sale_order SET date_order = '2024-02-01 08:00', is_fully_dispatched = NULL, is_fully_arrived = NULL, "
            "shipment_count = NULL WHERE id = %s", [order.id])
        self.env.invalidate_all()

    def test_old_delivery_and_its_return(self):
        """JJ-1.3.4: an old delivery left and arrived on its day; the first return of it is no shipment of today."""
        order, picking = self.make_delivery()
        self.pick(picking)
        self.validate(picking)
        self.forget(order)
        post_init_hook(self.env)
        opening = order.shipment_ids
        self.assertEqual((opening.date_dispatch, opening.date_arrival), (date(2024, 3, 5), date(2024, 3, 5)))
        self.assertEqual((order.date_dispatched, order.follow_stage), (date(2024, 3, 5), "arrived"))
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking").create({})
        wizard.product_return_moves.quantity = 3
        back = wizard._create_return()
        self.pick(back)
        self.validate(back)
        self.assertEqual(order.shipment_ids, opening)
        self.assertEqual((opening.line_ids.quantity_returned, opening.amount), (3.0, 700.0))

    def test_old_half_delivery(self):
        """JJ-1.3.4: what was delivered before does not join the shipment of today."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking)
        self.forget(order)
        post_init_hook(self.env)
        backorder = order.picking_ids - picking
        self.pick(backorder)
        self.validate(backorder)
        self.assertEqual(order.shipment_ids.sorted("id").mapped("amount"), [400.0, 600.0])
        self.assertEqual(order.shipment_ids.sorted("id").line_ids.mapped("quantity"), [4.0, 6.0])
        self.assertEqual(order.follow_stage, "dispatched")

    def test_paid_beforehand(self):
        """GF-6.6: inventory knows that goods are not sent: paid or locked, the order stays on the board."""
        order, _picking = self.make_delivery()
        order.locked = True
        self.forget(order)
        self.env["sale.order"]._record_openings(with_finished=True)
        self.assertFalse(order.shipment_ids)

    def test_uninstalled(self):
        """attack 12: with the addon go the rules that keep the clerk from writing orders; so does his work in the warehouse."""
        worker = self.users["customer_service"]
        worker.group_ids += self.env.ref("stock.group_stock_user") + self.env.ref("business_dept.group_order_clerk")
        uninstall_hook(self.env)
        self.assertFalse(self.clerk.has_group("stock.group_stock_user"))
        self.assertTrue(worker.has_group("stock.group_stock_user"), "given to her, not to her post")
        for model in ("sale.order", "sale.order.line", "stock.picking"):
            self.assertFalse(self.env[model].with_user(self.clerk).has_access("write"))
