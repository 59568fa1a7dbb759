# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.models.quote.quote_facts import ListPrices

from .common_quote import QuoteCommon

BELOW, ABOVE, AUTHORITY = "contract.price_below_list", "contract.price_above_list", "contract.discount_authority"


@tagged("post_install", "-at_install")
class TestQuotePrices(QuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a product of all companies has its price in the currency of the main one
        (cls.product_slab + cls.product_tile).company_id = cls.company
        cls.pricelist = cls.env["product.pricelist"].create({
            "name": "Trade", "currency_id": cls.company.currency_id.id, "company_id": cls.company.id,
        })

    def price_rule(self, pricelist=None, **vals):
        return self.env["product.pricelist.item"].create({"pricelist_id": (pricelist or self.pricelist).id, **vals})

    def below(self, order, user=None):
        return self.breach(BELOW, order, user)

    # --- below and above

    def test_below(self):
        """JJ-2.1.8: who sells below the list learns which line, by how much, and what it costs."""
        self.set_mode(BELOW, "block")
        order = self.quote(price=80.0)
        breach = self.below(order)
        self.assertIn("-20.00 %", breach.message)
        self.assertIn("Slab", breach.message)
        self.assertEqual((breach.amount, breach.currency), (200.0, self.company.currency_id))
        self.assertIn("JJ-2.1.8", self.assertRefused(BELOW, order, "action_confirm"))

    def test_above(self):
        """RL-5.3: who sells above the list likewise; each control has its own tolerance."""
        self.set_mode(BELOW, "block")
        self.set_mode(ABOVE, "block", threshold=25)
        self.assertIsNone(self.breach(ABOVE, self.quote(price=125.0)))
        order = self.quote(price=130.0)
        self.assertEqual(self.breach(ABOVE, order).amount, 300.0)
        self.assertIsNone(self.below(order))
        self.assertIn("RL-5.3", self.assertRefused(ABOVE, order, "action_confirm"))

    def test_modes(self):
        """JJ-2.1.8: approved by the manager it goes through; noted or off it goes through at once."""
        self.set_mode(BELOW, "approve")
        order = self.quote(price=80.0)
        self.assertRefused(BELOW, order, "action_confirm")
        self.call(self.salesperson, order, "action_approval_submit")
        self.assertEqual(order.sudo().approval_id.step_ids.rule_id, self.rule)
        self.call(self.manager, order.sudo().approval_id, "action_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(self.events(record=order).mapped("outcome"), ["released"])
        for mode, outcomes in (("notify", ["noted"]), ("off", [])):
            self.set_mode(BELOW, mode)
            order = self.quote(price=80.0)
            self.call(self.salesperson, order, "action_confirm")
            self.assertEqual(self.events(record=order).mapped("outcome"), outcomes)

    def test_tolerance_and_rounding(self):
        """JJ-2.1.8: the tolerated percent, and what a discount of two decimals rounds away, are no breach."""
        self.set_mode(BELOW, "block", threshold=10)
        self.assertIsNone(self.below(self.quote(price=90.0)))
        self.assertTrue(self.below(self.quote(price=89.0)))
        self.set_mode(BELOW, "block", threshold=0)
        self.assertIsNone(self.below(self.quote(price=99.9999)))
        self.assertTrue(self.below(self.quote(order_line=[self.line_command(discount=1.0)])))

    def test_what_is_not_judged(self):
        """JJ-2.1.8: sections, notes, zero quantities and products without a list price say nothing."""
        self.set_mode(BELOW, "block")
        self.set_mode(ABOVE, "block")
        free = self.env["product.product"].create({"name": "By agreement", "list_price": 0.0, "taxes_id": False})
        order = self.quote(order_line=[
            Command.create({"display_type": "line_section", "name": "Section"}),
            Command.create({"display_type": "line_note", "name": "Note"}),
            self.line_command(price=1.0, quantity=0),
            self.line_command(free, price=77.0),
            self.line_command(),
        ])
        self.assertIsNone(self.below(order))
        self.assertIsNone(self.breach(ABOVE, order))

    def test_down_payment(self):
        """JJ-2.1.8: a down payment invoice of an order at list price is no price cut; the flag alone hides nothing."""
        self.set_mode(BELOW, "block")
        order = self.quote()
        self.call(self.salesperson, order, "action_confirm")
        self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids).create({
            "advance_payment_method": "percentage", "amount": 50,
        }).create_invoices()
        self.assertTrue(order.order_line.filtered("is_downpayment"))
        self.assertIsNone(self.breach(BELOW, order, moment="reprice"))
        for forged in ({"is_downpayment": True}, {"is_expense": True}, {"technical_price_unit": 1.0}):
            self.assertTrue(self.below(self.quote(order_line=[self.line_command(price=1.0, **forged)])), forged)

    def test_money_off_below_the_lines(self):
        """JJ-2.1.8: a rebate line and goods taken back lower every price in proportion."""
        self.set_mode(BELOW, "block")
        rebate = self.env["product.product"].create({"name": "Rebate", "list_price": 0.0, "taxes_id": False})
        for line in (
            self.line_command(rebate, price=-100.0, quantity=1), self.line_command(self.product_tile, price=10.0, quantity=-10),
        ):
            order = self.quote(order_line=[self.line_command(), line])
            self.assertIn("-10.00 %", self.below(order).message)
            self.assertEqual(self.below(order).amount, 100.0)

    def test_pricelist_rules(self):
        """JJ-2.1.8: variant, category and global rules, tiers of quantity, dates and a base price list, as Odoo does."""
        self.set_mode(BELOW, "block")
        self.set_mode(ABOVE, "block")
        base = self.env["product.pricelist"].create({
            "name": "Base", "currency_id": self.company.currency_id.id, "company_id": self.company.id,
        })
        self.price_rule(base, compute_price="percentage", percent_price=20.0, applied_on="3_global", min_quantity=10)
        self.price_rule(
            applied_on="3_global", compute_price="formula", base="pricelist", base_pricelist_id=base.id, price_discount=10.0,
        )
        self.price_rule(
            applied_on="1_product", product_tmpl_id=self.product_tile.product_tmpl_id.id, compute_price="fixed",
            fixed_price=7.0, min_quantity=100,
        )
        self.price_rule(
            applied_on="0_product_variant", product_id=self.product_tile.id, compute_price="fixed", fixed_price=1.0,
            date_start="2001-01-01", date_end="2001-02-01",
        )
        order = self.quote(pricelist_id=self.pricelist.id, order_line=[
            Command.create({"product_id": product.id, "product_uom_qty": quantity})
            for product, quantity in (
                (self.product_slab, 1), (self.product_slab, 10), (self.product_tile, 5), (self.product_tile, 100),
            )
        ])
        self.assertEqual(order.order_line.mapped("price_unit"), [90.0, 72.0, 9.0, 7.0])
        self.assertIsNone(self.below(order))
        self.assertIsNone(self.breach(ABOVE, order))
        self.call(self.salesperson, order.order_line[1], "write", {"price_unit": 71.0})
        self.assertEqual(self.below(order).amount, 10.0)

    def test_discount_shown_on_the_line(self):
        """JJ-2.1.8: a price list that shows its discount in the line's discount is no breach."""
        self.set_mode(BELOW, "block")
        self.env.ref("base.group_user")._apply_group(self.env.ref("sale.group_discount_per_so_line"))
        self.price_rule(applied_on="3_global", compute_price="percentage", percent_price=33.333)
        order = self.quote(pricelist_id=self.pricelist.id, order_line=[
            Command.create({"product_id": self.product_slab.id, "product_uom_qty": 10}),
        ])
        self.assertAlmostEqual(order.order_line.discount, 33.33, places=2)
        self.assertIsNone(self.below(order))

    def test_unit_of_measure_and_currency(self):
        """JJ-2.1.8: the list price of a dozen, in the currency of the order."""
        self.set_mode(BELOW, "block")
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({
            "name": "EUR", "currency_id": currency.id, "company_id": self.company.id,
        })
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.quote(pricelist_id=pricelist.id, order_line=[
            self.line_command(price=2400.0, quantity=1, product_uom_id=dozen.id),
        ])
        self.assertIsNone(self.below(order))
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 2300.0})
        self.assertEqual(self.below(order).amount, 50.0, "100 EUR are 50 of the company's currency")

    def test_taxes_in_the_price(self):
        """JJ-2.1.8: a fiscal position with taxes in the price is no breach; another tax at the same price is a cut."""
        self.set_mode(BELOW, "block")
        self.set_mode(ABOVE, "block")
        included, other, excluded = self.env["account.tax"].create([
            {"name": name, "amount": amount, "price_include_override": include, "company_id": self.company.id}
            for name, amount, include in (
                ("13 in", 13.0, "tax_included"), ("6 in", 6.0, "tax_included"), ("13 on top", 13.0, "tax_excluded"),
            )
        ])
        position = self.env["account.fiscal.position"].create({"name": "Export", "company_id": self.company.id})
        other.write({"original_tax_ids": [Command.set(included.ids)], "fiscal_position_ids": [Command.set(position.ids)]})
        product = self.env["product.product"].create({
            "name": "Taxed", "list_price": 113.0, "taxes_id": [Command.set(included.ids)], "company_id": self.company.id,
        })
        vals = {"order_line": [Command.create({"product_id": product.id, "product_uom_qty": 10})]}
        plain, abroad = self.quote(**vals), self.quote(fiscal_position_id=position.id, **vals)
        self.assertEqual((plain.order_line.price_unit, abroad.order_line.price_unit), (113.0, 106.0))
        for order in plain + abroad:
            self.assertIsNone(self.below(order))
            self.assertIsNone(self.breach(ABOVE, order))
        product = self.env["product.product"].create({
            "name": "On top", "list_price": 100.0, "taxes_id": [Command.set(excluded.ids)], "company_id": self.company.id,
        })
        order = self.quote(order_line=[Command.create({"product_id": product.id, "product_uom_qty": 10})])
        self.assertIsNone(self.below(order))
        self.call(self.salesperson, order.order_line, "write", {"tax_ids": [Command.set(included.ids)]})
        self.assertIn("-11.50 %", self.below(order).message)

    def test_day_of_the_price_list(self):
        """JJ-2.1.8: an open offer is judged by the day it was sent, any other order by today, whatever its date says."""
        self.set_mode(BELOW, "block")
        rule = self.price_rule(applied_on="3_global", compute_price="fixed", fixed_price=80.0)
        vals = {"pricelist_id": self.pricelist.id, "price": 80.0}
        open_offer, closed, unsent = (self.quote(**vals) for _time in range(3))
        open_offer.validity_date = fields.Date.add(fields.Date.today(), days=30)
        closed.validity_date = fields.Date.today()
        self.send(open_offer + closed)
        self.assertFalse(any(self.below(order) for order in open_offer + closed + unsent))
        rule.write({"date_start": "2001-01-01", "date_end": fields.Datetime.now() + timedelta(hours=1)})
        later = fields.Datetime.now() + timedelta(days=2)
        for order in closed + unsent:
            self.call(self.salesperson, order, "write", {"date_order": fields.Datetime.now()})
        with patch.object(fields.Datetime, "now", lambda: later):
            self.assertIsNone(self.below(open_offer))
            self.assertTrue(self.below(closed))
            self.assertTrue(self.below(unsent))

    def test_attack_prices_of_a_confirmed_order(self):
        """Attack 14, JJ-2.1.8: confirmed at list price, then cut: by line, command, tier of quantity and import."""
        self.set_mode(BELOW, "block")
        self.price_rule(applied_on="3_global", compute_price="percentage", percent_price=20.0, min_quantity=10)
        order = self.quote(price=80.0, pricelist_id=self.pricelist.id)
        self.call(self.salesperson, order, "action_confirm")
        line = order.order_line
        self.assertRefused(BELOW, line, "write", {"price_unit": 70.0})
        self.assertRefused(BELOW, line, "write", {"price_unit": 70.0, "product_uom_qty": 20})
        self.assertRefused(BELOW, order, "write", {"order_line": [Command.update(line.id, {"discount": 5.0})]})
        self.assertRefused(BELOW, line, "write", {"product_uom_qty": 1, "price_unit": 80.0})
        result = self.call(self.salesperson, self.env["sale.order.line"], "load", [".id", "price_unit"], [
            [str(line.id), "70"],
        ])
        self.assertFalse(result["ids"])
        self.assertTrue(self.take_refusals(BELOW))
        for context in ({"business_rule_memo": {}}, {"business_quote_facts": []}, {"default_price_unit": 1.0}):
            self.assertRefused(BELOW, line, "write", {"price_unit": 70.0}, context=context)
        self.assertEqual((line.price_unit, line.product_uom_qty), (80.0, 10.0))

    def test_draft_orders_are_not_judged_when_written(self):
        """JJ-2.1.8: a quotation is judged when it is confirmed; writing it runs no check."""
        self.set_mode(BELOW, "block")
        order = self.quote()
        with patch.object(type(order), "_find_breaches", side_effect=AssertionError("judged")):
            self.call(self.salesperson, order.order_line, "write", {"price_unit": 1.0})
            self.call(self.salesperson, order, "write", {"commitment_date": "2030-01-01"})

    def test_statements_for_10_and_200_lines(self):
        """JJ-2.1.8: all price controls together take as many statements for 200 lines as for 10."""
        for code in (BELOW, ABOVE, AUTHORITY, "contract.deviation", "contract.major"):
            self.set_mode(code, "notify")
        products = self.env["product.product"].create([
            {"name": f"P{number}", "list_price": 100.0, "taxes_id": False, "company_id": self.company.id}
            for number in range(200)
        ])
        base = self.env["product.pricelist"].create({"name": "Base", "company_id": self.company.id})
        self.price_rule(applied_on="3_global", compute_price="formula", base="pricelist", base_pricelist_id=base.id)
        self.env["product.pricelist.item"].create([
            {"pricelist_id": base.id, "applied_on": "1_product", "product_tmpl_id": product.product_tmpl_id.id,
             "compute_price": "percentage", "percent_price": 10.0}
            for product in products
        ])
        orders = [
            self.send(self.quote(pricelist_id=self.pricelist.id, order_line=[
                self.line_command(product, price=50.0) for product in products[:number]
            ]))
            for number in (10, 200)
        ]
        for order in orders:
            order.order_line.write({"price_unit": 40.0})

        def count(order):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            findings = order.with_user(self.salesperson)._find_breaches("confirm")
            self.assertEqual(len(findings[order]), 3)
            self.assertIn("more", findings[order][0].breach.message)
            return self.env.cr.sql_log_count - before

        count(orders[0])
        self.assertLessEqual(count(orders[1]), count(orders[0]))

    def test_statements_for_2_and_20_orders(self):
        """JJ-1.2.3: orders that deviate from what was sent are judged in as many statements, few or many."""
        for code in (BELOW, ABOVE, AUTHORITY, "contract.deviation", "contract.major"):
            self.set_mode(code, "notify")
        tax = self.env["account.tax"].create({
            "name": "13 in", "amount": 13.0, "price_include_override": "tax_included", "company_id": self.company.id,
        })
        orders = self.env["sale.order"].union(*(
            self.send(self.quote(order_line=[self.line_command(tax_ids=tax.ids)])) for _time in range(11)
        ))
        orders += orders.with_user(self.salesperson).copy().with_env(self.env)
        orders.order_line.write({"price_unit": 50.0})

        def count(some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(some.with_user(self.salesperson)._find_breaches("confirm")), len(some))
            return self.env.cr.sql_log_count - before

        few, many = orders[:1] + orders[-1:], orders[1:-1]
        count(few)
        self.assertLessEqual(count(many), count(few))

    def test_facts_are_shared(self):
        """JJ-2.1.8: three controls ask for the same prices; they are computed once per line."""
        for code in (BELOW, ABOVE, AUTHORITY):
            self.set_mode(code, "notify")
        asked = []
        get = ListPrices.get

        def counting(prices, line, date):
            asked.append(line.id)
            return get(prices, line, date)

        order = self.quote(price=50.0)
        with patch.object(ListPrices, "get", counting):
            findings = order._find_breaches("confirm")[order]
        self.assertEqual(len(findings), 2)
        self.assertEqual(asked, order.order_line.ids)

    # --- authority

    def test_shipped_authorities(self):
        """JJ-1.2.1: every company begins with the authority of four posts, a new one as well."""
        company = self.env["res.company"].create({"name": "New"})
        rows = self.env["business.discount.authority"].search([("company_id", "in", (company + self.company).ids)])
        for of_company in rows.grouped("company_id").values():
            self.assertEqual(of_company.mapped("max_discount"), [3.0, 8.0, 15.0, 30.0])
        self.assertEqual(len(rows.company_id), 2)

    def test_authority_of_posts(self):
        """JJ-1.2.1, JJ-1.1.4: whose authority does is said; the manager may what the salesperson may not."""
        self.set_mode(AUTHORITY, "block")
        order = self.quote(price=97.0)
        self.assertIsNone(self.breach(AUTHORITY, order))
        self.call(self.salesperson, order, "action_confirm")
        order = self.quote(price=88.0)
        message = self.assertRefused(AUTHORITY, order, "action_confirm")
        for text in ("Salesperson (3 %)", "-12.00 %", "Department Manager (15 %)", "Executive Office (30 %)", "JJ-1.2.1"):
            self.assertIn(text, message)
        self.assertNotIn("Deputy", message)
        self.assertEqual(self.breach(AUTHORITY, order).amount, 120.0)
        self.call(self.manager, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        self.assertIn("authority of: Executive Office", self.breach(AUTHORITY, self.quote(price=50.0), self.manager).message)

    def test_whose_authority(self):
        """JJ-1.2.1: no post, no authority; the greatest of several; the salesperson's when the system confirms."""
        self.set_mode(AUTHORITY, "block")
        order = self.quote(price=97.0)
        self.assertTrue(self.breach(AUTHORITY, order, self.users["order_clerk"]))
        self.assertIsNone(self.breach(AUTHORITY, order, self.env.ref("base.user_root")))
        self.assertIsNone(self.breach(AUTHORITY, order, self.env.ref("base.public_user")))
        order.user_id = False
        self.assertTrue(self.breach(AUTHORITY, order, self.env.ref("base.user_root")))
        self.salesperson.group_ids += self.env.ref("business_dept.group_deputy_manager")
        self.assertIsNone(self.breach(AUTHORITY, self.quote(price=92.0)))

    def test_authority_modes(self):
        """JJ-1.2.1: beyond the authority the manager approves; what he approved the salesperson carries out."""
        self.set_mode(AUTHORITY, "approve")
        order = self.quote(price=90.0)
        self.assertRefused(AUTHORITY, order, "action_confirm")
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.manager, order.sudo().approval_id, "action_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        for mode, outcomes in (("notify", ["noted"]), ("off", [])):
            self.set_mode(AUTHORITY, mode)
            order = self.quote(price=90.0)
            self.call(self.salesperson, order, "action_confirm")
            self.assertEqual(self.events(record=order).mapped("outcome"), outcomes)

    def test_attack_authority_rows(self):
        """Attack 13: nobody but the regulation administrator and the executive office sets an authority; it is traced."""
        row = self.env["business.discount.authority"].search([
            ("company_id", "=", self.company.id), ("group_id", "=", self.env.ref("business_dept.group_salesperson").id),
        ])
        for user in (self.salesperson, self.manager, self.finance, self.auditor):
            for method, args in (("write", ({"max_discount": 99.0},)), ("unlink", ()), ("copy", ())):
                with self.assertRaises(AccessError):
                    self.call(user, row, method, *args)
            with self.assertRaises(AccessError):
                self.call(user, self.env["business.discount.authority"], "create", [{
                    "group_id": self.env.ref("base.group_user").id, "max_discount": 99.0, "company_id": self.company.id,
                }])
        for user in (self.admin_user, self.executive):
            with self.assertRaises(AccessError):
                self.call(user, row, "unlink")
        messages = len(row.message_ids)
        self.call(self.admin_user, row, "write", {"max_discount": 5.0}, context={"tracking_disable": True})
        self.flush_tracking()
        self.assertEqual(len(row.message_ids), messages + 1)
        self.assertIn("5.0", str(row.message_ids[0].tracking_value_ids.new_value_float))
        self.call(self.executive, row, "write", {"max_discount": 4.0})

    # --- major, margin

    def test_major(self):
        """JJ-1.2.2, JJ-1.2.4: above the amount, in the company's currency, the executive office approves as well."""
        control = self.set_mode("contract.major", "approve")
        self.assertEqual(control.threshold, 100000.0)
        self.assertIsNone(self.breach("contract.major", self.quote(quantity=1000)))
        order = self.quote(quantity=1001)
        self.assertEqual(self.breach("contract.major", order).amount, 100100.0)
        self.call(self.salesperson, order, "action_approval_submit")
        self.assertEqual(
            order.sudo().approval_id.step_ids.rule_id.mapped("group_id"),
            self.env.ref("business_dept.group_department_manager") + self.env.ref("business_dept.group_executive_office"),
        )
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        self.assertIsNone(self.breach("contract.major", self.quote(quantity=1500, pricelist_id=pricelist.id)))
        self.set_mode("contract.major", "block", threshold=0)
        self.assertIsNone(self.breach("contract.major", self.quote(quantity=5000)), "0: nothing is major")
        self.set_mode("contract.major", "block", threshold=500)
        order = self.quote(quantity=5)
        self.call(self.salesperson, order, "action_confirm")
        self.assertRefused("contract.major", order.order_line, "write", {"product_uom_qty": 6})

    def test_margin_without_sale_margin(self):
        """JJ-1.1.4: where margins are not installed the control says nothing."""
        self.set_mode("contract.margin", "block", threshold=99)
        order = self.quote(price=1.0)
        if "margin_percent" in order._fields:
            self.skipTest("sale_margin is installed")
        self.assertIsNone(self.breach("contract.margin", order))

    def test_margin(self):
        """JJ-1.1.4: a margin below the least one, by how much money."""
        order, sale_order = self.quote(), type(self.env["sale.order"])
        if "margin_percent" in order._fields:
            self.product_slab.with_company(self.company).standard_price = 80.0
            order = self.quote()
            stand_in = []
        else:
            stand_in = [
                patch.object(sale_order, "_fields", {**sale_order._fields, "margin_percent": None}),
                patch.object(sale_order, "margin_percent", 0.2, create=True),
                patch.object(sale_order, "margin", 200.0, create=True),
            ]
        for patcher in stand_in:
            patcher.start()
            self.addCleanup(patcher.stop)
        self.set_mode("contract.margin", "block", threshold=20)
        self.assertFalse(order._check_margin())
        self.set_mode("contract.margin", "block", threshold=25)
        breach = order._check_margin()[order]
        self.assertEqual(breach.amount, 50.0)
        self.assertIn("20.00 %", breach.message)

    def test_banner_while_typing(self):
        """IC-9: the banner judges a new quotation before it is saved."""
        self.set_mode(BELOW, "notify")
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.product_slab
                line.tax_ids.clear()
                self.assertFalse(form.control_banner)
                line.price_unit = 80.0
            self.assertIn("-20.00 %", form.control_banner)

    def test_banner_of_several_breaches(self):
        """IC-9: several breaches are several lines of the banner, each with its clause and who may approve."""
        for code in (BELOW, AUTHORITY, "contract.deviation"):
            self.set_mode(code, "approve")
        order = self.send(self.quote())
        order.order_line.price_unit = 80.0
        banner = order.with_user(self.salesperson).control_banner
        self.assertEqual(banner.count("<li>"), 3)
        for clause in ("JJ-2.1.8", "JJ-1.2.1", "JJ-1.2.3"):
            self.assertIn(clause, banner)

    def test_authority_lies_between_0_and_100(self):
        """JJ-1.2.1: one authority for each post of a company."""
        row = self.env["business.discount.authority"].search([("company_id", "=", self.company.id)], limit=1)
        for wrong in ({"max_discount": 101.0}, {"max_discount": -1.0}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                row.write(wrong)
                row.flush_recordset()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            row.copy()
