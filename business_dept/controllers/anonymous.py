# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who sends a report is cut off before Odoo begins: what was never known is never written.

Odoo reads the session and notes the device before any controller runs, and the server writes a line with the address after it.
So the cut is made around the WSGI application, on the environment that all of them share: of a request for the report page only
what is in ``KEPT`` goes in. Cookies, address, browser, the page one comes from, and whatever a proxy adds, do not.
"""
import functools
import logging
import threading
import traceback

from odoo import http
from odoo.tools import config

from ..policy.report_page import SourceLimiter

PATH = "/safety/report"
MARK = "business_dept.report_source"
"""Key of the environment that says that it was cut, and holds the name of the source for this hour."""
NOBODY = "0.0.0.0"
KEPT = frozenset({
    "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH",
    "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR", "REQUEST_URI", "RAW_URI",
    "HTTP_HOST", "HTTP_ACCEPT_LANGUAGE", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_ODOO_DATABASE", MARK,
})
"""What the server says of itself, and of the request what it takes to answer; ``wsgi.*`` is kept as well."""
LANGUAGES = ("zh", "en")
QUIETENED = (
    "werkzeug", "longpolling", "odoo.http", "odoo.sql_db", "odoo.service.model",
    # at the level of debugging Pillow logs what the head of a photo says
    *(f"PIL.{name}" for name in (
        "Image", "JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin", "TiffImagePlugin", "WebPImagePlugin")),
)
"""Names of the loggers that hear of a request."""

limiter = SourceLimiter()
"""One per process, in its memory only."""


def is_report_path(path):
    """Whether a path is one of the report page, written in any way that the routing could take for it."""
    return path.startswith(PATH) and path[len(PATH):len(PATH) + 1] in ("", "/")


def cut_off(environ):
    """Take everything out of the environment that tells who asks, in place; name the source for this hour.

    :param dict environ: of a WSGI request
    """
    environ[MARK] = limiter.name_source(_get_address(environ))
    accepted = environ.get("HTTP_ACCEPT_LANGUAGE", "")
    language = _get_language(environ.get("QUERY_STRING", ""), accepted)
    for key in [key for key in environ if key not in KEPT and not key.startswith("wsgi.")]:
        del environ[key]
    environ["REMOTE_ADDR"] = NOBODY
    environ["HTTP_ACCEPT_LANGUAGE"] = language
    environ["QUERY_STRING"] = f"lang={language}"
    environ["REQUEST_URI"] = environ["RAW_URI"] = PATH


def _get_address(environ):
    """The address of who asks; behind a proxy that Odoo trusts, the one that the proxy has added."""
    if config["proxy_mode"] and (forwarded := environ.get("HTTP_X_FORWARDED_FOR")):
        return forwarded.rpartition(",")[2].strip()
    return environ.get("REMOTE_ADDR", "")


def _get_language(query, accepted):
    """``zh`` or ``en``: what the page was asked for, or else what the browser prefers. Finer, it would tell browsers apart."""
    for part in query.split("&"):
        if part in ("lang=zh", "lang=en"):
            return part[5:]
    for part in accepted.lower().split(","):
        language = part.strip()[:2]
        if language in LANGUAGES:
            return language
    return "en"


class QuietFilter(logging.Filter):
    """Log lines of a request for the report page: none but that something went wrong, and where in the code."""

    def filter(self, record):
        if not getattr(threading.current_thread(), "business_report_page", False) and (
                PATH not in str(record.msg) and PATH not in str(record.args)):
            return True
        if record.levelno <= logging.INFO:
            return False  # also without an address, a line would say when a report came in
        record.msg, record.args = "A request for the report page went wrong.", ()  # a message may quote what was sent
        if record.exc_info and record.exc_info[0]:
            kind, _error, frames = record.exc_info
            record.msg, record.args = "%s %s\n%s", (record.msg, kind.__name__, "".join(traceback.format_tb(frames)))
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _install():
    """Put the cut around the application, and the filter before what the server and Odoo log of a request."""
    answer = http.Application.__call__

    @functools.wraps(answer)
    def __call__(self, environ, start_response):
        thread = threading.current_thread()
        thread.business_report_page = is_report_path(environ.get("PATH_INFO", ""))
        if thread.business_report_page:
            cut_off(environ)
        return answer(self, environ, start_response)

    http.Application.__call__ = __call__
    quiet = QuietFilter()
    for name in QUIETENED:
        logging.getLogger(name).addFilter(quiet)


_install()
