# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ...policy.safety import MAJOR_FROM, risk, risk_level
from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged
from ..foundation.numbering import with_numbers

REPORT_FIELDS = frozenset({"title", "description", "place_id", "department_id", "category", "date_found", "photo_ids"})
"""What a report says; whoever reported it may put it right until it is assessed."""
ASSESS_FIELDS = frozenset({"likelihood", "severity", "is_declared_major"})
"""What the level follows from; later it changes by a reassessment only."""
PLAN_FIELDS = frozenset({
    "measures", "budget_amount", "is_free", "responsible_id", "date_deadline", "interim_protection", "supervisor_id",
    "emergency_plan",
})
"""How it is put right: measures, money, person, deadline, protection meanwhile."""
PLAN_ORDER = (
    "responsible_id", "date_deadline", "budget_amount", "is_free", "supervisor_id", "measures", "interim_protection",
    "emergency_plan",
)
WORK_FIELDS = frozenset({"rectification_note", "evidence_ids"})
"""What who puts it right says of it."""
LOCKED_STATES = ("verifying", "removal", "closed", "rejected")
FILE_FIELDS = ("photo_ids", "evidence_ids")


class BusinessSafetyHazard(models.Model):
    """A hazard: report → assess → rectify → verify → close; major ones are supervised (SD-12, SM-4.2).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee; who reported it: safety| companies of the user                     |
    |                         | officers, leading group, auditors and  |                                           |
    |                         | himself                                |                                           |
    | Report                  | every employee                         | kept under the name of the system         |
    | Edit the report         | who reported it, who may assess        | until it is assessed                      |
    | Assess                  | safety officer, first responsible      | complete plan; a major one: supervisor    |
    | Reject, reassess        | safety officer                         | with a reason; a major one never leaves so|
    | Change the plan         | as assessing; of a major one safety    | not by who puts it right                  |
    |                         | officer and leading group              |                                           |
    | Submit as put right     | who puts it right                      | with evidence                             |
    | Verify                  | safety officer, first responsible,     | neither who reported nor who fixed it;    |
    |                         | leading group                          | a major one: officer, leading group       |
    | Remove a major one      | the leading group, by approval         | for exactly this content                  |
    | Reopen                  | as verifying                           | with a reason                             |
    | State, dates, who       | the engine only                        | no client writes them                     |
    +-------------------------+----------------------------------------+-------------------------------------------+

    A report of an employee is made in the name of the system: number, author of the log, file owner and write stamp tell
    nobody who saw the hazard, only `reporter_id` does.
    """

    _name = "business.safety.hazard"
    _description = "Hazard"
    _inherit = [
        "business.approval.mixin", "business.safety.alert.mixin", "business.traced.mixin", "mail.thread", "mail.activity.mixin",
    ]
    _order = "is_major desc, date_deadline, id desc"
    _rec_names_search = ["name", "title"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False

    _engine_fields = frozenset({
        "name", "state", "alert_step", "risk", "level", "is_major", "date_assessed", "assessed_by_id", "date_rectified",
        "rectified_by_id", "verification_note", "date_verified", "verified_by_id", "date_closed", "date_rejected",
        "rejected_by_id", "source", "inspection_id", "incident_id", "reporter_id", "is_anonymous", "file_stamp",
        "return_reason",
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
        selection=lambda self: self.env["business.safety.checklist.item"]._fields["category"]._description_selection(self.env),
        tracking=True)
    source = fields.Selection(
        selection=[
            ("employee", "Employee"), ("inspection", "Inspection"), ("report", "Report page"), ("incident", "Incident"),
            ("drill", "Drill"), ("environment", "Environmental record"),
        ], required=True, default="employee", readonly=True, index=True, copy=False)
    inspection_id = fields.Many2one(
        comodel_name="business.safety.inspection", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)
    is_anonymous = fields.Boolean(readonly=True, copy=False)
    reporter_id = fields.Many2one(
        comodel_name="res.users", string="Reported by", readonly=True, copy=False, index="btree_not_null",
        groups="business_dept.group_safety_officer,business_dept.group_auditor",
        help="Empty when the report came without an account.")
    reporter_name = fields.Char(
        compute="_compute_reporter_name", help="Shown to safety officers, the leading group, auditors and the reporter.")
    is_my_report = fields.Boolean(compute="_compute_reporter_name", search="_search_is_my_report")
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
    date_assessed = fields.Datetime(string="Assessed On", readonly=True, copy=False, tracking=True)
    assessed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # rectify
    measures = fields.Text(tracking=True, copy=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    budget_amount = fields.Monetary(string="Money", tracking=True, copy=False)
    is_free = fields.Boolean(string="Needs No Money", tracking=True, copy=False)
    responsible_id = fields.Many2one(
        comodel_name="res.users", string="Rectified by", index="btree_not_null", domain=[("share", "=", False)],
        tracking=True, copy=False)
    date_deadline = fields.Date(string="Deadline", index="btree_not_null", tracking=True, copy=False)
    interim_protection = fields.Text(string="Protection Meanwhile", tracking=True, copy=False)
    rectification_note = fields.Text(string="What Was Done", copy=False, tracking=True)
    evidence_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_hazard_evidence_rel", copy=False)
    date_rectified = fields.Datetime(string="Put Right On", readonly=True, copy=False, tracking=True)
    rectified_by_id = fields.Many2one(comodel_name="res.users", string="Submitted by", readonly=True, copy=False)

    # verify and close
    verification_note = fields.Text(readonly=True, copy=False, tracking=True)
    date_verified = fields.Datetime(string="Verified On", readonly=True, copy=False, tracking=True)
    verified_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_closed = fields.Datetime(string="Closed On", readonly=True, copy=False, index="btree_not_null", tracking=True)
    date_rejected = fields.Datetime(string="Rejected On", readonly=True, copy=False, tracking=True)
    rejected_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    return_reason = fields.Text(
        string="Why It Came Back", readonly=True, copy=False, help="Reason of the last refusal, rejection or reopening.")
    state = fields.Selection(
        selection=[
            ("reported", "Reported"), ("rectifying", "Being rectified"), ("verifying", "To verify"),
            ("removal", "Removal under review"), ("closed", "Closed"), ("rejected", "No hazard"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="reported", required=True, index=True, copy=False,
        tracking=True, group_expand=True)

    _check_budget = models.Constraint("CHECK (budget_amount >= 0)", "Money for a hazard cannot be negative.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "title")
    def _compute_display_name(self):
        for hazard in self:
            number = hazard.name if hazard.name != "/" else ""
            hazard.display_name = " · ".join(filter(None, (number, hazard.title))) or False

    @api.depends("place_id")
    def _compute_department_id(self):
        for hazard in self:
            hazard.department_id = hazard.place_id.department_id or hazard.department_id

    @api.depends("likelihood", "severity", "is_declared_major")
    def _compute_level(self):
        for hazard in self:
            known = hazard.likelihood and hazard.severity
            hazard.risk = risk(int(hazard.likelihood), int(hazard.severity)) if known else 0
            hazard.level = risk_level(hazard.risk) if known else False
            hazard.is_major = hazard._is_judged_major()

    def _is_judged_major(self):
        """Whether the figures, or who assessed it, make it a major hazard (SM-4.2.3)."""
        self.ensure_one()
        if self.is_declared_major:
            return True
        control = self.env["business.control"]._get_by_code("safety.hazard_major")
        company = self.company_id
        return control._get_mode(company) != "off" and self.risk >= (control._get_threshold(company) or MAJOR_FROM)

    @api.depends("date_assessed", "date_rectified", "date_verified", "date_closed", "date_rejected")
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

    @api.depends("reporter_id", "is_anonymous")
    @api.depends_context("uid")
    def _compute_reporter_name(self):
        user = self.env.user
        sees_all = user.has_group("business_dept.group_auditor")
        sees = {
            company: sees_all or user._is_safety_officer(company) or user._is_in_leading_group(company)
            for company in self.sudo().company_id
        }
        for hazard, secret in zip(self, self.sudo(), strict=True):
            hazard.is_my_report = secret.reporter_id == user
            shown = hazard.is_my_report or sees.get(secret.company_id)
            hazard.reporter_name = secret.reporter_id.name if shown else False

    def _search_is_my_report(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.sudo().search([("reporter_id", "=", self.env.uid)])
        return [("id", "in" if True in value else "not in", mine.ids)]

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            hazards = super().create(with_numbers(self, vals_list))
            hazards._adopt_files()
            return hazards
        refuse_forged(self, vals_list)
        self.check_access("create")
        reports = [self._prepare_report(vals) for vals in vals_list]
        files = [self._take_files("photo_ids", vals.pop("photo_ids", []), hidden=True) for vals in reports]
        hazards = self._report([
            {**vals, "source": "employee", "reporter_id": self.env.uid} for vals in reports
        ])
        for hazard, photos in zip(hazards, files, strict=True):
            hazard._keep_files("photo_ids", photos)
        return hazards.with_env(self.env)

    def write(self, vals):
        names = vals.keys() - UNLOCKED
        if self.env.su or not names:
            result = super().write(vals)
            if names.intersection(FILE_FIELDS):
                self._adopt_files()
            return result
        refuse_forged(self, [vals])
        self.check_access("write")
        self._check_writable(names)
        if not vals.get("is_declared_major", True):
            self._check_undeclared()
        majors = self.filtered(lambda hazard: hazard.sudo().is_major)
        vals = dict(vals)
        files = {name: vals.pop(name) for name in FILE_FIELDS if name in vals}
        hidden = self.filtered(lambda hazard: hazard._is_only_reporter())
        if hidden:  # his name is neither the author of the log nor in the write stamp
            super(BusinessSafetyHazard, hidden._as_system()).write(
                {name: value for name, value in vals.items() if name in REPORT_FIELDS})
        if shown := self - hidden:
            super(BusinessSafetyHazard, shown).write(vals)
        majors._check_still_major()
        for hazard in self:
            for name, commands in files.items():
                hazard._keep_files(name, hazard._take_files(name, commands, hidden=hazard in hidden))
        if names & PLAN_FIELDS:
            self.filtered(lambda hazard: hazard.state != "reported")._on_plan_changed(names)
        return True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        if not self.env.su:
            raise UserError(self.env._(
                "What was reported once is kept: an officer rejects what is no hazard, with his reason."))

    def _prepare_report(self, vals):
        """What a client may say of a new hazard: the rest is for who assesses it.

        :param dict vals: as sent
        :raise AccessError: for another company, or for what a report does not say
        """
        report = {name: value for name, value in vals.items() if name in REPORT_FIELDS}
        report["company_id"] = vals.get("company_id") or self.env.company.id
        others = {name for name, value in vals.items() if value and name not in REPORT_FIELDS | UNLOCKED | {"company_id"}}
        if others:
            raise AccessError(self.env._(
                "A report says what was found and where. %(fields)s: who assesses the hazard fills that in.",
                fields=self._describe_fields(others)))
        if report["company_id"] not in self.env.companies.ids:
            raise AccessError(self.env._("Report the hazard in a company in which you work."))
        return report

    def _describe_fields(self, names):
        """The labels of these fields, those of the plan as they stand on the form."""
        ordered = [name for name in PLAN_ORDER if name in names]
        ordered += sorted(name for name in names if name in self._fields and name not in PLAN_ORDER)
        return format_list(self.env, [self._fields[name]._description_string(self.env) for name in ordered])

    def _as_system(self):
        """The hazards in the name of the system: nothing that is written tells who saw the hazard."""
        context = {key: self.env.context[key] for key in ("lang", "tz", "allowed_company_ids") if key in self.env.context}
        return self.with_user(SUPERUSER_ID).with_context(context)  # pylint: disable=context-overridden

    def _creation_message(self):
        """The first words of the log."""
        return self.env._("The hazard was reported.")

    #=== WHO MAY WHAT ===#

    def _is_reporter(self):
        """Whether the current user reported it."""
        self.ensure_one()
        return self.sudo().reporter_id == self.env.user

    def _is_only_reporter(self):
        """Whether the current user takes part as who reported it, and in no other way."""
        return self._is_reporter() and not self._may_assess()

    def _is_officer(self):
        """Whether the current user is safety officer of the company, or of the department in charge (SM-3.2)."""
        self.ensure_one()
        hazard, user = self.sudo(), self.env.user
        return user._is_safety_officer(hazard.company_id) or user in hazard.department_id.safety_officer_id

    def _may_assess(self):
        """Whether the current user may assess: safety officer or first responsible person (SM-3)."""
        return self._is_officer() or bool(
            self.sudo().department_id and self.env.user._answers_for_safety(self.sudo().department_id))

    def _may_plan(self):
        """Whether the current user may change how an assessed hazard is put right: not who puts it right himself."""
        hazard, user = self.sudo(), self.env.user
        if user == hazard.responsible_id:
            return False
        if hazard.is_major:
            return self._is_officer() or user._is_in_leading_group(hazard.company_id)
        return self._may_assess()

    def _may_verify(self):
        """Whether the current user holds a post that verifies. Whether he is independent, the control says."""
        is_in_group = self.env.user._is_in_leading_group(self.sudo().company_id)
        if self.sudo().is_major:  # the department has an interest in being rid of it
            return self._is_officer() or is_in_group
        return self._may_assess() or is_in_group

    def _get_writable_fields(self):
        """Names of the fields that the current user may write now."""
        self.ensure_one()
        match self.sudo().state:
            case "reported" if self._may_assess():
                return REPORT_FIELDS | ASSESS_FIELDS | PLAN_FIELDS
            case "reported" if self._is_reporter():
                return REPORT_FIELDS
            case "rectifying":
                working = WORK_FIELDS if self.sudo().responsible_id == self.env.user else frozenset()
                return working | (PLAN_FIELDS if self._may_plan() else frozenset())
        return frozenset()

    def _check_writable(self, names):
        """Refuse to write what is settled, or somebody else's matter.

        :param names: of fields
        :raise ControlError: it is being verified, or closed
        :raise AccessError: somebody else writes it
        """
        self._check_not_settled()
        for hazard in self:
            if others := set(names) - hazard._get_writable_fields():
                raise AccessError(self.env._(
                    "%(hazard)s: you cannot change %(fields)s now. Who reported it and who assesses it edit the report, the "
                    "plan is changed by who assesses but not by who puts it right, and who puts it right gives the evidence.",
                    hazard=hazard.sudo().display_name, fields=hazard._describe_fields(others)))

    def _check_undeclared(self):
        """Only the safety officer takes back that a hazard was declared major, before it is assessed.

        :raise ControlError: for everybody else
        """
        for hazard in self:
            if hazard.sudo().is_declared_major and not hazard._is_officer():
                hazard._refuse("safety.hazard_level", self.env._(
                    "%s was declared a major hazard: only a safety officer takes that back.", hazard.sudo().display_name))

    def _check_still_major(self):
        """Only the safety officer lowers the figures of a hazard that was a major one, before it is assessed.

        :raise ControlError: for everybody else
        """
        for hazard in self:
            if not hazard.sudo().is_major and not hazard._is_officer():
                hazard._refuse("safety.hazard_level", self.env._(
                    "%s was a major hazard by its figures: only a safety officer lowers them.", hazard.sudo().display_name))

    def _check_not_settled(self):
        """Refuse to change what is being verified or has ended.

        :raise ControlError: by the control ``safety.record_closed``
        """
        if settled := self.filtered(lambda hazard: hazard.sudo().state in LOCKED_STATES):
            labels = dict(self._fields["state"]._description_selection(self.env))
            settled._refuse("safety.record_closed", self.env._(
                "%(hazards)s: nothing of it is changed any more. To put it right once more, it is sent back or reopened with a "
                "reason.", hazards=", ".join(
                    f"{hazard.display_name} ({labels[hazard.state]})" for hazard in settled.sudo())))

    #=== BUSINESS METHODS ===#

    @api.model
    def _report(self, vals_list):
        """Keep hazards that somebody or something found, and ask the safety officers to assess them.

        Made in the name of the system. Whoever calls has checked that its user may report; what it knows goes in as it is.
        An inspection, incident, drill or record names its user as the one who found it, unless it says otherwise; the report
        page names nobody.

        :param list[dict] vals_list: ``title`` and ``company_id`` (or the current company), and what else is known:
            ``source``, ``inspection_id``, ``incident_id``, ``place_id``, ``department_id``, ``category``, ``description``,
            ``date_found``, ``photo_ids`` (commands or a list of ids, linked as they are), ``reporter_id``, ``is_anonymous``
        :return: the hazards, in sudo, in the name of the system
        """
        user = self.env.user
        finder = user.id if user._is_internal() and user.id != SUPERUSER_ID else False
        prepared = []
        for vals in vals_list:
            vals = {"source": "employee", "company_id": self.env.company.id, **vals}
            if "reporter_id" not in vals:
                vals["reporter_id"] = finder if vals["source"] != "report" else False
            prepared.append(vals)
        hazards = self._as_system().create(prepared)
        hazards._ask_assessment()
        return hazards
