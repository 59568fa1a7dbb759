# Part of business_dept. See LICENSE file for full copyright and licensing details.
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierDocuments(DossierCommon):
    """JJ-3.6.1: who handles the documents of a hidden customer does his work, and sees the name."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls.users["finance"]
        cls.deputy = cls.users["deputy_manager"]
        cls.order = cls.env["sale.order"].with_user(cls.sales_a).create({
            "partner_id": cls.hidden.id, "user_id": cls.sales_a.id, "company_id": cls.company.id,
            "partner_shipping_id": cls.contact.id,
            "order_line": [Command.create({"product_id": cls.product_slab.id, "product_uom_qty": 1, "price_unit": 10})],
        }).sudo(False)
        cls.env.flush_all()

    def as_user(self, user, records):
        self.env.flush_all()
        self.env.invalidate_all()
        return records.sudo(False).with_user(user)

    def open_form(self, user, records):
        """Read what the web client reads when the form is opened: all fields, sub-lists with theirs."""
        model = self.env[records._name].with_user(user)
        view = model.get_views([(False, "form"), (False, "list")])
        for kind in ("form", "list"):
            specification = _specification(model, view["views"][kind]["arch"])
            answer = self.call(user, records, "web_read", specification)
            self.assertEqual(len(answer), len(records))
        return answer

    def make_move(self):
        order = self.order.with_user(self.sales_a)
        order.action_confirm()
        return self.as_user(self.finance, order.sudo()._create_invoices())

    def test_order(self):
        """The clerk, customer service, the deputy and finance open the order."""
        for user in (self.clerk, self.users["customer_service"], self.deputy, self.users["auditor"], self.sales_a):
            with self.subTest(user=user.name):
                self.open_form(user, self.order)
                self.call(user, self.order, "web_read", {"order_line": {"fields": {"invoice_lines": {}}}, "invoice_count": {}})

    def test_following_orders_opens_no_books(self):
        """IC-8: the clerk reads orders, and not one journal entry or item."""
        self.make_move()
        for user in (self.clerk, self.users["customer_service"]):
            for model in ("account.move", "account.move.line"):
                self.assertFalse(self.call(user, self.env[model], "search", []))

    def test_deputy_handles_the_order(self):
        """The deputy manager changes a line, confirms, invoices and sends; he is not on the whitelist."""
        order = self.as_user(self.deputy, self.order)
        self.assertFalse(order.partner_id.has_access("read"))
        self.call(self.deputy, order, "web_save", {
            "order_line": [Command.update(order.order_line.id, {"product_uom_qty": 3})],
        }, {"amount_total": {}})
        self.call(self.deputy, order, "action_quotation_send")
        self.call(self.deputy, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        wizard = self.as_user(self.deputy, self.env["sale.advance.payment.inv"]).with_context(
            active_model="sale.order", active_ids=order.ids).create({"advance_payment_method": "delivered"})
        wizard.create_invoices()

    def test_finance_handles_the_invoice(self):
        """Finance opens, posts, prints, and registers the payment."""
        move = self.make_move()
        self.open_form(self.finance, move)
        self.call(self.finance, move, "action_post")
        self.open_form(self.finance, move)
        action = self.call(self.finance, move, "action_register_payment")
        with Form(self.as_user(self.finance, self.env["account.payment.register"]).with_context(**action["context"])) as form:
            wizard = form.save()
        payments = wizard._create_payments()
        self.open_form(self.finance, payments)
        self.assertEqual(payments.amount, move.amount_total)

    def test_printing(self):
        """The clerk prints the order, finance the invoice: with the address, for it goes to the customer."""
        self.hidden.sudo().street = "12 Quarry Road"
        move = self.make_move()
        self.call(self.finance, move, "action_post")
        for user, report, record in (
            (self.clerk, "sale.report_saleorder", self.order), (self.finance, "account.report_invoice", move),
        ):
            with self.subTest(report=report):
                self.env.flush_all()
                self.env.invalidate_all()
                html, _kind = self.env["ir.actions.report"].with_user(user)._render_qweb_html(report, record.ids)
                self.assertIn("12 Quarry Road", html.decode())

    def test_sending(self):
        """Finance sends the invoice."""
        move = self.make_move()
        self.call(self.finance, move, "action_post")
        action = self.call(self.finance, move, "action_send_and_print")
        wizard, context = self.env[action["res_model"]], action["context"]
        view = wizard.with_user(self.finance).get_views([(False, "form")])
        specification = _specification(wizard, view["views"]["form"]["arch"])
        values = self.call(self.finance, wizard, "onchange", {}, [], specification, context=context)["value"]
        self.assertEqual([command[1] for command in values["mail_partner_ids"]], self.hidden.ids)
        values = {
            name: value["id"] if isinstance(value, dict) and "display_name" in value else value
            for name, value in values.items()
        }
        values["mail_partner_ids"] = [Command.link(command[1]) for command in values["mail_partner_ids"]]
        names = {"mail_partner_ids": {"fields": {"display_name": {}}}}
        made = self.call(self.finance, wizard, "web_save", values, names, context=context)
        wizard = wizard.browse(made[0]["id"])
        # attack 19: the form of one thing is no way to another
        answer = self.call(self.finance, wizard, "web_read", {"mail_partner_ids": {"fields": {"phone": {}}}})
        self.assertNotIn("5550001", repr(answer))
        with self.assertRaises(AccessError):
            self.call(self.finance, wizard, "web_read", {"move_id": {"fields": {"partner_id": {"fields": {"vat": {}}}}}})
        self.call(self.finance, wizard, "action_send_and_print")
        self.assertTrue(move.is_move_sent)
        sent = self.env["mail.message"].sudo().search([
            ("model", "=", "account.move"), ("res_id", "=", move.id), ("partner_ids", "in", self.hidden.ids),
        ])
        self.assertTrue(sent, "the customer gets his invoice")
        self.assertTrue(move.is_move_sent)


def _specification(model, arch):
    """What the web client asks for when it shows a view."""
    root = etree.fromstring(arch) if isinstance(arch, str) else arch
    specification = {}
    for node in root.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        field = model._fields[node.get("name")]
        if field.type == "many2one":
            specification[field.name] = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            inner = node.find("list")
            comodel = model.env[field.comodel_name]
            specification[field.name] = {"fields": _specification(comodel, inner) if inner is not None else {}}
        else:
            specification[field.name] = {}
    return specification
