# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Arithmetic of safety: risk, scores, days without accident (SD-5.6, SD-11, SM-2.1, SM-4.2)."""
from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

MAJOR_FROM = 15
"""Risk from which a hazard is a major one, as shipped (SM-4.2.3); the control ``safety.hazard_major`` sets it."""
LEVELS = ((15, "extreme"), (9, "high"), (4, "medium"), (1, "low"))
"""The least risk of each level, the worst first."""


def risk(likelihood: int, severity: int) -> int:
    """Risk of a hazard (SM-4.2.1).

    :param likelihood: 1 (hardly) to 5 (very likely)
    :param severity: 1 (negligible) to 5 (fatal)
    :return: 1 to 25
    :raise ValueError: for a figure out of range
    """
    if not (1 <= likelihood <= 5 and 1 <= severity <= 5):
        raise ValueError("likelihood and severity go from 1 to 5")
    return likelihood * severity


def risk_level(value: int) -> str:
    """Level of a risk: ``low``, ``medium``, ``high`` or ``extreme`` (SM-4.2.1).

    :param value: 1 to 25
    """
    return next(level for least, level in LEVELS if value >= least)


def inspection_score(results: Iterable[tuple[str, int]]) -> float | None:
    """Score of an inspection: the share of the weight that passed, of what applies (SD-11).

    :param results: pairs of ``pass``, ``fail`` or ``na``, and the weight of the item
    :return: 0 to 100 with one decimal; ``None`` when nothing applies
    """
    applying = [(result, weight) for result, weight in results if result != "na"]
    total = sum(weight for _result, weight in applying)
    if not total:
        return None
    return round(100 * sum(weight for result, weight in applying if result == "pass") / total, 1)


def days_without_accident(since: date, accidents: Iterable[date], today: date) -> int:
    """Days that have passed since the last accident (SM-2.1).

    :param since: first day that counts when there was none
    :param accidents: days of accidents; those after ``today`` do not count
    :param today: the day of the question, in the company's time zone
    :return: 0 on the day of an accident, never negative
    """
    last = max((day for day in accidents if day <= today), default=since)
    return max((today - last).days, 0)


def last_day(start: date, months: int) -> date | None:
    """Last day on which what is good for some months is still good (SM-4.1.3, SM-4.3.2).

    :param start: first day
    :param months: how long; 0 or less: without end
    :return: the day before the same day of the month; the end of the month where that has no such day
    """
    if months <= 0:
        return None
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    days = monthrange(year, month + 1)[1]
    if start.day > days:
        return date(year, month + 1, days)
    return date(year, month + 1, start.day) - timedelta(days=1)
def periods_missed(last: date, today: date, days: int) -> int:
    """How many whole periods have passed without a report of progress (SM-4.2.3).

    :param last: day of the last report, or on which the first period began
    :param today: the day of the question
    :param days: length of a period, at least 1
    :return: 0 as long as the first period is running
    """
    return max((today - last).days, 0) // days
