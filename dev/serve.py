# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``make run``: a demo company with the addons, served on this machine alone."""

import contextlib
import re
import subprocess
import time
import unicodedata
import urllib.error
import urllib.request

from . import cache, console, database, settings, system
from .console import Problem

READY_SECONDS = 300


def prepare(name):
    """Have the database ``name`` with the addons as they are in the tree now."""
    addons = ",".join(database.addons())
    current = database.sources()
    marks = database.ours()
    if not database.exists(name):
        template = database.prepare_product()
        with console.step(f"Making the database {name}"):
            database.clone(template, name, kind="run")
            database.mark(name, kind="run", sources=current)
        return
    if marks.get(name, {}).get("kind") != "run":
        raise Problem(f"the database {name} exists and was not made by make run: choose another name with DB=…")
    if marks[name].get("sources") == current:
        return
    with console.step(f"Updating {addons} in the database {name}") as step:
        result = database.run_odoo(["-u", addons, "-i", addons, "--with-demo"], name, step=step)
        database.require(result, f"updating the database {name}")
        database.mark(name, kind="run", sources=current)
        step.note = ""


def run():
    """Serve until the user or the system says stop."""
    wanted = settings.serving()
    name, port = wanted.database, wanted.port
    system.need_printing()
    database.drop_abandoned()
    prepare(name)

    log = cache.logs() / f"server-{port}.log"
    log.parent.mkdir(exist_ok=True)
    command = database.odoo_command(
        "-d", name, "--db-filter", f"^{re.escape(name)}$", "-p", port, "--gevent-port", wanted.notification_port,
        "--workers", wanted.workers)
    # In a session of its own, so that Ctrl-C reaches only this process, which then stops the server in order.
    with log.open("w") as output:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                  cwd=database.REPOSITORY, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        with console.step("Starting Odoo"):
            wait_until_ready(server, address, log)
        introduce(name, address, log)
        code = server.wait()
        raise Problem(f"Odoo ended by itself with code {code}: the log is in {log}")
    except KeyboardInterrupt:
        return 0
    finally:
        with console.step("Stopping Odoo"):
            console.stop(server)


def wait_until_ready(server, address, log):
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        if server.poll() is not None:
            text = log.read_text(errors="replace")
            reason = console.explain(text)
            if "Address already in use" in text:
                reason = "another program took the port just now: choose another with PORT=…"
            raise Problem(f"Odoo did not start: {reason or f'the log is in {log}'}")
        with contextlib.suppress(urllib.error.URLError, OSError):
            # No proxy is asked for this machine's own address.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"{address}/web/login", timeout=60) as answer:
                if answer.status == 200:
                    return
        time.sleep(0.3)
    raise Problem(f"Odoo did not answer within {READY_SECONDS} s: the log is in {log}")


def demo_logins(name):
    """Return ``[(login, name, posts)]`` of the demo users of these addons."""
    query = """
        SELECT u.login, p.name,
               COALESCE(string_agg(DISTINCT COALESCE(g.name->>'zh_CN', g.name->>'en_US'), ', '), '')
          FROM res_users u
          JOIN res_partner p ON p.id = u.partner_id
          JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id AND d.module LIKE 'business_dept%%'
          LEFT JOIN (res_groups_users_rel r
                     JOIN ir_model_data m ON m.model = 'res.groups' AND m.res_id = r.gid
                                         AND m.module LIKE 'business_dept%%'
                     JOIN res_groups g ON g.id = r.gid) ON r.uid = u.id
         WHERE u.active
         GROUP BY u.id, u.login, p.name
         ORDER BY u.id"""
    return database.ask(name, query)


def introduce(name, address, log):
    users = demo_logins(name)
    rows = [("login", "password", "name", "post")]
    rows += [(login, login, person, posts) for login, person, posts in users]
    rows.append(("admin", "admin", "Administrator", "administrator of Odoo"))
    widths = [max(display_width(row[column]) for row in rows) for column in range(4)]
    console.say()
    console.say(f"  {address}   database {name}, log {log}")
    console.say()
    for row in rows:
        cells = (cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True))
        console.say(("  " + "   ".join(cells)).rstrip())
    console.say()
    console.say("  Ctrl-C stops it.")


def display_width(text):
    """Return the columns that ``text`` takes on a terminal, where Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
