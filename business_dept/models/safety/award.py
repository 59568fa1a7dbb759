# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

CLOSED = "safety.record_closed"
OWN = "safety.award_own"


class BusinessSafetyAward(models.Model):
    """A reward or penalty for safety, given by approval: of an assessment, or as accountability for an incident
    (SM-5, SM-4.4.3).

    +-----------------------+----------------------------------------+------------------------------------------------+
    | Action                | Who                                    | Restriction                                    |
    +=======================+========================================+================================================+
    | Read                  | person concerned, his managers,        | companies of the user; a reward that was       |
    |                       | proposer, who is asked to decide,      | approved is read by everybody                  |
    |                       | officers, leading group, executive,    |                                                |
    |                       | finance, auditor                       |                                                |
    | Propose               | safety officer, leading group, first   | never who is concerned                         |
    |                       | responsible of the department          |                                                |
    | Edit, delete          | proposer, safety officer, leading      | locked under review; nothing after the         |
    |                       | group                                  | decision; submitted once: kept                 |
    | Approve               | as the approval rules say              | neither proposer nor who is concerned (IC-7)   |
    | State, dates, number  | the engine only                        | no client writes them                          |
    +-----------------------+----------------------------------------+------------------------------------------------+
    """

    _name = "business.safety.award"
    _description = "Safety Reward or Penalty"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "measure"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _approval_without_breach = True
    _approval_from_states = ("draft",)
    _approval_fields = (
        "kind", "employee_id", "department_id", "incident_id", "assessment_id", "measure", "amount", "ground", "company_id",
    )
    _approval_neutral_fields = ("date_decided", "decision")

    _engine_fields = frozenset({"name", "state", "date_decided", "decision", "proposed_by_id"})

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        selection=[("reward", "Reward"), ("penalty", "Penalty"), ("blameless", "Nobody to be held responsible")],
        required=True, default="reward", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", string="Person", index="btree_not_null", ondelete="restrict", check_company=True,
        tracking=True, help="Empty: the department as a whole, represented by its first responsible person.")
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False, precompute=True, compute_sudo=True)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", check_company=True)
    assessment_id = fields.Many2one(
        comodel_name="business.safety.assessment", index="btree_not_null", ondelete="restrict", check_company=True)
    measure = fields.Char(help="Commendation, warning, training …", tracking=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(tracking=True, help="Paid as a reward or kept as a penalty. 0: the measure alone.")
    ground = fields.Text(string="What It Is Based On", required=True, tracking=True)
    proposed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, index=True, default=lambda self: self.env.user)
    date_decided = fields.Datetime(string="Decided On", readonly=True, copy=False, tracking=True)
    decision = fields.Selection(
        selection=[("approved", "Approved"), ("rejected", "Rejected")], readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("rejected", "Rejected"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", required=True, index=True, copy=False,
        tracking=True, group_expand=True)
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _check_amount = models.Constraint(
        "CHECK (amount >= 0 AND (kind <> 'blameless' OR amount = 0))",
        "The amount cannot be negative, and there is none when nobody is held responsible.")
    _check_incident = models.Constraint(
        "CHECK (kind <> 'blameless' OR incident_id IS NOT NULL)", "That nobody is held responsible is said of an incident.")
    _check_concerned = models.Constraint(
        "CHECK (kind = 'blameless' OR employee_id IS NOT NULL OR department_id IS NOT NULL)",
        "Say which person or department it is for.")

    #=== COMPUTE METHODS ===#

    @api.depends("employee_id", "incident_id", "assessment_id")
    def _compute_department_id(self):
        for award in self:
            award.department_id = (
                award.employee_id.department_id or award.assessment_id.department_id or award.incident_id.department_id
                or award.department_id)

    @api.depends("approval_ids.state", "decision")
    def _compute_state(self):
        for award in self:
            award.state = award.decision or ("review" if award.approval_state == "pending" else "draft")

    @api.depends("state", "proposed_by_id")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        for award in self:
            award.can_edit = award.state == "draft" and (not award._origin or award._is_editor())

    @api.depends("name", "kind", "employee_id", "department_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for award in self:
            record = award.sudo()
            parts = (
                award.name if award.name != "/" else "", kinds.get(award.kind),
                record.employee_id.name or record.department_id.name,
            )
            award.display_name = " · ".join(filter(None, parts)) or False

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        awards = super(BusinessSafetyAward, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        awards = awards.with_env(self.env)
        awards._check_proposal()
        return awards

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - UNLOCKED:
            self._check_editor()
            self._check_undecided()
        result = super().write(vals)
        if vals.keys() & {"employee_id", "department_id", "company_id", "incident_id", "assessment_id", "kind"}:
            self._check_proposal()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_editor()
        if self.sudo().filtered("approval_id"):
            self._refuse(CLOSED, self.env._("What was submitted once is kept as a record."))

    #=== QUESTIONS ===#

    @api.model
    def _may_propose(self, user, company, department):
        """Whether a user may propose rewards and penalties: safety officer, leading group, or who answers for the
        department (SM-5).

        :param user: ``res.users``
        :param company: ``res.company``
        :param department: ``hr.department``; may be empty
        """
        return (
            user._is_safety_officer(company) or user._is_in_leading_group(company)
            or (bool(department) and user._answers_for_safety(department))
        )

    def _get_concerned(self):
        """Who a reward or penalty is about: the person; without one the first responsible of the department. That nobody is
        held responsible is about everybody who had a part in the incident.

        :return: users, in sudo
        """
        self.ensure_one()
        award = self.sudo()
        if award.employee_id:
            return award.employee_id.user_id
        people = award.incident_id.person_ids.filtered(lambda person: person.role != "witness").employee_id.user_id
        return award.department_id._get_safety_responsibles()[:1] | (people if award.kind == "blameless" else people[:0])

    def _is_editor(self):
        """Whether the current user may change the proposal: who made it, safety officer, leading group; never who is
        concerned."""
        self.ensure_one()
        if self.env.su:
            return True
        award, user = self.sudo(), self.env.user
        return user not in self._get_concerned() and (
            user == award.proposed_by_id or user._is_safety_officer(award.company_id)
            or user._is_in_leading_group(award.company_id))

    def _check_editor(self):
        if not all(award._is_editor() for award in self):
            raise AccessError(self.env._(
                "A proposal is changed by who made it, the safety officer or the leading group, and never by whom it is "
                "about."))

    def _check_undecided(self):
        """Refuse a change of what was decided."""
        if self.env.su:
            return
        for award in self.sudo():
            if award.decision:
                award.with_env(self.env)._refuse(CLOSED, self.env._(
                    "%s was decided and stays as it is. A correction is a new proposal.", award.name))

    def _check_proposal(self):
        """Refuse a proposal by who may not make it, by whom it is about, or on what he may not read."""
        if self.env.su:
            return
        user = self.env.user
        for award in self:
            record = award.sudo()
            if not self._may_propose(user, record.company_id, record.department_id):
                raise AccessError(self.env._(
                    "Rewards and penalties are proposed by the safety officer, the leading group or the first responsible "
                    "person of the department."))
            if user in record._get_concerned():
                award._refuse(OWN, self.env._(
                    "%s is about yourself: somebody else proposes it.", record.display_name))
            if record.assessment_id and not record.assessment_id.is_current:
                raise UserError(self.env._("A later version has replaced this assessment: take that one."))
            if record.incident_id:
                record.incident_id.sudo(False).check_access("read")  # naming it would tell what it is
        self.sudo().assessment_id._lock_for_award()

    #=== APPROVAL ===#

    def _approval_authors(self):
        """EXTENDS the approval mixin: neither who proposed nor who is concerned decides (IC-7)."""
        return super()._approval_authors() | self.sudo().proposed_by_id | self._get_concerned()

    def _may_submit(self):
        return self._is_editor()

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        self._check_editor()
        self._check_undecided()
        if self.kind != "blameless" and not (self.measure or self.amount):
            raise UserError(self.env._("Say what follows: a measure, an amount, or both."))
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        self._as_engine().write({"date_decided": fields.Datetime.now(), "decision": "approved"})

    def _on_approval_rejected(self, approval):
        super()._on_approval_rejected(approval)
        self._as_engine().write({"date_decided": fields.Datetime.now(), "decision": "rejected"})
