# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the public hazard page needs beside its records: return codes, stamps, clean words, limits (SM-4.2.2, SD-12)."""
from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: no I, L, O, U that would be misread or misheard."""
CODE_LENGTH = 16
"""80 bits: guessing one of a million codes takes 10¹⁸ tries."""
MISREAD = str.maketrans("ILO", "110")
MIN_SECONDS = 3
"""Faster than that no person fills the form in."""
MAX_SECONDS = 12 * 3600
HOUR = 3600
MOST_SOURCES = 50_000
"""How many sources are counted at most: the memory of the limiter stays small under a flood."""
HARMFUL = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\ufff9-\ufffb]")
"""Signs that turn the direction of a text around, so that it reads as something else."""


def make_code() -> str:
    """A new return code, in four groups of four signs."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(CODE_LENGTH))
    return "-".join(signs[start:start + 4] for start in range(0, CODE_LENGTH, 4))


def normal_code(typed: str) -> str | None:
    """A code as it was typed (small letters, full-width signs, gaps, O for 0) without its groups; ``None`` if it is none.

    :param typed: what somebody typed, of any length
    """
    signs = unicodedata.normalize("NFKC", typed[:100]).upper().translate(MISREAD)
    signs = re.sub(r"[\s\-_.·—–]", "", signs)
    return signs if len(signs) == CODE_LENGTH and set(signs) <= set(ALPHABET) else None


def hash_code(code: str, salt: str) -> str:
    """What is kept of a code: without the salt, and with it too, nobody comes back to it.

    It may be looked up by an index: who does not know the salt cannot steer the hash, so the time of the look-up tells nothing.

    :param code: sixteen signs, as ``normal_code`` gives them
    :param salt: secret of the database
    """
    return hmac.new(salt.encode(), b"code|" + code.encode(), hashlib.sha256).hexdigest()


def make_stamp(salt: str, token: str, now: float) -> str:
    """The signed time at which a form was given out, in whole seconds, for one page only.

    :param token: of the page
    :param now: seconds since the epoch
    """
    given = f"{int(now):x}"
    return f"{given}.{_sign_stamp(salt, token, given)}"


def stamp_age(stamp: str, salt: str, token: str, now: float) -> float | None:
    """Seconds since a form was given out; ``None`` for a stamp that we did not make for this page.

    :param stamp: what came back with the form
    """
    given, _dot, signature = stamp[:100].partition(".")
    if not re.fullmatch("[0-9a-f]{1,12}", given) or not hmac.compare_digest(
            signature.encode(), _sign_stamp(salt, token, given).encode()):
        return None
    return now - int(given, 16)


def _sign_stamp(salt: str, token: str, given: str) -> str:
    return hmac.new(salt.encode(), f"stamp|{token}|{given}".encode(), hashlib.sha256).hexdigest()[:32]


def clean_text(text: str, multiline: bool = False) -> str:
    """Plain words: no control characters, no turned-around text, no blank at the ends.

    :param text: as it was sent
    :param multiline: whether lines are kept; at most one empty line in a row
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    text = HARMFUL.sub("", text)
    text = "".join(
        sign for sign in text if (sign == "\n" and multiline) or unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"))
    if multiline:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()
    return text.strip()


def network_of(address: str) -> str:
    """The source that counts as one: an IPv4 address, or the /64 network that a line of IPv6 is given.

    :param address: as the server or the proxy names it; anything else counts as itself
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if parsed.version == 6:
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class SourceLimiter:
    """How often a source did something within the hour, without knowing it.

    A source is a hash with a key that lives in the memory of this process, is never written anywhere, and is thrown away with
    all counts at the end of the hour: afterwards nothing tells who asked, and the same source has another name.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._hour = -1
        self._key = b""
        self._counts: dict[tuple[str, str], int] = {}

    def name_source(self, address: str) -> str:
        """The name of a source for this hour.

        :param address: of the network
        """
        with self._lock:
            self._turn()
            return hashlib.blake2b(network_of(address).encode("utf-8", "replace"), key=self._key, digest_size=16).hexdigest()

    def is_full(self, source: str, kind: str, limit: int) -> bool:
        """Whether a source may not do something any more in this hour.

        :param source: as ``name_source`` gives it
        :param kind: what is counted
        :param limit: how often an hour; 0: without limit
        """
        with self._lock:
            self._turn()
            return bool(limit) and self._counts.get((source, kind), 0) >= limit

    def count(self, source: str, kind: str) -> None:
        """Note that a source did something."""
        with self._lock:
            self._turn()
            if (source, kind) in self._counts or len(self._counts) < MOST_SOURCES:
                self._counts[source, kind] = self._counts.get((source, kind), 0) + 1

    def forget(self) -> None:
        """Begin anew: another key, no counts."""
        with self._lock:
            self._hour = -1
            self._turn()

    def _turn(self) -> None:
        hour = int(self._clock() // HOUR)
        if hour != self._hour:
            self._hour, self._key, self._counts = hour, secrets.token_bytes(32), {}
