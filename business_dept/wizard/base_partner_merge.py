# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """EXTENDS 'base': merging works on ids in SQL: it asks for no right, and what exists once per customer is lost."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        partners._refuse_hidden()
        kept = dst_partner or self._get_ordered_partner(partners.ids)[-1:]
        (partners - kept)._refuse_losing_credit()
        (partners - kept)._refuse_losing_dossier()
        result = super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
        kept._recompute_dossier_guard()  # whose contacts came over in SQL
        return result
