# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_collection import TODAY, CollectionCommon

DAY = date.fromisoformat(TODAY)
CRON = "business_dept.ir_cron_collection"


class Killed(UserError):
    """Stands for what ends a run in the middle."""

    def __init__(self):
        super().__init__("killed")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionDunning(CollectionCommon):
    """OP-4.6, JJ-2.7.3: who is told that a customer has not paid, and what becomes of it."""

    @contextmanager
    def day(self, number):
        """So many days after the due date of the deposit."""
        with freeze_time(DAY + timedelta(days=number)):
            yield

    def dun(self, number):
        """Run the daily job on a day."""
        with self.day(number):
            self.run_cron(CRON)
        self.env.invalidate_all()

    def told(self, order):
        """Who has been given an activity, in order."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False).search([
            ("res_model", "=", "sale.order"), ("res_id", "=", order.id),
            ("activity_type_id", "=", self.env.ref("business_dept.mail_activity_type_dunning").id),
        ], order="id")
        return activities.mapped("user_id.login")

    def test_step_by_step(self):
        """OP-4.6: after 1 day the salesperson, after 7 the manager, after 15 the executive office, each once."""
        order = self.confirm("A")
        self.dun(0)
        self.assertEqual(self.told(order), [])
        for day, level in ((1, 1), (1, 1), (6, 1), (7, 2), (8, 2), (15, 3), (40, 3)):
            self.dun(day)
            self.assertEqual(order.instalment_ids[0].dunning_level, level)
        told = self.told(order)
        self.assertEqual(told.count("test_salesperson"), 1)
        self.assertEqual(told.count("test_department_manager"), 1)
        self.assertEqual(told.count("test_executive_office"), 1)
        self.assertLess(told.index("test_salesperson"), told.index("test_department_manager"))
        self.assertEqual(len(order.message_ids.filtered(lambda message: "Dunning step" in (message.body or ""))), 3)

    def test_standstill(self):
        """OP-4.6: after a standstill every step is made up, none twice."""
        order = self.confirm("A")
        for _run in range(2):
            self.dun(8)
            told = self.told(order)
            self.assertEqual((told.count("test_salesperson"), told.count("test_department_manager")), (1, 1))
            self.assertNotIn("test_executive_office", told)

    def test_killed_in_the_middle(self):
        """OP-4.6: what was told before a stop is not told again, the rest is."""
        orders = [self.confirm("A"), self.confirm("A")]
        Instalment = type(self.env["business.payment.instalment"])
        tell, calls = Instalment._tell, []

        def tell_once(rows, *args):
            calls.append(rows)
            if len(calls) >= 2:
                raise Killed
            return tell(rows, *args)

        with patch.object(Instalment, "_tell", tell_once), self.day(2), self.assertLogs("odoo.addons.base.models.ir_cron"):
            self.run_cron(CRON)
        self.env.invalidate_all()
        self.assertEqual(sorted(len(self.told(order)) for order in orders), [0, 1])
        self.dun(2)
        self.assertEqual([len(self.told(order)) for order in orders], [1, 1])

    def test_paid(self):
        """OP-4.6: the reminders close when the money has arrived."""
        order = self.confirm("A")
        self.dun(2)
        self.assertTrue(order.activity_ids)
        with self.day(3):
            self.match(self.receive(300.0), order)
        self.assertFalse(order.activity_ids)

    def test_due_date_moved(self):
        """JJ-1.3.4: the dates follow what really happened; what is overdue again later is told again."""
        order = self.confirm("C")
        self.match(self.receive(300.0), order)
        shipment = self.ship(order, 1000.0, DAY, DAY)
        self.dun(15)
        self.assertEqual(order.instalment_ids[1].dunning_level, 1)
        shipment.date_arrival = DAY + timedelta(days=10)
        with self.day(15):
            order.sudo()._fulfilment_changed()
        self.assertEqual(order.instalment_ids[1].dunning_level, 0)
        self.assertFalse(order.activity_ids)
        self.dun(26)
        self.assertEqual(self.told(order), ["test_salesperson"])
        self.assertEqual(len(order.message_ids.filtered(lambda message: "Dunning step" in (message.body or ""))), 2)

    def test_orders_from_before(self):
        """OP-4.6: whoever begins with plans is not flooded by the past; what comes next is told."""
        order = self.confirm("A")
        order.sudo().instalment_ids.unlink()
        self.dun(10)
        self.assertEqual(order.instalment_ids[0].date_due, DAY)
        self.assertEqual(self.told(order), [])
        self.dun(15)
        self.assertEqual(set(self.told(order)), {"test_executive_office"})

    def test_without_a_salesperson(self):
        """OP-4.6: who is nobody is stood for by the next above."""
        order = self.confirm("A")
        order.user_id = False
        self.dun(1)
        self.assertIn("test_department_manager", self.told(order))

    def test_new_company_has_steps(self):
        """OP-4.6: a new company begins with the shipped steps; the days of a company are different."""
        company = self.env["res.company"].create({"name": "New Works"})
        steps = self.env["business.dunning.step"].search([("company_id", "=", company.id)])
        self.assertEqual([(step.days, step.post) for step in steps], [
            (1, "salesperson"), (7, "department_manager"), (15, "executive_office"),
        ])

    def test_ageing(self):
        """JJ-2.7.3: ageing and overdue amounts move on with the calendar, and back when paid."""
        order = self.confirm("A")
        row = order.instalment_ids[0]
        for day, bucket, overdue in ((0, "current", 0.0), (1, "d30", 300.0), (31, "d60", 300.0), (61, "d90", 300.0),
                                     (91, "older", 300.0)):
            self.dun(day)
            self.assertEqual((row.ageing, row.overdue_company), (bucket, overdue))
        groups = self.env["business.payment.instalment"].with_user(self.manager)._read_group(
            [("order_id", "=", order.id), ("state", "=", "due")], ["user_id", "date_due:month"],
            ["amount_company:sum", "overdue_company:sum"],
        )
        self.assertEqual(groups, [(self.salesperson, DAY.replace(day=1), 300.0, 300.0)])
        with self.day(92):
            self.match(self.receive(300.0), order)
        self.assertEqual((row.ageing, row.overdue_company), ("current", 0.0))

    def test_promise(self):
        """JJ-2.7.3: the salesperson enters what was promised; the history stays in the chatter."""
        order = self.confirm("A")
        row = order.instalment_ids[0]
        wizard = self.env["business.payment.promise"].with_user(self.salesperson).create({
            "instalment_id": row.id, "amount": 200.0, "date": DAY + timedelta(days=5), "note": "Ms Wei, by phone",
        })
        self.call(self.salesperson, wizard, "action_confirm")
        self.call(self.salesperson, row, "action_promise", str(DAY + timedelta(days=9)), 250.0)
        self.assertEqual((row.promise_date, row.promise_amount), (DAY + timedelta(days=9), 250.0))
        bodies = " ".join(order.message_ids.mapped("body"))
        self.assertIn("Ms Wei", bodies)
        self.assertIn("250.00", bodies)
        for args in ((str(DAY - timedelta(days=1)), 100.0), (str(DAY), 301.0), (str(DAY), 0.0), (str(DAY), -5.0),
                     (str(DAY), float("nan")), ("x", 1.0), (str(DAY), "x")):
            with self.subTest(args), self.assertRaises(UserError):
                self.call(self.salesperson, row, "action_promise", *args)
        with self.assertRaises(UserError):
            self.call(self.users["order_clerk"], row, "action_promise", str(DAY), 100.0)

    def test_recovery_list(self):
        """JJ-2.7.3: the list of a month, for all or for one; a salesperson prints his own."""
        other = new_test_user(
            self.env, login="test_sales_2", groups="base.group_user,business_dept.group_salesperson",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        mine, others = self.confirm("A"), self.confirm("A", user=other)

        def rows(user, **vals):
            return self.env["business.recovery.list"].with_user(user).create(
                {"company_id": self.company.id, **vals})._get_rows().order_id

        self.assertEqual(rows(self.manager), mine | others)
        self.assertEqual(rows(self.manager, user_id=other.id), others)
        self.assertEqual(rows(self.salesperson), mine)
        later = {"date_from": "2024-07-01", "date_to": "2024-07-31"}
        self.assertEqual(rows(self.manager, **later), mine | others, "overdue from before")
        self.assertFalse(rows(self.manager, overdue_before=False, **later))
        wizard = self.env["business.recovery.list"].with_user(self.salesperson).create({"company_id": self.company.id})
        self.call(self.salesperson, wizard, "action_print")
        html = self.env["ir.actions.report"].with_user(self.salesperson)._render_qweb_html(
            "business_dept.report_recovery_list", wizard.ids)[0].decode()
        self.assertIn(mine.name, html)
        self.assertNotIn(others.name, html)
        with self.assertRaises(AccessError):
            self.call(other, wizard, "write", {"user_id": False})
