# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError

from .common import BusinessCommon


class PermitCommon(BusinessCommon):
    """A workshop with a first responsible person, a safety officer, a leading group, a welder, and somebody who watches."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("hr.group_hr_manager")
        cls.officer = cls.make_user("officer", "business_dept.group_safety_officer")
        cls.watcher, cls.welder, cls.stranger = (cls.make_user(login) for login in ("watcher", "welder", "stranger"))
        Department = cls.env["hr.department"]
        cls.works = Department.create({"name": "Works", "company_id": cls.company.id})
        cls.e_manager, cls.e_sales, cls.e_watcher, cls.e_welder = (
            cls.make_employee(user) for user in (cls.manager, cls.salesperson, cls.watcher, cls.welder))
        cls.works.manager_id = cls.e_manager
        cls.env["business.safety.committee.member"].sudo().create({
            "company_id": cls.company.id, "user_id": cls.executive.id, "role": "chair", "date_from": "2020-01-01"})
        Place = cls.env["business.safety.place"].sudo().with_company(cls.company)
        cls.hall = Place.create({"name": "Hall", "company_id": cls.company.id, "department_id": cls.works.id})
        cls.furnace = Place.create({
            "name": "Furnace", "company_id": cls.company.id, "parent_id": cls.hall.id, "department_id": cls.works.id})
        cls.q_welder = cls.env["business.safety.qualification.type"].sudo().create({"name": "Welding", "validity_months": 36})
        cls.goggles = cls.env["business.safety.equipment.type"].sudo().create({"name": "Goggles"})
        cls.hot_work = cls.env["business.safety.permit.type"].sudo().create({
            "name": "Torch work", "max_hours": 8, "qualification_type_ids": [Command.set(cls.q_welder.ids)],
            "equipment_type_ids": [Command.set(cls.goggles.ids)],
            "check_item_ids": [Command.create({"name": "Nothing burns"}), Command.create({"name": "Extinguisher at hand"})],
        })
        cls.qualification = cls.env["business.safety.qualification"].sudo().create({
            "employee_id": cls.e_welder.id, "company_id": cls.company.id, "type_id": cls.q_welder.id, "date_from": "2020-01-01",
            "date_to": "2099-12-31"})
        cls.issues = cls.env["business.safety.equipment.issue"].sudo().create([{
            "employee_id": employee.id, "company_id": cls.company.id, "type_id": cls.goggles.id, "date_issued": "2020-01-01",
        } for employee in (cls.e_welder, cls.e_watcher)])
        cls.severity = cls.env["business.safety.severity"].sudo().create({"name": "Bad", "report_hours": 1})

    @classmethod
    def make_employee(cls, user, **vals):
        return cls.env["hr.employee"].create({
            "name": user.name, "user_id": user.id, "department_id": cls.works.id, "company_id": cls.company.id, "tz": "UTC",
            **vals,
        })

    def make_permit(self, user=None, answered=True, **vals):
        """A permit of six hours that has just become valid, asked for by the salesperson, its checks answered."""
        now = fields.Datetime.now()
        permit = self.env["business.safety.permit"].with_user(user or self.salesperson).create({
            "type_id": self.hot_work.id, "place_id": self.furnace.id, "description": "Weld the bracket",
            "worker_ids": [Command.set(self.e_welder.ids)], "guardian_id": self.e_watcher.id,
            "date_from": now - timedelta(minutes=5), "date_to": now + timedelta(hours=6), **vals,
        })
        if answered:
            permit.check_ids.write({"answer": "yes"})
        return permit.with_env(self.env)

    def approve(self, permit):
        self.call(self.salesperson, permit, "action_approval_submit")
        self.call(self.manager, permit, "action_approval_approve")
        self.call(self.officer, permit, "action_approval_approve")
        return permit

    def start(self, permit):
        self.call(self.watcher, permit, "action_confirm_checks")
        self.call(self.salesperson, permit, "action_start")
        return permit

    def make_stop(self, **vals):
        incident = self.env["business.safety.incident"].sudo().create({
            "title": "Flash", "company_id": self.company.id, "place_id": self.hall.id, "severity_id": self.severity.id})
        return self.env["business.safety.stop"].sudo().create({
            "company_id": self.company.id, "incident_id": incident.id, "reason": "Investigation",
            "date_from": fields.Datetime.now(), "started_by_id": self.officer.id, **vals})

    def make_photo(self, user=None):
        return self.env["ir.attachment"].with_user(user or self.watcher).create({"name": "site.txt", "raw": b"clean"})

    def refused(self, user, record, method, *args, error=UserError, code=None):
        """An act is refused; with a code, by that control and with a trace."""
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, record, method, *args)
        self.env.invalidate_all()
        if code:
            self.assertTrue(self.take_refusals(code), f"no trace of {code}")
