# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager, suppress
from unittest.mock import patch

from odoo import Command
from odoo.tests import Form, tagged

from .common import BusinessCommon

MOST_FOR_WRITE = 3
MOST_FOR_FORM = 13


class Undo(Exception):
    """Ends a savepoint by rolling it back."""


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

    def count(self, act):
        """Return how many statements an act and the writing of its changes take; it is rolled back.

        The act is done twice: the first time fills the registry's caches.
        """
        statements = 0
        for _time in range(2):
            with suppress(Undo), self.env.cr.savepoint():
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                act()
                self.env.flush_all()
                statements = self.env.cr.sql_log_count - before
                raise Undo
            self.env.invalidate_all(flush=False)
        return statements

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
            without = self.count(write)
        self.assertLessEqual(self.count(write) - without, MOST_FOR_WRITE)

    def test_write_on_100_orders(self):
        """RL-4.3: the lock of what is under review costs at most 3 statements for 100 orders that are not."""
        self.assertWriteCosts({"client_order_ref": "PO 4711"})

    def test_write_of_terms_on_100_orders(self):
        """JJ-4.1: what credit depends on is watched at the same price."""
        self.assertWriteCosts({"payment_term_id": self.env.ref("account.account_payment_term_30days").id})

    def test_opening_the_form(self):
        """IC-9: the form with its banner takes at most 13 statements more than the fields of Odoo."""
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
        without = self.count(lambda: order.web_read(of_odoo))
        self.assertLessEqual(self.count(lambda: order.web_read(specification)) - without, MOST_FOR_FORM)

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
            self.assertEqual(len(self.events("noted")), len(orders))

        with patch.object(type(self.env["sale.order"]), "_check_controls", counting_check):
            self.count(lambda: confirm(self.orders[:10]))
            self.count(lambda: confirm(self.orders))
        self.assertEqual(len(statements), 4, "one gate for all orders of a call")
        # ten times as many orders; a statement more or less is a cache that another test has filled or emptied
        self.assertLessEqual(statements[3], statements[1] + 2)
