# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import BusinessCommon


class IncidentCommon(BusinessCommon):
    """A works with two places, an officer, a first responsible person, a leading group, and people who work there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("hr.group_hr_manager")
        cls.officer = cls.make_user("safety_officer", "business_dept.group_safety_officer")
        cls.chair = cls.make_user("safety_chair")
        cls.member = cls.make_user("safety_member")
        cls.responsible = cls.make_user("works_manager")
        cls.mate = cls.make_user("works_mate")
        cls.stranger = cls.make_user("works_stranger")
        Department = cls.env["hr.department"].with_company(cls.company)
        cls.head = Department.create({"name": "Head", "company_id": cls.company.id})
        cls.works = Department.create({
            "name": "Works", "company_id": cls.company.id, "parent_id": cls.head.id,
            "safety_responsible_id": cls.responsible.id})
        cls.office = Department.create({"name": "Office", "company_id": cls.company.id, "parent_id": cls.head.id})
        for user, role in ((cls.chair, "chair"), (cls.member, "member")):
            cls.env["business.safety.committee.member"].sudo().create({
                "company_id": cls.company.id, "user_id": user.id, "role": role,
                "date_from": fields.Date.today() - timedelta(days=100)})
        cls.e_sales, cls.e_mate, cls.e_stranger, cls.e_responsible, cls.e_chair = cls.env["hr.employee"].create([
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id, "department_id": cls.works.id}
            for user in (cls.salesperson, cls.mate, cls.stranger, cls.responsible, cls.chair)
        ])
        cls.hall, cls.yard = cls.env["business.safety.place"].sudo().create([
            {"name": "Hall", "company_id": cls.company.id, "department_id": cls.works.id},
            {"name": "Yard", "company_id": cls.company.id, "department_id": cls.office.id},
        ])
        cls.hot_work = cls.env.ref("business_dept.permit_type_hot_work")
        cls.severities = {
            name: cls.env.ref(f"business_dept.severity_{name}")
            for name in ("near_miss", "first_aid", "lost_time", "serious", "fatal")
        }
        cls.env["business.approval.rule"].sudo().search([("model_name", "=", "business.safety.award")]).active = False
        cls.env["business.approval.rule"].sudo().create({
            "name": "Accountability", "model_id": cls.env["ir.model"]._get_id("business.safety.award"),
            "approver_type": "leading_group"})

    def refused(self, user, record, method, *args, error=UserError, **kwargs):
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, record, method, *args, **kwargs)
        self.env.invalidate_all()

    def refused_by(self, code, user, record, method, *args):
        """Refused by a control, and traced."""
        self.take_refusals()
        self.refused(user, record, method, *args)
        self.assertTrue(self.take_refusals(code), f"{code} left no trace")

    def report(self, severity="first_aid", user=None, hours=1, **vals):
        """An incident, reported by a worker some hours after it happened."""
        user = user or self.salesperson
        incidents = self.env["business.safety.incident"].sudo()
        return incidents.browse(self.call(user, incidents, "create", {
            "title": "Cut hand", "description": "Glass slipped.", "place_id": self.hall.id, "company_id": self.company.id,
            "severity_id": self.severities[severity].id,
            "date_occurred": fields.Datetime.now() - timedelta(hours=hours), **vals,
        }))

    def person(self, employee, role="injured", **vals):
        return Command.create({"employee_id": employee.id, "role": role, **vals})

    def lay_down(self, incident, owner=None, user=None, **vals):
        """A corrective action, laid down by the officer."""
        return self.env["business.safety.action"].with_user(user or self.officer).create({
            "incident_id": incident.id, "name": "Guard", "owner_id": (owner or self.responsible).id,
            "date_deadline": fields.Date.today() + timedelta(days=5), **vals,
        }).with_env(self.env).sudo()

    def carry_out(self, action):
        self.call(action.owner_id, action, "action_done", "Fitted.")
        self.call(self.officer, action, "action_effective", "No cut in two weeks.")

    def investigate(self, incident, measures=True):
        """Reported, investigated, with one measure."""
        if not incident.date_reported:
            self.call(self.officer, incident, "action_report_up")
        if measures and not incident.action_ids:
            self.lay_down(incident)
        self.call(self.officer, incident, "write", {
            "facts": f"{self.mate.name} held the pane without gloves.", "conclusion": "No guard.",
            "investigator_ids": [Command.set(self.chair.ids)],
            "cause_ids": [Command.create({
                "name": "Hand cut", "why_1": "No gloves", "why_2": "None there", "why_3": "Nobody orders them",
                "kind": "management"})],
        })
        self.call(self.officer, incident, "action_finish_investigation")

    def hold_accountable(self, incident, kind="penalty"):
        """A proposal that the leading group approves."""
        award = self.propose(incident, kind)
        self.call(self.officer, award, "action_approval_submit")
        self.call(self.chair, award, "action_approval_approve")
        return award

    def propose(self, incident, kind="penalty"):
        """A penalty of somebody, or that nobody is to blame; proposed by the officer."""
        person = {"employee_id": self.e_stranger.id, "measure": "Warning"} if kind == "penalty" else {}
        return self.env["business.safety.award"].with_user(self.officer).create({
            "kind": kind, "incident_id": incident.id, "company_id": self.company.id, "ground": "No guard ordered", **person,
        }).with_env(self.env).sudo()

    def teach(self, incident):
        """The lesson, approved by the leading group."""
        self.call(self.officer, incident, "write", {"lessons": "Wear gloves\nAsk for gloves when there are none"})
        self.call(self.officer, incident, "action_make_lesson")
        self.call(self.member, incident.lesson_ids, "action_approval_approve")
        return incident.lesson_ids

    def settle(self, incident):
        """All that it takes before it is closed."""
        self.investigate(incident)
        for action in incident.action_ids:
            self.carry_out(action)
        if incident.is_accident:
            self.hold_accountable(incident)
            self.teach(incident)
        for stop in incident.stop_ids:
            self.call(self.responsible, stop, "action_lift_stop", "Guard fitted")
