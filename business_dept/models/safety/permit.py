# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

CLOSING = frozenset({"residual_risk", "closing_photo_ids"})
"""What is noted on site when the work ends; the guardian may, who changes nothing else."""


class BusinessSafetyPermit(models.Model):
    """A permit for special work: request → checks → approval → work → closed with a check of the site (SD-11, SM-4.3.1).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Request                 | every employee, for himself            | locked under review; a change voids the   |
    |                         |                                        | approval; locked once work has started    |
    | Edit, cancel            | requester, safety officer              | not once work has started                 |
    | Approve                 | as the approval rules say              | no requester, worker or guardian (IC-7)   |
    | Confirm checks on site  | guardian, safety officer               | not who asked for the permit, no worker   |
    | Start                   | requester, guardian, safety officer    | controls; checks confirmed; in its hours  |
    | Restart after a stop    | guardian, safety officer               | stop lifted, same controls; no worker     |
    | Close                   | guardian, safety officer               | no worker; residual risk and evidence     |
    | State, dates            | the engine only                        | no client writes them                     |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.safety.permit"
    _description = "Permit for Special Work"
    _inherit = [
        "business.approval.mixin", "business.safety.alert.mixin", "business.traced.mixin", "hr.mixin", "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "description"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _approval_without_breach = True
    _approval_from_states = ("draft",)
    _approval_fields = (
        "type_id", "place_id", "description", "worker_ids", "guardian_id", "date_from", "date_to", "requester_id", "company_id",
        "check_ids.name", "check_ids.answer", "check_ids.note",
    )
    _approval_neutral_fields = (
        *CLOSING, "date_started", "started_by_id", "date_restarted", "restarted_by_id", "date_closed", "closed_by_id",
        "date_cancelled", "alert_step", "alert_deadline",
    )
    _alert_control = "safety.permit_not_closed"
    _alert_date_field = "date_to"
    _alert_steps = ((0, "owner"), (3, "officer"), (24, "responsible"), (48, "leading_group"))
    _alert_unit = timedelta(hours=1)

    _engine_fields = frozenset({
        "name", "state", "requester_id", "department_id", "date_started", "started_by_id", "date_restarted", "restarted_by_id",
        "date_closed", "closed_by_id", "date_cancelled",
    })

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", string="Kind of Work", required=True, index=True, ondelete="restrict",
        tracking=True)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_department_id", store=True, precompute=True, compute_sudo=True,
        index="btree_not_null", tracking=True,
        help="In charge of the place, or else that of who asks: its first responsible person approves.")
    requester_id = fields.Many2one(
        comodel_name="res.users", string="Requested by", required=True, readonly=True, copy=False,
        default=lambda self: self.env.user, index=True, tracking=True)
    responsible_id = fields.Many2one(
        comodel_name="res.users", string="First Responsible", compute="_compute_responsible_id", compute_sudo=True,
        help="Of the department in charge, the nearest who takes no part in the work: approves first.")
    is_restricted = fields.Boolean(
        string="In a Restricted Area", compute="_compute_is_restricted", compute_sudo=True,
        help="The leading group approves as well.")
    description = fields.Text(string="Work", required=True, tracking=True)
    worker_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_safety_permit_worker_rel", column1="permit_id", column2="employee_id",
        string="Workers", check_company=True)
    guardian_id = fields.Many2one(
        comodel_name="hr.employee", index="btree_not_null", check_company=True, ondelete="restrict",
        tracking=True, help="Watches the work from beginning to end; does not work himself.")
    date_from = fields.Datetime(
        string="Permitted From", required=True, tracking=True, copy=False, index=True,
        default=lambda self: fields.Datetime.now().replace(minute=0, second=0) + timedelta(hours=1))
    date_to = fields.Datetime(
        string="Permitted Until", required=True, tracking=True, copy=False, index=True,
        default=lambda self: fields.Datetime.now().replace(minute=0, second=0) + timedelta(hours=5))
    check_ids = fields.One2many(comodel_name="business.safety.permit.check", inverse_name="permit_id", string="Safety Measures")
    check_progress = fields.Char(string="Answered", compute="_compute_check_progress")
    date_started = fields.Datetime(string="Work Started", readonly=True, copy=False, tracking=True)
    started_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_restarted = fields.Datetime(string="Work Restarted", readonly=True, copy=False, tracking=True)
    restarted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    residual_risk = fields.Text(
        copy=False, tracking=True, help="What the check of the site found: embers, openings, power, tools left behind.")
    closing_photo_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_permit_closing_photo_rel", string="Evidence of the Site",
        copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False, tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Issued"), ("started", "Work going on"),
            ("closed", "Closed"), ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", required=True, index=True, copy=False,
        tracking=True, group_expand=True)
    is_expired = fields.Boolean(
        string="Expired, Not Closed", compute="_compute_is_expired", search="_search_is_expired",
        help="Issued or started, and its hours are over.")
    can_edit = fields.Boolean(compute="_compute_rights")
    can_start = fields.Boolean(compute="_compute_rights")
    can_check = fields.Boolean(compute="_compute_rights", help="Confirm on site, restart and close.")

    _check_period = models.Constraint("CHECK (date_to > date_from)", "A permit ends after it begins.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "type_id", "place_id")
    def _compute_display_name(self):
        for permit in self:
            number = permit.name if permit.name != "/" else ""
            permit.display_name = " · ".join(filter(None, (number, permit.type_id.name, permit.place_id.name))) or False

    @api.depends("place_id", "requester_id")
    def _compute_department_id(self):
        for permit in self:
            requester = permit.requester_id.with_company(permit.company_id).employee_id
            permit.department_id = permit.place_id.department_id or requester.department_id

    @api.depends("department_id", "requester_id", "worker_ids", "guardian_id")
    def _compute_responsible_id(self):
        for permit in self:
            permit.responsible_id = (
                permit.department_id._origin._get_safety_responsibles() - permit._get_people_involved())[:1]

    @api.depends("place_id")
    def _compute_is_restricted(self):
        for permit in self:
            permit.is_restricted = any(permit.place_id._origin._get_with_parents().mapped("is_restricted"))

    @api.depends("check_ids.answer")
    def _compute_check_progress(self):
        for permit in self:
            checks = permit.check_ids
            permit.check_progress = f"{len(checks.filtered('answer'))}/{len(checks)}" if checks else False

    @api.depends("approval_ids.state", "date_started", "date_closed", "date_cancelled")
    def _compute_state(self):
        for permit in self:
            match permit.approval_state:
                case _ if permit.date_cancelled:
                    permit.state = "cancelled"
                case _ if permit.date_closed:
                    permit.state = "closed"
                case _ if permit.date_started:
                    permit.state = "started"
                case "pending":
                    permit.state = "review"
                case "approved":
                    permit.state = "approved"
                case _:
                    permit.state = "draft"

    @api.depends("state", "date_to")
    def _compute_is_expired(self):
        now = fields.Datetime.now()
        for permit in self:
            permit.is_expired = permit.state in ("approved", "started") and bool(permit.date_to) and permit.date_to <= now

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = fields.Domain("state", "in", ("approved", "started")) & fields.Domain("date_to", "<=", fields.Datetime.now())
        return domain if True in value else ~domain

    @api.depends("state", "requester_id", "guardian_id", "worker_ids")
    @api.depends_context("uid")
    def _compute_rights(self):
        for permit in self:
            permit.can_edit = permit.state in ("draft", "approved") and (not permit._origin or permit._is_editor())
            permit.can_start = permit.state == "approved" and permit._may_start()
            permit.can_check = permit.state in ("approved", "started") and permit._may_check_site()

    #=== CONSTRAINT METHODS ===#

    @api.constrains("guardian_id", "worker_ids")
    def _check_guardian(self):
        for permit in self.sudo():
            if permit.guardian_id in permit.worker_ids:
                raise ValidationError(self.env._(
                    "%s watches the work and cannot be one of the workers.", permit.guardian_id.name))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        permits = super(BusinessSafetyPermit, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        permits = permits.with_env(self.env)
        permits._make_checks()
        return permits

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - UNLOCKED:
            self._check_writable(vals.keys() - UNLOCKED)
        types = {permit: permit.type_id for permit in self} if "type_id" in vals else {}
        result = super().write(vals)
        self.filtered(lambda permit: permit in types and permit.type_id != types[permit])._make_checks()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered("approval_id"):
            raise UserError(self.env._("What was submitted once is kept as a record: cancel it instead."))

    def _check_writable(self, names):
        """Refuse a change of what has started or ended, and any but the notes of the site by the guardian."""
        if self.env.su:
            return
        for permit in self.sudo():
            if permit.state in ("closed", "cancelled"):
                permit.sudo(False)._refuse("safety.record_closed", self.env._(
                    "%s has ended: nothing of it is changed any more.", permit.name))
            if names - CLOSING:
                permit.sudo(False)._check_editor()
                if permit.state == "started":
                    permit.sudo(False)._refuse("safety.record_closed", self.env._(
                        "Work on %s is going on: close it, and ask for a new permit.", permit.name))

    #=== ACTION METHODS ===#

    def action_cancel(self):
        """Cancel: the work is not done. What has started is closed with a check of the site instead."""
        self._check_editor()
        for permit in self.sudo():
            if permit.state == "review":
                raise UserError(self.env._("%s is under review: withdraw the request first.", permit.name))
            if permit.state not in ("draft", "approved"):
                raise UserError(self.env._("Work on %s has started or is over: it cannot be cancelled.", permit.name))
            permit._as_engine().write({"date_cancelled": fields.Datetime.now()})
        return True

    #=== QUESTIONS ===#

    def _get_people_involved(self):
        """Users who asked for the permit, made it, or take part in the work."""
        permit = self.sudo()
        return permit.requester_id | permit.create_uid | (permit.worker_ids | permit.guardian_id).user_id

    def _is_editor(self):
        """Whether the current user may change the permit: who asked for it, or a safety officer."""
        self.ensure_one()
        user, permit = self.env.user, self.sudo()
        return self.env.su or user in (permit.requester_id, permit.create_uid) or user._is_safety_officer(permit.company_id)

    def _check_editor(self):
        self.check_access("read")
        if not all(permit._is_editor() for permit in self):
            raise AccessError(self.env._("A permit is changed by who asked for it, or by the safety officer."))

    #=== APPROVAL ===#

    def _get_banner_moment(self):
        return {"draft": "request", "review": "request", False: "request", "approved": "approve"}.get(self.state, "")

    def _get_banner_depends(self):
        return [
            *super()._get_banner_depends(), "state", "type_id", "place_id", "worker_ids", "guardian_id", "date_from", "date_to",
            "check_ids.answer", "check_ids.date_confirmed",
        ]

    def _get_approval_moment(self):
        return "request"

    def _approval_authors(self):
        """EXTENDS the approval mixin: nobody decides a permit in which he takes part (IC-7)."""
        return super()._approval_authors() | self._get_people_involved()

    def _may_submit(self):
        return self._is_editor()

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        self._check_editor()
        permit = self.sudo()
        if permit.state not in ("draft", "review", "approved"):
            raise UserError(self.env._("Work on %s has started or is over.", permit.name))
        if not (permit.worker_ids and permit.guardian_id):
            raise UserError(self.env._("Say who works, and who watches the work."))
        self._refuse_blocked("request")
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        self._check_controls("approve")

    #=== ALERTS ===#

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "started")]

    def _get_alert_owner(self):
        return self.requester_id | self.guardian_id.user_id

    def _describe_alert(self, days):
        return self.env._("%s has expired and is not closed: end the work, check the site, close it.", self.display_name)
