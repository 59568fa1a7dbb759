# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What a company pays for a trip, and why (TE): the one place of this arithmetic.

Money is a float in the currency of the company; ceilings are rounded half up to the rounding of the currency, and a verdict
is either what was claimed or such a ceiling. Dates and times are naive and local: the clock of the traveller. People, places,
rides and claims are known by keys of the caller's choice; where a choice has to be made it follows from the facts
themselves, never from who claimed first, unless something was decided already.
"""
from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

ALLOWED = "allowed"
REQUEST = "request"
NEVER = "never"

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Rules:
    """The figures of a travel policy.

    :param allowance_per_day: for each day outside town (TE-3)
    :param noon: last moment of the morning (TE-3.1)
    :param shared_room_percent: of the two caps together, 80 stands for 80 % (TE-2.7.3)
    :param town_lodging_cap: for each night in town (TE-2.7.2)
    :param claim_days: days after the trip within which it is claimed; 0 is without a deadline (RG-3.7)
    :param rounding: smallest amount of the currency, such as 0.01
    """

    allowance_per_day: float = 30.0
    noon: time = time(12)
    shared_room_percent: float = 80.0
    town_lodging_cap: float = 80.0
    claim_days: int = 30
    rounding: float = 0.01


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is; the models turn the code into a sentence.

    :param code: see the functions, which list theirs
    :param clause: code of the clause, such as ``TE-2.7.3``
    :param values: figures and keys for the sentence
    """

    code: str
    clause: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What is paid of a claim.

    :param claimed: what was asked, never below 0
    :param allowed: what is paid, from 0 to ``claimed``; ``None`` while something must be known first
    :param reasons: why; empty when it is paid as claimed and there is nothing to say
    :param needs_approval: leave of a superior, which the clause allows, would let more be paid
    """

    claimed: float
    allowed: float | None
    reasons: tuple[Reason, ...] = ()
    needs_approval: bool = False

    @property
    def waits(self) -> bool:
        return self.allowed is None

    @property
    def is_cut(self) -> bool:
        """Whether less is paid than was claimed."""
        return self.allowed is not None and self.allowed < self.claimed

    @property
    def cut(self) -> float:
        """What is not paid, 0 while the verdict waits."""
        return float(_exact(self.claimed) - _exact(self.allowed)) if self.allowed is not None else 0.0


# === ALLOWANCE === #


@dataclass(frozen=True)
class DayShare:
    """One day of a trip.

    :param share: 1.0, 0.5, or 0.0 when hosted
    :param hosted: the visited company was the host (TE-3.4)
    """

    date: date
    share: float
    hosted: bool = False


def allowance_days(
    departure: datetime, arrival: datetime, noon: time = time(12), hosted: Collection[date] = frozenset(),
    elsewhere: Mapping[date, float] | None = None,
) -> tuple[DayShare, ...]:
    """The days of a trip that count for the allowance, by the times of the tickets (TE-3.1).

    * TE-3.2: leaving by noon makes the first day a whole one, leaving later half of one;
    * TE-3.3: arriving back after noon makes the last day a whole one, arriving by noon half of one;
    * on a trip of one day both must be true for a whole day, otherwise it is half;
    * TE-3.4: a hosted day gives none.

    :param departure: of the first ride, local time
    :param arrival: back, local time; before the departure there is no trip and no day
    :param noon: the last moment of the morning: 12:00:00 itself is by noon, 12:00:01 is after it
    :param hosted: days on which the visited company was the host; others than those of the trip do not matter
    :param elsewhere: shares of days that other trips of the same person have: a day is one day, however many trips it has
    """
    if arrival < departure:
        return ()
    first, last = departure.date(), arrival.date()
    early, late = departure.time() <= noon, arrival.time() > noon
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        whole = (day != first or early) and (day != last or late)
        is_hosted = day in hosted
        left = max(1.0 - (elsewhere or {}).get(day, 0.0), 0.0)
        days.append(DayShare(day, 0.0 if is_hosted else min(1.0 if whole else 0.5, left), is_hosted))
    return tuple(days)


def allowance_amount(
    departure: datetime, arrival: datetime, rules: Rules, hosted: Collection[date] = frozenset(), in_town: bool = False,
    elsewhere: Mapping[date, float] | None = None,
) -> float:
    """What somebody gets for a trip (TE-3): days times the daily rate, nothing in town.

    :param in_town: the trip does not leave the town of the company
    :param elsewhere: see :func:`allowance_days`
    :return: in the currency of the company, rounded
    """
    if in_town:
        return 0.0
    halves = sum(int(day.share * 2) for day in allowance_days(departure, arrival, rules.noon, hosted, elsewhere))
    return float(_round(_positive(rules.allowance_per_day) * halves / 2, rules.rounding))


def judge_allowance(
    claimed: float, departure: datetime, arrival: datetime, rules: Rules, hosted: Collection[date] = frozenset(),
    in_town: bool = False, elsewhere: Mapping[date, float] | None = None,
) -> Verdict:
    """What is paid of a claimed allowance (TE-3 to TE-3.4).

    Reasons: ``allowance_town`` (TE-3); ``allowance_days`` (TE-3.1; days, rate, amount), always; ``allowance_hosted``
    (TE-3.4; days, dates); ``allowance_elsewhere`` (TE-3.1; dates), when days are paid with another trip.

    :param elsewhere: see :func:`allowance_days`
    """
    if in_town:
        return _verdict(claimed, _ZERO, (Reason("allowance_town", "TE-3"),))
    shares = allowance_days(departure, arrival, rules.noon, hosted, elsewhere)
    amount = allowance_amount(departure, arrival, rules, hosted, elsewhere=elsewhere)
    reasons = [Reason("allowance_days", "TE-3.1", {
        "days": sum(day.share for day in shares), "rate": rules.allowance_per_day, "amount": amount,
    })]
    if hosted_days := tuple(day.date for day in shares if day.hosted):
        reasons.append(Reason("allowance_hosted", "TE-3.4", {"days": len(hosted_days), "dates": hosted_days}))
    alone = allowance_days(departure, arrival, rules.noon, hosted)
    if taken := tuple(day.date for day, own in zip(shares, alone, strict=True) if day.share < own.share):
        reasons.append(Reason("allowance_elsewhere", "TE-3.1", {"dates": taken}))
    return _verdict(claimed, _exact(amount), tuple(reasons))


# === TRANSPORT === #


def judge_transport(
    claimed: float, permission: str, approved: bool, is_plane: bool = False, train_fare: float | None = None,
) -> Verdict:
    """What is paid of a ride between places (TE-2.1 to TE-2.4).

    * what the grade may use is paid as claimed;
    * what it may use on request is paid when it was approved beforehand, otherwise not;
    * what it may not use is not paid;
    * TE-2.4: a flight that was not approved beforehand is paid at the fare of the train, whatever the grade; as long as that
      fare is not known the verdict waits.

    Reasons: ``plane_train_fare`` (TE-2.4; fare), ``plane_fare_unknown`` (TE-2.4), ``transport_request`` (TE-2.3),
    ``transport_never`` (TE-2).

    :param permission: ``allowed``, ``request`` or ``never``: what the policy says of the grade and the class
    :param approved: this ride by this means was approved beforehand
    :param train_fare: of the best train class that the grade may use; ``None`` when unknown
    """
    if permission == ALLOWED or (permission == REQUEST and approved):
        return _verdict(claimed, _positive(claimed))
    if is_plane:
        if train_fare is None:
            return Verdict(float(_positive(claimed)), None, (Reason("plane_fare_unknown", "TE-2.4"),))
        return _verdict(claimed, _positive(train_fare), (Reason("plane_train_fare", "TE-2.4", {"fare": train_fare}),))
    if permission == REQUEST:
        return _verdict(claimed, _ZERO, (Reason("transport_request", "TE-2.3"),), needs_approval=True)
    return _verdict(claimed, _ZERO, (Reason("transport_never", "TE-2"),))


def judge_town_taxi(claimed: float, approved: bool) -> Verdict:
    """What is paid of a taxi in town: it takes leave of a manager or above (TE-1.2), for public transport is the rule (TE-1.1).

    Reasons: ``town_taxi`` (TE-1.2).
    """
    if approved:
        return _verdict(claimed, _positive(claimed))
    return _verdict(claimed, _ZERO, (Reason("town_taxi", "TE-1.2"),), needs_approval=True)


@dataclass(frozen=True)
class TaxiRide:
    """A claimed taxi.

    :param claimant: who paid it
    :param journey: what colleagues are on together; rides of different journeys are never the same
    :param start: place or address, compared as it is
    :param end: likewise
    :param departure: local or UTC, the same for all
    :param arrival: likewise
    :param decided: paid or approved already: it stays
    """

    key: Hashable
    claimant: Hashable
    journey: Hashable
    start: Hashable
    end: Hashable
    departure: datetime
    arrival: datetime
    claimed: float
    decided: bool = False

    def _meets(self, other: TaxiRide) -> bool:
        """Whether both are under way at one moment; one that arrives when the other leaves is another ride."""
        return self.departure == other.departure or (
            self.departure < other.arrival and other.departure < self.arrival
        )


def judge_shared_taxis(rides: Iterable[TaxiRide]) -> dict[Hashable, Verdict]:
    """Of colleagues who ride between the same ends at the same time on one journey, one claims the taxi (TE-2.6).

    What was decided already stays. Of the others the earlier departure is paid, then the earlier arrival, then the lower
    amount: a choice that does not depend on who claimed first. Whether each ride is paid at all otherwise is no matter of this
    function.

    Reasons: ``taxi_shared`` (TE-2.6; key and claimant of the ride that is paid).
    """
    verdicts: dict[Hashable, Verdict] = {}
    paid: dict[tuple[Hashable, ...], list[TaxiRide]] = defaultdict(list)
    for ride in sorted(rides, key=lambda ride: (
        not ride.decided, ride.departure, ride.arrival, _positive(ride.claimed), str(ride.claimant), str(ride.key),
    )):
        same = paid[ride.journey, ride.start, ride.end]
        first = None if ride.decided else next(
            (other for other in same if other.claimant != ride.claimant and ride._meets(other)), None,
        )
        if first is None:
            same.append(ride)
            verdicts[ride.key] = _verdict(ride.claimed, _positive(ride.claimed))
        else:
            verdicts[ride.key] = _verdict(ride.claimed, _ZERO, (
                Reason("taxi_shared", "TE-2.6", {"key": first.key, "claimant": first.claimant}),
            ))
    return verdicts


# === LODGING === #


@dataclass(frozen=True)
class Night:
    """A night at a place; ``date`` is the day in the evening."""

    place: Hashable
    date: date


@dataclass(frozen=True)
class Guest:
    """Somebody who lodges.

    :param sex: ``None`` when unknown: he is not paired with anybody
    :param shares: below manager, shares a room (TE-2.7.3)
    :param cap: the most that is paid for his night (TE-2.7.1); ``None`` is without a cap
    """

    key: Hashable
    sex: str | None
    shares: bool
    cap: float | None


@dataclass(frozen=True)
class Room:
    """A room for a night.

    :param guests: keys of one guest, or of the two who share it
    :param cap: the most that is paid for it; ``None`` is without a cap
    """

    guests: tuple[Hashable, ...]
    cap: float | None

    @property
    def is_shared(self) -> bool:
        return len(self.guests) > 1


_RoomNight = tuple[Night, Room]


def share_rooms(
    guests_by_night: Mapping[Night, Iterable[Guest]], rules: Rules, together: Iterable[Collection[Hashable]] = (),
) -> dict[Night, list[Room]]:
    """Put the guests of each night into rooms (TE-2.7.3).

    Two below manager, of the same sex, at the same place share a room, and for it at most a percentage of their two caps
    together is paid. Whoever is left over has his own cap, and so have those who do not share: managers, and people of whom
    the sex is not known.

    :param guests_by_night: everybody who lodges somewhere on a night, each once
    :param together: pairs who did share a room (they named each other): they are put together first, if the rule allows
    :return: rooms of each night; the same ones in whatever order the guests come
    """
    wanted = sorted({tuple(sorted(pair, key=str)) for pair in together if len(pair) == 2}, key=str)
    rooms = {}
    for night, people in guests_by_night.items():
        guests = {guest.key: guest for guest in sorted(people, key=lambda guest: str(guest.key))}
        free = {key: guest for key, guest in guests.items() if guest.shares and guest.sex}
        pairs = []
        for one, two in wanted:
            if one in free and two in free and free[one].sex == free[two].sex:
                pairs.append((free.pop(one), free.pop(two)))
        waiting: dict[str, Guest] = {}
        for guest in free.values():
            if mate := waiting.pop(guest.sex or "", None):
                pairs.append((mate, guest))
            else:
                waiting[guest.sex or ""] = guest
        shared = {guest.key for pair in pairs for guest in pair}
        rooms[night] = [
            Room((one.key, two.key), _shared_cap(one.cap, two.cap, rules)) for one, two in pairs
        ] + [
            Room((key,), None if guest.cap is None else float(_round(_positive(guest.cap), rules.rounding)))
            for key, guest in guests.items() if key not in shared
        ]
    return rooms


def _shared_cap(one: float | None, two: float | None, rules: Rules) -> float | None:
    if one is None or two is None:
        return None
    percent = min(_positive(rules.shared_room_percent), Decimal(100))
    return float(_round((_positive(one) + _positive(two)) * percent / 100, rules.rounding))


@dataclass(frozen=True)
class LodgingClaim:
    """A claimed lodging bill.

    :param guests: keys of those who used the room, the claimant among them if he did
    :param nights: that the bill is for
    :param sequence: lower ones are served first. Give what was approved or paid already a lower one than the others, and the
        amount that was approved as ``claimed``
    """

    key: Hashable
    claimant: Hashable
    guests: Collection[Hashable]
    nights: Collection[Night]
    claimed: float
    sequence: int = 0


def judge_lodgings(claims: Sequence[LodgingClaim], rooms: Mapping[Night, Sequence[Room]]) -> dict[Hashable, Verdict]:
    """What is paid of lodging bills outside town (TE-2.7.1, TE-2.7.3).

    A bill may use the caps of the rooms of its guests on its nights, all together. The cap of a room is paid once in all,
    whoever claims it. Bills are served by their sequence, and a later one gets what can still be given without taking
    anything from an earlier one; so the sequence decides who is paid, not what is paid in all (it is a greatest flow).

    Reasons when less is paid than claimed: ``lodging_none`` (TE-2.7.1: none of its guests lodges there on these nights),
    ``lodging_cap`` (TE-2.7.1; cap, nights), ``room_shared`` (TE-2.7.3; guests, cap, nights), ``room_claimed`` (TE-2.7.3; keys
    of the bills that use the same caps).

    :param rooms: by :func:`share_rooms`
    """
    room_of = {(night, key): (night, room) for night, shared in rooms.items() for room in shared for key in room.guests}
    capacity = {place: None if place[1].cap is None else _positive(place[1].cap) for place in room_of.values()}
    used: dict[_RoomNight, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    reach: list[list[_RoomNight]] = []
    verdicts: dict[Hashable, Verdict] = {}
    served = sorted(
        claims, key=lambda claim: (claim.sequence, _positive(claim.claimed), str(claim.claimant), str(claim.key)))
    for number, claim in enumerate(served):
        reach.append(list(dict.fromkeys(
            room_of[night, guest]
            for night in sorted(set(claim.nights), key=lambda night: (night.date, str(night.place)))
            for guest in sorted(set(claim.guests), key=str) if (night, guest) in room_of
        )))
        claimed = _positive(claim.claimed)
        left = claimed
        while left and (given := _augment(number, left, reach, capacity, used)):
            left -= given
        reasons = _lodging_reasons(number, served, reach[number], capacity, used) if left else ()
        verdicts[claim.key] = _verdict(claim.claimed, claimed - left, reasons)
    return verdicts


def _augment(
    number: int, wanted: Decimal, reach: Sequence[Sequence[_RoomNight]], capacity: Mapping[_RoomNight, Decimal | None],
    used: Mapping[_RoomNight, dict[int, Decimal]],
) -> Decimal:
    """Give more to a bill, if need be by moving earlier ones to other rooms that they may use (the shortest such chain).

    :return: what was given, 0 when nothing can be
    """
    chain: dict[_RoomNight, tuple[int, _RoomNight | None]] = {}  # the bill that would use a room, and the room it would leave
    queue: deque[tuple[int, _RoomNight | None]] = deque([(number, None)])
    seen = {number}
    while queue:
        bill, left = queue.popleft()
        for room in reach[bill]:
            if room in chain:
                continue
            chain[room] = (bill, left)
            most = capacity[room]
            space = wanted if most is None else most - sum(used[room].values(), _ZERO)
            if space > 0:
                return _move(room, min(wanted, space), chain, used)
            for other, amount in used[room].items():
                if amount > 0 and other not in seen:
                    seen.add(other)
                    queue.append((other, room))
    return _ZERO


def _move(
    room: _RoomNight, amount: Decimal, chain: Mapping[_RoomNight, tuple[int, _RoomNight | None]],
    used: Mapping[_RoomNight, dict[int, Decimal]],
) -> Decimal:
    """Let every bill of a chain that ends in a room with space use the next room instead of the one it leaves."""
    steps = []
    into: _RoomNight | None = room
    while into is not None:
        bill, left = chain[into]
        steps.append((bill, left, into))
        if left is not None:
            amount = min(amount, used[left][bill])
        into = left
    for bill, left, into in steps:
        used[into][bill] += amount
        if left is not None:
            used[left][bill] -= amount
    return amount


def _lodging_reasons(
    number: int, claims: Sequence[LodgingClaim], rooms: Sequence[_RoomNight], capacity: Mapping[_RoomNight, Decimal | None],
    used: Mapping[_RoomNight, Mapping[int, Decimal]],
) -> tuple[Reason, ...]:
    """Why a bill was not paid in full; none of its rooms is without a cap then."""
    if not rooms:
        return (Reason("lodging_none", "TE-2.7.1"),)
    nights = len({night for night, _room in rooms})
    alone = [room for room in rooms if not room[1].is_shared]
    shared = [room for room in rooms if room[1].is_shared]
    reasons = []
    if alone:
        reasons.append(Reason("lodging_cap", "TE-2.7.1", {
            "cap": float(sum((capacity[room] or _ZERO for room in alone), _ZERO)), "nights": nights,
        }))
    if shared:
        reasons.append(Reason("room_shared", "TE-2.7.3", {
            "guests": tuple(dict.fromkeys(key for _night, room in shared for key in room.guests)),
            "cap": float(sum((capacity[room] or _ZERO for room in shared), _ZERO)), "nights": nights,
        }))
    others = sorted({other for room in rooms for other, amount in used[room].items() if amount > 0 and other != number})
    if others:
        reasons.append(Reason("room_claimed", "TE-2.7.3", {"keys": tuple(claims[other].key for other in others)}))
    return tuple(reasons)


def judge_town_lodging(claimed: float, nights: int, rules: Rules, approved: bool) -> Verdict:
    """What is paid of lodging in town: with prior leave of the superior, up to a cap a night (TE-2.7.2).

    Reasons: ``town_lodging_leave`` (without leave), ``town_lodging_cap`` (cap, nights), both TE-2.7.2.
    """
    if not approved:
        return _verdict(claimed, _ZERO, (Reason("town_lodging_leave", "TE-2.7.2"),), needs_approval=True)
    cap = _round(_positive(rules.town_lodging_cap) * max(nights, 0), rules.rounding)
    reasons = (Reason("town_lodging_cap", "TE-2.7.2", {"cap": float(cap), "nights": nights}),)
    return _verdict(claimed, cap, reasons if _positive(claimed) > cap else ())


# === DEADLINE === #


def days_late(ended: date, claimed_on: date, rules: Rules) -> int:
    """By how many days a claim comes after the deadline (RG-3.7: expenses are claimed promptly); 0 when in time.

    :param ended: last day of the trip, or the day of the expense
    :param claimed_on: day on which it is submitted
    """
    return max((claimed_on - ended).days - rules.claim_days, 0) if rules.claim_days > 0 else 0


# === TOOLING === #


def _verdict(
    claimed: float, most: Decimal, reasons: tuple[Reason, ...] = (), needs_approval: bool = False,
) -> Verdict:
    asked = _positive(claimed)
    return Verdict(float(asked), float(min(asked, max(most, _ZERO))), reasons, needs_approval)


def _exact(amount: float) -> Decimal:
    return Decimal(repr(float(amount)))


def _positive(amount: float) -> Decimal:
    return max(_exact(amount), _ZERO)


def _round(amount: Decimal, rounding: float) -> Decimal:
    unit = Decimal(str(rounding))
    return (amount / unit).quantize(Decimal(1), rounding=ROUND_HALF_UP) * unit
