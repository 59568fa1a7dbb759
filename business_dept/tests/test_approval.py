# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError

from .common import BusinessCommon


@tagged("post_install", "-at_install")
class TestApproval(BusinessCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile._apply_grade(cls.grades["C"])
        cls.profile._apply_limit(500.0, False)

    def setUp(self):
        super().setUp()
        self.set_mode("credit.limit", "approve")

    def submit(self, amount=1000.0):
        order = self.make_order(amount)
        self.call(self.salesperson, order, "action_approval_submit")
        return order, order.sudo().approval_id

    def test_confirm_is_refused_with_everything_in_the_message(self):
        """JJ-4.2: the message names the breach, by how much, the clause, and who may approve."""
        order = self.make_order(1000.0)
        with self.assertRaises(ControlError) as caught:
            self.call(self.salesperson, order, "action_confirm")
        message = str(caught.exception)
        for part in ("500.00", "JJ-4.2", self.manager.name):
            self.assertIn(part, message)
        self.assertEqual([entry["outcome"] for entry in self.take_refusals("credit.limit")], ["needs_approval"])

    def test_submit_approve_confirm(self):
        """JJ-4.2: refused, submitted, approved, confirmed; every step leaves a trace."""
        order, approval = self.submit()
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.current_user_ids, self.manager | self.manager_2)
        self.assertEqual(approval.activity_ids.user_id, self.manager | self.manager_2)
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(approval.state, "approved")
        self.assertFalse(approval.activity_ids, "activities are closed when done")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        event = self.events("released", order)
        self.assertEqual(event.control_id.code, "credit.limit")
        self.assertEqual(event.amount, 500.0)
        self.assertIn(self.manager.name, "".join(order.sudo().message_ids.mapped("body")))

    def test_requester_never_decides(self):
        """IC-7: who submitted or made it does not decide it, even as a manager."""
        order = self.make_order(1000.0, user=self.manager)
        self.call(self.manager, order, "action_approval_submit")
        approval = order.sudo().approval_id
        self.assertEqual(approval.current_user_ids, self.manager_2)
        with self.assertRaises(ControlError):
            self.call(self.manager, order, "action_approval_approve")
        self.assertTrue(self.take_refusals("approval.own_decision"))

    def test_nobody_left_is_refused(self):
        """IC-7: when only the requester could decide and nobody escalates, the request is refused, not approved."""
        self.rule.write({"approver_type": "user", "user_ids": [Command.set(self.manager.ids)], "escalation_group_id": False})
        order = self.make_order(1000.0, user=self.manager)
        with self.assertRaisesRegex(UserError, "IC-7"):
            self.call(self.manager, order, "action_approval_submit")

    def test_no_rule_is_refused(self):
        """IC-8: without a rule that says who decides, nothing is approved by itself."""
        self.rule.active = False
        order = self.make_order(1000.0)
        with self.assertRaisesRegex(UserError, "No approval rule"):
            self.call(self.salesperson, order, "action_approval_submit")

    def test_two_steps_in_order(self):
        """JJ-1.2.3: manager first, then the executive office; out of turn is refused."""
        self.rule.copy({
            "name": "Executive office", "sequence": 20, "group_id": self.env.ref("business_dept.group_executive_office").id,
        })
        order, approval = self.submit()
        with self.assertRaises(ControlError):
            self.call(self.executive, approval, "action_approve")
        self.assertTrue(self.take_refusals("approval.out_of_turn"))
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.current_user_ids, self.executive)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")
        self.call(self.executive, approval, "action_approve")
        self.assertEqual(approval.state, "approved")

    def test_same_person_twice_in_a_row_decides_once(self):
        """JJ-1.2.3: a person met twice in a row decides once."""
        self.rule.copy({"name": "Again the manager", "sequence": 20})
        order, approval = self.submit()
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(approval.state, "approved")
        self.assertEqual(len(approval.step_ids), 2)

    def test_all_must_approve(self):
        """IC-7: a step that needs all is done when all have approved."""
        self.rule.require = "all"
        order, approval = self.submit()
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(approval.state, "pending")
        self.call(self.manager_2, order, "action_approval_approve")
        self.assertEqual(approval.state, "approved")

    def test_decided_is_decided(self):
        """Attack 9: approve after rejection, approve twice."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_reject", "Too much")
        with self.assertRaisesRegex(UserError, "Rejected"):
            self.call(self.manager_2, approval, "action_approve")
        self.assertEqual(approval.state, "rejected")
        with self.assertRaisesRegex(UserError, "Too much"):
            self.call(self.salesperson, order, "action_approval_submit")

    def test_rejected_content_may_be_asked_again_when_better(self):
        """RL-4.3: a changed document is a new request, with the old one still there."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_reject", "Too much")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 800.0})
        self.call(self.salesperson, order, "action_approval_submit")
        self.assertEqual(order.sudo().approval_ids.mapped("state"), ["pending", "rejected"])

    def test_reason_is_demanded_on_the_server(self):
        """IC-7: reject, send back and hand over demand a reason."""
        _order, approval = self.submit()
        for method, args in (("action_reject", ("  ",)), ("action_send_back", ("",)),
                             ("action_hand_over", (self.manager_2.id, ""))):
            with self.assertRaisesRegex(UserError, "reason"):
                self.call(self.manager, approval, method, *args)
        action = self.call(self.manager, approval, "action_reject")
        self.assertEqual(action["res_model"], "business.approval.decision")

    def test_hand_over_and_add(self):
        """IC-7: handed over and added with a trace, never to the requester."""
        _order, approval = self.submit()
        with self.assertRaises(ControlError):
            self.call(self.manager, approval, "action_hand_over", self.salesperson.id, "You do it")
        self.call(self.manager, approval, "action_hand_over", self.executive.id, "Away")
        self.assertIn(self.executive, approval.current_user_ids)
        self.assertNotIn(self.manager, approval.current_user_ids)
        self.call(self.executive, approval, "action_add_colleague", self.finance.id, "Have a look")
        self.call(self.executive, approval, "action_approve")
        self.assertEqual(approval.current_user_ids, self.finance)
        self.call(self.finance, approval, "action_approve")
        self.assertEqual(approval.state, "approved")

    def test_send_back_unlocks(self):
        """RL-4.3: sent back, the document can be changed and submitted again."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_send_back", "Lower the price")
        self.assertEqual(order.sudo().approval_state, "sent_back")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 700.0})

    def test_withdraw_by_requester_only(self):
        """IC-7: only who submitted withdraws."""
        order, approval = self.submit()
        with self.assertRaises(ControlError):
            self.call(self.manager, approval, "action_withdraw")
        self.call(self.salesperson, order, "action_approval_withdraw")
        self.assertEqual(approval.state, "withdrawn")

    def test_locked_while_under_review(self):
        """RL-4.3: the document and its lines are locked while under review, with a trace."""
        order, _approval = self.submit()
        for records, vals in ((order, {"payment_term_id": False}), (order.order_line, {"price_unit": 1.0}),
                              (order, {"order_line": [Command.clear()]}), (order, {"client_order_ref": "x"})):
            with self.assertRaises(ControlError):
                self.call(self.salesperson, records, "write", vals)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order.order_line, "unlink")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order.order_line.browse(), "create", [{
                "order_id": order.id, "product_id": self.product_slab.id,
            }])
        self.assertEqual(len(self.take_refusals("approval.content_locked")), 6)

    def test_change_after_approval_voids_and_says_what(self):
        """RL-4.3: what was approved is what is done; a change says which field changed."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_approve")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 1200.0})
        self.assertEqual(approval.state, "void")
        self.assertIn("1000", approval.reason)
        self.assertIn("1200", approval.reason)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")

    def test_approval_covers_up_to_the_amount(self):
        """JJ-4.2: an approval releases up to the excess that was approved, not whatever the customer owes later."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_approve")
        self.make_invoice(5000.0, due=fields.Date.today())
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")

    def test_absence_cover(self):
        """IC-7: cover is dated and recorded, and never leads back to the requester."""
        self.rule.write({"approver_type": "user", "user_ids": [Command.set(self.manager.ids)]})
        today = fields.Date.today()
        absence = self.env["business.approval.absence"].with_user(self.manager).create({
            "user_id": self.manager.id, "cover_user_id": self.executive.id, "date_from": today - timedelta(days=1),
            "date_to": today + timedelta(days=2),
        })
        _order, approval = self.submit()
        self.assertIn(self.executive, approval.current_user_ids)
        absence.sudo().write({"date_from": today - timedelta(days=5), "date_to": today - timedelta(days=2)})
        with self.assertRaises(ControlError):
            self.call(self.executive, approval, "action_approve")
        absence.sudo().write({"date_to": today + timedelta(days=2)})
        self.call(self.executive, approval, "action_approve")
        self.assertEqual(approval.approver_ids.filtered(lambda r: r.state == "approved").on_behalf_of_id, self.manager)
        absence.sudo().cover_user_id = self.salesperson
        _order, approval = self.submit()
        self.assertEqual(approval.current_user_ids, self.manager)
        with self.assertRaises(AccessError):
            self.env["business.approval.absence"].with_user(self.salesperson).create({
                "user_id": self.manager_2.id, "cover_user_id": self.salesperson.id, "date_from": today, "date_to": today,
            })

    def test_deadline_reminds_and_escalates_once(self):
        """JJ-1.2.2: what is not decided in time is reminded of, and escalated once."""
        _order, approval = self.submit()
        step = approval.current_step_id
        step.deadline = fields.Datetime.now() - timedelta(hours=1)
        for _run in range(2):
            self.run_cron("business_dept.ir_cron_approval_follow_up")
        self.assertEqual(approval.approver_ids.filtered(lambda r: r.origin == "escalation").user_id, self.executive)
        self.assertTrue(step.reminded_on)
        self.call(self.executive, approval, "action_approve")
        self.assertEqual(approval.state, "approved")

    def test_implied_membership_counts(self):
        """Attack 11: an approver who holds the post through another group decides as well."""
        group = self.env["res.groups"].create({
            "name": "Regional head", "implied_ids": [Command.link(self.env.ref("business_dept.group_department_manager").id)],
        })
        self.finance.group_ids += group
        _order, approval = self.submit()
        self.assertIn(self.finance, approval.current_user_ids)

    def test_route_test_changes_nothing(self):
        """JJ-1.2.3: the tester shows the route and makes no request."""
        order = self.make_order(1000.0)
        test = self.env["business.approval.route.test"].with_user(self.manager).create({
            "requester_id": self.salesperson.id, "record_ref": f"sale.order,{order.id}",
        })
        self.assertIn(self.manager_2.name, test.route_html)
        self.assertFalse(order.sudo().approval_ids)

    def test_rows_are_written_by_the_engine_only(self):
        """Attacks 1, 2: no group writes, makes or deletes requests, steps, decisions; each try leaves a trace."""
        _order, approval = self.submit()
        for user in (self.salesperson, self.manager, self.admin_user, self.env.ref("base.user_admin")):
            for records in (approval, approval.step_ids, approval.approver_ids, approval.ground_ids):
                with self.assertRaises(AccessError):
                    self.call(user, records, "write", {"state": "approved"} if "state" in records._fields else {"amount": 1})
                with self.assertRaises(AccessError):
                    self.call(user, records, "unlink")
        self.assertTrue(self.take_refusals("approval.forgery"))
        self.assertEqual(approval.state, "pending")

    def test_reading_is_for_those_who_take_part(self):
        """IC-8: a colleague who has nothing to do with a request does not read it; the auditor reads all."""
        _order, approval = self.submit()
        clerk = self.users["order_clerk"]
        self.assertFalse(self.env["business.approval"].with_user(clerk).search([("id", "=", approval.id)]))
        self.assertTrue(self.env["business.approval"].with_user(self.auditor).search([("id", "=", approval.id)]))
        self.assertTrue(self.env["business.approval"].with_user(self.salesperson).search([("id", "=", approval.id)]))
