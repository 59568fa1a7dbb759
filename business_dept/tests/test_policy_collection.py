# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What is to be paid when (JJ-4.1), as tables and properties. No database is needed."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.collection import (
    Instalment,
    Shipment,
    ageing,
    allocate,
    days_overdue,
    dunning_level,
    lasting_credit,
    plan,
    status,
)

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
DAY = date(2024, 3, 1)
SENT = date(2024, 3, 20)
ARRIVED = date(2024, 3, 25)

money = st.integers(min_value=0, max_value=10**9).map(lambda cents: cents / 100)
calendar = st.dates(min_value=date(2023, 1, 1), max_value=date(2025, 12, 31))


@st.composite
def a_shipment(draw):
    dispatched = draw(calendar)
    travel = draw(st.none() | st.integers(min_value=0, max_value=60))
    return Shipment(
        draw(st.integers(min_value=1, max_value=999)), draw(money), dispatched,
        None if travel is None else dispatched + timedelta(days=travel),
    )


@st.composite
def a_plan(draw):
    total = draw(money)
    return total, plan(
        total, draw(st.floats(min_value=-0.5, max_value=1.5)), draw(st.sampled_from(["dispatch", "arrival", None])),
        draw(st.integers(min_value=-5, max_value=120)), draw(calendar), draw(st.lists(a_shipment(), max_size=6)),
        goods=draw(st.none() | money),
    )


def cents(amount):
    return round(amount * 100)


def rows(instalments):
    """Instalments as a table reads them: kind, amount, day of the event, last day to pay."""
    return [(one.kind, one.amount, one.happened, one.due) for one in instalments]


