# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Credit score of a customer from the way they paid (JJ-4.2: credit management work).

Pure arithmetic, no Odoo import. The words:

part
    A piece of an invoice that was settled on one day, or is still open. An invoice paid in three goes is three
    parts; an invoice with two instalments, one of them open, is two.
days late
    Days from the due date to the day the part was settled, or to the cut-off date while it is open; never below 0.
counted
    A part that was paid, or is open after its due date. What is open but not yet due says nothing yet; what a credit
    note (or an exchange difference) settled was neither paid in time nor late, so neither counts.

From these definitions a later payment can only turn days late up, the share paid on time down and the amount
overdue up: paying later never raises the score.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: codes of the parts of a score, in the order in which they are shown
PART_ON_TIME = "on_time"
PART_MEAN_LATE = "mean_late"
PART_WORST_LATE = "worst_late"
PART_OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class SettledPart:
    """One part of one invoice.

    :param invoice: anything that tells one invoice of a customer from another
    :param amount: amount of the part, in the currency of the company, above 0
    :param due_date: day on which the part was due
    :param settled_date: day on which it was paid, ``None`` while it is open
    """

    invoice: str
    amount: float
    due_date: datetime.date
    settled_date: datetime.date | None = None


class PaymentBehaviour(NamedTuple):
    """How one customer paid one company, up to a cut-off date.

    :param count: number of invoices with at least one counted part
    :param on_time_share: amount paid by its due date / counted amount, 0..1
    :param mean_days_late: days late, weighted by amount
    :param worst_days_late: the longest delay, in days
    :param overdue_share: amount open after its due date / counted amount, 0..1
    :param overdue_amount: amount open after its due date, in the currency of the company
    :param overdue_oldest_days: days since the oldest open part was due
    :param turnover_12m: invoiced less credited in the 12 months up to the cut-off date, in the currency of the company
    """

    count: int = 0
    on_time_share: float = 0.0
    mean_days_late: float = 0.0
    worst_days_late: int = 0
    overdue_share: float = 0.0
    overdue_amount: float = 0.0
    overdue_oldest_days: int = 0
    turnover_12m: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """What counts how much. Weights need not sum to 100: they are taken relative to their sum.

    :param on_time: weight of the share paid on time
    :param mean_late: weight of the mean days late
    :param worst_late: weight of the longest delay
    :param overdue: weight of the share that is overdue now
    :param mean_late_days: mean days late at which that part gives no points any more
    :param worst_late_days: longest delay, in days, at which that part gives no points any more
    :param min_count: number of invoices below which a customer stays unrated
    """

    on_time: float = 35.0
    mean_late: float = 40.0
    worst_late: float = 15.0
    overdue: float = 10.0
    mean_late_days: float = 15.0
    worst_late_days: float = 60.0
    min_count: int = 3

    def __post_init__(self):
        weights = (self.on_time, self.mean_late, self.worst_late, self.overdue)
        if min(weights) < 0 or sum(weights) <= 0:
            raise ValueError("Weights must not be negative, and one of them must be above 0.")
        if self.mean_late_days <= 0 or self.worst_late_days <= 0:
            raise ValueError("The days at which a part gives no points must be above 0.")


@dataclass(slots=True)
class ScorePart:
    """One line of the explanation of a score.

    :param code: one of the ``PART_*`` codes
    :param measured: the figure measured (share 0..1 or days)
    :param points: points given, 0..weight
    :param weight: the most points this part can give; the weights of all parts sum to 100
    """

    code: str
    measured: float
    points: float
    weight: float


@dataclass(slots=True)
class Score:
    """A score and where it comes from; ``total`` is ``None`` when the history is too short to rate.

    :param total: 0..100, rounded to two decimals
    :param parts: the parts that sum to the total; they are given for an unrated customer too, as information
    """

    total: float | None
    parts: tuple[ScorePart, ...]

    def to_list(self):
        """Return the parts as plain lists, rounded, to be stored: ``[[code, measured, points, weight], …]``."""
        return [
            [part.code, round(part.measured, 4), round(part.points, 2), round(part.weight, 2)] for part in self.parts
        ]


