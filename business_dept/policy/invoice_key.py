# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""How two invoices are told apart, however they were typed (RG-3.7, SR-2.2)."""
from __future__ import annotations

import unicodedata


def invoice_key(number: str | None, seller: str | None) -> tuple[str, str]:
    """Number and seller as they are compared: full width, case, spaces and punctuation make no difference.

    :param number: of the invoice, as it was typed
    :param seller: name of who issued it, as it was typed
    :return: ``(number, seller)``; the number is empty when there is nothing in it that tells invoices apart
    """
    return _plain(number), _plain(seller)


def is_same_invoice(one: tuple[str, str], two: tuple[str, str]) -> bool:
    """Whether two keys are of one invoice: the same number, and no two different sellers.

    A seller that was left out does not make it another invoice.
    """
    return bool(one[0]) and one[0] == two[0] and (one[1] == two[1] or not one[1] or not two[1])


def _plain(text: str | None) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text or "").casefold() if char.isalnum())
