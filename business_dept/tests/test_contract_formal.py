# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from odoo.addons.business_dept.controls import ControlError

from .common_contract import ContractCommon

CRON = "business_dept.ir_cron_contract_follow_up"


@tagged("post_install", "-at_install")
class TestContractFormal(ContractCommon):
    """Orders by phone, fax and chat, and what the calendar does to contracts."""

    def phone(self, order=None):
        order = order or self.make_order(1000.0)
        self.call(self.salesperson, order, "action_create_informal_contract", "phone")
        return order.contract_id

    def activities(self, contract, kind):
        return contract.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(f"business_dept.mail_activity_type_contract_{kind}"),
        )

    def test_phone_order(self):
        """JJ-1.2.6: the manager approves; then the order goes, and the formal contract is due in 15 days."""
        order = self.make_order(1000.0)
        contract = self.phone(order)
        self.assertEqual((contract.kind, contract.state), ("phone", "draft"))
        self.assertEqual(contract.formal_due_date, fields.Date.today() + timedelta(days=15))
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")
        self.approve(contract, self.manager)
        self.assertEqual(contract.state, "approved", "the executive office is not asked (JJ-1.2.6)")
        self.call(self.salesperson, order, "action_confirm")
        self.assertTrue(contract.is_formal_missing)
        with self.assertRefused("without paper"):
            self.env["business.contract.scan"].sudo().create({
                "contract_id": contract.id, "user_id": self.env.uid, "fingerprint": contract._get_approval_fingerprint(),
            })
            self.call(self.salesperson, contract, "action_sign")

    def test_made_formal(self):
        """JJ-1.2.6: one formal contract for several phone orders; once it is signed, they are done."""
        orders = self.make_order(1000.0) + self.make_order(500.0)
        contracts = self.phone(orders[0]) + self.phone(orders[1])
        for contract, order in zip(contracts, orders, strict=True):
            self.approve(contract, self.manager)
            self.call(self.salesperson, order, "action_confirm")
        action = self.call(self.salesperson, contracts, "action_create_formal")
        formal = self.env["business.contract"].browse(action["res_id"])
        self.assertEqual((formal.amount_total, formal.replaced_ids), (1500.0, contracts))
        self.assertIn(orders[0].name, formal.body)
        with self.assertRefused("exists already"):
            self.call(self.salesperson, contracts[0], "action_create_formal")
        self.call(self.salesperson, formal, "action_approval_submit")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, orders[0].order_line, "write", {"price_unit": 1.0})
        self.call(self.manager, formal, "action_approval_approve")
        self.call(self.executive, formal, "action_approval_approve")
        self.sign(formal)
        self.assertEqual(contracts.mapped("state"), ["completed", "completed"])
        self.assertFalse(any(contracts.mapped("is_formal_missing")))
        with self.assertRaises(ControlError):
            self.call(self.salesperson, orders[0].order_line, "write", {"price_unit": 1.0})
        self.assertTrue(self.take_refusals("contract.unamended"))

    def test_register_and_overdue(self):
        """JJ-1.2.6: the register shows what is missing and since when; nothing further for that customer."""
        contract = self.phone()
        self.approve(contract, self.manager)
        with freeze_time(fields.Date.today() + timedelta(days=20)):
            contract.invalidate_recordset()
            found = self.env["business.contract"].with_user(self.manager).search([
                ("is_formal_missing", "=", True), ("company_id", "=", self.company.id),
            ])
            self.assertEqual(found, contract)
            self.assertEqual(found.days_overdue, 5)
            order = self.make_order(10.0)
            self.set_mode("contract.required", "off")
            with self.assertRefused("5 days ago.*JJ-1.2.6"):
                self.call(self.salesperson, order, "action_confirm")
            self.set_mode("contract.formal_overdue", "approve", threshold=5)
            self.call(self.salesperson, order, "action_confirm")
            self.assertEqual(order.state, "sale")

    def test_always_due(self):
        """JJ-1.2.6: whatever becomes a phone order is due on a day; nobody takes that day away."""
        contract = self.make_contract()
        self.call(self.salesperson, contract, "write", {"kind": "phone"})
        self.assertEqual(contract.formal_due_date, fields.Date.today() + timedelta(days=15))
        with self.assertRefused("until when the formal contract"):
            self.call(self.salesperson, contract, "write", {"formal_due_date": False})
        self.call(self.salesperson, contract, "write", {"formal_due_date": fields.Date.today() + timedelta(days=20)})
        self.approve(contract, self.manager)
        self.call(self.manager, contract, "write", {"formal_due_date": "2099-01-01"})
        self.assertEqual(contract.sudo().approval_state, "void", "the day is part of what was approved")

    def test_confirmed_without_approval(self):
        """JJ-1.2.6: where the controls only notify, an unapproved phone order that is confirmed is in the register too."""
        for code in ("contract.required", "contract.formal_approval"):
            self.set_mode(code, "notify")
        order = self.make_order(1000.0)
        contract = self.phone(order)
        self.assertFalse(contract.is_formal_missing)
        self.call(self.salesperson, order, "action_confirm")
        self.assertTrue(contract.is_formal_missing)
        self.assertIn(contract, contract.search([("is_formal_missing", "=", True)]))
        with freeze_time(fields.Date.today() + timedelta(days=16)):
            self.run_cron(CRON)
            self.assertIn(self.manager, self.activities(contract, "formal").user_id)
            with self.assertRefused("JJ-1.2.6"):
                self.call(self.salesperson, self.make_order(10.0), "action_confirm")

    def test_reminders(self):
        """JJ-1.2.6: the salesperson is reminded before it is due, the manager afterwards, each once."""
        contract = self.phone()
        self.approve(contract, self.manager)
        self.run_cron(CRON)
        self.assertFalse(self.activities(contract, "formal"))
        with freeze_time(fields.Date.today() + timedelta(days=13)):
            for _time in range(2):
                self.run_cron(CRON)
            self.assertEqual(self.activities(contract, "formal").user_id, self.salesperson)
        with freeze_time(fields.Date.today() + timedelta(days=16)):
            for _time in range(2):
                self.run_cron(CRON)
            self.assertEqual(len(self.activities(contract, "formal")), 3)
            self.assertEqual(self.activities(contract, "formal").user_id, self.salesperson | self.manager | self.manager_2)

    def test_begins_expires_completes(self):
        """BT-11: a signed contract begins on its first day, is announced before its last, and ends when it is settled."""
        today = fields.Date.today()
        order = self.make_order(1000.0)
        contract = self.make_contract(order, date_start=today + timedelta(days=2), date_end=today + timedelta(days=60))
        self.sign(contract)
        self.assertEqual(contract.state, "signed")
        self.call(self.salesperson, order, "action_confirm")
        with freeze_time(today + timedelta(days=2)):
            self.run_cron(CRON)
            self.assertEqual((contract.state, contract.date_in_force), ("in_force", today + timedelta(days=2)))
            self.assertFalse(self.activities(contract, "expiry"))
        with freeze_time(today + timedelta(days=31)):
            for _time in range(2):
                self.run_cron(CRON)
            self.assertEqual(len(self.activities(contract, "expiry")), 1)
            self.assertEqual(self.activities(contract, "expiry").date_deadline, today + timedelta(days=60))
        order.sudo().is_settled = True
        self.run_cron(CRON)
        self.assertEqual(contract.state, "in_force", "paid, and nothing has arrived")
        order.sudo().write({"is_fully_dispatched": True, "is_fully_arrived": True})
        self.run_cron(CRON)
        self.assertEqual(contract.state, "completed")
        self.assertFalse(self.activities(contract, "expiry"))

    def test_prepaid_order_stays_under_its_contract(self):
        """JJ-1.3.5, RL-4.3: what is paid beforehand is not done, and what is done is not changed either."""
        order = self.make_order(1000.0)
        contract = self.make_contract(order)
        self.sign(contract)
        self.call(self.salesperson, order, "action_confirm")
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": self.customer.id, "amount": 1000.0,
            "journal_id": self.company_data["default_journal_bank"].id,
        })
        payment.action_post()
        self.call(self.finance, payment, "action_collection_match", order.id)
        self.assertTrue(order.is_settled)
        self.run_cron(CRON)
        self.assertEqual(contract.state, "in_force")
        order.sudo().write({"is_fully_dispatched": True, "is_fully_arrived": True})
        self.assertEqual(order.follow_stage, "settled")
        self.run_cron(CRON)
        self.assertEqual(contract.state, "completed")
        with self.assertRefused("a new order"):
            self.call(self.salesperson, order.order_line, "write", {"price_unit": 1.0})
        self.assertTrue(self.take_refusals("contract.unamended"))

    def test_renewal(self):
        """BT-11: what ends is renewed: same parties, dates moved on, a text and an approval of its own."""
        today = fields.Date.today()
        framework = self.make_framework(
            1500.0, date_start=today, date_end=today + timedelta(days=9), customer_signatory="Ms. Lin")
        with self.assertRefused("once it is signed"):
            self.call(self.salesperson, framework, "action_renew")
        self.sign(framework)
        self.assertTrue(framework.can_renew)
        with self.assertRaises(AccessError):
            self.call(self.clerk, framework, "action_renew")
        self.run_cron(CRON)
        self.assertIn("Renew", self.activities(framework, "expiry").summary)
        renewal = framework.browse(self.call(self.salesperson, framework, "action_renew")["res_id"])
        self.assertEqual((renewal.renewed_from_id, renewal.state, renewal.kind), (framework, "draft", "framework"))
        self.assertEqual((renewal.date_start, renewal.date_end), (today + timedelta(days=10), today + timedelta(days=19)))
        self.assertEqual((renewal.customer_signatory, renewal.framework_amount), ("Ms. Lin", 1500.0))
        self.assertIn(renewal.name, renewal.body)
        self.assertFalse(self.activities(framework, "expiry"))
        self.assertFalse(framework.can_renew)
        with self.assertRefused("renewed already"):
            self.call(self.salesperson, framework, "action_renew")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, renewal, "write", {"renewed_from_id": False})

    def test_renewal_with_orders(self):
        """BT-11: the orders of a formal contract are duplicated as quotations of its renewal."""
        today = fields.Date.today()
        order = self.make_order(1000.0)
        contract = self.make_contract(order, date_start=today, date_end=today + timedelta(days=9))
        self.sign(contract)
        self.call(self.salesperson, order, "action_confirm")
        renewal = contract.browse(self.call(self.salesperson, contract, "action_renew")["res_id"])
        self.assertEqual((renewal.amount_total, renewal.order_ids.state, order.contract_id), (1000.0, "draft", contract))
        self.assertIn(renewal.order_ids.name, renewal.body)
        self.approve(renewal)

    def test_framework_expires(self):
        """JJ-1.2.5: after its last day a framework contract holds no more."""
        today = fields.Date.today()
        framework = self.make_framework(1500.0, date_end=today + timedelta(days=5))
        self.sign(framework)
        with freeze_time(today + timedelta(days=6)):
            with self.assertRaises(ControlError):
                self.call(self.salesperson, self.make_order(10.0), "action_confirm")
            self.run_cron(CRON)
            self.assertEqual(framework.state, "completed")
