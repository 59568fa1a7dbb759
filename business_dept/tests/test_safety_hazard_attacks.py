# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..controls import ControlError
from .common_hazard import HazardCommon

QUIET = {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True}


@tagged("post_install", "-at_install")
class TestSafetyHazardAttacks(HazardCommon):
    """What insiders try on hazards, by every door."""

    def log(self, hazard):
        return self.env["mail.message"].sudo().search([("model", "=", hazard._name), ("res_id", "=", hazard.id)])

    def test_quiet_context(self):
        """attack 3: no context key lets a deadline move without a line in the chatter."""
        hazard = self.assess()
        self.flush_tracking()
        before = self.log(hazard)
        self.call(self.officer, hazard, "write", {"date_deadline": self.today + timedelta(days=90)}, context=QUIET)
        self.flush_tracking()
        tracked = (self.log(hazard) - before).tracking_value_ids.field_id.mapped("name")
        self.assertIn("date_deadline", tracked)

    def test_log_stays(self):
        """attack 2: what the system noted of a hazard is neither deleted nor rewritten nor moved, by no door; traced."""
        hazard = self.assess()
        self.call(self.officer, hazard, "action_reassess", "1", "1", False, "not so bad")
        note = self.log(hazard).filtered(lambda message: "not so bad" in (message.body or ""))
        self.assertTrue(note)
        other = self.report(title="Other")
        for user in (self.worker, self.salesperson, self.officer, self.head, self.admin_user):
            self.refused(user, note, "unlink", error=ControlError, code="approval.forgery")
            self.refused(user, hazard, "write", {"message_ids": [Command.delete(note.id)]}, error=ControlError)
            for vals in ({"body": "x"}, {"res_id": other.id}, {"message_type": "comment"}):
                self.refused(user, note, "write", vals, error=ControlError, code="approval.forgery")
        ids = self.call(self.officer, hazard, "message_post", body="Mind the blade", message_type="comment")
        comment = self.env["mail.message"].browse(getattr(ids, "id", None) or self.log(hazard)[:1].id)
        self.refused(self.salesperson, comment, "unlink", error=ControlError)
        self.refused(self.salesperson, comment, "write", {"body": "x"}, error=ControlError)
        self.call(self.officer, comment, "write", {"body": "Mind the blade!"})

    def test_draft_figures_of_a_major_one(self):
        """SM-4.2.3: figures that make it a major one are lowered by a safety officer only, before it is assessed, too."""
        hazard = self.report()
        self.call(self.officer, hazard, "write", {"likelihood": "5", "severity": "5"})
        for vals in (self.plan(likelihood="1", severity="1"), {"severity": "1"}, {"likelihood": False}):
            self.refused(self.head, hazard, "write", vals, error=ControlError, code="safety.hazard_level")
        self.call(self.head, hazard, "write", {"likelihood": "4"})
        self.assertTrue(hazard.is_major)
        self.call(self.officer, hazard, "write", {"likelihood": "1"})
        self.assertFalse(hazard.is_major)
        self.call(self.head, hazard, "write", {"severity": "4"})

    def test_removal_handed_over(self):
        """SM-4.2.3, attack 10: handed over to somebody outside the leading group, it is not removed by him; traced."""
        for method in ("action_approval_hand_over", "action_approval_add_colleague"):
            hazard = self.submit_removal()
            self.call(self.chair, hazard, method, self.manager.id, "on leave")
            if method == "action_approval_hand_over":
                self.refused(self.manager, hazard.approval_id, "action_approve", error=ControlError,
                             code="safety.hazard_removal")
                self.assertEqual((hazard.state, hazard.approval_state), ("removal", "pending"))
                self.call(self.manager, hazard.approval_id, "action_hand_over", self.deputy.id, "not mine")
                self.call(self.deputy, hazard, "action_approval_approve")
            else:
                self.call(self.chair, hazard, "action_approval_approve")
                self.assertEqual(hazard.state, "removal")
                self.call(self.manager, hazard.approval_id, "action_approve")
            self.assertEqual(hazard.state, "closed")

    def test_removal_by_another_rule(self):
        """SM-4.2.3: a rule that names somebody outside the leading group removes no major hazard."""
        rules = self.env["business.approval.rule"].sudo().search([("model_name", "=", "business.safety.hazard")])
        self.call(self.admin_user, rules, "write", {
            "approver_type": "user", "user_ids": [Command.set(self.manager.ids)]})
        hazard = self.submit_removal()
        self.refused(self.manager, hazard.approval_id, "action_approve", error=ControlError, code="safety.hazard_removal")
        self.assertFalse(hazard.date_closed)

    def test_seat_ended_while_it_waited(self):
        """SM-4.2.3: who sits in the leading group no more when he decides does not remove it."""
        hazard = self.submit_removal()
        self.env["business.safety.committee.member"].sudo().search([("user_id", "=", self.deputy.id)]).date_to = (
            self.today - timedelta(days=1))
        self.refused(self.deputy, hazard, "action_approval_approve", error=ControlError, code="safety.hazard_removal")

    def test_list(self):
        """The list of hazards takes an employee as many statements for a hundred as for ten."""
        hazards = self.Hazard.create([{
            "title": f"Guard {number}", "place_id": self.place.id, "company_id": self.company.id, "reporter_id": self.worker.id,
            "responsible_id": self.fitter.id} for number in range(100)])
        self.assertEqual(self.count_list(self.salesperson, hazards), self.count_list(self.salesperson, hazards[:10]))

    def test_evidence_moved_away(self):
        """attack 19: evidence is not taken to another document to be exchanged there, nor changed by its file."""
        hazard = self.rectify(self.assess())
        file = hazard.evidence_ids
        draft = self.report(user=self.fitter, title="Own")
        for vals in ({"res_id": draft.id}, {"res_model": "res.partner", "res_id": self.fitter.partner_id.id},
                     {"res_model": False, "res_id": False}, {"raw": b"x"}, {"name": "x"}, {"type": "url"}):
            self.refused(self.fitter, file, "write", vals)
        self.refused(self.fitter, file, "unlink")
        self.assertEqual(file.raw, b"guard is there")

    def test_place_and_company_after_assessment(self):
        """attack 17: an assessed hazard goes to no other place, department or company, and is not archived."""
        hazard = self.assess(major=True)
        for user in (self.officer, self.head, self.chair, self.worker, self.fitter):
            for vals in ({"place_id": False}, {"department_id": False}, {"company_id": self.env.ref("base.main_company").id},
                         {"reporter_id": user.id}, {"inspection_id": False}):
                self.refused(user, hazard, "write", vals)
            for method in ("unlink", "action_archive"):
                self.refused(user, hazard, method)
        self.assertTrue(hazard.exists())

    def test_reporter_oracles(self):
        """attack 19: who reported is learnt by no search, grouping, order, export, log, file, activity or follower."""
        hazard = self.report(photo_ids=[Command.create({"name": "p.txt", "raw": b"p"})])
        self.call(self.worker, hazard, "write", {"description": "at the saw"})
        self.flush_tracking()
        asking = self.head
        Hazard = self.Hazard.browse()
        for domain in ([("reporter_id", "=", self.worker.id)], [("reporter_id.name", "ilike", "Work")]):
            self.refused(asking, Hazard, "search", domain, error=AccessError)
        self.refused(asking, Hazard, "search", [], order="reporter_id", error=AccessError)
        self.refused(asking, Hazard, "formatted_read_group", [], ["reporter_id"], ["__count"], error=AccessError)
        self.refused(asking, hazard, "export_data", ["reporter_id/name"])
        self.refused(asking, Hazard, "search", [("reporter_name", "ilike", "Work")])
        self.assertEqual(self.call(asking, hazard, "read", ["reporter_name"])[0]["reporter_name"], False)
        traces = [hazard.create_uid, hazard.write_uid, hazard.photo_ids.create_uid, hazard.photo_ids.write_uid,
                  self.log(hazard).create_uid, self.log(hazard).author_id.user_ids, hazard.message_partner_ids.user_ids,
                  hazard.activity_ids.create_uid]
        self.assertFalse([trace for trace in traces if self.worker in trace])
