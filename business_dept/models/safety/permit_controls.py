# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_datetime

from ...controls import Breach, control

GATES = ("request", "approve", "start", "restart")
"""A permit is judged when it is asked for, issued, and whenever work begins."""
MANY_DAYS = 62
"""Of a longer validity, which no kind of work allows, only the first and the last day are judged."""


class BusinessSafetyPermit(models.Model):
    """What holds a permit back: qualification, stop-work, hours, equipment, restricted areas (SM-4.1.3, SM-4.3, SM-4.4.1)."""

    _inherit = "business.safety.permit"

    @control("safety.permit_qualification", moment=GATES)
    def _check_permit_qualification(self):
        """SM-4.1.3: every worker holds each qualification of the kind of work on every day of the permit."""
        Qualification, asked_on = self.env["business.safety.qualification"], defaultdict(self.browse)
        for permit in self:
            if permit.type_id.qualification_type_ids and permit.worker_ids:
                for day in permit._get_days():
                    asked_on[day] |= permit
        missing = defaultdict(dict)
        for day, permits in sorted(asked_on.items()):
            found = Qualification._find_missing(
                permits.worker_ids._origin, permits.type_id.qualification_type_ids._origin, day)
            for permit in permits:
                for worker in permit.worker_ids._origin:
                    types = found.get(worker, Qualification.type_id) & permit.type_id.qualification_type_ids._origin
                    if types:
                        missing[permit][worker] = missing[permit].get(worker, types) | types
        return {
            permit: Breach(self.env._("Without the qualification: %s.", self._list_missing(people)))
            for permit, people in missing.items()
        }

    @control("safety.permit_equipment", moment=GATES)
    def _check_permit_equipment(self):
        """SM-4.3.2: workers and guardian have been given the protective equipment of the work and of the place."""
        Issue, breaches = self.env["business.safety.equipment.issue"], {}
        for (place, kind), permits in self.grouped(lambda permit: (permit.place_id, permit.type_id)).items():
            people = (permits.worker_ids | permits.guardian_id)._origin
            if not (place and kind and people):
                continue
            missing = Issue._find_missing(people, place._origin, kind._origin)
            for permit in permits:
                own = (permit.worker_ids | permit.guardian_id)._origin
                lacking = {person: missing[person] for person in own if missing.get(person)}
                if lacking:
                    breaches[permit] = Breach(
                        self.env._("Without the protective equipment: %s.", self._list_missing(lacking)))
        return breaches

    def _list_missing(self, missing):
        """People, and what each of them lacks.

        :param dict missing: ``{employee: records}``
        """
        return "; ".join(f"{person.name} ({', '.join(what.mapped('name'))})" for person, what in missing.items())

    @control("safety.permit_stop_work", moment=GATES)
    def _check_permit_stop_work(self):
        """SM-4.4.1: no permit where work stands still, or anywhere in it, or for the kind of work that does."""
        stops = self.env["business.safety.stop"]._find_for(self.place_id._origin, self.type_id._origin, within=True)
        breaches = {}
        for permit in self:
            if standing := stops.filtered(permit._is_stopped_by):
                breaches[permit] = Breach(permit._describe_stops(standing))
        return breaches

    def _is_stopped_by(self, stop):
        """Whether a stop is about the place of the permit, what that is part of or holds, or its kind of work."""
        if stop.company_id != self.company_id:
            return False
        if stop.place_id:
            place = self.place_id._origin
            return stop.place_id in place._get_with_parents() or place in stop.place_id._get_with_parents()
        return stop.permit_type_id == self.type_id._origin

    def _describe_stops(self, stops):
        """Where work stands still, since when and why."""
        return "\n".join(
            self.env._(
                "Work stands still since %(date)s: %(what)s (%(reason)s).",
                date=format_datetime(self.env, stop.date_from, dt_format="short"),
                what=(stop.place_id or stop.permit_type_id).display_name, reason=stop.reason)
            for stop in stops
        )

    @control("safety.permit_expired", moment=GATES)
    def _check_permit_hours(self):
        """SM-4.3.1: not longer than the kind of work allows, and not after its hours."""
        now, breaches = fields.Datetime.now(), {}
        for permit in self:
            if not (permit.date_from and permit.date_to):
                continue
            hours = (permit.date_to - permit.date_from) / timedelta(hours=1)
            most = permit.type_id.max_hours
            if most and hours > most:
                breaches[permit] = Breach(self.env._(
                    "%(kind)s is permitted for at most %(most)g hours; this is %(hours)g.",
                    kind=permit.type_id.name, most=most, hours=round(hours, 2)), amount=hours - most)
            elif permit.date_to <= now:
                breaches[permit] = Breach(
                    self.env._("Expired on %s.", format_datetime(self.env, permit.date_to, dt_format="short")),
                    amount=(now - permit.date_to) / timedelta(hours=1))
        return breaches

    @control("safety.permit_expired", moment="start")
    def _check_permit_too_early(self):
        """SM-4.3.1: not before its hours."""
        now = fields.Datetime.now()
        return {
            permit: Breach(self.env._(
                "Valid from %s only.", format_datetime(self.env, permit.date_from, dt_format="short")))
            for permit in self if permit.date_from and permit.date_from > now
        }

    @control("safety.restricted_area", moment=GATES)
    def _check_permit_restricted_area(self):
        """SM-4.3.3: who works in a restricted area, or watches there, may enter it."""
        there, refused = defaultdict(self.browse), defaultdict(lambda: self.env["hr.employee"])
        for permit in self:
            for day in permit._get_days() if permit.place_id else ():
                there[permit.place_id._origin, day] |= permit
        for (place, day), permits in there.items():
            found = place._get_refused((permits.worker_ids | permits.guardian_id)._origin, day)
            for permit in permits:
                refused[permit] |= found & (permit.worker_ids | permit.guardian_id)._origin
        return {
            permit: Breach(self.env._(
                "May not enter %(place)s: %(people)s.", place=permit.place_id.name, people=", ".join(people.mapped("name"))))
            for permit, people in refused.items() if people
        }

    @control("safety.permit_overlap", moment=("request", "approve"))
    def _check_permit_overlap(self):
        """SM-4.3.1: who works or watches is at one place at a time."""
        judged = self.filtered(lambda permit: permit.date_from and permit.date_to)
        people = (judged.worker_ids | judged.guardian_id)._origin
        if not people:
            return {}
        others = self.sudo().search([
            ("state", "in", ("review", "approved", "started")), ("date_from", "<", max(judged.mapped("date_to"))),
            ("date_to", ">", min(judged.mapped("date_from"))),
            "|", ("worker_ids", "in", people.ids), ("guardian_id", "in", people.ids),
        ])
        breaches = {}
        for permit in judged:
            own = (permit.worker_ids | permit.guardian_id)._origin
            lines = [
                self.env._("%(people)s: also on %(number)s at that time.", people=", ".join(twice.mapped("name")),
                           number=other.display_name)
                for other in others
                if other != permit._origin and other.date_from < permit.date_to and other.date_to > permit.date_from
                and (twice := (other.worker_ids | other.guardian_id) & own)
            ]
            if lines:
                breaches[permit] = Breach("\n".join(lines))
        return breaches

    def _get_days(self):
        """The days of the permit in the company's time zone: all that it is valid on.

        :rtype: list[date]
        """
        self.ensure_one()
        if not (self.date_from and self.date_to and self.date_from < self.date_to):
            return []
        company = self.company_id or self.env.company
        first, last = company._get_local_day(self.date_from), company._get_local_day(self.date_to - timedelta(seconds=1))
        if (last - first).days > MANY_DAYS:
            return [first, last]
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]
