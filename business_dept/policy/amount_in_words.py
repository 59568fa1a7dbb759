# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Amounts of money in capital Chinese numerals (大写金额), as settlement sheets, receipts and cheques show them."""
from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
LIMIT = Decimal(10) ** 16
"""Amounts below this, 一万万亿, have words."""


def amount_in_words(amount: float | Decimal) -> str:
    """Write an amount of yuan in words, by the rules for bank bills (《支付结算办法》附一).

    Zeros between digits are read once, however many; zeros at the end of the yuan are not read. An amount without fen ends in
    整. Where the yuan end in zero and jiao follow, no 零 is written; where jiao are missing and fen follow, it is.

    :param amount: in yuan; rounded half up to fen
    :raise ValueError: 10 ** 16 yuan or more

    >>> amount_in_words(123.45)
    '壹佰贰拾叁元肆角伍分'
    >>> amount_in_words(100020)
    '壹拾万零贰拾元整'
    >>> amount_in_words(-0.05)
    '负伍分'
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(float(amount)))
    if not exact.is_finite() or abs(exact) >= LIMIT:
        raise ValueError(f"No words for {amount}")
    fen_in_all = int((abs(exact) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    yuan, rest = divmod(fen_in_all, 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_integer_in_words(yuan)}元" if yuan or not rest else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        words += DIGITS[0]
    words += f"{DIGITS[fen]}分" if fen else "整"
    return f"负{words}" if exact < 0 and fen_in_all else words


def _integer_in_words(number: int) -> str:
    """The words of a whole number below 10 ** 16, without a unit."""
    return _join(number, 10 ** 8, "亿", _below_yi) or DIGITS[0]


def _below_yi(number: int) -> str:
    return _join(number, 10 ** 4, "万", _below_wan)


def _below_wan(number: int) -> str:
    words, gap = "", False
    for digit, place in zip(f"{number:04}", PLACES, strict=True):
        if digit == "0":
            gap = bool(words)
        else:
            words += (DIGITS[0] if gap else "") + DIGITS[int(digit)] + place
            gap = False
    return words


def _join(number: int, size: int, unit: str, read: Callable[[int], str]) -> str:
    """Read what stands before a unit, the unit, and what follows it, with a zero where places are empty in between."""
    head, tail = divmod(number, size)
    if not head:
        return read(tail)
    zero = DIGITS[0] if 0 < tail < size // 10 else ""
    return f"{read(head)}{unit}{zero}{read(tail)}"
