# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``python -m benchmarks [--quick] [--only NAME …]``: fill the databases, measure in turn, tell.

The databases come from the environment: BUSINESS_DEPT_PLAIN_DATABASE is Odoo without us, BUSINESS_DEPT_DATABASE has us
installed, BUSINESS_DEPT_OCA_DATABASE has OCA's addons instead, or is missing. ODOO_RC names Odoo's configuration,
BUSINESS_DEPT_OCA_RC the one with OCA's addons in its path. ``make bench`` prepares all of it. The databases are
changed: they are to be clones that are dropped afterwards.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import partial

from . import report
from .catalogue import CATALOGUE, DOSSIERS, DOSSIERS_OFF, EXPENSES, IMPORTS, ORDERS, REVIEWS, SAFETY, SAFETY_CALLS, Limits
from .grades import tell_grades
from .sizes import FULL, QUICK, Sizes
from .turns import Side, take_turns

SIDES = {
    "plain": "BUSINESS_DEPT_PLAIN_DATABASE", "ours": "BUSINESS_DEPT_DATABASE", "oca": "BUSINESS_DEPT_OCA_DATABASE",
}
TITLES = {"plain": "plain Odoo", "ours": "ours", "oca": "OCA's addons"}


def main() -> int:
    """Return the exit code: 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="little data, one round; writes no results")
    parser.add_argument("--only", nargs="+", choices=list(CATALOGUE), metavar="NAME",
                        help="measure these; the results of the others stay as they are")
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    wanted = options.only or [*ORDERS, *EXPENSES, *sizes.reviews, *sizes.imports, *DOSSIERS, *DOSSIERS_OFF, *SAFETY]

    # of databases that are not filled yet
    dossiers = measure_dossiers([name for name in wanted if name in DOSSIERS], sizes)
    dossiers |= measure_dossiers_off([name for name in wanted if name in DOSSIERS_OFF], sizes)
    safety = measure_safety([name for name in wanted if name in SAFETY], sizes)
    results = measure_in_turn({name: ORDERS[name] for name in wanted if name in ORDERS}, "seed", SIDES, sizes)
    results |= measure_in_turn(
        {name: EXPENSES[name] for name in wanted if name in EXPENSES}, "seed_expenses", ("plain", "ours"), sizes)
    results |= {name: measure_in_ours(name, sizes) for name in wanted if name in REVIEWS or name in IMPORTS}
    results |= dossiers | safety

    tell("")
    report.print_table(results)
    report.print_growth(results)
    tell_grades()
    if sizes is FULL:
        report.write(results)
    failed = report.failures(results)
    if failed:
        print(f"over the limit: {', '.join(failed)}")
    return 1 if failed else 0


def measure_in_turn(names: Mapping[str, Limits], seed: str, sides: Iterable[str], sizes: Sizes) -> dict[str, dict]:
    """Fill databases alike, and measure acts in them in turn.

    :param names: the acts
    :param seed: the worker's task that fills a database
    :param sides: those that are measured, as far as they have a database
    """
    databases = {side: os.environ[SIDES[side]] for side in sides if os.environ.get(SIDES[side])}
    if names:
        for side, database in databases.items():
            tell(f"filling the database: {TITLES[side]}")
            work(database, seed, sizes, environment=environment(side))
    found: dict[str, list[dict[str, dict]]] = {name: [] for name in names}
    for number in range(sizes.rounds):
        for name in names:
            tell(f"round {number + 1} of {sizes.rounds}: {name}")
            start = {
                side: partial(Side, database, name, quick(sizes), environment(side))
                for side, database in databases.items()
            }
            turns = sizes.slow_turns if names[name].slow else sizes.turns
            found[name] += take_turns(start, turns, forwards=number % 2 == 0)
    return {name: report.judge_turns(name, turns) for name, turns in found.items()}


def measure_in_ours(name: str, sizes: Sizes) -> dict:
    """Measure a review or an import in our database; one process measures it and what it is held against in turn."""
    tell(name)
    answer = work(os.environ["BUSINESS_DEPT_DATABASE"], name, sizes)
    plain, ours = (
        {"seconds": answer[side], "statements": answer[f"statements_{side}"]} for side in ("plain", "ours")
    )
    return report.judge(name, [plain], [ours])


def measure_dossiers(names: list[str], sizes: Sizes) -> dict[str, dict]:
    """Measure calls with hidden customers in clones of our database: the superuser's, the salesperson's and others'."""
    results: dict[str, dict] = {}
    for share in sorted({DOSSIERS[name][1] for name in names}):
        growth: dict[int, dict] = {}
        calls = {name: call for name in names for call, its_share in [DOSSIERS[name]] if its_share == share}
        for partners in sizes.dossiers:
            tell(f"{partners:,} partners, {share} % of the customers hidden")
            growth[partners] = work_on_dossiers("BUSINESS_DEPT_DATABASE", partners, share, calls, sizes)
        for name, call in calls.items():
            users = growth[max(growth)][call]
            results[name] = report.judge(name, [users["superuser"]], [users["salesperson"]])
            results[name]["growth"] = {
                str(partners): {user: round(figures["seconds"], 5) for user, figures in found[call].items()}
                for partners, found in growth.items()
            }
    return results


