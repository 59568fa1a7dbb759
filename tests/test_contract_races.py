# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of contracts: signed, amended and used up at once; see ``test_races`` for how."""
from unittest.mock import patch

import pytest
from test_races import assert_decided_once, failures, read, second_manager, serve_clone

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.business_dept.controls import ControlError

MODES = {
    "contract.required": "approve", "contract.formal_approval": "approve", "contract.unamended": "block",
    "contract.amendment_unsigned": "notify",
    "contract.sign_unapproved": "block", "contract.read_through": "block",
    "contract.release_unapproved": "block", "collection.deposit": "block",
}


@pytest.fixture(scope="module")
def server():
    with serve_clone(MODES, ("credit", "contract", "collection", "dossier")) as server:
        with server.env() as env:
            env["business.control"]._get_by_code("contract.required").with_company(env.company).threshold = 0
        yield server


def make_order(server, amount, customer_id=None):
    with server.env() as env:
        customer = env["res.partner"].browse(customer_id or []) or env["res.partner"].create({
            "name": "Granite Trading", "is_company": True,
        })
        env["business.dossier"]._get_or_create(customer).qualification = "customer"
        product = env["product.product"].create({"name": "Slab", "type": "consu", "taxes_id": False})
    with server.env("sales") as env:
        return env["sale.order"].create({
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id, "price_unit": amount, "tax_ids": False})],
        }).id


def approve(server, model, res_id):
    server.call("sales", model, "action_approval_submit", [res_id])
    for login in ("manager", "executive"):
        server.call(login, model, "action_approval_approve", [res_id])


def prepare_signing(server, contract_id):
    """Approved, read by both sides, the paper filed."""
    approve(server, "business.contract", contract_id)
    server.call("sales", "business.contract", "action_confirm_reading", [contract_id])
    server.call("sales", "business.contract", "action_record_customer_reading", [contract_id], "Ms. Lin")
    with server.env("sales") as env:
        contract = env["business.contract"].browse(contract_id)
        scan = env["ir.attachment"].create({"name": "scan.pdf", "raw": b"%PDF-1.4"})
        contract._file_scan(scan, contract.code, "A", "1")


def make_signed(server, order_id):
    contract_id = server.call("sales", "sale.order", "action_create_contract", [order_id])["res_id"]
    prepare_signing(server, contract_id)
    server.call("sales", "business.contract", "action_sign", [contract_id])
    return contract_id


def make_framework(server, amount):
    """A signed framework contract of 1,000, and two quotations of its customer."""
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Marble Trading", "is_company": True})
    with server.env("sales") as env:
        contract_id = env["business.contract"].create({
            "kind": "framework", "partner_id": customer.id, "framework_amount": 1000.0, "date_end": "2099-12-31",
        }).id
    prepare_signing(server, contract_id)
    server.call("sales", "business.contract", "action_sign", [contract_id])
    return contract_id, [make_order(server, amount, customer.id) for _order in range(2)]


def make_amendment(server, contract_id, line_id, quantity):
    """An amendment of a quantity, which the manager has approved."""
    with server.env("sales") as env:
        amendment_id = env["business.contract.amendment"].create({
            "contract_id": contract_id, "reason": "more",
            "line_ids": [Command.create({"order_line_id": line_id, "quantity": quantity})],
        }).id
    server.call("sales", "business.contract.amendment", "action_approval_submit", [amendment_id])
    server.call("manager", "business.contract.amendment", "action_approval_approve", [amendment_id])
    return amendment_id


def test_signing_and_a_change_at_once(server):
    """RL-4.3, JJ-1.2.4: signed and changed at once: what is signed is what was approved, whoever comes first."""
    for vals in ({"price_unit": 1.0}, {"discount": 50.0}):
        order_id = make_order(server, 1000.0)
        contract_id = server.call("sales", "sale.order", "action_create_contract", [order_id])["res_id"]
        prepare_signing(server, contract_id)
        line_id, = read(server, "sale.order", order_id, "order_line").ids
        results = server.at_once(
            ("sales", "business.contract", "action_sign", [contract_id]),
            ("sales", "sale.order.line", "write", [line_id], vals),
        )
        assert len(failures(results)) == 1, results
        if read(server, "business.contract", contract_id, "date_signed")[0]:
            assert read(server, "sale.order", order_id, "amount_total") == [1000.0]


