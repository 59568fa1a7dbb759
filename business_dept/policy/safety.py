# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Arithmetic of safety: risk, scores, days without accident (SD-5.6, SD-11, SM-2.1, SM-4.2)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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


def limit_excess(value: float, minimum: float | None, maximum: float | None) -> float:
    """By how much a measured value is beyond its limit (SM-4.6).

    :param value: in the unit of the limit
    :param minimum: least that is allowed; ``None``: no such limit
    :param maximum: most that is allowed; ``None``: no such limit
    :return: above the maximum or below the minimum, in the same unit; 0 within the limit
    """
    over = value - maximum if maximum is not None else 0.0
    under = minimum - value if minimum is not None else 0.0
    return max(over, under, 0.0)


def limit_load(value: float, minimum: float | None, maximum: float | None) -> float:
    """How much of its limit a measured value takes up, so that parameters of different units can be compared (SM-4.6).

    :param value: in the unit of the limit
    :param minimum: least that is allowed, when there is no maximum
    :param maximum: most that is allowed
    :return: per cent; more than 100 exactly when the value is beyond the limit that it is held against; 200 by convention when
        there is no such ratio (something where nothing is allowed, nothing where something is due)
    """
    part, whole = (value, maximum) if maximum is not None else (minimum or 0.0, value)
    if part <= 0:
        return 0.0
    return 200.0 if whole <= 0 else 100.0 * part / whole


def periods_missed(last: date, today: date, days: int) -> int:
    """How many whole periods have passed without a report of progress (SM-4.2.3).

    :param last: day of the last report, or on which the first period began
    :param today: the day of the question
    :param days: length of a period, at least 1
    :return: 0 as long as the first period is running
    """
    return max((today - last).days, 0) // days
