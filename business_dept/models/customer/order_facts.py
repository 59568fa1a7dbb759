# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the credit controls of orders need to know, fetched once for all orders and all controls."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from odoo import fields
from odoo.tools import SQL

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
    """

    def __init__(self, orders):
        self.by_customer = {}
        for company, of_company in orders.grouped("company_id").items():
            debtors = of_company._get_debtor()
            self.by_customer.update(_fetch(of_company, company, debtors))

    def get(self, order):
        """Facts of an order's customer.

        :rtype: CustomerFacts
        """
        return self.by_customer[order.company_id.id, order._get_debtor().id]


def _fetch(orders, company, partners):
    """Fetch the facts of customers with a company, in two statements however many they are: the profiles, the amounts.

    :param orders: the orders that are judged, in sudo
    :param company: ``res.company``
    :param partners: commercial partners
    :return: ``{(company id, partner id): CustomerFacts}``
    """
    env = orders.env
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
        unsettled = _flush_orders(orders)
        for partner_id, *amounts in env.execute_query(_amounts_sql(company, partners.ids, overdue_before, unsettled)):
            fact = facts[partner_id]
            fact.receivable, fact.overdue, fact.overdue_since, fact.uninvoiced = amounts
    return {(company.id, partner_id): fact for partner_id, fact in facts.items()}


def _flush_orders(orders):
    """Write what the amounts are read from.

    An order that is just being confirmed is not invoiced, and whether it is to be invoiced depends on deliveries that
    are not made yet: computing it now would be computing it twice.

    :param orders: the orders that are judged
    :return: ids of those that count as not invoiced, whatever the database says
    """
    field = orders._fields["invoice_status"]
    pending = orders.env.records_to_compute(field)
    (pending - orders)._recompute_recordset(["invoice_status"])
    orders.flush_model(["amount_total", "currency_rate", "state", "partner_invoice_id"])
    return (orders & pending).ids


def _amounts_sql(company, partner_ids, overdue_before, unsettled):
    """A row of amounts for each customer that has any: receivable, overdue, since when, uninvoiced."""
    return SQL(
        """
        SELECT partner_id, SUM(receivable), SUM(overdue), MIN(overdue_since), SUM(uninvoiced)
          FROM (
                SELECT partner_id, amount, COALESCE(overdue, 0), overdue_since, 0
                  FROM (%s) receivable (partner_id, amount, overdue, overdue_since)
                 UNION ALL
                SELECT partner_id, 0, 0, NULL, amount FROM (%s) uninvoiced (partner_id, amount)
                 UNION ALL
                SELECT partner_id, 0, amount, since, 0 FROM (%s) unpaid (partner_id, amount, since)
               ) facts (partner_id, receivable, overdue, overdue_since, uninvoiced)
      GROUP BY partner_id
        """,
        _receivable_sql(company, partner_ids, overdue_before), _uninvoiced_sql(company, partner_ids, unsettled),
        _unpaid_plan_sql(company, partner_ids, overdue_before),
    )


def _receivable_sql(company, partner_ids, overdue_before):
    """Open receivables of customers; payments that are not matched yet count against them."""
    return SQL(
        """
        SELECT partner.commercial_partner_id,
               SUM(line.amount_residual),
               SUM(line.amount_residual) FILTER (WHERE %(overdue)s),
               MIN(line.date_maturity) FILTER (WHERE %(overdue)s)
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
          JOIN res_partner partner ON partner.id = line.partner_id
         WHERE line.company_id = %(company)s
           AND line.parent_state = 'posted'
           AND account.account_type = 'asset_receivable'
           AND NOT line.reconciled
           AND partner.commercial_partner_id IN %(partners)s
      GROUP BY partner.commercial_partner_id
        """,
        company=company.id,
        partners=tuple(partner_ids),
        overdue=SQL("line.amount_residual > 0 AND line.date_maturity < %s", overdue_before),
    )


def _uninvoiced_sql(company, partner_ids, unsettled):
    """Confirmed orders less what was invoiced on them (down payments included), in company currency.

    Odoo's own ``amount_to_invoice`` leaves out what is not delivered yet and counts an invoiced down payment twice, so
    it does not say what a customer will owe.
    """
    return SQL(
        """
        SELECT partner.commercial_partner_id,
               SUM(GREATEST(sale.amount_total / COALESCE(NULLIF(sale.currency_rate, 0), 1) - COALESCE(invoiced.total, 0), 0))
          FROM sale_order sale
          JOIN res_partner partner ON partner.id = sale.partner_invoice_id
     LEFT JOIN LATERAL (
                SELECT SUM(CASE WHEN move.move_type = 'out_refund' THEN -line.price_total ELSE line.price_total END
                           / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)) AS total
                  FROM sale_order_line order_line
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE order_line.order_id = sale.id AND move.state = 'posted'
               ) invoiced ON TRUE
         WHERE sale.company_id = %(company)s
           AND sale.state = 'sale'
           AND (sale.invoice_status != 'invoiced' OR sale.id IN %(unsettled)s)
           AND partner.commercial_partner_id IN %(partners)s
      GROUP BY partner.commercial_partner_id
        """,
        company=company.id, partners=tuple(partner_ids), unsettled=tuple(unsettled) or (None,),
    )


def _unpaid_plan_sql(company, partner_ids, overdue_before):
    """Overdue instalments of payment plans, as far as no posted invoice asks for the money (JJ-4.1, RG-3.8).

    What is open on the order's invoices is taken off: that is overdue, or not, by the invoice.
    """
    return SQL(
        """
        SELECT partner_id, SUM(amount), MIN(since)
          FROM (
                SELECT late.partner_id, late.amount - COALESCE(invoiced.residual, 0) AS amount, late.since
                  FROM (
                        SELECT partner_id, order_id, SUM(open_company) AS amount, MIN(date_due) AS since
                          FROM business_payment_instalment
                         WHERE company_id = %(company)s
                           AND state = 'due'
                           AND date_due < %(overdue_before)s
                           AND partner_id IN %(partners)s
                      GROUP BY partner_id, order_id
                       ) late
             LEFT JOIN LATERAL (
                        SELECT SUM(part.amount / NULLIF(move.amount_total, 0) * move.amount_residual_signed) AS residual
                          FROM (
                                SELECT line.move_id, SUM(line.price_total) AS amount
                                  FROM sale_order_line order_line
                                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
                                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                                 WHERE order_line.order_id = late.order_id
                              GROUP BY line.move_id
                               ) part
                          JOIN account_move move ON move.id = part.move_id
                         WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                       ) invoiced ON TRUE
               ) unpaid
         WHERE amount > 0
      GROUP BY partner_id
        """,
        company=company.id, partners=tuple(partner_ids), overdue_before=overdue_before,
    )
