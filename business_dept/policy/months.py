# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Months as a calendar has them: what is due monthly, and what is good for some months."""
from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta


def months(first: date, last: date) -> list[date]:
    """First days of the months from one day to another, both months included (SM-4.2.1).

    :param first: a day of the first month
    :param last: a day of the last month
    :return: in order; empty when ``first`` is in a later month than ``last``
    """
    return [
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    ]


def months_missing(first: date, last: date, present: Iterable[date]) -> list[date]:
    """First days of the months that have no entry yet, in order (SM-4.6).

    :param first: a day of the first month
    :param last: a day of the last month
    :param present: first days of the months that have one
    """
    have = set(present)
    return [month for month in months(first, last) if month not in have]


def day_of_month(month: date, day: int) -> date:
    """A day of a month, or the last one when the month is shorter (SM-4.2.1).

    :param month: a day of the month
    :param day: 1 to 31
    """
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last of the month when it has no such day.

    :param day: any day
    :param months: 0 or more
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of_month(date(year, month + 1, 1), day.day)


def last_day(start: date, months: int) -> date | None:
    """Last day on which what is good for some months is still good (SM-4.1.3, SM-4.3.2).

    :param start: first day
    :param months: how long; 0 or less: without end
    :return: the day before the same day of the month; the end of the month where that has no such day
    """
    if months <= 0:
        return None
    end = add_months(start, months)
    return end - timedelta(days=1) if end.day == start.day else end
