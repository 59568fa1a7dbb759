# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the goods of a shipment are worth (JJ-1.3.4): the balance of an order becomes due by what has left and arrived."""
from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TOLERANCE = 1e-6
"""Quantities closer than this are the same."""


@dataclass(frozen=True)
class Goods:
    """Goods of one line of an order.

    :param ordered: quantity, in the unit of the line
    :param value: total of the line for that quantity, taxes included, in the currency of the order
    """

    ordered: float
    value: float


def is_complete(goods: Mapping[Hashable, Goods], sent: Mapping[Hashable, float]) -> bool:
    """Whether everything that was ordered has been sent.

    :param goods: goods of the order by line
    :param sent: quantity sent by line, returns taken off
    """
    return bool(goods) and all(sent.get(line, 0.0) >= item.ordered - TOLERANCE for line, item in goods.items())


def value_shipments(
    total: float, goods: Mapping[Hashable, Goods], shipments: Sequence[Mapping[Hashable, float]], rounding: float,
) -> list[float]:
    """Share the total of an order out over its shipments, in the order in which they left.

    Freight, services and discounts of the order go along in proportion to the goods. What was sent beyond the ordered
    quantity adds nothing. The sum never exceeds the total, and is the total once everything has been sent.

    :param total: total of the order, taxes included, in its currency
    :param goods: goods of the order by line
    :param shipments: quantity of each shipment by line, returns taken off; in the unit of the line
    :param rounding: smallest amount of the currency, such as 0.01
    :return: amount of each shipment
    """
    worth = _weigh(goods)
    sent: dict[Hashable, float] = {}
    amounts, valued = [], Decimal(0)
    for shipment in shipments:
        for line, quantity in shipment.items():
            sent[line] = sent.get(line, 0.0) + quantity
        share = 1.0 if is_complete(goods, sent) else sum(
            weight * _portion(sent.get(line, 0.0), goods[line].ordered) for line, weight in worth.items()
        )
        reached = min(_round(max(total, 0.0) * share, rounding), _round(max(total, 0.0), rounding))
        amounts.append(float(reached - valued))
        valued = reached
    return amounts


def _weigh(goods: Mapping[Hashable, Goods]) -> dict[Hashable, float]:
    """The share of each line in the value of the goods; goods without any value count alike."""
    values = {line: max(item.value, 0.0) for line, item in goods.items()}
    worth = sum(values.values())
    if worth <= 0.0:
        values, worth = dict.fromkeys(goods, 1.0), float(len(goods) or 1)
    return {line: value / worth for line, value in values.items()}


def _portion(sent: float, ordered: float) -> float:
    return min(max(sent, 0.0) / ordered, 1.0) if ordered > 0.0 else 0.0


def _round(amount: float, rounding: float) -> Decimal:
    unit = Decimal(str(rounding))
    return (Decimal(repr(amount)) / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit
