# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races: several requests at once, each in a thread with a cursor and a transaction of its own, as the server runs them.

Everything is committed for real, in a clone of the test database that is dropped afterwards.
"""

import threading
from contextlib import contextmanager
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service import model as service
from odoo.sql_db import close_db
from odoo.tools import config

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.models.customer.sale_order import SaleOrder

from dev import database

TIMEOUT = 60


class Server:
    """The requests of several people to one database."""

    def __init__(self, name):
        with patch.dict(config._runtime_options, test_enable=False):  # or loading it would run its tests
            self.registry = Registry(name)

    @contextmanager
    def env(self, login=None):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if login:
                env = env(user=env["res.users"].search([("login", "=", login)]))
            env.transaction.default_env = env
            yield env

    def call(self, login, model, method, ids, *args, before=None):
        """One request, retried as the server retries it; ``before`` runs in its transaction before the method."""
        with self.env(login) as env:
            def request():
                if before:
                    before(env)
                return service.call_kw(env[model], method, [ids, *args], {})

            with patch.object(service.random, "uniform", lambda _low, _high: 0.05):
                return service.retrying(request, env)

    def at_once(self, *calls):
        """Run requests at once: each has its snapshot before the first of them goes on.

        :return: the results, or the exceptions, in the order of the requests
        """
        barrier, results, tries = threading.Barrier(len(calls)), [None] * len(calls), [0] * len(calls)

        def run(index, call):
            def meet(env):
                tries[index] += 1
                env.cr.execute("SELECT 1 FROM res_users LIMIT 1")  # REPEATABLE READ: the snapshot is taken here
                if tries[index] == 1:
                    barrier.wait(TIMEOUT)

            try:
                results[index] = self.call(*call, before=meet)
            except Exception as error:
                results[index] = error

        threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(TIMEOUT * 2)
            assert not thread.is_alive(), "a request hangs"
        self.tries = tries
        return results


@contextmanager
def serve_clone(modes, domains=("credit", "contract", "collection")):
    """Requests to a clone of the test database, in which the controls of these domains are off.

    :param dict modes: what they are instead, by code
    """
    name = database.clone("product")
    try:
        server = Server(name)
        with server.env() as env:
            # the salespersons' language is Chinese; messages are compared in English
            env["res.users"].search([("share", "=", False)]).lang = "en_US"
            for control in env["business.control"].search([("code", "=like", "%.%"), ("is_fixed", "=", False)]):
                if control.code.partition(".")[0] in domains:
                    control.with_company(env.company).mode = modes.get(control.code, "off")
        yield server
    finally:
        Registry.delete(name)
        close_db(name)
        database.drop(name)


@pytest.fixture(scope="module")
def server():
    with serve_clone({"credit.limit": "approve"}) as server:
        yield server


@pytest.fixture
def orders(server):
    """Two quotations of 600 each, for a customer with a limit of 1,000."""
    return make_orders(server, 600.0, 600.0)


def make_orders(server, *amounts, limit=1000.0):
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Granite Trading", "is_company": True})
        env["business.dossier"]._get_or_create(customer).qualification = "customer"  # the race is about credit
        profile = env["business.credit.profile"]._get_or_create(customer, env.company)
        profile._apply_grade(env["business.credit.grade"].search([("company_id", "=", env.company.id)], limit=1))
        profile._apply_limit(limit, False)
        product = env["product.product"].create({"name": "Slab", "type": "consu", "taxes_id": False})
    with server.env("sales") as env:
        return env["sale.order"].create([{
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id, "price_unit": amount, "tax_ids": False})],
        } for amount in amounts]).ids


def test_two_open_the_first_dossier_of_a_customer(server):
    """TS-3.3.4: two at once make one dossier, and both get it."""
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Marble Trading", "is_company": True})
    opened = server.at_once(*[
        (login, "res.partner", "action_open_dossier", [customer.id]) for login in ("sales", "sales2")
    ])
    assert [action["res_id"] for action in opened] == read(server, "res.partner", [customer.id], "dossier_ids").ids * 2


def read(server, model, ids, name):
    with server.env() as env:
        return env[model].browse(ids).mapped(name)


def events_of(server, ids, outcome=None):
    with server.env() as env:
        domain = [("res_model", "=", "sale.order"), ("res_id", "in", ids)]
        events = env["business.control.event"].search(domain + ([("outcome", "=", outcome)] if outcome else []))
        return events.read(["outcome", "message", "traceback", "res_id"])


def submit(server, order_id):
    server.call("sales", "sale.order", "action_approval_submit", [order_id])
    return read(server, "sale.order", order_id, "approval_id").ids[0]


def failures(results):
    return [result for result in results if isinstance(result, Exception)]


def second_manager(server):
    with server.env() as env:
        user = env["res.users"].search([("login", "=", "manager2")]) or env["res.users"].create({
            "name": "Second Manager", "login": "manager2", "lang": "en_US",
            "group_ids": [Command.set((env.ref("base.group_user")
                                       + env.ref("business_dept.group_department_manager")).ids)],
        })
        return user.login


def let_two_managers_decide(server, *rules):
    """Name the demo manager and a second one in approval rules, so that both may decide the same request.

    :param rules: names of rules, without ``approval_rule_``
    """
    server.second = second_manager(server)
    with server.env() as env:
        second = env["res.users"].search([("login", "=", server.second)])
        managers = env.ref("business_dept.user_manager") | second
        for rule in rules:
            env.ref(f"business_dept.approval_rule_{rule}").write({
                "approver_type": "user", "user_ids": [Command.set(managers.ids)]})


def assert_decided_once(server, approval_id, results, *known):
    """One of two decisions at once stands; the other is told of it.

    :param known: what he may be told besides
    :return: the state of the row that stands
    """
    late, = failures(results)
    assert isinstance(late, UserError)
    assert any(words in str(late) for words in ("at this moment", "not under review any more", *known)), str(late)
    with server.env() as env:
        rows = env["business.approval"].browse(approval_id).approver_ids
        decided = rows.filtered(lambda row: row.state in ("approved", "rejected"))
        assert len(decided) == 1
        return decided.state


def confirm_both(server, orders):
    return server.at_once(*(("sales", "sale.order", "action_confirm", [order_id]) for order_id in orders))


def test_attack_15_two_confirmations_at_once(server, orders):
    """attack 15: each within the limit, together over it: exactly one passes, the other is refused after a retry."""
    results = confirm_both(server, orders)
    refused, = failures(results)
    assert isinstance(refused, ControlError)
    assert "200.00" in str(refused) and "JJ-4.2" in str(refused)
    assert sorted(read(server, "sale.order", orders, "state")) == ["draft", "sale"]
    assert max(server.tries) > 1, "the loser was not retried, so it cannot have seen the winner"
    loser = orders[results.index(refused)]
    assert [event["res_id"] for event in events_of(server, orders, "needs_approval")] == [loser], \
        "the refusal is written exactly once, although the request was retried"


def test_attack_15_control_experiment(server, orders):
    """attack 15: without the written reservation both would pass; so the test above can fail."""
    with patch.object(SaleOrder, "_reserve_credit", lambda _self: None):
        results = confirm_both(server, orders)
    assert not failures(results)
    assert read(server, "sale.order", orders, "state") == ["sale", "sale"]


def test_attack_15_increases_at_once(server):
    """attack 15, 14: two confirmed orders grow at once, each within the limit, together over it."""
    orders = make_orders(server, 300.0, 300.0)
    for order_id in orders:
        server.call("sales", "sale.order", "action_confirm", [order_id])
    lines = read(server, "sale.order", orders, "order_line").ids
    results = server.at_once(*(
        ("sales", "sale.order.line", "write", [line_id], {"price_unit": 600.0}) for line_id in lines))
    assert len(failures(results)) == 1
    assert sorted(read(server, "sale.order", orders, "amount_total")) == [300.0, 600.0]


def test_two_approvers_at_once(server):
    """attack 9: two decide one step at once: the first decision stands, the other is told of it."""
    login = second_manager(server)
    order_id, = make_orders(server, 2000.0)
    approval_id = submit(server, order_id)
    results = server.at_once(
        ("manager", "business.approval", "action_approve", [approval_id]),
        (login, "business.approval", "action_reject", [approval_id], "Too much"),
    )
    decision = assert_decided_once(server, approval_id, results)
    assert read(server, "business.approval", approval_id, "state") == [decision]
    assert read(server, "business.approval", approval_id, "decision_count") == [1]
    # and once it is over, everybody is told who did what
    with pytest.raises(UserError, match="not under review any more"):
        server.call("manager", "business.approval", "action_approve", [approval_id])


def test_both_of_all_at_once(server):
    """IC-7: a step that needs all is complete when both approve at once; nobody's approval is lost."""
    login = second_manager(server)
    with server.env() as env:
        rule = env.ref("business_dept.approval_rule_order_manager")
        rule.require = "all"
    try:
        order_id, = make_orders(server, 2000.0)
        approval_id = submit(server, order_id)
        calls = [(who, "business.approval", "action_approve", [approval_id]) for who in ("manager", login)]
        results = server.at_once(*calls)
        for call, result in zip(calls, results, strict=True):
            if isinstance(result, Exception):  # told that somebody else is at it: he presses again
                assert "at this moment" in str(result)
                server.call(*call)
        with server.env() as env:
            approval = env["business.approval"].browse(approval_id)
            assert approval.state == "approved"
            assert set(approval.approver_ids.mapped("state")) == {"approved"}
    finally:
        with server.env() as env:
            env.ref("business_dept.approval_rule_order_manager").require = "any"


