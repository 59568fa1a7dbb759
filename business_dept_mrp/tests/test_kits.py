# Part of business_dept. See LICENSE file for full copyright and licensing details.
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.business_dept.tests.common_fulfilment import FulfilmentCommon


@tagged("post_install", "-at_install")
class TestKits(FulfilmentCommon):
    """Delivered quantities of a whole order, with the kits among its products looked up once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.block, cls.kit, cls.second_kit, *cls.plain = cls.env["product.product"].create([
            {"name": name, "type": "consu", "taxes_id": False}
            for name in ("Block", "Kit", "Second Kit", *(f"Slab {number}" for number in range(8)))
        ])
        cls.env["mrp.bom"].create([
            {"product_tmpl_id": product.product_tmpl_id.id, "product_qty": 1, "type": "phantom",
             "bom_line_ids": [(0, 0, {"product_id": cls.block.id, "product_qty": 2})]}
            for product in (cls.kit, cls.second_kit)
        ])

    def test_kits_are_delivered_by_their_parts(self):
        """GF-7.3: a kit counts as delivered when its parts are, beside lines that are no kits."""
        order = self.make_confirmed((self.kit, 1, 10.0), (self.second_kit, 3, 10.0), (self.plain[0], 2, 10.0), by_hand=False)
        self.release(order)
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1.0, 3.0, 2.0])

    def test_they_are_looked_up_once(self):
        """GF-7: eight lines ask for their kits as often as two."""
        Bom = type(self.env["mrp.bom"])
        lookups = []
        for products in (self.plain[:2], self.plain):
            order = self.make_confirmed(*((product, 1, 10.0) for product in products), by_hand=False)
            with patch.object(Bom, "_bom_find_domain", autospec=True, side_effect=Bom._bom_find_domain) as find:
                order.order_line._prepare_qty_delivered()
            lookups.append(find.call_count)
        self.assertEqual(lookups, [1, 1])
