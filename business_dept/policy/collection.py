# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What is to be paid when, what a payment pays, and how late the rest is (JJ-4.1.A, B, C; JJ-1.3.4).

Money is counted in whole units of the currency's rounding (cents), so that a plan always sums up to its order exactly.
Shares are plain numbers (0.3 is 30 %); dates are calendar days.
"""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

DEPOSIT = "deposit"
BALANCE = "balance"
CONFIRMATION = "confirmation"
DISPATCH = "dispatch"
ARRIVAL = "arrival"

#: ageing buckets by days overdue: more than the number, up to the next one
AGEING = ((0, "d30"), (30, "d60"), (60, "d90"), (90, "older"))


@dataclass(frozen=True)
class Shipment:
    """Goods that left together.

    :param key: what the caller knows it by; of two on one day the lower comes first
    :param amount: value of the goods at the prices of the order, taxes included, in the order's currency
    :param dispatched: the day they left
    :param arrived: the day they arrived, or ``None``
    """

    key: int
    amount: float
    dispatched: date
    arrived: date | None = None


@dataclass(frozen=True)
class Instalment:
    """One payment that an order asks for.

    :param kind: ``deposit`` or ``balance``
    :param amount: in the order's currency, above 0
    :param event: what makes it due: ``confirmation``, ``dispatch`` or ``arrival``
    :param days: days from the event until it must have arrived
    :param happened: the day of the event, or ``None`` while it has not happened
    :param shipment: key of the shipment it is the balance of, ``None`` for the deposit and for what was not sent yet
    """

    kind: str
    amount: float
    event: str
    days: int = 0
    happened: date | None = None
    shipment: int | None = None

    @property
    def due(self) -> date | None:
        """The last day to pay in time; ``None`` while the event has not happened. Never before the event."""
        return None if self.happened is None else self.happened + timedelta(days=max(self.days, 0))


def plan(
    total: float,
    deposit_share: float,
    event: str | None,
    days: int,
    confirmed_on: date,
    shipments: Sequence[Shipment] = (),
    rounding: float = 0.01,
    goods: float | None = None,
) -> list[Instalment]:
    """The payments that a confirmed order asks for.

    With an event (JJ-4.1): the deposit on confirmation, and the balance by the goods. Each shipment makes the share of
    the balance due that its goods have in all goods of the order; what was not sent yet stays without a due date. The
    shipment that completes the order takes what rounding leaves.

    Without an event (no grade, no terms of ours): the whole amount, ``days`` after confirmation, as Odoo's payment terms
    give it; no deposit.

    :param total: of the order, taxes included, in its currency. An order of nothing or less asks for no money: no plan
    :param deposit_share: 0 to 1; values outside are cut
    :param event: ``dispatch``, ``arrival`` or ``None``
    :param days: from the event until the balance must have arrived; below 0 counts as 0
    :param confirmed_on: the day the order was confirmed
    :param shipments: what has left, in any order
    :param rounding: smallest amount of the currency
    :param goods: value of all that can be sent, when the order also has services; the total when missing or 0
    :return: deposit first, then shipments by date, then the rest; the amounts sum up to the total
    """
    all_units = _units(total, rounding)
    if all_units <= 0:
        return []
    days = max(days, 0)
    if not event:
        return [Instalment(BALANCE, _money(all_units, rounding), CONFIRMATION, days, confirmed_on)]
    deposit = _round(all_units * Fraction(min(max(deposit_share, 0.0), 1.0)).limit_denominator(10**6))
    instalments = []
    if deposit:
        instalments.append(Instalment(DEPOSIT, _money(deposit, rounding), CONFIRMATION, 0, confirmed_on))
    balance, asked, sent = all_units - deposit, 0, 0
    whole = max(_units(goods, rounding), 0) if goods else 0
    whole = whole or all_units
    ordered = sorted(shipments, key=lambda shipment: (shipment.dispatched, shipment.key))
    for shipment in ordered:
        sent += max(_units(shipment.amount, rounding), 0)
        # every line of a shipment is rounded for itself: a unit missing for each shipment is no goods left
        until_now = balance if whole - sent < len(ordered) else _round(balance * Fraction(sent, whole))
        if until_now > asked:
            happened = shipment.dispatched if event == DISPATCH else shipment.arrived
            instalments.append(
                Instalment(BALANCE, _money(until_now - asked, rounding), event, days, happened, shipment.key)
            )
            asked = until_now
    if balance > asked:
        instalments.append(Instalment(BALANCE, _money(balance - asked, rounding), event, days))
    return instalments


@dataclass(frozen=True)
class Share:
    """What of the money falls to one instalment. ``open`` is what is still to be paid."""

    received: float
    credited: float
    open: float


def allocate(
    instalments: Sequence[Instalment], received: float, credited: float = 0.0, rounding: float = 0.01,
) -> list[Share]:
    """Spread what has arrived over the instalments of an order.

    Money pays the deposit first, then what is due longest; what has no due date yet comes last. A credit takes away from
    the other end: what is asked for last is not asked for any more. What is left over is no instalment's (overpaid).

    :param received: money of the customer for this order, in its currency; below 0 counts as 0
    :param credited: what a credit note took off the order for good; below 0 counts as 0
    :return: a share for each instalment, in their order; never negative, never more than received, never more than asked
    """
    amounts = [_units(instalment.amount, rounding) for instalment in instalments]
    ranks = sorted(range(len(instalments)), key=lambda index: (
        instalments[index].kind != DEPOSIT, instalments[index].due is None, instalments[index].due or date.max, index,
    ))
    credit, money = max(_units(credited, rounding), 0), max(_units(received, rounding), 0)
    credits, paid = [0] * len(amounts), [0] * len(amounts)
    for index in reversed(ranks):
        credits[index] = min(amounts[index], credit)
        credit -= credits[index]
    for index in ranks:
        paid[index] = min(amounts[index] - credits[index], money)
        money -= paid[index]
    return [
        Share(*(_money(units, rounding) for units in (pays, takes, amount - pays - takes)))
        for pays, takes, amount in zip(paid, credits, amounts, strict=True)
    ]


def lasting_credit(credited: float, invoiced: float, total: float) -> float:
    """What a credit note takes off an order for good: not what is invoiced again, or will be with the rest.

    :param credited: by credit notes on goods and services of the order (not on down payments)
    :param invoiced: by invoices of the order less its credit notes
    :param total: of the order
    :return: between 0 and ``credited``
    """
    return max(0.0, min(credited, total - invoiced))


def status(due: date | None, is_open: bool, today: date) -> str:
    """``paid``, ``waiting`` for its event, ``due`` (until and on the day) or ``overdue``."""
    if not is_open:
        return "paid"
    if due is None:
        return "waiting"
    return "overdue" if due < today else "due"


def days_overdue(due: date | None, is_open: bool, today: date) -> int:
    """Days since the last day to pay in time; 0 when paid, not due yet or due today."""
    return max((today - due).days, 0) if is_open and due else 0


def dunning_level(days: int, steps: Sequence[int]) -> int:
    """How many dunning steps have been reached.

    :param days: overdue
    :param steps: days of the steps, ascending
    """
    return bisect_right(steps, days) if days > 0 else 0


def ageing(days: int) -> str:
    """The ageing bucket of an amount by its days overdue: ``current``, ``d30``, ``d60``, ``d90`` or ``older``."""
    bucket = "current"
    for more_than, name in AGEING:
        if days > more_than:
            bucket = name
    return bucket


def _units(amount: float, rounding: float) -> int:
    return int((Decimal(repr(amount)) / Decimal(repr(rounding))).to_integral_value(ROUND_HALF_UP))


def _money(units: int, rounding: float) -> float:
    return float(units * Decimal(repr(rounding)))


def _round(value: Fraction) -> int:
    """Half up, for what is not negative."""
    return int(value + Fraction(1, 2))
