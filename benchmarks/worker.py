# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""One fresh process: fill a database, or measure one thing in it. Answers with a line of JSON; acts that take turns with
one for each time that they are asked for (see turns.py)."""

import argparse
import dataclasses
import json

from . import dossiers, expenses, orders, safety, seed, seed_expenses
from .catalogue import EXPENSES, IMPORTS, ORDERS, REVIEWS
from .dossier_import import measure_import
from .odoo_process import cloned, load, measure, transaction
from .review import measure_review
from .sizes import FULL, QUICK
from .turns import answer_turns

ACTS = orders.ACTS | expenses.ACTS
SAFETY = {
    "safety_calls": safety.measure_calls, "safety_alerts": safety.measure_alerts, "safety_flood": safety.measure_flood,
}
SEEDS = {"seed": seed.seed, "seed_expenses": seed_expenses.seed_expenses}


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker")
    parser.add_argument("database")
    parser.add_argument("task", choices=[*SEEDS, "dossiers", *SAFETY, *ACTS, *REVIEWS, *IMPORTS])
    parser.add_argument("--partners", type=int, help="how many, in a clone of the database (dossiers)")
    parser.add_argument("--hidden", type=int, help="percent of the customers (dossiers)")
    parser.add_argument("--records", type=int, help="how many, in a clone of the database (safety)")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--calls", nargs="+", help="which (dossiers)")
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    if options.task == "dossiers":
        with cloned(options.database) as registry:
            dossiers.seed_dossiers(registry, options.partners, options.hidden)
            print(json.dumps(dossiers.measure_calls(registry, options.calls, sizes.dossier_rounds)))
        return
    if options.task in SAFETY:
        with cloned(options.database) as registry:
            print(json.dumps(SAFETY[options.task](registry, options.records, sizes)))
        return
    registry = load(options.database)
    if options.task in SEEDS:
        SEEDS[options.task](registry, sizes)
        answer = {}
    elif options.task in REVIEWS:
        with transaction(registry) as env:
            answer = measure_review(env, REVIEWS[options.task], sizes.review_rounds)
    elif options.task in IMPORTS:
        answer = measure_import(registry, IMPORTS[options.task], sizes.import_rounds)
    else:
        act = ACTS[options.task]()
        with transaction(registry, commit=True) as env:
            seed.set_mode(env, act.mode)
        warmups = 1 if (ORDERS | EXPENSES)[options.task].slow else sizes.warmups
        answer_turns(lambda: dataclasses.asdict(measure(registry, act.prepare, act.run, act.login)), warmups)
        return
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
