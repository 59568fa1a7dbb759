# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controls import ControlError
from .common_collection import TODAY, CollectionCommon

DAY = date.fromisoformat(TODAY)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionControls(CollectionCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("collection.deposit", "collection.unconfirmed", "collection.dispatch"):
            cls.env["business.control"]._get_by_code(code).with_company(cls.company).mode = "block"

    def found(self, order, moment):
        """``{code: amount}`` of what a moment breaks."""
        return {
            finding.control.code: finding.breach.amount for finding in order._find_breaches(moment).get(order, [])
            if finding.control.code.startswith("collection.")
        }

    def test_release_waits_for_the_deposit(self):
        """JJ-1.3.3: production follows the deposit; the breach is what is missing."""
        order = self.confirm("A")
        self.assertEqual(self.found(order, "release"), {"collection.deposit": 300.0})
        with self.assertRaisesRegex(ControlError, r"300\.00 of the deposit of .*300\.00 has not arrived.*JJ-1\.3\.3"):
            order._check_controls("release")
        self.match(self.receive(100.0), order)
        self.assertEqual(self.found(order, "release"), {"collection.deposit": 200.0})
        self.match(self.receive(200.0), order)
        order._check_controls("release")

    def test_release_waits_for_finance(self):
        """IC-14, JJ-1.3.5: what somebody else entered counts once finance has confirmed it."""
        order = self.confirm("A")
        payment = self.pay_part(self.down_payment(order, 300.0), 300.0)
        self.assertEqual(self.found(order, "release"), {"collection.unconfirmed": 300.0})
        self.call(self.finance, payment, "action_collection_confirm")
        self.assertEqual(self.found(order, "release"), {})

    def test_no_deposit_asked(self):
        """JJ-1.3.3: without a deposit nothing holds the release."""
        self.grades["B"].deposit_percent = 0.0
        self.assertEqual(self.found(self.confirm("B"), "release"), {})

    def test_dispatch_of_grade_a(self):
        """JJ-4.1.A: the balance is due when the goods leave, not before."""
        order = self.confirm("A")
        self.assertEqual(self.found(order, "dispatch"), {"collection.dispatch": 300.0})
        self.match(self.receive(300.0), order)
        self.assertEqual(self.found(order, "dispatch"), {})

    def test_dispatch_after_an_unpaid_shipment(self):
        """JJ-1.3.4: no more goods while the balance of earlier ones is overdue; the threshold tolerates days."""
        order = self.confirm("A")
        self.match(self.receive(300.0), order)
        self.ship(order, 500.0)
        self.assertEqual(self.found(order, "dispatch"), {}, "due today is not overdue")
        with freeze_time(DAY + timedelta(days=2)):
            self.assertEqual(self.found(order, "dispatch"), {"collection.dispatch": 350.0})
            self.set_mode("collection.dispatch", "block", threshold=5)
            self.assertEqual(self.found(order, "dispatch"), {})
        with freeze_time(DAY + timedelta(days=6)):
            self.assertEqual(self.found(order, "dispatch"), {"collection.dispatch": 350.0})

    def test_dispatch_of_who_pays_at_once(self):
        """JJ-4.1: what is due on confirmation is there before goods leave."""
        self.profile._apply_grade(self.grades["A"].browse())
        order = self.make_order(1000.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self.found(order, "dispatch"), {"collection.dispatch": 1000.0})

    def test_statements(self):
        """JJ-1.3.3: the checks of 20 orders take as many statements as those of one."""
        orders = self.env["sale.order"].concat(*[self.confirm("A") for _number in range(20)])
        for order in orders[:10]:
            self.pay_part(self.down_payment(order, 300.0), 300.0)
        counts = []
        for of_these in (orders, orders, orders[0]):
            self.env.flush_all()
            of_these.mapped("currency_id.rounding")
            before = self.env.cr.sql_log_count
            for moment in ("release", "dispatch"):
                of_these._find_breaches(moment)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[2] + 2)

    def overdue(self, order):
        return {
            finding.control.code: finding.breach.amount for finding in order._find_breaches("confirm").get(order, [])
        }.get("credit.overdue")

    def test_overdue_instalment_holds_the_next_order(self):
        """RG-3.8, JJ-4.1: what is overdue by the plan counts although nobody has invoiced it."""
        order = self.confirm("A")
        following = self.make_order(100.0)
        self.assertFalse(self.overdue(following))
        with freeze_time(DAY + timedelta(days=3)):
            self.assertEqual(self.overdue(following), 300.0)
            self.match(self.receive(300.0), order)
            self.assertFalse(self.overdue(following))

    def test_overdue_counts_once(self):
        """RG-3.8: what is overdue by the plan and by an invoice is overdue once."""
        order = self.confirm("A")
        following = self.make_order(100.0)
        invoice = self.down_payment(order, 200.0)
        with freeze_time(DAY + timedelta(days=60)):
            self.assertEqual(invoice.invoice_date_due, DAY)
            self.assertEqual(self.overdue(following), 300.0)  # 200 invoiced, 100 not
            self.pay_part(invoice, 150.0)
            self.assertEqual(self.overdue(following), 150.0)

    def test_statements_of_a_confirmation(self):
        """RG-3.8: looking at the plans costs the confirmation no statement of its own."""
        self.confirm("A")
        following = self.make_order(100.0)
        self.env.flush_all()
        following._find_breaches("confirm")
        before = self.env.cr.sql_log_count
        following._find_breaches("confirm")
        self.assertLessEqual(self.env.cr.sql_log_count - before, 6)

    def test_reminder(self):
        """JJ-1.3.4: the reminder opens Odoo's composer while something is open, and no longer."""
        order = self.confirm("A")
        action = self.call(self.salesperson, order, "action_collection_remind")
        composer = self.env["mail.compose.message"].with_user(self.salesperson).with_context(
            **action["context"]).create({})
        self.assertIn("300.00", composer.body)
        self.match(self.receive(1000.0), order)
        with self.assertRaises(UserError):
            self.call(self.salesperson, order, "action_collection_remind")

    def test_statement_prints(self):
        """JJ-1.3.4: the statement names what is asked for, in both languages."""
        order = self.confirm("A")
        html = self.env["ir.actions.report"].with_user(self.salesperson)._render_qweb_html(
            "business_dept.report_payment_statement", order.ids)[0].decode()
        self.assertIn("定金", html)
        self.assertIn("300.00", html)

    def test_portal_plan(self):
        """JJ-4.1: the customer reads what he is asked for, of a confirmed order only."""
        quotation = self.make_order(100.0)
        self.assertEqual(quotation._get_portal_plan(), [])
        order = self.confirm("A")
        self.assertEqual([(row["amount"], row["paid"]) for row in order._get_portal_plan()], [(300.0, 0.0), (700.0, 0.0)])
