# Part of business_dept. See LICENSE file for full copyright and licensing details.
from functools import partial

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..foundation.races import touch
from .alert_mixin import ACTIVITY
from .one_by_one import try_each

LEVELS = ("extreme", "high", "medium", "low")
CONTROL = "safety.assessment_score"


class BusinessSafetyAssessment(models.Model):
    """The safety of a department in a month, from the data; written by the engine only (SD-5.6).

    +-----------------------+--------------------------------+--------------------------------------------------------+
    | Action                | Who                            | Restriction                                            |
    +=======================+================================+========================================================+
    | Read                  | every employee                 | companies of the user                                  |
    | Make                  | the job, when a month is over  | once for each department                               |
    | Assess anew           | safety officer, leading group  | a new version; not when a reward or penalty rests on it|
    | Propose what follows  | who may propose an award       | through approval                                       |
    | Create, edit, delete  | nobody                         | refused, with a trace                                  |
    +-----------------------+--------------------------------+--------------------------------------------------------+
    """

    _name = "business.safety.assessment"
    _description = "Safety Assessment"
    _inherit = ["business.engine.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, score desc, id"
    _mail_post_access = "read"

    #=== FIELDS ===#

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    department_id = fields.Many2one(comodel_name="hr.department", required=True, index=True, ondelete="cascade")
    month = fields.Date(required=True, index=True, help="First day of the month.")
    month_name = fields.Char(string="Assessed Month", compute="_compute_month_name")
    score = fields.Float(digits=(5, 1), aggregator="avg", help="0 to 100.")
    is_current = fields.Boolean(string="Valid", default=True, index=True, help="No later version has replaced it.")
    version = fields.Integer(default=1, aggregator=None)
    replaced_by_id = fields.Many2one(
        comodel_name="business.safety.assessment", string="Replaced by", index="btree_not_null", ondelete="cascade")

    inspections_due = fields.Integer()
    inspections_done = fields.Integer()
    overdue_count = fields.Integer(string="Overdue Hazards")
    accident_count = fields.Integer(string="Accidents")
    near_miss_count = fields.Integer(string="Near Misses Reported")
    report_count = fields.Integer(string="Reports", help="Hazards and near misses that were reported.")
    idle_major_count = fields.Integer(string="Major Hazards without Progress")
    late_action_count = fields.Integer(string="Late Corrective Actions")
    details = fields.Json(help="Overdue hazards by level, accidents by severity.")

    inspection_points = fields.Float(string="Points: Inspections", digits=(5, 1))
    overdue_points = fields.Float(string="Points: Overdue Hazards", digits=(5, 1))
    accident_points = fields.Float(string="Points: Accidents", digits=(6, 1))
    idle_major_points = fields.Float(string="Points: Major Hazards", digits=(6, 1))
    late_action_points = fields.Float(string="Points: Corrective Actions", digits=(5, 1))
    report_points = fields.Float(string="Points: Reports", digits=(5, 1))

    breakdown = fields.Html(string="What Made the Score", compute="_compute_breakdown", sanitize=False)
    suggestion = fields.Selection(
        selection=[("reward", "Best department"), ("penalty", "Below the threshold")], compute="_compute_suggestion",
        compute_sudo=True)
    award_ids = fields.One2many(
        comodel_name="business.safety.award", inverse_name="assessment_id", string="Rewards and Penalties", readonly=True)
    award_count = fields.Integer(compute="_compute_award_count")
    can_propose = fields.Boolean(compute="_compute_rights")
    can_recompute = fields.Boolean(compute="_compute_rights")

    _unique_month = models.UniqueIndex(
        "(company_id, department_id, month) WHERE is_current", "The department has been assessed for this month already.")

    #=== COMPUTE METHODS ===#

    @api.depends("department_id", "month")
    def _compute_display_name(self):
        for assessment in self:
            assessment.display_name = f"{assessment.department_id.name or ''} {assessment._get_month_name()}".strip()

    @api.depends("month")
    def _compute_month_name(self):
        for assessment in self:
            assessment.month_name = assessment._get_month_name()

    @api.depends("details", "score")
    @api.depends_context("lang")
    def _compute_breakdown(self):
        names = self._get_severity_names()
        for assessment in self:
            rows = Markup().join(
                Markup("<tr><td>%s</td><td class='text-end text-nowrap'>%s</td></tr>") % (
                    text, f"{points:+.1f}" if points else "0")
                for text, points in assessment._describe_parts(names)
            )
            assessment.breakdown = Markup(
                "<table class='table table-sm mb-0'><tbody>%s<tr class='fw-bold'><td>%s</td><td class='text-end'>%s</td></tr>"
                "</tbody></table>"
            ) % (rows, self.env._("Score (100 and these points; from 0 to 100)"), f"{assessment.score:.1f}")

    @api.depends("score", "month", "is_current")
    def _compute_suggestion(self):
        control = self.env["business.control"]._get_by_code(CONTROL)
        best = self._get_best_scores()
        for assessment in self:
            active = assessment.inspections_done or assessment.report_count
            if not assessment.is_current:
                assessment.suggestion = False
            elif assessment.score < control._get_threshold(assessment.company_id):
                assessment.suggestion = "penalty"
            else:
                is_best = active and assessment.score == best.get((assessment.company_id.id, assessment.month))
                assessment.suggestion = "reward" if is_best else False

    def _get_best_scores(self):
        """The best score of the companies and months of these assessments, in one statement.

        :return: ``{(company id, month): score}``
        """
        if not self.ids:
            return {}
        self.flush_model(["company_id", "month", "score", "is_current"])
        return {
            (company_id, month): float(score)
            for company_id, month, score in self.env.execute_query(SQL(
                """SELECT company_id, month, max(score) FROM business_safety_assessment
                    WHERE is_current AND (inspections_done > 0 OR report_count > 0)
                      AND company_id IN %s AND month IN %s GROUP BY company_id, month""",
                tuple(self.company_id.ids), tuple(set(self.mapped("month")))))
        }

    @api.depends("award_ids")
    def _compute_award_count(self):
        counts = dict(self.env["business.safety.award"]._read_group(
            [("assessment_id", "in", self.ids)], ["assessment_id"], ["__count"]))
        for assessment in self:
            assessment.award_count = counts.get(assessment._origin, 0)

    @api.depends("company_id", "department_id", "is_current")
    @api.depends_context("uid")
    def _compute_rights(self):
        user, Award = self.env.user, self.env["business.safety.award"]
        for assessment in self:
            assessment.can_propose = assessment.is_current and Award._may_propose(
                user, assessment.company_id, assessment.department_id)
            assessment.can_recompute = assessment.is_current and assessment._is_officer()

    #=== ACTION METHODS ===#

    def action_recompute(self):
        """Assess anew by what the data say today. What was said stays as an older version (SD-5.6).

        :return: an action that opens the new version
        :raise AccessError: who is neither safety officer nor of the leading group
        :raise ControlError: when a reward or penalty rests on it
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_officer():
            raise AccessError(self.env._("A month is assessed anew by the safety officer or the leading group."))
        old = self.sudo()
        if not old.is_current:
            raise UserError(self.env._("A later version has replaced this assessment."))
        if old.award_ids.filtered(lambda award: award.state != "rejected"):
            self.env["business.control.mixin"]._refuse_on(self, "safety.record_closed", self.env._(
                "%s: a reward or penalty rests on this assessment, so it stays as it is.", self.display_name))
        values = self._prepare_values(old.company_id, old.month)[old.department_id.id]
        old.write({"is_current": False})
        old.flush_recordset(["is_current"])  # before the index meets the new one
        new = self._create_assessed([{**values, "version": old.version + 1}])
        old.replaced_by_id = new
        new.message_post(body=self.env._(
            "Assessed anew by %(user)s: %(before)s before, %(after)s now.", user=self.env.user.name,
            before=f"{old.score:.1f}", after=f"{new.score:.1f}"))
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": new.id, "views": [(False, "form")],
        }

    def action_propose(self, kind=None):
        """Propose a reward or penalty that rests on the assessment (SM-5).

        :param str kind: ``reward`` or ``penalty``; what the score suggests when missing
        :return: an action that opens the new proposal
        """
        self.ensure_one()
        self.check_access("read")
        kind = kind if kind in ("reward", "penalty") else self.suggestion or "reward"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose Reward or Penalty"),
            "res_model": "business.safety.award",
            "views": [(False, "form")],
            "context": {
                "default_kind": kind, "default_assessment_id": self.id, "default_department_id": self.department_id.id,
                "default_company_id": self.company_id.id, "default_ground": self._describe_ground(),
            },
        }

    def action_open_awards(self):
        """Open the rewards and penalties that rest on the assessment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_award_action")
        return {**action, "domain": [("assessment_id", "=", self.id)], "context": {"create": False}}

    #=== BUSINESS METHODS ===#

    @api.model
    def _cron_assess(self):
        """Assess the months that are over, of every company. A transaction for each month of a company: the next run goes on
        where this one stopped, and makes up what a standstill left out."""
        Cron, failed = self.env["ir.cron"], set()
        while done := self._assess_next(failed):
            if not Cron._commit_progress(done, remaining=1):
                return
        Cron._commit_progress(remaining=0)

    @api.model
    def _assess_next(self, failed):
        """Assess the first month of a company that is over and not assessed.

        The first time that is the last month, later every one since the last that was assessed.

        :param set failed: ids of companies that are left alone; the one with which it fails is added
        :return: how many companies; 0 when nothing is left
        """
        last = dict(self.sudo()._read_group([], ["company_id"], ["month:max"]))
        companies = self.env["hr.department"].sudo()._read_group([("company_id", "!=", False)], ["company_id"])
        for (company,) in sorted(companies, key=lambda row: row[0].id):
            over = fields.Date.add(company.sudo()._get_local_day().replace(day=1), months=-1)
            month = fields.Date.add(last[company], months=1) if company in last else over
            if month > over or company.id in failed:
                continue
            failed.update(try_each(company, partial(self._assess, month=month), "Assessing a month")._ids)
            if company.id not in failed:
                return 1
        return 0

    @api.model
    def _assess(self, company, month):
        """Assess all departments of a company for a month that is over.

        :return: the assessments, in sudo
        """
        assessments = self._create_assessed(list(self._prepare_values(company, month).values()))
        assessments._tell_low(company)
        return assessments

    @api.model
    def _create_assessed(self, vals_list):
        """The engine's own rows."""
        quiet = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
        return self.sudo().with_context(**quiet).create(vals_list)

    @api.model
    def _prepare_values(self, company, month):
        """``{department id: values}`` of the assessments of a month."""
        return {
            department.id: {
                "company_id": company.id,
                "department_id": department.id,
                "month": month,
                **self._prepare_facts(assessed),
            }
            for department, assessed in self._get_assessed({company: month}).items()
        }

    @api.model
    def _prepare_facts(self, assessed):
        """Facts and score of a department as values of fields.

        :param Assessed assessed: of `_get_assessed`
        """
        facts, score = assessed.facts, assessed.score
        return {
            "score": score.score,
            "inspections_due": facts.inspections_due, "inspections_done": facts.inspections_done,
            "overdue_count": sum(facts.overdue.values()), "accident_count": len(facts.accidents),
            "near_miss_count": assessed.near_misses, "report_count": facts.reports,
            "idle_major_count": facts.idle_majors, "late_action_count": facts.late_actions,
            "inspection_points": score.inspections, "overdue_points": score.overdue, "accident_points": score.accidents,
            "idle_major_points": score.idle_majors, "late_action_points": score.late_actions,
            "report_points": score.reports,
            "details": {
                "overdue": dict(facts.overdue),
                "severities": [[key, number] for key, (number, _points) in assessed.severities.items()],
            },
        }

    @api.model
    def _get_severity_names(self):
        """``{id: name}`` of the severities of accidents."""
        return {
            severity.id: severity.name for severity in self.env["business.safety.severity"].sudo().search_fetch([], ["name"])}

    def _describe_parts(self, names=None):
        """What made the score: ``[(words, points)]``.

        :param dict names: of severities, when many are described
        """
        self.ensure_one()
        details = self.details or {}
        levels = dict(self.env["business.safety.hazard"]._fields["level"]._description_selection(self.env))
        overdue = ", ".join(
            f"{levels[level]} {details['overdue'][level]}" for level in LEVELS if details.get("overdue", {}).get(level))
        names = self._get_severity_names() if names is None else names
        accidents = ", ".join(f"{names.get(key, '?')} {number}" for key, number in details.get("severities", ()))
        return [
            (self.env._("Inspections done: %(done)s of %(due)s that were due", done=self.inspections_done,
                        due=self.inspections_due), self.inspection_points),
            (self.env._("Hazards past their deadline: %s", f"{self.overdue_count} ({overdue})" if overdue else "0"),
             self.overdue_points),
            (self.env._("Accidents: %s", f"{self.accident_count} ({accidents})" if accidents else "0"), self.accident_points),
            (self.env._("Major hazards without progress in the last week: %s", self.idle_major_count), self.idle_major_points),
            (self.env._("Corrective actions past their deadline: %s", self.late_action_count), self.late_action_points),
            (self.env._("Hazards and near misses reported: %(reports)s (near misses: %(near)s)", reports=self.report_count,
                        near=self.near_miss_count), self.report_points),
        ]

    def _describe_ground(self):
        """The ground that a proposal begins with: month, score, and every part that moved it."""
        self.ensure_one()
        return "\n".join((
            self.env._("Safety assessment %(month)s, %(department)s: %(score)s points.", month=self._get_month_name(),
                       department=self.department_id.name, score=f"{self.score:.1f}"),
            *(f"{text} ({points:+.1f})" for text, points in self._describe_parts() if points),
        ))

    def _get_month_name(self):
        """The month, for people."""
        return format_date(self.env, self.month, date_format="yyyy-MM") if self.month else ""

    def _is_officer(self):
        """Whether the current user keeps the assessments of the company: safety officer or leading group."""
        self.ensure_one()
        user, company = self.env.user, self.sudo().company_id
        return self.env.su or user._is_safety_officer(company) or user._is_in_leading_group(company)

    def _lock_for_award(self):
        """Who rests an award on an assessment writes its row: a recomputation at the same time begins anew."""
        touch(self)

    def _tell_low(self, company):
        """Tell the safety officers of scores below the threshold, and leave a trace."""
        control = self.env["business.control"]._get_by_code(CONTROL)
        threshold, mode = control._get_threshold(company), control._get_mode(company)
        low = self.filtered(lambda assessment: assessment.score < threshold) if mode != "off" else self.browse()
        if not low:
            return
        Event, model_id, activities = self.env["business.control.event"], self.env["ir.model"]._get_id(self._name), []
        activity_type = self.env.ref(ACTIVITY)
        for assessment in low:
            activities += [{
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id,
                "date_deadline": company.sudo()._get_local_day(), "res_model_id": model_id, "res_id": assessment.id,
                "summary": assessment.with_context(lang=user.lang)._describe_low(threshold),
            } for user in assessment.department_id._get_safety_officers(company)]
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(activities)
        lang = company.partner_id.lang
        Event._log([
            Event._prepare_event(
                control, mode, "noted", assessment, message=assessment.with_context(lang=lang)._describe_low(threshold),
                amount=threshold - assessment.score)
            for assessment in low
        ])

    def _describe_low(self, threshold):
        """What is said of a score below the threshold."""
        return self.env._(
            "%(assessment)s: %(score)s points, less than %(threshold)s. Propose what follows.", assessment=self.display_name,
            score=f"{self.score:.1f}", threshold=f"{threshold:.0f}")
