# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import Form

from odoo.addons.business_dept.tests.common_fulfilment import FulfilmentCommon


class DispatchCommon(FulfilmentCommon):
    """Orders that inventory delivers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_blocks()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls.product_slab.is_storable = True
        cls.env["stock.quant"]._update_available_quantity(cls.product_slab, cls.warehouse.lot_stock_id, 100)

    @classmethod
    def set_up_blocks(cls):
        cls.env["business.control"]._get_by_code("contract.dispatch_unreleased").with_company(cls.company).mode = "block"

    def make_delivery(self, *lines, released=True, **vals):
        """An order confirmed, its delivery."""
        order = self.make_confirmed(*lines, by_hand=False, **vals)
        if released:
            self.release(order)
        return order, order.picking_ids

    def pick(self, picking, quantity=None):
        """Fill in what is done."""
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else quantity
            move.picked = True

    def validate(self, picking, user=None, backorder=True):
        """Validate with the button, and answer the question about the backorder."""
        result = self.call(user or self.clerk, picking, "button_validate")
        if isinstance(result, dict) and result.get("res_model") == "stock.backorder.confirmation":
            wizard = Form(self.env["stock.backorder.confirmation"].with_user(user or self.clerk).with_context(
                **result["context"])).save()
            (wizard.process if backorder else wizard.process_cancel_backorder)()
