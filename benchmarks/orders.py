# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What salespeople do with orders: acts that are the same in both databases."""

from collections.abc import Callable
from dataclasses import dataclass

from odoo import Command, api

from .form_spec import get_form_specification
from .seed import PREFIX, set_mode

WRITTEN = 100


@dataclass(frozen=True)
class Act:
    """Something to measure.

    :param prepare: finds what the act needs, and returns its arguments; not measured
    :param run: what is measured
    """

    prepare: Callable[[api.Environment], tuple]
    run: Callable[..., object]


def get_orders(env: api.Environment, count: int, bad: bool = False):
    """Return draft orders: of as many good customers, or of the bad one."""
    bad_customer = env["res.partner"].search([("name", "=", f"{PREFIX} Customer 1")])
    return env["sale.order"].search(
        [("name", "=like", f"{PREFIX}-%"), ("partner_id", "=" if bad else "!=", bad_customer.id)],
        limit=count, order="id",
    )


def write_reference() -> Act:
    """Write something that credit does not depend on."""

    def prepare(env):
        return get_orders(env, WRITTEN), {"client_order_ref": "PO 4711"}

    return Act(prepare, lambda orders, values: orders.write(values))


def write_terms() -> Act:
    """Write something that credit depends on."""

    def prepare(env):
        return get_orders(env, WRITTEN), {"payment_term_id": env.ref("account.account_payment_term_30days").id}

    return Act(prepare, lambda orders, values: orders.write(values))


def open_form(mode: str = "") -> Act:
    """Read a draft order of the bad customer as the web client does for its form, banners included.

    :param mode: what all credit controls are set to; with ``approve`` the banner names who may approve
    """

    def prepare(env):
        if mode and "business.control" in env:
            set_mode(env, mode)
        return get_orders(env, 1, bad=True), get_form_specification(env, "sale.order")

    return Act(prepare, lambda order, specification: order.web_read(specification))


def confirm(bad: bool = False, mode: str = "") -> Act:
    """Confirm an order of 10 lines.

    :param bad: of the bad customer
    :param mode: what all credit controls are set to
    """

    def prepare(env):
        if mode and "business.control" in env:
            set_mode(env, mode)
        return (get_orders(env, 1, bad=bad),)

    return Act(prepare, lambda order: order.action_confirm())


def create() -> Act:
    """Make a quotation of 10 lines for a good customer."""

    def prepare(env):
        products = env["product.product"].search([("name", "=like", f"{PREFIX} Slab %")], order="id")
        return env["sale.order"], {
            "partner_id": get_orders(env, 1).partner_id.id,
            "order_line": [Command.create({"product_id": id_, "product_uom_qty": 1.0}) for id_ in products.ids],
        }

    return Act(prepare, lambda model, values: model.create(values))


ACTS: dict[str, Callable[[], Act]] = {
    "write_100_orders": write_reference,
    "write_100_orders_terms": write_terms,
    "open_order_form": open_form,
    "open_order_form_approve": lambda: open_form(mode="approve"),
    "create_order_10_lines": create,
    "confirm_order_10_lines": confirm,
    "confirm_order_10_lines_noted": lambda: confirm(bad=True),
    "confirm_order_10_lines_approve": lambda: confirm(mode="approve"),
}
