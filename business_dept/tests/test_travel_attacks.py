# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from itertools import product

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.business_dept.controls import ControlError

from .common_expense import ExpenseCommon


@tagged("post_install", "-at_install")
class TestTravelAttacks(ExpenseCommon):
    """More money than the policy allows, by facts that a claimant chooses himself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, login="test_officer", name="Officer", groups="base.group_user,hr_expense.group_hr_expense_manager",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)])
        cls.people[cls.officer] = cls.env["hr.employee"].create({
            "name": "Officer", "user_id": cls.officer.id, "company_id": cls.company.id, "department_id": cls.department.id})

    def nights(self, first, count):
        return {
            "place_id": self.guangzhou.id, "night_from": self.day + timedelta(days=first),
            "night_to": self.day + timedelta(days=first + count),
        }

    # === LODGING === #

    def test_nights_outside_the_trip(self):
        """TE-2.7.1: a dear room for two nights is not made a cheap one for ten: nights outside the trip have no cap to give."""
        trip = self.make_trip()
        expense = self.lodging(600.0, nights=10, travel_request_id=trip.id)
        self.assertEqual((expense.verdict, expense.allowed_amount), ("cut", 120.0))
        self.assertIn("outside the trip", expense.allowed_reason)
        before = self.lodging(100.0, nights=2, first=-20, travel_request_id=trip.id)
        self.assertEqual((before.verdict, before.allowed_amount), ("none", 0.0))
        self.call(self.salesperson, trip.leg_ids.sorted("departure")[-1], "write", {
            "ticket_departure": self.moment(3, 8), "ticket_arrival": self.moment(3, 12)})
        self.assertEqual(expense.allowed_amount, 180.0, "a night more, by the ticket")

    def test_guest_who_was_not_there(self):
        """TE-2.7.3: who names colleagues as guests does not get their caps, least of all that of a director, who has none."""
        trip = self.make_trip()
        director = self.people[self.executive]
        for guests, allowed in ((self.me | director, 120.0), (self.me | self.him | self.her, 120.0), (director, 0.0)):
            expense = self.lodging(5000.0, travel_request_id=trip.id, guest_ids=[Command.set(guests.ids)])
            self.assertEqual(expense.allowed_amount, allowed, guests.mapped("name"))
            self.assertIn("no approved trip", expense.allowed_reason)
            expense.sudo().unlink()
        alone = self.lodging(5000.0, guest_ids=[Command.set((self.me | director).ids)])
        self.assertEqual(alone.allowed_amount, 120.0, "without a trip neither")

    def test_guest_of_another_trip(self):
        """TE-2.7.3: two who came by trips of their own and share a room are counted both."""
        trip = self.make_trip()
        self.make_trip(self.him)
        expense = self.lodging(5000.0, travel_request_id=trip.id, guest_ids=[Command.set((self.me | self.him).ids)])
        self.assertEqual(expense.allowed_amount, 192.0)

    def test_one_night_at_two_places(self):
        """TE-2.7.1: nobody lodges at two places in one night."""
        trip = self.make_trip()
        first = self.lodging(120.0, travel_request_id=trip.id)
        second = self.make_expense("lodging", 120.0, travel_request_id=trip.id, **{
            **self.nights(0, 2), "place_id": self.wuzhou.id})
        self.assertEqual((first.allowed_amount, second.allowed_amount), (120.0, 0.0))

    # === ALLOWANCE === #

    def test_two_trips_on_one_day(self):
        """TE-3.1: a day is one day, however many trips it has: back at one, off again at two."""
        first = self.make_trip(leave=(0, 8), arrive=(1, 13), lodging_ids=[])
        second = self.make_trip(leave=(1, 14), arrive=(2, 18), lodging_ids=[])
        one = self.make_expense("allowance", 500.0, travel_request_id=first.id)
        two = self.claim_of(second).expense_ids.filtered(lambda expense: expense.travel_kind == "allowance")
        self.assertEqual((one.allowed_amount, two.total_amount, two.allowed_amount), (60.0, 30.0, 30.0))
        self.assertIn("another trip", two.allowed_reason)

    # === DATES AND POLICIES === #

    def test_date_before_the_policy(self):
        """TE-2.4: a date before the first policy makes no flight of a trip free, nor a taxi."""
        trip = self.make_trip()
        flight = self.make_expense(
            "transport", 3000.0, travel_request_id=trip.id, date="2001-01-01",
            transport_class_id=self.means("plane_economy").id)
        self.assertEqual(flight.verdict, "waits")
        errand = self.make_errand()
        taxi = self.make_expense(
            "taxi", 300.0, travel_request_id=errand.id, taxi_from="A", taxi_to="B", ride_start="2001-01-01 08:00:00")
        self.assertEqual(taxi.verdict, "none")

    def test_flight_without_its_ride(self):
        """TE-2.4: who leaves the ride out does not set his own train fare against the fare table."""
        self.env["business.train.fare"].create({
            "company_id": self.company.id, "from_id": self.nanning.id, "to_id": self.guangzhou.id,
            "class_id": self.means("train_hard_seat").id, "date_from": "2020-01-01", "amount": 120.0})
        trip = self.make_trip()
        facts = {"transport_class_id": self.means("plane_economy").id, "train_fare": 3000.0}
        flight = self.make_expense("transport", 3000.0, travel_request_id=trip.id, **facts)
        alone = self.make_expense("transport", 3000.0, **facts)
        self.assertEqual(((flight | alone).mapped("verdict")), ["waits", "waits"])
        self.call(self.salesperson, flight, "write", {
            "travel_leg_id": trip.leg_ids.sorted("departure")[0].id, "transport_class_id": facts["transport_class_id"]})
        self.assertEqual(flight.allowed_amount, 120.0)

    def test_deadline_before_the_policy(self):
        """RG-3.7: an expense from before the first policy is as late as others."""
        self.set_mode("travel.deadline", "block")
        expense = self.make_expense("transport", 50.0, date="2001-01-01")
        self.assertRefusedCall("travel.deadline", self.salesperson, expense, "action_submit")

    # === AFTER THE SUBMISSION === #

    def test_more_after_the_submission(self):
        """Attack 17: with everything on “notify” who changes a submitted expense is noted, and paid what the policy allows."""
        expense = self.lodging(110.0)
        self.call(self.salesperson, expense, "action_submit")
        self.call(self.officer, expense, "write", {"total_amount": 1999.0})
        self.assertEqual((expense.claimed_amount, expense.total_amount), (1999.0, 120.0))
        self.call(self.manager, expense, "action_approve")
        self.call(self.officer, expense, "write", {"total_amount_currency": 1999.0})
        self.assertEqual((expense.approval_state, expense.total_amount), ("approved", 120.0))

    def test_entry_taken_off(self):
        """Attack 17: a manager does not take the entry off his own posted expense, to have it posted and paid once more."""
        claim = self.submitted_claim(user=self.manager)
        claim.sudo().expense_ids._as_engine().write({"approval_state": "approved"})
        expense = claim.sudo().expense_ids[0]
        move = self.env["account.move"].sudo().create({"move_type": "entry"})
        expense._as_engine().write({"account_move_id": move.id})
        self.assertRefusedCall("approval.forgery", self.manager, expense.sudo(False), "write", {"account_move_id": False})
        other = self.lodging(110.0, self.manager, first=20)
        self.assertRefusedCall("approval.forgery", self.manager, other, "write", {"account_move_id": move.id})

    def test_receipt_deleted_by_its_token(self):
        """RG-3.7: who uploaded a receipt holds a token with which Odoo deletes it in sudo; not once it was submitted."""
        claim = self.submitted_claim()
        receipt = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "hr.expense"), ("res_id", "=", claim.expense_ids[0].id)], limit=1)
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            receipt.with_user(self.salesperson).sudo()._delete_and_notify()  # as /mail/attachment/delete does
        self.assertTrue(self.take_refusals("approval.content_locked"))
        self.assertTrue(receipt.exists())

    def test_quantity_against_rounding(self):
        """Attack 17: a unit price that is rounded up, times a great quantity, is not what is posted; the approved total is."""
        claim = self.submitted_claim(user=self.salesperson, trip=self.make_trip())
        self.call(self.salesperson, claim, "action_approval_withdraw")
        lodging = claim.expense_ids.filtered(lambda expense: expense.travel_kind == "lodging")
        self.call(self.salesperson, lodging, "write", {"total_amount_currency": 120.0})
        self.call(self.salesperson, lodging, "write", {"quantity": 23999.0})
        self.assertEqual(lodging.total_amount, 120.0)
        self.approve(claim, self.salesperson)
        self.me.work_contact_id = self.me.work_contact_id or self.env["res.partner"].create({"name": "Me"})
        self.me.work_contact_id.property_account_payable_id = self.company_data["default_account_payable"]
        paid = claim.payable_amount
        claim.expense_ids._post_without_wizard()
        self.assertEqual(claim.expense_ids.account_move_id.amount_total, paid)

    # === READING === #

    def test_sheet_of_somebody_else(self):
        """Attack 19: the settlement sheet of a colleague is not had by the address of the report."""
        claim = self.submitted_claim()
        self.env.flush_all()
        report = "business_dept.action_report_expense_claim"
        for user, method in product((self.colleague, self.woman), ("_render_qweb_html", "_render_qweb_text")):
            self.env.invalidate_all()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                getattr(self.env["ir.actions.report"].with_user(user), method)(report, claim.ids)
            self.env.invalidate_all()
            self.assertDenied(user, claim, "action_post_expenses")
        for user in (self.salesperson, self.finance):
            self.env.invalidate_all()
            html = self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, claim.ids)[0].decode()
            self.assertIn(claim.name, html)

    # === CLOCK === #

    def test_clock_of_ones_own_choice(self):
        """TE-3.1: who sets his screen to another time zone leaves no earlier for it."""
        trip = self.make_trip(leave=(0, 13), arrive=(2, 11), lodging_ids=[])
        allowance = self.make_expense("allowance", 500.0, travel_request_id=trip.id)
        self.assertEqual(allowance.allowed_amount, 60.0)
        self.call(self.salesperson, self.salesperson, "write", {"tz": "Pacific/Honolulu"})
        self.call(self.salesperson, allowance, "write", {"total_amount_currency": 499.0})
        self.assertEqual(allowance.allowed_amount, 60.0)

    # === BUDGET === #

    def test_budget_of_another_department(self):
        """J1-2.3: a trip is paid from the budget of who travels, not from that of others, nor from none."""
        other = self.env["hr.department"].create({"name": "Workshop", "company_id": self.company.id})
        draft = self.env["business.travel.request"].with_user(self.salesperson).create({
            "purpose": "Visit", "employee_id": self.me.id, "traveller_ids": [Command.set(self.me.ids)],
            "company_id": self.company.id, "date_from": fields.Date.today(), "date_to": fields.Date.today(), "kind": "errand",
        }).with_env(self.env)
        self.assertEqual(draft.department_id, self.department)
        for department in (other.id, False):
            self.assertDenied(self.salesperson, draft, "write", {"department_id": department})
            self.assertDenied(self.salesperson, draft.browse(), "create", {
                "purpose": "Visit", "employee_id": self.me.id, "traveller_ids": [Command.set(self.me.ids)], "kind": "errand",
                "company_id": self.company.id, "department_id": department,
            })
        expense = self.make_expense("transport", 50.0)
        self.assertRefusedCall("approval.forgery", self.salesperson, expense, "write", {"department_id": other.id})
