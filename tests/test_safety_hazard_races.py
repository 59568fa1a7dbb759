# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of hazards: verified while the evidence changes, verified twice; see ``test_races`` for how."""
from datetime import timedelta

import pytest
from test_races import failures, read, serve_clone

from odoo import Command, fields
from odoo.exceptions import UserError

MODEL = "business.safety.hazard"


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        yield server


@pytest.fixture
def hazard(server):
    """A hazard of the demo company that is being put right by the clerk, with evidence."""
    with server.env("sales") as env:
        hazard = env[MODEL].create({"title": "Guard missing", "place_id": env.ref("business_dept.place_workshop").id})
    with server.env("safety") as env:
        found = env[MODEL].browse(hazard.id)
        found.write({
            "likelihood": "2", "severity": "2", "measures": "Mount it", "interim_protection": "Switched off",
            "responsible_id": env.ref("business_dept.user_clerk").id,
            "date_deadline": fields.Date.today() + timedelta(days=3),
        })
        found.action_assess()
    with server.env("clerk") as env:
        env[MODEL].browse(hazard.id).write({
            "rectification_note": "Mounted", "evidence_ids": [Command.create({"name": "after.txt", "raw": b"right"})]})
    return hazard.id



def test_evidence_changed_while_submitted(server, hazard):
    """SM-4.2.1: evidence is not exchanged or deleted in the moment in which it is submitted."""
    with server.env() as env:
        file = env[MODEL].browse(hazard).evidence_ids.id
    results = server.at_once(
        ("clerk", MODEL, "action_rectified", [hazard]),
        ("clerk", "ir.attachment", "write", [file], {"raw": b"other"}),
    )
    with server.env() as env:
        found = env[MODEL].browse(hazard)
        assert found.state == "verifying", results
        # either the exchange came first, or it was refused: never after the submission
        assert (found.evidence_ids.raw == b"other") == (not failures(results)), results


def test_evidence_changed_while_verified(server, hazard):
    """SM-4.2.1: sent back and verified at once: one of them; what was verified keeps the evidence that was seen."""
    server.call("clerk", MODEL, "action_rectified", [hazard])
    results = server.at_once(
        ("safety", MODEL, "action_verify", [hazard], "Seen"),
        ("executive", MODEL, "action_send_back", [hazard], "Not there"),
    )
    assert len(failures(results)) == 1, results
    state = read(server, MODEL, hazard, "state")[0]
    with server.env() as env:
        file = env[MODEL].browse(hazard).evidence_ids.id
    if state == "closed":
        with pytest.raises(UserError):
            server.call("clerk", "ir.attachment", "unlink", [file])
    else:
        assert state == "rectifying"
        server.call("clerk", "ir.attachment", "unlink", [file])
        with pytest.raises(UserError):
            server.call("clerk", MODEL, "action_rectified", [hazard])


def test_verified_twice_at_once(server, hazard):
    """SM-4.2.1: of two verifications at once one counts, and the other is told."""
    server.call("clerk", MODEL, "action_rectified", [hazard])
    results = server.at_once(
        ("safety", MODEL, "action_verify", [hazard], "Seen by the officer"),
        ("executive", MODEL, "action_verify", [hazard], "Seen by the chair"),
    )
    refused = failures(results)
    assert len(refused) == 1, results
    assert isinstance(refused[0], UserError), results
    with server.env() as env:
        found = env[MODEL].browse(hazard)
        winner = "safety" if results[0] is True else "executive"
        assert (found.state, found.verified_by_id.login) == ("closed", winner)


def test_major_verified_twice_at_once(server, hazard):
    """SM-4.2.3: two verifications of a major hazard make one request for its removal."""
    with server.env("safety") as env:
        found = env[MODEL].browse(hazard)
        found.write({"supervisor_id": env.ref("business_dept.user_finance").id, "emergency_plan": "Stop", "is_free": True})
        found.action_reassess("5", "5", False, "Worse")
    server.call("clerk", MODEL, "action_rectified", [hazard])
    results = server.at_once(
        ("safety", MODEL, "action_verify", [hazard], "Seen by the officer"),
        ("executive", MODEL, "action_verify", [hazard], "Seen by the chair"),
    )
    assert len(failures(results)) == 1, results
    with server.env() as env:
        approvals = env["business.approval"].search([("res_model", "=", MODEL), ("res_id", "=", hazard)])
        assert approvals.mapped("state") == ["pending"]
        assert env[MODEL].browse(hazard).state == "removal"
