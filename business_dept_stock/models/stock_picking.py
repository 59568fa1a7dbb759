# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    shipment_ids = fields.One2many(
        comodel_name="business.shipment", inverse_name="picking_id", string="Shipments", readonly=True, copy=False,
        groups="base.group_user",
    )
    date_arrival = fields.Date(
        string="Arrived On", compute="_compute_date_arrival", compute_sudo=True, inverse="_inverse_date_arrival", copy=False,
        help="When the goods arrived at the customer's: recorded by the clerk or customer service, or by the carrier's "
             "connector.",
    )
    dispatch_banner = fields.Html(
        compute="_compute_dispatch_banner", compute_sudo=True, sanitize=False, groups="base.group_user",
    )
    can_record_arrival = fields.Boolean(compute="_compute_can_record_arrival", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("shipment_ids.date_arrival")
    def _compute_date_arrival(self):
        for picking in self:
            dates = picking.shipment_ids.mapped("date_arrival")
            picking.date_arrival = max(dates) if dates and all(dates) else False

    def _inverse_date_arrival(self):
        """The carrier's date, or the clerk's: shipments check who records it, and keep it."""
        for date, pickings in self.filtered("date_arrival").grouped("date_arrival").items():
            pickings.sudo().shipment_ids.filtered(lambda shipment: not shipment.date_arrival).sudo(
                self.env.su).action_record_arrival(date)

    @api.depends_context("uid", "lang")
    @api.depends("state", "sale_id.date_released", "sale_id.approval_ids.state", "sale_id.is_deposit_received")
    def _compute_dispatch_banner(self):
        waiting = self.filtered(lambda picking: picking.state not in ("done", "cancel"))
        orders = {picking: picking.move_ids._get_delivered_orders() for picking in waiting}
        findings = self.env["sale.order"].union(*orders.values())._find_breaches("dispatch")
        for picking in self:
            picking.dispatch_banner = orders[picking]._render_holding(findings) if picking in orders else False

    @api.depends_context("uid")
    @api.depends("shipment_ids.date_arrival")
    def _compute_can_record_arrival(self):
        for picking in self:
            shipments = picking.shipment_ids
            picking.can_record_arrival = bool(shipments) and not all(
                shipment.date_arrival for shipment in shipments) and shipments[0].can_record_arrival

    # === ACTION METHODS === #

    def button_validate(self):
        """EXTENDS 'stock': say at once what may not leave, before the questions about backorders."""
        obstructed = self.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).move_ids._get_delivered_orders()._get_obstructed("dispatch")
        if obstructed:
            obstructed._check_controls("dispatch")
        return super().button_validate()

    def action_record_arrival(self):
        """Ask when the goods of these deliveries arrived."""
        self.check_access("read")
        travelling = self.shipment_ids.filtered(lambda shipment: not shipment.date_arrival)
        return travelling.action_record_arrival()

    # === BUSINESS METHODS === #

    def _prepare_shipment_values(self):
        """What a shipment takes over from its delivery."""
        if not self:
            return {}
        values = {"picking_id": self.id}
        if "carrier_id" in self._fields:  # addon stock_delivery
            values.update(carrier=self.carrier_id.name, waybill=self.carrier_tracking_ref)
        return values