def test_approval_and_price_change_at_once(server):
    """attack 5, 17: approved and changed at once: the order is never confirmed at a price that nobody approved."""
    for _round in range(3):
        order_id, = make_orders(server, 2000.0)
        line_id, = read(server, "sale.order", order_id, "order_line").ids
        approval_id = submit(server, order_id)
        server.at_once(
            ("manager", "business.approval", "action_approve", [approval_id]),
            ("sales", "sale.order.line", "write", [line_id], {"price_unit": 9000.0}),
        )
        try:
            server.call("sales", "sale.order", "action_confirm", [order_id])
        except ControlError:
            assert read(server, "sale.order", order_id, "state") == ["draft"]
        else:
            assert read(server, "sale.order", order_id, "amount_total") == [2000.0]


def test_confirmation_and_price_change_at_once(server):
    """attack 5, 14: confirmed and changed at once: a confirmed order is one that its approval or its limit covers."""
    for _round in range(3):
        order_id, = make_orders(server, 900.0)
        line_id, = read(server, "sale.order", order_id, "order_line").ids
        server.at_once(
            ("sales", "sale.order", "action_confirm", [order_id]),
            ("sales", "sale.order.line", "write", [line_id], {"price_unit": 5000.0}),
        )
        state, = read(server, "sale.order", order_id, "state")
        assert state == "draft" or read(server, "sale.order", order_id, "amount_total") == [900.0]


