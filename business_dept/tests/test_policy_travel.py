# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, datetime, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.travel import (
    Guest,
    LodgingClaim,
    Night,
    Room,
    Rules,
    TaxiRide,
    allowance_amount,
    allowance_days,
    days_late,
    judge_allowance,
    judge_lodgings,
    judge_shared_taxis,
    judge_town_lodging,
    judge_town_taxi,
    judge_transport,
    share_rooms,
)

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TE = Rules()  # the clause's own figures: 30 a day, noon, 80 %, 80 in town
MANAGER, SENIOR, STAFF = 150.0, 100.0, 60.0  # TE-2.7.1
MONDAY = date(2026, 3, 2)
NIGHT = Night("Guangzhou", MONDAY)

amounts = st.integers(0, 100_000).map(lambda cents: cents / 100)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 12))
days = st.integers(0, 14).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
rules = st.builds(
    Rules,
    allowance_per_day=amounts, noon=st.times(), shared_room_percent=st.floats(-10, 150), town_lodging_cap=amounts,
    claim_days=st.integers(0, 60), rounding=st.sampled_from([0.01, 0.05, 1.0]),
)
guests = st.lists(
    st.builds(
        Guest, key=st.integers(1, 7), sex=st.sampled_from(["male", "female", None]), shares=st.booleans(),
        cap=st.sampled_from([None, MANAGER, SENIOR, STAFF, 33.33]),
    ),
    unique_by=lambda guest: guest.key, max_size=7,
)
nights = st.lists(
    st.builds(Night, st.sampled_from(["Guangzhou", "Shenzhen"]), st.sampled_from([MONDAY, MONDAY + timedelta(days=1)])),
    unique=True, min_size=1, max_size=3,
)


def at(day, hour, minute=0, second=0):
    """The moment on a day of a week that begins on Monday the second of March."""
    return datetime(2026, 3, 1 + day, hour, minute, second)


@st.composite
def lodgings(draw):
    """Bills and the rooms that they may use."""
    people = draw(guests)
    rooms = share_rooms(dict.fromkeys(draw(nights), people), TE)
    claims = draw(st.lists(st.tuples(
        st.lists(st.integers(1, 7), max_size=3), nights, amounts, st.integers(0, 2),
    ), max_size=5))
    return [
        LodgingClaim(number, number % 3, guest_keys, bill_nights, claimed, sequence)
        for number, (guest_keys, bill_nights, claimed, sequence) in enumerate(claims)
    ], rooms


rides = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from("xy"), moments, st.integers(0, 3 * 24 * 60), amounts, st.booleans(),
    ), max_size=6,
).map(lambda rows: [
    TaxiRide(number, who, "trip", start, "hotel", departure, departure + timedelta(minutes=minutes), claimed, decided)
    for number, (who, start, departure, minutes, claimed, decided) in enumerate(rows)
])


def paid(verdicts):
    """What the company pays in all, in cents."""
    return sum(round((verdict.allowed or 0.0) * 100) for verdict in verdicts.values())


