# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyAward(models.Model):
    """A reward or penalty for safety, given by approval: of an assessment, or as accountability for an incident
    (SM-5, SM-4.4.3)."""

    _name = "business.safety.award"
    _description = "Safety Reward or Penalty"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _approval_without_breach = True

    _engine_fields = frozenset({"name", "state", "date_decided"})

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(selection=[("reward", "Reward"), ("penalty", "Penalty")], required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", check_company=True)
    assessment_id = fields.Many2one(
        comodel_name="business.safety.assessment", index="btree_not_null", ondelete="restrict")
    measure = fields.Char(help="Commendation, warning, training …", tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(tracking=True)
    ground = fields.Text(required=True, tracking=True)
