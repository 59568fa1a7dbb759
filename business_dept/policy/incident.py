# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Arithmetic of incidents: until when they are reported, and what a chain of whys comes to (SM-4.4)."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

ROOT_FROM = 3
"""Answers that a chain of whys has at least: the first ones name symptoms (SM-4.4.2)."""
WHYS = 5
"""Questions of a chain."""


def report_deadline(
    occurred: datetime, hours: float, raised: datetime | None = None, latest: datetime | None = None,
) -> datetime:
    """Moment until which the leading group is told (SM-4.4.1).

    :param occurred: when it happened
    :param hours: of the present severity
    :param raised: when it turned out to be worse than it was reported: the hours begin anew
    :param latest: deadline that held before: what turned out to be worse is never reported later for it
    """
    deadline = (raised or occurred) + timedelta(hours=hours)
    return min(deadline, latest) if latest else deadline


def root_cause(answers: Sequence[str | bool | None]) -> str:
    """The last answer of a chain of whys, when the chain goes deep enough without a gap (SM-4.4.2).

    :param answers: to the first, second … why; empty ones were not asked
    :return: the root cause; empty when the chain is too short or has a gap
    """
    given = [bool(answer and answer.strip()) for answer in answers]
    depth = sum(given)
    if depth < ROOT_FROM or not all(given[:depth]):
        return ""
    return str(answers[depth - 1]).strip()
