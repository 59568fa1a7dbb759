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
    dossier_grant_days = fields.Integer(
        string="Access: Days Proposed", default=7, help="For how long an access request asks to begin with.",
    )
    dossier_grant_max_days = fields.Integer(
        string="Access: Days at Most", default=90, help="For how long access to secret dossiers is given at the longest.",
    )
    dossier_reminder_days = fields.Integer(
        string="Access: Reminder Before the End", default=1,
        help="So many days before access ends, holder and approver are told. 0: no reminder.",
    )

    _check_dossier_grant_days = models.Constraint(
        "CHECK (dossier_grant_days > 0 AND dossier_grant_days <= dossier_grant_max_days AND dossier_reminder_days >= 0)",
        "Access to dossiers lasts one day at least; the days proposed are no more than the days at most.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'base': the controls of a new company begin in the mode they are shipped with."""
        companies = super().create(vals_list)
        self.env["business.control"].sudo().search([])._set_initial_modes(companies)
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "dossier_whitelist_group_id" in vals:
            forget_readers(self.env)
        return result

    @api.model
    def _set_dossier_whitelist(self):
        """Companies that were there before: their default was asked for when the group did not exist yet."""
        self.search([("dossier_whitelist_group_id", "=", False)]).dossier_whitelist_group_id = self.env.ref(
            "business_dept.group_dossier_whitelist"
        )
