# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""How much data, and how often."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Amounts of one run.

    :param customers: customers with invoices and orders
    :param invoices_each: invoices of each customer
    :param orders: draft orders of 10 lines, one customer after the other
    :param rounds: how often each measurement is made in fresh processes, in both databases in turn
    :param warmups: what each process does first and does not count
    :param repeats: what each process measures then; its result is their median
    :param reviewed: numbers of customers of the measured reviews
    """

    customers: int
    invoices_each: int
    orders: int
    rounds: int
    warmups: int
    repeats: int
    reviewed: tuple[int, ...]


FULL = Sizes(customers=2_000, invoices_each=10, orders=2_000, rounds=5, warmups=2, repeats=5, reviewed=(1_000, 100_000))
QUICK = Sizes(customers=200, invoices_each=5, orders=200, rounds=1, warmups=1, repeats=3, reviewed=(1_000,))
