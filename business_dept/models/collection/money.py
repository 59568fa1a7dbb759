# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What Odoo's books say about the money of orders. Nothing is kept twice: this is the only place it is counted.

**Received** for an order is

* of each posted invoice of the order (down payments are invoices): what is reconciled with anything but an invoice or
  credit note. An invoice of several orders counts for each by the share that its lines have in the invoice. What a
  payment reconciles with a credit note is money given back and counts against it;
* of each payment that is matched to the order: what is not reconciled yet (a deposit). What of it is reconciled is
  counted with the invoice, whosever it is, so nothing counts twice.

**Credited** is what posted credit notes take back of goods and services, not of down payments; ``lasting_credit`` says how
much of it stays. Draft and cancelled entries count nowhere. What a payment difference was written off with counts as
received, as it does in Odoo.

Amounts are in the order's currency, by the invoice's own amounts; only an invoice or payment in another currency than the
order is converted, by its own rate and the order's.

**Confirmed** is what of the received finance stands for (IC-14): by payments that finance has confirmed, and by what is no
payment (bank statements and entries, which only accountants make).
"""
from dataclasses import dataclass, field
from datetime import date

from odoo.tools import SQL

from ...policy.collection import Shipment


@dataclass
class OrderMoney:
    """Facts of one order, in its currency.

    :param received: see above
    :param confirmed: what of it finance stands for
    :param credited: by credit notes, see above
    :param invoiced: by posted invoices less credit notes
    :param shipments: what has left
    :param goods: value of the lines that can be sent; ``None`` when nothing has left
    :param has_plan: whether the order has instalments already
    """

    received: float = 0.0
    confirmed: float = 0.0
    credited: float = 0.0
    invoiced: float = 0.0
    shipments: list[Shipment] = field(default_factory=list)
    goods: float | None = None
    has_plan: bool = False


def fetch_money(orders):
    """Fetch the facts of orders, in two statements however many they are; in one when there is nothing to count.

    :param orders: ``sale.order`` in sudo
    :return: ``{order id: OrderMoney}``
    """
    if not orders.ids:
        return {}
    env = orders.env
    env["account.move"].flush_model(["state", "amount_total", "invoice_currency_rate"])
    env["account.move.line"].flush_model(
        ["amount_residual", "amount_residual_currency", "reconciled", "price_total", "parent_state"])
    env["account.partial.reconcile"].flush_model()
    env["account.payment"].flush_model(["collection_order_id", "collection_confirmed_by_id", "move_id"])
    env["business.shipment"].flush_model()
    env["business.payment.instalment"].flush_model(["order_id"])
    env["sale.order.line"].flush_model(["price_total", "product_id"])
    facts, busy = {}, orders.browse()
    for order, (order_id, has_money, has_plan) in zip(orders, env.execute_query(_traces_sql(orders)), strict=True):
        facts[order_id] = OrderMoney(has_plan=has_plan)
        if has_money:
            busy |= order
    if not busy:
        return facts  # as when an order is confirmed: nothing has been invoiced, paid or sent
    for order_id, received, confirmed, credited, invoiced, shipments, goods in env.execute_query(_sql(busy)):
        facts[order_id] = OrderMoney(
            received, confirmed, credited, invoiced,
            [
                Shipment(key, amount, date.fromisoformat(sent), date.fromisoformat(there) if there else None)
                for key, amount, sent, there in shipments or ()
            ],
            goods, facts[order_id].has_plan,
        )
    return facts


def orders_of_moves(env, move_ids):
    """Ids of the orders whose money journal entries concern: by invoice lines, or by a matched payment.

    :param move_ids: ids of ``account.move``
    """
    if not move_ids:
        return []
    env["account.payment"].flush_model(["collection_order_id", "move_id"])
    return [order_id for order_id, in env.execute_query(SQL(
        """
        SELECT order_line.order_id
          FROM account_move_line line
          JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
          JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
         WHERE line.move_id IN %(moves)s
         UNION
        SELECT collection_order_id FROM account_payment WHERE move_id IN %(moves)s AND collection_order_id IS NOT NULL
        """, moves=tuple(move_ids),
    ))]


def only_orders_of_payments(env, partial_ids):
    """The payments without an order that new reconciliations tie to the invoices of one order only.

    :param partial_ids: ids of ``account.partial.reconcile``
    :return: ``[(payment id, order id)]``
    """
    if not partial_ids:
        return []
    env["account.partial.reconcile"].flush_model()
    env["account.payment"].flush_model(["collection_order_id", "move_id"])
    return env.execute_query(SQL(
        """
        SELECT payment.id, MIN(order_line.order_id)
          FROM account_partial_reconcile partial
          JOIN account_move_line credit ON credit.id = partial.credit_move_id
          JOIN account_payment payment ON payment.move_id = credit.move_id
          JOIN account_move_line debit ON debit.id = partial.debit_move_id
          JOIN account_move_line line ON line.move_id = debit.move_id
          JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
          JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
         WHERE partial.id IN %s
           AND payment.payment_type = 'inbound'
           AND payment.collection_order_id IS NULL
      GROUP BY payment.id
        HAVING COUNT(DISTINCT order_line.order_id) = 1
        """, tuple(partial_ids),
    ))


def _traces_sql(orders):
    """Id, whether anything was invoiced, paid or sent, and whether there is a plan; a row for each order, in their order."""
    return SQL(
        """
        SELECT sale.id,
               EXISTS (SELECT 1
                         FROM sale_order_line line
                         JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                        WHERE line.order_id = sale.id)
                OR EXISTS (SELECT 1 FROM account_payment payment WHERE payment.collection_order_id = sale.id)
                OR EXISTS (SELECT 1 FROM business_shipment shipment WHERE shipment.order_id = sale.id),
               EXISTS (SELECT 1 FROM business_payment_instalment instalment WHERE instalment.order_id = sale.id)
          FROM UNNEST(%s) WITH ORDINALITY sale (id, number)
      ORDER BY sale.number
        """, list(orders.ids),
    )


def _sql(orders):
    """A row of facts for each order. Currency and rate come as they are now, so that the orders need not be flushed."""
    wanted = SQL(", ").join(
        SQL("(%s, %s, %s::numeric)", order.id, order.currency_id.id, order.currency_rate or 1.0) for order in orders
    )
    return SQL(
        """
        WITH sale (id, currency_id, rate) AS (VALUES %(wanted)s),
        part AS (
            SELECT sale.id AS order_id, move.id AS move_id, move.move_type,
                   SUM(line.price_total) AS amount,
                   COALESCE(SUM(line.price_total) FILTER (WHERE order_line.is_downpayment IS NOT TRUE), 0) AS goods,
                   NULLIF(move.amount_total, 0) AS whole,
                   CASE WHEN move.currency_id = sale.currency_id THEN 1
                        ELSE sale.rate / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) END AS rate
              FROM sale
              JOIN sale_order_line order_line ON order_line.order_id = sale.id
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
              JOIN account_move_line line ON line.id = rel.invoice_line_id
              JOIN account_move move ON move.id = line.move_id
             WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
          GROUP BY sale.id, sale.currency_id, sale.rate, move.id
        ),
        settled AS (
            SELECT side.move_id, SUM(side.amount) AS paid,
                   COALESCE(SUM(side.amount) FILTER (
                       WHERE payment.id IS NULL OR payment.collection_confirmed_by_id IS NOT NULL
                   ), 0) AS confirmed
              FROM (SELECT DISTINCT move_id FROM part) invoice
              JOIN LATERAL (
                    SELECT line.move_id, partial.debit_amount_currency AS amount, partial.credit_move_id AS other_id
                      FROM account_move_line line
                      JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                     WHERE line.move_id = invoice.move_id
                     UNION ALL
                    SELECT line.move_id, -partial.credit_amount_currency, partial.debit_move_id
                      FROM account_move_line line
                      JOIN account_partial_reconcile partial ON partial.credit_move_id = line.id
                     WHERE line.move_id = invoice.move_id
                   ) side ON TRUE
              JOIN account_move_line other ON other.id = side.other_id
              JOIN account_account account ON account.id = other.account_id AND account.account_type = 'asset_receivable'
              JOIN account_move other_move ON other_move.id = other.move_id
         LEFT JOIN account_payment payment ON payment.move_id = other_move.id
             WHERE other_move.move_type NOT IN ('out_invoice', 'out_refund')
               AND NOT EXISTS (
                    SELECT 1 FROM account_partial_reconcile exchange WHERE exchange.exchange_move_id = other_move.id
                   )
          GROUP BY side.move_id
        ),
        invoiced AS (
            SELECT part.order_id,
                   SUM(settled.paid * part.amount / part.whole * part.rate) AS received,
                   SUM(settled.confirmed * part.amount / part.whole * part.rate) AS confirmed,
                   SUM(part.goods * part.rate) FILTER (WHERE part.move_type = 'out_refund') AS credited,
                   SUM(CASE WHEN part.move_type = 'out_refund' THEN -part.amount ELSE part.amount END * part.rate) AS amount
              FROM part
         LEFT JOIN settled ON settled.move_id = part.move_id
          GROUP BY part.order_id
        ),
        deposited AS (
            SELECT sale.id AS order_id, SUM(line.amount) AS received,
                   SUM(line.amount) FILTER (WHERE payment.collection_confirmed_by_id IS NOT NULL) AS confirmed
              FROM sale
              JOIN account_payment payment ON payment.collection_order_id = sale.id
              JOIN LATERAL (
                    SELECT CASE WHEN line.currency_id = sale.currency_id THEN -line.amount_residual_currency
                                ELSE -line.amount_residual * sale.rate END AS amount
                      FROM account_move_line line
                      JOIN account_account account ON account.id = line.account_id
                     WHERE line.move_id = payment.move_id
                       AND line.parent_state = 'posted'
                       AND account.account_type = 'asset_receivable'
                       AND line.reconciled IS NOT TRUE
                   ) line ON TRUE
          GROUP BY sale.id
        )
        SELECT sale.id,
               (COALESCE(invoiced.received, 0) + COALESCE(deposited.received, 0))::float,
               (COALESCE(invoiced.confirmed, 0) + COALESCE(deposited.confirmed, 0))::float,
               COALESCE(invoiced.credited, 0)::float,
               COALESCE(invoiced.amount, 0)::float,
               shipped.rows,
               CASE WHEN shipped.rows IS NOT NULL THEN (
                    SELECT SUM(order_line.price_total)::float
                      FROM sale_order_line order_line
                      JOIN product_product product ON product.id = order_line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE order_line.order_id = sale.id AND template.type = 'consu'
               ) END
          FROM sale
     LEFT JOIN invoiced ON invoiced.order_id = sale.id
     LEFT JOIN deposited ON deposited.order_id = sale.id
     LEFT JOIN LATERAL (
                SELECT json_agg(json_build_array(shipment.id, COALESCE(shipment.amount, 0)::float,
                                                 shipment.date_dispatch, shipment.date_arrival)) AS rows
                  FROM business_shipment shipment
                 WHERE shipment.order_id = sale.id
               ) shipped ON TRUE
        """, wanted=wanted,
    )
