# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from .common_emergency import EmergencyCommon

CRON = "business_dept.cron_safety_drills"


class Killed(Exception):
    """The server dies."""


@tagged("post_install", "-at_install")
class TestSafetyDrill(EmergencyCommon):
    """Drills are planned, held, and evaluated by somebody else (SM-4.5.2, WM-5)."""

    def add_improvement(self, drill, user=None):
        """Lay an improvement down on the form of the drill."""
        self.call(user or self.officer, drill, "write", {"action_ids": [Command.create({
            "name": "Keep the exit free", "owner_id": self.keeper.id, "date_deadline": self.today + timedelta(days=14)})]})
        return drill.action_ids[-1:]

    def test_way(self):
        """SM-4.5.2: planned by the officer, recorded by its leader, judged by the officer; then nobody edits it."""
        drill = self.make_drill()
        self.call(self.manager, drill, "action_hold")
        self.assertEqual(drill.state, "held")
        self.hold(drill)
        self.judge(drill, shortcomings="The exit was blocked.")
        self.add_improvement(drill)
        self.call(self.officer, drill, "action_evaluate")
        self.assertEqual((drill.state, drill.score, drill.evaluated_by_id), ("evaluated", 4.0, self.officer))
        for user in (self.officer, self.manager, self.chair):
            self.refused(user, drill, "write", {"course": "x"}, error=ControlError, trace="safety.record_closed")
            self.refused(user, drill, "write", {"score_alarm": "1"}, error=ControlError, trace="safety.record_closed")
            self.refused(user, drill, "action_evaluate", error=ControlError, trace="safety.record_closed")
            self.refused(user, drill, "action_cancel", error=ControlError, trace="safety.record_closed")
        self.refused(self.officer, drill, "unlink")
        self.refused(self.officer, drill, "action_hold")

    def test_leading_group(self):
        """SM-4.5.2: a member of the leading group plans and evaluates as well."""
        drill = self.hold(self.make_drill(user=self.chair))
        self.judge(drill, user=self.member)
        self.call(self.chair, drill, "action_evaluate")
        self.assertEqual(drill.evaluated_by_id, self.chair)

    def test_form(self):
        """SM-4.5.2: the officer fills the form in, and reads what is missing before he can close it."""
        drill = self.hold(self.make_drill())
        with Form(drill.with_user(self.officer)) as form:
            self.assertIn("Missing", form.control_banner)
            form.score_alarm = "5"
            form.evaluation = "Good"
        self.assertFalse(drill.score)

    def test_incomplete(self):
        """SM-4.5.2: no drill is closed without its course, people, marks and evaluation; each refusal leaves a trace."""
        for held, judged in (
            ({"course": False}, {}), ({"course": "  "}, {}), ({"participant_count": 0}, {}),
            ({}, {"score_command": False}), ({}, {"evaluation": False}), ({}, {"evaluation": " "}),
        ):
            drill = self.judge(self.hold(self.make_drill(), **held), **judged)
            self.refused(self.officer, drill, "action_evaluate", error=ControlError, trace="safety.drill_evaluation")
            self.assertEqual(drill.state, "held")

    def test_not_held(self):
        """SM-4.5.2: what was not held is not evaluated, and was not held tomorrow."""
        drill = self.judge(self.make_drill(), shortcomings=False)
        self.refused(self.officer, drill, "action_evaluate", error=ControlError, trace="safety.drill_evaluation")
        self.refused(self.manager, drill, "write", {"date_held": self.today + timedelta(days=1)}, error=ValidationError)

    def test_shortcoming_without_improvement(self):
        """SM-4.5.2: a shortcoming that leads to nothing keeps the drill open."""
        drill = self.judge(self.hold(self.make_drill()), shortcomings="The exit was blocked.")
        self.refused(self.officer, drill, "action_evaluate", error=ControlError, trace="safety.drill_evaluation")
        self.refused(self.salesperson, drill, "write", {"action_ids": [Command.create({
            "name": "x", "owner_id": self.keeper.id, "date_deadline": self.today})]})
        action = self.add_improvement(drill)
        self.assertEqual((action.company_id, action.state), (self.company, "open"))
        self.call(self.officer, drill, "action_evaluate")

    def test_improvements_stay(self):
        """SM-4.5.2: what a closed drill has led to is neither taken away nor added to; it goes on until it has its effect."""
        drill, other = self.hold(self.make_drill()), self.make_drill()
        action = self.add_improvement(self.judge(drill, shortcomings="The exit was blocked."), user=self.manager)
        self.call(self.officer, drill, "action_evaluate")
        Action = self.env["business.safety.action"]
        vals = {"name": "x", "owner_id": self.keeper.id, "date_deadline": self.today, "drill_id": drill.id}
        for user in (self.officer, self.chair, self.manager):
            self.refused(user, action, "unlink", error=ControlError, trace="safety.record_closed")
            self.refused(user, action, "write", {"drill_id": other.id}, error=ControlError, trace="safety.record_closed")
            self.refused(user, Action, "create", [vals], error=ControlError, trace="safety.record_closed")
            self.refused(user, drill, "write", {"action_ids": [Command.delete(action.id)]}, trace="safety.record_closed")
        self.call(self.keeper, action, "action_done", "Lines are drawn")
        self.call(self.officer, action, "action_effective", "Nothing stands there")
        self.assertEqual(action.state, "effective")

    def test_leader_does_not_judge(self):
        """SM-4.5.2: who led it does not evaluate it, whatever post he has, and does not hand his part over afterwards."""
        drill = self.make_drill(leader_id=self.officer.id)
        self.call(self.officer, drill, "write", {
            "date_held": self.today, "course": "Alarm", "participant_count": 3})
        self.refused(self.officer, drill, "write", {"score_alarm": "5"}, error=ControlError, trace="safety.drill_evaluation")
        self.refused(self.officer, drill, "action_evaluate", error=ControlError, trace="safety.drill_evaluation")
        self.refused(self.officer, drill, "write", {"leader_id": self.manager.id}, error=ControlError,
                     trace="safety.drill_evaluation")
        self.refused(self.officer, drill, "write", {"leader_id": self.manager.id, "date_held": False}, error=ControlError)
        self.refused(self.officer, drill, "write", {"date_held": False}, error=ControlError, trace="safety.drill_evaluation")
        self.judge(drill, user=self.officer_2)
        self.call(self.officer_2, drill, "action_evaluate")
        self.assertEqual(drill.state, "evaluated")

    def test_who(self):
        """attack 6: others plan, record and judge nothing; its leader does not judge."""
        drill = self.make_drill()
        Drill = self.env["business.safety.drill"]
        for user in (self.salesperson, self.auditor, self.manager, self.keeper):
            self.refused(user, Drill, "create", [{
                "name": "x", "date_planned": self.today, "leader_id": user.id}], error=AccessError)
        for user in (self.salesperson, self.auditor, self.stranger):
            for method, *args in (
                ("write", {"course": "x"}), ("write", {"date_held": self.today}), ("action_hold",), ("unlink",),
                ("action_cancel",), ("action_evaluate",),
            ):
                self.refused(user, drill, method, *args)
            self.assertTrue(self.call(user, drill, "search", [("id", "=", drill.id)]))
        self.hold(drill)
        self.refused(self.manager, drill, "write", {"evaluation": "Perfect"}, trace="safety.drill_evaluation")
        self.refused(self.manager, drill, "write", {"leader_id": self.stranger.id})
        self.refused(self.manager, drill, "action_evaluate")
        self.refused(self.manager, drill, "unlink")
        self.refused(self.officer, drill, "unlink")
        self.assertEqual(drill.state, "held")

    def test_forged(self):
        """Attacks 5 to 7: nobody writes or imports a state, a date of the engine, a score; nor as a default."""
        drill = self.make_drill()
        Drill = self.env["business.safety.drill"]
        for vals in (
            {"state": "evaluated"}, {"date_evaluated": "2026-01-01 00:00:00"}, {"evaluated_by_id": self.officer.id},
            {"date_cancelled": "2026-01-01 00:00:00"}, {"alert_step": 9}, {"score": 5.0}, {"date_due": "2026-01-01"},
            {"date_alert": "2099-01-01"},
        ):
            for user in (self.manager, self.officer, self.chair):
                self.refused(user, drill, "write", vals, error=ControlError, trace="approval.forgery")
            self.refused(self.officer, Drill, "create", [{
                "name": "x", "date_planned": self.today, **vals}], error=ControlError, trace="approval.forgery")
        made = Drill.browse(self.call(self.officer, Drill.with_context(
            default_state="evaluated", default_date_evaluated="2026-01-01 00:00:00", default_alert_step=9,
        ), "create", [{"name": "x", "date_planned": self.today}])[0])
        self.assertEqual((made.state, made.date_evaluated, made.alert_step), ("planned", False, 0))
        copied = Drill.browse(self.call(self.officer, self.hold(drill), "copy")[0])
        self.assertEqual((copied.state, copied.date_held, copied.course), ("planned", False, False))

    def test_foreign_photo(self):
        """attack 19: a photo is uploaded here; files of other documents are not shown through a drill."""
        drill = self.make_drill()
        secret = self.env["ir.attachment"].create({
            "name": "x.png", "raw": b"x", "res_model": "res.company", "res_id": self.company.id})
        self.refused(self.manager, drill, "write", {"photo_ids": [Command.link(secret.id)]})
        photo = self.env["ir.attachment"].with_user(self.manager).create({"name": "y.png", "raw": b"y"})
        self.hold(drill, photo_ids=[Command.link(photo.id)])
        self.assertEqual((photo.res_model, photo.res_id), (drill._name, drill.id))
        self.judge(drill)
        self.call(self.officer, drill, "action_evaluate")
        self.refused(self.manager, photo, "write", {"raw": b"z"}, trace="safety.record_closed")
        self.refused(self.manager, photo, "unlink", trace="safety.record_closed")
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            photo.with_user(self.manager).sudo().unlink()  # as Odoo does for who uploaded it and holds its token
        self.assertEqual(self.call(self.stranger, photo, "read", ["name"])[0]["name"], "y.png")

    def test_draft_plan_is_not_told(self):
        """attack 19: the name of a draft is not learned by naming it; what is no plan is refused."""
        plan = self.make_plan()
        drill = self.make_drill(user=self.chair)
        self.refused(self.chair, drill, "write", {"plan_id": plan.id}, error=AccessError)
        self.refused(self.officer, drill, "write", {"plan_id": self.env.ref("business_dept.regulation_sm").id})
        self.call(self.officer, drill, "write", {"plan_id": plan.id})

    def test_cancel(self):
        """SM-4.5.2: cancelled with a reason, while it is planned."""
        drill = self.make_drill()
        self.refused(self.officer, drill, "action_cancel")
        self.call(self.officer, drill, "write", {"cancel_reason": "Typhoon"})
        self.refused(self.manager, drill, "action_cancel", error=AccessError)
        self.call(self.officer, drill, "action_cancel")
        self.assertEqual(drill.state, "cancelled")
        self.refused(self.officer, drill, "write", {"date_planned": self.today}, trace="safety.record_closed")
        held = self.hold(self.make_drill(cancel_reason="x"))
        self.refused(self.officer, held, "action_cancel")

    def test_print(self):
        """SM-4.5.2: the record on paper says what was found, and that it is not evaluated while it is not."""
        drill = self.judge(self.hold(self.make_drill(plan_id=self.make_plan(in_force=True).id)), shortcomings="Exit blocked.")
        self.add_improvement(drill)

        def render():
            return self.env["ir.actions.report"].with_user(self.stranger)._render_qweb_html(
                "business_dept.report_safety_drill", drill.ids)[0].decode()

        page = render()
        for text in ("Fire drill", "everybody out at 10:04", "Exit blocked.", "Keep the exit free", "NOT EVALUATED"):
            self.assertIn(text, page)
        self.call(self.officer, drill, "action_evaluate")
        self.assertNotIn("NOT EVALUATED", render())
        self.assertIn(self.officer.name, render())

    def test_participants(self):
        """SM-4.5.2: people without a file in personnel count as well."""
        people = self.env["hr.employee"].sudo().create([{"name": name, "company_id": self.company.id} for name in "AB"])
        drill = self.make_drill()
        self.call(self.manager, drill, "write", {"participant_ids": [Command.set(people.ids)]})
        self.assertEqual(drill.participant_count, 2)
        self.call(self.manager, drill, "write", {"participant_count": 5})
        self.assertEqual(drill.participant_count, 5)


