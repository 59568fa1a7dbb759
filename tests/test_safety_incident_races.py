# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of incidents: work that goes on while it turns out to be worse, an incident closed while a measure is added."""
from datetime import timedelta

import pytest
from test_races import failures, serve_clone

from odoo import Command, fields

from odoo.addons.business_dept.controls import ControlError

INCIDENT = "business.safety.incident"


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        yield server


def report(server, severity="lost_time", **vals):
    """An incident in the workshop, of which the leading group was told."""
    with server.env("clerk") as env:
        incident = env[INCIDENT].create({
            "title": "Cut hand", "place_id": env.ref("business_dept.place_workshop").id,
            "severity_id": env.ref(f"business_dept.severity_{severity}").id,
            "date_occurred": fields.Datetime.now() - timedelta(minutes=5), **vals,
        })
        incident.with_user(env.ref("business_dept.user_safety")).action_report_up()
        return incident.id


def state(server, incident):
    with server.env() as env:
        record = env[INCIDENT].browse(incident)
        return record.state, record.is_stopped, record.open_action_count


def test_lift_while_it_turns_out_worse(server):
    """SM-4.4.1: a stop lifted while the severity is raised: work stands still afterwards, whoever came first."""
    incident = report(server, "near_miss", stop_request="place")
    with server.env() as env:
        stop = env[INCIDENT].browse(incident).stop_ids.id
        fatal = env.ref("business_dept.severity_fatal").id
    results = server.at_once(
        ("executive", "business.safety.stop", "action_lift_stop", [stop], "Safe again"),
        ("safety", INCIDENT, "write", [incident], {"severity_id": fatal}),
    )
    assert not failures(results), results
    assert max(server.tries) == 2
    with server.env() as env:
        stops = env[INCIDENT].browse(incident).stop_ids.sorted("id")
        assert [bool(stop.date_lifted) for stop in stops] == [True, False]


def test_lift_while_a_measure_comes_first(server):
    """SM-4.4.1: a stop lifted while a measure is laid down that comes before: one of them sees the other."""
    incident = report(server)
    with server.env() as env:
        stop = env[INCIDENT].browse(incident).stop_ids.id
        owner = env.ref("business_dept.user_clerk").id
    results = server.at_once(
        ("executive", "business.safety.stop", "action_lift_stop", [stop], "Safe again"),
        ("safety", INCIDENT, "write", [incident], {"action_ids": [Command.create({
            "name": "Guard", "owner_id": owner, "date_deadline": "2099-01-01", "is_interim": True})]}),
    )
    refused = failures(results)
    assert len(refused) <= 1
    assert not refused or isinstance(refused[0], ControlError)
    assert max(server.tries) == 2
    _state, stopped, _count = state(server, incident)
    assert stopped == bool(refused)


def test_close_while_a_measure_is_added(server):
    """SM-4.4.2: closed while a measure is laid down: never closed with an open one."""
    incident = report(server, "near_miss")
    with server.env() as env:
        env[INCIDENT].browse(incident).write({
            "facts": "x", "conclusion": "y", "investigator_ids": [Command.set(env.ref("business_dept.user_manager").ids)],
            "cause_ids": [Command.create({"name": "a", "why_1": "b", "why_2": "c", "why_3": "d", "kind": "human"})]})
        owner = env.ref("business_dept.user_clerk").id
    server.call("safety", INCIDENT, "action_finish_investigation", [incident])
    results = server.at_once(
        ("safety", INCIDENT, "action_close", [incident]),
        ("manager", INCIDENT, "write", [incident], {"action_ids": [Command.create({
            "name": "Guard", "owner_id": owner, "date_deadline": "2099-01-01"})]}),
    )
    refused = failures(results)
    assert len(refused) == 1, results
    assert isinstance(refused[0], ControlError), results
    assert state(server, incident) in (("closed", False, 0), ("acting", False, 1))
