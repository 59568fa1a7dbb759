# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields

from .common import BusinessCommon

TODAY = "2024-06-03"


class CollectionCommon(BusinessCommon):
    """Confirmed orders of a graded customer, shipments, invoices and payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("A", "B", "C"):
            cls.grades[code].credit_limit = 10_000_000.0
        cls.profile._apply_grade(cls.grades["A"])
        cls.journal = cls.company_data["default_journal_bank"]

    def confirm(self, grade="A", amount=1000.0, **vals):
        """A confirmed order of a customer of a grade."""
        self.set_grade(grade)
        order = self.make_order(amount, **vals)
        order.with_user(order.user_id).action_confirm()
        return order

    def ship(self, order, amount, dispatched=None, arrived=None):
        """Goods of an order that have left."""
        shipment = self.env["business.shipment"].sudo().create({
            "name": f"Shipment {len(order.shipment_ids) + 1}", "order_id": order.id, "company_id": order.company_id.id,
            "partner_id": order.partner_id.id, "amount": amount,
            "date_dispatch": dispatched or fields.Date.today(), "date_arrival": arrived,
        })
        order.sudo()._fulfilment_changed()
        return shipment

    def invoice(self, order, **vals):
        """A posted invoice of all that can be invoiced."""
        move = order.sudo()._create_invoices(**vals)
        move.action_post()
        return move

    def down_payment(self, order, amount):
        """A posted down payment invoice."""
        move = self.env["sale.advance.payment.inv"].sudo().create({
            "sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": amount,
        })._create_invoices(order.sudo())
        move.action_post()
        return move

    def receive(self, amount, partner=None, currency=None, reference="BANK-1", **vals):
        """A posted payment of the customer that nobody has matched."""
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": (partner or self.customer).id,
            "amount": amount, "journal_id": self.journal.id, "payment_reference": reference,
            **({"currency_id": currency.id} if currency else {}), **vals,
        })
        payment.action_post()
        return payment

    def pay_part(self, invoice, amount, user=None):
        """Register a part payment of an invoice by Odoo's own dialog."""
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids)
        if user:
            register = register.with_user(user)
        return register.create({"amount": amount, "payment_difference_handling": "open"})._create_payments()

    def credit(self, invoice, quantity=None):
        """A posted credit note of an invoice, or of a part of it."""
        move = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
        if quantity is not None:
            move.invoice_line_ids.quantity = quantity
        move.action_post()
        return move

    def match(self, payment, order, user=None):
        """Match a payment as finance does."""
        return self.call(user or self.finance, payment, "action_collection_match", order.id)

    def table(self, order):
        """The plan of an order: kind, amount, received, open, state."""
        return [(row.kind, row.amount, row.amount_received, row.amount_open, row.state) for row in order.instalment_ids]

    def assertMoney(self, order, received, open_, credited=0.0, excess=0.0):
        self.assertEqual(
            (order.collection_received, order.collection_open, order.collection_credited, order.collection_excess),
            (received, open_, credited, excess),
        )
