# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.safety import inspection_schedule
from .common_inspection import InspectionCommon

CRON = "business_dept.cron_safety_inspections"


class Killed(Exception):
    """The server stops in the middle."""


@tagged("post_install", "-at_install")
class TestSafetyInspectionSchedule(InspectionCommon):
    """What is to be inspected comes by itself: nothing twice, nothing missing (SP-11, SM-4.2.1, SD-10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["business.safety.plan"].sudo().search([]).active = False  # of the demo company
        cls.Inspection = cls.env["business.safety.inspection"]

    def run_on(self, day):
        Cron = type(self.env["ir.cron"])
        with freeze_time(day), patch.object(Cron, "_commit_progress", lambda *_args, **_kwargs: 600):
            self.env["business.safety.plan"].sudo()._cron_plan_inspections()

    def made(self, plan, kind="full"):
        return self.Inspection.search([("plan_id", "=", plan.id), ("kind", "=", kind)], order="date_deadline")

    def test_month(self):
        """SM-4.2.1: one full inspection a month, due on the day of the plan, whoever else runs the job."""
        plan = self.make_plan(date_from="2031-01-10", day=31)
        self.run_on("2031-01-09")
        self.assertFalse(self.made(plan))
        self.run_on("2031-01-10")
        self.run_on("2031-01-10")
        self.run_on("2031-02-01")
        self.run_on("2031-02-20")
        self.assertEqual(self.made(plan).mapped("date_deadline"), [date(2031, 1, 31), date(2031, 2, 28)])
        self.assertEqual(self.made(plan).mapped("month"), [date(2031, 1, 1), date(2031, 2, 1)])
        self.assertEqual(self.made(plan).inspector_id, self.inspector)
        self.assertEqual(self.made(plan).department_id, self.department)

    def test_standstill(self):
        """SM-4.2.1: after three days, and after two months in which nothing ran, what is missing is made up, once."""
        plan = self.make_plan(date_from="2031-01-10", day=20)
        self.run_on("2031-01-10")
        self.run_on("2031-02-04")
        self.assertEqual(len(self.made(plan)), 2)
        self.run_on("2031-05-02")
        self.run_on("2031-05-02")
        self.assertEqual([str(day) for day in self.made(plan).mapped("month")],
                         ["2031-01-01", "2031-02-01", "2031-03-01", "2031-04-01", "2031-05-01"])

    def test_killed(self):
        """SM-4.2.1: killed between two slices, the next run goes on where it stopped."""
        plans = self.env["business.safety.plan"].browse([self.make_plan(date_from="2031-01-01").id for _number in range(5)])
        original, slices = type(plans)._make_full, []

        def make(records, today):
            if len(slices) == 2:
                raise Killed
            slices.append(records)
            return original(records, today)

        with patch.object(inspection_schedule, "SLICE", 2), patch.object(type(plans), "_make_full", make), \
                suppress(Killed):  # and not assertRaises, which takes back what was committed before
            self.run_on("2031-01-05")
        self.assertEqual(len(self.Inspection.search([("plan_id", "in", plans.ids)])), 4)
        self.run_on("2031-01-05")
        self.run_on("2031-01-05")
        self.assertEqual(self.Inspection.search([("plan_id", "in", plans.ids)]).plan_id, plans)
        self.assertEqual(self.Inspection.search_count([("plan_id", "in", plans.ids)]), 5)

    def test_server_runs_it(self):
        """SM-4.2.1: the scheduled job itself, with its own commits."""
        plan = self.make_plan()
        self.run_cron(CRON)
        self.run_cron(CRON)
        self.assertEqual(len(self.made(plan)), 1)

    def test_twice_at_once(self):
        """SM-4.2.1: an index holds two runs at once apart."""
        plan = self.make_plan()
        inspection = plan._make_full(fields.Date.today())
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            inspection.copy({"plan_id": plan.id, "month": inspection.month, "date_deadline": inspection.date_deadline})

    def test_one_fails(self):
        """SM-4.2.1: a plan or place with which the job fails does not stop it for the others."""
        broken, plan = self.make_plan(date_from="2031-01-10"), self.make_plan(date_from="2031-01-10", place_id=self.oven.id)
        Plan, Place = type(plan), type(self.place)
        prepare, judge = Plan._prepare_inspection, Place._judge

        def fail(record, inspector):
            if record == broken:
                raise ValueError("broken")
            return prepare(record, inspector)

        def fail_place(places, past):
            if self.place in places:
                raise ValueError("broken")
            return judge(places, past)

        with patch.object(Plan, "_prepare_inspection", fail), patch.object(Place, "_judge", fail_place), mute_logger(
                "odoo.addons.business_dept.models.safety.one_by_one"):
            self.run_on("2031-03-10")
        self.assertEqual((len(self.made(broken)), len(self.made(plan))), (0, 3))
        self.assertEqual((self.place.inspected_until, self.oven.inspected_until), (False, date(2031, 2, 1)))
        self.run_on("2031-03-10")
        self.assertEqual((len(self.made(broken)), self.place.inspected_until), (3, date(2031, 2, 1)))

    def test_clock_of_the_company(self):
        """SM-4.2.1: a month is over when it is over where the place is: nobody is blamed, and nothing made, before."""
        plan = self.make_plan(date_from="2031-03-10")
        self.run_on("2031-03-10")
        self.company.sudo().resource_calendar_id.tz = "America/Los_Angeles"
        self.run_on("2031-04-01 03:00:00")  # the evening of 31 March there
        self.assertEqual((self.place.inspected_until, len(self.made(plan))), (date(2031, 2, 1), 1))
        self.company.sudo().resource_calendar_id.tz = "Asia/Shanghai"
        self.run_on("2031-03-31 17:00:00")  # 1 April there
        self.assertEqual((self.place.inspected_until, len(self.made(plan))), (date(2031, 3, 1), 2))

    def test_archived(self):
        """SM-4.2.1: an archived plan makes nothing; taken up again, it begins anew and makes nothing up."""
        plan = self.make_plan(date_from="2031-01-01")
        plan.sudo().active = False
        self.run_on("2031-03-05")
        self.assertFalse(self.made(plan))
        with freeze_time("2031-06-15"):
            self.call(self.officer, plan, "write", {"active": True})
        self.run_on("2031-06-16")
        self.assertEqual(self.made(plan).mapped("month"), [date(2031, 6, 1)])

    def test_archived_place(self):
        """SM-4.2.1: of a place that is not used any more nothing is asked; used again, its plans are taken up by hand."""
        plan = self.make_plan(date_from="2031-01-01")
        limit = self.env["business.environment.limit"].sudo().create({
            "name": "COD", "unit": "mg/L", "medium": "water", "maximum": 50, "place_id": self.place.id,
            "company_id": self.company.id})
        self.call(self.officer, self.place, "write", {"active": False})
        self.assertFalse(plan.active or limit.active)
        self.run_on("2031-03-05")
        self.assertFalse(self.made(plan))
        self.call(self.officer, self.place, "write", {"active": True})
        self.run_on("2031-03-05")
        self.assertFalse(self.made(plan))

    def test_inspector(self):
        """SM-3.2, SP-6: without a name the officer of the department inspects, else that of the company, else who answers."""
        plan = self.make_plan(inspector_id=False)
        self.assertEqual(plan._get_inspector(), self.officer)
        self.department.safety_officer_id = self.stranger
        self.assertEqual(plan._get_inspector(), self.stranger)
        (self.stranger | self.officer).active = False
        self.assertEqual(plan._get_inspector(), self.manager)

    def test_holidays(self):
        """SP-11: before a holiday of the company there is one special inspection, also after a standstill or a change."""
        plan, other = self.make_plan(date_from="2031-09-01"), self.make_plan(date_from="2031-09-01", before_holidays=False)
        self.set_mode("safety.inspection_holiday", "notify", 7)
        leaves = self.make_leaves(["2031-10-01", "2031-10-02", "2031-10-03"])
        self.make_leaves(["2031-10-05"], resource_id=self.make_resource().id)
        self.run_on("2031-09-20")
        self.assertFalse(self.made(plan, "holiday"))
        for day in ("2031-09-24", "2031-09-24", "2031-09-27"):
            self.run_on(day)
        inspection = self.made(plan, "holiday")
        self.assertEqual((inspection.date_deadline, inspection.holiday_date, inspection.occasion),
                         (date(2031, 9, 30), date(2031, 10, 1), "National Day"))
        self.assertFalse(self.made(other, "holiday"))
        leaves[0].write({"date_from": datetime(2031, 10, 2, 0), "date_to": datetime(2031, 10, 2, 20)})
        self.run_on("2031-09-28")
        self.run_on("2031-10-02")
        self.assertEqual(len(self.made(plan, "holiday")), 1)
        late = self.make_plan(date_from="2031-09-01")
        self.run_on("2031-10-02")  # nothing ran before
        self.assertEqual(len(self.made(late, "holiday")), 1)
        self.set_mode("safety.inspection_holiday", "off")
        self.make_leaves(["2031-12-25"])
        self.run_on("2031-12-24")
        self.assertEqual(len(self.made(plan, "holiday")), 1)

    def make_leaves(self, days, **vals):
        calendar = self.company.resource_calendar_id
        calendar.tz = "UTC"
        return self.env["resource.calendar.leaves"].create([{
            "name": "National Day", "calendar_id": calendar.id, "company_id": self.company.id,
            "date_from": f"{day} 00:00:00", "date_to": f"{day} 23:59:59", **vals} for day in days])

    def make_resource(self):
        return self.env["resource.resource"].create({"name": "Somebody", "company_id": self.company.id})

    def test_after_incident(self):
        """SM-4.4.2: after an incident its place is inspected by the nearest plan's checklist, once per incident."""
        self.make_plan()
        severity = self.env["business.safety.severity"].sudo().create({"name": "Bad", "report_hours": 1})
        incidents = self.env["business.safety.incident"].sudo().create([
            {"title": "Fire", "company_id": self.company.id, "place_id": place.id, "severity_id": severity.id}
            for place in (self.oven, self.place)])
        self.Inspection._after_incident(incidents)
        self.Inspection._after_incident(incidents[1])
        made = self.Inspection.sudo().search([("incident_id", "in", incidents.ids)])
        self.assertEqual((len(made), made.mapped("kind"), made.checklist_id), (2, ["incident"] * 2, self.checklist))
        self.assertEqual(made.place_id, self.oven | self.place)
        self.assertEqual(made.inspector_id, self.inspector)

    def test_missing(self):
        """SM-4.2.1: a place without a full inspection in a month is on the list, and leaves one trace for the month."""
        places = self.place | self.oven
        shed = self.place.sudo().create({"name": "Shed", "company_id": self.company.id})
        with freeze_time("2031-03-10"):
            inspection = self.make_closed(date_deadline="2031-03-10")
            self.assertTrue(all(places.mapped("is_inspected")))
            self.env["business.safety.place"].invalidate_model()
            self.assertEqual(self.env["business.safety.place"].sudo().search([
                ("is_inspected", "=", True), ("company_id", "=", self.company.id)]), places)
            self.assertEqual(self.env["business.safety.place"].sudo().search([
                ("is_inspected", "=", False), ("company_id", "=", self.company.id)]), shed)
            self.assertEqual(self.oven.last_inspection_date, inspection.date_inspected)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE business_safety_place SET create_date = '2031-02-01' WHERE company_id = %s", [self.company.id])
        self.env.invalidate_all()
        for day in ("2031-03-31", "2031-04-01", "2031-04-01", "2031-04-20"):
            self.run_on(day)
        self.assertEqual(self.trace(), [(shed.id, "2031-03")])
        self.run_on("2031-06-03")  # two months of standstill
        self.run_on("2031-06-04")
        self.assertEqual(self.trace(), sorted(
            [(shed.id, "2031-03")] + [(place.id, month) for place in places | shed for month in ("2031-04", "2031-05")]))

    def trace(self):
        events = self.events("noted").filtered(lambda event: event.control_id.code == "safety.inspection_missing")
        return sorted((event.res_id, event.message.split(" in ")[-1].rstrip(".")) for event in events)

    def test_missing_of_new_places(self):
        """SM-4.2.1: no place is blamed for the time before it was there, and nobody when the control is off."""
        self.env["business.safety.place"].sudo()._judge_missing(date(2031, 7, 1))
        self.env.flush_all()
        self.env.cr.execute("UPDATE business_safety_place SET inspected_until = NULL, create_date = '2031-08-20' WHERE id = %s",
                            [self.place.id])
        self.env.invalidate_all()
        self.env["business.safety.place"].sudo()._judge_missing(date(2031, 9, 1))
        self.assertIn((self.oven.id, "2031-08"), self.trace())
        self.assertNotIn((self.place.id, "2031-08"), self.trace())
        self.set_mode("safety.inspection_missing", "off")
        count = len(self.trace())
        self.env["business.safety.place"].sudo()._judge_missing(date(2031, 12, 1))
        self.assertEqual(len(self.trace()), count)

    def test_query_counts(self):
        """SM-4.2.1: many plans of a slice take as many statements as few, but for the rows they write."""
        def measure(size):
            plans = self.env["business.safety.plan"].browse([self.make_plan().id for _number in range(size)])
            return self.count_statements(lambda: plans.sudo()._make_full(fields.Date.today()))

        measure(1)
        few, many = measure(2), measure(12)
        self.assertLessEqual(many - few, 10 * 4)  # number, row, and its line of the chatter
