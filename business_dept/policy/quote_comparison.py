# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""An order beside the quote that was first sent (JJ-1.2.3), and prices beside the price list (JJ-2.1.8, RL-5.3).

Pure arithmetic, no Odoo import. The words:

price
    Untaxed unit price, net of the line's discount, in the currency of the order.
money off
    What lines with a negative amount take away from the order: a rebate line, goods taken back. It lowers the price of
    all other lines in proportion, so that a price cut is the same cut whether it stands on the line or below the lines.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SAME = "same"
CHANGED = "changed"
ADDED = "added"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a quote or an order.

    :param key: id of the line
    :param product: id of the product
    :param name: what the line is called
    :param quantity: in the unit of the line
    :param price: untaxed, net of discount, for one unit of the line
    :param amount: untaxed amount of the line
    :param factor: how much of the reference unit is in one unit of the line: a dozen of pieces has 12
    :param unit: name of the unit
    """

    key: int
    product: int
    name: str
    quantity: float
    price: float
    amount: float
    factor: float = 1.0
    unit: str = ""

    @property
    def base_price(self) -> float:
        """Price for one reference unit: what can be compared with a line in another unit."""
        return self.price / self.factor if self.factor else self.price

    @property
    def base_quantity(self) -> float:
        """Quantity in the reference unit."""
        return self.quantity * self.factor


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the first quote beside the line that stands for it now.

    :param kind: ``same``, ``changed``, ``added`` or ``removed``
    :param before: the line of the first quote; ``None`` when it was added since
    :param now: the line of the order; ``None`` when it was removed
    :param price_before: price for a reference unit that the line is judged by, less money off; ``None`` when the quote
        did not have the product
    :param price_now: price for a reference unit now, less money off; ``None`` when the line was removed
    """

    kind: str
    before: QuoteLine | None
    now: QuoteLine | None
    price_before: float | None = None
    price_now: float | None = None

    @property
    def difference(self) -> float:
        """By how much the amount of the line has changed; the amount itself when it was added or removed."""
        return (self.now.amount if self.now else 0.0) - (self.before.amount if self.before else 0.0)

    @property
    def percent(self) -> float | None:
        """The difference in percent of the first amount; ``None`` when there was none."""
        return self.difference / self.before.amount * 100 if self.before and self.before.amount else None

    @property
    def price_percent(self) -> float:
        """By how many percent the price is above (below: negative) the quoted one; 0 when it cannot be judged."""
        if self.price_before is None or self.price_now is None or self.price_before <= 0:
            return 0.0
        return (self.price_now - self.price_before) / self.price_before * 100

    @property
    def price_money(self) -> float:
        """What the changed price makes of the present quantity, in money; 0 when it cannot be judged."""
        if self.price_before is None or self.price_now is None or self.now is None:
            return 0.0
        return (self.price_now - self.price_before) * self.now.base_quantity


class PriceGap(NamedTuple):
    """The price of a line beside the price list.

    :param key: id of the line
    :param name: what the line is called
    :param list_price: what the price list asks for one unit, untaxed
    :param price: what the line asks, untaxed, net of discount and money off
    :param quantity: above 0
    """

    key: int
    name: str
    list_price: float
    price: float
    quantity: float

    @property
    def percent(self) -> float:
        """By how many percent the price is below the list; above it: negative. 0 where the list has no price."""
        return (self.list_price - self.price) / self.list_price * 100 if self.list_price > 0 else 0.0

    @property
    def money(self) -> float:
        """What that is for the quantity of the line; above the list: negative."""
        return (self.list_price - self.price) * self.quantity if self.list_price > 0 else 0.0


def kept_share(amounts: Iterable[float]) -> float:
    """The part of the price that is left when money off is spread over the lines.

    :param amounts: amounts of the lines of one order, negative ones are money off
    :return: 0..1; 1 when no line takes money off
    """
    amounts = tuple(amounts)
    given = sum(amount for amount in amounts if amount > 0)
    taken = -sum(amount for amount in amounts if amount < 0)
    if taken <= 0:
        return 1.0
    return max(0.0, 1.0 - taken / given) if given > 0 else 0.0


def compare(before: Sequence[QuoteLine], now: Sequence[QuoteLine]) -> list[Row]:
    """Pair the lines of the first quote with those of the order, and say what has become of each.

    A line stands for itself as long as it sells the same product. What is left is paired by product, so that taking a
    line out and adding the product again hides nothing; and a further line of a quoted product is judged by the nearest
    price quoted for it. Which line stands where does not matter.

    :param before: lines of the first quote
    :param now: lines of the order
    :return: a row for each line of the quote, in its order, then the added ones
    """
    pairs = _pair(before, now)
    share_before, share_now = kept_share(line.amount for line in before), kept_share(line.amount for line in now)
    quoted = defaultdict(list)
    for line in before:
        if _is_priced(line):
            quoted[line.product].append(line.base_price * share_before)
    rows = []
    for old, new in pairs:
        price_now = new.base_price * share_now if new and _is_priced(new) else None
        if old and _is_priced(old):
            price_before = old.base_price * share_before
        elif price_now is not None and new.product in quoted:
            price_before = min(quoted[new.product], key=lambda price: (abs(price - price_now), price))
        else:
            price_before = None
        rows.append(Row(_get_kind(old, new), old, new, price_before, price_now))
    return rows


def _is_priced(line: QuoteLine) -> bool:
    """Whether a line sells something; one that takes money off lowers the price of the others."""
    return line.quantity > 0 and line.amount >= 0


def _get_kind(old: QuoteLine | None, new: QuoteLine | None) -> str:
    if old is None:
        return ADDED
    if new is None:
        return REMOVED
    same = (
        abs(old.base_quantity - new.base_quantity) < 1e-6
        and abs(old.base_price - new.base_price) < 1e-6
        and abs(old.amount - new.amount) < 1e-6
    )
    return SAME if same else CHANGED


def _pair(
    before: Sequence[QuoteLine], now: Sequence[QuoteLine],
) -> list[tuple[QuoteLine | None, QuoteLine | None]]:
    """Pair lines by id and product, then by product; the unpaired stay alone."""
    by_key = {(line.key, line.product): line for line in now}
    found = {line.key: by_key[line.key, line.product] for line in before if (line.key, line.product) in by_key}
    taken = {line.key for line in found.values()}
    waiting = defaultdict(list)
    for line in now:
        if line.key not in taken:
            waiting[line.product].append(line)
    for lines in waiting.values():
        lines.sort(key=_sort_key)
    for line in sorted((line for line in before if line.key not in found), key=_sort_key):
        if waiting[line.product]:
            found[line.key] = waiting[line.product].pop(0)
            taken.add(found[line.key].key)
    pairs = [(line, found.get(line.key)) for line in before]
    return pairs + [(None, line) for line in now if line.key not in taken]


def _sort_key(line: QuoteLine) -> tuple:
    return line.base_price, line.base_quantity, line.amount, line.key


def get_changed_terms(before: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> list[str]:
    """The terms that are not what they were in the first quote.

    :param before: ``{name of the term: value}`` of the first quote; nothing said is ``None``, empty or ``False``
    :param now: the same of the order
    :return: names of the terms, in the order of the quote
    """
    return [name for name in before if (before[name] or None) != (now.get(name) or None)]
