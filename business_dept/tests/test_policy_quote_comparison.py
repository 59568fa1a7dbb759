# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The comparison of an order with its first quote (JJ-1.2.3). No database is needed."""

from dataclasses import replace
from math import fsum

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.quote_comparison import (
    ADDED,
    CHANGED,
    REMOVED,
    SAME,
    PriceGap,
    QuoteLine,
    compare,
    get_changed_terms,
    kept_share,
)

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

cents = st.integers(min_value=0, max_value=1_000_000).map(lambda number: number / 100)


def line(key, product=1, quantity=1.0, price=100.0, amount=None, factor=1.0):
    return QuoteLine(key, product, f"P{product}", quantity, price, quantity * price if amount is None else amount, factor)


@st.composite
def quotes(draw):
    """Lines with ids of their own, few products so that they meet, sometimes one that takes money off."""
    lines = draw(st.lists(st.tuples(
        st.integers(min_value=1, max_value=30), st.integers(min_value=1, max_value=4),
        st.integers(min_value=1, max_value=50), cents, st.booleans() | st.just(False),
    ), max_size=10, unique_by=lambda parts: parts[0]))
    return [
        line(key, product, float(quantity), -price if off else price) for key, product, quantity, price, off in lines
    ]


@tagged("post_install", "-at_install")
class TestPolicyQuoteComparison(BaseCase):

    def row(self, before, now):
        found, = compare([before] if before else [], [now] if now else [])
        return found

    def test_table(self):
        """JJ-1.2.3: what becomes of a line, and by how much its price has changed."""
        quoted = line(1, quantity=10)
        for now, kind, difference, percent, price_percent in (
            (line(1, quantity=10), SAME, 0.0, 0.0, 0.0),
            (line(1, quantity=10, price=90.0), CHANGED, -100.0, -10.0, -10.0),
            (line(1, quantity=20), CHANGED, 1000.0, 100.0, 0.0),
            (line(2, quantity=10, price=90.0), CHANGED, -100.0, -10.0, -10.0),
            (line(1, quantity=1, price=1200.0, factor=12.0), CHANGED, 200.0, 20.0, 0.0),
            (None, REMOVED, -1000.0, -100.0, 0.0),
        ):
            with self.subTest(now=now):
                row = self.row(quoted, now)
                self.assertEqual(row.kind, kind)
                self.assertAlmostEqual(row.difference, difference)
                self.assertAlmostEqual(row.percent, percent)
                self.assertAlmostEqual(row.price_percent, price_percent)

    def test_another_product_on_the_same_line(self):
        """JJ-1.2.3: a line that sells something else now is one removed and one added."""
        kinds = [row.kind for row in compare([line(1, product=1)], [line(1, product=2)])]
        self.assertEqual(kinds, [REMOVED, ADDED])

    def test_further_line_of_a_quoted_product(self):
        """JJ-1.2.3: splitting a line does not hide a cut: the further line is judged by the quoted price."""
        rows = compare([line(1, quantity=10)], [line(1, quantity=1), line(2, quantity=9, price=50.0)])
        self.assertEqual([row.kind for row in rows], [CHANGED, ADDED])
        self.assertAlmostEqual(rows[1].price_percent, -50.0)
        self.assertAlmostEqual(rows[1].price_money, -450.0)

    def test_further_product_is_not_judged(self):
        """JJ-1.2.3: the quote says nothing of another product; the price list judges it."""
        rows = compare([line(1)], [line(1), line(2, product=2, price=1.0)])
        self.assertEqual(rows[1].price_percent, 0.0)

    def test_money_off_is_a_price_cut(self):
        """JJ-1.2.3: a rebate below the lines lowers the price of every line in proportion."""
        rows = compare([line(1), line(2, product=2)], [line(1), line(2, product=2), line(3, product=3, price=-20.0)])
        self.assertEqual([round(row.price_percent, 6) for row in rows], [-10.0, -10.0, 0.0])

    def test_kept_share(self):
        """JJ-2.1.8: what is left of the price when money off is spread."""
        for amounts, share in (((), 1), ((100,), 1), ((100, -25), 0.75), ((100, -100), 0), ((50, -100), 0), ((-5,), 0)):
            self.assertEqual(kept_share(amounts), share)

    def test_price_gap(self):
        """JJ-2.1.8, RL-5.3: below the list is above 0; where the list has no price nothing is said."""
        for list_price, price, percent, money in ((100, 80, 20, 40), (100, 130, -30, -60), (100, 100, 0, 0), (0, 50, 0, 0)):
            gap = PriceGap(1, "P", list_price, price, 2)
            self.assertEqual((gap.percent, gap.money), (percent, money))

    def test_terms(self):
        """JJ-1.2.3: nothing said is nothing said, however it is written."""
        self.assertEqual(get_changed_terms({"a": 1, "b": "", "c": None}, {"a": 2, "b": False, "c": "x"}), ["a", "c"])

    @QUICK
    @given(quotes(), quotes())
    def test_sum_of_differences(self, before, now):
        """JJ-1.2.3: the differences of the rows are the difference of the totals; no line is lost or met twice."""
        rows = compare(before, now)
        self.assertAlmostEqual(
            fsum(row.difference for row in rows),
            fsum(row.amount for row in now) - fsum(row.amount for row in before), places=4,
        )
        self.assertCountEqual([row.before.key for row in rows if row.before], [row.key for row in before])
        self.assertCountEqual([row.now.key for row in rows if row.now], [row.key for row in now])

    @QUICK
    @given(quotes(), quotes(), st.randoms(use_true_random=False))
    def test_order_does_not_matter(self, before, now, chance):
        """JJ-1.2.3: where a line stands changes nothing."""
        def outcome(rows):
            return sorted((row.kind, row.before.key if row.before else 0, row.now.key if row.now else 0,
                           round(row.price_percent, 6), round(row.price_money, 4)) for row in rows)

        expected = outcome(compare(before, now))
        chance.shuffle(before)
        chance.shuffle(now)
        self.assertEqual(outcome(compare(before, now)), expected)

    @QUICK
    @given(quotes(), st.randoms(use_true_random=False))
    def test_same_content_is_no_difference(self, quote, chance):
        """JJ-1.2.3: the same lines, also taken out and put in again, are no deviation."""
        again = [replace(line, key=line.key + 1000) for line in quote]
        chance.shuffle(again)
        for now in (list(quote), again):
            rows = compare(quote, now)
            self.assertEqual({row.kind for row in rows} - {SAME}, set())
            self.assertTrue(all(abs(row.price_percent) < 1e-9 and abs(row.price_money) < 1e-6 for row in rows))

    @QUICK
    @given(quotes(), st.integers(min_value=1, max_value=99), st.data())
    def test_a_cut_is_never_hidden(self, quote, percent, data):
        """JJ-1.2.3: whichever line is cut, and however the others change places, a row says so."""
        sold = [line for line in quote if line.price > 0]
        if not sold or len({line.product for line in sold}) < len(sold) or len(sold) < len(quote):
            return
        victim = data.draw(st.sampled_from(sold))
        cut = replace(victim, key=999, price=victim.price * (100 - percent) / 100,
                      amount=victim.amount * (100 - percent) / 100)
        rows = compare(quote, [cut, *(line for line in quote if line is not victim)])
        worst = min(row.price_percent for row in rows)
        self.assertAlmostEqual(worst, -percent, places=4)