def test_two_submits_at_once(server):
    """attack 2: submitted twice at once: one request."""
    order_id, = make_orders(server, 2000.0)
    results = server.at_once(*[("sales", "sale.order", "action_approval_submit", [order_id])] * 2)
    assert len(failures(results)) == 1
    assert read(server, "sale.order", order_id, "approval_ids.state") == ["pending"]


def test_refusal_is_logged_once(server):
    """IC-11: a refused attempt rolls back, its event stays: once, also when the request was retried meanwhile."""
    order_id, = make_orders(server, 2000.0)
    failed = []

    def fail_once(env):
        if not failed:
            # the first try is refused, and at the same time could not be serialized
            failed.append(True)
            with pytest.raises(ControlError):
                env["sale.order"].browse(order_id).action_confirm()
            raise service.ConcurrencyError("retry")

    with pytest.raises(ControlError):
        server.call("sales", "sale.order", "action_confirm", [order_id], before=fail_once)
    assert len(events_of(server, [order_id], "needs_approval")) == 1
    assert read(server, "sale.order", order_id, "hold_ids.state") == ["held"]


def test_refusal_in_an_import_is_logged_once(server):
    """IC-11: an import swallows the error and commits; the event is there all the same, once."""
    order_id, = make_orders(server, 2000.0)
    with server.env("sales") as env:
        result = service.retrying(lambda: service.call_kw(
            env["sale.order"], "load", [[".id", "state"], [[str(order_id), "sale"]]], {}), env)
    assert not result["ids"]
    assert read(server, "sale.order", order_id, "state") == ["draft"]
    assert len(events_of(server, [order_id], "needs_approval")) == 1


