# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import float_compare, format_amount, format_date

from ...controls import Breach, control
from .money import fetch_money


class SaleOrder(models.Model):
    """What must have arrived before goods are made or leave (JJ-1.3.3, JJ-4.1)."""

    _inherit = "sale.order"

    def _get_open_instalments(self, domain):
        """Open instalments of these orders, by order, in one statement.

        :param domain: which of them
        """
        return self.env["business.payment.instalment"].search(
            [("order_id", "in", self.ids), ("state", "in", ("waiting", "due")), *domain]
        ).grouped("order_id")

    @control("collection.deposit", moment="release")
    def _check_deposit(self):
        """JJ-1.3.3: production follows the deposit."""
        breaches = {}
        for order, rows in self._get_open_instalments([("kind", "=", "deposit")]).items():
            missing = sum(rows.mapped("amount_open"))
            breaches[order] = Breach(self.env._(
                "%(missing)s of the deposit of %(deposit)s has not arrived.",
                missing=format_amount(self.env, missing, order.currency_id),
                deposit=format_amount(self.env, sum(rows.mapped("amount")), order.currency_id),
            ), amount=missing, currency=order.currency_id)
        return breaches

    @control("collection.unconfirmed", moment="release")
    def _check_unconfirmed(self):
        """IC-14, JJ-1.3.5: what was entered as received counts once finance has confirmed it."""
        deposits = self.env["business.payment.instalment"].search([
            ("order_id", "in", self.ids), ("kind", "=", "deposit"), ("state", "=", "paid"),
        ]).grouped("order_id")
        breaches = {}
        money = fetch_money(self.browse([order.id for order in deposits]))
        for order, rows in deposits.items():
            missing = order.currency_id.round(sum(rows.mapped("amount_received")) - money[order.id].confirmed)
            if float_compare(missing, 0.0, precision_rounding=order.currency_id.rounding) > 0:
                breaches[order] = Breach(self.env._(
                    "%(missing)s of the deposit was entered, but finance has not confirmed it.",
                    missing=format_amount(self.env, missing, order.currency_id),
                ), amount=missing, currency=order.currency_id)
        return breaches

    @control("collection.dispatch", moment="dispatch")
    def _check_dispatch(self):
        """JJ-4.1, JJ-1.3.4: what must be there before goods leave.

        The deposit; what is due on confirmation; the balance of earlier shipments once it is overdue. Not the balance of
        the goods that leave now: a grade-A customer pays when they leave (JJ-4.1.A), not before.
        """
        breaches, today = {}, fields.Date.context_today(self)
        for company, orders in self.grouped("company_id").items():
            tolerance = self.env["business.control"]._get_by_code("collection.dispatch")._get_threshold(company)
            overdue_before = fields.Date.subtract(today, days=int(tolerance))
            found = orders._get_open_instalments([
                "|", ("date_due", "<", overdue_before), "&", ("event", "=", "confirmation"), ("date_due", "<=", today),
            ])
            for order, rows in found.items():
                missing = sum(rows.mapped("amount_open"))
                breaches[order] = Breach(self.env._(
                    "Before goods leave, %(missing)s has to arrive: %(parts)s.",
                    missing=format_amount(self.env, missing, order.currency_id),
                    parts="; ".join(rows._describe_open()),
                ), amount=missing, currency=order.currency_id)
        return breaches


class BusinessPaymentInstalment(models.Model):
    _inherit = "business.payment.instalment"

    def _describe_open(self):
        """What is open of each instalment, in words."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            self.env._("%(kind)s %(amount)s, due %(date)s", kind=kinds[row.kind],
                       amount=format_amount(self.env, row.amount_open, row.currency_id),
                       date=format_date(self.env, row.date_due) if row.date_due else "—")
            for row in self
        ]
