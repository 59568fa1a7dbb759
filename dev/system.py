# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Programs that Odoo calls: a printer of PDFs, fonts for Chinese, and a browser for the tests."""

import shutil
import subprocess

from . import apt
from .console import Problem

#: The names under which Odoo's tests look for a browser.
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def need_printing():
    """Have what turns documents into PDFs, with Chinese in them."""
    if not shutil.which("wkhtmltopdf"):
        apt.install("wkhtmltopdf", why="printing documents")
    if not _has_chinese_font():
        apt.install("fonts-noto-cjk", why="printing Chinese")


def need_page_pictures():
    """Have what turns pages of PDFs into pictures."""
    if not shutil.which("pdftoppm"):
        apt.install("poppler-utils", why="pictures of printed pages")


def _has_chinese_font():
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True,
                               check=False).stdout.strip())


def need_browser():
    """Have a browser for the tests, which skip in silence where there is none."""
    if not any(map(shutil.which, BROWSERS)):
        try:
            apt.install("chromium", why="the browser tests")
        except Problem as problem:
            raise Problem(f"no Chromium for the browser tests: {problem}") from problem
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise Problem("no Chromium for the browser tests: install chromium or google-chrome, and put it on the PATH")
    answer = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise Problem(f"the browser {browser} does not start: run '{browser} --version' to see why")
