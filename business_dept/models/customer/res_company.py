# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'base': a new company gets the shipped grades A, B, C and a scoring policy (JJ-4.1)."""
        companies = super().create(vals_list)
        self.env["business.credit.grade"]._create_for_companies(companies)
        return companies
