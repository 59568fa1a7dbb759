# Part of business_dept. See LICENSE file for full copyright and licensing details.
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..controls import ControlError
from .common_collection import TODAY, CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCollectionAttacks(CollectionCommon):
    """Who has a login and a script makes himself no money: every door is closed, and leaves a trace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_2 = new_test_user(
            cls.env, login="test_sales_2", groups="base.group_user,business_dept.group_salesperson",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)],
        )

    def test_attack_1_instalments(self):
        """Attack 1: nobody writes, makes, copies or deletes rows of a plan."""
        row = self.confirm("A").instalment_ids[0]
        for user in (self.salesperson, self.manager, self.finance, self.executive, self.admin_user):
            for method, args in (
                ("write", [{"amount_received": 300.0, "amount_open": 0.0, "state": "paid"}]),
                ("write", [{"date_due": "2030-01-01"}]), ("write", [{"promise_date": "2030-01-01"}]),
                ("write", [{"dunning_level": 9}]), ("web_save", [{"state": "paid"}, {}]), ("unlink", []), ("copy", []),
            ):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    self.call(user, row, method, *args)
            with self.assertRaises(AccessError):
                self.call(user, row.browse(), "create", [{"order_id": row.order_id.id, "kind": "deposit", "amount": 1.0}])
        self.assertEqual(self.table(row.order_id)[0], ("deposit", 300.0, 0.0, 300.0, "due"))

    def test_attack_19_statement_by_its_address(self):
        """Attack 19: the statement of somebody else's order is not had by the address of the report, with any login."""
        order = self.confirm("A")
        portal = new_test_user(self.env, login="test_portal_reader", groups="base.group_portal")
        self.env.flush_all()
        for user in (self.sales_2, portal):
            self.env.invalidate_all()
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    "business_dept.report_payment_statement", order.ids)

    def test_attack_1_through_the_order(self):
        """Attacks 1, 4: neither flags nor money nor rows are written through the order."""
        order = self.confirm("A")
        for vals in (
            {"is_deposit_received": True}, {"is_settled": True}, {"collection_received": 1000.0},
            {"collection_credited": 1000.0},
            {"instalment_ids": [Command.update(order.instalment_ids[0].id, {"state": "paid"})]},
            {"instalment_ids": [Command.clear()]},
        ):
            for user in (self.salesperson, self.manager):
                with self.subTest(vals), self.assertRaises(UserError):
                    self.call(user, order, "write", vals)
        self.assertTrue(self.take_refusals("approval.forgery"))
        self.assertFalse(order.is_deposit_received or order.is_settled or order.collection_received)

    def test_attack_6_created_or_defaulted(self):
        """Attacks 3, 6: nor are they created, copied or put in by a default of the context."""
        vals = {"partner_id": self.customer.id, "company_id": self.company.id}
        Order = self.env["sale.order"]
        with self.assertRaises(ControlError):
            self.call(self.salesperson, Order, "create", [{**vals, "is_deposit_received": True}])
        context = {f"default_{name}": True for name in ("is_deposit_received", "is_settled")}
        context["default_collection_received"] = 5.0
        made = self.call(self.salesperson, Order.with_context(**context), "create", [vals])
        order = Order.browse(made)
        self.assertFalse(order.is_deposit_received or order.is_settled or order.collection_received)
        paid = self.confirm("A")
        self.match(self.receive(1000.0), paid)
        self.assertFalse(paid.copy().collection_received)

    def test_attack_1_payments(self):
        """Attacks 1, 3: who may enter payments says by no write for which order they are, nor that they are confirmed."""
        order = self.confirm("A")
        clerk = new_test_user(
            self.env, login="test_billing", groups="base.group_user,account.group_account_invoice",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        payment = self.receive(300.0)
        base = {"payment_type": "inbound", "partner_id": self.customer.id, "amount": 1.0, "journal_id": self.journal.id}
        for vals in ({"collection_order_id": order.id}, {"collection_confirmed_by_id": self.finance.id},
                     {"collection_confirmed_on": "2024-01-01 00:00:00"}):
            for user in (clerk, self.finance):
                with self.subTest(vals), self.assertRaises(ControlError):
                    self.call(user, payment, "write", vals)
                with self.subTest(vals), self.assertRaises(ControlError):
                    self.call(user, payment.browse(), "create", [{**base, **vals}])
        made = self.env["account.payment"].with_context(
            default_collection_order_id=order.id, default_collection_confirmed_by_id=self.finance.id,
        )
        payment = payment.browse(self.call(clerk, made, "create", [base]))
        self.assertFalse(payment.collection_order_id or payment.collection_confirmed_by_id)
        self.assertMoney(order, 0.0, 1000.0)

    def test_attack_10_own_receipt(self):
        """Attack 10, IC-14: a salesperson gets no receipt confirmed by himself, whatever he calls."""
        order = self.confirm("A")
        payment = self.receive(300.0)
        for records, method, args in (
            (payment, "action_collection_match", [order.id]), (payment, "action_collection_confirm", []),
            (payment, "action_collection_unmatch", ["mine"]), (payment, "write", [{"memo": order.name}]),
            (order, "action_collection_record_receipt", []), (order, "action_collection_deposit_invoice", []),
            (order.instalment_ids[0], "action_record_receipt", []),
        ):
            with self.subTest(method), self.assertRaises(UserError):
                self.call(self.salesperson, records, method, *args)
        for model in ("business.receipt.record", "business.receipt.match", "business.receipt.unmatch"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.call(self.salesperson, self.env[model], "create", [{"order_id": order.id, "amount": 300.0}])
        self.assertMoney(order, 0.0, 1000.0)

    def test_attack_8_foreign_ids(self):
        """Attack 8: a dialog made with ids of another company or customer is refused by the method behind it."""
        order = self.confirm("A")
        other_company = self.setup_other_company()
        stranger = self.receive(300.0, partner=self.env["res.partner"].create({"name": "Nobody"}))
        wizard = self.env["business.receipt.match"].with_user(self.finance).create(
            {"payment_id": stranger.id, "order_id": order.id})
        with self.assertRaises(UserError):
            self.call(self.finance, wizard, "action_match")
        journal = other_company["default_journal_bank"]
        wizard = self.env["business.receipt.record"].with_user(self.finance).create({
            "order_id": order.id, "amount": 300.0, "journal_id": self.journal.id, "reference": "x",
        })
        wizard.sudo().journal_id = journal
        with self.assertRaises(UserError):
            self.call(self.finance, wizard, "action_record")
        wizard.sudo().journal_id = self.company_data["default_journal_sale"]
        with self.assertRaisesRegex(UserError, "bank or cash"):
            self.call(self.finance, wizard, "action_record")
        wizard.sudo().write({"journal_id": self.journal.id, "amount": -5.0})
        with self.assertRaises(UserError):
            self.call(self.finance, wizard, "action_record")
        self.assertMoney(order, 0.0, 1000.0)

    def test_junk(self):
        """Attack 16: arguments that no honest client sends."""
        self.confirm("A")
        payment = self.receive(300.0, partner=self.env["res.partner"].create({"name": "Nobody"}))
        for junk in (True, -1, 0, 10**9, "", "x", [], [1], {}):
            with self.subTest(junk), self.assertRaises(UserError):
                self.call(self.finance, payment, "action_collection_match", junk)

    def test_attack_21_who_reads(self):
        """Attacks 19, 21: plans of others are not read, searched, grouped or exported; nobody outside the posts sees any."""
        mine, others = self.confirm("A"), self.confirm("A", user=self.sales_2)
        outsider = new_test_user(
            self.env, login="test_outsider", groups="base.group_user", company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        portal = new_test_user(self.env, login="test_portal", groups="base.group_portal")
        Instalment = self.env["business.payment.instalment"]
        for user, orders in ((self.salesperson, mine), (self.sales_2, others), (outsider, mine.browse()),
                             (self.manager, mine | others), (self.finance, mine | others),
                             (self.executive, mine | others), (self.auditor, mine | others)):
            with self.subTest(user.login):
                found = Instalment.with_user(user).search([("order_id", "in", (mine | others).ids)])
                self.assertEqual(found.order_id.sudo(), orders.sudo())
                groups = self.call(user, Instalment, "formatted_read_group",
                                   [("order_id", "in", (mine | others).ids)], ["order_id"], ["amount:sum"])
                self.assertEqual(len(groups), len(orders))
        with self.assertRaises(AccessError):
            self.call(self.salesperson, others.instalment_ids, "read", ["amount"])
        with self.assertRaises(AccessError):
            self.call(self.salesperson, others.instalment_ids[0], "action_promise", "2024-06-09", 5.0)
        with self.assertRaises(AccessError):
            self.call(portal, Instalment, "search_read", [])
        with self.assertRaises(AccessError):
            self.call(portal, self.env["sale.order"], "search_read", [("is_settled", "=", True)], ["name"])

    def test_attack_20_companies(self):
        """Attack 20: the plan of another company is not there."""
        order = self.confirm("A")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env, login="test_elsewhere", groups="base.group_user,business_dept.group_finance",
            company_id=company.id, company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.env["business.payment.instalment"].with_user(user).search([("order_id", "=", order.id)]))
        with self.assertRaises(AccessError):
            self.call(user, self.receive(300.0), "action_collection_match", order.id)

    def test_dunning_steps_are_settings(self):
        """Attack 13: who is reminded does not decide when."""
        step = self.env["business.dunning.step"].search([("company_id", "=", self.company.id)], limit=1)
        for user in (self.salesperson, self.manager, self.finance):
            with self.assertRaises(AccessError):
                self.call(user, step, "write", {"days": 900})
        self.call(self.admin_user, step, "write", {"days": 2})
