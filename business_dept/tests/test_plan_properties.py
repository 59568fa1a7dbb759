# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from datetime import timedelta

from freezegun import freeze_time
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import Rollback
from .common_collection import TODAY, CollectionCommon
from .common_fulfilment import FulfilmentCommon

ACTS = st.one_of(
    st.tuples(st.just("set_price"), st.sampled_from([33.33, 100.0, 120.0])),
    st.tuples(st.just("set_quantity"), st.sampled_from([3.0, 7.0, 12.0])),
    st.tuples(st.just("set_terms"), st.sampled_from([0.0, 0.3, 1.0]), st.sampled_from(["dispatch", "arrival"]),
              st.sampled_from([0, 15])),
    st.tuples(st.just("send"), st.sampled_from([1.0, 2.5, 4.0]), st.integers(0, 9)),
    st.tuples(st.just("send"), st.sampled_from([1.0, 2.5, 4.0]), st.integers(0, 9)),
    st.tuples(st.just("arrive"), st.integers(0, 9)),
    st.tuples(st.just("receive"), st.sampled_from([0.01, 100.0, 333.33, 2000.0])),
    st.tuples(st.just("receive"), st.sampled_from([0.01, 100.0, 333.33, 2000.0])),
    st.tuples(st.just("unmatch")),
    st.tuples(st.just("invoice")),
    st.tuples(st.just("credit")),
    st.tuples(st.just("take_back"), st.sampled_from([1.0, 2.0])),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("again")),
)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanProperties(CollectionCommon, FulfilmentCommon):
    """Whatever happens to an order, its plan asks for the order and no more, and nothing is due before its event."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(acts=st.lists(ACTS, min_size=4, max_size=10))
    @example(acts=[("receive", 0.01), ("invoice",), ("cancel",), ("unmatch",)])  # given back after the cancellation
    @mute_logger("odoo.addons.business_dept.models.foundation.control_mixin")
    def test_plan_is_the_order(self, acts):
        """JJ-1.3.5, JJ-4.1: sum, due dates, money received and stage hold after every step."""
        with suppress(Rollback), self.env.cr.savepoint():
            self.paid = self.env["account.payment"]
            self.order = self.make_confirmed((self.product_slab, 10, 100.0))
            self.release(self.order)
            for name, *arguments in [("nothing",), *acts]:
                with suppress(UserError), self.env.cr.savepoint():
                    getattr(self, f"do_{name}")(*arguments)
                    self.env.flush_all()
                self.env.invalidate_all()
                self.assertConsistent(name)
            raise Rollback
        self.env.invalidate_all(flush=False)
        self.take_refusals()

    def assertConsistent(self, name):
        order, rows, round_ = self.order, self.order.instalment_ids, self.order.currency_id.round
        if order.state == "sale":
            live = rows.filtered(lambda row: row.state != "closed")
            self.assertEqual(round_(sum(live.mapped("amount"))), order.amount_total, f"{name}: {rows.mapped('amount')}")
        else:
            self.assertFalse(rows.filtered(lambda row: row.state != "closed"), name)
        for row in rows.filtered("date_due"):
            happened = {
                "confirmation": order.date_order.date(), "dispatch": row.shipment_id.date_dispatch,
                "arrival": row.shipment_id.date_arrival,
            }[row.event]
            self.assertTrue(happened, f"{name}: due, and nothing happened")
            self.assertGreaterEqual(row.date_due, happened, name)
        money = sum(self.paid.filtered(lambda one: one.collection_order_id == order).mapped("amount"))
        self.assertLessEqual(order.collection_received, round_(money), name)
        self.assertLessEqual(round_(sum(rows.mapped("amount_received"))), order.collection_received, name)
        for row in rows:
            self.assertLessEqual(round_(row.amount_received), row.amount, name)
            self.assertGreaterEqual(row.amount_open, 0.0, name)
        sent = order.shipment_ids.filtered(lambda one: any(
            line.quantity > line.quantity_returned for line in one.line_ids))
        if order.state == "sale":  # the shipments of a cancelled order stay at the price at which they left
            self.assertLessEqual(round_(sum(order.shipment_ids.mapped("amount"))), order.amount_total, name)
        line = order.order_line.filtered(lambda one: not one.is_downpayment and not one.display_type)[:1]
        gone = line.qty_delivered >= line.product_uom_qty > 0
        stage = order.follow_stage
        if order.state != "sale":
            self.assertFalse(stage, name)
        elif not gone:
            self.assertIn(stage, ("production", "ready", "deposit", "release"), name)
        elif not all(sent.mapped("date_arrival")):
            self.assertEqual(stage, "dispatched", name)
        else:
            self.assertEqual(stage, "settled" if order.is_settled else "arrived", name)

    # === ACTS === #

    @property
    def line(self):
        return self.order.order_line[0]

    def do_nothing(self):
        pass

    def do_set_price(self, price):
        self.call(self.salesperson, self.line, "write", {"price_unit": price})

    def do_set_quantity(self, quantity):
        self.call(self.salesperson, self.line, "write", {"product_uom_qty": quantity})

    def do_set_terms(self, deposit, event, days):
        self.call(self.salesperson, self.order, "write", {
            "prepayment_percent": deposit, "balance_event": event, "balance_days": days})

    def do_send(self, quantity, days):
        self.dispatch(self.order, quantity, date=fields.Date.today() - timedelta(days=days))

    def do_arrive(self, days):
        shipment = self.order.shipment_ids.filtered(lambda one: not one.date_arrival)[:1]
        self.call(self.clerk, shipment, "action_record_arrival", str(fields.Date.today() - timedelta(days=days)))

    def do_receive(self, amount):
        payment = self.receive(amount)
        self.match(payment, self.order)
        self.paid += payment

    def do_unmatch(self):
        payment = self.paid.exists().filtered("collection_order_id")[:1]
        self.call(self.finance, payment, "action_collection_unmatch", "Of another order")

    def do_invoice(self):
        self.invoice(self.order)

    def do_credit(self):
        invoice = self.order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice" and move.state == "posted")[:1]
        if invoice:
            self.credit(invoice)

    def do_take_back(self, quantity):
        self.order.order_line[0].sudo().qty_delivered -= min(quantity, self.line.qty_delivered)

    def do_cancel(self):
        self.call(self.salesperson, self.order, "action_cancel")

    def do_again(self):
        self.call(self.salesperson, self.order, "action_draft")
        self.call(self.salesperson, self.order, "action_confirm")
