# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Holidays before which is inspected (SP-11, SM-4.2.1)."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

GAP = 2
"""Days between two public holidays that a weekend may fill: they are one holiday."""
MOVED = 3
"""Days by which a holiday may be moved and still be the same one."""


def merge_holidays(days: Iterable[tuple[date, date, str]]) -> list[tuple[date, date, str]]:
    """Holidays as people see them: days that follow each other, or with a weekend between, are one (SP-11).

    :param days: first day, last day and name of each period, in any order
    :return: first day, last day and the first name of each holiday, in order
    """
    merged: list[tuple[date, date, str]] = []
    for first, last, name in sorted(days):
        if merged and first <= merged[-1][1] + timedelta(days=GAP + 1):
            begin, end, called = merged[-1]
            merged[-1] = (begin, max(end, last), called or name)
        else:
            merged.append((first, last, name))
    return merged


def same_holiday(known: date, first: date, last: date) -> bool:
    """Whether a holiday that was known to begin on a day is this one, moved or made longer (SP-11).

    :param known: the day on which it was known to begin
    :param first: first day now
    :param last: last day now
    """
    return first - timedelta(days=MOVED) <= known <= last
