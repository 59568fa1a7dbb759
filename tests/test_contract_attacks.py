# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Attacks on contracts, their orders, what was sent and what is owed; see ``test_attacks`` for how."""
from contextlib import suppress
from datetime import timedelta

from test_attacks import JUNK, AttackCase
from test_attacks import _public_methods_of_ours as public_methods_of_ours

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.models.foundation.forgery import get_engine_fields
from odoo.addons.business_dept.tests.common_contract import ContractCommon

ENGINE_ROWS = (
    "business.contract.scan", "business.content.version", "business.shipment", "business.shipment.line",
    "business.payment.instalment",
)


class ContractAttackCase(ContractCommon, AttackCase):
    """A customer of grade A; every order needs an approved contract, and what was signed changes by amendment only."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(1000.0)
        self.line = self.order.order_line
        self.contract = self.make_contract(self.order)
        self.env.flush_all()

    def submit_contract(self):
        self.call(self.salesperson, self.contract, "action_approval_submit")
        return self.contract.sudo().approval_id

    def amend(self, user=None, **vals):
        """An amendment of the signed contract: three instead of one."""
        made = self.call(user or self.salesperson, self.env["business.contract.amendment"], "create", [{
            "contract_id": self.contract.id, "reason": "More of it",
            "line_ids": [Command.create({"order_line_id": self.line.id, "quantity": 3.0})], **vals,
        }])
        return self.env["business.contract.amendment"].browse(made)

    def confirm(self):
        self.approve(self.contract)
        self.call(self.salesperson, self.order, "action_confirm")
        self.assertEqual(self.order.state, "sale")

    def by_both_doors(self, user, records, vals, **kwargs):
        self.refused(user, records, "write", vals, **kwargs)
        self.refused(user, records, "web_save", vals, {}, **kwargs)

    def money(self):
        """What was agreed, sent, asked for and received, as it stands in the database."""
        self.env.flush_all()
        facts = {}
        for table, columns in {
            "business_contract": "id, partner_id, kind, amount_total, body, state, date_approved, date_signed, date_end, "
                                 "formal_due_date, amended_fingerprint, our_read_fingerprint, customer_signed_by",
            "business_contract_amendment": "id, state, date_applied, base_fingerprint, reason",
            "business_contract_amendment_line": "id, quantity, price_unit, old_quantity",
            "business_contract_scan": "id, code, is_matching",
            "business_content_version": "id, fingerprint",
            "business_shipment": "id, amount, date_dispatch, date_arrival",
            "business_shipment_line": "id, quantity, quantity_returned",
            "business_payment_instalment": "id, amount, amount_received, date_due, state, promise_date, dunning_level",
            "sale_order": "id, state, amount_total, partner_id, contract_id, date_released, date_ready, shipment_count, "
                          "is_settled, is_deposit_received, collection_received, signed_by",
            "sale_order_line": "id, order_id, product_id, product_uom_qty, price_unit, discount, qty_delivered",
            "account_payment": "id, state, amount, collection_order_id, collection_confirmed_by_id",
            "account_move": "id, state, amount_total",
            "business_approval": "id, state, fingerprint",
            "business_discount_authority": "id",
            "business_dunning_step": "id, days",
            "business_contract_template": "id, name",
        }.items():
            self.env.cr.execute(f"SELECT {columns} FROM {table} ORDER BY id")
            facts[table] = self.env.cr.fetchall()
        return facts


@tagged("post_install", "-at_install")
class TestContractAttacks(ContractAttackCase):

    def test_attack_04_order_under_review_of_its_contract(self):
        """attack 4: while a contract is under review its orders and their lines are locked, by every door."""
        self.submit_contract()
        other = self.make_order(10.0)
        foreign = other.order_line
        new = {"product_id": self.product_slab.id, "price_unit": 1.0, "product_uom_qty": 1}
        Line = self.model("sale.order.line")
        values = self.call(self.salesperson, self.line, "onchange", {"price_unit": 1.0}, ["price_unit"], {
            "price_unit": {}, "discount": {}, "product_uom_qty": {}})["value"]
        for records, method, args, context in (
            (self.line, "write", ({"price_unit": 1.0},), {}),
            (self.line, "web_save", ({"price_unit": 1.0, **values}, {}), {}),
            (self.line, "write", ({"product_id": self.product_a.id},), {}),
            (self.line, "unlink", (), {}),
            (self.line, "copy", ({"order_id": self.order.id},), {}),
            (self.line, "write", ({"order_id": other.id},), {}),
            (foreign, "write", ({"order_id": self.order.id},), {}),
            (Line, "create", ([{**new, "order_id": self.order.id}],), {}),
            (Line, "create", ([new],), {"default_order_id": self.order.id}),
            (self.order, "write", ({"order_line": [Command.update(self.line.id, {"price_unit": 1.0})]},), {}),
            (self.order, "web_save", ({"order_line": [Command.create(new)]}, {}), {}),
            (self.order, "write", ({"order_line": [Command.link(foreign.id)]},), {}),
            (self.order, "write", ({"order_line": [Command.clear()]},), {}),
            (self.order, "write", ({"partner_id": self.partner_a.id},), {}),
            (self.order, "write", ({"balance_days": 300},), {}),
            (self.order, "write", ({"prepayment_percent": 0.01, "note": "harmless"},), {}),
            (self.order, "write", ({"commitment_date": "2030-01-01"},), {}),
            (self.order, "action_update_prices", (), {}),
            (self.customer, "write", ({"sale_order_ids": [
                Command.update(self.order.id, {"order_line": [Command.update(self.line.id, {"discount": 9.0})]})]},), {}),
            (self.contract, "write", ({"body": "<p>Other</p>"},), {}),
            (self.contract, "web_save", ({"partner_id": self.partner_a.id}, {}), {}),
            (self.contract, "write", ({"kind": "phone"},), {}),
            (self.contract, "write", ({"date_end": "2030-01-01", "title": "harmless"},), {}),
            (self.contract, "write", ({"customer_signatory": "Somebody"},), {}),
            (self.contract, "action_compose", (), {}),
        ):
            for user in (self.salesperson, self.manager):
                with self.subTest(user=user.login, method=method, args=args):
                    self.refused(user, records, method, *args, context=context, trace="approval.content_locked")
        for model, names, row in (
            ("sale.order.line", [".id", "price_unit"], [str(self.line.id), "1"]),
            ("sale.order", [".id", "order_line/.id", "order_line/price_unit"], [str(self.order.id), str(self.line.id), "1"]),
            ("business.contract", [".id", "body"], [str(self.contract.id), "x"]),
            ("business.contract", [".id", "kind"], [str(self.contract.id), "phone"]),
        ):
            self.try_load(self.salesperson, model, names, [row])
            self.assertTrue(self.take_refusals("approval.content_locked"), model)
        self.refused(self.salesperson, self.order, "action_leave_contract")
        self.refused(self.salesperson, self.order, "unlink")
        self.refused(self.salesperson, self.contract, "unlink")
        self.assertEqual(self.contract._get_approval_fingerprint(), self.contract.sudo().approval_id.fingerprint)

    def test_attack_04_amendment_under_review(self):
        """attack 4: an amendment under review is locked with its lines."""
        self.sign(self.contract)
        amendment = self.amend()
        self.call(self.salesperson, amendment, "action_approval_submit")
        row = amendment.line_ids
        for records, method, args in (
            (amendment, "write", ({"reason": "Other"},)),
            (amendment, "write", ({"changes_text": True, "new_body": "<p>Ours</p>"},)),
            (amendment, "web_save", ({"line_ids": [Command.update(row.id, {"quantity": 30.0})]}, {})),
            (amendment, "write", ({"line_ids": [Command.create({"order_id": self.order.id, "quantity": 1.0})]},)),
            (row, "write", ({"price_unit": 1.0},)),
            (row, "unlink", ()),
            (row, "copy", ({"quantity": 9.0},)),
            (row.browse(), "create", ([{"amendment_id": amendment.id, "order_line_id": self.line.id, "quantity": 9.0}],)),
        ):
            with self.subTest(method=method, args=args):
                self.refused(self.salesperson, records, method, *args, trace="approval.content_locked")
        self.refused(self.salesperson, row, "write", {"amendment_id": self.amend().id}, trace="approval.content_locked")
        self.refused(self.salesperson, amendment, "write", {"contract_id": self.make_contract().id})

    def test_attack_05_content_and_state_in_one_write(self):
        """attack 5: another content and the state in one write, after the contract was approved."""
        self.approve(self.contract)
        for vals in (
            {"state": "sale", "order_line": [Command.update(self.line.id, {"price_unit": 900.0})]},
            {"order_line": [Command.update(self.line.id, {"product_id": self.product_a.id, "price_unit": 1000.0})],
             "state": "sale"},
            {"state": "sale", "balance_days": 2},
            {"state": "sale", "order_line": [Command.create({
                "product_id": self.product_a.id, "price_unit": 0.0, "product_uom_qty": 1, "tax_ids": False})]},
        ):
            for method in ("write", "web_save"):
                with self.subTest(method=method, vals=vals):
                    self.refused(self.salesperson, self.order, method, vals, *([{}] if method == "web_save" else []),
                                 error=ControlError, trace="contract.required")
        self.try_load(self.salesperson, "sale.order", [".id", "state", "order_line/.id", "order_line/price_unit"],
                      [[str(self.order.id), "sale", str(self.line.id), "900"]])
        self.assertTrue(self.take_refusals("contract.required"))
        for state in ("approved", "signed", "in_force"):
            self.by_both_doors(self.salesperson, self.contract, {"body": "<p>x</p>", "state": state}, trace="approval.forgery")
            self.by_both_doors(self.salesperson, self.contract, {"body": "<p>x</p>", "date_signed": "2024-01-01"},
                               trace="approval.forgery")
        self.assertTrue(self.contract._is_approved())
        self.call(self.salesperson, self.order, "action_confirm")

    def test_attack_06_born_in_the_final_state(self):
        """attack 6: contracts, orders, amendments and rows of the system are not born in their final state."""
        self.sign(self.contract)
        before = self.money()
        Contract, base = self.model("business.contract"), {"kind": "formal", "partner_id": self.customer.id}
        for vals in (
            {"state": "in_force"}, {"date_signed": "2024-01-01"}, {"date_approved": "2024-01-01"}, {"amount_total": 1e6},
            {"date_in_force": "2024-01-01"}, {"order_ids": [Command.link(self.order.id)]}, {"name": "C-1"},
            {"scan_ids": [Command.create({"code": "x"})]}, {"formal_contract_id": self.contract.id},
        ):
            for user in (self.salesperson, self.manager):
                self.refused(user, Contract, "create", [{**base, **vals}], trace="approval.forgery")
                self.refused(user, Contract, "web_save", {**base, **vals}, {}, trace="approval.forgery")
                self.refused(user, self.contract, "copy", vals, trace="approval.forgery")
        self.refused(self.salesperson, self.model("business.contract.amendment"), "create", [{
            "contract_id": self.contract.id, "reason": "x", "date_applied": "2024-01-01"}], trace="approval.forgery")
        self.refused(self.salesperson, self.model("business.contract.amendment.line"), "create", [{
            "old_quantity": 1.0}], error=AccessError, trace="approval.forgery")
        for name in ENGINE_ROWS:
            for user in (self.salesperson, self.manager, self.clerk, self.finance, self.executive, self.admin_user,
                         self.env.ref("base.user_admin")):
                self.refused(user, self.model(name), "create", [{}], error=AccessError)
                self.refused(user, self.model(name), "web_save", {}, {}, error=AccessError)
                self.try_load(user, name, ["display_name"], [["x"]])
        self.assertEqual(self.money(), before)
        forged = {
            f"default_{name}": 1 for model in ("business.contract", "sale.order", "sale.order.line", "account.payment")
            for name in get_engine_fields(self.model(model))
        } | {
            "default_state": "sale", "default_contract_id": self.contract.id, "default_date_released": "2024-01-01 00:00:00",
            "default_instalment_ids": [Command.create({"kind": "deposit"})], "default_name": "X", "default_order_ids": [],
            "default_scan_ids": [], "default_replaced_ids": [], "default_shipment_ids": [Command.create({"name": "S"})],
            "default_transaction_ids": [], "default_end_reason": "x", "default_date_signed": "2024-01-01",
        }
        self.refused(self.salesperson, self.model("sale.order"), "create", [self.order_vals()], context=forged,
                     trace="contract.required")
        self.refused(self.salesperson, self.order, "copy", {"state": "sale"}, trace="contract.required")
        forged["default_state"] = "signed"
        made = Contract.browse(self.call(self.salesperson, Contract, "create", [base], context=forged)).sudo()
        self.assertEqual(made.state, "draft")
        self.assertFalse(made.date_signed or made.date_approved or made.amended_fingerprint or made.order_ids)

    def test_attack_07_facts_are_written_by_nobody(self):
        """attack 7: state, dates, signatures, fingerprints, stage, plan and receipts are written by no client."""
        self.sign(self.contract)
        self.call(self.salesperson, self.order, "action_confirm")
        amendment = self.amend()
        before = self.money()
        odd = {"date": "2024-01-01", "datetime": "2024-01-01 00:00:00", "char": "x", "text": "x", "integer": 7,
               "float": 1.0, "monetary": 1.0, "boolean": True, "many2one": 1, "selection": "x",
               "one2many": [Command.clear()], "many2many": [Command.clear()], "binary": "eA=="}
        for records, names, users in (
            (self.contract, get_engine_fields(self.contract), (self.salesperson, self.manager)),
            (amendment, get_engine_fields(amendment), (self.salesperson, self.manager)),
            (self.order, get_engine_fields(self.order) - {"follow_stage"}, (self.salesperson, self.manager)),
            (self.order, get_engine_fields(self.order, "_engine_filled_fields"), (self.salesperson, self.manager)),
            (self.order.order_line, get_engine_fields(self.order.order_line), (self.salesperson,)),
        ):
            self.assertTrue(names)
            for name in sorted(names):
                with self.subTest(model=records._name, field=name):
                    for user in users:
                        value = odd[records._fields[name].type]
                        self.by_both_doors(user, records, {name: value}, trace="approval.forgery")
        for stage in ("settled", "release", "dispatched", "x", False):  # moving a card is a step, or it is refused
            self.by_both_doors(self.salesperson, self.order, {"follow_stage": stage})
        payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_id": self.customer.id, "amount": 300.0,
            "journal_id": self.company_data["default_journal_bank"].id,
        })
        payment.action_post()
        for name in ("collection_order_id", "collection_confirmed_by_id", "collection_confirmed_on"):
            value = {"collection_order_id": self.order.id, "collection_confirmed_by_id": self.finance.id}.get(
                name, "2024-01-01 00:00:00")
            self.by_both_doors(self.finance, payment, {name: value}, trace="approval.forgery")
            self.refused(self.salesperson, payment, "write", {name: value})
        payment.action_draft()
        payment.unlink()
        for name in ENGINE_ROWS:
            rows = self.env[name].sudo().search([], limit=2)
            if not rows:
                continue
            for user in (self.salesperson, self.manager, self.clerk, self.finance, self.executive, self.admin_user):
                for method, args in (("write", ({"company_id": self.company.id},)), ("unlink", ()), ("copy", ()),
                                     ("web_save", ({"company_id": self.company.id}, {}))):
                    with self.subTest(model=name, user=user.login, method=method):
                        self.refused(user, rows, method, *args, error=AccessError)
            with self.subTest(model=name):
                self.refused(self.manager, rows, "write", {"company_id": self.company.id}, error=AccessError,
                             trace="approval.forgery")
        self.assertEqual(self.money(), before)

    def test_attack_08_executive_first(self):
        """attack 8: the executive office does not approve a contract or an amendment before the manager."""
        approval = self.submit_contract()
        self.refused(self.executive, self.contract, "action_approval_approve", trace="approval.out_of_turn")
        self.refused(self.executive, approval, "action_approve", trace="approval.out_of_turn")
        self.call(self.manager, self.contract, "action_approval_approve")
        # attack 9: neither twice nor by a colleague once it is decided
        for user in (self.manager, self.manager_2):
            self.refused(user, approval, "action_approve", trace="approval.out_of_turn")
            self.refused(user, approval, "action_reject", "x", trace="approval.out_of_turn")
        self.assertEqual(self.contract.state, "review")
        self.call(self.executive, self.contract, "action_approval_approve")
        for user in (self.manager, self.executive):
            for method, args in (("action_approve", ()), ("action_reject", ("x",)), ("action_send_back", ("x",))):
                self.refused(user, approval, method, *args)
        self.sign(self.contract)
        amendment = self.amend()
        self.call(self.salesperson, amendment, "action_approval_submit")
        self.refused(self.executive, amendment, "action_approval_approve", trace="approval.out_of_turn")
        self.call(self.manager, amendment, "action_approval_reject", "No")
        for user in (self.manager, self.executive):
            self.refused(user, amendment.sudo().approval_id, "action_approve")
        self.refused(self.salesperson, amendment, "action_apply")
        self.assertEqual(self.line.product_uom_qty, 1.0)

    def test_attack_10_nobody_decides_his_own_contract(self):
        """attack 10: neither requester nor author decides a contract or an amendment, nor is it handed to him."""
        own = self.make_contract(self.make_order(500.0, user=self.manager), user=self.manager)
        self.call(self.manager, own, "action_approval_submit")
        approval = own.sudo().approval_id
        self.refused(self.manager, own, "action_approval_approve", trace="approval.own_decision")
        self.assertNotIn(self.manager, approval.step_ids.approver_ids.user_id)
        self.refused(self.manager_2, approval, "action_hand_over", self.manager.id, "x", trace="approval.own_decision")
        approval = self.submit_contract()
        for method in ("action_hand_over", "action_add_colleague"):
            self.refused(self.manager, approval, method, self.salesperson.id, "x", trace="approval.own_decision")
        # who put a line into the order is an author of its contract
        third = self.make_order(10.0)
        self.call(self.manager, self.model("sale.order.line"), "create", [{
            "order_id": third.id, "product_id": self.product_slab.id, "price_unit": 5000.0}])
        contract = self.make_contract(third)
        self.call(self.salesperson, contract, "action_approval_submit")
        self.refused(self.manager, contract, "action_approval_approve", trace="approval.own_decision")
        self.call(self.manager, self.contract, "action_approval_approve")
        self.call(self.executive, self.contract, "action_approval_approve")
        self.sign(self.contract)
        amendment = self.amend(user=self.manager)
        self.call(self.salesperson, amendment, "action_approval_submit")
        self.refused(self.manager, amendment, "action_approval_approve", trace="approval.own_decision")

    def test_attack_14_order_of_a_signed_contract(self):
        """attack 14: an order of a signed contract changes by no door: dearer, cheaper, other goods, other terms."""
        self.sign(self.contract)
        for confirmed in (False, True):
            if confirmed:
                self.call(self.salesperson, self.order, "action_confirm")
            other = self.make_order(10.0).order_line
            new = {"product_id": self.product_slab.id, "product_uom_qty": 1, "tax_ids": False, "order_id": self.order.id}
            for records, method, args in (
                (self.line, "write", ({"price_unit": 1100.0},)),
                (self.line, "write", ({"price_unit": 900.0},)),
                (self.line, "web_save", ({"discount": 5.0}, {})),
                (self.line, "write", ({"product_uom_qty": 2.0},)),
                (self.line, "write", ({"product_uom_qty": 0.5, "price_unit": 2000.0},)),
                (self.line.browse(), "create", ([{**new, "price_unit": 100.0}],)),
                (self.line.browse(), "create", ([{**new, "price_unit": -100.0}],)),
                (self.line.browse(), "create", ([{**new, "price_unit": 0.0}],)),
                (other, "write", ({"order_id": self.order.id},)),
                (self.order, "write", ({"order_line": [Command.update(self.line.id, {"price_unit": 900.0})]},)),
                (self.order, "write", ({"balance_days": 2},)),
                (self.order, "write", ({"prepayment_percent": 0.9},)),
                (self.order, "write", ({"payment_term_id": self.pay_terms_b.id},)),
                (self.order, "write", ({"commitment_date": "2030-01-01"},)),
                (self.order, "write", ({"partner_invoice_id": self.partner_a.id},)),
                (self.contract, "write", ({"body": "<p>Ours</p>"},)),
                (self.contract, "write", ({"date_end": "2030-01-01"},)),
            ):
                for user in (self.salesperson, self.manager):
                    with self.subTest(confirmed=confirmed, user=user.login, method=method, args=args):
                        self.refused(user, records, method, *args, error=ControlError)
            self.try_load(self.salesperson, "sale.order.line", [".id", "price_unit"], [[str(self.line.id), "900"]])
            self.assertTrue(self.take_refusals("contract.unamended"))
            discount = self.call(self.salesperson, self.model("sale.order.discount").with_context(
                active_id=self.order.id), "create", {
                    "sale_order_id": self.order.id, "discount_type": "so_discount", "discount_percentage": 0.2})
            self.refused(self.salesperson, self.model("sale.order.discount").browse(discount), "action_apply_discount")
        self.refused(self.salesperson, self.order, "write", {"partner_id": self.partner_a.id})
        self.assertEqual((self.order.amount_total, len(self.order.order_line)), (1000.0, 1))
        self.assertTrue(self.contract._is_approved())

    def test_attack_14_lines_of_another_order_in_an_amendment(self):
        """attack 14: an amendment changes orders of its contract only, by whatever door its lines come in."""
        self.sign(self.contract)
        amendment = self.amend()
        theirs = self.make_order(5000.0, user=self.sales_2)
        foreign = theirs.order_line
        Row = self.model("business.contract.amendment.line")
        for vals in (
            {"order_line_id": foreign.id, "quantity": 0.0},
            {"order_id": theirs.id, "product_id": self.product_slab.id, "quantity": 9.0, "price_unit": 1.0},
        ):
            self.refused(self.salesperson, Row, "create", [{"amendment_id": amendment.id, **vals}])
            self.refused(self.salesperson, Row, "create", [vals], context={"default_amendment_id": amendment.id})
            self.refused(self.salesperson, amendment.line_ids, "write", vals)
            self.refused(self.salesperson, amendment, "write", {"line_ids": [Command.create(vals)]})
            self.refused(self.salesperson, amendment, "write", {"line_ids": [Command.update(amendment.line_ids.id, vals)]})
        # nor does what a form shows beforehand tell another one's price
        with self.fails(UserError, AssertionError):
            shown = self.call(self.salesperson, Row, "onchange", {"order_line_id": foreign.id}, ["order_line_id"], {
                "old_price_unit": {}, "price_unit": {}, "quantity": {}})["value"]
            self.assertIn(5000.0, shown.values(), "nothing is told")
        self.approve(amendment)
        self.assertEqual((foreign.price_unit, foreign.product_uom_qty, len(theirs.order_line)), (5000.0, 1.0, 1))
        self.assertEqual(self.line.product_uom_qty, 3.0)

    def test_attack_14_another_customers_framework(self):
        """attack 14: an order does not use the framework contract of another customer."""
        framework = self.make_framework(5000.0)
        self.sign(framework)
        order = self.make_order(700.0)
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.contract_id, framework)
        stranger = self.env["res.partner"].create({"name": "Stranger", "is_company": True})
        profile = self.env["business.credit.profile"]._get_or_create(stranger, self.company)
        profile._apply_grade(self.grades["A"])
        profile._apply_limit(1e6, False)
        self.refused(self.salesperson, order, "write", {"partner_id": stranger.id}, trace="contract.required")
        self.call(self.salesperson, order, "action_cancel")
        self.call(self.salesperson, order, "action_draft")
        self.call(self.salesperson, order, "write", {"partner_id": stranger.id})
        self.refused(self.salesperson, order, "action_confirm", trace="contract.required")
        self.refused(self.salesperson, order, "write", {"state": "sale"}, trace="contract.required")
        # nor does it grow beyond what was agreed
        order = self.make_order(4900.0)
        self.call(self.salesperson, order, "action_confirm")
        self.refused(self.salesperson, order.order_line, "write", {"price_unit": 5100.0}, trace="contract.required")
        self.refused(self.salesperson, self.make_order(200.0), "action_confirm", trace="contract.required")
        self.by_both_doors(self.salesperson, framework, {"framework_amount": 9e9}, trace="contract.unamended")

    def test_attack_17_changed_after_the_approval(self):
        """attack 17: whoever changes what was approved, an approver too, voids it; nothing is made or sent of it."""
        for user, act in (
            (self.manager, lambda user: self.call(user, self.line, "write", {"price_unit": 1999.0})),
            (self.manager, lambda user: self.call(user, self.line, "write", {"product_id": self.product_a.id,
                                                                            "price_unit": 1000.0})),
            (self.salesperson, lambda user: self.call(user, self.line, "write", {"discount": 5.0})),
            (self.salesperson, lambda user: self.call(user, self.contract, "write", {"body": "<p>Ours</p>"})),
            (self.manager, lambda user: self.call(user, self.contract, "write", {"customer_signatory": "x"})),
            (self.finance, lambda user: self.call(user, self.line, "write", {"price_unit": 1.0})),
        ):
            with self.subTest(user=user.login):
                self.order = self.make_order(1000.0)
                self.line = self.order.order_line
                self.contract = self.make_contract(self.order)
                self.approve(self.contract)
                approval = self.contract.sudo().approval_id
                act(user)
                self.env.invalidate_all()
                self.assertEqual((approval.state, self.contract.state), ("void", "draft"))
                self.assertTrue(approval.reason, "it says what was changed")
                self.assertFalse(self.contract.date_approved)
                self.refused(user, self.order, "action_confirm", trace="contract.required")
                self.refused(self.executive, approval, "action_approve")
                self.refused(self.salesperson, self.contract, "action_sign")

    def test_attack_17_released_as_it_was_approved(self):
        """attack 17, JJ-1.2.5: a confirmed order that was changed after its contract's approval is not released."""
        self.set_mode("contract.release_unapproved", "approve")
        self.confirm()
        for vals in ({"price_unit": 1100.0}, {"product_uom_qty": 0.5}, {"discount": 5.0}):
            self.refused(self.salesperson, self.line, "write", vals, trace="contract.required")
        self.set_mode("contract.required", "notify")
        self.call(self.salesperson, self.line, "write", {"product_uom_qty": 0.5})
        self.assertEqual(self.contract.state, "draft")
        self.refused(self.clerk, self.order, "action_release_production", trace="contract.release_unapproved")
        self.refused(self.manager, self.order, "action_release_production", trace="contract.release_unapproved")
        self.approve(self.contract)
        self.call(self.clerk, self.order, "action_release_production")
        self.assertTrue(self.order.date_released)

    def test_attack_17_finance_changes_no_order(self):
        """attack 17: an invoice or a down payment that finance makes changes nothing of what was agreed."""
        self.confirm()
        fingerprint = self.contract._get_approval_fingerprint()
        Advance = self.model("sale.advance.payment.inv")
        context = {"active_model": "sale.order", "active_ids": self.order.ids, "active_id": self.order.id}
        self.call(self.finance, self.order, "action_collection_deposit_invoice")
        wizard = Advance.browse(self.call(self.salesperson, Advance, "create", {
            "sale_order_ids": [Command.set(self.order.ids)], "advance_payment_method": "fixed", "fixed_amount": 300.0,
        }, context=context))
        self.call(self.salesperson, wizard, "create_invoices", context=context)
        self.assertEqual(self.contract._get_approval_fingerprint(), fingerprint)
        self.assertTrue(self.contract._is_approved())
        self.assertEqual(self.order.amount_total, 1000.0)
        down = self.order.order_line.filtered("is_downpayment")
        self.assertTrue(down)
        # a down payment that becomes a sale is content like every other line
        self.refused(self.finance, down.filtered(lambda line: not line.display_type), "write",
                     {"product_uom_qty": 5.0, "price_unit": 300.0})
        self.order.order_line.qty_delivered_method = "manual"
        for user in (self.salesperson, self.finance):
            self.set_mode("contract.dispatch_unreleased", "block")
            self.refused(user, self.line, "write", {"qty_delivered": 1.0}, error=ControlError)

    def test_attack_07_register_of_missing_contracts(self):
        """attack 7, JJ-1.2.6: an order by phone stays on the register of missing contracts, whatever is done to it."""
        order = self.make_order(300.0)
        self.call(self.salesperson, order, "action_create_informal_contract", "phone")
        phone = order.contract_id
        self.approve(phone, self.manager)
        self.call(self.salesperson, order, "action_confirm")
        self.assertTrue(phone.is_formal_missing)
        missing = [("is_formal_missing", "=", True), ("id", "=", phone.id)]
        for vals in ({"formal_due_date": "2099-01-01"}, {"customer_signatory": "x"}, {"kind": "formal"},
                     {"kind": "framework", "framework_amount": 1.0, "date_end": "2099-01-01"}):
            with self.subTest(vals=vals), self.cr.savepoint() as savepoint:
                with suppress(UserError):
                    self.call(self.salesperson, phone, "write", vals)
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertTrue(phone.is_formal_missing)
                self.assertTrue(phone.sudo().search(missing))
                savepoint.rollback()
            self.env.invalidate_all()
        self.call(self.salesperson, phone, "write", {"customer_signatory": "x"})
        self.assertEqual(phone.state, "draft", "its approval is void")
        self.refused(self.salesperson, order, "action_leave_contract")
        self.refused(self.salesperson, phone, "unlink")
        phone._as_engine().formal_due_date = fields.Date.today() - timedelta(days=60)
        self.refused(self.salesperson, self.order, "action_confirm", trace="contract.formal_overdue")
        self.refused(self.salesperson, phone, "action_complete", "x", error=AccessError)
        self.refused(self.salesperson, phone, "action_terminate", "x", error=AccessError)


