# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTravelBudget(models.Model):
    """What a department may spend on trips in a month (J1-2.3)."""

    _name = "business.travel.budget"
    _description = "Travel Budget"
    _order = "month desc, department_id, id"
    _check_company_auto = True

    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    department_id = fields.Many2one(comodel_name="hr.department", required=True, index=True, ondelete="restrict")
    month = fields.Date(required=True, help="Any day of the month.")
    amount = fields.Monetary(required=True)
