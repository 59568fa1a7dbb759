# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The attack suite: insiders with a login and a script, through every door that the server has.

Every test carries the number of its attack. Calls go through ``call_kw``, as JSON-RPC does, as ordinary users; each
attack is refused, and what it tried is in the event log afterwards (or nothing has changed).
"""

from contextlib import contextmanager
from datetime import timedelta

from psycopg2 import DatabaseError

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
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


OWN_TRAVEL = frozenset({
    "business.travel.request", "business.travel.leg", "business.travel.lodging", "business.travel.hosted",
    "business.vehicle.request", "business.expense.claim", "business.travel.advance",
})
"""What every employee asks for and claims for himself."""
EMERGENCY = frozenset({
    "business.safety.plan.contact", "business.safety.drill", "business.safety.supply", "business.safety.supply.check",
})
"""What every employee reads, so that he knows what to do in an emergency. Of drills he writes those that he leads."""

OWN_SAFETY = frozenset({
    "business.safety.qualification", "business.safety.equipment.issue", "business.safety.equipment.need",
})
"""What is noted of every employee for his safety, and what he wears."""

INCIDENTS = frozenset({
    "business.safety.incident", "business.safety.incident.person", "business.safety.incident.cause", "business.safety.action",
})
"""What every employee reports, and of what he reported or owns what the models say."""

PERMITS = frozenset({"business.safety.permit", "business.safety.permit.check"})
"""What every employee reads and asks for himself."""

HAZARDS = frozenset({"business.safety.hazard", "business.safety.hazard.progress"})
"""What every employee of the company reads; he reports hazards, and who writes what the model itself checks."""

REPORTS = frozenset({"business.safety.report.page", "business.safety.report", "business.safety.report.message"})
"""The page on which anybody reports, and of what came in by it: for who sits in the leading group, by the rows' own rules."""


