# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyInspectionCorrect(models.TransientModel):
    """Why a closed inspection is corrected. The inspection makes the correction, and asks for the right to."""

    _name = "business.safety.inspection.correct"
    _description = "Correct Inspection"

    inspection_id = fields.Many2one(comodel_name="business.safety.inspection", required=True, ondelete="cascade")
    reason = fields.Text(string="Why It Is Corrected", required=True)

    def action_correct(self):
        """Hand the reason over to the inspection, as the current user."""
        self.ensure_one()
        return self.inspection_id.action_correct(self.reason)
