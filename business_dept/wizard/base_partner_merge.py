# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """EXTENDS 'base': of two customers with a credit standing one would lose it, a hold perhaps."""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        losing = partners - (dst_partner or self._get_ordered_partner(partners.ids)[-1:])
        losing._refuse_losing_credit()
        return super()._merge(partner_ids, dst_partner=dst_partner, extra_checks=extra_checks)
