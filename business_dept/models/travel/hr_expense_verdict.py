# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...policy.invoice_key import invoice_key
from ...policy.travel import (
    Guest,
    LodgingClaim,
    Night,
    Reason,
    Rules,
    TaxiRide,
    Verdict,
    allowance_days,
    judge_allowance,
    judge_lodgings,
    judge_shared_taxis,
    judge_town_lodging,
    judge_town_taxi,
    judge_transport,
    share_rooms,
)

MOST = 1e9
"""More than any allowance."""


class HrExpense(models.Model):
    """What the travel policy allows of each expense, and why.

    The facts of a set are fetched in a fixed number of statements, the arithmetic is ``policy/travel.py``, and the result is
    stored. It is found anew when a fact of a draft changes, and once more when it is submitted; then it stays.
    """

    _inherit = "hr.expense"

    def _judge_drafts(self):
        """Judge the drafts among these expenses; those that are no matter of travel cost nothing."""
        drafts = self.sudo().filtered(lambda expense: (expense.travel_kind or expense.verdict) and expense._is_open())
        if drafts:
            drafts._judge()

    def _judge(self):
        """Judge these expenses, and with them the drafts of colleagues that use the same rooms, rides and days."""
        for company, expenses in self.sudo().grouped("company_id").items():
            judged = ExpenseJudge(expenses.with_company(company)).judge()
            judged |= dict.fromkeys(expenses.filtered(lambda expense: not expense.travel_kind and expense.verdict))
            self._store_verdicts(judged)

    def _store_verdicts(self, verdicts):
        """Keep verdicts, past the overrides of ``write``: they are no change of the expenses.

        :param dict verdicts: ``{expense: Verdict}``, ``None`` for what is no matter of travel
        """
        ids = defaultdict(list)  # by field and value, for one write each; amounts of several currencies are not written at once
        for expense, verdict in verdicts.items():
            for name, value in expense._get_verdict_values(verdict).items():
                ids[name, value, expense.currency_id].append(expense.id)
        changed = {}
        for (name, value, _currency), expense_ids in ids.items():
            self._fields[name].write(self.sudo().browse(expense_ids), value)
            changed.update(dict.fromkeys(expense_ids))
        self.sudo().browse(changed).modified(
            ["claimed_amount", "claimed_amount_currency", "allowed_amount", "allowed_reason", "verdict"])

    def _get_verdict_values(self, verdict):
        """What differs from what is stored.

        :param Verdict verdict: ``None`` for what is no matter of travel
        :return: ``{field: value}``
        """
        self.ensure_one()
        if verdict is None:
            state, allowed, text, claimed, in_currency = False, 0.0, False, 0.0, 0.0
        else:
            claimed, in_currency = self.total_amount, self.total_amount_currency
            allowed = verdict.allowed or 0.0
            state = "waits" if verdict.waits else "full" if not verdict.is_cut else "cut" if allowed else "none"
            text = self._describe_verdict(verdict) or False
        values = {
            "verdict": state, "claimed_amount": claimed, "claimed_amount_currency": in_currency, "allowed_amount": allowed,
            "allowed_reason": text,
        }
        return {name: value for name, value in values.items() if self[name] != value}

    def _get_nights(self):
        """The days in the evening of which a room was used.

        :rtype: list[date]
        """
        self.ensure_one()
        if not (self.night_from and self.night_to) or self.night_to <= self.night_from:
            return []
        return _range(self.night_from, self.night_to)

    # --- in words

    def _describe_verdict(self, verdict):
        """The reasons of a verdict, one to a line, each with its clause."""
        self.ensure_one()
        return "\n".join(self._describe_reason(reason) + (f" [{reason.clause}]" if reason.clause else "")
                         for reason in verdict.reasons)

    def _describe_reason(self, reason):
        """One reason in words."""
        values = reason.values

        def money(amount):
            return formatLang(self.env, amount, currency_obj=self.company_currency_id)

        match reason.code:
            case "allowance_town":
                return self.env._("No allowance in town.")
            case "allowance_days":
                return self.env._("%(days)s days at %(rate)s: %(amount)s, by the times of the tickets.",
                                  days=f"{values['days']:g}", rate=money(values["rate"]), amount=money(values["amount"]))
            case "allowance_hosted":
                return self.env._("No allowance while the visited company is the host: %(dates)s.",
                                  dates=", ".join(format_date(self.env, day) for day in values["dates"]))
            case "allowance_claimed":
                return self.env._("The allowance of this trip is claimed already with “%(expense)s”.",
                                  expense=values["expense"].name)
            case "allowance_elsewhere":
                return self.env._("Paid with another trip of the same day: %(dates)s.",
                                  dates=", ".join(format_date(self.env, day) for day in values["dates"]))
            case "nights_outside":
                return self.env._("Nights outside the trip are not paid; if it took longer, enter the times of the tickets.")
            case "guests_elsewhere":
                return self.env._("Not counted, because no approved trip brought them there: %(guests)s.",
                                  guests=", ".join(values["guests"].mapped("name")))
            case "tickets_longer":
                return self.env._("The tickets are for more days than were approved, %(start)s to %(end)s.",
                                  start=format_date(self.env, values["days"][0]), end=format_date(self.env, values["days"][1]))
            case "planned_times":
                return self.env._("The times of the tickets are not entered yet: the planned ones count.")
            case "plane_train_fare":
                return self.env._("The flight was not approved beforehand: paid at the train fare, %(fare)s.",
                                  fare=money(values["fare"]))
            case "plane_fare_unknown":
                return self.env._("The flight was not approved beforehand, and the train fare is not known. Enter it and "
                                  "attach the evidence, or have it put into the fare table.")
            case "ride_claimed":
                return self.env._("This ride is claimed already with “%(expense)s”.", expense=values["expense"].name)
            case "transport_request":
                return self.env._("%(means)s is on request for %(grade)s, and was not approved beforehand.",
                                  means=values["means"].name, grade=values["grade"].name)
            case "transport_never":
                return self.env._("%(means)s is not for %(grade)s.", means=values["means"].name, grade=values["grade"].name)
            case "town_taxi":
                return self.env._("A taxi in town needs leave of a manager beforehand; public transport is the rule.")
            case "taxi_shared":
                return self.env._("The same taxi: it is paid to %(who)s, with “%(expense)s”.",
                                  who=values["expense"].employee_id.name, expense=values["expense"].name)
            case "lodging_none":
                return self.env._("None of the guests lodges there on these nights.")
            case "lodging_cap":
                return self.env._("At most %(cap)s for %(nights)s nights.", cap=money(values["cap"]), nights=values["nights"])
            case "room_shared":
                return self.env._("%(guests)s share a room: together at most %(cap)s.",
                                  guests=", ".join(values["guests"].mapped("name")), cap=money(values["cap"]))
            case "room_claimed":
                return self.env._("The same nights are claimed with %(expenses)s.",
                                  expenses=", ".join(f"“{name}” ({who})" for name, who in values["expenses"]))
            case "sex_unknown":
                return self.env._("The sex of %(who)s is not known to the system, so nobody shares a room with them.",
                                  who=", ".join(values["guests"].mapped("name")))
            case "town_lodging_leave":
                return self.env._("A night in town needs leave of the superior beforehand.")
            case "town_lodging_cap":
                return self.env._("In town at most %(cap)s for %(nights)s nights.",
                                  cap=money(values["cap"]), nights=values["nights"])
            case "no_grade":
                return self.env._("%(who)s has no staff grade: judged as other staff.", who=self.employee_id.name)
            case "no_policy":
                return self.env._("No travel policy is in force on these days: not judged.")
            case "facts_ride":
                return self.env._("Say by what means, and choose the ride of the trip.")
            case "facts_nights":
                return self.env._("Say where, and for which nights.")
            case "facts_taxi":
                return self.env._("Say from where to where the taxi went, and when.")
            case _:
                return self.env._("Say for which trip, with its ways.")


