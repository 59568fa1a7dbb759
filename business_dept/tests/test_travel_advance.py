# Part of business_dept. See LICENSE file for full copyright and licensing details.
from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_travel_money import TravelMoneyCommon


@tagged("post_install", "-at_install")
class TestTravelAdvance(TravelMoneyCommon):

    def test_way_of_an_advance(self):
        """IC-14: asked for, approved by manager and finance, paid as Odoo's payment; what is held stands in the books."""
        advance = self.make_advance(1000.0)
        self.assertEqual((advance.state, advance.employee_id), ("draft", self.traveller))
        self.call(self.salesperson, advance, "action_approval_submit")
        self.assertEqual(advance.state, "review")
        self.call(self.manager, advance, "action_approval_approve")
        self.call(self.finance, advance, "action_approval_approve")
        self.assertEqual(advance.state, "approved")
        self.call(self.finance, advance, "action_pay", self.bank.id, False, "T-1")
        payment = advance.payment_ids
        self.assertEqual(
            (payment.payment_type, payment.partner_id, payment.amount, payment.create_uid, payment.payment_reference),
            ("outbound", self.traveller.work_contact_id, 1000.0, self.finance, "T-1"))
        self.assertEqual((advance.state, advance.open_amount, advance.date_paid), ("paid", 1000.0, fields.Date.today()))
        account = self.company.travel_advance_account_id
        self.assertTrue(account.code.startswith("1221") and account.reconcile)
        self.assertRecordValues(payment.move_id.line_ids.sorted("balance"), [
            {"balance": -1000.0, "partner_id": self.traveller.work_contact_id.id},
            {"balance": 1000.0, "partner_id": self.traveller.work_contact_id.id},
        ])
        self.assertEqual(self.held(), 1000.0)

    def test_executive_above_a_limit(self):
        """JJ-1.2.3: above 5,000 the executive office decides as well."""
        advance = self.make_advance(5000.01)
        self.approve(advance)
        self.assertEqual(advance.state, "review")
        self.call(self.executive, advance, "action_approval_approve")
        self.assertEqual(advance.state, "approved")

    def test_nobody_pays_before_the_approval(self):
        """IC-14: an advance that is not approved, or was changed since, is not paid."""
        advance = self.make_advance()
        with self.assertRaisesRegex(UserError, "not approved"):
            self.call(self.finance, advance, "action_pay", self.bank.id)
        self.approve(advance)
        self.call(self.salesperson, advance, "write", {"amount": 900.0})
        self.assertEqual(advance.state, "draft")
        with self.assertRaisesRegex(UserError, "not approved"):
            self.call(self.finance, advance, "action_pay", self.bank.id)
        self.assertFalse(advance.payment_ids)

    def test_paid_once(self):
        """IC-14: what was paid is not paid again, rewritten, cancelled or deleted."""
        advance = self.pay_advance()
        for method, args in (("action_pay", [self.bank.id]),):
            with self.assertRaisesRegex(UserError, "paid already"):
                self.call(self.finance, advance, method, *args)
        for user, method, args in (
            (self.salesperson, "write", [{"amount": 1.0}]), (self.manager, "write", [{"amount": 5000.0}]),
            (self.salesperson, "action_cancel", []), (self.salesperson, "unlink", []),
            (self.salesperson, "action_approval_submit", []),
        ):
            with self.assertRaises(UserError):
                self.call(user, advance, method, *args)
        self.assertEqual((advance.amount, len(advance.payment_ids)), (1000.0, 1))

    def test_nobody_pays_his_own(self):
        """IC-7: who gets the money neither pays it nor takes it back; a colleague does."""
        advance = self.make_advance(user=self.finance)
        self.call(self.finance, advance, "action_approval_submit")
        self.call(self.manager, advance, "action_approval_approve")
        second = self.users["executive_office"]
        self.call(second, advance, "action_approval_approve")
        self.assertEqual(advance.state, "approved")
        with self.assertRaises(ControlError):
            self.call(self.finance, advance, "action_pay", self.bank.id)
        self.assertEqual(len(self.take_refusals("travel.own_money")), 1)
        second.group_ids += self.env.ref("business_dept.group_finance")
        self.call(second, advance, "action_pay", self.bank.id)
        with self.assertRaises(ControlError):
            self.call(self.finance, advance, "action_return", 10.0, self.bank.id)

    def test_posts(self):
        """IC-3: only finance pays; people see their own advances; for others asks nobody but the manager."""
        advance = self.make_advance()
        self.approve(advance)
        for post in ("salesperson", "department_manager", "executive_office", "auditor", "order_clerk"):
            with self.assertRaises(AccessError):
                self.call(self.users[post], advance, "action_pay", self.bank.id)
        self.assertFalse(self.call(self.users["order_clerk"], self.advances, "search", [("id", "=", advance.id)]))
        for post in ("salesperson", "department_manager", "finance", "executive_office", "auditor", "deputy_manager"):
            self.assertTrue(self.call(self.users[post], self.advances, "search", [("id", "=", advance.id)]), post)
        vals = {"amount": 5.0, "employee_id": self.employees["order_clerk"].id}
        for post in ("salesperson", "finance", "auditor"):
            with self.assertRaises(AccessError):
                self.call(self.users[post], self.advances, "create", [vals])
        self.call(self.manager, self.advances, "create", [vals])

    def test_forged_facts(self):
        """attacks 1, 5 to 7: nobody writes the state, the sums or the payments of an advance."""
        advance = self.make_advance()
        facts = {
            "state": "approved", "open_amount": 0.0, "paid_amount": 1.0, "settled_amount": 1.0, "returned_amount": 1.0,
            "date_paid": "2024-01-01", "date_due": "2030-01-01", "name": "JZ/1", "date_cancelled": "2024-01-01",
            "money_stamp": 1, "payment_ids": [Command.create({"amount": 1.0})], "settlement_ids": [Command.clear()],
            "date_reminded": "2024-01-01",
        }
        for name, value in facts.items():
            for user in (self.salesperson, self.manager):
                with self.subTest(name=name, user=user.login), self.assertRaises(UserError):
                    self.call(user, advance, "write", {name: value})
            with self.subTest(create=name), self.assertRaises(UserError):
                self.call(self.salesperson, self.advances, "create", [{"amount": 5.0, name: value}])
        forged = self.advances.with_context(default_state="approved", default_date_cancelled="2024-01-01")
        made = self.advances.browse(self.call(self.salesperson, forged, "create", [{"amount": 5.0, "purpose": "x"}])).sudo()
        self.assertEqual((made.state, made.date_cancelled, advance.state), ("draft", False, "draft"))

    def test_forged_links(self):
        """attack 1: nobody links a payment or an entry to an advance, finance neither; the payment keeps its amount."""
        advance = self.pay_advance()
        payments, moves = self.env["account.payment"], self.env["account.move"]
        mine = {"payment_type": "inbound", "amount": 1000.0, "journal_id": self.bank.id, "travel_advance_id": advance.id}
        with self.assertRaises(ControlError):
            self.call(self.finance, payments, "create", [mine])
        with self.assertRaises(ControlError):
            self.call(self.finance, advance.payment_ids, "write", {"travel_advance_id": False})
        with self.assertRaises(ControlError):
            self.call(self.finance, moves, "create", [{"move_type": "entry", "travel_advance_id": advance.id}])
        self.call(self.finance, advance.payment_ids, "action_draft")
        self.assertEqual(advance.state, "approved")
        for vals in ({"amount": 1.0}, {"partner_id": self.customer.id}, {"destination_account_id": False}):
            with self.assertRaises(UserError):
                self.call(self.finance, advance.payment_ids, "write", vals)
        with self.assertRaisesRegex(UserError, "in draft"):
            self.call(self.finance, advance, "action_pay", self.bank.id)

    def test_cancelled_payment(self):
        """IC-14: a payment that is cancelled was none: the advance waits to be paid anew."""
        advance = self.pay_advance()
        self.call(self.finance, advance.payment_ids, "action_draft")
        self.call(self.finance, advance.payment_ids, "action_cancel")
        self.assertEqual((advance.state, advance.open_amount, advance.date_paid, self.held()), ("approved", 0.0, False, 0.0))
        self.call(self.finance, advance, "action_pay", self.cash.id)
        self.assertEqual((advance.state, advance.open_amount, self.held()), ("paid", 1000.0, 1000.0))

    def test_return(self):
        """IC-14: what comes back is a payment, reconciled; not more than is open, nor nothing."""
        advance = self.pay_advance()
        for amount in (0.0, -5.0, 1000.01):
            with self.assertRaises(UserError):
                self.call(self.finance, advance, "action_return", amount, self.bank.id)
        self.call(self.finance, advance, "action_return", 400.0, self.cash.id)
        self.assertEqual(
            (advance.state, advance.open_amount, advance.returned_amount, self.held()), ("paid", 600.0, 400.0, 600.0))
        self.call(self.finance, advance, "action_return", 600.0, self.bank.id)
        self.assertEqual((advance.state, advance.open_amount, self.held()), ("settled", 0.0, 0.0))
        back = advance.payment_ids.filtered(lambda payment: payment.payment_type == "inbound" and payment.amount == 600.0)
        self.call(self.finance, back, "action_draft")
        self.call(self.finance, back, "action_cancel")
        self.assertEqual((advance.state, advance.open_amount, self.held()), ("paid", 600.0, 600.0))

    def test_journal(self):
        """IC-14: a bank or cash journal of the company in its currency, and no other."""
        advance = self.make_advance()
        self.approve(advance)
        foreign = self.bank.copy({"currency_id": self.env.ref("base.EUR").id})
        for journal in (self.company_data["default_journal_misc"], foreign, self.bank.browse(10 ** 8)):
            with self.assertRaises(UserError):
                self.call(self.finance, advance, "action_pay", journal.id)
        wizard = self.env["business.travel.payment"]
        wizard_id = self.call(self.finance, wizard, "create", [{"kind": "pay", "advance_id": advance.id}])
        self.call(self.finance, wizard.browse(wizard_id), "action_confirm")
        self.assertEqual(advance.state, "paid")

    def test_open_advance(self):
        """RG-3.7: with an old advance open, another is noted, sent for approval or refused; by how much is said."""
        self.pay_advance(300.0)
        second = self.make_advance(200.0)
        banner = self.call(self.salesperson, second, "read", ["control_banner"])[0]["control_banner"]
        self.assertIn("300", banner)
        self.approve(second)
        self.call(self.finance, second, "action_pay", self.bank.id)
        self.assertEqual(self.events("noted", second).control_id.code, "travel.open_advance")
        self.set_mode("travel.open_advance", "block")
        third = self.make_advance(100.0)
        with self.assertRaisesRegex(UserError, "500"):
            self.call(self.salesperson, third, "action_approval_submit")
        self.set_mode("travel.open_advance", "approve")
        self.approve(third)
        self.call(self.finance, third, "action_pay", self.bank.id)
        self.assertIn("released", self.events(record=third).mapped("outcome"))
        self.set_mode("travel.open_advance", "block", threshold=1)
        fourth = self.make_advance(100.0)
        self.approve(fourth)
        self.assertEqual(fourth.state, "approved")

    def test_with_a_trip(self):
        """TE-0: the button on the trip makes the advance once; it is paid after the trip is approved."""
        request = self.env["business.travel.request"].with_user(self.salesperson).create({
            "employee_id": self.traveller.id, "traveller_ids": [Command.set(self.traveller.ids)], "purpose": "Guangzhou",
            "date_from": "2026-03-02", "date_to": "2026-03-04", "advance_wanted": 800.0,
        })
        action = self.call(self.salesperson, request, "action_create_advance")
        advance = self.advances.browse(action["res_id"]).sudo()
        self.assertEqual((advance.amount, advance.travel_request_id.id, advance.purpose), (800.0, request.id, "Guangzhou"))
        self.assertEqual(self.call(self.salesperson, request, "action_create_advance")["res_id"], advance.id)
        with self.assertRaises(AccessError):
            self.call(self.users["order_clerk"], request, "action_create_advance")
        with self.assertRaises(ControlError):  # attack: somebody else's trip
            self.make_advance(user=self.users["order_clerk"], travel_request_id=request.id)
        self.approve(advance)
        with self.assertRaisesRegex(UserError, "trip"):
            self.call(self.finance, advance, "action_pay", self.bank.id)

    def test_reminders(self):
        """RG-3.7: who holds an advance too long is told once, and finance; told nothing twice, taken back when settled."""
        with freeze_time("2026-01-05"):
            advance = self.pay_advance(100.0)
            fresh = self.pay_advance(50.0)
        self.assertEqual(advance.date_due, fields.Date.to_date("2026-02-04"))
        fresh.payment_ids.action_draft()
        fresh.payment_ids.action_cancel()
        activities = self.env["mail.activity"].sudo().search_count
        domain = [("res_model", "=", advance._name), ("res_id", "in", (advance + fresh).ids),
                  ("activity_type_id", "=", self.env.ref("business_dept.mail_activity_type_advance_open").id)]
        with freeze_time("2026-02-04"):
            self.run_cron("business_dept.ir_cron_travel_advance")
            self.assertEqual(activities(domain), 0)
        with freeze_time("2026-02-05"):
            for _run in range(2):
                self.run_cron("business_dept.ir_cron_travel_advance")
                self.assertEqual(activities(domain), 2)
            self.assertTrue(advance.is_overdue)
            self.assertIn(advance, self.advances.sudo().search([("is_overdue", "=", True)]))
            self.assertEqual(
                self.env["mail.activity"].sudo().search(domain).user_id, self.salesperson | self.finance)
            self.call(self.finance, advance, "action_return", 100.0, self.bank.id)
            self.run_cron("business_dept.ir_cron_travel_advance")
            self.assertEqual(activities(domain), 0)