def behaviour(parts: Iterable[SettledPart], as_of: datetime.date) -> PaymentBehaviour:
    """Sum the parts of one customer's invoices up into their behaviour on a day.

    The reference for what the SQL of the product computes for all customers at once (tests hold one against the
    other). A settlement after the day was not known on it: the part is taken as open.

    :param parts: the parts of all invoices issued up to that day, in any order
    :param as_of: the cut-off day, inclusive
    """
    invoices = set()
    counted = on_time = weighted_days = overdue = 0.0
    worst = oldest = 0
    for part in parts:
        is_open = part.settled_date is None or part.settled_date > as_of
        if is_open and part.due_date >= as_of:
            continue
        days = max(0, ((as_of if is_open else part.settled_date) - part.due_date).days)
        invoices.add(part.invoice)
        counted += part.amount
        weighted_days += part.amount * days
        worst = max(worst, days)
        if is_open:
            overdue += part.amount
            oldest = max(oldest, days)
        elif not days:
            on_time += part.amount
    if not counted:
        return PaymentBehaviour()
    return PaymentBehaviour(
        count=len(invoices),
        on_time_share=min(1.0, on_time / counted),
        mean_days_late=weighted_days / counted,
        worst_days_late=worst,
        overdue_share=min(1.0, overdue / counted),
        overdue_amount=overdue,
        overdue_oldest_days=oldest,
    )


def score(measured: PaymentBehaviour, weights: ScoreWeights) -> Score:
    """Give points for each part of the behaviour.

    :param measured: what the customer did
    :param weights: what counts how much
    :return: the total (0..100, ``None`` below ``weights.min_count`` invoices) with its parts
    """
    unit = _unit(weights)
    on_time, mean, worst, overdue = _points(measured, weights, unit)
    return Score(
        score_total(measured, weights),
        (
            ScorePart(PART_ON_TIME, measured.on_time_share, on_time, unit * weights.on_time),
            ScorePart(PART_MEAN_LATE, measured.mean_days_late, mean, unit * weights.mean_late),
            ScorePart(PART_WORST_LATE, measured.worst_days_late, worst, unit * weights.worst_late),
            ScorePart(PART_OVERDUE, measured.overdue_share, overdue, unit * weights.overdue),
        ),
    )


def score_total(measured: PaymentBehaviour, weights: ScoreWeights) -> float | None:
    """Return the total of `score` alone, for those who score a hundred thousand customers."""
    if measured.count < weights.min_count:
        return None
    return min(100.0, round(sum(_points(measured, weights, _unit(weights))), 2))


def _unit(weights: ScoreWeights) -> float:
    """Points for one unit of weight: the weights of all parts sum to 100 points."""
    return 100.0 / (weights.on_time + weights.mean_late + weights.worst_late + weights.overdue)


def _points(measured: PaymentBehaviour, weights: ScoreWeights, unit: float) -> tuple[float, float, float, float]:
    """Points of the parts, in the order in which they are shown."""
    mean = measured.mean_days_late
    worst = measured.worst_days_late
    return (
        weights.on_time * unit * measured.on_time_share,
        weights.mean_late * unit * (1.0 - mean / weights.mean_late_days) if mean < weights.mean_late_days else 0.0,
        weights.worst_late * unit * (1.0 - worst / weights.worst_late_days) if worst < weights.worst_late_days else 0.0,
        weights.overdue * unit * (1.0 - measured.overdue_share),
    )


def grade_for(total: float | None, thresholds: Sequence[tuple[float, object]]) -> object | None:
    """Find the grade of a score.

    :param total: a score, ``None`` for unrated
    :param thresholds: ``(min_score, grade)`` of every grade, best (highest score) first
    :return: the best grade whose ``min_score`` is reached; ``None`` when unrated or when none is reached
    """
    if total is None:
        return None
    for min_score, grade in thresholds:
        if total >= min_score:
            return grade
    return None
