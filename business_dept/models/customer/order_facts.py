# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the credit controls of orders need to know, fetched once for all orders and all controls."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from odoo import fields
from odoo.tools import SQL

#: fields of an order that the amounts are read from
ORDER_FIELDS = ("amount_total", "currency_rate", "state", "partner_invoice_id")
#: fields of the credit profile that the checks read
PROFILE_FIELDS = (
    "partner_id", "company_id", "grade_id", "credit_limit", "limit_source", "limit_expiry", "hold", "hold_reason",
    "hold_review_date",
)


@dataclass
class CustomerFacts:
    """What one customer owes one company now. Amounts are in the company's currency.

    :param profile: ``business.credit.profile`` in sudo, empty when the customer has none
    :param receivable: open on posted entries, less payments not yet matched (deposits received)
    :param uninvoiced: confirmed orders, less what was invoiced on them
    :param overdue: open and due more than the tolerated days ago, on invoices and on payment plans not invoiced yet
    :param overdue_since: the oldest due date of that
    """

    profile: Any
    receivable: float = 0.0
    uninvoiced: float = 0.0
    overdue: float = 0.0
    overdue_since: date | None = None

    @property
    def exposure(self) -> float:
        """What the customer would owe if everything confirmed were invoiced today."""
        return self.receivable + self.uninvoiced


class OrderFacts:
    """Facts of the customers of some orders; put into the context of one evaluation.

    A client can send any context key, but never an instance of this class.

    :param orders: the orders that are judged, in sudo
    :param coming: whether they come on top of what the customers owe; they are among it when they are confirmed already
    """

    def __init__(self, orders, coming):
        self.coming = coming
        self.by_customer = {}
        for company, of_company in orders.grouped("company_id").items():
            self.by_customer.update(_fetch(of_company, company, coming))

    def get(self, order):
        """Facts of an order's customer.

        :rtype: CustomerFacts
        """
        return self.by_customer[order.company_id.id, order._get_debtor().id]


def _fetch(orders, company, coming):
    """Fetch the facts of customers with a company, in two statements however many they are: the profiles, the amounts.

    :param orders: the orders that are judged, in sudo
    :param company: ``res.company``
    :param coming: see `OrderFacts`
    :return: ``{(company id, partner id): CustomerFacts}``
    """
    env, partners = orders.env, orders._get_debtor()
    tolerance = env["business.control"]._get_by_code("credit.overdue")._get_threshold(company)
    overdue_before = fields.Date.context_today(env["sale.order"]) - timedelta(days=int(tolerance))
    by_partner = orders.credit_profile_id.grouped("partner_id")
    facts = {
        partner.id: CustomerFacts(by_partner.get(partner, env["business.credit.profile"])) for partner in partners
    }
    if partners.ids:
        env["res.partner"].flush_model(["commercial_partner_id"])
        env["account.move.line"].flush_model()
        env["account.move"].flush_model(["amount_total", "amount_residual_signed", "state"])
        env["business.payment.instalment"].flush_model()
        is_open = _flush_orders(orders, coming)
        for partner_id, *amounts in env.execute_query(_amounts_sql(company, partners.ids, overdue_before, is_open)):
            fact = facts[partner_id]
            fact.receivable, fact.overdue, fact.overdue_since, fact.uninvoiced = amounts
    return {(company.id, partner_id): fact for partner_id, fact in facts.items()}


def _flush_orders(orders, coming):
    """Write what the amounts are read from.

    Orders that come on top do not count, so they need not be written now: a confirmation writes them once, in the end.
    Whether a judged order is to be invoiced may depend on deliveries that are not made yet: computing it now would be
    computing it twice. It counts as not invoiced, whatever the database says.

    :param orders: the orders that are judged
    :param coming: see `OrderFacts`
    :return: condition on ``sale``: it counts, and is not invoiced
    """
    if not coming or any(_is_pending_elsewhere(orders, name) for name in (*ORDER_FIELDS, "invoice_status")):
        pending = orders.env.records_to_compute(orders._fields["invoice_status"])
        (pending - orders)._recompute_recordset(["invoice_status"])
        orders.flush_model(ORDER_FIELDS)
    ids = tuple(orders.ids) or (0,)
    if coming:
        return SQL("(sale.invoice_status != 'invoiced' AND sale.id NOT IN %s)", ids)
    return SQL("(sale.invoice_status != 'invoiced' OR sale.id IN %s)", ids)