def test_failing_check_refuses_and_keeps_the_traceback(server):
    """IC-9: a check that raises refuses the order (fail closed); the traceback is in the event log."""
    order_id, = make_orders(server, 10.0)
    with patch.object(SaleOrder, "_get_facts", side_effect=ZeroDivisionError("boom")), pytest.raises(ControlError):
        server.call("sales", "sale.order", "action_confirm", [order_id])
    event, = events_of(server, [order_id], "error")
    assert "boom" in event["traceback"]
    assert read(server, "sale.order", order_id, "state") == ["draft"]


def test_two_dispatches_at_once(server):
    """GF-7.3: two send the same order at once, each within what is left, together beyond it: one does, one is told."""
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Sandstone Trading", "is_company": True})
        env["business.dossier"]._get_or_create(customer).qualification = "customer"
        product = env["product.product"].create({"name": "Laying", "type": "service", "taxes_id": False})
        order = env["sale.order"].create({
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 10, "price_unit": 1.0})],
        })
        order.write({"state": "sale"})
        order._release()
        order_id, line_id = order.id, order.order_line.id
    calls = []
    for login in ("clerk", "manager"):
        with server.env(login) as env:
            dialog = env["business.order.dispatch"].create({
                "order_ids": [order_id], "line_ids": [Command.create({"order_line_id": line_id, "quantity": 6})],
            })
            calls.append((login, "business.order.dispatch", "action_dispatch", [dialog.id]))
    results = server.at_once(*calls)
    assert len(failures(results)) == 1, results
    late, = failures(results)
    assert isinstance(late, UserError)
    assert "only 4" in str(late)
    assert max(server.tries) > 1, "the loser was not retried, so it cannot have seen the winner"
    with server.env() as env:
        order = env["sale.order"].browse(order_id)
        assert order.order_line.qty_delivered == 6
        assert order.shipment_ids.mapped("amount") == [6.0]


def make_deliveries(server, *quantities):
    """A released order of one product, with a delivery for each quantity, picked and ready to be validated."""
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Slate Trading", "is_company": True})
        env["business.dossier"]._get_or_create(customer).qualification = "customer"
        product = env["product.product"].create({"name": "Slate", "type": "consu", "taxes_id": False})
        order = env["sale.order"].create({
            "partner_id": customer.id,
            "order_line": [Command.create({
                "product_id": product.id, "product_uom_qty": sum(quantities), "price_unit": 1.0,
            })],
        })
        order.action_confirm()
        order._release()
        first = order.picking_ids
        for quantity in quantities[1:]:
            move = env["stock.move"].create(first.move_ids._split(quantity))
            move.picking_id = first.copy({"move_ids": []})
            move._action_confirm(merge=False)
        for picking in order.picking_ids:
            picking.move_ids.write({"quantity": picking.move_ids.product_uom_qty, "picked": True})
        assert sorted(order.picking_ids.move_ids.mapped("quantity")) == sorted(quantities)
        return order.id, order.picking_ids.ids


def read_dispatch(server, order_id):
    """What the order says has left: the values of its shipments, the quantity, whether all has, the plan's sum."""
    with server.env() as env:
        order = env["sale.order"].browse(order_id)
        return (
            sorted(order.shipment_ids.mapped("amount")), order.order_line.qty_delivered, order.is_fully_dispatched,
            sum(order.instalment_ids.mapped("amount")),
        )


def test_two_deliveries_at_once(server):
    """GF-7.3, JJ-1.3.4: two deliveries of one order validated at once are two shipments, and the plan knows both."""
    order_id, picking_ids = make_deliveries(server, 6, 4)
    results = server.at_once(*[
        (login, "stock.picking", "button_validate", [picking_id])
        for login, picking_id in zip(("clerk", "admin"), picking_ids, strict=True)
    ])
    assert not failures(results), results
    assert read_dispatch(server, order_id) == ([4.0, 6.0], 10.0, True, 10.0)


