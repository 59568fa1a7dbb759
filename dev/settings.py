# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the user set for a command, checked before anything is fetched or made."""

import contextlib
import os
import re
import socket
from dataclasses import dataclass

from .console import Problem

DATABASE = "business_dept"


@dataclass(frozen=True)
class Serving:
    """``PORT``, ``WORKERS`` and ``DB`` of ``make run``."""

    port: int
    workers: int
    database: str

    @property
    def notification_port(self):
        """Live notifications have a port of their own when there are several workers."""
        return self.port + 3


def serving():
    """Return the settings of ``make run``."""
    settings = Serving(_number("PORT", 8069), _number("WORKERS", 0), os.environ.get("DB") or DATABASE)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", settings.database):
        raise Problem(f"DB={settings.database} is no name for a database: use letters, digits and underscores")
    _check_port(settings.port)
    if settings.workers:
        _check_port(settings.notification_port)
    return settings


def flag(name):
    """Tell whether a switch such as ``QUICK=1`` is on."""
    return os.environ.get(name, "") not in ("", "0")


def _number(name, default):
    text = os.environ.get(name) or str(default)
    if not text.isdigit():
        raise Problem(f"{name}={text} is no number: give one, such as {name}={default}")
    return int(text)


def _check_port(port):
    if not 0 < port < 65536:
        raise Problem(f"PORT={port} is no port: give a number between 1 and 65535")
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(f"port {port} is not allowed for this user: choose one above 1023 with PORT=…") from None
        except OSError:
            raise Problem(f"port {port} is taken by another program: choose another with PORT=…, "
                          f"for example make run PORT={port + 10 if port < 65526 else 8069}") from None
