# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.business_dept.controls import ControlError

from .common_expense import ExpenseCommon

FORGED = {
    "allowed_amount": 9999.0, "claimed_amount": 9999.0, "claimed_amount_currency": 9999.0, "allowed_reason": "All of it",
    "verdict": "full", "travel_kind": "allowance",
}


@tagged("post_install", "-at_install")
class TestExpenseAttacks(ExpenseCommon):
    """What people with a login and a script try on expenses and claims."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, login="test_officer", name="Officer", groups="base.group_user,hr_expense.group_hr_expense_manager",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC")
        cls.people[cls.officer] = cls.env["hr.employee"].create({
            "name": "Officer", "user_id": cls.officer.id, "company_id": cls.company.id, "department_id": cls.department.id})

    def approved_claim(self):
        claim = self.submitted_claim()
        for user in (self.manager, self.finance):
            self.call(user, claim.sudo(), "action_approval_approve")
        self.assertEqual(claim.state, "approved")
        return claim

    def test_verdicts_are_not_written(self):
        """Attack 1: the allowed amount is written by nobody, in no mode of any control, with no default either."""
        expense = self.lodging(150.0)
        for name, value in FORGED.items():
            for user in (self.salesperson, self.officer):
                self.assertRefusedCall("approval.forgery", user, expense, "write", {name: value})
            self.assertRefusedCall("approval.forgery", self.salesperson, expense.browse(), "create", [{
                "name": "Forged", "employee_id": self.me.id, "product_id": self.categories["lodging"].id,
                "total_amount_currency": 10.0, name: value}])
        forged = self.call(
            self.salesperson, expense.browse(), "create",
            [{"name": "Defaults", "employee_id": self.me.id, "product_id": self.categories["taxi"].id,
              "total_amount_currency": 10.0}],
            context={"default_allowed_amount": 9999.0, "default_verdict": "full"})
        self.assertEqual(self.env["hr.expense"].browse(forged).verdict, "waits")

    def test_claims_are_not_written(self):
        """Attacks 1 and 5: state, amounts and expenses of a claim are the system's."""
        claim = self.claim_of(self.make_trip())
        other = self.make_expense("transport", 10.0, transport_class_id=self.means("bus").id)
        for vals in ({"state": "approved"}, {"payable_amount": 9.0}, {"claimed_amount": 9.0}, {"allowed_amount": 9.0},
                     {"expense_ids": [Command.link(other.id)]}, {"name": "BX/1"}):
            self.assertRefusedCall("approval.forgery", self.salesperson, claim, "write", vals)
        self.assertRefusedCall("approval.forgery", self.salesperson, claim.browse(), "create", [{
            "company_id": self.company.id, "state": "approved"}])
        self.assertRefusedCall("approval.forgery", self.salesperson, other, "write", {"claim_id": claim.id})
        self.assertRefusedCall("approval.forgery", self.salesperson, claim, "web_save",
                               {"expense_ids": [[4, other.id, False]]}, {})

    def test_the_register_is_not_written(self):
        """Attacks 1 and 2: rows of the invoice register are made and deleted by the system."""
        expense = self.lodging(50.0, invoice_number="12345678")
        self.call(self.salesperson, expense, "action_submit")
        use = self.env["business.invoice.use"].sudo().search([("expense_id", "=", expense.id)])
        for user in (self.salesperson, self.finance, self.officer):
            for method, args in (("write", [{"number": "1"}]), ("unlink", [])):
                self.assertDenied(user, use.sudo(False), method, *args)
            self.assertDenied(user, use.browse().sudo(False), "create", [{
                "company_id": self.company.id, "number": "9", "expense_id": expense.id, "employee_id": self.me.id}])
        self.assertTrue(use.exists())
        with self.assertRaises(AccessError):
            self.call(self.salesperson, use.browse().sudo(False), "search_read", [])

    def test_amount_after_submission(self):
        """Attack 17: with the control on “block” nobody changes what was submitted, by no field and no door."""
        self.set_mode("travel.amount_locked", "block")
        expense = self.lodging(110.0, invoice_number="12345678")
        self.call(self.salesperson, expense, "action_submit")
        for vals in (
            {"total_amount_currency": 1999.0}, {"total_amount": 1999.0}, {"quantity": 20.0}, {"price_unit": 1999.0},
            {"date": "2024-01-01"}, {"product_id": self.categories["allowance"].id}, {"employee_id": self.him.id},
            {"payment_mode": "company_account"}, {"invoice_number": "1"}, {"night_to": self.day + timedelta(days=9)},
            {"guest_ids": [Command.set(self.him.ids)]},
            {"currency_id": self.env["res.currency"].search([("id", "!=", self.company.currency_id.id)], limit=1).id},
            {"state": "approved", "total_amount": 1999.0}, {"total_amount": 1999.0, "approval_state": "approved"},
        ):
            with self.subTest(vals=vals):
                self.assertRefusedCall("travel.amount_locked", self.officer, expense, "write", vals)
        self.assertRefusedCall("travel.amount_locked", self.officer, expense, "web_save", {"total_amount": 1999.0}, {})
        self.call(self.officer, expense, "write", {"state": "draft"})
        self.assertRefusedCall("travel.amount_locked", self.officer, expense, "write", {"total_amount": 1999.0})
        self.assertEqual((expense.total_amount, expense.approval_state), (110.0, "submitted"))

    def test_amount_after_submission_is_noted(self):
        """Attack 17: with the control on “notify” the change is noted, with both amounts."""
        expense = self.lodging(110.0)
        self.call(self.salesperson, expense, "action_submit")
        self.call(self.officer, expense, "write", {"total_amount": 111.0})
        event = self.events("noted", expense).filtered(lambda event: event.control_id.code == "travel.amount_locked")
        self.assertIn("110.00", event.message)
        self.assertIn("111.00", event.message)

    def test_split_wizard_on_submitted(self):
        """Attack 17: the split wizard is no way around the lock, nor its lines to “approved”."""
        self.set_mode("travel.amount_locked", "block")
        self.set_mode("travel.expense_route", "block")
        self.set_mode("travel.invoice_reused", "block")
        self.set_mode("travel.expense_route", "notify")
        expense = self.lodging(110.0)
        self.call(self.salesperson, expense, "action_submit")
        action = self.call(self.officer, expense, "action_split_wizard")
        wizard = self.env["hr.expense.split.wizard"].browse(action["res_id"])
        self.assertRefusedCall("travel.amount_locked", self.officer, wizard, "action_split_expense")
        self.set_mode("travel.expense_route", "block")
        draft = self.lodging(110.0, first=10)
        action = self.call(self.salesperson, draft, "action_split_wizard")
        wizard = self.env["hr.expense.split.wizard"].browse(action["res_id"])
        wizard.sudo().expense_split_line_ids.approval_state = "approved"
        self.assertRefusedCall("travel.expense_route", self.salesperson, wizard, "action_split_expense")

    def test_splitting_pays_nothing_twice(self):
        """TE-2.7.1: a bill that is split into two has the cap of its nights once."""
        expense = self.lodging(200.0)
        action = self.call(self.salesperson, expense, "action_split_wizard")
        wizard = self.env["hr.expense.split.wizard"].browse(action["res_id"])
        self.call(self.salesperson, wizard, "action_split_expense")
        parts = self.env["hr.expense"].search([("split_expense_origin_id", "=", expense.id)]) | expense
        self.assertEqual(len(parts), 2)
        self.assertEqual(sum(parts.mapped("allowed_amount")), 120.0)

    def test_no_other_way_to_approved(self):
        """Attacks 6, 7 and 18: button, write, creation, copy, duplicates: only the route of the claim approves."""
        self.set_mode("travel.expense_route", "block")
        expense = self.lodging(50.0)
        self.call(self.salesperson, expense, "action_submit")
        claim = expense.claim_id
        self.assertEqual(claim.state, "review")
        for method, args in (
            ("action_approve", ()), ("write", ({"approval_state": "approved"},)), ("write", ({"state": "approved"},)),
            ("write", ({"state": "paid"},)), ("action_reset", ()), ("write", ({"approval_state": False},)),
            ("write", ({"manager_id": self.officer.id},)),
        ):
            self.assertRefusedCall("approval.content_locked", self.officer, expense, method, *args)
        wizard = self.env["hr.expense.refuse.wizard"].with_user(self.officer).with_context(active_ids=expense.ids).create(
            {"reason": "no"})
        self.assertRefusedCall("approval.content_locked", self.officer, wizard, "action_refuse")
        draft = self.lodging(50.0, first=5)
        for user, records, method, args in (
            (self.officer, draft, "write", [{"approval_state": "approved"}]),
            (self.officer, draft, "write", [{"state": "posted"}]),
            (self.officer, draft.browse(), "create", [{
                "name": "Approved", "employee_id": self.me.id, "product_id": self.categories["lodging"].id,
                "total_amount_currency": 10.0, "approval_state": "approved"}]),
            (self.officer, draft.browse(), "create", [{
                "name": "Approved", "employee_id": self.me.id, "product_id": self.paper.id,
                "total_amount_currency": 10.0, "approval_state": "approved"}]),
            (self.officer, draft, "copy", [{"approval_state": "approved"}]),
        ):
            if method == "create":
                args = [args]
            with self.subTest(method=method, args=args):
                self.assertDenied(user, records, method, *args)
                self.assertTrue(self.take_refusals("travel.expense_route"))
        made = self.call(self.officer, draft.browse(), "name_create", "Quick", context={"default_approval_state": False})
        self.assertTrue(made)

    def test_no_manager_no_auto_approval(self):
        """Attack 18: an officer without a manager submits his own expense, and it does not approve itself."""
        self.set_mode("travel.expense_route", "block")
        expense = self.lodging(50.0, self.officer)
        expense.sudo().manager_id = False
        self.call(self.officer, expense, "action_submit")
        self.assertEqual((expense.state, expense.claim_id.state), ("submitted", "review"))
        self.assertNotIn(self.officer, expense.claim_id.sudo().approval_id.current_user_ids)
        self.assertRefusedCall("approval.own_decision", self.officer, expense.claim_id.sudo(), "action_approval_approve")

    def test_own_expense(self):
        """Attack 18: with the control on “block” nobody approves his own by Odoo's own button."""
        self.set_mode("travel.own_expense", "block")
        expense = self.lodging(50.0, self.officer)
        expense.sudo().manager_id = self.manager
        self.call(self.officer, expense, "action_submit")
        self.assertRefusedCall("travel.own_expense", self.officer, expense, "action_approve")

    def test_own_claim(self):
        """IC-7: neither the employee nor who entered an expense of it decides a claim, not by hand-over either."""
        trip = self.make_trip(self.people[self.manager], out="train_soft_sleeper", back="train_soft_sleeper")
        claim = self.submitted_claim(user=self.manager, trip=trip)
        self.assertRefusedCall("approval.own_decision", self.manager, claim.sudo(), "action_approval_approve")
        self.assertRefusedCall("approval.own_decision", self.manager_2, claim.sudo(), "action_approval_hand_over",
                               self.manager.id, "You do it")

    def test_nothing_changes_after_approval(self):
        """Attack 17: under an approved claim nobody changes anything, whatever the modes say, the system's cron neither."""
        claim = self.approved_claim()
        expense = claim.expense_ids[0]
        for vals in ({"total_amount": 1999.0}, {"total_amount_currency": 1999.0}, {"date": "2024-01-01"},
                     {"travel_request_id": False}, {"approval_state": False}, {"state": "draft"},
                     {"invoice_number": "77"}, {"approval_date": "2024-01-01 00:00:00"}):
            self.assertRefusedCall("approval.content_locked", self.officer, expense, "write", vals)
        self.assertRefusedCall("approval.content_locked", self.officer, expense, "action_reset")
        action = self.call(self.finance, expense, "action_split_wizard") if expense.with_user(
            self.finance).is_editable else None
        if action:
            wizard = self.env["hr.expense.split.wizard"].browse(action["res_id"])
            self.assertDenied(self.finance, wizard, "action_split_expense")
        self.assertEqual(claim.state, "approved")

    def test_tickets_after_approval(self):
        """TE-3.1: times of tickets are not forged once expenses were approved by them."""
        claim = self.approved_claim()
        self.assertRefusedCall(
            "approval.content_locked", self.salesperson, claim.sudo().travel_request_id.leg_ids[0], "write",
            {"ticket_departure": self.moment(0, 6), "ticket_arrival": self.moment(0, 7)})

    def test_receipts_stay(self):
        """RG-3.7: the receipt of what was submitted is not taken away, exchanged or hung elsewhere."""
        claim = self.approved_claim()
        expense = claim.expense_ids[0]
        receipt = self.env["ir.attachment"].sudo().search(
            [("res_model", "=", "hr.expense"), ("res_id", "=", expense.id)], limit=1)
        draft = self.make_expense("transport", 10.0, receipt=False)
        for method, args in (
            ("unlink", []), ("write", [{"res_id": draft.id}]), ("write", [{"raw": "x"}]), ("write", [{"datas": "eA=="}]),
        ):
            self.assertRefusedCall("approval.content_locked", self.officer, receipt.sudo(False), method, *args)
        self.assertEqual((receipt.res_id, receipt.raw), (expense.id, b"receipt"))

    def test_foreign_trip(self):
        """SR-2.2: an expense or claim for somebody else's trip is refused and traced, also by its ride."""
        trip = self.make_trip(self.him)
        expense = self.make_expense("transport", 50.0)
        self.assertRefusedCall("travel.foreign_trip", self.salesperson, expense, "write", {"travel_request_id": trip.id})
        self.assertRefusedCall("travel.foreign_trip", self.salesperson, expense, "write", {"travel_leg_id": trip.leg_ids[0].id})
        self.assertRefusedCall("travel.foreign_trip", self.salesperson, expense.browse(), "create", [{
            "name": "His", "employee_id": self.me.id, "product_id": self.categories["transport"].id,
            "total_amount_currency": 10.0, "travel_request_id": trip.id}])
        self.assertRefusedCall("travel.foreign_trip", self.salesperson, self.env["business.expense.claim"], "create", [{
            "company_id": self.company.id, "travel_request_id": trip.id}])

    def test_claims_of_others(self):
        """IC-7: nobody makes, changes or submits a colleague's claim, nor takes out his expenses."""
        claim = self.claim_of(self.make_trip())
        self.fill(claim)
        for user in (self.colleague, self.finance):
            for records, method, args in (
                (claim, "write", [{"note": "x"}]), (claim, "action_approval_submit", []), (claim, "action_add_drafts", []),
                (claim, "unlink", []), (claim.expense_ids, "action_leave_claim", []),
            ):
                self.assertDenied(user, records.sudo(False), method, *args)
        self.assertDenied(self.colleague, claim.browse().sudo(False), "create", [{
            "company_id": self.company.id, "employee_id": self.me.id}])

    def test_context_keys_open_nothing(self):
        """Attack 3: no key that a client can send makes him the engine."""
        expense = self.lodging(150.0)
        for key in ("business_engine", "business_claim_route", "business_expense_changes"):
            for value in (True, 1, {"by_expense": {}}, "ENGINE"):
                with self.assertRaises(ControlError), self.env.cr.savepoint():
                    self.call(self.salesperson, expense, "write", {"allowed_amount": 9.0}, context={key: value})
        self.take_refusals()
        self.set_mode("travel.over_policy", "approve")
        self.call(self.salesperson, expense, "action_submit", context={"business_claim_route": True})
        self.assertEqual(expense.claim_id.sudo().approval_id.ground_ids.control_id.code, "travel.over_policy")
