# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Databases: made once, cloned in a second.

Two databases are prepared and never served, so that everything else is a clone of one of them:

base
    Odoo's apps that the addons here depend on, with Odoo's demo data, in China, in English and Chinese, without ours.
product
    a clone of it with all addons of this repository and their demo data installed.

Each carries in its name a digest of what it was made from, so a change makes a new one. What is ours is written in the
comment of the database itself: a database that another hand made is never changed or dropped.

Tests that need a database of their own use :func:`clone`, :func:`drop` and :func:`run_odoo`::

    from dev import database

    name = database.clone("base")
    try:
        result = database.run_odoo(["-i", "business_dept"], name)
        assert result.returncode == 0, result.errors
    finally:
        database.drop(name)
"""

import ast
import contextlib
import json
import os
import re
import shutil
import socket
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import cache, console, odoo, settings
from .console import Problem

REPOSITORY = Path(__file__).resolve().parent.parent
PREFIX = settings.DATABASE
LANGUAGES = "zh_CN,en_US"  # the first one is that of new users and partners
LOCALISATION = "l10n_cn"  # chosen by these commands for the demo company; the addons do not depend on it
SCRIPTS = Path(__file__).with_name("shell")
PREPARED_KEPT = 6  # prepared databases of each kind that stay: work in several trees shares one server


# --- the addons of this repository ----------------------------------------------------------------------------------

def addons():
    """Return ``{name: manifest}`` of the addons in this repository that can be installed."""
    found = {}
    for path in sorted(REPOSITORY.glob("business_dept*/__manifest__.py")):
        manifest = ast.literal_eval(path.read_text())
        if manifest.get("installable", True):
            found[path.parent.name] = manifest
    return found


def odoo_apps():
    """Return the names of Odoo's own addons that the demo database holds."""
    ours = addons()
    depends = {name for manifest in ours.values() for name in manifest.get("depends", ["base"])}
    return sorted(depends - set(ours) | {LOCALISATION})


def sources():
    """Return a digest of everything in the addons that an installed database depends on: all but their tests."""
    return cache.digest_files([REPOSITORY / name for name in addons()], skip={"tests", "readme"})


# --- the server's databases ------------------------------------------------------------------------------------------

def _execute(statement, values=None, fetch=False):
    with contextlib.closing(psycopg2.connect(dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if fetch else None


def ask(name, query, *values):
    """Return the rows that a query finds in a database."""
    with contextlib.closing(psycopg2.connect(dbname=name)) as connection, connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def ours():
    """Return ``{name: mark}`` of the databases that these commands made; a mark is a dict with at least ``kind``."""
    rows = _execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database ORDER BY oid", fetch=True)
    marked = {}
    for name, comment in rows:
        if comment and comment.startswith(f"{PREFIX} make: "):
            marked[name] = json.loads(comment.partition(": ")[2])
    return marked


def exists(name):
    return bool(_execute("SELECT 1 FROM pg_database WHERE datname = %s", [name], fetch=True))


def mark(name, **facts):
    """Write into the database what it is."""
    _execute(sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(name)),
             [f"{PREFIX} make: {json.dumps(facts, sort_keys=True)}"])


def filestore(name):
    return data_folder() / "filestore" / name


def data_folder():
    return cache.state() / "data"


def drop(name):
    """Drop a database that these commands made, and its files."""
    if name in ours():
        # PostgreSQL's own workers (autovacuum) are not ours to end; dropping the database ends them.
        _execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE datname = %s AND backend_type = 'client backend'", [name])
        _execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    shutil.rmtree(filestore(name), ignore_errors=True)


def _create(name, template, **facts):
    _execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
        sql.Identifier(name), sql.Identifier(template)))
    mark(name, **facts)
    copy_files(template, name)


def copy_files(template, name):
    """Give a database the files of another one.

    Odoo's files are named by their content and never changed in place: links will do for copies.
    """
    shutil.rmtree(filestore(name), ignore_errors=True)
    if filestore(template).exists():
        shutil.copytree(filestore(template), filestore(name), copy_function=_link)


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def create_empty(name):
    """Make a database without anything in it, for Odoo to fill."""
    _create(name, "template0", kind="test", **_owner())


def clone(template="product", name=None, kind="test"):
    """Make a database as a copy of a prepared one, and return its name.

    :param template: "product", "base", or the name of a database
    :param name: the name of the new database, by default one of its own
    """
    if template in PREPARED:
        template = PREPARED[template]()
    name = name or f"{PREFIX}_{kind}_{os.getpid()}_{uuid.uuid4().hex[:6]}"
    _create(name, template, kind=kind, **(_owner() if kind == "test" else {}))
    return name


def drop_abandoned():
    """Drop what a killed command left behind on the server: clones of processes of this machine that are gone."""
    for name, facts in ours().items():
        if facts.get("host") == socket.gethostname() and not Path(f"/proc/{facts['pid']}").exists():
            drop(name)


def _owner():
    """Return what a mark says of the process that uses the database and drops it in the end."""
    return {"host": socket.gethostname(), "pid": os.getpid()}


# --- Odoo's own program ----------------------------------------------------------------------------------------------

