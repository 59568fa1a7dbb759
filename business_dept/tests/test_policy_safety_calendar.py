# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.months import day_of_month, months
from ..policy.safety import inspection_score
from ..policy.safety_calendar import merge_holidays, same_holiday

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
PERIODS = st.lists(st.tuples(DAYS, st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]), "x")))
RESULTS = st.lists(st.tuples(st.sampled_from(["pass", "fail", "na"]), st.integers(1, 10)))
QUICK = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@tagged("post_install", "-at_install")
class TestPolicySafetyCalendar(BaseCase):
    """Calendar and score of inspections as pure arithmetic (SP-11, SM-4.2.1, SD-11)."""

    def test_months(self):
        """SM-4.2.1: table of months."""
        for first, last, expected in (
            (date(2026, 1, 31), date(2026, 1, 1), [date(2026, 1, 1)]),
            (date(2025, 11, 30), date(2026, 2, 1), [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]),
            (date(2026, 2, 1), date(2026, 1, 31), []),
        ):
            self.assertEqual(months(first, last), expected)

    @QUICK
    @given(DAYS, DAYS, DAYS)
    def test_months_add_up(self, first, middle, last):
        """SM-4.2.1: the months up to a day and those after it are all months; none twice, none missing."""
        first, middle, last = sorted((first, middle, last))
        behind = months(first, middle)
        self.assertEqual(behind + [month for month in months(middle, last) if month not in behind], months(first, last))
        self.assertTrue(all(month.day == 1 for month in behind))

    @QUICK
    @given(DAYS, st.integers(1, 31))
    def test_due_day(self, day, due):
        """SM-4.2.1: due within the month, on the day wherever the month has it."""
        found = day_of_month(day, due)
        self.assertEqual((found.year, found.month), (day.year, day.month))
        self.assertTrue(found.day == due or (found + timedelta(days=1)).day == 1)

    def test_holidays(self):
        """SP-11: days that follow each other, or with a weekend between, are one holiday."""
        day = lambda number: date(2026, 10, number)  # noqa: E731
        self.assertEqual(
            merge_holidays([(day(3), day(3), "b"), (day(1), day(2), "a"), (day(6), day(7), ""), (day(12), day(12), "c")]),
            [(day(1), day(7), "a"), (day(12), day(12), "c")])
        self.assertTrue(same_holiday(day(1), day(3), day(7)))
        self.assertFalse(same_holiday(date(2026, 9, 25), day(1), day(7)))

    @QUICK
    @given(PERIODS)
    def test_holidays_cover(self, periods):
        """SP-11: every period is in exactly one holiday; merging merged ones changes nothing."""
        merged = merge_holidays(periods)
        for first, last, _name in periods:
            self.assertEqual(sum(begin <= first and last <= end for begin, end, _ in merged), 1)
        self.assertEqual(merge_holidays(merged), merged)

    def test_score(self):
        """SD-11: table of scores."""
        for results, expected in (
            ([], None), ([("na", 3)], None), ([("pass", 1)], 100.0), ([("fail", 2)], 0.0),
            ([("pass", 3), ("fail", 1), ("na", 9)], 75.0), ([("pass", 1), ("fail", 2)], 33.3),
        ):
            self.assertEqual(inspection_score(results), expected)

    @QUICK
    @given(RESULTS)
    def test_score_moves_the_right_way(self, results):
        """SD-11: between 0 and 100; a fail that becomes a pass never lowers it; what does not apply never counts."""
        score = inspection_score(results)
        self.assertEqual(score, inspection_score([*results, ("na", 5)]))
        if score is not None:
            self.assertTrue(0 <= score <= 100)
            better = [("pass" if result == "fail" else result, weight) for result, weight in results]
            self.assertGreaterEqual(inspection_score(better), score)
