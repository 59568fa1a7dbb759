# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..controls import ControlError
from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierSecrecy(DossierCommon):
    def see(self, user, domain):
        return self.call(user, self.env["res.partner"], "search", domain)

    def test_hidden_customer_does_not_exist_for_a_colleague(self):
        """JJ-3.6.1, attack 19: B neither finds nor reads nor counts A's hidden customer and his contacts; A does."""
        both = (self.hidden + self.contact).ids
        domain = [("id", "in", both)]
        self.assertEqual(self.see(self.sales_a, domain), both)
        self.assertFalse(self.see(self.sales_b, domain))
        self.assertEqual(self.call(self.sales_b, self.env["res.partner"], "search_count", domain), 0)
        for partner in self.hidden + self.contact:
            name = partner.sudo().name
            with self.assertRaises(AccessError) as caught:
                self.call(self.sales_b, partner, "read", ["name"])
            self.assertNotIn(name, str(caught.exception))
            self.assertEqual(self.call(self.sales_a, partner, "read", ["name"])[0]["name"], name)

    def test_details_are_secret_but_the_customer_is_there(self):
        """JJ-3.5.1.4: B reads name and phone of a customer whose details are secret, but not his dossier."""
        self.assertEqual(self.see(self.sales_b, [("id", "=", self.secret.id)]), self.secret.ids)
        customers = self.secret + self.hidden + self.open
        dossiers = self.env["business.dossier"].sudo().search([("partner_id", "in", customers.ids)])
        found = self.call(self.sales_b, self.env["business.dossier"], "search", [("id", "in", dossiers.ids)])
        self.assertEqual(found, self.open.sudo().dossier_ids.ids)
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.secret.sudo().dossier_ids.sudo(False), "read", ["traits"])
        self.assertTrue(self.call(self.sales_a, self.secret.sudo().dossier_ids.sudo(False), "read", ["traits"])[0]["traits"])

    def test_whitelist_and_team_leader_read(self):
        """JJ-3.6.2: the whitelist reads everything, a team leader what is his team's; the administrator does not."""
        self.assertTrue(self.see(self.executive, [("id", "=", self.hidden.id)]))
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.company
        self.assertFalse(self.see(admin, [("id", "=", self.hidden.id)]))
        self.assertFalse(self.see(self.users["deputy_manager"], [("id", "=", self.hidden.id)]))
        self.env["crm.team"].sudo().create({
            "name": "South", "company_id": self.company.id, "user_id": self.users["deputy_manager"].id,
            "member_ids": [(4, self.sales_a.id)],
        })
        self.assertTrue(self.see(self.users["deputy_manager"], [("id", "=", self.hidden.id)]))

    def test_grant_works_and_ends_at_once(self):
        """JJ-3.6.3: a grant opens customer, contacts and dossier; revoked or expired, nothing of it."""
        grant = self._grant(self.sales_b, self.hidden)
        both = (self.hidden + self.contact).ids
        self.assertEqual(self.see(self.sales_b, [("id", "in", both)]), both)
        self.assertTrue(self.call(self.sales_b, self.hidden.sudo().dossier_ids.sudo(False), "read", ["traits"]))
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.hidden.sudo().dossier_ids.sudo(False), "write", {"traits": "mine"})
        grant.sudo().write({"revoked_on": fields.Datetime.now(), "revoked_by_id": self.executive.id})
        self.assertFalse(self.see(self.sales_b, [("id", "in", both)]))
        self._grant(self.sales_b, self.hidden, date_until=fields.Datetime.now() - timedelta(seconds=30))
        self.assertFalse(self.see(self.sales_b, [("id", "in", both)]))

    def test_off_lets_everybody(self):
        """IC-9: with the control off or on notify nothing is hidden."""
        self.set_mode("dossier.hidden", "notify")
        self.assertTrue(self.see(self.sales_b, [("id", "=", self.hidden.id)]))
        self.set_mode("dossier.hidden", "block")
        self.assertFalse(self.see(self.sales_b, [("id", "=", self.hidden.id)]))

    def test_employees_and_companies_are_never_hidden(self):
        """Security: a login's or a company's partner stays visible, or nobody could log in."""
        partner = self.users["finance"].partner_id
        self.env["business.dossier"].sudo().create({
            "partner_id": partner.id, "company_id": self.company.id, "secrecy": "hidden",
        })
        self.assertTrue(self.see(self.sales_b, [("id", "=", partner.id)]))

    def test_guard_is_not_written_by_clients(self):
        """Security: what hides a customer is written by nobody."""
        for vals in ({"dossier_guard": 0}, {"dossier_company_id": False}):
            with self.assertRaises(AccessError):
                self.call(self.sales_a, self.hidden, "write", vals)

    def test_making_oneself_responsible(self):
        """JJ-3.6.1: B does not become the salesperson of a secret customer by writing it."""
        with self.assertRaises(ControlError):
            self.call(self.sales_b, self.secret, "write", {"user_id": self.sales_b.id})
        self.call(self.sales_a, self.secret, "write", {"user_id": self.sales_b.id})

    def test_secrecy_is_set_by_who_answers_for_the_customer(self):
        """JJ-3.6.1: A makes his customer secret, B does not touch it, and only somebody above makes it open again."""
        dossier = self.open.sudo().dossier_ids.sudo(False)
        with self.assertRaises(ControlError):
            self.call(self.sales_b, dossier, "write", {"secrecy": "hidden"})
        self.call(self.sales_a, dossier, "write", {"secrecy": "hidden"})
        self.assertFalse(self.see(self.sales_b, [("id", "=", self.open.id)]))
        with self.assertRaises(ControlError):
            self.call(self.sales_a, dossier, "write", {"secrecy": "open"})
        self.call(self.manager, dossier, "write", {"secrecy": "open"})
        self.assertTrue(self.see(self.sales_b, [("id", "=", self.open.id)]))

    def test_a_dossier_is_not_lost(self):
        """TS-3.3.4: neither deleting nor merging the customer takes his dossier away."""
        other = self.call(self.sales_b, self.env["res.partner"], "create", [{"name": "Mine", "is_company": True}])
        with self.assertRaises(ControlError):
            self.call(self.sales_b, self.secret, "unlink")
        with self.assertRaises(ControlError):
            self.env["base.partner.merge.automatic.wizard"].with_user(self.sales_b)._merge(
                [*other, self.secret.id], self.env["res.partner"].browse(other),
            )
        self.assertTrue(self.secret.sudo().dossier_ids)

    def test_contacts_follow(self):
        """JJ-3.6.1: a contact who comes to a hidden customer, by form or by merging, is hidden with him."""
        contact = self.env["res.partner"].sudo().create({"name": "Chen Mobile"})
        self.assertTrue(self.see(self.sales_b, [("id", "=", contact.id)]))
        contact.parent_id = self.hidden
        self.assertFalse(self.see(self.sales_b, [("id", "=", contact.id)]))
        twin = self.env["res.partner"].sudo().create({
            "name": "Quartz", "is_company": True, "child_ids": [Command.create({"name": "Wu Mobile"})],
        })
        other = twin.child_ids
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge((twin + self.hidden).ids, self.hidden.sudo(), False)
        self.env.invalidate_all()
        self.assertEqual(other.commercial_partner_id, self.hidden)
        self.assertFalse(self.see(self.sales_b, [("id", "=", other.id)]))

    def test_handing_over_is_no_passage(self):
        """Attack 19: saving a field that looks like a salesperson opens no dossier; nor does sending an invoice."""
        self.secret.sudo().dossier_ids.traits = "Closed to B"
        self.env.flush_all()
        shown = {"dossier_traits": {}, "dossier_id": {"fields": {"traits": {}}}}
        for vals in ({"activity_user_id": self.sales_b.id}, {"main_user_id": self.sales_b.id}):
            answer = self.call(self.sales_b, self.secret, "web_save", vals, shown)
            self.assertNotIn("Closed to B", str(answer))
        for vals in ({"user_id": self.sales_a.id}, {"user_id": self.sales_b.id}):
            with self.assertRaises(ControlError):
                self.call(self.sales_b, self.secret, "web_save", vals, shown)
        handled = self.secret.with_user(self.clerk)._as_handling()
        self.assertFalse(handled.dossier_id)

    def test_handing_over_in_the_form(self):
        """JJ-3.6.1: A hands his hidden customer over; the form that saved it shows it once more, and then no more."""
        for record in (self.hidden, self.secret.sudo().dossier_ids):
            answer = self.call(self.sales_a, record.sudo(False), "web_save", {"user_id": self.sales_b.id}, {
                "display_name": {}, "user_id": {"fields": {"display_name": {}}},
            })
            self.assertEqual(answer[0]["user_id"]["id"], self.sales_b.id)
            with self.assertRaises(AccessError):
                self.call(self.sales_a, record.sudo(False), "web_read", {"display_name": {}})
            self.assertTrue(self.call(self.sales_b, record.sudo(False), "web_read", {"display_name": {}}))
        with self.assertRaises(AccessError):
            self.call(self.sales_a, self.hidden, "web_save", {"user_id": self.sales_a.id}, {"display_name": {}})
