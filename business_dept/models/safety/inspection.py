# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...controls import Breach, control
from ...policy import safety as policy
from ..foundation.approval_mixin import ENGINE, UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

STARTED = frozenset({"kind", "company_id", "place_id", "checklist_id"})
"""What an inspection is about: it stays as it was when the items were taken from the checklist."""
FIRST = 3
"""How many open items a message names."""


class BusinessSafetyInspection(models.Model):
    """An inspection of a place by a checklist; once closed, nobody edits it (SP-11, SM-4.2.1, SD-10, SD-11).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Create, change          | safety officer; department manager for | what it is about stays once it is started |
    |                         | the places he answers for              |                                           |
    | Start, answer, close    | the inspector, or a safety officer     | “pass” not under stop-work; closed with   |
    |                         |                                        | every item answered                       |
    | Correct                 | the inspector, or a safety officer     | by a new inspection, with a reason        |
    | Delete                  | safety officer                         | nothing answered, no plan asks for it     |
    | Change what is closed   | nobody                                 | the system neither                        |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.safety.inspection"
    _description = "Safety Inspection"
    _inherit = [
        "business.control.mixin", "business.safety.alert.mixin", "business.traced.mixin", "mail.thread", "mail.activity.mixin",
    ]
    _order = "date_deadline desc, id desc"
    _rec_names_search = ["name", "place_id.complete_name"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.inspection_overdue"
    _alert_steps = ((-3, "owner"), (1, "officer"), (3, "responsible"), (7, "leading_group"))

    _engine_fields = frozenset({
        "name", "state", "date_started", "date_closed", "closed_by_id", "alert_step", "score", "is_scored", "date_inspected",
        "plan_id", "month",
    })

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        selection=[
            ("full", "Full inspection"), ("holiday", "Before holidays"), ("incident", "After an incident"),
            ("special", "Special inspection"), ("correction", "Correction of an inspection"),
        ], required=True, default="full", tracking=True)
    occasion = fields.Char(help="Why it is made: the holiday, the incident, the new machine …", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    plan_id = fields.Many2one(
        comodel_name="business.safety.plan", string="Inspection Plan", index="btree_not_null", ondelete="restrict",
        readonly=True, copy=False)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False, precompute=True)
    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="restrict", check_company=True,
        tracking=True)
    inspector_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True,
        domain=[("share", "=", False)], tracking=True)
    month = fields.Date(help="First day of the month that a full inspection is for.", readonly=True, copy=False)
    date_deadline = fields.Date(
        string="Due", required=True, index=True, default=fields.Date.context_today, tracking=True, copy=False)
    date_started = fields.Datetime(readonly=True, copy=False)
    date_inspected = fields.Date(
        string="Inspected On", readonly=True, copy=False,
        help="The day it was closed; of a correction, the day of the first one.")
    date_closed = fields.Datetime(readonly=True, copy=False, index="btree_not_null", tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("open", "To do"), ("closed", "Closed")], compute="_compute_state", store=True, default="open",
        required=True, index=True, copy=False, tracking=True, group_expand=True)
    score = fields.Float(
        digits=(5, 1), readonly=True, copy=False, aggregator="avg", tracking=True,
        help="Share of the weight that passed, of what applied, in percent.")
    is_scored = fields.Boolean(
        string="Has a Score", readonly=True, copy=False, help="Something applied, so there is a score.")
    line_ids = fields.One2many(
        comodel_name="business.safety.inspection.line", inverse_name="inspection_id", string="Items", readonly=True)
    item_count = fields.Integer(string="Items in All", compute="_compute_counts", store=True)
    answered_count = fields.Integer(string="Answered", compute="_compute_counts", store=True)
    fail_count = fields.Integer(string="Items Failed", compute="_compute_counts", store=True)
    progress = fields.Float(string="Progress (%)", compute="_compute_counts", store=True, aggregator="avg")
    hazard_ids = fields.One2many(
        comodel_name="business.safety.hazard", inverse_name="inspection_id", string="Hazards", readonly=True)
    hazard_count = fields.Integer(string="Number of Hazards", compute="_compute_hazard_count")
    can_fill = fields.Boolean(compute="_compute_rights")
    can_plan = fields.Boolean(compute="_compute_rights")

    _check_score = models.Constraint("CHECK (score >= 0 AND score <= 100)", "A score goes from 0 to 100.")
    _plan_month_uniq = models.UniqueIndex(
        "(plan_id, month) WHERE kind = 'full' AND plan_id IS NOT NULL",
        "The full inspection of this plan and month is there already.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "place_id.complete_name")
    def _compute_display_name(self):
        for inspection in self:
            number = inspection.name if inspection.name != "/" else ""
            inspection.display_name = " · ".join(
                filter(None, (number, inspection.place_id.sudo().complete_name))) or False

    @api.depends("place_id")
    def _compute_department_id(self):
        for inspection in self:
            inspection.department_id = inspection.place_id.department_id or inspection.department_id

    @api.depends("date_closed")
    def _compute_state(self):
        for inspection in self:
            inspection.state = "closed" if inspection.date_closed else "open"

    @api.depends("line_ids.result")
    def _compute_counts(self):
        for inspection in self:
            results = inspection.line_ids.mapped("result")
            inspection.item_count = len(results)
            inspection.answered_count = sum(map(bool, results))
            inspection.fail_count = results.count("fail")
            inspection.progress = 100 * inspection.answered_count / len(results) if results else 0.0

    @api.depends("hazard_ids")
    def _compute_hazard_count(self):
        counts = dict(self.env["business.safety.hazard"]._read_group(
            [("inspection_id", "in", self.ids)], ["inspection_id"], ["__count"]))
        for inspection in self:
            inspection.hazard_count = counts.get(inspection._origin, 0)

    @api.depends("state", "inspector_id", "place_id", "department_id", "company_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        for inspection in self:
            inspection.can_fill = bool(inspection._origin) and inspection._is_filler()
            inspection.can_plan = inspection.state == "open" and (not inspection._origin or inspection._is_planner())

    #=== CONSTRAINT METHODS ===#

    @api.constrains("inspector_id", "company_id")
    def _check_inspector(self):
        for inspection in self:
            inspector = inspection.inspector_id.sudo()
            if inspector.share or inspection.company_id not in inspector.company_ids:
                raise ValidationError(self.env._(
                    "%s is no employee of this company, and inspects nothing here.", inspector.name))

    @api.constrains("date_deadline", "month")
    def _check_deadline(self):
        """SM-4.2.1: the full inspection of a month is due in that month."""
        for inspection in self:
            if inspection.month and inspection.date_deadline.replace(day=1) != inspection.month:
                raise ValidationError(self.env._("The full inspection of a month is due in that month."))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        lines = self.env["business.safety.inspection.line"]
        inspections = super(BusinessSafetyInspection, without_forged_defaults(self, lines)).create(
            with_numbers(self, vals_list))
        inspections = inspections.with_env(self.env)
        inspections._check_planner()
        return inspections

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - UNLOCKED - {"alert_step"}:
            self._refuse_closed()
            self._check_planner()
            if vals.keys() & STARTED:
                self._check_not_started()
        result = super().write(vals)
        if vals.keys() & {"place_id", "department_id", "company_id", "kind"}:
            self._check_planner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_answered(self):
        """What was found stays, and so does what a plan asks for."""
        self._refuse_closed()
        for inspection in self.sudo():
            if any(inspection.line_ids.mapped("result")):
                raise UserError(self.env._("%s has answers: it is filled in and closed, not deleted.", inspection.name))
            if inspection.plan_id.active:
                raise UserError(self.env._("%s is made by a plan. Archive the plan first.", inspection.name))
        self._check_planner()

    def _creation_message(self):
        """The first words of the log."""
        return self.env._("The inspection was set up.")

    #=== ACTION METHODS ===#

    def action_start(self):
        """Take the items from the checklist when it begins, and open the screen to fill in.

        :raise AccessError: for anybody but the inspector and safety officers
        :raise UserError: when the checklist has no items
        """
        self.ensure_one()
        self._check_filler()
        self._start()
        return self._open_sheet()

    def action_open_sheet(self):
        """Open the screen on which an inspection is filled in, or read."""
        self.ensure_one()
        self.check_access("read")
        return self._open_sheet()

    def action_close(self):
        """Close: from now on nobody edits it.

        :raise AccessError: for anybody but the inspector and safety officers
        :raise ControlError: when it is closed, an item has no answer, or a fail neither note nor photo (SM-4.2.1)
        """
        self._check_filler()
        self._refuse_closed()
        self._check_controls("close")
        self._close()
        return True

    def action_open_hazards(self):
        """Open the hazards that this inspection found."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "business.safety.hazard", "view_mode": "list,form",
            "domain": [("inspection_id", "=", self.id)], "context": {"create": False}, "name": self.env._("Hazards"),
        }

    #=== QUESTIONS ===#

    def _is_filler(self):
        """Whether the current user fills the inspection in: the inspector, or a safety officer of the company."""
        self.ensure_one()
        inspection = self.sudo()
        return self.env.user == inspection.inspector_id or self.env.user._is_safety_officer(inspection.company_id)

    def _is_planner(self):
        """Whether the current user says what is inspected: a safety officer, or who answers for the place (SP-6)."""
        self.ensure_one()
        inspection = self.sudo()
        department = inspection.place_id.department_id or inspection.department_id
        return self.env.user._is_safety_officer(inspection.company_id) or (
            bool(department) and self.env.user._answers_for_safety(department))

    def _check_filler(self):
        """Refuse everybody but the inspector and safety officers.

        :raise AccessError: also for inspections of another company
        """
        self.check_access("read")
        if not self.env.su and not all(inspection._is_filler() for inspection in self):
            raise AccessError(self.env._("The inspector fills an inspection in and closes it, or a safety officer."))

    def _check_planner(self):
        """Refuse who neither is a safety officer nor answers for the place."""
        if not self.env.su and not all(inspection._is_planner() for inspection in self):
            raise AccessError(self.env._(
                "Inspections are planned by a safety officer, or by who answers for the safety of the place."))

    def _check_not_started(self):
        """Refuse another subject of what was started, and by who answers for the place of what a plan or incident asks for."""
        if self.env.su:
            return
        inspections, user = self.sudo(), self.env.user
        if inspections.filtered("date_started"):
            raise UserError(self.env._("It was started: place, checklist and kind stay as they are."))
        if not all(user._is_safety_officer(inspection.company_id) for inspection in inspections
                   if inspection.plan_id or inspection.incident_id):
            raise UserError(self.env._(
                "A plan or an incident asks for this inspection: only a safety officer says that another place, checklist or "
                "kind of inspection will do."))

    def _refuse_closed(self):
        """Refuse every change of what is closed, the system's own included (SM-4.2.1).

        :raise ControlError: always when one of them is closed
        """
        if self.env.context.get("business_engine") is ENGINE:
            return
        closed = self.sudo().filtered("date_closed")
        if closed:
            self.browse(closed.ids)._refuse("safety.record_closed", self.env._(
                "%s is closed: nobody changes it. Make a correction.", ", ".join(closed.mapped("name"))))

    #=== CONTROLS ===#

    @control("safety.stop_work_pass", moment="answer")
    def _check_stop_work_pass(self):
        """SM-4.4.1: nothing passes at a place where work stands still."""
        stops = self.env["business.safety.stop"]._find_for(self.place_id)
        breaches = {}
        for inspection in self if stops else ():
            places = inspection.place_id._get_with_parents()
            found = stops.filtered(lambda stop, places=places: stop.place_id in places)
            if found:
                breaches[inspection] = Breach(self.env._(
                    "Work stands still at %(place)s (%(reason)s): nothing passes there until it is lifted.",
                    place=found[:1].place_id.complete_name, reason=found[:1].reason))
        return breaches

    @control("safety.inspection_complete", moment="close")
    def _check_inspection_complete(self):
        """SM-4.2.1: closed with every item answered, and every fail described."""
        breaches = {}
        for inspection in self:
            lines = inspection.line_ids
            missing = lines.filtered(lambda line: not line.result)
            bare = lines.filtered(lambda line: line.result == "fail" and not (line.note or line.has_photo))
            parts = []
            if not lines:
                parts.append(self.env._("It was not started: no item is answered."))
            if missing:
                parts.append(self.env._(
                    "%(count)s of %(all)s items are not answered: %(names)s.", count=len(missing), all=len(lines),
                    names=missing._name_first()))
            if bare:
                parts.append(self.env._(
                    "%(count)s items failed without a note or a photo: %(names)s.", count=len(bare), names=bare._name_first()))
            if parts:
                breaches[inspection] = Breach("\n".join(parts), amount=float(len(missing | bare)))
        return breaches

    #=== BUSINESS METHODS ===#

    def _as_engine(self):
        """The record for the engine's own writes, past the lock of what is closed."""
        return self.sudo().with_context(business_engine=ENGINE)

    def _start(self):
        """Copy the items of the checklist into those that are not started yet, in the language of the inspector."""
        vals_list = []
        for inspection in self._as_engine().filtered(lambda record: not record.date_started and not record.date_closed):
            items = inspection.checklist_id.with_context(lang=inspection.inspector_id.lang).item_ids
            if not items:
                raise UserError(self.env._("%s has no items.", inspection.checklist_id.name))
            inspection.write({"date_started": fields.Datetime.now()})
            vals_list += [{"inspection_id": inspection.id, **vals} for vals in items._prepare_lines_values()]
        self.env["business.safety.inspection.line"].sudo().create(vals_list)

    def _close(self, moment=None):
        """Write that it is closed, with its score (SD-11). The gates have been passed.

        :param moment: when; now when missing
        """
        moment = fields.Datetime.to_datetime(moment) or fields.Datetime.now()
        for inspection in self._as_engine():
            score = policy.inspection_score([(line.result, line.weight) for line in inspection.line_ids])
            inspection.write({
                "date_closed": moment, "closed_by_id": self.env.uid, "score": score or 0.0, "is_scored": score is not None,
                "date_inspected": inspection._get_date_inspected(moment),
            })
        self._withdraw_alerts()

    def _get_date_inspected(self, moment):
        """The day by which the inspection enters the trend."""
        return fields.Datetime.context_timestamp(self, moment).date()

    def _open_sheet(self):
        action = self.env["ir.actions.client"]._for_xml_id("business_dept.action_safety_inspection_sheet")
        return {**action, "name": self.display_name, "context": {"active_id": self.id, "active_model": self._name}}

    #=== ALERTS ===#

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "open")]

    def _get_alert_owner(self):
        return self.inspector_id

    def _describe_alert(self, days):
        if days > 0:
            return self.env._("Inspection of %(place)s is %(days)s days overdue", place=self.place_id.complete_name, days=days)
        return self.env._(
            "Inspection of %(place)s is due on %(date)s", place=self.place_id.complete_name,
            date=fields.Date.to_string(self.date_deadline))
