# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import tagged

from odoo.addons.business_dept.tests.common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierFromLead(DossierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls.env["utm.source"].create({"name": "Stone Fair"})

    def make_lead(self, user=None, **vals):
        return self.env["crm.lead"].with_user(user or self.sales_a).create({
            "name": "Lobby floor", "type": "lead", "partner_name": "Marble New Ltd", "contact_name": "Ms Huang",
            "function": "Buyer", "phone": "+86 771 5559901", "description": "<p>Wants white marble</p>",
            "source_id": self.source.id, "user_id": (user or self.sales_a).id, "company_id": self.company.id, **vals,
        })

    def convert(self, lead, user=None):
        user = user or self.sales_a
        context = {"active_model": "crm.lead", "active_id": lead.id, "active_ids": lead.ids}
        Wizard = self.env["crm.lead2opportunity.partner"]
        wizard = Wizard.browse(self.call(
            user, Wizard, "create", [{"name": "convert", "action": "create", "user_id": user.id}], context=context,
        ))
        self.call(user, wizard, "action_apply", context=context)
        return lead.sudo().partner_id.commercial_partner_id.dossier_ids

    def test_conversion_fills_the_dossier(self):
        """IC-12: source, words, contact, salesperson and how far it has come."""
        dossier = self.convert(self.make_lead(expected_revenue=50000))
        self.assertEqual(dossier.source_id, self.source)
        self.assertEqual(dossier.notes, "Wants white marble")
        self.assertEqual(dossier.person_ids.mapped("name"), ["Ms Huang"])
        self.assertEqual(dossier.user_id, self.sales_a)
        self.assertEqual(dossier.qualification, "target")
        self.assertEqual(dossier.company_id, self.company)

    def test_nothing_is_overwritten(self):
        """JJ-3.5.2.2: what stands in the dossier stays; an advanced customer does not go back."""
        dossier = self.open.sudo().dossier_ids
        dossier.write({"notes": "Mine", "qualification": "customer"})
        lead = self.make_lead(partner_id=self.open.id)
        self.call(self.sales_a, lead, "convert_opportunity", self.open)
        self.assertEqual(dossier.notes, "Mine")
        self.assertEqual(dossier.qualification, "customer")
        self.assertEqual(dossier.source_id, self.source)

    def test_secret_dossier_is_not_filled_by_others(self):
        """JJ-3.5.1.4: B's lead on A's secret customer writes nothing into A's dossier."""
        lead = self.make_lead(user=self.sales_b, partner_id=self.secret.id)
        self.call(self.sales_b, lead, "convert_opportunity", self.secret)
        self.assertFalse(self.secret.sudo().dossier_ids.source_id)

    def test_hidden_by_default(self):
        """JJ-3.6.1: where dossiers begin hidden, B finds neither the customer nor the lead."""
        self.company.dossier_secrecy = "hidden"
        lead = self.make_lead()
        dossier = self.convert(lead)
        self.assertEqual(dossier.secrecy, "hidden")
        manager_of_leads = self.sales_b
        manager_of_leads.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        for user, seen in ((self.sales_a, True), (manager_of_leads, False)):
            partners = self.call(user, self.env["res.partner"], "search", [("id", "=", dossier.partner_id.id)])
            leads = self.call(user, self.env["crm.lead"], "search", [("phone", "ilike", "5559901")])
            self.assertEqual((bool(partners), bool(leads)), (seen, seen))
