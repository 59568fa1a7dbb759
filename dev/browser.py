# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A served database and a real browser on it, for the journeys of ``tests/`` and the screenshots of ``docs/``.

::

    with served("business_dept_clone") as address, Browser(address) as browser:
        page = browser.login("sales")
        page.open("hold-list")
"""

import contextlib
import re
import resource
import shutil
import socket
import subprocess
import time

from playwright.sync_api import Error, sync_playwright

from . import cache, console, database, serve, system

WINDOW = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
PATIENCE = 60_000  # milliseconds: a first click may build all scripts on a busy machine
#: A refusal and a crash alike; only a refusal may be asked for, and only a crash offers details.
DIALOG = ".o_error_dialog"
CRASH = ".o_error_dialog [role='alert'] .btn-link"
#: What the web client shows while it works.
BUSY = ".o_blockUI, .o_loading_indicator"
#: Requests that stay open.
ENDLESS = ("/websocket", "/bus/")
#: Why a request may end without an answer: the page was left meanwhile.
HARMLESS = ("ERR_ABORTED", "Failed to fetch", "Connection to \"/", "ERR_NETWORK_CHANGED")


@contextlib.contextmanager
def served(name):
    """Serve a database on a free port of this machine while the block lasts; yield the address."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = cache.logs() / f"server-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = database.odoo_command(
        "-d", name, "--db-filter", f"^{re.escape(name)}$", "-p", port, "--workers", 0, "--max-cron-threads", 0)
    with log.open("w") as output:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                  cwd=database.REPOSITORY, start_new_session=True)
    try:
        address = f"http://127.0.0.1:{port}"
        serve.wait_until_ready(server, address, log)
        yield address
        log.unlink(missing_ok=True)
    finally:
        console.stop(server)


