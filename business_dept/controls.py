# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""How a rule is declared, and what it returns. No rule acts in any other way.

A rule is a small method of a model that inherits ``business.control.mixin``::

    @control("credit.limit", moment="confirm")
    def _check_credit_limit(self):
        return {order: Breach(message, amount=excess, currency=currency) for order in …}
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from odoo.exceptions import UserError


@dataclass(frozen=True)
class Breach:
    """One rule broken by one record.

    :param message: what broke and by how much, in the user's language
    :param amount: by how much, as a number: an approval releases up to this much
    :param currency: ``res.currency`` record of ``amount``, or ``None`` for a plain number
    """

    message: str
    amount: float | None = None
    currency: Any = None


@dataclass(frozen=True)
class Finding:
    """A breach, together with the control that found it and what its mode asks for.

    :param control: ``business.control`` record (sudo)
    :param mode: ``notify``, ``approve`` or ``block``; what the company has set
    :param breach: what the check method returned
    :param moment: the moment it was found for
    :param traceback: text of the exception when the check itself failed
    """

    control: Any
    mode: str
    breach: Breach
    moment: str
    traceback: str | None = None

    @property
    def outcome(self) -> str:
        """The outcome that the event log keeps when this finding stops an action."""
        if self.traceback:
            return "error"
        return "needs_approval" if self.mode == "approve" else "refused"


@dataclass(frozen=True)
class Declaration:
    """What ``@control`` says of a check method: its control's code and the moments it guards."""

    code: str
    moments: frozenset[str] = field(default_factory=frozenset)


class ControlError(UserError):
    """An action that a control refused. The refusal is already on its way to the event log."""


def control(code: str, moment: str | tuple[str, ...]) -> Callable:
    """Declare a method as the check of a control.

    :param code: code of the ``business.control`` record, such as ``credit.limit``
    :param moment: the moment or moments that the check guards, such as ``confirm``
    :return: the method, which takes a recordset and returns ``{record: Breach}``
    """
    moments = frozenset((moment,) if isinstance(moment, str) else moment)

    def decorate(method: Callable) -> Callable:
        method._control_declaration = Declaration(code, moments)
        return method

    return decorate
