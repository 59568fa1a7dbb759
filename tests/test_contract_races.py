# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of contracts: signed, amended and used up at once; see ``test_races`` for how."""
from unittest.mock import patch

import pytest
from test_races import Server, failures, read, second_manager

from odoo import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.sql_db import close_db

from odoo.addons.business_dept.controls import ControlError

from dev import database

MODES = {
    "contract.required": "approve", "contract.formal_approval": "approve", "contract.unamended": "block",
    "contract.amendment_unsigned": "notify",
    "contract.sign_unapproved": "block", "contract.read_through": "block",
    "contract.release_unapproved": "block", "collection.deposit": "block",
}


@pytest.fixture(scope="module")
def server():
    name = database.clone("product")
    try:
        server = Server(name)
        with server.env() as env:
            env["res.users"].search([("share", "=", False)]).lang = "en_US"
            for control in env["business.control"].search([("is_fixed", "=", False)]):
                if control.code.partition(".")[0] in ("credit", "contract", "collection", "dossier"):
                    control.with_company(env.company).write({
                        "mode": MODES.get(control.code, "off"),
                        **({"threshold": 0} if control.code == "contract.required" else {}),
                    })
        yield server
    finally:
        Registry.delete(name)
        close_db(name)
        database.drop(name)


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
    amendments = []
    for quantity in (2.0, 3.0):
        with server.env("sales") as env:
            amendments.append(env["business.contract.amendment"].create({
                "contract_id": contract_id, "reason": "more",
                "line_ids": [Command.create({"order_line_id": line_id, "quantity": quantity})],
            }).id)
        server.call("sales", "business.contract.amendment", "action_approval_submit", [amendments[-1]])
        server.call("manager", "business.contract.amendment", "action_approval_approve", [amendments[-1]])
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
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Marble Trading", "is_company": True})
    with server.env("sales") as env:
        framework_id = env["business.contract"].create({
            "kind": "framework", "partner_id": customer.id, "framework_amount": 1000.0, "date_end": "2099-12-31",
        }).id
    prepare_signing(server, framework_id)
    server.call("sales", "business.contract", "action_sign", [framework_id])
    orders = [make_order(server, 600.0, customer.id) for _order in range(2)]
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
    late, = failures(results)
    assert isinstance(late, UserError)
    known = ("at this moment", "not under review any more", "not your turn")
    assert any(words in str(late) for words in known), str(late)
    with server.env() as env:
        approval = env["business.contract"].browse(contract_id).approval_id
        decided = approval.approver_ids.filtered(lambda row: row.state in ("approved", "rejected"))
        assert len(decided) == 1
        assert approval.state == ("rejected" if decided.state == "rejected" else "pending")


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
    with server.env("sales") as env:
        amendment_id = env["business.contract.amendment"].create({
            "contract_id": contract_id, "reason": "more",
            "line_ids": [Command.create({"order_line_id": line_id, "quantity": 2.0})],
        }).id
    server.call("sales", "business.contract.amendment", "action_approval_submit", [amendment_id])
    server.call("manager", "business.contract.amendment", "action_approval_approve", [amendment_id])
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
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Sandstone Trading", "is_company": True})
    with server.env("sales") as env:
        framework_id = env["business.contract"].create({
            "kind": "framework", "partner_id": customer.id, "framework_amount": 1000.0, "date_end": "2099-12-31",
        }).id
    prepare_signing(server, framework_id)
    server.call("sales", "business.contract", "action_sign", [framework_id])
    orders = [make_order(server, 400.0, customer.id) for _order in range(2)]
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


def test_deposit_and_release_at_once(server):
    """JJ-1.3.2: the deposit is confirmed while somebody releases: released with the deposit, or told that it is missing."""
    order_id, _line, contract_id = prepare(server)
    with server.env() as env:
        env["sale.order"].browse(order_id).prepayment_percent = 0.3
    approve(server, "business.contract", contract_id)
    server.call("sales", "sale.order", "action_confirm", [order_id])
    with pytest.raises(ControlError, match="eposit"):
        server.call("clerk", "sale.order", "action_release_production", [order_id])
    with server.env() as env:
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1)
        payment = env["account.payment"].create({
            "payment_type": "inbound", "partner_id": env["sale.order"].browse(order_id).partner_id.id, "amount": 300.0,
            "journal_id": journal.id,
        })
        payment.action_post()
        payment_id = payment.id
    results = server.at_once(
        ("finance", "account.payment", "action_collection_match", [payment_id], order_id),
        ("clerk", "sale.order", "action_release_production", [order_id]),
    )
    assert not isinstance(results[0], Exception), results
    released, = read(server, "sale.order", order_id, "date_released")
    assert bool(released) == (not isinstance(results[1], Exception))
    assert read(server, "sale.order", order_id, "is_deposit_received") == [True]
    if released:  # taken back and undone at once: nothing stays released that nobody paid for
        server.call("clerk", "sale.order", "action_withdraw_release", [order_id])
    results = server.at_once(
        ("finance", "account.payment", "action_collection_unmatch", [payment_id], "Of another order"),
        ("clerk", "sale.order", "action_release_production", [order_id]),
    )
    assert max(server.tries) > 1, "both write the order"
    refused = isinstance(results[1], Exception)
    assert bool(read(server, "sale.order", order_id, "date_released")[0]) != refused


def test_two_deliveries_at_once(server):
    """JJ-1.3.4, GF-7.3: two deliveries of one order are validated at once: both leave, as two shipments of what was sent."""
    if "stock.picking" not in server.registry:
        pytest.skip("without inventory the dispatch is recorded on the order")
    with server.env() as env:
        customer = env["res.partner"].create({"name": "Basalt Trading", "is_company": True})
        env["business.dossier"]._get_or_create(customer).qualification = "customer"
        products = env["product.product"].create([
            {"name": name, "type": "consu", "is_storable": False, "taxes_id": False} for name in ("Slab", "Tile")])
        order = env["sale.order"].create({
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 10, "price_unit": 10.0,
                                           "tax_ids": False}) for product in products],
        })
        order_id = order.id
        required = env["business.control"]._get_by_code("contract.required").with_company(env.company)
        required.mode = "off"
        order.with_user(order.user_id or env.user).sudo()._action_confirm()
        order.write({"state": "sale"})
        required.mode = "approve"
        order._release()
        first = order.picking_ids
        second = first.copy({"move_ids": [], "name": "/"})
        first.move_ids[1].picking_id = second
        pickings = first | second
        pickings.action_confirm()
        for move in pickings.move_ids:
            move.write({"quantity": 10, "picked": True})
        assert set(pickings.mapped("state")) == {"assigned"}
        picking_ids = pickings.ids
    results = server.at_once(*[("clerk", "stock.picking", "button_validate", [picking]) for picking in picking_ids])
    assert not failures(results), results
    assert max(server.tries) > 1, "the loser was not retried, so it cannot have seen the winner"
    with server.env() as env:
        order = env["sale.order"].browse(order_id)
        assert order.order_line.mapped("qty_delivered") == [10.0, 10.0]
        assert order.shipment_ids.mapped("amount") == [100.0, 100.0]
        assert len(set(order.shipment_ids.mapped("name"))) == 2
        assert order.is_fully_dispatched
        assert sum(order.instalment_ids.mapped("amount")) == order.amount_total
