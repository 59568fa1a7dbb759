# Part of business_dept. See LICENSE file for full copyright and licensing details.
import csv
import datetime

from odoo import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import file_open


def read_receivables():
    """Return the rows of the public receivables file, with dates and amounts parsed.

    :rtype: list[dict]
    """
    def day(text):
        return datetime.datetime.strptime(text, "%m/%d/%Y").date()

    with file_open("business_dept/tests/data/accounts_receivable.csv") as file:
        return [
            {
                "customer": row["customerID"],
                "invoice_number": row["invoiceNumber"],
                "invoice_date": day(row["InvoiceDate"]),
                "due_date": day(row["DueDate"]),
                "settled_date": day(row["SettledDate"]),
                "amount": float(row["InvoiceAmount"]),
                "disputed": row["Disputed"] == "Yes",
            }
            for row in csv.DictReader(file)
        ]


class CreditCommon(TransactionCase):
    """A company with the shipped grades, and one user for each post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={
            **cls.env.context, "tracking_disable": True, "no_reset_password": True, "tz": "UTC",  # Date.today() is UTC
        })
        cls.company = cls.env["res.company"].create({"name": "Stone Works"})
        cls.env.user.company_ids = [Command.link(cls.company.id)]
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.grades = {
            grade.code: grade
            for grade in cls.env["business.credit.grade"].search([("company_id", "=", cls.company.id)])
        }
        cls.policy = cls.env["business.credit.policy"]._get_for(cls.company)
        cls.users = {
            post: cls._new_user(post)
            for post in (
                "salesperson", "customer_service", "order_clerk", "market_researcher", "safety_officer",
                "deputy_manager", "department_manager", "finance", "executive_office", "regulation_admin", "auditor",
            )
        }
        cls.Profile = cls.env["business.credit.profile"]
        cls.Run = cls.env["business.credit.run"]

    @classmethod
    def _new_user(cls, post, login=None):
        """Make a user of the company that holds one post."""
        return new_test_user(
            cls.env, login=login or f"credit_{post}", groups=f"base.group_user,business_dept.group_{post}",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], name=login or post,
        )

    @classmethod
    def _new_customer(cls, name="Customer", **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def _new_history(cls, partner, *days_late, amount=100.0, year=2023, **vals):
        """Import one invoice for each delay; a delay below 0 is paid early.

        :return: ``business.payment.history``
        """
        rows = []
        for number, late in enumerate(days_late):
            due = datetime.date(year, 1, 31) + datetime.timedelta(days=7 * number)
            rows.append({
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "invoice_number": f"{partner.id}-{number}-{year}",
                "invoice_date": due - datetime.timedelta(days=30),
                "due_date": due,
                "settled_date": due + datetime.timedelta(days=late),
                "amount": amount,
                "currency_id": cls.company.currency_id.id,
                **vals,
            })
        return cls.env["business.payment.history"].create(rows)

    def _run_review(self, as_of=None, size=1000, user=None):
        """Run a review to its end and return it."""
        run = self.Run._start(self.company, as_of=as_of, user=user)
        while run._process_slice(size):
            pass
        return run

    def _approve(self, document, *posts):
        """Approve a pending document, one post after the other."""
        for post in posts:
            document.with_user(self.users[post]).action_approval_approve()
        document.invalidate_recordset()