@contextlib.contextmanager
def _all_of_memory():
    """Let what is started meanwhile have all address space: Odoo limits its own, and Chromium reserves much more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class Browser:
    """One headless Chromium; each login has a window of its own, with its own cookies."""

    def __init__(self, address, locale="zh-CN"):
        self.address = address
        self.locale = locale
        self.pages = []

    def __enter__(self):
        with _all_of_memory():
            self._playwright = sync_playwright().start()
        try:
            path = next(filter(None, map(shutil.which, system.BROWSERS)))
            self._chromium = self._playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb"])
        except BaseException:
            self._playwright.stop()
            raise
        return self

    def __exit__(self, kind, *_):
        if kind:
            self._keep_windows()
        with contextlib.suppress(Error):
            self._chromium.close()
        self._playwright.stop()

    def _keep_windows(self):
        """Keep what each window shows when something has failed."""
        folder = cache.logs() / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        for page in self.pages:
            picture = folder / f"journey-{page.login}.png"
            with contextlib.suppress(Error):
                page.raw.screenshot(path=picture)
                console.say(f"{page.login} was at {page.raw.url}, see {picture}")
                if page.find(CRASH).count():
                    page.find(CRASH).first.click()
                    console.say(page.find(".o_error_detail").first.inner_text()[:4000])
            for complaint in page.complaints:
                console.say(f"{page.login}: {complaint[:1000]}")

    def visit(self, name="visitor", phone=False):
        """Open a window without a login.

        :param name: what the window is called when something has failed
        :param phone: the window is that of a phone, with a touch screen
        """
        context = self._chromium.new_context(
            **(PHONE if phone else WINDOW), locale=self.locale, timezone_id="Asia/Shanghai")
        context.set_default_timeout(PATIENCE)
        page = Page(self, context.new_page(), name)
        self.pages.append(page)
        return page

    def login(self, login, wait=".o_main_navbar", phone=False):
        """Open a window for a demo user, whose password is the login.

        :param wait: what tells that the user is in
        :param phone: the window is that of a phone, with a touch screen
        """
        page = self.visit(f"{login}-phone" if phone else login, phone)
        page.raw.goto(f"{self.address}/web/login")
        page.raw.fill("input[name=login]", login)
        page.raw.fill("input[name=password]", login)
        page.raw.click("form.oe_login_form button[type=submit]")
        page.raw.wait_for_selector(wait)
        if phone:  # the greeting of OdooBot, at the first login, takes all of a small screen
            greeting = page.raw.locator(".o-mail-ChatWindow")
            page.raw.add_locator_handler(greeting, lambda: greeting.locator(".oi-close").first.click())
        return page

    def login_portal(self, login):
        """Open a window for a customer, who lands on the portal and never sees the web client."""
        return self.login(login, wait=".o_portal_my_home")

    def complaints(self):
        """What the scripts of any page complained about."""
        return [complaint for page in self.pages for complaint in page.complaints]


class Page:
    """The web client of one user. Fields and buttons are found by their names, whatever the language."""

    def __init__(self, browser, raw, login):
        self.browser = browser
        self.login = login
        self.raw = raw
        self.complaints = []
        raw.on("pageerror", lambda error: self.complaints.append(str(error)))
        raw.on("console", self._on_console)
        self._asked = set()
        raw.on("request", self._on_request)
        raw.on("requestfinished", self._on_answer)
        raw.on("requestfailed", self._on_answer)

    def _on_request(self, request):
        if request.resource_type in ("xhr", "fetch") and not any(part in request.url for part in ENDLESS):
            self._asked.add(request)

    def _on_answer(self, request):
        self._asked.discard(request)

    def _on_console(self, message):
        if message.type == "error" and not any(words in message.text for words in HARMLESS):
            self.complaints.append(message.text)

    def await_(self, selector):
        """Wait until something is on the screen, and the client at rest; a dialog of an error ends the waiting."""
        self.raw.wait_for_selector(f"{selector}, {DIALOG}")
        self.settle()
        return self.find(selector).first

    def find(self, selector, **options):
        return self.raw.locator(selector, **options)

    def settle(self):
        """Wait until the web client has nothing under way; a dialog of an error is a failure."""
        self.rest()
        dialog = self.find(DIALOG)
        if dialog.count():
            raise AssertionError(f"The web client shows an error: {dialog.first.inner_text()}")

    def rest(self):
        """Wait until the web client has nothing under way."""
        limit = time.monotonic() + PATIENCE / 1000
        quiet = 0
        while quiet < 3:
            self.raw.wait_for_timeout(50)
            quiet = 0 if self._asked or self.find(BUSY).count() else quiet + 1
            if time.monotonic() > limit:
                raise AssertionError(f"The web client does not come to rest: {[one.url for one in self._asked]}")

    def open(self, path, wait=".o_action_manager .o_view_controller, .o_action_manager .o_content"):
        """Open a page of the web client by its path under ``/odoo``."""
        self.raw.goto(f"{self.browser.address}/odoo/{path}")
        self.await_(wait)
        return self

    def button(self, name, within=""):
        """The visible button that calls a method of the model."""
        return self.find(f"{within} button[name='{name}']:visible").first

    def press(self, name, within=""):
        """Press the button that calls a method of the model."""
        self.button(name, within).click()
        self.settle()

    def press_refused(self, name, within="", look=None):
        """Press a button that is refused; close the dialog and return what it says.

        :param look: called while the dialog is open
        """
        self.button(name, within).click()
        return self.close_refusal(look)

    def close_refusal(self, look=None):
        """Close the dialog that tells that something is refused, and return what it says.

        :param look: called while the dialog is open
        """
        dialog = self.find(DIALOG).first
        dialog.wait_for()
        self.rest()
        if self.find(CRASH).count():
            raise AssertionError(f"The web client crashed: {dialog.inner_text()}")
        text = dialog.inner_text()
        if look:
            look(self)
        dialog.locator(".modal-footer .btn-primary").click()
        dialog.wait_for(state="detached")
        return text

    def field(self, name, within=".o_form_view"):
        return self.find(f"{within} .o_field_widget[name='{name}']").first

    def text(self, selector):
        return " ".join(self.find(selector).first.inner_text().split())

    def confirm_dialog(self):
        """Say yes to the question that a dialog asks."""
        self.find(".modal-footer .btn-primary").first.click()
        self.settle()

    def choose(self, name, text, within=".o_form_view"):
        """Type into a many2one and take the record of that name."""
        entry = self.field(name, within).locator("input")
        entry.click()
        entry.fill(text)
        choice = ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)"
        # what was there before the search has come back would be taken, and the list opened once more
        self.find(f"{choice}:not(:has-text('{text}'))").first.wait_for(state="detached")
        self.find(f"{choice}:has-text('{text}')").first.click()
        self.settle()

    def upload(self, selector, path):
        """Press a button that asks for a file, and give it one."""
        with self.raw.expect_file_chooser() as chooser:
            self.find(selector).first.click()
        chooser.value.set_files(path)
        self.settle()

    def shoot(self, path):
        self.raw.mouse.move(0, 0)
        self.raw.screenshot(path=str(path))
