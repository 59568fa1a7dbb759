# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError

from .common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatch(DispatchCommon):
    """A delivery of an unreleased order waits; a validated one is the dispatch."""

    def assertWaits(self, act, order):
        with self.assertRaises(ControlError) as caught:
            act()
        self.assertIn("JJ-1.3.3", str(caught.exception))
        self.assertTrue(self.take_refusals("contract.dispatch_unreleased"))
        self.env.invalidate_all()
        self.assertFalse(order.shipment_ids)

    # --- gate

    def test_button_waits(self):
        """JJ-1.3.3: the button refuses at once, before it asks about backorders; the delivery says why."""
        self.set_mode("collection.dispatch", "off")
        order, picking = self.make_delivery(released=False)
        self.assertWaits(lambda: self.validate(picking), order)
        self.pick(picking, 4)
        self.assertWaits(lambda: self.validate(picking), order)
        shown = picking.with_user(self.clerk)
        self.assertIn("not released", shown.dispatch_banner)
        self.assertIn("JJ-1.3.3", shown.dispatch_banner)
        self.assertIn(picking, shown.search([("sale_id", "any", [("date_released", "=", False)])]))
        self.release(order)
        self.assertFalse(picking.with_user(self.clerk).dispatch_banner)
        self.validate(picking)
        self.assertEqual(order.shipment_ids.picking_id, picking)

    def test_other_doors_wait(self):
        """attack 7, JJ-1.3.3: moves and pickings done without the button, states written by RPC, wait just the same."""
        order, picking = self.make_delivery(released=False)
        self.pick(picking)
        move = picking.move_ids
        warehouse = self.users["order_clerk"]
        self.assertWaits(lambda: move.with_user(warehouse)._action_done(), order)
        self.assertWaits(lambda: picking.with_user(warehouse)._action_done(), order)
        self.assertWaits(lambda: self.call(warehouse, move, "write", {"state": "done"}), order)
        self.assertWaits(lambda: self.call(warehouse, picking, "write", {
            "move_ids": [Command.update(move.id, {"state": "done"})],
        }), order)
        for context in ({"skip_backorder": True}, {"business_dispatch_passed": [order.id]}, {"business_dispatch_passed": True}):
            self.assertWaits(lambda context=context: picking.with_user(warehouse).with_context(**context)._action_done(), order)
        self.assertWaits(lambda: self.call(warehouse, self.env["stock.move"], "create", [{
            "product_id": self.product_slab.id, "product_uom_qty": 1, "quantity": 1, "picked": True, "state": "done",
            "location_id": move.location_id.id, "location_dest_id": move.location_dest_id.id,
            "sale_line_id": order.order_line.id, "company_id": self.company.id, "product_uom": move.product_uom.id,
        }]), order)

    def test_batch_of_deliveries_waits(self):
        """JJ-1.3.3: one unreleased order holds a batch, and the message names it; nothing of the batch leaves."""
        free, picking = self.make_delivery()
        held, other = self.make_delivery(released=False)
        self.pick(picking + other)
        with self.assertRaises(ControlError) as caught:
            self.validate(picking + other)
        self.take_refusals()
        self.assertIn(held.name, str(caught.exception))
        self.assertNotIn(f"• {free.name}", str(caught.exception))

    def test_taking_a_delivery_out_of_its_order(self):
        """attack 5: a delivery is not cut off from the order that holds it."""
        order, picking = self.make_delivery(released=False)
        other = self.make_confirmed(by_hand=False)
        self.release(other)
        move = picking.move_ids
        for records, vals in (
            (picking, {"sale_id": False}), (picking, {"sale_id": other.id}),
            (move, {"sale_line_id": other.order_line.id}),
            (move, {"sale_line_id": False, "reference_ids": [Command.clear()], "picking_id": False}),
        ):
            with self.assertRaises(ControlError, msg=str(vals)):
                self.call(self.clerk, records, "write", vals)
                self.env.flush_all()
            self.assertTrue(self.take_refusals("approval.forgery"))
            self.env.invalidate_all(flush=False)
        self.call(self.clerk, move, "write", {"sale_line_id": False})
        self.pick(picking)
        self.assertWaits(lambda: self.validate(picking), order)

    def test_delivered_quantity_of_inventory(self):
        """attack 1, JJ-1.3.4: what inventory delivers is written on the order by nobody, or at least noted."""
        order, picking = self.make_delivery()
        self.set_mode("contract.delivered_by_hand", "block")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order.order_line, "write", {"qty_delivered": 10.0})
        self.assertTrue(self.take_refusals("contract.delivered_by_hand"))
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 0 WHERE id = %s", [order.order_line.id])
        self.env.invalidate_all(flush=False)
        self.pick(picking, 4)
        self.validate(picking)
        self.assertEqual(order.shipment_ids.amount, 400.0, "the delivery is no writing by hand")
        self.assertNotIn("contract.delivered_by_hand", self.events("noted", order).control_id.mapped("code"))

    def test_no_dispatch_by_hand(self):
        """JJ-1.3.4: what deliveries record is not recorded by hand as well; orders of services are."""
        order, _picking = self.make_delivery()
        self.assertFalse(order.with_user(self.clerk).can_dispatch)
        with self.assertRaisesRegex(UserError, "delivery orders"):
            self.call(self.clerk, order, "action_dispatch")
        with self.assertRaises(UserError):
            self.call(self.clerk, order, "write", {"follow_stage": "dispatched"})
        order, picking = self.make_delivery((self.product_work, 2, 50.0))
        self.assertFalse(picking)
        self.assertEqual(self.dispatch(order).amount, 100.0)

    # --- dispatch

    def test_backorders(self):
        """JJ-1.3.4: each delivery of a partly delivered order is a shipment of its own; together they are the order."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking)
        self.assertEqual(order.shipment_ids.amount, 400.0)
        self.assertFalse(order.is_fully_dispatched)
        backorder = order.picking_ids - picking
        self.pick(backorder)
        self.validate(backorder)
        self.assertEqual(order.shipment_ids.picking_id, picking + backorder)
        self.assertEqual(sum(order.shipment_ids.mapped("amount")), 1000.0)
        self.assertEqual(order.follow_stage, "dispatched")

    def test_backorder_of_an_unreleased_order_waits(self):
        """JJ-1.3.3: a release that was withdrawn in the meantime holds the backorder."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking)
        order._as_engine().write({"date_released": False})
        backorder = order.picking_ids - picking
        self.pick(backorder)
        with self.assertRaises(ControlError):
            self.validate(backorder)
        self.take_refusals()
        self.assertEqual(len(order.shipment_ids), 1)

    def test_without_backorder(self):
        """GF-6.6, JJ-1.3.4: what is not sent any more holds nobody up; what was not sent is not asked for as sent."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking, backorder=False)
        self.assertEqual(order.shipment_ids.amount, 400.0)
        self.assertTrue(order.is_fully_dispatched)
        self.assertEqual(order.follow_stage, "dispatched")

    def test_cancelled_backorder(self):
        """GF-6.6: a rest whose delivery is cancelled is not to be sent; what is ordered more is."""
        order, picking = self.make_delivery((self.product_slab, 10, 100.0), (self.product_slab, 5, 100.0))
        picking.move_ids.picked = True
        picking.move_ids[0].quantity = 4
        picking.move_ids[1].quantity = 0
        self.validate(picking)
        backorder = order.picking_ids - picking
        self.assertFalse(order.is_fully_dispatched)
        self.call(self.clerk, backorder, "action_cancel")
        self.assertTrue(order.is_fully_dispatched)
        self.call(self.salesperson, order.order_line[0], "write", {"product_uom_qty": 12})
        self.assertFalse(order.is_fully_dispatched)
        rest = order.picking_ids.filtered(lambda one: one.state not in ("done", "cancel"))
        self.pick(rest)
        self.validate(rest)
        self.assertTrue(order.is_fully_dispatched)

    def test_several_deliveries_at_once(self):
        """JJ-1.3.4: a batch makes one shipment for each delivery, also for two of the same order."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking)
        backorder = order.picking_ids - picking
        self.pick(backorder, 2)
        self.validate(backorder)
        third = order.picking_ids - picking - backorder
        other, fourth = self.make_delivery()
        self.pick(third + fourth)
        self.validate(third + fourth)
        self.assertEqual(order.shipment_ids.sorted("id").mapped("amount"), [400.0, 200.0, 400.0])
        self.assertEqual(other.shipment_ids.amount, 1000.0)

    def test_return(self):
        """JJ-1.3.4: what comes back reduces what was sent, and is no dispatch; sent again it counts again."""
        order, picking = self.make_delivery()
        self.pick(picking)
        self.validate(picking)
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking").create({})
        wizard.product_return_moves.quantity = 3
        back = wizard._create_return()
        self.pick(back)
        self.validate(back)
        self.assertEqual(order.order_line.qty_delivered, 7.0)
        self.assertEqual(len(order.shipment_ids), 1)
        self.assertEqual(order.shipment_ids.amount, 700.0)
        self.assertTrue(order.is_fully_dispatched, "no delivery is open: nothing is to be sent")

    def test_steps_of_a_route(self):
        """JJ-1.3.3: picking and packing in the warehouse go on; only the last step waits and counts."""
        self.warehouse.delivery_steps = "pick_pack_ship"
        order, _picking = self.make_delivery(released=False)
        for _step in range(2):
            step = order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel", "waiting"))[-1:]
            self.assertNotEqual(step.location_dest_id.usage, "customer")
            self.pick(step)
            self.validate(step)
            self.assertFalse(order.shipment_ids)
        last = order.picking_ids.filtered(lambda picking: picking.location_dest_id.usage == "customer")
        self.pick(last)
        self.assertWaits(lambda: self.validate(last), order)
        self.release(order)
        self.validate(last)
        self.assertEqual(order.shipment_ids.amount, 1000.0)

    def test_correction_of_a_done_delivery(self):
        """attack 14: more put into a delivery that is done is a dispatch, less is a return; both meet the gate."""
        order, picking = self.make_delivery()
        self.pick(picking, 4)
        self.validate(picking, backorder=False)
        picking.is_locked = False
        line = picking.move_ids.filtered(lambda move: move.state == "done").move_line_ids
        self.call(self.clerk, line, "write", {"quantity": 6.0})
        self.assertEqual(sum(order.shipment_ids.mapped("amount")), 600.0)
        self.call(self.clerk, line, "write", {"quantity": 5.0})
        self.assertEqual(sum(order.shipment_ids.mapped("amount")), 500.0)
        order._as_engine().write({"date_released": False})
        with self.assertRaises(ControlError):
            self.call(self.clerk, line, "write", {"quantity": 9.0})
        self.take_refusals()

    def test_cancelled_delivery(self):
        """JJ-1.3.4: a cancelled delivery sends nothing, and needs no release."""
        order, picking = self.make_delivery(released=False)
        picking.with_user(self.clerk).action_cancel()
        self.assertEqual(picking.state, "cancel")
        self.assertFalse(order.shipment_ids)

    # --- arrival

    def test_arrival_on_the_delivery(self):
        """JJ-1.3.4: the clerk records the arrival on the delivery, or the carrier's connector writes it."""
        order, picking = self.make_delivery()
        self.pick(picking)
        self.validate(picking)
        self.assertTrue(picking.with_user(self.clerk).can_record_arrival)
        action = self.call(self.clerk, picking, "action_record_arrival")
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create({})
        self.call(self.clerk, wizard, "action_record")
        self.assertEqual(picking.date_arrival, self.today)
        self.assertTrue(order.is_fully_arrived)
        other, second = self.make_delivery()
        self.pick(second)
        self.validate(second)
        warehouse_worker = self.finance
        warehouse_worker.group_ids += self.env.ref("stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.call(warehouse_worker, second, "write", {"date_arrival": fields.Date.to_string(self.today)})
        second.sudo().date_arrival = self.today
        self.assertTrue(other.is_fully_arrived)

    def test_clerk_writes_no_order(self):
        """attack 12: working in the warehouse lets the clerk write deliveries, not orders."""
        order, _picking = self.make_delivery()
        self.assertTrue(self.clerk.has_group("stock.group_stock_user"))
        for records in (order, order.order_line):
            with self.assertRaises(AccessError):
                self.call(self.clerk, records, "write", {"name": "X"})
