# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common_fulfilment import FulfilmentCommon


@tagged("post_install", "-at_install")
class TestProduction(FulfilmentCommon):
    """Manufacturing orders of an unreleased order wait; what happens to them happens to their order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in ("contract.production_unreleased", "contract.dispatch_unreleased"):
            cls.env["business.control"]._get_by_code(code).with_company(cls.company).mode = "block"
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        routes = cls.warehouse.manufacture_pull_id.route_id + cls.warehouse.mto_pull_id.route_id
        cls.warehouse.mto_pull_id.route_id.active = True
        cls.foreman = new_test_user(
            cls.env, login="test_foreman", name="Foreman", groups="base.group_user,mrp.group_mrp_user,stock.group_stock_user",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )
        cls.block, cls.part, cls.top, cls.kit = cls.env["product.product"].create([
            {"name": "Block", "is_storable": True},
            {"name": "Part", "is_storable": True, "route_ids": [Command.set(routes.ids)]},
            {"name": "Worktop", "is_storable": True, "route_ids": [Command.set(routes.ids)], "taxes_id": False,
             "list_price": 200.0},
            {"name": "Kitchen Set", "type": "consu", "taxes_id": False, "list_price": 500.0},
        ])
        workcenter = cls.env["mrp.workcenter"].create({"name": "Saw"})
        cls.env["mrp.bom"].create([
            {"product_tmpl_id": cls.part.product_tmpl_id.id, "product_qty": 1,
             "bom_line_ids": [Command.create({"product_id": cls.block.id, "product_qty": 2})]},
            {"product_tmpl_id": cls.top.product_tmpl_id.id, "product_qty": 1,
             "bom_line_ids": [Command.create({"product_id": cls.part.id, "product_qty": 1})],
             "operation_ids": [Command.create({"name": "Cut", "workcenter_id": workcenter.id})]},
            {"product_tmpl_id": cls.kit.product_tmpl_id.id, "product_qty": 1, "type": "phantom",
             "bom_line_ids": [Command.create({"product_id": cls.block.id, "product_qty": 1}),
                              Command.create({"product_id": cls.product_slab.id, "product_qty": 2})]},
        ])
        cls.env["stock.quant"]._update_available_quantity(cls.block, cls.warehouse.lot_stock_id, 100)

    def make_production(self, released=False):
        """An order for two worktops, the manufacturing order of it, and that of its parts."""
        order = self.make_confirmed((self.top, 2, 200.0), by_hand=False)
        if released:
            self.release(order)
        productions = self.env["mrp.production"].search([("reference_ids.sale_ids", "in", order.ids)])
        top = productions.filtered(lambda production: production.product_id == self.top)
        part = (productions | top._get_children()).filtered(lambda production: production.product_id == self.part)
        self.assertEqual((len(top), len(part)), (1, 1))
        return order, top, part

    def assertWaits(self, act, production):
        state = production.state
        with self.assertRaises(ControlError) as caught:
            act()
            self.env.flush_all()
        self.assertIn("JJ-1.3.3", str(caught.exception))
        self.assertTrue(self.take_refusals("contract.production_unreleased"))
        self.env.invalidate_all(flush=False)
        self.assertEqual(production.state, state)

    def test_every_door_waits(self):
        """JJ-1.3.3, attack 7: nothing is started, produced, consumed, timed or marked as done before the release."""
        order, top, part = self.make_production()
        self.assertEqual(top.state, "confirmed", "made and confirmed it may be")
        self.call(self.foreman, top, "button_plan")
        workorder = top.workorder_ids
        for production in (top, part):
            for method in ("action_start", "button_mark_done"):
                self.assertWaits(lambda p=production, m=method: self.call(self.foreman, p, m), production)
            for vals in ({"state": "progress"}, {"state": "done"}, {"qty_producing": 1.0},
                         {"move_raw_ids": [Command.update(production.move_raw_ids.id, {"picked": True})]}):
                self.assertWaits(lambda p=production, v=vals: self.call(self.foreman, p, "write", v), production)
            self.assertWaits(lambda p=production: self.call(
                self.foreman, p.move_raw_ids, "write", {"picked": True}), production)
            self.assertWaits(lambda p=production: p.move_raw_ids.with_user(self.foreman).write({"state": "done"}), production)
            self.assertWaits(lambda p=production: p.with_user(self.foreman)._post_inventory(), production)
        for method in ("button_start", "button_finish", "action_mark_as_done"):
            self.assertWaits(lambda m=method: self.call(self.foreman, workorder, m), top)
        for vals in ({"state": "progress"}, {"qty_produced": 1.0}):
            self.assertWaits(lambda v=vals: self.call(self.foreman, workorder, "write", v), top)
        self.assertWaits(lambda: self.call(self.foreman, top, "write", {
            "workorder_ids": [Command.update(workorder.id, {"state": "done"})],
        }), top)
        self.assertWaits(lambda: self.call(self.foreman, self.env["mrp.workcenter.productivity"], "create", [{
            "workcenter_id": workorder.workcenter_id.id, "workorder_id": workorder.id,
            "loss_id": self.env["mrp.workcenter.productivity.loss"].search([], limit=1).id,
        }]), top)
        for passage in (True, [top.id], {"production_ids": [top.id]}):
            self.assertWaits(lambda p=passage: top.with_user(self.foreman).with_context(
                business_production_passed=p).action_start(), top)
        self.assertFalse(order.date_production_start)

    def test_taking_work_out_of_its_order(self):
        """attack 5: a manufacturing order is not cut off from the order that holds it."""
        _order, top, part = self.make_production()
        with self.assertRaises(ControlError):
            self.call(self.foreman, top, "write", {"reference_ids": [Command.clear()], "sale_line_id": False})
        self.assertTrue(self.take_refusals("approval.forgery"))
        self.env.invalidate_all(flush=False)
        self.call(self.foreman, part, "write", {"reference_ids": [Command.clear()]})
        self.assertWaits(lambda: self.call(self.foreman, part, "button_mark_done"), part)

    def test_banner_and_filter(self):
        """IC-9: the manufacturing order says what it waits for, and whom to ask."""
        order, top, part = self.make_production()
        for production in (top, part):
            self.assertIn("JJ-1.3.3", production.with_user(self.foreman).release_banner)
        found = self.env["mrp.production"].with_user(self.foreman).search([
            ("state", "not in", ("done", "cancel")), ("reference_ids.sale_ids", "any", [("date_released", "=", False)]),
        ])
        self.assertIn(top, found)
        self.release(order)
        self.assertFalse(top.with_user(self.foreman).release_banner)

    def test_from_start_to_ready(self):
        """GF-7.3: the first work begins the production of the order; it is ready when all is made, and then delivered."""
        order, top, part = self.make_production(released=True)
        self.assertEqual(order.follow_stage, "production")
        self.call(self.foreman, part, "button_mark_done")
        self.assertTrue(order.date_production_start)
        self.assertFalse(order.date_ready)
        top.action_assign()
        self.call(self.foreman, top.workorder_ids, "button_start")
        self.assertEqual(top.state, "progress")
        self.call(self.foreman, top.workorder_ids, "button_finish")
        self.call(self.foreman, top, "button_mark_done")
        self.assertEqual(top.state, "done")
        self.assertTrue(order.date_ready)
        self.assertEqual(order.follow_stage, "ready")
        self.call(self.clerk, order.picking_ids, "button_validate")
        self.assertEqual(order.shipment_ids.amount, 400.0)

    def test_noted_once(self):
        """IC-11: where the company only takes note, one act is noted once, and the order goes into production."""
        self.set_mode("contract.production_unreleased", "notify")
        order, _top, part = self.make_production()
        self.call(self.foreman, part, "button_mark_done")
        control = self.env["business.control"]._get_by_code("contract.production_unreleased")
        self.assertEqual(len(self.events("noted", order).filtered(lambda event: event.control_id == control)), 1)
        self.assertEqual(order.follow_stage, "production")

    def test_production_for_stock(self):
        """JJ-1.3.3: what is made for nobody in particular waits for nobody."""
        production = self.env["mrp.production"].with_user(self.foreman).create({
            "product_id": self.part.id, "product_qty": 1, "company_id": self.company.id,
        })
        production.action_confirm()
        self.call(self.foreman, production, "button_mark_done")
        self.assertEqual(production.state, "done")

    def test_kit(self):
        """JJ-1.3.4: a kit waits as one, and is sent when its parts are; the shipment is worth what the kit costs."""
        self.product_slab.is_storable = True
        self.env["stock.quant"]._update_available_quantity(self.product_slab, self.warehouse.lot_stock_id, 100)
        order = self.make_confirmed((self.kit, 2, 500.0), by_hand=False)
        picking = order.picking_ids
        with self.assertRaises(ControlError):
            self.call(self.clerk, picking, "button_validate")
        self.take_refusals()
        self.release(order)
        picking.action_assign()
        self.call(self.clerk, picking, "button_validate")
        self.assertEqual(order.order_line.qty_delivered, 2.0)
        self.assertEqual(order.shipment_ids.line_ids.quantity, 2.0)
        self.assertEqual(order.shipment_ids.amount, 1000.0)
        self.assertEqual(order.shipment_ids.date_dispatch, fields.Date.today())
