# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..controls import ControlError
from .common_trip import TripCommon

FORGED = {
    "state": "approved", "date_approved": "2030-01-01 00:00:00", "date_done": "2030-01-01 00:00:00", "estimated_amount": 1.0,
    "date_cancelled": "2030-01-01 00:00:00", "name": "CC/1", "estimate": [], "route": "x", "departure": "2030-01-01 00:00:00",
}


@tagged("post_install", "-at_install")
class TestTravelRequestAttacks(TripCommon):
    """People with a login and a script."""

    def refused(self, user, record, method, *args, error=AccessError, **kwargs):
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, record, method, *args, **kwargs)
        self.env.invalidate_all()

    def test_forged_facts(self):
        """Attacks 5 to 7: nobody writes what the system keeps, the manager and finance neither."""
        trip = self.make_trip()
        for name, value in FORGED.items():
            for user in (self.salesperson, self.manager):
                with self.subTest(field=name, user=user.name):
                    self.refused(user, trip, "write", {name: value}, error=ControlError)
                    self.assertTrue(self.take_refusals("approval.forgery"))
            self.refused(self.finance, trip, "write", {name: value}, error=UserError)
            self.refused(self.salesperson, trip, "web_save", {name: value}, {"name": {}}, error=ControlError)
        self.assertEqual(trip.state, "draft")

    def test_created_approved(self):
        """Attack 6: created as approved, by values, by context, by import."""
        Request = self.env["business.travel.request"]
        for name, value in FORGED.items():
            self.refused(self.salesperson, Request, "create", [self.trip_vals(**{name: value})], error=ControlError)
        ids = self.call(self.salesperson, Request, "create", [self.trip_vals()], context={
            "default_state": "approved", "default_date_approved": "2030-01-01 00:00:00", "default_estimated_amount": 1.0,
        })
        trip = Request.browse(ids)
        self.assertEqual(trip.state, "draft")
        self.assertFalse(trip.date_approved)
        answer = self.call(self.salesperson, Request, "load", ["purpose", "state"], [["x", "approved"]])
        self.assertFalse(answer["ids"])

    def test_own_decision(self):
        """IC-7, attacks 1 and 10: neither who asked nor who goes along decides, not by hand-over either."""
        trip = self.submit(self.make_trip(travellers=self.e_sales + self.e_mate))
        for user in (self.salesperson, self.mate):
            self.refused(user, trip, "action_approval_approve", error=ControlError)
        self.refused(self.manager, trip, "action_approval_hand_over", self.mate.id, "You do it", error=ControlError)
        self.assertEqual(trip.state, "review")

    def test_locked_under_review(self):
        """Attack 4: neither the request nor its ways, nights and hosted days change under review."""
        trip = self.submit(self.make_trip(hosted_ids=[Command.create({"date": "2030-03-05"})]))
        self.refused(self.salesperson, trip, "write", {"purpose": "Other"}, error=ControlError)
        self.refused(self.salesperson, trip, "write", {"traveller_ids": [Command.link(self.e_mate.id)]}, error=ControlError)
        plane = {"class_id": self.means["plane_economy"].id}
        self.refused(self.salesperson, trip.leg_ids[0], "write", plane, error=ControlError)
        self.refused(self.salesperson, trip.leg_ids[0], "unlink", error=ControlError)
        self.refused(self.salesperson, trip.lodging_ids, "write", {"date_to": "2030-03-05"}, error=ControlError)
        self.refused(self.salesperson, trip.hosted_ids, "write", {"date": "2030-03-06"}, error=ControlError)
        self.refused(self.salesperson, trip.hosted_ids, "unlink", error=ControlError)
        self.refused(self.salesperson, trip.leg_ids, "create", [{
            **self.leg(self.nanning, self.guangzhou, "10 08:00", "10 10:00"), "request_id": trip.id}], error=ControlError)
        self.refused(self.salesperson, trip, "unlink", error=UserError)
        self.refused(self.salesperson, trip, "action_cancel", error=UserError)
        self.assertTrue(self.take_refusals("approval.content_locked"))

    def test_companion_edits_nothing(self):
        """Attack 4: who goes along enters times of tickets and no plan."""
        trip = self.make_trip(travellers=self.e_sales + self.e_mate)
        self.refused(self.mate, trip, "write", {"purpose": "Other"})
        self.refused(self.mate, trip, "write", {"traveller_ids": [Command.unlink(self.e_sales.id)]})
        self.refused(self.mate, trip, "action_approval_submit")
        self.refused(self.mate, trip, "action_cancel")
        self.refused(self.mate, trip, "unlink")
        self.refused(self.mate, trip, "write", {"leg_ids": [Command.delete(trip.leg_ids[0].id)]})
        self.refused(self.mate, trip.leg_ids[0], "write", {"estimated_fare": 1.0})
        self.refused(self.mate, trip.lodging_ids, "unlink")
        mine = self.make_trip(user=self.mate)
        self.refused(self.mate, mine.leg_ids[0], "write", {"request_id": trip.id})

    def test_strangers(self):
        """Attack 19: who takes no part finds nothing, by no door."""
        trip = self.approve(self.make_trip(purpose="Secret visit"))
        Request = self.env["business.travel.request"]
        for user in (self.stranger, self.third):
            self.assertFalse(self.call(user, Request, "search", [("purpose", "=", "Secret visit")]))
            self.assertFalse(self.call(user, Request, "search_count", [("id", "=", trip.id)]))
            self.assertFalse(self.call(
                user, Request, "formatted_read_group", [("id", "=", trip.id)], ["employee_id"], ["__count"]))
            self.assertFalse(self.call(user, Request, "name_search", trip.name))
            self.assertFalse(self.call(user, trip.leg_ids, "search", [("request_id", "=", trip.id)]))
            self.assertFalse(self.call(user, trip.lodging_ids, "search", [("request_id", "=", trip.id)]))
            self.refused(user, trip, "read", ["purpose"])
            self.refused(user, trip.leg_ids, "read", ["class_id"])
            self.refused(user, trip, "copy")
            self.refused(user, trip, "write", {"purpose": "x"})
            self.refused(user, trip.leg_ids, "write", {"ticket_departure": self.at("4 09:00")})
            self.refused(user, trip, "action_add_way_back")
        for user in (self.salesperson, self.manager, self.executive, self.finance, self.auditor):
            self.assertEqual(self.call(user, Request, "search", [("id", "=", trip.id)]), trip.ids)
        self.refused(self.finance, trip, "write", {"purpose": "x"})
        self.refused(self.auditor, trip.leg_ids, "write", {"estimated_fare": 1.0})

    def test_asked_reads(self):
        """Attack 8: who was asked to decide reads the request, until then he does not."""
        trip = self.submit(self.make_trip())
        self.refused(self.manager_2, trip, "read", ["purpose"])
        self.call(self.manager, trip, "action_approval_hand_over", self.manager_2.id, "I am away")
        self.assertEqual(self.call(self.manager_2, trip, "read", ["purpose"])[0]["purpose"], "Visit dealers")
        self.call(self.manager_2, trip, "action_approval_approve")
        self.assertEqual(trip.state, "approved")

    def test_foreign_people(self):
        """Attack 1: nobody asks for a colleague, or takes people of another department along."""
        Request = self.env["business.travel.request"]
        self.refused(self.salesperson, Request, "create", [self.trip_vals(employee_id=self.e_mate.id)])
        self.refused(self.salesperson, Request, "create", [self.trip_vals(travellers=self.e_sales + self.e_stranger)])
        trip = self.make_trip()
        self.refused(self.salesperson, trip, "write", {"traveller_ids": [Command.link(self.e_stranger.id)]})
        self.refused(self.salesperson, trip, "write", {"employee_id": self.e_mate.id})
        self.refused(self.manager, Request, "create", [self.trip_vals(employee_id=self.e_stranger.id)])

    def test_forged_tickets(self):
        """Attack: times of tickets after an expense of the trip was approved are refused and traced."""
        trip = self.approve(self.make_trip())
        leg = trip.leg_ids[0]
        self.call(self.salesperson, leg, "write", {
            "ticket_departure": self.at("4 08:00"), "ticket_arrival": self.at("4 12:00")})
        self.env["hr.expense"].sudo().create({
            "name": "Ticket", "employee_id": self.e_sales.id, "company_id": self.company.id, "total_amount_currency": 100,
            "travel_request_id": trip.id, "approval_state": "approved",
        })
        self.refused(self.salesperson, leg, "write", {"ticket_departure": self.at("4 07:00")}, error=ControlError)
        self.assertTrue(self.take_refusals("approval.content_locked"))
        self.refused(self.salesperson, trip, "write", {"leg_ids": [
            Command.update(leg.id, {"ticket_departure": self.at("4 07:00")})]}, error=ControlError)
        self.refused(self.manager, trip, "write", {"hosted_ids": [Command.create({"date": "2030-03-05"})]}, error=ControlError)
        self.refused(self.salesperson, trip, "action_cancel", error=UserError)
        self.assertEqual(leg.ticket_departure, self.at("4 08:00"))

    def test_days_against_ways(self):
        """Attack 5: days of one's own choice beside the ways."""
        trip = self.make_trip()
        self.call(self.salesperson, trip, "write", {"date_to": "2030-03-30"})
        self.assertEqual(str(trip.date_to), "2030-03-06")
        other = self.make_trip(date_from="2030-03-01", date_to="2030-03-30")
        self.assertEqual((str(other.date_from), str(other.date_to)), ("2030-03-04", "2030-03-06"))

    def test_other_company(self):
        """Attack 20: a trip of another company is not found, and nobody of it is taken along."""
        company = self.env["res.company"].create({"name": "Sister"})
        trip = self.make_trip()
        outsider = self.make_user("outsider")
        outsider.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.e_sales.parent_id = self.env["hr.employee"].create({
            "name": "Outsider", "user_id": outsider.id, "company_id": company.id})
        self.assertFalse(self.call(outsider, trip, "search", [("id", "=", trip.id)]))

    def test_without_post(self):
        """TE-1: every employee with a user asks for himself, whatever his post."""
        clerk = self.make_user("driver")
        self.make_employee(clerk, self.sales, "staff")
        trip = self.make_trip(user=clerk)
        self.submit(trip, clerk)
        self.assertEqual(trip.state, "review")
