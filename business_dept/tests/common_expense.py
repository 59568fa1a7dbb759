# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import datetime, time, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.business_dept.controls import ControlError

from .common import BusinessCommon

CODES = (
    "travel.over_policy", "travel.no_trip", "travel.receipt_missing", "travel.invoice_reused", "travel.deadline",
    "travel.expense_route", "travel.own_expense", "travel.amount_locked",
)


class ExpenseCommon(BusinessCommon):
    """A department of two salesmen and a saleswoman, their manager, places, fares, and the policy of TE."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for group in ("hr.group_hr_manager", "hr_expense.group_hr_expense_manager"):
            cls.env.user.group_ids += cls.env.ref(group)
        env, company = cls.env, cls.company
        env["business.travel.policy"]._ship(company.ids)
        cls.policy = env["business.travel.policy"].search([("company_id", "=", company.id)])
        Place = env["business.travel.place"]
        city = env.ref("business_dept.city_class_other")
        cls.nanning, cls.guangzhou, cls.wuzhou = Place.create([
            {"name": name, "city_class_id": city.id} for name in ("Nan Ning", "Guang Zhou", "Wu Zhou")])
        company.travel_town_id = cls.nanning
        cls.department = env["hr.department"].create({"name": "Sales", "company_id": company.id})
        groups = "base.group_user,business_dept.group_salesperson"
        cls.colleague, cls.woman = (
            new_test_user(env, login=login, name=login.title(), groups=groups, company_id=company.id,
                          company_ids=[Command.set(company.ids)], lang="en_US", tz="UTC")
            for login in ("test_colleague", "test_woman")
        )
        cls.people = {
            user: env["hr.employee"].create({
                "name": user.name, "user_id": user.id, "company_id": company.id, "department_id": cls.department.id,
                "sex": sex,
                "staff_grade_id": env.ref(f"business_dept.staff_grade_{grade}").id if grade else False,
            })
            for user, sex, grade in (
                (cls.salesperson, "male", "staff"), (cls.colleague, "male", "staff"), (cls.woman, "female", "senior"),
                (cls.manager, "male", "manager"), (cls.manager_2, "male", "manager"), (cls.finance, "female", "staff"),
                (cls.executive, "male", "director"),
            )
        }
        for employee in cls.people.values():
            employee.tz = "Asia/Shanghai"  # not the zone of the user's screen
        cls.me, cls.him, cls.her = (cls.people[user] for user in (cls.salesperson, cls.colleague, cls.woman))
        cls.department.manager_id = cls.people[cls.manager]
        cls.categories = {
            kind: env.ref(f"business_dept.expense_category_{kind}")
            for kind in ("transport", "lodging", "allowance", "taxi", "town_lodging")
        }
        cls.paper = env["product.product"].create({"name": "Paper", "type": "service", "can_be_expensed": True})
        cls.day = fields.Date.today() + timedelta(days=10)

    def setUp(self):
        super().setUp()
        for code in CODES:
            self.set_mode(code, "notify")

    @classmethod
    def means(cls, code):
        return cls.env.ref(f"business_dept.transport_class_{code}")

    def moment(self, days, hour, minute=0):
        """A moment of the trip on the clock of Shanghai, in UTC."""
        local = datetime.combine(self.day + timedelta(days=days), time(hour, minute))
        return local - timedelta(hours=8)

    def make_trip(self, travellers=None, out="train_hard_seat", back="train_hard_seat", leave=(0, 8), arrive=(2, 18), **vals):
        """An approved trip to Guang Zhou and back, two nights there."""
        travellers = travellers or self.me
        leave, arrive = self.moment(*leave), self.moment(*arrive)
        trip = self.env["business.travel.request"].with_user(travellers[0].user_id).create({
            "employee_id": travellers[0].id, "traveller_ids": [Command.set(travellers.ids)], "purpose": "Visit dealers",
            "company_id": self.company.id,
            "leg_ids": [
                Command.create({
                    "from_id": self.nanning.id, "to_id": self.guangzhou.id, "class_id": self.means(out).id,
                    "departure": leave, "arrival": leave + timedelta(hours=4), "reason": "urgent", "estimated_fare": 200.0,
                }),
                Command.create({
                    "from_id": self.guangzhou.id, "to_id": self.nanning.id, "class_id": self.means(back).id,
                    "departure": arrive - timedelta(hours=4), "arrival": arrive, "reason": "urgent", "estimated_fare": 200.0,
                }),
            ],
            "lodging_ids": [Command.create({
                "place_id": self.guangzhou.id, "date_from": self.day, "date_to": self.day + timedelta(days=2),
            })],
            **vals,
        }).with_env(self.env)
        return self.approve(trip, travellers[0].user_id)

    def make_errand(self, **vals):
        """An approved errand in town."""
        errand = self.env["business.travel.request"].with_user(self.salesperson).create({
            "kind": "errand", "employee_id": self.me.id, "traveller_ids": [Command.set(self.me.ids)], "purpose": "Samples",
            "company_id": self.company.id, "date_from": self.day, "date_to": self.day + timedelta(days=1), **vals,
        }).with_env(self.env)
        return self.approve(errand, self.salesperson)

    def approve(self, document, user):
        """Take a document through its route."""
        self.call(user, document, "action_approval_submit")
        document = document.sudo()
        while document.approval_id.state == "pending":
            self.call(document.approval_id.current_user_ids[0], document, "action_approval_approve")
        self.assertEqual(document.approval_id.state, "approved")
        return document

    def make_expense(self, kind, amount, user=None, **vals):
        """A draft expense with a receipt, made by its employee."""
        user = user or self.salesperson
        receipt = vals.pop("receipt", True)
        expense = self.env["hr.expense"].with_user(user).create({
            "name": kind, "employee_id": self.people[user].id, "product_id": self.categories[kind].id if kind else False,
            "total_amount_currency": amount, "company_id": self.company.id, "date": self.day, **vals,
        }).with_env(self.env)
        if receipt:
            self.attach(expense)
        return expense

    def attach(self, expense):
        self.env["ir.attachment"].create({
            "name": "receipt.png", "raw": b"receipt", "res_model": "hr.expense", "res_id": expense.id})
        expense.invalidate_recordset(["nb_attachment", "attachment_ids"])

    def lodging(self, amount, user=None, nights=2, first=0, **vals):
        return self.make_expense(
            "lodging", amount, user, place_id=self.guangzhou.id, night_from=self.day + timedelta(days=first),
            night_to=self.day + timedelta(days=first + nights), **vals)

    def claim_of(self, trip, user=None):
        """Press the button, and pay what was asked for it."""
        action = self.call(user or self.salesperson, trip, "action_make_claim")
        return self.env["business.expense.claim"].browse(action["res_id"])

    def fill(self, claim, amount=100.0):
        """Enter what was paid, with receipts."""
        for expense in claim.expense_ids:
            if not expense.total_amount:
                self.call(claim.employee_id.user_id, expense, "write", {"total_amount_currency": amount})
            self.attach(expense)

    def submitted_claim(self, amount=100.0, user=None, trip=None):
        user = user or self.salesperson
        claim = self.claim_of(trip or self.make_trip(self.people[user]), user)
        self.fill(claim, amount)
        self.call(user, claim, "action_approval_submit")
        return claim

    def assertRefusedCall(self, code, user, records, method, *args):
        """The call is refused by a control, and leaves its trace."""
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            self.call(user, records, method, *args)
        self.env.invalidate_all()
        self.assertTrue(self.take_refusals(code), f"no trace of {code}")

    def assertDenied(self, user, records, method, *args):
        """The call is refused, by whatever."""
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.call(user, records, method, *args)
        self.env.invalidate_all()
