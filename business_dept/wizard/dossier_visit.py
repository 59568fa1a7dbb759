# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models


class BusinessDossierVisit(models.TransientModel):
    """What a visit brought. The dossier keeps it, and asks for the right to change it."""

    _name = "business.dossier.visit"
    _description = "Record Visit"

    dossier_id = fields.Many2one(comodel_name="business.dossier", required=True, ondelete="cascade")
    date = fields.Date(string="Visited On", required=True, default=fields.Date.context_today)
    note = fields.Text(string="What It Brought", required=True)
    next_visit_date = fields.Date(
        string="Next Visit", compute="_compute_next_visit_date", store=True, readonly=False, precompute=True,
    )

    @api.depends("date", "dossier_id")
    def _compute_next_visit_date(self):
        for visit in self:
            days = visit.dossier_id.company_id.sudo().dossier_visit_interval_days
            visit.next_visit_date = visit.date and days and visit.date + timedelta(days=days)

    def action_record(self):
        """Hand it over to the dossier, as the current user."""
        self.ensure_one()
        self.dossier_id._record_visit(self.date, self.note, self.next_visit_date)
        return {"type": "ir.actions.act_window_close"}
