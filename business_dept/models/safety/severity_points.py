# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetySeverity(models.Model):
    _inherit = "business.safety.severity"

    assessment_points = fields.Float(
        string="Points Off the Assessment", default=20.0, digits=(5, 1), tracking=True,
        help="What an accident of this severity costs its department in the month's score (SD-5.6).")

    _check_assessment_points = models.Constraint(
        "CHECK (assessment_points >= 0)", "Points off the assessment cannot be negative.")
