# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTravelRequest(models.Model):
    """A trip or an errand in town, asked for beforehand (TE-1, TE-2, RG-3.3)."""

    _name = "business.travel.request"
    _description = "Travel Request"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True

    name = fields.Char(default="/", readonly=True, copy=False)
    kind = fields.Selection(selection=[("trip", "Trip"), ("errand", "Errand in town")], required=True, default="trip")
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(comodel_name="hr.employee", required=True, index=True, string="Requested by")
    traveller_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_travel_request_traveller_rel", column1="request_id",
        column2="employee_id", string="Travellers", help="All who travel, the requester among them if he does.",
    )
    purpose = fields.Char(required=True)
    customer_ids = fields.Many2many(
        comodel_name="res.partner", relation="business_travel_request_customer_rel", column1="request_id",
        column2="partner_id", string="Customers to Visit",
    )
    leg_ids = fields.One2many(comodel_name="business.travel.leg", inverse_name="request_id", copy=True)
    lodging_ids = fields.One2many(comodel_name="business.travel.lodging", inverse_name="request_id", copy=True)
    hosted_ids = fields.One2many(comodel_name="business.travel.hosted", inverse_name="request_id", copy=False)
    date_from = fields.Date(string="From Day")
    date_to = fields.Date(string="To Day")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft", readonly=True, copy=False, required=True, tracking=True,
    )
    date_approved = fields.Datetime(readonly=True, copy=False)
    estimated_amount = fields.Monetary(string="Estimated Cost", readonly=True, copy=False)
    advance_wanted = fields.Monetary()
    department_id = fields.Many2one(comodel_name="hr.department")
    expense_ids = fields.One2many(comodel_name="hr.expense", inverse_name="travel_request_id", readonly=True)