def test_one_delivery_validated_twice_at_once(server):
    """GF-7.3: the same delivery validated by two at once leaves once."""
    order_id, picking_ids = make_deliveries(server, 10)
    results = server.at_once(*[
        (login, "stock.picking", "button_validate", picking_ids) for login in ("clerk", "admin")
    ])
    assert len(failures(results)) <= 1, results
    assert read_dispatch(server, order_id) == ([10.0], 10.0, True, 10.0)


def make_receipts(server, *amounts):
    """A confirmed order of 1,000 with a deposit of 300, and receipts of its customer that nobody has matched."""
    order_id, = make_orders(server, 1000.0, limit=10_000.0)
    server.call("sales", "sale.order", "action_confirm", [order_id])
    with server.env() as env:
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
        payments = env["account.payment"].create([{
            "payment_type": "inbound", "partner_id": env["sale.order"].browse(order_id).partner_id.id, "amount": amount,
            "journal_id": journal.id,
        } for amount in amounts])
        payments.action_post()
        return order_id, payments.ids


def test_two_match_one_receipt(server):
    """IC-14: one receipt matched twice at once counts once; the second learns what the first one did."""
    order_id, (payment_id,) = make_receipts(server, 300.0)
    results = server.at_once(*[("finance", "account.payment", "action_collection_match", [payment_id], order_id)] * 2)
    assert [str(error) for error in failures(results) if "confirmed already" in str(error)]
    assert len(failures(results)) == 1
    assert read(server, "sale.order", order_id, "collection_received") == [300.0]


def test_two_receipts_of_one_order_at_once(server):
    """JJ-1.3.5: two receipts matched at once both count."""
    order_id, payment_ids = make_receipts(server, 300.0, 200.0)
    results = server.at_once(*[
        ("finance", "account.payment", "action_collection_match", [payment_id], order_id) for payment_id in payment_ids
    ])
    assert not failures(results)
    assert read(server, "sale.order", order_id, "collection_received") == [500.0]
    assert read(server, "sale.order", order_id, "instalment_ids.amount_received") == [300.0, 200.0]


def test_deposit_and_release_at_once(server):
    """JJ-1.3.3: a release at the moment the deposit is confirmed sees it, or is refused and goes through a moment later."""
    order_id, (payment_id,) = make_receipts(server, 300.0)
    set_mode(server, "collection.deposit", "block")
    try:
        matched, released = server.at_once(
            ("finance", "account.payment", "action_collection_match", [payment_id], order_id),
            ("clerk", "sale.order", "action_release_production", [order_id]),
        )
        assert not isinstance(matched, Exception), matched
        if isinstance(released, Exception):
            assert isinstance(released, ControlError), released
            assert read(server, "sale.order", order_id, "date_released") == [False]
            server.call("clerk", "sale.order", "action_release_production", [order_id])
    finally:
        set_mode(server, "collection.deposit", "off")
    assert read(server, "sale.order", order_id, "is_deposit_received") == [True]
    assert all(read(server, "sale.order", order_id, "date_released"))


def set_mode(server, code, mode):
    with server.env() as env:
        env["business.control"]._get_by_code(code).with_company(env.company).mode = mode


def test_goods_leave_and_money_arrives_at_once(server):
    """JJ-1.3.4: the plan knows both, whichever was first."""
    order_id, (payment_id,) = make_receipts(server, 500.0)

    def send(env):
        env["business.shipment"].sudo().create({
            "name": "S", "order_id": order_id, "company_id": env.company.id, "amount": 400.0, "date_dispatch": "2024-06-03",
        })
        env["sale.order"].sudo().browse(order_id)._fulfilment_changed()

    # a door for the race only: shipments are made by private methods
    with patch.object(server.registry["sale.order"], "action_open_approvals", lambda orders: send(orders.env)):
        results = server.at_once(
            ("sales", "sale.order", "action_open_approvals", [order_id]),
            ("finance", "account.payment", "action_collection_match", [payment_id], order_id),
        )
    assert not failures(results)
    assert read(server, "sale.order", order_id, "instalment_ids.amount_received") == [300.0, 200.0, 0.0]
