# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from datetime import timedelta
from itertools import chain
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.errors import CheckViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from .common import Impossible, Rollback
from .common_hazard import HazardCommon


@tagged("post_install", "-at_install")
class TestSafetyHazardMajor(HazardCommon):
    """Major hazards are listed and supervised until the leading group removes them (SM-4.2.3)."""

    def test_way(self):
        """SM-4.2.3: listed by its risk, verified, submitted to the leading group, and closed by its approval alone."""
        hazard = self.assess(major=True)
        self.assertTrue(hazard.is_major and hazard.date_listed)
        self.assertEqual(hazard.level, "extreme")
        self.assertEqual(self.events("noted", hazard).control_id.code, "safety.hazard_major")
        self.rectify(hazard)
        self.call(self.officer_2, hazard, "action_verify", "Seen on site")
        self.assertEqual((hazard.state, hazard.approval_state), ("removal", "pending"))
        self.assertFalse(hazard.date_closed)
        self.assertEqual(hazard.approval_id.current_user_ids, self.chair | self.deputy)
        for user in (self.officer_2, self.officer, self.fitter, self.worker, self.head):
            self.refused(user, hazard, "action_approval_approve")
        self.call(self.chair, hazard, "action_approval_approve")
        self.assertEqual((hazard.state, hazard.removal_id), ("closed", hazard.approval_id))
        self.assertFalse(hazard.activity_ids)

    def test_threshold(self):
        """SM-4.2.3: from the company's threshold on it is major; declared it is one anyway; off: only what is declared."""
        hazard = self.report()
        self.call(self.officer, hazard, "write", {"likelihood": "3", "severity": "5"})
        self.assertTrue(hazard.is_major)
        self.call(self.officer, hazard, "write", {"likelihood": "2", "severity": "5"})
        self.assertFalse(hazard.is_major)
        self.call(self.officer, hazard, "write", {"is_declared_major": True})
        self.assertTrue(hazard.is_major)
        self.refused(self.head, hazard, "write", {"is_declared_major": False}, error=ControlError, code="safety.hazard_level")
        self.set_mode("safety.hazard_major", "notify", 10)
        hazard = self.report()
        self.call(self.officer, hazard, "write", {"likelihood": "2", "severity": "5"})
        self.assertTrue(hazard.is_major)
        self.set_mode("safety.hazard_major", "off")
        hazard = self.report()
        self.call(self.officer, hazard, "write", {"likelihood": "5", "severity": "5"})
        self.assertFalse(hazard.is_major)

    def test_modes(self):
        """SM-4.2.3, IC-11: that it is a major one is noted in every mode, and keeps nobody from putting it on the list."""
        for mode in ("approve", "block"):
            self.set_mode("safety.hazard_major", mode, 15)
            hazard = self.assess(self.report(), major=True)
            self.assertTrue(hazard.date_listed, mode)
            event = self.env["business.control.event"].search([
                ("res_model", "=", hazard._name), ("res_id", "=", hazard.id),
                ("control_id.code", "=", "safety.hazard_major")])
            self.assertEqual(event.outcome, "noted", mode)

    def test_plan(self):
        """SM-4.2.3: assessed as major it has money, supervisor of the leading group and a plan for the worst."""
        hazard = self.report()
        for vals in (
            {"supervisor_id": False}, {"emergency_plan": False}, {"budget_amount": 0.0}, {"measures": False},
            {"supervisor_id": self.officer.id}, {"supervisor_id": self.fitter.id},
            {"supervisor_id": self.deputy.id, "responsible_id": self.deputy.id},
        ):
            self.call(self.officer, hazard, "write", self.plan_major(**vals))
            self.refused(self.officer, hazard, "action_assess", error=ControlError, code="safety.hazard_plan")
        self.assess(hazard, major=True, budget_amount=0.0, is_free=True)
        self.refused(self.officer, hazard, "write", {"supervisor_id": self.officer_2.id}, error=ControlError)
        self.refused(self.head, hazard, "write", {"date_deadline": self.today}, error=AccessError)
        self.call(self.chair, hazard, "write", {"supervisor_id": self.chair.id})

    def test_lowered(self):
        """SM-4.2.3: lower figures do not take it off the list; who puts it right does not set its level."""
        hazard = self.assess(major=True, responsible_id=self.officer_2.id)
        for user in (self.officer_2, self.head, self.chair, self.worker):
            self.refused(user, hazard, "action_reassess", "1", "1", False, "Harmless", error=ControlError,
                         code="safety.hazard_level")
        self.call(self.officer, hazard, "action_reassess", "1", "1", False, "It is less than it seemed")
        self.assertEqual((hazard.risk, hazard.level, hazard.is_major), (1, "low", True))
        self.rectify(hazard, self.officer_2)
        self.call(self.officer, hazard, "action_verify", "Seen")
        self.assertEqual(hazard.state, "removal")

    def test_raised(self):
        """SM-4.2.3: what turns out to be a major one is listed, with the whole plan."""
        hazard = self.assess()
        self.refused(self.officer, hazard, "action_reassess", "5", "5", False, "Worse", error=ControlError,
                     code="safety.hazard_plan")
        for figures in (("9", "1"), ("", ""), (5, 5), (None, "1")):
            self.refused(self.officer, hazard, "action_reassess", *figures, False, "Worse", error=UserError)
        self.call(self.officer, hazard, "write", {
            "supervisor_id": self.chair.id, "emergency_plan": "Run", "is_free": True})
        self.call(self.officer, hazard, "action_reassess", "1", "1", True, "Declared")
        self.assertTrue(hazard.is_major and hazard.date_listed and hazard.date_progress)

    def test_not_by_the_department(self):
        """SM-4.2.3: the department does not verify a major hazard of its own."""
        hazard = self.rectify(self.assess(major=True))
        self.refused(self.head, hazard, "action_verify", "Fine", error=AccessError)
        self.refused(self.head, hazard, "action_send_back", "Bad", error=AccessError)

    def test_decided_otherwise(self):
        """SM-4.2.3: rejected and sent back it is put right once more; withdrawn it is verified once more."""
        hazard = self.submit_removal()
        self.call(self.chair, hazard, "action_approval_reject", "The guard wobbles")
        self.assertEqual((hazard.state, hazard.return_reason), ("rectifying", "The guard wobbles"))
        self.call(self.fitter, hazard, "write", {"rectification_note": "Bolted as well"})
        self.call(self.fitter, hazard, "action_rectified")
        self.call(self.officer_2, hazard, "action_verify", "Seen again")
        self.call(self.officer_2, hazard, "action_approval_withdraw")
        self.assertEqual(hazard.state, "verifying")
        self.call(self.officer_2, hazard, "action_verify", "Seen a third time")
        self.call(self.deputy, hazard, "action_approval_send_back", "A photo from above")
        self.assertEqual(hazard.state, "rectifying")

    def test_locked(self):
        """RL-4.3: under review nothing of it changes, its files neither."""
        hazard = self.submit_removal()
        for user in (self.fitter, self.officer, self.chair):
            self.refused(user, hazard, "write", {"measures": "x"}, error=ControlError)
            self.refused(user, hazard.evidence_ids, "write", {"raw": b"x"}, error=ControlError, code="safety.record_closed")
            self.refused(user, hazard.evidence_ids, "unlink", error=ControlError, code="safety.record_closed")
            self.refused(user, hazard, "action_approval_submit", error=ControlError)

    def test_other_content(self):
        """RL-4.3: a file that was exchanged in the store is not what was submitted."""
        hazard = self.submit_removal()
        self.env.cr.execute("UPDATE ir_attachment SET checksum = 'x' WHERE id = %s", hazard.evidence_ids.ids)
        self.env.invalidate_all()
        error = self.refused(self.chair, hazard, "action_approval_approve", error=ControlError,
                             code="approval.content_changed")
        self.assertIn("not what was submitted", str(error))

    def test_authors(self):
        """IC-7: in the leading group, who reported or fixed it does not decide, nor the one who has verified."""
        hazard = self.rectify(self.assess(self.report(self.chair), major=True, supervisor_id=self.deputy.id))
        self.call(self.officer, hazard, "action_verify", "Seen")
        self.assertEqual(hazard.approval_id.current_user_ids, self.deputy)
        self.refused(self.chair, hazard, "action_approval_approve", error=ControlError)
        hazard = self.rectify(self.assess(major=True))
        self.call(self.chair, hazard, "action_verify", "Seen")
        self.assertEqual(hazard.approval_id.current_user_ids, self.deputy)

    def test_database(self):
        """SM-4.2.3: the table itself holds no major hazard that is closed without a removal."""
        hazard = self.assess(major=True)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            hazard.sudo().write({"date_closed": fields.Datetime.now()})
            self.env.flush_all()

    def test_reopened(self):
        """SM-4.2.3: reopened it is on the list again, and needs another approval."""
        hazard = self.submit_removal()
        self.call(self.chair, hazard, "action_approval_approve")
        self.call(self.officer, hazard, "action_reopen", "Broken again", str(self.today + timedelta(days=3)))
        self.assertEqual((hazard.state, hazard.is_major), ("rectifying", True))
        self.assertFalse(hazard.removal_id)
        self.assertEqual(hazard.approval_id.state, "void")
        self.rectify(hazard)
        self.call(self.officer_2, hazard, "action_verify", "Seen")
        self.assertEqual(hazard.state, "removal")

    def test_sheet(self):
        """SM-4.2.3: the printed sheet shows the way of the hazard and not who reported it."""
        hazard = self.submit_removal()
        self.call(self.chair, hazard, "action_approval_approve")
        report = self.env["ir.actions.report"].with_user(self.fitter)
        html = report._render_qweb_html("business_dept.report_safety_hazard", hazard.ids)[0].decode()
        for text in ("Guard missing", "Fitter", "Second Officer", "Deputy", "Chair", "New guard mounted", hazard.name):
            self.assertIn(text, html)
        self.assertNotIn("Worker", html)

    #=== PROGRESS ===#

    def test_progress(self):
        """SM-4.2.3: weekly progress by who puts it right or the supervisor; rows are the system's."""
        hazard = self.assess(major=True)
        self.call(self.fitter, hazard, "action_progress", 30, "Guard ordered")
        self.call(self.deputy, hazard, "action_progress", 60, "Guard here")
        self.assertEqual((hazard.percent, len(hazard.progress_ids)), (60, 2))
        for user in (self.officer, self.worker, self.chair):
            self.refused(user, hazard, "action_progress", 100, "x", error=AccessError)
        for percent in (-1, 101, "5", 1.5, True):
            self.refused(self.fitter, hazard, "action_progress", percent, "x", error=UserError)
        self.refused(self.fitter, hazard, "action_progress", 70, " ", error=UserError)
        self.refused(self.fitter, self.assess(), "action_progress", 70, "x", error=UserError)
        row = hazard.progress_ids[0]
        for user in (self.fitter, self.officer, self.admin_user):
            self.refused(user, row, "write", {"percent": 100}, error=AccessError)
            self.refused(user, row, "unlink", error=AccessError)

    def test_progress_missing(self):
        """SM-4.2.3: each missing week is told once to supervisor and chair; after standstill once, not three times."""
        hazard = self.assess(major=True, date_deadline=self.today + timedelta(days=90))

        def told():
            return hazard.activity_ids.filtered(
                lambda a: a.activity_type_id == self.env.ref("business_dept.mail_activity_type_hazard_progress"))

        def run(day):
            with freeze_time(self.today + timedelta(days=day, hours=9)):
                self.run_cron("business_dept.cron_safety_hazards")

        run(6)
        self.assertFalse(told())
        run(7)
        self.assertEqual(told().user_id, self.deputy | self.chair)
        run(7)
        run(8)
        self.assertEqual(len(told()), 2)
        run(29)
        run(29)
        self.assertEqual(len(told()), 4)
        self.assertEqual(len(self.events("noted", hazard).filtered(
            lambda event: event.control_id.code == "safety.hazard_progress")), 2)
        with freeze_time(self.today + timedelta(days=30)):
            self.call(self.fitter, hazard, "action_progress", 30, "Guard ordered")
        self.assertFalse(told())
        run(36)
        self.assertFalse(told())
        run(37)
        self.assertEqual(len(told()), 2)

    def test_unassessed(self):
        """SD-12: what nobody assesses for three days is told once, to officers and the first responsible person."""
        hazards = self.report() | self.report() | self.report()
        self.env.flush_all()
        self.env.cr.execute("UPDATE business_safety_hazard SET create_date = create_date - interval '4 days' WHERE id IN %s",
                            [tuple(hazards.ids)])
        self.env.invalidate_all()
        before = len(hazards.activity_ids)
        Log, calls = type(self.env["business.safety.hazard"]), []

        def fail(model, control, found, describe):
            calls.append(found)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return log(model, control, found, describe)

        log = Log._log_told
        # killed in the middle: slices of one, the second of which fails and is rolled back
        with patch("odoo.addons.business_dept.models.safety.hazard_follow_up.SLICE", 1), patch.object(Log, "_log_told", fail):
            self.Hazard._tell_unassessed()
            self.env.flush_all()
            with self.assertRaises(KeyboardInterrupt):
                self.Hazard._tell_unassessed()
        self.env.invalidate_all()
        self.assertEqual(len(hazards.filtered("date_unassessed_told")), 1)
        for _time in range(2):
            self.run_cron("business_dept.cron_safety_hazards")
        self.assertEqual(len(hazards.filtered("date_unassessed_told")), 3)
        self.assertEqual(len(hazards.activity_ids) - before, 3 * 3)
        self.assertIn(self.head, hazards.activity_ids.user_id)
        self.assess(hazards[0])
        self.assertEqual(hazards[0].activity_ids.user_id, self.fitter)

    def test_one_fails(self):
        """SM-4.2.3, SD-12: a hazard that cannot be told of does not silence the others; it is told of when it can be."""
        reports = self.report() | self.report()
        majors = self.assess(major=True, date_deadline=self.today + timedelta(days=90)) | self.assess(
            major=True, date_deadline=self.today + timedelta(days=90))
        broken, Hazard = reports[0] | majors[0], type(self.Hazard)
        ask = Hazard._ask

        def fail(hazard, *args):
            if hazard in broken:
                raise ValueError("broken")
            return ask(hazard, *args)

        def run():
            with freeze_time(self.today + timedelta(days=8)):
                self.run_cron("business_dept.cron_safety_hazards")

        with patch.object(Hazard, "_ask", fail), mute_logger("odoo.addons.business_dept.models.safety.one_by_one"):
            run()
        self.assertEqual((reports.filtered("date_unassessed_told"), majors.filtered("progress_told")), (reports[1], majors[1]))
        run()
        self.assertEqual((reports.filtered("date_unassessed_told"), majors.filtered("progress_told")), (reports, majors))

    def test_deadline(self):
        """SM-4.2.1: past its deadline it is told step by step; a new deadline begins anew."""
        hazard = self.assess()
        with freeze_time(self.today + timedelta(days=8, hours=9)):
            self.run_cron("business_dept.cron_safety_alerts")
            self.assertEqual(hazard.alert_step, 2)
            self.assertTrue(hazard.with_user(self.worker).is_overdue)
            self.assertIn(hazard.id, self.call(self.worker, self.Hazard, "search", [("is_overdue", "=", True)]))
            self.assertNotIn(hazard.id, self.call(self.worker, self.Hazard, "search", [("is_overdue", "=", False)]))
            self.call(self.officer, hazard, "write", {"date_deadline": self.today + timedelta(days=30)})
        self.assertEqual(hazard.alert_step, 0)


