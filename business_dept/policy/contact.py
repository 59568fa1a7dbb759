# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What two ways to write the same phone or tax number have in common: in Python, and as PostgreSQL computes it.

Both give the same, which a test holds one against the other. The SQL form is immutable, so that it can be indexed.
"""
import re

SHORTEST_PHONE, SHORTEST_VAT = 7, 6
"""Shorter numbers tell nothing about who has them."""

_WIDE = "".join(chr(0xFEE0 + ord(sign)) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+()-")
_NARROW = "".join(chr(ord(sign) - 0xFEE0) for sign in _WIDE)


def _plain(column):
    return f"translate({column}, '{_WIDE}', '{_NARROW}')"


_DIGITS = f"regexp_replace(regexp_replace({_plain('phone')}, '[^0-9+() .-].*$', ''), '[^0-9]', '', 'g')"
PHONE_SQL = f"right(ltrim(regexp_replace(ltrim({_DIGITS}, '0'), '^86(?=[0-9]{{10,}}$)', ''), '0'), 11)"
VAT_SQL = f"upper(regexp_replace({_plain('vat')}, '[^0-9A-Za-z]', '', 'g'))"


def phone_key(phone: str | None) -> str:
    """Return the last 11 digits of the first number, without country code 86 and leading zeros; empty when too short."""
    first = re.sub(r"[^0-9+() .-].*$", "", _narrow(phone), flags=re.DOTALL)
    digits = re.sub(r"[^0-9]", "", first).lstrip("0")
    key = re.sub(r"^86(?=[0-9]{10,}$)", "", digits).lstrip("0")[-11:]
    return key if len(key) >= SHORTEST_PHONE else ""


def vat_key(vat: str | None) -> str:
    """Return letters and digits of a tax number in capitals; empty when too short."""
    key = re.sub(r"[^0-9A-Za-z]", "", _narrow(vat)).upper()
    return key if len(key) >= SHORTEST_VAT else ""


def _narrow(text: str | None) -> str:
    return (text or "").translate(str.maketrans(_WIDE, _NARROW))