class ExpenseJudge:
    """Verdicts of expenses of one company, and of the drafts that share with them.

    :param expenses: ``hr.expense`` in sudo, whatever their state
    """

    def __init__(self, expenses):
        self.env = expenses.env
        self.company = expenses.company_id
        self.expenses = expenses.filtered("travel_kind")
        others = self._find_others()
        self.judging = self.expenses | others.filtered(lambda expense: expense._is_open())
        self.all = self.judging | others
        self.decided = set((self.all - self.judging).ids)
        self.grades = self.env["business.staff.grade"].sudo()._get_of(self.all.employee_id | self.all.guest_ids)
        self.taxi_class = self.env.ref("business_dept.transport_class_taxi", raise_if_not_found=False) or (
            self.env["business.transport.class"].sudo())
        self.stays = self._get_stays()
        self.times = {}
        self.trip_days = {expense: self._get_trip_days(expense) for expense in self.all}
        self.days = {expense: self._get_policy_day(expense) for expense in self.all}
        self.policies = self.env["business.travel.policy"]._get_policies(self.company, self._get_all_days())
        self.rules = {policy: policy._get_rules() for policy in set(self.policies.values())}
        self.fares = self._get_fares()
        self.elsewhere = self._get_days_elsewhere()
        self.places = self._get_places_of_nights()

    # --- facts

    def _find_others(self):
        """What uses the same rooms, rides and days, whoever claimed it, in one statement."""
        parts = []
        lodgings = self.expenses.filtered(lambda expense: expense.travel_kind == "lodging" and expense._get_nights())
        if lodgings:
            parts.append(Domain([
                ("travel_kind", "=", "lodging"), ("place_id", "in", lodgings.place_id.ids),
                ("night_from", "<", max(lodgings.mapped("night_to"))), ("night_to", ">", min(lodgings.mapped("night_from"))),
            ]))
        in_town = self.expenses.filtered(lambda expense: (
            expense.travel_kind in ("lodging", "town_lodging") and expense._get_nights()))
        if in_town:
            parts.append(Domain([
                ("travel_kind", "in", ("lodging", "town_lodging")), ("employee_id", "in", in_town.employee_id.ids),
                ("night_from", "<", max(in_town.mapped("night_to"))), ("night_to", ">", min(in_town.mapped("night_from"))),
            ]))
        if trips := self.expenses.filtered(lambda e: e.travel_kind in ("transport", "taxi", "allowance")).travel_request_id:
            parts.append(Domain([
                ("travel_kind", "in", ("transport", "taxi", "allowance")), ("travel_request_id", "in", trips.ids),
            ]))
        allowances = self.expenses.filtered(lambda e: e.travel_kind == "allowance" and e.travel_request_id)
        if touching := self._find_touching_trips(allowances):
            parts.append(Domain([
                ("travel_kind", "=", "allowance"), ("travel_request_id", "in", touching.ids),
                ("employee_id", "in", allowances.employee_id.ids),
            ]))
        alone = self.expenses.filtered(lambda e: e.travel_kind == "taxi" and not e.travel_request_id and e.ride_start)
        if alone:
            people = (alone.employee_id | alone.sharer_ids).ids
            times = alone.mapped("ride_start")
            parts.append(Domain([
                ("travel_kind", "=", "taxi"), ("travel_request_id", "=", False),
                ("ride_start", ">=", min(times) - timedelta(days=1)), ("ride_start", "<=", max(times) + timedelta(days=1)),
                "|", ("employee_id", "in", people), ("sharer_ids", "in", people),
            ]))
        if not parts:
            return self.expenses.browse()
        domain = Domain([
            ("company_id", "=", self.company.id), ("id", "not in", self.expenses.ids),
            "|", ("approval_state", "=", False), ("approval_state", "!=", "refused"),
        ])
        return self.expenses.search(domain & Domain.OR(parts), order="id")

    def _find_touching_trips(self, allowances):
        """Other trips of the same people that share a day with those of these allowances."""
        trips = allowances.travel_request_id.filtered(lambda trip: trip.date_from and trip.date_to)
        if not trips:
            return trips
        return trips.search([
            ("id", "not in", trips.ids), ("traveller_ids", "in", allowances.employee_id.ids),
            ("date_from", "<=", max(trips.mapped("date_to"))), ("date_to", ">=", min(trips.mapped("date_from"))),
            ("state", "in", ("approved", "done")),
        ])

    def _get_stays(self):
        """``{employee: [(first day, last day)]}`` of the approved trips of guests who are not on the trip of the expense."""
        lodgings = self.all.filtered(lambda expense: expense.travel_kind == "lodging" and expense._get_nights())
        guests = self.env["hr.employee"].sudo().union(*(
            expense.guest_ids - expense.employee_id - expense.travel_request_id.traveller_ids for expense in lodgings))
        stays = defaultdict(list)
        if guests:
            for trip in self.env["business.travel.request"].sudo().search_fetch([
                ("traveller_ids", "in", guests.ids), ("state", "in", ("approved", "done")),
                ("date_from", "<", max(lodgings.mapped("night_to"))), ("date_to", ">", min(lodgings.mapped("night_from"))),
            ], ["date_from", "date_to", "traveller_ids"]):
                for guest in trip.traveller_ids & guests:
                    stays[guest].append((trip.date_from, trip.date_to))
        return stays

    def _get_trip_days(self, expense):
        """First and last day of the trip of an expense, by plan or by ticket, whichever is wider; empty without days."""
        trip = expense.travel_request_id
        if not (trip.date_from and trip.date_to):
            return ()
        times = self._get_trip_times(expense)
        days = [trip.date_from, trip.date_to, *(moment.date() for moment in times[:2])]
        return min(days), max(days)

    def _get_policy_day(self, expense):
        """The day whose policy judges an expense: what is claimed for a trip is of its days, whatever date was entered."""
        day, trip_days = self._get_day(expense), self.trip_days[expense]
        return min(max(day, trip_days[0]), trip_days[1]) if trip_days else day

    def _get_day(self, expense):
        """The day of an expense."""
        match expense.travel_kind:
            case "transport" | "taxi" if expense.travel_leg_id:
                return expense.employee_id._get_travel_time(_departure(expense.travel_leg_id)).date()
            case "taxi" if expense.ride_start:
                return expense.employee_id._get_travel_time(expense.ride_start).date()
            case "lodging" | "town_lodging" if expense.night_from:
                return expense.night_from
        return expense.date or fields.Date.context_today(expense)

    def _get_all_days(self):
        days = set(self.days.values())
        for expense in self.all:
            days.update(expense._get_nights())
            if expense.travel_kind == "allowance" and (times := self._get_trip_times(expense)):
                days.update(_range(times[0].date(), times[1].date() + timedelta(days=1)))
        return days

    def _get_trip_times(self, expense):
        """``(departure, arrival, whether both are by ticket)`` on the clock of the traveller; empty without ways."""
        trip, employee = expense.travel_request_id, expense.employee_id
        if (trip, employee) not in self.times:
            legs = trip._get_legs()
            self.times[trip, employee] = (
                employee._get_travel_time(_departure(legs[0])),
                employee._get_travel_time(legs[-1].ticket_arrival or legs[-1].arrival),
                bool(legs[0].ticket_departure and legs[-1].ticket_arrival),
            ) if legs else ()
        return self.times[trip, employee]

    def _get_fares(self):
        """The fares that measure flights (TE-2.4): ``{(from, to, train class, day): amount}``, in one statement."""
        rides = {
            ride for expense in self.judging
            if expense.transport_class_id.mode == "plane" and (ride := self._get_train_ride(expense))
        }
        return self.env["business.train.fare"]._get_fares(self.company, rides)

    def _get_train_ride(self, expense):
        """The ride by the best train class that the grade may use, instead of a flight; ``None`` when there is none."""
        leg, policy = expense.travel_leg_id, self.policies.get(self.days[expense])
        train = policy._get_train_class(self.grades[expense.employee_id]) if policy else None
        return (leg.from_id, leg.to_id, train, self.days[expense]) if leg and train else None

    def _get_fare(self, expense):
        """By the table, or as it was entered with its evidence; ``None`` when it is not known."""
        return self.fares.get(self._get_train_ride(expense)) or expense.train_fare or None

    def _get_grade(self, expense):
        return self.grades[expense.employee_id]

    # --- verdicts

    def judge(self):
        """``{expense: Verdict}`` of the expenses, and of the drafts that share with them."""
        by_kind = self.all.grouped(self._get_judged_kind)
        none = self.all.browse()
        found = {}
        found.update(self._judge_rides(by_kind.get("transport", none) | by_kind.get("taxi", none)))
        found.update(self._judge_lodgings(by_kind.get("lodging", none)))
        found.update(self._judge_town_lodgings(by_kind.get("town_lodging", none)))
        found.update(self._judge_allowances(by_kind.get("allowance", none)))
        return {expense: self._explain(expense, found[expense]) for expense in self.judging}

    def _get_judged_kind(self, expense):
        """A hotel in the town of the company is lodging in town, whatever category was chosen (TE-2.7.2)."""
        town = self.company.travel_town_id
        if expense.travel_kind == "lodging" and town and expense.place_id == town:
            return "town_lodging"
        return expense.travel_kind

    def _explain(self, expense, verdict):
        """A verdict with what the user can put right: a grade that is missing."""
        if (verdict.is_cut or verdict.waits) and not expense.employee_id.staff_grade_id and any(
            reason.code in ("plane_train_fare", "plane_fare_unknown", "transport_request", "transport_never", "lodging_cap",
                            "room_shared") for reason in verdict.reasons
        ):
            return _with_reasons(verdict, Reason("no_grade", ""))
        return verdict

    def _judge_rides(self, expenses):
        """Transport and taxis (TE-1.1 to TE-2.6): what the grade may use, then one taxi for those who share it, and one fare
        for a flight, however many expenses it was put into."""
        verdicts = {expense: self._judge_ride(expense) for expense in expenses}
        rides = [ride for expense, verdict in verdicts.items() if (ride := self._get_taxi_ride(expense, verdict))]
        by_key = {expense.id: expense for expense in expenses}
        for key, shared in judge_shared_taxis(rides).items():
            if shared.is_cut:
                first = by_key[shared.reasons[0].values["key"]]
                verdicts[by_key[key]] = Verdict(shared.claimed, shared.allowed, (
                    Reason("taxi_shared", "TE-2.6", {"expense": first}),))
        self._pay_fares_once(verdicts)
        return verdicts

    def _judge_ride(self, expense):
        policy, claimed = self.policies.get(self.days[expense]), _amount(expense)
        if policy is None:
            return _unjudged(claimed)
        leg, trip, employee = expense.travel_leg_id, expense.travel_request_id, expense.employee_id
        if expense.travel_kind == "taxi":
            if not (leg or (expense.taxi_from and expense.taxi_to and expense.ride_start)):
                return _waits(claimed, "facts_taxi", "TE-2.6")
            day = self._get_day(expense)
            approved = bool(trip) and (
                trip._is_town_taxi_approved(employee, day)
                or (bool(leg) and leg.class_id.mode == "taxi" and trip._is_transport_approved(leg, employee))
            )
            if not trip or trip.kind == "errand":
                return judge_town_taxi(claimed, approved)
            means = self.taxi_class
        else:
            means = expense.transport_class_id
            if not means:
                return _waits(claimed, "facts_ride", "TE-2")
            approved = bool(leg) and means == leg.class_id and trip._is_transport_approved(leg, employee)
        grade, is_plane = self._get_grade(expense), means.mode == "plane"
        permission = policy._get_permission(grade, means)
        if is_plane and not leg and permission != "allowed":
            return _waits(claimed, "facts_ride", "TE-2.4")  # or a fare of one's own choice would stand in for the fare table
        verdict = judge_transport(
            claimed, permission, approved, is_plane,
            self._get_fare(expense) if is_plane else None,
        )
        return Verdict(verdict.claimed, verdict.allowed, tuple(
            Reason(reason.code, reason.clause, {**reason.values, "means": means, "grade": grade}) for reason in verdict.reasons
        ), verdict.needs_approval)

    def _get_taxi_ride(self, expense, verdict):
        """The taxi that an expense is for, when it is one that is paid otherwise."""
        if not (verdict.allowed or expense.id in self.decided):
            return None
        leg = expense.travel_leg_id
        if expense.travel_kind != "taxi" and expense.transport_class_id.mode != "taxi":
            return None
        if leg and not (expense.taxi_from and expense.ride_start):
            ends, times = (leg.from_id.name, leg.to_id.name), (_departure(leg), leg.ticket_arrival or leg.arrival)
        elif expense.taxi_from and expense.ride_start:
            ends = expense.taxi_from, expense.taxi_to
            times = expense.ride_start, expense.ride_end or expense.ride_start + timedelta(minutes=1)
        else:
            return None
        people = (expense.employee_id | expense.sharer_ids).ids
        return TaxiRide(
            key=expense.id, claimant=expense.employee_id.id,
            journey=expense.travel_request_id.id or ("alone", *sorted(people)),
            start=invoice_key(ends[0], "")[0], end=invoice_key(ends[1], "")[0], departure=times[0], arrival=times[1],
            claimed=_amount(expense), decided=expense.id in self.decided,
        )

    def _pay_fares_once(self, verdicts):
        """A flight at the train fare is paid once for a ride and a traveller, decided expenses first."""
        groups = defaultdict(list)
        for expense, verdict in verdicts.items():
            if expense.travel_leg_id and any(reason.code == "plane_train_fare" for reason in verdict.reasons):
                groups[expense.travel_leg_id, expense.employee_id].append(expense)
        for expenses in groups.values():
            left, first = None, None
            for expense in sorted(expenses, key=self._get_turn):
                verdict = verdicts[expense]
                fare = next(reason.values["fare"] for reason in verdict.reasons if reason.code == "plane_train_fare")
                left = fare if left is None else left
                if verdict.allowed > left:
                    verdict = verdicts[expense] = Verdict(verdict.claimed, max(left, 0.0), (
                        *verdict.reasons, *((Reason("ride_claimed", "TE-2.4", {"expense": first}),) if first else ())))
                left = self._round(left - verdict.allowed)
                first = first or expense

    def _judge_lodgings(self, expenses):
        """Rooms outside town (TE-2.7.1, TE-2.7.3)."""
        verdicts, claims, stays, guests_of, together = {}, {}, {}, defaultdict(dict), set()
        for expense in expenses:
            nights = expense._get_nights()
            if not nights or not expense.place_id:
                verdicts[expense] = _waits(_amount(expense), "facts_nights", "TE-2.7")
            elif all(night not in self.policies for night in nights):
                verdicts[expense] = _unjudged(_amount(expense))
            elif not _amount(expense):
                verdicts[expense] = Verdict(0.0, 0.0)
            else:
                claims[expense.id] = expense
        for expense in claims.values():
            stays[expense] = {
                (Night(expense.place_id.id, night), guest) for night in expense._get_nights()
                for guest in expense.guest_ids or expense.employee_id if self._lodges(expense, guest, night)
            }
            guests = {guest.id for _night, guest in stays[expense]}
            if len(guests) == 2:
                together.add(tuple(sorted(guests)))
            for night, guest in stays[expense]:
                guests_of[night][guest.id] = self._get_guest(guest, expense.place_id, night.date)
        rooms = {}
        by_policy = defaultdict(dict)
        for night, guests in guests_of.items():
            by_policy[self.policies.get(night.date)][night] = guests.values()
        for policy, guests in by_policy.items():
            rooms.update(share_rooms(guests, self.rules.get(policy, Rules()), together))
        judged = judge_lodgings([
            LodgingClaim(
                key=expense.id, claimant=expense.employee_id.id, guests={guest.id for _night, guest in stays[expense]},
                nights={night for night, _guest in stays[expense]}, claimed=_amount(expense),
                sequence=0 if expense.id in self.decided else 1,
            )
            for expense in claims.values()
        ], rooms)
        for key, verdict in judged.items():
            verdict = self._name_guests(claims[key], verdict, claims)
            verdicts[claims[key]] = self._name_absent(claims[key], verdict, stays[claims[key]])
        return verdicts

    def _lodges(self, expense, guest, night):
        """Whether somebody may have lodged where an expense says: a night is spent at one place, and for a trip within its
        days. Who is not on the trip of the claimant has come by an approved one of his own; where no trip is named, which is
        a matter of its own, whoever has a cap is believed to have come along."""
        if self.places.get((guest, night), expense.place_id) != expense.place_id:
            return False
        trip = expense.travel_request_id
        if guest == expense.employee_id or guest in trip.traveller_ids:
            days = self.trip_days[expense]
            return not trip or (bool(days) and days[0] <= night < days[1])
        policy = self.policies.get(night)
        if policy and policy._get_lodging_cap(self.grades[guest], expense.place_id) is None:
            return False
        return not trip or any(first <= night < last for first, last in self.stays.get(guest, ()))

    def _get_places_of_nights(self):
        """``{(employee, night): place}``: where claimants lodge by their own bills, decided ones first."""
        places = {}
        for expense in self.all.filtered(lambda e: e.travel_kind in ("lodging", "town_lodging")).sorted(self._get_turn):
            place = expense.place_id or (self.company.travel_town_id if expense.travel_kind == "town_lodging" else None)
            if place and _amount(expense):
                for night in expense._get_nights():
                    places.setdefault((expense.employee_id, night), place)
        return places

    def _name_absent(self, expense, verdict, stays):
        """A verdict with the nights and guests that were not counted."""
        if not verdict.is_cut:
            return verdict
        reasons, days = [], self.trip_days[expense]
        if days and any(not days[0] <= night < days[1] for night in expense._get_nights()):
            reasons.append(Reason("nights_outside", "TE-2.7"))
        if absent := expense.guest_ids.filtered(lambda guest: all(guest != other for _night, other in stays)):
            reasons.append(Reason("guests_elsewhere", "TE-2.7.3", {"guests": absent}))
        return _with_reasons(verdict, *reasons) if reasons else verdict

    def _get_guest(self, employee, place, night):
        policy, grade = self.policies.get(night), self.grades[employee]
        sex = employee.sex if employee.sex in ("male", "female") else None
        return Guest(
            key=employee.id, sex=sex, shares=bool(policy) and grade.shares_rooms,
            cap=policy._get_lodging_cap(grade, place) if policy else None,
        )

    def _name_guests(self, expense, verdict, claims):
        """Keys in the reasons of lodging made people and expenses."""
        reasons = []
        employees = self.env["hr.employee"].sudo()
        for reason in verdict.reasons:
            values = dict(reason.values)
            if reason.code == "room_shared":
                values["guests"] = employees.browse(values["guests"])
            elif reason.code == "room_claimed":
                values["expenses"] = [(claims[key].name, claims[key].employee_id.name) for key in values["keys"]]
            reasons.append(Reason(reason.code, reason.clause, values))
        guests = expense.guest_ids or expense.employee_id
        unknown = guests.filtered(lambda guest: self.grades[guest].shares_rooms and guest.sex not in ("male", "female"))
        if verdict.is_cut and unknown and len(guests) > 1:
            reasons.append(Reason("sex_unknown", "TE-2.7.3", {"guests": unknown}))
        return Verdict(verdict.claimed, verdict.allowed, tuple(reasons), verdict.needs_approval)

    def _judge_town_lodgings(self, expenses):
        """Nights in town (TE-2.7.2): each night once for a person, with leave given beforehand."""
        verdicts, claimed_nights = {}, set()
        for expense in expenses.sorted(self._get_turn):
            claimed, nights = _amount(expense), expense._get_nights()
            policy = self.policies.get(self.days[expense])
            if not nights:
                verdicts[expense] = _waits(claimed, "facts_nights", "TE-2.7.2")
            elif policy is None:
                verdicts[expense] = _unjudged(claimed)
            elif not claimed:
                verdicts[expense] = Verdict(0.0, 0.0)
            else:
                trip, employee = expense.travel_request_id, expense.employee_id
                approved = {
                    (employee.id, night) for night in nights if trip and trip._is_town_lodging_approved(employee, night)
                }
                town = expense.place_id or self.company.travel_town_id
                new = {
                    (key, night) for key, night in approved - claimed_nights
                    if self.places.get((employee, night), town) == town
                }
                verdicts[expense] = judge_town_lodging(claimed, len(new), self.rules[policy], bool(approved))
                claimed_nights |= new
        return verdicts

    def _judge_allowances(self, expenses):
        """Allowance (TE-3 to TE-3.4): once for a traveller and a trip, each day by the policy in force on it."""
        verdicts = {}
        for (_employee, trip), group in expenses.grouped(lambda e: (e.employee_id, e.travel_request_id)).items():
            first, used = None, 0.0
            for expense in group.sorted(self._get_turn):
                full = self._judge_allowance(expense, used + _amount(expense)) if trip else None
                if full is None or full.waits:
                    verdicts[expense] = full or _waits(_amount(expense), "facts_trip", "TE-3")
                    continue
                allowed = min(_amount(expense), max(self._round(full.allowed - used), 0.0))
                reasons = full.reasons
                if first and allowed < _amount(expense):
                    reasons = (Reason("allowance_claimed", "TE-3", {"expense": first}),)
                verdicts[expense] = Verdict(_amount(expense), allowed, reasons)
                used, first = used + allowed, first or expense
        return verdicts

    def get_full_allowance(self, expense):
        """What the tickets of a trip give; ``None`` when that cannot be told."""
        if not expense.travel_request_id:
            return None
        verdict = self._judge_allowance(expense, MOST)
        return None if verdict.waits or any(reason.code == "no_policy" for reason in verdict.reasons) else verdict.allowed

    def _judge_allowance(self, expense, claimed):
        trip = expense.travel_request_id
        in_town, times = trip.kind == "errand", self._get_trip_times(expense)
        if not times and not in_town:
            return _waits(claimed, "facts_trip", "TE-3")
        if not times:
            day = self.days[expense]
            times = (datetime.combine(day, time()), datetime.combine(day, time()), True)
        departure, arrival, by_ticket = times
        hosted, elsewhere = trip._get_hosted_days(expense.employee_id), self.elsewhere.get((expense.employee_id, trip))
        reasons, allowed, judged = [], 0.0, False
        for policy, first, last in self._get_stretches(departure.date(), arrival.date()):
            judged = True
            verdict = judge_allowance(
                self._round(claimed - allowed), max(departure, datetime.combine(first, time.min)),
                min(arrival, datetime.combine(last, time.max)), self.rules[policy],
                {day for day in hosted if first <= day <= last}, in_town, elsewhere,
            )
            allowed = self._round(allowed + verdict.allowed)
            reasons += verdict.reasons
        if not judged:
            return _unjudged(claimed)
        if not by_ticket and not in_town:
            reasons.append(Reason("planned_times", "TE-3.1"))
        if trip.kind == "trip" and trip.date_to and (departure.date() < trip.date_from or arrival.date() > trip.date_to):
            reasons.append(Reason("tickets_longer", "TE-3.1", {"days": (trip.date_from, trip.date_to)}))
        return Verdict(claimed, allowed, tuple(reasons))

    def _get_days_elsewhere(self):
        """``{(employee, trip): {day: share}}`` of the days for which another trip of the same day is paid first (TE-3.1)."""
        allowances = self.all.filtered(lambda e: e.travel_kind == "allowance" and e.travel_request_id.kind == "trip")
        given, elsewhere = defaultdict(float), {}
        for (employee, trip), group in allowances.sorted(self._get_turn).grouped(
            lambda e: (e.employee_id, e.travel_request_id)
        ).items():
            if not (times := self._get_trip_times(group[0])):
                continue
            departure, arrival, _by_ticket = times
            hosted, taken, own = trip._get_hosted_days(employee), {}, {}
            for policy, first, last in self._get_stretches(departure.date(), arrival.date()):
                for day in allowance_days(
                    max(departure, datetime.combine(first, time.min)), min(arrival, datetime.combine(last, time.max)),
                    self.rules[policy].noon, hosted,
                ):
                    if used := given[employee, day.date]:
                        taken[day.date] = used
                    own[day.date] = day.share
            if any(_amount(expense) for expense in group):
                for day, share in own.items():
                    given[employee, day] += share
            elsewhere[employee, trip] = taken
        return elsewhere

    def _get_stretches(self, first, last):
        """``[(policy, first day, last day)]`` of the days of a trip, by the policy in force."""
        stretches = []
        for day in _range(first, last + timedelta(days=1)):
            policy = self.policies.get(day)
            if policy and stretches and stretches[-1][0] == policy:
                stretches[-1][2] = day
            elif policy:
                stretches.append([policy, day, day])
        return stretches

    def _get_turn(self, expense):
        """Decided expenses first, then the older ones."""
        return expense.id not in self.decided, expense.id

    def _round(self, amount):
        return self.company.currency_id.round(amount)


def _amount(expense):
    return max(expense.total_amount, 0.0)


def _departure(leg):
    return leg.ticket_departure or leg.departure


def _range(first, end):
    return [first + timedelta(days=number) for number in range((end - first).days)]


def _unjudged(claimed):
    return Verdict(claimed, claimed, (Reason("no_policy", ""),))


def _waits(claimed, code, clause):
    return Verdict(claimed, None, (Reason(code, clause),))


def _with_reasons(verdict, *reasons):
    return Verdict(verdict.claimed, verdict.allowed, (*verdict.reasons, *reasons), verdict.needs_approval)
