# Part of business_dept. See LICENSE file for full copyright and licensing details.
import datetime
import logging

from odoo.tests import tagged

from .common_credit import CreditCommon, read_receivables

_logger = logging.getLogger(__name__)

CUT = datetime.date(2013, 1, 1)
BEFORE = CUT - datetime.timedelta(days=1)


@tagged("post_install", "-at_install", "credit")
class TestCreditRealData(CreditCommon):
    """Real receivables: grades made from the past tell the future."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = read_receivables()
        names = sorted({row["customer"] for row in cls.rows})
        partners = cls.env["res.partner"].create([{"name": name, "ref": name, "is_company": True} for name in names])
        cls.partner_ids = dict(zip(names, partners.ids, strict=True))

    def _import(self, rows):
        self.env["business.payment.history"].create([
            {
                "company_id": self.company.id,
                "partner_id": self.partner_ids[row["customer"]],
                "currency_id": self.company.currency_id.id,
                **{name: row[name] for name in (
                    "invoice_number", "invoice_date", "due_date", "settled_date", "amount", "disputed"
                )},
            }
            for row in rows
        ])

    def _grade_customers(self):
        """Review as of the last day before the cut, approve, and return ``{customer: grade code}``."""
        run = self._run_review(as_of=BEFORE)
        for review in run.review_ids:
            self.assertEqual(review.approval_state, "pending", review.submit_error)
            self._approve(review, "department_manager")
        profiles = self.Profile.search([("company_id", "=", self.company.id), ("grade_id", "!=", False)])
        return {profile.partner_id.ref: profile.grade_id.code for profile in profiles}

    def _measure_later(self, grades, title):
        """Mean days late, of each grade, of the invoices settled from the cut on; printed.

        :return: ``{code: (customers, invoices, mean days late)}``
        """
        days = {code: [] for code in "ABC"}
        for row in self.rows:
            if row["settled_date"] >= CUT and row["customer"] in grades:
                days[grades[row["customer"]]].append(max(0, (row["settled_date"] - row["due_date"]).days))
        result = {
            code: (sum(grade == code for grade in grades.values()), len(late), sum(late) / len(late))
            for code, late in days.items()
        }
        for code, (customers, invoices, mean) in result.items():
            _logger.info(
                "%s: grade %s: %s customers, %s later invoices, %.2f days late in the mean",
                title, code, customers, invoices, mean,
            )
        _logger.info("%s: C is %.1f times as late as A", title, result["C"][2] / result["A"][2])
        return result

    def _check(self, result):
        self.assertLess(result["A"][2], result["B"][2])
        self.assertLess(result["B"][2], result["C"][2])
        self.assertGreaterEqual(result["C"][2], 10 * result["A"][2])
        for code, (customers, _invoices, _mean) in result.items():
            self.assertGreaterEqual(customers, 20, code)
        self.assertEqual(sum(customers for customers, _invoices, _mean in result.values()), 100)

    def test_grades_tell_the_future(self):
        """JJ-4.2: graded from invoices settled before 2013 only, C pays at least ten times as late as A afterwards."""
        self._import([row for row in self.rows if row["settled_date"] < CUT])
        self._check(self._measure_later(self._grade_customers(), "Settled before 2013"))

    def test_only_what_was_known(self):
        """JJ-4.2: with the whole file imported, a review as of 2012-12-31 uses only what was known on that day."""
        self._import(self.rows)
        self._check(self._measure_later(self._grade_customers(), "Known before 2013"))
        known = self.Profile._fetch_behaviour(self.company, BEFORE)
        self.env["business.payment.history"].search([("invoice_date", ">=", CUT)]).unlink()
        self.assertEqual(self.Profile._fetch_behaviour(self.company, BEFORE), known)
