# Part of business_dept. See LICENSE file for full copyright and licensing details.
import json

from odoo import Command, http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from .test_dossier_logs import DossierLogCommon

CARD = "business_dept.report_dossier_card"


@tagged("post_install", "-at_install")
class TestDossierTakeOut(DossierLogCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_a.group_ids += cls.env.ref("base.group_allow_export")
        cls.executive.group_ids += cls.env.ref("base.group_allow_export") + cls.env.ref("base.group_partner_manager")
        cls.env["business.dossier.person"].sudo().create({"dossier_id": cls.hidden_dossier.id, "name": "Mr Li"})
        cls.outsider = cls.Partner.create({"name": "Rival", "email": "rival@example.com"})

    def assertRefused(self, user, records, method, *args, **kwargs):
        """Refused by the control, with its clause, and one event waits to be written."""
        with self.assertRaises(ControlError) as caught:
            self.call(user, records, method, *args, **kwargs)
        self.assertIn("JJ-3.5.1.4", str(caught.exception))
        self.assertIn("executive office", str(caught.exception))
        self.assertEqual(len(self.take_refusals("dossier.take_out")), 1)

    def test_export_through_every_model(self):
        """JJ-3.5.1.4: customers, dossiers and their lines are not exported by who may only read them."""
        line = self.hidden_dossier.sudo().person_ids.sudo(False)
        for compat in (True, False):
            for records, fnames in (
                (self.hidden + self.open, ["name", "phone"]), (self.contact, ["id", "name"]),
                (self.secret_dossier + self.open_dossier, ["name", "traits"]), (line, ["name", "family"]),
                (self.open + self.hidden, ["name", "child_ids/phone"]),
            ):
                with self.subTest(model=records._name, compat=compat):
                    self.assertRefused(self.sales_a, records, "export_data", fnames, context={"import_compat": compat})
        self.assertTrue(self.call(self.sales_a, self.open + self.secret, "export_data", ["name", "phone"])["datas"])
        self.assertTrue(self.call(self.sales_a, self.open_dossier, "export_data", ["name", "traits"])["datas"])

    def test_export_through_an_order(self):
        """JJ-3.5.1.4: an export of orders tells the customer's name, not how to reach him."""
        order = self.env["sale.order"].sudo().create({
            "partner_id": self.hidden.id, "user_id": self.sales_a.id, "company_id": self.company.id,
        }).sudo(False)
        rows = self.call(self.sales_a, order, "export_data", ["name", "partner_id"], context={"import_compat": False})["datas"]
        self.assertEqual(rows[0][1], self.hidden.sudo().display_name)
        for path in ("partner_id/phone", "partner_id/child_ids/email", "partner_id/dossier_id/traits"):
            self.assertRefused(
                self.sales_a, order, "export_data", ["name", path], context={"import_compat": False},
            )

    def test_export_of_the_log(self):
        """JJ-3.5.1.4: the values in the change log are not exported by who only reads them."""
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        self.call(self.sales_a, self.secret_dossier, "write", {"traits": "Likes tea"})
        changes = self.changes(self.secret_dossier).sudo(False)
        self.assertTrue(self.call(self.manager, changes, "read", ["new"]))
        self.assertRefused(self.manager, changes, "export_data", ["label", "new"])

    def test_with_the_right_it_is_logged(self):
        """JJ-3.5.1.4, RL-5.2: the right opens the way; count and fields stand in the log."""
        self.call(self.executive, self.hidden + self.secret + self.open, "export_data", ["name", "phone"])
        row = self.rows(self.executive, kind="export")
        self.assertEqual((row.customer_count, row.customer_ids, row.field_names), (1, self.hidden.ids, "name, phone"))
        self.call(self.executive, self.hidden_dossier + self.secret_dossier, "export_data", ["traits"])
        self.assertEqual(self.rows(self.executive, kind="export")[-1].customer_count, 2)
        self.call(self.executive, self.hidden, "copy")
        self.assertEqual(self.rows(self.executive, kind="copy").partner_id, self.hidden)

    def test_modes(self):
        """IC-9: notify lets through, notes and logs; off lets through and logs."""
        self.set_mode("dossier.take_out", "notify")
        self.call(self.sales_a, self.hidden, "export_data", ["phone"])
        event = self.events("noted").filtered(lambda event: event.control_id.code == "dossier.take_out")
        self.assertEqual(event.user_id, self.sales_a)
        self.set_mode("dossier.take_out", "off")
        self.call(self.sales_a, self.hidden, "export_data", ["phone"])
        self.assertEqual(len(self.rows(self.sales_a, kind="export")), 2)
        self.set_mode("dossier.take_out", "approve")
        self.assertRefused(self.sales_a, self.hidden, "export_data", ["phone"])

    def test_copy(self):
        """JJ-3.5.1.4: a hidden customer is not copied, nor are the values for a copy handed out."""
        for method in ("copy", "copy_data"):
            self.assertRefused(self.sales_a, self.hidden, method)
        self.assertTrue(self.call(self.sales_a, self.open, "copy_data"))
        self.assertRefused(self.sales_a, self.secret_dossier, "copy_data")

    def test_vcard(self):
        """JJ-3.5.1.4: no vCard of a hidden customer or contact."""
        with self.assertRaises(ControlError):
            self.contact.with_user(self.sales_a)._get_vcard_file()
        self.assertTrue(self.open.with_user(self.sales_a)._get_vcard_file())
        self.assertTrue(self.contact.with_user(self.executive)._get_vcard_file())
        self.assertEqual(self.rows(self.executive, kind="vcard").partner_id, self.hidden)

    def test_mail(self):
        """JJ-3.5.1.4: a secret dossier is not mailed outside; colleagues, and the customer himself, are written to."""
        for dossier in (self.hidden_dossier, self.secret_dossier):
            self.assertRefused(
                self.sales_a, dossier, "message_post", body="All of it", message_type="comment",
                partner_ids=self.outsider.ids,
            )
            self.assertRefused(
                self.sales_a, dossier, "message_post", body="All of it", message_type="comment",
                outgoing_email_to="rival@example.com",
            )
        self.call(self.sales_a, self.hidden_dossier, "message_post", body="Look", partner_ids=self.manager.partner_id.ids)
        self.call(self.sales_a, self.hidden, "message_post", body="Dear customer", message_type="comment",
                  partner_ids=self.contact.ids)
        self.assertRefused(self.sales_a, self.hidden, "message_post", body="Look who", message_type="comment",
                           partner_ids=self.outsider.ids)
        self.call(self.sales_a, self.open, "message_post", body="Hello", message_type="comment", partner_ids=self.outsider.ids)

    def test_composer_and_template(self):
        """JJ-3.5.1.4: neither the mail composer nor a template takes a secret dossier out."""
        template = self.env["mail.template"].sudo().create({
            "name": "Dump", "model_id": self.env["ir.model"]._get_id("business.dossier"), "subject": "x",
            "body_html": "<p t-out='object.traits'/>", "email_to": "rival@example.com",
        }).sudo(False)
        self.assertRefused(self.sales_a, template, "send_mail", self.hidden_dossier.id)
        for mode in ("comment", "mass_mail"):
            composer = self.env["mail.compose.message"].with_user(self.sales_a).create({
                "model": "business.dossier", "res_ids": str(self.hidden_dossier.ids), "composition_mode": mode,
                "body": "All", "subject": "x", "partner_ids": [Command.set(self.outsider.ids)],
            })
            self.assertRefused(self.sales_a, composer.with_env(self.env), "action_send_mail")

    def test_card(self):
        """JJ-3.5.1.4: the card of a secret dossier is printed by who has the right, and the print is logged."""
        Report = self.env["ir.actions.report"]
        with self.assertRaises(ControlError):
            Report.with_user(self.sales_a)._render_qweb_html(CARD, self.secret_dossier.ids)
        html, _type = Report.with_user(self.sales_a)._render_qweb_html(CARD, self.open_dossier.ids)
        self.assertIn(self.open_dossier.sudo().name, html.decode())
        html, _type = Report.with_user(self.executive)._render_qweb_html(CARD, self.hidden_dossier.ids)
        for text in ("客户档案卡", "Quartz Hidden Ltd", "Zhang Secret", "Mr Li", "Traits of Quartz"):
            self.assertIn(text, html.decode())
        self.assertEqual(self.rows(self.executive, kind="print").dossier_id, self.hidden_dossier)
        with self.assertRaises(AccessError):
            Report.with_user(self.sales_b)._render_qweb_html(CARD, self.hidden_dossier.ids)
        with self.assertRaises(AccessError):
            Report.with_user(self.auditor)._render_qweb_html(CARD, self.open_dossier.ids)

    def test_who_uses_nothing_of_ours(self):
        """An ordinary user of Odoo exports, copies and reads as before."""
        plain = new_test_user(
            self.env, login="plain_take_out", groups="base.group_user,base.group_partner_manager,base.group_allow_export",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        self.assertTrue(self.call(plain, self.open + self.secret, "export_data", ["name", "phone"])["datas"])
        self.call(plain, self.open, "copy")
        self.call(plain, self.Partner, "web_search_read", [("id", "in", (self.open + self.hidden).ids)], {"phone": {}})
        self.assertFalse(self.rows(plain))


@tagged("post_install", "-at_install")
class TestDossierAddresses(DossierLogCommon, HttpCase):
    def get_status(self, user, url):
        self.authenticate(user.login, user.login)
        with mute_logger("odoo.http", "odoo.addons.web.controllers.report"):
            return self.url_open(url)

    def test_reports_with_another_id(self):
        """JJ-3.5.1.4, attack: B writes A's id into the address of a report, a vCard or an export."""
        reports = self.env["ir.actions.report"].sudo().search([
            ("model", "in", ("res.partner", "business.dossier")), ("report_type", "=like", "qweb-%"),
        ])
        self.assertIn(CARD, reports.mapped("report_name"))
        ids = {"res.partner": self.hidden.id, "business.dossier": self.hidden_dossier.id}
        addresses = [
            f"/report/{converter}/{report.report_name}/{ids[report.model]}"
            for report in reports for converter in ("pdf", "html", "text")
        ]
        addresses += [f"/web/partner/vcard?partner_ids={self.hidden.id}",
                      f"/web_enterprise/partner/{self.contact.id}/vcard"]
        for url in addresses:
            with self.subTest(url=url):
                answer = self.get_status(self.sales_b, url)
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertNotIn("Quartz", answer.text)
                self.assertNotIn("5550001", answer.text)
        answer = self.get_status(self.executive, f"/report/html/{CARD}/{self.hidden_dossier.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Quartz Hidden Ltd", answer.text)

    def test_export_address(self):
        """JJ-3.5.1.4: the export dialog of the web client meets the same gate."""
        self.sales_a.group_ids += self.env.ref("base.group_allow_export")
        self.authenticate(self.sales_a.login, self.sales_a.login)
        for compat in (True, False):
            data = {"data": json.dumps({
                "model": "res.partner", "fields": [{"name": "phone", "label": "Phone", "type": "char"}],
                "ids": self.hidden.ids, "domain": [], "groupby": [], "import_compat": compat, "context": {},
            })}
            with mute_logger("odoo.http", "odoo.addons.web.controllers.export"):
                answer = self.url_open("/web/export/csv", data={**data, "csrf_token": http.Request.csrf_token(self)})
            self.assertNotIn("5550001", answer.text)
            self.assertGreaterEqual(answer.status_code, 400)
