# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.months import last_day

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@tagged("post_install", "-at_install")
class TestPolicySafetyOrg(BaseCase):
    """How long a certificate or a helmet is good."""

    def test_table(self):
        """SM-4.1.3, SM-4.3.2: the last day is the one before the same day of the month, or the month's end."""
        for start, months, expected in (
            (date(2026, 1, 15), 36, date(2029, 1, 14)),
            (date(2026, 1, 1), 12, date(2026, 12, 31)),
            (date(2026, 3, 1), 1, date(2026, 3, 31)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 1, 29), 1, date(2026, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 28)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 5, 5), 0, None),
            (date(2026, 5, 5), -3, None),
        ):
            with self.subTest(start=start, months=months):
                self.assertEqual(last_day(start, months), expected)

    @QUICK
    @given(days, st.integers(1, 600))
    def test_never_shorter_than_its_months(self, start, months):
        """SM-4.1.3: it lasts at least 28 and at most 31 days a month, and one month longer ends later."""
        end = last_day(start, months)
        self.assertLessEqual(28 * months - 1, (end - start).days)
        self.assertLessEqual((end - start).days, 31 * months)
        self.assertLess(end, last_day(start, months + 1))

    @QUICK
    @given(days, st.integers(1, 600))
    def test_begins_later_ends_no_earlier(self, start, months):
        """SM-4.1.3: who begins a day later never ends earlier."""
        self.assertLessEqual(last_day(start, months), last_day(start + timedelta(days=1), months))
