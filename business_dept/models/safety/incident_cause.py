# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ...policy.incident import WHYS, root_cause

ANSWERS = tuple(f"why_{number}" for number in range(1, WHYS + 1))


class BusinessSafetyIncidentCause(models.Model):
    """A chain of whys: from what was seen to the cause behind it (SM-4.4.2). Written by who handles the incident."""

    _name = "business.safety.incident.cause"
    _description = "Cause of an Incident"
    _inherit = ["business.safety.incident.part.mixin"]
    _order = "incident_id, sequence, id"
    _incident_field = "cause_ids"

    sequence = fields.Integer(default=10)
    name = fields.Char(string="What Was Seen", required=True)
    kind = fields.Selection(
        selection=[
            ("human", "Human"), ("machine", "Machine"), ("material", "Material"), ("method", "Way of working"),
            ("environment", "Surroundings"), ("management", "Management"),
        ], string="Kind of Root Cause", required=True, default="management", index=True)
    why_1 = fields.Char(string="Why?")
    why_2 = fields.Char(string="And why that?")
    why_3 = fields.Char(string="Third why")
    why_4 = fields.Char(string="Fourth why")
    why_5 = fields.Char(string="Fifth why")
    root_cause = fields.Char(
        compute="_compute_root_cause", store=True, help="The last answer, when the chain goes three whys deep at least.")

    @api.depends(*ANSWERS)
    def _compute_root_cause(self):
        for cause in self:
            cause.root_cause = root_cause([cause[name] for name in ANSWERS]) or False
