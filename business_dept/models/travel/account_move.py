# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..foundation.forgery import refuse_forged, without_forged_defaults


class AccountMove(models.Model):
    """Entries that set an advance off against a claim: which ones stands here, and only the engine writes it."""

    _inherit = "account.move"

    _engine_fields = frozenset({"travel_advance_id", "travel_claim_id"})

    travel_advance_id = fields.Many2one(
        comodel_name="business.travel.advance", string="Settles Advance", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", groups="base.group_user",
    )
    travel_claim_id = fields.Many2one(
        comodel_name="business.expense.claim", string="Settles Claim", readonly=True, copy=False, index="btree_not_null",
        ondelete="restrict", groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        return super(AccountMove, without_forged_defaults(self)).create(vals_list).with_env(self.env)

    def write(self, vals):
        refuse_forged(self, [vals])
        return super().write(vals)