@tagged("post_install", "-at_install")
class TestSafetyHazardProperties(HazardCommon):
    """No sequence of public calls closes a major hazard without the approval (SM-4.2.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            "worker": cls.worker, "fitter": cls.fitter, "officer": cls.officer, "officer_2": cls.officer_2, "head": cls.head,
            "manager": cls.manager, "salesperson": cls.salesperson, "admin": cls.admin_user, "chair": cls.chair,
            "deputy": cls.deputy,
        }
        checklist = cls.env["business.safety.checklist"].sudo().create({
            "name": "List", "company_id": cls.company.id,
            "item_ids": [Command.create({"name": "Guards", "category": "facilities"})]})
        cls.inspection = cls.env["business.safety.inspection"].sudo().create({
            "company_id": cls.company.id, "place_id": cls.place.id, "checklist_id": checklist.id,
            "inspector_id": cls.worker.id})
        cls.inspection._start()
        cls.rules = cls.env["business.approval.rule"].sudo().search([("model_name", "=", "business.safety.hazard")])
        cls.control = cls.env["business.control"]._get_by_code("safety.hazard_major").with_company(cls.company)

    def acts(self, hazard):
        """What somebody may try, by name."""
        later = str(self.today + timedelta(days=9))
        step, decision = self.env["business.safety.hazard.step"].sudo(), self.env["business.approval.decision"].sudo()

        def write(vals):
            return lambda user: self.call(user, hazard, "write", vals)

        def act(method, *args):
            return lambda user: self.call(user, hazard, method, *args)

        def wizard(name, **vals):
            def confirm(user):
                ids = self.call(user, step, "create", [{
                    "hazard_ids": [Command.set(hazard.ids)], "step": name, "note": "words", **vals}])
                self.call(user, step.browse(ids), "action_confirm")
            return confirm

        def decide(user):
            ids = self.call(user, decision, "create", [{
                "approval_ids": [Command.set(hazard.approval_id.ids)], "decision": "handed_over", "user_id": self.officer.id,
                "reason": "x"}])
            self.call(user, decision.browse(ids), "action_confirm")

        def on(get_records, method, *args):
            def touch(user):
                if not (records := get_records()):
                    raise Impossible
                self.call(user, records, method, *args)
            return touch

        return {
            "figures": write({"likelihood": "1", "severity": "1", "is_declared_major": False}),
            "plan": write(self.plan()), "plan_major": write(self.plan_major()),
            "unsupervised": write({"supervisor_id": False, "is_declared_major": False}),
            "hand_over_work": write({"responsible_id": self.head.id}),
            "close": write({"date_closed": "2030-01-01 00:00:00", "state": "closed"}),
            "unlist": write({"date_listed": False, "is_major": False}),
            "evidence": write({"rectification_note": "x", "evidence_ids": [Command.create({"name": "e", "raw": b"e"})]}),
            "no_evidence": write({"evidence_ids": [Command.clear()]}),
            "context": lambda user: self.call(user, hazard.with_context(business_engine=True, install_mode=True), "write",
                                              {"is_declared_major": False, "likelihood": "1"}),
            "assess": act("action_assess"), "reject": act("action_reject", "x"),
            "reassess": act("action_reassess", "1", "1", False, "x"), "rectified": act("action_rectified"),
            "verify": act("action_verify", "x"), "send_back": act("action_send_back", "x"),
            "reopen": act("action_reopen", "x", later), "progress": act("action_progress", 100, "x"),
            "wizard_verify": wizard("verify"), "wizard_reassess": wizard("reassess", likelihood="1", severity="1"),
            "wizard_reject": wizard("reject"), "wizard_reopen": wizard("reopen", date_deadline=later),
            "submit": act("action_approval_submit"), "approve": act("action_approval_approve"),
            "withdraw": act("action_approval_withdraw"), "reject_removal": act("action_approval_reject", "x"),
            "hand_over": act("action_approval_hand_over", self.officer.id, "x"), "decide": decide,
            "add": act("action_approval_add_colleague", self.officer.id, "x"),
            "copy": act("copy"), "unlink": act("unlink"),
            "step_row": lambda user: self.call(
                user, hazard.approval_id.step_ids.approver_ids[:1], "write", {"state": "approved", "user_id": user.id}),
            # through other models
            "hand_to_manager": act("action_approval_hand_over", self.manager.id, "x"),
            "approve_request": on(lambda: hazard.approval_id, "action_approve"),
            "end_request": on(lambda: hazard.approval_id, "write", {"state": "approved"}),
            "my_rule": lambda user: self.call(user, self.rules, "write", {
                "approver_type": "user", "user_ids": [Command.set(self.manager.ids)]}),
            "no_rule": on(lambda: self.rules, "write", {"active": False}),
            "control_off": on(lambda: self.control, "write", {"mode": "off"}),
            "threshold": on(lambda: self.control, "write", {"threshold": 26}),
            "answer": on(lambda: self.inspection.line_ids, "action_answer", "pass"),
            "close_inspection": on(lambda: self.inspection, "action_close"),
            "correct": on(lambda: self.inspection, "action_correct", "x"),
            "answer_correction": on(lambda: self.inspection.correction_ids.line_ids, "action_answer", "na"),
            "exchange": on(lambda: hazard.evidence_ids, "write", {"raw": b"other"}),
            "take_file": on(lambda: hazard.evidence_ids, "write", {"res_model": False, "res_id": False}),
            "delete_file": on(lambda: hazard.evidence_ids, "unlink"),
            "delete_log": on(lambda: hazard.message_ids, "unlink"),
            "delete_place": on(lambda: self.place, "unlink"),
            "move": write({"place_id": False, "department_id": False}),
            "company": write({"company_id": self.env.ref("base.main_company").id}),
            "ask": act("action_ask", "x"),
        }

    PLAYS = (
        (("evidence", "fitter"), ("rectified", "fitter"), ("verify", "officer_2")),
        (("hand_to_manager", "chair"), ("approve_request", "manager")),
        (("my_rule", "admin"), ("send_back", "head"), ("evidence", "fitter"), ("rectified", "fitter"), ("verify", "officer")),
        (("approve_request", "manager"),), (("approve", "chair"),),
        (("approve", "deputy"), ("reopen", "officer"), ("evidence", "fitter"), ("rectified", "fitter"), ("verify", "chair")),
        (("control_off", "admin"), ("reassess", "officer"), ("wizard_reject", "officer")),
        (("reject_removal", "deputy"), ("figures", "officer"), ("wizard_reassess", "officer_2")),
        (("withdraw", "officer_2"), ("wizard_verify", "officer")), (("answer", "worker"), ("close_inspection", "worker")),
    )
    """What goes through as a rule, and what is tried in a row: so single acts meet a hazard in every state."""

    def was_removed(self, hazard):
        """Whether the leading group has removed it: closed by an approved request that one of them has approved."""
        removal = hazard.removal_id
        deciders = removal.approver_ids.filtered(lambda row: row.state == "approved").user_id
        return (
            removal.state == "approved" and (removal.res_model, removal.res_id) == (hazard._name, hazard.id)
            and bool(deciders & (self.chair | self.deputy)) and not deciders & hazard._get_makers())

    def play(self, hazard, *plays):
        """Try acts one after the other; whatever goes through, the hazard is not gone from the list."""
        acts, done = self.acts(hazard), []
        for name, person in chain(*plays):
            try:
                with self.env.cr.savepoint():
                    acts[name](self.people[person])
                    self.env.flush_all()
                done.append((name, person))
            except (UserError, CheckViolation):
                self.env.invalidate_all()
            self.assertNotEqual(hazard.state, "rejected", done)
            self.assertTrue(hazard.is_major and hazard.date_listed, done)
            self.assertTrue(not hazard.date_closed or self.was_removed(hazard), done)

    def test_handed_out_of_the_group(self):
        """SM-4.2.3: the plays of who is near it, with a removal under review: handed over, another rule, sent round again."""
        for play in self.PLAYS:
            with self.subTest(play=play), suppress(Rollback), self.env.cr.savepoint():
                self.play(self.submit_removal(), play, (("approve_request", "manager"), ("approve", "manager")))
                raise Rollback
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_all_caches()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(data=st.data())
    def test_no_way_around(self, data):
        """SM-4.2.3: random sequences of calls, writes and wizards, through whatever model, never close it but by an approval
        of somebody in the leading group; and it stays a major one on the list."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                start = data.draw(st.sampled_from(["listed", "inspected", "rectified", "removal"]))
                hazard = self.report()
                if start == "inspected":
                    self.call(self.worker, self.inspection.line_ids, "action_answer", "fail", "Seen")
                    hazard = self.inspection.line_ids.hazard_id.with_env(self.Hazard.env)
                self.assess(hazard, major=True)
                if start in ("rectified", "removal"):
                    self.rectify(hazard)
                if start == "removal":
                    self.call(self.officer_2, hazard, "action_verify", "Seen on site")
                single = st.tuples(st.tuples(st.sampled_from(sorted(self.acts(hazard))), st.sampled_from(sorted(self.people))))
                self.play(hazard, *data.draw(st.lists(st.sampled_from(self.PLAYS) | single, min_size=2, max_size=7)))
                raise Rollback
        except Rollback:
            self.env.invalidate_all()
        finally:
            self.env.registry.clear_all_caches()  # what an example set is forgotten, how it is kept in mind as well


