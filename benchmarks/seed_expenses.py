# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The same travellers and expenses in both databases; in ours the trips, verdicts and claims besides.

Two employees travel together, to a town and back, with two nights in one room; one trip of theirs comes five days before
the other. The latest trips have no expenses yet: those are what is imported. For each of the others both have claimed ten
expenses, which are drafts, submitted, approved or paid.
"""

from datetime import datetime, time, timedelta

from odoo import Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .odoo_process import transaction
from .seed import PREFIX
from .sizes import Sizes
from .sql import multiply

OFFICER = "bench_expense_officer"
TRAVELLER = "bench_traveller"
NEW_TRIPS = "benchmarks.new_trips"  # parameter: how many trips have no expenses yet
EVERY = 5  # days from one trip of a pair to the next
LAST_TRIP = 5  # days before today; the model of all trips, one trip later than the latest copy
NIGHTS = 2
PLACES = 10
CLAIMED = 10  # expenses of a claim
KINDS = {"transport": "train", "lodging": "hotel", "allowance": "allowance", "taxi": "taxi"}


def seed_expenses(registry: Registry, sizes: Sizes) -> None:
    """Fill a database."""
    with transaction(registry, commit=True) as env:
        env = env(context={**env.context, "allowed_company_ids": env.ref("base.main_company").ids})
        env["ir.config_parameter"].set_param(NEW_TRIPS, sizes.new_trips)
        make_officer(env)
        pair = make_travellers(env, sizes.travellers)
        make_categories(env)
        trip = make_trip(env, pair) if "business.travel.request" in env else None
        make_claimed(env, pair, trip, sizes)
    with transaction(registry, commit=True) as env:
        env.cr.execute("ANALYZE")


def make_user(env: api.Environment, login: str, *groups: str):
    """Make somebody who measures."""
    company = env.ref("base.main_company")
    found = [env.ref(xmlid, raise_if_not_found=False) or env["res.groups"] for xmlid in ("base.group_user", *groups)]
    return env["res.users"].with_context(no_reset_password=True).create({
        "name": login, "login": login, "lang": "en_US", "tz": "UTC",
        "company_id": company.id, "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set(env["res.groups"].union(*found).ids)],
    })


def make_officer(env: api.Environment) -> None:
    """Make the one who sees and enters everybody's expenses."""
    make_user(env, OFFICER, "hr_expense.group_hr_expense_user", "business_dept.group_department_manager")


def make_travellers(env: api.Environment, count: int):
    """Make employees; the first one has a user.

    :return: the first two
    """
    user = make_user(env, TRAVELLER, "business_dept.group_salesperson")
    grades = {} if "business.staff.grade" not in env else {
        "staff_grade_id": env.ref("business_dept.staff_grade_staff").id,
    }
    department = env["hr.department"].create({"name": f"{PREFIX} Department", "company_id": env.company.id})
    employees = env["hr.employee"].create([
        {
            "name": f"{PREFIX} Traveller {number}", "company_id": env.company.id, "department_id": department.id,
            "sex": "male", "user_id": user.id if number == 1 else False, **grades,
        }
        for number in range(1, count + 1)
    ])
    employees.tz = "Asia/Shanghai"
    env.flush_all()
    assert employees.ids == list(range(employees[0].id, employees[0].id + count))
    return employees[:2]


def make_categories(env: api.Environment) -> None:
    """Make the categories of expenses, without taxes."""
    env["product.product"].create([
        {
            "name": f"{PREFIX} {name}", "type": "service", "can_be_expensed": True, "standard_price": 0.0,
            "taxes_id": [Command.clear()], "supplier_taxes_id": [Command.clear()],
            **({"travel_kind": kind} if "travel_kind" in env["product.product"] else {}),
        }
        for kind, name in KINDS.items()
    ])


def get_categories(env: api.Environment) -> dict:
    """``{kind: product}`` of the categories that were made."""
    return {kind: env["product.product"].search([("name", "=", f"{PREFIX} {name}")]) for kind, name in KINDS.items()}