class ContractReadCase(ContractAttackCase):
    """A signed contract with an amendment and its paper, its order confirmed, partly sent, partly paid."""

    def setUp(self):
        super().setUp()
        self.sign(self.contract)
        self.call(self.salesperson, self.order, "action_confirm")
        self.order.order_line.qty_delivered_method = "manual"
        self.env.flush_all()
        self.call(self.clerk, self.order, "action_release_production")
        self.line.sudo().qty_delivered = 1.0
        self.amendment = self.amend(reason="Secret reason")
        self.payment = self.env["account.payment"].create({
            "payment_type": "inbound", "partner_id": self.customer.id, "amount": 300.0,
            "journal_id": self.company_data["default_journal_bank"].id,
        })
        self.payment.action_post()
        self.call(self.finance, self.payment, "action_collection_match", self.order.id)
        self.call(self.salesperson, self.order, "message_post", body="Secret message")
        self.env.flush_all()

    def rows(self):
        """What is to be protected: records of every model, in sudo."""
        order, contract = self.order.sudo(), self.contract.sudo()
        rows = [
            contract, contract.scan_ids, self.amendment.sudo(), self.amendment.sudo().line_ids, order.shipment_ids,
            order.shipment_ids.line_ids, order.instalment_ids,
            self.env["business.content.version"].sudo().search([
                ("res_model", "=", contract._name), ("res_id", "=", contract.id)]),
        ]
        for records in rows:
            self.assertTrue(records, f"{records._name}: nothing to protect")
        return rows


