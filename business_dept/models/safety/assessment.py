# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyAssessment(models.Model):
    """The safety of a department in a month, from the data; written by the engine only (SD-5.6)."""

    _name = "business.safety.assessment"
    _description = "Safety Assessment"
    _inherit = ["business.engine.mixin"]
    _order = "month desc, score desc, id"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    department_id = fields.Many2one(comodel_name="hr.department", required=True, index=True, ondelete="cascade")
    month = fields.Date(required=True, index=True)
    score = fields.Float(digits=(5, 1), aggregator="avg")
