# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetySupply(models.Model):
    """Emergency supplies at a place: quantity, expiry, monthly check (SM-4.5.3, WM-5)."""

    _name = "business.safety.supply"
    _description = "Emergency Supplies"
    _inherit = ["business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "place_id, name"
    _check_company_auto = True
    _alert_control = "safety.supply_check"
    _alert_date_field = "date_check_due"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(related="place_id.department_id", store=True)
    keeper_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True, tracking=True)
    quantity = fields.Float(required=True, tracking=True)
    minimum = fields.Float(string="At Least", required=True, default=1, tracking=True)
    unit = fields.Char(default="pcs", translate=True)
    date_expiry = fields.Date(index="btree_not_null", tracking=True)
    date_check_due = fields.Date(string="Next Check", required=True, default=fields.Date.context_today, index=True)

    def _get_alert_domain(self):
        return [("active", "=", True)]

    def _get_alert_owner(self):
        return self.keeper_id
