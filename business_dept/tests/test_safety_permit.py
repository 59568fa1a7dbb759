# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common_permit import PermitCommon


@tagged("post_install", "-at_install")
class TestSafetyPermit(PermitCommon):
    """Special work is asked for, checked, approved, watched and closed (SD-11, SM-4.1.3, SM-4.3.1)."""

    def close(self, permit, user=None):
        user = user or self.watcher
        self.call(user, permit, "write", {
            "residual_risk": "None", "closing_photo_ids": [Command.link(self.make_photo(user).id)]})
        self.call(user, permit, "action_close")

    def test_way(self):
        """SM-4.3.1: asked for, checked, approved by two, confirmed on site, started, closed with a check of the site."""
        permit = self.make_permit()
        self.assertTrue(permit.name.startswith("ZY/"))
        self.assertEqual(permit.responsible_id, self.manager)
        self.assertEqual(permit.check_ids.mapped("name"), ["Nothing burns", "Extinguisher at hand"])
        self.call(self.salesperson, permit, "action_approval_submit")
        self.assertEqual(permit.state, "review")
        self.call(self.manager, permit, "action_approval_approve")
        self.assertEqual(permit.state, "review")
        self.call(self.officer, permit, "action_approval_approve")
        self.assertEqual(permit.state, "approved")
        self.refused(self.salesperson, permit, "action_start", error=ControlError, code="safety.permit_checks")
        self.start(permit)
        self.assertEqual(permit.state, "started")
        self.assertEqual(permit.check_ids.confirmed_by_id, self.watcher)
        self.close(permit)
        self.assertEqual(permit.state, "closed")
        self.assertEqual(permit.closed_by_id, self.watcher)

    def test_form(self):
        """SM-4.3.1: an employee fills in the form; the checks of the kind of work appear when it is saved."""
        with Form(self.env["business.safety.permit"].with_user(self.salesperson)) as form:
            form.type_id, form.place_id, form.description = self.hot_work, self.furnace, "Weld"
            form.worker_ids.add(self.e_welder)
            form.guardian_id = self.e_watcher
            self.assertEqual(form.department_id, self.works)
        permit = form.record
        self.assertEqual(len(permit.check_ids), 2)
        self.assertEqual(permit.requester_id, self.salesperson)
        with Form(permit) as form, form.check_ids.edit(0) as check:
            check.answer = "yes"
        self.assertEqual(permit.check_progress, "1/2")

    def test_type_changes_checks(self):
        """SM-4.3.1: another kind of work has other checks."""
        permit = self.make_permit()
        other = self.hot_work.copy({"name": "Digging", "check_item_ids": [Command.create({"name": "Cables asked for"})]})
        self.call(self.salesperson, permit, "write", {"type_id": other.id})
        self.assertEqual(permit.check_ids.mapped("name"), ["Cables asked for"])
        self.assertFalse(permit.check_ids.answer)

    def test_qualification(self):
        """SM-4.1.3: every worker holds the qualification on every day of the permit, at the request and at the start."""
        self.qualification.sudo().date_to = fields.Date.today() - timedelta(days=1)
        self.refused(self.salesperson, self.make_permit(), "action_approval_submit", error=ControlError,
                     code="safety.permit_qualification")
        self.qualification.sudo().date_to = False
        permit = self.approve(self.make_permit())
        self.call(self.watcher, permit, "action_confirm_checks")
        self.qualification.sudo().date_to = fields.Date.today() - timedelta(days=1)
        self.refused(self.salesperson, permit, "action_start", error=ControlError, code="safety.permit_qualification")
        self.hot_work.max_hours = 0
        now = fields.Datetime.now()
        self.qualification.sudo().date_to = fields.Date.today() + timedelta(days=3)
        long = self.make_permit(date_to=now + timedelta(days=6))
        self.assertIn("Welder (Welding)", long.with_user(self.salesperson).control_banner)
        self.qualification.copy({"date_from": fields.Date.today() + timedelta(days=4), "date_to": False})
        whole = self.make_permit(date_to=now + timedelta(days=6))
        self.assertNotIn("Welding", whole.with_user(self.salesperson).control_banner or "")

    def test_stop_work(self):
        """SM-4.4.1: under a stop-work of what the place is part of nothing is asked for, approved or started by RPC."""
        permit = self.approve(self.make_permit())
        self.call(self.watcher, permit, "action_confirm_checks")
        pending = self.make_permit()
        self.call(self.salesperson, pending, "action_approval_submit")
        self.call(self.manager, pending, "action_approval_approve")
        draft, stop = self.make_permit(), self.make_stop(place_id=self.hall.id)
        self.refused(self.salesperson, permit, "action_start", error=ControlError, code="safety.permit_stop_work")
        self.refused(self.salesperson, draft, "action_approval_submit", error=ControlError, code="safety.permit_stop_work")
        self.refused(self.officer, pending, "action_approval_approve", error=ControlError, code="safety.permit_stop_work")
        self.assertTrue(permit.is_suspended)
        stop.date_lifted = fields.Datetime.now()
        self.env.invalidate_all()
        self.assertFalse(permit.is_suspended)
        self.call(self.salesperson, permit, "action_start")
        self.assertEqual(permit.state, "started")

    def test_stop_work_elsewhere(self):
        """SM-4.4.1: a stop-work at another place holds nothing; one of the kind of work holds it wherever it is."""
        office = self.hall.copy({"name": "Office"})
        permit = self.make_permit()
        self.make_stop(place_id=office.id)
        self.make_stop(permit_type_id=self.env.ref("business_dept.permit_type_power").id)
        self.assertFalse(permit.with_user(self.salesperson).control_banner)
        self.make_stop(permit_type_id=self.hot_work.id)
        self.refused(self.salesperson, permit, "action_approval_submit", error=ControlError, code="safety.permit_stop_work")

    def test_suspended(self):
        """SM-4.4.1: work that is going on stands still; it goes on after the lift, when the guardian says so, or is closed."""
        permit = self.start(self.approve(self.make_permit()))
        self.assertFalse(permit.is_suspended)
        stop = self.make_stop(place_id=self.hall.id, date_from=fields.Datetime.now() + timedelta(seconds=1))
        self.env.invalidate_all()
        self.assertTrue(permit.is_suspended)
        self.assertIn(permit, self.env["business.safety.permit"].search([("is_suspended", "=", True)]))
        self.assertNotIn(permit, self.env["business.safety.permit"].search([("is_suspended", "=", False)]))
        self.refused(self.watcher, permit, "action_restart", error=ControlError, code="safety.permit_stop_work")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=10)):
            stop.date_lifted = fields.Datetime.now()
            self.env.invalidate_all()
            self.assertTrue(permit.is_suspended)
            self.refused(self.welder, permit, "action_restart", error=ControlError, code="safety.permit_person")
            self.call(self.watcher, permit, "action_restart")
            self.assertFalse(permit.is_suspended)
            self.refused(self.watcher, permit, "action_restart")
            self.make_stop(place_id=self.furnace.id, date_from=fields.Datetime.now() + timedelta(seconds=1))
            self.env.invalidate_all()
            self.assertTrue(permit.is_suspended)
            self.close(permit)
        self.assertEqual(permit.state, "closed")
        self.assertFalse(permit.is_suspended)

    def test_expired(self):
        """SM-4.3.1: nothing starts after the hours, before them, or for longer than the kind of work allows; it is seen."""
        now = fields.Datetime.now()
        long = self.make_permit(date_to=now + timedelta(hours=9))
        self.refused(self.salesperson, long, "action_approval_submit", error=ControlError, code="safety.permit_expired")
        early = self.approve(self.make_permit(
            date_from=now + timedelta(hours=2), date_to=now + timedelta(hours=4), worker_ids=[Command.set(self.e_welder.ids)]))
        self.call(self.watcher, early, "action_confirm_checks")
        self.refused(self.salesperson, early, "action_start", error=ControlError, code="safety.permit_expired")
        with freeze_time(now + timedelta(hours=5)):
            self.refused(self.salesperson, early, "action_start", error=ControlError, code="safety.permit_expired")
            self.assertTrue(early.is_expired)
            self.assertIn(early, early.search([("is_expired", "=", True)]))
            self.assertNotIn(early, early.search([("is_expired", "=", False)]))

    def test_equipment(self):
        """SM-4.3.2: worker and guardian have the protective equipment of the work."""
        self.issues[1].sudo().date_returned = fields.Date.today()
        permit = self.make_permit()
        self.assertIn("Watcher (Goggles)", permit.with_user(self.salesperson).control_banner)
        self.refused(self.salesperson, permit, "action_approval_submit", error=ControlError, code="safety.permit_equipment")

    def test_restricted_area(self):
        """SM-4.3.3: only who may enter works there, and the leading group approves as well."""
        self.hall.sudo().is_restricted = True
        permit = self.make_permit()
        self.assertTrue(permit.is_restricted)
        self.refused(self.salesperson, permit, "action_approval_submit", error=ControlError, code="safety.restricted_area")
        self.set_mode("safety.restricted_area", "notify")
        self.approve(permit)
        self.assertEqual(permit.state, "review")
        self.call(self.executive, permit, "action_approval_approve")
        self.assertEqual(permit.state, "approved")
        self.assertIn("safety.restricted_area", self.events("noted", permit).control_id.mapped("code"))

    def test_checks(self):
        """SM-4.3.1: a check that is unanswered or answered “no” holds the permit; one that does not apply is none."""
        permit = self.make_permit(answered=False)
        self.refused(self.salesperson, permit, "action_approval_submit", error=ControlError, code="safety.permit_checks")
        self.call(self.salesperson, permit.check_ids, "write", {"answer": "no"})
        self.refused(self.salesperson, permit, "action_approval_submit", error=ControlError, code="safety.permit_checks")
        self.call(self.salesperson, permit.check_ids, "write", {"answer": "na"})
        self.call(self.salesperson, permit, "action_approval_submit")

    def test_overlap(self):
        """SM-4.3.1: who is on two permits at a time goes through as shipped, and is noted."""
        self.call(self.salesperson, self.make_permit(), "action_approval_submit")
        other = self.approve(self.make_permit())
        self.assertEqual(self.events("noted", other).control_id.mapped("code"), ["safety.permit_overlap"])

    def test_guardian(self):
        """SM-4.3.1: who watches does not work."""
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.make_permit(guardian_id=self.e_welder.id)
        permit = self.make_permit(guardian_id=False)
        self.refused(self.salesperson, permit, "action_approval_submit")

    def test_closing(self):
        """SM-4.3.1: closed by who watches or by the safety officer, not by a worker, with residual risk and evidence."""
        permit = self.start(self.approve(self.make_permit()))
        self.refused(self.watcher, permit, "action_close", error=ControlError, code="safety.permit_site_check")
        self.call(self.watcher, permit, "write", {"residual_risk": "None"})
        self.refused(self.watcher, permit, "action_close", error=ControlError, code="safety.permit_site_check")
        self.call(self.watcher, permit, "write", {"closing_photo_ids": [Command.link(self.make_photo().id)]})
        for user in (self.welder, self.salesperson, self.stranger):
            self.refused(user, permit, "action_close", error=ControlError, code="safety.permit_person")
        self.call(self.officer, permit, "action_close")
        self.assertEqual(permit.state, "closed")
        for user, vals in ((self.watcher, {"residual_risk": "x"}), (self.salesperson, {"description": "x"})):
            self.refused(user, permit, "write", vals, error=ControlError, code="safety.record_closed")
        self.refused(self.salesperson, permit, "action_cancel")

    def test_evidence_stays(self):
        """Attack 17: the evidence of a closed permit is neither exchanged nor deleted, and is a copy."""
        permit = self.start(self.approve(self.make_permit()))
        photo = self.make_photo()
        self.call(self.watcher, permit, "write", {
            "residual_risk": "None", "closing_photo_ids": [Command.link(photo.id)]})
        self.call(self.watcher, permit, "action_close")
        kept = permit.closing_photo_ids
        self.assertNotEqual(kept, photo)
        other = self.make_permit(user=self.watcher, guardian_id=self.e_sales.id)
        secret = self.env["ir.attachment"].create({"name": "secret.txt", "raw": b"secret"})
        self.refused(self.watcher, other, "write", {"closing_photo_ids": [Command.link(secret.id)]}, error=AccessError)
        self.assertEqual(kept.raw, b"clean")
        for user in (self.watcher, self.salesperson, self.officer):
            self.refused(user, kept, "write", {"raw": b"other"}, error=Exception)
            self.refused(user, kept, "unlink", error=Exception)
        self.refused(self.officer, kept, "unlink", error=ControlError, code="safety.record_closed")

    def test_worker_who_is_officer(self):
        """IC-7: a safety officer who works there, and who asked for it, does not say that the site is safe."""
        e_officer = self.make_employee(self.officer)
        for kind, model in (
            (self.q_welder, "business.safety.qualification"), (self.goggles, "business.safety.equipment.issue"),
        ):
            self.env[model].sudo().create({
                "employee_id": e_officer.id, "company_id": self.company.id, "type_id": kind.id})
        permit = self.make_permit(worker_ids=[Command.set(e_officer.ids)])
        second = self.make_user("officer_2", "business_dept.group_safety_officer")
        self.call(self.salesperson, permit, "action_approval_submit")
        self.call(self.manager, permit, "action_approval_approve")
        self.refused(self.officer, permit, "action_approval_approve")
        self.call(second, permit, "action_approval_approve")
        self.refused(self.officer, permit, "action_confirm_checks", error=ControlError, code="safety.permit_person")
        self.start(permit)

    def test_confirm_own_answers(self):
        """IC-7: who asked for the permit does not confirm his own answers, though he watches."""
        permit = self.make_permit(user=self.watcher)
        self.call(self.watcher, permit, "action_approval_submit")
        self.call(self.manager, permit, "action_approval_approve")
        self.call(self.officer, permit, "action_approval_approve")
        self.refused(self.watcher, permit, "action_confirm_checks", error=ControlError, code="safety.permit_person")
        self.call(self.officer, permit, "action_confirm_checks")

    def test_change_voids(self):
        """RL-4.3: another worker, place, hour or answer after the approval voids it."""
        other = self.make_employee(self.stranger)
        for vals in (
            {"worker_ids": [Command.link(other.id)]}, {"guardian_id": other.id}, {"place_id": self.hall.id},
            {"date_to": fields.Datetime.now() + timedelta(hours=7)},
        ):
            permit = self.approve(self.make_permit())
            self.call(self.salesperson, permit, "write", vals)
            self.assertEqual(permit.state, "draft", vals)
        permit = self.approve(self.make_permit())
        self.call(self.watcher, permit, "action_confirm_checks")
        self.call(self.salesperson, permit, "write", {"check_ids": [Command.update(permit.check_ids[0].id, {"answer": "na"})]})
        self.assertEqual(permit.state, "draft")
        self.assertEqual(permit.check_ids.mapped(lambda check: bool(check.date_confirmed)), [False, True])

    def test_cancel(self):
        """SM-4.3.1: a draft or an issued permit is cancelled; what has started is closed with a check of the site."""
        permit = self.approve(self.make_permit())
        self.refused(self.stranger, permit, "action_cancel", error=AccessError)
        self.call(self.salesperson, permit, "action_cancel")
        self.assertEqual(permit.state, "cancelled")
        self.refused(self.salesperson, permit, "action_start")
        started = self.start(self.approve(self.make_permit()))
        self.refused(self.salesperson, started, "action_cancel")
        self.refused(self.salesperson, started, "unlink")

    def test_paper(self):
        """SM-4.3.1: the permit is printed with its workers' certificates and a code."""
        self.qualification.sudo().number = "T4501"
        permit = self.approve(self.make_permit())
        html = self.env["ir.actions.report"].with_user(self.watcher)._render_qweb_html(
            "business_dept.report_safety_permit", permit.ids)[0].decode()
        for text in (permit.name, "Welding T4501", "data:image/svg+xml;base64,", "Nothing burns"):
            self.assertIn(text, html)

    def test_attacks(self):
        """Attacks 5 to 7: nobody writes what the system keeps, by no door; it leaves a trace."""
        Permit, permit = self.env["business.safety.permit"], self.make_permit()
        now = fields.Datetime.now()
        forged = (
            {"state": "approved"}, {"state": "started"}, {"date_started": now}, {"date_closed": now}, {"name": "ZY/1"},
            {"closed_by_id": self.officer.id}, {"requester_id": self.stranger.id}, {"alert_step": 9}, {"date_cancelled": now},
            {"department_id": self.works.id}, {"date_restarted": now}, {"started_by_id": self.officer.id},
            {"alert_deadline": now},
        )
        base = {"type_id": self.hot_work.id, "place_id": self.furnace.id, "description": "x"}
        for vals in forged:
            self.refused(self.salesperson, permit, "write", vals, error=ControlError, code="approval.forgery")
            self.refused(self.salesperson, Permit, "create", [{**base, **vals}], error=ControlError, code="approval.forgery")
            self.refused(self.salesperson, permit, "web_save", vals, {"id": {}}, error=ControlError, code="approval.forgery")
        made = Permit.with_user(self.salesperson).with_context(
            default_state="approved", default_date_started=now, default_requester_id=self.stranger.id).create(base)
        self.assertEqual((made.state, made.date_started, made.requester_id), ("draft", False, self.salesperson))
        copy = Permit.browse(self.call(self.salesperson, self.approve(permit), "copy"))
        self.assertEqual(copy.state, "draft")

    def test_attacks_on_checks(self):
        """Attack 4: a client neither removes nor invents checks, nor confirms them, nor answers for others or under review."""
        permit = self.make_permit()
        check = permit.check_ids[0]
        for user in (self.salesperson, self.officer):
            self.refused(user, check, "unlink", error=AccessError)
            self.refused(user, permit, "write", {"check_ids": [Command.delete(check.id)]}, error=AccessError)
            self.refused(user, permit, "write", {"check_ids": [Command.create({"name": "x"})]}, error=Exception)
        for vals in ({"date_confirmed": fields.Datetime.now()}, {"confirmed_by_id": self.officer.id}, {"name": "x"},
                     {"permit_id": self.make_permit().id}):
            self.refused(self.salesperson, check, "write", vals, error=ControlError, code="approval.forgery")
            self.refused(self.salesperson, permit, "write", {"check_ids": [Command.update(check.id, vals)]},
                         error=ControlError, code="approval.forgery")
        self.refused(self.stranger, check, "write", {"answer": "no"}, error=AccessError)
        self.call(self.salesperson, permit, "action_approval_submit")
        self.refused(self.salesperson, check, "write", {"answer": "na"}, error=ControlError, code="approval.content_locked")

    def test_answer_with_one_tap(self):
        """SM-4.3.1: the buttons of the phone answer as writing does, for the same people and as long."""
        permit = self.make_permit(answered=False)
        first, second = permit.check_ids
        self.call(self.salesperson, first, "action_answer_yes")
        self.call(self.officer, second, "action_answer_na")
        self.assertEqual(permit.check_ids.mapped("answer"), ["yes", "na"])
        self.call(self.salesperson, second, "action_answer_no")
        self.assertEqual(second.answer, "no")
        self.refused(self.stranger, first, "action_answer_no", error=AccessError)
        self.call(self.salesperson, second, "action_answer_yes")
        self.call(self.salesperson, permit, "action_approval_submit")
        self.refused(self.salesperson, first, "action_answer_na", error=ControlError, code="approval.content_locked")

    def test_attacks_by_people(self):
        """Attacks 1, 8: a stranger starts, confirms and edits nothing; who watches notes the site; nobody approves his own."""
        permit = self.make_permit()
        self.refused(self.stranger, permit, "write", {"description": "x"}, error=AccessError)
        self.refused(self.watcher, permit, "write", {"description": "x"}, error=AccessError)
        self.refused(self.stranger, permit, "action_approval_submit", error=AccessError)
        self.approve(permit)
        self.refused(self.stranger, permit, "action_confirm_checks", error=ControlError, code="safety.permit_person")
        self.call(self.watcher, permit, "action_confirm_checks")
        self.refused(self.stranger, permit, "action_start", error=ControlError, code="safety.permit_person")
        self.refused(self.welder, permit, "action_start", error=ControlError, code="safety.permit_person")
        self.start(permit)
        self.refused(self.salesperson, permit, "write", {"worker_ids": [Command.clear()]}, error=ControlError,
                     code="safety.record_closed")
        own = self.make_permit(user=self.manager)
        self.call(self.manager, own, "action_approval_submit")
        self.refused(self.manager, own, "action_approval_approve")

    def test_companies(self):
        """Attack 20: another company's permits are neither seen nor changed."""
        permit = self.make_permit()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.call(self.stranger, permit, "search", [("id", "=", permit.id)]))
        self.refused(self.stranger, permit, "read", ["description"], error=AccessError)
        self.refused(self.stranger, permit, "action_start", error=AccessError)

    def test_not_closed(self):
        """SM-4.3.1: an expired permit whose work is not closed alerts by the hour, and is quiet once it is closed."""
        permit = self.start(self.approve(self.make_permit()))
        Permit = self.env["business.safety.permit"]
        with freeze_time(permit.date_to - timedelta(minutes=1)):
            Permit._tell_alerts()
            self.assertFalse(permit.activity_ids.filtered("automated"))
        with freeze_time(permit.date_to + timedelta(minutes=1)):
            Permit._tell_alerts()
            self.assertEqual(permit.activity_ids.user_id, self.salesperson | self.watcher)
        with freeze_time(permit.date_to + timedelta(hours=3)):
            Permit._tell_alerts()
            self.assertEqual(permit.activity_ids.user_id, self.salesperson | self.watcher | self.officer)
            self.close(permit)
        self.assertFalse(permit.activity_ids)

    def test_query_counts(self):
        """The gates of one permit and of many take the same number of statements."""
        self.set_mode("safety.permit_overlap", "notify")
        few = self.make_permit()
        many = few
        for _number in range(6):
            many |= self.make_permit()
        counts = [
            self.count_statements(lambda permits=permits: permits._find_breaches("request")) for permits in (few, few, many)
        ]
        self.assertEqual(counts[1], counts[2])
