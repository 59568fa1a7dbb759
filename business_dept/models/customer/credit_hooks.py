# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class BusinessCreditProfile(models.Model):
    _inherit = "business.credit.profile"

    def _credit_changed(self):
        super()._credit_changed()
        self.env["business.order.hold"]._facts_changed(partners=self.partner_id)


class BusinessControl(models.Model):
    _inherit = "business.control"

    def write(self, vals):
        result = super().write(vals)
        if {"mode", "threshold"} & vals.keys():
            self.env["business.order.hold"]._facts_changed()
        return result
