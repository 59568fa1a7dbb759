# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.business_dept.tests.common_dossier import DossierCommon
from odoo.addons.business_dept.tests.test_dossier_documents import _specification


@tagged("post_install", "-at_install")
class TestHidden(DossierCommon):
    """Deliveries of hidden customers are handled, and give them away to nobody."""

    def test_clerk_delivers_to_a_hidden_customer(self):
        """JJ-3.6.3, GF-7.3: the clerk opens and validates the delivery of a customer whom he may not see."""
        order = self.make_order(partner_id=self.hidden.id)
        self.call(self.sales_a, order, "action_confirm")
        self.call(self.clerk, order, "action_release_production")
        picking = order.picking_ids
        self.assertFalse(self.hidden.with_user(self.clerk).has_access("read"))
        model = self.env["stock.picking"].with_user(self.clerk)
        for kind in ("form", "list"):
            view = model.get_views([(False, kind)])
            self.call(self.clerk, picking, "web_read", _specification(model, view["views"][kind]["arch"]))
        self.call(self.clerk, picking, "button_validate")
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.shipment_ids.amount, order.amount_total)
        model = self.env["business.shipment"].with_user(self.clerk)
        for kind in ("form", "list"):
            view = model.get_views([(False, kind)])
            self.call(self.clerk, order.shipment_ids, "web_read", _specification(model, view["views"][kind]["arch"]))
        self.assertFalse(self.call(self.clerk, self.env["business.shipment"], "search", [("partner_id.phone", "!=", False)]))

    def test_board_of_hidden_customers(self):
        """JJ-3.6.3: the board shows the clerk the order of a hidden customer, without an error."""
        order = self.make_order(partner_id=self.hidden.id)
        self.call(self.sales_a, order, "action_confirm")
        view = self.env.ref("business_dept.sale_order_view_kanban_follow_up")
        model = self.env["sale.order"].with_user(self.clerk)
        arch = model.get_views([(view.id, "kanban")])["views"]["kanban"]["arch"]
        row, = self.call(self.clerk, order, "web_read", _specification(model, arch))
        self.assertEqual(row["follow_stage"], "release", "without a grade no deposit is asked")
        groups = model.with_context(read_group_expand=True).web_read_group(
            [("id", "in", order.ids)], ["follow_stage"], ["__count"])["groups"]
        self.assertEqual(len(groups), 8, "every stage is a column")
