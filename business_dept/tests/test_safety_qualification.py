# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..controls import ControlError
from .common_safety_org import SafetyOrgCommon


@tagged("post_install", "-at_install")
class TestSafetyQualification(SafetyOrgCommon):
    """Qualifications for special work, with expiry (SM-4.1.3)."""

    def test_validity(self):
        """SM-4.1.3: the end comes from the validity of the kind, may be set by hand, and decides the state."""
        with Form(self.env["business.safety.qualification"].with_user(self.officer)) as form:
            form.employee_id, form.type_id, form.number = self.e_worker, self.welder, "T4501"
            form.date_from = date(2026, 1, 31)
            self.assertEqual(form.date_to, date(2029, 1, 30))
        unlimited = self.env["business.safety.qualification.type"].create({"name": "First aid"})
        self.assertFalse(self.qualify(type_id=unlimited.id).date_to)
        for first, last, state in ((-400, -1, "expired"), (-400, 0, "valid"), (1, 400, "coming"), (-1, None, "valid")):
            record = self.qualify(type_id=self.electrician.id, date_from=str(self.day(first)),
                                  date_to=str(self.day(last)) if last is not None else False)
            self.assertEqual(record.state, state)
            for asked in ("valid", "expired", "coming"):
                found = record.search([("id", "=", record.id), ("state", "=", asked)])
                self.assertEqual(bool(found), asked == state)
                self.assertEqual(bool(record.search([("id", "=", record.id), ("state", "!=", asked)])), asked != state)

    def test_find_missing(self):
        """SM-4.1.3: who lacks what on a day, in a constant number of statements."""
        Qualification = self.env["business.safety.qualification"]
        both = self.welder | self.electrician
        self.qualify(date_from=str(self.day(-10)), date_to=str(self.day(10)))
        self.qualify(employee_id=self.e_mate.id, date_from=str(self.day(-10)), date_to=str(self.day(-1)))
        people = self.e_worker | self.e_mate
        self.assertEqual(
            Qualification._find_missing(people, both, self.today), {self.e_worker: self.electrician, self.e_mate: both})
        self.assertEqual(Qualification._find_missing(self.e_worker, self.welder, self.today), {})
        self.assertIn(self.e_worker, Qualification._find_missing(people, self.welder, self.day(11)))
        self.assertIn(self.e_worker, Qualification._find_missing(people, self.welder, self.day(-11)))
        self.assertEqual(Qualification._find_missing(people, both.browse(), self.today), {})
        few = self.count_statements(lambda: Qualification._find_missing(self.e_worker, self.welder, self.today))
        many = self.count_statements(lambda: Qualification._find_missing(
            self.env["hr.employee"].union(*self.employees.values()), both | self.confined, self.today))
        self.assertEqual(few, many)

    def test_recorded_by_others(self):
        """SM-4.1.3, attacks 5 to 7: nobody records his own, the officer neither; who is no officer records none."""
        Qualification = self.env["business.safety.qualification"]
        record = self.qualify()
        self.assertEqual(record.recorded_by_id, self.officer)
        own = {"employee_id": self.e_officer.id, "type_id": self.welder.id}
        self.refused(self.officer, Qualification, "create", [own], code="safety.personal", error=ControlError)
        self.refused(self.officer, record, "write", {"employee_id": self.e_officer.id}, error=ControlError)
        theirs = self.qualify(self.executive, employee_id=self.e_officer.id)
        self.refused(self.officer, theirs, "write", {"date_to": str(self.day(9999))}, code="safety.personal",
                     error=ControlError)
        for user in (self.worker, self.mate, self.salesperson, self.manager, self.personnel, self.auditor):
            vals = {"employee_id": self.e_worker.id, "type_id": self.electrician.id}
            self.refused(user, Qualification, "create", [vals], code="safety.personal", error=ControlError)
            self.refused(user, record, "write", {"date_to": str(self.day(9999))}, code="safety.personal", error=ControlError)
            self.refused(user, record, "web_save", {"number": "x"}, {}, error=ControlError)
        self.refused(self.worker, self.employees[self.worker], "write", {
            "safety_qualification_ids": [Command.create({"type_id": self.electrician.id})]})
        self.refused(self.officer, record, "unlink")

    def test_forged(self):
        """SM-4.1.3, attacks 3, 5 to 7: where it comes from and who recorded it is written by the system only."""
        record = self.qualify()
        for vals in ({"source": "manual"}, {"recorded_by_id": self.mate.id}, {"alert_step": 0}, {"department_id": 1}):
            self.refused(self.officer, record, "write", vals, code="approval.forgery", error=ControlError)
            self.refused(self.officer, record, "create", [
                {"employee_id": self.e_mate.id, "type_id": self.welder.id, **vals}], code="approval.forgery",
                error=ControlError)
        ids = self.call(
            self.officer, record, "create", [{"employee_id": self.e_mate.id, "type_id": self.welder.id}],
            context={"default_recorded_by_id": self.mate.id, "default_alert_step": 3})
        self.assertEqual(record.browse(ids).recorded_by_id, self.officer)
        self.assertEqual(record.browse(ids).alert_step, 0)

    def test_read(self):
        """SM-4.1.3, attack 19: certificates are read by the person, who leads him, and those who answer for safety."""
        record = self.qualify()
        self.env["business.safety.committee.member"].create({"user_id": self.finance.id, "company_id": self.company.id})
        for user in (self.worker, self.head, self.manager, self.officer, self.executive, self.personnel, self.auditor,
                     self.finance):
            self.assertTrue(self.call(user, record, "search", [("id", "=", record.id)]), user.name)
        for user in (self.mate, self.salesperson, self.admin_user):
            self.assertFalse(self.call(user, record, "search", [("id", "=", record.id)]), user.name)
            self.refused(user, record, "read", ["number", "scan"])
            self.assertFalse(self.call(user, record, "formatted_read_group", [], ["type_id"], ["__count"]))
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(self.env, login="test_stranger_officer", company_id=other.id,
                                 groups="base.group_user,business_dept.group_safety_officer",
                                 company_ids=[Command.set(other.ids)])
        self.assertFalse(self.call(stranger, record, "search", [("id", "=", record.id)]))
        self.refused(stranger, record, "write", {"number": "x"})

    def test_grant(self):
        """SM-4.1.1, SD-8: what an exam grants comes by the hook, and nobody rewrites it."""
        field = self.env["business.safety.qualification"]._fields["source"]
        self.patch(field, "selection", [*field.selection, ("exam", "Exam")])  # what an addon adds
        self.patch(field, "_selection", {**field._selection, "exam": "Exam"})
        record = self.env["business.safety.qualification"].with_user(self.worker)._grant(
            self.e_worker, self.confined, date(2026, 3, 1), "exam", number="E-7").with_env(self.env)
        self.assertEqual((record.source, record.date_to, record.number), ("exam", date(2027, 2, 28), "E-7"))
        self.assertFalse(record.recorded_by_id)
        self.refused(self.officer, record, "write", {"number": "E-8"}, code="safety.record_closed", error=ControlError)
        self.call(self.officer, record, "write", {"date_to": "2026-12-31"})

    def test_register(self):
        """SM-4.1.3, attack 19: the printed register has what its reader may read, and nothing else."""
        record = self.qualify(number="T-77")
        report = self.env["ir.actions.report"].with_user(self.officer).sudo(False)
        html = report._render_qweb_html("business_dept.report_safety_qualification", record.ids)[0].decode()
        self.assertIn("T-77", html)
        with self.assertRaises(AccessError):
            report.with_user(self.mate)._render_qweb_html("business_dept.report_safety_qualification", record.ids)

    def test_reminders(self):
        """SM-4.1.3: the holder is told before it expires, the officer and those above him afterwards; a renewal ends it."""
        record = self.qualify(date_from=str(self.day(-300)), date_to=str(self.day(20)))
        self.run_alerts()
        self.assertEqual(record.activity_ids.user_id, self.worker)
        self.run_alerts()
        self.assertEqual(len(record.activity_ids), 1, "nothing twice")
        record.sudo().write({"date_to": self.day(-1)})
        self.run_alerts()
        self.assertEqual(record.activity_ids.user_id, self.worker | self.officer | self.head)
        self.assertEqual(self.events("noted", record)[:1].control_id.code, "safety.qualification_expiry")
        self.qualify(date_from=str(self.today))
        self.assertTrue(record.is_renewed)
        self.run_alerts()
        self.assertFalse(record.activity_ids)

    def run_alerts(self):
        Qualification = self.env["business.safety.qualification"]
        while Qualification._close_alerts() or Qualification._tell_alerts():
            pass
        self.env.invalidate_all()
