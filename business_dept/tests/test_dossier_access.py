# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.dossier.ir_rule import SecretDossierError
from .common_dossier import DossierCommon


class DossierAccessCommon(DossierCommon):
    def setUp(self):
        super().setUp()
        self.Request = self.env["business.dossier.request"]
        self.Grant = self.env["business.dossier.grant"]

    def ask(self, user=None, **vals):
        """A request of B, as B writes it."""
        request_id = self.call(user or self.sales_b, self.Request, "create", [{
            "description": "The quartz people in Nanning", "reason": "Tender in spring", "days": 10, **vals,
        }])
        return self.Request.browse(request_id)

    def submit(self, **vals):
        request = self.ask(**vals)
        self.call(self.sales_b, request, "action_approval_submit")
        return request

    def pick(self, request, partners=None, user=None, **vals):
        self.call(user or self.executive, request, "web_save", {
            "granted_partner_ids": [Command.set((partners or self.hidden).ids)], **vals,
        }, specification={"name": {}})

    def approve(self, request, user=None):
        self.call(user or self.executive, request, "action_approval_approve")

    def find(self, user=None):
        return self.call(user or self.sales_b, self.env["res.partner"], "search", [("id", "=", self.hidden.id)])

    def grant_of(self, request):
        return request.sudo().grant_ids.sudo(False)


