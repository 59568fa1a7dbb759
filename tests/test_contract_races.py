# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of contracts: signed, amended and used up at once; see ``test_races`` for how."""
import pytest
from test_races import Server, failures, read

from odoo import Command
from odoo.modules.registry import Registry
from odoo.sql_db import close_db

from odoo.addons.business_dept.controls import ControlError

from dev import database

MODES = {
    "contract.required": "approve", "contract.formal_approval": "approve", "contract.unamended": "block",
    "contract.amendment_unsigned": "notify",
    "contract.sign_unapproved": "block", "contract.read_through": "block",
}


@pytest.fixture(scope="module")
def server():
    name = database.clone("product")
    try:
        server = Server(name)
        with server.env() as env:
            env["res.users"].search([("share", "=", False)]).lang = "en_US"
            for control in env["business.control"].search([("domain", "in", ("customer", "contract"))]):
                control.with_company(env.company).write({"mode": MODES.get(control.code, "off"), "threshold": 0})
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
