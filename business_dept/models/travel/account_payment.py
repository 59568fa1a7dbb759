# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

PROTECTED = frozenset({
    "amount", "currency_id", "partner_id", "partner_type", "payment_type", "destination_account_id", "company_id",
})
"""What the payment of an advance was approved with."""


class AccountPayment(models.Model):
    """Payments of advances: which one stands in `travel_advance_id`, which only the engine writes (IC-14)."""

    _inherit = "account.payment"

    travel_advance_id = fields.Many2one(
        comodel_name="business.travel.advance", string="Travel Advance", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", groups="base.group_user",
    )

    def write(self, vals):
        if not self.env.su and PROTECTED & vals.keys():
            self._refuse_change_of_advance()
        return super().write(vals)

    def _refuse_change_of_advance(self):
        """What was approved is paid: another amount or person is another advance.

        :raise UserError: naming the advances
        """
        for payment in self.sudo().filtered("travel_advance_id"):
            raise UserError(self.env._(
                "%(payment)s pays the advance %(advance)s as it was approved: cancel it and pay anew.",
                payment=payment.display_name, advance=payment.travel_advance_id.name,
            ))
