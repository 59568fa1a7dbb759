# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Races of trips: one vehicle given out twice, one traveller sent away twice; see ``test_races`` for how."""
from datetime import datetime, timedelta

import pytest
from test_races import failures, let_two_managers_decide, read, serve_clone

from odoo import Command

from odoo.addons.business_dept.controls import ControlError

START = datetime(2031, 3, 4, 1)


@pytest.fixture(scope="module")
def server():
    with serve_clone({}, domains=()) as server:
        let_two_managers_decide(server, "travel_request_manager", "vehicle_request_manager")
        yield server


def set_collision(server, mode):
    with server.env() as env:
        env["business.control"]._get_by_code("travel.vehicle_collision").with_company(env.company).mode = mode


def make_ride(server, login, employee, day, vehicle="vehicle_van"):
    with server.env(login) as env:
        ride = env["business.vehicle.request"].create({
            "purpose": "Samples", "start": "Office", "destination": "Site",
            "date_from": START + timedelta(days=day), "date_to": START + timedelta(days=day, hours=2),
            "vehicle_id": env.ref(f"business_dept.{vehicle}").id, "driver_id": env.ref(f"business_dept.{employee}").id,
        })
        ride.action_approval_submit()
        return ride.id


def make_trip(server, login, travellers, day):
    with server.env(login) as env:
        places = [env.ref(f"business_dept.travel_place_{name}").id for name in ("nanning", "liuzhou")]
        trip = env["business.travel.request"].create({
            "purpose": "Visit",
            "traveller_ids": [Command.set([env.ref(f"business_dept.{name}").id for name in travellers])],
            "leg_ids": [Command.create({
                "from_id": places[number % 2], "to_id": places[1 - number % 2],
                "class_id": env.ref("business_dept.transport_class_bus").id, "estimated_fare": 60,
                "departure": START + timedelta(days=day + number), "arrival": START + timedelta(days=day + number, hours=3),
            }) for number in range(2)],
        })
        return trip.id


def test_one_vehicle_approved_twice_at_once(server):
    """TE-1.3: of two approvals of one vehicle, or of one driver, at one time, one goes through."""
    for day, (second_vehicle, second_driver) in enumerate((
        ("vehicle_van", "employee_sales_b"), ("vehicle_light", "employee_sales_a"),
    )):
        set_collision(server, "notify")
        rides = [
            make_ride(server, "sales", "employee_sales_a", day),
            make_ride(server, "sales2", second_driver, day, second_vehicle),
        ]
        set_collision(server, "block")
        results = server.at_once(*(
            (login, "business.vehicle.request", "action_approval_approve", [ride])
            for login, ride in zip(("manager", server.second), rides, strict=True)
        ))
        refused = failures(results)
        assert len(refused) == 1, results
        assert isinstance(refused[0], ControlError), results
        states = [read(server, "business.vehicle.request", ride, "state")[0] for ride in rides]
        assert sorted(states) == ["approved", "review"]


def test_one_traveller_approved_twice_at_once(server):
    """TE-3: of two trips of one traveller at one time that were submitted at once, one is approved."""
    trips = [
        make_trip(server, "sales", ("employee_sales_a", "employee_service"), 0),
        make_trip(server, "sales2", ("employee_sales_b", "employee_service"), 0),
    ]
    submitted = server.at_once(*(
        (login, "business.travel.request", "action_approval_submit", [trip])
        for login, trip in zip(("sales", "sales2"), trips, strict=True)
    ))
    if failures(submitted):  # the second one came late enough to see the first
        return
    results = server.at_once(*(
        (login, "business.travel.request", "action_approval_approve", [trip])
        for login, trip in zip(("manager", server.second), trips, strict=True)
    ))
    assert len(failures(results)) == 1, results
    states = [read(server, "business.travel.request", trip, "state")[0] for trip in trips]
    assert sorted(states) == ["approved", "review"]
