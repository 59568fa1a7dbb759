# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common_safety_org import SafetyOrgCommon

SEAT = "business.safety.committee.member"


@tagged("post_install", "-at_install")
class TestSafetyOrganisation(SafetyOrgCommon):
    """Leading group, first responsible persons and safety officers (SP-4 to SP-6, SM-3, SD-4 to SD-6)."""

    def seat(self, user, person, **vals):
        return self.make(user, SEAT, user_id=person.id, company_id=self.company.id, **vals)

    # === LEADING GROUP === #

    def test_group(self):
        """SP-4, SD-4: the executive office names the chair, the chair the others; everybody reads them, the chair first."""
        member = self.seat(self.executive, self.finance, date_from=str(self.day(-2)))
        chair = self.seat(self.executive, self.manager, role="chair", duties="Leads the group")
        deputy = self.seat(self.manager, self.manager_2, role="deputy")
        self.assertEqual(self.company._get_leading_group(), chair.user_id | deputy.user_id | member.user_id)
        self.assertTrue(self.manager._is_in_leading_group(self.company))
        self.assertFalse(self.worker._is_in_leading_group(self.company))
        found = self.call(self.worker, member, "search_read", [("company_id", "=", self.company.id)], ["user_id", "duties"])
        self.assertEqual(len(found), 3)
        self.call(self.manager, deputy, "write", {"date_to": str(self.today)})
        self.assertTrue(deputy.is_current)

    def test_one_chair(self):
        """SP-4: one chair at a time; the next begins the day after."""
        self.seat(self.executive, self.manager, role="chair", date_to=str(self.day(10)))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.seat(self.executive, self.manager_2, role="chair", date_from=str(self.day(10)))
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.seat(self.executive, self.manager_2, role="chair", date_from=str(self.day(-9)))
        following = self.seat(self.executive, self.manager_2, role="chair", date_from=str(self.day(11)))
        self.assertFalse(following.is_current)

    def test_one_seat_a_person(self):
        """SP-4: nobody sits twice at a time, also when two seats come in one call."""
        self.seat(self.executive, self.manager, role="member")
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.seat(self.executive, self.manager, role="deputy")
        vals = {"user_id": self.finance.id, "company_id": self.company.id}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.call(self.executive, self.env[SEAT], "create", [vals, {**vals, "role": "deputy"}])

    def test_stranger_on_the_group(self):
        """SP-4: only people of the company sit in its group."""
        other = self.env["res.users"].create({
            "name": "Elsewhere", "login": "test_elsewhere",
            "company_id": self.env.ref("base.main_company").id,
            "company_ids": [Command.set(self.env.ref("base.main_company").ids)],
        })
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.seat(self.executive, other)

    def test_nobody_else_appoints(self):
        """SP-4, attacks 5 to 7: who is no executive office and no chair appoints nobody, through no door; it leaves a trace."""
        chair = self.seat(self.executive, self.manager, role="chair")
        deputy = self.seat(self.executive, self.manager_2, role="deputy")
        vals = {"user_id": self.worker.id, "company_id": self.company.id, "role": "member"}
        for user in (self.worker, self.officer, self.manager_2, self.finance, self.auditor, self.admin_user, self.personnel):
            self.refused(user, self.env[SEAT], "create", [vals], code="safety.appointment", error=ControlError)
            self.refused(user, deputy, "write", {"duties": "x"}, code="safety.appointment", error=ControlError)
            self.refused(user, deputy, "copy", error=UserError)
            self.refused(user, deputy, "unlink", error=UserError)
            self.refused(user, deputy, "web_save", {"role": "chair"}, {}, error=ControlError)
            self.refused(
                user, self.company, "write", {"safety_member_ids": [Command.create(vals)]}, error=UserError)
            self.assertFalse(self.env[SEAT].with_user(user).has_access("create"))
        self.assertEqual(self.company._get_leading_group(), chair.user_id | deputy.user_id)

    def test_administrator(self):
        """SP-4: who administers the system appoints nobody either, through the form of the company neither."""
        admin = self.make_user("system", "base.group_user,base.group_system,base.group_erp_manager")
        vals = {"user_id": admin.id, "role": "chair"}
        self.refused(admin, self.env[SEAT], "create", [vals], code="safety.appointment", error=ControlError)
        self.refused(admin, self.company, "write", {"safety_member_ids": [Command.create(vals)]},
                     code="safety.appointment", error=ControlError)

    def test_former_chair(self):
        """SP-4: whose seat has ended appoints nobody any more, at once."""
        chair = self.seat(self.executive, self.manager, role="chair", date_from=str(self.day(-30)))
        self.call(self.executive, chair, "write", {"date_to": str(self.day(-1))})
        self.refused(self.manager, self.env[SEAT], "create", [
            {"user_id": self.worker.id, "company_id": self.company.id}], code="safety.appointment", error=ControlError)

    def test_history_stays(self):
        """SP-4: a seat that has begun is ended and not rewritten, one that has ended stays; only a coming one is deleted."""
        seat = self.seat(self.executive, self.finance, date_from=str(self.day(-30)))
        for vals in (
            {"user_id": self.worker.id}, {"role": "chair"}, {"date_from": str(self.day(-60))}, {"date_to": str(self.day(-5))},
        ):
            self.refused(self.executive, seat, "write", vals, code="safety.record_closed", error=ControlError)
        self.call(self.executive, seat, "write", {"duties": "Money for safety"})
        self.refused(self.executive, seat, "unlink", code="safety.record_closed", error=ControlError)
        ended = self.seat(self.executive, self.manager, date_from=str(self.day(-60)), date_to=str(self.day(-40)))
        self.refused(self.executive, ended, "write", {"duties": "x"}, code="safety.record_closed", error=ControlError)
        self.refused(self.executive, ended, "write", {"date_to": str(self.day(5))}, code="safety.record_closed",
                     error=ControlError)
        coming = self.seat(self.executive, self.manager, date_from=str(self.day(4)))
        self.call(self.executive, coming, "unlink")

    def test_traced(self):
        """SP-4: the end of a seat stands in its chatter, whatever context a client sends."""
        seat = self.seat(self.executive, self.finance, date_from=str(self.day(-30)))
        self.flush_tracking()
        self.call(self.executive, seat, "write", {"date_to": str(self.day(3))}, context={"tracking_disable": True})
        self.flush_tracking()
        self.assertIn("date_to", seat.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))

    def test_other_company(self):
        """Attack 20: an executive of another company neither reads nor changes the group of this one."""
        seat = self.seat(self.executive, self.finance)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.users"].create({
            "name": "Stranger", "login": "test_stranger_exec", "company_id": other.id,
            "company_ids": [Command.set(other.ids)],
            "group_ids": [Command.link(self.env.ref("business_dept.group_executive_office").id)],
        })
        self.assertFalse(self.call(stranger, seat, "search", [("id", "=", seat.id)]))
        self.refused(stranger, seat, "write", {"duties": "x"})
        self.refused(stranger, self.env[SEAT], "create", [{"user_id": stranger.id, "company_id": self.company.id}])

    # === DEPARTMENTS === #

    def appoint(self, user, department=None, **vals):
        wizard = self.env["business.safety.appointment"].browse(self.call(
            user, self.env["business.safety.appointment"], "create",
            [{"department_id": (department or self.workshop_department).id, **vals}]))
        self.call(user, wizard, "action_apply")

    def test_manager_is_first_responsible(self):
        """SP-6: without a name it is the manager of the department, and those above him."""
        responsibles = self.workshop_department._get_safety_responsibles()
        self.assertEqual(responsibles, self.head | self.manager)
        self.assertEqual(self.workshop_department.safety_head_id, self.head)
        self.assertTrue(self.manager._answers_for_safety(self.workshop_department))
        self.assertFalse(self.head._answers_for_safety(self.top))
        self.assertIn(self.officer, self.workshop_department.safety_officer_ids)

    def test_appoint(self):
        """SP-6, SM-3.2, SD-6: executive office, those above and personnel name the head, the head names the officer."""
        self.appoint(self.executive, safety_responsible_id=self.mate.id, safety_officer_id=self.officer.id)
        self.assertEqual(self.workshop_department.safety_responsible_id, self.mate)
        self.assertEqual(self.workshop_department._get_safety_officers(self.company), self.officer)
        self.appoint(self.manager, safety_responsible_id=self.head.id)
        self.assertEqual(self.workshop_department.safety_head_id, self.head)
        self.assertEqual(self.workshop_department.safety_officer_id, self.officer, "what was not touched stays")
        self.appoint(self.head, safety_officer_id=self.worker.id, safety_duties="Furnace: checked daily")
        self.assertEqual(self.workshop_department.safety_officer_id, self.worker)
        self.call(self.personnel, self.workshop_department, "write", {"safety_officer_id": self.officer.id})
        read = self.call(self.worker, self.workshop_department, "read", ["safety_duties", "safety_head_id"])
        self.assertEqual(read[0]["safety_duties"], "Furnace: checked daily")

    def test_appoint_refused(self):
        """SP-6, attacks 5 to 7: nobody appoints himself, and who may not appoints nobody; through no door, with a trace."""
        department = self.workshop_department
        for user in (self.worker, self.officer, self.salesperson, self.auditor, self.admin_user):
            for name in ("safety_responsible_id", "safety_officer_id"):
                self.refused(user, department, "write", {name: user.id}, code="safety.appointment", error=ControlError)
                self.refused(user, department, "write", {name: self.mate.id}, code="safety.appointment", error=ControlError)
                with self.assertRaises(ControlError), self.env.cr.savepoint():
                    self.appoint(user, **{name: user.id})
                with self.assertRaises(ControlError), self.env.cr.savepoint():
                    self.appoint(user, **{name: self.mate.id})
            self.refused(user, department, "write", {"safety_duties": ""}, code="safety.appointment", error=ControlError)
            self.refused(user, department, "write", {"name": "Mine"}, error=AccessError)
        for user in (self.personnel, self.manager):
            with self.assertRaises(ControlError), self.env.cr.savepoint():
                self.appoint(user, safety_responsible_id=user.id)
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            self.appoint(self.head, safety_responsible_id=self.mate.id)
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            self.appoint(self.head, self.top, safety_duties="x")
        self.refused(
            self.personnel, self.env["hr.department"], "create",
            [{"name": "Mine", "safety_responsible_id": self.personnel.id}], code="safety.appointment", error=ControlError)
        with self.assertRaises(ControlError), self.env.cr.savepoint():
            self.call(self.personnel, self.env["hr.department"], "create", [{"name": "Mine"}],
                      context={"default_safety_officer_id": self.personnel.id})
        self.assertFalse(department.safety_responsible_id)
        self.assertFalse(department.safety_officer_id)

    def test_departments_as_before(self):
        """SP-6: personnel go on making and changing departments, without a word of safety."""
        department = self.make(self.personnel, "hr.department", name="Packing", company_id=self.company.id)
        self.call(self.personnel, department, "write", {"name": "Packing and Loading"})
        with Form(department.with_user(self.personnel)) as form:
            form.safety_duties = "Forklift: only who is licensed"
        self.assertEqual(department.safety_duties, "Forklift: only who is licensed")

    def test_appointment_is_traced(self):
        """SP-6: who was named stands in the chatter of the department, whatever context a client sends."""
        self.flush_tracking()
        wizard = self.env["business.safety.appointment"].browse(self.call(
            self.executive, self.env["business.safety.appointment"], "create",
            [{"department_id": self.workshop_department.id, "safety_officer_id": self.officer.id}]))
        self.call(self.executive, wizard, "action_apply", context={"tracking_disable": True})
        self.flush_tracking()
        self.assertIn(
            "safety_officer_id", self.workshop_department.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
