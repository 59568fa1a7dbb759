# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Whether each place is inspected in full each month, whatever plans there are (SM-4.2.1)."""
from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, fields, models

from ...policy.months import months
from .one_by_one import try_each

SLICE = 200


class BusinessSafetyPlace(models.Model):
    _inherit = "business.safety.place"

    _engine_fields = frozenset({"inspected_until"})

    is_inspected = fields.Boolean(
        string="Inspected This Month", compute="_compute_is_inspected", search="_search_is_inspected",
        help="A full inspection of the place, or of what it is part of, was closed this month.")
    last_inspection_date = fields.Date(
        string="Last Inspected in Full", compute="_compute_last_inspection",
        help="A full inspection of what a place is part of is one of the place.")
    last_inspection_score = fields.Float(digits=(5, 1), compute="_compute_last_inspection")
    inspection_count = fields.Integer(compute="_compute_inspection_count")
    inspected_until = fields.Date(
        string="Judged Until", readonly=True, copy=False,
        help="Last month of which it was asked whether the place was inspected.")

    #=== COMPUTE METHODS ===#

    def _compute_is_inspected(self):
        inspected = self._find_inspected(fields.Date.context_today(self).replace(day=1))
        for place in self:
            place.is_inspected = place._origin in inspected

    def _search_is_inspected(self, operator, value):
        if operator != "in":
            return NotImplemented
        everything = self.sudo().with_context(active_test=False).search([])
        inspected = everything._find_inspected(fields.Date.context_today(self).replace(day=1))
        return [("id", "in" if True in value else "not in", inspected.ids)]

    def _compute_last_inspection(self):
        chain = self._get_with_parents()
        last = {}
        for inspection in self.env["business.safety.inspection"].sudo().search_fetch(
                [("place_id", "in", chain.ids), ("kind", "in", ("full", "correction")), ("state", "=", "closed"),
                 ("is_corrected", "=", False)], ["place_id", "date_inspected", "score"], order="date_inspected, id"):
            last[inspection.place_id.id] = inspection
        empty = self.env["business.safety.inspection"]
        for place in self:
            found = [last[int(part)] for part in (place.sudo().parent_path or "").split("/") if part and int(part) in last]
            newest = max(found, key=lambda inspection: inspection.date_inspected, default=empty)
            place.last_inspection_date, place.last_inspection_score = newest.date_inspected, newest.score

    def _compute_inspection_count(self):
        counts = dict(self.env["business.safety.inspection"]._read_group(
            [("place_id", "in", self.ids)], ["place_id"], ["__count"]))
        for place in self:
            place.inspection_count = counts.get(place._origin, 0)

    #=== CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            for name in ("business.safety.plan", "business.environment.limit"):
                self.env[name].sudo().search([("place_id", "in", self.ids)]).action_archive()
        return result

    #=== ACTION METHODS ===#

    def action_open_inspections(self):
        """Open the inspections of this place."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_inspection_action")
        return {**action, "domain": [("place_id", "in", self.ids)], "context": {"default_place_id": self[:1].id}}

    #=== BUSINESS METHODS ===#

    def _find_inspected(self, month):
        """Those of these places that were inspected in full in a month, in one statement per company.

        :param date month: first day of the month
        :return: places, in sudo
        """
        places, inspected = self.sudo(), set()
        for company in places.company_id:
            zone = timezone(company.resource_calendar_id.tz or "UTC")
            start, end = (zone.localize(datetime.combine(day, time.min)).astimezone(utc).replace(tzinfo=None)
                          for day in (month, month + relativedelta(months=1)))
            inspected.update(place.id for place, in self.env["business.safety.inspection"].sudo()._read_group([
                ("company_id", "=", company.id), ("kind", "=", "full"), ("date_closed", ">=", start), ("date_closed", "<", end),
            ], ["place_id"]))
        return places._origin.filtered(
            lambda place: inspected & {int(part) for part in (place.parent_path or "").split("/") if part})

    @api.model
    def _judge_missing(self, today, companies=None, failed=None):
        """Leave a trace for each place and each past month without a full inspection, once.

        The month that was judged is written with the trace, so that a stop or standstill loses and doubles nothing.

        :param date today: the day of the question
        :param companies: ``res.company``, in which that day is today; all when missing
        :param set failed: ids of places that are left alone; those with which it fails are added
        :return: how many places were judged; 0 when none is left
        :rtype: int
        """
        failed = set() if failed is None else failed
        past = today.replace(day=1) - relativedelta(months=1)
        places = self.sudo().search([
            *([("company_id", "in", companies.ids)] if companies is not None else []), ("id", "not in", list(failed)),
            "|", ("inspected_until", "=", False), ("inspected_until", "<", past),
        ], order="id", limit=SLICE)
        failed.update(try_each(places, lambda places: places._judge(past), "Asking whether a place was inspected")._ids)
        return len(places)

    def _judge(self, past):
        """Leave the traces of these places, and note that they were asked. In sudo.

        :param date past: first day of the last month that is over
        """
        control, Event, entries = self.env["business.control"]._get_by_code("safety.inspection_missing"), (
            self.env["business.control.event"]), []
        since = {
            place: place.inspected_until + relativedelta(months=1) if place.inspected_until
            else max(past, place.create_date.date().replace(day=1) + relativedelta(months=1)) for place in self
        }
        for missed in months(min(since.values()), past):
            asked = self.filtered(lambda place, missed=missed: since[place] <= missed)
            for place in asked - asked._find_inspected(missed):
                if (mode := control._get_mode(place.company_id)) != "off":
                    told = place.with_context(lang=place.company_id.partner_id.lang)
                    entries.append({
                        **Event._prepare_event(control, mode, "noted", place, message=told.env._(
                            "%(place)s was not inspected in full in %(month)s.", place=place.complete_name,
                            month=missed.strftime("%Y-%m"))),
                        "company_id": place.company_id.id,
                    })
        Event._log(entries)
        self.write({"inspected_until": past})
