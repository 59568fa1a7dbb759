# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessEnvironmentLimit(models.Model):
    """What of waste water, gas or solid waste is allowed at a place (SM-4.6)."""

    _name = "business.environment.limit"
    _description = "Environmental Limit"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, medium, name"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict", check_company=True)
    medium = fields.Selection(
        selection=[("water", "Waste water"), ("gas", "Waste gas"), ("solid", "Solid waste"), ("greening", "Greening")],
        required=True)
    name = fields.Char(string="Parameter", required=True, translate=True)
    unit = fields.Char(required=True)
    minimum = fields.Float(digits=(16, 3))
    maximum = fields.Float(digits=(16, 3), tracking=True)
    active = fields.Boolean(default=True)


class BusinessEnvironmentRecord(models.Model):
    """What was measured in a month; a breach makes a hazard (SM-4.6)."""

    _name = "business.environment.record"
    _description = "Environmental Record"
    _inherit = ["business.control.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    limit_id = fields.Many2one(
        comodel_name="business.environment.limit", required=True, index=True, ondelete="restrict", check_company=True)
    month = fields.Date(required=True, index=True, help="First day of the month.")
    value = fields.Float(digits=(16, 3), tracking=True)
    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
