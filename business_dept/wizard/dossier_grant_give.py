# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models


class BusinessDossierGrantGive(models.TransientModel):
    """Access that the executive office gives without a request (JJ-3.6.3). The grant checks everything itself."""

    _name = "business.dossier.grant.give"
    _description = "Give Dossier Access"

    user_id = fields.Many2one(comodel_name="res.users", string="Employee", required=True)
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Customers", required=True)
    reason = fields.Text(required=True)
    date_from = fields.Datetime(string="From", help="Empty: at once.")
    date_until = fields.Datetime(string="Until", required=True, default=lambda self: self._default_date_until())

    @api.model
    def _default_date_until(self):
        return fields.Datetime.now() + timedelta(days=self.env.company.dossier_grant_days)

    def action_confirm(self):
        """Give the access, as the current user, who must belong to the executive office."""
        self.ensure_one()
        if not self.env.user.has_group("business_dept.group_executive_office"):
            self.env["business.control.mixin"]._refuse_on(
                self.env["business.dossier.grant"], "approval.out_of_turn",
                self.env._("The executive office gives access. Make an access request."),
            )
        grant = self.env["business.dossier.grant"]._give(
            self.user_id, self.partner_ids, self.reason, self.date_from, self.date_until,
        )
        return {
            "type": "ir.actions.act_window", "res_model": "business.dossier.grant", "res_id": grant.id, "view_mode": "form",
        }
