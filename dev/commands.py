# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The commands, each a function that returns an exit code. They run inside the virtual environment."""

import os
import shlex
import shutil
import subprocess
import sys

from . import cache, console, database, oca, postgres, quality, serve, testing, translation
from .console import Problem


def bench():
    """Measure in three clones: Odoo's own apps, the same with ours, and the same with OCA's addons."""
    if not (database.REPOSITORY / "benchmarks" / "__main__.py").exists():
        raise Problem("there are no benchmarks in this tree: they live in the folder benchmarks/")
    quick = os.environ.get("QUICK", "") not in ("", "0")
    command = [sys.executable, "-m", "benchmarks", *(["--quick"] if quick else []),
               *shlex.split(os.environ.get("ARGS", ""))]
    database.drop_abandoned()
    names = []
    try:
        for template in ("base", "product"):
            names.append(database.clone(template))
        plain, product = names
        environment = {**testing.environment(product), "BUSINESS_DEPT_PLAIN_DATABASE": plain}
        try:
            folder = oca.fetch()
        except Problem as problem:
            console.say(f"OCA's addons are not measured, their column stays empty: {problem}")
        else:
            names.append(database.clone("base"))
            with console.step("Installing OCA's addons"):
                database.require(database.run_odoo(
                    ["-i", ",".join(oca.ADDONS)], names[-1], addons=[folder]), "installing OCA's addons")
            environment |= {
                "BUSINESS_DEPT_OCA_DATABASE": names[-1], "BUSINESS_DEPT_OCA_RC": str(database.configuration(folder)),
            }
        return subprocess.run(command, cwd=database.REPOSITORY, check=False, env=environment).returncode
    finally:
        for name in names:
            database.drop(name)


def clean():
    """Remove what was made; what was fetched stays."""
    names = list(database.ours())
    for name in names:
        database.drop(name)
    for folder in (cache.root() / "state", cache.logs()):
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (".pytest_cache", ".ruff_cache", ".hypothesis"):
        shutil.rmtree(database.REPOSITORY / folder, ignore_errors=True)
    for folder in cache.root().glob("venv-*"):
        if folder != cache.root() / os.path.basename(sys.prefix):
            shutil.rmtree(folder, ignore_errors=True)
    console.say(f"dropped {len(names)} databases; what was fetched stays in {cache.root()}")
    return 0


def take_screenshots():
    from . import screenshots  # a browser's libraries, which no other command needs

    return screenshots.take()


def prepare():
    database.prepare_product()
    return 0


def server():
    """Leave PostgreSQL running, for work by hand."""
    postgres.keep()
    for name in ("PGHOST", "PGPORT", "PGUSER"):
        if name in os.environ:
            console.say(f"export {name}={shlex.quote(os.environ[name])}")
    console.say(f"export ODOO_RC={shlex.quote(str(database.configuration()))}")
    console.say(f"# Python with Odoo: {sys.executable}")
    return 0


COMMANDS = {
    "run": serve.run,
    "test": testing.test,
    "test-odoo": testing.test_odoo,
    "lint": quality.lint,
    "bench": bench,
    "i18n": translation.update,
    "screenshots": take_screenshots,
    "clean": clean,
    "prepare": prepare,
    "postgres": server,
}


def carry_out(name):
    with postgres.running():
        return COMMANDS[name]()
