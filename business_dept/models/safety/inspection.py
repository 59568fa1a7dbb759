# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyInspection(models.Model):
    """An inspection of a place by a checklist; once closed, nobody edits it (SP-11, SM-4.2.1, SD-10, SD-11)."""

    _name = "business.safety.inspection"
    _description = "Safety Inspection"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.inspection_overdue"
    _alert_steps = ((-3, "owner"), (1, "officer"), (3, "responsible"), (7, "leading_group"))

    _engine_fields = frozenset({"name", "state", "date_closed", "closed_by_id", "alert_step", "score"})

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        selection=[
            ("full", "Full inspection"), ("holiday", "Before holidays"), ("incident", "After an incident"),
            ("special", "Special inspection"), ("correction", "Correction of an inspection"),
        ], required=True, default="full", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    plan_id = fields.Many2one(
        comodel_name="business.safety.plan", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="restrict", tracking=True)
    inspector_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True,
        domain=[("share", "=", False)], tracking=True)
    month = fields.Date(help="First day of the month that a full inspection is for.", readonly=True, copy=False)
    date_deadline = fields.Date(string="Due", required=True, index=True, default=fields.Date.context_today, tracking=True)
    date_closed = fields.Datetime(readonly=True, copy=False, index="btree_not_null", tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("open", "To do"), ("closed", "Closed")], compute="_compute_state", store=True, default="open",
        required=True, index=True, copy=False, tracking=True)
    score = fields.Float(digits=(5, 1), readonly=True, copy=False, aggregator="avg", tracking=True)
    line_ids = fields.One2many(
        comodel_name="business.safety.inspection.line", inverse_name="inspection_id", string="Items")
    hazard_ids = fields.One2many(
        comodel_name="business.safety.hazard", inverse_name="inspection_id", string="Hazards", readonly=True)

    @api.depends("date_closed")
    def _compute_state(self):
        for inspection in self:
            inspection.state = "closed" if inspection.date_closed else "open"

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "open")]

    def _get_alert_owner(self):
        return self.inspector_id


class BusinessSafetyInspectionLine(models.Model):
    """What was found at one item of the checklist."""

    _name = "business.safety.inspection.line"
    _description = "Inspected Item"
    _order = "inspection_id, category, sequence, id"

    inspection_id = fields.Many2one(
        comodel_name="business.safety.inspection", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="inspection_id.company_id", store=True, index=True)
    item_id = fields.Many2one(comodel_name="business.safety.checklist.item", ondelete="set null", readonly=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(selection=lambda self: self.env["business.safety.checklist.item"]._fields["category"].selection,
                                required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    guidance = fields.Text(readonly=True)
    weight = fields.Integer(default=1, required=True, readonly=True)
    result = fields.Selection(selection=[("pass", "Pass"), ("fail", "Fail"), ("na", "Not applicable")], index=True)
    note = fields.Text()
    photo = fields.Image(max_width=1920, max_height=1920)
    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", index="btree_not_null", ondelete="set null", readonly=True, copy=False)
