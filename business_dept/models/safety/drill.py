# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyDrill(models.Model):
    """An emergency drill: planned, held, evaluated; what is to improve becomes actions (SM-4.5.2, WM-5)."""

    _name = "business.safety.drill"
    _description = "Emergency Drill"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_planned desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.drill_overdue"
    _alert_date_field = "date_planned"

    _engine_fields = frozenset({"state", "alert_step", "date_evaluated", "evaluated_by_id", "date_cancelled"})

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    plan_id = fields.Many2one(
        comodel_name="business.regulation", string="Emergency Plan", index="btree_not_null", ondelete="restrict",
        domain=[("kind", "=", "emergency_plan")], tracking=True)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    leader_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True, tracking=True)
    date_planned = fields.Date(required=True, index=True, tracking=True)
    date_held = fields.Date(copy=False, tracking=True)
    date_evaluated = fields.Datetime(readonly=True, copy=False, tracking=True)
    evaluated_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_cancelled = fields.Datetime(readonly=True, copy=False)
    action_ids = fields.One2many(comodel_name="business.safety.action", inverse_name="drill_id", string="Improvements")
    state = fields.Selection(
        selection=[("planned", "Planned"), ("held", "Held"), ("evaluated", "Evaluated"), ("cancelled", "Cancelled")],
        compute="_compute_state", store=True, default="planned", required=True, index=True, copy=False, tracking=True)

    @api.depends("date_held", "date_evaluated", "date_cancelled")
    def _compute_state(self):
        for drill in self:
            drill.state = (
                "cancelled" if drill.date_cancelled else "evaluated" if drill.date_evaluated
                else "held" if drill.date_held else "planned")

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "planned")]

    def _get_alert_owner(self):
        return self.leader_id
