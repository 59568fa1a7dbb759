# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from .common_trip import TripCommon


@tagged("post_install", "-at_install")
class TestTravelRequest(TripCommon):
    """What a trip is, what it will cost, and who approves it."""

    def test_defaults(self):
        """TE-2.4: who asks travels; number, days and route follow from the ways."""
        trip = self.make_trip()
        self.assertEqual(trip.employee_id, self.e_sales)
        self.assertEqual(trip.traveller_ids, self.e_sales)
        self.assertEqual(trip.department_id, self.sales)
        self.assertTrue(trip.name.startswith("CC/"))
        self.assertEqual((str(trip.date_from), str(trip.date_to)), ("2030-03-04", "2030-03-06"))
        self.assertEqual(trip.route, "Test Nanning → Test Guangzhou → Test Nanning")
        self.assertEqual(trip.state, "draft")
        self.assertFalse(trip.problems)

    def test_form(self):
        """TE-2: a salesperson fills in the form; the grade's permission stands on the way."""
        with Form(self.env["business.travel.request"].with_user(self.salesperson)) as form:
            form.purpose = "Visit"
            with form.leg_ids.new() as leg:
                leg.from_id = self.nanning
                leg.to_id = self.guangzhou
                leg.class_id = self.means["train_hard_seat"]
                leg.departure = self.at("4 08:00")
                leg.arrival = self.at("4 12:00")
                leg.estimated_fare = 90
                self.assertEqual(leg.permission, "allowed")
                leg.class_id = self.means["plane_economy"]
                self.assertEqual(leg.permission, "request")
                leg.reason = "Signing on the same day"
            self.assertEqual(form.estimated_amount, 105.0)  # 90 and half a day's allowance
        trip = form.record
        self.assertEqual(trip.employee_id, self.e_sales)
        self.assertEqual(trip.leg_ids.restricted_names, "Salesperson")

    def test_days_by_the_clock_of_the_requester(self):
        """TE-3.1: 18:00 UTC is the next day in Nanning."""
        self.e_sales.tz = "Asia/Shanghai"
        trip = self.make_trip(legs=[self.leg(self.nanning, self.guangzhou, "4 18:00", "4 20:00")], lodging_ids=[])
        self.assertEqual(str(trip.date_from), "2030-03-05")

    def test_way_back(self):
        """TE-2: the way back leaves when the last night is over."""
        trip = self.make_trip(
            legs=[self.leg(self.nanning, self.guangzhou, "4 08:00", "4 12:00", fare=90)],
            lodging_ids=[Command.create({"place_id": self.guangzhou.id, "date_from": "2030-03-04", "date_to": "2030-03-06"})],
        )
        self.assertIn("outside the trip", trip.problems)
        self.call(self.salesperson, trip, "action_add_way_back")
        back = trip.leg_ids.sorted("departure")[-1]
        self.assertEqual((back.from_id, back.to_id), (self.guangzhou, self.nanning))
        self.assertEqual((back.departure, back.arrival), (self.at("6 08:00"), self.at("6 12:00")))
        self.assertEqual(back.estimated_fare, 90)
        with self.assertRaisesRegex(UserError, "leads back already"):
            self.call(self.salesperson, trip, "action_add_way_back")

    def test_problems(self):
        """RG-3.3: what does not fit together is said on the form, and refused when it is submitted."""
        trip = self.make_trip(legs=[
            self.leg(self.nanning, self.guangzhou, "4 08:00", "4 12:00"),
            self.leg(self.liuzhou, self.nanning, "4 11:00", "4 13:00"),
        ], hosted_ids=[Command.create({"date": "2030-03-20"})])
        for text in ("Way 2 begins in Test Liuzhou", "Way 2 leaves before", "outside the trip", "The hosted day"):
            self.assertIn(text, trip.problems)
        with self.assertRaisesRegex(UserError, "Way 2 begins in"):
            self.submit(trip)

    def test_arrival_after_departure(self):
        """TE-3.1: a way takes time."""
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.make_trip(legs=[self.leg(self.nanning, self.guangzhou, "4 12:00", "4 08:00")])

    def test_reason_for_on_request(self):
        """TE-2.4: who flies says why; hard sleeper on request of who may use hard seats only."""
        trip = self.make_trip(legs=[self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "plane_economy")])
        with self.assertRaisesRegex(UserError, "Say why"):
            self.submit(trip)
        self.call(self.salesperson, trip.leg_ids, "write", {"reason": "Signing the same day"})
        self.submit(trip)
        self.assertEqual(trip.state, "review")

    def test_most_restricted_traveller(self):
        """TE-2.2, TE-2.3: what a manager may use a salesperson may not."""
        trip = self.make_trip(travellers=self.e_manager + self.e_sales, legs=[
            self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "train_soft_sleeper"),
        ])
        alone = self.make_trip(user=self.manager, legs=[
            self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "train_soft_sleeper"),
        ])
        self.assertEqual(alone.leg_ids.permission, "allowed")
        self.assertNotEqual(trip.leg_ids.permission, "allowed")
        self.assertEqual(trip.leg_ids.restricted_names, "Salesperson")

    def test_estimate(self):
        """TE-2.7.1, TE-2.7.3, TE-3.2, TE-3.3, TE-3.4: fares, two nights with a shared room, three days less a hosted one."""
        trip = self.make_trip(
            travellers=self.e_sales + self.e_mate + self.e_manager,
            hosted_ids=[Command.create({"date": "2030-03-05", "employee_ids": [Command.set(self.e_sales.ids)]})],
        )
        rows = {row["name"]: row for row in trip.estimate}
        # left by 12:00, back after 12:00: three whole days
        self.assertEqual(rows["Mate"]["allowance"], 90.0)
        self.assertEqual(rows["Salesperson"]["allowance"], 60.0)
        self.assertEqual([row["transport"] for row in rows.values()], [200.0] * 3)
        # 80 % of 60 + 100 for a night, half of it each; the manager has a room of his own at 150
        self.assertEqual(rows["Mate"]["lodging"] + rows["Salesperson"]["lodging"], 256.0)
        self.assertEqual(rows["Department Manager"]["lodging"], 300.0)
        self.assertEqual(trip.estimated_amount, 600.0 + 256.0 + 300.0 + 90.0 + 60.0 + 90.0)
        self.assertIn("Department Manager", trip.estimate_html)

    def test_estimate_follows_the_plan(self):
        """TE-3.2: another departure, another estimate; who is unknown to the policy costs the lowest."""
        trip = self.make_trip(lodging_ids=[])
        self.assertEqual(trip.estimated_amount, 290.0)
        self.call(self.salesperson, trip.leg_ids.sorted("departure")[0], "write", {
            "departure": self.at("4 12:01"), "arrival": self.at("4 15:00"),
        })
        self.assertEqual(trip.estimated_amount, 275.0)
        self.e_sales.write({"staff_grade_id": False, "sex": False})
        trip._refresh_estimate()
        self.assertEqual(trip.estimated_amount, 275.0)
        self.assertIn("Without a staff grade", trip.estimate_html)

    def test_company_without_policy(self):
        """TE-0: without a policy the fares are all that is estimated, and nothing is restricted."""
        self.startPatcher(patch.object(type(self.env["business.travel.policy"]), "_get_policies", return_value={}))
        trip = self.make_trip(legs=[self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "plane_economy", fare=900)])
        self.assertEqual(trip.estimated_amount, 900.0)
        self.assertIn("No travel policy is in force", trip.estimate_html)
        self.assertFalse(trip.leg_ids.permission)
        self.approve(trip)
        self.assertEqual(trip.state, "approved")

    def test_errand(self):
        """TE-1.2, TE-2.7.2, TE-3: no allowance in town; taxi and lodging in town are asked for with the errand."""
        errand = self.make_trip(
            kind="errand", legs=[self.leg(self.nanning, self.nanning, "4 08:00", "4 10:00", "public", fare=4)], wants_taxi=True,
            wants_town_lodging=True, lodging_ids=[Command.create({
                "place_id": self.nanning.id, "date_from": "2030-03-04", "date_to": "2030-03-05"})],
        )
        self.assertIn("outside the trip", errand.problems)
        self.call(self.salesperson, errand, "write", {"leg_ids": [Command.clear()], "date_to": "2030-03-05"})
        self.assertFalse(errand.problems)
        self.assertEqual(errand.estimated_amount, 80.0)
        day = fields.Date.to_date("2030-03-04")
        self.assertFalse(errand._is_town_taxi_approved(self.e_sales, day))
        self.approve(errand)
        self.assertTrue(errand._is_town_taxi_approved(self.e_sales, day))
        self.assertTrue(errand._is_town_lodging_approved(self.e_sales, day))
        self.assertFalse(errand._is_town_taxi_approved(self.e_sales, day + timedelta(days=2)))
        self.assertFalse(errand._is_town_taxi_approved(self.e_mate, day))

    def test_errand_stays_in_town(self):
        """TE-1: who leaves town asks for a trip."""
        errand = self.make_trip(kind="errand", lodging_ids=[])
        self.assertIn("ask for a trip", errand.problems)

    def test_overlapping_trips(self):
        """TE-3: one traveller is on one trip at a time; which other one it is, is not told."""
        self.submit(self.make_trip(user=self.mate, travellers=self.e_mate + self.e_third), self.mate)
        trip = self.make_trip(travellers=self.e_sales + self.e_mate)
        self.assertIn("Mate is on another trip", trip.problems)
        with self.assertRaisesRegex(UserError, "Mate is on another trip"):
            self.submit(trip)

    def test_overlap_at_approval(self):
        """TE-3: two requests that were submitted at once; the second approval is told."""
        trip = self.make_trip()
        other = self.make_trip()
        with patch.object(type(trip), "_get_busy", return_value={}):
            self.submit(trip)
            self.submit(other)
        self.call(self.manager, other, "action_approval_approve")
        with self.assertRaisesRegex(UserError, "is on another trip"):
            self.call(self.manager, trip, "action_approval_approve")

    def test_route(self):
        """TE-2.4: the manager approves; above the amount the executive office as well."""
        trip = self.approve(self.make_trip())
        self.assertEqual(trip.state, "approved")
        self.assertTrue(trip.date_approved)
        self.call(self.salesperson, trip, "action_cancel")
        self.assertEqual(trip.state, "cancelled")
        costly = self.approve(self.make_trip(legs=[
            self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "plane_economy", fare=6000, reason="Urgent"),
        ]))
        self.assertEqual(costly.state, "review")
        self.call(self.executive, costly, "action_approval_approve")
        self.assertEqual(costly.state, "approved")

    def test_manager_goes_along(self):
        """IC-7: who travels does not decide; the executive office does."""
        trip = self.submit(self.make_trip(travellers=self.e_sales + self.e_manager))
        self.assertEqual(trip.approval_id.current_user_ids, self.executive)
        with self.assertRaises(ControlError):
            self.call(self.manager, trip, "action_approval_approve")
        self.assertTrue(self.take_refusals("approval.own_decision"))
        self.call(self.executive, trip, "action_approval_approve")
        self.assertEqual(trip.state, "approved")

    def test_manager_asks_for_his_people(self):
        """TE-2: a manager asks for his people, and then does not decide."""
        trip = self.make_trip(user=self.manager, travellers=self.e_sales, employee_id=self.e_sales.id)
        self.submit(trip, self.manager)
        self.assertEqual(trip.approval_id.current_user_ids, self.executive)

    def test_without_manager(self):
        """IC-7: where no manager is left to decide, the executive office does."""
        self.e_sales.department_id = False
        trip = self.submit(self.make_trip())
        self.assertEqual(trip.approval_id.current_user_ids, self.executive)

    def test_change_voids(self):
        """TE-2.4: a change after the approval voids it, says what, and takes the permission of the flight away."""
        flight = self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "plane_economy", fare=900, reason="Urgent")
        trip = self.approve(self.make_trip(legs=[flight]))
        self.assertTrue(trip._is_transport_approved(trip.leg_ids, self.e_sales))
        self.assertFalse(trip._is_transport_approved(trip.leg_ids, self.e_mate))
        self.call(self.salesperson, trip.leg_ids, "write", {"estimated_fare": 1200.0})
        self.assertEqual(trip.state, "draft")
        self.assertFalse(trip.date_approved)
        self.assertIn("900.00", trip.approval_id.reason)
        self.assertIn("1200.00", trip.approval_id.reason)
        self.assertEqual(trip.estimated_amount, 1200.0 + 15.0)
        self.assertFalse(trip._is_transport_approved(trip.leg_ids, self.e_sales))

    def test_approved_too_late(self):
        """TE-2.4: what is approved after it left was not asked for beforehand."""
        start = fields.Datetime.now() - timedelta(days=2)
        leg = self.leg(self.nanning, self.guangzhou, "4 08:00", "4 10:00", "plane_economy", fare=900, reason="Urgent")
        leg.update(departure=start, arrival=start + timedelta(hours=2))
        trip = self.approve(self.make_trip(legs=[leg], lodging_ids=[]))
        self.assertEqual(trip.state, "approved")
        self.assertFalse(trip._is_transport_approved(trip.leg_ids, self.e_sales))

    def test_region(self):
        """RG-3.3: who has a region travels within it; companions without one go anywhere."""
        self.e_sales.travel_state_ids = self.guangxi
        trip = self.make_trip(travellers=self.e_sales + self.e_mate)
        self.assertIn("outside the region of Salesperson", trip.with_user(self.salesperson).control_banner)
        self.set_mode("travel.request_region", "block")
        with self.assertRaisesRegex(ControlError, "RG-3.3"):
            self.submit(trip)
        self.assertTrue(self.take_refusals("travel.request_region"))
        self.set_mode("travel.request_region", "approve")
        self.approve(trip)
        self.assertEqual(trip.state, "review")  # the executive office decides as well
        self.call(self.executive, trip, "action_approval_approve")
        self.assertEqual(trip.state, "approved")
        self.assertEqual(self.events("released", trip).control_id.code, "travel.request_region")
        self.e_sales.travel_place_ids = self.guangzhou
        self.assertFalse(self.make_trip()._find_breaches("request"))

    def test_region_is_noted(self):
        """RG-3.3: as shipped it goes through, and leaves a trace."""
        self.e_sales.travel_state_ids = self.guangxi
        trip = self.approve(self.make_trip())
        self.assertEqual(trip.state, "approved")
        self.assertEqual(self.events("noted", trip).control_id.code, "travel.request_region")

    def test_done(self):
        """RG-3.7: a trip is done once it has ended."""
        trip = self.approve(self.make_trip())
        with self.assertRaisesRegex(UserError, "has not ended"):
            self.call(self.salesperson, trip, "action_done")
        with self.assertRaises(AccessError):
            self.call(self.stranger, trip, "action_done")
        with patch.object(fields.Datetime, "now", return_value=self.at("8 08:00")):
            self.call(self.salesperson, trip, "action_done")
        self.assertEqual(trip.state, "done")
        with self.assertRaisesRegex(UserError, "has ended"):
            self.call(self.salesperson, trip, "write", {"purpose": "Other"})

    def test_tickets(self):
        """TE-3.1: the times of the tickets are entered by a companion, once for all; the approval stays."""
        trip = self.make_trip(travellers=self.e_sales + self.e_mate)
        leg = trip.leg_ids.sorted("departure")[0]
        times = {"ticket_departure": self.at("4 12:30"), "ticket_arrival": self.at("4 16:00")}
        with self.assertRaisesRegex(UserError, "after the trip was approved"):
            self.call(self.mate, leg, "write", times)
        self.approve(trip)
        self.call(self.mate, trip, "write", {"leg_ids": [Command.update(leg.id, times)]})
        self.assertEqual(leg.ticket_departure, self.at("4 12:30"))
        self.assertEqual(trip.state, "approved")
        self.assertTrue(trip._is_approved())

    def test_hosted_afterwards(self):
        """TE-3.4: travellers note a hosted day afterwards; only the manager takes it away."""
        trip = self.approve(self.make_trip())
        self.call(self.salesperson, trip, "write", {"hosted_ids": [Command.create({"date": "2030-03-05"})]})
        self.assertEqual(trip.state, "approved")
        self.assertEqual(trip._get_hosted_days(self.e_sales), {fields.Date.to_date("2030-03-05")})
        with self.assertRaises(AccessError):
            self.call(self.salesperson, trip.hosted_ids, "unlink")
        with self.assertRaises(AccessError):
            self.call(self.salesperson, trip.hosted_ids, "write", {"date": "2030-03-15"})
        self.call(self.manager, trip.hosted_ids, "unlink")
        self.assertFalse(trip.hosted_ids)

    def test_paper(self):
        """TE-2.4, TE-1.3: who may read a request prints it; an approved one says who approved."""
        trip = self.make_trip(travellers=self.e_sales + self.e_mate, hosted_ids=[Command.create({"date": "2030-03-05"})])
        ride = self.make_ride(passenger_ids=[Command.set(self.e_mate.ids)])
        for user in (self.salesperson, self.mate, self.manager, self.finance):
            for report, record in (("report_travel_request", trip), ("report_vehicle_request", ride)):
                self.env.invalidate_all()
                html = self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    f"business_dept.{report}", record.ids)[0].decode()
                self.assertIn(record.name, html)
                self.assertIn("NOT APPROVED", html)
        self.approve(trip)
        html = self.env["ir.actions.report"].with_user(self.mate)._render_qweb_html(
            "business_dept.report_travel_request", trip.ids)[0].decode()
        self.assertNotIn("NOT APPROVED", html)
        self.assertIn("Trip: department manager", html)

    def test_employees_stay_readable(self):
        """TE-2: a manager without rights of HR reads employees as before, though he may not read their grade."""
        self.env.invalidate_all()
        self.assertEqual(self.e_sales.with_user(self.manager).name, "Salesperson")
        with self.assertRaises(AccessError):
            self.call(self.manager, self.e_sales, "read", ["staff_grade_id"])

    def test_copy(self):
        """TE-2.4: a copy begins as a draft with a number of its own."""
        trip = self.approve(self.make_trip())
        copied = trip.with_user(self.salesperson).copy()
        self.assertEqual(copied.state, "draft")
        self.assertNotEqual(copied.name, trip.name)
        self.assertFalse(copied.date_approved)
        self.assertEqual(len(copied.leg_ids), 2)

    def test_statements(self):
        """TE-2: estimates, permissions and lists cost the same number of statements for one trip and for twelve."""
        trips = self.env["business.travel.request"].sudo().union(*(
            self.make_trip(travellers=self.e_sales + self.e_mate + self.e_manager) for _number in range(12)))
        fnames = ["name", "route", "estimated_amount", "traveller_ids", "employee_id", "state", "customer_ids"]

        def estimate(requests):
            requests._refresh_estimate()
            self.env.flush_all()

        def permissions(requests):
            requests.leg_ids.mapped("permission")

        def problems(requests):
            requests.mapped("problems")

        def listing(requests):
            self.call(self.salesperson, requests, "web_search_read", [("id", "in", requests.ids)], {
                name: {"fields": {"display_name": {}}} if name.endswith(("_id", "_ids")) else {} for name in fnames})

        for act in (estimate, permissions, problems, listing):
            with self.subTest(act=act.__name__):
                counts = []
                for requests in (trips, trips[:1], trips):  # the first one fills the caches of the registry
                    counts.append(self.count_statements(lambda act=act, requests=requests: act(requests)))
                self.assertLessEqual(counts[2], counts[1] + 2)