@tagged("post_install", "-at_install")
class TestSafetyBoard(HazardCommon, HttpCase):
    """The board on the wall (SM-4.2.3)."""

    def test_board(self):
        """SM-4.2.3: supervised hazards without a login; nothing of who reported, no index, no cache."""
        self.assess(self.report(title="Gas leak <b>at</b> the furnace"), major=True)
        self.call(self.fitter, self.Hazard.search([("date_listed", "!=", False), ("company_id", "=", self.company.id)]),
                  "action_progress", 40, "Valve ordered")
        self.assess(self.report(title="Loose mat"))
        board = self.env["business.safety.board"].with_user(self.officer).create({})
        path = board.address.partition("/safety/board/")[2]
        self.env.flush_all()
        answer = self.url_open(f"/safety/board/{path}?lang=en_US")
        self.assertEqual(answer.status_code, 200)
        for text in ("Gas leak &lt;b&gt;at&lt;/b&gt; the furnace", "Deputy", "Cutting Line", "40", "Valve ordered"):
            self.assertIn(text, answer.text)
        for text in ("Worker", "Loose mat", "script"):
            self.assertNotIn(text, answer.text)
        self.assertTrue(answer.text.lstrip().startswith("<!DOCTYPE html>"))
        self.assertIn("noindex", answer.headers["X-Robots-Tag"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        board.action_renew()
        self.env.flush_all()
        self.assertEqual(self.url_open(f"/safety/board/{path}").status_code, 404)
        for wrong in ("x", "False", "%20"):
            self.assertEqual(self.url_open(f"/safety/board/{wrong}").status_code, 404)

    def test_pages(self):
        """SM-4.2.3: nobody scrolls on a wall: what does not fit comes on further pages, which turn by themselves."""
        for number in range(7):
            self.assess(self.report(title=f"Leak {number}"), major=True)
        path = self.env["business.safety.board"].with_user(self.officer).create({}).address.partition("/safety/board/")[2]
        self.env.flush_all()
        shown = []
        for page, following in (("1", "2"), ("2", "1"), ("9", "2"), ("x", "2")):
            text = self.url_open(f"/safety/board/{path}?lang=en_US&page={page}").text
            self.assertIn(f"page={following}", text)
            shown.append({number for number in range(7) if f"Leak {number}" in text})
        self.assertEqual([len(page) for page in shown], [5, 2, 5, 5])
        self.assertFalse(shown[0] & shown[1])

    def test_token(self):
        """Attack 19: only officers and the leading group learn or renew the address, through whatever door."""
        for user in (self.worker, self.admin_user, self.manager, self.head):
            self.refused(user, self.company, "action_open_safety_board", error=AccessError)
            self.refused(user, self.company, "action_renew_safety_board", error=AccessError)
            self.refused(user, self.company, "read", ["safety_board_token"], error=AccessError)
            self.refused(user, self.company.sudo(), "search", [("safety_board_token", "=like", "a%")], error=AccessError)
            board = self.env["business.safety.board"].with_user(user).create({})
            self.assertFalse(board.address)
        self.call(self.chair, self.company, "action_open_safety_board")
        self.assertTrue(self.company.sudo().safety_board_token)
