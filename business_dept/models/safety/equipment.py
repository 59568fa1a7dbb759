# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyEquipmentType(models.Model):
    """A kind of protective equipment (SM-4.3.2)."""

    _name = "business.safety.equipment.type"
    _description = "Protective Equipment"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    lifetime_months = fields.Integer(string="Replaced After (months)", help="0: does not expire.")
    sizes = fields.Char(help="Sizes that are kept, separated by commas.")


class BusinessSafetyEquipmentIssue(models.Model):
    """Protective equipment that a person was given, until he gives it back or it expires (SM-4.3.2)."""

    _name = "business.safety.equipment.issue"
    _description = "Protective Equipment Issued"
    _inherit = ["business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_issued desc, id desc"
    _check_company_auto = True
    _alert_control = "safety.equipment_expiry"
    _alert_date_field = "date_expiry"
    _alert_steps = ((-14, "owner"), (1, "officer"), (7, "responsible"))

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    type_id = fields.Many2one(
        comodel_name="business.safety.equipment.type", required=True, index=True, ondelete="restrict", tracking=True)
    size = fields.Char(tracking=True)
    quantity = fields.Integer(default=1, required=True)
    date_issued = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_expiry = fields.Date(string="Replace Before", index=True, tracking=True)
    date_returned = fields.Date(readonly=True, copy=False, tracking=True)

    def _get_alert_domain(self):
        return [("date_returned", "=", False), ("date_expiry", "!=", False)]

    def _get_alert_owner(self):
        return self.employee_id.user_id
