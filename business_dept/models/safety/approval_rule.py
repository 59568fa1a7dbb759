# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessApprovalRule(models.Model):
    """The safety leading group of the document's company decides (SP-5, SM-4.2.3)."""

    _inherit = "business.approval.rule"

    approver_type = fields.Selection(
        selection_add=[("leading_group", "The safety leading group")], ondelete={"leading_group": "cascade"})

    def _get_candidates(self, record, requester, company):
        """EXTENDS foundation: the members of the leading group today."""
        if self.approver_type != "leading_group":
            return super()._get_candidates(record, requester, company)
        return company._get_leading_group().filtered(lambda user: company in user.company_ids)
