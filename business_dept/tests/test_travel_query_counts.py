# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from .common_expense import ExpenseCommon

OF_EACH = ("transport", "transport", "lodging", "allowance", "taxi")


@tagged("post_install", "-at_install")
class TestTravelQueryCounts(ExpenseCommon):
    """However many expenses: what verdicts, controls and lists take in SQL statements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for category in cls.categories.values():
            category.travel_needs_receipt = False
        cls.officer = new_test_user(
            cls.env, login="test_officer", name="Officer", company_id=cls.company.id,
            groups="base.group_user,hr_expense.group_hr_expense_user,business_dept.group_department_manager",
            company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )
        cls.day = fields.Date.today() - timedelta(days=90)
        model = cls.make_trip_of_two()
        cls.trips = model + model.browse().concat(*(model.copy() for _number in range(9)))
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE business_travel_request SET state = 'approved', date_approved = %s WHERE id = ANY(%s)",
            [fields.Datetime.now() - timedelta(days=200), cls.trips.ids],
        )
        cls.env.invalidate_all(flush=False)

    @classmethod
    def make_trip_of_two(cls):
        """A trip of two who share a room; not approved yet."""
        leave, back = cls.moment(cls, 0, 8), cls.moment(cls, 2, 14)
        return cls.env["business.travel.request"].sudo().create({
            "employee_id": cls.me.id, "traveller_ids": [Command.set((cls.me | cls.him).ids)], "purpose": "Visit dealers",
            "company_id": cls.company.id,
            "leg_ids": [
                Command.create({
                    "from_id": start.id, "to_id": end.id, "class_id": cls.means("train_hard_seat").id,
                    "departure": departure, "arrival": departure + timedelta(hours=4),
                })
                for start, end, departure in (
                    (cls.nanning, cls.guangzhou, leave), (cls.guangzhou, cls.nanning, back))
            ],
            "hosted_ids": [Command.create({"date": cls.day + timedelta(days=1)})],
        })

    def prepare_expenses(self, trips):
        """Values of ten expenses for each trip: five of both travellers."""
        ours = {
            "transport": lambda trip, number: {"travel_leg_id": trip.leg_ids.sorted("departure")[number].id},
            "lodging": lambda trip, number: {
                "place_id": self.guangzhou.id, "night_from": self.day, "night_to": self.day + timedelta(days=2),
                "guest_ids": [Command.set((self.me | self.him).ids)],
            },
            "taxi": lambda trip, number: {
                "taxi_from": "Hotel", "taxi_to": "Dealer", "ride_start": self.moment(1, 9), "ride_end": self.moment(1, 10),
            },
        }
        return [
            {
                "name": f"{kind} {number}", "employee_id": employee.id, "product_id": self.categories[kind].id,
                "total_amount_currency": 200.0 + number, "company_id": self.company.id, "date": self.day,
                "travel_request_id": trip.id, **ours.get(kind, lambda trip, number: {})(trip, number),
            }
            for trip in trips for employee in (self.me, self.him) for number, kind in enumerate(OF_EACH)
        ]

    def make_expenses(self, trips):
        expenses = self.env["hr.expense"].with_user(self.officer).create(self.prepare_expenses(trips))
        self.assertEqual(len(expenses), 10 * len(trips))
        self.assertTrue(all(expenses.mapped("verdict")))
        return expenses

    def test_verdicts_of_10_or_100_expenses(self):
        """TE-2 to TE-3: facts are fetched once for all expenses of a call, however many trips they are of."""
        values = self.prepare_expenses(self.trips)
        model = type(self.env["hr.expense"])
        names = ("_refuse_foreign_trips", "_join_open_claims", "_judge_drafts")  # what is done after Odoo's own creation
        counted = {name: [] for name in names}

        def counting(name):
            method = getattr(model, name)

            def count(expenses):
                counted[name].append(self.count_statements(lambda: method(expenses)))

            return patch.object(model, name, count)

        def create(count):
            expenses = self.env["hr.expense"].with_user(self.officer).create(values[:count])
            self.assertEqual(set(expenses.mapped("verdict")), {"full", "cut", "none"})
            expenses.unlink()

        with counting(names[0]), counting(names[1]), counting(names[2]):
            for count in (10, 10, 100):  # the first time fills the registry's caches
                create(count)
        for name, (_first, of_10, of_100) in counted.items():  # once for all expenses of a call
            self.assertLessEqual(of_100, of_10, name)
            self.assertGreater(of_10, 0, name)

    def test_no_travel_costs_nothing(self):
        """TE-0: what is no matter of travel is not judged: not one statement for a hundred, once their kind is known."""
        expenses = self.env["hr.expense"].with_user(self.officer).create([
            {"name": "Paper", "employee_id": self.me.id, "product_id": self.paper.id, "total_amount_currency": 5.0,
             "company_id": self.company.id}
            for _number in range(100)
        ])
        expenses.mapped("travel_kind")
        with self.assertQueryCount(0):
            expenses._judge_drafts()

    def test_controls_of_10_or_100_expenses(self):
        """TE-2 to TE-3, RG-3.7: what is asked at the submission is asked once for all expenses."""
        expenses = self.make_expenses(self.trips).sudo()
        few = expenses[:10]
        few._find_breaches("expense_submit")
        statements = self.count_statements(lambda: few._find_breaches("expense_submit"))
        self.assertLessEqual(self.count_statements(lambda: expenses._find_breaches("expense_submit")), statements)

    def test_opening_the_lists(self):
        """TE-0: a page of expenses or of claims takes as many statements for 80 rows as for 10, by who sees all of them."""
        expenses = self.make_expenses(self.trips)[:80]
        expenses._make_claims()
        claims = self.env["business.expense.claim"].with_user(self.officer).browse(expenses.sudo().claim_id.ids)
        ours = {
            name: {"fields": {"display_name": {}}} if field.type == "many2one" else {}
            for name, field in expenses._fields.items()
            if name in ("claim_id", "travel_request_id", "travel_kind", "claimed_amount", "allowed_amount", "allowed_reason",
                        "verdict", "currency_id", "company_currency_id", "state")
        }
        of_claims = {
            name: {"fields": {"display_name": {}}} if name.endswith("_id") else {}
            for name in ("name", "employee_id", "department_id", "travel_request_id", "claimed_amount", "allowed_amount",
                         "payable_amount", "expense_count", "state", "currency_id")
        }
        for records, specification in ((expenses, ours), (claims, of_claims)):
            few = records[:len(records) // 8]
            few.web_read(specification)
            statements = self.count_statements(lambda few=few, wanted=specification: few.web_read(wanted))
            of_all = self.count_statements(lambda all_=records, wanted=specification: all_.web_read(wanted))
            self.assertLessEqual(of_all, statements, records._name)

    def test_the_list_of_a_manager(self):
        """TE-0: a manager without rights in HR opens Odoo's list of expenses: who of the employees has which grade is HR's."""
        expenses = self.make_expenses(self.trips[:1])
        self.env.invalidate_all()
        specification = {"is_editable": {}, "employee_id": {"fields": {"display_name": {}}}}
        rows = self.call(self.officer, expenses, "web_read", specification)
        self.assertEqual(len(rows), 10)
