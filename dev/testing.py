# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``make test`` and ``make test-odoo``.

``make test`` runs pytest with pytest-odoo over the ``tests`` of every addon and the ``tests`` of the repository, on a
clone of the prepared product database (see :mod:`dev.database`). ``T=`` picks a part: a path, a word in the path of a
test file, or else an expression for pytest's ``-k``. ``JOBS=2`` spreads the files over two processes, each with a
clone of its own.

Tests find in the environment:

``BUSINESS_DEPT_DATABASE``
    the database that they run on
``ODOO_RC``
    Odoo's configuration file: addons path, data folder, server
``PGHOST``, ``PGPORT``, ``PGUSER``
    the PostgreSQL server
``BUSINESS_DEPT_CACHE``
    the cache folder, ``$XDG_CACHE_HOME/business_dept``

A test that needs a database of its own imports :mod:`dev.database`: ``clone``, ``drop``, ``run_odoo``.

``make test-odoo`` runs Odoo's own tests with Odoo's own runner in a new database without demo data where the addons are
installed with the apps: what fails there, the addons broke. ``QUICK=1`` runs a part of them in a few minutes.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys

from . import cache, console, database, settings, system
from .console import Problem

ODOO_MODULES = ("account", "hr_expense", "sale", "sale_management", "sale_stock", "sale_mrp", "crm", "sales_team", "hr",
                "hr_attendance", "hr_holidays", "survey")
ODOO_TAGS = [f"/{module}" for module in ODOO_MODULES] + ["-is_tour"]
QUICK_MODULES = ("hr_expense", "sale_management", "sale_stock", "sale_mrp")
QUICK_TAGS = [
    "/hr_expense", "/sale:TestSaleOrder", "/sale:TestSaleToInvoice", "/sale_management", "/sale_stock:TestSaleStock",
    "/sale_mrp:TestSaleMrpFlow", "/sale_mrp:TestMultistepManufacturing", "/sale_mrp:TestSaleMrpProcurement", "-is_tour",
]


def environment(name):
    """Return the environment that tests and measurements run in."""
    return {
        **os.environ,
        "ODOO_RC": str(database.configuration()),
        "BUSINESS_DEPT_DATABASE": name,
        "BUSINESS_DEPT_CACHE": str(cache.root()),
    }


def test_folders():
    folders = [database.REPOSITORY / name / "tests" for name in database.addons()]
    return [folder for folder in (*folders, database.REPOSITORY / "tests") if folder.is_dir()]


def selection(wanted):
    """Return pytest's arguments for the part of the tests that ``wanted`` names."""
    root = database.REPOSITORY
    folders = [str(folder.relative_to(root)) for folder in test_folders()]
    if not wanted:
        return folders
    if (root / wanted.partition("::")[0]).exists():
        return [wanted]
    files = [str(path.relative_to(root)) for folder in test_folders() for path in sorted(folder.rglob("test_*.py"))]
    named = [path for path in files if wanted in path]
    return named or [*folders, "-k", wanted]


def test():
    system.need_printing()
    system.need_browser()
    database.drop_abandoned()
    template = database.prepare_product()
    name = database.clone(template)
    jobs = os.environ.get("JOBS", "")
    command = [
        sys.executable, "-m", "pytest", "-p", "dev.guard", "--odoo-http", f"--odoo-database={name}",
        "--odoo-log-level=warn", *(["-n", jobs, "--dist", "loadfile"] if jobs not in ("", "0", "1") else []),
        *selection(os.environ.get("T", "").strip()),
    ]
    process = None
    try:
        process = subprocess.Popen(command, cwd=database.REPOSITORY, env=environment(name), stdin=subprocess.DEVNULL)
        return process.wait()
    finally:
        if process:
            console.stop(process)
        database.drop(name)


def test_odoo():
    system.need_printing()
    database.drop_abandoned()
    quick = settings.flag("QUICK")
    modules = [*(QUICK_MODULES if quick else ODOO_MODULES), *database.addons()]
    tags = QUICK_TAGS if quick else ODOO_TAGS
    name = f"{database.PREFIX}_odoo_{os.getpid()}"
    database.create_empty(name)
    failures = []
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def note(line):
        if match := re.search(r" (?:ERROR|CRITICAL) \S+ \S+: ((?:FAIL|ERROR): .*)$", line):
            failures.append(match[1])
            console.say(f"    {match[1]}")

    try:
        with console.step("Odoo's own tests with ours installed" + (", a part" if quick else "")) as step:
            result = database.run_odoo(
                ["-i", ",".join(modules), "--test-tags", ",".join(tags), "-p", port], name, step=step, http=True,
                on_line=note)
            step.note = ""
        text = result.log.read_text(errors="replace")
        counts = re.search(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading", text)
        if not counts:
            database.require(result, "running Odoo's tests")
            raise Problem(f"Odoo's tests left no result: the log is in {result.log}")
        failed, total = int(counts[1]) + int(counts[2]), int(counts[3])
        skipped = len(re.findall(r": skipped \S+ : ", text))
        for failure in failures:
            console.say(f"FAILED {failure}")
        console.say(f"odoo: {total - failed - skipped} passed, {failed} failed, {skipped} skipped")
        if not total:
            raise Problem("none of Odoo's tests ran: the selection in dev/testing.py names no test of this Odoo")
        if failed or result.returncode:
            raise Problem(f"{failed} of Odoo's own tests failed: the log is in {result.log}")
        return 0
    finally:
        database.drop(name)