@tagged("post_install", "-at_install")
class TestPlan(BaseCase):

    def test_grade_a(self):
        """JJ-4.1.A: deposit, and the balance at once when the goods leave."""
        self.assertEqual(rows(plan(40_800.0, 0.3, "dispatch", 0, DAY)), [
            ("deposit", 12_240.0, DAY, DAY), ("balance", 28_560.0, None, None),
        ])
        sent = [Shipment(1, 40_800.0, SENT)]
        self.assertEqual(rows(plan(40_800.0, 0.3, "dispatch", 0, DAY, sent)), [
            ("deposit", 12_240.0, DAY, DAY), ("balance", 28_560.0, SENT, SENT),
        ])

    def test_grade_b(self):
        """JJ-4.1.B: deposit, and the balance at once when the goods arrive, not when they leave."""
        under_way, there = [Shipment(1, 1000.0, SENT)], [Shipment(1, 1000.0, SENT, ARRIVED)]
        self.assertEqual(rows(plan(1000.0, 0.3, "arrival", 0, DAY, under_way))[1:], [("balance", 700.0, None, None)])
        self.assertEqual(rows(plan(1000.0, 0.3, "arrival", 0, DAY, there))[1:], [("balance", 700.0, ARRIVED, ARRIVED)])

    def test_grade_c(self):
        """JJ-4.1.C: deposit, and the balance two weeks after the goods arrived."""
        there = [Shipment(1, 1000.0, SENT, ARRIVED)]
        self.assertEqual(rows(plan(1000.0, 0.3, "arrival", 14, DAY, there))[1:], [
            ("balance", 700.0, ARRIVED, date(2024, 4, 8)),
        ])

    def test_partial_shipments(self):
        """JJ-1.3.4: each shipment makes its share of the balance due; the last one takes what rounding leaves."""
        sent = [Shipment(2, 333.33, SENT + timedelta(days=2)), Shipment(1, 333.33, SENT)]
        self.assertEqual(rows(plan(1000.0, 0.1, "dispatch", 0, DAY, sent)), [
            ("deposit", 100.0, DAY, DAY),
            ("balance", 300.0, SENT, SENT),
            ("balance", 299.99, SENT + timedelta(days=2), SENT + timedelta(days=2)),
            ("balance", 300.01, None, None),
        ])
        sent.append(Shipment(3, 333.33, SENT + timedelta(days=4)))
        self.assertEqual(plan(1000.0, 0.1, "dispatch", 0, DAY, sent)[-1].amount, 300.01)

    def test_services_follow_the_goods(self):
        """JJ-1.3.4: what cannot be sent is due with the goods, in their proportion."""
        sent = [Shipment(1, 400.0, SENT)]
        self.assertEqual([one.amount for one in plan(1000.0, 0.0, "dispatch", 0, DAY, sent, goods=800.0)], [500.0, 500.0])

    def test_without_terms(self):
        """JJ-4.1: without an event of a grade the whole amount is due as the payment terms say."""
        self.assertEqual(rows(plan(1000.0, 1.0, None, 30, DAY)), [("balance", 1000.0, DAY, date(2024, 3, 31))])
        self.assertEqual(plan(0.0, 0.3, "dispatch", 0, DAY), [])
        self.assertEqual(plan(-10.0, 0.3, "dispatch", 0, DAY), [])

    def test_currencies_without_cents(self):
        """JJ-4.1: a plan keeps to the smallest amount of its currency."""
        self.assertEqual([one.amount for one in plan(1001.0, 0.3, "arrival", 0, DAY, rounding=1.0)], [300.0, 701.0])
        self.assertEqual([one.amount for one in plan(10.05, 0.5, "arrival", 0, DAY, rounding=0.05)], [5.05, 5.0])

    @QUICK
    @given(a_plan())
    def test_sum_is_the_order(self, drawn):
        """JJ-4.1: whatever the shipments, the plan sums up to the order exactly, and asks for no amount below 0."""
        total, instalments = drawn
        self.assertEqual(sum(cents(one.amount) for one in instalments), cents(total))
        self.assertTrue(all(one.amount > 0 for one in instalments))

    @QUICK
    @given(a_plan())
    def test_due_after_the_event(self, drawn):
        """JJ-4.1: nothing is due before its event, nor without one."""
        for one in drawn[1]:
            self.assertEqual(one.due is None, one.happened is None)
            self.assertTrue(one.due is None or one.due >= one.happened)

    @QUICK
    @given(a_plan())
    def test_each_once(self, drawn):
        """JJ-4.1: one deposit at most, first, and one balance of what was not sent yet at most, last."""
        kinds = [one.kind for one in drawn[1]]
        self.assertNotIn("deposit", kinds[1:])
        self.assertNotIn(None, [one.shipment for one in drawn[1] if one.kind == "balance"][:-1])


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):

    PLAN = (
        Instalment("deposit", 300.0, "confirmation", 0, DAY),
        Instalment("balance", 400.0, "dispatch", 10, SENT, 1),
        Instalment("balance", 200.0, "dispatch", 10, SENT - timedelta(days=5), 2),
        Instalment("balance", 100.0, "dispatch", 10),
    )

    def shares(self, *args, **kwargs):
        return [(share.received, share.open) for share in allocate(self.PLAN, *args, **kwargs)]

    def test_deposit_first_then_the_oldest(self):
        """JJ-1.3.5: money pays the deposit, then what is due longest."""
        self.assertEqual(self.shares(0.0), [(0, 300), (0, 400), (0, 200), (0, 100)])
        self.assertEqual(self.shares(299.99), [(299.99, 0.01), (0, 400), (0, 200), (0, 100)])
        self.assertEqual(self.shares(600.0), [(300, 0), (100, 300), (200, 0), (0, 100)])
        self.assertEqual(self.shares(5000.0), [(300, 0), (400, 0), (200, 0), (100, 0)])

    def test_credit_takes_from_the_end(self):
        """JJ-4.1: a credit note is no receipt: the deposit is still to come."""
        self.assertEqual(self.shares(0.0, 350.0), [(0, 300), (0, 150), (0, 200), (0, 0)])
        self.assertEqual(self.shares(500.0, 350.0), [(300, 0), (0, 150), (200, 0), (0, 0)])

    def test_lasting_credit(self):
        """JJ-4.1: what is credited and invoiced again is owed again."""
        self.assertEqual(lasting_credit(200.0, 800.0, 1000.0), 200.0)
        self.assertEqual(lasting_credit(1000.0, 1000.0, 1000.0), 0.0)
        self.assertEqual(lasting_credit(1000.0, 900.0, 1000.0), 100.0)
        self.assertEqual(lasting_credit(0.0, 300.0, 1000.0), 0.0)
        self.assertEqual(lasting_credit(50.0, 1200.0, 1000.0), 0.0)

    @QUICK
    @given(a_plan(), money, money)
    def test_never_more_than_there_is(self, drawn, received, credited):
        """JJ-1.3.5: no share is negative, all together are no more than what came in, each no more than asked."""
        total, instalments = drawn
        shares = allocate(instalments, received, credited)
        for share, one in zip(shares, instalments, strict=True):
            self.assertTrue(min(share.received, share.credited, share.open) >= 0)
            self.assertEqual(cents(share.received) + cents(share.credited) + cents(share.open), cents(one.amount))
        paid = sum(cents(share.received) for share in shares)
        self.assertLessEqual(paid, cents(received))
        self.assertEqual(paid, min(cents(received), cents(total) - sum(cents(share.credited) for share in shares)))

    @QUICK
    @given(a_plan(), money, money, money)
    def test_more_money_never_leaves_more_open(self, drawn, received, more, credited):
        """JJ-1.3.5: who pays more owes no instalment more."""
        before = allocate(drawn[1], received, credited)
        after = allocate(drawn[1], received + more, credited)
        for one, other in zip(before, after, strict=True):
            self.assertLessEqual(other.open, one.open)


@tagged("post_install", "-at_install")
class TestOverdue(BaseCase):

    def test_status(self):
        """JJ-1.3.4: due until its day has passed, overdue from the next."""
        for due, is_open, today, expected, days in (
            (None, True, DAY, "waiting", 0),
            (DAY, True, DAY - timedelta(days=1), "due", 0),
            (DAY, True, DAY, "due", 0),
            (DAY, True, DAY + timedelta(days=1), "overdue", 1),
            (DAY, False, DAY + timedelta(days=9), "paid", 0),
            (None, False, DAY, "paid", 0),
        ):
            with self.subTest(due=due, is_open=is_open, today=today):
                self.assertEqual(status(due, is_open, today), expected)
                self.assertEqual(days_overdue(due, is_open, today), days)

    def test_dunning_level(self):
        """OP-4.6: a step is reached on its day and stays reached."""
        reached = [dunning_level(days, (1, 7, 15)) for days in (0, 1, 6, 7, 14, 15, 400)]
        self.assertEqual(reached, [0, 1, 1, 2, 2, 3, 3])
        self.assertEqual(dunning_level(400, ()), 0)

    def test_ageing(self):
        """JJ-2.7.3: buckets of 30 days."""
        buckets = [ageing(days) for days in (0, 1, 30, 31, 60, 61, 90, 91)]
        self.assertEqual(buckets, ["current", "d30", "d30", "d60", "d60", "d90", "d90", "older"])