class AttackCase(BusinessCommon):
    """A customer of grade C with a limit of 500, whose orders need approval beyond it; everybody attacks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile._apply_grade(cls.grades["C"])
        cls.profile._apply_limit(500.0, False)
        cls.clerk = cls.users["order_clerk"]
        cls.sales_2 = cls._new_user("test_sales_2", "base.group_user,base.group_allow_export,business_dept.group_salesperson")
        cls.plain = cls._new_user("test_plain", "base.group_user,base.group_allow_export")

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

    def call(self, user, records, method, *args, **kwargs):
        """A request of its own: it begins with an empty cache, so that nobody reads what another one was shown."""
        self.env.flush_all()
        self.env.invalidate_all()
        return super().call(user, records, method, *args, **kwargs)

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
        try:
            with mute_logger("odoo.models", "odoo.sql_db"), self.env.cr.savepoint():
                result = self.call(user, self.model(model), "load", names, rows, **kwargs)
        except AccessError:
            return None  # not even allowed to look
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
        for mode, context in zip(("off", "notify") * (len(CONTEXTS) // 2), CONTEXTS, strict=True):
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
        self.set_mode("credit.limit", "approve")
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
            {"order_line": [Command.update(line.id, {"product_uom_qty": 30})], "state": "sale"},
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
        _order, approval = self.submit()
        _order, other = self.submit()
        for decision in ("rejected", "sent_back", "handed_over", "added"):
            vals = {"approval_ids": [Command.set([approval.id, other.id])], "decision": decision, "reason": "Because",
                    "user_id": self.sales_2.id}
            for user in (self.executive, self.salesperson):
                wizard = self.env["business.approval.decision"].browse(
                    self.call(user, self.model("business.approval.decision"), "create", vals))
                self.refused(user, wizard, "action_confirm")
                # nor is somebody else's dialog a door: neither read, nor changed, nor confirmed
                self.refused(self.manager_2, wizard, "action_confirm", error=AccessError)
                self.refused(self.sales_2, wizard, "write", {"user_id": self.sales_2.id}, error=AccessError)
                self.refused(self.sales_2, wizard, "read", ["reason"], error=AccessError)
            for user in (self.sales_2, self.plain):
                self.refused(user, self.model("business.approval.decision"), "create", vals, error=AccessError)
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
        _order, approval = self.submit()
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
        self.call(self.executive, absence, "write", {
            "date_to": today + timedelta(days=9), "cover_user_id": self.salesperson.id})
        _order, approval = self.submit()
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


@tagged("post_install", "-at_install")
class TestOrderAttacks(AttackCase):

    def test_attack_06_create_confirmed(self):
        """attack 6: an order is not born confirmed, through no door."""
        Order, before = self.model("sale.order"), self.snapshot()
        for vals, context in (
            (self.order_vals(state="sale"), {}),
            (self.order_vals(), {"default_state": "sale"}),
            (self.order_vals(state="sale", locked=True), {"install_mode": True, "business_engine": True}),
        ):
            self.refused(self.salesperson, Order, "create", [vals], context=context, trace="credit.limit")
            self.refused(self.salesperson, Order, "web_save", vals, {}, context=context, trace="credit.limit")
        self.refused(self.salesperson, self.customer, "write", {
            "sale_order_ids": [Command.create(self.order_vals(state="sale"))]}, trace="credit.limit")
        draft = self.make_order(1000.0)
        for default in ({"state": "sale"}, {"state": "sale", "partner_id": self.customer.id}):
            self.refused(self.salesperson, draft, "copy", default, trace="credit.limit")
        self.refused(self.salesperson, Order, "name_create", "x", trace="credit.limit", context={
            f"default_{name}": value for name, value in self.order_vals(state="sale").items()})
        draft.sudo().unlink()
        self.try_load(self.salesperson, "sale.order", [
            "partner_id/.id", "state", "order_line/product_id/.id", "order_line/price_unit", "order_line/product_uom_qty",
        ], [[str(self.customer.id), "sale", str(self.product_slab.id), "1000", "1"]])
        self.assertTrue(self.take_refusals("credit.limit"))
        self.assertEqual(self.snapshot(), before)
        # an empty order may be born confirmed; it does not grow over the limit afterwards
        order_id = self.call(self.salesperson, Order, "create", [{**self.order_vals(state="sale"), "order_line": []}])[0]
        self.refused(self.salesperson, self.model("sale.order.line"), "create", [{
            "order_id": order_id, "product_id": self.product_slab.id, "price_unit": 900.0, "tax_ids": False,
        }], trace="credit.limit")

    def test_attack_07_write_the_state(self):
        """attack 7: writing the state is confirming, whatever it was before and whoever writes."""
        order = self.make_order(1000.0)
        for user in (self.salesperson, self.manager, self.users["deputy_manager"]):
            for method in ("write", "web_save"):
                self.refused(user, order, method, {"state": "sale"}, *([{}] if method == "web_save" else []),
                             trace="credit.limit")
            self.refused(user, order, "action_confirm", trace="credit.limit")
        self.refused(self.salesperson, self.customer, "write", {
            "sale_order_ids": [Command.update(order.id, {"state": "sale"})]}, trace="credit.limit")
        self.try_load(self.salesperson, "sale.order", [".id", "state"], [[str(order.id), "sale"]])
        self.assertTrue(self.take_refusals("credit.limit"))
        for state in ("sent", "cancel", "draft"):
            self.call(self.salesperson, order, "write", {"state": state})
            self.refused(self.salesperson, order, "write", {"state": "sale"}, trace="credit.limit")
        small = self.make_order(400.0)
        self.refused(self.salesperson, order + small, "write", {"state": "sale"}, trace="credit.limit")
        self.refused(self.finance, order, "write", {"state": "sale"}, trace="credit.limit")
        for user in (self.clerk, self.users["customer_service"], self.auditor, self.admin_user, self.plain):
            self.refused(user, small, "write", {"state": "sale"}, error=AccessError)
            self.refused(user, small, "action_confirm", error=AccessError)
        self.assertEqual((order.state, small.state), ("draft", "draft"))

    def test_attack_12_no_continue_button(self):
        """attack 12: neither a warning that one may click away, nor a key in the context, carries an order through."""
        order = self.make_order(1000.0)
        for context in ({"skip_credit_check": True}, {"bypass_credit": 1, "continue": True}, {"validate_analytic": True},
                        {"business_order_facts": {"exposure": 0}}, {"mark_so_as_sent": True}):
            self.refused(self.salesperson, order, "action_confirm", context=context, trace="credit.limit")
        for junk in JUNK[1:]:
            with self.fails(TypeError, UserError):
                self.call(self.salesperson, order, "action_confirm", junk)
        self.assertEqual(order.state, "draft")

    def test_attack_13_limit_grade_and_hold(self):
        """attack 13: nobody raises a limit, edits a grade or lifts a hold past the approval; each try leaves a trace."""
        self.profile.with_user(self.manager)._set_hold("Bounced cheque", fields.Date.today())
        before, a = self.snapshot(), self.grades["A"]
        for user in (self.salesperson, self.clerk, self.manager, self.finance, self.executive, self.admin_user,
                     self.auditor, self.plain):
            with self.subTest(user=user.login):
                for vals in ({"own_limit": 1e9}, {"limit_source": "own", "credit_limit": 1e9}, {"grade_id": a.id},
                             {"hold": False}, {"limit_expiry": "2099-01-01"}, {"score": 100.0}, {"usage_stamp": -1}):
                    self.refused(user, self.profile, "write", vals, error=AccessError, trace="approval.forgery")
                self.refused(user, self.profile, "web_save", {"hold": False}, {}, error=AccessError)
                self.refused(user, self.profile, "unlink", error=AccessError, trace="approval.forgery")
                self.refused(user, self.profile.browse(), "create", [{
                    "partner_id": self.partner_a.id, "company_id": self.company.id, "own_limit": 1e9}],
                    error=AccessError, trace="approval.forgery")
                self.try_load(user, "business.credit.profile", [".id", "own_limit"], [[str(self.profile.id), "1e9"]])
                for vals in ({"credit_profile_id": False}, {"credit_grade_id": a.id}, {"credit_hold": False},
                             {"credit_limit_effective": 1e9}, {"credit_limit_source": "own"}):
                    self.refused(user, self.customer, "write", vals)
                    self.refused(user, self.customer.browse(), "create", [{"name": "x", **vals}])
                self.refused(user, self.model("business.credit.score"), "create", [{"score": 100.0}], error=AccessError,
                             trace="approval.forgery")
                self.refused(user, self.model("business.credit.run"), "create", [{"as_of": "2024-01-01"}],
                             error=AccessError, trace="approval.forgery")
                if user != self.executive:
                    self.refused(user, self.grades["C"], "write", {"credit_limit": 1e9}, error=AccessError)
                    self.refused(user, a, "copy", error=AccessError)
                    self.refused(user, self.model("business.credit.policy").search([], limit=1), "write",
                                 {"min_count": 0}, error=AccessError)
                if user not in (self.manager, self.finance):
                    self.refused(user, self.profile, "action_release_hold", error=AccessError)
                    self.refused(user, self.model("business.credit.hold"), "create", {
                        "mode": "lift", "profile_ids": [Command.set(self.profile.ids)], "reason": "x",
                    }, error=AccessError)
        self.assertEqual(self.snapshot(), before)

    def test_attack_13_requests_are_not_applied_by_hand(self):
        """attack 13: a request counts when it was approved, not when it says so."""
        Request = self.model("business.credit.limit.request")
        vals = {"profile_id": self.profile.id, "kind": "limit", "requested_limit": 9e5, "reason": "Big project",
                "limit_expiry": fields.Date.add(fields.Date.today(), years=1)}
        for forged, context in (({"applied_date": "2024-01-01"}, {}), ({}, {"default_applied_date": "2024-01-01"}),
                                ({"approval_ids": [Command.create({"state": "approved"})]}, {})):
            self.refused(self.salesperson, Request, "create", [{**vals, **forged}], context=context)
        request = Request.browse(self.call(self.salesperson, Request, "create", [vals]))
        self.refused(self.salesperson, request, "write", {"applied_date": "2024-01-01"})
        self.refused(self.sales_2, request, "write", {"requested_limit": 1.0}, error=AccessError)
        self.call(self.salesperson, request, "action_approval_submit")
        for changed in ({"requested_limit": 9e9}, {"profile_id": self.env["business.credit.profile"]._get_or_create(
                self.partner_a, self.company).id}, {"limit_expiry": "2099-01-01"}):
            self.refused(self.salesperson, request, "write", changed, trace="approval.content_locked")
        self.refused(self.salesperson, request, "action_approval_approve", trace="approval.own_decision")
        self.call(self.manager, request, "action_approval_approve")
        self.assertEqual(self.profile.credit_limit, 500.0, "the executive office has not decided yet")
        self.refused(self.manager, request, "action_approval_approve", trace="approval.out_of_turn")
        self.call(self.executive, request, "action_approval_approve")
        self.assertEqual(self.profile.credit_limit, 9e5)
        self.refused(self.salesperson, request, "write", {"requested_limit": 9e9})
        self.refused(self.salesperson, request, "unlink")

    def test_attack_13_another_customers_credit(self):
        """attack 13: an order does not slip under another customer's limit: moved, merged or deleted customers."""
        rich = self.env["res.partner"].create({"name": "Rich", "is_company": True})
        profile = self.env["business.credit.profile"]._get_or_create(rich, self.company)
        profile._apply_grade(self.grades["C"])
        profile._apply_limit(1e6, False)
        order = self.make_order(1000.0)
        self.call(self.salesperson, self.customer, "write", {"parent_id": rich.id, "is_company": False})
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        for vals in ({"parent_id": False}, {"is_company": True}, {"commercial_partner_id": self.customer.id},
                     {"parent_id": False, "is_company": True}):
            with self.subTest(vals=vals):
                self.refused(self.salesperson, self.customer, "write", vals, trace="credit.limit")
        self.refused(self.salesperson, rich, "write", {"child_ids": [Command.unlink(self.customer.id)]},
                     trace="credit.limit")
        held = self.env["res.partner"].create({"name": "Held", "email": "x@example.com"})
        fresh = self.env["res.partner"].create({"name": "Fresh", "email": "x@example.com"})
        profile = self.env["business.credit.profile"]._get_or_create(held + fresh, self.company)[0]
        profile.with_user(self.manager)._set_hold("Bounced cheque", fields.Date.today())
        self.refused(self.salesperson, profile.partner_id, "unlink", trace="approval.forgery")
        other = (held + fresh) - profile.partner_id
        Merge = self.model("base.partner.merge.automatic.wizard")
        wizard_id = self.call(self.salesperson, Merge, "create", {
            "partner_ids": [Command.set((held + fresh).ids)], "dst_partner_id": other.id, "state": "selection",
        })
        self.refused(self.salesperson, Merge.browse(wizard_id), "action_merge", trace="approval.forgery")
        self.assertTrue(profile.exists().hold)

    def test_attack_13_borrowed_payments(self):
        """attack 13: an unrated customer's order is not paid by a transaction that somebody else made."""
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self.make_order(200.0, partner_id=stranger.id)
        for method in ("write", "web_save"):
            self.refused(self.salesperson, order, method, {"transaction_ids": [Command.link(1)]},
                         *([{}] if method == "web_save" else []), trace="approval.forgery")
        self.refused(self.salesperson, order, "action_confirm", trace="credit.unrated")

    def confirmed(self, amount=400.0, **vals):
        order = self.make_order(amount, **vals)
        self.call(self.salesperson, order, "action_confirm")
        return order

    def test_attack_14_lines_of_a_confirmed_order(self):
        """attack 14: a confirmed order does not grow over the limit: lines written, added, moved in, taken away."""
        order = self.confirmed()
        line, lines = order.order_line, self.model("sale.order.line")
        draft = self.make_order(9000.0)
        new = {"product_id": self.product_slab.id, "price_unit": 900.0, "product_uom_qty": 1, "tax_ids": False}
        for records, method, args, context in (
            (line, "write", ({"price_unit": 900.0},), {}),
            (line, "write", ({"product_uom_qty": 100},), {}),
            (line, "web_save", ({"price_unit": 900.0}, {}), {}),
            (lines, "create", ([{**new, "order_id": order.id}],), {}),
            (lines, "create", ([new],), {"default_order_id": order.id}),
            (lines, "web_save", (new, {}), {"default_order_id": order.id}),
            (lines, "name_create", ("x",), {"default_order_id": order.id, **{f"default_{k}": v for k, v in new.items()}}),
            (line, "copy", ({"price_unit": 900.0, "order_id": order.id},), {}),
            (draft.order_line, "write", ({"order_id": order.id},), {}),
            (order, "write", ({"order_line": [Command.link(draft.order_line.id)]},), {}),
            (order, "write", ({"order_line": [Command.update(line.id, {"price_unit": 900.0})]},), {}),
            (order, "web_save", ({"order_line": [Command.create(new)]}, {}), {}),
            (order, "write", ({"state": "sale", "order_line": [Command.create(new)]},), {}),
        ):
            with self.subTest(method=method, args=args):
                self.refused(self.salesperson, records, method, *args, context=context, trace="credit.limit")
        self.try_load(self.salesperson, "sale.order.line", [".id", "price_unit"], [[str(line.id), "900"]])
        self.assertTrue(self.take_refusals("credit.limit"))
        self.try_load(self.salesperson, "sale.order.line", ["order_id/.id", "product_id/.id", "price_unit"],
                      [[str(order.id), str(self.product_slab.id), "900"]])
        self.assertEqual(order.amount_total, 400.0)

    def test_attack_14_by_taking_a_discount_away(self):
        """attack 14: a negative line that made an order small does not go after confirmation."""
        order = self.make_order(9000.0)
        order.with_user(self.salesperson).write({"order_line": [Command.create({
            "name": "Rebate", "is_downpayment": True, "product_uom_qty": 1, "price_unit": -8900.0, "tax_ids": False,
        })]})
        self.call(self.salesperson, order, "action_confirm")
        rebate = order.order_line.filtered("is_downpayment")
        self.refused(self.salesperson, rebate, "unlink", trace="credit.limit")
        self.refused(self.salesperson, rebate, "write", {"price_unit": 0.0}, trace="credit.limit")
        self.refused(self.salesperson, order, "write", {"order_line": [Command.delete(rebate.id)]}, trace="credit.limit")
        self.assertEqual(order.amount_total, 100.0)

    def test_attack_14_by_another_currency_or_terms(self):
        """attack 14: the same figure in a dearer currency, or easier terms, are an increase."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 0.1)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        order = self.confirmed()
        self.refused(self.salesperson, order, "write", {"pricelist_id": pricelist.id})
        self.refused(self.salesperson, order, "write", {"currency_id": currency.id}, trace="credit.limit")
        for vals in ({"balance_days": 900}, {"balance_event": "dispatch", "balance_days": 900},
                     {"balance_event": False, "balance_days": 15}, {"prepayment_percent": 0.01},
                     {"payment_term_id": self.pay_terms_b.id, "balance_days": 90}):
            with self.subTest(vals=vals):
                self.refused(self.salesperson, order, "write", vals, trace="credit.terms")
        with self.fails(UserError, ValueError, DatabaseError):
            self.call(self.salesperson, order, "write", {"prepayment_percent": float("nan")})
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for vals in ({"partner_id": stranger.id}, {"partner_invoice_id": stranger.id}):
            self.refused(self.salesperson, order, "write", vals, trace="credit.unrated")


@tagged("post_install", "-at_install")
class TestReadAttacks(AttackCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls._new_user("test_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user").sudo()
        cls.control = cls.env["business.control"]._get_by_code("credit.limit").with_company(cls.company)
        cls.control.mode = "approve"
        cls.order = cls.make_order(cls, 1000.0)
        cls.order.with_user(cls.salesperson).action_approval_submit()
        cls.approval = cls.order.sudo().approval_id
        cls.env["business.order.hold"]._hold(cls.order)
        cls.env["business.payment.history"].sudo().create({
            "partner_id": cls.customer.id, "company_id": cls.company.id, "invoice_number": "SECRET-1",
            "invoice_date": "2023-01-01", "due_date": "2023-02-01", "settled_date": "2023-03-01", "amount": 4711.0,
        })
        run = cls.env["business.credit.run"]._start(cls.company)
        while run._process_slice(1000):
            pass
        cls.request = cls.env["business.credit.limit.request"].with_user(cls.salesperson).create({
            "profile_id": cls.profile.id, "kind": "limit", "requested_limit": 4711.0, "reason": "Secret reason",
            "limit_expiry": fields.Date.add(fields.Date.today(), years=1)})
        Event = cls.env["business.control.event"]
        Event._log([Event._prepare_event(cls.control, "block", "refused", cls.order, message="Secret message",
                                         amount=4711.0) | {"user_id": cls.salesperson.id}])
        cls.event = Event.search([("message", "=", "Secret message")])
        cls.env.flush_all()

    CREDIT = ("business.credit.profile", "business.credit.score", "business.credit.grade", "business.credit.policy",
              "business.credit.run", "business.credit.review", "business.credit.review.line",
              "business.credit.limit.request", "business.payment.history")

    def oracles(self, model, name, value):
        """Ways to ask for records without reading them."""
        domain = [(name, "=", value)]
        return (
            ("search", (domain,), {}),
            ("search_count", (domain,), {}),
            ("search_read", (domain, [name]), {}),
            ("web_search_read", (domain, {name: {}}), {}),
            ("search", ([],), {"order": f"{name} desc"}),
            ("read_group", (domain, [name], [name]), {}),
            ("formatted_read_group", (domain, [name], ["__count"]), {}),
            ("formatted_read_grouping_sets", (domain, [[name], []], ["__count"]), {}),
            ("web_read_group", (domain, [name], ["__count"]), {}),
            ("name_search", ("",), {"domain": domain}),
        )

    def test_attack_19_credit_of_customers(self):
        """attack 19: who has no post that deals with customers gets no answer about their credit, however he asks."""
        for user in (self.plain, self.users["regulation_admin"], self.portal, self.public):
            for name in self.CREDIT:
                records = self.env[name].sudo().search([], limit=1)
                self.assertTrue(records, f"{name}: nothing to protect")
                with self.subTest(user=user.login, model=name):
                    for method, args, kwargs in self.oracles(name, "id", records.id):
                        self.refused(user, records, method, *args, error=AccessError, **kwargs)
                    self.refused(user, records, "read", ["display_name"], error=AccessError)
                    self.refused(user, records, "web_read", {"display_name": {}}, error=AccessError)
                    self.refused(user, records, "export_data", ["display_name"])
                    self.refused(user, records, "copy", error=AccessError)
                    self.refused(user, records.browse(), "onchange", {}, [], {"display_name": {}}, error=AccessError)

    def test_attack_19_credit_through_the_partner(self):
        """attack 19: the customer's form, list, search, groups and export give no credit to who may not read it."""
        Partner = self.model("res.partner")
        names = ("credit_grade_id", "credit_score", "credit_limit_effective", "credit_hold", "credit_hold_reason",
                 "credit_profile_id", "credit_overdue_amount")
        for user in (self.plain, self.users["regulation_admin"]):
            for name in names:
                with self.subTest(user=user.login, field=name):
                    self.refused(user, self.customer, "read", [name], error=AccessError)
                    self.refused(user, self.customer, "web_read", {name: {}}, error=AccessError)
                    self.refused(user, self.customer, "export_data", [name])
                    self.refused(user, Partner, "search", [(name, "!=", False)], error=AccessError)
                    self.refused(user, Partner, "search", [("parent_id." + name, "!=", False)], error=AccessError)
                    self.refused(user, Partner, "search_read", [], [name], error=AccessError)
                    for method, args, kwargs in (("search", ([],), {"order": f"{name} desc"}),
                                                 ("formatted_read_group", ([], [name], ["__count"]), {})):
                        with self.fails(AccessError, ValueError):
                            self.call(user, Partner, method, *args, **kwargs)
                    self.refused(user, Partner, "onchange", {}, [], {name: {}}, error=AccessError)
            self.refused(user, Partner, "search", [("credit_profile_id.score", ">", 0)], error=AccessError)
            self.refused(user, Partner, "search", [("credit_profile_id", "any", [("score", ">", 0)])], error=AccessError)
            self.refused(user, self.customer, "action_open_credit", error=AccessError)
            self.assertFalse({*names} & self.call(user, Partner, "fields_get").keys())

    def test_attack_19_requests_and_events_of_others(self):
        """attack 19: a colleague learns nothing of somebody's requests, events and held orders, however he asks."""
        for user in (self.sales_2, self.plain):
            for records, name, value in (
                (self.approval, "res_name", self.order.name), (self.approval, "requester_id", self.salesperson.id),
                (self.approval, "fingerprint", self.approval.fingerprint),
                (self.approval.step_ids, "approval_id", self.approval.id),
                (self.approval.approver_ids, "user_id", self.manager.id),
                (self.approval.ground_ids, "amount", self.approval.ground_ids.amount),
                (self.event, "message", "Secret message"), (self.event, "res_id", self.order.id),
                (self.order.sudo().hold_ids, "order_id", self.order.id),
            ):
                with self.subTest(user=user.login, model=records._name, field=name):
                    for method, args, kwargs in self.oracles(records, name, value):
                        if kwargs.get("order") or method in ("name_search",):
                            kwargs = {**kwargs, **({"domain": [(name, "=", value)]} if method == "search" else {})}
                            args = () if method == "search" else args
                        self.assertNothingFound(self.call(user, records, method, *args, **kwargs))
                    self.refused(user, records, "read", [name], error=AccessError)
                    self.refused(user, records, "export_data", [name], error=AccessError)
                    self.refused(user, records, "web_read", {"display_name": {}}, error=AccessError)
        self.assertNothingFound(self.call(self.sales_2, self.control.sudo(False), "search", [
            ("event_ids.message", "=", "Secret message")]))
        self.assertNothingFound(self.call(self.plain, self.control.sudo(False), "search", [
            ("event_ids", "any", [("amount", "=", 4711.0)])]))
        for user in (self.auditor, self.executive):
            self.refused(user, self.event, "read", ["traceback"], error=AccessError)
            self.refused(user, self.event, "search", [("traceback", "!=", False)], error=AccessError)
            self.refused(user, self.event, "formatted_read_group", [], ["traceback"], error=AccessError)

    def assertNothingFound(self, result):
        if isinstance(result, dict):
            result = result.get("length", result.get("groups", result))
        if isinstance(result, list):
            result = [row for row in result if not isinstance(row, dict) or row.get("__count") != 0]
            if all(isinstance(row, list) for row in result):
                result = [group for row in result for group in row if group.get("__count") != 0]
        self.assertFalse(result)

    def test_attack_19_refusals_tell_nothing(self):
        """attack 19: the message of a refusal, and its event, say nothing of a document that one does not know."""
        self.call(self.manager, self.approval, "action_reject", "Secret reason")
        pending = self.make_order(1100.0)
        self.call(self.salesperson, pending, "action_approval_submit")
        secrets = ("Secret", self.order.name, pending.name, self.manager.name, self.manager_2.name, "Granite")
        for user in (self.plain, self.sales_2, self.portal):
            for records in (self.approval, pending.sudo().approval_id):
                for method, args in (("action_approve", ()), ("action_reject", ("x",)), ("action_withdraw", ()),
                                     ("action_hand_over", (self.finance.id, "x")), ("action_remind", ())):
                    error = self.refused(user, records, method, *args)
                    self.assertFalse([word for word in secrets if word in str(error)], str(error))
            for order in (self.order, pending):
                for method in ("action_approval_approve", "action_approval_withdraw", "action_approval_remind"):
                    error = self.refused(user, order, method)
                    self.assertFalse([word for word in secrets if word in str(error)], str(error))
        # the trace of such an attempt is for auditors, not for who made it
        self.refused(self.sales_2, pending.sudo().approval_id, "action_approve")
        self.refused(self.plain, pending.sudo().approval_id, "action_approve")
        self.take_refusals()
        with self.assertRaises(ControlError):
            self.call(self.plain, pending.sudo().approval_id, "action_approve")
        entry, = self.take_refusals("approval.out_of_turn")
        self.env["business.control.event"]._log([entry])
        self.assertEqual(entry["res_name"], pending.name)
        self.assertFalse(self.call(self.plain, self.event, "search", []))
        self.assertTrue(self.call(self.auditor, self.event, "search", [("res_id", "=", pending.id)]))

    def test_attack_19_messages_followers_attachments(self):
        """attack 19: neither messages, followers, activities, tracking nor attachments are a way around."""
        profile, approval = self.profile, self.approval
        profile.with_user(self.manager)._set_hold("Secret reason", fields.Date.today())
        attachment = self.env["ir.attachment"].sudo().create({
            "name": "Secret", "raw": b"Secret", "res_model": approval._name, "res_id": approval.id})
        self.env.flush_all()
        for user in (self.plain, self.portal):
            for record in (profile, approval):
                domain = [("model", "=", record._name), ("res_id", "=", record.id)]
                with self.subTest(user=user.login, model=record._name):
                    try:
                        found = self.call(user, self.model("mail.message"), "search", domain)
                    except AccessError:
                        found = []
                    self.assertFalse(found)
                    for name, where in (("mail.followers", ""), ("mail.tracking.value", "mail_message_id."),
                                        ("mail.activity", ""), ("ir.attachment", "")):
                        model, key = ("model", "res_id") if where else ("res_model", "res_id")
                        try:
                            found = self.call(user, self.model(name), "search", [
                                (where + model, "=", record._name), (where + key, "=", record.id)])
                        except AccessError:
                            found = []
                        self.assertFalse(found, name)
                    self.call(user, record, "message_subscribe", [user.partner_id.id])
                    self.assertNotIn(user.partner_id, record.sudo().message_partner_ids)
                    self.refused(user, record, "message_post", body="x", error=AccessError)
            self.refused(user, attachment, "read", ["raw"], error=AccessError)
        messages = self.customer.sudo().message_ids
        self.assertTrue(messages)
        self.assertFalse([body for body in messages.mapped("body")
                          if "Secret" in body or "4711" in body or "C" in body.split()],
                         "the customer's chatter is open to everybody")
        self.assertFalse(self.env["mail.followers"].sudo().search([
            ("res_model", "=", "business.approval"), ("partner_id", "in", (self.manager | self.manager_2).partner_id.ids)]),
            "who decides is made a follower")
        reports = self.env["ir.actions.report"].sudo().search([("model", "=like", "business.%")])
        self.assertFalse(reports.filtered(lambda report: not report.group_ids), "a report that anybody may print")

    def test_attack_20_companies(self):
        """attack 20: no model of ours, SQL views included, shows another company's rows."""
        other = self.setup_other_company()["company"]
        foreign = new_test_user(
            self.env, login="test_foreign", company_id=other.id, company_ids=[Command.set(other.ids)],
            groups=",".join(f"business_dept.group_{post}" for post in (
                "department_manager", "finance", "executive_office", "auditor", "deputy_manager")),
        )
        checked = 0
        for name, model in self.env.registry.items():
            if not name.startswith("business.") or model._abstract or model._transient:
                continue
            company = next((field for field in (
                "company_id", "company_ids", "approval_id.company_id", "dossier_id.company_id", "import_id.company_id",
                "shipment_id.company_id", "request_id.company_id", "policy_id.company_id", "regulation_id.company_ids",
            ) if field.split(".")[0] in model._fields), None)
            if not company:
                self.assertIn(name, ("business.control", "business.regulation.clause", "business.approval.absence",
                                     "business.post.conflict", "business.post.conflict.note",
                                     # names that the policies of all companies use
                                     "business.staff.grade", "business.city.class", "business.travel.place",
                                     "business.transport.class",
                                     # names that all companies use
                                     "business.safety.qualification.type", "business.safety.equipment.type",
                                     "business.safety.permit.type", "business.safety.permit.check.item",
                                     "business.safety.severity"),
                              f"{name} belongs to no company")
                continue
            rows = self.env[name].sudo().search([(company, "in", self.company.ids)])
            if not rows or not self.model(name).with_user(foreign).has_access("read"):
                continue
            checked += 1
            with self.subTest(model=name):
                self.assertFalse(self.call(foreign, rows, "search", [("id", "in", rows.ids)]))
                self.refused(foreign, rows, "read", ["display_name"], error=AccessError)
                self.assertNothingFound(self.call(
                    foreign, rows, "formatted_read_group", [("id", "in", rows.ids)], [], ["__count"]))
        self.assertGreaterEqual(checked, 10)
        views = [name for name, model in self.env.registry.items() if name.startswith("business.")
                 and not model._abstract and (not model._auto or model._table_query)]
        for name in views:
            rules = self.env["ir.rule"].sudo().search([("model_id.model", "=", name), ("groups", "=", False)])
            self.assertTrue(rules.filtered(lambda rule: "company" in rule.domain_force), f"{name} has no company rule")

    def test_attack_21_outsiders(self):
        """attack 21: portal and public users have no access to any model of ours; no access row names them."""
        ours = [name for name, model in self.env.registry.items() if name.startswith("business.") and not model._abstract]
        self.assertGreater(len(ours), 25)
        for user in (self.portal, self.public):
            for name in ours:
                with self.subTest(user=user.login, model=name):
                    for operation in ("read", "write", "create", "unlink"):
                        self.assertFalse(self.model(name).with_user(user).has_access(operation), operation)
                    self.refused(user, self.model(name), "search_read", [], ["id"], error=AccessError)
                    self.refused(user, self.model(name), "create", [{}])
        rows = self.env["ir.model.access"].sudo().search([("model_id.model", "in", ours)])
        outside = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        self.assertFalse(rows.filtered(lambda row: not row.group_id or row.group_id in outside))
        for rule in self.env["ir.rule"].sudo().search([("model_id.model", "in", ours), ("groups", "!=", False)]):
            # a rule for a group does not bind those outside it: nobody outside may have an access row
            groups = rows.filtered(lambda row, model=rule.model_id: row.model_id == model).group_id
            bound = self.env["ir.rule"].sudo().search([
                ("model_id", "=", rule.model_id.id), ("groups", "!=", False), ("perm_read", "=", True)]).groups
            unbound = groups.filtered(lambda group, bound=bound: not (group | group.all_implied_ids) & bound)
            self.assertFalse(unbound, f"{rule.model_id.model}: {unbound.mapped('name')} are bound by no rule")

    def test_attack_21_an_employee_without_a_post(self):
        """attack 21: an employee without a post sees his own approvals and what is in force, and changes nothing."""
        ours = [name for name, model in self.env.registry.items()
                if name.startswith("business.") and not model._abstract and not model._transient]
        readable = {name for name in ours if self.env[name].with_user(self.plain).sudo(False).has_access("read")}
        self.assertEqual(readable, {
            "business.control", "business.control.event", "business.approval", "business.approval.step",
            "business.approval.approver", "business.approval.ground", "business.approval.rule",
            "business.dossier.grant", "business.dossier.request",  # his own
            "business.approval.absence", "business.regulation", "business.regulation.clause",
            "business.regulation.acknowledgement", "business.order.hold", "business.payment.instalment",
            "business.shipment", "business.shipment.line", "business.contract",  # of his own orders: none
            *OWN_TRAVEL, *EMERGENCY,
            "business.staff.grade", "business.city.class", "business.travel.place", "business.transport.class",
            "business.train.fare", "business.vehicle",
            "business.travel.policy", "business.travel.policy.lodging", "business.travel.policy.transport",
            "business.safety.committee.member", "business.safety.place", "business.safety.place.entrant",
            "business.safety.qualification.type", "business.safety.equipment.type",
            "business.safety.checklist", "business.safety.checklist.item", "business.safety.plan",
            "business.safety.inspection", "business.safety.inspection.line",
            *OWN_SAFETY,
            *PERMITS, "business.safety.permit.type", "business.safety.permit.check.item",
            *INCIDENTS, "business.safety.incident.notice", "business.safety.severity", "business.safety.stop",
            "business.environment.limit", "business.environment.record",
            "business.safety.assessment", "business.safety.award",
            *HAZARDS, *REPORTS,
        })
        self.order._as_engine().user_id = False  # an order of nobody is no order of everybody
        writable = {name for name in ours if self.env[name].with_user(self.plain).sudo(False).has_access("write")}
        self.assertEqual(writable, {
            "business.approval.absence", "business.dossier.request", "business.safety.award", "business.safety.drill",
            "business.safety.hazard", *INCIDENTS, *OWN_TRAVEL, *PERMITS,
        })
        for name in ("business.approval", "business.approval.step", "business.approval.approver",
                     "business.approval.ground", "business.control.event", "business.regulation.acknowledgement",
                     "business.order.hold", "business.payment.instalment", "business.shipment", "business.shipment.line",
                     "business.contract", "business.safety.report", "business.safety.report.message", *OWN_TRAVEL, *OWN_SAFETY):
            self.assertFalse(self.call(self.plain, self.model(name), "search", []), name)
        states = self.call(self.plain, self.model("business.regulation"), "search_read", [], ["state"])
        self.assertFalse({row["state"] for row in states} - {"in_force", "superseded", "withdrawn"})
        policies = self.call(self.plain, self.model("business.travel.policy"), "search_read", [], ["state"])
        self.assertFalse({row["state"] for row in policies} - {"planned", "in_force", "replaced"})
        for method, args in (("onchange", ({"partner_id": self.customer.id, "company_id": self.company.id}, [],
                                           {"control_banner": {}, "credit_grade_id": {}, "credit_terms_reason": {}})),
                             ("read", (["control_banner", "approval_banner", "credit_terms_reason"],)),
                             ("web_read", ({"hold_ids": {"fields": {"reasons": {}}}},))):
            self.refused(self.plain, self.order, method, *args, error=AccessError)


