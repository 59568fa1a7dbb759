# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestDossierAccessHttp(HttpCase):
    """Two sessions, nobody logs out (JJ-3.6.3)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            login: new_test_user(cls.env, login=login, groups=f"base.group_user,business_dept.group_{post}")
            for login, post in (
                ("http_sales_a", "salesperson"), ("http_sales_b", "salesperson"), ("http_executive", "executive_office"),
            )
        }
        control = cls.env["business.control"]._get_by_code("dossier.hidden")
        control.write({"mode": "block"})
        cls.hidden = cls.env["res.partner"].create({
            "name": "Obsidian Hidden Ltd", "is_company": True, "user_id": cls.users["http_sales_a"].id,
        })
        cls.env["business.dossier"].create({"partner_id": cls.hidden.id, "secrecy": "hidden", "traits": "Likes tea"})
        cls.env.flush_all()

    def rpc(self, login, model, method, *args, **kwargs):
        """A request in the session of a user, who stays logged in."""
        self.opener = self.openers[login]
        self.env.invalidate_all()
        return self.make_jsonrpc_request("/web/dataset/call_kw", {
            "model": model, "method": method, "args": list(args), "kwargs": kwargs,
        })

    def log_in(self, *logins):
        self.openers = {}
        for login in logins:
            self.session = None  # or logging in ends the session of the other
            self.authenticate(login, login)
            self.openers[login] = self.opener

    def find(self):
        names = self.rpc("http_sales_b", "res.partner", "name_search", "Obsidian")
        ids = self.rpc("http_sales_b", "res.partner", "search", [("name", "ilike", "Obsidian")])
        self.assertEqual([name[0] for name in names], ids)
        return ids

    def test_grant_and_revocation_in_the_same_session(self):
        """JJ-3.6.3: given, revoked: B's session finds the customer, then no more, without logging out."""
        self.log_in("http_sales_b", "http_executive")
        self.assertFalse(self.find())
        with self.assertRaises(JsonRpcException) as caught, mute_logger("odoo.http"):
            self.rpc("http_sales_b", "res.partner", "read", [self.hidden.id], ["name"])
        self.assertIn("SecretDossierError", str(caught.exception))
        self.assertNotIn("Obsidian", str(caught.exception))

        request = self.rpc("http_sales_b", "business.dossier.request", "create", [{
            "description": "The obsidian firm", "reason": "Visit",
        }])
        self.rpc("http_sales_b", "business.dossier.request", "action_approval_submit", request)
        self.rpc("http_executive", "business.dossier.request", "web_save", request, {
            "granted_partner_ids": [Command.set(self.hidden.ids)],
        }, specification={"name": {}})
        self.assertFalse(self.find())
        self.rpc("http_executive", "business.dossier.request", "action_approval_approve", request)
        self.assertEqual(self.find(), self.hidden.ids)
        read = self.rpc("http_sales_b", "res.partner", "read", self.hidden.ids, ["name"])
        self.assertEqual(read[0]["name"], "Obsidian Hidden Ltd")
        dossiers = self.rpc("http_sales_b", "business.dossier", "search_read", [("partner_id", "in", self.hidden.ids)], ["traits"])
        self.assertEqual(dossiers[0]["traits"], "Likes tea")

        grant = self.rpc("http_executive", "business.dossier.grant", "search", [("request_id", "in", request)])
        self.rpc("http_executive", "business.dossier.grant", "action_revoke", grant, "The visit is over")
        self.assertFalse(self.find())
        with self.assertRaises(JsonRpcException), mute_logger("odoo.http"):
            self.rpc("http_sales_b", "res.partner", "read", self.hidden.ids, ["name"])

    def test_whitelist_of_a_company_that_was_there_before(self):
        """JJ-3.6.2: the whitelist holds in the companies that existed when the addon was installed."""
        self.assertTrue(self.env.ref("base.main_company").dossier_whitelist_group_id)
