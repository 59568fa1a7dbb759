# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from .common_collection import TODAY, CollectionCommon

DAY = date.fromisoformat(TODAY)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionPlan(CollectionCommon):

    def due(self, order):
        return [(row.kind, row.amount, row.date_event, row.date_due) for row in order.instalment_ids]

    def test_grade_a(self):
        """JJ-4.1.A: 30 % on confirmation, the balance when the goods leave."""
        order = self.confirm("A")
        self.assertEqual(self.due(order), [("deposit", 300.0, DAY, DAY), ("balance", 700.0, False, False)])
        self.ship(order, 1000.0, DAY + timedelta(days=5))
        self.assertEqual(self.due(order)[1:], [("balance", 700.0, DAY + timedelta(days=5), DAY + timedelta(days=5))])

    def test_grade_c(self):
        """JJ-4.1.C: the balance two weeks after the goods arrived; the date follows what really happened."""
        order = self.confirm("C")
        shipment = self.ship(order, 1000.0, DAY)
        self.assertEqual(self.due(order)[1:], [("balance", 700.0, False, False)])
        shipment.date_arrival = DAY + timedelta(days=3)
        order.sudo()._fulfilment_changed()
        self.assertEqual(self.due(order)[1:], [("balance", 700.0, DAY + timedelta(days=3), DAY + timedelta(days=17))])
        shipment.date_arrival = DAY + timedelta(days=4)
        order.sudo()._fulfilment_changed()
        self.assertEqual(order.instalment_ids[1].date_due, DAY + timedelta(days=18))

    def test_partial_deliveries(self):
        """JJ-1.3.4: every shipment has its own balance; what was not sent yet waits."""
        order = self.confirm("A")
        first = self.ship(order, 400.0)
        self.assertEqual(self.due(order)[1:], [("balance", 280.0, DAY, DAY), ("balance", 420.0, False, False)])
        self.ship(order, 600.0)
        self.assertEqual(self.due(order)[1:], [("balance", 280.0, DAY, DAY), ("balance", 420.0, DAY, DAY)])
        first.unlink()
        order.sudo()._fulfilment_changed()
        self.assertEqual(self.due(order)[1:], [("balance", 420.0, DAY, DAY), ("balance", 280.0, False, False)])

    def test_services_are_due_with_the_goods(self):
        """JJ-1.3.4: an order is due in full when all its goods have left, whatever else it sells."""
        service = self.env["product.product"].create({"name": "Laying", "type": "service", "taxes_id": False})
        order = self.confirm("A", order_line=[
            Command.create({"product_id": self.product_slab.id, "price_unit": 800.0, "tax_ids": False}),
            Command.create({"product_id": service.id, "price_unit": 200.0, "tax_ids": False}),
        ])
        self.ship(order, 800.0)
        self.assertEqual([row.date_due for row in order.instalment_ids], [DAY, DAY])

    def test_unrated(self):
        """JJ-4.1: without a grade the whole amount is due as the payment terms say."""
        self.profile._apply_grade(self.grades["A"].browse())
        order = self.make_order(1000.0, payment_term_id=self.env.ref("account.account_payment_term_30days").id)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self.due(order), [("balance", 1000.0, DAY, DAY + timedelta(days=30))])
        self.assertTrue(order.is_deposit_received, "none is asked for")
        self.assertFalse(order.is_settled)

    def test_grade_without_deposit(self):
        """JJ-4.1: a grade that asks for no deposit gets none from Odoo's default of 100 %."""
        self.grades["B"].deposit_percent = 0.0
        order = self.confirm("B")
        self.assertEqual(self.due(order), [("balance", 1000.0, False, False)])
        self.assertTrue(order.is_deposit_received)

    def test_change_of_a_confirmed_order(self):
        """JJ-4.1: the plan follows amount and terms of a confirmed order; its beginning stays."""
        order = self.confirm("A")
        order.order_line.price_unit = 2000.0
        self.assertEqual([row.amount for row in order.instalment_ids], [600.0, 1400.0])
        order.write({"order_line": [Command.create({"product_id": self.product_slab.id, "price_unit": 500.0,
                                                    "tax_ids": False})]})
        self.assertEqual([row.amount for row in order.instalment_ids], [750.0, 1750.0])
        with freeze_time(DAY + timedelta(days=9)):
            order.write({"balance_event": "arrival", "balance_days": 14, "date_order": fields.Datetime.now()})
        self.assertEqual(order.instalment_ids[0].date_due, DAY)
        self.assertEqual(order.instalment_ids[1].event, "arrival")
        order.order_line[1].product_uom_qty = 0
        self.assertEqual(sum(order.instalment_ids.mapped("amount")), order.amount_total)

    def test_cancelled_and_confirmed_again(self):
        """JJ-4.1: a cancelled order asks for nothing; confirmed again it begins anew."""
        order = self.confirm("A")
        order._action_cancel()
        self.assertEqual(self.table(order), [
            ("deposit", 300.0, 0.0, 0.0, "closed"), ("balance", 700.0, 0.0, 0.0, "closed"),
        ])
        self.assertFalse(order.is_deposit_received)
        with freeze_time(DAY + timedelta(days=9)):
            order.action_draft()
            order.action_confirm()
        self.assertEqual(self.due(order)[0], ("deposit", 300.0, DAY + timedelta(days=9), DAY + timedelta(days=9)))

    def test_created_as_confirmed(self):
        """JJ-4.1, attack 6: an order that is created confirmed has a plan like every other."""
        self.set_grade("A")
        order = self.make_order(1000.0, user=self.manager, state="sale")
        self.assertEqual(sum(order.instalment_ids.mapped("amount")), 1000.0)

    def test_order_date_in_the_future(self):
        """JJ-4.1: who writes another date into the order does not move the deposit into the future."""
        self.set_grade("A")
        order = self.make_order(1000.0)
        order.with_user(self.salesperson).write({"state": "sale", "date_order": "2030-01-01 00:00:00"})
        self.assertEqual(order.instalment_ids[0].date_due, DAY)

    def test_salesperson_follows(self):
        """JJ-2.7.3: another salesperson gets the plan with the order."""
        order = self.confirm("A")
        order.user_id = self.manager
        self.assertEqual(order.instalment_ids.user_id, self.manager)

    def test_nothing_changes_nothing_is_written(self):
        """JJ-4.1: a refresh that changes nothing writes nothing."""
        order = self.confirm("A")
        self.ship(order, 400.0)
        self.env.flush_all()
        before = order.instalment_ids.mapped("write_date")
        with freeze_time(DAY + timedelta(hours=5)):
            order._refresh_collection()
            self.env.flush_all()
        self.assertEqual(order.instalment_ids.mapped("write_date"), before)

    def test_statements(self):
        """JJ-4.1: plans of 50 orders take as many statements as that of one; a new plan is read once, inserted once."""
        self.set_grade("A")
        orders = self.env["sale.order"].concat(*[self.make_order(1000.0) for _number in range(50)])
        orders.with_user(self.salesperson).action_confirm()
        self.env.flush_all()

        def ship(of_these):
            self.env["business.shipment"].sudo().create([
                {
                    "name": "S", "order_id": order.id, "company_id": order.company_id.id, "amount": 500.0,
                    "date_dispatch": DAY,
                }
                for order in of_these
            ])
            of_these.mapped("shipment_ids.amount")
            statements.append(self.count_statements(of_these.sudo()._fulfilment_changed, cold=False))

        statements = []
        for of_these in (orders, orders[0]):
            self.count_undone(lambda of_these=of_these: ship(of_these))
        # a batch of many rows may be split in two
        self.assertLessEqual(statements[1], statements[3] + 1)
        refresh = self.count_undone(orders._refresh_collection)
        self.assertLessEqual(refresh, self.count_undone(orders[0]._refresh_collection))

        orders.sudo().instalment_ids.unlink()
        orders.mapped("partner_id.commercial_partner_id")
        orders.mapped("currency_id.rounding")
        # one to read, one to insert; one more is Odoo's cache of defaults
        self.assertLessEqual(self.count_statements(orders._refresh_collection, cold=False), 3)

    def test_cron_plans_what_was_confirmed_before(self):
        """JJ-4.1: orders from before there were plans get theirs, once."""
        order = self.confirm("A")
        order.sudo().instalment_ids.unlink()
        for _run in range(2):
            self.run_cron("business_dept.ir_cron_collection")
            order.invalidate_recordset()
            self.assertEqual([row.amount for row in order.instalment_ids], [300.0, 700.0])
