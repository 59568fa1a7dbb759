# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What salespeople do with orders: acts that are the same in all databases."""

from collections.abc import Callable
from dataclasses import dataclass

from odoo import Command, api

from .form_spec import get_form_specification
from .odoo_process import LOGIN
from .seed import LARGE, PREFIX, QUOTED

WRITTEN = 100


@dataclass(frozen=True)
class Act:
    """Something to measure.

    :param prepare: finds what the act needs, and returns its arguments; not measured
    :param run: what is measured
    :param mode: what all controls of the database are set to; as shipped when empty
    :param login: who does it
    """

    prepare: Callable[[api.Environment], tuple]
    run: Callable[..., object]
    mode: str = ""
    login: str = LOGIN


def get_orders(env: api.Environment, count: int, bad: bool = False, name: str = f"{PREFIX}-%"):
    """Return orders: of as many good customers, or of the bad one.

    :param name: drafts when missing
    """
    bad_customer = env["res.partner"].search([("name", "=", f"{PREFIX} Customer 1")])
    return env["sale.order"].search(
        [("name", "=like", name), ("partner_id", "=" if bad else "!=", bad_customer.id)], limit=count, order="id",
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

    :param mode: of all controls; with ``approve`` the banner names who may approve
    """

    def prepare(env):
        return get_orders(env, 1, bad=True), get_form_specification(env, "sale.order")

    return Act(prepare, lambda order, specification: order.web_read(specification), mode)


def confirm(bad: bool = False, mode: str = "", large: bool = False) -> Act:
    """Confirm an order of 10 lines that was quoted.

    :param bad: of the bad customer
    :param mode: of all controls
    :param large: of 1,000 lines instead
    """

    def prepare(env):
        return (get_orders(env, 1, bad=bad, name=LARGE if large else QUOTED),)

    return Act(prepare, confirm_order, mode)


def confirm_order(order) -> None:
    """Confirm an order; a wizard that asks something instead is no confirmation."""
    order.action_confirm()
    assert order.state == "sale"


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
    "confirm_order_10_lines_all": lambda: confirm(mode="approve"),
    "confirm_order_1000_lines_all": lambda: confirm(mode="approve", large=True),
}