def make_trip(env: api.Environment, pair):
    """Make the trip that all others are copies of: approved, out and back by train, one hosted day."""
    city = env.ref("business_dept.city_class_other")
    town, *places = env["business.travel.place"].create([
        {"name": f"{PREFIX} Town {number}", "city_class_id": city.id} for number in range(PLACES + 1)
    ])
    day = fields.Date.today() - timedelta(days=LAST_TRIP)
    means = env.ref("business_dept.transport_class_train_hard_seat")

    def make_leg(start, end, days, hour):
        leave = datetime.combine(day + timedelta(days=days), time(hour))
        return Command.create({
            "from_id": start.id, "to_id": end.id, "class_id": means.id, "departure": leave, "estimated_fare": 180.0,
            "arrival": leave + timedelta(hours=4), "ticket_departure": leave, "ticket_arrival": leave + timedelta(hours=4),
        })

    trip = env["business.travel.request"].create({
        "employee_id": pair[0].id, "traveller_ids": [Command.set(pair.ids)], "purpose": "Visit dealers", "wants_taxi": True,
        "company_id": env.company.id,
        "leg_ids": [make_leg(town, places[0], 0, 1), make_leg(places[0], town, NIGHTS, 6)],
        "lodging_ids": [Command.create({
            "place_id": places[0].id, "date_from": day, "date_to": day + timedelta(days=NIGHTS),
        })],
        "hosted_ids": [Command.create({"date": day + timedelta(days=1)})],
    })
    env.flush_all()
    env.cr.execute(SQL(
        "UPDATE business_travel_request SET state = 'approved', date_approved = %s WHERE id = %s",
        fields.Datetime.now() - timedelta(days=600), trip.id,
    ))
    env.invalidate_all(flush=False)
    return trip


def prepare_expenses(employee_id: int, day, categories: dict, trip=None, more_taxis: int = 0) -> list[dict]:
    """Values of what somebody claims for a trip: two rides, a room, the allowance, taxis.

    :param day: of the departure
    :param categories: ``{kind: id of a product}``
    :param trip: ``(trip id, leg ids, place id, ids of those who share the room)``; plain Odoo knows none
    :param more_taxis: besides one
    """
    def prepare(kind, name, amount, days=0, **ours):
        return {
            "name": name, "employee_id": employee_id, "product_id": categories[kind], "total_amount_currency": amount,
            "date": day + timedelta(days=days), **({"travel_request_id": trip[0], **ours} if trip else {}),
        }

    _id, legs, place_id, guests = trip or (0, (0, 0), 0, ())
    expenses = [
        prepare("transport", "Train out", 180.0, travel_leg_id=legs[0]),
        prepare("transport", "Train back", 175.5, NIGHTS, travel_leg_id=legs[1]),
        prepare("lodging", "Hotel", 130.0, NIGHTS, place_id=place_id, night_from=day, night_to=day + timedelta(days=NIGHTS),
                guest_ids=[Command.set(guests)]),
        prepare("allowance", "Allowance", 90.0, NIGHTS),
    ]
    for number in range(1 + more_taxis):
        start = datetime.combine(day + timedelta(days=1), time(1 + number))
        expenses.append(prepare(
            "taxi", f"Taxi {number}", 25.0 + number, 1, taxi_from="Hotel", taxi_to=f"Dealer {number}", ride_start=start,
            ride_end=start + timedelta(minutes=20),
        ))
    return expenses


def make_claimed(env: api.Environment, pair, trip, sizes: Sizes) -> None:
    """Make the trips and what was claimed for all but the latest.

    Trip number ``t``, from 0, is one of the pair ``t % pairs``, and ``5 * (1 + t / pairs)`` days before the model.
    """
    day = fields.Date.today() - timedelta(days=LAST_TRIP)
    pairs, first = sizes.travellers // 2, pair[0].id
    categories = {kind: product.id for kind, product in get_categories(env).items()}
    facts = (trip.id, trip.leg_ids.sorted("departure").ids, trip.lodging_ids.place_id.id, pair.ids) if trip else None
    expenses = env["hr.expense"].create(
        prepare_expenses(first, day, categories, facts, more_taxis=CLAIMED - 5))
    trip_number = f"({sizes.new_trips} + (n - 1) / 2)"
    days = f"({EVERY} * (1 + {trip_number} / {pairs}))"
    employee = f"{first} + 2 * ({trip_number} %% {pairs}) + (n - 1) %% 2"
    overrides = {
        "employee_id": employee, "date": f"source.date - {days}",
        "state": "CASE WHEN n %% 10 = 0 THEN 'draft' WHEN n %% 10 < 3 THEN 'submitted' WHEN n %% 10 < 5 THEN 'approved'"
                 " ELSE 'paid' END",
        "approval_state": "CASE WHEN n %% 10 = 0 THEN NULL WHEN n %% 10 < 3 THEN 'submitted' ELSE 'approved' END",
    }
    if trip:
        overrides |= copy_trips(env, trip, expenses, sizes, trip_number, employee, days)
    env.flush_all()
    made = multiply(env.cr, "hr_expense", expenses.ids, sizes.claims, overrides)
    assert len(made) == CLAIMED * sizes.claims
    if trip:
        env.cr.execute(SQL(
            """
            INSERT INTO hr_expense_guest_rel (expense_id, employee_id)
            SELECT expense.id, trip.employee_id
              FROM hr_expense expense
              JOIN business_travel_request_traveller_rel trip ON trip.request_id = expense.travel_request_id
             WHERE expense.travel_kind = 'lodging' AND expense.id BETWEEN %s AND %s
            """, made.start, made.stop - 1,
        ))
        env.invalidate_all(flush=False)


