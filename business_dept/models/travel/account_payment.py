# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from .travel_advance_money import POSTED

PROTECTED = frozenset({
    "amount", "currency_id", "partner_id", "partner_type", "payment_type", "destination_account_id", "company_id",
})
"""What the payment of an advance was approved with."""


class AccountPayment(models.Model):
    """Payments of advances: which one stands in `travel_advance_id`, which only the engine writes (IC-14)."""

    _name = "account.payment"
    _inherit = ["account.payment", "business.control.mixin"]

    _engine_fields = frozenset({"travel_advance_id"})

    travel_advance_id = fields.Many2one(
        comodel_name="business.travel.advance", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", groups="base.group_user",
    )

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        if not self.env.su:
            payments.filtered(lambda payment: payment.state in POSTED)._check_controls("pay")
        return payments

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        if PROTECTED & vals.keys():
            self._refuse_change_of_advance()
        paying = self.filtered(lambda payment: payment.state not in POSTED) if vals.get("state") in POSTED else self.browse()
        result = super().write(vals)
        paying._check_controls("pay")
        return result

    #=== CONTROLS ===#

    @control("travel.own_payment", moment="pay")
    def _check_own_payment(self):
        """IC-7: nobody pays out money of the company to himself, by Odoo's own dialogs neither."""
        user = self.env.user
        mine = user.partner_id | user.employee_ids.work_contact_id
        return {
            payment: Breach(
                self.env._("%(user)s pays %(amount)s to himself.",
                           user=user.name, amount=payment.currency_id.format(payment.amount)),
                amount=payment.amount, currency=payment.currency_id,
            )
            for payment in self if payment.payment_type == "outbound" and payment.partner_id and payment.partner_id in mine
        }

    def _get_control_customer(self):
        return None

    #=== BUSINESS METHODS ===#

    def _refuse_change_of_advance(self):
        """What was approved is paid: another amount or person is another advance.

        :raise UserError: naming the advances
        """
        for payment in self.sudo().filtered("travel_advance_id"):
            raise UserError(self.env._(
                "%(payment)s pays the advance %(advance)s as it was approved: cancel it and pay anew.",
                payment=payment.display_name, advance=payment.travel_advance_id.name,
            ))
