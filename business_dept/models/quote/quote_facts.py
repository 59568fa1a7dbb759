# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the controls of quotes need to know, fetched once for all orders and all controls, and only when one asks."""
from functools import cached_property
from types import SimpleNamespace

from odoo import fields
from odoo.tools import format_date, format_datetime

from ...policy.quote_comparison import PriceGap, QuoteLine, compare, get_changed_terms, kept_share
from ..foundation.approval_mixin import get_content_value
from .price_list import RuleMemo

TERMS = ("payment_term_id", "prepayment_percent", "balance_event", "balance_days", "commitment_date", "currency_id")
"""Commercial terms that an order is compared by, beside its lines (JJ-1.2.3)."""
SHOWN_TERMS = (*TERMS, "validity_date")
EXPENSE_POLICIES = ("cost", "sales_price")


class QuoteFacts:
    """Prices and first quotes of some orders; put into the context of one evaluation.

    A client can send any context key, but never an instance of this class.
    """

    def __init__(self, orders):
        self.orders = orders
        self.now = fields.Datetime.now()
        self.untaxed = UntaxedPrices(orders.env)
        self.contents = {}

    @cached_property
    def baselines(self):
        """``{order: version}``: the first quote that each order is measured by; see `SaleOrder._get_baselines`."""
        return self.orders._get_baselines()

    def get_content(self, version):
        """What a version kept. A field of JSON is parsed each time it is asked: that of 1,000 lines takes 10 ms."""
        if version not in self.contents:
            self.contents[version] = version.content
        return self.contents[version]

    @cached_property
    def comparisons(self):
        """``{order: namespace}`` of the orders that have a baseline: version, rows, and what has changed in the terms."""
        return {order: self._compare(order, version) for order, version in self.baselines.items()}

    @cached_property
    def gaps(self):
        """``{order: [PriceGap]}``: every line that sells something, beside the price list."""
        lines = self.orders.order_line.filtered(_has_list_price)
        by_order = lines.grouped("order_id")
        list_prices = ListPrices(lines.product_id, self.untaxed)
        return {order: self._get_gaps(order, by_order.get(order, lines.browse()), list_prices) for order in self.orders}

    def _get_gaps(self, order, lines, list_prices):
        date, share = self._get_price_date(order), kept_share(order.order_line.mapped("price_subtotal"))
        return [
            PriceGap(
                line.id, _get_line_name(line), list_prices.get(line, date),
                self.untaxed.get(_get_net_price(line), line.tax_ids, line.product_id) * share, line.product_uom_qty,
            )
            for line in lines if line.price_subtotal >= 0 and line.product_uom_qty > 0
        ]

    def _get_price_date(self, order):
        """The day whose price list judges an order, from nothing that a client writes at will.

        An offer that is still open is judged by the day it was first sent; any other order by the day on which it is
        or was confirmed.
        """
        anchor = self.now
        if order.state == "sale" and order.date_order:
            anchor = min(max(order.date_order, order.create_date or anchor), anchor)
        if version := self.baselines.get(order):
            valid_until = (self.get_content(version).get("validity_date") or [""])[0]
            if valid_until and fields.Date.to_date(valid_until) >= anchor.date():
                return version.date
        return anchor

    def _compare(self, order, version):
        rate = version.currency_id._convert(
            1.0, order.currency_id, order.company_id, fields.Date.today(), round=False,
        ) if version.currency_id else 1.0
        return SimpleNamespace(
            version=version,
            content=self.get_content(version),
            rows=compare(self._read_version(version, rate), self._read_order(order)),
            terms=self._compare_terms(order, version),
        )

    def _compare_terms(self, order, version):
        """``{field: (text of the quote, text now)}`` of the terms that differ."""
        content = self.get_content(version)
        was = {name: content[name] for name in SHOWN_TERMS if name in content}
        changed = get_changed_terms(
            {name: cell[0] for name, cell in was.items()}, {name: get_content_value(order, name) for name in was},
        )
        now = order._describe_content(changed)
        return {name: (_get_text(order.env, name, was[name]), _get_text(order.env, name, now[name])) for name in changed}

    def _read_order(self, order):
        """The lines of an order for the comparison."""
        return [
            QuoteLine(
                line._origin.id or hash(line.id), line.product_id.id, _get_line_name(line), line.product_uom_qty,
                self.untaxed.get(_get_net_price(line), line.tax_ids, line.product_id), line.price_subtotal,
                line.product_uom_id.factor or 1.0, line.product_uom_id.name or "",
            )
            for line in order._get_approval_lines("order_line")
        ]

    def _read_version(self, version, rate):
        """The lines of a kept version for the comparison.

        :param float rate: from the currency of the version into that of the order
        """
        lines, taxes_of = [], {}
        for key, cells in self._get_lines(version).items():
            value = {name: cell[0] for name, cell in cells.items()}
            price = float(value["price_unit"]) * (1 - float(value["discount"]) / 100) * rate
            tax_ids = tuple(value["tax_ids"])
            if tax_ids not in taxes_of:
                taxes_of[tax_ids] = self.kept_taxes.filtered(lambda tax, ids=tax_ids: tax.id in ids)
            taxes = taxes_of[tax_ids]
            lines.append(QuoteLine(
                int(key), value["product_id"] or 0, value["name"].partition("\n")[0], float(value["product_uom_qty"]),
                self.untaxed.get(price, taxes, self.kept_products.get(value["product_id"])),
                float(value["price_subtotal"]) * rate, self.kept_factors.get(value["product_uom_id"]) or 1.0,
                cells["product_uom_id"][1],
            ))
        return lines

    @cached_property
    def kept_products(self):
        """``{id: product}`` of the products in the first quotes that still exist."""
        return {product.id: product for product in self._browse_kept("product.product", "product_id")}

    @cached_property
    def kept_factors(self):
        """``{id: factor}`` of the units in the first quotes."""
        return {unit.id: unit.factor for unit in self._browse_kept("uom.uom", "product_uom_id")}

    @cached_property
    def kept_taxes(self):
        """The taxes in the first quotes."""
        return self._browse_kept("account.tax", "tax_ids")

    def _browse_kept(self, model, name):
        """What stands in one column of the first quotes of all orders, as far as it exists; what stands in the orders
        themselves does."""
        ids = set()
        for version in set(self.baselines.values()):
            for cells in self._get_lines(version).values():
                value = cells[name][0]
                ids.update(value if isinstance(value, list) else [value] if value else [])
        gone = ids.difference(self.orders.order_line[name].ids)
        if gone:
            gone -= set(self.orders.env[model].browse(sorted(gone)).exists().ids)
        return self.orders.env[model].browse(sorted(ids - gone))

    def _get_lines(self, version):
        """``{line id: {field: [value, text]}}`` of a kept version."""
        return self.get_content(version).get("order_line") or {}


