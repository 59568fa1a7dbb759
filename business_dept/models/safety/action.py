# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyAction(models.Model):
    """A corrective action: of an incident or of a drill; its effect is checked by somebody else (SM-4.4.2, SM-4.5.2)."""

    _name = "business.safety.action"
    _description = "Corrective Action"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_deadline, id"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.action_deadline"

    _engine_fields = frozenset({"state", "alert_step", "date_done", "done_by_id", "date_checked", "checked_by_id"})

    name = fields.Char(string="What Is to Be Done", required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", check_company=True)
    drill_id = fields.Many2one(
        comodel_name="business.safety.drill", index="btree_not_null", ondelete="restrict", check_company=True)
    owner_id = fields.Many2one(
        comodel_name="res.users", required=True, index=True, domain=[("share", "=", False)], tracking=True)
    date_deadline = fields.Date(string="Deadline", required=True, index=True, tracking=True)
    done_note = fields.Text(string="What Was Done", copy=False, tracking=True)
    date_done = fields.Datetime(readonly=True, copy=False, tracking=True)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    check_note = fields.Text(string="Effect", copy=False, tracking=True)
    date_checked = fields.Datetime(string="Found Effective On", readonly=True, copy=False, tracking=True)
    checked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("open", "To do"), ("done", "Done, effect to check"), ("effective", "Effective")],
        compute="_compute_state", store=True, default="open", required=True, index=True, copy=False, tracking=True)

    @api.depends("date_done", "date_checked")
    def _compute_state(self):
        for action in self:
            action.state = "effective" if action.date_checked else "done" if action.date_done else "open"

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "open")]

    def _get_alert_owner(self):
        return self.owner_id
