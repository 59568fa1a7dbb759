# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError

from .common_safety_overview import SafetyOverviewCommon


@tagged("post_install", "-at_install")
class TestSafetyAssessment(SafetyOverviewCommon):
    """The month of every department becomes a score, once (SD-5.6)."""

    def numbers(self, assessment, *names):
        return tuple(assessment[name] for name in names)

    def test_quiet_month(self):
        """SD-5.6: nothing happened: every department has a score, of 100, and nobody is praised for it."""
        rows = self.assess()
        self.assertEqual(set(rows), {self.top, self.office, self.workshop})
        self.assertEqual({row.score for row in rows.values()}, {100.0})
        self.assertFalse(any(row.suggestion for row in rows.values()))

    def test_inspections(self):
        """SP-11: inspections done of those due in the month, by place when no department is named; corrections do not
        count."""
        self.make_inspection(closed=self.at(9))
        self.make_inspection(closed=self.at(45))  # after the month
        self.make_inspection(due=20)
        self.make_inspection(kind="correction", due=20)
        self.make_inspection(due=-5)
        self.make_inspection(due=45)
        self.make_inspection(self.place_office, closed=self.at(9))
        rows = self.assess()
        self.assertEqual(self.numbers(rows[self.workshop], "inspections_due", "inspections_done", "score"), (3, 1, 80.0))
        self.assertEqual(self.numbers(rows[self.office], "inspections_due", "inspections_done", "score"), (1, 1, 100.0))
        self.assertEqual(rows[self.office].suggestion, "reward")

    def test_overdue_hazards(self):
        """SM-4.2.1: past the deadline at the end of the month, or closed late in it; weighted by level."""
        self.make_hazard(level="high", date_assessed=self.at(5), date_deadline=self.day(10))
        self.make_hazard(level="low", date_assessed=self.at(5), date_deadline=self.day(10), date_closed=self.at(11))
        self.make_hazard(level="low", date_assessed=self.at(5), date_deadline=self.day(10), date_closed=self.at(10, 23))
        self.make_hazard(level="extreme", date_assessed=self.at(5), date_deadline=self.day(45))
        self.make_hazard(level="extreme", date_assessed=self.at(5), date_deadline=self.day(10), date_rejected=self.at(9))
        self.make_hazard(
            level="medium", found=-40, date_assessed=self.at(-40), date_deadline=self.day(-20), date_closed=self.at(-10))
        row = self.assess()[self.workshop]
        self.assertEqual(row.overdue_count, 2)
        self.assertEqual(row.overdue_points, -10.0)
        self.assertEqual(row.details["overdue"], {"high": 1, "low": 1})
        self.assertIn("High 1, Low 1", row.breakdown)

    def test_idle_majors(self):
        """SM-4.2.3: an open major hazard without progress in the last week costs; one with progress does not."""
        last = fields.Date.add(self.after, days=-3)
        for progress, facts in (
            (None, {}), (last, {}), (self.day(3), {}), (None, {"date_rectified": self.at(8)}),
            (None, {"date_assessed": fields.Datetime.to_datetime(last)}),
        ):
            hazard = self.make_hazard(**{"date_assessed": self.at(2), "is_major": True, **facts})
            if progress:
                self.env["business.safety.hazard.progress"].sudo().create({
                    "hazard_id": hazard.id, "date": progress, "user_id": self.officer.id, "note": "Ordered"})
        row = self.assess()[self.workshop]
        self.assertEqual(self.numbers(row, "idle_major_count", "idle_major_points"), (2, -20.0))

    def test_incidents_and_reports(self):
        """SM-2.1, SM-4.2.2: accidents cost by severity; near misses and hazards that were reported count for the department of
        who reported, without an account for that of the place."""
        self.make_incident("first_aid")
        self.make_incident("lost_time", day=20)
        self.make_incident("near_miss")
        self.make_incident("lost_time", day=40)
        self.make_hazard(self.place_office, user=self.worker)
        self.make_hazard(self.place_office, source="report")
        self.make_hazard(self.place_office, source="inspection", user=self.officer)
        self.make_hazard(self.place_office, user=self.worker, date_rejected=self.at(7))
        rows = self.assess()
        self.assertEqual(
            self.numbers(rows[self.workshop], "accident_count", "accident_points", "near_miss_count", "report_count", "score"),
            (2, -35.0, 1, 2, 67.0))
        self.assertEqual(self.numbers(rows[self.office], "report_count", "score", "suggestion"), (1, 100.0, "reward"))
        self.assertEqual(rows[self.workshop].suggestion, "penalty")

    def test_late_actions(self):
        """SM-4.4.2: corrective actions past their deadline at the end of the month, of the department of the incident."""
        incident = self.make_incident("near_miss")
        self.make_action(incident)
        self.make_action(incident, date_done=self.at(20))
        self.make_action(incident, date_done=self.at(45))
        self.make_action(incident, due=45)
        row = self.assess()[self.workshop]
        self.assertEqual(self.numbers(row, "late_action_count", "late_action_points"), (2, -10.0))

    def test_months_of_the_clock(self):
        """SD-5.6: the month begins and ends on the clock of the company."""
        self.company.sudo().resource_calendar_id.tz = "Asia/Shanghai"
        start = fields.Datetime.to_datetime(self.month)
        for moment in (start - timedelta(hours=7), start - timedelta(hours=9)):
            incident = self.make_incident("first_aid")
            self.set_facts(incident, date_occurred=moment)
        self.assertEqual(self.assess()[self.workshop].accident_count, 1)

    def test_once(self):
        """SD-5.6: a month is assessed once for each department, by the index too."""
        row = self.assess()[self.workshop]
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.assess()
        self.assertEqual(self.Assessment.search_count([("department_id", "=", self.workshop.id)]), 1)
        self.assertEqual(row.month, self.month)

    def run_job(self, times=1):
        for _time in range(times):
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda cron, *args, **kwargs: 1):
                self.Assessment._cron_assess()
        rows = self.Assessment.search([("company_id", "=", self.company.id)], order="month, id")
        return [(row.department_id, row.month) for row in rows]

    def test_job_twice(self):
        """SD-5.6: run twice: nothing twice."""
        once = self.run_job()
        self.assertEqual({month for _department, month in once}, {self.month})
        self.assertEqual(len(once), 3)
        self.assertEqual(self.run_job(2), once)

    def test_job_after_standstill(self):
        """SD-5.6: after months of standstill every month that is missing is made up, nothing twice."""
        earlier = fields.Date.add(self.month, months=-3)
        self.Assessment._assess(self.company, earlier)
        rows = self.run_job()
        self.assertEqual(len(rows), len(set(rows)))
        self.assertEqual(
            sorted({month for _department, month in rows}), [fields.Date.add(earlier, months=number) for number in range(4)])

    def test_job_killed(self):
        """SD-5.6: killed in the middle, what was done stays, and the next run goes on."""
        self.Assessment._assess(self.company, fields.Date.add(self.month, months=-3))
        steps = iter((1, 0))  # the second month is the last for this run
        for company in self.env["res.company"].sudo().search([("id", "!=", self.company.id)]):
            self.env["hr.department"].sudo().search([("company_id", "=", company.id)]).action_archive()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda cron, *args, **kwargs: next(steps)):
            self.Assessment._cron_assess()
        self.assertEqual(len(self.Assessment.search([("company_id", "=", self.company.id)]).mapped("month")), 9)
        rows = self.run_job()
        self.assertEqual(len(rows), 12)
        self.assertEqual(len(set(rows)), 12)

    def test_job_one_company_fails(self):
        """SD-5.6: a company that cannot be assessed does not keep the others from it."""
        others = self.env["hr.department"].sudo().search([("company_id", "!=", False)]).company_id - self.company
        assess = type(self.Assessment)._assess

        def fail(model, company, month):
            if company in others:
                raise ValueError("broken")
            return assess(model, company, month)

        self.assertTrue(others and min(others.ids) < self.company.id)
        with patch.object(type(self.Assessment), "_assess", fail), mute_logger(
                "odoo.addons.business_dept.models.safety.one_by_one"):
            self.assertEqual(len(self.run_job()), 3)

    def test_job_by_the_server(self):
        """SD-5.6: the scheduled job does it."""
        self.run_cron("business_dept.cron_safety_assessment")
        self.assertEqual(self.Assessment.search_count([("company_id", "=", self.company.id)]), 3)

    def test_low_score_is_told(self):
        """SM-5: a score below the threshold gives the safety officer an activity and leaves a trace; the threshold is set."""
        self.make_incident("lost_time")
        self.make_incident("lost_time", day=20)
        row = self.assess()[self.workshop]
        self.assertEqual(row.score, 50.0)
        self.assertEqual(row.activity_ids.user_id, self.officer)
        event = self.events("noted", row)
        self.assertEqual((event.control_id.code, event.amount), ("safety.assessment_score", 20.0))
        self.set_mode("safety.assessment_score", "notify", threshold=40)
        self.env.invalidate_all()
        self.assertFalse(row.suggestion)

    def test_low_score_off(self):
        """SM-5: where the control is off, nobody is told."""
        self.set_mode("safety.assessment_score", "off")
        self.make_incident("lost_time")
        self.make_incident("lost_time", day=20)
        row = self.assess()[self.workshop]
        self.assertFalse(row.activity_ids)
        self.assertFalse(self.events("noted", row))

    def test_recompute(self):
        """SD-5.6: assessed anew by the officer: a new version, the old one stays as it was."""
        row = self.assess()[self.workshop]
        self.make_incident("first_aid")
        for user in (self.salesperson, self.head, self.finance, self.auditor):
            self.refused(user, row, "action_recompute", error=AccessError)
        self.call(self.officer, row, "action_recompute")
        new = row.replaced_by_id
        self.assertEqual(self.numbers(new, "version", "score", "is_current"), (2, 90.0, True))
        self.assertEqual(self.numbers(row, "version", "score", "is_current"), (1, 100.0, False))
        self.assertIn("100.0", new.message_ids[0].body)
        self.refused(self.officer, row, "action_recompute")
        self.call(self.member, new, "action_recompute")
        self.assertEqual(new.replaced_by_id.version, 3)

    def test_recompute_under_award(self):
        """SD-5.6: an assessment that a proposal rests on stays as it is, with a trace."""
        row = self.assess()[self.workshop]
        self.call(self.officer, self.env["business.safety.award"], "create", [{
            "kind": "penalty", "assessment_id": row.id, "ground": "Score", "measure": "Warning"}])
        self.env.invalidate_all()
        self.refused(self.officer, row, "action_recompute", error=ControlError, code="safety.record_closed")

    def test_attack_rows(self):
        """attack 1: assessments are written by nobody, through no door."""
        row = self.assess()[self.workshop]
        vals = {"company_id": self.company.id, "department_id": self.office.id, "month": "2020-01-01", "score": 100.0}
        for user in (self.salesperson, self.officer, self.executive, self.member, self.admin_user):
            self.refused(user, row, "write", {"score": 100.0}, error=AccessError)
            self.refused(user, row, "web_save", {"is_current": False}, {}, error=AccessError)
            self.refused(user, row, "unlink", error=AccessError)
            self.refused(user, row, "copy", error=AccessError)
            self.refused(user, self.env["business.safety.assessment"], "create", [vals], error=AccessError)
            self.attempt(user, self.env["business.safety.assessment"], "load", ["month", "score"], [["2020-01-01", "100"]])
        self.assertEqual(self.Assessment.search_count([("company_id", "=", self.company.id)]), 3)
        self.assertEqual(row.score, 100.0)

    def test_attack_award_commands(self):
        """attack 1: no x2many command of a proposal or of an assessment changes a score."""
        row = self.assess()[self.workshop]
        for user in (self.salesperson, self.officer):
            self.refused(user, row, "write", {"award_ids": [(0, 0, {"kind": "reward", "ground": "x"})]}, error=AccessError)

    def test_companies(self):
        """attack 20: assessments of another company are neither read, counted nor grouped."""
        other = self.env["res.company"].create({"name": "Other"})
        department = self.env["hr.department"].sudo().create({"name": "Elsewhere", "company_id": other.id})
        self.Assessment._assess(other, self.month)
        self.assertTrue(self.Assessment.search_count([("department_id", "=", department.id)]))
        self.assess()
        Assessment = self.env["business.safety.assessment"]
        for user in (self.salesperson, self.officer, self.executive, self.auditor):
            self.assertEqual(self.call(user, Assessment, "search_count", []), 3)
            groups = self.call(user, Assessment, "formatted_read_group", [], ["company_id"], ["score:avg", "__count"])
            self.assertEqual([group["company_id"][0] for group in groups], [self.company.id])

    def test_statements(self):
        """SD-5.6: a month is assessed with the same number of statements for few records and departments and for many."""
        self.make_incident("first_aid")
        facts = {self.company: self.month}
        self.Assessment._get_assessed(facts)
        before = self.count_statements(lambda: self.Assessment._get_assessed(facts))
        for number in range(8):
            self.env["hr.department"].sudo().create({"name": f"Team {number}", "company_id": self.company.id})
            self.make_incident("lost_time")
            self.make_inspection()
            self.make_hazard(user=self.worker)
        self.assertEqual(self.count_statements(lambda: self.Assessment._get_assessed(facts)), before)
        self.assertLessEqual(before, 8)
        self.assess()
        rows = self.Assessment.search([("company_id", "=", self.company.id)])
        counts = [
            self.count_statements(lambda part=part: part.mapped(lambda row: (row.breakdown, row.suggestion)))
            for part in (rows, rows, rows[:2])
        ]
        self.assertEqual(counts[1], counts[2])
