# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_expense import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseClaim(ExpenseCommon):
    """From the trip to the money: claims, their route, and the controls at the submission."""

    def decide(self, claim, *users, method="action_approval_approve", args=()):
        for user in users:
            self.call(user, claim.sudo(), method, *args)
        claim.invalidate_recordset()

    def test_make_claim(self):
        """TE-2 to TE-3: one button makes rides, lodging and allowance of the traveller; pressed again, nothing twice."""
        trip = self.make_trip(self.me | self.him)
        claim = self.claim_of(trip)
        self.assertEqual(claim.employee_id, self.me)
        self.assertEqual(
            sorted(claim.expense_ids.mapped("travel_kind")), ["allowance", "lodging", "transport", "transport"])
        lodging = claim.expense_ids.filtered(lambda expense: expense.travel_kind == "lodging")
        self.assertEqual((lodging.place_id, lodging.night_from, lodging.night_to),
                         (self.guangzhou, self.day, self.day + timedelta(days=2)))
        self.assertEqual(claim.payable_amount, 90.0, "the allowance is computed")
        self.assertEqual(self.claim_of(trip), claim)
        self.assertEqual(claim.expense_count, 4)
        his = self.claim_of(trip, self.colleague)
        self.assertNotEqual(his, claim)
        self.assertEqual(his.employee_id, self.him)
        lodging.with_user(self.salesperson).unlink()
        self.assertEqual(self.claim_of(trip).expense_count, 4, "what is missing is made again")

    def test_only_travellers_make_claims(self):
        """SR-2.2: who was not on the trip claims nothing for it; nor does anybody before it is approved."""
        trip = self.make_trip()
        with self.assertRaises(AccessError):
            self.call(self.manager, trip, "action_make_claim")
        draft = trip.copy()
        with self.assertRaisesRegex(UserError, "not approved"):
            self.call(self.salesperson, draft, "action_make_claim")

    def test_expenses_of_the_trip_join_its_claim(self):
        """TE-0: an expense entered by hand for the trip is part of its open claim, and leaves it with the trip."""
        trip = self.make_trip()
        claim = self.claim_of(trip)
        expense = self.make_expense("transport", 20.0, travel_request_id=trip.id)
        self.assertEqual(expense.claim_id, claim)
        self.call(self.salesperson, expense, "write", {"travel_request_id": False})
        self.assertFalse(expense.claim_id)
        alone = self.env["business.expense.claim"].with_user(self.salesperson).create({"company_id": self.company.id})
        self.call(self.salesperson, alone, "action_add_drafts")
        self.assertEqual(expense.claim_id.id, alone.id)
        self.call(self.salesperson, expense, "action_leave_claim")
        self.assertFalse(expense.claim_id)

    def test_the_route(self):
        """RG-3.7, IC-8: manager, then finance; then its expenses are approved, posted and paid as Odoo does."""
        claim = self.submitted_claim()
        self.assertEqual(claim.state, "review")
        self.assertEqual(set(claim.expense_ids.mapped("state")), {"submitted"})
        self.decide(claim, self.manager_2)
        self.assertEqual(claim.state, "review")
        self.decide(claim, self.finance)
        self.assertEqual(claim.state, "approved")
        self.assertEqual(set(claim.expense_ids.mapped("state")), {"approved"})
        self.assertEqual(claim.expense_ids.manager_id, self.finance, "the last who decided")
        self.assertTrue(all(claim.expense_ids.mapped("approval_date")))
        paid = claim.payable_amount
        self.me.work_contact_id = self.me.work_contact_id or self.env["res.partner"].create({"name": "Me"})
        self.me.work_contact_id.property_account_payable_id = self.company_data["default_account_payable"]
        claim.expense_ids._post_without_wizard()
        self.assertEqual(claim.state, "posted")
        move = claim.expense_ids.account_move_id
        self.assertEqual(move.amount_total, paid)
        self.pay(move)
        self.assertEqual(claim.state, "paid")

    def test_executive_office_above_an_amount(self):
        """IC-8: from 5,000 on the executive office decides as well."""
        trip = self.make_trip(self.people[self.manager], out="train_soft_sleeper", back="train_soft_sleeper")
        claim = self.submitted_claim(amount=3000.0, user=self.manager, trip=trip)
        self.assertEqual(claim.sudo().approval_id.current_user_ids, self.manager_2, "not the manager's own")
        self.decide(claim, self.manager_2, self.finance)
        self.assertEqual(claim.state, "review")
        self.decide(claim, self.executive)
        self.assertEqual(claim.state, "approved")

    def test_send_back_reopens(self):
        """RL-4.3: sent back, the expenses are drafts with the amounts that were claimed; changed, they are judged anew."""
        trip = self.make_trip()
        claim = self.claim_of(trip)
        self.fill(claim, 100.0)
        lodging = claim.expense_ids.filtered(lambda expense: expense.travel_kind == "lodging")
        self.call(self.salesperson, lodging, "write", {"total_amount_currency": 200.0})
        self.call(self.salesperson, claim, "action_approval_submit")
        self.assertEqual((lodging.total_amount, claim.claimed_amount - claim.payable_amount), (120.0, 80.0))
        self.decide(claim, self.manager, method="action_approval_send_back", args=("One bill is missing",))
        self.assertEqual((claim.state, lodging.state, lodging.total_amount), ("draft", "draft", 200.0))
        self.call(self.salesperson, lodging, "write", {"total_amount_currency": 110.0})
        self.call(self.salesperson, claim, "action_approval_submit")
        self.assertEqual((claim.state, lodging.total_amount), ("review", 110.0))
        self.call(self.salesperson, claim, "action_approval_withdraw")
        self.assertEqual((claim.state, lodging.state), ("draft", "draft"))

    def test_rejection(self):
        """IC-8: rejected, the expenses are refused, and their invoices can be used elsewhere."""
        trip = self.make_trip()
        claim = self.claim_of(trip)
        self.fill(claim)
        self.call(self.salesperson, claim.expense_ids[0], "write", {"invoice_number": "12345678"})
        self.call(self.salesperson, claim, "action_approval_submit")
        self.assertEqual(self.env["business.invoice.use"].sudo().search_count([("expense_id", "in", claim.expense_ids.ids)]), 1)
        self.decide(claim, self.manager, method="action_approval_reject", args=("Private trip",))
        self.assertEqual((claim.state, set(claim.expense_ids.mapped("state"))), ("refused", {"refused"}))
        self.assertFalse(self.env["business.invoice.use"].sudo().search([("expense_id", "in", claim.expense_ids.ids)]))

    def test_unpaid_expense_in_a_claim(self):
        """TE-1.2: what the policy does not pay is refused with the reason, the rest goes on; sent back, all can be mended."""
        trip = self.make_trip()
        claim = self.claim_of(trip)
        self.fill(claim)
        soft = claim.expense_ids.filtered(lambda expense: expense.travel_kind == "transport")[0]
        self.call(self.salesperson, soft, "write", {"transport_class_id": self.means("train_soft_sleeper").id})
        self.call(self.salesperson, claim, "action_approval_submit")
        self.assertEqual(soft.state, "refused")
        self.assertEqual(claim.payable_amount, claim.claimed_amount - soft.claimed_amount)
        self.decide(claim, self.manager, method="action_approval_send_back", args=("Look again",))
        self.assertEqual(soft.state, "draft")

    def test_over_policy_for_approval(self):
        """TE-0: in the mode “approval” the full amount goes to approval with its ground, and is paid when approved."""
        self.set_mode("travel.over_policy", "approve")
        expense = self.lodging(150.0)
        action = self.call(self.salesperson, expense, "action_submit")
        claim = expense.claim_id
        self.assertEqual(action["res_id"], claim.id)
        self.assertEqual((expense.state, expense.total_amount), ("submitted", 150.0))
        ground = claim.sudo().approval_id.ground_ids
        self.assertEqual((ground.control_id.code, ground.amount), ("travel.over_policy", 30.0))
        self.decide(claim, self.manager, self.finance)
        self.assertEqual((expense.state, expense.total_amount), ("approved", 150.0))
        self.assertEqual(self.events("released", claim).control_id.code, "travel.over_policy")

    def test_over_policy_blocked(self):
        """TE-0: in the mode “block” it cannot be submitted, alone or in a claim."""
        self.set_mode("travel.over_policy", "block")
        expense = self.lodging(150.0)
        self.assertRefusedCall("travel.over_policy", self.salesperson, expense, "action_submit")
        self.set_mode("travel.expense_route", "block")
        self.assertRefusedCall("travel.over_policy", self.salesperson, expense, "action_submit")
        self.assertFalse(expense.claim_id)

    def test_no_trip(self):
        """TE-2: transport and lodging belong to an approved trip."""
        self.set_mode("travel.no_trip", "block")
        expense = self.make_expense("transport", 50.0, transport_class_id=self.means("bus").id)
        self.assertRefusedCall("travel.no_trip", self.salesperson, expense, "action_submit")
        self.call(self.salesperson, expense, "write", {"travel_request_id": self.make_trip().id})
        self.call(self.salesperson, expense, "action_submit")
        self.assertEqual(expense.state, "submitted")

    def test_receipt_missing(self):
        """RG-3.7, SR-2.2: receipts are required by category."""
        self.set_mode("travel.receipt_missing", "block")
        expense = self.make_expense("transport", 50.0, transport_class_id=self.means("bus").id, receipt=False)
        self.assertRefusedCall("travel.receipt_missing", self.salesperson, expense, "action_submit")
        self.attach(expense)
        self.call(self.salesperson, expense, "action_submit")

    def test_deadline(self):
        """RG-3.7: 30 days after the expense, then only with approval."""
        self.set_mode("travel.deadline", "approve")
        old = self.me._get_travel_time(fields.Datetime.now()).date() - timedelta(days=40)
        expense = self.make_expense("transport", 50.0, transport_class_id=self.means("bus").id, date=old)
        self.call(self.salesperson, expense, "action_submit")
        self.assertEqual(expense.claim_id.sudo().approval_id.ground_ids.control_id.code, "travel.deadline")
        self.assertIn("10 days late", expense.claim_id.sudo().approval_id.ground_ids.message)

    def test_invoice_is_used_once(self):
        """RG-3.7, SR-2.2: a colleague who claims the same invoice is refused, and told by whom it was claimed."""
        self.set_mode("travel.invoice_reused", "block")
        mine = self.lodging(50.0, invoice_number="No. 1234 5678", invoice_seller="Pearl Hotel")
        self.call(self.salesperson, mine, "action_submit")
        his = self.lodging(50.0, self.colleague, first=5, invoice_number="no.12345678", invoice_seller="PEARL  HOTEL")
        self.assertRefusedCall("travel.invoice_reused", self.colleague, his, "action_submit")
        with self.assertRaisesRegex(UserError, self.me.name) as caught:
            self.call(self.colleague, his, "action_submit")
        self.assertNotIn(f"“{mine.name}”", str(caught.exception), "he may not read the other expense")
        self.call(self.colleague, his, "write", {"invoice_seller": "Other Hotel"})
        self.call(self.colleague, his, "action_submit")
        self.assertEqual(his.state, "submitted")

    def test_invoice_without_a_seller_is_the_same_one(self):
        """SR-2.2: leaving the seller out makes it no other invoice."""
        self.set_mode("travel.invoice_reused", "block")
        mine = self.lodging(50.0, invoice_number="12345678", invoice_seller="Pearl Hotel")
        self.call(self.salesperson, mine, "action_submit")
        again = self.lodging(50.0, first=5, invoice_number="１２３４５６７８")
        self.assertRefusedCall("travel.invoice_reused", self.salesperson, again, "action_submit")

    def test_invoice_is_given_back(self):
        """RG-3.7: refused, deleted, or with another number, an expense holds the invoice no more."""
        self.set_mode("travel.invoice_reused", "block")
        Use = self.env["business.invoice.use"].sudo()
        number = {"invoice_number": "12345678", "invoice_seller": "Pearl Hotel"}
        mine = self.lodging(50.0, **number)
        self.call(self.salesperson, mine, "action_submit")
        self.assertEqual(Use.search([("expense_id", "=", mine.id)]).user_id, self.salesperson)
        self.env["hr.expense.refuse.wizard"].with_context(active_ids=mine.ids).create({"reason": "no"}).action_refuse()
        self.assertEqual(mine.state, "refused")
        self.assertFalse(Use.search([("number", "=", "12345678")]))
        his = self.lodging(50.0, self.colleague, first=5, **number)
        self.call(self.colleague, his, "action_submit")
        self.call(self.colleague, his, "action_reset")
        self.assertTrue(Use.search([("number", "=", "12345678")]), "a draft that was submitted keeps its invoice")
        self.call(self.colleague, his, "write", {"invoice_number": "87654321"})
        self.assertFalse(Use.search([("number", "=", "12345678")]))
        self.call(self.colleague, his, "action_submit")
        self.call(self.colleague, his, "action_reset")
        self.call(self.colleague, his, "unlink")
        self.assertFalse(Use.search([("number", "=", "87654321")]))

    def test_invoice_used_twice_is_noted(self):
        """RG-3.7: when the control only notifies, the second one goes through, is noted, and holds nothing."""
        number = {"invoice_number": "12345678", "invoice_seller": "Pearl Hotel"}
        expenses = self.lodging(50.0, **number) | self.lodging(50.0, first=5, **number)
        self.call(self.salesperson, expenses, "action_submit")
        self.assertEqual(set(expenses.mapped("state")), {"submitted"})
        self.assertEqual(self.env["business.invoice.use"].sudo().search([("number", "=", "12345678")]).expense_id, expenses[0])
        self.assertIn("travel.invoice_reused", self.events("noted", expenses[1]).control_id.mapped("code"))

    def test_submitted_expenses_get_a_claim(self):
        """IC-8: with the route required, whatever is submitted goes into a claim for each person and trip."""
        self.set_mode("travel.expense_route", "block")
        trip = self.make_trip()
        of_trip = self.make_expense("transport", 50.0, travel_leg_id=trip.leg_ids[0].id)
        other = self.env["hr.expense"].with_user(self.salesperson).create({
            "name": "Paper", "employee_id": self.me.id, "total_amount_currency": 20.0, "product_id": self.paper.id,
        }).with_env(self.env)
        self.call(self.salesperson, of_trip | other, "action_submit")
        self.assertEqual(of_trip.claim_id.travel_request_id, trip)
        self.assertFalse(other.claim_id.travel_request_id)
        self.assertEqual(set((of_trip | other).mapped("state")), {"submitted"})
        self.assertEqual(set((of_trip | other).claim_id.mapped("state")), {"review"})

    def test_a_claim_is_submitted_as_a_whole(self):
        """IC-8: one of its expenses is not submitted alone; all of them are."""
        claim = self.claim_of(self.make_trip())
        self.fill(claim)
        with self.assertRaisesRegex(UserError, "as a whole"):
            self.call(self.salesperson, claim.expense_ids[:1], "action_submit")
        self.call(self.salesperson, claim.expense_ids, "action_submit")
        self.assertEqual(claim.state, "review")

    def test_odoo_goes_on_with_a_note(self):
        """IC-10: with everything on “notify” Odoo's own approval works, and is noted."""
        approver = new_test_user(
            self.env, login="test_approver", groups="base.group_user,hr_expense.group_hr_expense_user",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        expense = self.lodging(50.0)
        self.call(self.salesperson, expense, "action_submit")
        self.call(approver, expense, "action_approve")
        self.assertEqual(expense.state, "approved")
        self.assertIn("travel.expense_route", self.events("noted", expense).control_id.mapped("code"))
        self.assertFalse(expense.claim_id)

    def test_empty_and_zero_claims(self):
        """RG-3.7: nothing is submitted that was not filled in."""
        trip = self.make_trip()
        claim = self.claim_of(trip)
        with self.assertRaisesRegex(UserError, "Enter what was paid"):
            self.call(self.salesperson, claim, "action_approval_submit")
        alone = self.env["business.expense.claim"].with_user(self.salesperson).create({"company_id": self.company.id})
        with self.assertRaisesRegex(UserError, "no expenses"):
            self.call(self.salesperson, alone, "action_approval_submit")

    def test_who_reads_claims(self):
        """IC-7: the employee and those who decide, pay or audit; no colleague."""
        claim = self.submitted_claim()
        for user in (self.salesperson, self.manager, self.finance, self.executive, self.auditor):
            self.assertEqual(
                self.call(user, claim, "read", ["name", "payable_amount"])[0]["payable_amount"], claim.payable_amount)
            self.assertEqual(len(self.call(user, claim.expense_ids, "read", ["allowed_amount"])), 4)
        for records in (claim, claim.expense_ids):
            with self.assertRaises(AccessError):
                self.call(self.colleague, records, "read", ["name"])

    def test_refused_after_approval_and_claimed_anew(self):
        """RL-4.3: an approved expense that is wrong is refused before it is posted, and leaves the claim when reopened."""
        claim = self.submitted_claim()
        self.decide(claim, self.manager, self.finance)
        expense = claim.expense_ids[0]
        officer = new_test_user(
            self.env, login="test_officer", groups="base.group_user,hr_expense.group_hr_expense_manager",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)])
        self.assertDenied(officer, expense, "action_reset")
        self.env["hr.expense.refuse.wizard"].with_user(officer).with_context(active_ids=expense.ids).create(
            {"reason": "Wrong bill"}).action_refuse()
        self.assertEqual((expense.state, claim.state), ("refused", "approved"))
        self.call(officer, expense, "action_reset")
        self.assertEqual((expense.state, expense.claim_id.id), ("draft", False))