def test_signing_and_other_terms_at_once(server):
    """RL-4.3: the same for terms, which change no amount."""
    order_id = make_order(server, 1000.0)
    contract_id = server.call("sales", "sale.order", "action_create_contract", [order_id])["res_id"]
    prepare_signing(server, contract_id)
    results = server.at_once(
        ("sales", "business.contract", "action_sign", [contract_id]),
        ("sales", "sale.order", "write", [order_id], {"balance_days": 90}),
    )
    assert len(failures(results)) == 1, results


def test_two_amendments_at_once(server):
    """RL-4.3: two amendments approved at once: one is applied, the other is told that the contract has changed."""
    order_id = make_order(server, 100.0)
    contract_id = make_signed(server, order_id)
    line_id, = read(server, "sale.order", order_id, "order_line").ids
    amendments = [make_amendment(server, contract_id, line_id, quantity) for quantity in (2.0, 3.0)]
    results = server.at_once(*[
        ("executive", "business.contract.amendment", "action_approval_approve", [amendment]) for amendment in amendments
    ])
    assert not failures(results), results
    states = read(server, "business.contract.amendment", amendments, "state")
    assert sorted(states) == ["applied", "approved"]
    quantity = 2.0 if states[0] == "applied" else 3.0
    assert read(server, "sale.order.line", line_id, "product_uom_qty") == [quantity]


def test_room_of_a_framework_at_once(server):
    """JJ-1.2.5: two orders at once, each within the agreed volume and together over it: one of them goes."""
    _framework_id, orders = make_framework(server, 600.0)
    results = server.at_once(*[("sales", "sale.order", "action_confirm", [order]) for order in orders])
    failed = failures(results)
    assert len(failed) == 1, results
    assert isinstance(failed[0], ControlError)
    assert sorted(read(server, "sale.order", orders, "state")) == ["draft", "sale"]


def prepare(server, amount=1000.0):
    """A quotation, its line, and its contract."""
    order_id = make_order(server, amount)
    contract_id = server.call("sales", "sale.order", "action_create_contract", [order_id])["res_id"]
    return order_id, read(server, "sale.order", order_id, "order_line").ids[0], contract_id


def test_two_approvers_of_a_contract_at_once(server):
    """attack 9: two decide one step of a contract at once: one decision stands, the other is told of it."""
    login = second_manager(server)
    _order, _line, contract_id = prepare(server)
    server.call("sales", "business.contract", "action_approval_submit", [contract_id])
    results = server.at_once(
        ("manager", "business.contract", "action_approval_approve", [contract_id]),
        (login, "business.contract", "action_approval_reject", [contract_id], "Too cheap"),
    )
    approval_id, = read(server, "business.contract", contract_id, "approval_id").ids
    decision = assert_decided_once(server, approval_id, results, "not your turn")
    assert read(server, "business.approval", approval_id, "state") == [
        "rejected" if decision == "rejected" else "pending"]


def test_approval_and_price_change_of_a_contract_at_once(server):
    """attack 5, 17: the last approval and another price at once: nothing is confirmed that nobody approved."""
    for vals in ({"price_unit": 9000.0}, {"discount": 50.0}, {"product_uom_qty": 7.0}):
        order_id, line_id, contract_id = prepare(server)
        server.call("sales", "business.contract", "action_approval_submit", [contract_id])
        server.call("manager", "business.contract", "action_approval_approve", [contract_id])
        results = server.at_once(
            ("executive", "business.contract", "action_approval_approve", [contract_id]),
            ("sales", "sale.order.line", "write", [line_id], vals),
        )
        assert not isinstance(results[0], Exception), results
        try:
            server.call("sales", "sale.order", "action_confirm", [order_id])
        except ControlError:
            assert read(server, "business.contract", contract_id, "state") == ["draft"]
        else:
            assert read(server, "sale.order", order_id, "amount_total") == [1000.0]


def test_submission_and_price_change_at_once(server):
    """attack 4: submitted and changed at once: what is approved afterwards is what was submitted."""
    order_id, line_id, contract_id = prepare(server)
    server.at_once(
        ("sales", "business.contract", "action_approval_submit", [contract_id]),
        ("sales", "sale.order.line", "write", [line_id], {"price_unit": 1.0}),
    )
    with server.env() as env:
        assert env["business.contract"].browse(contract_id).approval_state == "pending"
    for login in ("manager", "executive"):
        try:
            server.call(login, "business.contract", "action_approval_approve", [contract_id])
        except UserError:
            break  # told that it is not what was submitted
    with server.env() as env:
        contract = env["business.contract"].browse(contract_id)
        same = contract.approval_id.fingerprint == contract._get_approval_fingerprint()
    try:
        server.call("sales", "sale.order", "action_confirm", [order_id])
    except ControlError:
        assert not same
    else:
        assert same


