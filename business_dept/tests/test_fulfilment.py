# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError

from .common_fulfilment import FulfilmentCommon


@tagged("post_install", "-at_install")
class TestFulfilment(FulfilmentCommon):
    """Release, dispatch and arrival as facts of the order, and their gates."""

    def test_from_release_to_arrival(self):
        """GF-7.3, JJ-1.3.4: the clerk, who writes no order, takes it all the way; every step is a fact with its author."""
        order = self.make_confirmed()
        self.release(order)
        self.assertEqual((order.released_by_id, order.follow_user_id), (self.clerk, self.clerk))
        self.assertTrue(order.date_released)
        self.call(self.clerk, order, "action_mark_ready")
        self.assertTrue(order.date_ready)
        shipment = self.dispatch(order, carrier="Guilin Freight", waybill="GL-1")
        self.assertEqual(shipment.name, f"{order.name}/01")
        self.assertEqual(
            (shipment.amount, shipment.carrier, shipment.waybill, shipment.line_ids.quantity),
            (1000.0, "Guilin Freight", "GL-1", 10.0),
        )
        self.assertEqual(order.order_line.qty_delivered, 10.0, "Odoo's own book")
        self.assertTrue(order.is_fully_dispatched)
        self.assertFalse(order.is_fully_arrived)
        self.call(self.service, order, "action_record_arrival", fields.Date.to_string(self.today))
        self.assertEqual(shipment.date_arrival, self.today)
        self.assertTrue(order.is_fully_arrived)
        text = " ".join(order.message_ids.mapped("body"))
        self.assertIn("released the order", text)
        self.assertIn("Guilin Freight", text)

    def test_partial_shipments_add_up(self):
        """JJ-1.3.4: shipments share the total out, freight in proportion; the last takes the rest of the rounding."""
        order = self.make_confirmed((self.product_slab, 3, 33.33), (self.product_work, 1, 0.02))
        self.release(order)
        amounts = [self.dispatch(order, 1).amount for _time in range(3)]
        self.assertAlmostEqual(sum(amounts), order.amount_total, 2)
        self.assertTrue(order.is_fully_dispatched, "services are not sent")
        self.assertEqual(order.shipment_ids.sorted("id").mapped("name"), [f"{order.name}/0{n}" for n in (1, 2, 3)])
        with self.assertRaises(UserError):
            self.dispatch(order)

    def test_not_more_than_ordered(self):
        """GF-7.3: more than is left is refused, through the dialog and with two lines of the same goods."""
        order = self.make_confirmed()
        self.release(order)
        self.dispatch(order, 8)
        with self.assertRaisesRegex(UserError, "only 2"):
            self.dispatch(order, 3)
        wizard = self.env["business.order.dispatch"].with_user(self.clerk).create({
            "order_ids": order.ids,
            "line_ids": [Command.create({"order_line_id": order.order_line.id, "quantity": 2.0})] * 2,
        })
        with self.assertRaisesRegex(UserError, "only 2"):
            self.call(self.clerk, wizard, "action_dispatch")
        for quantity in (-1.0, 0.0):
            with self.assertRaises(UserError):
                self.dispatch(order, quantity)
        self.assertEqual(order.order_line.qty_delivered, 8.0)

    def test_dates(self):
        """JJ-1.3.4: nothing leaves or arrives in the future, nor arrives before it left."""
        order = self.make_confirmed()
        self.release(order)
        tomorrow, yesterday = self.today + timedelta(days=1), self.today - timedelta(days=1)
        with self.assertRaises(UserError):
            self.dispatch(order, date=tomorrow)
        shipment = self.dispatch(order)
        for date in (tomorrow, yesterday):
            with self.assertRaises(UserError):
                self.call(self.service, shipment, "action_record_arrival", fields.Date.to_string(date))
        for date in ("nonsense", 5, "", False):
            with self.assertRaises(UserError):
                self.call(self.service, shipment, "action_record_arrival", date)
        self.assertFalse(shipment.date_arrival)

    def test_correcting_an_arrival(self):
        """JJ-1.3.4: a wrong date of arrival is corrected with a reason, and the chatter keeps both."""
        order = self.make_confirmed()
        self.release(order)
        shipment = self.dispatch(order, date=self.today - timedelta(days=5))
        first, second = (fields.Date.to_string(self.today - timedelta(days=days)) for days in (1, 3))
        self.call(self.service, shipment, "action_record_arrival", first)
        with self.assertRaises(UserError):
            self.call(self.service, shipment, "action_record_arrival", second)
        wizard = self.env["business.shipment.arrival"].with_user(self.service).create({
            "shipment_ids": shipment.ids, "date": second, "reason": "Read from the wrong waybill",
        })
        self.assertTrue(wizard.is_correction)
        self.call(self.service, wizard, "action_record")
        self.assertEqual(fields.Date.to_string(shipment.date_arrival), second)
        self.assertIn("Read from the wrong waybill", " ".join(order.message_ids.mapped("body")))

    def test_withdrawing(self):
        """JJ-1.3.3: a release is taken back while nothing was made or sent, and not afterwards."""
        order = self.make_confirmed()
        self.release(order)
        self.call(self.clerk, order, "action_withdraw_release")
        self.assertFalse(order.date_released)
        self.release(order)
        self.call(self.clerk, order, "action_mark_ready")
        with self.assertRaises(UserError):
            self.call(self.clerk, order, "action_withdraw_release")
        self.call(self.clerk, order, "action_withdraw_ready")
        self.dispatch(order, 1)
        with self.assertRaises(UserError):
            self.call(self.clerk, order, "action_withdraw_release")
        self.assertTrue(order.date_released)

    def test_cancelled_order_is_released_anew(self):
        """JJ-1.2.5: a cancelled order that begins anew needs a new release."""
        order = self.make_confirmed()
        self.release(order)
        order.with_user(self.salesperson)._action_cancel()
        self.assertFalse(order.date_released)

    def test_posts(self):
        """IC-5, IC-8: the salesperson releases and sends nothing, not even his own order; nor do others."""
        order = self.make_confirmed()
        for user in (self.salesperson, self.service, self.finance, self.auditor, self.admin_user):
            for method in ("action_release_production", "action_mark_ready", "action_dispatch", "action_withdraw_release"):
                with self.assertRaises(AccessError):
                    self.call(user, order, method)
        self.release(order)
        shipment = self.dispatch(order)
        for user in (self.salesperson, self.finance, self.auditor):
            with self.assertRaises(AccessError):
                self.call(user, shipment, "action_record_arrival", fields.Date.to_string(self.today))
        for user in (self.manager, self.users["deputy_manager"], self.executive):
            other = self.make_confirmed()
            self.call(user, other, "action_release_production")
            self.assertEqual(other.released_by_id, user)

    def test_taking_over(self):
        """GF-7.3: a clerk takes an order over; others name nobody."""
        order = self.make_confirmed()
        self.assertTrue(order.with_user(self.clerk).can_take_over)
        self.call(self.clerk, order, "action_take_over")
        self.assertEqual(order.follow_user_id, self.clerk)
        self.assertFalse(order.with_user(self.clerk).can_take_over)
        with self.assertRaises(AccessError):
            self.call(self.finance, order, "action_take_over")

    def test_quotation_is_not_released(self):
        """JJ-1.2.5: what is not confirmed is neither released nor sent, whatever the mode."""
        order = self.make_order()
        for method in ("action_release_production", "action_mark_ready", "action_dispatch"):
            with self.assertRaises(UserError):
                self.call(self.clerk, order, method)

    def test_several_orders_at_once(self):
        """GF-7.3: from the list, in as many statements for twenty orders as for four."""
        orders = self.env["sale.order"].union(*(self.make_confirmed() for _number in range(24)))
        counts = []
        for some in (orders[:4], orders[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.call(self.clerk, some, "action_release_production")
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertTrue(all(orders.mapped("date_released")))
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.dispatch(orders)
        self.assertEqual(len(orders.shipment_ids), 24)
        self.call(self.clerk, orders, "action_record_arrival", fields.Date.to_string(self.today))
        self.assertTrue(all(orders.mapped("is_fully_arrived")))

    # --- gates

    def test_dispatch_unreleased(self):
        """JJ-1.3.3: goods of an unreleased order stay; off, noted or blocked as the company has set."""
        order = self.make_confirmed()
        self.set_mode("contract.dispatch_unreleased", "block")
        with self.assertRaisesRegex(ControlError, "JJ-1.3.3"):
            self.dispatch(order)
        self.assertTrue(self.take_refusals("contract.dispatch_unreleased"))
        self.assertFalse(order.shipment_ids)
        self.set_mode("contract.dispatch_unreleased", "notify")
        self.dispatch(order, 1)
        self.assertIn("contract.dispatch_unreleased", self.events("noted", order).control_id.mapped("code"))

    def test_delivered_quantity_is_a_door(self):
        """attack 7, JJ-1.3.3: writing the delivered quantity meets the same gate, on the line and through the order."""
        order = self.make_confirmed()
        self.set_mode("contract.dispatch_unreleased", "block")
        line = order.order_line
        with self.assertRaises(ControlError):
            self.call(self.salesperson, line, "write", {"qty_delivered": 4.0})
        self.take_refusals()
        line.invalidate_recordset()
        self.env.cr.execute("UPDATE sale_order_line SET qty_delivered = 0 WHERE id = %s", [line.id])
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "write", {
                "order_line": [Command.update(line.id, {"qty_delivered": 4.0})],
            })
        self.take_refusals()

    def test_delivered_quantity_makes_shipments(self):
        """JJ-1.3.4: what is written as delivered has left, what is taken back has come back; there is one book."""
        order = self.make_confirmed()
        self.release(order)
        self.call(self.salesperson, order.order_line, "write", {"qty_delivered": 4.0})
        self.assertEqual(order.shipment_ids.amount, 400.0)
        self.call(self.salesperson, order.order_line, "write", {"qty_delivered": 3.0})
        self.assertEqual(order.shipment_ids.amount, 300.0)
        self.assertEqual(order.shipment_ids.line_ids.quantity_returned, 1.0)
        self.dispatch(order)
        self.assertEqual(sum(order.shipment_ids.mapped("amount")), 1000.0)

    def test_delivery_before_the_order(self):
        """attack 7, JJ-1.3.3: a delivery written into a quotation meets the gate when it is confirmed, or made confirmed."""
        self.set_mode("contract.dispatch_unreleased", "block")
        order = self.make_order()
        order.order_line.qty_delivered_method = "manual"
        self.call(self.salesperson, order.order_line, "write", {"qty_delivered": 1.0})
        for act in ({"state": "sale"}, {"state": "sale", "client_order_ref": "X"}):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                self.call(self.salesperson, order, "write", act)
        self.assertEqual(len(self.take_refusals("contract.dispatch_unreleased")), 2)

    def test_release_of_a_voided_approval(self):
        """JJ-1.2.5, RL-4.3: an order that was changed after its approval is not released; a new approval releases it."""
        self.set_grade("C", limit=100.0)
        self.set_mode("credit.limit", "approve")
        order = self.make_order()
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.manager, order, "action_approval_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 900.0})
        self.assertEqual(order.approval_state, "void")
        control = self.set_mode("contract.release_unapproved", "approve")
        with self.assertRaisesRegex(ControlError, "void"):
            self.release(order)
        self.take_refusals()
        self.assertIn("void", order.with_user(self.clerk).control_banner)
        self.assertTrue(order.with_user(self.clerk).approval_can_submit)
        self.call(self.clerk, order, "action_approval_submit")
        approval = order.approval_id
        self.assertEqual((approval.moment, approval.requester_id, approval.ground_ids.control_id),
                         ("release", self.clerk, control))
        self.call(self.manager_2, order, "action_approval_approve")
        self.assertTrue(order.date_released, "approval releases it")
        self.assertEqual(order.released_by_id, self.manager_2)

    def test_down_payment_while_a_release_is_asked_for(self):
        """JJ-1.3.5, RL-4.3, attack 4: under review the order takes a down payment invoice, no content; nothing else."""
        self.set_mode("collection.dispatch", "off")
        self.set_grade("C", limit=100.0)
        for code in ("credit.limit", "contract.release_unapproved"):
            self.set_mode(code, "approve")
        order = self.make_order()
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.manager, order, "action_approval_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 900.0})
        self.call(self.clerk, order, "action_approval_submit")
        approval = order.approval_id
        self.assertEqual((approval.state, approval.moment), ("pending", "release"))
        wizard = self.env["sale.advance.payment.inv"].with_user(self.salesperson).create({
            "sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": 300.0,
        })
        self.call(self.salesperson, wizard, "create_invoices")
        invoice = order.invoice_ids
        self.call(self.finance, invoice, "action_post")
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 300.0))
        self.assertEqual(approval.state, "pending")
        paid, goods = order.order_line.filtered("is_downpayment").sorted("sequence")[-1:], order.order_line[:1]
        Line = self.env["sale.order.line"]
        made = {"order_id": order.id, "is_downpayment": True, "price_unit": 5.0}
        for records, method, argument in (
            (goods, "write", {"price_unit": 1.0}),
            (goods, "write", {"is_downpayment": True}),
            (goods | paid, "write", {"price_unit": 1.0}),
            (paid, "write", {"product_uom_qty": 1.0}),
            (paid, "write", {"is_downpayment": False}),
            (Line, "create", [{**made, "product_uom_qty": 1.0}]),
            (Line, "create", [made]),
            (Line, "create", [{**made, "product_uom_qty": 0, "product_id": self.product_slab.id}]),
            (Line, "create", [{**made, "display_type": "line_note"}]),
            (Line, "create", [{**made, "product_uom_qty": 0}, {"order_id": order.id, "product_id": self.product_slab.id}]),
            (order, "write", {"order_line": [Command.create({"is_downpayment": True, "product_uom_qty": 0})]}),
        ):
            with self.subTest(method=method, argument=argument), self.assertRaises(ControlError):
                self.call(self.salesperson, records, method, argument)
        self.assertEqual(len(self.take_refusals("approval.content_locked")), 11)
        self.call(self.manager_2, order, "action_approval_approve")
        self.assertTrue(order.date_released)
        self.assertEqual(approval.state, "approved")

    def test_request_for_release_keeps_the_first_approval(self):
        """RL-4.3: asking for the release does not end the approval under which the order was confirmed."""
        self.set_grade("C", limit=100.0)
        self.set_mode("credit.limit", "approve")
        order = self.make_order()
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.manager, order, "action_approval_approve")
        self.call(self.salesperson, order, "action_confirm")
        first = order.approval_id
        self.release(order)
        self.assertTrue(order.date_released)
        self.assertEqual(first.state, "approved")

    def test_nothing_to_submit(self):
        """JJ-1.2.5: a confirmed order that nothing holds has nothing to ask for, and a finished one neither."""
        order = self.make_confirmed()
        with self.assertRaises(UserError):
            self.call(self.clerk, order, "action_approval_submit")
        self.release(order)
        self.dispatch(order)
        with self.assertRaises(UserError):
            self.call(self.salesperson, order, "action_approval_submit")
        self.assertFalse(order.control_banner)

    # --- attacks

    def test_attack_forged_facts(self):
        """attack 1, 5: no client writes what has happened to an order, nor brings it in as a default; with a trace."""
        order = self.make_confirmed()
        forged = {
            "date_released": "2026-01-01 00:00:00", "released_by_id": self.manager.id, "date_ready": "2026-01-01 00:00:00",
            "date_production_start": "2026-01-01 00:00:00", "is_fully_dispatched": True, "is_fully_arrived": True,
            "date_dispatched": "2026-01-01", "shipment_count": 1, "promised_date": "2030-01-01",
            "follow_stage_date": "2026-01-01 00:00:00",
            "shipment_ids": [Command.create({"name": "X", "date_dispatch": "2026-01-01"})],
        }
        for name, value in forged.items():
            with self.assertRaises(ControlError, msg=name):
                self.call(self.salesperson, order, "write", {name: value})
            self.assertTrue(self.take_refusals("approval.forgery"), name)
            with self.assertRaises(ControlError, msg=name):
                self.make_order(**{name: value})
            self.take_refusals()
        with self.assertRaises(ControlError):
            self.make_order(follow_stage="settled")
        defaults = {f"default_{name}": value for name, value in forged.items()}
        made = self.env["sale.order"].with_user(self.salesperson).with_context(**defaults, default_follow_stage="ready").create(
            {"partner_id": self.customer.id})
        self.assertFalse(made.date_released or made.is_fully_dispatched or made.follow_stage or made.shipment_count)
        copied = order.with_user(self.salesperson).copy()
        self.assertFalse(copied.date_released or copied.shipment_ids)

    def test_attack_forged_shipments(self):
        """attack 1: shipments and their lines are the engine's, for salespeople, clerks and managers."""
        order = self.make_confirmed()
        self.release(order)
        shipment = self.dispatch(order)
        for user in (self.salesperson, self.clerk, self.manager):
            for records, vals in (
                (shipment, {"date_arrival": "2026-01-01"}), (shipment, {"amount": 1.0}),
                (shipment, {"line_ids": [Command.delete(shipment.line_ids.id)]}),
                (shipment.line_ids, {"quantity": 1.0}),
            ):
                with self.assertRaises(AccessError):
                    self.call(user, records, "write", vals)
                with self.assertRaises(AccessError):
                    self.call(user, records, "unlink")
            with self.assertRaises(AccessError):
                self.call(user, self.env["business.shipment"], "create", [{
                    "name": "X", "order_id": order.id, "company_id": self.company.id, "date_dispatch": "2026-01-01",
                }])
            with self.assertRaises(AccessError):
                self.call(user, self.env["business.shipment.line"], "create", [{
                    "shipment_id": shipment.id, "order_line_id": order.order_line.id, "quantity": 1.0,
                }])
        self.assertTrue(self.take_refusals("approval.forgery"))

    def test_attack_clerk_writes_no_order(self):
        """attack 12: the clerk acts through the steps; nothing of an order is writable for him."""
        order = self.make_confirmed()
        for records, vals in (
            (order, {"client_order_ref": "X"}), (order, {"follow_stage": "production", "client_order_ref": "X"}),
            (order.order_line, {"price_unit": 1.0}), (order.order_line, {"qty_delivered": 1.0}),
            (order, {"order_line": [Command.update(order.order_line.id, {"price_unit": 1.0})]}),
        ):
            with self.assertRaises(AccessError):
                self.call(self.clerk, records, "write", vals)
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_attack_dialogs_of_others(self):
        """attack 8: a dialog with orders or goods that one may not read, or of somebody else, does nothing."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["sale.order"].create({
            "partner_id": self.customer.id, "company_id": company.id,
            "order_line": [Command.create({"product_id": self.product_work.id, "product_uom_qty": 1.0})],
        })
        foreign.action_confirm()
        wizard = self.env["business.order.dispatch"].with_user(self.clerk).create({
            "order_ids": [], "line_ids": [Command.create({"order_line_id": foreign.order_line[:1].id, "quantity": 1.0})],
        })
        with self.assertRaises(AccessError):
            self.call(self.clerk, wizard, "action_dispatch")
        own = self.env["business.order.dispatch"].with_user(self.clerk).create({"order_ids": self.make_confirmed().ids})
        with self.assertRaises(AccessError):
            self.call(self.manager, own, "action_dispatch")
        for user in (self.salesperson, self.service):
            with self.assertRaises(AccessError):
                self.call(user, self.env["business.order.dispatch"], "create", [{}])

    def test_salesperson_sees_own_shipments(self):
        """attack 21: shipments of other people's orders are not read by a salesperson."""
        mine, other = self.make_confirmed(), self.make_confirmed()
        for order in mine + other:
            self.release(order)
            self.dispatch(order)
        other.user_id = self.manager
        found = self.env["business.shipment"].with_user(self.salesperson).search([])
        self.assertIn(mine.shipment_ids, found)
        self.assertNotIn(other.shipment_ids, found)
        self.assertFalse(self.env["business.shipment.line"].with_user(self.salesperson).search([
            ("order_line_id", "in", other.order_line.ids),
        ]))

    # --- content

    def test_price_changes_after_a_dispatch(self):
        """JJ-1.3.4: shipments never exceed the order, also when its price falls or goods are added afterwards."""
        order = self.make_confirmed()
        self.release(order)
        shipment = self.dispatch(order)
        order.order_line.price_unit = 60.0
        self.assertEqual(shipment.amount, 600.0)
        order.order_line = [Command.create({
            "product_id": self.product_slab.id, "product_uom_qty": 2, "price_unit": 100.0, "tax_ids": False,
        })]
        self.assertFalse(order.is_fully_dispatched)
        self.assertEqual(shipment.amount, 600.0)