@tagged("post_install", "-at_install")
class TestPortalAttacks(AttackCase, HttpCase):

    SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

    def accept(self, order, **params):
        return self.make_jsonrpc_request(f"/my/orders/{order.id}/accept", {
            "name": "Mr Customer", "signature": self.SIGNATURE, "access_token": order._portal_ensure_token(), **params})

    def test_attack_07_signature_on_the_portal(self):
        """attack 6, 7: a signature on the portal does not confirm what needs approval, and tells no reason."""
        self.authenticate(None, None)
        for mode in ("approve", "block"):
            self.set_mode("credit.limit", mode)
            order = self.make_order(1000.0, require_signature=True, require_payment=False)
            result = self.accept(order)
            self.assertTrue(result.get("force_refresh"), result)
            self.env.invalidate_all()
            self.assertEqual(order.state, "sent")
            self.assertTrue(order.sudo().hold_ids.customer_confirmed)
            page = self.url_open(order.get_portal_url()).text
            for secret in ("JJ-4.2", "credit limit", "500.00", self.manager.name, "under review"):
                self.assertNotIn(secret, page)
            visible = order.sudo().message_ids.filtered(
                lambda message: not message.is_internal and not message.subtype_id.internal)
            self.assertFalse([body for body in visible.mapped("body") if "limit" in body])
            # once more, and without or with somebody else's token
            self.assertTrue(self.accept(order).get("error"))
            other = self.make_order(1000.0, require_signature=True, require_payment=False)
            for token in ("", "x", order.access_token):
                self.assertTrue(self.accept(other, access_token=token).get("error"))
            self.assertFalse(other.sudo().hold_ids)

    def test_attack_07_bare_calls_of_customers(self):
        """attack 7: a portal user confirms nobody's order by a bare call, and puts none on the way to it."""
        portal = self._new_user("test_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        mine = self.make_order(1000.0, partner_id=portal.partner_id.id)
        mine.message_subscribe(portal.partner_id.ids)
        small = self.make_order(100.0)
        before = self.snapshot()
        for user in (portal, self.env.ref("base.public_user")):
            for order in (mine, small, self.make_order(1000.0)):
                for method, args in (("action_confirm", ()), ("write", ({"state": "sale"},)),
                                     ("web_save", ({"state": "sale"}, {})),
                                     ("action_approval_submit", ()), ("action_approval_approve", ())):
                    self.refused(user, order, method, *args)
            self.env.flush_all()
        after = self.snapshot()
        for table in ("business_approval", "business_order_hold"):
            self.assertEqual(after[table], before[table])
        self.assertEqual({mine.state, small.state}, {"draft"})
        self.authenticate("test_portal", "test_portal")
        with self.assertRaises(Exception) as caught, mute_logger("odoo.http"):
            self.make_jsonrpc_request("/web/dataset/call_kw/sale.order/action_confirm", {
                "model": "sale.order", "method": "action_confirm", "args": [small.ids], "kwargs": {}})
        self.assertNotIn("limit", str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(small.state, "draft")

    def test_attack_04_portal_changes_under_review(self):
        """attack 4: what a customer changes on the portal meets the same lock, and learns no name by it."""
        order, _approval = self.submit()
        error = None
        try:
            with self.env.cr.savepoint():
                order.order_line.with_user(self.env.ref("base.public_user")).sudo().write({"product_uom_qty": 50})
        except ControlError as caught:
            error = str(caught)
        self.assertTrue(error)
        self.assertNotIn(self.manager.name, error)
        self.assertTrue(self.take_refusals("approval.content_locked"))

    def test_attack_07_online_payment(self):
        """attack 7: an online payment confirms no order that needs approval; the money is kept, the order waits."""
        order = self.make_order(1000.0, require_payment=True, require_signature=False)
        provider = self.env["payment.provider"].sudo().search([], limit=1)
        transaction = self.env["payment.transaction"].sudo().create({
            "provider_id": provider.id, "payment_method_id": self.env["payment.method"].sudo().with_context(
                active_test=False).search([], limit=1).id,
            "amount": order.amount_total, "currency_id": order.currency_id.id, "partner_id": self.customer.id,
            "reference": "attack-7", "sale_order_ids": [Command.set(order.ids)], "state": "done", "operation": "offline",
        })
        transaction.with_user(self.env.ref("base.public_user")).sudo()._check_amount_and_confirm_order()
        self.assertNotEqual(order.state, "sale")
        self.assertTrue(order.sudo().hold_ids.customer_confirmed)
        self.assertEqual(order.sudo().approval_state, "pending")
        transaction.with_user(SUPERUSER_ID)._check_amount_and_confirm_order()
        self.assertNotEqual(order.state, "sale", "nor by the scheduled job, which works as the system")
        self.call(self.manager, order, "action_approval_approve")
        self.assertEqual(order.state, "sale")
