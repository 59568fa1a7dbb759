# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyPermitType(models.Model):
    """A kind of special work that needs a permit: hot work, temporary power, heights, confined space (SD-11.5, SM-4.3.1)."""

    _name = "business.safety.permit.type"
    _description = "Kind of Special Work"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    max_hours = fields.Float(string="Valid for at Most (hours)", default=8)
    qualification_type_ids = fields.Many2many(
        comodel_name="business.safety.qualification.type", relation="business_safety_permit_type_qualification_rel",
        string="Qualifications Needed", help="Every worker holds each of them.")
    equipment_type_ids = fields.Many2many(
        comodel_name="business.safety.equipment.type", relation="business_safety_permit_type_equipment_rel",
        string="Protective Equipment Needed")


class BusinessSafetyPermit(models.Model):
    """A permit for special work: request → checks → approval → valid → closed with a check of the site (SD-11.5)."""

    _name = "business.safety.permit"
    _description = "Permit for Special Work"
    _inherit = ["business.approval.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "description"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False

    _engine_fields = frozenset({"name", "state", "date_started", "date_closed", "closed_by_id", "date_cancelled"})

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", required=True, index=True, ondelete="restrict", tracking=True)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    requester_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True, tracking=True)
    description = fields.Text(string="Work", required=True, tracking=True)
    worker_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_safety_permit_worker_rel", column1="permit_id", column2="employee_id",
        string="Workers", check_company=True)
    guardian_id = fields.Many2one(
        comodel_name="hr.employee", string="Guardian", index="btree_not_null", check_company=True, tracking=True,
        help="Watches the work from beginning to end; does not work himself.")
    date_from = fields.Datetime(string="Valid From", required=True, tracking=True, copy=False)
    date_to = fields.Datetime(string="Valid To", required=True, tracking=True, copy=False)
    date_started = fields.Datetime(readonly=True, copy=False)
    date_closed = fields.Datetime(readonly=True, copy=False, tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_cancelled = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Issued"), ("started", "Work going on"),
            ("closed", "Closed"), ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", required=True, index=True, copy=False,
        tracking=True, group_expand=True)

    @api.depends("approval_ids.state", "date_started", "date_closed", "date_cancelled")
    def _compute_state(self):
        for permit in self:
            permit.state = "draft"
