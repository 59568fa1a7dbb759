# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, models
from odoo.tools import html2plaintext


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        """EXTENDS 'crm': what is known of the lead goes into the dossier (IC-12)."""
        result = super().convert_opportunity(partner, user_ids=user_ids, team_id=team_id)
        self._flow_into_dossiers()
        return result

    def _handle_partner_assignment(self, force_partner_id=False, create_missing=True, with_parent=None):
        result = super()._handle_partner_assignment(
            force_partner_id=force_partner_id, create_missing=create_missing, with_parent=with_parent,
        )
        self._flow_into_dossiers()
        return result

    def _flow_into_dossiers(self):
        """Fill what the customers' dossiers do not tell yet. A secret one is filled by who may change it only."""
        for company, leads in self.filtered("partner_id").grouped(lambda lead: lead.company_id or lead.env.company).items():
            customers = leads.sudo().partner_id.commercial_partner_id.filtered(lambda partner: not partner._is_ours())
            by_customer = leads.sudo().grouped(lambda lead: lead.partner_id.commercial_partner_id)
            for customer in customers.filtered(lambda partner: not partner.user_id):
                customer.user_id = by_customer[customer].user_id[:1]
            dossiers = self.env["business.dossier"].sudo().with_company(company)._get_or_create(customers).sudo()
            for dossier in dossiers:
                if self.env.su or dossier.sudo(False).is_writable:
                    by_customer[dossier.partner_id][:1]._fill_dossier(dossier)

    def _fill_dossier(self, dossier):
        """Write into a dossier what stands in the lead and not yet in the dossier."""
        self.ensure_one()
        person = self.contact_name and not dossier.person_ids and [Command.create({
            "name": self.contact_name, "function": self.function, "phone": self.phone,
        })]
        known = {
            "source_id": self.source_id.id,
            "notes": html2plaintext(self.description or "").strip(),
            "person_ids": person,
            "next_visit_date": self.activity_date_deadline,
        }
        vals = {name: value for name, value in known.items() if value and not dossier[name]}
        reached = self._get_reached_qualification()
        ranks = [key for key, _label in dossier._fields["qualification"].selection]
        if ranks.index(reached) > ranks.index(dossier.qualification):
            vals["qualification"] = reached
        if vals:
            dossier.write(vals)

    def _get_reached_qualification(self):
        """Who is converted has been screened; a business of known size is a target."""
        if self.type != "opportunity":
            return "lead"
        return "target" if self.expected_revenue else "screened"
