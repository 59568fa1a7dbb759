# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Safety: what an employee's lists and the morning's overview cost beside the same calls of the superuser, what the job of
deadlines costs for a record, and what a flood of reports from nobody costs (SM-4.2). In clones of our database."""

import gc
import itertools
import time
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .dossiers import COUNT_LIMIT, PAGE
from .form_spec import get_specification
from .odoo_process import read_clock, transaction
from .seed import PREFIX
from .sizes import Sizes
from .sql import multiply

EMPLOYEE = "bench_safety_worker"
PLACES = 100
FEW = 10  # hazards and inspections that are not late, beside those that are
NOTHING = "x" * 24  # looks like the address of a page


def seed_safety(registry: Registry, count: int, late: int = 0) -> None:
    """Fill a database that has business_dept: so many hazards and as many inspections, at a hundred places.

    One hazard in ten is open, one in a hundred major; one inspection in fifty is open. Deadlines are a hash of the row's
    number over two years, so the order of a list has nothing to do with the order on disk.

    :param late: so many inspections are open and ten days late, and the other deadlines are still to come
    """
    with transaction(registry, commit=True) as env:
        env = env(context={**env.context, "allowed_company_ids": env.ref("base.main_company").ids, "tracking_disable": True})
        user = env["res.users"].with_context(no_reset_password=True).create({
            "name": f"{PREFIX} Worker", "login": EMPLOYEE, "company_id": env.company.id,
            "company_ids": env.company.ids, "group_ids": env.ref("base.group_user").ids,
        })
        department = env["hr.department"].create({
            "name": f"{PREFIX} Works", "company_id": env.company.id, "safety_responsible_id": env.ref("base.user_admin").id})
        places = env["business.safety.place"].create([
            {"name": f"{PREFIX} Place {number}", "company_id": env.company.id, "department_id": department.id}
            for number in range(PLACES)])
        hazard = env["business.safety.hazard"]._report([{
            "title": "Loose cable", "company_id": env.company.id, "place_id": places[0].id, "department_id": department.id,
            "source": "employee", "reporter_id": user.id}])
        inspection = env["business.safety.inspection"].create({
            "company_id": env.company.id, "place_id": places[0].id, "inspector_id": user.id,
            "checklist_id": env.ref("business_dept.checklist_workshop").id, "kind": "special"})
        env.flush_all()
        if late:
            env.cr.execute("UPDATE business_safety_hazard SET date_deadline = NULL")
            env.cr.execute(SQL("UPDATE business_safety_inspection SET date_deadline = %s", fields.Date.today() + timedelta(99)))
        day = "(CURRENT_DATE - 600 + mod(hashint4(n::int) & 65535, 730))"
        place = f"{places[0].id} + mod(n, {PLACES})"
        state = "CASE WHEN mod(n, 10) = 0 THEN 'rectifying' ELSE 'closed' END"
        for each, share in ((hazard, count), (inspection, count)):
            multiply(env.cr, each._table, each.ids, share, {
                "name": f"'{PREFIX}/' || n", "place_id": place, "date_deadline": day,
                **({"state": state, "is_major": "mod(n, 100) = 0", "date_found": f"{day} - 14",
                    "level": "(ARRAY['low', 'medium', 'high', 'extreme'])[1 + mod(n, 4)]",
                    "date_closed": "CASE WHEN mod(n, 10) = 0 THEN NULL ELSE now() END"} if each is hazard else {
                    "state": "CASE WHEN mod(n, 50) = 0 THEN 'open' ELSE 'closed' END",
                    "date_closed": "CASE WHEN mod(n, 50) = 0 THEN NULL ELSE now() END"}),
            })
        multiply(env.cr, inspection._table, inspection.ids, late, {
            "name": f"'{PREFIX}/L' || n", "place_id": place, "date_deadline": "CURRENT_DATE - 10"})
        env.cr.execute("ANALYZE business_safety_hazard, business_safety_inspection")


def read_hazards(records) -> object:
    """First page of the list of all hazards, with the count."""
    return _read_page(records.env["business.safety.hazard"])


def read_inspections(records) -> object:
    """First page of the list of all inspections, with the count."""
    return _read_page(records.env["business.safety.inspection"])


def read_overview(records) -> object:
    """The morning's overview."""
    return records.env["business.safety.overview"].get_overview()


