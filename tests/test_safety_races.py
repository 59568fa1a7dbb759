# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of the safety organisation: two chairs named at once, one lack found twice; see ``test_races`` for how."""

from datetime import date, timedelta

import pytest
from test_races import failures, serve_clone

from odoo.exceptions import ValidationError

SEAT, ISSUE, NEED = (
    "business.safety.committee.member", "business.safety.equipment.issue", "business.safety.equipment.need")


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        yield server


def test_two_chairs_named_at_once(server):
    """SP-4: of two who name the next chair at once, one does; the other is told who it is."""
    today = date.today()
    with server.env() as env:
        env[SEAT].search([("role", "=", "chair")]).date_to = today + timedelta(days=3)
        people = [env.ref(f"business_dept.user_{name}").id for name in ("deputy", "auditor")]
    results = server.at_once(*(
        ("executive", SEAT, "create", [{"user_id": person, "role": "chair", "date_from": str(today + timedelta(days=9))}])
        for person in people
    ))
    refused = failures(results)
    assert len(refused) == 1, results
    assert isinstance(refused[0], ValidationError), results
    with server.env() as env:
        assert env[SEAT].search_count([("role", "=", "chair"), ("date_from", ">", today)]) == 1


def test_one_lack_found_twice_at_once(server):
    """SM-4.3.2: two who give something to one person at once find what else he lacks once, and both get through."""
    with server.env() as env:
        employee = env.ref("business_dept.employee_clerk")
        env[NEED].search([("employee_id", "=", employee.id)]).unlink()
        kinds = [env.ref(f"business_dept.equipment_type_{name}").id for name in ("goggles", "mask")]
    results = server.at_once(*(
        (login, ISSUE, "create", [{"employee_id": employee.id, "type_id": kind}])
        for login, kind in zip(("safety", "executive"), kinds, strict=True)
    ))
    assert not failures(results), results
    with server.env() as env:
        assert env[NEED].search([("employee_id", "=", employee.id)]).type_id == env.ref("business_dept.equipment_type_shoes")