@tagged("post_install", "-at_install")
class TestContractReadAttacks(ContractReadCase):

    ASKED = {
        "business.contract": ("name", "amount_total", "customer_signatory", "body", "code"),
        "business.contract.scan": ("code", "cabinet"),
        "business.contract.amendment": ("reason", "old_amount"),
        "business.contract.amendment.line": ("old_price_unit", "quantity"),
        "business.shipment": ("name", "amount", "waybill"),
        "business.shipment.line": ("quantity",),
        "business.payment.instalment": ("amount", "amount_received", "date_due"),
        "business.content.version": ("fingerprint", "content"),
    }

    def ask(self, user, records, name):
        """Every way to ask for these records; what is found, or nothing when it is refused."""
        domain = [("id", "in", records.ids)]
        for method, args, kwargs in (
            ("search", (domain,), {}), ("search_count", (domain,), {}), ("search_read", (domain, [name]), {}),
            ("web_search_read", (domain, {name: {}}), {}), ("search", (domain,), {"order": f"{name} desc"}),
            ("formatted_read_group", (domain, [name], ["__count"]), {}),
            ("formatted_read_grouping_sets", (domain, [[name], []], ["__count"]), {}),
            ("web_read_group", (domain, [name], ["__count"]), {}), ("name_search", ("",), {"domain": domain}),
        ):
            try:
                result = self.call(user, records, method, *args, **kwargs)
            except (AccessError, ValueError):
                continue
            if isinstance(result, dict):
                result = result.get("length", result.get("groups", result))
            if isinstance(result, list):
                flat = [one for row in result for one in (row if isinstance(row, list) else [row])]
                result = [one for one in flat if not (isinstance(one, dict) and one.get("__count") == 0)]
            yield method, result

    def test_attack_19_of_others(self):
        """attack 19, 21: a colleague, an employee without a post and the administrator of regulations get no answer."""
        for user in (self.sales_2, self.plain, self.admin_user):
            for records in self.rows():
                for name in self.ASKED[records._name]:
                    with self.subTest(user=user.login, model=records._name, field=name):
                        for method, result in self.ask(user, records, name):
                            self.assertFalse(result, method)
                        self.refused(user, records, "read", [name], error=AccessError)
                        self.refused(user, records, "web_read", {name: {}}, error=AccessError)
                        self.refused(user, records, "export_data", [name])
            # nor by way of the order, the customer or the receipt
            for model, domain in (
                ("sale.order", [("contract_id.amount_total", ">", 0), ("id", "=", self.order.id)]),
                ("sale.order", [("instalment_ids.amount", ">", 0), ("id", "=", self.order.id)]),
                ("sale.order", [("shipment_ids", "any", [("amount", ">", 0)]), ("id", "=", self.order.id)]),
                ("res.partner", [("sale_order_ids.contract_id", "!=", False), ("id", "=", self.customer.id)]),
                ("account.payment", [("collection_order_id", "!=", False)]),
                ("mail.message", [("model", "=", "business.contract"), ("res_id", "=", self.contract.id)]),
                ("mail.message", [("body", "like", "Secret message")]),
                ("ir.attachment", [("res_model", "=", "business.contract.scan")]),
                ("mail.activity", [("res_model", "=", "business.contract")]),
            ):
                with self.subTest(user=user.login, model=model, domain=domain):
                    try:
                        found = self.call(user, self.model(model), "search", domain)
                    except (AccessError, ValueError):
                        found = []
                    self.assertFalse(found)

    def test_attack_19_forms_tell_nothing(self):
        """attack 19: a new amendment, dialog or line tells nothing of a contract or order that one may not read."""
        Amendment, Row = self.model("business.contract.amendment"), self.model("business.contract.amendment.line")
        spec = {"old_amount": {}, "old_terms": {}, "partner_id": {"fields": {"display_name": {}}}, "difference_html": {}}
        mine = self.make_order(77.0, user=self.sales_2)
        contract = self.make_contract(mine, user=self.sales_2)
        for values in (
            {"contract_id": self.contract.id}, {"contract_id": {"id": self.contract.id}},
            {"contract_id": [self.contract.id, "x"]},
            {"contract_id": contract.id, "line_ids": [Command.create({"order_line_id": self.line.id})]},
            {"contract_id": contract.id, "line_ids": [[0, "virtual_1", {"order_line_id": self.line.id}]]},
        ):
            with self.subTest(values=values):
                self.refused(self.sales_2, Amendment, "onchange", values, list(values), spec, error=AccessError)
        lines = {"old_price_unit": {}, "price_unit": {}, "quantity": {}, "product_id": {"fields": {"display_name": {}}}}
        for values in ({"order_line_id": self.line.id}, {"amendment_id": self.amendment.id},
                       {"amendment_id": {"contract_id": self.contract.id}}, {"order_id": self.order.id}):
            self.refused(self.sales_2, Row, "onchange", values, list(values), lines, error=AccessError)
        told = self.call(self.sales_2, Amendment, "default_get", ["line_ids", "new_body", "new_date_start"],
                         context={"default_contract_id": self.contract.id})
        self.assertFalse({"line_ids", "new_body"} & told.keys())
        self.call(self.salesperson, Amendment, "onchange", {"contract_id": self.contract.id}, ["contract_id"], spec)
        for model, values, asked in (
            ("business.contract.file", {"contract_id": self.contract.id}, ("code", "expected_code")),
            ("business.order.dispatch", {"order_ids": [Command.set(self.order.ids)]}, ("line_ids",)),
            ("business.receipt.record", {"order_id": self.order.id}, ("amount",)),
            ("business.payment.promise", {"instalment_ids": [Command.set(self.order.instalment_ids.ids)]}, ("amount",)),
        ):
            spec = {name: {} for name in asked if name in self.env[model]._fields}
            for user in (self.plain, self.sales_2):
                with self.subTest(model=model, user=user.login):
                    try:
                        shown = self.call(user, self.model(model), "onchange", values, list(values), spec)
                    except (UserError, ValueError):
                        continue
                    self.assertFalse([value for value in shown.get("value", {}).values() if value], shown)

    def test_attack_20_another_company(self):
        """attack 20: another company's people, whatever their posts, see and touch none of it."""
        other = self.setup_other_company()["company"]
        foreign = self._new_user("test_foreign", ",".join(f"business_dept.group_{post}" for post in (
            "department_manager", "finance", "executive_office", "auditor", "deputy_manager", "order_clerk",
            "customer_service", "salesperson")))
        foreign.write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        before = self.money()
        for records in self.rows():
            for name in self.ASKED[records._name]:
                with self.subTest(model=records._name, field=name):
                    for method, result in self.ask(foreign, records, name):
                        self.assertFalse(result, method)
                    self.refused(foreign, records, "read", [name], error=AccessError)
            for method in sorted(set(public_methods_of_ours(type(self.env[records._name])))):
                for args in ((), ("2024-01-01",), ("x",)):
                    try:
                        with mute_logger("odoo.sql_db", "odoo.models"), self.env.cr.savepoint():
                            self.call(foreign, records, method, *args)
                            self.env.flush_all()
                    except Exception:
                        self.env.invalidate_all()
        for method in ("action_release_production", "action_dispatch", "action_mark_ready", "action_create_contract"):
            self.refused(foreign, self.order, method, error=AccessError)
        self.assertEqual(self.money(), before)

    def test_attack_21_access_rows(self):
        """attack 21: rows of the system are written by nobody, and nobody outside the posts may read contracts at all."""
        for name in self.ASKED:
            can = {operation for operation in ("read", "write", "create", "unlink")
                   if self.model(name).with_user(self.plain).has_access(operation)}
            self.assertLessEqual(can, {"read"}, name)
            if can:
                self.assertFalse(self.call(self.plain, self.model(name), "search", []), name)
            if name in ENGINE_ROWS:
                for post, user in self.users.items():
                    for operation in ("write", "create", "unlink"):
                        self.assertFalse(self.model(name).with_user(user).has_access(operation), (name, post))

    def test_attack_16_every_public_method(self):
        """attack 16: who has no business here calls every public method of these models, with any arguments."""
        extra = {
            "sale.order": self.order, "sale.order.line": self.line, "account.payment": self.payment,
            "account.move": self.payment.move_id,
        }
        for name in ("stock.picking", "stock.move", "mrp.production", "mrp.workorder"):
            if name in self.env:
                extra[name] = self.env[name].sudo().search([("company_id", "=", self.company.id)], limit=1) \
                    or self.env[name].sudo().search([], limit=1)
        targets = {records._name: records for records in self.rows()} | extra
        before, called = self.money(), 0
        for name, records in targets.items():
            for method in sorted(set(public_methods_of_ours(type(self.env[name])))):
                for user in (self.plain, self.sales_2, self.auditor):
                    for args in ((), (None,), (True,), (-1,), ("x",), ([1],), ({"id": 1},), ("2024-01-01", "x"),
                                 (records.ids[0], "x")):
                        called += 1
                        try:
                            with mute_logger("odoo.sql_db", "odoo.models"), self.env.cr.savepoint():
                                self.call(user, records, method, *args)
                                self.env.flush_all()
                        except Exception:
                            self.env.invalidate_all()
        self.assertGreater(called, 500)
        self.assertEqual(self.money(), before)

    def test_attack_16_every_dialog(self):
        """attack 16, 8: no dialog does anything for who has no business here: filled honestly, with junk, or another's."""
        before, made = self.money(), 0
        dialogs = [name for name, model in self.env.registry.items()
                   if name.startswith("business.") and model._transient and not model._abstract]
        self.assertGreater(len(dialogs), 12)
        samples = {records._name: records for records in self.rows()} | {
            "sale.order": self.order, "sale.order.line": self.line, "account.payment": self.payment,
            "res.partner": self.customer, "account.journal": self.company_data["default_journal_bank"],
            "business.approval": self.contract.sudo().approval_id, "res.users": self.sales_2,
        }
        for name in dialogs:
            honest = {}
            for field_name, field in self.env[name]._fields.items():
                sample = samples.get(getattr(field, "comodel_name", None))
                match field.type:
                    case "many2one" if sample:
                        honest[field_name] = sample[:1].id
                    case "many2many" if sample:
                        honest[field_name] = [Command.set(sample.ids)]
                    case "char" | "text":
                        honest[field_name] = "2024"
                    case "float" | "monetary":
                        honest[field_name] = 1.0
                    case "date":
                        honest[field_name] = fields.Date.today()
            honest = {key: value for key, value in honest.items() if key not in ("create_uid", "write_uid", "display_name")}
            junk = [{key: value} for key in honest for value in ("_end", -1, [[6, 0, [1]]], {"a": 1})]
            methods = sorted(set(public_methods_of_ours(type(self.env[name]))))
            for user in (self.plain, self.sales_2, self.auditor):
                for vals in (honest, *({**honest, **one} for one in junk)):
                    with mute_logger("odoo.sql_db", "odoo.models"):
                        try:
                            with self.env.cr.savepoint():
                                dialog = self.model(name).browse(self.call(user, self.model(name), "create", vals))
                                self.env.flush_all()
                        except Exception:
                            self.env.invalidate_all()
                            continue
                        made += 1
                        for method in methods:
                            for args in ((), *((value,) for value in JUNK[:4])):
                                try:
                                    with self.env.cr.savepoint():
                                        self.call(user, dialog, method, *args)
                                        self.env.flush_all()
                                except Exception:
                                    self.env.invalidate_all()
                    if vals is honest:
                        other = self.plain if user != self.plain else self.sales_2
                        self.refused(other, dialog, "read", ["id"], error=AccessError)
        self.assertGreater(made, 10)
        self.assertEqual(self.money(), before)


