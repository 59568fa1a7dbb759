# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.business_dept.controls import ControlError

from .common_fulfilment import FulfilmentCommon


@tagged("post_install", "-at_install")
class TestFollowUp(FulfilmentCommon):
    """The follow-up board: stages follow from facts, and moving a card is doing the next step."""

    def setUp(self):
        super().setUp()
        self.set_grade("C", limit=10_000_000.0)  # whose customers pay a deposit

    def drag(self, orders, stage, user=None):
        """Move cards as the kanban view does."""
        return self.call(user or self.clerk, orders, "web_save", {"follow_stage": stage}, {"follow_stage": {}})

    def test_stages_follow_facts(self):
        """GF-7.3: every stage, from the deposit to the last yuan, by what has really happened."""
        order = self.make_confirmed()
        self.assertEqual(order.follow_stage, "deposit")
        order.sudo().is_deposit_received = True
        self.assertEqual(order.follow_stage, "release")
        self.release(order)
        self.assertEqual(order.follow_stage, "production")
        self.call(self.clerk, order, "action_mark_ready")
        self.assertEqual(order.follow_stage, "ready")
        self.dispatch(order, 4)
        self.assertEqual(order.follow_stage, "ready", "only a part has left")
        self.dispatch(order)
        self.assertEqual(order.follow_stage, "dispatched")
        self.call(self.clerk, order, "action_record_arrival", fields.Date.to_string(self.today))
        self.assertEqual(order.follow_stage, "arrived")
        order.sudo().is_settled = True
        self.assertEqual(order.follow_stage, "settled")
        self.assertTrue(order.follow_stage_date)

    def test_plain_quotations_are_not_on_the_board(self):
        """GF-7.3: a quotation is on the board while it waits for somebody inside."""
        self.set_grade("C", limit=100.0)
        self.set_mode("credit.limit", "approve")
        order = self.make_order()
        self.assertFalse(order.follow_stage)
        self.assertFalse(order.follow_stage_date)
        self.call(self.salesperson, order, "action_approval_submit")
        self.assertEqual(order.follow_stage, "approval")
        self.assertIn("Department Manager", order.with_user(self.clerk).follow_blocker)
        self.call(self.salesperson, order, "action_approval_withdraw")
        self.assertFalse(order.follow_stage)
        self.env["business.order.hold"]._hold(order, customer_confirmed=True)
        self.assertEqual(order.follow_stage, "approval")
        self.assertIn("customer has confirmed", order.with_user(self.clerk).follow_blocker)
        order.with_user(self.salesperson)._action_cancel()
        self.assertFalse(order.follow_stage)

    def test_drag_does_the_next_step(self):
        """GF-7.3: the clerk moves the card through; each move is the action with its author and date."""
        order = self.make_confirmed()
        self.drag(order, "production")
        self.assertEqual(order.released_by_id, self.clerk)
        self.drag(order, "ready")
        self.assertTrue(order.date_ready)
        self.assertEqual(self.drag(order, "dispatched")[0]["follow_stage"], "dispatched")
        self.assertEqual(order.shipment_ids.amount, 1000.0)
        self.drag(order, "arrived", self.service)
        self.assertEqual(order.shipment_ids.date_arrival, self.today)
        self.drag(order, "arrived")

    def test_other_moves_are_refused(self):
        """GF-7.3: no card goes where nothing has happened, nor back; the message says how it gets there."""
        order = self.make_confirmed()
        stages = [stage for stage, _label in order._fields["follow_stage"].selection]
        allowed = {("deposit", "production"), ("production", "ready"), ("production", "dispatched"), ("ready", "dispatched"),
                   ("dispatched", "arrived")}
        for here, step in (("deposit", "production"), ("production", "ready"), ("ready", "dispatched"),
                           ("dispatched", "arrived"), ("arrived", None)):
            self.assertEqual(order.follow_stage, here)
            for stage in (*stages, False, "nonsense"):
                if stage != here and (here, stage) not in allowed:
                    with self.assertRaises(UserError, msg=f"{here} → {stage}"):
                        self.call(self.clerk, order, "write", {"follow_stage": stage})
            if step:
                self.drag(order, step)

    def test_drag_meets_the_gate(self):
        """attack 7, JJ-1.3.3: moving a card is no way around a control, nor around the post."""
        order = self.make_confirmed()
        self.set_grade("C", limit=100.0)
        for user in (self.salesperson, self.service, self.finance):
            with self.assertRaises(AccessError):
                self.call(user, order, "write", {"follow_stage": "production"})
        self.set_mode("contract.dispatch_unreleased", "block")
        order._as_engine().date_production_start = fields.Datetime.now()
        self.assertEqual(order.follow_stage, "production")
        with self.assertRaises(ControlError):
            self.drag(order, "dispatched")
        self.take_refusals()
        self.assertFalse(order.shipment_ids)

    def test_who_may_drag(self):
        """GF-7.3: the board offers moving to those who follow orders, and to nobody else."""
        for user, readonly in ((self.clerk, False), (self.service, False), (self.manager, False), (self.salesperson, True),
                               (self.finance, True)):
            described = self.env["sale.order"].with_user(user).fields_get(["follow_stage"])
            self.assertEqual(described["follow_stage"]["readonly"], readonly, user.name)

    def test_promised_and_late(self):
        """GF-6.6: the promised date is the agreed one; lateness ends with the last dispatch; late ones are found."""
        date = datetime.combine(self.today - timedelta(days=3), datetime.min.time())
        order = self.make_confirmed(commitment_date=date)
        other = self.make_confirmed()
        self.assertEqual(order.promised_date, date.date())
        self.assertTrue(other.promised_date)
        self.assertEqual((order.late_days, order.is_late, order.follow_color), (3, True, 1))
        late = self.env["sale.order"].with_user(self.clerk).search([("is_late", "=", True), ("id", "in", (order + other).ids)])
        self.assertEqual(late, order)
        self.assertEqual(
            self.env["sale.order"].search([("is_late", "=", False), ("id", "in", (order + other).ids)]), other)
        self.release(order)
        self.dispatch(order, date=self.today - timedelta(days=1))
        self.assertEqual(order.late_days, 2)

    def test_blockers_of_a_board(self):
        """IC-9: what blocks each order of a board, in as many statements for twenty orders as for four."""
        self.set_mode("contract.dispatch_unreleased", "block")
        orders = self.env["sale.order"].union(*(self.make_confirmed() for _number in range(24))).with_user(self.clerk)
        self.assertEqual(set(orders.mapped("follow_blocker")), {"The deposit has not been received."})
        counts = []
        for some in (orders[:4], orders[4:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("follow_blocker")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_plain_writes_cost_nothing(self):
        """GF-7.3: the board adds no statement to the writing of a quotation."""
        order = self.make_order()
        for vals in ({"client_order_ref": "PO 1"}, {"note": "x"}):
            self.env.flush_all()
            with self.subTest(vals=vals):
                fields_to_compute = {
                    field.name for field in self.env.registry.field_computed for name in vals
                    if field.model_name == "sale.order" and field.name in ("follow_stage", "promised_date")
                    and field in self.env.registry.get_dependent_fields(order._fields[name])
                }
                self.assertFalse(fields_to_compute)

    def test_reminders(self):
        """JJ-1.3.3: the clerk is told once when an order can be released, and no more when it is."""
        self.company.follow_user_id = self.clerk
        order = self.make_confirmed(commitment_date=fields.Datetime.now() + timedelta(days=9))
        self.run_cron("business_dept.ir_cron_order_follow_up")
        self.assertFalse(order.activity_ids)
        order.sudo().is_deposit_received = True
        for _time in range(2):
            self.run_cron("business_dept.ir_cron_order_follow_up")
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.clerk)
        self.release(order)
        self.assertFalse(order.activity_ids.filtered("active"))

    def test_late_reminders(self):
        """GF-6.6: of what is late, whoever follows the order is told daily until it has left."""
        order = self.make_confirmed(commitment_date=datetime.combine(self.today - timedelta(days=3), datetime.min.time()))
        order.follow_user_id = self.users["deputy_manager"]
        for _time in range(2):
            self.run_cron("business_dept.ir_cron_order_follow_up")
        activity = order.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (order.follow_user_id, order.promised_date))
        activity.action_feedback()
        self.run_cron("business_dept.ir_cron_order_follow_up")
        self.assertFalse(order.activity_ids, "once a day")
        order.sudo().late_noted_on = self.today - timedelta(days=1)
        self.run_cron("business_dept.ir_cron_order_follow_up")
        self.assertTrue(order.activity_ids)
        self.release(order)
        self.dispatch(order)
        self.assertFalse(order.activity_ids)

    def test_portal_reads_nothing_of_it(self):
        """attack 19: stage, blocker and facts are for employees."""
        order = self.make_confirmed()
        for name in ("follow_stage", "follow_blocker", "date_released", "shipment_ids", "promised_date", "can_release"):
            self.assertEqual(order._fields[name].groups, "base.group_user")
