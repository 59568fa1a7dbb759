# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Arithmetic of emergencies: when a drill is due, what it scored, what is short (SM-4.5, WM-5)."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from .months import add_months

NOTICE_DAYS = 30
"""Days before it is due that a drill is planned."""
PREPARATION_DAYS = 7
"""Days that people have at least to prepare a drill, also when it is late already."""
EXPIRING_DAYS = 30
"""Days before its expiry that a supply counts as short (SM-4.5.3)."""


def drill_due(last: date, interval_months: int) -> date:
    """The day by which the next drill of a plan is held (SM-4.5.2).

    :param last: day of the last drill, or since when the plan is in force
    :param interval_months: months between drills, 1 or more
    :raise ValueError: when the interval is no interval
    """
    if interval_months < 1:
        raise ValueError("drills are held every month at the most")
    return add_months(last, interval_months)


def drill_day(due: date, today: date) -> date | None:
    """The day for which a drill is planned now (SM-4.5.2).

    :param due: the day by which it is to be held
    :param today: the day of the question
    :return: the day it is due, but never without time to prepare; ``None`` while it is too early to plan
    """
    if due - timedelta(days=NOTICE_DAYS) > today:
        return None
    return max(due, today + timedelta(days=PREPARATION_DAYS))


def drill_score(marks: Sequence[int]) -> float | None:
    """Score of a drill: the mean of its marks (WM-5).

    :param marks: from 1 (failed) to 5 (very good); 0 for what nobody has judged yet
    :return: 1 to 5 with one decimal; ``None`` while a mark is missing
    :raise ValueError: for a mark out of range
    """
    if any(not 0 <= mark <= 5 for mark in marks):
        raise ValueError("marks go from 1 to 5")
    if not marks or not all(marks):
        return None
    return round(sum(marks) / len(marks), 1)


def is_short(quantity: float, minimum: float, condition: str) -> bool:
    """Whether there is less of a supply than there has to be (SM-4.5.3).

    :param quantity: counted, in the unit of the supply
    :param minimum: what has to be there, in the same unit
    :param condition: ``ok``, ``damaged`` or ``expired``; what is damaged is as good as missing
    """
    return condition == "damaged" or round(quantity - minimum, 2) < 0


def supply_state(quantity: float, minimum: float, condition: str, expiry: date | None, today: date) -> str:
    """What is the matter with a supply; the worst first (SM-4.5.3).

    :param quantity: counted, in the unit of the supply
    :param minimum: what has to be there, in the same unit
    :param condition: ``ok``, ``damaged`` or ``expired``, as found at the last check
    :param expiry: last day of use; ``None`` when it does not expire
    :param today: the day of the question
    :return: ``expired``, ``short``, ``expiring`` or ``ok``
    """
    if condition == "expired" or (expiry and expiry < today):
        return "expired"
    if is_short(quantity, minimum, condition):
        return "short"
    if expiry and expiry <= today + timedelta(days=EXPIRING_DAYS):
        return "expiring"
    return "ok"
