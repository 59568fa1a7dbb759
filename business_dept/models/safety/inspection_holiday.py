# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Special inspections before the public holidays of a company (SP-11)."""
from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import fields, models

from ...policy import safety_calendar as policy

LOOK_BACK = 40
"""Days before today in which a holiday that goes on today can have begun."""


class BusinessSafetyInspection(models.Model):
    _inherit = "business.safety.inspection"

    _engine_fields = frozenset({"holiday_date"})

    holiday_date = fields.Date(string="Holiday Begins", readonly=True, copy=False)

    _plan_holiday_uniq = models.UniqueIndex(
        "(plan_id, holiday_date) WHERE kind = 'holiday' AND plan_id IS NOT NULL",
        "The inspection before this holiday is there already.")


class BusinessSafetyPlan(models.Model):
    _inherit = "business.safety.plan"

    def _make_before_holidays(self, today):
        """Make the inspections of these plans before holidays that are near, and before those that a standstill missed.

        A holiday that was moved by some days is the same one: nothing is made twice.

        :param date today: the day of the question
        :return: the new inspections, in sudo
        """
        Inspection = self.env["business.safety.inspection"].sudo()
        plans = self.sudo().filtered(lambda plan: plan.active and plan.before_holidays)
        holidays = {company: company._get_near_holidays(today) for company in plans.company_id}
        made = {}
        for plan, day in Inspection._read_group(
                [("plan_id", "in", plans.ids), ("kind", "=", "holiday"), ("holiday_date", "!=", False)],
                ["plan_id", "holiday_date:day"]):
            made.setdefault(plan, []).append(day)
        vals_list = []
        for plan in plans:
            inspector = plan._get_inspector()
            for first, last, name in holidays[plan.company_id] if inspector else ():
                near = any(policy.same_holiday(day, first, last) for day in made.get(plan, ()))
                if first > plan.date_from and not near:
                    vals_list.append({
                        **plan._prepare_inspection(inspector), "kind": "holiday", "holiday_date": first, "occasion": name,
                        "date_deadline": first - timedelta(days=1),
                    })
        return Inspection.create(vals_list)


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_near_holidays(self, today):
        """Public holidays of the company before which is inspected: begun, or beginning within the days that are set.

        :param date today: the day of the question
        :return: ``[(first day, last day, name)]``; empty when the control is off
        :rtype: list
        """
        self.ensure_one()
        control = self.env["business.control"]._get_by_code("safety.inspection_holiday")
        if control._get_mode(self) == "off":
            return []
        zone = timezone(self.sudo().resource_calendar_id.tz or "UTC")
        until = today + timedelta(days=int(control._get_threshold(self)))
        after = datetime.combine(today - timedelta(days=LOOK_BACK), time.min)
        leaves = self.env["resource.calendar.leaves"].sudo().search_fetch([
            ("company_id", "=", self.id), ("resource_id", "=", False), ("time_type", "=", "leave"),
            ("calendar_id", "in", (False, self.sudo().resource_calendar_id.id)), ("date_to", ">=", after),
            ("date_from", "<=", datetime.combine(until + timedelta(days=1), time.max)),
        ], ["name", "date_from", "date_to"], order="date_from, id")
        days = [(utc.localize(leave.date_from).astimezone(zone).date(), utc.localize(leave.date_to).astimezone(zone).date(),
                 leave.name or "") for leave in leaves]
        return [
            (first, last, name) for first, last, name in policy.merge_holidays(days) if last >= today and first <= until
        ]
