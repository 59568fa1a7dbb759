# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from .reader import forget_readers


class BusinessDossierGrant(models.Model):
    """Access of one user to certain customers for a certain time (JJ-3.6.3). Written by the engine only."""

    _name = "business.dossier.grant"
    _description = "Dossier Access Grant"
    _inherit = ["business.engine.mixin"]
    _order = "id desc"

    name = fields.Char(string="Grant No.", required=True, readonly=True, copy=False, default="/")
    user_id = fields.Many2one(comodel_name="res.users", string="Holder", required=True, ondelete="restrict", index=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner", relation="business_dossier_grant_partner_rel", column1="grant_id",
        column2="partner_id", string="Customers",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    reason = fields.Text(required=True)
    date_from = fields.Datetime(string="From", required=True)
    date_until = fields.Datetime(string="Until", required=True)
    approved_by_id = fields.Many2one(comodel_name="res.users", string="Approved by", required=True, ondelete="restrict")
    revoked_on = fields.Datetime(readonly=True)
    revoked_by_id = fields.Many2one(comodel_name="res.users", string="Revoked by", readonly=True, ondelete="restrict")
    revoke_reason = fields.Text(readonly=True)

    _holder_idx = models.Index("(user_id, date_until) WHERE revoked_on IS NULL")

    @api.model_create_multi
    def create(self, vals_list):
        grants = super().create(vals_list)
        forget_readers(self.env)
        return grants

    def write(self, vals):
        result = super().write(vals)
        forget_readers(self.env)
        return result
