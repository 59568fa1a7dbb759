# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The attack suite: insiders with a login and a script, through every door that the server has.

Every test carries the number of its attack. Calls go through ``call_kw``, as JSON-RPC does, as ordinary users; each
attack is refused, and what it tried is in the event log afterwards (or nothing has changed).
"""

from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import DatabaseError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common import BusinessCommon

#: what a client may put into a context, hoping that something listens
CONTEXTS = (
    {"business_engine": True},
    {"business_engine": "ENGINE"},
    {"business_engine": {}},
    {"install_mode": True},
    {"module": "business_dept"},
    {"import_file": True},
    {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True},
    {"active_test": False},
    {"su": True, "uid": 1},
    {"skip_validation_check": True, "bypass_risk": True, "auditlog_disabled_read": True, "force": True},
    {"business_order_facts": True},
    {"business_order_facts": {"by_customer": {}}},
    {"business_order_facts": []},
    {"default_state": "approved", "default_approval_state": "approved"},
    {"tz": "Pacific/Kiritimati"},
    {"prefetch_fields": False, "bin_size": True},
)

#: arguments that no honest client sends
JUNK = (None, True, -1, 0, 10**20, "", "x", "1", [], [1], {}, {"id": 1}, float("nan"), "'; DROP TABLE res_users; --")


class AttackCase(BusinessCommon):
    """A customer of grade C with a limit of 500, whose orders need approval beyond it; everybody attacks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile._apply_grade(cls.grades["C"])
        cls.profile._apply_limit(500.0, False)
        cls.clerk = cls.users["order_clerk"]
        cls.sales_2 = cls._new_user("test_sales_2", "base.group_user,business_dept.group_salesperson")
        cls.plain = cls._new_user("test_plain", "base.group_user")

    @classmethod
    def _new_user(cls, login, groups):
        return new_test_user(
            cls.env, login=login, name=login, groups=groups, company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)], lang="en_US",
        )

    def setUp(self):
        super().setUp()
        for code in ("credit.limit", "credit.terms", "credit.hold", "credit.unrated"):
            self.set_mode(code, "approve")
        self.env.flush_all()

    def refused(self, user, records, method, *args, trace=None, error=UserError, **kwargs):
        """The call is refused, and leaves a refusal by the control ``trace``.

        :return: the exception
        """
        self.take_refusals()
        with self.assertRaises(error) as caught:
            self.call(user, records, method, *args, **kwargs)
            self.env.flush_all()
        if trace:
            entries = self.take_refusals(trace)
            self.assertTrue(entries, f"{method} was refused without a trace of {trace}")
            self.assertEqual({entry["user_id"] for entry in entries}, {user.id})
        return caught.exception

    @contextmanager
    def fails(self, *errors):
        """The block fails with one of these errors, and its transaction with it."""
        try:
            with mute_logger("odoo.sql_db", "odoo.models"), self.env.cr.savepoint():
                yield
                self.env.flush_all()
        except errors:
            self.env.invalidate_all()
        else:
            self.fail("it went through")

    def submit(self, amount=1000.0, **vals):
        order = self.make_order(amount, **vals)
        self.call(self.salesperson, order, "action_approval_submit")
        return order, order.sudo().approval_id

    def model(self, name):
        return self.env[name].sudo(False)

    def order_vals(self, amount=1000.0, **vals):
        return {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "order_line": [Command.create({
                "product_id": self.product_slab.id, "product_uom_qty": 1, "price_unit": amount, "tax_ids": False,
            })],
            **vals,
        }

    def try_load(self, user, model, names, rows, **kwargs):
        """An import: it swallows errors, so nothing may have been made."""
        self.take_refusals()
        with mute_logger("odoo.models", "odoo.sql_db"):
            result = self.call(user, self.model(model), "load", names, rows, **kwargs)
        self.assertFalse(result["ids"], "the import went through")
        self.assertTrue(any(message["type"] == "error" for message in result["messages"]))
        return result

    def snapshot(self):
        """Everything that a decision or a right depends on, as it stands in the database."""
        self.env.flush_all()
        facts = {}
        for table, columns in {
            "business_approval": "id, state, fingerprint, requester_id, reason",
            "business_approval_step": "id, state, sequence, require",
            "business_approval_approver": "id, user_id, state, on_behalf_of_id",
            "business_approval_ground": "id, amount, control_id",
            "business_approval_rule": "id, active, domain, group_id, approver_type",
            "business_approval_absence": "id, user_id, cover_user_id, date_from, date_to",
            "business_control": "id, code, mode::text, threshold::text, is_fixed",
            "business_control_event": "id",
            "business_credit_profile": "id, grade_id, own_limit, limit_source, limit_expiry, hold, score",
            "business_credit_grade": "id, credit_limit, deposit_percent, min_score, active",
            "business_credit_policy": "id, weight_on_time, min_count",
            "business_credit_score": "id, score",
            "business_credit_review": "id, state",
            "business_credit_review_line": "id, state, new_grade_id",
            "business_credit_limit_request": "id, requested_limit, applied_date",
            "business_payment_history": "id, amount, settled_date",
            "business_order_hold": "id, state, customer_confirmed",
            "business_regulation": "id, state, date_in_force, withdrawn_on",
            "business_regulation_acknowledgement": "id, state, user_id",
            "sale_order": "id, state, amount_total, partner_id",
        }.items():
            self.env.cr.execute(f"SELECT {columns} FROM {table} ORDER BY id")
            facts[table] = self.env.cr.fetchall()
        return facts


