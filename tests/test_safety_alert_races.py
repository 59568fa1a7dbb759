# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Two jobs at once tell of a deadline once (SM-4.2.1)."""
import threading
from datetime import date

import pytest
from psycopg2.errors import SerializationFailure

from tests.test_races import TIMEOUT, serve_clone


@pytest.fixture(scope="module")
def server():
    with serve_clone({}) as server:
        yield server


def test_two_jobs_tell_once(server):
    """SM-4.2.1: of two jobs with the same snapshot one tells; the other leaves what is told, or fails and tells nothing."""
    with server.env() as env:
        kind = env["business.safety.qualification.type"].create({"name": "Race"})
        record = env["business.safety.qualification"].create({
            "employee_id": env.ref("business_dept.employee_sales_a").id, "type_id": kind.id, "date_from": date(2020, 1, 1),
            "date_to": date(2020, 12, 31)})
    barrier, failures = threading.Barrier(2), []

    def run():
        with server.env() as env:
            env.cr.execute("SELECT 1 FROM res_users LIMIT 1")  # REPEATABLE READ: the snapshot is taken here
            barrier.wait(TIMEOUT)
            try:
                env["business.safety.qualification"]._tell_alerts()
                env.cr.commit()
            except SerializationFailure as error:
                failures.append(error)
                env.cr.rollback()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT * 2)
        assert not thread.is_alive(), "a job hangs"
    with server.env() as env:
        record = env[record._name].browse(record.id)
        assert record.alert_step == 3
        people = env["mail.activity"].search([("res_model", "=", record._name), ("res_id", "=", record.id)]).user_id
        activities = env["mail.activity"].search_count([("res_model", "=", record._name), ("res_id", "=", record.id)])
        assert activities == len(people) > 1
        assert env["business.control.event"].search_count([("res_model", "=", record._name), ("res_id", "=", record.id)]) == 1
