# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Properties of the credit score (JJ-4.2). No database is needed."""

import datetime
import time
from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.credit import (
    PaymentBehaviour,
    ScoreWeights,
    SettledPart,
    behaviour,
    grade_for,
    score,
)

AS_OF = datetime.date(2024, 6, 30)
THRESHOLDS = ((90.0, "A"), (60.0, "B"), (0.0, "C"))
QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

days = st.dates(min_value=datetime.date(2023, 1, 1), max_value=datetime.date(2024, 12, 31))
parts = st.builds(
    SettledPart,
    invoice=st.text("0123456789", min_size=1, max_size=2),
    amount=st.integers(min_value=1, max_value=10_000_000).map(lambda cents: cents / 100),
    due_date=days,
    settled_date=st.none() | days,
)
histories = st.lists(parts, min_size=1, max_size=25)
weight = st.floats(min_value=0, max_value=100, allow_subnormal=False).map(lambda value: round(value, 2))
weights = st.builds(
    ScoreWeights,
    on_time=weight,
    mean_late=weight,
    worst_late=weight,
    overdue=weight.map(lambda value: value + 1),
    mean_late_days=st.integers(min_value=1, max_value=120),
    worst_late_days=st.integers(min_value=1, max_value=365),
    min_count=st.integers(min_value=0, max_value=6),
)


def total(history, chosen):
    """Score of a list of parts, whatever its length."""
    return score(behaviour(history, AS_OF), replace(chosen, min_count=0)).total


