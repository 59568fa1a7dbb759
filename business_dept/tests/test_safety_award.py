# Part of business_dept. See LICENSE file for full copyright and licensing details.
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError

from .common_safety_overview import SafetyOverviewCommon


@tagged("post_install", "-at_install")
class TestSafetyAward(SafetyOverviewCommon):
    """Rewards and penalties are proposed and approved, never by whom they are about (SM-5)."""

    def propose(self, user=None, **vals):
        user = user or self.officer
        ids = self.call(user, self.env["business.safety.award"], "create", [{
            "kind": "penalty", "employee_id": self.employees[self.worker].id, "ground": "Worked without goggles",
            "measure": "Warning", "amount": 200.0, **vals}])
        return self.env["business.safety.award"].sudo().browse(ids)

    def refused_proposal(self, user, error=AccessError, code=None, **vals):
        self.refused(user, self.env["business.safety.award"], "create", [{
            "kind": "penalty", "employee_id": self.employees[self.worker].id, "ground": "x", "measure": "y", **vals}],
            error=error, code=code)

    def decide(self, award, *users, method="action_approval_approve"):
        for user in users:
            self.call(user, award, method)
        self.env.invalidate_all()
        return award

    def submit(self, award, user=None):
        self.call(user or self.officer, award, "action_approval_submit")
        return award

    def test_way(self):
        """SM-5.2: proposed by the officer, decided by his manager and the executive office; then it stays as it is."""
        award = self.propose()
        self.assertTrue(award.name.startswith("AK/"))
        self.assertEqual((award.state, award.department_id, award.proposed_by_id), ("draft", self.workshop, self.officer))
        self.submit(award)
        self.assertEqual(award.state, "review")
        self.refused(self.officer, award, "write", {"amount": 1.0}, error=ControlError, code="approval.content_locked")
        self.decide(award, self.manager)
        self.assertEqual(award.state, "review")
        self.decide(award, self.executive)
        self.assertEqual(award.state, "approved")
        self.assertTrue(award.date_decided)
        for user, vals in (
            (self.officer, {"amount": 1.0}), (self.member, {"ground": "Other"}), (self.officer, {"employee_id": False}),
        ):
            self.refused(user, award, "write", vals, error=ControlError, code="safety.record_closed")
        self.refused(self.officer, award, "action_approval_submit", error=ControlError, code="safety.record_closed")
        self.refused(self.officer, award, "unlink", error=ControlError, code="safety.record_closed")
        self.assertEqual(award.state, "approved")

    def test_rejected(self):
        """SM-5: what was rejected stays as it is."""
        award = self.submit(self.propose())
        self.call(self.manager, award, "action_approval_reject", "Not proved")
        self.env.invalidate_all()
        self.assertEqual((award.state, award.decision), ("rejected", "rejected"))
        self.refused(self.officer, award, "write", {"amount": 1.0}, error=ControlError, code="safety.record_closed")
        self.refused(self.officer, award, "action_approval_submit", error=ControlError, code="safety.record_closed")

    def test_sent_back(self):
        """SM-5: what was sent back is changed and submitted again."""
        award = self.submit(self.propose())
        self.call(self.manager, award, "action_approval_send_back", "How much?")
        self.env.invalidate_all()
        self.assertEqual(award.state, "draft")
        self.call(self.officer, award, "write", {"amount": 100.0})
        self.submit(award)
        self.assertEqual(award.state, "review")
        self.refused(self.officer, award, "unlink", error=UserError)

    def test_who_proposes(self):
        """SM-5: officer, leading group, who answers for the department; nobody else."""
        for user in (self.officer, self.member, self.head, self.executive):  # the executive heads the department above
            self.assertTrue(self.propose(user))
        for user in (self.salesperson, self.manager, self.finance, self.auditor, self.admin_user):
            self.refused_proposal(user)
        award = self.propose(self.head)
        other = {"employee_id": self.employees[self.salesperson].id, "department_id": self.office.id}
        self.refused(self.head, award, "write", other, error=AccessError)

    def test_own_proposal(self):
        """SM-5.2: nobody proposes what is about himself: person, or first responsible of the department; nor edits it."""
        own = {"employee_id": self.employees[self.officer].id}
        for kind in ("reward", "penalty"):
            self.refused_proposal(self.officer, error=ControlError, code="safety.award_own", kind=kind, **own)
            self.refused_proposal(
                self.head, error=ControlError, code="safety.award_own", kind=kind, employee_id=False,
                department_id=self.workshop.id)
        award = self.propose(self.member, **own)
        self.refused(self.officer, award, "write", {"amount": 1.0}, error=AccessError)
        self.refused(self.officer, award, "unlink", error=AccessError)
        self.refused(self.officer, award, "action_approval_submit", error=AccessError)
        self.refused(self.head, self.propose(self.head), "write", {"employee_id": False}, error=ControlError,
                     code="safety.award_own")

    def test_own_decision(self):
        """SM-5.2, attack 10: a penalty of the manager is not decided by him, nor handed over to him."""
        manager = self.manager.employee_ids.filtered(lambda employee: employee.company_id == self.company)
        award = self.submit(self.propose(employee_id=manager.id))
        self.refused(self.manager, award, "action_approval_approve")
        self.assertNotIn(self.manager, award.approval_id.current_user_ids)
        self.attempt(self.executive, award, "action_approval_hand_over", self.manager.id, "Yours")
        self.refused(self.manager, award, "action_approval_approve")
        self.refused(self.officer, award, "action_approval_approve")
        self.assertEqual(award.state, "review")

    def test_department_penalty(self):
        """SM-5.2: of a department as a whole the first responsible person is concerned, and does not decide."""
        self.office.safety_responsible_id = self.manager
        award = self.submit(self.propose(employee_id=False, department_id=self.office.id))
        self.refused(self.manager, award, "action_approval_approve")
        self.decide(award, self.executive)
        self.assertEqual(award.state, "approved")

    def test_nobody_responsible(self):
        """SM-4.4.3: that nobody is held responsible is said of an incident, without money, and approved."""
        incident = self.make_incident("first_aid")
        self.refused_proposal(self.head, error=ControlError, code="safety.award_own", kind="blameless", employee_id=False,
                              incident_id=incident.id, department_id=self.workshop.id)
        award = self.propose(kind="blameless", employee_id=False, measure=False, amount=0.0, incident_id=incident.id)
        self.assertEqual(award.department_id, self.workshop)
        self.decide(self.submit(award), self.manager, self.executive)
        self.assertEqual(award.state, "approved")

    @mute_logger("odoo.sql_db")
    def test_constraints(self):
        """SM-5: no negative amount, no money without somebody responsible, nobody at all."""
        for vals in (
            {"amount": -1.0}, {"kind": "blameless", "amount": 5.0}, {"kind": "blameless", "amount": 0.0},
            {"employee_id": False, "department_id": False},
        ):
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self.propose(**vals)
        award = self.propose(measure=False, amount=0.0)
        self.refused(self.officer, award, "action_approval_submit")

    def test_forged(self):
        """Attacks 5 to 7: state, decision, number and proposer are written by no client, nor given as defaults."""
        award = self.propose()
        for vals in (
            {"state": "approved"}, {"decision": "approved"}, {"date_decided": "2026-01-01 00:00:00"}, {"name": "AK/1"},
            {"proposed_by_id": self.member.id},
        ):
            for user in (self.salesperson, self.officer, self.member, self.executive):
                self.refused(user, award, "write", vals)
            self.take_refusals()
            self.refused(self.officer, award, "write", vals, error=ControlError, code="approval.forgery")
            self.refused_proposal(self.officer, error=ControlError, code="approval.forgery", **vals)
        forged = self.call(
            self.officer, self.env["business.safety.award"], "create",
            [{"kind": "reward", "department_id": self.office.id, "ground": "x"}], context={
                "default_decision": "approved", "default_state": "approved", "default_date_decided": "2026-01-01 00:00:00",
                "default_proposed_by_id": self.member.id, "default_name": "AK/9"})
        forged = self.env["business.safety.award"].sudo().browse(forged)
        self.assertEqual((forged.state, forged.decision, forged.proposed_by_id), ("draft", False, self.officer))
        copy = self.env["business.safety.award"].sudo().browse(self.call(self.officer, award, "copy"))
        self.assertEqual((copy.state, copy.decision), ("draft", False))

    def test_forged_approval(self):
        """attack 1: approval rows of a proposal are not made by a command."""
        award = self.propose()
        for user in (self.salesperson, self.officer):
            self.refused(user, award, "write", {"approval_ids": [Command.create({"state": "approved"})]}, error=Exception)
        self.assertEqual(award.state, "draft")

    def test_readers(self):
        """Attack 19: a penalty is read by whom it concerns, his managers, the proposer and who keeps safety; a reward that was
        approved by everybody."""
        award = self.propose()
        Award = self.env["business.safety.award"]
        readers = (self.worker, self.head, self.executive, self.officer, self.member, self.finance, self.auditor)
        for user in readers:
            self.assertEqual(self.call(user, Award, "search", [("id", "=", award.id)]), award.ids, user.name)
        for user in (self.salesperson, self.users["customer_service"], self.admin_user):
            self.assertFalse(self.call(user, Award, "search", [("id", "=", award.id)]), user.name)
            self.refused(user, award, "read", ["ground"], error=AccessError)
        self.decide(self.submit(award), self.manager, self.executive)
        self.assertFalse(self.call(self.salesperson, Award, "search", [("id", "=", award.id)]))
        reward = self.propose(kind="reward", employee_id=self.employees[self.worker].id)
        self.assertFalse(self.call(self.salesperson, Award, "search", [("id", "=", reward.id)]))
        self.decide(self.submit(reward), self.manager, self.executive)
        self.assertEqual(self.call(self.salesperson, Award, "search", [("id", "=", reward.id)]), reward.ids)
        for user in (self.worker, self.finance, self.auditor, self.salesperson, self.executive):
            self.refused(user, reward, "write", {"amount": 9.0}, error=Exception)

    def test_companies(self):
        """attack 20: awards of another company are read by nobody here."""
        other = self.env["res.company"].create({"name": "Other"})
        department = self.env["hr.department"].sudo().create({"name": "Elsewhere", "company_id": other.id})
        award = self.env["business.safety.award"].sudo().create({
            "kind": "reward", "company_id": other.id, "department_id": department.id, "ground": "x"})
        for user in (self.salesperson, self.officer, self.executive, self.auditor, self.finance):
            self.assertFalse(self.call(user, award, "search", [("id", "=", award.id)]))
        self.refused_proposal(
            self.officer, error=Exception, company_id=other.id, employee_id=False, department_id=department.id)

    def test_from_assessment(self):
        """SD-5.6: the proposal opens with kind, department and ground of the assessment."""
        self.make_incident("lost_time")
        self.make_incident("lost_time", day=20)
        row = self.assess()[self.workshop]
        action = self.call(self.officer, row, "action_propose")
        form = Form(self.env["business.safety.award"].with_user(self.officer).with_context(**action["context"]))
        form.measure = "Safety day"
        award = form.save().sudo()
        self.assertEqual((award.kind, award.department_id, award.assessment_id), ("penalty", self.workshop, row))
        self.assertIn("50.0", award.ground)
        self.assertIn("Lost-time injury 2", award.ground)
        self.assertEqual(row.award_count, 1)

    def test_old_assessment(self):
        """SD-5.6: nobody proposes on a version that was replaced."""
        row = self.assess()[self.workshop]
        self.call(self.officer, row, "action_recompute")
        self.refused_proposal(self.officer, error=UserError, assessment_id=row.id)

    def test_no_route(self):
        """SM-5: where nobody is left to decide, it is not submitted."""
        self.env["business.approval.rule"].sudo().search([("model_name", "=", "business.safety.award")]).active = False
        award = self.propose()
        self.refused(self.officer, award, "action_approval_submit")
        self.assertEqual(award.state, "draft")
