# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossier(DossierCommon):
    def dossier_of(self, partner):
        return partner.sudo().dossier_ids

    def create_customer(self, user, **vals):
        return self.env["res.partner"].sudo().browse(
            self.call(user, self.env["res.partner"], "create", [{"name": "New Customer", "is_company": True, **vals}])
        )

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    # --- made by itself ---

    def test_default_secret_has_no_open_moment(self):
        """JJ-3.6.1: where dossiers begin hidden, a new customer is hidden, and his maker is responsible."""
        self.company.dossier_secrecy = "hidden"
        partner = self.create_customer(self.sales_b)
        self.assertEqual(self.dossier_of(partner).secrecy, "hidden")
        self.assertEqual(partner.user_id, self.sales_b)
        self.assertFalse(self.call(self.sales_a, self.env["res.partner"], "search", [("id", "=", partner.id)]))
        self.assertTrue(self.call(self.sales_b, partner.sudo(False), "read", ["name"]))

    def test_default_secret_leaves_others_alone(self):
        """JJ-3.6.1: a vendor, a contact, a login and a company get no dossier; nor what others than editors make."""
        self.company.dossier_secrecy = "hidden"
        self.assertFalse(self.dossier_of(self.create_customer(self.sales_b, supplier_rank=1)))
        self.assertFalse(self.dossier_of(self.create_customer(self.sales_b, parent_id=self.open.id)))
        self.manager.group_ids += self.env.ref("base.group_system")
        user = self.env["res.users"].with_user(self.manager).create({"name": "New", "login": "new_login_x"})
        self.assertFalse(self.dossier_of(user.partner_id))
        company = self.env["res.company"].with_user(self.manager).create({"name": "New Company"})
        self.assertFalse(self.dossier_of(company.partner_id))

    def test_context_from_a_client_does_not_skip_it(self):
        """Attack 3: the key that spares logins and companies cannot be sent."""
        self.company.dossier_secrecy = "hidden"
        partner_id = self.call(
            self.sales_b, self.env["res.partner"], "create", [{"name": "Forged"}], context={"business_not_customer": True},
        )[0]
        self.assertTrue(self.env["res.partner"].sudo().browse(partner_id).dossier_ids)

    def test_open_default_makes_nothing_and_costs_nothing(self):
        """Nothing is made with an open default; 50 customers cost as many more statements as Odoo itself makes."""
        self.assertFalse(self.dossier_of(self.create_customer(self.sales_a)))

    def test_first_order_makes_a_customer(self):
        """IC-12: the first confirmed order makes the dossier and moves it on; never back."""
        order = self.make_order()
        self.assertFalse(self.dossier_of(self.customer))
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(self.dossier_of(self.customer).qualification, "customer")
        self.assertEqual(self.dossier_of(self.customer).company_id, self.company)

    # --- on the customer's form ---

    def test_tab_shows_and_changes_in_place(self):
        """JJ-3.5.1.1: the responsible salesperson reads and writes the dossier on the customer."""
        shown = self.call(self.sales_a, self.secret, "read", ["dossier_traits"])[0]
        self.assertEqual(shown["dossier_traits"], "Traits of Basalt Details Ltd")
        self.call(self.sales_a, self.secret, "write", {"dossier_traits": "Likes tea"})
        self.assertEqual(self.dossier_of(self.secret).traits, "Likes tea")

    def test_tab_is_empty_for_others(self):
        """JJ-3.5.1.4: who may not read the dossier finds the fields empty and is told why; writing changes nothing."""
        names = ["dossier_id", "dossier_traits", "dossier_qualification", "dossier_secrecy", "dossier_closed"]
        values = self.call(self.sales_b, self.secret, "read", names)[0]
        self.assertTrue(values.pop("dossier_closed"))
        values.pop("id")
        self.assertFalse(any(values.values()), values)
        self.call(self.sales_b, self.secret, "write", {"dossier_traits": "mine"})
        self.assertEqual(self.dossier_of(self.secret).traits, "Traits of Basalt Details Ltd")

    def test_tab_is_no_oracle(self):
        """Attack 19: searching, ordering and grouping by the fields of the tab tell nothing of a secret dossier."""
        mine = [("id", "=", self.secret.id)]
        for domain in (
            [("dossier_traits", "ilike", "Basalt")], [("dossier_secrecy", "=", "details")],
            [("dossier_id.traits", "ilike", "Basalt")], [("dossier_ids.traits", "ilike", "Basalt")],
            [("dossier_completeness", ">", 10)], [("dossier_ids.secrecy", "=", "details")],
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.call(self.sales_a, self.env["res.partner"], "search", mine + domain), self.secret.ids)
                self.assertFalse(self.call(self.sales_b, self.env["res.partner"], "search", mine + domain))

    def test_chatter_of_the_customer_tells_nothing(self):
        """Attack 19: a change of the dossier leaves no line in the customer's chatter, which others read."""
        messages = self.secret.sudo().message_ids
        self.call(self.sales_a, self.secret, "write", {
            "dossier_qualification": "target", "dossier_next_visit_date": "2030-01-01",
        })
        self.flush_tracking()
        self.assertEqual(self.secret.sudo().message_ids, messages)
        self.assertEqual(self.dossier_of(self.secret).qualification, "target")
        for name in self.env["res.partner"]._track_get_fields():
            self.assertFalse(name.startswith("dossier_"), name)

    def test_button_opens_the_dossier(self):
        """The button makes the company's dossier on the first click, and refuses a secret one."""
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        action = self.call(self.sales_a, contact, "action_open_dossier")
        self.assertEqual(self.dossier_of(self.customer).ids, [action["res_id"]])
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.secret, "action_open_dossier")

    # --- screens and settings ---

    def test_views_load_and_group(self):
        """The screens open for the posts that use them, and every group-by of the search works."""
        Dossier = self.env["business.dossier"]
        kinds = [(False, kind) for kind in ("kanban", "list", "form", "search", "calendar", "pivot", "graph", "activity")]
        for user in (self.sales_a, self.clerk, self.manager):
            self.call(user, Dossier, "get_views", kinds)
            for groupby in ("user_id", "qualification", "source_id", "secrecy", "city", "next_visit_date:month"):
                self.call(user, Dossier, "formatted_read_group", [], [groupby], ["__count", "completeness:avg"])
            self.call(user, Dossier, "search", [("user_id.crm_team_member_ids.crm_team_id.user_id", "=", user.id)])

    def test_settings(self):
        """JJ-3.6.2: executive office and regulation administrator set the company's levels; nobody else; it leaves a trace."""
        for user in (self.executive, self.admin_user):
            level = "details" if user == self.executive else "hidden"
            Settings = self.env["business.dossier.settings"]
            wizard = Settings.browse(self.call(user, Settings, "create", [{"dossier_secrecy": level}]))
            self.call(user, wizard, "action_save")
            self.assertEqual(self.company.dossier_secrecy, level)
            self.assertIn("→", self.events("mode_changed")[0].message)
        with self.assertRaises(AccessError):
            self.call(self.sales_a, Settings, "create", [{"dossier_secrecy": "open"}])
        stranger = new_test_user(
            self.env, login="other_company_executive", groups="base.group_user,business_dept.group_executive_office",
            company_id=self.env.ref("base.main_company").id,
            company_ids=[Command.set(self.env.ref("base.main_company").ids)],
        )
        with self.assertRaises(AccessError):
            wizard = Settings.browse(self.call(
                stranger, Settings, "create", [{"dossier_secrecy": "open", "company_id": self.company.id}],
            ))
            self.call(stranger, wizard, "action_save")
        self.assertEqual(self.company.dossier_secrecy, "hidden")
