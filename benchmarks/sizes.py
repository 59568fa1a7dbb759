# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""How much data, and how often."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Amounts of one run.

    :param customers: customers with invoices and orders
    :param invoices_each: invoices of each customer
    :param orders: draft orders of 10 lines, one customer after the other
    :param rounds: how often each act on orders is measured in fresh processes, one for each database
    :param warmups: how often each process does the act before it counts
    :param turns: how often the processes of one round do the act then, in turn
    :param slow_turns: the same for acts that take seconds
    :param review_rounds: how often each review and its aggregate are measured, in turn, in one fresh process
    :param reviews: names of the measured reviews
    :param import_rounds: how often each import and ``load()`` are measured, in turn, in one fresh process
    :param imports: names of the measured imports
    :param dossiers: how many partners there are when hidden customers are measured: one database for each
    :param dossier_rounds: how often each user's call is measured, in turn, in one fresh process
    :param dossiers_off: partners when nobody is hidden
    :param travellers: employees who travel, two and two
    :param new_trips: trips of two that nothing was claimed for yet: that is what is imported, ten expenses each
    :param claims: claims of ten expenses
    :param safety: hazards, and as many inspections, when the lists of safety are measured: one database for each
    :param safety_rounds: how often each user's call is measured, in turn, in one fresh process
    :param late: late inspections for the job of deadlines: plain and ours
    :param flood: submissions to a report page that is full
    """

    customers: int
    invoices_each: int
    orders: int
    rounds: int
    warmups: int
    turns: int
    slow_turns: int
    review_rounds: int
    reviews: tuple[str, ...]
    import_rounds: int
    imports: tuple[str, ...]
    dossiers: tuple[int, ...]
    dossier_rounds: int
    dossiers_off: int
    travellers: int
    new_trips: int
    claims: int
    safety: tuple[int, ...]
    safety_rounds: int
    late: tuple[int, int]
    flood: int


FULL = Sizes(
    customers=2_000, invoices_each=10, orders=2_000, rounds=3, warmups=2, turns=15, slow_turns=4,
    review_rounds=3, reviews=("review_1000", "review_100000"), import_rounds=2, imports=("import_1000", "import_10000"),
    dossiers=(10_000, 100_000, 1_000_000), dossier_rounds=7, dossiers_off=100_000,
    travellers=200, new_trips=1_000, claims=10_000,
    safety=(10_000, 100_000), safety_rounds=7, late=(1_000, 10_000), flood=10_000,
)
QUICK = Sizes(
    customers=200, invoices_each=5, orders=200, rounds=1, warmups=1, turns=5, slow_turns=1,
    review_rounds=2, reviews=("review_1000",), import_rounds=1, imports=("import_1000",),
    dossiers=(10_000,), dossier_rounds=5, dossiers_off=10_000,
    travellers=20, new_trips=20, claims=200,
    safety=(1_000,), safety_rounds=3, late=(100, 1_000), flood=1_000,
)
