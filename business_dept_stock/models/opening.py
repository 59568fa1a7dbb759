# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _record_openings(self, with_finished=False):
        """EXTENDS the main addon: opening shipments are of the day of the last delivery, as far as nobody corrected it."""
        orders = super()._record_openings(with_finished=with_finished)
        self.env["stock.move"].flush_model(["state", "date", "sale_line_id", "location_id", "location_dest_id"])
        dated = self.browse([order_id for order_id, in self.env.execute_query(SQL(
            """
            WITH delivered AS (
                SELECT line.order_id, LEAST(MAX(move.date)::date, %s) AS day
                  FROM stock_move move
                  JOIN sale_order_line line ON line.id = move.sale_line_id
                  JOIN stock_location source ON source.id = move.location_id AND source.usage != 'customer'
                  JOIN stock_location target ON target.id = move.location_dest_id AND target.usage = 'customer'
                 WHERE move.state = 'done'
              GROUP BY line.order_id
            ),
            dated AS (
                UPDATE business_shipment shipment SET date_dispatch = day, date_arrival = day
                  FROM delivered
                 WHERE shipment.order_id = delivered.order_id AND shipment.is_opening
                   AND shipment.date_arrival = shipment.date_dispatch AND shipment.date_dispatch != day
             RETURNING shipment.id, shipment.order_id, day
            )
            UPDATE sale_order ord
               SET date_dispatched = GREATEST(dated.day, (
                    SELECT MAX(other.date_dispatch) FROM business_shipment other
                     WHERE other.order_id = ord.id AND other.id != dated.id))
              FROM dated WHERE ord.id = dated.order_id
         RETURNING ord.id
            """, fields.Date.context_today(self),
        ))])
        self.env["business.shipment"].invalidate_model(["date_dispatch", "date_arrival"], flush=False)
        dated.invalidate_recordset(["date_dispatched"], flush=False)
        dated.modified(["date_dispatched"])
        self.search([("id", "in", (orders | dated).ids), ("instalment_ids", "!=", False)])._fulfilment_changed()
        return orders
