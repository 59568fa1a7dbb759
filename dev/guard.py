# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A plugin for pytest that turns a false green into a failure.

Odoo's browser tests skip themselves where no browser is found, and pytest-odoo skips every test over HTTP when it is
not told to serve; both would look like success.

With ``JOBS=2`` it also gives each process files of its own: pytest-odoo clones the database for each but lets them share
the folder of its files, and after every test class Odoo deletes there what its own database does not know, such as a
signature that a test of the other process has just written.
"""

import contextlib
import shutil

import pytest

from . import database

SILENT_SKIPS = ("Chrome executable not found", "websocket-client module is not installed", "--odoo-http is not set",
                "Chrome headless", "chrome devtools", "Chrome connection")


class Guard:
    def __init__(self):
        self.ran = 0
        self.silent = []

    def pytest_runtest_logreport(self, report):
        if report.skipped and not hasattr(report, "wasxfail"):
            reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            if any(words in reason for words in SILENT_SKIPS):
                self.silent.append((report.nodeid, reason))
        elif report.when == "call":
            self.ran += 1

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if session.config.option.collectonly or hasattr(session.config, "workerinput"):
            return
        if exitstatus == pytest.ExitCode.OK and (self.silent or not self.ran):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for nodeid, reason in self.silent:
            terminalreporter.write_line(f"ERROR {nodeid} did not run: {reason}", red=True)
        if not self.ran:
            terminalreporter.write_line("ERROR no test ran: a green of nothing is no green", red=True)


@contextlib.contextmanager
def own_files(original, name):
    """Stands in for pytest-odoo's sharing: a copy of the files for as long as the process tests."""
    if original == name:
        yield
        return
    database.copy_files(original, name)
    try:
        yield
    finally:
        shutil.rmtree(database.filestore(name), ignore_errors=True)


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        import pytest_odoo  # it configures Odoo when it is loaded: not before pytest does

        pytest_odoo._shared_filestore = own_files
    config.pluginmanager.register(Guard(), "business_dept_guard")