@tagged("post_install", "-at_install")
class TestApprovalAttacks(AttackCase):

    def engine_rows(self, approval):
        return approval, approval.step_ids, approval.approver_ids, approval.ground_ids

    def test_attack_01_write_ones_own_decision(self):
        """attack 1: nobody writes approval rows, through no door."""
        order, approval = self.submit()
        row = approval.approver_ids[0]
        users = (self.salesperson, self.manager, self.executive, self.admin_user, self.auditor,
                 self.env.ref("base.user_admin"))
        for user in users:
            for records, vals in (
                (approval, {"state": "approved"}),
                (approval, {"requester_id": self.sales_2.id}),
                (approval, {"author_ids": [Command.clear()]}),
                (approval, {"fingerprint": "0" * 64, "content": {}}),
                (approval.step_ids, {"state": "approved", "require": "any"}),
                (row, {"state": "approved", "user_id": user.id}),
                (approval.ground_ids, {"amount": 1e9}),
            ):
                for method in ("write", "web_save"):
                    args = (vals, {}) if method == "web_save" else (vals,)
                    self.refused(user, records, method, *args, error=AccessError, trace="approval.forgery")
        for commands in (
            [Command.update(approval.id, {"state": "approved"})],
            [Command.create({"name": "x", "res_model": "sale.order", "state": "approved",
                             "requester_id": self.sales_2.id, "company_id": self.company.id})],
            [Command.set([])],
            [Command.link(approval.id + 1000)],
            [Command.delete(approval.id)],
            [Command.unlink(approval.id)],
            [Command.clear()],
        ):
            for method in ("write", "web_save"):
                args = ({"approval_ids": commands}, *([{}] if method == "web_save" else []))
                self.refused(self.salesperson, order, method, *args)
        for name in ("business.approval", "business.approval.step", "business.approval.approver",
                     "business.approval.ground"):
            for user in users:
                self.refused(user, self.model(name), "create", [{"name": "x"}], error=AccessError,
                             trace="approval.forgery")
                self.refused(user, self.model(name), "web_save", {"name": "x"}, {}, error=AccessError)
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.fingerprint, order._get_approval_fingerprint())

    def test_attack_01_import_and_copy(self):
        """attack 1: an import, a copy and a quick creation of approval rows are refused, with a trace."""
        order, approval = self.submit()
        before = self.snapshot()
        self.try_load(self.salesperson, "business.approval", [".id", "state"], [[str(approval.id), "approved"]])
        self.assertTrue(self.take_refusals("approval.forgery"))
        self.try_load(self.salesperson, "business.approval.approver", ["step_id/.id", "user_id/.id", "state"],
                      [[str(approval.step_ids.id), str(self.salesperson.id), "approved"]])
        self.try_load(self.salesperson, "sale.order", [".id", "approval_ids/.id", "approval_ids/state"],
                      [[str(order.id), str(approval.id), "approved"]])
        self.refused(self.salesperson, approval, "copy", {"state": "approved"}, error=AccessError)
        self.refused(self.salesperson, self.model("business.approval"), "name_create", "x")
        self.refused(self.salesperson, self.model("business.approval.approver"), "name_create",
                     str(self.salesperson.id), context={
                         "default_step_id": approval.step_ids.id, "default_user_id": self.salesperson.id,
                         "default_state": "approved"})
        self.assertEqual(self.snapshot(), before)

    def test_attack_02_delete_the_rows(self):
        """attack 2: nobody deletes requests, steps, decisions or events; the document cannot be deleted with them."""
        order, approval = self.submit()
        for user in (self.salesperson, self.manager, self.admin_user, self.env.ref("base.user_admin")):
            for records in self.engine_rows(approval):
                self.refused(user, records, "unlink", error=AccessError, trace="approval.forgery")
        self.refused(self.salesperson, order, "unlink")
        self.call(self.manager, approval, "action_reject", "Too much")
        self.env["business.control.event"]._log([self.env["business.control.event"]._prepare_event(
            self.env["business.control"]._get_by_code("credit.limit"), "block", "refused", order, message="x")])
        event = self.events("refused", order)
        for user in (self.salesperson, self.admin_user, self.auditor, self.env.ref("base.user_admin")):
            self.refused(user, event, "unlink", trace="approval.forgery")
            self.refused(user, event, "write", {"message": "nothing happened"}, trace="approval.forgery")
            self.refused(user, self.model("business.control.event"), "create",
                         [{"control_id": event.control_id.id, "outcome": "released", "date": "2024-01-01"}],
                         trace="approval.forgery")
            self.refused(user, event.control_id, "write", {"event_ids": [Command.delete(event.id)]})
            self.refused(user, event, "copy")
        self.assertTrue(event.exists())
        self.assertEqual(approval.state, "rejected")

    def test_attack_02_restart_after_rejection(self):
        """attack 2: a rejected content is not asked again behind a detour; every request stays."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_reject", "Too much")
        self.refused(self.salesperson, order, "action_approval_submit")
        # a detour: other content, withdrawn; then the rejected content again
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 1001.0})
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.salesperson, order, "action_approval_withdraw")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 1000.0})
        error = self.refused(self.salesperson, order, "action_approval_submit")
        self.assertIn("Too much", str(error))
        self.assertEqual(order.sudo().approval_ids.mapped("state"), ["withdrawn", "rejected"])

    def test_attack_03_context_keys_open_nothing(self):
        """attack 3: no context key that a client can send skips a gate, a lock or a log."""
        order, approval = self.submit()
        held = self.make_order(2000.0)
        for context in CONTEXTS:
            with self.subTest(context=context):
                self.refused(self.salesperson, held, "action_confirm", trace="credit.limit", context=context)
                self.refused(self.salesperson, held, "write", {"state": "sale"}, trace="credit.limit", context=context)
                self.refused(self.salesperson, order.order_line, "write", {"price_unit": 1.0},
                             trace="approval.content_locked", context=context)
                self.refused(self.salesperson, approval, "write", {"state": "approved"},
                             trace="approval.forgery", context=context)
                self.refused(self.salesperson, approval, "action_approve",
                             trace="approval.own_decision", context=context)
                self.refused(self.sales_2, approval, "action_approve", trace="approval.out_of_turn", context=context)
                self.refused(self.salesperson, self.profile, "write", {"own_limit": 1e9}, error=AccessError,
                             context=context)
                self.refused(self.plain, self.env.ref("business_dept.control_credit_limit"), "write",
                             {"mode": "off"}, error=AccessError, context=context)
        self.assertEqual(held.state, "draft")
        self.assertEqual(approval.state, "pending")

    def test_attack_03_settings_are_changed_with_a_trace_only(self):
        """attack 3: a context key does not let the administrator change a control or a rule unseen."""
        control = self.env.ref("business_dept.control_credit_limit").with_company(self.company)
        told = [("model", "=", "business.control"), ("res_id", "=", control.id),
                ("partner_ids", "in", self.executive.partner_id.ids)]
        for mode, context in zip(("off", "notify") * len(CONTEXTS), CONTEXTS):
            with self.subTest(context=context):
                events, messages = self.events("mode_changed"), self.env["mail.message"].sudo().search_count(told)
                self.call(self.admin_user, control, "write", {"mode": mode}, context=context)
                self.assertEqual(len(self.events("mode_changed")), len(events) + 1)
                self.assertEqual(self.env["mail.message"].sudo().search_count(told), messages + 1)
        for name, value in (("code", "credit.other"), ("is_fixed", False), ("nature", "detective"), ("domain", "travel")):
            self.refused(self.admin_user, control, "write", {name: value}, trace="approval.forgery")
        fixed = self.env.ref("business_dept.control_approval_own_decision")
        self.refused(self.admin_user, fixed, "write", {"mode": "off"})
        self.refused(self.admin_user, control, "unlink", error=AccessError)
        self.refused(self.admin_user, control, "copy", error=AccessError)
        quiet = {"tracking_disable": True, "mail_notrack": True, "mail_create_nolog": True}
        rule = self.rule
        before = len(rule.message_ids)
        self.call(self.admin_user, rule, "write", {
            "approver_type": "user", "user_ids": [Command.set(self.admin_user.ids)]}, context=quiet)
        self.env.flush_all()
        self.env.cr.precommit.run()
        rule.invalidate_recordset()
        self.assertEqual(len(rule.message_ids), before + 1, "who decides was changed without a trace")
        self.assertIn(self.admin_user.name, "".join(
            str(value) for value in rule.message_ids[0].tracking_value_ids.mapped("new_value_char")))
        self.submit()
        self.refused(self.admin_user, rule, "unlink")

    def test_attack_03_administrator_holds_no_key_to_his_own_request(self):
        """attack 3, 10: an administrator does not loosen the control that holds a request of his own."""
        self.admin_user.group_ids += self.env.ref("business_dept.group_salesperson")
        order = self.make_order(1000.0, user=self.admin_user)
        self.call(self.admin_user, order, "action_approval_submit")
        control = self.env.ref("business_dept.control_credit_limit")
        for vals in ({"mode": "off"}, {"threshold": 5.0}, {"mode": "notify", "name": "x"}):
            for context in ({}, {"install_mode": True}, {"business_engine": True}):
                self.refused(self.admin_user, control, "write", vals, trace="approval.own_decision", context=context)
        self.assertEqual(control.with_company(self.company).mode, "approve")

    def test_attack_04_lines_under_review(self):
        """attack 4: lines are locked with their order: written, added, removed, moved in or out, by any door."""
        order, approval = self.submit()
        other = self.make_order(10.0)
        line, foreign = order.order_line, other.order_line
        new = {"product_id": self.product_slab.id, "price_unit": 1.0, "product_uom_qty": 1}
        lines = self.model("sale.order.line")
        for records, method, args, context in (
            (line, "write", ({"price_unit": 1.0},), {}),
            (line, "web_save", ({"product_uom_qty": 100},  {}), {}),
            (line, "write", ({"sequence": 1, "discount": 99.0},), {}),
            (line, "unlink", (), {}),
            (line, "copy", ({"order_id": order.id},), {}),
            (line, "write", ({"order_id": other.id},), {}),
            (foreign, "write", ({"order_id": order.id},), {}),
            (lines, "create", ([{**new, "order_id": order.id}],), {}),
            (lines, "create", ([new],), {"default_order_id": order.id}),
            (lines, "web_save", (new, {}), {"default_order_id": order.id}),
            (order, "write", ({"order_line": [Command.update(line.id, {"price_unit": 1.0})]},), {}),
            (order, "write", ({"order_line": [Command.create(new)]},), {}),
            (order, "write", ({"order_line": [Command.link(foreign.id)]},), {}),
            (order, "web_save", ({"order_line": [Command.delete(line.id)]}, {}), {}),
            (order, "write", ({"partner_id": self.partner_a.id},), {}),
            (order, "write", ({"partner_invoice_id": self.partner_a.id},), {}),
            (order, "write", ({"payment_term_id": False, "note": "harmless"},), {}),
            (order, "action_update_prices", (), {}),
            (self.customer, "write", ({"sale_order_ids": [Command.update(order.id, {"pricelist_id": False})]},), {}),
        ):
            with self.subTest(method=method, args=args, context=context):
                self.refused(self.salesperson, records, method, *args, context=context, trace="approval.content_locked")
        self.try_load(self.salesperson, "sale.order.line", [".id", "price_unit"], [[str(line.id), "1.0"]])
        self.assertTrue(self.take_refusals("approval.content_locked"))
        self.try_load(self.salesperson, "sale.order", [".id", "order_line/.id", "order_line/price_unit"],
                      [[str(order.id), str(line.id), "1.0"]])
        self.assertTrue(self.take_refusals("approval.content_locked"))
        self.assertEqual(order._get_approval_fingerprint(), approval.fingerprint)

    def test_attack_05_price_and_state_in_one_write(self):
        """attack 5: what was approved is what is confirmed: one write that changes both is refused."""
        order, approval = self.submit()
        self.call(self.manager, approval, "action_approve")
        self.assertTrue(order._is_approved())
        line = order.order_line
        for vals in (
            {"state": "sale", "order_line": [Command.update(line.id, {"price_unit": 1500.0})]},
            {"order_line": [Command.update(line.id, {"product_uom_qty": 3})], "state": "sale"},
            {"state": "sale", "order_line": [Command.create({
                "product_id": self.product_slab.id, "price_unit": 700.0, "product_uom_qty": 1})]},
            {"state": "sale", "payment_term_id": self.pay_terms_b.id, "balance_days": 900},
            {"state": "sale", "balance_event": "dispatch", "balance_days": 900},
        ):
            for method in ("write", "web_save"):
                with self.subTest(method=method, vals=vals):
                    self.refused(self.salesperson, order, method, vals, *([{}] if method == "web_save" else []),
                                 error=ControlError)
                    self.assertEqual(order.state, "draft")
        self.try_load(self.salesperson, "sale.order", [".id", "state", "order_line/.id", "order_line/price_unit"],
                      [[str(order.id), "sale", str(line.id), "1500"]])
        self.assertTrue(self.take_refusals("credit.limit"))
        self.assertEqual((order.state, line.price_unit, approval.state), ("draft", 1000.0, "approved"))
        # the content that was approved goes through
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")

    def test_attack_05_same_total_of_other_goods(self):
        """attack 5: an order of the same total with other goods is not the order that was approved."""
        for hiding in ({"is_downpayment": True}, {}):
            with self.subTest(hiding=hiding):
                order = self.make_order(1000.0)
                order.order_line.sudo().write(hiding)
                self.call(self.salesperson, order, "action_approval_submit")
                approval = order.sudo().approval_id
                self.call(self.manager, approval, "action_approve")
                self.call(self.salesperson, order.order_line, "write", {"price_unit": 10.0, "product_uom_qty": 100})
                self.assertEqual(order.amount_total, 1000.0)
                self.refused(self.salesperson, order, "action_confirm", trace="credit.limit")

    def test_attack_05_forged_figures(self):
        """attack 5, 14: totals are computed; a total that was written does not carry an order past its limit."""
        order = self.make_order(1000.0)
        for vals in ({"amount_total": 1.0}, {"amount_total": 1.0, "state": "sale"}, {"currency_rate": 1e9},
                     {"amount_untaxed": 0.0, "amount_tax": 0.0, "amount_total": 0.0}, {"invoice_status": "invoiced"}):
            for method in ("write", "web_save"):
                with self.subTest(vals=vals):
                    self.refused(self.salesperson, order, method, vals, *([{}] if method == "web_save" else []),
                                 trace="approval.forgery")
        self.refused(self.salesperson, order.order_line, "write", {"qty_invoiced": 1.0}, trace="approval.forgery")
        self.refused(self.salesperson, order.order_line, "write", {"invoice_status": "invoiced"}, trace="approval.forgery")
        self.refused(self.salesperson, order, "write", {
            "order_line": [Command.update(order.order_line.id, {"price_total": 0.0, "price_subtotal": 0.0})],
        }, trace="approval.forgery")
        self.refused(self.salesperson, self.model("sale.order"), "create",
                     [self.order_vals(state="sale", amount_total=1.0)])
        forged_id = self.call(self.salesperson, self.model("sale.order"), "create", [self.order_vals()],
                              context={"default_amount_total": 1.0, "default_amount_untaxed": 1.0,
                                       "default_price_subtotal": 1.0})[0]
        self.assertEqual(self.env["sale.order"].browse(forged_id).amount_total, 1000.0)
        for amount in (float("nan"), float("inf"), 1e308):
            with self.subTest(amount=amount), mute_logger("odoo.sql_db", "odoo.http"):
                odd = self.make_order(1.0)
                with self.fails(UserError, ValueError, OverflowError, DatabaseError):
                    self.call(self.salesperson, odd.order_line, "write", {"price_unit": amount})
                    self.call(self.salesperson, odd, "action_confirm")
                    self.env.flush_all()

    def test_attack_08_second_stage_first(self):
        """attack 8: the second stage does not act first, through a wizard with ids of one's choice."""
        self.rule.copy({
            "name": "Executive office", "sequence": 20,
            "group_id": self.env.ref("business_dept.group_executive_office").id,
        })
        order, approval = self.submit()
        own, other = self.submit()
        for decision in ("rejected", "sent_back", "handed_over", "added"):
            for user in (self.executive, self.sales_2, self.salesperson, self.plain):
                wizard_id = self.call(user, self.model("business.approval.decision"), "create", {
                    "approval_ids": [Command.set([approval.id, other.id])], "decision": decision, "reason": "Because",
                    "user_id": self.sales_2.id,
                }) if user != self.plain else None
                if wizard_id:
                    self.refused(user, self.env["business.approval.decision"].browse(wizard_id), "action_confirm")
                    # nor is somebody else's wizard a door
                    self.refused(self.manager_2, self.env["business.approval.decision"].browse(wizard_id),
                                 "action_confirm", error=AccessError)
        self.refused(self.executive, approval, "action_approve", trace="approval.out_of_turn")
        self.refused(self.executive, approval | other, "action_approve", trace="approval.out_of_turn")
        self.assertEqual((approval.state, other.state), ("pending", "pending"))
        self.assertEqual(approval.step_ids.mapped("state"), ["pending", "waiting"])
        self.call(self.manager, approval, "action_approve")
        self.refused(self.manager, approval, "action_approve", trace="approval.out_of_turn")
        self.refused(self.manager_2, approval, "action_reject", "I was late", trace="approval.out_of_turn")
        self.assertEqual(approval.state, "pending")

    def test_attack_09_decided_is_decided(self):
        """attack 9: no decision after a decision."""
        for decision in ("action_reject", "action_send_back", "action_approve"):
            order = self.make_order(1000.0 + len(decision))
            self.call(self.salesperson, order, "action_approval_submit")
            approval = order.sudo().approval_id
            self.call(self.manager, approval, decision, *(["No"] if decision != "action_approve" else []))
            before = self.snapshot()
            for user in (self.manager, self.manager_2, self.executive):
                for method, args in (("action_approve", ()), ("action_reject", ("x",)), ("action_send_back", ("x",)),
                                     ("action_hand_over", (self.finance.id, "x")),
                                     ("action_add_colleague", (self.finance.id, "x"))):
                    self.refused(user, approval, method, *args)
                    self.refused(user, order, method.replace("action_", "action_approval_"), *args)
            self.refused(self.salesperson, approval, "action_withdraw")
            self.assertEqual(self.snapshot(), before)

    def test_attack_10_back_to_the_requester(self):
        """attack 10: no way hands a decision to the requester or an author: hand over, colleague, absence."""
        order, approval = self.submit()
        order_2 = self.make_order(1000.0, user=self.manager)
        order_2.sudo().user_id = self.salesperson
        self.call(self.salesperson, order_2, "action_approval_submit")
        approval_2 = order_2.sudo().approval_id
        self.assertNotIn(self.manager, approval_2.approver_ids.user_id, "who made it decides it")
        for method in ("action_hand_over", "action_add_colleague"):
            self.refused(self.manager, approval, method, self.salesperson.id, "Please", trace="approval.own_decision")
            self.refused(self.manager_2, approval_2, method, self.manager.id, "Yours", trace="approval.own_decision")
            portal = self._new_user(f"test_portal_{method}", "base.group_portal")
            for user_id in (portal.id, self.env.ref("base.user_root").id, self.env.ref("base.public_user").id):
                self.refused(self.manager, approval, method, user_id, "Please")
            for junk in JUNK:
                if junk is not None:
                    self.refused(self.manager, approval, method, junk, "Please")
        self.assertEqual(approval.current_user_ids, self.manager | self.manager_2)

    def test_attack_10_lines_have_authors_too(self):
        """attack 10: who put lines into an order does not decide it."""
        order = self.make_order(100.0)
        self.call(self.manager, self.model("sale.order.line"), "create", [{
            "order_id": order.id, "product_id": self.product_slab.id, "price_unit": 5000.0,
        }])
        self.call(self.salesperson, order, "action_approval_submit")
        self.assertEqual(order.sudo().approval_id.current_user_ids, self.manager_2)

    def test_attack_10_absence_is_no_door(self):
        """attack 10: a cover does not extend itself; nobody names himself the cover of another."""
        self.rule.write({"approver_type": "user", "user_ids": [Command.set(self.executive.ids)]})
        today = fields.Date.today()
        Absence = self.model("business.approval.absence")
        own = {"user_id": self.executive.id, "date_from": today - timedelta(days=9), "date_to": today - timedelta(days=5)}
        absence = Absence.browse(self.call(self.executive, Absence, "create", {**own, "cover_user_id": self.finance.id}))
        for user, vals in (
            (self.finance, {"date_to": today + timedelta(days=99)}),
            (self.finance, {"date_from": today - timedelta(days=99)}),
            (self.finance, {"user_id": self.finance.id}),
            (self.manager, {"cover_user_id": self.manager.id, "date_to": today + timedelta(days=9)}),
            (self.manager, {"cover_user_id": self.manager.id}),
            (self.auditor, {"date_to": today + timedelta(days=9)}),
            (self.salesperson, {"cover_user_id": self.salesperson.id}),
            (self.admin_user, {"cover_user_id": self.admin_user.id, "date_to": today + timedelta(days=9)}),
        ):
            for method in ("write", "web_save"):
                with self.subTest(user=user.login, vals=vals):
                    self.refused(user, absence, method, vals, *([{}] if method == "web_save" else []))
        for user in (self.finance, self.manager, self.auditor, self.salesperson):
            self.refused(user, absence, "unlink")
            self.refused(user, absence, "copy", {"date_from": today, "date_to": today})
            self.refused(user, Absence, "create", {**own, "date_from": today, "date_to": today, "cover_user_id": user.id})
        self.assertEqual((absence.cover_user_id, absence.date_to), (self.finance, own["date_to"]))
        # a cover in good order still does not decide what he asked for himself
        self.call(self.executive, absence, "write", {"date_to": today + timedelta(days=9), "cover_user_id": self.salesperson.id})
        order, approval = self.submit()
        self.assertEqual(approval.current_user_ids, self.executive)
        self.refused(self.salesperson, approval, "action_approve", trace="approval.own_decision")

    def test_attack_11_implied_membership(self):
        """attack 11: an approver by an implied group is an approver, and a requester by one is still the requester."""
        group = self.env["res.groups"].create({
            "name": "Regional head",
            "implied_ids": [Command.link(self.env.ref("business_dept.group_department_manager").id)],
        })
        self.finance.group_ids += group
        self.rule.require = "all"
        order, approval = self.submit()
        self.assertEqual(approval.current_user_ids, self.manager | self.manager_2 | self.finance)
        for user in (self.manager, self.manager_2):
            self.call(user, approval, "action_approve")
        self.refused(self.salesperson, order, "action_confirm", trace="credit.limit")
        self.call(self.finance, approval, "action_approve")
        self.assertEqual(approval.state, "approved")
        self.sales_2.group_ids += group
        own = self.make_order(2000.0, user=self.sales_2)
        self.call(self.sales_2, own, "action_approval_submit")
        self.assertNotIn(self.sales_2, own.sudo().approval_id.approver_ids.user_id)
        self.refused(self.sales_2, own, "action_approval_approve", trace="approval.own_decision")

    def test_attack_16_wizards_run_no_method_of_the_clients_choice(self):
        """attack 16: wizards take no method name, no model name, no other decision than theirs."""
        _order, approval = self.submit()
        Wizard = self.model("business.approval.decision")
        for junk in ("approved", "_end", "unlink", "__class__", "action_approve", "write", 7, ["rejected"], {"a": 1}):
            with self.fails(ValueError, UserError, TypeError):
                wizard_id = self.call(self.manager, Wizard, "create", {
                    "approval_ids": [Command.set(approval.ids)], "decision": junk, "reason": "x",
                })
                self.call(self.manager, Wizard.browse(wizard_id), "action_confirm")
                self.env.flush_all()
        Route = self.model("business.approval.route.test")
        for junk in (f"res.users,{self.manager.id}", "ir.config_parameter,1", "x,y", "sale.order,-1; DROP", 5, "sale.order"):
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                try:
                    test_id = self.call(self.plain, Route, "create", {"record_ref": junk})
                    rows = self.call(self.plain, Route.browse(test_id), "read", ["route_html"])
                    self.assertFalse(rows[0]["route_html"])
                except (ValueError, UserError, TypeError, KeyError):
                    pass
        test_id = self.call(self.plain, Route, "create", {"record_ref": f"sale.order,{_order.id}"})
        self.refused(self.plain, Route.browse(test_id), "read", ["route_html"])
        self.assertEqual(approval.state, "pending")

    def test_attack_16_scheduled_jobs_are_private(self):
        """attack 16: what a schedule runs, and what the engine does in sudo, no client can call."""
        crons = self.env["ir.cron"].with_context(active_test=False).search([
            ("id", "in", self.env["ir.model.data"].search([
                ("module", "=", "business_dept"), ("model", "=", "ir.cron")]).mapped("res_id")),
        ])
        self.assertGreaterEqual(len(crons), 4)
        for cron in crons:
            method = cron.code.split(".")[1].split("(")[0]
            self.refused(self.env.ref("base.user_admin"), self.model(cron.model_id.model), method, error=AccessError)
            self.refused(self.manager, cron, "method_direct_trigger", error=AccessError)
        for name, method in (
            ("sale.order", "_submit_for_approval"), ("sale.order", "_as_engine"), ("sale.order", "_reserve_credit"),
            ("business.approval", "_end"), ("business.approval", "_submit"), ("business.approval", "_decide"),
            ("business.credit.profile", "_apply_limit"), ("business.credit.profile", "_apply_grade"),
            ("business.credit.profile", "_lift_hold"), ("business.order.hold", "_release"),
            ("business.control.event", "_log"), ("business.regulation", "_take_force"),
            ("business.credit.review", "_apply"), ("business.credit.run", "_start"),
        ):
            self.refused(self.manager, self.model(name), method, error=AccessError)

    def test_attack_16_every_public_method_with_junk(self):
        """attack 16: whoever has no business here calls all that is public, with any ids and arguments: nothing moves."""
        order, _approval = self.submit()
        self.call(self.manager, self.profile, "action_hold")
        self.profile.with_user(self.manager)._set_hold("Bad news", fields.Date.today())
        self.env["business.order.hold"]._hold(order)
        regulation = self.env["business.regulation"].search([("state", "=", "in_force")], limit=1) \
            or self.env["business.regulation"].search([], limit=1)
        targets = {"business.regulation": regulation, "sale.order": order, "res.partner": self.customer}
        called = 0
        before = self.snapshot()
        for name, model in self.env.registry.items():
            if not (name.startswith("business.") or name in targets) or model._abstract or model._transient:
                continue
            records = targets.get(name) or self.env[name].sudo().search([], limit=3)
            for method in sorted(_public_methods_of_ours(model)):
                for user in (self.plain, self.auditor, self.users["customer_service"]):
                    for args in ((), *((junk,) for junk in JUNK), (1, "x"), ("x", {}), (float("nan"), [])):
                        called += 1
                        try:
                            with mute_logger("odoo.sql_db", "odoo.models"), self.env.cr.savepoint():
                                self.call(user, records, method, *args)
                                self.env.flush_all()
                        except (UserError, TypeError, ValueError, KeyError, AttributeError, IndexError, DatabaseError,
                                OverflowError):
                            self.env.invalidate_all()
        self.assertGreater(called, 500)
        after = self.snapshot()
        for table, rows in before.items():
            if table != "business_control_event":
                self.assertEqual(after[table], rows, table)


def _public_methods_of_ours(model):
    """Names of the methods that this repository's addons define on a model and a client may call."""
    for klass in model.mro():
        if klass.__module__.startswith("odoo.addons.business_dept"):
            for name, value in vars(klass).items():
                if callable(value) and not name.startswith("_") and name not in ("create", "write", "unlink", "copy",
                                                                                 "load", "copy_data"):
                    yield name
