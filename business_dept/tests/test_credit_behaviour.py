# Part of business_dept. See LICENSE file for full copyright and licensing details.
import datetime
import random

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.business_dept.policy.credit import PaymentBehaviour, SettledPart, behaviour


def day(text):
    return fields.Date.to_date(text)


@tagged("post_install", "-at_install", "credit")
class TestCreditBehaviour(AccountTestInvoicingCommon):
    """Payment behaviour from Odoo's own invoices and their reconciliation (JJ-4.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.Profile = cls.env["business.credit.profile"]
        cls.customer = cls.env["res.partner"].create({"name": "Customer", "is_company": True})
        cls.contact = cls.env["res.partner"].create({"name": "Contact", "parent_id": cls.customer.id})
        cls.term = cls.env["account.payment.term"].create({
            "name": "30 days",
            "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
        })

    def _invoice(self, date, amount, partner=None, move_type="out_invoice", term=None, currency=None):
        """Post an invoice without taxes, due after 30 days."""
        move = self.env["account.move"].create({
            "move_type": move_type,
            "partner_id": (partner or self.customer).id,
            "invoice_date": date,
            "date": date,
            "currency_id": (currency or self.company.currency_id).id,
            "invoice_payment_term_id": (term or self.term).id if move_type == "out_invoice" else False,
            "invoice_line_ids": [Command.create({"name": "Stone", "price_unit": amount, "tax_ids": []})],
        })
        move.action_post()
        return move

    def _pay(self, moves, date, amount=None, **kwargs):
        """Pay invoices through the bank, wholly or in part."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({"payment_date": date, **({"amount": amount} if amount is not None else {}), **kwargs})
        return wizard._create_payments()

    def _measure(self, as_of="2024-12-31", partner=None, **kwargs):
        return self.Profile._fetch_behaviour(self.company, day(as_of), **kwargs).get((partner or self.customer).id)

    def _expect(self, *parts, as_of="2024-12-31"):
        """Behaviour by the reference in policy/."""
        return behaviour(
            [SettledPart(name, amount, day(due), day(settled) if settled else None)
             for name, amount, due, settled in parts],
            day(as_of),
        )

    def _assert_same(self, measured, expected):
        for name in (
            "count", "on_time_share", "mean_days_late", "worst_days_late", "overdue_share", "overdue_amount",
            "overdue_oldest_days",
        ):
            self.assertAlmostEqual(getattr(measured, name), getattr(expected, name), 6, name)

    def test_paid_in_time_and_late(self):
        """JJ-4.2: an invoice paid on its due date is in time, one paid nine days later is nine days late."""
        self._pay(self._invoice("2024-01-01", 1000), "2024-01-31")
        self._pay(self._invoice("2024-01-01", 3000), "2024-02-09")
        measured = self._measure()
        self._assert_same(measured, self._expect(
            ("1", 1000, "2024-01-31", "2024-01-31"), ("2", 3000, "2024-01-31", "2024-02-09"),
        ))
        self.assertEqual((measured.count, measured.on_time_share, measured.mean_days_late), (2, 0.25, 6.75))
        self.assertEqual(measured.turnover_12m, 4000)

    def test_contact_counts_for_the_company(self):
        """JJ-4.2: invoices to a contact count for the commercial entity."""
        self._pay(self._invoice("2024-01-01", 1000, partner=self.contact), "2024-02-10")
        self.assertEqual(self._measure().worst_days_late, 10)

    def test_partly_paid(self):
        """JJ-4.2: each part of an invoice has its own delay; what is open is late until today."""
        invoice = self._invoice("2024-01-01", 1000)
        self._pay(invoice, "2024-01-20", 400)
        self._pay(invoice, "2024-02-10", 350)
        self._assert_same(self._measure("2024-03-01"), self._expect(
            ("1", 400, "2024-01-31", "2024-01-20"), ("1", 350, "2024-01-31", "2024-02-10"),
            ("1", 250, "2024-01-31", None), as_of="2024-03-01",
        ))

    def test_known_then(self):
        """JJ-4.2: on a past day neither later payments nor later invoices were known."""
        invoice = self._invoice("2024-01-01", 1000)
        self._pay(invoice, "2024-01-20", 400)
        self._pay(invoice, "2024-02-10", 600)
        self._invoice("2024-02-05", 500)
        for as_of in ("2024-01-15", "2024-01-25", "2024-01-31", "2024-02-01", "2024-02-09", "2024-02-10"):
            measured = self._measure(as_of)
            expected = self._expect(
                ("1", 400, "2024-01-31", "2024-01-20"), ("1", 600, "2024-01-31", "2024-02-10"), as_of=as_of,
            )
            self._assert_same(measured, expected)
            self.assertEqual(measured.turnover_12m, 1500 if as_of >= "2024-02-05" else 1000)
        self.assertIsNone(self._measure("2023-12-31"))

    def test_instalments(self):
        """JJ-4.2: each instalment is due on its own date; the invoice counts once."""
        term = self.env["account.payment.term"].create({
            "name": "Half and half",
            "line_ids": [
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 10}),
                Command.create({"value": "percent", "value_amount": 50, "nb_days": 40}),
            ],
        })
        invoice = self._invoice("2024-01-01", 1000, term=term)
        self._pay(invoice, "2024-01-16", 1000, installments_mode="full")
        self._assert_same(self._measure(), self._expect(
            ("1", 500, "2024-01-11", "2024-01-16"), ("1", 500, "2024-02-10", "2024-01-16"),
        ))

    def test_refund_is_no_payment(self):
        """JJ-4.2: what a credit note settles counts neither as in time nor as late, and is not open any more."""
        invoice = self._invoice("2024-01-01", 1000)
        refund = self._invoice("2024-03-01", 400, move_type="out_refund")
        (invoice | refund).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        self._pay(invoice, "2024-03-01", 600)
        measured = self._measure()
        self._assert_same(measured, self._expect(("1", 600, "2024-01-31", "2024-03-01")))
        self.assertEqual(measured.turnover_12m, 600)

    def test_fully_refunded(self):
        """JJ-4.2: an invoice that was credited wholly says nothing about payment."""
        invoice = self._invoice("2024-01-01", 1000)
        refund = self._invoice("2024-03-01", 1000, move_type="out_refund")
        (invoice | refund).line_ids.filtered(lambda line: line.display_type == "payment_term").reconcile()
        measured = self._measure()
        self.assertEqual((measured.count, measured.overdue_amount, measured.turnover_12m), (0, 0, 0))
        self.assertEqual(self._measure("2024-02-29").overdue_amount, 1000, "it was open until the credit note came")

    def test_write_off_is_late(self):
        """JJ-4.2: a debt written off was not paid: it is late until the day it was written off."""
        invoice = self._invoice("2024-01-01", 1000)
        entry = self.env["account.move"].create({
            "date": "2024-12-01",
            "journal_id": self.company_data["default_journal_misc"].id,
            "line_ids": [
                Command.create({
                    "account_id": self.company_data["default_account_receivable"].id,
                    "partner_id": self.customer.id, "credit": 1000,
                }),
                Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 1000}),
            ],
        })
        entry.action_post()
        (invoice | entry).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self._assert_same(self._measure(), self._expect(("1", 1000, "2024-01-31", "2024-12-01")))

    def test_prepaid(self):
        """JJ-4.2: a deposit paid before the invoice is in time."""
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_type": "customer", "partner_id": self.customer.id,
            "amount": 300, "date": "2023-12-01", "journal_id": self.company_data["default_journal_bank"].id,
        })
        payment.action_post()
        invoice = self._invoice("2024-01-01", 1000)
        (invoice | payment.move_id).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        ).reconcile()
        self._assert_same(self._measure("2024-02-10"), self._expect(
            ("1", 300, "2024-01-31", "2023-12-01"), ("1", 700, "2024-01-31", None), as_of="2024-02-10",
        ))

    def test_foreign_currency(self):
        """JJ-4.2: amounts are the company's; an exchange difference is neither in time nor late."""
        currency = self.setup_other_currency("EUR", rates=[("2024-01-01", 0.5), ("2024-02-01", 0.8)])
        invoice = self._invoice("2024-01-10", 100, currency=currency)
        line = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(line.balance, 200)
        self._pay(invoice, "2024-02-19", 100, currency_id=currency.id)
        self.assertTrue(line.reconciled)
        measured = self._measure()
        self.assertEqual((measured.worst_days_late, measured.mean_days_late, measured.overdue_amount), (10, 10, 0))
        self.assertEqual((measured.count, measured.on_time_share), (1, 0))
        self.assertEqual(measured.turnover_12m, 200)

    def test_companies_apart(self):
        """JJ-4.2: one company's customers are not judged by another company's invoices."""
        self._pay(self._invoice("2024-01-01", 1000), "2024-03-01")
        other = self.env["res.company"].create({"name": "Other"})
        self.assertNotIn(self.customer.id, self.Profile._fetch_behaviour(other, day("2024-12-31")))

    def test_drafts_and_cancelled(self):
        """JJ-4.2: drafts and cancelled invoices do not count."""
        invoice = self._invoice("2024-01-01", 1000)
        invoice.button_draft()
        self.assertIsNone(self._measure())
        invoice.button_cancel()
        self.assertIsNone(self._measure())

    def test_history_and_invoices_together(self):
        """JJ-4.2: imported history and Odoo's invoices count alike; foreign amounts at the rate of the invoice."""
        currency = self.setup_other_currency("EUR", rates=[("2023-01-01", 0.5), ("2023-06-01", 0.8)])
        self._pay(self._invoice("2024-01-01", 1000), "2024-02-04")
        self.env["business.payment.history"].sudo().create([
            {"partner_id": self.contact.id, "invoice_number": "H1", "invoice_date": "2023-02-01",
             "due_date": "2023-03-01", "settled_date": "2023-02-20", "amount": 100, "currency_id": currency.id,
             "company_id": self.company.id},
            {"partner_id": self.customer.id, "invoice_number": "H2", "invoice_date": "2023-02-01",
             "due_date": "2023-03-01", "settled_date": "2023-04-20", "amount": 500, "company_id": self.company.id,
             "currency_id": self.company.currency_id.id},
        ])
        self._assert_same(self._measure(), self._expect(
            ("1", 1000, "2024-01-31", "2024-02-04"), ("2", 200, "2023-03-01", "2023-02-20"),
            ("3", 500, "2023-03-01", "2023-04-20"),
        ))
        self._assert_same(self._measure(window_months=12), self._expect(("1", 1000, "2024-01-31", "2024-02-04")))

    def test_sql_agrees_with_the_reference(self):
        """JJ-4.2: on random histories the SQL gives what the pure function gives, on every day."""
        rng = random.Random(42)
        partners = self.env["res.partner"].create([{"name": f"R{n}", "is_company": True} for n in range(8)])
        history, parts = [], {partner.id: [] for partner in partners}
        start = datetime.date(2022, 1, 1)
        for number in range(200):
            partner = rng.choice(partners)
            issued = start + datetime.timedelta(days=rng.randrange(700))
            due = issued + datetime.timedelta(days=rng.choice((0, 10, 30)))
            settled = issued + datetime.timedelta(days=rng.randrange(120))
            amount = rng.randrange(1, 100_000) / 100
            history.append({
                "partner_id": partner.id, "invoice_number": str(number), "invoice_date": issued, "due_date": due,
                "settled_date": settled, "amount": amount, "company_id": self.company.id,
                "currency_id": self.company.currency_id.id,
            })
            parts[partner.id].append((issued, SettledPart(str(number), amount, due, settled)))
        self.env["business.payment.history"].sudo().create(history)
        for offset in range(0, 900, 37):
            as_of = start + datetime.timedelta(days=offset)
            measured = self.Profile._fetch_behaviour(self.company, as_of, partners.ids)
            for partner in partners:
                known = [part for issued, part in parts[partner.id] if issued <= as_of]
                self._assert_same(measured.get(partner.id, PaymentBehaviour()), behaviour(known, as_of))

    def test_one_statement(self):
        """JJ-4.2: all customers are measured by one statement."""
        self._pay(self._invoice("2024-01-01", 1000), "2024-03-01")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.Profile._fetch_behaviour(self.company, day("2024-12-31"))
