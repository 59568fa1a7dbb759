# Part of business_dept. See LICENSE file for full copyright and licensing details.
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from .common_trip import TripCommon


@tagged("post_install", "-at_install")
class TestVehicleRequest(TripCommon):
    """A company car is asked for before it leaves (TE-1.3)."""

    def refused(self, user, record, method, *args, error=UserError):
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, record, method, *args)
        self.env.invalidate_all()

    def test_way(self):
        """TE-1.3: asked for, approved by the manager, returned with what the odometer shows."""
        ride = self.make_ride()
        self.assertTrue(ride.name.startswith("PC/"))
        self.refused(self.salesperson, ride, "action_return")
        self.approve(ride)
        self.assertEqual(ride.state, "approved")
        self.refused(self.salesperson, ride, "action_return")
        self.call(self.salesperson, ride, "write", {"odometer_start": 1000.0, "odometer_end": 1042.5})
        self.assertEqual(ride.state, "approved")
        self.call(self.salesperson, ride, "action_return")
        self.assertEqual(ride.state, "returned")
        self.assertEqual(ride.mileage, 42.5)
        self.assertEqual(ride.returned_by_id, self.salesperson)
        self.vehicle.invalidate_recordset(["odometer"])
        self.assertEqual(self.vehicle.odometer, 1042.5)
        self.refused(self.salesperson, ride, "write", {"odometer_end": 2000.0})

    def test_form(self):
        """TE-1.3: a salesperson fills in the form and reads that the vehicle is taken."""
        other = self.submit(self.make_ride())
        with Form(self.env["business.vehicle.request"].with_user(self.mate)) as form:
            form.purpose, form.start, form.destination = "Visit", "Office", "Harbour"
            form.date_from, form.date_to = self.at("4 11:00"), self.at("4 13:00")
            form.driver_id = self.e_mate
            self.assertFalse(form.collisions)
            form.vehicle_id = self.vehicle
            self.assertIn(other.name, form.collisions)
        self.assertEqual(form.record.employee_id, self.e_mate)

    def test_collision_is_noted(self):
        """TE-1.3: as shipped a vehicle asked for twice goes through and leaves a trace."""
        self.approve(self.make_ride())
        second = self.approve(self.make_ride(user=self.mate, driver_id=self.e_mate.id), submitter=self.mate)
        self.assertEqual(second.state, "approved")
        self.assertEqual(self.events("noted", second).control_id.code, "travel.vehicle_collision")

    def test_collision_blocked(self):
        """TE-1.3: when it blocks, the same vehicle or driver is not asked for twice; another time or car is."""
        self.set_mode("travel.vehicle_collision", "block")
        self.approve(self.make_ride())
        car = self.env["business.vehicle"].sudo().create({"name": "Car", "company_id": self.company.id})
        for vals in ({"driver_id": self.e_mate.id}, {"vehicle_id": car.id}):
            ride = self.make_ride(user=self.mate, **vals)
            self.refused(self.mate, ride, "action_approval_submit", error=ControlError)
            self.assertTrue(self.take_refusals("travel.vehicle_collision"))
        later = self.make_ride(user=self.mate, date_from=self.at("4 12:00"), date_to=self.at("4 14:00"))
        self.submit(later, self.mate)
        free = self.make_ride(user=self.mate, vehicle_id=car.id, driver_id=self.e_third.id)
        self.submit(free, self.mate)
        self.assertEqual(free.state, "review")

    def test_collision_at_approval(self):
        """TE-1.3: of two requests that were submitted while the control noted only, the manager approves one."""
        first = self.submit(self.make_ride())
        second = self.submit(self.make_ride(user=self.mate, driver_id=self.e_mate.id), self.mate)
        self.set_mode("travel.vehicle_collision", "block")
        self.call(self.manager, first, "action_approval_approve")
        self.refused(self.manager, second, "action_approval_approve", error=ControlError)
        self.assertEqual(second.state, "review")
        self.call(self.salesperson, first, "action_cancel")
        self.call(self.manager, second, "action_approval_approve")
        self.assertEqual(second.state, "approved")

    def test_seats(self):
        """TE-1.3: no more people than seats, and somebody drives."""
        ride = self.make_ride(passenger_ids=[Command.set((self.e_mate + self.e_third + self.e_manager).ids)])
        self.refused(self.salesperson, ride, "action_approval_submit")
        ride = self.make_ride(driver_id=False)
        self.refused(self.salesperson, ride, "action_approval_submit")
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.make_ride(date_to=self.at("4 07:00"))

    def test_change_voids(self):
        """RL-4.3: another vehicle or hour after the approval voids it."""
        ride = self.approve(self.make_ride())
        self.call(self.salesperson, ride, "write", {"date_to": self.at("4 18:00")})
        self.assertEqual(ride.state, "draft")
        self.assertFalse(ride.date_approved)

    def test_forged(self):
        """Attacks 5 to 7: nobody writes what the system keeps, and nobody returns what is not under way."""
        Request = self.env["business.vehicle.request"]
        ride = self.make_ride()
        for vals in (
            {"state": "approved"}, {"date_approved": "2030-01-01 00:00:00"}, {"date_returned": "2030-01-01 00:00:00"},
            {"name": "PC/1"}, {"returned_by_id": self.mate.id}, {"date_cancelled": "2030-01-01 00:00:00"},
        ):
            self.refused(self.salesperson, ride, "write", vals, error=ControlError)
            self.refused(self.manager, ride, "write", vals, error=ControlError)
            self.refused(self.salesperson, Request, "create", [{
                "purpose": "x", "start": "a", "destination": "b", "date_from": self.at("4 08:00"),
                "date_to": self.at("4 09:00"), **vals}], error=ControlError)
        self.refused(self.salesperson, ride, "write", {"odometer_end": 5.0})
        self.submit(ride)
        self.refused(self.salesperson, ride, "write", {"vehicle_id": False}, error=ControlError)
        self.refused(self.salesperson, ride, "action_approval_approve")

    def test_others(self):
        """Attack 19: who takes no part reads nothing; a driver reads, notes the return and changes nothing else."""
        ride = self.approve(self.make_ride(driver_id=self.e_stranger.id))
        self.assertFalse(self.call(self.mate, ride, "search", [("id", "=", ride.id)]))
        self.refused(self.mate, ride, "read", ["purpose"])
        self.refused(self.mate, ride, "action_return")
        self.refused(self.stranger, ride, "write", {"purpose": "x"})
        self.refused(self.stranger, ride, "action_cancel")
        self.call(self.stranger, ride, "write", {"odometer_start": 10.0, "odometer_end": 20.0})
        self.call(self.stranger, ride, "action_return")
        self.assertEqual(ride.state, "returned")

    def test_foreign_trip(self):
        """Attack 19: the number and places of a trip are not learned by naming it."""
        trip = self.make_trip()
        ride = self.make_ride(user=self.stranger, driver_id=self.e_stranger.id)
        self.refused(self.stranger, ride, "write", {"travel_request_id": trip.id})
        self.call(self.salesperson, self.make_ride(), "write", {"travel_request_id": trip.id})

    def test_register(self):
        """TE-1.3: the register is kept by the manager and the executive office; a plate is there once."""
        Vehicle = self.env["business.vehicle"]
        self.refused(self.salesperson, Vehicle, "create", [{"name": "Mine"}])
        self.call(self.manager, Vehicle, "create", [{"name": "Truck", "license_plate": "桂A99999"}])
        with self.assertRaises(ValidationError):
            self.call(self.manager, Vehicle, "create", [{"name": "Truck 2", "license_plate": "桂A99999"}])
