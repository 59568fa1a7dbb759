# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyPlan(models.Model):
    """How often a place or department is inspected in full: at least monthly (SP-11, SM-4.2.1, SD-10)."""

    _name = "business.safety.plan"
    _description = "Inspection Plan"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, place_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="restrict", tracking=True)
    inspector_id = fields.Many2one(comodel_name="res.users", domain=[("share", "=", False)], tracking=True)
