# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.business_dept.tests.common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestHiddenCustomer(DossierCommon):
    """JJ-3.6.1: a delivery names its customer; who handles it goes on, who only reads does not learn of him."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.env["sale.order"].with_user(cls.sales_a).create({
            "partner_id": cls.hidden.id, "user_id": cls.sales_a.id, "company_id": cls.company.id,
            "partner_shipping_id": cls.contact.id,
            "order_line": [Command.create({"product_id": cls.product_slab.id, "product_uom_qty": 1, "price_unit": 10})],
        }).sudo(False)
        cls.order.with_user(cls.sales_a).action_confirm()
        cls.delivery = cls.order.sudo().picking_ids.sudo(False)
        cls.warehouse = new_test_user(
            cls.env, login="warehouse", name="Warehouse", groups="base.group_user,stock.group_stock_user",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )
        cls.env.flush_all()

    def test_colleague_learns_nothing(self):
        """Attack 19: no delivery and no move tells a colleague of the hidden customer; his salesperson reads both."""
        for records in (self.delivery, self.delivery.sudo().move_ids.sudo(False)):
            self.assertEqual(self.call(self.sales_a, records, "search", [("id", "in", records.ids)]), records.ids)
            self.assertFalse(self.call(self.sales_b, records, "search", [("id", "in", records.ids)]))
            with self.assertRaises(UserError):
                self.call(self.sales_b, records, "read", ["display_name"])
        self.assertFalse(self.call(self.users["customer_service"], self.delivery, "search", []))

    def test_warehouse_sends_his_goods(self):
        """The warehouse opens and validates the delivery of a customer whom it may not look up."""
        self.assertFalse(self.hidden.with_user(self.warehouse).has_access("read"))
        self.call(self.warehouse, self.delivery, "web_read", {"partner_id": {"fields": {"display_name": {}}}, "name": {}})
        self.delivery.sudo().move_ids.quantity = 1
        self.call(self.warehouse, self.delivery, "button_validate")
        self.assertEqual(self.delivery.state, "done")
