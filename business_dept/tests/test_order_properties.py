# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import BusinessCommon, Impossible, Rollback

LIMIT = 500.0
AMOUNTS = st.sampled_from([100.0, 300.0, 499.0, 501.0, 700.0, 900.0])
PLACES = st.integers(0, 2)

#: what people do to a quotation: (method of the test, its arguments)
ACTS = st.one_of(
    st.tuples(st.just("set_price"), PLACES, AMOUNTS),
    st.tuples(st.just("set_quantity"), PLACES, st.sampled_from([0.0, 1.0, 2.0])),
    st.tuples(st.just("set_discount"), PLACES, st.sampled_from([0.0, 10.0, 50.0])),
    st.tuples(st.just("add_line"), AMOUNTS),
    st.tuples(st.just("remove_line"), PLACES),
    st.tuples(st.just("set_deposit"), st.sampled_from([0.3, 0.5, 1.0])),
    st.tuples(st.just("price_and_state"), PLACES, AMOUNTS),
    *(st.tuples(st.just(name)) for name in (
        "submit", "withdraw", "approve", "reject", "send_back", "confirm", "write_state", "cancel", "reset", "send",
    )),
)


@tagged("post_install", "-at_install")
class TestOrderProperties(BusinessCommon):
    """Whatever people do, and in whatever order, nothing is confirmed that nobody approved."""

    def setUp(self):
        super().setUp()
        self.set_grade("C", limit=LIMIT)
        self.set_mode("credit.limit", "approve")

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(acts=st.lists(ACTS, min_size=3, max_size=14))
    @mute_logger("odoo.addons.business_dept.models.foundation.control_mixin")
    def test_nothing_confirms_that_nobody_approved(self, acts):
        """RL-4.3, JJ-1.2.3, attacks 4 to 7: the content confirmed is the content approved, whatever was edited between."""
        with suppress(Rollback), self.env.cr.savepoint():
            self.order, self.approved = self.make_order(700.0), []
            for name, *arguments in acts:
                before = self.order.state
                self.act(name, arguments)
                if self.order.state == "sale":
                    self.assertAllowed(before, name)
            raise Rollback
        self.env.invalidate_all(flush=False)
        self.take_refusals()

    def act(self, name, arguments):
        """Do one thing, as the person who does it; a refusal is an answer like any other."""
        with suppress(UserError), self.env.cr.savepoint():
            getattr(self, f"do_{name}")(*arguments)
            self.env.flush_all()
        self.env.invalidate_all()

    def assertAllowed(self, before, name):
        """Within the limit, or exactly what was approved; afterwards never more than that."""
        total = self.order.amount_total
        if before != "sale":
            self.assertTrue(
                total <= LIMIT or self.content() in [content for content, _total in self.approved],
                f"{name} confirmed {total} that nobody approved",
            )
            self.confirmed = total
        self.assertLessEqual(total, max(LIMIT, self.confirmed), f"{name} made a confirmed order grow")

    def content(self):
        """What stands in the order, read by this test's own eyes."""
        order = self.order
        return (
            order.partner_id, order.payment_term_id, order.prepayment_percent, order.balance_event, order.balance_days,
            sorted((line.product_id.id, line.product_uom_qty, line.price_unit, line.discount) for line in order.order_line),
        )

    def line(self, place):
        lines = self.order.order_line
        if not lines:
            raise Impossible
        return lines[place % len(lines)]

    def by_salesperson(self, records, method, *args):
        return self.call(self.salesperson, records, method, *args)

    # === ACTS === #

    def do_set_price(self, place, price):
        self.by_salesperson(self.line(place), "write", {"price_unit": price})

    def do_set_quantity(self, place, quantity):
        self.by_salesperson(self.line(place), "write", {"product_uom_qty": quantity})

    def do_set_discount(self, place, discount):
        self.by_salesperson(self.order, "write", {"order_line": [Command.update(self.line(place).id, {"discount": discount})]})

    def do_add_line(self, price):
        self.by_salesperson(self.order, "write", {"order_line": [Command.create({
            "product_id": self.product_slab.id, "price_unit": price, "tax_ids": False,
        })]})

    def do_remove_line(self, place):
        self.by_salesperson(self.line(place), "unlink")

    def do_set_deposit(self, share):
        self.by_salesperson(self.order, "write", {"prepayment_percent": share})

    def do_price_and_state(self, place, price):
        self.by_salesperson(self.order, "write", {
            "state": "sale", "order_line": [Command.update(self.line(place).id, {"price_unit": price})],
        })

    def do_submit(self):
        self.by_salesperson(self.order, "action_approval_submit")

    def do_withdraw(self):
        self.by_salesperson(self.order, "action_approval_withdraw")

    def do_approve(self):
        content, total = self.content(), self.order.amount_total
        self.call(self.manager, self.order, "action_approval_approve")
        self.approved.append((content, total))

    def do_reject(self):
        self.call(self.manager, self.order, "action_approval_reject", "Too much")

    def do_send_back(self):
        self.call(self.manager, self.order, "action_approval_send_back", "Less, please")

    def do_confirm(self):
        self.by_salesperson(self.order, "action_confirm")

    def do_write_state(self):
        self.by_salesperson(self.order, "write", {"state": "sale"})

    def do_cancel(self):
        self.by_salesperson(self.order, "action_cancel")

    def do_reset(self):
        self.by_salesperson(self.order, "action_draft")

    def do_send(self):
        self.by_salesperson(self.order, "action_quotation_sent")