@tagged("post_install", "-at_install")
class TestContractPortalAttacks(ContractReadCase, HttpCase):

    PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

    def report(self, name, records, kind="pdf"):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_actions_report", "odoo.addons.web.controllers.report"):
            return self.url_open(f"/report/{kind}/business_dept.{name}/{','.join(map(str, records.ids))}")

    def test_attack_19_reports_of_others(self):
        """attack 19: no contract, statement or recovery list of somebody else is printed, by address and id."""
        dialog = self.env["business.recovery.list"].with_user(self.salesperson).create({})
        portal = self._new_user("test_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        foreign = self.make_order(1000.0, partner_id=self.env["res.partner"].create({"name": "Granite Rival"}).id)
        self.env.flush_all()
        secrets = (self.contract.name, self.contract.code, "1,000.00", "Granite")
        for user in (self.sales_2, self.plain, portal, None):
            self.authenticate(user and user.login, user and user.login)
            for name, records in (("report_contract", self.contract), ("report_payment_statement", self.order),
                                  ("report_recovery_list", dialog)):
                if user == portal and records == self.order:
                    records = foreign  # the statement of his own order is written for him
                for kind in ("html", "pdf", "text"):
                    with self.subTest(user=user and user.login, report=name, kind=kind):
                        answer = self.report(name, records, kind)
                        page = answer.text if "/login" not in answer.url else ""
                        self.assertFalse([word for word in secrets if word in page])
                        self.assertNotIn(b"%PDF", answer.content[:10])
        self.authenticate(self.salesperson.login, self.salesperson.login)
        for name, records in (("report_contract", self.contract), ("report_payment_statement", self.order),
                              ("report_recovery_list", dialog)):
            self.assertIn(self.order.name if records != self.contract else self.contract.code,
                          self.report(name, records, "html").text, "one's own is printed")
        # a report does not look itself whether its reader may: Odoo asks before it renders
        for name, records in (("report_contract", self.contract), ("report_payment_statement", self.order)):
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(self.sales_2).sudo(False)._render_qweb_html(
                    f"business_dept.{name}", records.ids)
        # one's own recovery list, with somebody else's name in it, lists what one may read: nothing
        own = self.env["business.recovery.list"].with_user(self.sales_2).create({"user_id": self.salesperson.id})
        self.env.flush_all()
        self.authenticate(self.sales_2.login, self.sales_2.login)
        self.assertFalse([word for word in secrets[:3] if word in self.report("report_recovery_list", own, "html").text])

    def accept(self, order, **params):
        return self.make_jsonrpc_request(f"/my/orders/{order.id}/accept", {
            "name": "Mr Customer", "signature": self.PIXEL, "access_token": order._portal_ensure_token(), **params})

    def test_attack_07_portal_signature(self):
        """attack 7: a signature signs the order of its own token, of this content; it approves and confirms nothing."""
        order = self.make_order(2000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        other = self.make_order(3000.0, require_signature=True, require_payment=False)
        self.call(self.salesperson, order, "action_quotation_sent")
        self.call(self.salesperson, other, "action_quotation_sent")
        self.env.flush_all()
        self.authenticate(None, None)
        for token in ("", "x", None, other._portal_ensure_token()):
            self.assertTrue(self.accept(order, access_token=token).get("error"))
        self.assertFalse(order.signature or contract.customer_signed_by)
        self.assertTrue(self.accept(order).get("force_refresh"))
        self.env.invalidate_all()
        self.assertEqual((order.state, contract.state), ("sent", "review" if contract.approval_state == "pending" else "draft"))
        self.assertFalse(contract.date_signed)
        page = self.url_open(order.get_portal_url()).text
        for secret in (contract.name, contract.code, "JJ-1.2", self.manager.name, "contract.required"):
            self.assertNotIn(secret, page)
        # declined with another order's token: nothing; with its own: the customer's right, not a change of the contract
        for token in ("", "x", order.access_token):
            self.url_open(f"/my/orders/{other.id}/decline", data={
                "access_token": token, "decline_message": "x", "csrf_token": "x"})
            self.env.invalidate_all()
            self.assertEqual(other.state, "sent")
        confirmed = self.order
        self.url_open(f"/my/orders/{confirmed.id}/decline", data={
            "access_token": confirmed._portal_ensure_token(), "decline_message": "x"})
        self.env.invalidate_all()
        self.assertEqual((confirmed.state, self.contract.state), ("sale", "in_force"))

    def test_attack_07_bare_calls_of_the_portal(self):
        """attack 7, 16: a portal user and the public call no method of ours that does anything."""
        portal = self._new_user("test_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        self.order.message_subscribe(portal.partner_id.ids)
        before = self.money()
        targets = [*self.rows(), self.order, self.line, self.payment]
        for user in (portal, self.env.ref("base.public_user").sudo()):
            for records in targets:
                for method in sorted(set(public_methods_of_ours(type(self.env[records._name])))):
                    for args in ((), ("x",), ("2024-01-01", "x")):
                        try:
                            with mute_logger("odoo.sql_db", "odoo.models"), self.env.cr.savepoint():
                                self.call(user, records, method, *args)
                                self.env.flush_all()
                        except Exception:
                            self.env.invalidate_all()
                for method, args in (("read", (["id"],)), ("write", ({"state": "sale"},)), ("search_read", ([], ["id"]))):
                    if records not in (self.order, self.line) or method == "write":
                        self.refused(user, records, method, *args)
            self.refused(user, self.order, "read", ["contract_id"], error=AccessError)
            self.refused(user, self.model("sale.order"), "search", [("contract_id", "!=", False)], error=AccessError)
        self.assertEqual(self.money(), before)
        self.authenticate("test_portal", "test_portal")
        for model, method, args in (
            ("sale.order", "action_release_production", [self.order.ids]),
            ("business.contract", "action_terminate", [self.contract.ids, "x"]),
            ("business.shipment", "action_record_arrival", [self.order.shipment_ids.ids, "2024-01-01"]),
            ("account.payment", "action_collection_unmatch", [self.payment.ids, "x"]),
        ):
            with self.assertRaises(Exception) as caught, mute_logger("odoo.http"):
                self.make_jsonrpc_request(f"/web/dataset/call_kw/{model}/{method}", {
                    "model": model, "method": method, "args": args, "kwargs": {}})
            self.assertNotIn(self.contract.name, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(self.money(), before)
