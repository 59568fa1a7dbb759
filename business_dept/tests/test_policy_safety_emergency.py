# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.months import add_months
from ..policy.safety_emergency import (
    EXPIRING_DAYS,
    NOTICE_DAYS,
    PREPARATION_DAYS,
    drill_day,
    drill_due,
    drill_score,
    is_short,
    supply_state,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
CONDITIONS = st.sampled_from(("ok", "damaged", "expired"))
AMOUNTS = st.integers(0, 1000).map(float)
TODAY = date(2026, 3, 31)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine makes examples slowly; what they say stays the same."""


@tagged("post_install", "-at_install")
class TestPolicyEmergency(BaseCase):
    """SM-4.5: drills are due, supplies are short, by plain arithmetic."""

    def test_months(self):
        """SM-4.5.2: the same day of a later month, or the last one that it has."""
        for day, months, expected in (
            (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)), (date(2026, 12, 5), 12, date(2027, 12, 5)),
            (date(2026, 6, 15), 0, date(2026, 6, 15)),
        ):
            self.assertEqual(add_months(day, months), expected)

    @PATIENT
    @given(DAYS, st.integers(1, 60))
    def test_due(self, day, months):
        """SM-4.5.2: the next drill is after the last one, and never later than the months say."""
        due = drill_due(day, months)
        self.assertGreater(due, day)
        self.assertLessEqual(due, day + timedelta(days=31 * months))

    def test_no_interval(self):
        """SM-4.5.2: an interval of no months is none."""
        with self.assertRaises(ValueError):
            drill_due(TODAY, 0)

    @PATIENT
    @given(DAYS, st.integers(-400, 400))
    def test_day(self, today, days):
        """SM-4.5.2: planned when it is near, never without time to prepare, and late only when it was due before that."""
        due = today + timedelta(days=days)
        day = drill_day(due, today)
        self.assertEqual(day is None, days > NOTICE_DAYS)
        if day:
            self.assertGreaterEqual(day, today + timedelta(days=PREPARATION_DAYS))
            self.assertEqual(day, max(due, today + timedelta(days=PREPARATION_DAYS)))

    def test_score(self):
        """WM-5: the mean of five marks; none while one is missing."""
        self.assertEqual(drill_score([5, 4, 3, 4, 4]), 4.0)
        self.assertEqual(drill_score([1, 1, 1, 1, 2]), 1.2)
        self.assertIsNone(drill_score([5, 0, 5, 5, 5]))
        self.assertIsNone(drill_score([]))
        with self.assertRaises(ValueError):
            drill_score([6])

    @PATIENT
    @given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    def test_score_between(self, marks):
        """WM-5: a score is between the worst and the best mark, in whatever order."""
        self.assertTrue(min(marks) <= drill_score(marks) <= max(marks))
        self.assertEqual(drill_score(marks), drill_score(marks[::-1]))

    def test_state(self):
        """SM-4.5.3: the worst that is the matter with a supply."""
        for quantity, minimum, condition, days, expected in (
            (4, 4, "ok", None, "ok"), (3.99, 4, "ok", None, "short"), (4, 4, "damaged", None, "short"),
            (0, 0, "ok", None, "ok"), (4, 4, "ok", 31, "ok"), (4, 4, "ok", 30, "expiring"), (4, 4, "ok", 0, "expiring"),
            (4, 4, "ok", -1, "expired"), (1, 4, "ok", -1, "expired"), (1, 4, "ok", 10, "short"),
            (4, 4, "expired", None, "expired"),
        ):
            expiry = None if days is None else TODAY + timedelta(days=days)
            self.assertEqual(supply_state(quantity, minimum, condition, expiry, TODAY), expected, (quantity, condition, days))

    @PATIENT
    @given(AMOUNTS, AMOUNTS, CONDITIONS, st.none() | st.integers(-100, 100), AMOUNTS)
    def test_more_is_never_worse(self, quantity, minimum, condition, days, more):
        """SM-4.5.3: more of it never makes it short; complete means there, usable, and so for the next month."""
        expiry = None if days is None else TODAY + timedelta(days=days)
        before = supply_state(quantity, minimum, condition, expiry, TODAY)
        after = supply_state(quantity + more, minimum, condition, expiry, TODAY)
        self.assertFalse(after == "short" and before != "short")
        self.assertEqual(before == "ok", (
            quantity >= minimum and condition == "ok" and (days is None or days > EXPIRING_DAYS)))
        self.assertEqual(is_short(quantity, minimum, "ok"), quantity < minimum)
