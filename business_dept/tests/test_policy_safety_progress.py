# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""When the weekly progress of a major hazard is missing (SM-4.2.3). No database is needed."""
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.safety import periods_missed

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestPolicySafetyProgress(BaseCase):
    def test_table(self):
        """SM-4.2.3: the first week may run out; each whole week after that is one more."""
        for after, missed in ((-3, 0), (0, 0), (6, 0), (7, 1), (13, 1), (14, 2), (29, 4)):
            self.assertEqual(periods_missed(DAY, DAY + timedelta(days=after), 7), missed, after)

    @QUICK
    @given(last=st.dates(date(2000, 1, 1), date(2100, 1, 1)), days=st.integers(1, 60), after=st.integers(-30, 400))
    def test_periods(self, last, days, after):
        """SM-4.2.3: whole periods only, never negative, one more after each period."""
        today = last + timedelta(days=after)
        periods = periods_missed(last, today, days)
        self.assertEqual(periods == 0, after < days)
        if after >= 0:
            self.assertEqual(periods_missed(last, today + timedelta(days=days), days), periods + 1)