def _is_pending_elsewhere(orders, name):
    """Whether a field of other orders is still to be computed or written."""
    field, env = orders._fields[name], orders.env
    return bool(env.records_to_compute(field) - orders) or not set(orders.ids).issuperset(env._field_dirty.get(field, ()))


def _amounts_sql(company, partner_ids, overdue_before, is_open):
    """A row of amounts for each customer that has any: receivable, overdue, since when, uninvoiced.

    One join of what was invoiced on orders serves both what is not invoiced yet and what is overdue by plan: PostgreSQL
    takes longer to plan such joins than to run them for one customer.
    """
    return SQL(
        """
        SELECT partner_id, SUM(receivable), SUM(overdue), MIN(overdue_since), SUM(uninvoiced)
          FROM (%s UNION ALL %s) facts (partner_id, receivable, overdue, overdue_since, uninvoiced)
      GROUP BY partner_id
        """,
        _receivable_sql(company, partner_ids, overdue_before), _ordered_sql(company, partner_ids, overdue_before, is_open),
    )


def _receivable_sql(company, partner_ids, overdue_before):
    """Open receivables of customers; payments that are not matched yet count against them."""
    return SQL(
        """
        SELECT partner.commercial_partner_id,
               line.amount_residual,
               CASE WHEN %(overdue)s THEN line.amount_residual ELSE 0 END,
               CASE WHEN %(overdue)s THEN line.date_maturity END,
               0
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
          JOIN res_partner partner ON partner.id = line.partner_id
         WHERE line.company_id = %(company)s
           AND line.parent_state = 'posted'
           AND account.account_type = 'asset_receivable'
           AND NOT line.reconciled
           AND partner.commercial_partner_id IN %(partners)s
        """,
        company=company.id,
        partners=tuple(partner_ids),
        overdue=SQL("line.amount_residual > 0 AND line.date_maturity < %s", overdue_before),
    )


def _ordered_sql(company, partner_ids, overdue_before, is_open):
    """Confirmed orders: what is not invoiced yet (down payments are), and what is overdue by the payment plan.

    Odoo's own ``amount_to_invoice`` leaves out what is not delivered yet and counts an invoiced down payment twice, so
    it does not say what a customer will owe. Of overdue instalments (JJ-4.1, RG-3.8) what is open on the order's
    invoices is taken off: that is overdue, or not, by the invoice. All in company currency.
    """
    return SQL(
        """
        SELECT partner.commercial_partner_id, 0,
               GREATEST(late.amount - COALESCE(invoiced.residual, 0), 0),
               CASE WHEN late.amount > COALESCE(invoiced.residual, 0) THEN late.since END,
               CASE WHEN %(is_open)s THEN GREATEST(
                   sale.amount_total / COALESCE(NULLIF(sale.currency_rate, 0), 1) - COALESCE(invoiced.total, 0), 0
               ) ELSE 0 END
          FROM sale_order sale
          JOIN res_partner partner ON partner.id = sale.partner_invoice_id
     LEFT JOIN (
                SELECT order_id, SUM(open_company) AS amount, MIN(date_due) AS since
                  FROM business_payment_instalment
                 WHERE company_id = %(company)s AND state = 'due' AND date_due < %(overdue_before)s
                   AND partner_id IN %(partners)s
              GROUP BY order_id
               ) late ON late.order_id = sale.id
     LEFT JOIN LATERAL (
                SELECT SUM(CASE WHEN move.move_type = 'out_refund' THEN -line.price_total ELSE line.price_total END
                           / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)) AS total,
                       SUM(line.price_total / NULLIF(move.amount_total, 0) * move.amount_residual_signed)
                           FILTER (WHERE move.move_type = 'out_invoice') AS residual
                  FROM sale_order_line order_line
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE order_line.order_id = sale.id AND move.state = 'posted'
               ) invoiced ON TRUE
         WHERE sale.company_id = %(company)s
           AND sale.state = 'sale'
           AND (late.order_id IS NOT NULL OR %(is_open)s)
           AND partner.commercial_partner_id IN %(partners)s
        """,
        company=company.id, partners=tuple(partner_ids), overdue_before=overdue_before,
        is_open=is_open,
    )
