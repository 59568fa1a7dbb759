# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import BusinessCommon


class EmergencyCommon(BusinessCommon):
    """A safety officer, a leading group of two, a place with a keeper, and an emergency plan as a draft."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.new_user("test_safety_officer", "business_dept.group_safety_officer")
        cls.officer_2 = cls.new_user("test_safety_officer_2", "business_dept.group_safety_officer")
        cls.chair = cls.new_user("test_chair")
        cls.member = cls.new_user("test_member")
        cls.keeper = cls.new_user("test_keeper")
        cls.responsible = cls.new_user("test_responsible")
        cls.stranger = cls.users["order_clerk"]
        cls.env["business.safety.committee.member"].sudo().create([
            {"user_id": cls.chair.id, "role": "chair", "company_id": cls.company.id, "date_from": "2020-01-01"},
            {"user_id": cls.member.id, "role": "member", "company_id": cls.company.id, "date_from": "2020-01-01"},
        ])
        cls.workshop = cls.env["hr.department"].sudo().create({
            "name": "Workshop", "company_id": cls.company.id, "safety_responsible_id": cls.responsible.id})
        cls.place = cls.env["business.safety.place"].sudo().create({
            "name": "Furnace Hall", "company_id": cls.company.id, "department_id": cls.workshop.id})
        cls.today = fields.Date.context_today(cls.env.user)

    @classmethod
    def new_user(cls, login, group="base.group_user"):
        return new_test_user(
            cls.env, login=login, name=login.removeprefix("test_").replace("_", " ").title(), groups=f"base.group_user,{group}",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )

    def refused(self, user, records, method, *args, error=UserError, trace=None, **kwargs):
        """The call is refused, and leaves a refusal by the control ``trace``."""
        self.env.flush_all()
        self.take_refusals()
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, records, method, *args, **kwargs)
        self.env.invalidate_all()
        if trace:
            self.assertTrue(self.take_refusals(trace), f"{method} was refused without a trace of {trace}")

    def plan_vals(self, **vals):
        return {
            "kind": "emergency_plan", "name": "Fire in the Furnace Hall", "code": "EP-FIRE", "version": "1.0",
            "date_effective": self.today, "company_ids": [Command.set(self.company.ids)], "scenario": "fire",
            "commander_id": self.manager.id, "assembly_point": "South gate", "drill_interval_months": 6,
            "safety_place_ids": [Command.set(self.place.ids)],
            "contact_ids": [Command.create({"name": "Fire brigade", "role": "Rescue", "phone": "119"})],
            "clause_ids": [Command.create({"code": "EP-FIRE-1", "name": "Alarm", "text": "Call 119."})],
            **vals,
        }

    def make_plan(self, user=None, in_force=False, **vals):
        """A plan that the safety officer drafts; in force when the leading group has approved it."""
        Plan = self.env["business.regulation"]
        plan = Plan.browse(self.call(user or self.officer, Plan, "create", [self.plan_vals(**vals)])[0])
        if in_force:
            self.call(user or self.officer, plan, "action_approval_submit")
            self.call(self.chair, plan, "action_approval_approve")
            self.assertEqual(plan.state, "in_force")
        return plan

    def make_drill(self, user=None, **vals):
        """A drill that the safety officer plans and the manager leads."""
        Drill = self.env["business.safety.drill"]
        return Drill.browse(self.call(user or self.officer, Drill, "create", [{
            "name": "Fire drill", "leader_id": self.manager.id, "place_id": self.place.id, "date_planned": self.today, **vals,
        }])[0])

    def hold(self, drill, **vals):
        """The leader records that it was held."""
        self.call(self.manager, drill, "write", {
            "date_held": self.today, "course": "Alarm at 10:00, everybody out at 10:04.", "participant_count": 12,
            "response_minutes": 4.0, **vals})
        return drill

    def judge(self, drill, user=None, **vals):
        """The safety officer judges it."""
        self.call(user or self.officer, drill, "write", {
            "score_alarm": "5", "score_response": "4", "score_evacuation": "3", "score_equipment": "4", "score_command": "4",
            "evaluation": "People can cope.", **vals})
        return drill

    def make_supply(self, user=None, **vals):
        """Supplies that the keeper looks after."""
        Supply = self.env["business.safety.supply"]
        return Supply.browse(self.call(user or self.officer, Supply, "create", [{
            "name": "Extinguisher", "place_id": self.place.id, "keeper_id": self.keeper.id, "quantity": 4, "minimum": 4, **vals,
        }])[0])

    def activities(self, record, kind=None):
        """Who has something to do about a record."""
        domain = [("res_model", "=", record._name), ("res_id", "in", record.ids)]
        if kind:
            domain.append(("activity_type_id", "=", self.env.ref(f"business_dept.{kind}").id))
        return self.env["mail.activity"].sudo().search(domain)
