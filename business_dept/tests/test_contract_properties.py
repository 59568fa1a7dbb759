# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import Impossible, Rollback
from .common_contract import ContractCommon

PLACES = st.integers(0, 2)
CHANGES = [
    st.tuples(st.just("set_price"), PLACES, st.sampled_from([90.0, 100.0, 50.0, 0.0])),
    st.tuples(st.just("set_quantity"), PLACES, st.sampled_from([0.0, 1.0, 2.0])),
    st.tuples(st.just("set_discount"), PLACES, st.sampled_from([0.0, 10.0, 100.0])),
    st.tuples(st.just("add_line"), st.sampled_from([100.0, 0.0])),
    st.tuples(st.just("remove_line"), PLACES),
    st.tuples(st.just("set_days"), st.sampled_from([1, 60])),
    st.tuples(st.just("set_text"), st.sampled_from(["<p>Ours</p>", "<p>Theirs</p>"])),
    st.tuples(st.just("price_and_state"), PLACES, st.sampled_from([80.0, 120.0])),
]
STEPS = [st.tuples(st.just(name)) for name in (
    "create_contract", "leave_contract", "submit", "manager", "executive", "reject", "withdraw", "send", "confirm",
    "write_state", "sign", "cancel", "reset",
)]
WHOLE = ("create_contract", "submit", "manager", "executive")
#: a way that leads somewhere is tried as often as a change, or hardly an example would be confirmed
ACTS = st.one_of(*CHANGES, *STEPS, st.just(("approve_it",)), st.just(("approve_it",)), st.just(("confirm",)))


@tagged("post_install", "-at_install")
class TestContractProperties(ContractCommon):
    """Whatever people do to a quotation and its contract, nothing is confirmed or signed that nobody approved."""

    def setUp(self):
        super().setUp()
        for code in ("contract.deviation", "contract.discount_authority"):
            self.set_mode(code, "approve")
        for code in ("contract.read_through", "contract.scan_mismatch"):
            self.set_mode(code, "notify")

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None,
              phases=[Phase.generate])
    @given(acts=st.lists(ACTS, min_size=4, max_size=9))
    @mute_logger("odoo.addons.business_dept.models.foundation.control_mixin")
    def test_nothing_counts_that_nobody_approved(self, acts):
        """JJ-1.2.3 to JJ-1.2.5, RL-4.3, attacks 4 to 7, 14, 17: confirmed and signed is what was approved, and stays it."""
        with suppress(Rollback), self.env.cr.savepoint():
            self.order, self.approved, self.signed = self.make_order(100.0), [], None
            for name, *arguments in acts:
                self.act(name, arguments)
                if self.order.state == "sale":
                    self.assertIn(self.content()[0], [order for order, _text in self.approved], f"{name}: nobody approved it")
                if self.order.contract_id.date_signed:
                    self.signed = self.signed or self.content()
                    self.assertEqual(self.content(), self.signed, f"{name} changed what was signed")
                    self.assertIn(self.signed, self.approved, f"{name}: signed, and nobody approved it")
            raise Rollback
        self.env.invalidate_all(flush=False)
        self.take_refusals()

    def test_the_way_that_leads_somewhere(self):
        """The acts of the property do confirm and sign, so it says something."""
        self.order, self.approved = self.make_order(100.0), []
        for name in ("send", "approve_it", "sign", "confirm"):
            self.act(name, [])
        self.assertEqual((self.order.state, self.order.contract_id.state), ("sale", "in_force"))
        self.assertEqual(self.approved, [self.content()])

    def act(self, name, arguments):
        """Do one thing, as the person who does it; a refusal is an answer like any other."""
        with suppress(UserError), self.env.cr.savepoint():
            getattr(self, f"do_{name}")(*arguments)
            self.env.flush_all()
        self.env.invalidate_all()

    def content(self):
        """What stands in the order, and in the text of its contract, read by this test's own eyes."""
        order = self.order
        return (
            (order.partner_id.id, order.payment_term_id.id, order.prepayment_percent, order.balance_event, order.balance_days,
             sorted((line.product_id.id, line.product_uom_qty, line.price_unit, line.discount) for line in order.order_line)),
            str(order.contract_id.body or ""),
        )

    def document(self):
        return self.order.contract_id or self.order

    def line(self, place):
        if not self.order.order_line:
            raise Impossible
        return self.order.order_line[place % len(self.order.order_line)]

    def by_salesperson(self, records, method, *args):
        return self.call(self.salesperson, records, method, *args)

    def decide(self, user):
        """Approve; what the last of them saw is what was approved."""
        document, content = self.document(), self.content()
        self.call(user, document, "action_approval_approve")
        if document.sudo().approval_state == "approved":
            self.approved.append(content)

    # === ACTS === #

    def do_set_price(self, place, price):
        self.by_salesperson(self.line(place), "write", {"price_unit": price})

    def do_set_quantity(self, place, quantity):
        self.by_salesperson(self.line(place), "write", {"product_uom_qty": quantity})

    def do_set_discount(self, place, discount):
        self.by_salesperson(self.order, "write", {"order_line": [Command.update(self.line(place).id, {"discount": discount})]})

    def do_add_line(self, price):
        self.by_salesperson(self.env["sale.order.line"], "create", [{
            "order_id": self.order.id, "product_id": self.product_slab.id, "price_unit": price, "tax_ids": False}])

    def do_remove_line(self, place):
        self.by_salesperson(self.line(place), "unlink")

    def do_set_days(self, days):
        self.by_salesperson(self.order, "write", {"balance_days": days})

    def do_set_text(self, body):
        self.by_salesperson(self.order.contract_id, "write", {"body": body})

    def do_price_and_state(self, place, price):
        self.by_salesperson(self.order, "write", {
            "state": "sale", "order_line": [Command.update(self.line(place).id, {"price_unit": price})]})

    def do_create_contract(self):
        self.by_salesperson(self.order, "action_create_contract")

    def do_leave_contract(self):
        self.by_salesperson(self.order, "action_leave_contract")

    def do_submit(self):
        self.by_salesperson(self.document(), "action_approval_submit")

    def do_manager(self):
        self.decide(self.manager)

    def do_executive(self):
        self.decide(self.executive)

    def do_approve_it(self):
        for name in WHOLE:
            self.act(name, [])

    def do_reject(self):
        self.call(self.manager, self.document(), "action_approval_reject", "Too cheap")

    def do_withdraw(self):
        self.by_salesperson(self.document(), "action_approval_withdraw")

    def do_send(self):
        self.by_salesperson(self.order, "action_quotation_sent")

    def do_confirm(self):
        self.by_salesperson(self.order, "action_confirm")

    def do_write_state(self):
        self.by_salesperson(self.order, "write", {"state": "sale"})

    def do_sign(self):
        if not self.order.contract_id:
            raise Impossible
        self.read_through(self.order.contract_id)
        self.file_scan(self.order.contract_id)
        self.by_salesperson(self.order.contract_id, "action_sign")

    def do_cancel(self):
        self.by_salesperson(self.order, "action_cancel")

    def do_reset(self):
        self.by_salesperson(self.order, "action_draft")
