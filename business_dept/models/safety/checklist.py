# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

CATEGORIES = [
    ("facilities", "Facilities, equipment and tools"),
    ("protection", "Protection on site"),
    ("office", "Electricity, fire and gas in offices"),
    ("escape", "Exits, escape routes and signs"),
    ("special_work", "Special work"),
]
"""The five categories of SD-11."""


class BusinessSafetyChecklist(models.Model):
    """What an inspection looks at (SD-11)."""

    _name = "business.safety.checklist"
    _description = "Inspection Checklist"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(comodel_name="res.company", index=True, ondelete="cascade", help="Empty: every company.")
    item_ids = fields.One2many(comodel_name="business.safety.checklist.item", inverse_name="checklist_id", copy=True)


class BusinessSafetyChecklistItem(models.Model):
    """One question of a checklist, with what to look at and how much it counts."""

    _name = "business.safety.checklist.item"
    _description = "Checklist Item"
    _order = "checklist_id, category, sequence, id"

    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="checklist_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(selection=CATEGORIES, required=True)
    name = fields.Char(required=True, translate=True)
    guidance = fields.Text(translate=True, help="What to look at, and when it passes.")
    weight = fields.Integer(default=1, required=True)
