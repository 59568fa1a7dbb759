# Part of business_dept. See LICENSE file for full copyright and licensing details.
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_collection import TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionReceipts(CollectionCommon):
    """IC-14, JJ-1.3.5: finance says what has arrived, and for what."""

    def record(self, order, amount, user=None, **vals):
        """Record a receipt by the dialog."""
        wizard = self.env["business.receipt.record"].with_user(user or self.finance).create({
            "order_id": order.id, "amount": amount, "journal_id": self.journal.id, "reference": "TT-4711", **vals,
        })
        return self.call(user or self.finance, wizard, "action_record")

    def test_suggestion(self):
        """JJ-1.3.5: each receipt comes with the order it most probably pays, what is expected and what it differs by."""
        first, second = self.confirm("A", 1000.0), self.confirm("A", 2000.0)
        by_name = self.receive(50.0, reference=f"payment {second.name}")
        by_amount = self.receive(600.0)
        oldest = self.receive(70.0)
        for payment, order, expected, difference, note in (
            (by_name, second, 600.0, -550.0, "550.00 less than expected"),
            (by_amount, second, 600.0, 0.0, "Exactly what is expected"),
            (oldest, first, 300.0, -230.0, "230.00 less than expected"),
        ):
            payment = payment.with_user(self.finance)
            self.assertEqual(payment.collection_suggested_order_id, order)
            self.assertEqual(payment.collection_expected, expected)
            self.assertEqual(payment.collection_difference, difference)
            self.assertIn(note, payment.collection_note)
        stranger = self.receive(50.0, partner=self.env["res.partner"].create({"name": "Nobody"}))
        self.assertFalse(stranger.collection_suggested_order_id)
        self.assertIn("No open order", stranger.collection_note)

    def test_more_than_expected(self):
        """JJ-1.3.5: what is more pays what comes next; beyond the order it is to be returned."""
        order = self.confirm("A")
        self.assertIn("200.00 more than expected", self.receive(500.0).collection_note)
        self.assertIn("400.00 more than the order asks for", self.receive(1400.0).collection_note)
        self.assertEqual(order.instalment_ids.mapped("state"), ["due", "waiting"])

    def test_match_and_confirm(self):
        """IC-14: the match says who confirmed and when, and reconciles the open invoices, oldest first."""
        order = self.confirm("A")
        deposit = self.down_payment(order, 300.0)
        payment = self.receive(350.0)
        self.call(self.finance, payment, "action_collection_match")
        self.assertEqual(payment.collection_order_id, order)
        self.assertEqual(payment.collection_confirmed_by_id, self.finance)
        self.assertTrue(payment.collection_confirmed_on)
        self.assertEqual(deposit.payment_state, "paid")
        self.assertEqual(self.table(order), [
            ("deposit", 300.0, 300.0, 0.0, "paid"), ("balance", 700.0, 50.0, 650.0, "waiting"),
        ])
        self.assertIn("BANK-1", order.message_ids[0].body)

    def test_choose_another_order(self):
        """JJ-1.3.5: the dialog shows what another order expects before it is chosen."""
        self.confirm("A", 1000.0)
        other = self.confirm("A", 2000.0)
        payment = self.receive(300.0)
        action = self.call(self.finance, payment, "action_collection_choose_order")
        form = Form(self.env["business.receipt.match"].with_user(self.finance).with_context(**action["context"]))
        form.order_id = other
        self.assertEqual((form.expected, form.difference), (600.0, -300.0))
        form.save().action_match()
        self.assertEqual(payment.collection_order_id, other)

    def test_undo(self):
        """JJ-1.3.5: a wrong match is undone with a reason, its reconciliation too."""
        order = self.confirm("A")
        invoice = self.down_payment(order, 300.0)
        payment = self.receive(300.0)
        self.match(payment, order)
        self.assertEqual(self.call(self.finance, payment, "action_collection_unmatch")["res_model"],
                         "business.receipt.unmatch")
        self.call(self.finance, payment, "action_collection_unmatch", "It was for another order")
        self.assertFalse(payment.collection_order_id or payment.collection_confirmed_by_id)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertMoney(order, 0.0, 1000.0)
        self.assertIn("It was for another order", order.message_ids[0].body)

    def test_record_receipt(self):
        """IC-14: one dialog makes the payment, posts, matches and confirms it."""
        order = self.confirm("A")
        action = self.call(self.finance, order.instalment_ids[0], "action_record_receipt")
        form = Form(self.env["business.receipt.record"].with_user(self.finance).with_context(**action["context"]))
        self.assertEqual(form.amount, 300.0)
        self.assertIn("Exactly", form.gap)
        form.reference = "TT-4711"
        form.save().action_record()
        payment = self.env["account.payment"].search([("collection_order_id", "=", order.id)])
        self.assertEqual(payment.payment_reference, "TT-4711")
        self.assertEqual(payment.amount, 300.0)
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(payment.collection_confirmed_by_id, self.finance)
        self.assertTrue(order.is_deposit_received)

    def test_deposit_invoice(self):
        """JJ-1.3.3: finance makes the deposit's invoice, once."""
        order = self.confirm("A")
        action = self.call(self.finance, order, "action_collection_deposit_invoice")
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((invoice.state, invoice.amount_total), ("draft", 300.0))
        with self.assertRaisesRegex(UserError, "not invoiced yet"):
            self.call(self.finance, order, "action_collection_deposit_invoice")
        self.assertEqual(sum(order.instalment_ids.mapped("amount")), 1000.0)
        invoice.action_post()
        self.match(self.receive(300.0), order)
        self.assertEqual(invoice.payment_state, "paid")

    def test_registered_on_the_invoice(self):
        """JJ-1.3.5: a payment registered on an invoice of one order matches itself; finance confirms by doing it."""
        order = self.confirm("A")
        invoice = self.down_payment(order, 300.0)
        by_other = self.pay_part(invoice, 100.0)
        self.assertEqual(by_other.collection_order_id, order)
        self.assertFalse(by_other.collection_confirmed_by_id)
        by_finance = self.pay_part(invoice, 200.0, user=self.finance)
        self.assertEqual(by_finance.collection_confirmed_by_id, self.finance)
        self.call(self.finance, by_other, "action_collection_confirm")
        self.assertEqual(by_other.collection_confirmed_by_id, self.finance)

    def test_paid_online(self):
        """JJ-1.3.3, IC-14: what the customer pays online for an order is for that order, and waits for finance."""
        order = self.confirm("A")
        provider = self.env["payment.provider"].create({"name": "Online", "company_id": self.company.id})
        transaction = self.env["payment.transaction"].create({
            "provider_id": provider.id, "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
            "reference": "TX-1", "amount": 300.0, "currency_id": order.currency_id.id, "partner_id": self.customer.id,
            "sale_order_ids": [Command.set(order.ids)],
        })
        payment = self.receive(300.0, payment_transaction_id=transaction.id)
        self.assertEqual(payment.collection_order_id, order)
        self.assertFalse(payment.collection_confirmed_by_id)
        self.assertTrue(order.is_deposit_received)

    def test_changed_payment_is_confirmed_anew(self):
        """IC-14: what was confirmed and reset may have another amount now."""
        order = self.confirm("A")
        payment = self.receive(300.0)
        self.match(payment, order)
        payment.action_draft()
        self.assertFalse(payment.collection_confirmed_by_id)
        payment.amount = 100.0
        payment.action_post()
        self.assertMoney(order, 100.0, 900.0)
        self.call(self.finance, payment, "action_collection_confirm")
        self.assertTrue(payment.collection_confirmed_by_id)

    def test_what_cannot_be_matched(self):
        """JJ-1.3.5: drafts, other customers, other orders, other companies, cancelled orders, twice."""
        order, other = self.confirm("A"), self.confirm("A")
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        draft = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_id": self.customer.id, "amount": 1.0, "journal_id": self.journal.id})
        matched = self.receive(10.0)
        self.match(matched, order)
        for payment, target, message in (
            (draft, order, "no posted receipt"),
            (self.receive(10.0, partner=stranger), order, "does not come from the customer"),
            (matched, other, "Undo that first"),
            (matched, order, "confirmed already"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.match(payment, target)
        company_2 = self.setup_other_company()["company"]
        foreign = self.env["sale.order"].with_company(company_2).create({
            "partner_id": self.customer.id, "company_id": company_2.id,
        })
        with self.assertRaisesRegex(UserError, "different companies"):
            self.match(self.receive(10.0), foreign)
        other._action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.match(self.receive(10.0), other)

    def test_only_finance(self):
        """IC-14: nobody else matches, confirms, records, undoes."""
        order = self.confirm("A")
        payment = self.receive(300.0)
        for post in ("salesperson", "order_clerk", "department_manager", "executive_office", "auditor"):
            user = self.users[post]
            with self.subTest(post):
                for method, args in (
                    ("action_collection_match", [order.id]), ("action_collection_confirm", []),
                    ("action_collection_unmatch", ["x"]), ("action_collection_choose_order", []),
                ):
                    with self.assertRaises(AccessError):
                        self.call(user, payment, method, *args)
                with self.assertRaises(AccessError):
                    self.record(order, 300.0, user=user)
                for method in ("action_collection_record_receipt", "action_collection_deposit_invoice"):
                    with self.assertRaises(AccessError):
                        self.call(user, order, method)
        self.assertFalse(payment.collection_order_id)

    def test_not_for_ones_own_order(self):
        """IC-7, IC-14: who is finance and salesperson at once does not confirm what was paid for his order."""
        order = self.confirm("A")
        order.user_id = self.finance
        payment = self.receive(300.0)
        for act in (lambda: self.match(payment, order), lambda: self.record(order, 300.0)):
            with self.assertRaisesRegex(UserError, "You are the salesperson"):
                act()
        self.assertEqual(len(self.take_refusals("collection.own_receipt")), 2)
        self.assertFalse(payment.collection_order_id)
        paid = self.pay_part(self.down_payment(order, 300.0), 300.0, user=self.finance)
        self.assertFalse(paid.collection_confirmed_by_id)

    def test_screen(self):
        """JJ-1.3.5: the screen of finance opens."""
        self.confirm("A")
        self.receive(300.0)
        action = self.env.ref("business_dept.account_payment_action_collection")
        payments = self.env["account.payment"].with_user(self.finance).with_company(self.company)
        found = payments.search([("payment_type", "=", "inbound"), ("collection_confirmed_by_id", "=", False)])
        self.assertTrue(found.read(["collection_note", "collection_difference", "collection_suggested_order_id"]))
        self.assertTrue(payments.get_views([(action.view_ids[0].view_id.id, "list")]))

    def test_clerk_is_told_at_once(self):
        """JJ-1.3.3: with the deposit the follow-up clerk is told that orders can be released, once for all that it flips."""
        clerk = self.users["order_clerk"]
        self.company.follow_user_id = clerk
        orders = self.confirm("A", commitment_date="2024-07-01") + self.confirm("A", commitment_date="2024-07-01")
        payments = self.receive(300.0) + self.receive(300.0)
        for payment, order in zip(payments, orders, strict=True):
            payment.sudo().collection_order_id = order
        cron = self.env.ref("business_dept.ir_cron_order_follow_up")
        triggers = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", cron.id)])
        orders._refresh_collection()
        orders._refresh_collection()
        self.assertEqual(orders.mapped("is_deposit_received"), [True, True])
        self.assertEqual(
            self.env["ir.cron.trigger"].sudo().search_count([("cron_id", "=", cron.id), ("id", "not in", triggers.ids)]), 1)
        self.run_cron("business_dept.ir_cron_order_follow_up")
        self.assertEqual(orders.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref("business_dept.mail_activity_type_order_release")
        ).mapped("user_id"), clerk)
