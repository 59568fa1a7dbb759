# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of the report page: two reports for the last room, two answers to one question; see ``test_races`` for how."""
import threading
from unittest.mock import patch

import pytest
from test_races import TIMEOUT, serve_clone

from odoo.service import model as service


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        yield server


def at_once(server, *acts):
    """Run acts at once, each as the request of a stranger, tried again as the server does; their results."""
    barrier, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        tries = []
        with server.env() as env:
            def request():
                tries.append(1)
                env.cr.execute("SELECT 1 FROM res_users LIMIT 1")  # REPEATABLE READ: the snapshot is taken here
                if len(tries) == 1:
                    barrier.wait(TIMEOUT)
                return act(env)

            with patch.object(service.random, "uniform", lambda _low, _high: 0.05):
                results[index] = service.retrying(request, env)

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT * 2)
        assert not thread.is_alive(), "a request hangs"
    return results


def submit(env):
    """A report at the workshop: code and errors."""
    place = env.ref("business_dept.place_workshop")
    page = env["business.safety.report.page"].search([("company_id", "=", place.company_id.id)])
    Report = env["business.safety.report"]
    with patch("odoo.addons.business_dept.models.safety.report.MIN_SECONDS", 0):
        return Report._submit(page, place, {"what": "Guard missing", "stamp": Report._make_stamp(page, place)}, [])


def test_last_room(server):
    """SM-4.2.2: of two reports at once for the last room of the hour, one is taken."""
    with server.env() as env:
        place = env.ref("business_dept.place_workshop")
        env["business.safety.report.page"].search([("company_id", "=", place.company_id.id)]).place_hour_limit = 1
        before = env["business.safety.report"].search_count([])
    results = at_once(server, submit, submit)
    assert sorted(bool(code) for code, _errors in results) == [False, True], results
    assert {"form": "full"} in [errors for _code, errors in results]
    with server.env() as env:
        assert env["business.safety.report"].search_count([]) == before + 1


def test_two_answers(server):
    """SM-4.2.2: of two answers at once to one question, one is kept."""
    with server.env() as env:
        report = env["business.safety.report"].search([], limit=1)
        env["business.safety.report.message"].create({
            "report_id": report.id, "kind": "question", "body": "Which one?", "date": "2024-01-01", "user_id": env.uid})
        report_id, before = report.id, len(report.message_ids)

    def answer(env):
        return env["business.safety.report"].browse(report_id)._answer("The left one")

    assert sorted(at_once(server, answer, answer), key=str) == [None, "unasked"]
    with server.env() as env:
        assert len(env["business.safety.report"].browse(report_id).message_ids) == before + 1
