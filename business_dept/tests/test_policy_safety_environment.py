# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.months import months_missing
from ..policy.safety import limit_excess, limit_load

FIGURES = st.floats(0, 1e6)


@tagged("post_install", "-at_install")
class TestPolicySafetyEnvironment(BaseCase):
    """Limits and months (SM-4.6)."""

    def test_table(self):
        """SM-4.6.2, SM-4.6.3: by how much, and what share."""
        for value, minimum, maximum, excess, load in (
            (60, None, 100, 0, 60), (130, None, 100, 30, 130), (100, None, 100, 0, 100), (15, 20, None, 5, 100 * 20 / 15),
            (20, 20, None, 0, 100), (5, 6, 9, 1, 100 * 5 / 9), (0, None, 0, 0, 0), (1, None, 0, 1, 200), (0, 20, None, 20, 200),
        ):
            self.assertAlmostEqual(limit_excess(value, minimum, maximum), excess)
            self.assertAlmostEqual(limit_load(value, minimum, maximum), load)

    @given(FIGURES, FIGURES)
    def test_one_bound(self, value, bound):
        """SM-4.6: beyond the limit is more than 100 %, and the other way round."""
        self.assertEqual(limit_excess(value, None, bound) > 0, value > bound)
        self.assertEqual(limit_excess(value, bound, None) > 0, value < bound)
        if value > bound * 1.001 + 1e-9:
            self.assertGreater(limit_load(value, None, bound), 100)
        if value * 1.001 + 1e-9 < bound:
            self.assertGreater(limit_load(value, bound, None), 100)

    @given(st.integers(1, 12), st.integers(0, 60), st.sets(st.integers(0, 60)))
    def test_months(self, month, length, have):
        """SM-4.6: what is there and what is missing make up all months, each once; what is made is not missing any more."""
        first = date(2030, month, 15)
        last = date(first.year + (first.month - 1 + length) // 12, (first.month - 1 + length) % 12 + 1, 28)
        every = months_missing(first, last, ())
        self.assertEqual(len(every), length + 1)
        present = {every[number] for number in have if number < len(every)}
        missing = months_missing(first, last, present)
        self.assertEqual(sorted({*missing, *present}), every)
        self.assertFalse(present & set(missing))
        self.assertEqual(months_missing(first, last, [*missing, *present]), [])
