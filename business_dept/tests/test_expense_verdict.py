# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_expense import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseVerdict(ExpenseCommon):
    """Claimed, allowed, why: each rule of TE on Odoo's expenses."""

    def assertVerdict(self, expense, allowed, state, *texts):
        expense.invalidate_recordset()
        self.assertEqual(
            (expense.allowed_amount, expense.verdict), (allowed, state), expense.allowed_reason)
        for text in texts:
            self.assertIn(text, expense.allowed_reason or "")

    def test_expenses_that_are_no_travel_are_not_judged(self):
        """TE-0: a meal is none of the policy's business."""
        expense = self.env["hr.expense"].with_user(self.salesperson).create({
            "name": "Meal", "employee_id": self.me.id, "total_amount_currency": 50.0, "product_id": self.product_a.id})
        self.assertFalse(expense.verdict)
        self.assertFalse(expense.allowed_amount)
        self.assertFalse(expense.travel_kind)

    def test_allowed_means_are_paid_as_claimed(self):
        """TE-2.3: what the grade may use freely is paid as claimed."""
        trip = self.make_trip()
        expense = self.make_expense("transport", 180.0, travel_leg_id=trip.leg_ids[0].id)
        self.assertEqual(expense.travel_request_id, trip, "the ride says which trip it is of")
        self.assertEqual(expense.transport_class_id, self.means("train_hard_seat"))
        self.assertVerdict(expense, 180.0, "full")

    def test_means_on_request(self):
        """TE-2.3: on request is paid when it was approved for this ride, and not otherwise."""
        trip = self.make_trip(out="hs_second")
        approved = self.make_expense("transport", 180.0, travel_leg_id=trip.leg_ids[0].id)
        self.assertVerdict(approved, 180.0, "full")
        other = self.make_expense(
            "transport", 180.0, travel_leg_id=trip.leg_ids[1].id, transport_class_id=self.means("hs_second").id)
        self.assertVerdict(other, 0.0, "none", "TE-2.3")

    def test_means_that_are_never_paid(self):
        """TE-2.3: a soft sleeper is not for staff; for a manager it is (TE-2.2)."""
        trip = self.make_trip(self.me | self.people[self.manager_2])
        leg = trip.leg_ids[0]
        soft = {"travel_leg_id": leg.id, "transport_class_id": self.means("train_soft_sleeper").id}
        self.assertVerdict(self.make_expense("transport", 300.0, **soft), 0.0, "none", "TE-2")
        self.assertVerdict(self.make_expense("transport", 300.0, self.manager_2, **soft), 300.0, "full")

    def test_approved_flight(self):
        """TE-2.4: a flight that was approved beforehand is paid as claimed."""
        trip = self.make_trip(out="plane_economy")
        expense = self.make_expense("transport", 900.0, travel_leg_id=trip.leg_ids[0].id)
        self.assertVerdict(expense, 900.0, "full")

    def test_unapproved_flight_is_paid_at_the_train_fare(self):
        """TE-2.4: without approval at the fare of the train that the grade may use, either way of the table."""
        self.env["business.train.fare"].create({
            "company_id": self.company.id, "from_id": self.guangzhou.id, "to_id": self.nanning.id,
            "class_id": self.means("train_hard_seat").id, "date_from": "2020-01-01", "amount": 120.0})
        trip = self.make_trip()
        expense = self.make_expense(
            "transport", 900.0, travel_leg_id=trip.leg_ids[0].id, transport_class_id=self.means("plane_economy").id)
        self.assertVerdict(expense, 120.0, "cut", "TE-2.4", "120.00")
        again = self.make_expense(
            "transport", 900.0, travel_leg_id=trip.leg_ids[0].id, transport_class_id=self.means("plane_economy").id)
        self.assertVerdict(again, 0.0, "none", "claimed already")

    def test_unapproved_flight_without_a_fare_waits(self):
        """TE-2.4: without a fare the claim waits and says so; the fare is entered with its evidence."""
        trip = self.make_trip()
        expense = self.make_expense(
            "transport", 900.0, travel_leg_id=trip.leg_ids[0].id, transport_class_id=self.means("plane_economy").id)
        self.assertVerdict(expense, 0.0, "waits", "TE-2.4")
        with self.assertRaisesRegex(UserError, "train fare is not known"):
            self.call(self.salesperson, expense, "action_submit")
        self.call(self.salesperson, expense, "write", {"train_fare": 130.0})
        self.assertVerdict(expense, 130.0, "cut")
        self.set_mode("travel.receipt_missing", "block")
        expense.attachment_ids.unlink()
        self.assertRefusedCall("travel.receipt_missing", self.salesperson, expense, "action_submit")

    def test_lodging_cap(self):
        """TE-2.7.1: at most 60 a night for staff, 100 for senior staff, 150 for managers; a director is not capped."""
        self.make_trip(self.me)
        self.assertVerdict(self.lodging(150.0), 120.0, "cut", "TE-2.7.1")
        self.assertVerdict(self.lodging(500.0, self.manager_2, first=10), 300.0, "cut")
        self.assertVerdict(self.lodging(500.0, self.woman, first=20), 200.0, "cut")
        self.assertVerdict(self.lodging(5000.0, self.executive, first=30), 5000.0, "full")

    def test_shared_room(self):
        """TE-2.7.3: two men of staff grade share a room: 80 % of both caps, claimed by one, both named."""
        both = self.lodging(250.0, guest_ids=[Command.set((self.me | self.him).ids)])
        self.assertVerdict(both, 192.0, "cut", "TE-2.7.3", self.him.name, self.me.name)
        his = self.lodging(100.0, self.colleague)
        self.assertVerdict(his, 100.0, "full")
        self.assertVerdict(both, 92.0, "cut", self.him.name)
        self.assertEqual(both.allowed_amount + his.allowed_amount, 192.0, "paid in all")

    def test_not_paired(self):
        """TE-2.7.3: a woman does not share with a man, nor does somebody whose sex is not known; odd persons have their cap."""
        self.assertVerdict(self.lodging(500.0, guest_ids=[Command.set((self.me | self.her).ids)]), 320.0, "cut")
        self.him.sex = False
        expense = self.lodging(500.0, first=10, guest_ids=[Command.set((self.me | self.him).ids)])
        self.assertVerdict(expense, 240.0, "cut", "sex of")

    def test_odd_one_out(self):
        """TE-2.7.3: of three, two share and the third has his own cap."""
        third = self.finance
        self.people[third].sex = "male"
        expense = self.lodging(500.0, guest_ids=[Command.set((self.me | self.him | self.people[third]).ids)])
        self.assertVerdict(expense, 192.0 + 120.0, "cut")

    def test_what_was_approved_first_stays(self):
        """TE-2.7.3: a colleague who was paid already keeps it; the other one gets what is left of the room."""
        mine = self.lodging(110.0)
        self.call(self.salesperson, mine, "action_submit")
        his = self.lodging(110.0, self.colleague)
        self.assertVerdict(his, 192.0 - 110.0, "cut", "claimed with")
        self.assertEqual(mine.total_amount, 110.0)

    def test_shared_taxi(self):
        """TE-2.6: same ends, overlapping times, one journey: one claims, the other one is told with whom."""
        trip = self.make_trip(self.me | self.him, out="taxi")
        leg = trip.leg_ids[0]
        mine = self.make_expense("transport", 400.0, travel_leg_id=leg.id)
        self.assertVerdict(mine, 400.0, "full")
        his = self.make_expense("transport", 410.0, self.colleague, travel_leg_id=leg.id)
        self.assertVerdict(mine, 400.0, "full")
        self.assertVerdict(his, 0.0, "none", "TE-2.6", self.me.name)

    def test_taxi_in_town(self):
        """TE-1.2: in town a taxi takes leave beforehand; without facts it waits."""
        ride = {"taxi_from": "Office", "taxi_to": "Plant", "ride_start": self.moment(0, 9), "ride_end": self.moment(0, 10)}
        self.assertVerdict(self.make_expense("taxi", 30.0), 0.0, "waits", "TE-2.6")
        self.assertVerdict(self.make_expense("taxi", 30.0, **ride), 0.0, "none", "TE-1.2")
        errand = self.make_errand(wants_taxi=True)
        self.assertVerdict(self.make_expense("taxi", 30.0, travel_request_id=errand.id, **ride), 30.0, "full")

    def test_lodging_in_town(self):
        """TE-2.7.2: in town at most 80 a night, with leave beforehand, whatever category was chosen."""
        nights = {"night_from": self.day, "night_to": self.day + timedelta(days=1), "place_id": self.nanning.id}
        self.assertVerdict(self.make_expense("town_lodging", 200.0, **nights), 0.0, "none", "TE-2.7.2")
        errand = self.make_errand(wants_town_lodging=True)
        expense = self.make_expense("lodging", 200.0, travel_request_id=errand.id, **nights)
        self.assertVerdict(expense, 80.0, "cut", "TE-2.7.2")
        again = self.make_expense("town_lodging", 70.0, travel_request_id=errand.id, **nights)
        self.assertVerdict(again, 0.0, "none")

    def test_allowance_by_the_tickets(self):
        """TE-3.1 to TE-3.3: the clock of the traveller decides; planned times count until the tickets are entered."""
        trip = self.make_trip(leave=(0, 11), arrive=(2, 11))
        claim = self.claim_of(trip)
        allowance = claim.expense_ids.filtered(lambda expense: expense.travel_kind == "allowance")
        self.assertEqual(allowance.total_amount, 75.0, "1 + 1 + ½ days at 30")
        self.assertVerdict(allowance, 75.0, "full", "TE-3.1", "planned")
        self.call(self.salesperson, trip.leg_ids[0], "write", {
            "ticket_departure": self.moment(0, 12, 1), "ticket_arrival": self.moment(0, 17)})
        self.assertEqual(allowance.total_amount, 60.0, "left after noon: half a day less")
        self.call(self.salesperson, trip.leg_ids[1], "write", {
            "ticket_departure": self.moment(2, 8), "ticket_arrival": self.moment(2, 12, 1)})
        self.assertVerdict(allowance, 75.0, "full")
        self.assertNotIn("planned", allowance.allowed_reason)
        more = self.make_expense("allowance", 30.0, travel_request_id=trip.id)
        self.assertVerdict(more, 0.0, "none", "claimed already")

    def test_allowance_in_town_and_hosted(self):
        """TE-3, TE-3.4: none in town, none while hosted."""
        errand = self.make_errand()
        self.assertVerdict(self.make_expense("allowance", 30.0, travel_request_id=errand.id), 0.0, "none", "TE-3")
        trip = self.make_trip(arrive=(2, 18))
        allowance = self.make_expense("allowance", 90.0, travel_request_id=trip.id)
        self.assertVerdict(allowance, 90.0, "full")
        self.env["business.travel.hosted"].with_user(self.salesperson).create({
            "request_id": trip.id, "date": self.day + timedelta(days=1)})
        self.assertVerdict(allowance, 60.0, "full", "TE-3.4")

    def test_two_policies_on_one_trip(self):
        """TE-3: each day by the policy in force on it."""
        newer = self.policy.copy({"allowance_per_day": 50.0, "date_from": self.day + timedelta(days=1)})
        newer.sudo()._take_force()
        trip = self.make_trip()
        allowance = self.make_expense("allowance", 500.0, travel_request_id=trip.id)
        self.assertVerdict(allowance, 30.0 + 50.0 + 50.0, "cut")

    def test_no_policy_no_grade(self):
        """TE-0: without a policy nothing is judged and it says so; without a grade like other staff."""
        self.me.staff_grade_id = False
        self.assertVerdict(self.lodging(150.0), 120.0, "cut", "no staff grade")
        self.assertVerdict(self.lodging(150.0, first=-3000), 150.0, "full", "No travel policy")

    def test_foreign_currency(self):
        """TE-2.7.1: a bill in another currency is judged in the company's, and cut in both."""
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "HKD")])
        currency.active = True
        self.env["res.currency.rate"].create({
            "currency_id": currency.id, "company_id": self.company.id, "name": "2020-01-01", "rate": 2.0})
        expense = self.lodging(300.0, currency_id=currency.id)
        self.assertEqual(expense.total_amount, 150.0)
        self.assertVerdict(expense, 120.0, "cut")
        self.call(self.salesperson, expense, "action_submit")
        self.assertEqual((expense.total_amount, expense.total_amount_currency), (120.0, 240.0))
        self.assertEqual(expense.claimed_amount, 150.0)
        self.assertEqual(expense.price_unit, 120.0, "what accounting takes")

    def test_cut_and_refused_on_submission(self):
        """TE-0: with the control on “notify” the expense is cut, or refused when nothing is allowed; both are noted."""
        cut = self.lodging(150.0)
        self.call(self.salesperson, cut, "action_submit")
        self.assertEqual((cut.state, cut.total_amount, cut.claimed_amount), ("submitted", 120.0, 150.0))
        self.assertIn("travel.over_policy", self.events("noted", cut).control_id.mapped("code"))
        unpaid = self.make_expense(
            "taxi", 30.0, taxi_from="Office", taxi_to="Plant", ride_start=self.moment(0, 9), ride_end=self.moment(0, 10))
        self.call(self.salesperson, unpaid, "action_submit")
        self.assertEqual((unpaid.state, unpaid.total_amount), ("refused", 30.0))

    def test_reset_gives_the_claimed_amount_back(self):
        """TE-0: what is sent back is the amount that was claimed, and is judged anew."""
        expense = self.lodging(150.0)
        self.call(self.salesperson, expense, "action_submit")
        self.call(self.salesperson, expense, "action_reset")
        self.assertEqual((expense.state, expense.total_amount), ("draft", 150.0))
        self.assertVerdict(expense, 120.0, "cut")

    def test_number_of_statements(self):
        """TE-0: judging a hundred expenses takes as many statements as judging ten."""
        trip = self.make_trip(self.me | self.him)

        def count(number):
            expenses = self.env["hr.expense"].with_user(self.salesperson).create([
                {
                    "name": f"{number}", "employee_id": self.me.id, "product_id": self.categories[kind].id,
                    "total_amount_currency": 50.0, "travel_request_id": trip.id, "travel_leg_id": leg,
                    "place_id": self.guangzhou.id, "night_from": self.day, "night_to": self.day + timedelta(days=2),
                }
                for kind, leg in (("transport", trip.leg_ids[0].id), ("lodging", False)) for _index in range(number // 2)
            ])
            counted = self.count_statements(expenses._judge)
            expenses.sudo().unlink()
            return counted

        count(10)
        self.assertLessEqual(count(100), count(10) + 2)
