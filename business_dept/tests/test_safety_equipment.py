# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.safety import equipment_need
from .common_safety_org import SafetyOrgCommon

ISSUE, NEED = "business.safety.equipment.issue", "business.safety.equipment.need"


@tagged("post_install", "-at_install")
class TestSafetyEquipment(SafetyOrgCommon):
    """Protective equipment: given out, confirmed, given back, and who lacks what (SM-4.3.2)."""

    def needs(self, domain=()):
        return self.env[NEED].search([("company_id", "=", self.company.id), ("date_settled", "=", False), *domain])

    def find(self):
        for _done in self.env[NEED]._settle_and_open(self.company):
            pass
        self.env.invalidate_all()

    # === GIVING OUT === #

    def test_way(self):
        """SM-4.3.2: given out by the officer, confirmed by the wearer, worn until it expires, given back."""
        with Form(self.env[ISSUE].with_user(self.officer)) as form:
            form.employee_id, form.type_id, form.date_issued = self.e_worker, self.gloves, self.today
            form.size = "L"
        issue = form.record.with_env(self.env)
        self.assertEqual((issue.state, issue.issued_by_id), ("issued", self.officer))
        self.assertGreater(issue.date_expiry, self.day(80))
        self.assertEqual(issue.activity_ids.user_id, self.worker)
        self.call(self.worker, issue, "action_confirm_receipt")
        self.assertEqual((issue.state, issue.date_received), ("worn", self.today))
        self.assertFalse(issue.activity_ids)
        self.refused(self.worker, issue, "action_confirm_receipt")
        self.call(self.officer, issue, "action_return")
        self.assertEqual((issue.state, issue.returned_to_id), ("returned", self.officer))
        self.refused(self.officer, issue, "action_return")
        self.refused(self.worker, issue, "action_confirm_receipt")

    def test_expiry(self):
        """SM-4.3.2: it expires by the lifetime of its kind, unless another day is noted; what has expired is red."""
        issue = self.issue(date_issued="2026-01-31")
        self.assertEqual(issue.date_expiry, date(2028, 7, 30))
        issue = self.issue(date_issued=str(self.day(-40)), date_expiry=str(self.day(-1)))
        self.assertEqual(issue.state, "expired")
        worn = self.issue(date_expiry=str(self.today))
        for record, state in ((issue, "expired"), (worn, "issued")):
            for asked in ("issued", "worn", "expired", "returned"):
                self.assertEqual(
                    bool(record.search([("id", "=", record.id), ("state", "=", asked)])), asked == state, (state, asked))

    def test_size(self):
        """SM-4.3.2: what has sizes is given out in one of them."""
        for size in (False, "XXS"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.issue(type_id=self.gloves.id, size=size)
        self.issue(type_id=self.gloves.id, size="XL")

    def test_keeper(self):
        """SM-4.3.2: a keeper gives out and takes back his kinds, and no others; the rest of the shop cannot."""
        self.helmet.keeper_ids = self.mate
        issue = self.issue(self.mate)
        self.call(self.mate, issue, "action_return")
        self.refused(self.mate, self.env[ISSUE], "create", [
            {"employee_id": self.e_worker.id, "type_id": self.shoes.id, "size": "42"}], error=AccessError)
        self.refused(self.mate, self.env[ISSUE], "create", [
            {"employee_id": self.e_mate.id, "type_id": self.helmet.id}], code="safety.personal", error=ControlError)
        self.refused(self.mate, self.issue(), "write", {"type_id": self.shoes.id, "size": "42"})

    def test_nobody_for_himself(self):
        """SM-4.3.2, attacks 5 to 7: not for himself, not by who does not keep it; nobody confirms for another."""
        issue = self.issue()
        self.refused(self.officer, self.env[ISSUE], "create", [
            {"employee_id": self.e_officer.id, "type_id": self.helmet.id}], code="safety.personal", error=ControlError)
        own = self.issue(self.executive, employee_id=self.e_officer.id)
        self.refused(self.officer, own, "action_return", code="safety.personal", error=ControlError)
        self.refused(self.officer, own, "write", {"date_expiry": str(self.day(9999))}, code="safety.personal",
                     error=ControlError)
        for user in (self.worker, self.head, self.salesperson, self.auditor, self.personnel):
            vals = {"employee_id": self.e_mate.id, "type_id": self.helmet.id}
            self.refused(user, self.env[ISSUE], "create", [vals], code="safety.personal", error=ControlError)
            self.refused(user, issue, "write", {"date_expiry": str(self.day(9999))}, code="safety.personal",
                         error=ControlError)
            self.refused(user, issue, "action_return", error=UserError)
            self.refused(user, issue, "unlink")
            self.assertFalse(self.env[ISSUE].with_user(user).has_access("create"))
        for user in (self.officer, self.head, self.mate):
            self.refused(user, issue, "action_confirm_receipt", error=AccessError)
        self.assertFalse(issue.date_received)

    def test_forged(self):
        """SM-4.3.2, attacks 3, 5 to 7: receipt, return and who did it are written by the system only."""
        issue = self.issue()
        for vals in (
            {"date_received": str(self.today)}, {"date_returned": str(self.today)}, {"issued_by_id": self.head.id},
            {"returned_to_id": self.head.id}, {"alert_step": 0},
        ):
            for user in (self.worker, self.officer):
                self.refused(user, issue, "write", vals, code="approval.forgery", error=ControlError)
            self.refused(self.officer, issue, "create", [
                {"employee_id": self.e_mate.id, "type_id": self.helmet.id, **vals}], code="approval.forgery",
                error=ControlError)
        ids = self.call(
            self.officer, issue, "create", [{"employee_id": self.e_mate.id, "type_id": self.helmet.id}],
            context={"default_date_received": str(self.today), "default_issued_by_id": self.head.id})
        made = issue.browse(ids)
        self.assertEqual((made.date_received, made.issued_by_id), (False, self.officer))

    def test_closed(self):
        """SM-4.3.2: what the wearer confirmed stays as it was, what was given back stays altogether."""
        issue = self.issue()
        self.call(self.officer, issue, "write", {"quantity": 2})
        self.refused(self.officer, issue, "write", {"employee_id": self.e_mate.id}, code="safety.record_closed",
                     error=ControlError)
        self.call(self.worker, issue, "action_confirm_receipt")
        for vals in ({"quantity": 3}, {"type_id": self.shoes.id}, {"date_issued": str(self.day(-9))}):
            self.refused(self.officer, issue, "write", vals, code="safety.record_closed", error=ControlError)
        self.call(self.officer, issue, "write", {"date_expiry": str(self.day(9)), "quantity": 2})
        self.call(self.officer, issue, "action_return")
        self.refused(self.officer, issue, "write", {"date_expiry": str(self.day(99))}, code="safety.record_closed",
                     error=ControlError)

    def test_read(self):
        """SM-4.3.2, attack 19: an employee sees his own; who leads him and who answers for safety see theirs."""
        issue = self.issue()
        self.find()
        for user in (self.worker, self.head, self.manager, self.officer, self.executive, self.personnel, self.auditor):
            self.assertTrue(self.call(user, issue, "search", [("id", "=", issue.id)]), user.name)
        for user in (self.mate, self.salesperson, self.admin_user):
            self.assertFalse(self.call(user, issue, "search", [("id", "=", issue.id)]), user.name)
            self.refused(user, issue, "action_confirm_receipt", error=AccessError)
        action = self.call(self.worker, self.env["hr.employee.public"].browse(self.e_worker.id), "action_open_safety_equipment")
        self.assertEqual(action["res_model"], ISSUE)

    # === WHO LACKS WHAT === #

    def test_find_missing(self):
        """SM-4.3.2: jobs, places with those above, and special work ask for it; expired and given back does not count."""
        Issue = self.env[ISSUE]
        people = self.e_worker | self.e_mate
        self.e_worker.job_id = self.job
        self.call(self.officer, self.shoes, "write", {"job_ids": [Command.link(self.job.id)]})
        self.workshop.equipment_type_ids = self.helmet
        permit = self.env["business.safety.permit.type"].create(
            {"name": "Hot", "equipment_type_ids": [Command.set(self.gloves.ids)]})
        none = self.env["business.safety.place"]
        self.assertEqual(Issue._find_missing(people, none), {self.e_worker: self.shoes})
        self.assertEqual(
            Issue._find_missing(people, self.furnace), {self.e_worker: self.shoes | self.helmet, self.e_mate: self.helmet})
        self.assertEqual(Issue._find_missing(self.e_mate, none, permit), {self.e_mate: self.gloves})
        issue = self.issue()
        self.assertEqual(Issue._find_missing(people, self.furnace), {self.e_worker: self.shoes, self.e_mate: self.helmet})
        self.issue(employee_id=self.e_mate.id, date_issued=str(self.day(-9)), date_expiry=str(self.day(-1)))
        self.assertIn(self.e_mate, Issue._find_missing(people, self.furnace))
        self.call(self.officer, issue, "action_return")
        self.assertEqual(Issue._find_missing(self.e_worker, self.furnace), {self.e_worker: self.shoes | self.helmet})
        few = self.count_statements(lambda: Issue._find_missing(self.e_worker, self.furnace, permit))
        many = self.count_statements(lambda: Issue._find_missing(
            self.env["hr.employee"].union(*self.employees.values()), self.furnace | self.store, permit))
        self.assertEqual(few, many)

    def test_daily(self):
        """SM-4.3.2: found once, told at once to wearer and officer, later to those above; settled when it is given out."""
        self.workshop.write({"equipment_type_ids": self.helmet.ids})
        self.furnace.worker_ids = self.e_worker
        self.store.equipment_type_ids = self.shoes
        self.admit(employee_id=self.e_mate.id)
        self.run_cron("business_dept.cron_safety_equipment_missing")
        found = self.needs()
        self.assertEqual(
            {(need.employee_id, need.type_id) for need in found}, {(self.e_worker, self.helmet), (self.e_mate, self.shoes)})
        need = found.filtered(lambda need: need.employee_id == self.e_worker)
        self.tell()
        self.assertEqual(need.activity_ids.user_id, self.worker | self.officer)
        self.assertEqual(self.events("noted", need).control_id.code, "safety.equipment_missing")
        issue = self.issue()
        self.assertEqual(need.date_settled, self.today)
        self.assertFalse(need.activity_ids)
        self.call(self.officer, issue, "action_return")
        self.assertEqual(self.needs([("employee_id", "=", self.e_worker.id)]).date_found, self.today)
        self.assertEqual(len(need.search([("employee_id", "=", self.e_worker.id)])), 2, "the old one stays as a record")

    def test_off(self):
        """SM-4.3.2: where the control is off nobody is told; the list is there all the same."""
        self.set_mode("safety.equipment_missing", "off")
        self.workshop.write({"equipment_type_ids": self.helmet.ids, "worker_ids": self.e_worker.ids})
        self.find()
        self.tell()
        self.assertEqual(len(self.needs()), 1)
        self.assertFalse(self.needs().activity_ids)

    def test_job_resumes(self):
        """SM-4.3.2: killed in the middle, run twice, run after three days: nothing twice, nothing missing."""
        people = [self.e_worker, self.e_mate, self.e_officer, self.employees[self.head], self.employees[self.manager]]
        self.workshop.write({
            "equipment_type_ids": (self.helmet | self.gloves).ids, "worker_ids": [person.id for person in people]})
        with patch.object(equipment_need, "SLICE", 3):
            slices = self.env[NEED]._settle_and_open(self.company)
            self.assertEqual(next(slices), 3)  # killed after the first slice was committed
            del slices
            self.assertEqual(len(self.needs()), 3)
            self.find()
            self.assertEqual(len(self.needs()), 10)
            before = self.needs()
            self.find()
            self.assertEqual(self.needs(), before, "run twice, nothing changes")
            with freeze_time(self.today + timedelta(days=3)):
                self.find()
                self.assertEqual(self.needs(), before)
                self.tell()
                mine = before.filtered(lambda need: need.employee_id == self.e_worker)
                self.assertEqual(mine.activity_ids.user_id, self.worker | self.officer | self.head)
                told = len(mine.activity_ids)
                self.tell()
                self.assertEqual(len(mine.activity_ids), told)
            self.workshop.worker_ids = False
            self.find()
            self.assertFalse(self.needs())

    def test_one_fails(self):
        """SM-4.3.2: somebody of whom it cannot be noted what he lacks does not keep it from being noted of the others."""
        self.workshop.write({"equipment_type_ids": self.helmet.ids, "worker_ids": (self.e_worker | self.e_mate).ids})
        Need = type(self.env[NEED])
        open_needs = Need._open

        def fail(model, lacking, day):
            if self.e_worker in lacking.values():
                raise ValueError("broken")
            return open_needs(model, lacking, day)

        with patch.object(Need, "_open", fail), mute_logger("odoo.addons.business_dept.models.safety.one_by_one"):
            self.run_cron("business_dept.cron_safety_equipment_missing")
        self.assertEqual(self.needs().employee_id, self.e_mate)
        with patch.object(Need, "_open", fail), self.assertRaises(ValueError):
            self.call(self.officer, self.env[NEED], "action_refresh")

    def test_two_look_at_once(self):
        """SM-4.3.2: what somebody else has found since the job began is not found twice."""
        self.workshop.write({"equipment_type_ids": self.helmet.ids, "worker_ids": (self.e_worker | self.e_mate).ids})
        with patch.object(equipment_need, "SLICE", 1):
            slices = self.env[NEED]._settle_and_open(self.company)
            next(slices)
            self.find()
            self.assertEqual(len(self.needs()), 2)
            for _done in slices:
                pass
        self.assertEqual(len(self.needs()), 2)

    def test_without_login(self):
        """SM-4.3.2: who has no login is spoken for by the safety officer, who is told in time."""
        self.e_worker.user_id = False
        issue = self.issue(date_expiry=str(self.day(10)))
        self.assertFalse(issue.activity_ids)
        self.env[ISSUE]._tell_alerts()
        self.assertEqual(issue.activity_ids.user_id, self.officer)

    def test_copy(self):
        """SM-4.3.2, attack 6: a copy is a new entry of who copies, to be confirmed anew."""
        issue = self.issue()
        self.call(self.worker, issue, "action_confirm_receipt")
        copied = self.env[ISSUE].browse(self.call(self.officer, issue, "copy"))
        self.assertEqual((copied.state, copied.date_received, copied.issued_by_id), ("issued", False, self.officer))
        self.refused(self.worker, issue, "copy", code="safety.personal")

    def test_register(self):
        """SM-4.3.2, attack 19: the printed register has what its reader may read, and nothing else."""
        issue, other = self.issue(), self.issue(employee_id=self.e_mate.id)
        report = self.env["ir.actions.report"].with_user(self.officer).sudo(False)
        html = report._render_qweb_html("business_dept.report_safety_equipment", (issue | other).ids)[0].decode()
        self.assertIn("Worker", html)
        self.assertIn("Mate", html)
        with self.assertRaises(AccessError):
            report.with_user(self.worker)._render_qweb_html("business_dept.report_safety_equipment", (issue | other).ids)

    def test_left(self):
        """SM-4.3.2: who has left lacks nothing any more."""
        self.workshop.write({"equipment_type_ids": self.helmet.ids, "worker_ids": self.e_worker.ids})
        self.find()
        self.assertTrue(self.needs())
        self.e_worker.active = False
        self.find()
        self.assertFalse(self.needs())

    def test_rows_of_the_system(self):
        """SM-4.3.2, attack 21: nobody writes or deletes what the system found; who looks again is the officer."""
        self.workshop.write({"equipment_type_ids": self.helmet.ids, "worker_ids": self.e_worker.ids})
        self.call(self.officer, self.env[NEED], "action_refresh")
        need = self.needs()
        self.assertEqual(len(need), 1)
        for user in (self.worker, self.officer, self.executive, self.admin_user, self.env.ref("base.user_admin")):
            self.refused(user, need, "write", {"date_settled": str(self.today)}, error=AccessError)
            self.refused(user, need, "create", [{"employee_id": self.e_mate.id}], error=AccessError)
            self.refused(user, need, "unlink", error=AccessError)
        self.refused(self.worker, self.env[NEED], "action_refresh", error=AccessError)
        self.assertTrue(self.call(self.worker, need, "search", [("id", "=", need.id)]))
        self.assertFalse(self.call(self.mate, need, "search", [("id", "=", need.id)]))
        action = self.call(self.officer, need, "action_issue")
        self.assertEqual(action["context"]["default_type_id"], self.helmet.id)

    def test_department_follows(self):
        """SM-4.3.2: who changes the department takes his equipment along: his new head reads it."""
        issue = self.issue()
        self.e_worker.write({"department_id": self.top.id, "parent_id": self.employees[self.manager].id})
        self.assertEqual(issue.department_id, self.top)
        self.assertFalse(self.call(self.head, issue, "search", [("id", "=", issue.id)]))

    def tell(self):
        while self.env[NEED]._close_alerts() or self.env[NEED]._tell_alerts():
            pass
        self.env.invalidate_all()

    def test_expiry_reminder(self):
        """SM-4.3.2: the wearer is told before it expires; given back, the reminder is taken back."""
        issue = self.issue(date_expiry=str(self.day(10)))
        self.call(self.worker, issue, "action_confirm_receipt")
        while self.env[ISSUE]._close_alerts() or self.env[ISSUE]._tell_alerts():
            pass
        self.env.invalidate_all()
        self.assertEqual(issue.activity_ids.user_id, self.worker)
        self.call(self.officer, issue, "action_return")
        self.assertFalse(issue.activity_ids)
        self.assertRaises(UserError, self.call, self.officer, issue, "action_return")
