# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""One fresh process: fill a database, or measure one thing in it. Answers with one line of JSON."""

import argparse
import dataclasses
import json

from . import seed
from .odoo_process import load, measure
from .orders import ACTS
from .sizes import FULL, QUICK


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worker")
    parser.add_argument("database")
    parser.add_argument("task", choices=["seed", *ACTS])
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sizes = QUICK if options.quick else FULL
    registry = load(options.database)
    if options.task == "seed":
        seed.seed(registry, sizes)
        print(json.dumps({}))
        return
    act = ACTS[options.task]()
    print(json.dumps(dataclasses.asdict(measure(registry, act.prepare, act.run, sizes))))


if __name__ == "__main__":
    main()
