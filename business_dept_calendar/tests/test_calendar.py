# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_trip import TripCommon


@tagged("post_install", "-at_install")
class TestCalendar(TripCommon):
    """Approved trips stand in the calendars of who travels (RG-3.3)."""

    def test_event(self):
        """RG-3.3: one event for all who travel, without a mail, and without what the trip is about."""
        trip = self.make_trip(travellers=self.e_sales + self.e_mate)
        self.assertFalse(trip.calendar_event_id)
        self.approve(trip)
        event = trip.calendar_event_id
        self.assertEqual((event.start, event.stop), (self.at("4 08:00"), self.at("6 13:00")))
        self.assertEqual(event.partner_ids, (self.salesperson + self.mate).partner_id)
        self.assertEqual(event.name, "Trip: Test Nanning → Test Guangzhou → Test Nanning")
        mails = self.env["mail.mail"].sudo().search([("model", "=", "calendar.event"), ("res_id", "=", event.id)])
        self.assertFalse(mails)
        self.env.invalidate_all()
        seen = self.call(self.stranger, event, "read", ["name", "partner_ids"])[0]
        self.assertNotIn("Guangzhou", seen["name"])

    def test_kept_in_step(self):
        """RG-3.3: a change takes it away until it is approved again; then it is at the new time; cancelled, it is gone."""
        trip = self.approve(self.make_trip())
        event = trip.calendar_event_id
        self.call(self.salesperson, trip.leg_ids.sorted("departure")[-1], "write", {"arrival": self.at("6 20:00")})
        self.assertFalse(event.exists())
        self.assertFalse(trip.calendar_event_id)
        self.approve(trip)
        self.assertEqual(trip.calendar_event_id.stop, self.at("6 20:00"))
        event = trip.calendar_event_id
        self.call(self.salesperson, trip, "action_cancel")
        self.assertFalse(event.exists())

    def test_errand(self):
        """TE-1: an errand without ways is there for the day."""
        trip = self.approve(self.make_trip(kind="errand", legs=[], date_from="2030-03-04", date_to="2030-03-04"))
        self.assertTrue(trip.calendar_event_id.allday)

    def test_forged(self):
        """Attack 7: nobody hangs an event of somebody else on his trip, to have it deleted."""
        event = self.env["calendar.event"].with_user(self.mate).create({
            "name": "Mine", "start": self.at("4 08:00"), "stop": self.at("4 09:00"),
            "partner_ids": [Command.set(self.mate.partner_id.ids)],
        })
        trip = self.make_trip()
        with self.assertRaises(ControlError):
            self.call(self.salesperson, trip, "write", {"calendar_event_id": event.id})
