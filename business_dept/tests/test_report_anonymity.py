# Part of business_dept. See LICENSE file for full copyright and licensing details.
import io
import json
import logging
import re
from datetime import UTC, datetime, time
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from PIL import Image

from odoo.http import root
from odoo.tests import tagged
from odoo.tools import config

from .common_report import ReportPageCase

BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14; ZqMarkDevice) ZqMarkBrowser/7.7",
    "Referer": "http://127.0.0.1/odoo/zqmarkpage",
    "X-Forwarded-For": "203.0.113.77", "X-Real-IP": "203.0.113.77", "Forwarded": "for=203.0.113.77",
    "CF-Connecting-IP": "203.0.113.77",
    "Accept-Language": "de-ZQ,de;q=0.9,zqmarklang;q=0.1", "Authorization": "Basic enFsb2dpbg==", "X-Zq-Device": "zqmarkdevice",
    "Cookie2": "zqmarkcookie",
}
MARKS = ("zqmark", "203.0.113.77", "203.0.113", "enfsb2dpbg", "127.0.0.1", "mozilla", "android")
"""Of the person, in small letters; the stranger's photo carries them, too."""


def make_marked_photo():
    """A photo with the owner, device and place in its head, and something hidden behind its end; another one each time."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "ZqMarkMaker", "ZqMarkModel", "ZqMarkArtist"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = "2024:01:02"
    output = io.BytesIO()
    Image.effect_noise((320, 240), 40).save(output, "JPEG", exif=exif, comment=b"zqmarkcomment")
    return output.getvalue() + b"zqmarktail"


@tagged("post_install", "-at_install")
class TestReportAnonymity(ReportPageCase):
    """An employee reports in the browser in which he is logged in: nothing leads to him (SM-4.2.2, SD-12)."""

    def setUp(self):
        super().setUp()
        self.session_file = None

    def log_in(self):
        """The employee's browser: logged in, with a session that would be noted on every other page."""
        self.authenticate("zqmark_login", "zqmark_login")
        del self.session["_trace_disable"]
        root.session_store.save(self.session)
        self.session_file = Path(root.session_store.get_session_filename(self.session.sid))

    def go_through(self, photo):
        """Report, look, be asked, answer; the code and the hazard."""
        code, hazard = self.report(files=[("zqmark_holiday.jpg", photo, "image/jpeg")], headers=BROWSER, urgent="1")
        self.assertIn("Received", self.look(code, headers=BROWSER).text)
        hazard.with_user(self.officer).action_ask("Which saw is it?")
        self.env.flush_all()
        self.assertIn("Which saw is it?", self.look(code, headers=BROWSER).text)
        self.assertIn("has arrived", self.look(code, headers=BROWSER, answer="The one by the window").text)
        self.env.invalidate_all()
        return code, hazard

    def assert_nothing_of(self, person, rows, lines, more=()):
        """No row and no log line leads to a person."""
        columns = self.get_person_columns()
        ids = {"res_users": person.id, "res_partner": person.partner_id.id, "hr_employee": person.employee_id.id or -1}
        marks = [*MARKS, *more]
        for table, row in rows:
            text = json.dumps(row, ensure_ascii=False).lower()
            for mark in marks:
                self.assertNotIn(mark, text, f"{table}: {row}")
            for column, value in row.items():
                target = columns.get((table, column)) or (
                    "res_users" if column in ("create_uid", "write_uid", "user_id", "uid") else None)
                self.assertFalse(target and value == ids[target], f"{table}.{column} is the person")
        for line in lines:
            for mark in marks:
                self.assertNotIn(mark, line.lower())
            self.assertNotIn(f"user {person.id} ", line.lower())

    def test_nothing_of_the_reporter(self):
        """SM-4.2.2: all tables and all log lines before and after: the report is there, and nothing of who sent it."""
        self.log_in()
        session, stat = self.session_file.read_bytes(), self.session_file.stat()
        before = self.snapshot()
        with self.listening() as lines:
            code, hazard = self.go_through(make_marked_photo())
        rows = self.get_new_rows(before)
        tables = {table for table, _row in rows}
        self.assertLessEqual({"business_safety_hazard", "business_safety_report", "business_safety_report_message",
                              "ir_attachment", "mail_activity"}, tables)
        self.assertFalse(tables & {"res_device_log", "ir_logging", "ir_profile"})
        plain = code.replace("-", "").lower()
        self.assert_nothing_of(self.employee, rows, lines, (
            self.session.sid.lower(), self.session.sid[:42].lower(), plain, code.lower()))
        self.assertNotIn(self.employee.partner_id, hazard.message_partner_ids)
        self.assertFalse(hazard.reporter_id)
        self.assertTrue(hazard.is_anonymous)
        system = self.env.ref("base.user_root")
        self.assertEqual((hazard.create_uid, hazard.message_ids.author_id), (system, system.partner_id))
        for photo in hazard.photo_ids:
            self.assertNotIn(b"zqmark", photo.raw.lower())
            self.assertRegex(photo.name, r"^[0-9a-f]{16}\.jpg$")
        # the session in the file store is as it was: nothing of the visit is in it
        self.assertEqual((self.session_file.read_bytes(), self.session_file.stat().st_mtime), (session, stat.st_mtime))
        # neither the address nor the token of the page, nor that something came in at all
        token = self.place.report_token
        self.assertFalse([line for line in lines if token in line or "/safety/report" in line or "werkzeug INFO" in line])

    def test_the_listener_hears(self):
        """SM-4.2.2: the same ears hear of any other page whose it was: the test above would notice."""
        self.log_in()
        with self.listening() as lines:
            self.url_open("/web/session/get_session_info", json={}, headers=BROWSER)
        self.assertTrue([line for line in lines if "127.0.0.1" in line and "werkzeug INFO" in line])
        self.assertTrue([line for line in lines if "inserts device log" in line])

    def test_behind_a_proxy(self):
        """SM-4.2.2: behind a proxy whose headers Odoo trusts, nothing of the person either."""
        self.log_in()
        before = self.snapshot()
        with self.listening() as lines, patch.dict(config.options, {"proxy_mode": True}):
            code, _hazard = self.report(
                headers={**BROWSER, "X-Forwarded-Host": self.base_url().partition("//")[2], "X-Forwarded-Proto": "http"})
        self.assert_nothing_of(self.employee, self.get_new_rows(before), lines, (self.session.sid.lower(), code.lower()))

    def test_only_the_day(self):
        """SM-4.2.2: of a report and of an answer nothing is kept that is finer than the day, in whatever table or file."""
        before = self.snapshot()
        _code, hazard = self.go_through(make_marked_photo())
        midnight = self.get_midnight(hazard)
        self.env["business.safety.report.count"]._gc_counts()
        for table, row in self.get_new_rows(before):
            if row.get("kind") == "question":
                continue  # the officer's own act
            for column, value in row.items():
                if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", value):
                    moment = datetime.fromisoformat(value).replace(tzinfo=None)
                    self.assertEqual(moment, midnight, f"{table}.{column}: {row}")
            if table == "mail_message":
                self.assertNotRegex(row["message_id"] or "", r"\d{9,}\.\d+")
            if table == "business_safety_report_count":
                hour = self.env.cr.now().strftime("%Y-%m-%d %H")
                self.assertIn(row["slot"], (hour, hour[:10]), "of hours only the one that goes on")
        store = self.env["ir.attachment"]._filestore()
        for photo in hazard.photo_ids:
            for path in (Path(store, photo.store_fname), Path(store, "checklist", photo.store_fname)):
                if path.exists():
                    self.assertEqual(path.stat().st_mtime, midnight.replace(tzinfo=UTC).timestamp(), path)

    def get_midnight(self, hazard):
        """When the day began on which a hazard was reported, where the company is; in UTC."""
        zone = ZoneInfo(self.company.resource_calendar_id.tz)
        return datetime.combine(hazard.date_found, time(), tzinfo=zone).astimezone(UTC).replace(tzinfo=None)

    def test_day_of_the_company(self):
        """SM-4.2.2: the day is that of the company in all that is kept: two days would tell the part of the day."""
        for zone in ("Pacific/Auckland", "America/Los_Angeles"):
            self.company.resource_calendar_id.tz = zone
            self.env.flush_all()
            _code, hazard = self.report()
            midnight = self.get_midnight(hazard)
            self.assertEqual({hazard.create_date, hazard.write_date, *hazard.message_ids.mapped("date")}, {midnight})
            self.assertLessEqual(midnight, self.env.cr.now())

    def test_two_reports_of_one_person(self):
        """SM-4.2.2: two reports from one browser: nothing in their rows tells that they belong together."""
        self.log_in()
        before = self.snapshot()
        self.go_through(make_marked_photo())
        first = self.get_new_rows(before)
        between = self.snapshot()
        self.go_through(make_marked_photo())
        second = self.get_new_rows(between)

        # a third one, of somebody else with another browser, shares as much with the first as the second does
        between = self.snapshot()
        self.authenticate(None, None)
        with patch.dict(BROWSER, dict.fromkeys(BROWSER, "other"), clear=True):
            self.go_through(make_marked_photo())
        third = self.get_new_rows(between)

        def get_shared(rows, others):
            """Columns with a value that both share, beside what all rows of a table share anyway."""
            known = {(table, column, json.dumps(value)) for table, row in rows for column, value in row.items()}
            return {(table, column, json.dumps(value)) for table, row in others for column, value in row.items()
                    if (table, column, json.dumps(value)) in known}
        self.assertEqual(get_shared(first, second) - get_shared(first, third), set())
        self.assertEqual(len({row["code_hash"] for table, row in first + second + third
                              if table == "business_safety_report"}), 3)

    def test_no_cookie(self):
        """SM-4.2.2: the page sets no cookie, loads nothing from the server, and tells no other page."""
        self.authenticate(None, None)
        for response in (self.url_open(f"/safety/report/{self.place.report_token}"), self.send(),
                         self.url_open("/safety/report"), self.look("0000-0000-0000-0000"),
                         self.url_open("/safety/report/none")):
            self.assertNotIn("Set-Cookie", response.headers)
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
            self.assertNotRegex(response.text, r"(src|href)=\"(https?:|/web|/business)")

    def test_not_cut_off(self):
        """SM-4.2.2: a request that comes past the cut (the first of a process) is sent once more, and nothing is done."""
        self.log_in()
        before = self.snapshot()
        with self.listening() as lines, patch(
                "odoo.addons.business_dept.controllers.anonymous.is_report_path", return_value=False):
            response = self.url_open(
                f"/safety/report/{self.place.report_token}", data={"what": "A hazard"}, headers=BROWSER, allow_redirects=False)
        self.assertEqual(response.status_code, 307)
        self.assertEqual(response.headers["Location"], f"/safety/report/{self.place.report_token}")
        self.assertNotIn("Set-Cookie", response.headers)
        self.assert_nothing_of(self.employee, self.get_new_rows(before), [
            line for line in lines if "/safety/report" in line and "odoo.sql_db" not in line])

    def test_language_in_front(self):
        """SM-4.2.2: an address with a language in front of it leads to the page by another request, and nothing is done."""
        self.log_in()
        before = self.snapshot()
        self.url_open(f"/en_US/safety/report/{self.place.report_token}", data={"what": "A hazard"}, headers=BROWSER)
        self.assertFalse([row for table, row in self.get_new_rows(before) if table not in ("res_device_log",)])
        for token in ("%0d%0aSet-Cookie:%20stolen=1", "%5c%5cevil.example", "..%2f..%2f..%2fevil"):
            response = self.url_open(f"/en_US/safety/report/{token}", headers=BROWSER, allow_redirects=False)
            self.assertNotIn("stolen", str(response.cookies))
            self.assertRegex(response.headers.get("Location", "/"), r"^(http://127\.0\.0\.1:\d+)?/(?![/\\])")

    def test_error(self):
        """SM-4.2.2: when the page breaks, the log says where in the code, and quotes nothing of what was sent."""
        self.log_in()
        with self.listening() as lines, patch.object(
                type(self.Report), "_store", side_effect=ValueError("zqmark said it")):
            response = self.send(headers=BROWSER, what="zqmark said it")
        self.assertEqual(response.status_code, 500)
        told = [line for line in lines if "ERROR" in line]
        self.assertTrue(told)
        self.assertIn("ValueError", told[0])
        self.assertNotIn("zqmark said it", response.text)
        for line in lines:
            for mark in MARKS:
                self.assertNotIn(mark, line.lower())
        self.assertEqual(logging.getLogger("odoo.http").filters[0].__class__.__name__, "QuietFilter")

    def test_contact_by_choice(self):
        """SM-4.2.2: who leaves a name is read by safety officers, the leading group and auditors; by nobody else."""
        _code, hazard = self.report(contact_name="Ms Named", contact_detail="555 0101")
        self.assertFalse(hazard.is_anonymous)
        self.assertFalse(hazard.with_user(self.other).report_ids)
        self.env.invalidate_all()
        self.assertEqual(hazard.with_user(self.officer).report_ids.contact_name, "Ms Named")
        self.env["business.safety.committee.member"].create({
            "user_id": self.other.id, "company_id": self.company.id, "role": "member", "date_from": self.today()})
        self.env.invalidate_all()
        self.assertEqual(hazard.with_user(self.other).report_ids.contact_detail, "555 0101")
        rows = self.env.execute_query(self.env["mail.message"].sudo()._search([
            ("model", "=", hazard._name), ("res_id", "=", hazard.id), "|", ("body", "ilike", "Named"),
            ("subject", "ilike", "Named")]).select())
        self.assertFalse(rows)
        self.assertNotIn("Named", f"{hazard.title} {hazard.description} {hazard.activity_ids.mapped('summary')}")
