# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What was delivered before shipments were kept: the orders that a company has when the addon comes."""
from odoo import api, fields, models
from odoo.tools import SQL

from ...policy.shipment import TOLERANCE

FLAGS = ("shipment_count", "is_fully_dispatched", "is_fully_arrived", "date_dispatched")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _init_column(self, column_name):
        """EXTENDS 'base': the addon comes to a company that has orders. Its tables are there at the end of the installation."""
        super()._init_column(column_name)
        if column_name == "is_fully_dispatched":
            self.pool.post_init(self._record_openings, with_finished=True)

    @api.model
    def _record_openings(self, with_finished=False):
        """Record what was delivered of confirmed orders and is in no shipment: one opening shipment for each order, of the
        day of the order, arrived. In one statement, however many orders there are.

        :param bool with_finished: also what nobody wrote down, of orders that are finished: locked (where not every
            confirmed order is), or invoiced and paid in full. What inventory delivers is known, and never supposed
        :return: the orders that got one
        """
        self.flush_model(["state", "locked", "invoice_status", "amount_total", "name", "partner_id", "date_order", *FLAGS])
        self.env["sale.order.line"].flush_model()
        self.env["account.move"].flush_model(["state", "payment_state"])
        for model in ("business.shipment", "business.shipment.line"):
            self.env[model].flush_model()
        found = self.env.execute_query(self._opening_sql(with_finished))
        orders = self.browse([order_id for order_id, _again in found])
        orders.invalidate_recordset([*FLAGS, "shipment_ids"], flush=False)
        orders.modified(FLAGS)
        self.browse([order_id for order_id, again in found if again])._refresh_fulfilment()
        return orders

    def _opening_sql(self, with_finished):
        """Write opening shipments with their goods, and the facts of their orders.

        Returns id, and whether the order had a shipment: then its value and facts follow from all of them.
        """
        every_one_locked = self.env.ref("sale.group_auto_done_setting") in self.env.ref("base.group_user").all_implied_ids
        finished = SQL(
            """
            ord.locked AND NOT %s OR ord.invoice_status = 'invoiced' AND NOT EXISTS (
                SELECT 1
                  FROM sale_order_line_invoice_rel rel
                  JOIN sale_order_line order_line ON order_line.id = rel.order_line_id
                  JOIN account_move_line invoice_line ON invoice_line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = invoice_line.move_id
                 WHERE order_line.order_id = ord.id
                   AND (move.state = 'draft' OR move.state = 'posted' AND move.payment_state IN ('not_paid', 'partial')))
            """, every_one_locked,
        ) if with_finished else SQL("FALSE")
        return SQL(
            """
            WITH item AS (
                SELECT line.id, ord.id AS order_id, line.product_uom_qty::numeric AS ordered,
                       GREATEST(line.price_total, 0)::numeric AS worth,
                       CASE WHEN line.qty_delivered_method IS DISTINCT FROM 'stock_move' AND (%(finished)s)
                            THEN GREATEST(line.qty_delivered, line.product_uom_qty) ELSE COALESCE(line.qty_delivered, 0)
                       END::numeric - COALESCE(kept.quantity, 0)::numeric AS quantity,
                       COALESCE(kept.quantity, 0)::numeric AS kept,
                       template.type = 'consu' OR NOT bool_or(template.type = 'consu') OVER (PARTITION BY ord.id) AS is_sent
                  FROM sale_order_line line
                  JOIN sale_order ord ON ord.id = line.order_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id AND template.type != 'combo'
             LEFT JOIN (SELECT order_line_id, SUM(quantity - COALESCE(quantity_returned, 0)) AS quantity
                          FROM business_shipment_line GROUP BY order_line_id) kept ON kept.order_line_id = line.id
                 WHERE ord.state = 'sale'
                   AND line.display_type IS NULL
                   AND line.is_downpayment IS NOT TRUE
                   AND line.is_expense IS NOT TRUE
                   AND line.product_uom_qty > 0
            ),
            gone AS (
                SELECT order_id, bool_and(quantity + kept >= ordered - %(tolerance)s) AS is_complete,
                       SUM(worth) AS worth, SUM(worth * portion) AS sent, AVG(portion) AS portion
                  FROM (SELECT *, LEAST(GREATEST(quantity, 0) / ordered, 1) AS portion FROM item WHERE is_sent) item
              GROUP BY order_id HAVING bool_or(quantity > %(tolerance)s)
            ),
            opened AS (
                INSERT INTO business_shipment (name, order_id, company_id, partner_id, date_dispatch, date_arrival, is_opening,
                                               amount, create_uid, create_date, write_uid, write_date)
                SELECT ord.name || '/' || LPAD(number::text, GREATEST(LENGTH(number::text), 2), '0'),
                       ord.id, ord.company_id, ord.partner_id, day, day, TRUE,
                       ROUND(GREATEST(ord.amount_total, 0)::numeric * CASE
                           WHEN gone.is_complete THEN 1 WHEN gone.worth > 0 THEN gone.sent / gone.worth ELSE gone.portion END
                           / unit) * unit,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM gone
                  JOIN sale_order ord ON ord.id = gone.order_id
             LEFT JOIN res_currency currency ON currency.id = ord.currency_id
            CROSS JOIN LATERAL (SELECT COALESCE(ord.shipment_count, 0) + 1, LEAST(ord.date_order::date, %(today)s),
                                       COALESCE(NULLIF(currency.rounding, 0), 0.01)::numeric) one (number, day, unit)
             RETURNING id, order_id
            ),
            goods AS (
                INSERT INTO business_shipment_line (shipment_id, order_line_id, quantity, quantity_returned,
                                                    create_uid, create_date, write_uid, write_date)
                SELECT opened.id, item.id, item.quantity, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM opened
                  JOIN item ON item.order_id = opened.order_id AND item.is_sent AND item.quantity > %(tolerance)s
            )
            UPDATE sale_order ord
               SET shipment_count = COALESCE(old.shipment_count, 0) + 1, is_fully_dispatched = gone.is_complete,
                   is_fully_arrived = gone.is_complete, date_dispatched = LEAST(old.date_order::date, %(today)s)
              FROM gone
              JOIN sale_order old ON old.id = gone.order_id
             WHERE ord.id = gone.order_id
         RETURNING ord.id, COALESCE(old.shipment_count, 0) > 0
            """,
            finished=finished, tolerance=TOLERANCE, uid=self.env.uid, now=fields.Datetime.now(),
            today=fields.Date.context_today(self),
        )
