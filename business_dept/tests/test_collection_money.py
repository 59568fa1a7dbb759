# Part of business_dept. See LICENSE file for full copyright and licensing details.
from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common_collection import TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionMoney(CollectionCommon):
    """What the books say has arrived for an order (JJ-1.3.5): nothing is kept twice, nothing counts twice."""

    def test_deposit_invoice_and_balance(self):
        """JJ-1.3.4: the deposit pays the deposit, the rest pays the balance."""
        order = self.confirm("A")
        deposit = self.down_payment(order, 300.0)
        self.assertMoney(order, 0.0, 1000.0)
        self.pay(deposit)
        self.assertMoney(order, 300.0, 700.0)
        self.assertTrue(order.is_deposit_received)
        self.ship(order, 1000.0)
        balance = self.invoice(order, final=True)
        self.assertEqual(balance.amount_total, 700.0)
        self.pay_part(balance, 200.0)
        self.assertEqual(self.table(order), [
            ("deposit", 300.0, 300.0, 0.0, "paid"), ("balance", 700.0, 200.0, 500.0, "due"),
        ])
        self.pay(balance)
        self.assertMoney(order, 1000.0, 0.0)
        self.assertTrue(order.is_settled)

    def test_payment_undone(self):
        """JJ-1.3.5: what is unreconciled or cancelled has not arrived."""
        order = self.confirm("A")
        payment = self.pay(self.down_payment(order, 300.0))
        self.assertTrue(order.is_deposit_received)
        payment.action_draft()
        payment.action_cancel()
        self.assertMoney(order, 0.0, 1000.0)
        self.assertFalse(order.is_deposit_received)

    def test_invoice_cancelled(self):
        """JJ-1.3.5: the payment of an invoice that is cancelled stays with the order it was matched to."""
        order = self.confirm("A")
        invoice = self.down_payment(order, 300.0)
        self.pay(invoice)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertMoney(order, 300.0, 700.0)

    def test_payment_before_any_invoice(self):
        """JJ-1.3.3: a matched payment counts as deposit before anything is invoiced, and once when it is."""
        order = self.confirm("A")
        self.match(self.receive(500.0), order)
        self.assertEqual(self.table(order), [
            ("deposit", 300.0, 300.0, 0.0, "paid"), ("balance", 700.0, 200.0, 500.0, "waiting"),
        ])
        invoice = self.invoice(order)
        self.assertMoney(order, 500.0, 500.0)
        credit_line = order.env["account.payment"].search([("collection_order_id", "=", order.id)]).move_id.line_ids
        invoice.js_assign_outstanding_line(credit_line.filtered(lambda line: line.credit > 0).id)
        self.assertMoney(order, 500.0, 500.0)

    def test_credit_note(self):
        """JJ-4.1: a credit note is shown apart and takes off what is open; it is no receipt."""
        order = self.confirm("A", order_line=[Command.create({
            "product_id": self.product_slab.id, "product_uom_qty": 10, "price_unit": 100.0, "tax_ids": False,
        })])
        invoice = self.invoice(order)
        self.credit(invoice, quantity=2)
        self.assertMoney(order, 0.0, 800.0, credited=200.0)
        self.assertEqual(self.table(order), [
            ("deposit", 300.0, 0.0, 300.0, "due"), ("balance", 700.0, 0.0, 500.0, "waiting"),
        ])
        self.assertFalse(order.is_deposit_received)

    def test_refund_of_what_was_paid(self):
        """JJ-4.1: credited after payment it is to be returned, until it was given back."""
        order = self.confirm("A", order_line=[Command.create({
            "product_id": self.product_slab.id, "product_uom_qty": 10, "price_unit": 100.0, "tax_ids": False,
        })])
        invoice = self.invoice(order)
        self.pay(invoice)
        refund = self.credit(invoice, quantity=2)
        self.assertMoney(order, 1000.0, 0.0, credited=200.0, excess=200.0)
        self.pay(refund)
        self.assertMoney(order, 800.0, 0.0, credited=200.0)
        self.assertTrue(order.is_settled)

    def test_reversed_and_invoiced_again(self):
        """JJ-4.1: what is credited and invoiced again is owed."""
        order = self.confirm("A")
        invoice = self.invoice(order)
        self.credit(invoice)
        self.assertMoney(order, 0.0, 0.0, credited=1000.0)
        self.invoice(order)
        self.assertMoney(order, 0.0, 1000.0)

    def test_overpaid(self):
        """JJ-1.3.5: what is beyond the order is shown as such."""
        order = self.confirm("A")
        self.match(self.receive(1200.0), order)
        self.assertMoney(order, 1200.0, 0.0, excess=200.0)
        self.assertEqual(sum(order.instalment_ids.mapped("amount_received")), 1000.0)

    def test_cancelled_order(self):
        """JJ-4.1: what was received for a cancelled order is to be returned."""
        order = self.confirm("A")
        self.match(self.receive(300.0), order)
        order._action_cancel()
        self.assertMoney(order, 300.0, 0.0, excess=300.0)
        self.assertEqual(set(order.instalment_ids.mapped("state")), {"closed"})
        self.assertEqual(sum(order.instalment_ids.mapped("amount_open")), 0.0)

    def test_invoice_of_several_orders(self):
        """JJ-1.3.5: what pays an invoice of several orders counts for each by its lines."""
        orders = self.confirm("A", 1000.0) | self.confirm("A", 3000.0)
        invoice = orders.sudo()._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.pay_part(invoice, 1000.0)
        self.assertEqual(orders.mapped("collection_received"), [250.0, 750.0])
        payment = invoice.reconciled_payment_ids
        self.assertFalse(payment.collection_order_id, "it is of no single order")
        self.pay(invoice)
        self.assertEqual(orders.mapped("collection_received"), [1000.0, 3000.0])
        self.assertEqual(orders.mapped("is_settled"), [True, True])

    def test_taxes(self):
        """JJ-4.1: plan and money include taxes."""
        tax = self.company_data["default_tax_sale"]
        order = self.confirm("A", order_line=[Command.create({
            "product_id": self.product_slab.id, "price_unit": 1000.0, "tax_ids": [Command.set(tax.ids)],
        })])
        self.assertEqual(sum(order.instalment_ids.mapped("amount")), order.amount_total)
        self.pay(self.down_payment(order, order.instalment_ids[0].amount))
        self.assertTrue(order.is_deposit_received)
        self.pay(self.invoice(order, final=True))
        self.assertMoney(order, order.amount_total, 0.0)

    def test_foreign_currency(self):
        """JJ-1.3.5: money of an order in another currency is counted in the order's, by the invoice's own amounts."""
        euro = self.setup_other_currency("EUR", rates=[("2024-01-01", 2.0), ("2024-06-03", 4.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        with freeze_time("2024-05-01"):
            order = self.confirm("A", pricelist_id=pricelist.id)
            self.assertEqual(order.currency_id, euro)
            self.assertEqual(order.instalment_ids.mapped("amount_company"), [150.0, 350.0])
            deposit = self.down_payment(order, 300.0)
        self.pay_part(deposit, 100.0)
        self.assertMoney(order, 100.0, 900.0)
        company_payment = self.receive(50.0)
        self.match(company_payment, order)
        self.assertAlmostEqual(order.collection_received, 300.0 if not company_payment.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled) else 200.0)
        self.assertEqual(order.collection_received + order.collection_open, 1000.0)

    def test_payment_reconciled_with_another_order(self):
        """JJ-1.3.5: what of a matched payment pays another order's invoice counts there and not here."""
        order, other = self.confirm("A"), self.confirm("A")
        payment = self.receive(1000.0)
        self.match(payment, order)
        invoice = self.down_payment(other, 400.0)
        invoice.js_assign_outstanding_line(
            payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable").id)
        self.assertMoney(order, 600.0, 400.0)
        self.assertMoney(other, 400.0, 600.0)
        self.assertEqual(payment.collection_order_id, order)

    def test_draft_counts_for_nothing(self):
        """JJ-1.3.5: a payment that is not posted has not arrived."""
        order = self.confirm("A")
        self.down_payment(order, 300.0)
        self.env["account.payment"].create({
            "payment_type": "inbound", "partner_id": self.customer.id, "amount": 300.0, "journal_id": self.journal.id,
        })
        self.assertMoney(order, 0.0, 1000.0)
