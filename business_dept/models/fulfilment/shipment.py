# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..foundation.reason import clean_reason

RECEIVERS = ("order_clerk", "customer_service", "deputy_manager", "department_manager", "executive_office")
"""Posts that record an arrival."""


class BusinessShipment(models.Model):
    """Goods of one order that left together, and when they arrived (JJ-1.3.4, GF-7).

    +-------------------------+-------------------------------------+--------------------------------------------+
    | Action                  | Who                                 | Restriction                                |
    +=========================+=====================================+============================================+
    | Read                    | who reads the order                 |                                            |
    | Record the arrival      | clerk, customer service, managers,  | not before the dispatch, not in the future |
    |                         | executive office                    |                                            |
    | Correct the arrival     | the same                            | with a reason, kept in the chatter         |
    | Create, write, delete   | the engine only                     | rows are read-only to every group          |
    +-------------------------+-------------------------------------+--------------------------------------------+
    """

    _name = "business.shipment"
    _description = "Shipments"
    _inherit = ["business.engine.mixin"]
    _order = "order_id, date_dispatch, id"

    name = fields.Char(string="Shipment", required=True, readonly=True)
    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True, ondelete="restrict",
    )
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    currency_id = fields.Many2one(related="order_id.currency_id")
    date_dispatch = fields.Date(string="Dispatched On", required=True, readonly=True, index=True)
    date_arrival = fields.Date(string="Arrived On", readonly=True)
    days_travelling = fields.Integer(
        string="Days on the Way", compute="_compute_days_travelling", help="From dispatch to arrival, or until today.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="Value of the goods of this shipment at the prices of the order, taxes included; freight, services and "
             "discounts of the order in proportion. The shipments of an order never exceed its total.",
    )
    carrier = fields.Char(readonly=True)
    waybill = fields.Char(readonly=True, help="Waybill or tracking number.")
    note = fields.Text(readonly=True)
    is_opening = fields.Boolean(
        string="From Before", readonly=True,
        help="Delivered before shipments were kept. Its day is that of the last delivery, or of the order.",
    )
    line_ids = fields.One2many(
        comodel_name="business.shipment.line", inverse_name="shipment_id", string="Goods", readonly=True,
    )
    can_record_arrival = fields.Boolean(compute="_compute_can_record_arrival")

    # === COMPUTE METHODS === #

    @api.depends("date_dispatch", "date_arrival")
    def _compute_days_travelling(self):
        today = fields.Date.context_today(self)
        for shipment in self:
            shipment.days_travelling = max(((shipment.date_arrival or today) - shipment.date_dispatch).days, 0)

    @api.depends_context("uid")
    def _compute_can_record_arrival(self):
        self.can_record_arrival = self.env["sale.order"]._holds_post(RECEIVERS)

    # === ACTION METHODS === #

    def action_record_arrival(self, date=None, reason=None):
        """Record when these shipments arrived, or correct it.

        :param date: date of arrival; a wizard asks when it is missing
        :param str reason: why a recorded date is wrong; needed to correct one
        :raise UserError: no such post, a date before the dispatch or in the future, a correction without a reason
        """
        if date is None:
            return {
                "type": "ir.actions.act_window", "name": self.env._("Record Arrival"), "target": "new",
                "res_model": "business.shipment.arrival", "view_mode": "form",
                "context": {"default_shipment_ids": self.ids},
            }
        orders = self.order_id
        orders._begin_step(RECEIVERS)
        try:
            date = fields.Date.to_date(date)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This is no date.")) from error
        self._record_arrival(date, reason)
        return True

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id, "view_mode": "form"}

    # === BUSINESS METHODS === #

    def _record_arrival(self, date, reason=None):
        """Write the date of arrival; the caller has checked who does it.

        :param date: ``datetime.date``
        :param str reason: why a recorded date is corrected
        """
        changed = self.sudo().filtered(lambda shipment: shipment.date_arrival != date)
        reason = clean_reason(reason)
        if not date or date > fields.Date.context_today(self):
            raise UserError(self.env._("An arrival cannot lie in the future."))
        for shipment in changed:
            if date < shipment.date_dispatch:
                raise UserError(self.env._(
                    "%(shipment)s left on %(date)s; it cannot have arrived before.",
                    shipment=shipment.name, date=format_date(self.env, shipment.date_dispatch),
                ))
        if not reason and changed.filtered("date_arrival"):
            raise UserError(self.env._("Say why the recorded arrival is wrong."))
        bodies = {}
        for shipment in changed:
            text = self.env._(
                "%(shipment)s arrived on %(date)s.", shipment=shipment.name, date=format_date(self.env, date),
            ) if not shipment.date_arrival else self.env._(
                "%(shipment)s: arrival corrected from %(old)s to %(new)s. %(reason)s", shipment=shipment.name,
                old=format_date(self.env, shipment.date_arrival), new=format_date(self.env, date), reason=reason,
            )
            bodies[shipment.order_id.id] = "\n".join(filter(None, [bodies.get(shipment.order_id.id), text]))
        if changed:
            changed.write({"date_arrival": date})
            changed.order_id._tell_step(bodies)
            changed.order_id._refresh_fulfilment()


class BusinessShipmentLine(models.Model):
    """How much of a line of the order a shipment held, and how much of it came back."""

    _name = "business.shipment.line"
    _description = "Goods of Shipments"
    _inherit = ["business.engine.mixin"]
    _rec_name = "order_line_id"

    shipment_id = fields.Many2one(
        comodel_name="business.shipment", required=True, readonly=True, index=True, ondelete="cascade",
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", string="Goods", required=True, readonly=True, index=True, ondelete="cascade",
    )
    product_uom_id = fields.Many2one(related="order_line_id.product_uom_id")
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True, help="Sent, in the unit of the order.")
    quantity_returned = fields.Float(string="Returned", digits="Product Unit", readonly=True)
