# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models

from .money import only_orders_of_payments


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        # EXTENDS 'account': what is posted or cancelled changes what has arrived for orders
        result = super().write(vals)
        if "state" in vals:
            if vals["state"] != "posted":
                self.sudo().origin_payment_id._void_confirmation()
            self.env["sale.order"]._refresh_collection_of_moves(self)
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["account.payment"]._match_by_itself(only_orders_of_payments(self.env, partials.ids))
        self.env["sale.order"]._refresh_collection_of_moves(partials._get_moves())
        return partials

    def unlink(self):
        moves = self._get_moves()
        result = super().unlink()
        self.env["sale.order"]._refresh_collection_of_moves(moves)
        return result

    def _get_moves(self):
        """Both sides of the reconciliations."""
        return (self.debit_move_id | self.credit_move_id).move_id
