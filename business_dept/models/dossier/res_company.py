# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from .reader import forget_readers

SECRECY = [("open", "Open"), ("details", "Details secret"), ("hidden", "Hidden")]


class ResCompany(models.Model):
    _inherit = "res.company"

    dossier_secrecy = fields.Selection(
        selection=SECRECY,
        string="Secrecy of New Dossiers",
        default="open",
        required=True,
        help="What a new customer dossier begins with. Existing dossiers stay as they are.",
    )
    dossier_whitelist_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Dossier Whitelist",
        default=lambda self: self.env.ref("business_dept.group_dossier_whitelist", raise_if_not_found=False),
        help="Members of this group read every dossier of the company (JJ-3.6.2).",
    )

    dossier_log_months = fields.Integer(
        string="Keep the Access Log",
        default=36,
        help="Months after which rows of the dossier access log are removed; 0 keeps them for good. Changes are kept.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'base': the controls of a new company begin in the mode they are shipped with."""
        companies = super().create(vals_list)
        self.env["business.control"].sudo()._set_initial_modes(companies)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "dossier_whitelist_group_id" in vals:
            forget_readers(self.env)
        return result
