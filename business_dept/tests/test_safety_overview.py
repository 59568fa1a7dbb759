# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_safety_overview import SafetyOverviewCommon


@tagged("post_install", "-at_install")
class TestSafetyOverview(SafetyOverviewCommon):
    """What a safety officer sees in the morning, and what others see of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env["res.company"])
        cls.start = (cls.today - cls.month).days + 1  # day() of today

    def overview(self, user=None):
        return self.call(user or self.officer, self.env["business.safety.overview"], "get_overview")

    def tile(self, key, user=None):
        return next(tile for tile in self.overview(user)["tiles"] if tile["key"] == key)

    def found(self, user, tile):
        """What the list shows that a tile opens."""
        return self.call(user, self.env[tile["model"]], "search_count", tile["domain"])

    def test_empty(self):
        """SM-2.1: where nothing is, each tile says so."""
        data = self.overview()
        self.assertFalse(data["stops"])
        self.assertEqual({tile["count"] for tile in data["tiles"]}, {0})
        self.assertTrue(all(tile["empty"] and tile["tone"] == "success" for tile in data["tiles"]))
        self.assertEqual(data["matrix"]["count"], 0)
        self.assertTrue(data["days"][0]["days"] > 0)
        self.assertEqual({row["score"] for row in data["scores"]["rows"]}, {100.0})

    def test_inspections(self):
        """SP-11: overdue and due ones, each with days; the tile opens what it counts."""
        self.make_inspection(due=self.start - 3)
        self.make_inspection(due=self.start)
        self.make_inspection(due=self.start + 7)
        self.make_inspection(due=self.start + 8)
        self.make_inspection(due=self.start - 4, closed=fields.Datetime.now())
        late = self.tile("inspections_overdue")
        self.assertEqual((late["count"], late["rows"][0]["tag"], late["rows"][0]["tone"]), (1, "3 days late", "danger"))
        due = self.tile("inspections_due")
        self.assertEqual([row["tag"] for row in due["rows"]], ["today", "7 days left"])
        for tile in (late, due):
            self.assertEqual(self.found(self.officer, tile), tile["count"])

    def test_matrix(self):
        """SM-4.2.1: open hazards by level and age; every cell opens what it counts."""
        self.make_hazard(found=self.start, level="high", date_assessed=fields.Datetime.now())
        self.make_hazard(found=self.start - 7)
        self.make_hazard(found=self.start - 8)
        self.make_hazard(found=self.start - 200, level="high", date_assessed=fields.Datetime.now())
        self.make_hazard(found=self.start - 200, level="high", date_assessed=self.at(1), date_closed=self.at(2))
        matrix = self.overview()["matrix"]
        rows = {row["level"]: [cell["count"] for cell in row["cells"]] for row in matrix["rows"]}
        self.assertEqual(rows["high"], [1, 0, 0, 1])
        self.assertEqual(rows["none"], [1, 1, 0, 0])
        self.assertEqual(matrix["count"], 4)
        for row in matrix["rows"]:
            for cell in (*row["cells"], row):
                found = self.call(self.officer, self.env["business.safety.hazard"], "search_count", cell["domain"])
                self.assertEqual(found, cell["count"])

    def test_supervised(self):
        """SM-4.2.3: major hazards with days left and the last progress."""
        hazard = self.make_hazard(
            found=self.start - 9, is_major=True, date_assessed=fields.Datetime.now(),
            date_deadline=self.today + timedelta(days=2))
        self.assertIn("no progress", self.tile("supervised")["rows"][0]["text"])
        self.env["business.safety.hazard.progress"].sudo().create({
            "hazard_id": hazard.id, "date": self.today, "user_id": self.officer.id, "percent": 40, "note": "Valve ordered"})
        row = self.tile("supervised")["rows"][0]
        self.assertEqual((row["tag"], row["tone"]), ("2 days left", "warning"))
        self.assertIn("40 %: Valve ordered", row["text"])

    def test_stops_and_incidents(self):
        """SM-4.4.1: what stands still is in red for everybody; incidents only for who may read them."""
        incident = self.make_incident("lost_time", day=self.start, user=self.worker)
        self.env["business.safety.stop"].sudo().search([("incident_id", "=", incident.id)]) or self.env[
            "business.safety.stop"].sudo().create({
                "company_id": self.company.id, "incident_id": incident.id, "place_id": self.place_workshop.id,
                "reason": "Guard missing", "date_from": fields.Datetime.now(), "started_by_id": self.officer.id})
        self.assertEqual(self.tile("incidents")["count"], 1)
        for user in (self.officer, self.salesperson):
            self.assertEqual(len(self.overview(user)["stops"]), 1)
        self.assertEqual(self.tile("incidents", self.salesperson)["count"], 0)
        self.assertNotIn(incident.title, str(self.overview(self.salesperson)["tiles"]))

    def test_days(self):
        """SM-2.1: days without accident of company and department."""
        self.make_incident("lost_time", day=self.start - 5)
        company = self.overview()["days"][0]
        self.assertEqual(company["days"], 5)
        days = {row["id"]: row["days"] for row in company["departments"]}
        self.assertEqual(days[self.workshop.id], 5)
        self.assertGreater(days[self.office.id], 5)

    def test_scores(self):
        """SD-5.6: the month so far is shown and stored nowhere; beside it the last month."""
        self.make_incident("lost_time")
        self.assess()
        self.make_incident("first_aid", day=self.start)
        before = self.Assessment.search_count([])
        rows = {row["id"]: row for row in self.overview(self.salesperson)["scores"]["rows"]}
        row = rows[self.workshop.id]
        self.assertEqual((row["score"], row["last"]), (90.0, 75.0))
        self.assertIn("First-aid injury 1", row["parts"][0])
        self.assertEqual(self.Assessment.search_count([]), before)

    def test_strangers(self):
        """Attack 19: a portal user gets nothing; a user of another company nothing of this one."""
        self.make_hazard(found=self.start)
        portal = new_test_user(self.env, login="safety_portal", groups="base.group_portal")
        self.refused(portal, self.env["business.safety.overview"], "get_overview", error=AccessError)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        stranger = new_test_user(
            self.env, login="safety_stranger", groups="base.group_user,business_dept.group_safety_officer",
            company_id=other.id, company_ids=other.ids)
        data = self.overview(stranger)
        self.assertEqual(data["matrix"]["count"], 0)
        self.assertEqual([company["id"] for company in data["days"]], other.ids)
        self.assertFalse(data["scores"]["rows"])

    def test_statements(self):
        """The overview takes the same number of statements for few records and for many."""
        def fill(times):
            for number in range(times):
                self.make_inspection(due=self.start - 3)
                self.make_inspection(due=self.start)
                self.make_hazard(
                    found=self.start - 9, is_major=True, date_assessed=fields.Datetime.now(),
                    date_deadline=self.today - timedelta(days=2))
                incident = self.make_incident("lost_time", day=self.start)
                self.make_action(incident, due=self.start - 1)
                self.make_department(f"Team {number}", self.head, parent_id=self.top.id)

        fill(7)
        self.overview()
        few = self.count_statements(self.overview)
        fill(10)
        self.assertEqual(self.count_statements(self.overview), few)


@tagged("post_install", "-at_install")
class TestSafetyMonthReport(SafetyOverviewCommon):
    """The month on paper (SD-5.6)."""

    def make_report(self, user, **vals):
        report = self.env["business.safety.month.report"].with_user(user).create({"company_id": self.company.id, **vals})
        return report

    def render(self, report):
        html, _type = self.env["ir.actions.report"].with_user(report.env.user)._render_qweb_html(
            "business_dept.report_safety_month", report.ids)
        return html.decode()

    def test_paper(self):
        """SD-5.6: key figures, places, hazards, incidents and scores of the month are on it."""
        self.make_inspection(closed=self.at(9), score=92.5)
        self.make_inspection(self.place_office, due=20)
        self.make_hazard(level="high", date_assessed=self.at(5), date_deadline=self.day(10))
        self.make_hazard(level="low", date_assessed=self.at(5), date_closed=self.at(6))
        hazard = self.make_hazard(is_major=True, date_assessed=self.at(2))
        self.env["business.safety.hazard.progress"].sudo().create({
            "hazard_id": hazard.id, "date": self.day(20), "user_id": self.officer.id, "percent": 40, "note": "Valve ordered"})
        self.make_incident("lost_time")
        self.assess()
        for user in (self.officer, self.member, self.executive, self.auditor):
            html = self.render(self.make_report(user))
            month = f"{self.month.year}年{self.month.month}月"
            for text in ("92.5", "Valve ordered", "Cut finger", hazard.name, "Workshop", "安全生产月报", month):
                self.assertIn(text, html)
            self.assertNotIn("暂定", html)

    def test_month(self):
        """SD-5.6: the last month unless another one is chosen; this month and two years back can be."""
        report = self.make_report(self.officer)
        self.assertEqual(report.month_name, f"{report.month:%Y-%m}")
        chosen = fields.Date.add(report.month, months=-5)
        report.month_name = f"{chosen:%Y-%m}"
        self.assertEqual(report.month, chosen)
        self.assertEqual(self.make_report(self.officer, month_name=f"{chosen:%Y-%m}").month, chosen)
        self.assertFalse(self.make_report(self.officer, month="2001-01-01").month_name)

    def test_menu(self):
        """SD-5.6: the menu offers the report to who may print it, also to who takes a seat of the leading group."""
        menu = self.env.ref("business_dept.menu_safety_month_report")

        def offered(user):
            return menu.id in self.env["ir.ui.menu"].with_user(user).load_menus(False)

        for user in (self.officer, self.member, self.executive, self.auditor):
            self.assertTrue(offered(user), user.name)
        self.assertFalse(offered(self.worker))
        seat = self.env["business.safety.committee.member"].sudo().create({
            "company_id": self.company.id, "user_id": self.worker.id, "role": "member", "date_from": fields.Date.today()})
        self.assertTrue(offered(self.worker))
        seat.date_from = fields.Date.today() + timedelta(days=1)
        self.assertFalse(offered(self.worker))

    def test_figures(self):
        """SD-5.6: figures are those of the month, not of today."""
        self.make_hazard(level="high", date_assessed=self.at(5), date_deadline=self.day(10), date_closed=self.at(40))
        self.make_hazard(found=40)
        self.make_incident(day=40)
        report = self.make_report(self.officer)._get_report()
        self.assertEqual(report["totals"], {"found": 1, "closed": 0, "open": 1, "overdue": 1})
        self.assertFalse(report["incidents"])

    def test_running_month(self):
        """SD-5.6: a month that is not over is provisional; one that has not begun is refused."""
        self.assertIn("暂定", self.render(self.make_report(self.officer, month=fields.Date.today())))
        report = self.make_report(self.officer, month=fields.Date.add(fields.Date.today(), months=2))
        self.refused(self.officer, report, "action_print")

    def test_readers(self):
        """Attack 19: nobody else prints it, by the button or by the address of the report; nor that of another company."""
        for user in (self.salesperson, self.head, self.finance, self.manager, self.admin_user):
            report = self.make_report(user)
            self.refused(user, report, "action_print", error=AccessError)
            with self.assertRaises(AccessError):
                self.render(report)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        with self.assertRaises(AccessError):
            report = self.make_report(self.officer, company_id=other.id)
            self.call(self.officer, report, "action_print")

    def test_many_places(self):
        """SD-5.6: the paper takes no more statements for many places than the rows need."""
        self.assess()
        report = self.make_report(self.officer)
        self.make_inspection(closed=self.at(9))
        report._get_report()
        few = self.count_statements(report._get_report)
        for number in range(5):
            place = self.env["business.safety.place"].sudo().create({
                "name": f"Hall {number}", "company_id": self.company.id, "department_id": self.workshop.id})
            self.make_inspection(place, closed=self.at(9))
            self.make_hazard(place, is_major=True, date_assessed=self.at(2))
            self.make_incident("lost_time", place)
        self.assertLessEqual(self.count_statements(report._get_report), few + 3)