@tagged("post_install", "-at_install")
class TestPolicyTravel(BaseCase):

    # === ALLOWANCE === #

    def test_days(self):
        """TE-3.1, TE-3.2, TE-3.3: days of a trip by the times of its tickets; noon itself is by noon."""
        cases = [
            # departure, arrival, shares
            (at(1, 12), at(3, 12, 1), [1, 1, 1]),
            (at(1, 12, 0, 1), at(3, 12), [0.5, 1, 0.5]),
            (at(1, 8), at(2, 9), [1, 0.5]),
            (at(1, 13), at(2, 18), [0.5, 1]),
            (at(1, 8), at(1, 18), [1]),  # one day: both sides of noon
            (at(1, 8), at(1, 12), [0.5]),
            (at(1, 12, 30), at(1, 20), [0.5]),
            (at(1, 8), at(1, 8), [0.5]),
            (at(1, 0), at(2, 0), [1, 0.5]),  # midnight belongs to the day that begins
            (at(2, 8), at(1, 8), []),
        ]
        for departure, arrival, shares in cases:
            with self.subTest(departure=departure, arrival=arrival):
                self.assertEqual([day.share for day in allowance_days(departure, arrival)], shares)
        self.assertEqual([day.share for day in allowance_days(at(1, 13), at(1, 15), time(14))], [1])

    def test_allowance(self):
        """TE-3: 30 a day, 15 half a day, nothing in town; TE-3.4: none on the days of the host."""
        cases = [
            # claimed, departure, arrival, hosted, in town, allowed, reasons
            (90, at(1, 8), at(3, 18), (), False, 90.0, ["allowance_days"]),
            (120, at(1, 8), at(3, 18), (), False, 90.0, ["allowance_days"]),
            (60, at(1, 8), at(3, 18), (), False, 60.0, ["allowance_days"]),
            (90, at(1, 13), at(3, 11), (), False, 60.0, ["allowance_days"]),
            (90, at(1, 8), at(3, 18), (at(2, 0).date(),), False, 60.0, ["allowance_days", "allowance_hosted"]),
            (90, at(1, 8), at(3, 18), (at(5, 0).date(),), False, 90.0, ["allowance_days"]),  # a day outside the trip
            (30, at(1, 8), at(1, 18), (), True, 0.0, ["allowance_town"]),
            (-5, at(1, 8), at(1, 18), (), False, 0.0, ["allowance_days"]),
        ]
        for claimed, departure, arrival, hosted, in_town, allowed, reasons in cases:
            with self.subTest(claimed=claimed, departure=departure, hosted=hosted, in_town=in_town):
                verdict = judge_allowance(claimed, departure, arrival, TE, hosted, in_town)
                self.assertEqual(verdict.allowed, allowed)
                self.assertEqual([reason.code for reason in verdict.reasons], reasons)
        verdict = judge_allowance(90, at(1, 8), at(3, 12), TE, (at(2, 0).date(),))
        self.assertEqual(verdict.reasons[0].values, {"days": 1.5, "rate": 30.0, "amount": 45.0})
        self.assertEqual(verdict.reasons[1].values["dates"], (at(2, 0).date(),))

    def test_two_trips_on_a_day(self):
        """TE-3.1: a day is one day: what another trip has of it is not given again, whole or half."""
        departure, arrival = datetime(2026, 3, 2, 13), datetime(2026, 3, 4, 18)  # half a day and two
        for elsewhere, paid in (
            ({}, 75.0), ({date(2026, 3, 2): 0.5}, 75.0), ({date(2026, 3, 2): 1.0}, 60.0), ({date(2026, 3, 2): 1.5}, 60.0),
            ({date(2026, 3, 4): 0.5}, 60.0), ({date(2026, 3, 9): 1.0}, 75.0),
        ):
            verdict = judge_allowance(100.0, departure, arrival, Rules(), elsewhere=elsewhere)
            self.assertEqual(verdict.allowed, paid, elsewhere)
            self.assertEqual(any(reason.code == "allowance_elsewhere" for reason in verdict.reasons), paid < 75.0)

    def test_allowance_is_rounded_half_up(self):
        """TE-3: half of an odd rate is rounded half up, by the currency."""
        self.assertEqual(allowance_amount(at(1, 13), at(1, 14), Rules(allowance_per_day=0.25)), 0.13)
        self.assertEqual(allowance_amount(at(1, 13), at(1, 14), Rules(allowance_per_day=5, rounding=1.0)), 3.0)

    @QUICK
    @given(moments, moments, st.integers(0, 5), rules, st.frozensets(days), amounts)
    def test_more_days_never_less(self, departure, arrival, longer, policy, hosted, claimed):
        """TE-3: who leaves earlier or comes back later gets no less; who is hosted gets no more; never more than claimed."""
        amount = allowance_amount(departure, arrival, policy, hosted)
        self.assertLessEqual(amount, allowance_amount(departure, arrival + timedelta(hours=7 * longer), policy, hosted))
        self.assertLessEqual(amount, allowance_amount(departure - timedelta(hours=7 * longer), arrival, policy, hosted))
        self.assertLessEqual(amount, allowance_amount(departure, arrival, policy))
        allowed = judge_allowance(claimed, departure, arrival, policy, hosted).allowed
        self.assertTrue(0 <= allowed <= claimed)
        self.assertLessEqual(allowed, amount)

    # === TRANSPORT === #

    def test_transport(self):
        """TE-2.1 to TE-2.4: what the grade may use, what it asks for first, and the flight at the fare of the train."""
        cases = [
            # claimed, permission, approved, plane, train fare, allowed, reason, needs approval
            (250, "allowed", False, False, None, 250.0, None, False),
            (250, "request", True, False, None, 250.0, None, False),
            (250, "request", False, False, None, 0.0, "transport_request", True),
            (250, "never", True, False, None, 0.0, "transport_never", False),
            (980, "request", True, True, 169.0, 980.0, None, False),
            (980, "request", False, True, 169.0, 169.0, "plane_train_fare", False),
            (120, "request", False, True, 169.0, 120.0, "plane_train_fare", False),  # a flight cheaper than the train
            (980, "never", False, True, 169.0, 169.0, "plane_train_fare", False),
            (980, "request", False, True, None, None, "plane_fare_unknown", False),
            (980, "allowed", False, True, None, 980.0, None, False),
        ]
        for claimed, permission, approved, plane, fare, allowed, reason, needs_approval in cases:
            with self.subTest(permission=permission, approved=approved, plane=plane, fare=fare):
                verdict = judge_transport(claimed, permission, approved, plane, fare)
                self.assertEqual(verdict.allowed, allowed)
                self.assertEqual([found.code for found in verdict.reasons], [reason] if reason else [])
                self.assertEqual(verdict.needs_approval, needs_approval)
                self.assertEqual(verdict.waits, allowed is None)
        flight = judge_transport(980.10, "request", False, True, 169.0)
        self.assertTrue(flight.is_cut)
        self.assertEqual(flight.cut, 811.1)
        self.assertEqual(judge_transport(980, "request", False, True).cut, 0.0)

    def test_town(self):
        """TE-1.2: a taxi in town with leave only; TE-2.7.2: lodging in town with leave, up to 80 a night."""
        self.assertEqual(judge_town_taxi(23.5, True).allowed, 23.5)
        refused = judge_town_taxi(23.5, False)
        self.assertEqual((refused.allowed, refused.needs_approval, refused.reasons[0].clause), (0.0, True, "TE-1.2"))
        cases = [
            # claimed, nights, approved, allowed, reason
            (75, 1, True, 75.0, None),
            (100, 1, True, 80.0, "town_lodging_cap"),
            (200, 2, True, 160.0, "town_lodging_cap"),
            (75, 1, False, 0.0, "town_lodging_leave"),
            (75, 0, True, 0.0, "town_lodging_cap"),
        ]
        for claimed, number, approved, allowed, reason in cases:
            with self.subTest(claimed=claimed, nights=number, approved=approved):
                verdict = judge_town_lodging(claimed, number, TE, approved)
                self.assertEqual(verdict.allowed, allowed)
                self.assertEqual([found.code for found in verdict.reasons], [reason] if reason else [])

    @QUICK
    @given(amounts, st.sampled_from(["allowed", "request", "never"]), st.booleans(), st.booleans(), st.none() | amounts,
           st.integers(-1, 9), rules)
    def test_rides_within_the_claim(self, claimed, permission, approved, plane, fare, number, policy):
        """TE-0: never negative, never more than claimed; leave never makes it less, nor do more nights."""
        verdict = judge_transport(claimed, permission, approved, plane, fare)
        self.assertTrue(verdict.allowed is None or 0 <= verdict.allowed <= claimed)
        self.assertEqual(verdict.waits, plane and fare is None and permission != "allowed" and (
            permission == "never" or not approved))
        with_leave = judge_transport(claimed, permission, True, plane, fare)
        self.assertLessEqual(verdict.allowed or 0.0, claimed if with_leave.waits else with_leave.allowed)
        self.assertTrue(0 <= judge_town_taxi(claimed, approved).allowed <= claimed)
        town = judge_town_lodging(claimed, number, policy, approved).allowed
        self.assertTrue(0 <= town <= claimed)
        self.assertLessEqual(town, judge_town_lodging(claimed, number + 1, policy, approved).allowed)

    # === SHARED TAXI === #

    def test_shared_taxi(self):
        """TE-2.6: of colleagues who ride together one claims; the other is pointed to the ride that is paid."""
        first = TaxiRide("a", "Lin", "trip", "station", "hotel", at(1, 9), at(1, 10), 46.0)
        cases = [
            # what is different about the second ride, is it paid
            ({}, False),
            ({"departure": at(1, 9, 59), "arrival": at(1, 11)}, False),
            ({"departure": at(1, 10), "arrival": at(1, 11)}, True),  # another ride, later
            ({"start": "hotel", "end": "station"}, True),
            ({"end": "factory"}, True),
            ({"journey": "another"}, True),
            ({"claimant": "Lin"}, True),  # his own second bill is no shared ride
        ]
        for difference, is_paid in cases:
            with self.subTest(difference=difference):
                second = TaxiRide(**{**vars(first), "key": "b", "claimant": "Zhou", "claimed": 50.0, **difference})
                verdicts = judge_shared_taxis([second, first])
                self.assertEqual(verdicts["a"].allowed, 46.0)
                self.assertEqual(verdicts["b"].allowed, 50.0 if is_paid else 0.0)
                if not is_paid:
                    self.assertEqual(verdicts["b"].reasons[0].clause, "TE-2.6")
                    self.assertEqual(verdicts["b"].reasons[0].values, {"key": "a", "claimant": "Lin"})
        instant = TaxiRide("c", "Huang", "trip", "station", "hotel", at(1, 9), at(1, 9), 40.0)
        self.assertEqual(judge_shared_taxis([first, instant])["a"].allowed, 0.0)  # same departure, earlier arrival

    def test_decided_taxi_stays(self):
        """TE-2.6: what is paid already stays, though another would have been chosen; the others point to it."""
        decided = TaxiRide("a", "Lin", "trip", "station", "hotel", at(1, 9, 30), at(1, 10), 60.0, decided=True)
        earlier = TaxiRide("b", "Zhou", "trip", "station", "hotel", at(1, 9), at(1, 10), 46.0)
        verdicts = judge_shared_taxis([earlier, decided])
        self.assertEqual((verdicts["a"].allowed, verdicts["b"].allowed), (60.0, 0.0))
        self.assertEqual(verdicts["b"].reasons[0].values["key"], "a")

    @QUICK
    @given(rides, st.data())
    def test_order_of_rides(self, claims, data):
        """TE-2.6: who claims first changes nothing of what is paid in all; each is paid as claimed or not at all."""
        verdicts = judge_shared_taxis(claims)
        self.assertEqual(judge_shared_taxis(data.draw(st.permutations(claims))), verdicts)
        # the same rides claimed in another order get other numbers
        numbers = data.draw(st.permutations(range(len(claims))))
        renumbered = [TaxiRide(**{**vars(ride), "key": numbers[ride.key]}) for ride in claims]
        self.assertEqual(paid(judge_shared_taxis(renumbered)), paid(verdicts))
        for ride in claims:
            verdict = verdicts[ride.key]
            self.assertIn(verdict.allowed, (0.0, ride.claimed))
            self.assertTrue(verdict.allowed == ride.claimed or not ride.decided)
            if verdict.reasons:
                other = next(other for other in claims if other.key == verdict.reasons[0].values["key"])
                self.assertEqual(verdicts[other.key].allowed, other.claimed)
                self.assertNotEqual(other.claimant, ride.claimant)

    # === LODGING === #

    def test_rooms(self):
        """TE-2.7.3: two of one sex below manager at most 80 % of both caps; the odd one out, managers and people of
        unknown sex have their own."""
        lin, zhou, mo = (Guest(key, "female", True, STAFF) for key in ("Lin", "Zhou", "Mo"))
        cases = [
            # guests, rooms: who, cap
            ([lin, zhou], [(("Lin", "Zhou"), 96.0)]),
            ([zhou, lin], [(("Lin", "Zhou"), 96.0)]),
            ([lin, Guest("Wei", "female", True, SENIOR)], [(("Lin", "Wei"), 128.0)]),
            ([lin, zhou, mo], [(("Lin", "Mo"), 96.0), (("Zhou",), STAFF)]),
            ([lin, Guest("Qin", "male", True, STAFF)], [(("Lin",), STAFF), (("Qin",), STAFF)]),
            ([lin, Guest("Ma", None, True, STAFF)], [(("Lin",), STAFF), (("Ma",), STAFF)]),
            ([Guest("Li", None, True, STAFF), Guest("Ma", None, True, STAFF)], [(("Li",), STAFF), (("Ma",), STAFF)]),
            ([lin, Guest("Huang", "female", False, MANAGER)], [(("Huang",), MANAGER), (("Lin",), STAFF)]),
            ([Guest("Director", "male", False, None)], [(("Director",), None)]),
            ([], []),
        ]
        for people, rooms in cases:
            with self.subTest(guests=people):
                self.assertEqual(share_rooms({NIGHT: people}, TE), {NIGHT: [Room(who, cap) for who, cap in rooms]})
        other = Night("Shenzhen", MONDAY)
        apart = share_rooms({NIGHT: [lin], other: [zhou]}, TE)
        self.assertEqual([room.cap for rooms in apart.values() for room in rooms], [STAFF, STAFF])  # not the same place

    def test_rooms_of_those_who_did_share(self):
        """TE-2.7.3: who named each other on a bill are put together first, if they may share at all."""
        people = [Guest(key, sex, True, STAFF) for key, sex in zip("ABCD", ("male", "male", "male", "female"), strict=True)]
        rooms = share_rooms({NIGHT: people}, TE, [("C", "A"), ("B", "D")])[NIGHT]
        self.assertEqual([room.guests for room in rooms], [("A", "C"), ("B",), ("D",)])

    def test_lodging(self):
        """TE-2.7.1: caps of manager 150, senior 100 and staff 60 a night; bills over them are cut."""
        for cap, claimed, number, allowed in [
            (MANAGER, 150, 1, 150.0), (MANAGER, 150.01, 1, 150.0), (SENIOR, 240, 2, 200.0), (STAFF, 45, 1, 45.0),
            (STAFF, 500, 3, 180.0), (None, 999, 1, 999.0),
        ]:
            with self.subTest(cap=cap, claimed=claimed):
                where = [Night("Guangzhou", MONDAY + timedelta(days=day)) for day in range(number)]
                rooms = share_rooms({night: [Guest("Lin", "male", True, cap)] for night in where}, TE)
                verdict = judge_lodgings([LodgingClaim(1, "Lin", ["Lin"], where, claimed)], rooms)[1]
                self.assertEqual(verdict.allowed, allowed)
                codes = [reason.code for reason in verdict.reasons]
                self.assertEqual(codes, ["lodging_cap"] if allowed < claimed else [])
        nowhere = judge_lodgings([LodgingClaim(1, "Lin", ["Lin"], [NIGHT], 60)], {})[1]
        self.assertEqual((nowhere.allowed, nowhere.reasons[0].code), (0.0, "lodging_none"))

    def test_shared_room_is_claimed_once(self):
        """TE-2.7.3: the cap of a shared room is paid once in all, whoever claims; one claim names both."""
        pair = [Guest("Lin", "male", True, SENIOR), Guest("Zhou", "male", True, STAFF)]
        rooms = share_rooms({NIGHT: pair}, TE)
        both = LodgingClaim("a", "Lin", ["Lin", "Zhou"], [NIGHT], 150.0)
        verdict = judge_lodgings([both], rooms)["a"]
        self.assertEqual(verdict.allowed, 128.0)
        self.assertEqual(verdict.reasons[0].code, "room_shared")
        self.assertEqual(verdict.reasons[0].values, {"guests": ("Lin", "Zhou"), "cap": 128.0, "nights": 1})
        # two rooms instead of one: together they get what one room may cost
        one, two = LodgingClaim("a", "Lin", ["Lin"], [NIGHT], 100.0), LodgingClaim("b", "Zhou", ["Zhou"], [NIGHT], 60.0)
        verdicts = judge_lodgings([one, two], rooms)
        self.assertEqual((verdicts["a"].allowed, verdicts["b"].allowed), (68.0, 60.0))
        self.assertEqual([reason.code for reason in verdicts["a"].reasons], ["room_shared", "room_claimed"])
        self.assertEqual(verdicts["a"].reasons[1].values, {"keys": ("b",)})
        # what was approved before comes first
        decided = LodgingClaim("a", "Lin", ["Lin"], [NIGHT], 100.0, sequence=-1)
        verdicts = judge_lodgings([two, decided], rooms)
        self.assertEqual((verdicts["a"].allowed, verdicts["b"].allowed), (100.0, 28.0))

    def test_bills_over_several_nights(self):
        """TE-2.7.1: a bill for some nights gives way where another has only one night to draw from."""
        nights = [NIGHT, Night("Guangzhou", MONDAY + timedelta(days=1))]
        rooms = share_rooms({night: [Guest("Lin", "male", True, STAFF), Guest("Zhou", "male", True, STAFF)]
                             for night in nights}, TE)  # 96 a night
        long_one = LodgingClaim("long", "Lin", ["Lin"], nights, 96.0)
        short_one = LodgingClaim("short", "Zhou", ["Zhou"], nights[:1], 96.0, sequence=1)
        verdicts = judge_lodgings([long_one, short_one], rooms)
        self.assertEqual((verdicts["long"].allowed, verdicts["short"].allowed), (96.0, 96.0))

    @QUICK
    @given(guests, st.data())
    def test_pairs(self, people, data):
        """TE-2.7.3: everybody in one room; pairs of one known sex below manager; at most one left of each sex; a room for two
        never costs more than 80 % of both caps; the order of the people does not matter."""
        wanted = data.draw(st.lists(st.lists(st.integers(1, 7), min_size=2, max_size=2, unique=True), max_size=3))
        rooms = share_rooms({NIGHT: people}, TE, wanted)[NIGHT]
        shuffled = data.draw(st.permutations(people))
        self.assertEqual(share_rooms({NIGHT: shuffled}, TE, data.draw(st.permutations(wanted)))[NIGHT], rooms)
        by_key = {guest.key: guest for guest in people}
        self.assertEqual(sorted(key for room in rooms for key in room.guests), sorted(by_key))
        alone = []
        for room in rooms:
            members = [by_key[key] for key in room.guests]
            if room.is_shared:
                one, two = members
                self.assertTrue(one.shares and two.shares and one.sex and one.sex == two.sex)
                if one.cap is not None and two.cap is not None:
                    self.assertAlmostEqual(room.cap, (one.cap + two.cap) * 0.8, delta=0.005)
            else:
                self.assertEqual(room.cap, members[0].cap)
                if members[0].shares and members[0].sex:
                    alone.append(members[0].sex)
        self.assertEqual(len(alone), len(set(alone)))

    @QUICK
    @given(lodgings(), st.data())
    def test_order_of_bills(self, case, data):
        """TE-2.7.3: never negative, never more than claimed, never more in all than the caps of the rooms; who claims first
        does not change what is paid in all."""
        claims, rooms = case
        verdicts = judge_lodgings(claims, rooms)
        self.assertEqual(judge_lodgings(data.draw(st.permutations(claims)), rooms), verdicts)
        turned = [
            LodgingClaim(**{**vars(claim), "sequence": data.draw(st.integers(0, 5)), "key": f"k{claim.key}"})
            for claim in claims
        ]
        self.assertEqual(paid(judge_lodgings(turned, rooms)), paid(verdicts))
        for claim in claims:
            self.assertTrue(0 <= verdicts[claim.key].allowed <= claim.claimed)
            self.assertEqual(bool(verdicts[claim.key].reasons), verdicts[claim.key].is_cut)
        caps = [room.cap for shared in rooms.values() for room in shared]
        if None not in caps:
            self.assertLessEqual(paid(verdicts), sum(round(cap * 100) for cap in caps))

    @QUICK
    @given(lodgings(), amounts)
    def test_one_more_bill(self, case, claimed):
        """TE-2.7.3: a further bill takes nothing from those before it, and never makes the company pay less."""
        claims, rooms = case
        before = judge_lodgings(claims, rooms)
        last = LodgingClaim("last", "x", [1, 2], [NIGHT], claimed, sequence=9)
        after = judge_lodgings([*claims, last], rooms)
        for claim in claims:
            self.assertEqual(after[claim.key].allowed, before[claim.key].allowed)
        self.assertGreaterEqual(paid(after), paid(before))

    # === DEADLINE === #

    def test_deadline(self):
        """RG-3.7: a claim within 30 days is in time; later it says by how much; a policy may do without."""
        self.assertEqual(days_late(MONDAY, MONDAY + timedelta(days=30), TE), 0)
        self.assertEqual(days_late(MONDAY, MONDAY + timedelta(days=33), TE), 3)
        self.assertEqual(days_late(MONDAY, MONDAY - timedelta(days=3), TE), 0)
        self.assertEqual(days_late(MONDAY, MONDAY + timedelta(days=999), Rules(claim_days=0)), 0)
