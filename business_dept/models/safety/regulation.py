# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessRegulation(models.Model):
    """Operating procedures, emergency plans and lessons are issued like regulations: versions, approval, reading."""

    _inherit = "business.regulation"

    kind = fields.Selection(
        selection=[
            ("regulation", "Regulation"), ("procedure", "Operating procedure"), ("emergency_plan", "Emergency plan"),
            ("lesson", "Lesson of an incident"),
        ], required=True, default="regulation", index=True, tracking=True)
    safety_incident_id = fields.Many2one(
        comodel_name="business.safety.incident", string="Incident", index="btree_not_null", ondelete="restrict", readonly=True)
