# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class HrExpense(models.Model):
    _inherit = "hr.expense"

    claim_id = fields.Many2one(
        comodel_name="business.expense.claim", string="Claim", index="btree_not_null", copy=False, readonly=True)
    travel_request_id = fields.Many2one(comodel_name="business.travel.request", string="Trip", index="btree_not_null")
    travel_leg_id = fields.Many2one(comodel_name="business.travel.leg", string="Ride", index="btree_not_null")
    travel_kind = fields.Selection(
        selection=[
            ("transport", "Transport between places"), ("lodging", "Lodging"), ("allowance", "Allowance"),
            ("taxi", "Taxi"), ("town_lodging", "Lodging in town"),
        ],
        help="What the travel policy judges it as; empty: no matter of travel.",
    )
    claimed_amount = fields.Monetary(string="Claimed", currency_field="company_currency_id", readonly=True, copy=False)
    allowed_amount = fields.Monetary(string="Allowed", currency_field="company_currency_id", readonly=True, copy=False)
    allowed_reason = fields.Text(string="Why", readonly=True, copy=False)
