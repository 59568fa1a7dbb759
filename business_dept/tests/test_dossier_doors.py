# Part of business_dept. See LICENSE file for full copyright and licensing details.
import contextlib

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierDoors(DossierCommon):
    """Attack 19: every door by which B could learn of A's hidden customer, as JSON-RPC opens it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].sudo(False)
        cls.both = cls.hidden + cls.contact
        cls.names = ("Quartz", "Zhang Secret", "5550001", "5550002", "QH-0001", "quartz@", "zhang@")
        cls.hidden.sudo().message_post(body="Pays in cash", author_id=cls.sales_a.partner_id.id)
        cls.attachment = cls.env["ir.attachment"].sudo().create({
            "name": "licence.pdf", "raw": b"licence", "res_model": "res.partner", "res_id": cls.hidden.id,
        })
        cls.activity = cls.hidden.sudo().activity_schedule(
            "mail.mail_activity_data_todo", summary="Call", user_id=cls.sales_a.id,
        )
        cls.order = cls.env["sale.order"].with_user(cls.sales_a).create({
            "partner_id": cls.hidden.id, "user_id": cls.sales_a.id, "company_id": cls.company.id,
            "order_line": [Command.create({"product_id": cls.product_slab.id, "product_uom_qty": 1, "price_unit": 10})],
        })
        cls.bank = cls.env["res.partner.bank"].sudo().create({
            "acc_number": "621700001", "partner_id": cls.hidden.id, "allow_out_payment": False,
        })
        cls.portal = cls.env["res.users"].sudo().with_context(no_reset_password=True).create({
            "name": "Li Portal", "login": "li_portal", "email": "li@example.com",
            "partner_id": cls.env["res.partner"].sudo().create({"name": "Li Portal", "parent_id": cls.hidden.id}).id,
            "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            "company_id": cls.company.id, "company_ids": [Command.set(cls.company.ids)],
        })
        cls.env["business.credit.profile"].sudo()._get_or_create(cls.hidden.sudo(), cls.company)

    def b(self, records, method, *args, **kwargs):
        return self.call(self.sales_b, records.sudo(False), method, *args, **kwargs)

    def tells(self, answer):
        """What of the hidden customer an answer tells."""
        text = repr(answer)
        return [name for name in self.names if name in text]

    def silent(self, records, method, *args, **kwargs):
        """The call answers, and tells nothing; for A it does tell, so the question is not beside the point."""
        for_a = kwargs.pop("for_a", True)
        self.assertFalse(self.tells(self.b(records, method, *args, **kwargs)), method)
        if for_a:
            self.assertTrue(self.tells(self.call(self.sales_a, records.sudo(False), method, *args, **kwargs)), method)

    def refused(self, records, method, *args, **kwargs):
        with self.assertRaises(UserError) as caught:
            self.b(records, method, *args, **kwargs)
            self.env.flush_all()
        self.assertFalse(self.tells(str(caught.exception)), caught.exception)
        self.env.invalidate_all()

    def test_search(self):
        """JJ-3.6.1: no search by name, phone, tax number, e-mail, reference, parent or path finds him."""
        for field, value in (
            ("name", "Quartz"), ("complete_name", "Zhang"), ("phone", "5550001"), ("vat", "QH-0001"),
            ("email", "quartz"), ("display_name", "Quartz"), ("parent_id.name", "Quartz"), ("child_ids.name", "Zhang"),
            ("commercial_partner_id.name", "Quartz"), ("phone_mobile_search", "5550001"),
        ):
            if field.split(".")[0] not in self.partners._fields:
                continue
            with self.subTest(field=field):
                self.silent(self.partners, "search_read", [(field, "ilike", value)], ["name", "phone", "vat", "email"])
                self.assertEqual(self.b(self.partners, "search_count", [(field, "ilike", value)]), 0)
        for domain in (
            [("id", "child_of", self.hidden.id)], [("id", "parent_of", self.contact.id)], [("id", "=", self.hidden.id)],
            ["|", ("active", "=", False), ("id", "in", self.both.ids)],
        ):
            self.assertFalse(set(self.b(self.partners, "search", domain)) & set(self.both.ids), domain)

    def test_web_client(self):
        """JJ-3.6.1: list, form, groups and completion of the web client."""
        specification = {"display_name": {}, "phone": {}, "child_ids": {"fields": {"name": {}}}}
        self.silent(self.partners, "web_search_read", [("name", "ilike", "Quartz")], specification)
        self.silent(self.partners, "name_search", "Quartz")
        self.silent(self.partners, "web_name_search", "Quartz", specification={"display_name": {}, "phone": {}})
        self.refused(self.both, "web_read", specification)
        self.refused(self.hidden, "read", ["display_name"])
        self.refused(self.hidden, "read", [])
        for group in ("name", "user_id", "parent_id", "vat", "city", "phone"):
            with self.subTest(group=group):
                answer = self.b(self.partners, "formatted_read_group", [("id", "in", self.both.ids)], [group], ["__count"])
                self.assertFalse(answer)
                answer = self.b(
                    self.partners, "web_read_group", [("id", "in", self.both.ids)], [group], ["__count"],
                )
                self.assertFalse(answer["length"])
        self.silent(self.hidden, "get_formview_action", for_a=False)

    def test_relations(self):
        """JJ-3.6.1: no other record leads to him."""
        tag = self.env["res.partner.category"].sudo().create({"name": "Stone", "partner_ids": [(6, 0, self.both.ids)]})
        self.assertFalse(self.b(tag, "read", ["partner_ids"])[0]["partner_ids"])
        self.assertFalse(self.b(self.env["res.users"], "search", [("id", "=", self.portal.id)]))
        self.assertFalse(self.b(self.env["res.users"], "name_search", "Li Portal"))
        self.refused(self.portal, "read", ["name"])
        for domain in ([("partner_id", "=", self.hidden.id)], [("partner_id.name", "ilike", "Quartz")],
                       [("acc_number", "=", "621700001")]):
            self.assertFalse(self.b(self.env["res.partner.bank"], "search_read", domain, ["acc_number", "partner_id"]))
        self.assertFalse(self.b(self.env["sale.order"], "search", [("partner_id", "in", self.both.ids)]))
        for model in ("business.credit.profile", "business.dossier"):
            self.silent(self.env[model], "search_read", [("partner_id", "in", self.both.ids)], ["partner_id", "display_name"])
        self.assertFalse(self.b(self.sales_a, "read", ["name"])[0].get("partner_ids"))

    def test_chatter(self):
        """JJ-3.6.1: no message, note, activity, attachment or follower of his; nobody follows him by himself."""
        target = [("model", "=", "res.partner"), ("res_id", "=", self.hidden.id)]
        self.assertTrue(self.call(self.sales_a, self.env["mail.message"], "search", target))
        self.assertFalse(self.b(self.env["mail.message"], "search", target))
        self.assertFalse(self.b(self.env["mail.message"], "search_read", [("body", "ilike", "Pays in cash")], ["body"]))
        target = [("res_model", "=", "res.partner"), ("res_id", "=", self.hidden.id)]
        self.assertTrue(self.call(self.sales_a, self.env["mail.activity"], "search", target))
        self.assertFalse(self.b(self.env["mail.activity"], "search", target))
        self.assertTrue(self.call(self.sales_a, self.env["ir.attachment"], "search", target))
        self.assertFalse(self.b(self.env["ir.attachment"], "search", target))
        self.refused(self.attachment, "read", ["name", "raw"])
        self.refused(self.activity, "read", ["summary"])
        self.assertFalse(self.b(self.hidden, "message_subscribe", self.sales_b.partner_id.ids))
        self.refused(self.hidden, "message_subscribe", self.clerk.partner_id.ids)
        self.refused(self.hidden, "message_post", body="hello")
        self.refused(self.hidden, "activity_schedule", "mail.mail_activity_data_todo")
        self.assertNotIn(self.sales_b.partner_id, self.hidden.sudo().message_partner_ids)

    def test_every_model(self):
        """Attack 19: no field of any record of any model that B may read tells him of the hidden customer."""
        self.order.sudo().message_subscribe(self.hidden.ids)
        self.order.sudo().message_post(body="Offer", partner_ids=self.both.ids)
        self.set_mode("credit.unrated", "approve")
        self.call(self.sales_a, self.order, "action_approval_submit")
        invoice = self.make_invoice(500.0, partner=self.hidden)
        self.pay(invoice)
        if "calendar.event" in self.env:
            self.env["calendar.event"].with_user(self.sales_a).create({
                "name": "Visit", "start": "2026-01-01 10:00:00", "stop": "2026-01-01 11:00:00",
                "partner_ids": [Command.set((self.both + self.sales_a.partner_id).ids)],
            })
        leaks, read = [], 0
        for name in sorted(self.env.registry):
            model = self.env[name].with_user(self.sales_b)
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            fields = [
                field.name for field in model._fields.values()
                if field.type in ("char", "text", "html", "many2one", "many2one_reference", "reference", "many2many")
                and (field.store or field.name == "display_name") and model._has_field_access(field, "read")
            ]
            for field in fields:
                with contextlib.suppress(AccessError):  # of another model that the field leads to
                    answer = self.b(model, "search_read", [], [field], limit=5000)
                    read += bool(answer)
                    leaks += [f"{name}.{field}: {self.tells(row)}" for row in answer if self.tells(row)]
        self.assertGreater(read, 300)
        self.assertFalse(leaks)

    def test_change(self):
        """JJ-3.6.1: nobody writes, deletes, copies, archives or merges what he may not see."""
        self.refused(self.hidden, "write", {"comment": "x"})
        self.refused(self.hidden, "web_save", {"comment": "x"}, {"name": {}})
        self.refused(self.hidden, "unlink")
        self.refused(self.hidden, "copy")
        self.refused(self.hidden, "action_archive")
        self.refused(self.partners, "create", [{"name": "Mine", "parent_id": self.hidden.id}])
        self.refused(self.open, "write", {"parent_id": self.hidden.id})
        self.refused(self.open, "write", {"child_ids": [Command.link(self.contact.id)]})
        answer = self.b(self.partners, "load", [".id", "name"], [[str(self.hidden.id), "Mine"]])
        self.assertFalse(answer["ids"])
        self.assertFalse(self.tells(answer))

    def test_merge(self):
        """JJ-3.6.1: the merge wizard takes no hidden customer into one of B's."""
        mine = self.b(self.partners, "create", [{"name": "Mine", "email": "quartz@example.com"}])
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self.refused(wizard, "create", [{
            "partner_ids": [Command.set(mine + self.hidden.ids)], "dst_partner_id": mine[0], "state": "selection",
        }])
        automatic = wizard.browse(self.b(wizard, "create", [{"group_by_email": True}]))
        self.b(automatic, "action_start_manual_process")
        self.assertFalse(set(self.hidden.ids) & set(automatic.sudo().partner_ids.ids))
        self.assertTrue(self.hidden.sudo().exists())
        with self.assertRaises(UserError):
            wizard.with_user(self.sales_b)._merge(mine + self.hidden.ids, self.partners.browse(mine))
        self.assertTrue(self.hidden.sudo().exists())

    def test_naming_him_in_a_record(self):
        """Attack 19: display names are read in sudo, so B must not put the id of a hidden customer into a record of his."""
        vals = {"partner_id": self.open.id, "user_id": self.sales_b.id}
        mine = self.b(self.env["sale.order"], "create", [vals])
        for name in ("partner_id", "partner_invoice_id", "partner_shipping_id"):
            self.refused(self.env["sale.order"], "create", [{**vals, name: self.hidden.id}])
            self.refused(self.env["sale.order"].browse(mine), "write", {name: self.hidden.id})
            shown = {name: {"fields": {"display_name": {}}}}
            self.refused(self.env["sale.order"].browse(mine), "web_save", {name: self.contact.id}, shown)
        event = {"name": "x", "start": "2026-01-01 10:00:00", "stop": "2026-01-01 11:00:00"}
        if "calendar.event" in self.env:
            made = self.b(self.env["calendar.event"], "create", [{**event, "partner_ids": [Command.link(self.open.id)]}])
            self.refused(
                self.env["calendar.event"].browse(made), "write", {"partner_ids": [Command.link(self.hidden.id)]},
            )
        self.refused(
            self.env["sale.order"], "onchange", {"partner_id": self.hidden.id}, ["partner_id"],
            {"partner_id": {"fields": {"display_name": {}}}, "partner_invoice_id": {"fields": {"display_name": {}}}},
        )
        self.refused(
            self.open, "message_subscribe", self.hidden.ids,
        )
        self.refused(self.open, "message_post", body="x", partner_ids=self.hidden.ids)

    def test_documents_of_other_posts(self):
        """JJ-3.6.1: the clerk opens the order of the hidden customer and reads his name; nothing else of him."""
        clerk = self.clerk
        order = self.env["sale.order"].browse(self.order.id)
        specification = {"name": {}, "partner_id": {"fields": {"display_name": {}}},
                         "partner_invoice_id": {"fields": {"display_name": {}}}, "state": {}}
        answer = self.call(clerk, order, "web_read", specification)
        self.assertEqual(answer[0]["partner_id"]["display_name"], "Quartz Hidden Ltd")
        view = self.call(clerk, self.env["sale.order"], "get_views", [(False, "form"), (False, "list")])
        for name in view["models"]["sale.order"]["fields"]:
            with self.subTest(field=name):
                self.call(clerk, order, "web_read", {name: {}})

    def test_the_portal_customer_himself(self):
        """Security: a hidden customer's portal user logs in and reads himself and his company."""
        self.assertEqual(
            self.call(self.portal, self.partners, "search", [("id", "in", self.both.ids)]), self.both.ids,
        )
        self.assertTrue(self.call(self.portal, self.portal, "read", ["name"]))
