# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What decides who reads a dossier, outside the dossier: within a transaction that changes it, it counts at once."""
from odoo import api, models

from .reader import forget_readers


class CrmTeam(models.Model):
    _inherit = "crm.team"

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "active", "member_ids", "crm_team_member_ids"} & vals.keys():
            forget_readers(self.env)
        return result


class CrmTeamMember(models.Model):
    _inherit = "crm.team.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        forget_readers(self.env)
        return members

    def write(self, vals):
        result = super().write(vals)
        forget_readers(self.env)
        return result

    def unlink(self):
        result = super().unlink()
        forget_readers(self.env)
        return result


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if {"group_ids", "company_ids"} & vals.keys():
            forget_readers(self.env)
        return result


class BusinessControl(models.Model):
    _inherit = "business.control"

    def write(self, vals):
        result = super().write(vals)
        if "mode" in vals:
            forget_readers(self.env)
        return result
