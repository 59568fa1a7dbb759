# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.fields import Command


class BusinessOrderDispatch(models.TransientModel):
    """What leaves, when and by whom. The orders check it and keep it."""

    _name = "business.order.dispatch"
    _description = "Dispatch"

    order_ids = fields.Many2many(comodel_name="sale.order", string="Orders", required=True)
    date = fields.Date(string="Dispatched On", required=True, default=fields.Date.context_today)
    carrier = fields.Char()
    waybill = fields.Char(help="Waybill or tracking number.")
    note = fields.Text()
    line_ids = fields.One2many(
        comodel_name="business.order.dispatch.line", inverse_name="dispatch_id", string="Goods",
        compute="_compute_line_ids", store=True, readonly=False,
    )

    @api.depends("order_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard.order_ids._origin._get_goods_lines()
            wizard.line_ids = [Command.clear(), *(
                Command.create({"order_line_id": line.id, "quantity": line.product_uom_qty - line.qty_delivered})
                for line in lines if line.product_uom_qty > line.qty_delivered
            )]

    def action_dispatch(self):
        """Send the goods, as the current user; the orders check post, controls and what is left."""
        self.ensure_one()
        lines = self.line_ids
        lines.order_line_id.check_access("read")
        quantities = {}
        for line in lines:
            quantities[line.order_line_id] = quantities.get(line.order_line_id, 0.0) + line.quantity
        lines.order_line_id.order_id._dispatch(
            quantities, self.date, carrier=self.carrier, waybill=self.waybill, note=self.note,
        )
        return {"type": "ir.actions.act_window_close"}


class BusinessOrderDispatchLine(models.TransientModel):
    _name = "business.order.dispatch.line"
    _description = "Goods to Dispatch"

    dispatch_id = fields.Many2one(comodel_name="business.order.dispatch", required=True, ondelete="cascade")
    order_line_id = fields.Many2one(comodel_name="sale.order.line", string="Goods", required=True, ondelete="cascade")
    order_id = fields.Many2one(related="order_line_id.order_id")
    product_uom_id = fields.Many2one(related="order_line_id.product_uom_id", string="Unit")
    ordered = fields.Float(related="order_line_id.product_uom_qty", string="Ordered")
    delivered = fields.Float(related="order_line_id.qty_delivered", string="Sent Before")
    quantity = fields.Float(string="Sent Now", digits="Product Unit")
