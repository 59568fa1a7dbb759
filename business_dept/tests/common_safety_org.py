# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from .common import BusinessCommon


class SafetyOrgCommon(BusinessCommon):
    """A company with a safety officer, two departments with heads, a restricted place, and kinds of equipment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)  # what is there beforehand; users act by ``call``
        cls.today = fields.Date.context_today(cls.env["res.users"])
        cls.officer = cls.make_user("safety_officer", "base.group_user,business_dept.group_safety_officer")
        cls.head = cls.make_user("head", "base.group_user")
        cls.worker = cls.make_user("worker", "base.group_user")
        cls.mate = cls.make_user("mate", "base.group_user")
        cls.personnel = cls.make_user("personnel", "base.group_user,hr.group_hr_user")
        cls.top = cls.env["hr.department"].create({"name": "Management", "company_id": cls.company.id})
        cls.workshop_department = cls.env["hr.department"].create(
            {"name": "Workshop", "company_id": cls.company.id, "parent_id": cls.top.id})
        cls.job = cls.env["hr.job"].create({"name": "Glazier", "company_id": cls.company.id})
        cls.employees = {
            user: cls.env["hr.employee"].create({
                "name": user.name, "user_id": user.id, "company_id": cls.company.id,
                "department_id": cls.workshop_department.id,
            }) for user in (cls.officer, cls.head, cls.worker, cls.mate, cls.manager, cls.salesperson)
        }
        cls.e_worker, cls.e_mate, cls.e_officer = (cls.employees[user] for user in (cls.worker, cls.mate, cls.officer))
        cls.top.manager_id = cls.employees[cls.manager]
        cls.workshop_department.manager_id = cls.employees[cls.head]
        Place = cls.env["business.safety.place"]
        cls.workshop = Place.create({
            "name": "Workshop", "company_id": cls.company.id, "department_id": cls.workshop_department.id})
        cls.furnace = Place.create({"name": "Furnace", "company_id": cls.company.id, "parent_id": cls.workshop.id,
                                    "department_id": cls.workshop_department.id})
        cls.store = Place.create({"name": "Chemicals", "company_id": cls.company.id, "is_restricted": True,
                                  "department_id": cls.workshop_department.id})
        cls.helmet, cls.gloves, cls.shoes = (
            cls.env.ref(f"business_dept.equipment_type_{name}") for name in ("helmet", "gloves", "shoes"))
        cls.welder, cls.electrician, cls.confined = (
            cls.env.ref(f"business_dept.qualification_type_{name}") for name in ("welder", "electrician", "confined"))

    def day(self, days):
        return self.today + timedelta(days=days)

    def refused(self, user, records, method, *args, code=None, error=UserError):
        """The call is refused; with ``code`` by that control, with a trace."""
        self.take_refusals()
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, records, method, *args)
        if code:
            self.assertTrue(self.take_refusals(code), code)
        self.env.invalidate_all()

    def make(self, user, model, **vals):
        """Create a record by RPC as a user."""
        return self.env[model].browse(self.call(user, self.env[model], "create", [vals]))

    def issue(self, user=None, **vals):
        return self.make(user or self.officer, "business.safety.equipment.issue", **{
            "employee_id": self.e_worker.id, "type_id": self.helmet.id, **vals})

    def qualify(self, user=None, **vals):
        return self.make(user or self.officer, "business.safety.qualification", **{
            "employee_id": self.e_worker.id, "type_id": self.welder.id, **vals})

    def admit(self, user=None, **vals):
        return self.make(user or self.officer, "business.safety.place.entrant", **{
            "employee_id": self.e_worker.id, "place_id": self.store.id, "reason": "Keeper of the chemicals", **vals})
