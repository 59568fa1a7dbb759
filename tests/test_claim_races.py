# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races on claims: two requests at once, each with a cursor and a transaction of its own (see test_races)."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from odoo import fields

from odoo.addons.business_dept.controls import ControlError

from tests.test_races import serve_clone


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        with server.env() as env:
            for control in env["business.control"].search([("code", "=like", "travel.%"), ("is_fixed", "=", False)]):
                control.with_company(env.company).mode = "notify"
            env["business.control"]._get_by_code("travel.receipt_missing").with_company(env.company).mode = "off"
            env["business.travel.policy"]._ship(env.company.ids)
        yield server


def set_mode(server, code, mode):
    with server.env() as env:
        env["business.control"]._get_by_code(code).with_company(env.company).mode = mode


def make_expenses(server, number):
    """An expense of each of two salespeople, with the same invoice."""
    ids = []
    for login in ("sales", "sales2"):
        with server.env(login) as env:
            ids.append(env["hr.expense"].create({
                "name": f"Bus of {login}", "product_id": env.ref("business_dept.expense_category_transport").id,
                "transport_class_id": env.ref("business_dept.transport_class_bus").id, "total_amount_currency": 50.0,
                "invoice_number": number, "invoice_seller": "Bus Company",
            }).id)
    return ids


def read(server, ids, name):
    with server.env() as env:
        return env["hr.expense"].browse(ids).mapped(name)


def test_an_invoice_is_claimed_by_one_of_two_at_once(server):
    """RG-3.7, SR-2.2: of two who submit the same invoice at once one is refused, by whom the message tells him."""
    set_mode(server, "travel.invoice_reused", "block")
    ids = make_expenses(server, "11111111")
    results = server.at_once(*[
        (login, "hr.expense", "action_submit", [expense]) for login, expense in zip(("sales", "sales2"), ids, strict=True)
    ])
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1, results
    assert isinstance(refused[0], ControlError), refused
    assert "11111111" in str(refused[0])
    assert sorted(read(server, ids, "state")) == ["draft", "submitted"]
    with server.env() as env:
        assert env["business.invoice.use"].search_count([("number", "=", "11111111")]) == 1
        event = env["business.control.event"].search([("res_model", "=", "hr.expense"), ("outcome", "=", "refused")], limit=1)
        assert event.control_id.code == "travel.invoice_reused"


def test_of_two_noted_at_once_one_holds_the_invoice(server):
    """RG-3.7: when the control only notifies, both go through, one holds the invoice, the other one is noted."""
    set_mode(server, "travel.invoice_reused", "notify")
    ids = make_expenses(server, "22222222")
    results = server.at_once(*[
        (login, "hr.expense", "action_submit", [expense]) for login, expense in zip(("sales", "sales2"), ids, strict=True)
    ])
    assert not [result for result in results if isinstance(result, Exception)], results
    assert read(server, ids, "state") == ["submitted", "submitted"]
    with server.env() as env:
        use = env["business.invoice.use"].search([("number", "=", "22222222")])
        assert len(use) == 1
        noted = env["business.control.event"].search([
            ("res_model", "=", "hr.expense"), ("res_id", "in", ids), ("control_id.code", "=", "travel.invoice_reused")])
        assert noted.res_id in set(ids) - {use.expense_id.id}


def test_a_claim_is_made_once_by_two_presses(server):
    """TE-2: the button pressed twice at once makes one claim with each line once."""
    with server.env() as env:
        employee = env.ref("business_dept.employee_sales_a")
        day = fields.Datetime.now() + timedelta(days=5)
        places = env["business.travel.place"].create([{"name": "Race Start"}, {"name": "Race End"}])
        trip = env["business.travel.request"].create({
            "employee_id": employee.id, "traveller_ids": [(6, 0, employee.ids)], "purpose": "Race",
            "leg_ids": [(0, 0, {
                "from_id": start.id, "to_id": end.id, "class_id": env.ref("business_dept.transport_class_bus").id,
                "departure": day + timedelta(hours=hours), "arrival": day + timedelta(hours=hours + 2),
            }) for start, end, hours in ((*places, 0), (*reversed(places), 30))],
        })
        with patch.object(type(trip), "_check_ready", lambda self: None):
            approval = trip._submit_for_approval(requester=employee.user_id)
        while approval.state == "pending":
            approval.with_user(approval.current_user_ids[0]).action_approve()
        assert trip.state == "approved"
    results = server.at_once(*[("sales", "business.travel.request", "action_make_claim", [trip.id]) for _press in range(2)])
    assert not [result for result in results if isinstance(result, Exception)], results
    assert results[0]["res_id"] == results[1]["res_id"]
    with server.env() as env:
        claim = env["business.expense.claim"].search([("travel_request_id", "=", trip.id)])
        assert len(claim) == 1
        assert sorted(claim.expense_ids.mapped("travel_kind")) == ["allowance", "transport", "transport"]


def test_approved_and_changed_at_once(server):
    """Attack 17: of an approval and a change of the amount at once the change comes too late."""
    set_mode(server, "travel.expense_route", "block")
    with server.env("sales") as env:
        expense = env["hr.expense"].create({
            "name": "Bus", "product_id": env.ref("business_dept.expense_category_transport").id,
            "transport_class_id": env.ref("business_dept.transport_class_bus").id, "total_amount_currency": 50.0,
        })
    server.call("sales", "hr.expense", "action_submit", [expense.id])
    claim_id = read(server, [expense.id], "claim_id").ids[0]
    server.call("manager", "business.expense.claim", "action_approval_approve", [claim_id])
    approve, change = server.at_once(
        ("finance", "business.expense.claim", "action_approval_approve", [claim_id]),
        ("admin", "hr.expense", "write", [expense.id], {"total_amount": 1999.0}),
    )
    assert not isinstance(approve, Exception), approve
    assert isinstance(change, ControlError), change
    assert read(server, [expense.id], "total_amount") == [50.0]
    assert read(server, [expense.id], "state") == ["approved"]
