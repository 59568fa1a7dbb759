# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import BusinessCommon


class SafetyOverviewCommon(BusinessCommon):
    """A company with two departments, their places, and who answers for their safety."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.make_user("officer", "safety_officer")
        cls.member = cls.make_user("member", "order_clerk")
        cls.head = cls.make_user("head", "order_clerk")
        cls.worker = cls.make_user("worker", "order_clerk")
        cls.env["business.safety.committee.member"].sudo().create({
            "company_id": cls.company.id, "user_id": cls.member.id, "role": "chair",
            "date_from": fields.Date.today() - timedelta(days=400)})
        cls.top = cls.make_department("Top", cls.executive)
        cls.office = cls.make_department("Office", cls.manager, parent_id=cls.top.id)
        cls.workshop = cls.make_department("Workshop", cls.head, parent_id=cls.top.id)
        cls.employees = {
            user: cls.env["hr.employee"].sudo().create({
                "name": user.name, "user_id": user.id, "company_id": cls.company.id, "department_id": department.id})
            for user, department in ((cls.worker, cls.workshop), (cls.officer, cls.office), (cls.salesperson, cls.office))
        }
        Place = cls.env["business.safety.place"].sudo()
        cls.place_office, cls.place_workshop = Place.create([
            {"name": "Office", "company_id": cls.company.id, "department_id": cls.office.id},
            {"name": "Workshop", "company_id": cls.company.id, "department_id": cls.workshop.id},
        ])
        cls.checklist = cls.env["business.safety.checklist"].sudo().create({
            "name": "Short", "item_ids": [Command.create({"name": "Exit free", "category": "escape"})]})
        cls.Assessment = cls.env["business.safety.assessment"].sudo()
        cls.month = fields.Date.add(cls.company.sudo()._get_local_day().replace(day=1), months=-1)
        cls.after = fields.Date.add(cls.month, months=1)
        cls.severities = {
            name: cls.env.ref(f"business_dept.severity_{name}").sudo() for name in ("near_miss", "first_aid", "lost_time")}
        cls.severities["first_aid"].assessment_points = 10
        cls.severities["lost_time"].assessment_points = 25
        cls.company.sudo().resource_calendar_id.tz = "UTC"

    @classmethod
    def make_user(cls, login, post):
        return new_test_user(
            cls.env, login=f"safety_{login}", name=login.title(), groups=f"base.group_user,business_dept.group_{post}",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC")

    @classmethod
    def make_department(cls, name, user, **vals):
        Employee = cls.env["hr.employee"].sudo()
        manager = Employee.search([("user_id", "=", user.id)]) or Employee.create({
            "name": user.name, "user_id": user.id, "company_id": cls.company.id})
        department = cls.env["hr.department"].sudo().create({
            "name": name, "company_id": cls.company.id, "manager_id": manager.id, **vals})
        manager.department_id = department
        return department

    def at(self, day, hour=8):
        """A moment of a day of the month that is assessed."""
        return fields.Datetime.to_datetime(self.month) + timedelta(days=day - 1, hours=hour)

    def day(self, day):
        return self.month + timedelta(days=day - 1)

    def set_facts(self, record, **facts):
        """What is known of a record, as its own buttons would have noted it on other days."""
        record.env.flush_all()
        for name, value in facts.items():
            field = record._fields[name]
            self.env.cr.execute(
                f'UPDATE "{record._table}" SET "{name}" = %s WHERE id IN %s',  # pylint: disable=sql-injection
                (field.convert_to_column(value, record), tuple(record.ids)))
        record.invalidate_recordset(flush=False)
        if "state" in record._fields and "state" not in facts:
            self.env.add_to_compute(record._fields["state"], record)
        self.env.flush_all()
        return record

    def make_hazard(self, place=None, *, found=5, level=None, user=None, source="employee", **facts):
        hazard = self.env["business.safety.hazard"].sudo().create({
            "title": "Cable on the floor", "company_id": self.company.id, "place_id": (place or self.place_workshop).id,
            "source": source, "reporter_id": user.id if user else False, "date_found": self.day(found),
        })
        if level:
            facts["level"] = level
        return self.set_facts(hazard, **facts) if facts else hazard

    def make_inspection(self, place=None, *, due=10, closed=None, score=0.0, **vals):
        inspection = self.env["business.safety.inspection"].sudo().create({
            "company_id": self.company.id, "place_id": (place or self.place_workshop).id, "checklist_id": self.checklist.id,
            "inspector_id": self.officer.id, "date_deadline": self.day(due), **vals,
        })
        return self.set_facts(inspection, date_closed=closed, score=score) if closed else inspection

    def make_incident(self, severity="first_aid", place=None, *, day=12, user=None, **facts):
        incident = self.env["business.safety.incident"].sudo().create({
            "title": "Cut finger", "company_id": self.company.id, "place_id": (place or self.place_workshop).id,
            "severity_id": self.severities[severity].id, "date_occurred": min(self.at(day), fields.Datetime.now()),
            "reported_by_id": (user or self.officer).id,
        })
        return self.set_facts(incident, **facts) if facts else incident

    def make_action(self, incident, *, due=15, **facts):
        action = self.env["business.safety.action"].sudo().create({
            "name": "Fit a guard", "company_id": self.company.id, "incident_id": incident.id, "owner_id": self.head.id,
            "date_deadline": self.day(due),
        })
        return self.set_facts(action, **facts) if facts else action

    def assess(self):
        """Assess the last month of the test company: ``{department: assessment}``."""
        return {row.department_id: row for row in self.Assessment._assess(self.company, self.month)}

    def refused(self, user, record, method, *args, error=UserError, code=None, **kwargs):
        with self.assertRaises(error), self.env.cr.savepoint():
            self.call(user, record, method, *args, **kwargs)
        self.env.invalidate_all()
        if code:
            self.assertTrue(self.take_refusals(code), f"no trace of {code}")

    def attempt(self, user, record, method, *args, **kwargs):
        """Do it, whatever comes of it."""
        with suppress(Exception), self.env.cr.savepoint():
            return self.call(user, record, method, *args, **kwargs)
