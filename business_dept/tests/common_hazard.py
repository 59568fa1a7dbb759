# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import BusinessCommon


class HazardCommon(BusinessCommon):
    """A workshop with its first responsible person, safety officers, a leading group, and people who work there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        def make_user(login, name, groups="base.group_user"):
            return new_test_user(
                cls.env, login=login, name=name, groups=groups, company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC")

        officer = "base.group_user,business_dept.group_safety_officer"
        cls.officer = make_user("test_officer", "Safety Officer", officer)
        cls.officer_2 = make_user("test_officer_2", "Second Officer", officer)
        cls.worker = make_user("test_worker", "Worker")
        cls.fitter = make_user("test_fitter", "Fitter")
        cls.head = make_user("test_head", "Head of the Workshop")
        cls.chair = make_user("test_chair", "Chair")
        cls.deputy = make_user("test_deputy", "Deputy")
        cls.department = cls.env["hr.department"].sudo().create({
            "name": "Workshop", "company_id": cls.company.id, "safety_responsible_id": cls.head.id})
        cls.place = cls.env["business.safety.place"].sudo().create({
            "name": "Cutting Line", "company_id": cls.company.id, "department_id": cls.department.id})
        cls.env["business.safety.committee.member"].sudo().create([
            {"company_id": cls.company.id, "user_id": user.id, "role": role, "date_from": "2020-01-01"}
            for user, role in ((cls.chair, "chair"), (cls.deputy, "deputy"))
        ])
        cls.Hazard = cls.env["business.safety.hazard"].sudo()
        cls.today = fields.Date.today()

    def refused(self, user, record, method, *args, error=Exception, code=None, **kwargs):
        """The call is refused, with a trace of the control when one is named."""
        self.take_refusals()
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            self.call(user, record, method, *args, **kwargs)
        self.env.invalidate_all()
        if code:
            self.assertTrue(self.take_refusals(code), f"{code} left no trace: {caught.exception}")
        return caught.exception

    def report(self, user=None, **vals):
        """A hazard that somebody reported in the client."""
        user = user or self.worker
        ids = self.call(user, self.Hazard, "create", [{"title": "Guard missing", "place_id": self.place.id, **vals}])
        return self.Hazard.browse(ids)

    def plan(self, **vals):
        return {
            "likelihood": "2", "severity": "3", "measures": "Mount a new guard", "responsible_id": self.fitter.id,
            "date_deadline": self.today + timedelta(days=7), "interim_protection": "Machine is switched off", **vals,
        }

    def plan_major(self, **vals):
        return self.plan(**{
            "severity": "5", "likelihood": "4", "supervisor_id": self.deputy.id, "emergency_plan": "Stop, call 120",
            "budget_amount": 5000.0, **vals})

    def assess(self, hazard=None, major=False, user=None, **vals):
        hazard = hazard or self.report()
        user = user or self.officer
        self.call(user, hazard, "write", (self.plan_major if major else self.plan)(**vals))
        self.call(user, hazard, "action_assess")
        return hazard

    def rectify(self, hazard, user=None):
        user = user or self.fitter
        self.call(user, hazard, "write", {
            "rectification_note": "New guard mounted",
            "evidence_ids": [Command.create({"name": "after.txt", "raw": b"guard is there"})],
        })
        self.call(user, hazard, "action_rectified")
        return hazard

    def submit_removal(self):
        """A major hazard whose removal is under review."""
        hazard = self.rectify(self.assess(major=True))
        self.call(self.officer_2, hazard, "action_verify", "Seen on site")
        return hazard