def copy_trips(env: api.Environment, trip, expenses, sizes: Sizes, trip_number: str, employee: str, days: str) -> dict:
    """Copy the trip and the claim of the model's expenses.

    :return: what differs in the copies of the expenses, see :func:`make_claimed`
    """
    claim = env["business.expense.claim"].create({"employee_id": expenses.employee_id.id, "travel_request_id": trip.id})
    expenses._as_engine().claim_id = claim
    env.flush_all()
    pairs, first = sizes.travellers // 2, trip.employee_id.id
    town_id, place_id = trip.leg_ids.sorted("departure")[0].from_id.id, trip.lodging_ids.place_id.id
    before = f"({EVERY} * (1 + (n - 1) / {pairs}))"
    requests = multiply(env.cr, "business_travel_request", trip.ids, sizes.new_trips + sizes.claims // 2, {
        "name": f"'{PREFIX}/' || n", "employee_id": f"{first} + 2 * ((n - 1) %% {pairs})",
        **shift(before, "date_from", "date_to", moments=("departure", "arrival")),
    })
    for table, ids, dates, moments in (
        ("business_travel_leg", trip.leg_ids.sorted("departure").ids, (),
         ("departure", "arrival", "ticket_departure", "ticket_arrival")),
        ("business_travel_lodging", trip.lodging_ids.ids, ("date_from", "date_to"), ()),
        ("business_travel_hosted", trip.hosted_ids.ids, ("date",), ()),
    ):
        place = f"{place_id} + (n - 1) %% {PLACES}"
        rows = multiply(env.cr, table, ids, len(requests), {
            "request_id": f"{requests.start} - 1 + n", "place_id": place,
            **{name: f"CASE source.{name} WHEN {town_id} THEN {town_id} ELSE {place} END" for name in ("from_id", "to_id")},
            **shift(before, *dates, moments=moments),
        })
        if table == "business_travel_leg":
            legs = rows
    env.cr.execute(SQL(
        """
        INSERT INTO business_travel_request_traveller_rel (request_id, employee_id)
        SELECT request.id, request.employee_id + traveller
          FROM business_travel_request request CROSS JOIN generate_series(0, 1) traveller
         WHERE request.id BETWEEN %s AND %s
        """, requests.start, requests.stop - 1,
    ))
    claims = multiply(env.cr, "business_expense_claim", claim.ids, sizes.claims, {
        "name": f"'{PREFIX}/' || n", "employee_id": employee, "travel_request_id": f"{requests.start} + {trip_number}",
        "state": "CASE WHEN n %% 10 = 0 THEN 'draft' WHEN n %% 10 < 3 THEN 'review' WHEN n %% 10 < 5 THEN 'approved'"
                 " ELSE 'paid' END",
    })
    model_leg = min(trip.leg_ids.ids)
    return {
        "claim_id": f"{claims.start} - 1 + n", "travel_request_id": f"{requests.start} + {trip_number}",
        "travel_leg_id": f"{legs.start} + 2 * {trip_number} + source.travel_leg_id - {model_leg}",
        "place_id": f"CASE WHEN source.place_id IS NOT NULL THEN {place_id} + {trip_number} %% {PLACES} END",
        **shift(days, "night_from", "night_to", moments=("ride_start", "ride_end")),
    }


def shift(days: str, *dates: str, moments: tuple[str, ...] = ()) -> dict[str, str]:
    """Expressions that put columns some days back."""
    return {
        **{name: f"source.{name} - {days}" for name in dates},
        **{name: f"source.{name} - make_interval(days => {days})" for name in moments},
    }
