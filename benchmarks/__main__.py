# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``python -m benchmarks [--quick] [--only NAME …]``: fill both databases, measure in turn, tell.

The two databases come from the environment: BUSINESS_DEPT_PLAIN_DATABASE is Odoo without us, BUSINESS_DEPT_DATABASE has
us installed; ODOO_RC names Odoo's configuration. ``make bench`` prepares all of it. The databases are changed: they
are to be clones that are dropped afterwards.
"""

import argparse
import json
import os
import subprocess
import sys

from . import report
from .catalogue import ORDERS
from .sizes import FULL, QUICK


def main() -> int:
    """Return the exit code: 1 when a limit is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="little data, one round; writes no results")
    parser.add_argument("--only", nargs="+", choices=list(ORDERS), default=list(ORDERS), metavar="NAME",
                        help="measure these; writes no results")
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    plain, ours = os.environ["BUSINESS_DEPT_PLAIN_DATABASE"], os.environ["BUSINESS_DEPT_DATABASE"]

    for database in (plain, ours):
        tell(f"filling {database}")
        work(database, "seed", options.quick)

    figures: dict[str, dict[str, list[dict]]] = {name: {plain: [], ours: []} for name in options.only}
    for number in range(sizes.rounds):
        # In turn, and the other way round in every second round: what else the machine does hits both alike.
        order = (plain, ours) if number % 2 == 0 else (ours, plain)
        for name in options.only:
            tell(f"round {number + 1} of {sizes.rounds}: {name}")
            for database in order:
                figures[name][database].append(work(database, name, options.quick))
    results = {name: report.judge(ORDERS[name], found[plain], found[ours]) for name, found in figures.items()}

    tell("")
    report.print_table(results, ORDERS)
    if not options.quick and set(options.only) == set(ORDERS):
        report.write(results)
    failed = report.failures(results)
    if failed:
        print(f"over the limit: {', '.join(failed)}")
    return 1 if failed else 0


def work(database: str, task: str, quick: bool) -> dict:
    """Carry out a task in a fresh process and return its answer."""
    command = [sys.executable, "-m", "benchmarks.worker", database, task, *(["--quick"] if quick else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"error: {task} failed in {database} (see above)")
    return json.loads(done.stdout.splitlines()[-1])


def tell(text: str) -> None:
    """Say what is going on, before the table."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
