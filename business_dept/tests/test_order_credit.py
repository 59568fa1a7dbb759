# Part of business_dept. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import Form, tagged

from odoo.addons.business_dept.controls import ControlError

from .common import BusinessCommon

CODES = ("credit.limit", "credit.overdue", "credit.terms", "credit.hold", "credit.unrated", "credit.limit_expired")


@tagged("post_install", "-at_install")
class TestOrderCredit(BusinessCommon):

    def setUp(self):
        super().setUp()
        for code in CODES:
            self.set_mode(code, "block")
        self.set_grade("C", limit=1000.0)

    def confirm(self, order, user=None):
        self.call(user or self.salesperson, order, "action_confirm")
        return order.state

    def assertStopped(self, order, code):
        with self.assertRaises(ControlError) as caught:
            self.confirm(order)
        self.assertTrue(self.take_refusals(code), f"{code} leaves a trace")
        return str(caught.exception)

    def test_grade_gives_terms_of_new_quotation(self):
        """JJ-4.1.C: deposit, payment terms and due rule of a new quotation come from the grade, with the reason."""
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            self.assertFalse(form.control_banner, "nothing to judge before there is a customer")
            form.partner_id = self.customer
        order = form.record
        self.assertEqual(order.credit_grade_id, self.grades["C"])
        self.assertEqual((order.balance_event, order.balance_days), ("arrival", 14))
        self.assertEqual(order.prepayment_percent, self.grades["C"].deposit_percent / 100)
        self.assertEqual(order.payment_term_id, self.grades["C"].payment_term_id)
        self.assertIn("JJ-4.1", order.credit_terms_reason)

    def test_unrated_customer_changes_nothing_in_a_quotation(self):
        """JJ-4.2: without a grade, a quotation looks as Odoo makes it."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.make_order(partner_id=stranger.id)
        self.assertFalse(order.credit_grade_id)
        self.assertFalse(order.balance_event)
        self.assertFalse(order.credit_terms_reason)
        self.assertEqual(order.prepayment_percent, self.company.prepayment_percent)

    def test_within_limit_confirms(self):
        """JJ-4.2: exactly the limit is within the limit."""
        self.assertEqual(self.confirm(self.make_order(1000.0)), "sale")

    def test_limit_counts_receivables_orders_and_deposits(self):
        """JJ-4.2: open receivables + confirmed not invoiced − deposits received."""
        self.make_invoice(300.0, due=fields.Date.today())
        self.confirm(self.make_order(400.0))
        self.assertIn("100.00", self.assertStopped(self.make_order(400.0), "credit.limit"))
        self.env["account.payment"].create({
            "partner_id": self.customer.id, "amount": 100.0, "payment_type": "inbound", "partner_type": "customer",
        }).action_post()
        self.assertEqual(self.confirm(self.make_order(400.0)), "sale")

    def test_invoiced_part_is_counted_once(self):
        """JJ-4.2: an order that was invoiced counts as receivable, not twice; a down payment invoice likewise."""
        order = self.make_order(600.0)
        self.confirm(order)
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids,
        ).create({"advance_payment_method": "percentage", "amount": 50})
        wizard.create_invoices()
        order.invoice_ids.action_post()
        self.assertEqual(self.confirm(self.make_order(400.0)), "sale")
        self.assertStopped(self.make_order(1.0), "credit.limit")

    def test_other_company_does_not_count(self):
        """JJ-4.2: what the customer owes another company is not counted here."""
        other = self.setup_other_company()["company"]
        self.env["account.move"].with_company(other).create({
            "move_type": "out_invoice", "company_id": other.id, "partner_id": self.customer.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create({"name": "x", "quantity": 1, "price_unit": 9000.0, "tax_ids": False})],
        }).action_post()
        self.assertEqual(self.confirm(self.make_order(1000.0)), "sale")

    def test_batch_counts_together(self):
        """JJ-4.2: orders of one customer confirmed in one call are counted together."""
        orders = self.make_order(600.0) + self.make_order(600.0)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, orders, "action_confirm")
        self.assertEqual(set(orders.mapped("state")), {"draft"})

    def test_overdue_beyond_tolerance(self):
        """RG-3.8: overdue beyond n days holds; within n days it does not."""
        self.make_invoice(10.0, due=fields.Date.subtract(fields.Date.today(), days=10))
        self.set_mode("credit.overdue", "block", threshold=15)
        self.assertEqual(self.confirm(self.make_order(100.0)), "sale")
        self.set_mode("credit.overdue", "block", threshold=5)
        self.assertIn("10 days", self.assertStopped(self.make_order(100.0), "credit.overdue"))

    def test_terms_easier_than_grade(self):
        """JJ-4.1, RG-3.8: less deposit, a later event, more days, longer payment terms."""
        long_terms = self.env["account.payment.term"].create({
            "name": "90 days", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 90})],
        })
        for vals in ({"prepayment_percent": 0.1}, {"balance_days": 15}, {"payment_term_id": long_terms.id}):
            self.assertStopped(self.make_order(100.0, **vals), "credit.terms")
        self.set_grade("A", limit=1000.0)
        self.assertStopped(self.make_order(100.0, balance_event="arrival"), "credit.terms")
        self.assertEqual(self.confirm(self.make_order(100.0, balance_days=0, prepayment_percent=0.9)), "sale")

    def test_manual_hold_and_expired_limit(self):
        """JJ-4.2: a hold by hand names its reason; an expired limit waits for its review."""
        self.profile.with_user(self.manager)._set_hold("Bounced cheque", fields.Date.add(fields.Date.today(), days=9))
        self.assertIn("Bounced cheque", self.assertStopped(self.make_order(1.0), "credit.hold"))
        self.profile.with_user(self.manager)._lift_hold("Paid")
        self.profile._apply_limit(1000.0, fields.Date.subtract(fields.Date.today(), days=2))
        self.assertStopped(self.make_order(1.0), "credit.limit_expired")

    def test_unrated_pays_beforehand(self):
        """JJ-4.2: an unrated customer pays in full before the order is confirmed."""
        self.customer = self.env["res.partner"].create({"name": "Newcomer", "is_company": True})
        order = self.make_order(200.0)
        self.assertStopped(order, "credit.unrated")
        self.env["account.payment"].create({
            "partner_id": self.customer.id, "amount": 200.0, "payment_type": "inbound", "partner_type": "customer",
        }).action_post()
        self.assertEqual(self.confirm(order), "sale")
        self.assertStopped(self.make_order(50.0), "credit.unrated")

    def test_increase_of_confirmed_order(self):
        """Attack 14: lines of a confirmed order beyond the limit, by write, create and through the order."""
        order = self.make_order(900.0)
        self.confirm(order)
        line = order.order_line
        with self.assertRaises(ControlError):
            self.call(self.salesperson, line, "write", {"product_uom_qty": 2, "price_unit": 900.0})
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "write", {"order_line": [Command.create({
                "product_id": self.product_slab.id, "price_unit": 200.0, "tax_ids": False,
            })]})
        self.assertEqual(order.amount_total, 900.0)
        self.call(self.salesperson, line, "write", {"price_unit": 950.0})
        self.assertEqual(order.amount_total, 950.0)
        self.call(self.salesperson, line, "write", {"price_unit": 100.0})

    def test_notify_lets_through_and_notes(self):
        """IC-10: a control set to notify lets through and leaves an event that leads to the record."""
        for code in CODES:
            self.set_mode(code, "notify")
        order = self.make_order(5000.0)
        self.assertEqual(self.confirm(order), "sale")
        event = self.events("noted", order).filtered(lambda event: event.control_id.code in CODES)
        self.assertEqual(event.control_id.code, "credit.limit")
        self.assertEqual(event.partner_id, self.customer)
        self.assertEqual(event.amount, 4000.0)
        self.assertEqual(event.action_open_record()["res_id"], order.id)

    def test_off_is_off(self):
        """IC-9: a control that is off does nothing and leaves nothing."""
        for code in CODES:
            self.set_mode(code, "off")
        order = self.make_order(5000.0)
        self.assertEqual(self.confirm(order), "sale")
        self.assertFalse(self.events(record=order).filtered(lambda event: event.control_id.code in CODES))

    def test_banner_shows_before_pressing(self):
        """IC-9: the form tells the breach, the excess and the clause before the button is pressed."""
        order = self.make_order(1500.0).with_user(self.salesperson)
        self.assertIn("500.00", order.control_banner)
        self.assertIn("JJ-4.2", order.control_banner)
        self.assertFalse(order.approval_can_submit, "a block is not submitted")
        self.set_mode("credit.limit", "approve")
        order.invalidate_recordset()
        self.assertTrue(order.approval_can_submit)

    def test_failing_check_refuses(self):
        """IC-9: a check that raises refuses the action (fail closed), and the log keeps the traceback."""
        order = self.make_order(10.0)
        self.set_mode("credit.hold", "notify")
        with patch.object(type(order), "_get_easier_terms", side_effect=ZeroDivisionError("boom")), self.assertLogs(
            "odoo.addons.business_dept", "ERROR",
        ), self.assertRaises(ControlError):
            self.confirm(order)
        entry, = self.take_refusals("credit.terms")
        self.assertEqual(entry["outcome"], "error")
        self.assertIn("boom", entry["traceback"])

    def test_hold_list_gathers_all_reasons_and_releases(self):
        """JJ-4.2: held with all reasons at once; released by a payment, with a trace."""
        invoice = self.make_invoice(900.0, due="2024-01-01")
        order = self.make_order(500.0)
        order.sudo()._after_refusal()
        hold = order.sudo().hold_ids
        self.assertEqual(set(hold.control_ids.mapped("code")), {"credit.limit", "credit.overdue"})
        self.pay(invoice)
        self.assertTrue(hold.to_check, "posting the payment marks the hold")
        self.run_cron("business_dept.ir_cron_order_hold")
        self.assertEqual(hold.state, "released")
        self.assertEqual(set(self.events("auto_released", order).control_id.mapped("code")), {"credit.limit", "credit.overdue"})
        self.assertEqual(order.state, "draft")
        self.assertEqual(self.confirm(order), "sale")

    def test_hold_is_reevaluated_when_the_limit_changes(self):
        """JJ-4.2: a new limit, a lifted hold, a changed mode look at the hold list again."""
        order = self.make_order(1500.0)
        order.sudo()._after_refusal()
        hold = order.sudo().hold_ids
        self.profile._apply_limit(2000.0, False)
        self.assertTrue(hold.to_check)
        self.run_cron("business_dept.ir_cron_order_hold")
        self.assertEqual(hold.state, "released")

    def test_hold_button_and_confirmation_close(self):
        """JJ-4.2: by button nothing changes but what the facts say; a confirmed order leaves the list."""
        order = self.make_order(1500.0)
        order.sudo()._after_refusal()
        hold = order.sudo().hold_ids
        self.call(self.salesperson, hold, "action_check_again")
        self.assertEqual(hold.state, "held")
        self.set_mode("credit.limit", "notify")
        self.confirm(order)
        self.assertEqual(hold.state, "closed")

    def test_customer_confirms_and_order_waits(self):
        """JJ-4.2: who signs on the portal sees no internal reason; the order waits and confirms once released."""
        self.set_mode("credit.limit", "approve")
        order = self.make_order(1500.0)
        portal = self.env["res.users"].search([("share", "=", True)], limit=1) or self.env.ref("base.public_user")
        order.with_user(portal).sudo()._validate_order()
        self.assertIn(order.state, ("draft", "sent"))
        hold = order.sudo().hold_ids
        self.assertTrue(hold.customer_confirmed)
        self.assertTrue(order.waits_for_release)
        self.assertEqual(order.sudo().approval_state, "pending")
        self.assertIn(self.salesperson, order.sudo().activity_ids.user_id)
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(order.state, "sale", "confirms by itself once released")
        self.assertEqual(hold.state, "released")

    def test_customer_confirms_blocked_order(self):
        """JJ-4.2: a blocked order waits until the facts change, then confirms by itself."""
        order = self.make_order(1500.0)
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.profile._apply_limit(5000.0, False)
        self.run_cron("business_dept.ir_cron_order_hold")
        self.assertEqual(order.state, "sale")

    def test_cancelled_order_ends_its_review(self):
        """RL-4.3: a cancelled order leaves the hold list and its request is withdrawn."""
        self.set_mode("credit.limit", "approve")
        order = self.make_order(1500.0)
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.salesperson, order, "action_cancel")
        self.assertEqual(order.sudo().approval_state, "withdrawn")

    def test_foreign_currency_order(self):
        """JJ-4.2: an order in another currency counts in the company's currency."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        order = self.make_order(1900.0, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(self.confirm(order), "sale")
        self.assertIn("50.00", self.assertStopped(self.make_order(200.0, pricelist_id=pricelist.id), "credit.limit"))
