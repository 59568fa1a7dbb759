# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The steps of a hazard from its assessment to its end. Each is a public method that checks who, when and what by itself."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...controls import Breach, control
from ...policy.safety import risk
from ..foundation.reason import clean_reason

NOT_PLANNED = ("measures", "responsible_id", "date_deadline", "interim_protection")
"""What every assessed hazard has (SM-4.2.1)."""
NOT_SUPERVISED = ("supervisor_id", "emergency_plan")
"""What a major one has besides (SM-4.2.3)."""
UNDONE = {
    "date_rectified": False, "rectified_by_id": False, "verification_note": False, "date_verified": False,
    "verified_by_id": False,
}


class BusinessSafetyHazard(models.Model):
    _inherit = "business.safety.hazard"

    _engine_fields = frozenset({"reopen_count", "date_reopened", "reopened_by_id"})

    reopen_count = fields.Integer(string="Reopened", readonly=True, copy=False, aggregator="sum")
    date_reopened = fields.Datetime(string="Reopened On", readonly=True, copy=False)
    reopened_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    can_report = fields.Boolean(compute="_compute_rights")
    can_assess = fields.Boolean(compute="_compute_rights")
    can_plan = fields.Boolean(compute="_compute_rights")
    can_work = fields.Boolean(compute="_compute_rights")
    can_verify = fields.Boolean(compute="_compute_rights")
    can_reject = fields.Boolean(compute="_compute_rights")
    can_reassess = fields.Boolean(compute="_compute_rights")
    can_reopen = fields.Boolean(compute="_compute_rights")

    @api.depends("state", "responsible_id", "department_id", "is_major", "reporter_id", "rectified_by_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        for hazard in self:
            known, user, state = hazard._origin, self.env.user, hazard.state
            writable = known._get_writable_fields() if known else frozenset()
            hazard.can_report = not known or "title" in writable
            hazard.can_assess = "likelihood" in writable
            hazard.can_plan = "measures" in writable
            hazard.can_work = "evidence_ids" in writable
            hazard.can_verify = bool(known) and state == "verifying" and known._may_verify() and user not in known._get_makers()
            hazard.can_reject = bool(known) and state == "reported" and known._is_officer() and not hazard.is_major
            hazard.can_reassess = (
                bool(known) and state == "rectifying" and known._is_officer() and user != hazard.responsible_id)
            hazard.can_reopen = bool(known) and state in ("closed", "rejected") and known._may_verify()

    def _get_banner_moment(self):
        """What would be refused, to those only whose step is next."""
        if not self._origin:
            return ""
        user = self.env.user
        match self.state:
            case "reported" if self.likelihood and self.severity and self._origin._may_assess():
                return "assess"
            case "rectifying" if self.responsible_id == user and self.rectification_note:
                return "rectify"
            case "verifying" if self._origin._may_verify():
                return "verify"
        return ""

    @api.model
    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "state", "likelihood", "severity", "rectification_note", "evidence_ids",
                *NOT_PLANNED, *NOT_SUPERVISED, "budget_amount", "is_free"]

    def action_send(self):
        """The button below the short form: to press it saves the report, and there is nothing more to do."""
        self.check_access("read")
        return True

    #=== ASSESS ===#

    def action_assess(self):
        """Assess: with level and plan it goes to who puts it right; a major one goes on the supervised list.

        :raise AccessError: neither safety officer nor first responsible person
        :raise ControlError: the plan is not complete
        """
        self._check_step(("reported",))
        for hazard in self:
            if not hazard._may_assess():
                raise AccessError(self.env._("A hazard is assessed by the safety officer or the first responsible person."))
            if not (hazard.likelihood and hazard.severity):
                raise UserError(self.env._("%s: say how likely it is and how bad it would be.", hazard.display_name))
        self._check_controls("assess")
        now = fields.Datetime.now()
        for hazard in self:
            hazard._as_engine().write({
                "date_assessed": now, "assessed_by_id": self.env.uid,
                **hazard._prepare_listing(hazard.sudo().is_major or hazard._is_judged_major()),
            })
        self._ask_next()
        return True

    @control("safety.hazard_major", moment="assess")
    def _check_major(self):
        """SM-4.2.3: from this risk on a hazard is a major one. It goes on the list, and a trace says so."""
        return {
            hazard: Breach(self.env._(
                "The risk is %(risk)s: a major hazard, on the list until the leading group removes it.", risk=hazard.risk,
            ), amount=hazard.risk)
            for hazard in self if hazard.is_major
        }

    def _judge_finding(self, finding):
        """EXTENDS the control mixin: that a hazard is a major one is found and noted, and keeps nobody from assessing it."""
        return "noted" if self._is_note(finding) else super()._judge_finding(finding)

    def _explain_finding(self, finding):
        """EXTENDS the control mixin: as it is judged."""
        if self._is_note(finding):
            return self.env._("[%(clause)s] Goes through and is noted.", clause=finding.control._get_citation())
        return super()._explain_finding(finding)

    @api.model
    def _is_note(self, finding):
        """Whether a finding says what a hazard is, in whatever mode, and not what is wrong."""
        return finding.control.code == "safety.hazard_major" and not finding.traceback

    @control("safety.hazard_plan", moment=("assess", "plan"))
    def _check_plan(self):
        """SM-4.2.1, SM-4.2.3: measures, person, deadline, protection meanwhile; a major one has money, supervisor and a plan
        for the worst besides."""
        breaches, today = {}, fields.Date.context_today(self)
        for hazard in self:
            names = [name for name in NOT_PLANNED if not hazard._is_said(name)]
            lines = []
            if hazard.is_major:
                names += [name for name in NOT_SUPERVISED if not hazard._is_said(name)]
                if not hazard.is_free and not hazard.budget_amount > 0:
                    names.append("budget_amount")
                supervisor = hazard.supervisor_id
                if supervisor and not supervisor._is_in_leading_group(hazard.company_id):
                    lines.append(self.env._("%s does not sit in the leading group.", supervisor.name))
                if supervisor and supervisor == hazard.responsible_id:
                    lines.append(self.env._("%s does not supervise himself.", supervisor.name))
            if names:
                lines.insert(0, self.env._("The plan does not say: %s.", hazard._describe_fields(names)))
            person = hazard.responsible_id
            if person and (person.share or hazard.company_id not in person.company_ids):
                lines.append(self.env._("%s does not work in this company.", person.name))
            if hazard.state == "reported" and hazard.date_deadline and hazard.date_deadline < today:
                lines.append(self.env._("The deadline has passed already."))
            if lines:
                breaches[hazard] = Breach(" ".join(lines))
        return breaches

    def _is_said(self, name):
        value = self[name]
        return bool(value.strip() if isinstance(value, str) else value)

    def _on_plan_changed(self, names):
        """The plan of an assessed hazard stays complete, and a new person learns of it."""
        self._check_controls("plan")
        if names & {"responsible_id", "date_deadline"}:
            self._ask_next()

    def action_reject(self, reason=None):
        """It is no hazard. A major one never ends so.

        :param str reason: why; a wizard asks when it is missing
        """
        if reason is None:
            return self._open_step("reject")
        reason = self._get_reason(reason)
        self._check_step(("reported",))
        for hazard in self:
            if not hazard._is_officer():
                raise AccessError(self.env._("The safety officer says that something is no hazard."))
            if hazard.sudo().is_major or hazard.sudo().date_listed:
                hazard._refuse("safety.hazard_removal", self.env._(
                    "%s is a major hazard: it is put right, verified, and removed by the leading group.", hazard.display_name))
            hazard._as_engine().write({
                "date_rejected": fields.Datetime.now(), "rejected_by_id": self.env.uid, "return_reason": reason})
            hazard._note(hazard.env._("No hazard: %s", reason))
        self._ask_next()
        return True

    def action_reassess(self, likelihood=None, severity=None, is_declared_major=None, reason=None):
        """Assess anew while it is being put right. A hazard that was a major one stays on the list.

        :param str likelihood: ``1`` to ``5``; a wizard asks when it is missing
        :param str severity: ``1`` to ``5``
        :param bool is_declared_major: major whatever the figures
        :param str reason: why
        """
        self.ensure_one()
        if likelihood is None and reason is None:
            return self._open_step("reassess")
        reason = self._get_reason(reason)
        self._check_step(("rectifying",))
        hazard = self.sudo()
        if not (isinstance(likelihood, str) and isinstance(severity, str)
                and {likelihood, severity} <= {"1", "2", "3", "4", "5"}):
            raise UserError(self.env._("%s: say how likely it is and how bad it would be.", hazard.display_name))
        if not self._is_officer() or self.env.user == hazard.responsible_id:
            self._refuse("safety.hazard_level", self.env._(
                "The level of %s is set anew by a safety officer who does not put it right himself.", hazard.display_name))
        before, after = hazard.risk, risk(int(likelihood), int(severity))
        self._as_engine().write({
            "likelihood": likelihood, "severity": severity,
            "is_declared_major": hazard.is_declared_major or bool(is_declared_major),
        })
        self._check_controls("plan")
        if hazard.is_major:
            self._as_engine().write(hazard._prepare_listing(True))
        self._note(self.env._("Assessed anew, risk %(before)s → %(after)s: %(reason)s", before=before, after=after,
                              reason=reason))
        return True

    #=== RECTIFY ===#

    def action_rectified(self):
        """It is put right, with evidence: who verifies comes next.

        :raise AccessError: not the person who puts it right
        :raise ControlError: no evidence
        """
        self._check_step(("rectifying",))
        for hazard in self:
            if hazard.sudo().responsible_id != self.env.user:
                raise AccessError(self.env._("%(user)s puts it right, and says when it is done.",
                                             user=hazard.sudo().responsible_id.name))
        self._check_controls("rectify")
        for hazard in self:
            hazard._as_engine().write({
                "date_rectified": fields.Datetime.now(), "rectified_by_id": self.env.uid, "return_reason": False})
        self._ask_next()
        return True

    @control("safety.hazard_evidence", moment=("rectify", "verify"))
    def _check_evidence(self):
        """SM-4.2.1: what was done is said and shown. A link is no evidence, for what is behind it may change."""
        breaches = {}
        for hazard in self:
            files = hazard.evidence_ids.filtered(lambda file: file.type == "binary" and file.file_size)
            lines = []
            if not hazard._is_said("rectification_note"):
                lines.append(self.env._("It does not say what was done."))
            if not files:
                lines.append(self.env._("There is no evidence: attach a photo or a document."))
            if lines:
                breaches[hazard] = Breach(" ".join(lines))
        return breaches

    #=== VERIFY ===#

    def _get_makers(self):
        """Who reported, made or fixed it, or gave the evidence: none of them verifies."""
        hazard = self.sudo()
        return (hazard.reporter_id | hazard.create_uid | hazard.responsible_id | hazard.rectified_by_id
                | hazard.evidence_ids.create_uid)

    @control("safety.hazard_verifier", moment="verify")
    def _check_verifier(self):
        """SM-4.2.1: verified by somebody who neither made nor fixed it."""
        return {
            hazard: Breach(self.env._(
                "%s reported it or put it right, and somebody else verifies.", self.env.user.name))
            for hazard in self if self.env.user in hazard._get_makers()
        }

    def action_verify(self, note=None):
        """Seen on site and found to be put right: it is closed. A major one is submitted to the leading group.

        :param str note: what was seen; a wizard asks when it is missing
        :raise AccessError: no post that verifies
        :raise ControlError: no evidence, or who verifies has made or fixed it
        """
        if note is None:
            return self._open_step("verify")
        note = self._get_reason(note)
        self._check_step(("verifying",))
        self._check_controls("verify")
        self._check_verifying()
        now = fields.Datetime.now()
        for hazard in self:
            is_major = hazard.sudo().is_major or bool(hazard.sudo().date_listed)
            hazard._as_engine().write({
                "verification_note": note, "date_verified": now, "verified_by_id": self.env.uid, "return_reason": False,
                **({} if is_major else {"date_closed": now}),
            })
            if is_major:
                hazard._submit_for_approval()
        self._ask_next()
        return True

    def action_send_back(self, reason=None):
        """Not put right: back to who does.

        :param str reason: what is missing; a wizard asks when it is missing
        """
        if reason is None:
            return self._open_step("send_back")
        reason = self._get_reason(reason)
        self._check_step(("verifying",))
        self._check_verifying()
        for hazard in self:
            hazard._send_back(reason)
            hazard._note(hazard.env._("Not put right: %s", reason))
        return True

    def _check_verifying(self):
        """Refuse who holds no post that verifies."""
        for hazard in self:
            if not hazard._may_verify():
                raise AccessError(self.env._(
                    "A hazard is verified by a safety officer, the first responsible person or the leading group; a major one "
                    "not by the department itself."))

    def _send_back(self, reason):
        """Back to who puts it right, with the reason."""
        self._as_engine().write({**UNDONE, "return_reason": reason})
        self._ask_next()

    def action_reopen(self, reason=None, date_deadline=None):
        """It has come back, or was one after all. What was shown as evidence is kept, and counts no more.

        :param str reason: why; a wizard asks when it is missing
        :param date_deadline: new deadline (date or ISO string), for one that was closed
        """
        self.ensure_one()
        if reason is None:
            return self._open_step("reopen")
        reason = self._get_reason(reason)
        self._check_step(("closed", "rejected"))
        if not self._may_verify():
            raise AccessError(self.env._("A hazard is reopened by a safety officer, the first responsible person or the "
                                         "leading group."))
        hazard = self.sudo()
        vals = {
            "reopen_count": hazard.reopen_count + 1, "date_reopened": fields.Datetime.now(), "reopened_by_id": self.env.uid,
            "return_reason": reason, "date_rejected": False, "rejected_by_id": False,
        }
        if hazard.state == "closed":
            deadline = self._parse_date(date_deadline)
            if not deadline or deadline < fields.Date.context_today(self):
                raise UserError(self.env._("Say until when it is put right this time."))
            vals |= {
                **UNDONE, "date_closed": False, "removal_id": False, "date_deadline": deadline, "rectification_note": False,
                "former_evidence_ids": [fields.Command.link(file.id) for file in hazard.evidence_ids],
                "evidence_ids": [fields.Command.clear()],
            }
        self._as_engine().write(vals)
        self._note(self.env._("Reopened: %s", reason))
        self._ask_next()
        return True

    def _parse_date(self, value):
        try:
            return fields.Date.to_date(value)
        except (ValueError, TypeError):
            return None

    #=== SHARED ===#

    def _check_step(self, states):
        """Refuse a step that is not the next one.

        :param states: in which the step is possible
        """
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for hazard in self.sudo():
            if hazard.state not in states:
                raise UserError(self.env._(
                    "%(hazard)s is “%(state)s”: this step is not the next one.", hazard=hazard.display_name,
                    state=labels[hazard.state]))

    def _get_reason(self, reason):
        reason = clean_reason(reason)
        if not reason:
            raise UserError(self.env._("A few words are needed: the others have to know what you saw."))
        return reason

    def _note(self, text):
        """A line in the chatter, under the name of who acts."""
        self.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)

    def _open_step(self, step):
        """Ask for the words (and figures) of a step."""
        self.check_access("read")
        labels = dict(self.env["business.safety.hazard.step"]._fields["step"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window", "res_model": "business.safety.hazard.step", "view_mode": "form", "target": "new",
            "name": labels[step], "context": {"default_hazard_ids": self.ids, "default_step": step},
        }
