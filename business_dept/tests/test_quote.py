# Part of business_dept. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError

from .common_quote import QuoteCommon


@tagged("post_install", "-at_install")
class TestQuote(QuoteCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms_60 = cls.env["account.payment.term"].create({
            "name": "60 days", "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 60})],
        })

    def setUp(self):
        super().setUp()
        self.set_mode("contract.deviation", "block")

    def deviation(self, order):
        return self.breach("contract.deviation", order)

    # --- baseline

    def test_first_version_of_every_door(self):
        """JJ-1.2.3: button, write, creation and the mail composer keep what was sent."""
        by_button = self.send(self.quote())
        by_write = self.quote()
        self.call(self.salesperson, by_write, "write", {"state": "sent"})
        by_create = self.quote(state="sent")
        by_mail = self.quote()
        action = self.call(self.salesperson, by_mail, "action_quotation_send")
        composer = self.env["mail.compose.message"].with_user(self.salesperson).with_context(**action["context"]).create({})
        composer._action_send_mail()
        for order in by_button + by_write + by_create + by_mail:
            self.assertEqual(order.state, "sent")
            version = self.versions(order)
            self.assertEqual((version.number, version.occasion, version.user_id), (1, "sent", self.salesperson))
            self.assertEqual(order.sudo().quote_baseline_id, version)

    def test_content_of_a_version(self):
        """JJ-1.2.3: lines with description, terms, delivery promise, validity and total are kept."""
        order = self.send(self.quote(
            payment_term_id=self.terms_60.id, commitment_date="2030-01-02 03:04:05", validity_date="2029-12-31",
        ))
        version = self.versions(order)
        content = version.content
        self.assertEqual(content["payment_term_id"], [self.terms_60.id, "60 days"])
        self.assertEqual(content["commitment_date"][0], "2030-01-02 03:04:05")
        self.assertEqual(content["validity_date"][0], "2029-12-31")
        self.assertEqual(content["amount_total"][0], "1000.00")
        line = content["order_line"][str(order.order_line.id)]
        self.assertEqual(line["name"][0], order.order_line.name)
        self.assertEqual((line["price_subtotal"][0], float(line["product_uom_qty"][0])), ("1000.00", 10.0))
        html = version.with_user(self.manager).content_html
        self.assertIn("1,000.00", html)
        self.assertIn("60 days", html)

    def test_same_content_is_kept_once(self):
        """JJ-1.2.3: sending again what was sent makes no version; a change makes one, and the first stays the measure."""
        order = self.send(self.quote())
        mailed = order.with_user(self.salesperson).with_context(mark_so_as_sent=True)
        mailed.message_post(body="Once more")
        self.assertEqual(len(self.versions(order)), 1)
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 95.0})
        mailed.message_post(body="A better price")
        first, second = self.versions(order)
        self.assertEqual((second.number, second.content["amount_total"][0]), (2, "950.00"))
        self.assertEqual(order.sudo().quote_baseline_id, first)

    def test_keep_in_batch(self):
        """JJ-1.2.3: sending many quotations takes as many statements as sending few."""
        def count(orders):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            orders.write({"state": "sent"})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = self.quote() + self.quote(), self.env["sale.order"].union(*(self.quote() for _time in range(20)))
        count(self.quote())
        self.assertLessEqual(count(many), count(few) + 2)
        self.assertEqual(len(many.sudo().quote_baseline_id), 20)

    def test_two_versions_at_once(self):
        """JJ-1.2.3: who does not see the version that somebody else has just kept is asked to try again."""
        order, Version = self.send(self.quote()), type(self.env["business.content.version"])
        order.order_line.price_unit = 90.0
        with (
            patch.object(Version, "search_fetch", lambda self, *args, **kwargs: self.browse()), mute_logger("odoo.sql_db"),
            self.assertRaises(ConcurrencyError), self.env.cr.savepoint(),
        ):
            order._keep_quote()
        self.assertEqual(len(self.versions(order)), 1)

    def test_baseline_survives_cancellation(self):
        """JJ-1.2.3: cancelled, back to draft, cheaper, sent again: the first quote stays the measure."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "action_cancel")
        self.call(self.salesperson, order, "action_draft")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 80.0})
        self.send(order)
        self.assertEqual(len(self.versions(order)), 2)
        self.assertEqual(self.deviation(order).amount, 200.0)
        self.assertRefused("contract.deviation", order, "action_confirm")

    # --- deviation

    def test_same_as_sent(self):
        """JJ-1.2.3: what was sent is confirmed."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")

    def test_never_sent(self):
        """JJ-1.2.3: without a quote there is nothing to deviate from."""
        order = self.quote(price=1.0)
        self.assertIsNone(self.deviation(order))
        self.assertFalse(order.quote_comparison)

    def test_prices(self):
        """JJ-1.2.3: a lower or higher net price deviates, by as much as the threshold does not tolerate."""
        order = self.send(self.quote())
        line = order.order_line
        for vals, percent, amount in (
            ({"price_unit": 90.0}, "-10.00", 100.0), ({"price_unit": 110.0}, "+10.00", 100.0),
            ({"price_unit": 100.0, "discount": 25.0}, "-25.00", 250.0),
        ):
            self.call(self.salesperson, line, "write", {"discount": 0.0, **vals})
            breach = self.deviation(order)
            self.assertIn(percent, breach.message)
            self.assertEqual(breach.amount, amount)
        self.set_mode("contract.deviation", "block", threshold=25)
        self.assertIsNone(self.deviation(order))

    def test_quantity_and_further_products_are_not_judged(self):
        """JJ-1.2.3: a changed quantity and further products are shown, and judged by the price list."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "write", {"order_line": [
            Command.update(order.order_line.id, {"product_uom_qty": 3}), self.line_command(self.product_tile, price=1.0),
        ]})
        self.assertIsNone(self.deviation(order))
        html = order.with_user(self.salesperson).quote_comparison
        self.assertIn("Tile", html)
        self.assertIn("added", html)

    def test_unit_of_measure(self):
        """JJ-1.2.3: a dozen at twelve times the price is the same price."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.send(self.quote(quantity=12))
        self.call(self.salesperson, order.order_line, "write", {
            "product_uom_id": dozen.id, "product_uom_qty": 1, "price_unit": 1200.0,
        })
        self.assertIsNone(self.deviation(order))
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 1100.0})
        self.assertIn("-8.33", self.deviation(order).message)

    def test_terms(self):
        """JJ-1.2.3: payment terms, deposit, balance and the promised delivery, each named with what it was."""
        order = self.send(self.quote(
            payment_term_id=False, prepayment_percent=0.3, balance_event="dispatch", balance_days=0,
            commitment_date="2030-01-02 03:04:05",
        ))
        for vals, text in (
            ({"payment_term_id": self.terms_60.id}, "60 days"),
            ({"prepayment_percent": 0.1}, "30 % → 10 %"),
            ({"balance_days": 30}, "→ 30"),
            ({"balance_event": "arrival"}, "Goods arrive"),
            ({"commitment_date": "2030-03-02 03:04:05"}, "3/2/30"),
        ):
            with self.subTest(vals=vals):
                before = {name: order[name].id if name == "payment_term_id" else order[name] for name in vals}
                self.call(self.salesperson, order, "write", vals)
                self.assertIn(text, self.deviation(order).message)
                self.call(self.salesperson, order, "write", before)
                self.assertIsNone(self.deviation(order))

    def test_validity_and_a_first_promise_are_shown_only(self):
        """JJ-1.2.3: a longer validity is no deviation, nor is a promise where the quote made none."""
        order = self.send(self.quote(validity_date="2029-12-31"))
        self.call(self.salesperson, order, "write", {
            "validity_date": "2030-12-31", "commitment_date": "2030-01-02 03:04:05",
        })
        self.assertIsNone(self.deviation(order))
        self.assertIn("12/31/2030", order.with_user(self.salesperson).quote_comparison)

    def test_promise_taken_back(self):
        """JJ-1.2.3: a duplicate has no promised delivery yet; that is not another promise."""
        duplicate = self.send(self.quote(commitment_date="2030-01-02 03:04:05")).with_user(self.salesperson).copy()
        self.assertIsNone(self.deviation(duplicate))
        self.call(self.salesperson, duplicate, "write", {"commitment_date": "2030-03-02 03:04:05"})
        self.assertTrue(self.deviation(duplicate))

    def test_modes(self):
        """JJ-1.2.3: manager first, then the executive office; only noted, or off, it confirms."""
        order = self.send(self.quote())
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 90.0})
        self.set_mode("contract.deviation", "approve")
        self.assertRefused("contract.deviation", order, "action_confirm")
        self.call(self.salesperson, order, "action_approval_submit")
        approval = order.sudo().approval_id
        self.assertEqual(approval.step_ids.rule_id, self.rule + self.env.ref("business_dept.approval_rule_order_executive"))
        self.call(self.manager, approval, "action_approve")
        self.assertEqual(order.sudo().approval_state, "pending")
        self.call(self.executive, approval, "action_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.events("released", order).control_id.code, "contract.deviation")
        for mode, outcomes in (("notify", ["noted"]), ("off", [])):
            other = self.send(self.quote())
            self.call(self.salesperson, other.order_line, "write", {"price_unit": 90.0})
            self.set_mode("contract.deviation", mode)
            self.call(self.salesperson, other, "action_confirm")
            self.assertEqual(self.events(record=other).mapped("outcome"), outcomes)

    def test_delivery_promise_is_approved_content(self):
        """RL-4.3: an approval is void when the promised delivery changes, and says so."""
        order = self.send(self.quote(commitment_date="2030-01-02 03:04:05"))
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 90.0})
        self.set_mode("contract.deviation", "approve")
        self.call(self.salesperson, order, "action_approval_submit")
        for user in (self.manager, self.executive):
            self.call(user, order.sudo().approval_id, "action_approve")
        self.call(self.salesperson, order, "write", {"commitment_date": "2030-02-02 03:04:05"})
        self.assertEqual(order.sudo().approval_id.state, "void")

    # --- screen

    def test_comparison_on_the_form(self):
        """JJ-1.2.3: line by line, differences in money and percent, terms, later versions; live while one types."""
        order = self.send(self.quote(order_line=[
            self.line_command(), self.line_command(self.product_tile, price=10.0, quantity=5),
        ]))
        with Form(order.with_user(self.salesperson)) as form:
            with form.order_line.edit(0) as line:
                line.price_unit = 90.0
            self.assertIn("-10.00 %", form.quote_comparison)
            form.order_line.remove(1)
            self.assertIn("removed", form.quote_comparison)
        order.with_user(self.salesperson).with_context(mark_so_as_sent=True).message_post(body="Again")
        html = order.with_user(self.salesperson).quote_comparison
        self.assertIn("Later Versions Sent", html)
        self.assertIn("text-danger", html)
        for user in (self.manager, self.auditor):
            action = self.call(user, order, "action_open_quote_versions")
            self.assertEqual(len(self.env["business.content.version"].with_user(user).search(action["domain"])), 2)

    def test_not_for_the_portal(self):
        """JJ-1.2.3: a customer on the portal reads neither comparison nor versions."""
        portal = self.env["res.users"].create({
            "name": "Portal", "login": "quote_portal", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
        })
        order = self.send(self.quote())
        order.message_subscribe(portal.partner_id.ids)
        for name in ("quote_comparison", "quote_origin_res_id", "quote_baseline_id"):
            with self.assertRaises(AccessError):
                self.call(portal, order, "read", [name])
        with self.assertRaises(AccessError):
            self.call(portal, self.env["business.content.version"], "search_read", [])

    # --- attacks

    def test_attack_versions_are_the_engines(self):
        """Attack 1, 2: nobody makes, changes, copies or deletes a version; a salesperson does not even read one."""
        version = self.versions(self.send(self.quote()))
        for user in (self.salesperson, self.manager, self.executive, self.auditor, self.admin_user):
            for method, args in (
                ("write", ({"content": {}},)), ("unlink", ()), ("copy", ()), ("web_save", ({"number": 9}, {})),
            ):
                with self.assertRaises(AccessError):
                    self.call(user, version, method, *args)
            with self.assertRaises(AccessError):
                self.call(user, self.env["business.content.version"], "create", [{
                    "res_model": "sale.order", "res_id": version.res_id, "number": 2, "occasion": "sent", "content": {},
                    "fingerprint": "x", "user_id": user.id, "company_id": self.company.id,
                }])
        for user in (self.salesperson, self.finance, self.admin_user, self.users["order_clerk"]):
            with self.assertRaises(AccessError):
                self.call(user, version, "read", ["content"])
        with self.assertRaises(AccessError):
            version.write({"number": 5})
        with self.assertRaises(AccessError):
            version.unlink()
        self.assertEqual(version.number, 1)

    def test_attack_versions_of_another_company(self):
        """Attack 20: the versions of a company are not read from another one."""
        version = self.versions(self.send(self.quote()))
        other = self.setup_other_company()["company"]
        self.manager.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.call(self.manager, version, "read", ["content"])

    def test_attack_forged_pointers(self):
        """Attack 3: the pointers to the first quote are not written by a client, nor given as a default."""
        order = self.send(self.quote())
        duplicate = order.with_user(self.salesperson).copy()
        for name in ("quote_baseline_id", "quote_origin_res_id"):
            for vals in ({name: False}, {name: 0}):
                self.assertRefused("approval.forgery", duplicate, "write", vals)
                self.assertRefused("approval.forgery", order, "copy", vals)
            self.assertRefused("approval.forgery", self.env["sale.order"], "create", [{
                "partner_id": self.customer.id, name: self.versions(order).id,
            }])
        self.assertEqual(duplicate.sudo().quote_origin_res_id, order.id)
        forged = self.call(self.salesperson, self.env["sale.order"], "create", [{"partner_id": self.customer.id}], context={
            "default_quote_baseline_id": self.versions(order).id, "default_quote_origin_res_id": order.id,
        })
        forged = self.env["sale.order"].browse(forged).sudo()
        self.assertFalse(forged.quote_baseline_id)
        self.assertFalse(forged.quote_origin_res_id)

    def test_attack_state_forged_to_reset_the_baseline(self):
        """Attack 7: state written to draft and sent again, in one call with cheaper lines: the first quote stays."""
        order = self.send(self.quote())
        line = order.order_line
        self.call(self.salesperson, order, "write", {"state": "draft"})
        self.call(self.salesperson, order, "write", {
            "state": "sent", "order_line": [Command.update(line.id, {"price_unit": 50.0})],
        })
        self.assertEqual(order.sudo().quote_baseline_id, self.versions(order)[0])
        self.assertRefused("contract.deviation", order, "write", {"state": "sale"})
        self.assertRefused("contract.deviation", order, "action_confirm", context={"business_quote_facts": {}})

    def test_attack_remove_and_add_again(self):
        """Attack 4: a line removed and its product added again cheaper is the same line; splitting hides nothing."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "write", {"order_line": [
            Command.delete(order.order_line.id), self.line_command(price=70.0),
        ]})
        self.assertIn("-30.00 %", self.assertRefused("contract.deviation", order, "action_confirm"))
        order = self.send(self.quote())
        self.call(self.salesperson, order, "write", {"order_line": [
            Command.update(order.order_line.id, {"product_uom_qty": 1}), self.line_command(price=70.0, quantity=9),
        ]})
        self.assertRefused("contract.deviation", order, "action_confirm")

    def test_attack_money_off_below_the_lines(self):
        """Attack 4: a line of negative amount is a price cut as well."""
        order = self.send(self.quote())
        rebate = self.env["product.product"].create({"name": "Rebate", "list_price": 0.0, "taxes_id": False})
        self.call(self.salesperson, order, "write", {
            "order_line": [self.line_command(rebate, price=-100.0, quantity=1)],
        })
        self.assertIn("-10.00 %", self.assertRefused("contract.deviation", order, "action_confirm"))

    def test_attack_duplicate(self):
        """Attack 6: a duplicate for the same customer is measured by the quote it was made from, in any generation."""
        order = self.send(self.quote())
        duplicate = order.with_user(self.salesperson).copy().copy()
        self.call(self.salesperson, duplicate.order_line, "write", {"price_unit": 80.0})
        self.send(duplicate)
        self.assertEqual(self.deviation(duplicate).amount, 200.0)
        self.assertIn(order.name, duplicate.quote_comparison)
        self.call(self.salesperson, order, "action_cancel")
        self.assertTrue(self.deviation(duplicate), "a cancelled quote was offered all the same")
        order.sudo().unlink()
        self.assertTrue(self.deviation(duplicate), "and a deleted one as well")

    def test_duplicate_for_another_customer(self):
        """JJ-1.2.3: another customer was offered nothing; back to the first one, the quote counts again."""
        order = self.send(self.quote())
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        duplicate = order.with_user(self.salesperson).copy({"partner_id": other.id})
        self.call(self.salesperson, duplicate.order_line, "write", {"price_unit": 80.0})
        self.assertIsNone(self.deviation(duplicate))
        self.call(self.salesperson, duplicate, "write", {"partner_id": self.customer.id})
        self.call(self.salesperson, duplicate.order_line, "write", {"price_unit": 80.0})
        self.assertTrue(self.deviation(duplicate))

    def test_duplicate_of_a_confirmed_order(self):
        """JJ-1.2.3: who duplicates a confirmed order makes further business; once that is cancelled, it was a quote."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "action_confirm")
        duplicate = order.with_user(self.salesperson).copy()
        self.call(self.salesperson, duplicate.order_line, "write", {"price_unit": 80.0})
        self.assertIsNone(self.deviation(duplicate))
        self.call(self.salesperson, order, "action_cancel")
        self.assertTrue(self.deviation(duplicate))

    def test_attack_confirmed_order(self):
        """Attack 14: price cuts and terms of a confirmed order by line write, command, new line, import and header."""
        order = self.send(self.quote(commitment_date="2030-01-02 03:04:05"))
        self.call(self.salesperson, order, "action_confirm")
        line = order.order_line
        self.assertRefused("contract.deviation", line, "write", {"price_unit": 60.0})
        self.assertRefused("contract.deviation", line, "write", {"discount": 40.0})
        self.assertRefused("contract.deviation", order, "write", {
            "order_line": [Command.update(line.id, {"price_unit": 60.0})],
        })
        self.assertRefused("contract.deviation", order, "write", {
            "order_line": [self.line_command(price=60.0, quantity=1)],
        })
        self.assertRefused("contract.deviation", order, "write", {
            "order_line": [self.line_command(price=-60.0, quantity=1)],
        })
        self.assertRefused("contract.deviation", order, "write", {"commitment_date": "2031-01-02 03:04:05"})
        self.assertRefused("contract.deviation", order, "write", {"payment_term_id": self.terms_60.id})
        self.assertRefused("contract.deviation", self.env["sale.order.line"], "create", [{
            "order_id": order.id, "product_id": self.product_slab.id, "price_unit": 0.0, "product_uom_qty": 5,
        }])
        for names, row in (
            ([".id", "price_unit"], [str(line.id), "60.0"]),
        ):
            with self.env.cr.savepoint():
                result = self.call(self.salesperson, self.env["sale.order.line"], "load", names, [row])
            self.assertFalse(result["ids"])
            self.assertTrue(self.take_refusals("contract.deviation"))
        with self.env.cr.savepoint():
            result = self.call(self.salesperson, self.env["sale.order"], "load", [
                ".id", "order_line/.id", "order_line/price_unit",
            ], [[str(order.id), str(line.id), "60.0"]])
        self.assertFalse(result["ids"])
        self.assertEqual((line.price_unit, line.discount, len(order.order_line)), (100.0, 0.0, 1))
        self.call(self.salesperson, order, "write", {"client_order_ref": "PO 4711"})
        self.call(self.salesperson, line, "write", {"name": "Slab, polished"})

    def test_confirmed_order_under_approval_says_what_to_do(self):
        """JJ-1.2.3: a confirmed order is not submitted; the message says how to go on."""
        order = self.send(self.quote())
        self.call(self.salesperson, order, "action_confirm")
        self.set_mode("contract.deviation", "approve")
        with self.assertRaises(ControlError) as caught:
            self.call(self.salesperson, order.order_line, "write", {"price_unit": 60.0})
        self.assertIn("cancel it", str(caught.exception))

    def test_other_currency(self):
        """JJ-1.2.3: another currency is a changed term, and prices are compared at the rate of today."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        order = self.send(self.quote())
        self.call(self.salesperson, order, "write", {"pricelist_id": pricelist.id})
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 100.0})
        message = self.deviation(order).message
        self.assertIn("EUR", message)
        self.assertIn("-50.00 %", message)