class ListPrices:
    """Untaxed prices of a price list, as Odoo computes them, with the rules fetched once."""

    def __init__(self, products, untaxed):
        self.memo = RuleMemo(products)
        self.untaxed = untaxed
        self.mapped = {}

    def get(self, line, date):
        """What the price list asks for one unit of a line, untaxed, in the currency of its order."""
        order, company = line.order_id, line.company_id
        product = line.product_id.with_company(company).with_context(**line._get_product_price_context())
        price = order.pricelist_id.with_company(company).with_context(business_rule_memo=self.memo)._get_product_price(
            product, quantity=line.product_uom_qty, uom=line.product_uom_id, date=date, currency=order.currency_id,
        )
        taxes = product.taxes_id._filter_taxes_by_company(company)
        asked = self._map(order.fiscal_position_id, taxes)
        if self.untaxed.are_included(taxes) or self.untaxed.are_included(asked):
            price = product._get_tax_included_unit_price_from_price(
                price, product_taxes=taxes, fiscal_position=order.fiscal_position_id, product_taxes_after_fp=asked,
            )
        return self.untaxed.get(price, asked, product)

    def _map(self, position, taxes):
        key = (position.id, taxes._ids)
        if key not in self.mapped:
            self.mapped[key] = position.map_tax(taxes)
        return self.mapped[key]


class UntaxedPrices:
    """Prices without the taxes that are included in them, not rounded."""

    def __init__(self, env):
        self.env = env
        self.included = {}

    def are_included(self, taxes):
        """Whether a price with these taxes includes any of them."""
        key = taxes._ids
        if key not in self.included:
            self.included[key] = any(tax.price_include for tax in taxes.flatten_taxes_hierarchy())
        return self.included[key]

    def get(self, price, taxes, product):
        """One unit's price without included taxes."""
        if not price or not self.are_included(taxes):
            return price
        return taxes._get_tax_details(price, 1.0, rounding_method="round_globally", product=product)["total_excluded"]


def _has_list_price(line):
    """Whether a line sells something that the price list has a price for. Parts of a combo are priced by the combo; what
    an expense is charged on at is its cost."""
    return (
        not line.display_type and line.product_id and line.product_uom_qty
        and line.product_type != "combo" and not (line.combo_item_id and line.linked_line_id.product_type == "combo")
        and not (line.is_expense and line.product_id.expense_policy in EXPENSE_POLICIES)
    )


def _get_net_price(line):
    return line.price_unit * (1 - (line.discount or 0.0) / 100)


def _get_line_name(line):
    return (line.name or line.product_id.display_name or "").partition("\n")[0]


def _get_text(env, name, cell):
    """The value of a term for people; see `_describe_content`."""
    value, text = cell
    if not value:
        return "—"
    match name:
        case "prepayment_percent":
            return f"{float(value) * 100:g} %"
        case "commitment_date":
            return format_datetime(env, fields.Datetime.to_datetime(value), dt_format="short")
        case "validity_date":
            return format_date(env, value)
        case _:
            return text
