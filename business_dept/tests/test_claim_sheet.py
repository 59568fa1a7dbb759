# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.business_dept.tests.common_expense import ExpenseCommon


@tagged("post_install", "-at_install")
class TestClaimSheet(ExpenseCommon):

    def make_submitted(self):
        """The claim of an approved trip, as its traveller submits it."""
        trip = self.make_trip()
        action = self.call(self.salesperson, trip, "action_make_claim")
        claim = self.env["business.expense.claim"].browse(action["res_id"]).sudo()
        for expense in claim.expense_ids.filtered(lambda expense: expense.travel_kind != "allowance"):
            amount = 150.0 if expense.travel_kind == "transport" else 200.0
            self.call(self.salesperson, expense, "write", {"total_amount_currency": amount})
        return claim

    def test_before_the_decision(self):
        """TE-0: the sheet says what is claimed, what the policy allows, and why less; its total stands in words."""
        claim = self.make_submitted()
        sheet = claim._get_settlement_sheet()
        self.assertEqual(len(sheet["legs"]), 2)
        self.assertEqual([(row["from"], row["to"]) for row in sheet["legs"]],
                         [("Nan Ning", "Guang Zhou"), ("Guang Zhou", "Nan Ning")])
        self.assertEqual(sheet["legs"][0]["departure"][-5:], "08:00")  # on the clock of the traveller
        lodging, allowance = sheet["others"]
        self.assertEqual((lodging["claimed"], lodging["paid"]), (200.0, 120.0))
        self.assertTrue(lodging["reason"])
        self.assertEqual(allowance["paid"], 90.0)
        self.assertIn("3 days", allowance["note"])
        self.assertEqual((sheet["claimed"], sheet["paid"], sheet["words"]), (590.0, 510.0, "伍佰壹拾元整"))

    def test_signatures(self):
        """JJ-1.2.3: who approved, and when, stands on the sheet; who has not decided yet is blank."""
        claim = self.make_submitted()
        self.call(self.salesperson, claim, "action_approval_submit")
        waiting = claim._get_settlement_sheet()["signatures"]
        self.assertTrue(waiting)
        self.assertFalse(any(name or date for _step, name, date in waiting))
        while claim.approval_id.state == "pending":
            self.call(claim.approval_id.current_user_ids[0], claim, "action_approval_approve")
        signed = claim._get_settlement_sheet()
        self.assertEqual([step for step, _name, _date in signed["signatures"]], [step for step, _name, _date in waiting])
        self.assertTrue(all(name and date for _step, name, date in signed["signatures"]))
        self.assertEqual((signed["claimed"], signed["paid"], signed["out"], signed["back"]), (590.0, 510.0, 510.0, 0.0))

    def test_printed_by_its_reader(self):
        """TE-0: who may read the claim prints it; the paper is in Chinese."""
        claim = self.make_submitted()
        html = self.env["ir.actions.report"].with_user(self.salesperson)._render_qweb_html(
            "business_dept.report_expense_claim", claim.ids)[0].decode()
        for text in ("差旅费报销单", "大写金额", "伍佰壹拾元整", "Guang Zhou", claim.name):
            self.assertIn(text, html)
