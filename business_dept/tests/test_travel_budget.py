# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_travel_money import TravelMoneyCommon


@tagged("post_install", "-at_install")
class TestTravelBudget(TravelMoneyCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.budgets = cls.env["business.travel.budget"]
        cls.budget = cls.budgets.sudo().create({
            "company_id": cls.company.id, "department_id": cls.department.id, "month": "2026-03-17", "amount": 1000.0,
        })

    def make_trip(self, estimate, date="2026-03-10", approved=True, employee=None, customers=None):
        """A trip of which only the figures matter here."""
        employee = employee or self.traveller
        trip = self.env["business.travel.request"].sudo().create({
            "company_id": self.company.id, "employee_id": employee.id, "traveller_ids": [Command.set(employee.ids)],
            "purpose": "Visit", "date_from": date, "date_to": date, "customer_ids": [Command.set(customers or [])],
        })
        # the estimate is the policy's business, and the approval the engine's
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE business_travel_request SET estimated_amount = %s, state = %s WHERE id = %s",
            (estimate, "approved" if approved else "draft", trip.id))
        self.env.invalidate_all()
        return trip

    def usage(self):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.budget.committed_amount, self.budget.spent_amount, self.budget.left_amount

    def test_figures(self):
        """J1-2.3: committed is what approved trips were estimated at and is not spent yet; spent counts by its day."""
        self.assertEqual(self.budget.month, fields.Date.to_date("2026-03-01"))
        trip = self.make_trip(300.0)
        self.make_trip(150.0, date="2026-03-31")
        self.make_trip(77.0, date="2026-04-01")
        self.make_trip(99.0, approved=False)
        self.assertEqual(self.usage(), (450.0, 0.0, 550.0))
        self.make_claim(120.0, request=trip, date="2026-03-11", post=False)
        self.assertEqual(self.usage(), (330.0, 120.0, 550.0))
        self.make_claim(250.0, request=trip, date="2026-04-02", post=False)  # over its estimate: nothing stays committed
        self.assertEqual(self.usage(), (150.0, 120.0, 730.0))
        claim = self.make_claim(30.0, date="2026-03-31")
        self.assertEqual(self.usage(), (150.0, 150.0, 700.0))
        claim.expense_ids._as_engine().write({"employee_id": self.employees["finance"].id})
        self.assertEqual(self.usage(), (150.0, 150.0, 700.0))

    def test_only_its_own_department(self):
        """J1-2.3: a budget is of one department; trips of another do not use it."""
        other = self.env["hr.department"].create({"name": "Finance", "company_id": self.company.id})
        self.employees["order_clerk"].department_id = other
        self.make_trip(300.0, employee=self.employees["order_clerk"])
        self.assertEqual(self.usage(), (0.0, 0.0, 1000.0))

    def test_over_the_budget(self):
        """J1-2.3: it is said by how much; trips judged together count together; without a budget nothing is said."""
        self.make_trip(600.0)
        fits, over, later = (
            self.make_trip(amount, date=date, approved=False)
            for amount, date in ((400.0, "2026-03-20"), (400.01, "2026-03-21"), (9999.0, "2026-05-01")))
        find = lambda trips: {  # noqa: E731
            record: finding.breach.amount for record, found in trips._find_breaches("request").items()
            for finding in found if finding.control.code == "travel.budget"
        }
        self.assertEqual(find(fits), {})
        self.assertEqual(find(over), {over: 0.01})
        self.assertEqual(find(later), {})
        self.assertEqual(find(fits + over), {over: 400.01})
        breach = next(found[0].breach for found in over._find_breaches("request").values())
        self.assertRegex(breach.message, r"0\.01.*1,000\.00.*600\.00.*400\.01")

    def test_statements(self):
        """Judging many trips takes as many statements as judging one."""
        trips = self.env["business.travel.request"].union(
            *(self.make_trip(10.0, date=f"2026-03-{day:02}", approved=False) for day in range(1, 9)))
        counts = []
        for some in (trips[:1], trips):
            self.env.invalidate_all()
            some.mapped("name")
            counts.append(self.count_statements(some.sudo()._check_travel_budget, cold=False))
        self.assertEqual(counts[0], counts[1])

    def test_lists(self):
        """Opening a list of many budgets or advances takes as many statements as of few."""
        budgets = self.budget + self.budgets.sudo().create([{
            "company_id": self.company.id, "department_id": self.department.id, "month": f"2027-{month:02}-01", "amount": 9.0,
        } for month in range(1, 9)])
        advances = self.advances.browse(
            self.call(self.salesperson, self.advances, "create", [{"amount": 5.0, "purpose": "x"} for _number in range(8)]))
        for records, names in (
            (budgets, ["display_name", "committed_amount", "spent_amount", "left_amount", "used_percent"]),
            (advances, ["name", "state", "open_amount", "age_days", "is_overdue", "date_due", "employee_id"]),
        ):
            counts = []
            for some in (records[:1], records[:2], records):  # the first one warms up
                counts.append(self.count_statements(lambda some=some, names=names: self.call(
                    self.finance, some.browse(), "web_search_read", [("id", "in", some.ids)], {name: {} for name in names})))
            self.assertEqual(counts[1], counts[2], records._name)

    def test_one_a_month(self):
        """J1-2.3: one budget for a department and month, refused in words; a copy is for the month after."""
        with self.assertRaisesRegex(ValidationError, "Business has a travel budget for 2026-03 already: .*1,000"):
            self.call(self.finance, self.budgets, "create", [{
                "department_id": self.department.id, "month": "2026-03-02", "amount": 5.0}])
        april = self.budgets.browse(self.call(self.finance, self.budget, "copy")[0])
        self.assertEqual(april.month, fields.Date.to_date("2026-04-01"))
        with self.assertRaises(ValidationError):
            self.call(self.finance, april, "write", {"month": "2026-03-30"})

    def test_posts(self):
        """IC-3: finance and executive office set budgets; managers and auditors read them; nobody else."""
        for post in ("department_manager", "auditor", "deputy_manager"):
            self.call(self.users[post], self.budget, "read", ["left_amount"])
            with self.assertRaises(AccessError):
                self.call(self.users[post], self.budget, "write", {"amount": 1.0})
        for model in ("business.travel.budget", "business.travel.budget.report", "business.travel.visit.report"):
            for post in ("salesperson", "order_clerk", "regulation_admin"):
                with self.assertRaises(AccessError):
                    self.call(self.users[post], self.env[model], "search_read", [])
        self.call(self.executive, self.budget, "write", {"amount": 1500.0})
        for user in (self.finance, self.executive):
            with self.assertRaises(ControlError):
                self.call(user, self.budget, "write", {"usage_stamp": 7})
        with self.assertRaises(UserError):
            self.call(self.finance, self.env["business.travel.budget.report"], "create", [{"amount": 1.0}])

    def test_other_company(self):
        """attack 20: the views behind the reports show no other company."""
        other = self.company_data_2["company"] if hasattr(self, "company_data_2") else self.env["res.company"].sudo().create(
            {"name": "Other"})
        department = self.env["hr.department"].sudo().create({"name": "Theirs", "company_id": other.id})
        theirs = self.budgets.sudo().create({
            "company_id": other.id, "department_id": department.id, "month": "2026-03-01", "amount": 5.0})
        for model in ("business.travel.budget", "business.travel.budget.report"):
            found = self.call(self.finance, self.env[model], "search", [])
            self.assertIn(self.budget.id, found)
            self.assertNotIn(theirs.id, found)

    def test_by_customer(self):
        """JJ-2.7.3: what a trip cost is shared among the customers visited, to the cent; hidden customers are not shown."""
        customers = self.customer + self.env["res.partner"].create([{"name": "Second"}, {"name": "Third"}])
        trip = self.make_trip(300.0, customers=customers.ids)
        claim = self.make_claim(100.0, request=trip, date="2026-03-11", post=False)
        self.make_claim(50.0, date="2026-03-11", post=False)
        self.env.flush_all()
        report = self.env["business.travel.visit.report"]
        rows = self.call(
            self.manager, report, "search_read", [("expense_id", "in", claim.expense_ids.ids)], ["partner_id", "amount"])
        self.assertEqual(sorted(row["amount"] for row in rows), [33.33, 33.33, 33.34])
        self.assertEqual({row["partner_id"][0] for row in rows}, set(customers.ids))

    def test_hidden_customers(self):
        """TS-3.3.4: who may not see a customer does not learn from the report that somebody visits him."""
        secret = self.env["res.partner"].create({"name": "Quartz", "is_company": True, "user_id": self.salesperson.id})
        self.env["business.dossier"].sudo().create({
            "partner_id": secret.id, "company_id": self.company.id, "secrecy": "hidden"})
        trip = self.make_trip(300.0, customers=(secret + self.customer).ids)
        claim = self.make_claim(100.0, request=trip, date="2026-03-11", post=False)
        self.env.flush_all()
        report = self.env["business.travel.visit.report"]
        domain = [("expense_id", "in", claim.expense_ids.ids)]
        for user in (self.finance, self.auditor):
            rows = self.call(user, report, "search_read", domain, ["partner_id", "amount"])
            self.assertEqual([(row["partner_id"][0], row["amount"]) for row in rows], [(self.customer.id, 50.0)])
            groups = self.call(user, report, "formatted_read_group", domain, ["partner_id"], ["amount:sum"])
            self.assertEqual([group["amount:sum"] for group in groups], [50.0])

    def test_saved(self):
        """JJ-2.7.3: what was claimed and is not paid is saved by the policy; what was not judged saves nothing."""
        expense = self.make_claim(100.0, post=False).expense_ids
        self.assertEqual(expense.saved_amount, 0.0)
        expense._as_engine().write({"claimed_amount": 100.0, "verdict": "cut", "allowed_amount": 60.0})
        self.assertEqual(expense.saved_amount, 0.0)
        expense._as_engine().write({"total_amount": 60.0, "total_amount_currency": 60.0})
        self.assertEqual(expense.saved_amount, 40.0)
        draft = expense.copy({"employee_id": self.traveller.id})
        with self.assertRaises(ControlError):
            self.call(self.salesperson, draft, "write", {"saved_amount": 1.0})
