# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controls import ControlError
from .common_safety_org import SafetyOrgCommon

ENTRANT = "business.safety.place.entrant"


@tagged("post_install", "-at_install")
class TestSafetyPlace(SafetyOrgCommon):
    """Places, and who may enter the restricted ones (SM-4.3.3)."""

    def test_tree(self):
        """SP-11: a place is named with what it is part of, and is part of nothing that is in it."""
        self.assertEqual(self.furnace.complete_name, "Workshop / Furnace")
        self.assertEqual(self.furnace._get_with_parents(), self.workshop | self.furnace)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.workshop.parent_id = self.furnace

    def test_kept_by(self):
        """SM-4.3.3: safety officer and executive office keep the places, every employee reads them, nobody else changes."""
        place = self.make(self.officer, "business.safety.place", name="Yard", company_id=self.company.id)
        self.call(self.executive, place, "write", {"is_restricted": True})
        for user in (self.worker, self.head, self.manager, self.admin_user, self.auditor):
            self.assertTrue(self.call(user, place, "search", [("id", "=", place.id)]))
            self.refused(user, place, "write", {"is_restricted": False})
            self.refused(user, place, "create", [{"name": "x"}])
            self.refused(user, place, "unlink")

    def test_refused(self):
        """SM-4.3.3: only who is admitted enters, on the days he is, in all restricted areas on the way."""
        people = self.e_worker | self.e_mate
        self.assertEqual(self.workshop._get_refused(people, self.today), people.browse())
        self.assertEqual(self.store._get_refused(people, self.today), people)
        self.admit(date_to=str(self.day(5)))
        self.assertEqual(self.store._get_refused(people, self.today), self.e_mate)
        self.assertEqual(self.store._get_refused(people, self.day(5)), self.e_mate)
        self.assertEqual(self.store._get_refused(people, self.day(6)), people)
        self.assertEqual(self.store._get_refused(people, self.day(-1)), people)
        cabinet = self.env["business.safety.place"].create(
            {"name": "Cabinet", "parent_id": self.store.id, "company_id": self.company.id})
        self.assertEqual(cabinet._get_refused(people, self.today), self.e_mate, "a part of a restricted area is one")
        cabinet.is_restricted = True
        self.assertEqual(cabinet._get_refused(people, self.today), people)
        self.admit(place_id=cabinet.id)
        self.assertEqual((cabinet | self.workshop)._get_refused(people, self.today), self.e_mate)
        self.assertTrue(cabinet.with_user(self.worker).is_admitted)
        self.assertFalse(cabinet.with_user(self.mate).is_admitted)
        few = self.count_statements(lambda: cabinet._get_refused(self.e_worker, self.today))
        many = self.count_statements(lambda: (self.store | cabinet | self.furnace)._get_refused(
            self.env["hr.employee"].union(*self.employees.values()), self.today))
        self.assertEqual(few, many)

    def test_admitted_by(self):
        """SM-4.3.3: safety officer, first responsible persons and executive office admit; it says who did."""
        for user in (self.officer, self.head, self.manager, self.executive):
            entrant = self.admit(user)
            self.assertEqual(entrant.allowed_by_id, user)
            self.assertTrue(self.store.with_user(user).can_admit)
        self.call(self.head, entrant, "write", {"date_to": str(self.day(3))})
        self.assertEqual(entrant.allowed_by_id, self.head, "who extends or ends it answers for it")

    def test_nobody_admits_himself(self):
        """SM-4.3.3, attacks 5 to 7: not himself, not by who does not answer for the place; through no door, with a trace."""
        entrant = self.admit()
        for user in (self.officer, self.head, self.manager):
            vals = {"employee_id": self.employees[user].id, "place_id": self.store.id, "reason": "x"}
            self.refused(user, self.env[ENTRANT], "create", [vals], code="safety.personal", error=ControlError)
        for user in (self.worker, self.mate, self.salesperson, self.admin_user, self.auditor, self.personnel):
            vals = {"employee_id": self.e_mate.id, "place_id": self.store.id, "reason": "x"}
            self.refused(user, self.env[ENTRANT], "create", [vals], code="safety.personal", error=ControlError)
            self.refused(user, entrant, "write", {"date_to": False}, code="safety.personal", error=ControlError)
            self.refused(user, entrant, "unlink")
            self.refused(user, self.store, "write", {"entrant_ids": [Command.create(vals)]})
            self.assertFalse(self.store.with_user(user).can_admit)
        for vals in ({"allowed_by_id": self.head.id}, {"company_id": self.company.id}):
            self.refused(self.officer, entrant, "write", vals, code="approval.forgery", error=ControlError)
        ids = self.call(self.officer, entrant, "create", [
            {"employee_id": self.e_mate.id, "place_id": self.store.id, "reason": "x"}],
            context={"default_allowed_by_id": self.head.id})
        self.assertEqual(entrant.browse(ids).allowed_by_id, self.officer)

    def test_head_of_elsewhere(self):
        """SM-4.3.3: who answers for another department admits nobody here."""
        office = self.env["hr.department"].create({
            "name": "Office", "company_id": self.company.id, "safety_responsible_id": self.mate.id})
        self.env["business.safety.place"].create({
            "name": "Archive", "company_id": self.company.id, "department_id": office.id, "is_restricted": True})
        self.assertTrue(self.env[ENTRANT].with_user(self.mate)._may_keep_any())
        self.refused(self.mate, self.env[ENTRANT], "create", [
            {"employee_id": self.e_worker.id, "place_id": self.store.id, "reason": "x"}], code="safety.personal",
            error=ControlError)

    def test_history_stays(self):
        """SM-4.3.3: whom an admission named stays, and what has ended is not taken up again."""
        entrant = self.admit()
        for vals in (
            {"employee_id": self.e_mate.id}, {"place_id": self.workshop.id}, {"date_from": str(self.day(-30))},
        ):
            self.refused(self.officer, entrant, "write", vals, code="safety.record_closed", error=ControlError)
        ended = self.admit(employee_id=self.e_mate.id, date_from=str(self.day(-30)), date_to=str(self.day(-10)))
        self.refused(self.officer, ended, "write", {"date_to": False}, code="safety.record_closed", error=ControlError)
        self.assertEqual(entrant.search([("is_current", "=", True), ("place_id", "=", self.store.id)]), entrant)
