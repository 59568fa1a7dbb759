# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyIncidentNotice(models.Model):
    """Who was told of an incident, when, how, by whom (SM-4.4.1); written by the engine only."""

    _name = "business.safety.incident.notice"
    _description = "Notice of an Incident"
    _inherit = ["business.engine.mixin"]
    _order = "date, id"

    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)
    occasion = fields.Selection(
        selection=[
            ("happened", "Incident happened"), ("reported", "Reported to the leading group"),
            ("raised", "Turned out to be worse"), ("authority", "Outside authority told"),
        ], required=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Told", index="btree_not_null", ondelete="restrict")
    authority = fields.Char(help="Who was told outside the company: emergency management office, police, insurer …")
    channel = fields.Selection(
        selection=[
            ("system", "Activity and mail"), ("phone", "Phone"), ("person", "In person"), ("letter", "In writing"),
        ], required=True, default="system")
    date = fields.Datetime(string="Told On", required=True)
    by_id = fields.Many2one(comodel_name="res.users", string="Told by", required=True, ondelete="restrict")
