# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the contract clauses dictate: when a contract is what, what its printed code is, how clauses are filled in."""
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
CODE_DIGITS = 16


@dataclass(frozen=True)
class ContractFacts:
    """What has happened to a contract.

    :param is_pending: a request for approval is under review
    :param is_approved: the last request was approved and stands
    :param signed: the day on which both sides had signed
    :param in_force: the day from which it holds
    :param completed: the day on which everything was delivered and paid
    :param terminated: the day on which it was ended early
    """

    is_pending: bool = False
    is_approved: bool = False
    signed: date | None = None
    in_force: date | None = None
    completed: date | None = None
    terminated: date | None = None


def derive_state(facts: ContractFacts) -> str:
    """The state that the facts make (JJ-1.2.5): the latest fact decides.

    :return: ``draft``, ``review``, ``approved``, ``signed``, ``in_force``, ``completed`` or ``terminated``
    """
    if facts.terminated:
        return "terminated"
    if facts.completed:
        return "completed"
    if facts.signed:
        return "in_force" if facts.in_force else "signed"
    if facts.is_pending:
        return "review"
    return "approved" if facts.is_approved else "draft"


def make_code(fingerprint: str) -> str:
    """The short form of a fingerprint that is printed on paper (J2-2.3): 16 hexadecimal digits in groups of four."""
    digits = fingerprint[:CODE_DIGITS].upper()
    return " ".join(digits[start:start + 4] for start in range(0, len(digits), 4))


def is_same_code(typed: str, code: str) -> bool:
    """Whether what somebody typed from paper is a code; blanks, dashes and case do not matter."""
    def bare(text: str) -> str:
        return re.sub(r"[\s\-–—]", "", text).upper()

    return bool(bare(code)) and bare(typed) == bare(code)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into the ``{placeholders}`` of a clause, each once; what is unknown stays as it is.

    Nothing is evaluated, and a value that looks like a placeholder is not filled again.
    """
    return PLACEHOLDER.sub(lambda match: str(values.get(match[1], match[0])), text)


def find_unknown(text: str, names: frozenset[str]) -> list[str]:
    """The placeholders of a text that nobody fills in, in order, each once."""
    return [name for name in dict.fromkeys(PLACEHOLDER.findall(text)) if name not in names]
