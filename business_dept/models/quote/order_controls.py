# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import format_amount, format_datetime

from ...controls import Breach, control
from .quote_facts import TERMS, QuoteFacts

MOMENTS = ("confirm", "increase", "reprice")
SHOWN = 3
"""How many lines a message names; the others are counted."""
PERCENT_ROUNDING = 0.01
"""A discount has two decimals: what it rounds away is no deviation."""


class SaleOrder(models.Model):
    """Prices and terms of orders, judged by the price list, the first quote and the authority of the post.

    They act when an order is confirmed, when a confirmed order grows, and when its prices or terms change.
    """

    _inherit = "sale.order"

    exceeds_manager_discount = fields.Boolean(
        string="Discount beyond the Manager's Authority", compute="_compute_exceeds_manager_discount", compute_sudo=True,
        search="_search_exceeds_manager_discount", groups="base.group_user",
        help="Then the executive office decides: nobody lets through more than lies within his own authority (JJ-1.2.1).",
    )

    # === COMPUTE METHODS === #

    @api.depends(lambda self: [
        *self._get_banner_depends(), "quote_baseline_id", "quote_origin_res_id", "order_line.price_unit",
        "order_line.discount", "order_line.product_id", "order_line.product_uom_qty", "order_line.product_uom_id",
        "order_line.tax_ids",
    ])
    def _compute_exceeds_manager_discount(self):
        facts, manager = QuoteFacts(self), self.env.ref("business_dept.group_department_manager")
        authorities = {
            company: self.env["business.discount.authority"]._get_of_company(company) for company in self.company_id
        }
        for order in self:
            rows = authorities.get(order.company_id, self.env["business.discount.authority"])
            own = max((row.max_discount for row in rows if row.group_id == manager), default=0.0)
            order.exceeds_manager_discount = bool(order._get_gaps_beyond(facts, own))

    def _search_exceeds_manager_discount(self, operator, value):
        """Of the quotations, which are few: of what is confirmed it was decided already."""
        if operator != "in":
            return NotImplemented
        quotations = self.search([("state", "in", ("draft", "sent"))])
        return [("id", "in", quotations.filtered(lambda order: order.exceeds_manager_discount in value).ids)]

    # === FACTS === #

    def _find_breaches(self, moment):
        if moment not in MOMENTS or not self:
            return super()._find_breaches(moment)
        orders = self.with_context(business_quote_facts=QuoteFacts(self.sudo()))
        return super(SaleOrder, orders)._find_breaches(moment)

    def _get_quote_facts(self):
        """The facts of this evaluation; a client's context key does not count."""
        facts = self.env.context.get("business_quote_facts")
        return facts if isinstance(facts, QuoteFacts) else QuoteFacts(self.sudo())

    def _get_threshold(self, code):
        """The figure of a control in the company of this order."""
        return self.env["business.control"]._get_by_code(code)._get_threshold(self.company_id)

    def _to_company_currency(self, amount):
        """An amount of this order in the currency of its company, at the rate of today."""
        self.ensure_one()
        return self.currency_id._convert(
            amount, self.company_id.currency_id, self.company_id, fields.Date.today(),
        ) if self.currency_id else 0.0

    def _name_lines(self, texts):
        """Some lines in words, the others counted."""
        named = "; ".join(texts[:SHOWN])
        if len(texts) <= SHOWN:
            return named
        return self.env._("%(lines)s; and %(count)s more", lines=named, count=len(texts) - SHOWN)

    # === PRICE LIST === #

    @control("contract.price_below_list", moment=MOMENTS)
    def _check_price_below_list(self):
        """JJ-2.1.8, RL-5.3: nobody lowers a price on their own."""
        facts, breaches = self._get_quote_facts(), {}
        for order in self:
            below = order._get_gaps_beyond(facts, order._get_threshold("contract.price_below_list"))
            if below:
                breaches[order] = Breach(
                    self.env._("Below the price list: %(lines)s.", lines=order._describe_gaps(below)),
                    amount=order._to_company_currency(sum(gap.money for gap in below)),
                    currency=order.company_id.currency_id,
                )
        return breaches

    @control("contract.price_above_list", moment=MOMENTS)
    def _check_price_above_list(self):
        """RL-5.3: nobody pushes prices up at the customer's expense."""
        facts, breaches = self._get_quote_facts(), {}
        for order in self:
            above = order._get_gaps_beyond(facts, order._get_threshold("contract.price_above_list"), sign=-1)
            if above:
                breaches[order] = Breach(
                    self.env._("Above the price list: %(lines)s.", lines=order._describe_gaps(above)),
                    amount=order._to_company_currency(-sum(gap.money for gap in above)),
                    currency=order.company_id.currency_id,
                )
        return breaches

    def _get_gaps_beyond(self, facts, percent, sign=1):
        """The lines whose price is more than some percent below (``sign=-1``: above) the price list."""
        self.ensure_one()
        unit = 0.5 * 10 ** -self.env["decimal.precision"].precision_get("Product Price")
        return [
            gap for gap in facts.gaps.get(self, ())
            if gap.percent * sign > percent + PERCENT_ROUNDING and abs(gap.list_price - gap.price) > unit
        ]

    def _describe_gaps(self, gaps):
        self.ensure_one()
        return self._name_lines([
            self.env._(
                "%(line)s %(price)s instead of %(list_price)s (%(percent)s %%)",
                line=gap.name, percent=f"{-gap.percent:+.2f}",
                price=format_amount(self.env, gap.price, self.currency_id),
                list_price=format_amount(self.env, gap.list_price, self.currency_id),
            )
            for gap in sorted(gaps, key=lambda gap: -abs(gap.money))
        ])

    # === FIRST QUOTE === #

    @control("contract.deviation", moment=MOMENTS)
    def _check_deviation(self):
        """JJ-1.2.3: commercial terms that deviate from the original quote."""
        facts, breaches = self._get_quote_facts(), {}
        for order in self:
            comparison = facts.comparisons.get(order)
            if not comparison:
                continue
            percent = order._get_threshold("contract.deviation") + PERCENT_ROUNDING
            rows = [row for row in comparison.rows if abs(row.price_percent) > percent]
            rows.sort(key=lambda row: -abs(row.price_money))
            terms = [
                name for name in TERMS
                # a delivery promised for the first time, or not yet again, is not promised otherwise
                if name in comparison.terms and (
                    name != "commitment_date" or (comparison.content[name][0] and order.commitment_date)
                )
            ]
            if rows or terms:
                breaches[order] = Breach(
                    self.env._(
                        "Deviates from the quote of %(date)s: %(what)s.",
                        date=format_datetime(self.env, comparison.version.date, dt_format="short"),
                        what="; ".join(filter(None, (
                            order._describe_deviating_rows(rows), order._describe_terms(comparison.terms, terms),
                        ))),
                    ),
                    amount=order._to_company_currency(sum(abs(row.price_money) for row in rows)),
                    currency=order.company_id.currency_id,
                )
        return breaches

    def _describe_deviating_rows(self, rows):
        self.ensure_one()
        return self._name_lines([
            f"{row.now.name} {format_amount(self.env, row.price_before * row.now.factor, self.currency_id)} → "
            f"{format_amount(self.env, row.price_now * row.now.factor, self.currency_id)} ({row.price_percent:+.2f} %)"
            for row in rows
        ])

    def _describe_terms(self, changes, names):
        return "; ".join(
            f"{self._fields[name]._description_string(self.env)}: {changes[name][0]} → {changes[name][1]}" for name in names
        )

    # === AUTHORITY === #

    @control("contract.discount_authority", moment=MOMENTS)
    def _check_discount_authority(self):
        """JJ-1.2.1, JJ-1.1.4: one negotiates within one's authority."""
        facts, breaches = self._get_quote_facts(), {}
        authorities = {}
        for order in self:
            below = order._get_gaps_beyond(facts, 0.0)
            if not below:
                continue
            company = order.company_id
            if company not in authorities:
                authorities[company] = self.env["business.discount.authority"]._get_of_company(company)
            user = order._get_discounting_user()
            percent = authorities[company]._get_percent(user)
            beyond = [gap for gap in below if gap.percent > percent + PERCENT_ROUNDING]
            if beyond:
                needed = max(gap.percent for gap in beyond)
                breaches[order] = Breach(
                    self.env._(
                        "Discount beyond the authority of %(user)s (%(percent)g %%): %(lines)s. Within the authority of: "
                        "%(posts)s.",
                        user=user.name or self.env._("nobody"), percent=percent, lines=order._describe_gaps(beyond),
                        posts=order._describe_posts(authorities[company], needed),
                    ),
                    # all that is given away, whoever looks: what one person was allowed, another may carry out
                    amount=order._to_company_currency(sum(gap.money for gap in below)),
                    currency=company.currency_id,
                )
        return breaches

    def _get_discounting_user(self):
        """Whose authority counts: the person who acts, or the salesperson when the customer or the system does."""
        user = self.env.user
        return user if user._is_internal() and user.id != SUPERUSER_ID else self.user_id

    def _describe_posts(self, authorities, percent):
        """The posts within whose authority a discount lies, the lowest first."""
        posts = [
            self.env._("%(post)s (%(percent)g %%)", post=row.group_id.name, percent=row.max_discount)
            for row in authorities if row.max_discount + PERCENT_ROUNDING >= percent
        ]
        if posts:
            return ", ".join(posts)
        # beyond every authority the head of the company decides; found by its cached id, without a statement per order
        group_id = self.env["ir.model.data"]._xmlid_to_res_id("business_dept.group_executive_office")
        return self.env["res.groups"].sudo().browse(group_id).name

    # === SIZE AND MARGIN === #

    @control("contract.major", moment=MOMENTS)
    def _check_major(self):
        """JJ-1.2.2, JJ-1.2.4: a major contract is signed only after the executive office has approved it."""
        breaches = {}
        for order in self:
            amount, threshold = order._get_company_amount(), order._get_threshold("contract.major")
            currency = order.company_id.currency_id
            if threshold > 0 and currency.compare_amounts(amount, threshold) > 0:
                breaches[order] = Breach(self.env._(
                    "Major contract: %(amount)s, above %(threshold)s.",
                    amount=format_amount(self.env, amount, currency),
                    threshold=format_amount(self.env, threshold, currency),
                ), amount=amount, currency=currency)
        return breaches

    @control("contract.margin", moment=MOMENTS)
    def _check_margin(self):
        """JJ-1.1.4: within the company's price policy. Says nothing where Odoo's margins are not installed."""
        breaches = {}
        for order in self if "margin_percent" in self._fields else ():
            threshold = order._get_threshold("contract.margin")
            missing = order.amount_untaxed * threshold / 100 - order.margin
            if order.amount_untaxed > 0 and order.currency_id.compare_amounts(missing, 0.0) > 0:
                breaches[order] = Breach(self.env._(
                    "Margin %(margin)s %% instead of at least %(threshold)g %%.",
                    margin=f"{order.margin_percent * 100:.2f}", threshold=threshold,
                ), amount=order._to_company_currency(missing), currency=order.company_id.currency_id)
        return breaches
