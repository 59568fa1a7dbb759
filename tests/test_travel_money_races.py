# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races about money: an advance paid twice, one advance settled with two claims, one budget used by two trips at once; see
``test_races`` for how."""
from datetime import datetime, timedelta

import pytest
from test_races import failures, let_two_managers_decide, read, serve_clone

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.business_dept.controls import ControlError

START = datetime(2032, 3, 2, 1)


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        let_two_managers_decide(server, "travel_request_manager", "vehicle_request_manager")
        with server.env() as env:
            company = env.ref("base.main_company")
            groups = env.ref("base.group_user") + env.ref("business_dept.group_finance")
            env["res.users"].create({
                "name": "Second Finance", "login": "finance2", "lang": "en_US", "group_ids": [Command.set(groups.ids)]})
            server.journal = env["account.journal"].search([("type", "=", "cash"), ("company_id", "=", company.id)], limit=1).id
        yield server


@pytest.fixture
def person(server):
    """A new employee without money of the company."""
    with server.env() as env:
        return env["hr.employee"].create({
            "name": "Traveller", "company_id": env.ref("base.main_company").id, "tz": "Asia/Shanghai",
        }).id


def make_advance(server, person, amount, pay=True):
    """An approved advance, by default paid."""
    with server.env() as env:
        company = env.ref("base.main_company")
        advance = env["business.travel.advance"].with_company(company).create({
            "employee_id": person, "company_id": company.id, "amount": amount, "purpose": "Race",
        })
        advance.with_user(env.ref("base.user_admin"))._submit_for_approval(requester=env.ref("business_dept.user_sales_a"))
        number = advance.id
    for login in ("manager", "finance"):
        server.call(login, "business.travel.advance", "action_approval_approve", [number])
    if pay:
        server.call("finance", "business.travel.advance", "action_pay", [number], server.journal)
    return number


def make_claim(server, person, amount):
    """A claim whose expense is posted."""
    with server.env() as env:
        company = env.ref("base.main_company")
        claim = env["business.expense.claim"].create({"employee_id": person, "company_id": company.id})
        product = env["product.product"].create({"name": "Trip", "can_be_expensed": True, "supplier_taxes_id": False})
        expense = env["hr.expense"].create({
            "name": "Ride", "employee_id": person, "product_id": product.id, "total_amount_currency": amount,
            "company_id": company.id, "tax_ids": [Command.clear()],
        })
        expense._as_engine().write({"claim_id": claim.id, "approval_state": "approved"})
        expense._post_without_wizard()
        return claim.id


def balance_of(server, person):
    """``(held, owed)`` of a person by the books."""
    with server.env() as env:
        partner = env["hr.employee"].browse(person).work_contact_id
        lines = env["account.move.line"].search([("partner_id", "=", partner.id), ("parent_state", "=", "posted")])
        account = env.ref("base.main_company").travel_advance_account_id
        held = sum(lines.filtered(lambda line: line.account_id == account).mapped("balance"))
        owed = -sum(lines.filtered(lambda line: line.account_type == "liability_payable").mapped("balance"))
        return round(held, 2), round(owed, 2)


def test_paid_twice_at_once(server, person):
    """IC-14: two of finance who pay one advance at once pay it once."""
    advance = make_advance(server, person, 100.0, pay=False)
    results = server.at_once(*(
        (login, "business.travel.advance", "action_pay", [advance], server.journal) for login in ("finance", "finance2")))
    refused = failures(results)
    assert len(refused) == 1, results
    assert isinstance(refused[0], UserError), results
    assert "paid already" in str(refused[0])
    assert balance_of(server, person) == (100.0, 0.0)
    assert len(read(server, "business.travel.advance", advance, "payment_ids.id")) == 1


def test_settled_twice_at_once(server, person):
    """IC-14: two who settle one claim at once settle it once."""
    make_advance(server, person, 100.0)
    claim = make_claim(server, person, 60.0)
    results = server.at_once(*(
        (login, "business.expense.claim", "action_settle", [claim]) for login in ("finance", "finance2")))
    assert len(failures(results)) == 1, results
    assert balance_of(server, person) == (40.0, 0.0)
    assert len(read(server, "business.expense.claim", claim, "settlement_ids.id")) == 1


def test_two_claims_settled_at_once(server, person):
    """IC-14: one advance settled with two claims at once is used up once; what is left is owed."""
    advance = make_advance(server, person, 100.0)
    claims = [make_claim(server, person, amount) for amount in (70.0, 80.0)]
    results = server.at_once(*(
        (login, "business.expense.claim", "action_settle", [claim])
        for login, claim in zip(("finance", "finance2"), claims, strict=True)))
    assert not failures(results), results
    assert balance_of(server, person) == (0.0, 50.0)
    assert read(server, "business.travel.advance", advance, "state") == ["settled"]


def test_settled_and_returned_at_once(server, person):
    """IC-14: what is returned while it is settled is not counted twice."""
    advance = make_advance(server, person, 100.0)
    claim = make_claim(server, person, 70.0)
    results = server.at_once(
        ("finance", "business.expense.claim", "action_settle", [claim]),
        ("finance2", "business.travel.advance", "action_return", [advance], 60.0, server.journal))
    held, owed = balance_of(server, person)
    assert len(failures(results)) <= 1, results
    assert held >= 0.0 and owed >= 0.0
    assert (held, owed) in ((30.0, 0.0), (0.0, 30.0)), results
    assert read(server, "business.travel.advance", advance, "open_amount") == [held]


def test_one_budget_used_twice_at_once(server):
    """J1-2.3: of two trips that fit one by one and not together, approved at once, one goes through."""
    with server.env() as env:
        env["business.control"]._get_by_code("travel.budget").with_company(env.ref("base.main_company")).mode = "block"
        places = [env.ref(f"business_dept.travel_place_{name}").id for name in ("nanning", "liuzhou")]
        bus = env.ref("business_dept.transport_class_bus").id
        env["business.travel.budget"].create({
            "company_id": env.ref("base.main_company").id, "department_id": env.ref("business_dept.department_business").id,
            "month": START.date(), "amount": 10 ** 6,
        })
    trips = []
    for day, login in enumerate(("sales", "sales2")):
        with server.env(login) as env:
            trip = env["business.travel.request"].create({"purpose": "Visit", "leg_ids": [Command.create({
                "from_id": places[number % 2], "to_id": places[1 - number % 2], "class_id": bus, "estimated_fare": 60,
                "departure": START + timedelta(days=3 * day + number),
                "arrival": START + timedelta(days=3 * day + number, hours=3),
            }) for number in range(2)]})
            trip.action_approval_submit()
            trips.append(trip.id)
    first, second = (read(server, "business.travel.request", trip, "estimated_amount")[0] for trip in trips)
    assert first and second
    with server.env() as env:
        env["business.travel.budget"].search([("month", "=", START.date().replace(day=1))]).amount = max(first, second) + 1
    results = server.at_once(*(
        (login, "business.travel.request", "action_approval_approve", [trip])
        for login, trip in zip(("manager", server.second), trips, strict=True)))
    refused = failures(results)
    assert len(refused) == 1, results
    assert isinstance(refused[0], ControlError), results
    assert sorted(read(server, "business.travel.request", trip, "state")[0] for trip in trips) == ["approved", "review"]
