# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..controls import ControlError
from .common_incident import IncidentCommon

INCIDENT = "business.safety.incident"


@tagged("post_install", "-at_install")
class TestSafetyIncidentAttacks(IncidentCommon):
    """What insiders try on incidents, by every door."""

    def test_forged_facts(self):
        """attacks 5 to 7: nobody writes or creates what the system keeps, nor sends it as a default."""
        incident = self.report()
        moment = "2020-01-01 00:00:00"
        values = (
            {"state": "closed"}, {"date_closed": moment}, {"date_reported": moment}, {"date_investigated": moment},
            {"name": "SG/1"}, {"reported_by_id": self.mate.id}, {"closed_by_id": self.mate.id}, {"alert_step": 3},
            {"date_report_deadline": moment}, {"date_raised": moment}, {"date_report_latest": moment},
            {"is_report_late": False}, {"investigated_by_id": self.mate.id}, {"stop_ids": [Command.clear()]},
            {"notice_ids": [Command.clear()]},
        )
        base = {"title": "x", "place_id": self.hall.id, "severity_id": self.severities["first_aid"].id}
        for vals in values:
            for user in (self.salesperson, self.officer, self.chair):
                self.refused_by("approval.forgery", user, incident, "write", vals)
            self.refused_by("approval.forgery", self.salesperson, self.env[INCIDENT], "create", [{**base, **vals}])
        made = self.env[INCIDENT].sudo().browse(self.call(
            self.salesperson, self.env[INCIDENT], "create", [base],
            context={"default_state": "closed", "default_date_closed": moment, "default_date_reported": moment,
                     "default_reported_by_id": self.mate.id, "default_is_report_late": False}))
        self.assertEqual((made.state, made.reported_by_id, made.date_closed), ("draft", self.salesperson, False))

    def test_forged_actions(self):
        """attacks 5 to 7: done and effective are not written, neither by the owner nor by who laid it down."""
        action = self.lay_down(self.report(), owner=self.mate)
        moment = "2020-01-01 00:00:00"
        for vals in ({"state": "effective"}, {"date_done": moment}, {"date_checked": moment},
                     {"checked_by_id": self.officer.id}, {"done_by_id": self.officer.id}, {"times_reopened": 0}):
            for user in (self.mate, self.officer):
                self.refused_by("approval.forgery", user, action, "write", vals)
            self.refused_by("approval.forgery", self.officer, action.browse(), "create", [{
                "name": "x", "incident_id": action.incident_id.id, "owner_id": self.mate.id,
                "date_deadline": "2099-01-01", **vals}])

    def test_engine_rows(self):
        """attacks 1, 2: stops and notices are nobody's to write, by any door."""
        incident = self.report("lost_time")
        stop, notice = incident.stop_ids, incident.notice_ids[:1]
        for user in (self.salesperson, self.officer, self.chair, self.admin_user):
            for rows, vals in ((stop, {"date_lifted": fields.Datetime.now()}), (notice, {"user_id": user.id})):
                self.refused(user, rows, "write", vals, error=AccessError)
                self.refused(user, rows, "unlink", error=AccessError)
                self.refused(user, rows, "web_save", vals, {}, error=AccessError)
                self.refused(user, rows.browse(), "create", [{"incident_id": incident.id, **vals}], error=AccessError)
                self.refused(user, rows, "copy", error=AccessError)
        for name, row in (("stop_ids", stop), ("notice_ids", notice)):
            for command in ([Command.delete(row.id)], [Command.update(row.id, {"company_id": 1})], [Command.clear()]):
                self.refused_by("approval.forgery", self.officer, incident, "write", {name: command})

    def test_close_with_open_actions(self):
        """the issue's gate: an incident with open actions is not closed, by no call; refused and traced."""
        incident = self.report("lost_time")
        self.investigate(incident)
        self.hold_accountable(incident)
        self.teach(incident)
        self.call(self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        for user in (self.officer, self.responsible, self.chair):
            self.refused_by("safety.incident_actions_open", user, incident, "action_close")
        self.call(self.responsible, incident.action_ids, "action_done", "x")
        self.refused_by("safety.incident_actions_open", self.officer, incident, "action_close")
        for context in ({"business_engine": True}, {"install_mode": True}, {"tracking_disable": True}):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                self.call(self.officer, incident, "action_close", context=context)
        self.call(self.officer, incident.action_ids, "action_effective", "works")
        self.call(self.officer, incident, "action_stop_work", "place", "again")
        self.refused_by("safety.incident_actions_open", self.officer, incident, "action_close")
        self.call(self.chair, incident.stop_ids.filtered(lambda stop: not stop.date_lifted), "action_lift_stop", "fine")
        self.call(self.officer, incident, "action_close")
        self.assertEqual(incident.state, "closed")
        self.refused_by("safety.record_closed", self.officer, self.env["business.safety.action"], "create", [{
            "name": "x", "incident_id": incident.id, "owner_id": self.mate.id, "date_deadline": "2099-01-01"}])
        other = self.report()
        action = self.lay_down(other)
        self.refused_by("safety.record_closed", self.officer, action, "write", {"incident_id": incident.id})
        self.refused_by("safety.record_closed", self.officer, self.env["business.safety.incident.person"], "create", [{
            "incident_id": incident.id, "employee_id": self.e_mate.id}])
        self.refused(self.officer, incident, "unlink", error=AccessError)

    def test_involved_do_not_close(self):
        """attack 10: who was involved neither finishes the investigation nor closes it."""
        incident = self.report("near_miss", person_ids=[self.person(self.e_responsible, "responsible")])
        self.investigate(incident, measures=False)
        self.refused_by("safety.incident_unsettled", self.responsible, incident, "action_close")
        self.call(self.officer, incident, "action_close")

    def test_private_people(self):
        """attack 19: injuries are read by who answers for safety, by nobody else, by no question."""
        incident = self.report(person_ids=[
            self.person(self.e_mate, injury="Lost a finger", lost_days=40), self.person(self.e_stranger, "witness")])
        rows = incident.person_ids
        Person = self.env["business.safety.incident.person"]
        for user in (self.officer, self.responsible, self.chair, self.executive, self.auditor):
            self.assertEqual(len(self.call(user, Person, "search", [("incident_id", "=", incident.id)])), 2, user.name)
        # who was there reads the incident and himself; who reported it what he wrote down
        self.assertEqual(self.call(self.stranger, incident, "search", [("id", "=", incident.id)]), incident.ids)
        self.assertEqual(self.call(self.stranger, Person, "search", []), rows.filtered(
            lambda row: row.employee_id == self.e_stranger).ids)
        self.assertEqual(self.call(self.salesperson, Person, "search", [("incident_id", "=", incident.id)]), rows.ids)
        hurt = rows.filtered("injury")
        outsider = self.make_user("outsider")
        for user in (self.stranger, outsider, self.finance):
            self.refused(user, hurt, "read", ["injury"], error=AccessError)
            self.assertFalse(self.call(user, Person, "search", [("injury", "ilike", "finger")]))
            self.assertFalse(self.call(user, incident, "search", [("person_ids.injury", "ilike", "finger")]))
            self.assertFalse(self.call(user, incident, "search", [("person_ids.lost_days", ">", 30)]))
            groups = self.call(user, Person, "formatted_read_group", [("incident_id", "=", incident.id)], [], ["lost_days:sum"])
            self.assertFalse(groups[0]["lost_days:sum"])
            self.refused(user, hurt, "export_data", ["injury"])
        read = self.call(self.stranger, incident, "web_read", {"person_ids": {"fields": {"injury": {}}}})
        self.assertEqual([row["injury"] for row in read[0]["person_ids"]], [False])
        for user in (outsider, self.finance, self.manager):
            self.assertFalse(self.call(user, incident, "search", [("id", "=", incident.id)]))
            self.refused(user, incident, "read", ["title"], error=AccessError)
            self.refused(user, incident, "message_post", body="x", error=AccessError)
        messages = self.env["mail.message"].sudo().search([("model", "=", INCIDENT), ("res_id", "=", incident.id)])
        self.assertNotIn("finger", " ".join(messages.mapped(lambda message: message.body or "")))

    def test_nobody_reads_himself_in(self):
        """attack 21: nobody puts himself or others on the list of an incident that is not his."""
        incident = self.report(user=self.mate)
        Person = self.env["business.safety.incident.person"]
        row = {"incident_id": incident.id, "employee_id": self.e_stranger.id, "role": "witness"}
        for context in ({}, {"default_incident_id": incident.id}):
            self.refused(self.stranger, Person, "create", [row], context=context, error=AccessError)
        mine = self.report(user=self.stranger, person_ids=[self.person(self.e_stranger, "witness")])
        self.refused(self.stranger, mine.person_ids, "write", {"incident_id": incident.id}, error=AccessError)
        self.call(self.officer, mine, "action_report_up")
        self.refused(self.stranger, Person, "create", [{**row, "incident_id": mine.id}], error=AccessError)
        self.refused(self.stranger, mine, "write", {"title": "nothing"}, error=AccessError)
        self.refused(self.stranger, mine.person_ids, "unlink", error=AccessError)

    def test_reporter_writes_no_handling(self):
        """attack 12: who reported it writes no facts, causes, measures, and moves it to no other place or department."""
        incident = self.report()
        for vals in ({"facts": "x"}, {"place_id": self.yard.id}, {"department_id": self.office.id}, {"lessons": "x"},
                     {"investigator_ids": [Command.set(self.chair.ids)]}):
            self.refused(self.salesperson, incident, "write", vals, error=AccessError)
        self.refused(self.salesperson, self.env["business.safety.incident.cause"], "create", [{
            "incident_id": incident.id, "name": "x", "kind": "human"}], error=AccessError)
        self.refused(self.salesperson, self.env["business.safety.action"], "create", [{
            "incident_id": incident.id, "name": "x", "owner_id": self.salesperson.id, "date_deadline": "2099-01-01"}],
            error=AccessError)
        self.call(self.salesperson, incident, "write", {"title": "Cut hand, left", "loss_amount": 20.0})

    def test_photos(self):
        """attack 19: a file of another document is no photo; photos of a closed incident stay."""
        foreign = self.env["ir.attachment"].create({
            "name": "secret", "raw": b"x", "res_model": "res.company", "res_id": self.company.id})
        own = self.env["ir.attachment"].with_user(self.salesperson).create({"name": "p.png", "raw": b"x"})
        self.refused(self.salesperson, self.env[INCIDENT], "create", [{
            "title": "x", "place_id": self.hall.id, "severity_id": self.severities["near_miss"].id,
            "photo_ids": [Command.set(foreign.ids)]}])
        incident = self.report("near_miss", photo_ids=[Command.set(own.ids)])
        self.assertEqual((own.res_model, own.res_id), (INCIDENT, incident.id))
        self.refused(self.stranger, own, "read", ["raw"], error=AccessError)
        self.call(self.officer, incident, "action_report_up")
        self.refused(self.salesperson, own, "unlink", error=AccessError)
        self.investigate(incident, measures=False)
        self.call(self.officer, incident, "action_close")
        self.refused_by("safety.record_closed", self.officer, own, "unlink")
        self.refused_by("safety.record_closed", self.officer, own, "write", {"raw": b"y"})
        with self.assertRaises(ControlError) as caught:
            self.call(self.stranger, own, "unlink")
        self.assertNotIn(incident.name, str(caught.exception))

    def test_lesson_is_not_forged(self):
        """attack 6: a regulation is not made the lesson of an incident by who writes regulations."""
        incident = self.report()
        values = {"name": "x", "code": "X", "kind": "lesson", "safety_incident_id": incident.id}
        self.refused_by("approval.forgery", self.admin_user, self.env["business.regulation"], "create", [values])

    def test_other_company(self):
        """attack 20: another company's officer and leading group see and touch nothing."""
        other = self.setup_other_company()["company"]
        foreign = new_test_user(
            self.env, login="test_foreign_officer", company_id=other.id, company_ids=[Command.set(other.ids)],
            groups="base.group_user,business_dept.group_safety_officer,business_dept.group_executive_office,"
                   "business_dept.group_auditor")
        self.env["business.safety.committee.member"].sudo().create({
            "company_id": other.id, "user_id": foreign.id, "role": "chair",
            "date_from": fields.Date.today() - timedelta(days=9)})
        incident = self.report("lost_time", person_ids=[self.person(self.e_mate)])
        self.investigate(incident)
        for rows in (incident, incident.stop_ids, incident.person_ids, incident.cause_ids, incident.notice_ids,
                     incident.action_ids):
            self.assertTrue(rows)
            self.assertFalse(self.call(foreign, rows, "search", [("id", "in", rows.ids)]), rows._name)
            self.refused(foreign, rows, "read", ["display_name"], error=AccessError)
        for method in ("action_report_up", "action_close", "action_finish_investigation", "action_make_lesson"):
            self.refused(foreign, incident, method, error=AccessError)
        self.refused(foreign, incident.stop_ids, "action_lift_stop", "x", error=AccessError)

    def test_auditor_changes_nothing(self):
        """SD-5.6: auditors and the executive office read everything and change nothing."""
        incident = self.report()
        action = self.lay_down(incident)
        for user in (self.auditor, self.executive):
            self.refused(user, incident, "write", {"title": "x"}, error=AccessError)
            self.refused(user, action, "write", {"name": "x"}, error=AccessError)
            for method in ("action_report_up", "action_close", "action_finish_investigation"):
                self.refused(user, incident, method, error=AccessError)

    def test_quiet_context(self):
        """attack 3: no context key changes an incident or measure without a line in the chatter."""
        incident = self.report()
        action = self.lay_down(incident)
        self.flush_tracking()
        quiet = {"tracking_disable": True, "mail_notrack": True}
        self.call(self.officer, incident, "write", {"title": "Nothing"}, context=quiet)
        self.call(self.officer, action, "write", {"date_deadline": "2099-01-01"}, context=quiet)
        self.flush_tracking()
        for record, name in ((incident, "title"), (action, "date_deadline")):
            self.assertIn(name, record.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))

    def test_involved_stay_on_the_list(self):
        """SM-4.4.1, SM-4.4.2, attack 10: who was involved does not take himself off the list to lift, finish or close."""
        incident = self.report("lost_time", person_ids=[self.person(self.e_responsible, "responsible")])
        other = self.report("near_miss")
        row = incident.person_ids
        self.call(self.officer, incident, "action_report_up")
        vals_list = ({"role": "witness"}, {"employee_id": self.e_mate.id}, {"employee_id": False, "outsider": "A visitor"},
                     {"incident_id": other.id})
        for vals in vals_list:
            self.refused_by("safety.incident_investigation", self.responsible, row, "write", vals)
            self.refused_by("safety.incident_investigation", self.responsible, incident, "write", {
                "person_ids": [Command.update(row.id, vals)]})
        self.refused_by("safety.incident_investigation", self.responsible, row, "unlink")
        for command in (Command.delete(row.id), Command.clear()):
            self.refused_by("safety.incident_investigation", self.responsible, incident, "write", {"person_ids": [command]})
        self.refused_by("safety.stop_lift", self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        self.call(self.responsible, row, "write", {"injury": "none"})
        self.call(self.officer, row, "write", {"role": "witness"})
        self.call(self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        mine = self.report(user=self.mate, person_ids=[self.person(self.e_mate, "involved")])
        self.refused_by("safety.incident_investigation", self.mate, mine.person_ids, "unlink")

    def test_involved_do_not_lower(self):
        """SM-4.4.1, attack 10: who was involved does not lower the severity that asks for measures and a penalty."""
        incident = self.report("serious", person_ids=[self.person(self.e_chair, "responsible")])
        lower = self.severities["near_miss"].id
        self.refused_by("safety.incident_severity", self.chair, incident, "action_lower_severity", lower, "it was nothing")
        wizard = self.env["business.safety.incident.step"].sudo()
        ids = self.call(self.chair, wizard, "create", [{
            "incident_id": incident.id, "step": "severity", "severity_id": lower, "reason": "nothing"}])
        self.refused_by("safety.incident_severity", self.chair, wizard.browse(ids), "action_confirm")
        self.call(self.member, incident, "action_lower_severity", lower, "looked at again")

    def test_measures_do_not_get_lost(self):
        """SM-4.4.2: an open measure is neither moved elsewhere nor deleted to close the incident."""
        incident, other = self.report("first_aid"), self.report("near_miss")
        first, second = self.lay_down(incident), self.lay_down(incident, name="Gloves")
        extra = self.lay_down(incident, name="Mistake")
        for user in (self.officer, self.responsible, self.chair):
            for vals in ({"incident_id": other.id}, {"incident_id": False, "drill_id": 1}):
                self.refused_by("safety.record_closed", user, first, "write", vals)
            self.refused_by("safety.record_closed", user, incident, "write", {
                "action_ids": [Command.update(first.id, {"incident_id": other.id})]})
            self.refused_by("safety.record_closed", user, other, "write", {"action_ids": [Command.link(first.id)]})
        self.call(self.officer, extra, "unlink")
        self.investigate(incident)
        self.carry_out(second)
        self.refused_by("safety.record_closed", self.officer, first, "unlink")
        self.refused_by("safety.record_closed", self.officer, incident, "write", {"action_ids": [Command.delete(first.id)]})
        self.refused_by("safety.incident_actions_open", self.officer, incident, "action_close")
        self.assertEqual(first.incident_id, incident)

    def test_interim_measure_while_work_stands_still(self):
        """SM-4.4.1: what comes before work goes on is neither deleted nor called something else as long as it stands."""
        incident = self.report("lost_time")
        self.call(self.officer, incident, "action_report_up")
        action = self.lay_down(incident, is_interim=True)
        self.refused_by("safety.stop_lift", self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        for user in (self.responsible, self.officer, self.chair):
            self.refused_by("safety.stop_lift", user, action, "write", {"is_interim": False})
            self.refused_by("safety.stop_lift", user, action, "unlink")
            self.refused(user, incident, "write", {"action_ids": [Command.clear()]})
        self.call(self.responsible, action, "action_done", "Fitted")
        self.call(self.responsible, incident.stop_ids, "action_lift_stop", "fine")

    def test_evidence_of_measures_stays(self):
        """attack 17: evidence of a measure that was found effective is exchanged and deleted by nobody, through no door."""
        incident = self.report()
        action = self.lay_down(incident, owner=self.mate)
        file = self.env["ir.attachment"].with_user(self.mate).create({"name": "e.png", "raw": b"guard"})
        self.call(self.mate, action, "write", {"evidence_ids": [Command.set(file.ids)]})
        self.call(self.mate, file, "write", {"raw": b"guard 2"})
        self.call(self.mate, action, "action_done", "Fitted")
        for step in ("done", "effective"):
            for vals in ({"raw": b"x"}, {"res_id": 0}, {"res_model": "res.partner", "res_id": self.mate.partner_id.id},
                         {"name": "other"}, {"type": "url", "url": "http://x"}):
                self.refused_by("safety.record_closed", self.mate, file, "write", vals)
            self.refused_by("safety.record_closed", self.mate, file, "unlink")
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                file.with_user(self.mate).sudo().unlink()  # as the upload's token does
            if step == "done":
                self.call(self.officer, action, "action_effective", "works")
        self.assertEqual(file.raw, b"guard 2")

    def test_photos_of_closed_incident_stay(self):
        """attack 17: whoever uploaded a photo and holds its token does not delete it once the incident is closed."""
        own = self.env["ir.attachment"].with_user(self.salesperson).create({"name": "p.png", "raw": b"x"})
        incident = self.report("near_miss", photo_ids=[Command.set(own.ids)])
        self.investigate(incident, measures=False)
        self.call(self.officer, incident, "action_close")
        for vals in ({"raw": b"y"}, {"res_id": False}):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                own.with_user(self.salesperson).sudo().write(vals)
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            own.with_user(self.salesperson).sudo().unlink()
        self.assertTrue(self.take_refusals("safety.record_closed"))

    def test_severity_setting_settles_nothing(self):
        """SM-4.4.3: a severity that counts as an accident no more closes no incident that was reported as one."""
        incident = self.report("lost_time")
        self.env.flush_all()
        self.call(self.officer, self.severities["lost_time"], "write", {"is_accident": False})
        self.assertTrue(incident.is_accident)
        self.assertEqual(incident.settled_responsibility, "no")
        self.assertFalse(self.report("lost_time").is_accident)

    def test_logs_and_activities(self):
        """attack 19: messages, tracking and activities of an incident are read by who reads the incident."""
        incident = self.report("lost_time", person_ids=[self.person(self.e_mate, injury="Lost a finger")])
        self.call(self.officer, incident, "write", {"description": "He fell off the roof"})
        self.call(self.officer, incident, "message_post", body="in hospital")
        self.flush_tracking()
        outsider = self.make_user("outsider")
        Message, Activity = self.env["mail.message"], self.env["mail.activity"]
        of_it = [("model", "=", INCIDENT), ("res_id", "=", incident.id)]
        self.assertTrue(self.call(self.officer, Message, "search", of_it))
        for user in (outsider, self.finance, self.manager):
            self.assertFalse(self.call(user, Message, "search", of_it))
            self.assertFalse(self.call(user, Message, "search", [*of_it, ("body", "ilike", "hospital")]))
            self.refused(user, incident.message_ids, "read", ["body"], error=AccessError)
            self.assertFalse(self.call(user, Activity, "search", [("res_model", "=", INCIDENT), ("res_id", "=", incident.id)]))
            self.call(user, incident, "message_subscribe", [user.partner_id.id])
            self.assertNotIn(user.partner_id, incident.message_partner_ids)
            for domain in ([("incident_id.title", "ilike", "cut")], [("incident_id.description", "ilike", "roof")],
                           [("incident_id.person_ids.injury", "ilike", "finger")]):
                self.assertFalse(self.call(user, incident.stop_ids, "search", domain), domain)
            groups = self.call(user, incident.stop_ids.browse(), "formatted_read_group", [], ["incident_id"], ["__count"])
            self.assertNotIn("Cut hand", str(groups))


@tagged("post_install", "-at_install")
class TestSafetyIncidentPages(IncidentCommon, HttpCase):
    """Pages and files of incidents by address."""

    def test_addresses(self):
        """attack 19: report, file and picture with another id, and the thread of the chatter, tell a stranger nothing."""
        own = self.env["ir.attachment"].with_user(self.salesperson).create({"name": "p.txt", "raw": b"secret roof"})
        incident = self.report("lost_time", photo_ids=[Command.set(own.ids)], person_ids=[
            self.person(self.e_mate, injury="Lost a finger"), self.person(self.e_stranger, "witness")])
        self.call(self.officer, incident, "message_post", body="in hospital")
        report = self.env["ir.actions.report"].search([("model", "=", INCIDENT)])
        self.assertTrue(report)
        outsider = self.make_user("outsider")
        self.env.flush_all()
        for user, reads in ((outsider, False), (self.finance, False), (self.stranger, True), (self.officer, True)):
            self.authenticate(user.login, user.login)
            for one in report:
                page = self.url_open(f"/report/html/{one.report_name}/{incident.id}")
                self.assertEqual("Lost a finger" in page.text, user == self.officer, user.name)
                self.assertEqual("Cut hand" in page.text, reads, user.name)
            for address in (f"/web/content/{own.id}", f"/web/content?model={INCIDENT}&id={incident.id}&field=description",
                            f"/web/image/{own.id}"):
                page = self.url_open(address)
                told = "secret roof" in page.text or "Glass slipped" in page.text
                self.assertFalse(told and not reads, (user.name, address))
            thread = self.url_open("/mail/thread/messages", json={
                "jsonrpc": "2.0", "method": "call", "params": {"thread_model": INCIDENT, "thread_id": incident.id}})
            self.assertEqual("in hospital" in thread.text, reads, user.name)
