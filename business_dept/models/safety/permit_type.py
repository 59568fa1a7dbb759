# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyPermitType(models.Model):
    """A kind of special work that needs a permit: hot work, temporary power, heights, confined space (SD-11, SM-4.3.1)."""

    _name = "business.safety.permit.type"
    _description = "Kind of Special Work"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    max_hours = fields.Float(
        string="Valid for at Most (hours)", default=8, tracking=True, help="A permit is not issued for longer. 0: no limit.")
    qualification_type_ids = fields.Many2many(
        comodel_name="business.safety.qualification.type", relation="business_safety_permit_type_qualification_rel",
        string="Qualifications Needed", tracking=True, help="Every worker holds each of them.")
    equipment_type_ids = fields.Many2many(
        comodel_name="business.safety.equipment.type", relation="business_safety_permit_type_equipment_rel",
        string="Protective Equipment Needed", tracking=True)
    check_item_ids = fields.One2many(
        comodel_name="business.safety.permit.check.item", inverse_name="type_id", string="Checks before Work")

    _check_max_hours = models.Constraint("CHECK (max_hours >= 0)", "The hours of a permit cannot be negative.")


class BusinessSafetyPermitCheckItem(models.Model):
    """What must be so before work of a kind begins; a permit takes a copy of it (SM-4.3.1)."""

    _name = "business.safety.permit.check.item"
    _description = "Check before Special Work"
    _order = "type_id, sequence, id"

    type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Safety Measure", required=True, translate=True)
    active = fields.Boolean(default=True)