@tagged("post_install", "-at_install")
class TestDossierRequest(DossierAccessCommon):
    def test_request_pick_approve(self):
        """JJ-3.6.3: the executive office picks the customers and shortens the time; access works at once."""
        request = self.submit()
        self.assertFalse(self.find())
        self.pick(request, self.contact, granted_days=3)
        self.approve(request)
        grant = self.grant_of(request).sudo()
        self.assertEqual(
            (grant.user_id, grant.partner_ids, grant.approved_by_id, grant.reason, grant.state, grant.company_id),
            (self.sales_b, self.hidden, self.executive, "Tender in spring", "active", self.company),
        )
        self.assertRegex(grant.name, r"^DG/\d{4}/\d{4}$")
        self.assertEqual(grant.date_until - grant.date_from, timedelta(days=3))
        self.assertEqual(self.find(), self.hidden.ids)
        action = self.call(self.sales_b, request, "action_open_customers")
        self.assertEqual(action["domain"], [("id", "in", self.hidden.ids)])
        told = self.env["mail.message"].sudo().search([("model", "=", grant._name), ("res_id", "=", grant.id)])
        self.assertIn(self.sales_b.partner_id, told.notified_partner_ids)
        self.assertNotIn("Quartz", "".join(told.mapped("body")))
        log = "".join(request.sudo().approval_id.message_ids.mapped("body"))
        self.assertIn("Quartz Hidden Ltd", log)

    def test_later_beginning(self):
        """JJ-3.6.3: asked for from next week on, access begins next week."""
        start = self.Grant._now() + timedelta(days=7)
        request = self.submit(date_from=start)
        self.pick(request)
        self.approve(request)
        grant = self.grant_of(request).sudo()
        self.assertEqual((grant.state, grant.date_from, grant.date_until), ("upcoming", start, start + timedelta(days=10)))
        self.assertFalse(self.find())

    def test_not_without_customers(self):
        """JJ-3.6.3: approving without picked customers is refused and changes nothing."""
        request = self.submit()
        for records, method in (
            (request, "action_approval_approve"), (request.sudo().approval_id.sudo(False), "action_approve"),
        ):
            with self.assertRaises(UserError) as caught:
                self.call(self.executive, records, method)
            self.assertIn("pick the customers", str(caught.exception))
        self.assertEqual(request.sudo().approval_state, "pending")

    def test_requester_writes_no_picks(self):
        """Attacks 1, 3, 19: the requester neither writes nor reads what the approver picks, through no door."""
        picks = {"granted_partner_ids": [Command.set(self.hidden.ids)]}
        draft, pending = self.ask(), self.submit()
        for vals in (picks, {"granted_days": 5}):
            with self.assertRaises(UserError):
                self.ask(**vals)
            for request in (draft, pending):
                for method, args in (("write", (vals,)), ("web_save", (vals, {"name": {}}))):
                    with self.subTest(vals=vals, method=method), self.assertRaises(UserError):
                        self.call(self.sales_b, request, method, *args)
        for key in ("default_granted_partner_ids", "default_granted_days"):
            with self.assertRaises(UserError):
                self.call(self.sales_b, self.Request, "create", [{"description": "x", "reason": "y"}],
                          context={key: self.hidden.ids if "partner" in key else 1})
        result = self.call(self.sales_b, self.Request, "load", ["description", "reason", "granted_days"], [["x", "y", "90"]])
        self.assertFalse(result["ids"])
        self.pick(pending)
        for method, args in (
            ("read", (["granted_partner_ids"],)),
            ("web_read", ({"granted_partner_ids": {"fields": {"display_name": {}}}},)),
            ("export_data", (["granted_partner_ids/name"],)),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.call(self.sales_b, pending, method, *args)
        for method, args in (
            ("search", ([("granted_partner_ids", "in", self.hidden.ids)],)),
            ("search_count", ([("granted_partner_ids.name", "ilike", "quartz")],)),
            ("formatted_read_group", ([], ["granted_partner_ids"], ["__count"])),
            ("search_read", ([], ["granted_partner_ids"])),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.call(self.sales_b, self.Request, method, *args)

    def test_requester_forges_nothing(self):
        """Attacks 1, 6: requester, number and grant are not written; B asks in nobody else's name."""
        request = self.ask(user_id=self.clerk.id)
        self.assertEqual(request.sudo().user_id, self.sales_b)
        for vals in ({"user_id": self.clerk.id}, {"name": "DR/1"}, {"grant_ids": [Command.clear()]},
                     {"grant_ids": [Command.create({"user_id": self.sales_b.id})]}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.call(self.sales_b, request, "write", vals)
        with self.assertRaises(AccessError):
            self.call(self.sales_b, request, "unlink")
        copy = self.call(self.sales_b, request, "copy")
        self.assertEqual(self.Request.sudo().browse(copy).user_id, self.sales_b)

    def test_others_do_not_touch_a_request(self):
        """Attack 10: a colleague does not read a request; the executive office changes no word of it and submits nothing."""
        request = self.ask()
        with self.assertRaises(AccessError):
            self.call(self.clerk, request, "read", ["description"])
        self.assertFalse(self.call(self.clerk, self.Request, "search", [("id", "=", request.id)]))
        with self.assertRaises(UserError):
            self.pick(request)
        with self.assertRaises(AccessError):
            self.call(self.executive, request, "action_approval_submit")
        self.call(self.sales_b, request, "action_approval_submit")
        for vals in ({"description": "Everybody"}, {"days": 90}, {"reason": "Because"}):
            with self.assertRaises(UserError):
                self.call(self.executive, request, "write", vals)
            with self.assertRaises(ControlError):
                self.call(self.sales_b, request, "write", vals)

    def test_days(self):
        """JJ-3.6.3: no longer than the company allows; the approver shortens and never lengthens."""
        with self.assertRaises(ValidationError):
            self.ask(days=91)
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.ask(days=0)
        request = self.submit()
        for days in (11, 0, -1):
            with self.assertRaises(Exception), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.call(self.executive, request, "write", {"granted_days": days})
                self.env.flush_all()
        self.call(self.executive, request, "write", {"granted_days": 1})
        self.assertEqual(request.sudo().granted_days, 1)

    def test_picks_only_while_pending(self):
        """Attack 9: before submission, after a decision, and by who is not asked, nothing is picked."""
        request = self.submit()
        with self.assertRaises(UserError):
            self.pick(request, user=self.manager)
        self.pick(request)
        self.call(self.executive, request, "action_approval_send_back", "Which town?")
        self.assertFalse(request.sudo().granted_partner_ids, "the next decision begins with nothing picked")
        with self.assertRaises(UserError):
            self.pick(request)
        self.call(self.sales_b, request, "write", {"description": "The quartz people in Liuzhou"})
        self.call(self.sales_b, request, "action_approval_submit")
        self.pick(request)
        self.approve(request)
        with self.assertRaises(UserError):
            self.pick(request, self.secret)
        with self.assertRaises(UserError):
            self.approve(request)
        with self.assertRaises(UserError):
            self.call(self.sales_b, request, "write", {"days": 80})
        with self.assertRaises(UserError):
            self.call(self.sales_b, request, "action_approval_submit")
        self.assertEqual(len(request.sudo().grant_ids), 1)

    def test_nobody_approves_his_own(self):
        """IC-7: an executive's own request goes to a colleague; alone, he cannot submit it."""
        mine = self.ask(self.executive)
        with self.assertRaisesRegex(UserError, "IC-7"):
            self.call(self.executive, mine, "action_approval_submit")
        colleague = new_test_user(
            self.env, login="second_executive", groups="base.group_user,business_dept.group_executive_office",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )
        self.call(self.executive, mine, "action_approval_submit")
        with self.assertRaises(ControlError):
            self.pick(mine)
        with self.assertRaises(ControlError):
            self.approve(mine)
        self.pick(mine, user=colleague)
        self.approve(mine, colleague)
        self.assertEqual(self.grant_of(mine).sudo().approved_by_id, colleague)

    def test_handed_over_to_who_sees_less(self):
        """JJ-3.6.2: who may not see the customer neither picks him nor approves the picks of another."""
        request = self.submit()
        self.pick(request)
        self.call(self.executive, request, "action_approval_hand_over", self.clerk.id, "I am away")
        self.assertTrue(self.call(self.clerk, request, "read", ["description"]))
        with self.assertRaises(AccessError):
            self.pick(request, self.secret, user=self.clerk)
        with self.assertRaises(UserError):
            self.approve(request, self.clerk)
        self.assertFalse(self.find())


@tagged("post_install", "-at_install")
class TestDossierGrant(DossierAccessCommon):
    def give(self, user=None, acting=None, **vals):
        """The dialog of the executive office."""
        acting = acting or self.executive
        wizard = self.env["business.dossier.grant.give"]
        wizard_id = self.call(acting, wizard, "create", [{
            "user_id": (user or self.sales_b).id, "partner_ids": [Command.set(self.hidden.ids)], "reason": "Stands in", **vals,
        }])
        action = self.call(acting, wizard.browse(wizard_id), "action_confirm")
        return self.Grant.browse(action["res_id"])

    def test_given_without_request(self):
        """JJ-3.6.3: the executive office gives access by itself, never to itself, no longer than allowed."""
        grant = self.give()
        self.assertEqual((grant.sudo().approved_by_id, grant.sudo().state), (self.executive, "active"))
        self.assertEqual(self.find(), self.hidden.ids)
        with self.assertRaises(ControlError):
            self.give(user=self.executive)
        for days in (-1, 91):
            with self.assertRaises(UserError):
                self.give(date_until=self.Grant._now() + timedelta(days=days))
        for acting in (self.sales_a, self.manager, self.auditor):
            with self.assertRaises(AccessError):
                self.give(acting=acting)

    def test_written_by_the_engine_only(self):
        """Attacks 1, 2: nobody forges, changes, copies or deletes a grant, not even the executive office."""
        grant = self._grant(self.sales_b, self.hidden)
        vals = {"user_id": self.sales_b.id, "partner_ids": [Command.set(self.hidden.ids)], "reason": "x",
                "company_id": self.company.id, "date_from": "2020-01-01", "date_until": "2099-01-01",
                "approved_by_id": self.executive.id}
        for user in (self.sales_b, self.executive, self.manager):
            for records, method, args in (
                (self.Grant, "create", ([vals],)), (self.Grant.browse(), "web_save", (vals, {"name": {}})),
                (grant, "write", ({"date_until": "2099-01-01"},)), (grant, "write", ({"revoked_on": False},)),
                (grant, "web_save", ({"partner_ids": [Command.link(self.secret.id)]}, {"name": {}})),
                (grant, "unlink", ()), (grant, "copy", ()),
            ):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    self.call(user, records, method, *args)
            result = self.call(user, self.Grant, "load", list(vals)[2:], [["x", "C", "2020-01-01", "2099-01-01", "E"]])
            self.assertFalse(result["ids"])
            with self.assertRaises(AccessError):
                self.call(user, self.Grant, "name_create", "x")

    def test_time_decides(self):
        """JJ-3.6.3: an upcoming, an expired and a revoked grant open nothing; states and search agree with access."""
        now = self.Grant._now()
        grants = {
            "upcoming": self._grant(self.sales_b, self.hidden, date_from=now + timedelta(hours=1)),
            "expired": self._grant(self.sales_b, self.hidden, date_until=now),
            "revoked": self._grant(self.sales_b, self.hidden, revoked_on=now),
        }
        self.assertFalse(self.find())
        grants["active"] = self._grant(self.sales_b, self.hidden)
        self.assertTrue(self.find())
        for state, grant in grants.items():
            self.assertEqual(grant.state, state)
            self.assertEqual(self.Grant.sudo().search([("state", "=", state), ("user_id", "=", self.sales_b.id)]), grant)
        self.assertEqual(self.Grant.sudo().search_count([("state", "not in", ["active"]), ("user_id", "=", self.sales_b.id)]), 3)

    def test_revoke(self):
        """JJ-3.6.3: executive office and department manager end access at once, with a reason; others do not."""
        for user in (self.executive, self.manager):
            grant = self._grant(self.sales_b, self.hidden)
            for other in (self.sales_b, self.clerk, self.auditor):
                with self.assertRaises(UserError):
                    self.call(other, grant, "action_revoke", "Mine now")
            with self.assertRaises(UserError):
                self.call(user, grant, "action_revoke", " ")
            self.assertEqual(self.call(user, grant, "action_revoke")["res_model"], "business.dossier.grant.revoke")
            wizard = self.env["business.dossier.grant.revoke"]
            wizard_id = self.call(user, wizard, "create", [{"grant_ids": [Command.set(grant.ids)], "reason": "Done"}])
            self.assertTrue(self.find())
            self.call(user, wizard.browse(wizard_id), "action_confirm")
            self.assertFalse(self.find())
            self.assertEqual((grant.state, grant.revoked_by_id, grant.revoke_reason), ("revoked", user, "Done"))
            told = self.env["mail.message"].sudo().search([("model", "=", grant._name), ("res_id", "=", grant.id)])
            self.assertIn(self.sales_b.partner_id, told.notified_partner_ids)
            with self.assertRaisesRegex(UserError, "ended already"):
                self.call(user, grant, "action_revoke", "Again")

    def test_revoke_through_the_dialog_of_others(self):
        """Attack 8: the dialog with ids that a client chose gives no more right than the button."""
        grant = self._grant(self.sales_b, self.hidden)
        wizard = self.env["business.dossier.grant.revoke"]
        wizard_id = self.call(self.sales_b, wizard, "create", [{"grant_ids": [Command.set(grant.ids)], "reason": "x"}])
        with self.assertRaises(ControlError):
            self.call(self.sales_b, wizard.browse(wizard_id), "action_confirm")
        with self.assertRaises(AccessError):
            self.call(self.executive, wizard.browse(wizard_id), "action_confirm")

    def test_give_back(self):
        """JJ-3.6.3: the holder, and only he, gives access back."""
        grant = self._grant(self.sales_b, self.hidden)
        for other in (self.executive, self.clerk):
            with self.assertRaises(UserError):
                self.call(other, grant, "action_give_back")
        self.call(self.sales_b, grant, "action_give_back")
        self.assertFalse(self.find())

    def test_ended_grant_names_nobody(self):
        """Attack 19: once it has ended the holder reads his grant without the customer, by no way of asking."""
        grant = self._grant(self.sales_b, self.hidden + self.secret)
        self.assertEqual(len(self.call(self.sales_b, grant, "read", ["partner_ids"])[0]["partner_ids"]), 2)
        self.call(self.sales_b, grant, "action_give_back")
        self.assertEqual(self.call(self.sales_b, grant, "read", ["partner_ids"])[0]["partner_ids"], self.secret.ids)
        self.assertFalse(self.call(self.sales_b, self.Grant, "search", [("partner_ids.name", "ilike", "quartz")]))
        self.assertFalse(self.call(self.sales_b, self.Grant, "search", [("partner_ids", "ilike", "quartz")]))
        groups = self.call(self.sales_b, self.Grant, "formatted_read_group", [], ["partner_ids"], ["__count"])
        self.assertNotIn("Quartz", str(groups))
        self.assertNotIn("Quartz", str(self.call(self.sales_b, grant, "export_data", ["partner_ids/name", "partner_ids"])))
        self.assertNotIn("Quartz", str(self.call(self.sales_b, grant, "action_open_customers")))

    def test_others_do_not_see_grants(self):
        """JJ-3.6.3: a colleague does not learn who has access; the auditor does, without hidden names."""
        grant = self._grant(self.sales_b, self.hidden)
        self.assertFalse(self.call(self.clerk, self.Grant, "search", [("id", "=", grant.id)]))
        found = self.call(self.auditor, self.Grant, "search_read", [("id", "=", grant.id)], ["user_id", "partner_ids"])
        self.assertEqual(found[0]["partner_ids"], [])

    def test_reminders(self):
        """JJ-3.6.3: holder and approver are told once before access ends, and once when it has ended."""
        self.company.dossier_reminder_days = 2
        now = self.Grant._now()
        soon = self._grant(self.sales_b, self.hidden, date_until=now + timedelta(days=1))
        ended = self._grant(self.sales_b, self.hidden, date_until=now)
        late = self._grant(self.sales_b, self.hidden, days=3)
        revoked = self._grant(self.sales_b, self.hidden, date_until=now, revoked_on=now)
        grants = soon + ended + late + revoked

        def messages():
            return self.env["mail.message"].sudo().search([("model", "=", grants._name), ("res_id", "in", grants.ids),
                                                    ("notified_partner_ids", "!=", False)])

        for _run in range(2):
            self.run_cron("business_dept.ir_cron_dossier_grant")
            self.assertEqual(sorted(messages().mapped("res_id")), sorted(2 * (soon + ended).ids))
        self.assertEqual(messages().notified_partner_ids, (self.sales_b | self.executive).partner_id)
        self.assertTrue(soon.reminded_on and ended.expiry_told_on and not late.reminded_on)
        self.assertNotIn("Quartz", "".join(messages().mapped("body")))


@tagged("post_install", "-at_install")
class TestDossierRefusal(DossierAccessCommon):
    def refuse(self, records, method="read", *args, user=None):
        with self.assertRaises(AccessError) as caught:
            self.call(user or self.sales_b, records, method, *args)
        return caught.exception

    def test_refusal_tells_how_to_ask(self):
        """JJ-3.6.3: the refusal names nobody, in debug mode neither, and says where to ask."""
        self.sales_b.group_ids += self.env.ref("base.group_no_one")
        dossier = self.secret.sudo().dossier_ids.sudo(False)
        person = self.env["business.dossier.person"].sudo().create({
            "dossier_id": dossier.id, "name": "Mrs Feldspar",
        }).sudo(False)
        for records, args in (
            (self.hidden, (["name"],)), (self.contact, (["phone"],)), (dossier, (["traits"],)), (person, (["name"],)),
        ):
            with self.subTest(model=records._name):
                error = self.refuse(records, "read", *args)
                self.assertIsInstance(error, SecretDossierError)
                self.assertIn("Access Requests", str(error))
                for word in ("Quartz", "Basalt", "Zhang", "Feldspar", "Blame", "not a hidden customer", records._name):
                    self.assertNotIn(word, str(error))
        self.assertIsInstance(self.refuse(self.hidden, "write", {"name": "x"}), SecretDossierError)

    def test_other_refusals_stay_as_they_are(self):
        """A refusal for another cause does not speak of secrets."""
        self._grant(self.sales_b, self.hidden)
        dossier = self.hidden.sudo().dossier_ids.sudo(False)
        self.assertNotIsInstance(self.refuse(dossier, "write", {"traits": "x"}), SecretDossierError)
        self.assertNotIsInstance(self.refuse(self.ask(), "read", ["reason"], user=self.clerk), SecretDossierError)
