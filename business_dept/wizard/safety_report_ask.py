# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyReportAsk(models.TransientModel):
    """The window for a question to who reported a hazard; the hazard checks who asks."""

    _name = "business.safety.report.ask"
    _description = "Ask Who Reported"

    hazard_id = fields.Many2one(comodel_name="business.safety.hazard", required=True)
    question = fields.Text(required=True)

    def action_send(self):
        """Put the question on the page."""
        self.ensure_one()
        return self.hazard_id.action_ask(self.question) and {"type": "ir.actions.act_window_close"}
