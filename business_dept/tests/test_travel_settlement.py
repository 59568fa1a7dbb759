# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_travel_money import TravelMoneyCommon


@tagged("post_install", "-at_install")
class TestTravelSettlement(TravelMoneyCommon):

    def settle(self, claim, user=None):
        self.call(user or self.finance, claim, "action_settle")

    def test_underspent(self):
        """TE-0: less was spent than taken along: the rest is still held, and comes back."""
        advance = self.pay_advance(1000.0)
        claim = self.make_claim(300.0, 250.0)
        self.assertEqual((claim.owed_amount, claim.advance_open_amount, claim.pay_out_amount, claim.give_back_amount),
                         (550.0, 1000.0, 0.0, 450.0))
        self.settle(claim)
        self.assertEqual((self.owed(), self.held(), advance.open_amount, advance.settled_amount), (0.0, 450.0, 450.0, 550.0))
        self.assertEqual((claim.owed_amount, claim.advance_settled_amount, claim.give_back_amount), (0.0, 550.0, 450.0))
        self.assertEqual(set(claim.expense_ids.mapped("state")), {"paid"})
        entry = claim.settlement_ids
        self.assertEqual((entry.state, entry.amount_total, entry.travel_advance_id), ("posted", 550.0, advance))
        self.assertTrue(all(line.reconciled for line in entry.line_ids))
        self.call(self.finance, advance, "action_return", 450.0, self.cash.id)
        self.assertEqual((self.held(), advance.state), (0.0, "settled"))

    def test_overspent(self):
        """TE-0: more was spent: the advance is settled, the rest is paid out as Odoo pays."""
        advance = self.pay_advance(300.0)
        claim = self.make_claim(200.0, 250.0)
        self.assertEqual((claim.pay_out_amount, claim.give_back_amount), (150.0, 0.0))
        with self.assertRaisesRegex(UserError, "Settle the advances"):
            self.call(self.finance, claim, "action_pay_balance")
        self.settle(claim)
        self.assertEqual((advance.state, self.held(), self.owed(), claim.owed_amount), ("settled", 0.0, 150.0, 150.0))
        action = self.call(self.finance, claim, "action_pay_balance")
        wizard = self.env[action["res_model"]].with_user(self.finance).with_context(**action["context"]).create({})
        self.assertEqual(wizard.amount, 150.0)
        wizard.action_create_payments()
        self.assertEqual((self.owed(), claim.owed_amount, claim.pay_out_amount), (0.0, 0.0, 0.0))
        self.assertEqual(set(claim.expense_ids.mapped("state")), {"paid"})
        with self.assertRaisesRegex(UserError, "Nothing"):
            self.call(self.finance, claim, "action_pay_balance")

    def test_several_claims_and_advances(self):
        """RG-3.7: several claims settle one advance, one claim several advances; the oldest goes first."""
        first = self.pay_advance(500.0, date="2026-01-10")
        second = self.pay_advance(100.0, date="2026-01-05")
        one = self.make_claim(80.0)
        self.settle(one)
        self.assertEqual((second.open_amount, first.open_amount), (20.0, 500.0))
        two = self.make_claim(100.0, 33.33)
        self.settle(two)
        self.assertEqual((second.state, first.open_amount), ("settled", 386.67))
        self.assertEqual(len(two.settlement_ids), 2)
        self.assertEqual((self.held(), self.owed()), (386.67, 0.0))
        three = self.make_claim(400.0)
        self.settle(three)
        self.assertEqual((first.state, self.held(), round(self.owed(), 2), three.owed_amount), ("settled", 0.0, 13.33, 13.33))

    def test_money_for_a_later_trip_stays(self):
        """TE-0: what was taken along for a trip that is still to come is not settled with another claim."""
        request = self.env["business.travel.request"].sudo().create({
            "employee_id": self.traveller.id, "purpose": "Later", "date_from": "2099-01-01", "date_to": "2099-01-02",
            "traveller_ids": self.traveller.ids, "company_id": self.company.id,
        })
        advance = self.pay_advance(100.0)
        advance.sudo().flush_recordset()
        self.env.cr.execute("UPDATE business_travel_advance SET travel_request_id = %s WHERE id = %s", (request.id, advance.id))
        self.env.invalidate_all()
        claim = self.make_claim(60.0)
        with self.assertRaisesRegex(UserError, "no advance"):
            self.settle(claim)
        own = self.make_claim(60.0, request=request)
        self.settle(own)
        self.assertEqual((advance.open_amount, self.owed()), (40.0, 60.0))

    def test_undone_settlement(self):
        """IC-14: a settlement entry that is taken back opens both sides again, and may be made anew."""
        advance = self.pay_advance(300.0)
        claim = self.make_claim(200.0)
        self.settle(claim)
        claim.settlement_ids.button_draft()
        claim.settlement_ids.button_cancel()
        self.assertEqual((advance.open_amount, claim.owed_amount, claim.advance_settled_amount), (300.0, 200.0, 0.0))
        self.settle(claim)
        self.assertEqual((advance.open_amount, claim.owed_amount, self.held(), self.owed()), (100.0, 0.0, 100.0, 0.0))

    def test_reversed_settlement(self):
        """IC-14: a settlement that is reversed opens the advance again."""
        advance = self.pay_advance(300.0)
        claim = self.make_claim(200.0)
        self.settle(claim)
        claim.settlement_ids._reverse_moves(cancel=True)
        self.assertEqual((advance.open_amount, claim.owed_amount, self.held(), self.owed()), (300.0, 200.0, 300.0, 200.0))

    def test_payment_cancelled_after_settlement(self):
        """IC-14: the books stay the only truth when the payment of a settled advance is cancelled."""
        advance = self.pay_advance(300.0)
        claim = self.make_claim(200.0)
        self.settle(claim)
        self.call(self.finance, advance.payment_ids, "action_draft")
        self.call(self.finance, advance.payment_ids, "action_post")
        self.assertEqual((advance.open_amount, self.held(), advance.state), (100.0, 100.0, "paid"))
        self.call(self.finance, advance.payment_ids, "action_draft")
        self.call(self.finance, advance.payment_ids, "action_cancel")
        self.assertEqual((advance.open_amount, self.held(), advance.state), (-200.0, -200.0, "approved"))
        self.call(self.finance, advance, "action_pay", self.bank.id)
        self.assertEqual((advance.open_amount, self.held(), advance.state), (100.0, 100.0, "paid"))

    def test_foreign_currency(self):
        """TE-0: an expense in foreign money is owed, and settled, in the company's."""
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 0.5)])
        advance = self.pay_advance(1000.0)
        claim = self.make_claim(100.0, currency=currency)
        self.assertEqual(claim.expense_ids.total_amount, 200.0)
        self.settle(claim)
        self.assertEqual((advance.open_amount, claim.owed_amount, self.held()), (800.0, 0.0, 800.0))

    def test_what_is_not_to_be_settled(self):
        """IC-14: without posted expenses or without an advance there is nothing to settle."""
        claim = self.make_claim(100.0, post=False)
        with self.assertRaisesRegex(UserError, "no posted expenses"):
            self.settle(claim)
        self.pay_advance(50.0, user=self.users["order_clerk"])
        posted = self.make_claim(100.0)
        with self.assertRaisesRegex(UserError, "no advance"):
            self.settle(posted)
        self.assertFalse(posted.settlement_ids)

    def test_settled_once(self):
        """IC-14: a second settlement finds nothing left."""
        self.pay_advance(1000.0)
        claim = self.make_claim(100.0)
        self.settle(claim)
        with self.assertRaisesRegex(UserError, "no posted expenses"):
            self.settle(claim)
        self.assertEqual((len(claim.settlement_ids), self.held()), (1, 900.0))

    def test_nobody_settles_his_own(self):
        """IC-7: finance neither settles nor pays its own claim; other posts settle nothing."""
        mine = self.make_claim(100.0, employee=self.employees["finance"])
        for method in ("action_settle", "action_pay_balance", "action_return_advance"):
            with self.assertRaises(ControlError):
                self.call(self.finance, mine, method)
        self.assertEqual(len(self.take_refusals("travel.own_money")), 3)
        claim = self.make_claim(100.0)
        self.pay_advance(100.0)
        for user in (self.salesperson, self.manager, self.executive, self.auditor):
            with self.assertRaises(AccessError):
                self.settle(claim, user)

    def test_own_payment_by_other_doors(self):
        """IC-7: who pays his own expenses by Odoo's own dialog is noted, or refused; a colleague is not."""
        mine = self.make_claim(100.0, employee=self.employees["finance"])
        register = self.env["account.payment.register"]
        context = {"active_model": "account.move", "active_ids": mine.expense_ids.account_move_id.ids}
        self.set_mode("travel.own_payment", "block")
        with self.assertRaises(ControlError):
            register.with_user(self.finance).with_context(**context).create({}).action_create_payments()
        self.set_mode("travel.own_payment", "notify")
        register.with_user(self.finance).with_context(**context).create({}).action_create_payments()
        self.assertIn("travel.own_payment", self.events("noted").control_id.mapped("code"))

    def test_posting(self):
        """IC-14: finance posts the entries from the claim by Odoo's dialog, but not of its own claim."""
        claim = self.make_claim(100.0, post=False)
        action = self.call(self.finance, claim, "action_post_expenses")
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.with_user(self.finance).with_context(**action["context"]).action_post_entry()
        self.assertEqual((claim.state, claim.owed_amount), ("posted", 100.0))
        with self.assertRaisesRegex(UserError, "no approved"):
            self.call(self.finance, claim, "action_post_expenses")
        mine = self.make_claim(100.0, employee=self.employees["finance"], post=False)
        with self.assertRaises(ControlError):
            self.call(self.finance, mine, "action_post_expenses")
        with self.assertRaises(AccessError):
            self.call(self.salesperson, claim, "action_post_expenses")

    def test_query_count(self):
        """Reading what is to be paid of many claims takes as many statements as of few."""
        self.pay_advance(1000.0)
        claims = self.env["business.expense.claim"].union(*(self.make_claim(10.0, 20.0) for _number in range(6)))
        names = ["owed_amount", "advance_open_amount", "pay_out_amount", "give_back_amount", "advance_settled_amount"]
        counts = []
        for some in (claims[:2], claims):
            self.env.flush_all()
            self.env.invalidate_all()
            some.sudo().read(["name"])
            counts.append(self.count_statements(lambda some=some: some.sudo().read(names), cold=False))
        self.assertEqual(counts[0], counts[1])
