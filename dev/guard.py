# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A plugin for pytest that turns a false green into a failure.

Odoo's browser tests skip themselves where no browser is found, and pytest-odoo skips every test over HTTP when it is
not told to serve; both would look like success.
"""

import pytest

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


def pytest_configure(config):
    config.pluginmanager.register(Guard(), "business_dept_guard")
