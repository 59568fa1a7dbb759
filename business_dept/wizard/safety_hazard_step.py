# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyHazardStep(models.TransientModel):
    """Asks for the words of a step. It decides nothing: the hazard checks who, when and what."""

    _name = "business.safety.hazard.step"
    _description = "Step of a Hazard"

    hazard_ids = fields.Many2many(comodel_name="business.safety.hazard", string="Hazards", required=True)
    step = fields.Selection(
        selection=[
            ("reject", "No Hazard"), ("reassess", "Assess Anew"), ("verify", "Verify"), ("send_back", "Not Put Right"),
            ("reopen", "Reopen"), ("progress", "Weekly Progress"),
        ], required=True)
    note = fields.Text(string="In Words", required=True)
    likelihood = fields.Selection(
        selection=lambda self: self.env["business.safety.hazard"]._fields["likelihood"]._description_selection(self.env),
        compute="_compute_figures", store=True, readonly=False)
    severity = fields.Selection(
        selection=lambda self: self.env["business.safety.hazard"]._fields["severity"]._description_selection(self.env),
        compute="_compute_figures", store=True, readonly=False)
    is_declared_major = fields.Boolean(
        string="Declared Major", compute="_compute_figures", store=True, readonly=False)
    percent = fields.Integer(string="Done (%)", compute="_compute_figures", store=True, readonly=False)
    date_deadline = fields.Date(string="New Deadline")
    is_closed = fields.Boolean(compute="_compute_is_closed")

    @api.depends("hazard_ids")
    def _compute_figures(self):
        for wizard in self:
            hazard = wizard.hazard_ids[:1]
            wizard.likelihood, wizard.severity = hazard.likelihood, hazard.severity
            wizard.is_declared_major, wizard.percent = hazard.is_declared_major, hazard.percent

    @api.depends("hazard_ids")
    def _compute_is_closed(self):
        for wizard in self:
            wizard.is_closed = any(hazard.state == "closed" for hazard in wizard.hazard_ids)

    def action_confirm(self):
        """Hand it over to the hazards, as the current user."""
        self.ensure_one()
        hazards, note = self.hazard_ids, self.note or ""
        match self.step:
            case "reject":
                hazards.action_reject(note)
            case "verify":
                hazards.action_verify(note)
            case "send_back":
                hazards.action_send_back(note)
            case "reassess":
                hazards.action_reassess(self.likelihood or "", self.severity or "", self.is_declared_major, note)
            case "reopen":
                hazards.action_reopen(note, self.date_deadline)
            case "progress":
                hazards.action_progress(self.percent, note)
        return {"type": "ir.actions.act_window_close"}