CALLS: dict[str, Callable] = {"hazards": read_hazards, "inspections": read_inspections, "overview": read_overview}


def measure_calls(registry: Registry, records: int, sizes: Sizes, warmups: int = 1) -> dict[str, dict]:
    """Measure each call by the superuser and by an employee without a post, in turn.

    :param records: hazards, and as many inspections
    :return: for each call: for ``superuser`` and ``employee`` the best time and the statements
    """
    seed_safety(registry, records)
    found: dict[str, dict[str, list]] = {name: {"superuser": [], "employee": []} for name in CALLS}
    for number, (name, call) in itertools.product(range(warmups + sizes.safety_rounds), CALLS.items()):
        for who, figures in found[name].items():
            with transaction(registry, EMPLOYEE) as env:
                start = env["business.safety.hazard"].sudo(who == "superuser")
                for model in ("business.safety.hazard", "business.safety.inspection"):
                    _specification(env[model])
                env.invalidate_all()
                measured = _measure(env, lambda call=call, start=start: call(start))
                if number >= warmups:
                    figures.append(measured)
    return {name: {who: _best(rows) for who, rows in sides.items()} for name, sides in found.items()}


def measure_alerts(registry: Registry, records: int, sizes: Sizes) -> dict:
    """The job of deadlines, as the server runs it.

    :param records: late inspections
    """
    seed_safety(registry, FEW, records)
    with transaction(registry, commit=True) as env:
        seconds, statements = _measure(env, env["business.safety.alert.mixin"]._cron_alert_all)
        told = env["business.safety.inspection"].search_count([("name", "=like", f"{PREFIX}/L%"), ("alert_step", ">", 0)])
        assert told == records, f"{told} of {records} were told of"
        return {"seconds": seconds, "statements": statements}


def measure_flood(registry: Registry, records: int, sizes: Sizes) -> dict[str, dict]:
    """Submissions to a full page, beside as many requests of an address that is none.

    :param records: how many
    """
    with transaction(registry) as env:
        Page, Report = env["business.safety.report.page"], env["business.safety.report"].sudo()
        page, place = Page._find(Page.search([("company_id", "=", env.ref("base.main_company").id)]).report_token)
        Report._add_to_counts(page, place, 10 ** 6)
        values = {"what": "Flood", "stamp": Report._make_stamp(page, place)}

        def submit():
            for _number in range(records):
                found, place = Page._find(page.report_token)
                assert Report._submit(found, place, dict(values), [])[1] == {"form": "full"}

        def ask():
            for _number in range(records):
                assert not Page._find(NOTHING)[0]

        later = time.time() + 60  # nobody fills in a form at once
        with patch.object(time, "time", lambda: later):
            sides = {"plain": _measure(env, ask), "ours": _measure(env, submit)}
        return {side: {"seconds": seconds, "statements": statements} for side, (seconds, statements) in sides.items()}


def _measure(env: api.Environment, act: Callable[[], object]) -> tuple[float, int]:
    """What an act takes: seconds that a processor worked for it, and statements."""
    gc.collect()
    server, before = env.cr.connection.info.backend_pid, env.cr.sql_log_count
    start = read_clock(server)
    act()
    env.flush_all()
    return read_clock(server) - start, env.cr.sql_log_count - before


def _best(rows: list[tuple[float, int]]) -> dict:
    seconds, statements = min(rows)
    return {"seconds": seconds, "statements": statements}


def _read_page(records) -> object:
    return records.web_search_read([], _specification(records), limit=PAGE, count_limit=COUNT_LIMIT)


def _specification(records) -> dict:
    return get_specification(records.sudo(False).env, records._name, "list")
