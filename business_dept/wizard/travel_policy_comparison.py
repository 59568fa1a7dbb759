# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessTravelPolicyComparison(models.TransientModel):
    """Two versions of a travel policy side by side: only what differs."""

    _name = "business.travel.policy.comparison"
    _description = "Comparison of Travel Policies"

    policy_id = fields.Many2one(comodel_name="business.travel.policy", string="Version", required=True, ondelete="cascade")
    other_id = fields.Many2one(
        comodel_name="business.travel.policy", string="Compared With", ondelete="cascade",
        domain="[('id', '!=', policy_id)]",
    )
    differences_html = fields.Html(compute="_compute_differences_html", sanitize=False)

    @api.depends_context("lang", "uid")
    @api.depends("policy_id", "other_id")
    def _compute_differences_html(self):
        for comparison in self:
            new, old = comparison.policy_id._origin, comparison.other_id._origin
            (new | old).check_access("read")
            comparison.differences_html = new._render_differences(old) if new and old else False
