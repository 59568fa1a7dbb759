# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetySeverity(models.Model):
    """How bad an incident is, and within how many hours it is reported (SM-4.4.1)."""

    _name = "business.safety.severity"
    _description = "Severity of Incidents"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The higher, the worse.")
    report_hours = fields.Float(
        string="Report Within (hours)", required=True, tracking=True,
        help="Hours after the incident within which the leading group is told. Holds for what is reported from now on.")
    is_accident = fields.Boolean(
        string="Counts as Accident", tracking=True, help="Ends the days without accident (SM-2.1).")
    stops_work = fields.Boolean(tracking=True, help="Work stops at the place at once (SM-4.4.1).")

    _check_hours = models.Constraint("CHECK (report_hours > 0)", "Give at least some time to report an incident.")

    def _is_worse_than(self, other):
        """Whether a severity stands above another one."""
        return (self.sequence, self.id) > (other.sequence, other.id)