@pytest.mark.parametrize("change", ["other goods", "a free line", "the same for another total"])
def test_confirmation_and_other_content_at_once(server, change):
    """attack 5: confirmed and changed at once, at the same total: an order is never confirmed with other goods."""
    for _round in range(2):
        order_id, line_id, contract_id = prepare(server)
        approve(server, "business.contract", contract_id)
        with server.env() as env:
            other_id = env["product.product"].create({"name": "Other", "type": "consu", "taxes_id": False}).id
            fingerprint = env["business.contract"].browse(contract_id)._get_approval_fingerprint()
        act = {
            "other goods": ("sales", "sale.order.line", "write", [line_id], {"product_id": other_id, "price_unit": 1000.0}),
            "a free line": ("sales", "sale.order", "message_post", [order_id]),
            "the same for another total": ("sales", "sale.order.line", "write", [line_id], {
                "product_uom_qty": 2.0, "price_unit": 500.0}),
        }[change]
        if change == "a free line":
            act = ("sales", "sale.order", "write", [order_id], {"order_line": [Command.create({
                "product_id": other_id, "product_uom_qty": 5, "price_unit": 0.0, "tax_ids": False})]})
        server.at_once(("sales", "sale.order", "action_confirm", [order_id]), act)
        with server.env() as env:
            order, contract = env["sale.order"].browse(order_id), env["business.contract"].browse(contract_id)
            changed = contract._get_approval_fingerprint() != fingerprint
            assert order.state != "sale" or not changed, "confirmed with a content that nobody approved"


def test_lines_alone_and_confirmation_at_once(server):
    """attack 5, 14: the same for a free line that is made by itself, without writing its order."""
    order_id, _line, contract_id = prepare(server)
    approve(server, "business.contract", contract_id)
    with server.env() as env:
        other_id = env["product.product"].create({"name": "Other", "type": "consu", "taxes_id": False}).id
        fingerprint = env["business.contract"].browse(contract_id)._get_approval_fingerprint()

    # a door for the race only: a creation has no ids
    def create(orders):
        orders.env["sale.order.line"].create({
            "order_id": orders.id, "product_id": other_id, "product_uom_qty": 5, "price_unit": 0.0, "tax_ids": False})
        return True

    with patch.object(server.registry["sale.order"], "action_open_approvals", create):
        server.at_once(
            ("sales", "sale.order", "action_confirm", [order_id]), ("sales", "sale.order", "action_open_approvals", [order_id]),
        )
    with server.env() as env:
        order, contract = env["sale.order"].browse(order_id), env["business.contract"].browse(contract_id)
        assert order.state != "sale" or contract._get_approval_fingerprint() == fingerprint


def test_amendment_and_a_line_at_once(server):
    """RL-4.3: an amendment is applied while its line is written: the contract says what was approved."""
    order_id = make_order(server, 100.0)
    contract_id = make_signed(server, order_id)
    line_id, = read(server, "sale.order", order_id, "order_line").ids
    amendment_id = make_amendment(server, contract_id, line_id, 2.0)
    results = server.at_once(
        ("executive", "business.contract.amendment", "action_approval_approve", [amendment_id]),
        ("sales", "sale.order.line", "write", [line_id], {"price_unit": 60.0}),
    )
    late, = failures(results)
    assert isinstance(late, ControlError), late
    assert "amendment" in str(late)
    with server.env() as env:
        contract, line = env["business.contract"].browse(contract_id), env["sale.order.line"].browse(line_id)
        assert (line.product_uom_qty, line.price_unit) == (2.0, 100.0)
        assert contract._is_approved()


def test_last_room_confirmed_and_grown_at_once(server):
    """JJ-1.2.5, attack 14, 15: the last room of a framework contract is used by an order or by a growing one, not by both."""
    framework_id, orders = make_framework(server, 400.0)
    server.call("sales", "sale.order", "action_confirm", [orders[0]])
    line_id, = read(server, "sale.order", orders[0], "order_line").ids
    results = server.at_once(
        ("sales", "sale.order", "action_confirm", [orders[1]]),
        ("sales", "sale.order.line", "write", [line_id], {"price_unit": 900.0}),
    )
    late, = failures(results)
    assert isinstance(late, ControlError), late
    with server.env() as env:
        assert env["business.contract"].browse(framework_id)._get_framework_used() <= 1000.0