def configuration(*addons):
    """Write the configuration file that every Odoo here is started with, and return its path.

    :param addons: folders with further addons
    """
    used = odoo.find()
    folders = [*used.addons, REPOSITORY, *addons]
    options = {
        "addons_path": ",".join(map(str, folders)),
        "data_dir": data_folder(),
        "db_host": os.environ.get("PGHOST", "False"),
        "db_port": os.environ.get("PGPORT", "False"),
        "db_user": os.environ.get("PGUSER", "False"),
        "http_interface": "127.0.0.1",
        "list_db": "False",
        "proxy_mode": "False",
        "screenshots": cache.logs() / "screenshots",  # of browser tests that fail
        # Odoo's limits are for public servers; here a first click may have to build all scripts on a busy machine.
        "limit_time_cpu": "600",
        "limit_time_real": "1200",
        "limit_memory_soft": str(4 << 30),
        "limit_memory_hard": str(5 << 30),
    }
    path = cache.state() / f"odoo-{cache.key(REPOSITORY, *addons)}.conf"
    cache.write(path, "[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()), mode=0o600)
    return path


@dataclass
class Result:
    """What a run of Odoo's program came to."""

    returncode: int
    log: Path
    errors: list = field(default_factory=list)
    warnings: list = field(default_factory=list)


LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)$")


def odoo_command(*arguments, subcommand="server", addons=()):
    return [sys.executable, "-m", "odoo", *subcommand.split(), "-c", str(configuration(*addons)), *map(str, arguments)]


def run_odoo(arguments, name, subcommand="server", step=None, script=None, http=False, on_line=None, addons=()):
    """Run Odoo on a database until it is done: install, upgrade, test, export.

    :param arguments: a list, such as ``["-i", "business_dept"]``
    :param subcommand: another part of Odoo's program, such as "shell" or "i18n export"
    :param step: a :class:`dev.console.Step` that shows the progress
    :param script: a file with Python code for ``subcommand="shell"``
    :param http: whether Odoo serves meanwhile, as tests over HTTP need it
    :param on_line: called with each line of the log
    :param addons: folders with further addons
    :return: a :class:`Result`; nothing is raised when Odoo fails
    """
    log = cache.logs() / f"odoo-{name}.log"
    result = Result(0, log)

    def read(line):
        if on_line:
            on_line(line)
        match = LOG_LINE.match(line)
        if not match:
            return
        text = match["text"]
        if match["level"] in ("ERROR", "CRITICAL"):
            result.errors.append(text)
        elif match["level"] == "WARNING":
            result.warnings.append(text)
        if step and (loading := re.match(r"Loading module (\S+) \((\d+)/(\d+)\)", text)):
            step.progress(f"{loading[2]} of {loading[3]} ({loading[1]})")

    stop = ["--stop-after-init"] if subcommand == "server" else []
    quiet = [*([] if http else ["--no-http"]), *stop] if subcommand in ("server", "shell") else []
    command = odoo_command("-d", name, *quiet, *arguments, subcommand=subcommand, addons=addons)
    if script:
        command = ["sh", "-c", 'script=$1; shift; exec "$@" < "$script"', "sh", str(script), *command]
    result.returncode = console.run(command, log=log, what="Odoo", on_line=read, check=False, cwd=REPOSITORY)
    return result


def require(result, what):
    """Complain when a run of Odoo failed."""
    if result.returncode or result.errors:
        text = result.log.read_text(errors="replace")
        reason = console.explain(text) or (result.errors or ["Odoo ended early"])[-1][:200]
        kept = result.log.with_suffix(".failed.log")
        shutil.copyfile(result.log, kept)
        raise Problem(f"{what} failed: {reason} (the whole log is in {kept})")
    result.log.unlink(missing_ok=True)


# --- prepared databases ----------------------------------------------------------------------------------------------

def prepare_base():
    """Return the name of the database with Odoo's apps and without ours, made if need be."""
    used = odoo.find()
    apps = odoo_apps()
    recipe = [(SCRIPTS / script).read_text() for script in ("company.py", "accounting.py")]
    release = (used.path / "odoo/release.py").read_text()
    name = f"{PREFIX}_base_{cache.key(release, used.origin, *recipe, LANGUAGES, *apps)}"

    def install(work, *arguments, step):
        require(run_odoo([*arguments, "--with-demo"], work, step=step), "making the demo company")

    def settle(work, script):
        require(run_odoo([], work, subcommand="shell", script=SCRIPTS / script), "settling the demo company")

    def fill(work, step):
        install(work, "-i", "base", f"--load-language={LANGUAGES}", step=step)
        settle(work, "company.py")
        install(work, "-i", LOCALISATION, step=step)
        settle(work, "accounting.py")
        install(work, "-i", ",".join(apps), step=step)

    return _prepare(name, "base", "template0", "Making a demo company with Odoo's own apps", fill)


def prepare_product():
    """Return the name of the database with everything installed, made if need be."""
    base = prepare_base()
    name = f"{PREFIX}_product_{cache.key(base, sources())}"

    def fill(work, step):
        require(run_odoo(["-i", ",".join(addons()), "--with-demo"], work, step=step), "installing business_dept")
        step.progress("scripts and styles")
        require(run_odoo([], work, subcommand="shell", script=SCRIPTS / "assets.py"), "building scripts and styles")

    return _prepare(name, "product", base, f"Installing {', '.join(addons())}", fill)


PREPARED = {"base": prepare_base, "product": prepare_product}


def _prepare(name, kind, template, title, fill):
    if exists(name):
        return name

    def tell():
        console.say(f"  waiting for another command that is making {name}")

    with cache.lock("prepare", tell):
        if exists(name):
            return name
        cache.require_space()
        # Made under another name and renamed when whole.
        work = f"{name}_making"
        drop(work)
        with console.step(title) as step:
            try:
                _create(work, template, kind="making", **_owner())
                fill(work, step)
                _execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(work), sql.Identifier(name)))
                shutil.rmtree(filestore(name), ignore_errors=True)
                if filestore(work).exists():
                    filestore(work).rename(filestore(name))
                mark(name, kind=kind)
                # Nobody connects to it by mistake: a database in use cannot be cloned.
                _execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
            finally:
                drop(work)
            step.note = ""
        same = [other for other, facts in ours().items() if facts["kind"] == kind]
        for old in same[:-PREPARED_KEPT]:
            drop(old)
    return name
