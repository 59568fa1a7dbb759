# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import UserError

from .common import BusinessCommon

PHOTO = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
OTHER_PHOTO = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAEUlEQVR4nGNgYGD4z8DA8B8ABQUBAScY8/oAAAAASUVORK5CYII="


class InspectionCommon(BusinessCommon):
    """A workshop with an oven in it, a checklist of three items, a safety officer, and an inspector without a post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls.make_user("officer", "business_dept.group_safety_officer")
        cls.inspector = cls.make_user("inspector")
        cls.stranger = cls.make_user("stranger")
        cls.department = cls.env["hr.department"].sudo().create({
            "name": "Making", "company_id": cls.company.id, "safety_responsible_id": cls.manager.id})
        Place = cls.env["business.safety.place"].sudo()
        cls.place = Place.create({"name": "Workshop", "company_id": cls.company.id, "department_id": cls.department.id})
        cls.oven = Place.create({
            "name": "Oven", "company_id": cls.company.id, "parent_id": cls.place.id, "department_id": cls.department.id})
        cls.checklist = cls.env["business.safety.checklist"].sudo().create({
            "name": "List", "company_id": cls.company.id, "item_ids": [
                Command.create({"name": "Guards", "category": "facilities", "weight": 3, "guidance": "Look."}),
                Command.create({"name": "Exits", "category": "escape", "weight": 1}),
                Command.create({"name": "Hot work", "category": "special_work", "weight": 2}),
            ]})

    def make_inspection(self, user=None, started=True, **vals):
        inspection = self.env["business.safety.inspection"].with_user(user or self.officer).create({
            "company_id": self.company.id, "place_id": self.place.id, "checklist_id": self.checklist.id,
            "inspector_id": self.inspector.id, **vals,
        }).with_env(self.env)
        if started:
            self.call(self.inspector, inspection, "action_start")
        return inspection

    def make_plan(self, **vals):
        """A plan; made by the system, it may begin in the past."""
        return self.env["business.safety.plan"].sudo().create({
            "company_id": self.company.id, "place_id": self.place.id, "checklist_id": self.checklist.id,
            "inspector_id": self.inspector.id, **vals,
        }).sudo(False)

    def answer(self, inspection, *results, user=None):
        """Answer the items in their order; a fail gets a note."""
        for line, result in zip(inspection.line_ids, results, strict=False):
            if result:
                note = {"note": "Seen"} if result == "fail" else {}
                self.call(user or self.inspector, line, "action_answer", result, **note)

    def make_closed(self, *results, **vals):
        inspection = self.make_inspection(**vals)
        self.answer(inspection, *(results or ("pass", "pass", "na")))
        self.call(self.inspector, inspection, "action_close")
        return inspection

    def refused(self, user, records, method, *args, error=UserError, code=None, **kwargs):
        """Refused; and by a control, with a trace."""
        self.take_refusals()
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            self.call(user, records, method, *args, **kwargs)
        self.env.invalidate_all()
        if code:
            self.assertTrue(self.take_refusals(code), f"no trace of {code}: {caught.exception}")
        return caught.exception
