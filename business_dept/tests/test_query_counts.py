# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common import BusinessCommon

MOST_FOR_WRITE = 3
MOST_FOR_FORM = 16


@tagged("post_install", "-at_install")
class TestQueryCounts(BusinessCommon):
    """What the guards cost in SQL statements, beside the same act without them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env["res.partner"].create([
            {"name": f"Customer {number}", "is_company": True} for number in range(100)
        ])
        cls.orders = cls.env["sale.order"].with_user(cls.salesperson).create([
            {
                "partner_id": customer.id,
                "user_id": cls.salesperson.id,
                "company_id": cls.company.id,
                "order_line": [Command.create({
                    "product_id": cls.product_slab.id, "product_uom_qty": 1, "price_unit": 1000.0, "tax_ids": False,
                })],
            }
            for customer in cls.customers
        ])

    @contextmanager
    def without_guards(self):
        """Let orders be written as if they had no guard at all."""

        @contextmanager
        def unguarded(records, *args):
            yield

        cls = type(self.env["sale.order"])
        with (
            patch.object(cls, "_guarding_content", unguarded),
            patch.object(cls, "_guarding_increase", unguarded),
            patch.object(cls, "_after_order_change", lambda records, vals: None),
        ):
            yield

    def assertWriteCosts(self, vals):
        def write():
            self.orders.write(vals)

        with self.without_guards():
            without = self.count_undone(write)
        self.assertLessEqual(self.count_undone(write) - without, MOST_FOR_WRITE)

    def test_write_on_100_orders(self):
        """RL-4.3: the lock of what is under review costs at most 3 statements for 100 orders that are not."""
        self.assertWriteCosts({"client_order_ref": "PO 4711"})

    def test_write_of_terms_on_100_orders(self):
        """JJ-4.1: what credit depends on is watched at the same price."""
        self.assertWriteCosts({"payment_term_id": self.env.ref("account.account_payment_term_30days").id})

    def test_opening_the_form(self):
        """IC-9: the form with its banner takes at most 16 statements more than the fields of Odoo.

        The price list alone takes 8 of them here, where the product belongs to no company and the order is of one with
        another currency; the others are of banner and review, of the plan and the hold list.
        """
        self.set_grade("C", limit=100.0)
        self.make_invoice(500.0, due="2024-01-01")
        order = self.make_order(1000.0).with_user(self.salesperson)
        specification = Form(order)._view["fields_spec"]
        of_odoo = {name: spec for name, spec in specification.items()
                   if set(order._fields[name]._modules) != {"business_dept"}}
        self.assertIn("control_banner", specification.keys() - of_odoo.keys())
        values = order.web_read(specification)[0]
        self.assertIn("JJ-4.2", values["control_banner"])
        self.assertIn("RG-3.8", values["control_banner"])
        without = self.count_undone(lambda: order.web_read(of_odoo))
        self.assertLessEqual(self.count_undone(lambda: order.web_read(specification)) - without, MOST_FOR_FORM)

    def test_the_route_is_asked_for_once(self):
        """IC-9: however many rules an order breaks, the banner and the refusal ask once who may approve."""
        self.set_mode("credit.limit", "approve")
        self.set_mode("credit.overdue", "approve")
        self.set_grade("C", limit=100.0)
        self.make_invoice(500.0, due="2024-01-01")
        order = self.make_order(1000.0).with_user(self.salesperson)
        rule_model = type(self.env["business.approval.rule"])
        with patch.object(rule_model, "_get_route", autospec=True, side_effect=rule_model._get_route) as get_route:
            self.assertEqual(order.control_banner.count(self.manager.name), 2, "each breach says who may approve")
            self.assertEqual(get_route.call_count, 1)
            with self.assertRaises(ControlError) as caught:
                order.action_confirm()
            self.assertEqual(str(caught.exception).count(self.manager.name), 2)
            self.assertEqual(get_route.call_count, 2)

    def test_confirming_10_or_100_orders(self):
        """JJ-4.2: the gate takes as many statements for 100 orders of 100 customers as for 10, breaches noted."""
        self.set_mode("credit.unrated", "notify")
        statements = []
        check = type(self.env["sale.order"])._check_controls

        def counting_check(orders, moment):
            before = orders.env.cr.sql_log_count
            check(orders, moment)
            orders.env.flush_all()
            statements.append(orders.env.cr.sql_log_count - before)

        def confirm(orders):
            orders.action_confirm()
            noted = self.events("noted").filtered(lambda event: event.control_id.code == "credit.unrated")
            self.assertEqual(len(noted), len(orders))

        with patch.object(type(self.env["sale.order"]), "_check_controls", counting_check):
            self.count_undone(lambda: confirm(self.orders[:10]))
            self.count_undone(lambda: confirm(self.orders))
        self.assertEqual(len(statements), 4, "one gate for all orders of a call")
        # ten times as many orders; a statement more or less is a cache that another test has filled or emptied
        self.assertLessEqual(statements[3], statements[1] + 2)


@tagged("post_install", "-at_install")
class TestGateCounts(BusinessCommon):
    """However many orders and lines: what the controls, the plan, the board and the lists take in SQL statements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        controls = cls.env["business.control"].sudo().with_company(cls.company)
        controls.search([("is_fixed", "=", False)]).write({"mode": "approve"})
        cls.customers = cls.env["res.partner"].create([
            {"name": f"Customer {number}", "is_company": True} for number in range(115)
        ])
        profiles = cls.env["business.credit.profile"]._get_or_create(cls.customers, cls.company)
        profiles._apply_grade(cls.grades["A"])
        cls.env["business.dossier"].sudo().with_company(cls.company)._get_or_create(cls.customers)

    def make_quoted(self, customers, count=1):
        """Quotations that were sent, at the prices of the price list, and break nothing."""
        orders = self.env["sale.order"].with_user(self.salesperson).create([
            {
                "partner_id": customer.id,
                "user_id": self.salesperson.id,
                "company_id": self.company.id,
                "prepayment_percent": 1.0,  # one instalment: Odoo inserts so many rows at a time
                "order_line": [
                    Command.create({"product_id": self.product_slab.id, "product_uom_qty": 1, "tax_ids": False})
                    for _number in range(count)
                ],
            }
            for customer in customers
        ])
        orders.action_quotation_sent()
        self.assertTrue(all(order.quote_baseline_id for order in orders))
        return orders

    def count_confirmation(self, orders):
        """The statements of the write that confirms orders: the gate, the dossier, the plan. Inventory comes after it."""
        statements = self.count_statements(lambda: orders.write({"state": "sale"}))
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertEqual(len(orders.instalment_ids), len(orders))
        self.assertFalse(self.events(record=orders[:1]), "nothing is broken")
        return statements

    def test_10_or_100_orders(self):
        """JJ-1.2.3, JJ-2.1.8, JJ-4.2: with all controls on, 100 orders of 100 customers cost the statements of 10."""
        orders = self.make_quoted(self.customers)
        self.count_confirmation(orders[:5])  # fills the caches of the registry
        few = self.count_confirmation(orders[5:15])
        self.assertLessEqual(self.count_confirmation(orders[15:]), few)

    def test_10_or_200_lines(self):
        """JJ-1.2.3, JJ-2.1.8: with all controls on, an order of 200 lines costs the statements of one of 10."""
        def count_own(customer, count):
            with_controls, without = (self.make_quoted(customer, count) for _time in range(2))
            with (
                patch.object(type(without), "_check_controls", lambda orders, moment: None),
                patch.object(type(without), "_refresh_collection", lambda orders: None),
            ):
                plain = self.count_statements(lambda: without.write({"state": "sale"}))
            return self.count_confirmation(with_controls) - plain

        _warm, few, many = (
            count_own(customer, count) for customer, count in zip(self.customers, (5, 10, 200), strict=False)
        )
        self.assertGreater(few, 0)
        self.assertLessEqual(many, few)

    def test_settings_are_asked_for_once(self):
        """IC-10: modes and thresholds are cached, and a change acts at once."""
        order = self.make_quoted(self.customers[:1])
        control = self.set_mode("contract.major", "approve", threshold=10.0)
        self.assertIn("Major contract", order.control_banner)
        self.assertEqual(self.count_statements(lambda: control._get_threshold(self.company)), 0)
        self.set_mode("contract.major", "approve", threshold=10000.0)
        order.invalidate_recordset()
        self.assertNotIn("Major contract", order.control_banner or "")
        self.set_mode("contract.major", "off", threshold=10.0)
        order.invalidate_recordset()
        self.assertNotIn("Major contract", order.control_banner or "")

    def open(self, view, domain):
        """Read the records of a view as the web client does, and return how many statements that takes."""
        view = self.env.ref(f"business_dept.{view}")
        model = self.env[view.model].with_user(self.users["deputy_manager"])
        names = model.get_view(view.id, view.type)["models"][view.model]
        specification = {
            name: {"fields": {"display_name": {}}} if model._fields[name].relational else {}
            for name in names if name != "id"
        }

        def read():
            self.found = len(model.web_search_read(domain, specification)["records"])

        self.count_statements(read)
        return self.count_statements(read)

    def assertOpensAlike(self, view, field):
        """Records of 24 orders cost as many statements as those of 4."""
        orders = self.make_quoted(self.customers[:24])
        orders.write({"state": "sale"})
        few = self.open(view, [(field, "in", orders[:4].ids)])
        shown = self.found
        many = self.open(view, [(field, "in", orders.ids)])
        self.assertGreaterEqual(self.found, shown * 6)
        self.assertLessEqual(many, few)

    def test_opening_the_board(self):
        """GF-6.6: the board with what blocks each order."""
        self.assertOpensAlike("sale_order_view_kanban_follow_up", "id")

    def test_opening_the_instalments(self):
        """JJ-1.3.4: the list of what is to be paid."""
        self.assertOpensAlike("business_payment_instalment_view_list", "order_id")
