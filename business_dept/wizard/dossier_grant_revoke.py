# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessDossierGrantRevoke(models.TransientModel):
    """Asks why access is revoked. It decides nothing: the grant checks everything itself."""

    _name = "business.dossier.grant.revoke"
    _description = "Revoke Dossier Access"

    grant_ids = fields.Many2many(comodel_name="business.dossier.grant", required=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Hand the reason over to the grants, as the current user."""
        self.ensure_one()
        self.grant_ids.action_revoke(self.reason or "")
        return {"type": "ir.actions.act_window_close"}
