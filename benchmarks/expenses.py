# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What is done with expenses: acts that are the same in plain Odoo and in ours."""

from collections.abc import Callable

from odoo import api, fields
from odoo.tools import SQL

from .dossiers import COUNT_LIMIT, PAGE
from .form_spec import get_specification
from .orders import Act
from .seed import PREFIX
from .seed_expenses import (
    EVERY,
    LAST_TRIP,
    NEW_TRIPS,
    OFFICER,
    TRAVELLER,
    get_categories,
    prepare_expenses,
)

IMPORTED = 2_000  # rows of a file that the web client sends at once
AGGREGATED = ("integer", "float", "monetary")
MY_LIST = "hr_expense.view_my_expenses_tree"


def import_expenses() -> Act:
    """Make the expenses of the latest trips as an import of the web client does: so many rows to a call, without tracking,
    each call from empty caches. In ours they are of their trips, and judged."""

    def prepare(env):
        employees = env["hr.employee"].sudo().search([("name", "=like", f"{PREFIX} Traveller %")], order="id").ids
        categories = {kind: product.id for kind, product in get_categories(env).items()}
        values = []
        for number, trip in enumerate(get_new_trips(env)):
            pair_number = number % (len(employees) // 2)
            pair = employees[2 * pair_number:2 * pair_number + 2]
            back = LAST_TRIP + EVERY * (1 + number // (len(employees) // 2))
            day = fields.Date.subtract(fields.Date.today(), days=back)
            for employee_id in pair:
                values += prepare_expenses(employee_id, day, categories, trip and (*trip, pair))
        chunks = [values[start:start + IMPORTED] for start in range(0, len(values), IMPORTED)]
        return env["hr.expense"].with_context(tracking_disable=True), chunks

    return Act(prepare, create_chunks, login=OFFICER)


def get_new_trips(env: api.Environment) -> list:
    """The trips that nothing was claimed for: ``(id, leg ids, place id)``; in plain Odoo as many times nothing."""
    count = int(env["ir.config_parameter"].sudo().get_param(NEW_TRIPS))
    if "business.travel.request" not in env:
        return [None] * count
    return env.execute_query(SQL(
        """
        SELECT trip.id, array_agg(leg.id ORDER BY leg.departure), MIN(lodging.place_id)
          FROM business_travel_request trip
          JOIN business_travel_leg leg ON leg.request_id = trip.id
          JOIN business_travel_lodging lodging ON lodging.request_id = trip.id
         WHERE trip.name LIKE %s
      GROUP BY trip.id
      ORDER BY trip.id
         LIMIT %s
        """, f"{PREFIX}/%", count,
    ))


def create_chunks(expenses, chunks: list[list[dict]]) -> None:
    """Make expenses, one call after the other."""
    for values in chunks:
        expenses.create(values)
        expenses.env.flush_all()
        expenses.env.invalidate_all()


def open_list() -> Act:
    """Open the list of everybody's expenses: first page and count."""

    def prepare(env):
        return env["hr.expense"], get_specification(env, "hr.expense", "list")

    return Act(prepare, read_page, login=OFFICER)


def open_groups() -> Act:
    """Group the list of everybody's expenses by employee, with the sums that the web client asks for."""

    def prepare(env):
        specification = get_specification(env, "hr.expense", "list")
        return env["hr.expense"].with_context(read_group_expand=True), specification, get_aggregates(env, specification)

    def read(expenses, specification, aggregates):
        return expenses.web_read_group(
            [], ["employee_id"], aggregates, limit=PAGE, offset=0, auto_unfold=False, opening_info=[],
            unfold_read_specification=specification, unfold_read_default_limit=PAGE, groupby_read_specification={},
        )

    return Act(prepare, read, login=OFFICER)


def open_mine() -> Act:
    """Open My Expenses, and the dashboard above it, as an ordinary employee."""

    def prepare(env):
        return env["hr.expense"], get_specification(env, "hr.expense", "list", MY_LIST)

    def read(expenses, specification):
        read_page(expenses, specification, [("employee_id.user_id", "=", expenses.env.uid)])
        expenses.get_expense_dashboard()

    return Act(prepare, read, login=TRAVELLER)


def open_claims() -> Act:
    """Open the list of everybody's claims; plain Odoo has its expenses instead."""

    def prepare(env):
        model = "business.expense.claim" if "business.expense.claim" in env else "hr.expense"
        return env[model], get_specification(env, model, "list")

    return Act(prepare, read_page, login=OFFICER)


def read_page(records, specification: dict, domain: list | None = None):
    """First page of a list with the count, as the web client asks for them."""
    return records.web_search_read(domain or [], specification, limit=PAGE, count_limit=COUNT_LIMIT)


def get_aggregates(env: api.Environment, specification: dict) -> list[str]:
    """What the web client wants to know of each group, of the fields of a list."""
    found = env["hr.expense"].fields_get(list(specification), ["type", "aggregator", "currency_field"])
    summed = {name: field for name, field in found.items() if field.get("aggregator") and field["type"] in AGGREGATED}
    currencies = [
        term for name, field in summed.items() if field.get("currency_field")
        for term in (f"{field['currency_field']}:array_agg_distinct", f"{name}:sum_currency")
    ]
    return list(dict.fromkeys([f"{name}:{field['aggregator']}" for name, field in summed.items()] + currencies))


ACTS: dict[str, Callable[[], Act]] = {
    "expense_verdicts_10000": import_expenses,
    "expense_list_100000": open_list,
    "expense_groups_100000": open_groups,
    "my_expenses_100000": open_mine,
    "claim_list_100000": open_claims,
}