@tagged("post_install", "-at_install")
class TestDrillPlanning(EmergencyCommon):
    """The system plans the next drill: nothing twice, nothing missing (SM-4.5.2)."""

    def setUp(self):
        super().setUp()
        shipped = self.env["business.regulation"].search([("kind", "=", "emergency_plan")])
        shipped._as_engine().write({"withdrawn_on": self.today})
        self.plan = self.make_plan(in_force=True)

    def later(self, days):
        return freeze_time(self.today + timedelta(days=days))

    def drills(self, plan=None):
        return self.env["business.safety.drill"].search([("plan_id", "in", (plan or self.plan).ids)], order="id")

    def test_first(self):
        """SM-4.5.2: a month before its interval is over, the drill of a new plan is planned, and its leader told."""
        with self.later(120):
            self.run_cron(CRON)
        self.assertFalse(self.drills())
        with self.later(155):
            self.run_cron(CRON)
            self.run_cron(CRON)
        drill = self.drills()
        self.assertEqual(len(drill), 1)
        self.assertEqual((drill.leader_id, drill.place_id, drill.department_id), (self.manager, self.place, self.workshop))
        self.assertEqual(drill.date_planned, drill.date_due)
        self.assertEqual(self.activities(drill).user_id, self.manager)

    def test_standstill(self):
        """SM-4.5.2: after a long standstill one drill is planned, not one per interval missed, and people have a week."""
        with self.later(800):
            self.run_cron(CRON)
            self.run_cron(CRON)
            day = self.env["business.regulation"]._get_today()
        self.assertEqual(len(self.drills()), 1)
        self.assertEqual(self.drills().date_planned, day + timedelta(days=7))
        self.assertLess(self.drills().date_due, day)

    def test_next(self):
        """SM-4.5.2: the next one counts from the day on which the last was held, whoever planned it."""
        self.hold(self.make_drill(plan_id=self.plan.id))
        with self.later(160):
            self.run_cron(CRON)
        self.assertEqual(self.drills().mapped("state"), ["held", "planned"])
        planned = self.drills()[-1]
        with self.later(190):
            self.call(self.manager, planned, "write", {"date_held": self.today + timedelta(days=190)})
            self.run_cron(CRON)
            self.assertEqual(len(self.drills()), 2)
        with self.later(190 + 160):
            self.run_cron(CRON)
        self.assertEqual(len(self.drills()), 3)

    def test_cancelled(self):
        """SM-4.5.2: cancelling a drill does not settle it: another one is planned."""
        with self.later(170):
            self.run_cron(CRON)
            first = self.drills()
            self.call(self.officer, first, "write", {"cancel_reason": "Typhoon"})
            self.call(self.officer, first, "action_cancel")
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(sorted(self.drills().mapped("state")), ["cancelled", "planned"])
        self.assertFalse(self.activities(first))

    def test_versions(self):
        """SM-4.5.2: a new version of the plan does not begin the months anew, and gets no second drill."""
        self.hold(self.make_drill(plan_id=self.plan.id))
        with self.later(100):
            draft = self.plan.browse(self.call(self.officer, self.plan, "action_new_version")["res_id"])
            draft.date_effective = self.today
            self.call(self.officer, draft, "action_approval_submit")
            self.call(self.chair, draft, "action_approval_approve")
        with self.later(160):
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(self.drills(self.plan + draft).mapped("state"), ["held", "planned"])
        self.assertEqual(self.drills(draft).state, "planned")

    def test_none(self):
        """SM-4.5.2: no drills for plans that want none, nor for procedures and what is not in force."""
        plans = self.make_plan(code="EP-0", drill_interval_months=0, in_force=True)
        plans += self.make_plan(code="OP-0", kind="procedure", in_force=True)
        plans += self.make_plan(code="EP-D")
        with self.later(800):
            self.run_cron(CRON)
        self.assertFalse(self.drills(plans))

    def test_killed(self):
        """SM-4.5.2: killed in the middle, the next run plans the rest, and nothing twice."""
        plans = self.plan + self.make_plan(code="EP-2", in_force=True) + self.make_plan(code="EP-3", in_force=True)
        Plan = type(self.env["business.regulation"])
        plan_drill, calls = Plan._plan_drill, []

        def plan_once(plan, *args):
            calls.append(plan)
            if len(calls) >= 2:
                raise Killed
            return plan_drill(plan, *args)

        with (
            self.later(170), patch.object(Plan, "_plan_drill", plan_once),
            self.assertLogs("odoo.addons.base.models.ir_cron"),
        ):
            self.run_cron(CRON)
        self.env.invalidate_all()
        self.assertEqual(len(self.drills(plans)), 1)
        with self.later(170):
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(len(self.drills(plans)), 3)
        self.assertEqual(self.drills(plans).plan_id, plans)
        self.assertEqual(len(self.activities(self.drills(plans))), 3)

    def test_one_fails(self):
        """SM-4.5.2: a plan whose drill cannot be planned does not keep the others from theirs."""
        plans = self.plan + self.make_plan(code="EP-2", in_force=True) + self.make_plan(code="EP-3", in_force=True)
        Plan = type(self.env["business.regulation"])
        plan_drill = Plan._plan_drill

        def fail(plan, *args):
            if plan == plans[0]:
                raise ValueError("broken")
            return plan_drill(plan, *args)

        with self.later(170), patch.object(Plan, "_plan_drill", fail), mute_logger(
                "odoo.addons.business_dept.models.safety.one_by_one"):
            self.run_cron(CRON)
        self.env.invalidate_all()
        self.assertEqual(self.drills(plans).plan_id, plans[1:])

    def test_commander_left(self):
        """SM-4.5.2: where the commander has left the company, the drill is led by somebody who is there."""
        self.env["res.users"].sudo().search([
            ("id", "in", (self.manager | self.officer | self.officer_2).ids)]).active = False
        with self.later(170):
            self.run_cron(CRON)
        drill = self.drills(self.plan)
        self.assertEqual(drill.leader_id, self.responsible)

    def test_reminders(self):
        """SM-4.5.2: a late drill is told up the line; held and not evaluated, the officer is told; evaluated, nobody."""
        alerts = self.env["business.safety.drill"]
        drill = self.make_drill(plan_id=self.plan.id, department_id=self.workshop.id)
        with self.later(1):
            while alerts._tell_alerts():
                pass
        self.assertEqual(self.activities(drill).user_id, self.manager + self.officer + self.officer_2)
        self.hold(drill)
        self.assertEqual((drill.alert_step, self.activities(drill).user_id), (0, self.env["res.users"]))
        with self.later(8):
            while alerts._tell_alerts():
                pass
        self.assertEqual(self.activities(drill).user_id, self.officer + self.officer_2)
        self.judge(drill)
        self.call(self.officer, drill, "action_evaluate")
        self.assertFalse(self.activities(drill))

    def test_statements(self):
        """SM-4.5.2: how many plans there are does not change how many statements find those due."""
        plans = self.plan
        for number in range(4):
            plans += self.make_plan(code=f"EP-N{number}", in_force=True)
        with self.later(170):
            one = self.count_undone(lambda: self.plan._find_drills_due())
            many = self.count_undone(lambda: plans._find_drills_due())
        self.assertEqual(one, many)

    def test_twice_at_once(self):
        """SM-4.5.2: two runs at once cannot both plan the drill that is due."""
        with self.later(170):
            (due, day), = self.plan._find_drills_due().values()
            self.plan._plan_drill(due, day)
            with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.plan._plan_drill(due, day)
                self.env.flush_all()
        self.assertEqual(len(self.drills()), 1)
