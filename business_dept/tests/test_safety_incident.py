# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common_incident import IncidentCommon

INCIDENT = "business.safety.incident"


@tagged("post_install", "-at_install")
class TestSafetyIncident(IncidentCommon):
    """Accidents are stopped, reported, investigated and answered for (SM-4.4, SP-8.6)."""

    # --- reported

    def test_anybody_reports(self):
        """SM-4.4.1: any employee reports; officer and first responsible are told and noted; nobody becomes a follower."""
        with Form(self.env[INCIDENT].with_user(self.stranger).with_company(self.company),
                  "business_dept.business_safety_incident_view_form_report") as form:
            form.title, form.place_id, form.severity_id = "Ladder slipped", self.hall, self.severities["near_miss"]
        incident = form.record.with_env(self.env).sudo()
        self.assertTrue(incident.name.startswith("SG/"))
        self.assertEqual((incident.reported_by_id, incident.department_id), (self.stranger, self.works))
        self.assertEqual(incident.notice_ids.user_id, self.officer | self.responsible)
        self.assertEqual(set(incident.notice_ids.mapped("occasion")), {"happened"})
        self.assertEqual(incident.activity_ids.user_id, self.officer | self.responsible)
        self.assertFalse(incident.message_partner_ids & (self.officer | self.responsible).partner_id)
        self.assertFalse(incident.stop_ids)

    def test_stops_at_once(self):
        """SM-4.4.1: what stops work does so on report, also when the reporter asks for it; the place is what others ask."""
        Stop = self.env["business.safety.stop"]
        self.report("near_miss")
        self.assertFalse(Stop._find_for(self.hall))
        self.report("near_miss", stop_request="activity", permit_type_id=self.hot_work.id)
        self.assertFalse(Stop._find_for(self.yard))
        self.assertEqual(len(Stop._find_for(self.yard, self.hot_work)), 1)
        incident = self.report("lost_time")
        self.assertEqual(Stop._find_for(self.hall), incident.stop_ids)
        inner = self.env["business.safety.place"].sudo().create({
            "name": "Furnace", "parent_id": self.hall.id, "company_id": self.company.id})
        self.assertEqual(Stop._find_for(inner), incident.stop_ids)
        self.assertTrue(incident.is_stopped)
        self.assertTrue(self.report("near_miss", stop_request="place").is_stopped)
        self.refused(self.salesperson, self.env[INCIDENT], "create", [{
            "title": "x", "place_id": self.hall.id, "severity_id": self.severities["near_miss"].id,
            "stop_request": "activity"}])

    def test_stop_by_handler(self):
        """SM-4.4.1: who handles it stops work later, too; others do not."""
        incident = self.report("near_miss", permit_type_id=self.hot_work.id)
        self.refused(self.salesperson, incident, "action_stop_work", "place", "x", error=AccessError)
        for words in ((), ("place", "  "), ("place", 5)):  # without a reason in words it is asked for
            asked = self.call(self.officer, incident, "action_stop_work", *words)
            self.assertEqual(asked["res_model"], "business.safety.incident.step")
        self.call(self.responsible, incident, "action_stop_work", "activity", "Sparks")
        self.assertEqual(incident.stop_ids.permit_type_id, self.hot_work)
        self.refused(self.officer, incident, "action_stop_work", "activity", "Sparks")
        self.refused(self.officer, incident, "action_stop_work", "unlink", "Sparks")

    def test_deadline_and_report_up(self):
        """SM-4.4.1: the hours of the severity; the leading group is told by activity and mail, each noted with the moment."""
        incident = self.report("first_aid", hours=2)
        self.assertEqual(incident.date_report_deadline, incident.date_occurred + timedelta(hours=8))
        self.refused(self.salesperson, incident, "action_report_up", error=AccessError)
        self.call(self.responsible, incident, "action_report_up")
        told = incident.notice_ids.filtered(lambda notice: notice.occasion == "reported")
        self.assertEqual(told.user_id, self.chair | self.member)
        self.assertEqual(told.by_id, self.responsible)
        self.assertEqual(incident.state, "investigating")
        self.assertFalse(incident.is_report_late)
        self.assertEqual(incident.activity_ids.user_id, self.chair | self.member)
        mails = self.env["mail.message"].sudo().search([("model", "=", INCIDENT), ("res_id", "=", incident.id),
                                                        ("message_type", "=", "user_notification")])
        self.assertTrue({self.chair.partner_id, self.member.partner_id} <= set(mails.partner_ids))
        self.refused(self.responsible, incident, "action_report_up")
        self.call(self.officer, incident, "action_note_authority", "Emergency office", "phone")
        self.refused(self.officer, incident, "action_note_authority", "Police", "phone", "2099-01-01 00:00:00")
        self.assertIn("Emergency office", incident.notice_ids.mapped("authority"))

    def test_late_report_is_traced(self):
        """SM-4.4.1: reported later than the severity demands goes through and leaves a trace."""
        incident = self.report("serious", hours=3)
        self.call(self.officer, incident, "action_report_up")
        self.assertTrue(incident.is_report_late)
        self.assertEqual(self.events("noted", incident)[:1].control_id.code, "safety.incident_report")

    def test_escalation_by_the_hour(self):
        """SM-4.4.1: not told in time: officer, an hour later the responsible, an hour later the leading group; run twice and
        after a standstill nobody is told twice."""
        activity_type = self.env.ref("business_dept.mail_activity_type_safety")

        def told(incident):
            return incident.activity_ids.filtered(lambda activity: activity.activity_type_id == activity_type).user_id

        incident, slept = self.report("lost_time", hours=0), self.report("lost_time", hours=0)
        start = incident.date_occurred
        triggers = self.env["ir.cron.trigger"].sudo().search([
            ("cron_id", "=", self.env.ref("business_dept.cron_safety_alerts").id)]).mapped("call_at")
        self.assertIn(incident.date_report_deadline, triggers)
        for hours, people in ((3.9, self.env["res.users"]), (4.1, self.officer), (5.1, self.officer | self.responsible),
                              (6.1, self.officer | self.responsible | self.chair)):
            with freeze_time(start + timedelta(hours=hours)):
                for _time in range(2):
                    self.env[INCIDENT]._tell_alerts()
                self.assertEqual(told(incident), people, hours)
            if hours == 3.9:
                self.call(self.officer, slept, "action_report_up")
        self.assertEqual(len(incident.activity_ids.filtered(lambda one: one.activity_type_id == activity_type)), 3)
        self.assertFalse(told(slept))
        with freeze_time(start + timedelta(hours=7)):
            self.call(self.officer, incident, "action_report_up")
        self.assertFalse(told(incident))

    def test_severity_raised(self):
        """SM-4.4.1: worse than reported: the hours begin anew but end no later, work stops, who was told is told again."""
        incident = self.report("near_miss", hours=20)
        self.call(self.salesperson, incident, "write", {"severity_id": self.severities["first_aid"].id})
        self.assertEqual(incident.date_report_deadline, incident.date_occurred + timedelta(hours=24))
        self.call(self.salesperson, incident, "write", {"severity_id": self.severities["lost_time"].id})
        self.assertTrue(incident.is_stopped)
        self.assertLessEqual(incident.date_report_deadline, incident.date_occurred + timedelta(hours=24))
        self.call(self.officer, incident, "action_report_up")
        self.refused(self.salesperson, incident, "write", {"severity_id": self.severities["fatal"].id}, error=AccessError)
        self.call(self.responsible, incident, "write", {"severity_id": self.severities["fatal"].id})
        raised = incident.notice_ids.filtered(lambda notice: notice.occasion == "raised")
        self.assertEqual(raised.user_id, self.chair | self.member)
        self.assertFalse(incident.is_report_late)

    def test_severity_lowered(self):
        """SM-4.4.1: less grave only by the safety officer or the leading group, with a reason; refused and traced otherwise."""
        incident = self.report("lost_time")
        less = self.severities["first_aid"].id
        for user in (self.salesperson, self.responsible, self.officer):
            self.refused_by("safety.incident_severity", user, incident, "write", {"severity_id": less})
        for user in (self.salesperson, self.responsible):
            self.refused_by("safety.incident_severity", user, incident, "action_lower_severity", less, "x")
        self.refused(self.officer, incident, "action_lower_severity", self.severities["fatal"].id, "x")
        for words in ((), ("  ",), ([1],)):
            self.assertEqual(self.call(self.officer, incident, "action_lower_severity", less, *words)["target"], "new")
        self.call(self.officer, incident, "action_lower_severity", less, "Doctor: a scratch")
        self.assertEqual(incident.severity_id, self.severities["first_aid"])
        self.assertIn("Doctor: a scratch", self.events("noted", incident)[:1].message)
        self.assertTrue(incident.is_stopped)  # lowering lifts nothing

    # --- stop lifted

    def test_lift(self):
        """SM-4.4.1: lifted by the first responsible or the leading group, after the report and the measures that come first."""
        incident = self.report("lost_time", person_ids=[self.person(self.e_mate)])
        stop = incident.stop_ids
        self.refused_by("safety.stop_lift", self.officer, stop, "action_lift_stop", "fine")
        self.refused_by("safety.stop_lift", self.salesperson, stop, "action_lift_stop", "fine")
        self.refused_by("safety.stop_lift", self.responsible, stop, "action_lift_stop", "not reported yet")
        self.call(self.officer, incident, "action_report_up")
        action = self.lay_down(incident, is_interim=True)
        self.refused_by("safety.stop_lift", self.responsible, stop, "action_lift_stop", "measure open")
        self.call(self.responsible, action, "action_done", "Fitted")
        self.assertEqual(self.call(self.responsible, stop, "action_lift_stop")["context"]["default_stop_id"], stop.id)
        self.call(self.responsible, stop, "action_lift_stop", "Guard fitted")
        self.assertEqual((stop.lifted_by_id, stop.lift_reason), (self.responsible, "Guard fitted"))
        self.assertFalse(self.env["business.safety.stop"]._find_for(self.hall))
        self.refused(self.responsible, stop, "action_lift_stop", "again")

    def test_lift_by_who_was_involved(self):
        """SM-4.4.1, IC-7: who was hurt, involved or responsible does not say that work goes on; a witness may."""
        incident = self.report("lost_time", person_ids=[self.person(self.e_responsible, "involved")])
        self.call(self.officer, incident, "action_report_up")
        self.refused_by("safety.stop_lift", self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        incident.person_ids.sudo().role = "witness"
        self.call(self.responsible, incident.stop_ids, "action_lift_stop", "fine")
        self.assertFalse(incident.is_stopped)

    def test_wizard(self):
        """SM-4.4.1, attack 16: the wizard carries out what the incident allows its user, by name and not by method."""
        incident = self.report("lost_time")
        Step = self.env["business.safety.incident.step"]
        for step in ("unlink", "action_close"):
            self.refused(self.officer, Step, "create", [{"incident_id": incident.id, "step": step}], error=Exception)
        wizard = Step.with_user(self.stranger).create({
            "incident_id": incident.id, "stop_id": incident.stop_ids.id, "step": "lift", "reason": "x"})
        self.refused(self.stranger, wizard, "action_confirm")
        self.call(self.officer, incident, "action_report_up")
        wizard = Step.with_user(self.chair).create({
            "incident_id": incident.id, "stop_id": incident.stop_ids.id, "step": "lift", "reason": "safe again"})
        self.call(self.chair, wizard, "action_confirm")
        self.assertFalse(incident.is_stopped)

    # --- investigated

    def test_investigation(self):
        """SM-4.4.2: refused without facts, a root cause, a conclusion, measures, or with investigators who may not."""
        incident = self.report(person_ids=[self.person(self.e_mate)])
        self.call(self.officer, incident, "action_report_up")
        ready = {"facts": "x", "conclusion": "y", "investigator_ids": [Command.set(self.chair.ids)]}
        cause = {"name": "Cut", "why_1": "a", "why_2": "b", "kind": "human"}
        self.refused_by("safety.incident_investigation", self.officer, incident, "action_finish_investigation")
        self.call(self.officer, incident, "write", {**ready, "cause_ids": [Command.create(cause)]})
        self.lay_down(incident)
        self.refused_by("safety.incident_investigation", self.officer, incident, "action_finish_investigation")
        self.call(self.officer, incident.cause_ids, "write", {"why_4": "gap"})
        self.refused_by("safety.incident_investigation", self.officer, incident, "action_finish_investigation")
        self.call(self.officer, incident.cause_ids, "write", {"why_3": "c"})
        self.assertEqual(incident.cause_ids.root_cause, "gap")
        for people in (self.officer, self.mate):
            self.call(self.officer, incident, "write", {"investigator_ids": [Command.set(people.ids)]})
            self.refused_by("safety.incident_investigation", self.officer, incident, "action_finish_investigation")
        self.call(self.officer, incident, "write", {"investigator_ids": [Command.set(self.chair.ids)]})
        incident.person_ids.sudo().employee_id = self.e_chair
        for user in (self.officer, self.chair):
            self.refused_by("safety.incident_investigation", user, incident, "action_finish_investigation")
        incident.person_ids.sudo().employee_id = self.e_mate
        self.call(self.officer, incident, "action_finish_investigation")
        self.assertEqual((incident.state, incident.investigated_by_id), ("acting", self.officer))
        for vals in ({"facts": "z"}, {"conclusion": "z"}, {"cause_ids": [Command.clear()]}):
            self.refused_by("safety.record_closed", self.officer, incident, "write", vals)
        self.refused_by("safety.record_closed", self.officer, incident.cause_ids, "write", {"why_1": "z"})
        self.call(self.officer, incident, "action_reopen_investigation", "A witness came forward")
        self.assertEqual(incident.state, "investigating")

    # --- measures

    def test_action(self):
        """SM-4.4.2: done by its owner, checked by somebody else, without effect done again, late ones reminded of."""
        incident = self.report()
        action = self.lay_down(incident, owner=self.mate)
        self.assertEqual((action.company_id, action.department_id), (self.company, self.works))
        self.refused(self.officer, action, "action_done", "x", error=AccessError)
        self.refused(self.mate, action, "action_done")
        self.refused(self.mate, action, "write", {"date_deadline": "2099-01-01"}, error=AccessError)
        self.refused(self.mate, action, "write", {"owner_id": self.stranger.id}, error=AccessError)
        self.call(self.mate, action, "write", {"done_note": "Fitted"})
        self.call(self.mate, action, "action_done")
        self.refused(self.officer, action, "write", {"name": "Less"}, error=AccessError)
        self.refused_by("safety.action_checker", self.mate, action, "action_effective", "works")
        self.refused(self.salesperson, action, "action_effective", "works", error=AccessError)
        self.call(self.officer, action, "action_ineffective", "Still open at the side")
        self.assertEqual((action.state, action.times_reopened), ("open", 1))
        self.refused_by("safety.record_closed", self.officer, action, "unlink")
        self.call(self.mate, action, "action_done", "Closed at the side")
        self.call(self.officer, action, "action_effective", "No hand gets in")
        self.assertEqual((action.state, action.checked_by_id), ("effective", self.officer))
        self.refused_by("safety.record_closed", self.officer, action, "write", {"name": "x"})

    def test_action_of_the_checker(self):
        """SM-4.4.2, IC-7: the officer does not check a measure of his own."""
        action = self.lay_down(self.report(), owner=self.officer)
        self.call(self.officer, action, "action_done", "Ordered")
        for method in ("action_effective", "action_ineffective"):
            self.refused_by("safety.action_checker", self.officer, action, method, "works")
        self.refused(self.officer, action, "write", {"owner_id": self.mate.id}, error=AccessError)
        self.call(self.responsible, action, "action_effective", "They are there")

    def test_action_alerts(self):
        """SM-4.4.2: owner, officer, responsible and leading group are told in turn; done ends it."""
        action = self.lay_down(self.report(), owner=self.mate, date_deadline=fields.Date.today() - timedelta(days=4))
        self.env["business.safety.action"]._tell_alerts()
        self.assertEqual(action.activity_ids.user_id, self.mate | self.officer | self.responsible)
        self.call(self.mate, action, "action_done", "x")
        self.assertFalse(action.activity_ids)

    # --- closed

    def test_close(self):
        """SM-4.4: closed with all four questions settled; then nothing of it is changed, the leading group reopens it."""
        incident = self.report("lost_time", person_ids=[self.person(self.e_mate, injury="Cut finger", lost_days=3)])
        self.settle(incident)
        self.assertEqual(
            [incident[f"settled_{name}"] for name in ("cause", "measures", "responsibility", "learning")], ["yes"] * 4)
        self.refused(self.salesperson, incident, "action_close", error=AccessError)
        self.call(self.officer, incident, "action_close")
        self.assertEqual((incident.state, incident.closed_by_id), ("closed", self.officer))
        self.assertFalse(incident.activity_ids)
        for vals in ({"title": "x"}, {"photo_ids": [Command.clear()]}, {"severity_id": self.severities["fatal"].id},
                     {"action_ids": [Command.create({"name": "x"})]}):
            self.refused_by("safety.record_closed", self.officer, incident, "write", vals)
        self.refused_by("safety.record_closed", self.officer, incident.person_ids, "write", {"lost_days": 0})
        self.refused_by("safety.record_closed", self.officer, incident.person_ids, "unlink")
        self.refused_by("safety.record_closed", self.officer, incident.action_ids, "unlink")
        self.refused(self.officer, incident, "action_reopen", "x", error=AccessError)
        self.call(self.chair, incident, "action_reopen", "It happened again")
        self.assertEqual(incident.state, "acting")

    def test_near_miss(self):
        """SM-4.4.2: a near miss is closed with its cause found and its measures done; nobody is penalised for it."""
        incident = self.report("near_miss")
        self.call(self.officer, incident, "action_report_up")
        self.refused_by("safety.incident_unsettled", self.officer, incident, "action_close")
        self.investigate(incident, measures=False)
        self.assertEqual(incident.settled_measures, "not_needed")
        self.assertEqual(incident.settled_responsibility, "not_needed")
        self.call(self.officer, incident, "action_close")
        self.assertEqual(incident.state, "closed")

    def test_accountability(self):
        """SM-4.4.3: an undecided proposal holds the closing; that nobody is to blame is approved as well."""
        incident = self.report()
        self.investigate(incident)
        self.carry_out(incident.action_ids)
        self.teach(incident)
        self.refused_by("safety.incident_unsettled", self.officer, incident, "action_close")
        award = self.propose(incident)
        self.assertEqual(incident.settled_responsibility, "no")
        self.call(self.officer, award, "action_approval_submit")
        self.refused_by("safety.incident_unsettled", self.officer, incident, "action_close")
        self.call(self.chair, award, "action_approval_reject", "Not his fault")
        self.refused_by("safety.incident_unsettled", self.officer, incident, "action_close")
        self.hold_accountable(incident, "blameless")
        self.assertEqual(incident.settled_responsibility, "yes")
        action = self.call(self.officer, incident, "action_nobody_to_blame")
        self.assertEqual(action["context"]["default_kind"], "blameless")
        self.refused(self.salesperson, incident, "action_new_accountability", error=AccessError)
        self.call(self.officer, incident, "action_close")

    def test_lesson(self):
        """SM-4.4.2: the lesson names nobody, is approved by the leading group alone, and everybody confirms it."""
        incident = self.report(person_ids=[self.person(self.e_mate), Command.create({"outsider": "Zhang", "role": "witness"})])
        self.refused(self.officer, incident, "action_make_lesson")
        self.investigate(incident)
        self.refused(self.officer, incident, "action_make_lesson")
        self.call(self.officer, incident, "write", {
            "lessons": f"- Wear gloves\n\nDo as Zhang did: call for help, as {self.stranger.name}做 and "
                       f"{incident.reported_by_id.name} did"})
        self.refused(self.salesperson, incident, "action_make_lesson", error=AccessError)
        self.call(self.officer, incident, "action_make_lesson")
        lesson = incident.lesson_ids
        self.assertEqual((lesson.kind, lesson.code, lesson.state), ("lesson", incident.name, "under_review"))
        self.assertEqual(lesson.create_uid, self.officer)
        text = " ".join(lesson.clause_ids.mapped("text"))
        self.assertEqual(len(lesson.clause_ids), 4)
        for name in (self.mate.name, "Zhang", self.stranger.name, incident.reported_by_id.name):
            self.assertNotIn(name, text + lesson.name)
        self.assertEqual(lesson.approval_id.current_user_ids, self.chair | self.member)
        self.refused(self.officer, incident, "action_make_lesson")
        self.call(self.chair, lesson, "action_approval_send_back", "Say it shorter")
        self.call(self.officer, incident, "write", {"lessons": "Wear gloves"})
        self.call(self.officer, incident, "action_make_lesson")
        self.assertEqual(incident.lesson_ids, lesson)
        self.assertEqual(len(lesson.clause_ids), 3)
        self.call(self.chair, lesson, "action_approval_approve")
        self.assertEqual(lesson.state, "in_force")
        self.assertTrue(incident.lesson_reader_count >= 5)
        self.assertEqual(incident.lesson_confirmed_count, 0)
        self.call(self.mate, lesson, "action_acknowledge")
        self.env.invalidate_all()
        self.assertEqual(incident.lesson_confirmed_count, 1)

    # --- days

    def test_days_without_accident(self):
        """SM-2.1: since the last accident in the department and below it, in the company's day; everybody reads it."""
        self.report("first_aid", hours=24 * 3)
        self.report("near_miss", hours=1)
        departments = self.head | self.works | self.office
        days = self.call(self.stranger, departments, "read", ["days_without_accident"])
        self.assertEqual([row["days_without_accident"] for row in days], [3, 3, 100])
        company = self.company.with_user(self.stranger)
        self.assertEqual(company.days_without_accident, 3)
        self.assertFalse(self.call(self.stranger, self.env[INCIDENT], "search", [("company_id", "=", self.company.id)]))
        many = departments | self.env["hr.department"].create([
            {"name": str(number), "company_id": self.company.id, "parent_id": self.works.id} for number in range(20)])
        few = self.count_statements(lambda: departments.mapped("days_without_accident"))
        self.assertLessEqual(self.count_statements(lambda: many.mapped("days_without_accident")), few)

    def test_counts(self):
        """SM-4.4: the board of incidents takes as many statements for many as for few."""
        incidents = self.env[INCIDENT].sudo().browse([self.report("near_miss").id for _number in range(12)])
        names = ["is_stopped", "open_action_count", "settled_cause", "settled_learning", "is_handler", "can_reopen"]

        def read(records):
            return lambda: records.with_user(self.officer).read(names)

        read(incidents)()
        few = self.count_statements(read(incidents[:3]))
        self.assertLessEqual(self.count_statements(read(incidents)), few)

    def test_moment_is_past(self):
        """SM-4.4.1: a moment to come would have no deadline."""
        self.refused(self.salesperson, self.env[INCIDENT], "create", [{
            "title": "x", "place_id": self.hall.id, "severity_id": self.severities["near_miss"].id,
            "date_occurred": "2099-01-01 00:00:00"}])
        incident = self.report()
        self.refused(self.salesperson, incident, "write", {"date_occurred": "2099-01-01 00:00:00"})

    def test_nobody_to_tell(self):
        """SM-4.4.1: without a leading group the executive office is told; without either the company learns that."""
        self.env["business.safety.committee.member"].sudo().search([("company_id", "=", self.company.id)]).date_to = (
            fields.Date.today() - timedelta(days=1))
        incident = self.report()
        with patch.object(type(self.env["res.users"]), "_get_post_holders", lambda self, *args: self.browse()):
            self.refused(self.responsible, incident, "action_report_up", error=UserError)
        self.call(self.responsible, incident, "action_report_up")
        self.assertIn(self.executive, incident.notice_ids.user_id)

    def test_report_pdf(self):
        """SM-4.4: the printed report holds facts, causes and measures, and of people what its reader may read."""
        incident = self.report(person_ids=[self.person(self.e_mate, injury="Cut finger")])
        self.investigate(incident)
        report = self.env.ref("business_dept.action_report_safety_incident")

        def print_as(user):
            html, _kind = self.env["ir.actions.report"].with_user(user)._render_qweb_html(report.report_name, incident.ids)
            return html.decode()

        self.assertIn("Cut finger", print_as(self.officer))
        with self.assertRaises(AccessError):
            print_as(self.stranger)

    def test_control_error(self):
        """IC-9: the refusal names what is open and the clause."""
        incident = self.report()
        self.investigate(incident)
        with self.assertRaises(ControlError) as caught, self.env.cr.savepoint():
            self.call(self.officer, incident, "action_close")
        for words in ("Guard", "Nobody was held accountable", "SM-4.4.2"):
            self.assertIn(words, str(caught.exception))
