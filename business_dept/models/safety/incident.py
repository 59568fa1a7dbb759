# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetySeverity(models.Model):
    """How bad an incident is, and within how many hours it is reported (SM-4.4.1)."""

    _name = "business.safety.severity"
    _description = "Severity of Incidents"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    report_hours = fields.Float(
        string="Report Within (hours)", required=True, tracking=True,
        help="Hours after the incident within which the leading group is told.")
    is_accident = fields.Boolean(
        string="Counts as Accident", tracking=True, help="Ends the days without accident (SM-2.1).")
    stops_work = fields.Boolean(string="Stops Work", tracking=True, help="Work stops at the place at once (SM-4.4.1).")


class BusinessSafetyIncident(models.Model):
    """A near miss or an accident: stop work, report, investigate, act, learn (SM-4.4, SP-8.6)."""

    _name = "business.safety.incident"
    _description = "Safety Incident"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_occurred desc, id desc"
    _rec_names_search = ["name", "title"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.incident_report"
    _alert_date_field = "date_report_deadline"
    _alert_steps = ((0, "officer"), (1, "responsible"), (2, "leading_group"))

    _engine_fields = frozenset({
        "name", "state", "alert_step", "date_reported", "date_investigated", "date_closed", "closed_by_id", "reported_by_id",
    })

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    title = fields.Char(required=True, tracking=True, index="trigram")
    description = fields.Text(string="What Happened", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False)
    permit_type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", string="Activity", index="btree_not_null", ondelete="restrict",
        tracking=True, help="The special work during which it happened.")
    date_occurred = fields.Datetime(string="Happened On", required=True, default=fields.Datetime.now, index=True, tracking=True)
    severity_id = fields.Many2one(
        comodel_name="business.safety.severity", required=True, index=True, ondelete="restrict", tracking=True)
    is_accident = fields.Boolean(related="severity_id.is_accident", store=True, index=True)
    reported_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, default=lambda self: self.env.user)
    date_report_deadline = fields.Datetime(compute="_compute_date_report_deadline", store=True, index=True)
    date_reported = fields.Datetime(
        string="Leading Group Told", readonly=True, copy=False, tracking=True)
    date_investigated = fields.Datetime(string="Investigation Finished", readonly=True, copy=False, tracking=True)
    date_closed = fields.Datetime(readonly=True, copy=False, tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Happened"), ("investigating", "Being investigated"), ("acting", "Measures"), ("closed", "Closed"),
        ],
        compute="_compute_state", store=True, default="draft", required=True, index=True, copy=False, tracking=True,
        group_expand=True)
    stop_ids = fields.One2many(
        comodel_name="business.safety.stop", inverse_name="incident_id", string="Stop-Work", readonly=True)
    action_ids = fields.One2many(comodel_name="business.safety.action", inverse_name="incident_id", string="Corrective Actions")

    @api.depends("place_id")
    def _compute_department_id(self):
        for incident in self:
            incident.department_id = incident.place_id.department_id or incident.department_id

    @api.depends("date_occurred", "severity_id.report_hours")
    def _compute_date_report_deadline(self):
        for incident in self:
            incident.date_report_deadline = incident.date_occurred and fields.Datetime.add(
                incident.date_occurred, hours=incident.severity_id.report_hours)

    @api.depends("date_reported", "date_investigated", "date_closed")
    def _compute_state(self):
        for incident in self:
            if incident.date_closed:
                incident.state = "closed"
            elif incident.date_investigated:
                incident.state = "acting"
            else:
                incident.state = "investigating" if incident.date_reported else "draft"

    @api.model
    def _get_alert_domain(self):
        return [("date_reported", "=", False)]

    def _get_alert_owner(self):
        return self.reported_by_id
