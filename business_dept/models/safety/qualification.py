# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyQualificationType(models.Model):
    """What somebody must have learnt to do special work (SM-4.1.3, SD-9)."""

    _name = "business.safety.qualification.type"
    _description = "Qualification"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    validity_months = fields.Integer(string="Valid for (months)", help="0: does not expire.")


class BusinessSafetyQualification(models.Model):
    """A qualification that a person holds, with its expiry (SM-4.1.3)."""

    _name = "business.safety.qualification"
    _description = "Qualification of a Person"
    _inherit = ["business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True
    _alert_control = "safety.qualification_expiry"
    _alert_date_field = "date_to"
    _alert_steps = ((-30, "owner"), (-7, "officer"), (1, "responsible"))

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, ondelete="cascade", check_company=True, tracking=True)
    type_id = fields.Many2one(
        comodel_name="business.safety.qualification.type", required=True, index=True, ondelete="restrict", tracking=True)
    number = fields.Char(string="Certificate Number", tracking=True)
    source = fields.Selection(
        selection=[("manual", "Recorded by hand")], required=True, default="manual", readonly=True,
        help="Where it comes from; an addon with exams adds its own.")
    date_from = fields.Date(string="Valid From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="Valid Until", index=True, tracking=True)
    state = fields.Selection(
        selection=[("coming", "Not yet valid"), ("valid", "Valid"), ("expired", "Expired")], compute="_compute_state",
        search="_search_state")

    @api.model
    def _get_alert_domain(self):
        return [("date_to", "!=", False)]

    def _get_alert_owner(self):
        return self.employee_id.user_id