def measure_dossiers_off(names: list[str], sizes: Sizes) -> dict[str, dict]:
    """Measure the salesperson's calls with nobody hidden, in clones of both databases."""
    if not names:
        return {}
    tell(f"{sizes.dossiers_off:,} partners, nobody hidden")
    plain, ours = "BUSINESS_DEPT_PLAIN_DATABASE", "BUSINESS_DEPT_DATABASE"
    found: dict[str, list[dict]] = {plain: [], ours: []}
    calls = {name: DOSSIERS_OFF[name] for name in names}
    for variable in (plain, ours, ours, plain):  # what else the machine does hits both alike
        found[variable].append(work_on_dossiers(variable, sizes.dossiers_off, 0, calls, sizes))

    def judge(name: str) -> dict:
        sides = ([answer[calls[name]]["salesperson"] for answer in found[side]] for side in (plain, ours))
        return report.judge(name, *sides)

    return {name: judge(name) for name in names}


def measure_safety(names: list[str], sizes: Sizes) -> dict[str, dict]:
    """Measure lists and overview by the superuser and an employee, the job of deadlines, and a flood of reports, each in
    clones of our database."""
    def work_on_safety(task: str, records: int) -> dict:
        tell(f"{task}: {records:,}")
        return work(os.environ["BUSINESS_DEPT_DATABASE"], task, sizes, "--records", str(records))

    results: dict[str, dict] = {}
    if calls := {f"safety_{call}": call for call in SAFETY_CALLS if f"safety_{call}" in names}:
        growth = {records: work_on_safety("safety_calls", records) for records in sizes.safety}
        for name, call in calls.items():
            users = growth[max(growth)][call]
            results[name] = report.judge(name, [users["superuser"]], [users["employee"]])
            results[name]["growth"] = {
                str(records): {user: round(figures["seconds"], 5) for user, figures in found[call].items()}
                for records, found in growth.items()
            }
    if "safety_alerts" in names:
        few, many = (work_on_safety("safety_alerts", records) for records in sizes.late)
        results["safety_alerts"] = report.judge("safety_alerts", [few], [many])
    if "safety_flood" in names:
        sides = work_on_safety("safety_flood", sizes.flood)
        results["safety_flood"] = report.judge("safety_flood", [sides["plain"]], [sides["ours"]])
    return results


def work_on_dossiers(variable: str, partners: int, share: int, calls: dict[str, str], sizes: Sizes) -> dict:
    """Fill a clone of a database and measure calls in it."""
    return work(
        os.environ[variable], "dossiers", sizes,
        "--partners", str(partners), "--hidden", str(share), "--calls", *calls.values(),
    )


def work(
    database: str, task: str, sizes: Sizes, *arguments: str, environment: Mapping[str, str] | None = None,
) -> dict:
    """Carry out a task in a fresh process and return its answer."""
    command = [sys.executable, "-m", "benchmarks.worker", database, task, *quick(sizes), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=environment)
    if done.returncode:
        sys.exit(f"error: {task} failed in {database} (see above)")
    return json.loads(done.stdout.splitlines()[-1])


def quick(sizes: Sizes) -> list[str]:
    """What tells a worker how much data there is."""
    return ["--quick"] if sizes is QUICK else []


def environment(side: str) -> dict[str, str]:
    """The environment of a process that works on a side's database."""
    return os.environ | ({"ODOO_RC": os.environ["BUSINESS_DEPT_OCA_RC"]} if side == "oca" else {})


def tell(text: str) -> None:
    """Say what is going on, before the table."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