@tagged("post_install", "-at_install", "credit")
class TestPolicyCredit(BaseCase):
    @QUICK
    @given(histories, weights)
    def test_range(self, history, chosen):
        """JJ-4.2: a score lies between 0 and 100 and is the sum of its parts."""
        result = score(behaviour(history, AS_OF), replace(chosen, min_count=0))
        self.assertTrue(0 <= result.total <= 100)
        self.assertAlmostEqual(sum(part.weight for part in result.parts), 100)
        self.assertAlmostEqual(result.total, sum(part.points for part in result.parts), delta=0.006)
        for part in result.parts:
            self.assertTrue(-1e-9 <= part.points <= part.weight + 1e-9, part)

    @QUICK
    @given(histories, weights, st.data())
    def test_paying_later_never_raises_the_score(self, history, chosen, data):
        """JJ-4.2: paying any part later, or not at all, never raises the score."""
        index = data.draw(st.integers(min_value=0, max_value=len(history) - 1))
        part = history[index]
        assume(part.settled_date)
        later = data.draw(st.none() | st.integers(min_value=1, max_value=800))
        worse = [*history]
        worse[index] = replace(
            part, settled_date=part.settled_date + datetime.timedelta(days=later) if later else None
        )
        before, after = behaviour(history, AS_OF), behaviour(worse, AS_OF)
        assume(before.count and after.count)
        self.assertLessEqual(total(worse, chosen), total(history, chosen))

    @QUICK
    @given(histories, weights, st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, history, chosen, random):
        """JJ-4.2: the order in which invoices are read does not change the score."""
        shuffled = [*history]
        random.shuffle(shuffled)
        self.assertAlmostEqual(total(history, chosen), total(shuffled, chosen), delta=0.011)

    @QUICK
    @given(histories, weights, st.data())
    def test_splitting_a_payment_does_not_matter(self, history, chosen, data):
        """JJ-4.2: one payment of 100 and two of 50 on the same day score the same."""
        index = data.draw(st.integers(min_value=0, max_value=len(history) - 1))
        half = replace(history[index], amount=history[index].amount / 2)
        self.assertAlmostEqual(
            total(history, chosen), total([*history[:index], half, half, *history[index + 1:]], chosen), delta=0.011
        )

    @QUICK
    @given(histories, weights, st.sampled_from([0.01, 0.5, 7.2, 1000]))
    def test_currency_does_not_matter(self, history, chosen, rate):
        """JJ-4.2: the same behaviour in another currency scores the same."""
        converted = [replace(part, amount=part.amount * rate) for part in history]
        self.assertAlmostEqual(total(history, chosen), total(converted, chosen), delta=0.011)

    @QUICK
    @given(histories, weights)
    def test_an_invoice_paid_in_time_never_lowers_the_score(self, history, chosen):
        """JJ-4.2: one more invoice paid in time does not lower the score."""
        assume(behaviour(history, AS_OF).count)
        paid = SettledPart("more", 500.0, AS_OF, AS_OF)
        self.assertGreaterEqual(total([*history, paid], chosen) + 0.011, total(history, chosen))

    @QUICK
    @given(histories, weights)
    def test_what_came_later_is_not_known(self, history, chosen):
        """JJ-4.2: a payment after the cut-off day and none at all are the same on that day."""
        known = [
            replace(part, settled_date=None) if part.settled_date and part.settled_date > AS_OF else part
            for part in history
        ]
        self.assertEqual(behaviour(history, AS_OF), behaviour(known, AS_OF))

    @QUICK
    @given(histories, weights)
    def test_short_history_is_unrated(self, history, chosen):
        """JJ-4.2: below the minimum of history a customer is unrated, from it on rated."""
        measured = behaviour(history, AS_OF)
        self.assertIsNone(score(measured, replace(chosen, min_count=measured.count + 1)).total)
        self.assertIsNone(grade_for(None, THRESHOLDS))
        self.assertIsNotNone(score(measured, replace(chosen, min_count=measured.count)).total)

    @QUICK
    @given(st.floats(0, 100), st.floats(0, 100))
    def test_grades_follow_scores(self, one, other):
        """JJ-4.1: a higher score never gets a worse grade."""
        low, high = sorted((one, other))
        self.assertGreaterEqual(grade_for(low, THRESHOLDS), grade_for(high, THRESHOLDS))

    def test_table(self):
        """JJ-4.2: worked examples under the shipped weights."""
        chosen = ScoreWeights()
        for measured, expected in (
            (PaymentBehaviour(count=5, on_time_share=1.0), 100.0),
            (PaymentBehaviour(count=2, on_time_share=1.0), None),
            # 35 x 0.8 + 40 x (1 - 3/15) + 15 x (1 - 12/60) + 10
            (PaymentBehaviour(count=5, on_time_share=0.8, mean_days_late=3, worst_days_late=12), 82.0),
            # nothing in time, 30 days late in the mean, the worst 90, half of it open
            (
                PaymentBehaviour(
                    count=5, on_time_share=0, mean_days_late=30, worst_days_late=90, overdue_share=0.5
                ),
                5.0,
            ),
        ):
            self.assertEqual(score(measured, chosen).total, expected)

    def test_thresholds_are_inclusive(self):
        """JJ-4.1: a grade is reached at its threshold; with no grade at 0 the worst score has none."""
        self.assertEqual([grade_for(value, THRESHOLDS) for value in (90, 89.99, 60, 59.99, 0)], list("ABBCC"))
        self.assertIsNone(grade_for(10, ((90.0, "A"), (60.0, "B"))))

    def test_wrong_weights(self):
        """JJ-4.2: weights that cannot be used are refused."""
        for wrong in (
            {"on_time": -1},
            {"on_time": 0, "mean_late": 0, "worst_late": 0, "overdue": 0},
            {"mean_late_days": 0},
            {"worst_late_days": 0},
        ):
            with self.assertRaises(ValueError):
                ScoreWeights(**wrong)

    def test_speed(self):
        """JJ-4.2: 100,000 customers are reviewed at once, so a score takes about 10 microseconds at most."""
        measured = PaymentBehaviour(12, 0.6, 4.2, 33, 0.1, 1250.0, 12, 90000.0)
        chosen = ScoreWeights()
        best = min(self._time(measured, chosen) for _round in range(5))
        self.assertLess(best, 10e-6)

    def _time(self, measured, chosen):
        """Mean seconds of one call, over 10,000 calls."""
        start = time.perf_counter()
        for _call in range(10_000):
            score(measured, chosen)
        return (time.perf_counter() - start) / 10_000
