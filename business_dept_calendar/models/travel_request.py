# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields, models


class BusinessTravelRequest(models.Model):
    """An approved trip stands in the calendars of who travels; colleagues see that they are busy, and no more."""

    _inherit = "business.travel.request"
    _engine_fields = frozenset({"calendar_event_id"})

    calendar_event_id = fields.Many2one(
        comodel_name="calendar.event", readonly=True, copy=False, index="btree_not_null", ondelete="set null")

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        self._refresh_calendar()

    def _on_approval_voided(self, approval):
        super()._on_approval_voided(approval)
        self._refresh_calendar()

    def action_cancel(self):
        """EXTENDS business_dept: nobody is away any more."""
        result = super().action_cancel()
        self._refresh_calendar()
        return result

    def _refresh_calendar(self):
        """Keep the calendar in step: an event for what is approved, none for what is not."""
        Event = self.env["calendar.event"].sudo().with_context(
            no_mail_to_attendees=True, dont_notify=True, mail_create_nosubscribe=True, tracking_disable=True)
        for request in self.sudo():
            event = Event.browse(request.calendar_event_id.exists().id)
            users = request.traveller_ids.user_id
            if not (request.state in ("approved", "done") and users and request.date_from):
                event.unlink()
            elif event:
                event.write(request._prepare_event_values(users))
            else:
                request._as_engine().calendar_event_id = Event.create(request._prepare_event_values(users))

    def _prepare_event_values(self, users):
        """What the calendar shows: where and when, neither customers nor purpose.

        :param users: res.users who travel
        """
        self.ensure_one()
        return {
            "name": (
                self.env._("Trip: %s", self.route) if self.route and self.kind == "trip" else self.env._("Errand in town")
            ),
            "allday": not self.departure,
            "start": self.departure or fields.Datetime.to_datetime(self.date_from),
            "stop": self.arrival or fields.Datetime.to_datetime(self.date_to),
            "user_id": self.employee_id.user_id.id or users[:1].id,
            "partner_ids": [Command.set(users.partner_id.ids)],
            "privacy": "private",
            "show_as": "busy",
        }
