# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'base': the posts of a new company get the shipped discount authorities (JJ-1.2.1)."""
        companies = super().create(vals_list)
        self.env["business.discount.authority"]._create_for_companies(companies)
        return companies
