# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of permits and inspections: work started while it is stopped, people added while it is approved, an item answered while
the inspection is closed; see ``test_races`` for how."""
from datetime import timedelta

import pytest
from test_races import failures, serve_clone

from odoo import Command, fields

from odoo.addons.business_dept.controls import ControlError

PERMIT, INCIDENT, INSPECTION = "business.safety.permit", "business.safety.incident", "business.safety.inspection"


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        yield server


def make_permit(server):
    """A permit that the clerk asks for at a place of its own."""
    with server.env() as env:
        kind = env["business.safety.permit.type"].create({"name": "Digging", "max_hours": 8})
        place = env["business.safety.place"].create({"name": "Trench"})
    now = fields.Datetime.now()
    with server.env("clerk") as env:
        people = env["hr.employee"].sudo().search([("user_id", "=", False), ("company_id", "=", env.company.id)], limit=2)
        if len(people) < 2:
            people = env["hr.employee"].sudo().create([{"name": name} for name in ("Digger", "Watcher")])
        permit = env[PERMIT].create({
            "type_id": kind.id, "place_id": place.id, "description": "Dig", "worker_ids": [Command.set(people[0].ids)],
            "guardian_id": people[1].id, "date_from": now - timedelta(minutes=5), "date_to": now + timedelta(hours=6),
        })
        permit.action_approval_submit()
        return permit.id


def approve(server, permit, steps=None):
    """Let those whose turn it is approve, until it is approved or some steps were taken."""
    taken = 0
    while steps is None or taken < steps:
        with server.env() as env:
            approval = env[PERMIT].browse(permit).approval_id
            if approval.state != "pending":
                return
            user = approval.current_user_ids[0]
            approval.with_env(env(user=user)).action_approve()
        taken += 1


def test_started_while_it_is_stopped(server):
    """SM-4.4.1: a stop-work and a start at once: one sees the other, and what has started goes on only after a restart."""
    permit = make_permit(server)
    approve(server, permit)
    with server.env() as env:
        place = env[PERMIT].browse(permit).place_id
        incident = env[INCIDENT].create({
            "title": "Gas", "place_id": place.id, "severity_id": env.ref("business_dept.severity_near_miss").id})
        incident.with_user(env.ref("business_dept.user_safety")).action_report_up()
        incident = incident.id
    results = server.at_once(
        ("clerk", PERMIT, "action_start", [permit]),
        ("safety", INCIDENT, "action_stop_work", [incident], "place", "Gas in the trench"),
    )
    refused = failures(results)
    assert len(refused) <= 1, results
    assert not refused or (isinstance(refused[0], ControlError) and refused[0] is results[0]), results
    assert max(server.tries) == 2
    with server.env() as env:
        record = env[PERMIT].browse(permit)
        assert record.is_suspended
        assert bool(record.date_started) == (not refused)
        stop = env[INCIDENT].browse(incident).stop_ids.id
    server.call("executive", "business.safety.stop", "action_lift_stop", [stop], "Aired")
    with server.env() as env:
        assert env[PERMIT].browse(permit).is_suspended == (not refused)


def test_worker_added_while_it_is_approved(server):
    """SM-4.3.1: a worker added in the moment of the last approval: never issued with people whom nobody approved."""
    permit = make_permit(server)
    with server.env() as env:
        steps = len(env[PERMIT].browse(permit).approval_id.step_ids)
        other = env["hr.employee"].create({"name": "Stowaway"}).id
    approve(server, permit, steps - 1)
    with server.env() as env:
        login = env[PERMIT].browse(permit).approval_id.current_user_ids[0].login
    results = server.at_once(
        (login, PERMIT, "action_approval_approve", [permit]),
        ("clerk", PERMIT, "write", [permit], {"worker_ids": [Command.link(other)]}),
    )
    with server.env() as env:
        record = env[PERMIT].browse(permit)
        added = other in record.worker_ids.ids
        assert not (added and record.state == "approved"), results
        assert record.state == "approved" or added, results


def test_answered_while_it_is_closed(server):
    """SM-4.2.1: an item answered in the moment of closing: the score is that of the answers that stand there."""
    with server.env("safety") as env:
        place, checklist = env.ref("business_dept.place_office"), env.ref("business_dept.checklist_office")
        inspection = env[INSPECTION].create({"place_id": place.id, "checklist_id": checklist.id})
        inspection.action_start()
        inspection.line_ids.action_answer("pass")
        inspection, line = inspection.id, inspection.line_ids[0].id
    results = server.at_once(
        ("safety", INSPECTION, "action_close", [inspection]),
        ("safety", "business.safety.inspection.line", "action_answer", [line], "fail", "Cable on the floor"),
    )
    assert len(failures(results)) <= 1, results
    assert max(server.tries) == 2
    with server.env() as env:
        record = env[INSPECTION].browse(inspection)
        assert record.state == "closed"
        assert (record.score == 100.0) == all(line.result == "pass" for line in record.line_ids), results
