# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Odoo inside this process: a registry, a transaction as an ordinary user, a stopwatch that counts statements."""

import contextlib
import gc
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

LOGIN = "bench_salesperson"


@dataclass(frozen=True)
class Figures:
    """What an act took once.

    :param seconds: that a processor worked for it, in Odoo and in PostgreSQL
    :param statements: SQL statements
    """

    seconds: float
    statements: int


def load(database: str) -> Registry:
    """Load Odoo on a database, with the configuration that ODOO_RC names."""
    _parse_configuration()
    return Registry(database)


def _parse_configuration() -> None:
    odoo.tools.config.parse_config(
        ["-c", os.environ["ODOO_RC"], "--log-level=error", "--no-http", "--max-cron-threads=0"], setup_logging=True,
    )


@contextlib.contextmanager
def cloned(database: str) -> Iterator[Registry]:
    """Load Odoo on a copy of a database that nobody uses; the copy is dropped in the end."""
    _parse_configuration()
    name = f"{database}_{os.getpid()}"

    def execute(*statements: SQL) -> None:
        with contextlib.closing(odoo.sql_db.db_connect("postgres").cursor()) as cr:
            cr._cnx.set_session(autocommit=True)
            for statement in statements:
                cr.execute(statement)

    copy = SQL.identifier(name)
    execute(SQL("CREATE DATABASE %s TEMPLATE %s", copy, SQL.identifier(database)))
    try:
        yield Registry(name)
    finally:
        odoo.sql_db.close_db(name)
        execute(SQL("DROP DATABASE %s", copy))


@contextlib.contextmanager
def transaction(registry: Registry, login: str | None = None, commit: bool = False) -> Iterator[api.Environment]:
    """Have a transaction with empty caches, as a request of the web client has it.

    :param login: the user; the system itself when missing
    :param commit: keep what was done; otherwise it is rolled back
    """
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", "tz": "UTC"})
        if login:
            user = env["res.users"].search([("login", "=", login)])
            env = env(user=user.id, su=False, context={**env.context, "allowed_company_ids": user.company_ids.ids})
            env.invalidate_all()
        yield env
        if commit:
            env.flush_all()
            cr.commit()
        else:
            cr.rollback()


def compare(plain: list[tuple[float, int]], ours: list[tuple[float, int]]) -> dict:
    """Return the best round of two sides that were measured in turn in one process.

    :param plain: seconds and statements of each round
    :param ours: likewise
    """
    (seconds_plain, statements_plain), (seconds_ours, statements_ours) = min(plain), min(ours)
    return {
        "plain": seconds_plain, "ours": seconds_ours, "ratio": seconds_ours / seconds_plain,
        "statements_plain": statements_plain, "statements_ours": statements_ours,
    }


def measure(
    registry: Registry, prepare: Callable[[api.Environment], tuple], act: Callable[..., object], login: str = LOGIN,
) -> Figures:
    """Measure an act of a user once: the act and the writing of all it changed, from empty caches.

    The commit is left out (the disk would be measured with it), and everything is rolled back, so that each repeat
    finds the same rows.

    :param prepare: finds what the act needs, and returns its arguments; not measured
    :param act: what is measured
    :param login: the user
    """
    with transaction(registry, login) as env:
        arguments = prepare(env)
        env.invalidate_all()
        gc.collect()
        server = env.cr.connection.info.backend_pid
        before = env.cr.sql_log_count
        start = read_clock(server)
        act(*arguments)
        env.flush_all()
        return Figures(read_clock(server) - start, env.cr.sql_log_count - before)


def read_clock(server: int) -> float:
    """How long the processor has worked for this process and for its PostgreSQL server, in seconds.

    One of the two is at work at a time and nothing is committed, so on an idle machine an act takes as long by the clock
    on the wall; on a busy one that clock counts the work of others too. Only Linux tells of the server, and only when it
    is on this machine; the clock on the wall has to do otherwise.

    :param server: number of the server's process
    """
    folder = Path(f"/proc/{server}")
    with contextlib.suppress(OSError):
        if (folder / "comm").read_text().startswith("postgres"):
            return time.process_time() + int((folder / "schedstat").read_text().split()[0]) / 1e9
    return time.perf_counter()
