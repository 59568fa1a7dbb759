# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What is known of the safety of every department in a month: one statement, however many there are (SD-5.6)."""
from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...policy.safety_score import DepartmentFacts, DepartmentScore, department_score

PROGRESS_DAYS = 7
"""A major hazard has progress every so many days (SM-4.2.3)."""


class Assessed(NamedTuple):
    """A department in a month.

    :param facts: the numbers
    :param score: what they make
    :param near_misses: how many of the reports are near misses
    :param severities: ``{id of business.safety.severity: (accidents, points of each)}``
    """

    facts: DepartmentFacts
    score: DepartmentScore
    near_misses: int
    severities: dict


class BusinessSafetyAssessment(models.Model):
    _inherit = "business.safety.assessment"

    @api.model
    def _get_period(self, company, month):
        """The month of a company, as far as it has passed.

        :param date month: first day of the month
        :return: company, clock, first day, day from which deadlines are not past yet, day from which nothing has happened
            yet, first day after the month, and in UTC the beginning and the end of what has happened
        :rtype: tuple
        """
        now = company.sudo()._get_local_time()
        zone, today = now.tzinfo, now.date()
        after = fields.Date.add(month, months=1)
        due, seen = min(today, after), min(today + timedelta(days=1), after)
        start, end = (
            datetime.combine(day, time(), tzinfo=zone).astimezone(UTC).replace(tzinfo=None) for day in (month, seen))
        return company.id, str(zone), month, due, seen, after, start, end

    @api.model
    def _get_assessed(self, months):
        """What every department did in a month, and its score; the constant number of statements does not grow with them.

        :param dict months: ``{company: first day of the month}``
        :return: ``{department: Assessed}`` for every active department of these companies, in sudo
        :rtype: dict
        """
        departments = self.env["hr.department"].sudo().search([("company_id", "in", [company.id for company in months])])
        rows = self._fetch_facts([self._get_period(company, month) for company, month in months.items()])
        severities = {
            severity.id: severity.assessment_points
            for severity in self.env["business.safety.severity"].sudo().search_fetch([], ["assessment_points"])
        }
        numbers = defaultdict(lambda: defaultdict(int))
        for department_id, fact, detail, number in rows:
            numbers[department_id][fact, detail] += number
        return {
            department: self._assess_numbers(numbers[department.id], severities) for department in departments
        }

    @api.model
    def _assess_numbers(self, numbers, severities):
        """Facts and score of one department.

        :param dict numbers: ``{(fact, detail): number}``
        :param dict severities: ``{id: points}``
        :rtype: Assessed
        """
        def get(name):
            return numbers.get((name, ""), 0)

        accidents = {
            int(detail): (number, severities[int(detail)]) for (fact, detail), number in numbers.items() if fact == "accident"}
        facts = DepartmentFacts(
            inspections_due=get("inspection_due"), inspections_done=get("inspection_done"),
            overdue={detail: number for (fact, detail), number in numbers.items() if fact == "overdue"},
            accidents=tuple(points for number, points in accidents.values() for _time in range(number)),
            idle_majors=get("idle_major"), late_actions=get("late_action"), reports=get("report") + get("near_miss"),
        )
        return Assessed(facts, department_score(facts), get("near_miss"), accidents)

    @api.model
    def _fetch_facts(self, periods):
        """Count what happened in periods, in one statement.

        Reports count for the department of who reported, those without an account for the department in charge of the place.

        :param list[tuple] periods: of different companies; see `_get_period`
        :return: rows of department, fact, detail, number
        """
        if not periods:
            return []
        for name in ("inspection", "hazard", "hazard.progress", "incident", "action", "drill", "place"):
            self.env[f"business.safety.{name}"].flush_model()
        for name in ("hr.employee", "hr.version"):
            self.env[name].flush_model()
        values = SQL(", ").join(
            SQL("(%s, %s, %s::date, %s::date, %s::date, %s::date, %s::timestamp, %s::timestamp)", *period)
            for period in periods)
        return self.env.execute_query(SQL("""
            WITH period (company_id, zone, first, due, seen, after, start, stop) AS (VALUES %(values)s),
            fact (department_id, fact, detail) AS (
                SELECT coalesce(i.department_id, p.department_id), unnest(CASE WHEN i.date_closed < stop
                           THEN ARRAY['inspection_due', 'inspection_done'] ELSE ARRAY['inspection_due'] END), ''
                  FROM business_safety_inspection i JOIN period USING (company_id)
                  JOIN business_safety_place p ON p.id = i.place_id
                 WHERE i.kind <> 'correction' AND i.date_deadline >= first AND i.date_deadline < after
                   AND (i.date_deadline < due OR i.date_closed < stop)
                UNION ALL
                SELECT h.department_id, 'overdue', coalesce(h.level, 'low')
                  FROM business_safety_hazard h JOIN period USING (company_id)
                 WHERE h.date_deadline < due AND (h.date_rejected IS NULL OR h.date_rejected >= stop)
                   AND (h.date_closed IS NULL OR h.date_closed >= stop OR h.date_closed >= start
                        AND (h.date_closed AT TIME ZONE 'UTC' AT TIME ZONE zone)::date > h.date_deadline)
                UNION ALL
                SELECT h.department_id, 'idle_major', ''
                  FROM business_safety_hazard h JOIN period USING (company_id)
                 WHERE h.is_major AND h.date_assessed < stop - make_interval(days => %(days)s)
                   AND (h.date_closed IS NULL OR h.date_closed >= stop) AND (h.date_rejected IS NULL OR h.date_rejected >= stop)
                   AND (h.date_rectified IS NULL OR h.date_rectified >= stop)
                   AND NOT EXISTS (
                       SELECT FROM business_safety_hazard_progress g
                        WHERE g.hazard_id = h.id AND g.date >= seen - %(days)s AND g.date < seen)
                UNION ALL
                SELECT coalesce(v.department_id, h.department_id), 'report', ''
                  FROM business_safety_hazard h JOIN period USING (company_id)
                  LEFT JOIN hr_employee e ON e.user_id = h.reporter_id AND e.company_id = h.company_id AND e.active
                  LEFT JOIN hr_version v ON v.id = e.current_version_id
                 WHERE h.source IN ('employee', 'report') AND h.date_found >= first AND h.date_found < seen
                   AND h.date_rejected IS NULL
                UNION ALL
                SELECT n.department_id, CASE WHEN n.is_accident THEN 'accident' ELSE 'near_miss' END,
                       CASE WHEN n.is_accident THEN n.severity_id::text ELSE '' END
                  FROM business_safety_incident n JOIN period USING (company_id)
                 WHERE n.date_occurred >= start AND n.date_occurred < stop
                UNION ALL
                SELECT coalesce(a.department_id, n.department_id, d.department_id), 'late_action', ''
                  FROM business_safety_action a JOIN period USING (company_id)
                  LEFT JOIN business_safety_incident n ON n.id = a.incident_id
                  LEFT JOIN business_safety_drill d ON d.id = a.drill_id
                 WHERE a.date_deadline < due AND (a.date_done IS NULL OR a.date_done >= stop)
            )
            SELECT department_id, fact, detail, count(*) FROM fact WHERE department_id IS NOT NULL GROUP BY 1, 2, 3
        """, values=values, days=PROGRESS_DAYS))
