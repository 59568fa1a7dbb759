# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyIncidentStep(models.TransientModel):
    """A step of an incident that needs a reason or more. The incident checks it and carries it out."""

    _name = "business.safety.incident.step"
    _description = "Step of an Incident"

    incident_id = fields.Many2one(comodel_name="business.safety.incident", required=True, ondelete="cascade")
    permit_type_id = fields.Many2one(related="incident_id.permit_type_id")
    step = fields.Selection(
        selection=[
            ("stop", "Stop Work"), ("lift", "Let Work Go On"), ("severity", "Lower the Severity"),
            ("authority", "Note Who Was Told"), ("reinvestigate", "Go On with the Investigation"),
            ("reopen", "Take Up Again"),
        ], required=True, readonly=True)
    stop_id = fields.Many2one(comodel_name="business.safety.stop", ondelete="cascade")
    target = fields.Selection(
        selection=[("place", "Everything at the place"), ("activity", "This activity everywhere")],
        string="What Stands Still", default="place")
    severity_id = fields.Many2one(comodel_name="business.safety.severity", string="New Severity", ondelete="cascade")
    authority = fields.Char()
    channel = fields.Selection(
        selection=lambda self: self.env["business.safety.incident.notice"]._fields["channel"]._description_selection(self.env),
        default="phone")
    date = fields.Datetime(string="Told On", default=fields.Datetime.now)
    reason = fields.Text()

    def action_confirm(self):
        """Hand it over to the incident, as the current user."""
        self.ensure_one()
        incident = self.incident_id
        match self.step:
            case "stop":
                incident.action_stop_work(self.target, self.reason)
            case "lift":
                self.stop_id.action_lift_stop(self.reason)
            case "severity":
                incident.action_lower_severity(self.severity_id.id, self.reason)
            case "authority":
                incident.action_note_authority(self.authority, self.channel, self.date)
            case "reinvestigate":
                incident.action_reopen_investigation(self.reason)
            case "reopen":
                incident.action_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
