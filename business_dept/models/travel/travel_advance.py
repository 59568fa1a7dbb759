# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTravelAdvance(models.Model):
    """Money that somebody takes along (借支): paid by finance as Odoo's payment, settled with claims."""

    _name = "business.travel.advance"
    _description = "Travel Advance"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True

    name = fields.Char(default="/", readonly=True, copy=False)
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(comodel_name="hr.employee", required=True, index=True)
    travel_request_id = fields.Many2one(comodel_name="business.travel.request", string="Trip", index="btree_not_null")
    amount = fields.Monetary(required=True)
