# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError

from .common_contract import ContractCommon


@tagged("post_install", "-at_install")
class TestContractRoute(ContractCommon):
    """Who decides what: no way of ordering leads round the executive office."""

    def phone(self, order):
        self.call(self.salesperson, order, "action_create_informal_contract", "phone")
        return order.contract_id.with_env(self.env)

    def rules(self, document):
        return document.sudo().approval_id.step_ids.rule_id

    def ref(self, name):
        return self.env.ref(f"business_dept.approval_rule_{name}")

    def discounted(self, percent):
        order = self.make_order(100.0 - percent)
        self.assertEqual(order.order_line.product_id.list_price, 100.0)
        return order

    def test_major_phone_order(self):
        """JJ-1.2.2, JJ-1.2.4: a major order by phone is decided by the manager and then by the executive office."""
        self.set_mode("contract.major", "approve", threshold=500)
        order = self.make_order(1000.0)
        contract = self.phone(order)
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertEqual(self.rules(contract), self.ref("contract_manager") + self.ref("contract_informal_executive"))
        self.call(self.manager, contract, "action_approval_approve")
        self.assertEqual(contract.state, "review")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")
        self.call(self.executive, contract, "action_approval_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual((order.state, contract.state), ("sale", "approved"))

    def test_deviating_phone_order(self):
        """JJ-1.2.3: what deviates from the first quote goes to the executive office, whatever way it was ordered."""
        self.set_mode("contract.deviation", "approve")
        order = self.make_order(1000.0)
        self.call(self.salesperson, order, "action_quotation_sent")
        order.order_line.with_user(self.salesperson).write({"price_unit": 900.0})
        contract = self.phone(order)
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertIn(self.ref("contract_informal_executive"), self.rules(contract))

    def test_plain_phone_order(self):
        """JJ-1.2.6: a phone order that breaks nothing else is decided by the manager alone."""
        contract = self.phone(self.make_order(1000.0))
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertEqual(self.rules(contract), self.ref("contract_manager"))

    def test_both_posts_decide_once(self):
        """JJ-1.2.3: who is met twice in a row, as manager and as executive office, decides once."""
        self.set_mode("contract.major", "approve", threshold=500)
        self.set_mode("contract.discount_authority", "approve")
        self.manager.group_ids += self.env.ref("business_dept.group_executive_office")
        order = self.make_order(50.0)
        order.order_line.with_user(self.salesperson).write({"product_uom_qty": 20, "price_unit": 50.0})
        contract = self.phone(order)
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertEqual(len(self.rules(contract)), 3)
        self.call(self.manager, contract, "action_approval_approve")
        self.assertEqual(contract.state, "approved")

    def test_discount_beyond_the_manager(self):
        """JJ-1.2.1, JJ-1.1.4: 50 % off is not let through by a manager whose own authority is 15 %."""
        self.set_mode("contract.discount_authority", "approve")
        self.set_mode("contract.required", "off")
        for percent, beyond in ((50, True), (16, True), (15, False), (4, False)):
            order = self.discounted(percent)
            self.call(self.salesperson, order, "action_approval_submit")
            self.assertEqual(self.ref("order_discount") in self.rules(order), beyond, percent)
            self.call(self.manager, order, "action_approval_approve")
            self.assertEqual(order.sudo().approval_state, "pending" if beyond else "approved", percent)
            if beyond:
                self.call(self.executive, order, "action_approval_approve")
            self.call(self.salesperson, order, "action_confirm")
            self.assertEqual(order.state, "sale")

    def test_release_of_what_became_void(self):
        """JJ-1.2.5, RL-4.3: a confirmed order whose contract became void is not released for production."""
        self.set_mode("contract.release_unapproved", "block")
        order, other = self.make_order(1000.0), self.make_order(1000.0)
        for one in (order, other):
            contract = self.make_contract(one)
            self.approve(contract)
            self.call(self.salesperson, one, "action_confirm")
        self.set_mode("contract.required", "notify")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 1.0})
        self.assertEqual(order.contract_id.sudo().approval_state, "void")
        with self.assertRefused(rf"approval of {order.contract_id.name} is void.*1000 → 1"):
            self.call(self.clerk, order, "action_release_production")
        self.assertTrue(self.take_refusals("contract.release_unapproved"))
        self.approve(order.contract_id)
        self.call(self.clerk, order, "action_release_production")
        self.assertTrue(order.date_released)
        self.call(self.manager, other.contract_id, "action_terminate", "Withdrawn")
        with self.assertRefused("was terminated"):
            self.call(self.clerk, other, "action_release_production")

    def test_who_may_discount_is_said(self):
        """JJ-1.1.4: beyond every authority the executive office decides, and the message says so."""
        self.set_mode("contract.discount_authority", "approve")
        self.set_mode("contract.required", "off")
        order = self.discounted(50)
        with self.assertRefused(r"Within the authority of: Executive Office"):
            self.call(self.salesperson, order, "action_confirm")
        order = self.discounted(20)
        with self.assertRefused(r"Within the authority of: Executive Office \(30 %\)"):
            self.call(self.salesperson, order, "action_confirm")

    def test_discount_by_phone(self):
        """JJ-1.2.1, JJ-1.2.6: a deep discount agreed by phone goes to the executive office as well."""
        self.set_mode("contract.discount_authority", "approve")
        contract = self.phone(self.discounted(50))
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertEqual(self.rules(contract), self.ref("contract_manager") + self.ref("contract_informal_discount"))
