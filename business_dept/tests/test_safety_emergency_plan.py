# Part of business_dept. See LICENSE file for full copyright and licensing details.
from ast import literal_eval

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ..controls import ControlError
from .common_emergency import EmergencyCommon


@tagged("post_install", "-at_install")
class TestEmergencyPlan(EmergencyCommon):
    """Plans and operating procedures are issued like regulations, by the people of safety (SM-4.5.1, SM-4.3.1)."""

    def test_way(self):
        """SM-4.5.1: drafted by the safety officer, approved by the leading group, read and confirmed by those in scope."""
        self.env["hr.employee"].sudo().create({"name": "Keeper", "user_id": self.keeper.id, "company_id": self.company.id})
        plan = self.make_plan(in_force=True)
        self.assertEqual(plan.approval_ids.step_ids.rule_id, self.env.ref("business_dept.approval_rule_safety_document"))
        self.assertEqual(plan.sudo().acknowledgement_ids.filtered(lambda row: row.user_id == self.keeper).state, "to_read")
        self.call(self.keeper, plan, "action_acknowledge")
        read = self.call(self.keeper, plan, "read", ["scenario", "assembly_point", "contact_ids"])[0]
        self.assertEqual((read["scenario"], read["assembly_point"]), ("fire", "South gate"))
        self.assertEqual(self.call(self.keeper, plan.contact_ids, "read", ["phone"])[0]["phone"], "119")

    def test_form(self):
        """SM-4.5.1: the form of a new plan knows its kind and the company."""
        with Form(self.env["business.regulation"].with_user(self.officer).with_context(default_kind="emergency_plan")) as form:
            form.name, form.code, form.scenario, form.assembly_point = "Glass", "EP-GLASS", "glass", "Gate"
            form.commander_id = self.manager
        self.assertEqual(form.record.kind, "emergency_plan")
        self.assertEqual(form.record.company_ids, self.company)
        self.assertTrue(form.record.can_draft)

    def test_complete(self):
        """SM-4.5.1: a plan names scenario, commander, assembly point and contacts before it is submitted."""
        for number, vals in enumerate((
            {"scenario": False}, {"commander_id": False}, {"assembly_point": False}, {"contact_ids": []},
        )):
            plan = self.make_plan(code=f"EP-{number}", **vals)
            self.refused(self.officer, plan, "action_approval_submit")
        procedure = self.make_plan(
            code="OP-1", kind="procedure", scenario=False, commander_id=False, assembly_point=False, contact_ids=[])
        self.call(self.officer, procedure, "action_approval_submit")
        self.assertEqual(procedure.state, "under_review")

    def test_approver(self):
        """SM-4.5.1: the executive office approves regulations, the leading group safety documents, the author neither."""
        plan = self.make_plan()
        self.call(self.officer, plan, "action_approval_submit")
        self.assertEqual(plan.approval_id.current_user_ids, self.chair + self.member)
        self.refused(self.executive, plan, "action_approval_approve")
        self.refused(self.officer, plan, "action_approval_approve")
        self.call(self.member, plan, "action_approval_approve")
        self.assertEqual(plan.state, "in_force")
        regulation = self.env["business.regulation"].with_user(self.admin_user).create(
            self.plan_vals(kind="regulation", code="RG-1"))
        self.call(self.admin_user, regulation, "action_approval_submit")
        self.assertIn(self.executive, regulation.approval_id.current_user_ids)
        self.refused(self.chair, regulation, "action_approval_approve")

    def test_approved_content(self):
        """RL-4.3: contacts, commander and interval are what is approved: locked under review and in force."""
        plan = self.make_plan()
        self.call(self.officer, plan, "action_approval_submit")
        contact = plan.contact_ids
        self.refused(self.officer, contact, "write", {"phone": "000"})
        self.refused(self.officer, plan, "write", {"commander_id": self.officer.id})
        self.call(self.chair, plan, "action_approval_approve")
        for vals in ({"drill_interval_months": 60}, {"contact_ids": [Command.clear()]}, {"assembly_point": "x"}):
            self.refused(self.officer, plan, "write", vals)
            self.refused(self.admin_user, plan, "write", vals, trace="approval.content_locked")
        self.refused(self.officer, contact, "unlink")
        self.refused(self.officer, contact, "write", {"phone": "000"}, trace="approval.content_locked")
        self.refused(self.officer, contact, "create", [{"regulation_id": plan.id, "name": "x", "phone": "1"}])
        self.assertEqual(contact.phone, "119")

    def test_new_version(self):
        """BT-21: a new version has the contacts, supersedes the old one, and takes its planned drills along."""
        plan = self.make_plan(in_force=True)
        drill = self.make_drill(plan_id=plan.id)
        draft = plan.browse(self.call(self.officer, plan, "action_new_version")["res_id"])
        self.assertEqual((draft.kind, draft.version, draft.contact_ids.phone), ("emergency_plan", "2.0", "119"))
        draft.date_effective = self.today
        self.call(self.officer, draft, "action_approval_submit")
        self.call(self.chair, draft, "action_approval_approve")
        self.assertEqual((plan.state, draft.state), ("superseded", "in_force"))
        self.assertEqual(drill.plan_id, draft)
        self.assertEqual(draft.drill_count, 1)

    def test_regulations_are_not_his(self):
        """attack 1: the safety officer touches no regulation, and makes none of a plan."""
        Regulation = self.env["business.regulation"]
        self.refused(self.officer, Regulation, "create", [self.plan_vals(kind="regulation")], error=AccessError)
        self.refused(self.officer, Regulation.with_context(default_kind="regulation"), "create",
                     [{"name": "x", "code": "XX"}], error=AccessError)
        regulation = Regulation.with_user(self.admin_user).create(self.plan_vals(kind="regulation", code="RG-1"))
        self.assertFalse(self.call(self.officer, regulation, "search", [("id", "=", regulation.id)]))
        for method, *args in (
            ("write", {"name": "x"}), ("write", {"kind": "procedure"}), ("unlink",), ("action_approval_submit",), ("copy",),
        ):
            self.refused(self.officer, regulation, method, *args)
        clause = regulation.clause_ids
        self.refused(self.officer, clause, "write", {"text": "x"}, error=AccessError)
        self.refused(self.officer, clause, "unlink", error=AccessError)
        self.refused(self.officer, clause, "create", [{
            "regulation_id": regulation.id, "code": "X", "name": "x"}], error=AccessError)
        self.refused(self.officer, regulation.contact_ids, "write", {"phone": "1"}, error=AccessError)
        plan = self.make_plan()
        self.refused(self.officer, plan, "write", {"kind": "regulation"}, error=ControlError, trace="approval.forgery")
        self.refused(self.admin_user, plan, "write", {"kind": "regulation"}, error=ControlError, trace="approval.forgery")
        self.refused(self.officer, plan, "write", {"clause_ids": [Command.link(clause.id)]})
        self.assertEqual(clause.regulation_id, regulation)
        # nor does a line of his own draft move into it
        self.call(self.officer, plan.clause_ids, "write", {"code": "MOVED"})
        self.refused(self.officer, plan.clause_ids, "write", {"regulation_id": regulation.id}, error=AccessError)
        self.refused(self.officer, plan.contact_ids, "write", {"regulation_id": regulation.id}, error=AccessError)
        self.refused(self.officer, plan, "write", {
            "clause_ids": [Command.update(plan.clause_ids.id, {"regulation_id": regulation.id})]}, error=AccessError)
        self.assertEqual((plan.clause_ids.regulation_id, plan.contact_ids.regulation_id), (plan, plan))

    def test_code_of_a_regulation(self):
        """attack 5: a plan with the code of a regulation would supersede it when the leading group approves."""
        shipped = self.env.ref("business_dept.regulation_sm")
        self.refused(self.officer, shipped, "create", [self.plan_vals(code=shipped.code, version="99")], error=ValidationError)
        plan = self.make_plan()
        self.refused(self.officer, plan, "write", {"code": shipped.code, "version": "99"}, error=ValidationError)

    def test_other_companies(self):
        """attack 20: a safety officer drafts for companies of which he is safety officer, and for none besides."""
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        for companies in ([], other.ids, (self.company + other).ids):
            self.refused(self.officer, self.env["business.regulation"], "create",
                         [self.plan_vals(company_ids=[Command.set(companies)], safety_place_ids=[])])
        plan = self.make_plan()
        self.refused(self.officer, plan, "write", {"company_ids": [Command.clear()]})
        both = self.make_plan(user=self.env.user, code="EP-ALL", company_ids=[Command.clear()])
        with self.assertRaises(UserError):
            both._submit_for_approval()
        stranger = new_test_user(
            self.env, login="test_elsewhere", groups="base.group_user,business_dept.group_safety_officer",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        self.assertFalse(self.call(stranger, plan, "search", [("id", "=", plan.id)]))
        self.refused(stranger, plan.contact_ids, "read", ["phone"], error=AccessError)

    def test_forged(self):
        """Attacks 5 to 7: nobody writes facts of a plan, nor names the incident of a lesson."""
        plan = self.make_plan()
        for vals in ({"state": "in_force"}, {"approved_on": "2020-01-01 00:00:00"}, {"date_in_force": "2020-01-01"},
                     {"safety_incident_id": 1}):
            self.refused(self.officer, plan, "write", vals, error=ControlError, trace="approval.forgery")
            self.refused(self.officer, plan, "create", [self.plan_vals(code="EP-2", **vals)], error=ControlError)
        for user in (self.salesperson, self.chair, self.auditor, self.executive):
            self.refused(user, plan, "write", {"name": "x"})
            self.refused(user, plan, "create", [self.plan_vals(code="EP-3")], error=AccessError)
            self.refused(user, plan.contact_ids, "write", {"phone": "1"}, error=AccessError)
        self.assertFalse(self.call(self.salesperson, plan, "search", [("id", "=", plan.id)]))
        self.refused(self.salesperson, plan.contact_ids, "read", ["phone"], error=AccessError)
        self.assertTrue(self.call(self.auditor, plan, "search", [("id", "=", plan.id)]))

    def test_library(self):
        """BT-21: the library of regulations shows regulations; plans and procedures have their own."""
        plan, procedure = self.make_plan(), self.make_plan(code="OP-1", kind="procedure")
        for action, found in (
            ("business_regulation_action", self.env["business.regulation"]),
            ("business_regulation_action_emergency_plan", plan), ("business_regulation_action_procedure", procedure),
        ):
            domain = self.env["ir.actions.act_window"]._for_xml_id(f"business_dept.{action}")["domain"]
            records = (plan + procedure).filtered_domain(literal_eval(domain))
            self.assertEqual(records, found)
