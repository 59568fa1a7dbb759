# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...controls import Breach, control
from ...policy.safety_emergency import drill_score
from ..foundation.approval_mixin import UNLOCKED
from ..foundation.files import adopt_files
from ..foundation.forgery import refuse_forged, without_forged_defaults
from .alert_mixin import ACTIVITY

MARKS = [("1", "Not sufficient"), ("2", "Weak"), ("3", "Sufficient"), ("4", "Good"), ("5", "Very good")]
SCORES = ("score_alarm", "score_response", "score_evacuation", "score_equipment", "score_command")
JUDGEMENT = frozenset({*SCORES, "strengths", "shortcomings", "evaluation"})
"""What the evaluator says, and nobody else."""
CLOSED = ("evaluated", "cancelled")
EVALUATION_DAYS = 7
"""Days after the drill within which it is evaluated."""


class BusinessSafetyDrill(models.Model):
    """An emergency drill: planned, held, evaluated; what is to improve becomes actions (SM-4.5.2, WM-5).

    +-----------------------+---------------------------------+-------------------------------------------------------+
    | Action                | Who                             | Restriction                                           |
    +=======================+=================================+=======================================================+
    | Read                  | every employee                  | companies of the user                                 |
    | Plan                  | safety officer, leading group,  | the system: one per plan at a time                    |
    |                       | the system                      |                                                       |
    | Record the course     | its leader, safety officer,     | until it is evaluated                                 |
    |                       | leading group                   |                                                       |
    | Judge, evaluate       | safety officer, leading group   | never its leader; complete, and with an improvement   |
    |                       |                                 | for shortcomings                                      |
    | Cancel                | safety officer, leading group   | planned only, with the reason                         |
    | Delete                | safety officer                  | planned only                                          |
    | State, dates of these | the engine only                 | no client writes them                                 |
    +-----------------------+---------------------------------+-------------------------------------------------------+
    """

    _name = "business.safety.drill"
    _description = "Emergency Drill"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_planned desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.drill_overdue"
    _alert_date_field = "date_alert"
    _alert_steps = ((-7, "owner"), (1, "officer"), (7, "responsible"), (14, "leading_group"))

    _engine_fields = frozenset({
        "state", "alert_step", "date_alert", "date_due", "date_evaluated", "evaluated_by_id", "date_cancelled", "score",
    })

    #=== FIELDS ===#

    name = fields.Char(required=True, index="trigram", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    plan_id = fields.Many2one(
        comodel_name="business.regulation", string="Emergency Plan", index="btree_not_null", ondelete="restrict",
        domain=[("kind", "=", "emergency_plan"), ("state", "=", "in_force")], tracking=True)
    scenario = fields.Selection(related="plan_id.scenario")
    form = fields.Selection(
        selection=[("field", "Practised on site"), ("evacuation", "Evacuation"), ("table", "Played at the table")],
        string="Form of Drill", required=True, default="field", tracking=True)
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True)
    leader_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True,
        domain=[("share", "=", False)], tracking=True)
    date_due = fields.Date(
        string="Due by the Plan", readonly=True, copy=False, help="The day by which the emergency plan asks for this drill.")
    date_planned = fields.Date(required=True, index=True, tracking=True)
    date_held = fields.Date(string="Held On", copy=False, tracking=True)
    date_alert = fields.Date(string="Next Step Due", compute="_compute_date_alert", store=True, index=True)
    participant_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_safety_drill_participant_rel", column1="drill_id",
        column2="employee_id", string="Participants", check_company=True, copy=False)
    participant_count = fields.Integer(
        string="People Present", compute="_compute_participant_count", store=True, readonly=False, copy=False,
        help="Everybody who took part, visitors and workers of other companies included.")
    response_minutes = fields.Float(
        string="Minutes until Everybody Was Safe", digits=(6, 1), copy=False, aggregator="avg", tracking=True,
        help="From the alarm until the commander reports that everybody is safe.")
    course = fields.Text(string="Course of the Drill", copy=False, tracking=True)
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_drill_photo_rel", column1="drill_id",
        column2="attachment_id", string="Photos", copy=False)
    score_alarm = fields.Selection(selection=MARKS, string="Alarm", copy=False, tracking=True)
    score_response = fields.Selection(selection=MARKS, string="Response Time", copy=False, tracking=True)
    score_evacuation = fields.Selection(selection=MARKS, string="Evacuation", copy=False, tracking=True)
    score_equipment = fields.Selection(selection=MARKS, string="Use of Equipment", copy=False, tracking=True)
    score_command = fields.Selection(selection=MARKS, string="Command", copy=False, tracking=True)
    score = fields.Float(
        string="Overall Mark", digits=(3, 1), compute="_compute_score", store=True, aggregator="avg")
    strengths = fields.Text(string="What Went Well", copy=False, tracking=True)
    shortcomings = fields.Text(copy=False, tracking=True, help="Each of them needs an improvement with owner and deadline.")
    evaluation = fields.Text(string="Evaluation as a Whole", copy=False, tracking=True)
    date_evaluated = fields.Datetime(string="Evaluated On", readonly=True, copy=False, tracking=True)
    evaluated_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    cancel_reason = fields.Char(string="Why It Is Cancelled", copy=False, tracking=True)
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    action_ids = fields.One2many(comodel_name="business.safety.action", inverse_name="drill_id", string="Improvements")
    state = fields.Selection(
        selection=[
            ("planned", "To be held"), ("held", "Held, to evaluate"), ("evaluated", "Evaluated"), ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, default="planned", required=True, index=True, copy=False, tracking=True,
        group_expand=True)
    can_edit = fields.Boolean(compute="_compute_rights")
    can_judge = fields.Boolean(compute="_compute_rights")
    can_plan = fields.Boolean(compute="_compute_rights")

    _check_figures = models.Constraint(
        "CHECK (participant_count >= 0 AND response_minutes >= 0)", "People and minutes cannot be negative.")
    _one_per_due = models.UniqueIndex(
        "(plan_id, date_due) WHERE date_due IS NOT NULL AND date_cancelled IS NULL",
        "The drill that the plan asks for is planned already.")

    #=== COMPUTE METHODS ===#

    @api.depends("date_held", "date_evaluated", "date_cancelled")
    def _compute_state(self):
        for drill in self:
            drill.state = (
                "cancelled" if drill.date_cancelled else "evaluated" if drill.date_evaluated
                else "held" if drill.date_held else "planned")

    @api.depends("date_planned", "date_held")
    def _compute_date_alert(self):
        for drill in self:
            drill.date_alert = (
                drill.date_held + timedelta(days=EVALUATION_DAYS) if drill.date_held else drill.date_planned)

    @api.depends("participant_ids")
    def _compute_participant_count(self):
        for drill in self:
            drill.participant_count = max(drill.participant_count, len(drill.participant_ids))

    @api.depends(*SCORES)
    def _compute_score(self):
        for drill in self:
            drill.score = drill_score([int(drill[name] or 0) for name in SCORES]) or 0.0

    @api.depends("leader_id", "company_id", "state")
    @api.depends_context("uid")
    def _compute_rights(self):
        for drill in self:
            is_planner, is_open = drill._is_planner(), drill.state not in CLOSED
            is_leader = drill.leader_id == self.env.user
            drill.can_plan = is_planner and is_open
            drill.can_edit = is_open and (is_planner or is_leader)
            drill.can_judge = is_planner and not is_leader and drill.state == "held"

    def _get_banner_moment(self):
        return "evaluate" if self.state == "held" else ""

    @api.model
    def _get_banner_depends(self):
        return [
            *super()._get_banner_depends(), "state", "course", "participant_count", *SCORES, "evaluation", "shortcomings",
            "action_ids",
        ]

    #=== CONSTRAINT METHODS ===#

    @api.constrains("date_held")
    def _check_date_held(self):
        if any(drill.date_held and drill.date_held > drill.company_id._get_local_day() for drill in self.sudo()):
            raise ValidationError(self.env._(
                "A drill that is still to come was not held yet: change the day it is planned for."))

    @api.constrains("plan_id", "company_id")
    def _check_plan(self):
        for drill in self:
            plan = drill.plan_id
            if plan and (plan.kind != "emergency_plan" or (plan.company_ids and drill.company_id not in plan.company_ids)):
                raise ValidationError(self.env._("%s is no emergency plan of this company.", plan.display_name))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        drills = super(BusinessSafetyDrill, without_forged_defaults(self)).create(vals_list).with_env(self.env)
        if not self.env.su:
            drills._check_planner()
            drills._check_plan_readable()
            if any(drill[name] for drill in drills for name in JUDGEMENT):
                drills._check_judge()
        adopt_files(drills, "photo_ids")
        return drills

    def write(self, vals):
        refuse_forged(self, [vals])
        if not self.env.su and (touched := vals.keys() - UNLOCKED):
            self._refuse_closed()
            self._check_editor()
            if touched & JUDGEMENT:
                self._check_judge()
            self._check_leader_stays(vals)
        result = super().write(vals)
        if not self.env.su:
            if "company_id" in vals or "leader_id" in vals:
                self._check_planner()
            if "plan_id" in vals:
                self._check_plan_readable()
        if "photo_ids" in vals:
            adopt_files(self, "photo_ids")
        if vals.keys() & {"date_planned", "date_held"}:
            self._withdraw_alerts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        if held := self.filtered(lambda drill: drill.state != "planned"):
            held._refuse("safety.record_closed", self.env._("Only a drill that is still planned can be deleted."))

    #=== ACTION METHODS ===#

    def action_hold(self):
        """The drill was held today; another day is entered on the form (SM-4.5.2).

        :raise AccessError: for others than its leader, a safety officer or the leading group
        :raise UserError: when it is not planned
        """
        self.check_access("read")
        if any(drill.state != "planned" for drill in self):
            raise UserError(self.env._("Only a planned drill can be held."))
        for company, drills in self.grouped("company_id").items():
            drills.write({"date_held": company.sudo()._get_local_day()})
        return True

    def action_evaluate(self):
        """Close the evaluation; from then on nothing is edited (SM-4.5.2, WM-5).

        :raise ControlError: when it was led by the same person, or something is missing (``safety.drill_evaluation``)
        """
        self.check_access("read")
        self._refuse_closed()
        self._check_judge()
        self._check_controls("evaluate")
        self.sudo().write({"date_evaluated": fields.Datetime.now(), "evaluated_by_id": self.env.uid})
        self._finish()
        return True

    def action_cancel(self):
        """Cancel a planned drill; its plan asks for another one (SM-4.5.2).

        :raise UserError: without a reason, or when it is not planned any more
        """
        self.check_access("read")
        self._refuse_closed()
        self._check_planner()
        for drill in self.sudo():
            if drill.state != "planned":
                raise UserError(self.env._("%s was held: evaluate it.", drill.display_name))
            if not (drill.cancel_reason or "").strip():
                raise UserError(self.env._("Say why %s is cancelled.", drill.display_name))
        self.sudo().write({"date_cancelled": fields.Datetime.now()})
        self._finish()
        return True

    #=== QUESTIONS ===#

    def _is_planner(self):
        """Whether the user plans and judges drills of the company: safety officer or leading group."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.env.user._is_safety_officer(company) or self.env.user._is_in_leading_group(company)

    def _check_planner(self):
        """Refuse who is neither safety officer nor in the leading group."""
        if not all(drill._is_planner() for drill in self.sudo()):
            raise AccessError(self.env._("Drills are planned by the safety officer or the safety leading group."))

    def _check_editor(self):
        """Refuse who is neither its leader nor plans drills."""
        if not all(drill.leader_id == self.env.user or drill._is_planner() for drill in self.sudo()):
            raise AccessError(self.env._("A drill is recorded by its leader, the safety officer or the safety leading group."))

    def _check_judge(self):
        """Refuse who may not judge: the leader of the drill, and who is neither safety officer nor in the leading group."""
        for drill in self.sudo():
            if drill.leader_id == self.env.user:
                self._refuse("safety.drill_evaluation", self.env._(
                    "You led this drill: it is evaluated by somebody else, of the safety officers or the leading group."))
            if not drill._is_planner():
                raise AccessError(self.env._("Drills are evaluated by the safety officer or the safety leading group."))

    def _check_leader_stays(self, vals):
        """Refuse that who has led a drill becomes somebody who has not: he would evaluate himself."""
        held = self.sudo().filtered("date_held")
        if held and "leader_id" in vals and any(drill.leader_id.id != vals["leader_id"] for drill in held):
            held.sudo(False)._refuse("safety.drill_evaluation", self.env._("Who led a drill that was held stays its leader."))
        if held and "date_held" in vals and not vals["date_held"]:
            held.sudo(False)._check_judge()

    def _check_plan_readable(self):
        """Refuse to name a plan that the user may not read: its name would be told."""
        if plans := self.sudo().plan_id.sudo(False):
            plans.check_access("read")

    def _refuse_closed(self):
        """Refuse changes of what was evaluated or cancelled."""
        if closed := self.sudo().filtered(lambda drill: drill.state in CLOSED):
            self.browse(closed.ids)._refuse("safety.record_closed", self.env._(
                "%s is closed and stays as it is.", ", ".join(closed.mapped("display_name"))))

    def _check_files_changed(self, files):
        """Refuse to exchange or take away photos where the drill itself may not be changed.

        :param files: ``ir.attachment``, in sudo
        """
        drills = self.filtered(lambda drill: drill.sudo().photo_ids & files)
        if drills and not self.env.su:
            drills._refuse_closed()
            drills._check_editor()

    #=== BUSINESS METHODS ===#

    @control("safety.drill_evaluation", moment="evaluate")
    def _check_evaluation(self):
        """SM-4.5.2: held, described, judged in all points; each shortcoming leads to something."""
        found = {}
        for drill in self:
            missing = [
                label for label, given in (
                    (self.env._("the day it was held"), drill.date_held),
                    (self.env._("the course of the drill"), (drill.course or "").strip()),
                    (self.env._("who took part"), drill.participant_count),
                    (self.env._("all five marks"), drill.score),
                    (self.env._("the evaluation as a whole"), (drill.evaluation or "").strip()),
                ) if not given
            ]
            messages = []
            if missing:
                messages.append(self.env._("Missing: %s.", ", ".join(missing)))
            if (drill.shortcomings or "").strip() and not drill.action_ids:
                messages.append(self.env._("Shortcomings are noted, but no improvement with owner and deadline."))
            if messages:
                found[drill] = Breach(" ".join(messages))
        return found

    def _ask_leader(self):
        """Tell who leads a drill that the system has planned."""
        for drill in self.sudo():
            user = drill.leader_id
            drill.activity_schedule(
                ACTIVITY, date_deadline=drill.date_planned, user_id=user.id,
                summary=self.with_context(lang=user.lang).env._("Prepare the drill"))

    def _finish(self):
        """Nobody has anything to do about it any more."""
        self._withdraw_alerts()
        self.sudo().activity_unlink([ACTIVITY])

    #=== REMINDERS ===#

    @api.model
    def _get_alert_domain(self):
        return [("state", "in", ("planned", "held"))]

    def _get_alert_owner(self):
        if self.state == "held":
            return self.department_id._get_safety_officers(self.company_id) - self.leader_id
        return self.leader_id

    def _describe_alert(self, days):
        if self.state == "held":
            if days > 0:
                return self.env._("%(drill)s: not evaluated for %(days)s days", drill=self.name, days=days)
            return self.env._("%(drill)s: evaluate within %(days)s days", drill=self.name, days=-days)
        if days > 0:
            return self.env._("%(drill)s: %(days)s days late", drill=self.name, days=days)
        return self.env._("%(drill)s: in %(days)s days", drill=self.name, days=-days)
