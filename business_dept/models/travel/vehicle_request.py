# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessVehicleRequest(models.Model):
    """A company car for an errand, approved before it leaves (TE-1.3)."""

    _name = "business.vehicle.request"
    _description = "Vehicle Request"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True

    name = fields.Char(default="/", readonly=True, copy=False)
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    employee_id = fields.Many2one(comodel_name="hr.employee", required=True, index=True, string="Requested by")
    travel_request_id = fields.Many2one(comodel_name="business.travel.request", string="Trip or Errand", index="btree_not_null")
    date_from = fields.Datetime(string="Leaves", required=True)
    date_to = fields.Datetime(string="Returns", required=True)
