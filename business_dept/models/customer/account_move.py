# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        # EXTENDS 'account': what is posted or cancelled changes what customers owe
        result = super().write(vals)
        if "state" in vals:
            self.env["business.order.hold"]._facts_changed(partners=self.commercial_partner_id | self.line_ids.partner_id)
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["business.order.hold"]._facts_changed(partners=partials.debit_move_id.partner_id)
        return partials

    def unlink(self):
        partners = self.debit_move_id.partner_id
        result = super().unlink()
        self.env["business.order.hold"]._facts_changed(partners=partners)
        return result
