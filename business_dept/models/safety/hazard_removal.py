# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Major hazards: on the supervised list until the leading group removes them (挂牌督办、摘牌, SM-4.2.3)."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class BusinessSafetyHazard(models.Model):
    """Once listed, always major: lower figures do not take a hazard off the list, only an approval does."""

    _inherit = "business.safety.hazard"

    _approval_without_breach = True
    _approval_fields = (
        "title", "description", "place_id", "risk", "measures", "budget_amount", "responsible_id", "interim_protection",
        "emergency_plan", "supervisor_id", "rectification_note", "evidence_ids", "file_digest", "rectified_by_id",
        "verification_note", "verified_by_id", "company_id",
    )
    _approval_neutral_fields = ("alert_step", "progress_told", "date_progress", "date_unassessed_told")

    _engine_fields = frozenset({"date_listed", "date_progress", "progress_told", "percent", "progress_ids", "removal_id"})

    supervisor_id = fields.Many2one(
        comodel_name="res.users", string="Supervised by", index="btree_not_null", domain=[("share", "=", False)], tracking=True,
        copy=False, help="Member of the leading group who follows a major hazard until it is removed.")
    emergency_plan = fields.Text(string="If It Happens Meanwhile", tracking=True, copy=False)
    date_listed = fields.Datetime(
        string="On the List Since", readonly=True, copy=False, index="btree_not_null", tracking=True)
    removal_id = fields.Many2one(
        comodel_name="business.approval", string="Removed by", readonly=True, copy=False, ondelete="restrict",
        index="btree_not_null")
    progress_ids = fields.One2many(
        comodel_name="business.safety.hazard.progress", inverse_name="hazard_id", string="Weekly Progress", readonly=True,
        copy=False)
    percent = fields.Integer(string="Done (%)", readonly=True, copy=False, aggregator="avg")
    date_progress = fields.Date(
        string="Last Progress", readonly=True, copy=False, help="When somebody said how far it is, or when it was listed.")
    progress_told = fields.Integer(readonly=True, copy=False, help="How many missing weeks have been told.")
    supervisor_domain = fields.Binary(compute="_compute_supervisor_domain")
    can_progress = fields.Boolean(compute="_compute_can_progress")

    _check_removal = models.Constraint(
        "CHECK (date_closed IS NULL OR date_listed IS NULL OR removal_id IS NOT NULL)",
        "A major hazard is removed by the leading group only.")

    @api.depends("likelihood", "severity", "is_declared_major", "date_listed")
    def _compute_level(self):
        super()._compute_level()
        for hazard in self:
            hazard.is_major = hazard.is_major or bool(hazard.date_listed)

    @api.depends("state", "is_major", "responsible_id", "supervisor_id")
    @api.depends_context("uid")
    def _compute_can_progress(self):
        for hazard in self:
            hazard.can_progress = hazard._is_supervised() and self.env.user in (hazard.responsible_id | hazard.supervisor_id)

    @api.depends("company_id", "responsible_id")
    def _compute_supervisor_domain(self):
        """Who may supervise: the leading group, but not who puts it right."""
        for hazard in self:
            users = hazard.company_id._get_leading_group() - hazard.responsible_id
            hazard.supervisor_domain = [("id", "in", users.ids)]

    def _is_supervised(self):
        """Whether it is on the list and not removed yet."""
        return bool(self.date_listed) and self.state in ("rectifying", "verifying", "removal")

    def _prepare_listing(self, is_major):
        """What is written when a hazard turns out to be a major one; nothing when it is listed already."""
        if not is_major or self.sudo().date_listed:
            return {}
        return {"date_listed": fields.Datetime.now(), "date_progress": fields.Date.context_today(self), "progress_told": 0}

    #=== PROGRESS ===#

    def action_progress(self, percent=None, note=None):
        """Say how far it is, every week.

        :param int percent: 0 to 100; a wizard asks when it is missing
        :param str note: what was done this week
        """
        self.ensure_one()
        if percent is None and note is None:
            return self._open_step("progress")
        note = self._get_reason(note)
        self.check_access("read")
        hazard = self.sudo()
        if not hazard._is_supervised():
            raise UserError(self.env._("%s is not on the supervised list.", hazard.display_name))
        if self.env.user not in hazard.responsible_id | hazard.supervisor_id:
            raise AccessError(self.env._("Progress is noted by who puts it right, or by the supervisor."))
        if type(percent) is not int or not 0 <= percent <= 100:
            raise UserError(self.env._("The progress goes from 0 to 100 %."))
        today = fields.Date.context_today(self)
        self.env["business.safety.hazard.progress"].sudo().create({
            "hazard_id": hazard.id, "date": today, "user_id": self.env.uid, "percent": percent, "note": note})
        self._as_engine().write({"percent": percent, "date_progress": today, "progress_told": 0})
        self._as_system().activity_unlink(["business_dept.mail_activity_type_hazard_progress"])
        return True

    #=== REMOVAL ===#

    def _approval_authors(self):
        """EXTENDS the approval mixin: who reported or fixed it does not remove it (IC-7)."""
        return super()._approval_authors() | self._get_makers()

    def _may_submit(self):
        """The removal is submitted by verifying, never by a button of its own."""
        return False

    def _submit_for_approval(self, requester=None, reason=None):
        """EXTENDS the approval mixin: only what was verified is submitted, and by who has verified it.

        :raise ControlError: everything else
        """
        self.ensure_one()
        hazard = self.sudo()
        if hazard.state != "removal" or hazard.verified_by_id != (requester or self.env.user) or not hazard.date_listed:
            self._refuse("safety.hazard_removal", self.env._(
                "%s: the removal is submitted by who has verified it, when he does.", hazard.display_name))
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _on_approval_approved(self, approval):
        """The leading group removes it from the list (SM-4.2.3), whoever else a rule or a colleague has asked to decide.

        :raise ControlError: nobody who has approved sits in the leading group now
        """
        deciders = approval.approver_ids.filtered(lambda row: row.state == "approved").user_id
        if not deciders & self.company_id._get_leading_group():
            self._refuse("safety.hazard_removal", self.env._(
                "%s is removed from the list by a member of the leading group: hand the decision over to one.",
                self.display_name))
        self._as_engine().write({"date_closed": fields.Datetime.now(), "removal_id": approval.id})
        self._ask_next()
        self._withdraw_alerts()
        self._as_system().activity_unlink(["business_dept.mail_activity_type_hazard_progress"])

    def _on_approval_rejected(self, approval):
        """Not removed: back to who puts it right."""
        self._send_back(approval.reason)

    def _on_approval_sent_back(self, approval):
        self._send_back(approval.reason)

    def _on_approval_withdrawn(self, approval):
        """The verifier takes it back: to verify once more."""
        self._as_engine().write({"verification_note": False, "date_verified": False, "verified_by_id": False})
        self._ask_next()

    def _on_approval_voided(self, approval):
        """What was approved is not what stands there: not removed, to verify once more."""
        if self.removal_id == approval and self.date_closed:
            self._as_engine().write({
                "verification_note": False, "date_verified": False, "verified_by_id": False, "date_closed": False,
                "removal_id": False})
            self._ask_next()


class BusinessSafetyHazardProgress(models.Model):
    """What was done about a major hazard in a week (SM-4.2.3); written by the buttons of the hazard only."""

    _name = "business.safety.hazard.progress"
    _description = "Progress of a Major Hazard"
    _inherit = ["business.engine.mixin"]
    _order = "date desc, id desc"

    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="hazard_id.company_id", store=True, index=True)
    date = fields.Date(required=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By", required=True)
    percent = fields.Integer(string="Done (%)")
    note = fields.Text(required=True)
