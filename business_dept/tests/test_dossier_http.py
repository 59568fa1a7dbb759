# Part of business_dept. See LICENSE file for full copyright and licensing details.
import json

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

NAMES = ("Quartz", "Zhang", "5550001", "quartz@")


@tagged("post_install", "-at_install")
class TestDossierHttp(HttpCase):
    """Attack 19: the addresses of the web client, asked by B with the id of A's hidden customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_allow_export,business_dept.group_salesperson"
        cls.users = {
            login: new_test_user(cls.env, login=login, name=login, groups=groups, password=login * 2, lang="en_US")
            for login in ("http_sales_a", "http_sales_b")
        }
        cls.hidden = cls.env["res.partner"].create({
            "name": "Quartz Hidden Ltd", "is_company": True, "phone": "+86 771 5550001", "email": "quartz@example.com",
            "user_id": cls.users["http_sales_a"].id, "image_1920": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQV"
            "R42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
            "child_ids": [Command.create({"name": "Zhang Secret", "email": "zhang@example.com"})],
        })
        cls.env["business.dossier"].create({"partner_id": cls.hidden.id, "secrecy": "hidden"})
        cls.attachment = cls.env["ir.attachment"].create({
            "name": "Quartz licence.txt", "raw": b"Quartz licence", "res_model": "res.partner", "res_id": cls.hidden.id,
        })
        cls.hidden.message_post(body="Quartz pays in cash")

    def ask(self, login, url, params=None, data=None):
        """The answer of the server as text; JSON-RPC when there are parameters."""
        self.authenticate(login, login * 2)
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            if params is not None:
                return self.url_open(
                    url, data=json.dumps({"params": params}), headers={"Content-Type": "application/json"},
                ).text
            return self.url_open(url, data=data).text

    def doors(self):
        """``(address, parameters of a JSON-RPC call, whether A reads the name there)``"""
        partner, thread = self.hidden.id, {"thread_model": "res.partner", "thread_id": self.hidden.id}
        yield f"/web/content/{self.attachment.id}", None, True
        yield f"/web/content/res.partner/{partner}/image_1920", None, False
        yield f"/web_enterprise/partner/{partner}/vcard", None, False
        yield f"/web/partner/vcard?partner_ids={partner}", None, False
        yield f"/json/1/res.partner/{partner}", None, False
        yield f"/mail/view?model=res.partner&res_id={partner}", None, False
        yield f"/odoo/res.partner/{partner}", None, False
        yield "/mail/thread/messages", thread, True
        yield "/mail/thread/recipients", {**thread, "message_id": self.hidden.message_ids[0].id}, False
        yield "/mail/thread/recipients/get_suggested_recipients", thread, False
        yield "/mail/data", {"fetch_params": [["mail.thread", {**thread, "request_list": [
            "activities", "attachments", "contact_fields", "followers", "scheduledMessages", "suggestedRecipients"]}]]}, True
        yield "/web/action/load_breadcrumbs", {"actions": [{"model": "res.partner", "resId": partner}]}, True
        for method, args in (
            ("get_mention_suggestions", ["Quartz"]), ("search_for_channel_invite", ["Quartz"]), ("im_search", ["Quartz"]),
            ("name_search", ["Quartz"]),
        ):
            call = {"model": "res.partner", "method": method, "args": args, "kwargs": {}}
            yield "/web/dataset/call_kw", call, method in ("get_mention_suggestions", "name_search")
        # last: it makes a new partner of this address
        yield "/mail/partner/from_email", {
            "thread_model": "res.partner", "thread_id": self.users["http_sales_b"].partner_id.id,
            "emails": ["quartz@example.com"],
        }, False

    def test_doors(self):
        """JJ-3.6.1: pages, files, chatter, suggestions and completion tell B nothing."""
        for url, params, tells_a in self.doors():
            with self.subTest(url=url, params=params):
                answer = self.ask("http_sales_b", url, params)
                asked = json.dumps(params or {})
                self.assertFalse([name for name in NAMES if name in answer and name not in asked], answer[:2000])
                if tells_a:
                    self.assertTrue([name for name in NAMES if name in self.ask("http_sales_a", url, params)])

    def test_export(self):
        """JJ-3.5.1.4: the file that B exports has no line of him."""
        self.authenticate("http_sales_b", "http_sales_b" * 2)
        for fields in (["name", "phone"], ["child_ids/name"]):
            data = {"model": "res.partner", "fields": [{"name": name, "label": name} for name in fields], "ids": False,
                    "domain": [["name", "ilike", "Quartz"]], "import_compat": False, "groupby": [], "context": {}}
            answer = self.url_open("/web/export/csv", data={
                "data": json.dumps(data), "csrf_token": "", "token": "x",
            })
            self.assertFalse([name for name in NAMES if name in answer.text])

    def test_image(self):
        """The picture of a hidden customer is a placeholder for B."""
        self.authenticate("http_sales_a", "http_sales_a" * 2)
        own = self.url_open(f"/web/image/res.partner/{self.hidden.id}/image_1920").content
        self.authenticate("http_sales_b", "http_sales_b" * 2)
        for field in ("image_1920", "avatar_128", "avatar_1920"):
            self.assertNotEqual(self.url_open(f"/web/image/res.partner/{self.hidden.id}/{field}").content, own)
