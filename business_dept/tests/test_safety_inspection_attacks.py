# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..controls import ControlError
from .common_inspection import PHOTO, InspectionCommon

NOW = "2030-01-01 00:00:00"


@tagged("post_install", "-at_install")
class TestSafetyInspectionAttacks(InspectionCommon):
    """Nobody forges an inspection, and nobody edits a closed one, through any door (SM-4.2.1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls.make_user("administrator", "base.group_system")

    def test_engine_fields(self):
        """Attacks 5 to 7: what the system keeps is written by no client, officers included."""
        inspection = self.make_inspection()
        closed = self.make_closed()
        engine = {
            "name": "AJ/1", "state": "closed", "date_closed": NOW, "closed_by_id": self.stranger.id, "alert_step": 3,
            "score": 100.0, "is_scored": True, "date_started": NOW, "date_inspected": "2030-01-01", "month": "2030-01-01",
            "plan_id": self.make_plan().id, "holiday_date": "2030-01-01", "corrected_id": closed.id,
            "correction_reason": "x", "is_corrected": True, "incident_id": 1,
        }
        for name, value in engine.items():
            for user in (self.salesperson, self.officer, self.inspector):
                with self.subTest(field=name, user=user.login):
                    self.refused(user, inspection, "write", {name: value}, error=ControlError, code="approval.forgery")
            self.refused(self.officer, inspection, "create", [{
                "place_id": self.place.id, "checklist_id": self.checklist.id, name: value}],
                error=ControlError, code="approval.forgery")

    def test_forged_defaults(self):
        """Attack 3: defaults of the context neither close an inspection nor make it a correction."""
        inspection = self.call(self.officer, self.env["business.safety.inspection"].with_context(
            default_state="closed", default_date_closed=NOW, default_score=100, default_is_scored=True,
            default_month="2020-01-01", default_result="pass"), "create", [{
                "place_id": self.place.id, "checklist_id": self.checklist.id}])
        inspection = self.env["business.safety.inspection"].browse(inspection)
        self.assertEqual((inspection.state, inspection.score, inspection.month), ("open", 0.0, False))
        self.call(self.officer, inspection.with_context(default_result="pass", default_note="x"), "action_start")
        self.refused(self.officer, inspection, "create", [{
            "place_id": self.place.id, "checklist_id": self.checklist.id, "kind": "correction"}],
            error=ControlError, code="approval.forgery")
        self.refused(self.officer, self.make_inspection(started=False), "write", {"kind": "correction"},
                     error=ControlError, code="approval.forgery")

    def test_rows(self):
        """Attack 1, 2: items are neither added nor changed nor taken away, by nobody and through no door."""
        inspection = self.make_inspection()
        line = inspection.line_ids[0]
        for user in (self.salesperson, self.inspector, self.officer, self.administrator):
            for vals in ({"result": "pass"}, {"weight": 1}, {"name": "x"}, {"category": "office"}, {"photo": PHOTO}):
                self.refused(user, line, "write", vals, error=AccessError, code="approval.forgery")
            self.refused(user, line, "unlink", error=AccessError, code="approval.forgery")
            self.refused(user, line, "create", [{"inspection_id": inspection.id, "name": "x", "category": "office"}],
                         error=AccessError, code="approval.forgery")
            self.refused(user, line, "web_save", {"result": "pass"}, {}, error=AccessError)
        for command in (Command.create({"name": "x", "category": "office"}), Command.update(line.id, {"result": "pass"}),
                        Command.delete(line.id), Command.unlink(line.id)):
            self.refused(self.officer, inspection, "write", {"line_ids": [command]}, error=AccessError)

    def test_closed_stays(self):
        """SM-4.2.1, attack 17: once closed, nobody edits it: officers, administrators, the system in sudo."""
        inspection = self.make_closed("fail", "pass", "na")
        line = inspection.line_ids[0]
        self.call_photo(line)
        administrator = self.administrator
        for user in (self.inspector, self.officer, administrator):
            for args in (("pass",), (None, "x"), (None, None, PHOTO)) if user != administrator else ():
                self.refused(user, line, "action_answer", *args, error=ControlError, code="safety.record_closed")
            self.refused(user, line, "write", {"note": "x"}, error=ControlError, code="safety.record_closed")
            self.refused(user, line, "unlink", error=ControlError, code="safety.record_closed")
            for vals in ({"occasion": "x"}, {"inspector_id": self.officer.id}, {"date_deadline": "2031-01-01"},
                         {"line_ids": [Command.update(line.id, {"note": "x"})]}):
                self.refused(user, inspection, "write", vals, error=ControlError, code="safety.record_closed")
        self.refused(self.officer, inspection, "unlink", error=ControlError, code="safety.record_closed")
        for act in (
            lambda: inspection.sudo().write({"occasion": "x"}), lambda: inspection.sudo().write({"date_closed": False}),
            lambda: line.sudo().write({"result": "pass"}), lambda: line.sudo().unlink(), lambda: inspection.sudo().unlink(),
            lambda: line.sudo().copy(), lambda: inspection.sudo().with_context(business_engine=True).write({"score": 100}),
            lambda: line.sudo().create({"inspection_id": inspection.id, "name": "x", "category": "office"}),
        ):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                act()
            self.env.invalidate_all()

    def call_photo(self, line):
        """The photo of a closed item, by the door of the attachments."""
        inspection = self.make_inspection()
        target = inspection.line_ids[0]
        self.call(self.inspector, target, "action_answer", "fail", photo=PHOTO)
        self.answer(inspection, None, "pass", "na")
        Attachment = self.env["ir.attachment"]
        photo = Attachment.sudo().search([
            ("res_model", "=", target._name), ("res_id", "=", target.id), ("res_field", "=", "photo")]).sudo(False)
        self.assertEqual(len(photo), 1)
        self.refused(self.inspector, photo, "write", {"datas": PHOTO}, error=AccessError)
        self.call(self.inspector, inspection, "action_close")
        for user in (self.inspector, self.officer, self.administrator):
            self.refused(user, photo, "write", {"datas": PHOTO})
            self.refused(user, photo, "write", {"res_id": line.id})
            self.refused(user, photo, "unlink")
            self.refused(user, Attachment, "create", [{
                "name": "x", "datas": PHOTO, "res_model": target._name, "res_id": target.id, "res_field": "photo"}])
        for act in (
            lambda: photo.sudo().write({"datas": PHOTO}), photo.sudo().unlink,
            lambda: Attachment.sudo().create({"name": "x", "datas": PHOTO, "res_model": target._name, "res_id": target.id}),
        ):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                act()
            self.env.invalidate_all()

    def test_copy(self):
        """Attack 7: a copy of a closed inspection is an open one without answers."""
        closed = self.make_closed()
        copy = closed.browse(self.call(self.officer, closed, "copy"))
        self.assertEqual((copy.state, len(copy.line_ids), copy.is_scored), ("open", 0, False))
        self.call(self.inspector, closed, "action_correct", "Wrong")
        self.refused(self.officer, closed.correction_ids, "copy", error=ControlError, code="approval.forgery")

    def test_other_company(self):
        """Attack 20: an officer of another company reads, answers and closes nothing here."""
        other = self.setup_other_company()["company"]
        foreign = self.make_user("foreign", "business_dept.group_safety_officer")
        foreign.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        inspection, plan = self.make_inspection(), self.make_plan()
        for records, method, args in (
            (inspection, "read", (["name"],)), (inspection, "get_sheet", ()), (inspection, "action_start", ()),
            (inspection, "action_close", ()), (inspection.line_ids[0], "action_answer", ("pass",)),
            (inspection, "action_correct", ("x",)), (plan, "write", ({"day": 3},)), (plan, "action_make_now", ()),
            (self.checklist, "read", (["name"],)),
        ):
            self.refused(foreign, records, method, *args, error=AccessError)
        self.assertFalse(self.call(foreign, inspection, "search", [("id", "in", inspection.ids)]))

    def test_plans(self):
        """SM-4.2.1: plans are the safety officers' matter, and ask for nothing of the past."""
        Plan = self.env["business.safety.plan"]
        vals = {"place_id": self.place.id, "checklist_id": self.checklist.id, "company_id": self.company.id}
        for user in (self.salesperson, self.manager, self.auditor):
            self.refused(user, Plan, "create", [vals], error=AccessError)
        self.refused(self.officer, Plan, "create", [{**vals, "date_from": "2020-01-01"}])
        plan = Plan.browse(self.call(self.officer, Plan, "create", [vals]))
        self.refused(self.officer, plan, "write", {"date_from": "2020-01-01"})
        self.refused(self.salesperson, plan, "action_make_now", error=AccessError)
        self.call(self.officer, plan, "action_make_now")
        self.call(self.officer, plan, "action_make_now")
        self.assertEqual(len(plan.inspection_ids), 1)
        self.refused(self.officer, plan, "unlink")
        self.refused(self.officer, plan.inspection_ids, "write", {"date_deadline": "2031-01-01"})
        self.refused(self.salesperson, self.place, "write", {"inspected_until": "2031-01-01"}, error=UserError)
        self.assertEqual(plan.inspection_ids.month, fields.Date.today().replace(day=1))

    def test_planned_inspection_is_what_the_plan_says(self):
        """SP-11, SM-4.2.1: who answers for a place does not swap the place, checklist or kind that plan or incident ask for."""
        plan = self.make_plan(date_from=fields.Date.today())
        plan._make_full(fields.Date.today())
        planned = plan.sudo().inspection_ids
        severity = self.env["business.safety.severity"].sudo().search([("stops_work", "=", True)], limit=1)
        incident = self.env["business.safety.incident"].sudo().create({
            "title": "Flash", "company_id": self.company.id, "place_id": self.place.id, "severity_id": severity.id})
        after = self.env["business.safety.inspection"].sudo().search([("incident_id", "=", incident.id)])
        easy = self.env["business.safety.checklist"].sudo().create({
            "name": "Easy", "company_id": self.company.id,
            "item_ids": [Command.create({"name": "Door", "category": "facilities"})]})
        for inspection in (planned, after):
            self.assertEqual(len(inspection), 1)
            for vals in ({"checklist_id": easy.id}, {"place_id": self.oven.id}, {"kind": "special"}):
                self.refused(self.manager, inspection, "write", vals)
            self.call(self.manager, inspection, "write", {"inspector_id": self.manager.id})
            self.call(self.officer, inspection, "write", {"checklist_id": easy.id})

    def test_quiet_context(self):
        """attack 3: no context key moves an inspection without a line in the chatter."""
        inspection = self.make_inspection(started=False)
        self.flush_tracking()
        self.call(self.officer, inspection, "write", {"date_deadline": "2099-01-01"}, context={
            "tracking_disable": True, "mail_notrack": True})
        self.flush_tracking()
        self.assertIn("date_deadline", inspection.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))

    def test_list(self):
        """The list of inspections takes an employee as many statements for a hundred as for ten."""
        inspections = self.env["business.safety.inspection"].sudo().create([{
            "company_id": self.company.id, "place_id": self.place.id, "checklist_id": self.checklist.id,
            "inspector_id": self.inspector.id} for _number in range(100)])
        self.assertEqual(self.count_list(self.stranger, inspections), self.count_list(self.stranger, inspections[:10]))
