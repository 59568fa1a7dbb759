# Part of business_dept. See LICENSE file for full copyright and licensing details.
import base64
import socket
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers.anonymous import cut_off, is_report_path, limiter
from ..controls import ControlError
from .common_report import CODE, STAMP, ReportPageCase
from .test_policy_report_page import make_bomb, make_photo

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@tagged("post_install", "-at_install")
class TestReportPage(ReportPageCase):
    """The public page: reports come in, are seen again with the code, and what is not meant for it is refused (SM-4.2.2)."""

    def call(self, user, records, method, *args, **kwargs):
        """Call a method as JSON-RPC does, as an ordinary user."""
        model = self.env(user=user, su=False)[records._name]
        if not getattr(getattr(type(model), method), "_api_model", False):
            args = (records.ids, *args)
        return call_kw(model, method, list(args), kwargs)

    def count_hazards(self):
        self.env.invalidate_all()
        return self.Hazard.search_count([("company_id", "=", self.company.id)])

    #=== THE WAY OF A REPORT ===#

    def test_report(self):
        """SD-12: a stranger with a phone reports with photos: the hazard is there, and the safety officer is told."""
        code, hazard = self.report(
            what="The guard of the saw is missing\nSince Monday", where="Second saw", category="protection", urgent="1",
            files=[("a.jpg", make_photo(), "image/jpeg"), ("b.png", make_photo(kind="PNG"), "image/png")])
        self.assertEqual(hazard.title, "[Urgent] The guard of the saw is missing")
        for words in ("Since Monday", "Second saw", "Urgent"):
            self.assertIn(words, hazard.description)
        self.assertEqual((hazard.source, hazard.category, hazard.place_id, hazard.company_id, hazard.state),
                         ("report", "protection", self.place, self.company, "reported"))
        self.assertEqual(hazard.photo_ids.mapped("mimetype"), ["image/jpeg"] * 2)
        self.assertTrue(hazard.report_ids.is_urgent)
        self.assertIn(self.officer, hazard.activity_ids.user_id)
        self.assertEqual(hazard.with_user(self.other).photo_ids.mapped("res_id"), [hazard.id] * 2)
        self.assertNotIn(code.replace("-", ""), str(hazard.report_ids.sudo().read()))

    def test_company_page(self):
        """SM-4.2.2: the page of the company has no place, and names the company."""
        self.assertIn("Quarry Ltd", self.get_form(self.page.report_token))
        _code, hazard = self.report(token=self.page.report_token)
        self.assertFalse(hazard.place_id)

    def test_progress(self):
        """SM-4.2.2: with the code one sees what became of it, in plain words, and answers the officer's question."""
        code, hazard = self.report()
        self.assertIn("Received", self.look(code.lower().replace("-", " ")).text)
        for words in ("", "   ", "x" * 1001, None, ["x"]):
            with self.assertRaises(UserError):
                self.call(self.officer, hazard, "action_ask", words)
        wizard = self.env["business.safety.report.ask"].with_user(self.officer).create({
            "hazard_id": hazard.id, "question": "Which saw is it?"})
        wizard.action_send()
        self.env.flush_all()
        page = self.look(code).text
        self.assertIn("Which saw is it?", page)
        self.assertIn('name="answer"', page)
        hazard.activity_ids.unlink()
        answered = self.look(code, answer=SCRIPT).text
        self.assertIn("has arrived", answered)
        self.assertNotIn("<script>alert", answered)
        self.assertNotIn('name="answer"', answered)
        self.env.invalidate_all()
        answer = hazard.report_message_ids[-1]
        self.assertEqual((answer.kind, answer.body, answer.user_id.id), ("answer", SCRIPT, False))
        self.assertEqual(hazard.activity_ids.user_id, self.officer)
        self.assertEqual(self.look(code, answer="Once more").status_code, 400, "nobody asked again")
        self.assertEqual(len(hazard.report_message_ids), 2)

    def test_progress_words(self):
        """SM-4.2.2: each step of the hazard is told in words, with its day and what was done."""
        code, hazard = self.report()
        now = self.env.cr.now()
        for values, words in (
            ({"date_assessed": now, "interim_protection": "Saw switched off"}, ("being put right", "Saw switched off")),
            ({"date_rectified": now, "rectification_note": "New guard"}, ("being checked", "New guard")),
            ({"date_verified": now}, ("leading group",)),
            ({"date_closed": now}, ("Put right, checked and closed",)),
        ):
            hazard.sudo().write(values)
            self.env.flush_all()
            page = self.look(code).text
            for word in words:
                self.assertIn(word, page)
        with self.assertRaises(ControlError):
            self.call(self.officer, hazard, "action_ask", "Is it so?")
        self.assertEqual(self.look(code, answer="Late").status_code, 400)

    def test_languages(self):
        """SM-4.2.2: Chinese or English, by the browser or by choice; what is stored does not tell which."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["business_dept"], ["zh_CN"])
        self.assertIn('lang="zh-CN"', self.get_form(headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.1"}))
        self.assertIn('lang="en"', self.get_form(headers={"Accept-Language": "fr,de;q=0.5"}))
        self.assertIn('lang="en"', self.get_form(headers={"Accept-Language": ""}))
        token = self.place.report_token
        self.assertIn('lang="zh-CN"', self.url_open(f"/safety/report/{token}?lang=zh").text)
        self.assertIn('lang="en"', self.url_open(f"/safety/report/{token}?lang=en", headers={"Accept-Language": "zh"}).text)
        self.assertIn('lang="en"', self.url_open(f"/safety/report/{token}?lang=<script>").text)
        stamp = STAMP.search(self.get_form()).group(1)
        before = self.Hazard.search([])
        self.url_open(f"/safety/report/{token}?lang=zh", data={"what": "Guard missing", "stamp": stamp, "where": "Hall"})
        self.env.invalidate_all()
        self.assertIn("Where exactly: Hall", (self.Hazard.search([]) - before).description)

    #=== WHAT IS REFUSED ===#

    def assert_refused(self, response, status, *words):
        self.assertEqual(response.status_code, status, response.text)
        for word in words:
            self.assertIn(word, response.text)
        self.assertEqual(self.count_hazards(), 0)

    def test_tokens(self):
        """SM-4.2.2: no page without its token: unknown, of an archived place, of another kind, or injected."""
        self.place.active = False
        for token in (self.place.report_token, "x" * 24, str(self.place.id), "' OR 1=1 --xxxxxxxxxxxxxxx", "x" * 10_000,
                      "%00" * 24):
            for data in (None, {"what": "A hazard"}):
                response = self.url_open(f"/safety/report/{token}", data=data)
                self.assertIn(response.status_code, (404, 413))
                self.assertNotIn("Quarry", response.text)
        self.assertEqual(self.count_hazards(), 0)
        tokens = self.env["business.safety.place"].search([]).mapped("report_token")
        self.assertEqual(len(set(tokens)), len(tokens))
        self.assertTrue(all(len(token) >= 24 for token in tokens))

    def test_other_company(self):
        """SM-4.2.2: a report lands in the company whose token it came with, whatever else is sent."""
        other = self.env["res.company"].create({"name": "Other Ltd"})
        page = self.env["business.safety.report.page"].search([("company_id", "=", other.id)])
        code, hazard = self.report(token=page.report_token, company_id=str(self.company.id), place_id=str(self.place.id))
        self.assertEqual((hazard.company_id, hazard.place_id.id), (other, False))
        with self.assertRaises(AccessError):
            self.call(self.officer, hazard, "action_ask", "Which one?")
        self.assertEqual(self.look(code).status_code, 200)

    def test_closed(self):
        """SM-4.2.2: a closed page takes nothing and says whom to call."""
        self.page.write({"is_open": False, "phone": "555 0119"})
        self.env.flush_all()
        self.assertIn("555 0119", self.get_form())
        self.assertIn("555 0119", self.url_open(f"/safety/report/{self.place.report_token}", data={"what": "A hazard"}).text)
        self.assertEqual(self.count_hazards(), 0)

    def test_script(self):
        """SM-4.2.2: script in any field is text, on the page, in the records and in the client."""
        response = self.send(what=SCRIPT + "x" * 2000, where=SCRIPT, contact_name=SCRIPT, contact_detail=SCRIPT)
        self.assert_refused(response, 400, "too long")
        self.assertNotIn("<script>alert", response.text)
        self.assertNotIn("<img src=x", response.text)
        self.assertIn("&lt;script&gt;alert(1)", response.text, "what was typed is still there")
        code, hazard = self.report(what=SCRIPT, where=SCRIPT, contact_name=SCRIPT)
        self.assertTrue(hazard.title.startswith("<script>"))
        self.assertNotIn("<script>", "".join(hazard.message_ids.mapped("body")))
        for activity in hazard.activity_ids:
            self.assertNotIn("<script>", activity.note or "")
        self.assertNotIn("<script>alert", self.look(code).text)
        self.page.write({"welcome": SCRIPT, "phone": SCRIPT})
        self.env.flush_all()
        self.assertNotIn("<script>alert", self.get_form())

    def test_words(self):
        """SM-4.2.2: words are limited and plain; what is missing is said, and the rest is kept."""
        self.assert_refused(self.send(what="  \n "), 400, "what you have seen")
        self.assert_refused(self.send(what="\0\x01\x02"), 400, "what you have seen")
        self.assert_refused(self.send(where="x" * 201), 400, "too long", "The guard of the saw is missing")
        _code, hazard = self.report(what="Oil\0\x07 on\u202e the floor", category="forged", urgent="")
        self.assertEqual((hazard.title, hazard.category), ("Oil on the floor", False))

    def test_files(self):
        """SM-4.2.2: only photos by content, few and small enough; nothing of a refused one is kept."""
        attachments = self.env["ir.attachment"].search_count([])
        self.page.source_hour_limit = 99
        self.env.flush_all()
        for content, word in (
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG"), (b"<html><script>1</script></html>", "JPEG"),
            (b"PK\x03\x04zip", "JPEG"), (make_photo(kind="GIF"), "JPEG"), (make_bomb(), "pixels"),
        ):
            self.assert_refused(self.send(files=[("photo.jpg", content, "image/jpeg")]), 400, word, "The guard of the saw")
        self.assert_refused(self.send(files=[("a.jpg", make_photo(), "image/jpeg")] * 7), 400, "At most 6")
        self.page.photo_size_limit = 1
        self.env.flush_all()
        self.assert_refused(
            self.send(files=[("a.jpg", make_photo() + b"0" * 1024 * 1024, "image/jpeg")]), 400, "larger than 1 MB")
        self.assertEqual(self.env["ir.attachment"].search_count([]), attachments)
        # neither the name nor the declared type counts
        _code, hazard = self.report(files=[("../../evil.svg", make_photo(kind="WEBP"), "image/svg+xml")])
        self.assertEqual(hazard.photo_ids.mimetype, "image/jpeg")
        self.assertNotIn("evil", hazard.photo_ids.name)

    def test_large_request(self):
        """SM-4.2.2: a request that says it is too large, or does not say how large it is, is answered before it is read."""
        host, port = self.base_url().partition("//")[2].split(":")
        path = f"/safety/report/{self.place.report_token}?lang=en"
        for address, head in ((path, b"Content-Length: 999999999"), (path, b"Transfer-Encoding: chunked"), (path, b"X-None: 1"),
                              ("/safety/report/progress", b"Content-Length: 99999999")):
            with self.subTest(head), self.allow_requests(all_requests=True), socket.create_connection(
                    (host, int(port)), timeout=20) as connection:
                connection.sendall(
                    b"POST " + address.encode() + b" HTTP/1.0\r\nHost: " + host.encode() + b"\r\n" + head +
                    b"\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n")  # and nothing of the body
                answer = connection.recv(65536)
            self.assertIn(b" 413 ", answer.split(b"\r\n")[0])
        self.assertEqual(self.count_hazards(), 0)

    def test_robots(self):
        """SM-4.2.2: what fills in the hidden field, is faster than a person, or forges the stamp, reports nothing."""
        self.assert_refused(self.send(website="http://spam.example"), 400, "too fast")
        self.assert_refused(self.send(stamp="7fffffff.0000"), 400, "too fast")
        other = STAMP.search(self.get_form(self.page.report_token)).group(1)
        self.assert_refused(self.send(stamp=other), 400, "too fast", "The guard of the saw is missing")
        with patch("odoo.addons.business_dept.models.safety.report.MIN_SECONDS", 3):
            self.assert_refused(self.send(), 400, "too fast")
        with patch("odoo.addons.business_dept.models.safety.report.MAX_SECONDS", -1):
            self.assert_refused(self.send(), 400, "too fast")

    #=== LIMITS ===#

    def test_source_limit(self):
        """SM-4.2.2: one connection reports so often an hour; the address is neither kept nor trusted from a header."""
        self.page.source_hour_limit = 2
        self.env.flush_all()
        for _time in range(2):
            self.report()
        response = self.send(headers={"X-Forwarded-For": "198.51.100.1"})
        self.assertEqual(response.status_code, 429)
        self.assertIn("The guard of the saw is missing", response.text)
        self.assertEqual(self.count_hazards(), 2)
        self.assertNotIn("127.0.0.1", str(limiter._counts))
        limiter.forget()
        self.report()

    def test_place_and_company_limit(self):
        """SM-4.2.2: a place and a company take so many reports an hour and day, whoever sends them."""
        self.page.write({"place_hour_limit": 1, "company_hour_limit": 2, "source_hour_limit": 99, "phone": "555 0119"})
        self.env.flush_all()
        self.report()
        response = self.send()
        self.assertEqual(response.status_code, 429)
        self.assertIn("555 0119", response.text)
        self.report(token=self.page.report_token)
        self.assertEqual(self.send(token=self.page.report_token).status_code, 429)
        self.env["business.safety.report.count"]._gc_counts()
        self.assertEqual(self.send(token=self.page.report_token).status_code, 429, "this hour is not over")
        self.env.cr.execute(
            "UPDATE business_safety_report_count SET slot = '2000-01-01 00' "
            "WHERE slot LIKE '____-__-__ __' AND company_id = %s",
            [self.company.id])
        self.report(token=self.page.report_token)
        self.env["business.safety.report.count"]._gc_counts()
        self.assertFalse(self.env["business.safety.report.count"].search([("slot", "like", "2000")]))

    def test_full_page_is_told(self):
        """SM-4.2.2: when a page takes no more, its safety officers are told, once, so that a flood does not shut out the
        honest unseen; and what tells them does not tell when."""
        self.page.write({"place_hour_limit": 2, "place_day_limit": 3})
        self.env.flush_all()
        self.report()
        self.assertFalse(self.page.activity_ids)
        self.report()
        told = self.page.activity_ids
        self.assertEqual(told.user_id, self.officer)
        self.assertIn("takes no more", told.summary)
        self.assertEqual(told.create_date, self.company._get_local_midnight())
        self.assertEqual(self.send().status_code, 429)
        self.env.cr.execute("DELETE FROM business_safety_report_count WHERE slot LIKE '____-__-__ __'")
        self.report()
        self.assertEqual(self.page.activity_ids, told)

    def test_one_connection_fills_no_page(self):
        """SM-4.2.2: as shipped, what one connection may send in an hour does not shut the page for the others, not even
        when three processes count by themselves."""
        self.assertLess(3 * self.page.source_hour_limit, self.page.place_hour_limit)
        self.assertLess(3 * self.page.source_hour_limit, self.page.company_hour_limit)

    def test_conflict(self):
        """SM-4.2.2: of two reports at once the second is tried again: with all its photos, and counted once."""
        store, calls = type(self.Report)._store, []

        def conflict_once(model, *args):
            calls.append(args)
            if len(calls) == 1:
                model.env.cr.execute("DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END$$")
            return store(model, *args)

        with patch.object(type(self.Report), "_store", conflict_once), mute_logger(
                "odoo.service.model", "odoo.sql_db"):
            _code, hazard = self.report(files=[
                ("a.jpg", make_photo(), "image/jpeg"), ("b.jpg", make_photo(color="blue"), "image/jpeg"),
                ("c.jpg", make_photo(color="green"), "image/jpeg")])
        self.assertEqual((len(calls), len(hazard.photo_ids)), (2, 3))
        self.assertEqual([count for (_source, kind), count in limiter._counts.items() if kind == "report"], [1])

    def test_hours_are_forgotten(self):
        """SM-4.2.2: the number of reports of an hour, which would say when one came, is forgotten when the hour is over."""
        self.report()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.env.ref("business_dept.cron_safety_report_hours").sudo().method_direct_trigger()
            slots = self.env["business.safety.report.count"].search([("company_id", "=", self.company.id)]).mapped("slot")
        self.assertFalse([slot for slot in slots if len(slot) > 10])

    def test_broken_photo_does_not_count(self):
        """SM-4.2.2: a report whose photo breaks while it is painted takes no room and leaves nothing."""
        with patch("odoo.addons.business_dept.policy.report_photo.ImageOps.exif_transpose", side_effect=OSError):
            self.assert_refused(self.send(files=[("a.jpg", make_photo(), "image/jpeg")]), 400, "cannot be read")
        self.assertFalse(sum(self.env["business.safety.report.count"].search([
            ("company_id", "=", self.company.id)]).mapped("count")))

    def test_ten_thousand(self):
        """SM-4.2.2: 10,000 submissions: as many are stored as the page takes; each of the others costs the same few statements,
        decodes no photo and writes nothing."""
        photo, stored = make_photo(), 0
        env = self.env(context={"lang": "en_US"})
        Report, page, place = env["business.safety.report"], self.page, self.place.with_env(env)
        stamp = Report._make_stamp(page, place)
        module = "odoo.addons.business_dept.models.safety.report"
        with patch(f"{module}.repaint_photo", return_value=photo) as painted, patch(
                f"{module}.fields.Datetime.now", return_value=fields.Datetime.now()):  # the hour does not end meanwhile
            statements = set()
            for number in range(10_000):
                before = env.cr.sql_log_count
                code, errors = Report._submit(
                    page, place, {"what": f"Flood {number}", "stamp": stamp}, [photo] if number % 100 == 0 else [])
                if code:
                    stored += 1
                    continue
                self.assertEqual(errors, {"form": "full"})
                statements.add(env.cr.sql_log_count - before)
                if len(statements) == 1 and number == stored:
                    rows = self.snapshot()
        self.assertEqual(stored, page.place_hour_limit)
        self.assertEqual(painted.call_count, 1, "one of the ten that were stored had a photo")
        self.assertLessEqual(max(statements), 3)
        self.assertFalse(self.get_new_rows(rows))

    def test_flood_over_http(self):
        """SM-4.2.2: the same through the page: a full page refuses in a fixed number of statements."""
        self.page.write({"place_hour_limit": 1, "source_hour_limit": 1000})
        self.env.flush_all()
        self.report()
        counts = set()
        for _time in range(4):
            stamp = STAMP.search(self.get_form()).group(1)
            before = self.env.cr.sql_log_count
            response = self.url_open(f"/safety/report/{self.place.report_token}", data={"what": "Flood", "stamp": stamp},
                                     files=[("photos", ("a.jpg", make_photo(), "image/jpeg"))])
            counts.add(self.env.cr.sql_log_count - before)
            self.assertEqual(response.status_code, 429)
        self.assertEqual(len(counts), 1)
        self.assertEqual(self.count_hazards(), 1)

    def test_guessing(self):
        """SM-4.2.2: codes are guessed ten times an hour from a connection, and then not even the right one is looked up."""
        code, _hazard = self.report()
        for number in range(10):
            response = self.look(f"0000-0000-0000-{number:04}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn("guard", response.text)
        with patch.object(type(self.Report), "_find_by_code", side_effect=AssertionError):
            self.assertEqual(self.look(code).status_code, 429)
        limiter.forget()
        self.assertEqual(self.look(code).status_code, 200)
        for typed in ("", "%", "' OR '1'='1", code[:-1], code + "0", "\0"):
            self.assertEqual(self.look(typed).status_code, 404)

    def test_code_in_the_address(self):
        """SM-4.2.2: a code in an address, where logs and histories keep it, is not read."""
        code, _hazard = self.report()
        self.assertNotIn("guard", self.url_open(f"/safety/report/progress?code={code}").text)

    #=== THROUGH OTHER DOORS ===#

    def test_rpc(self):
        """SM-4.2.2, attacks 1, 2 and 19: the rows of reports are written by nobody, and read by nobody outside."""
        code, hazard = self.report(contact_name="Ms Named")
        report = hazard.report_ids
        self.call(self.officer, hazard, "action_ask", "Which saw?")
        message = hazard.report_message_ids
        outsiders = [self.env.ref("base.public_user"),
                     new_test_user(self.env, login="report_portal", groups="base.group_portal")]
        for user in outsiders:
            for records in (
                    report, message, self.page, self.env["business.safety.report.count"].search([]), self.place, hazard):
                for method, *args in (
                        ("read", ["id"]), ("search_read", []), ("write", {"id": 1}), ("unlink",),
                        ("web_read", {"company_id": {}})):
                    with self.subTest(f"{user.login} {records._name} {method}"), self.assertRaises(AccessError):
                        self.call(user, records, method, *args)
            with self.assertRaises(AccessError):
                self.call(user, hazard, "action_ask", "Who are you?")
        for user in (self.employee, self.officer):
            for records, values in ((report, {"contact_name": "x"}), (message, {"body": "x"}), (report, {"is_urgent": True})):
                with self.assertRaises(AccessError):
                    self.call(user, records, "write", values)
                with self.assertRaises(AccessError):
                    self.call(user, records, "unlink")
            with self.assertRaises(AccessError):
                self.call(user, message, "create", [
                    {"report_id": report.id, "kind": "answer", "body": "x", "date": "2024-01-01"}])
            with self.assertRaises(AccessError):
                self.call(user, report, "create", [{"hazard_id": hazard.id, "company_id": self.company.id, "code_hash": "x"}])
            with self.assertRaises(AccessError):
                self.call(user, report, "read", ["code_hash"])
            with self.assertRaises(AccessError):
                self.call(user, report, "search_read", [("code_hash", "like", "0%")], ["id"])
            self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.call(self.employee, report, "read", ["contact_name"])
        with self.assertRaises(AccessError):
            self.call(self.employee, message, "read", ["body"])
        self.assertFalse(self.call(self.employee, report, "search_read", [("contact_name", "like", "Named")], ["id"]))
        with self.assertRaises(AccessError):
            self.call(self.employee, hazard, "action_ask", "Who are you?")
        for method in ("_submit", "_answer", "_find_by_code", "_store", "_blur"):
            with self.assertRaises(AccessError):
                self.call(self.employee, report, method)
        self.assertNotIn(code, str(self.call(self.officer, report, "read", [])))

    def test_one2many(self):
        """SM-4.2.2, attack 4: the rows are not written through the hazard either."""
        _code, hazard = self.report()
        for field, values in (("report_ids", {"contact_name": "x"}), ("report_message_ids", {"body": "x"})):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.call(self.officer, hazard, "write", {field: [(0, 0, values)]})
            self.env.invalidate_all()
        self.assertFalse(hazard.report_message_ids)

    def test_token_is_the_engine_s(self):
        """SM-4.2.2: nobody writes a token, not even as a default; a new one voids the old."""
        for records in (self.place, self.page):
            with self.assertRaises(UserError):
                self.call(self.officer, records, "write", {"report_token": "easy-to-guess-token-0000"})
            with self.assertRaises(AccessError):
                self.call(self.employee, records, "action_renew_report_token")
            old = records.report_token
            self.call(self.officer, records, "action_renew_report_token")
            self.assertNotEqual(records.report_token, old)
            self.env.flush_all()
            self.assertEqual(self.url_open(f"/safety/report/{old}").status_code, 404)
        copied = self.place.copy({"name": "Copy"})
        self.assertNotEqual(copied.report_token, self.place.report_token)

    def test_settings(self):
        """SM-4.2.2: the safety officer sets texts and limits, within bounds; an employee does not."""
        self.call(self.officer, self.page, "write", {"phone": "555 0119", "place_hour_limit": 5})
        self.env.cr.flush()
        self.assertTrue(self.page.message_ids.sudo().tracking_value_ids)
        with self.assertRaises(AccessError):
            self.call(self.employee, self.page, "write", {"place_hour_limit": 10 ** 6})
        with self.assertRaises(AccessError):
            self.call(self.officer, self.page, "create", [{"company_id": self.company.id}])
        for name, value in (("place_hour_limit", 0), ("photo_size_limit", 21), ("photo_count_limit", -1)):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.call(self.officer, self.page, "write", {name: value})
                self.env.flush_all()
            self.env.invalidate_all()

    def test_poster(self):
        """SM-4.2.2: place and company have a poster with a code that leads to their page."""
        for record, report in ((self.place, "report_safety_poster_place"), (self.page, "report_safety_poster")):
            self.assertTrue(record.report_url.endswith(f"/safety/report/{record.report_token}"))
            self.assertTrue(base64.b64decode(record.report_qr).startswith(b"<svg"))
            html = self.env["ir.actions.report"]._render_qweb_html(f"business_dept.{report}", record.ids)[0].decode()
            self.assertIn(record.report_url, html)
            self.assertIn("隐患随手拍", html)
        self.assertIn("Saw hall", self.place._get_poster()["place"])

    def test_client_knows_the_page(self):
        """SM-4.2.2: the web client knows the address beforehand; a portal user's does not."""
        self.authenticate("zqmark_login", "zqmark_login")
        info = self.url_open("/web/session/get_session_info", json={}).json()["result"]
        self.assertEqual(info["safety_report_paths"], {str(self.company.id): self.page._get_path()})

    def test_paths(self):
        """SM-4.2.2: the cut is made for the page in whatever way its path is written, and for no other."""
        for path, is_it in (("/safety/report", True), ("/safety/report/x", True), ("//safety/report", True),
                            ("/safety//report/x", True), ("/safety/reports", False),
                            ("/safety/board/x", False), ("/", False), ("", False)):
            self.assertEqual(is_report_path(path), is_it)
        environ = {"PATH_INFO": "/safety/report", "HTTP_COOKIE": "a=b", "HTTP_NEW_HEADER": "x", "REMOTE_PORT": "4711",
                   "wsgi.input": 1}
        cut_off(environ)
        self.assertFalse({"HTTP_COOKIE", "HTTP_NEW_HEADER", "REMOTE_PORT"} & set(environ))

    def test_code_shown_once(self):
        """SM-4.2.2: the code is on the page after sending, and nowhere in the database."""
        before = self.snapshot()
        code = CODE.search(self.send().text).group(1)
        for _table, row in self.get_new_rows(before):
            self.assertNotIn(code, str(row))
            self.assertNotIn(code.replace("-", ""), str(row))
