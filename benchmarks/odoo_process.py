# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Odoo inside this process: a registry, a transaction as an ordinary user, a stopwatch that counts statements."""

import contextlib
import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .sizes import Sizes

LOGIN = "bench_salesperson"


@dataclass(frozen=True)
class Figures:
    """What one process measured.

    :param seconds: the best of its repeats: whatever else the machine does only ever adds time
    :param statements: SQL statements of one repeat
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
    registry: Registry,
    prepare: Callable[[api.Environment], tuple],
    act: Callable[..., object],
    sizes: Sizes,
) -> Figures:
    """Measure an act of the salesperson: the act and the writing of all it changed, each time from empty caches.

    The commit is left out (the disk would be measured with it), and everything is rolled back, so that each repeat
    finds the same rows.

    :param prepare: finds what the act needs, and returns its arguments; not measured
    :param act: what is measured
    """
    seconds, statements = [], []
    for number in range(sizes.warmups + sizes.repeats):
        with transaction(registry, LOGIN) as env:
            arguments = prepare(env)
            env.invalidate_all()
            gc.collect()
            before = env.cr.sql_log_count
            start = time.perf_counter()
            act(*arguments)
            env.flush_all()
            if number >= sizes.warmups:
                seconds.append(time.perf_counter() - start)
                statements.append(env.cr.sql_log_count - before)
    return Figures(min(seconds), int(statistics.median(statements)))
