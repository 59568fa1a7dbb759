# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common_inspection import OTHER_PHOTO, PHOTO, InspectionCommon


@tagged("post_install", "-at_install")
class TestSafetyInspection(InspectionCommon):
    """Inspections are filled in, closed, and never edited again (SM-4.2.1, SD-11)."""

    def test_way(self):
        """SM-4.2.1, SD-11: started from the checklist, answered tap by tap, closed with its score."""
        inspection = self.make_inspection(started=False)
        self.assertTrue(inspection.name.startswith("AJ/"))
        self.assertFalse(inspection.line_ids)
        action = self.call(self.inspector, inspection, "action_start")
        self.assertEqual(action["tag"], "business_dept.safety_inspection_sheet")
        self.assertEqual(inspection.line_ids.mapped("name"), ["Guards", "Exits", "Hot work"])
        self.call(self.inspector, inspection, "action_start")
        self.assertEqual(len(inspection.line_ids), 3)
        sheet = self.call(self.inspector, inspection, "get_sheet")
        self.assertTrue(sheet["can_fill"])
        self.assertEqual([line["result"] for line in sheet["lines"]], ["", "", ""])
        self.answer(inspection, "pass", "fail", "na")
        self.assertEqual((inspection.answered_count, inspection.fail_count, inspection.progress), (3, 1, 100))
        self.call(self.inspector, inspection, "action_close")
        self.assertEqual(inspection.state, "closed")
        self.assertEqual(inspection.score, 75.0)
        self.assertTrue(inspection.is_scored)
        self.assertEqual(inspection.closed_by_id, self.inspector)
        self.assertEqual(inspection.date_inspected, fields.Date.today())
        self.assertFalse(self.call(self.stranger, inspection, "get_sheet")["can_fill"])

    def test_form(self):
        """SP-11: a safety officer plans a special inspection by hand, on the form."""
        with Form(self.env["business.safety.inspection"].with_user(self.officer)) as form:
            form.place_id, form.checklist_id = self.place, self.checklist
            form.kind, form.occasion = "special", "New saw"
            self.assertEqual(form.department_id, self.department)
        self.assertEqual(form.record.inspector_id, self.officer)

    def test_nothing_applies(self):
        """SD-11: where nothing applies there is no score, and none enters the trend."""
        inspection = self.make_closed("na", "na", "na")
        self.assertFalse(inspection.is_scored)
        trend = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_inspection_action_trend")
        self.assertNotIn(inspection, self.env["business.safety.inspection"].search(
            [("is_scored", "=", True), ("is_corrected", "=", False)]))
        self.assertIn("is_scored", trend["domain"])

    def test_fail_makes_hazard(self):
        """SD-12: a fail is a hazard at once, with what was seen; while nobody has judged it, it goes with the answer."""
        inspection = self.make_inspection()
        line = inspection.line_ids[0]
        [answer] = self.call(self.inspector, line, "action_answer", "fail")
        hazard = line.hazard_id.sudo()
        self.assertEqual(answer["hazard"]["id"], hazard.id)
        self.assertEqual((hazard.source, hazard.inspection_id, hazard.place_id, hazard.title, hazard.category),
                         ("inspection", inspection, self.place, "Failed: Guards", "facilities"))
        self.assertEqual(hazard.reporter_id, self.inspector)
        self.call(self.inspector, line, "action_answer", note="Blocked by pallets", photo=PHOTO)
        self.assertEqual((hazard.title, hazard.description), ("Blocked by pallets", "Failed: Guards\nBlocked by pallets"))
        self.assertEqual(len(hazard.photo_ids), 1)
        self.assertNotEqual(hazard.photo_ids.id, self.photo_of(line).id)
        self.call(self.inspector, line, "action_answer", "fail")
        self.assertEqual(inspection.hazard_count, 1)
        self.call(self.inspector, line, "action_answer", "pass")
        self.assertEqual(hazard.state, "rejected")
        self.assertFalse(line.hazard_id)
        self.call(self.inspector, line, "action_answer", "fail")
        self.assertNotEqual(line.hazard_id.sudo(), hazard)
        self.assertEqual(line.hazard_id.sudo().state, "reported")

    def photo_of(self, line):
        return self.env["ir.attachment"].sudo().search([
            ("res_model", "=", line._name), ("res_id", "=", line.id), ("res_field", "=", "photo")])

    def test_judged_hazard_stays(self):
        """SM-4.2.3: what somebody has assessed or called a major hazard is not withdrawn by another answer."""
        for vals in ({"date_assessed": fields.Datetime.now()}, {"is_declared_major": True}):
            line = self.make_inspection().line_ids[0]
            self.call(self.inspector, line, "action_answer", "fail", note="Seen")
            hazard = line.hazard_id.sudo()
            hazard.write(vals)
            [answer] = self.call(self.inspector, line, "action_answer", "pass")
            self.assertFalse(hazard.date_rejected)
            self.assertEqual(line.hazard_id, hazard.sudo(False))
            self.assertFalse(answer["hazard"]["goes_along"])
            self.call(self.inspector, line, "action_answer", "fail", note="Other words")
            self.assertTrue(hazard.description.endswith("\nSeen"))

    def test_rejected_hazard_is_not_made_again(self):
        """SD-12: what a safety officer called no hazard does not come back with each note."""
        line = self.make_inspection().line_ids[0]
        self.call(self.inspector, line, "action_answer", "fail")
        line.hazard_id.sudo().write({"date_rejected": fields.Datetime.now()})
        self.call(self.inspector, line, "action_answer", note="Still there")
        self.assertEqual(line.inspection_id.hazard_count, 1)

    def test_close_with_holes(self):
        """SM-4.2.1: an inspection with holes does not close, and the refusal leaves a trace."""
        inspection = self.make_inspection(started=False)
        self.refused(self.inspector, inspection, "action_close", error=ControlError, code="safety.inspection_complete")
        self.call(self.inspector, inspection, "action_start")
        self.answer(inspection, "pass")
        error = self.refused(self.officer, inspection, "action_close", error=ControlError, code="safety.inspection_complete")
        self.assertIn("2 of 3", str(error))
        self.assertIn("Exits", str(error))
        for line in inspection.line_ids[1:]:
            self.call(self.inspector, line, "action_answer", "fail")
        error = self.refused(self.inspector, inspection, "action_close", error=ControlError, code="safety.inspection_complete")
        self.assertIn("without a note", str(error))
        self.call(self.inspector, inspection.line_ids[1], "action_answer", photo=PHOTO)
        self.call(self.inspector, inspection.line_ids[2], "action_answer", note="Sparks")
        self.call(self.officer, inspection, "action_close")
        self.assertEqual(inspection.closed_by_id, self.officer)
        self.refused(self.inspector, inspection, "action_close", error=ControlError, code="safety.record_closed")

    def test_stop_work(self):
        """SM-4.4.1: nothing passes where work stands still, nor in what is part of it; lifted, it does."""
        self.set_mode("safety.stop_work_pass", "block")
        stop = self.make_stop()
        inspection = self.make_inspection(place_id=self.oven.id)
        line = inspection.line_ids[0]
        self.refused(self.inspector, line, "action_answer", "pass", error=ControlError, code="safety.stop_work_pass")
        self.assertFalse(line.result)
        self.call(self.inspector, line, "action_answer", "fail", note="Fire")
        self.call(self.inspector, inspection.line_ids[1], "action_answer", "na")
        stop.write({"date_lifted": fields.Datetime.now()})
        self.call(self.inspector, line, "action_answer", "pass")
        self.assertEqual(line.result, "pass")

    def make_stop(self, **vals):
        return self.env["business.safety.stop"].sudo().create({
            "company_id": self.company.id, "incident_id": self.make_incident().id, "place_id": self.place.id,
            "reason": "Fire", "date_from": fields.Datetime.now(), "started_by_id": self.officer.id, **vals})

    def make_incident(self):
        severity = self.env["business.safety.severity"].sudo().create({"name": "Bad", "report_hours": 1})
        return self.env["business.safety.incident"].sudo().create({
            "title": "Fire", "company_id": self.company.id, "place_id": self.oven.id, "severity_id": severity.id})

    def test_correction(self):
        """SM-4.2.1: a correction is a new inspection with a reason; the first one stays, and leaves the trend."""
        inspection = self.make_closed("pass", "pass", "na")
        self.refused(self.stranger, inspection, "action_correct", "I", error=AccessError)
        self.refused(self.inspector, inspection, "action_correct", " ")
        wizard = self.call(self.inspector, inspection, "action_correct")
        self.assertEqual(wizard["res_model"], "business.safety.inspection.correct")
        self.call(self.inspector, inspection, "action_correct", "The exit was locked")
        correction = inspection.correction_ids
        self.assertEqual((correction.kind, correction.state, correction.place_id), ("correction", "open", self.place))
        self.assertEqual(correction.line_ids.mapped("result"), ["pass", "pass", "na"])
        self.assertFalse(inspection.is_corrected)
        self.refused(self.inspector, inspection, "action_correct", "Again")
        self.answer(correction, "fail")
        self.call(self.inspector, correction, "action_close")
        self.assertTrue(inspection.is_corrected)
        self.assertEqual((inspection.score, correction.score), (100.0, 25.0))
        self.assertEqual(correction.date_inspected, inspection.date_inspected)
        self.call(self.officer, correction, "action_correct", "Once more")

    def test_correction_under_stop_work(self):
        """SM-4.4.1: what passed is answered anew when a correction is made where work stands still."""
        self.set_mode("safety.stop_work_pass", "block")
        inspection = self.make_closed("pass", "na", "na")
        self.make_stop()
        self.call(self.inspector, inspection, "action_correct", "Wrong")
        self.assertEqual(inspection.correction_ids.line_ids.mapped("result"), [False, "na", "na"])

    def test_people(self):
        """SM-3: who plans, who fills in; a manager plans for the places he answers for only."""
        inspection = self.make_inspection(user=self.manager)
        line = inspection.line_ids[0]
        for method, args in (("action_answer", ("pass",)),):
            self.refused(self.stranger, line, method, *args, error=AccessError)
            self.refused(self.auditor, line, method, *args, error=AccessError)
        for user in (self.stranger, self.auditor, self.manager):
            self.refused(user, inspection, "action_close", error=AccessError)
        self.call(self.officer, line, "action_answer", "pass")
        other = self.env["hr.department"].sudo().create({"name": "Other", "company_id": self.company.id})
        place = self.place.sudo().create({"name": "Office", "company_id": self.company.id, "department_id": other.id})
        for user in (self.manager, self.stranger, self.inspector, self.auditor):
            self.refused(user, self.env["business.safety.inspection"], "create", [{
                "place_id": place.id, "checklist_id": self.checklist.id, "department_id": self.department.id}],
                error=AccessError)
        self.refused(self.manager, inspection, "write", {"department_id": other.id, "inspector_id": self.manager.id,
                                                         "place_id": place.id})
        self.refused(self.stranger, inspection, "write", {"date_deadline": "2031-01-01"}, error=AccessError)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.make_inspection(inspector_id=self.env.ref("base.public_user").id, started=False)

    def test_started_stays(self):
        """SD-11: once started, place, checklist and kind stay; a changed checklist changes no item."""
        inspection = self.make_inspection()
        self.refused(self.officer, inspection, "write", {"place_id": self.oven.id})
        self.refused(self.officer, inspection, "write", {"kind": "special"})
        self.call(self.officer, self.checklist, "write", {"item_ids": [
            Command.update(self.checklist.item_ids[0].id, {"name": "New words", "weight": 9}),
            Command.delete(self.checklist.item_ids[1].id)]})
        self.assertEqual(inspection.line_ids.mapped("name"), ["Guards", "Exits", "Hot work"])
        self.assertEqual(inspection.line_ids.mapped("weight"), [3, 1, 2])
        self.refused(self.stranger, self.checklist, "write", {"name": "x"}, error=AccessError)

    def test_answers_with_junk(self):
        """Attack 16: an answer is one of three, a note a text, a photo a picture."""
        line = self.make_inspection().line_ids[0]
        for args in ({"result": "passed"}, {"result": ["pass"]}, {"note": "x" * 5000}, {"note": {"a": 1}},
                     {"photo": "bm90IGEgcGljdHVyZQ=="}, {"photo": "%%%"}, {"photo": 7},
                     {"photo": "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="}):
            self.refused(self.inspector, line, "action_answer", **args)
        self.call(self.inspector, line, "action_answer", "na", photo=PHOTO)
        self.call(self.inspector, line, "action_answer", photo=OTHER_PHOTO)
        self.call(self.inspector, line, "action_answer", photo=False)
        self.assertFalse(line.has_photo)
        self.assertEqual(line.result, "na")

    def test_delete(self):
        """SM-4.2.1: what has answers or is asked for by a plan is not deleted."""
        self.call(self.officer, self.make_inspection(), "unlink")
        inspection = self.make_inspection()
        self.answer(inspection, "pass")
        self.refused(self.officer, inspection, "unlink")
        planned = self.make_plan()._make_full(fields.Date.today())
        self.refused(self.officer, planned, "unlink")
        self.refused(self.stranger, planned, "unlink", error=AccessError)

    def test_alerts(self):
        """SM-4.2.1: an overdue inspection is told up the line, and not any more once it is closed."""
        inspection = self.make_inspection(date_deadline=fields.Date.subtract(fields.Date.today(), days=2))
        self.run_cron("business_dept.cron_safety_alerts")
        activities = self.env["mail.activity"].sudo().search([
            ("res_model", "=", inspection._name), ("res_id", "=", inspection.id)])
        self.assertEqual(activities.user_id, self.inspector | self.officer)
        self.assertIn("2 days overdue", activities[0].summary)
        self.answer(inspection, "pass", "pass", "na")
        self.call(self.inspector, inspection, "action_close")
        self.assertFalse(activities.exists().filtered("active"))

    def test_query_counts(self):
        """SD-11: starting, answering, reading and closing take as many statements for many items as for few."""
        def measure(size):
            checklist = self.checklist.sudo().create({
                "name": "Sized", "company_id": self.company.id, "item_ids": [
                    Command.create({"name": f"Item {number}", "category": "office"}) for number in range(size)]})
            inspection = self.make_inspection(checklist_id=checklist.id, started=False)
            start = self.count_statements(lambda: self.call(self.inspector, inspection, "action_start"))
            lines = inspection.line_ids
            answer = self.count_statements(lambda: self.call(self.inspector, lines[:1], "action_answer", "pass"))
            rest = self.count_statements(lambda: self.call(self.inspector, lines[1:], "action_answer", "na"))
            sheet = self.count_statements(lambda: self.call(self.inspector, inspection, "get_sheet"))
            close = self.count_statements(lambda: self.call(self.inspector, inspection, "action_close"))
            return start, answer, rest, sheet, close

        measure(2)
        self.assertEqual(measure(3), measure(30))
