# Part of business_dept. See LICENSE file for full copyright and licensing details.
import logging
import re
import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user
from odoo.tools import SQL

from odoo.addons.business_dept.controllers.anonymous import limiter

CODE = re.compile(r'id="code">([0-9A-Z-]{19})<')
STAMP = re.compile(r'name="stamp" value="([^"]+)"')
LOGGERS = ("", "odoo", "werkzeug", "odoo.http", "odoo.sql_db", "odoo.service", "odoo.addons.base", "odoo.addons.business_dept")


class Listener(logging.Handler):
    """Keeps what other threads than the test's own log, as a log file would show it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines = []
        self.thread = threading.get_ident()
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record):
        if record.thread != self.thread:
            self.lines.append(self.format(record))


class ReportPageCase(HttpCase):
    """A company with a report page, a place, a safety officer and an employee with a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Quarry Ltd"})
        cls.company.partner_id.lang = "en_US"
        common = {"company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)], "lang": "en_US", "tz": "UTC"}
        cls.officer = new_test_user(
            cls.env, login="report_officer", name="Officer", groups="base.group_user,business_dept.group_safety_officer",
            **common)
        cls.employee = new_test_user(
            cls.env, login="zqmark_login", name="ZqMark Fullname", email="zqmark@mark.example", groups="base.group_user",
            password="zqmark_login", **common)
        cls.other = new_test_user(cls.env, login="report_other", name="Other", groups="base.group_user", **common)
        cls.place = cls.env["business.safety.place"].create({"name": "Saw hall", "company_id": cls.company.id})
        cls.page = cls.env["business.safety.report.page"].search([("company_id", "=", cls.company.id)])
        cls.Hazard = cls.env["business.safety.hazard"]
        cls.Report = cls.env["business.safety.report"]

    def setUp(self):
        super().setUp()
        limiter.forget()
        self.http_request_allow_all = True  # the cookie of the test goes with all others
        self.startPatcher(patch("odoo.addons.business_dept.models.safety.report.MIN_SECONDS", 0))
        self.authenticate(None, None)

    def get_form(self, token=None, **kwargs):
        """The form as text."""
        return self.url_open(f"/safety/report/{token or self.place.report_token}", **kwargs).text

    def send(self, token=None, files=(), headers=None, **typed):
        """Open the form, fill it in and send it; the response."""
        token = token or self.place.report_token
        stamp = STAMP.search(self.get_form(token, headers=headers)).group(1)
        return self.url_open(
            f"/safety/report/{token}?lang=en", data={"what": "The guard of the saw is missing", "stamp": stamp, **typed},
            files=[("photos", file) for file in files] or None, headers=headers)

    def report(self, **kwargs):
        """Send a report; its return code and its hazard."""
        before = self.Hazard.search([])
        response = self.send(**kwargs)
        self.assertEqual(response.status_code, 200, response.text)
        self.env.invalidate_all()
        return CODE.search(response.text).group(1), self.Hazard.search([]) - before

    def look(self, code, headers=None, **kwargs):
        """The progress page of a code."""
        return self.url_open("/safety/report/progress?lang=en", data={"code": code, **kwargs}, headers=headers)

    def snapshot(self):
        """What every table of the database holds: ``{table: {hash of a row}}``."""
        self.env.flush_all()
        self.env.cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        rows = {}
        for (table,) in self.env.cr.fetchall():
            found = self.env.execute_query(SQL("SELECT md5(t::text) FROM %s AS t", SQL.identifier(table)))
            rows[table] = {row for (row,) in found}
        return rows

    def get_new_rows(self, before):
        """The rows, with all columns, that a snapshot does not hold: ``[(table, {column: value})]``."""
        self.env.flush_all()
        new = []
        for table, rows in self.snapshot().items():
            if added := rows - before.get(table, set()):
                found = self.env.execute_query(SQL(
                    "SELECT to_jsonb(t) FROM %s AS t WHERE md5(t::text) IN %s", SQL.identifier(table), tuple(added)))
                new += [(table, row) for (row,) in found]
        return new

    def get_person_columns(self):
        """``{(table, column): table it points to}`` of everything that points to a user, partner or employee."""
        self.env.cr.execute("""
            SELECT source.relname, columns.attname, target.relname
              FROM pg_constraint AS keys
              JOIN pg_class AS source ON source.oid = keys.conrelid
              JOIN pg_class AS target ON target.oid = keys.confrelid
              JOIN pg_attribute AS columns ON columns.attrelid = keys.conrelid AND columns.attnum = keys.conkey[1]
             WHERE keys.contype = 'f' AND target.relname IN ('res_users', 'res_partner', 'hr_employee')""")
        return {(table, column): target for table, column, target in self.env.cr.fetchall()}

    @contextmanager
    def listening(self):
        """Every log line of the server while the block lasts, down to the statements."""
        listener, levels = Listener(), {}
        logging.getLogger().addHandler(listener)
        for name in LOGGERS:
            levels[name] = logging.getLogger(name).level
            logging.getLogger(name).setLevel(logging.DEBUG)
        try:
            yield listener.lines
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)
            logging.getLogger().removeHandler(listener)

    def today(self):
        return fields.Date.context_today(self.env.user)
