# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyHazard(models.Model):
    """A hazard: report → assess → rectify → verify → close; major ones are supervised (SD-12, SM-4.2)."""

    _name = "business.safety.hazard"
    _description = "Hazard"
    _inherit = ["business.approval.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "is_major desc, date_deadline, id desc"
    _rec_names_search = ["name", "title"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.hazard_deadline"

    _engine_fields = frozenset({
        "name", "state", "alert_step", "date_assessed", "assessed_by_id", "date_rectified", "rectified_by_id",
        "date_verified", "verified_by_id", "date_closed", "date_rejected", "rejected_by_id", "source", "inspection_id",
        "incident_id", "reporter_id", "is_anonymous",
    })

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    title = fields.Char(required=True, tracking=True, index="trigram")
    description = fields.Text(tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", string="Department in Charge", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False)
    category = fields.Selection(
        selection=lambda self: self.env["business.safety.checklist.item"]._fields["category"].selection, tracking=True)
    source = fields.Selection(
        selection=[
            ("employee", "Employee"), ("inspection", "Inspection"), ("report", "Report page"), ("incident", "Incident"),
            ("drill", "Drill"), ("environment", "Environmental record"),
        ], required=True, default="employee", readonly=True, index=True)
    inspection_id = fields.Many2one(
        comodel_name="business.safety.inspection", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
    is_anonymous = fields.Boolean(readonly=True, copy=False)
    reporter_id = fields.Many2one(
        comodel_name="res.users", string="Reported by", readonly=True, copy=False, index="btree_not_null",
        help="Empty when the report came without an account.")
    date_found = fields.Date(required=True, default=fields.Date.context_today, index=True, tracking=True)
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_hazard_photo_rel", string="Photos", copy=False)

    # assess
    likelihood = fields.Selection(
        selection=[("1", "1 Hardly"), ("2", "2 Seldom"), ("3", "3 Possible"), ("4", "4 Likely"), ("5", "5 Very likely")],
        tracking=True, copy=False)
    severity = fields.Selection(
        selection=[("1", "1 Negligible"), ("2", "2 Slight"), ("3", "3 Serious"), ("4", "4 Grave"), ("5", "5 Fatal")],
        tracking=True, copy=False)
    risk = fields.Integer(compute="_compute_level", store=True, aggregator="max", help="Likelihood × severity (1 to 25).")
    level = fields.Selection(
        selection=[("low", "Low"), ("medium", "Medium"), ("high", "High"), ("extreme", "Extreme")],
        compute="_compute_level", store=True, index=True, tracking=True)
    is_declared_major = fields.Boolean(
        string="Declared Major", tracking=True, copy=False, help="Major whatever its level; it is never made less by this.")
    is_major = fields.Boolean(string="Major Hazard", compute="_compute_level", store=True, index=True, tracking=True)
    date_assessed = fields.Datetime(readonly=True, copy=False, tracking=True)
    assessed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # rectify
    measures = fields.Text(tracking=True, copy=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_amount = fields.Monetary(string="Money", tracking=True, copy=False)
    responsible_id = fields.Many2one(
        comodel_name="res.users", string="Rectified by", index="btree_not_null", domain=[("share", "=", False)],
        tracking=True, copy=False)
    date_deadline = fields.Date(string="Deadline", index="btree_not_null", tracking=True, copy=False)
    interim_protection = fields.Text(string="Protection Meanwhile", tracking=True, copy=False)
    rectification_note = fields.Text(string="What Was Done", copy=False, tracking=True)
    evidence_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_hazard_evidence_rel", string="Evidence", copy=False)
    date_rectified = fields.Datetime(readonly=True, copy=False, tracking=True)
    rectified_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # verify and close
    verification_note = fields.Text(copy=False, tracking=True)
    date_verified = fields.Datetime(readonly=True, copy=False, tracking=True)
    verified_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_closed = fields.Datetime(readonly=True, copy=False, index="btree_not_null", tracking=True)
    date_rejected = fields.Datetime(readonly=True, copy=False, tracking=True)
    rejected_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("reported", "Reported"), ("rectifying", "Being rectified"), ("verifying", "To verify"),
            ("removal", "Removal under review"), ("closed", "Closed"), ("rejected", "No hazard"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="reported", required=True, index=True, copy=False,
        tracking=True, group_expand=True)

    # supervised (SM-4.2.3)
    supervisor_id = fields.Many2one(
        comodel_name="res.users", string="Supervisor", index="btree_not_null", domain=[("share", "=", False)], tracking=True,
        copy=False, help="Member of the leading group who follows a major hazard until it is removed.")
    emergency_plan = fields.Text(string="If It Happens Meanwhile", tracking=True, copy=False)
    progress_ids = fields.One2many(
        comodel_name="business.safety.hazard.progress", inverse_name="hazard_id", string="Weekly Progress", readonly=True)

    #=== COMPUTE METHODS ===#

    @api.depends("place_id")
    def _compute_department_id(self):
        for hazard in self:
            hazard.department_id = hazard.place_id.department_id or hazard.department_id

    @api.depends("likelihood", "severity", "is_declared_major")
    def _compute_level(self):
        for hazard in self:
            hazard.risk, hazard.level, hazard.is_major = 0, False, hazard.is_declared_major

    @api.depends("date_assessed", "date_rectified", "date_verified", "date_closed", "date_rejected", "approval_ids.state")
    def _compute_state(self):
        for hazard in self:
            match hazard:
                case _ if hazard.date_rejected:
                    hazard.state = "rejected"
                case _ if hazard.date_closed:
                    hazard.state = "closed"
                case _ if hazard.date_verified:
                    hazard.state = "removal"
                case _ if hazard.date_rectified:
                    hazard.state = "verifying"
                case _ if hazard.date_assessed:
                    hazard.state = "rectifying"
                case _:
                    hazard.state = "reported"

    @api.model
    def _get_alert_domain(self):
        return [("state", "in", ("rectifying", "verifying", "removal")), ("date_deadline", "!=", False)]

    def _get_alert_owner(self):
        return self.responsible_id


class BusinessSafetyHazardProgress(models.Model):
    """What was done about a major hazard in a week (SM-4.2.3); written by the buttons of the hazard only."""

    _name = "business.safety.hazard.progress"
    _description = "Progress of a Major Hazard"
    _inherit = ["business.engine.mixin"]
    _order = "date desc, id desc"

    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="hazard_id.company_id", store=True, index=True)
    date = fields.Date(required=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By", required=True)
    percent = fields.Integer(string="Done (%)")
    note = fields.Text(required=True)
