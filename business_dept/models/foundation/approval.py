# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from .content_rendering import render_content
from .reason import clean_reason

ACTIVITY = "business_dept.mail_activity_type_approval"
STATES = [
    ("pending", "Under review"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("sent_back", "Sent back"),
    ("withdrawn", "Withdrawn"),
    ("void", "Void"),
]


class BusinessApproval(models.Model):
    """One request for approval: what was asked, on what ground, who decided what.

    +----------------------------+----------------------------+-----------------------------------------------+
    | Action                     | Who                        | Restriction                                   |
    +============================+============================+===============================================+
    | Submit                     | who may write the document | a rule must say who decides                   |
    | Withdraw, remind           | the requester              | while pending                                 |
    | Approve, reject, send back | whose turn it is           | not the requester, not an author (IC-7);      |
    |                            |                            | reject and send back need a reason            |
    | Hand over, add a colleague | whose turn it is           | not to the requester or an author             |
    | Create, write, delete      | the engine only            | rows are read-only to every group             |
    +----------------------------+----------------------------+-----------------------------------------------+

    Every decision locks the row *and writes it*: a lock alone would let a second decision go on with its old snapshot.
    """

    _name = "business.approval"
    _description = "Approvals"
    _inherit = ["business.engine.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True)
    res_model = fields.Char(string="Document Type", required=True, readonly=True)
    res_model_name = fields.Char(string="Kind", compute="_compute_res_model_name")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char(string="Subject", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True, index="btree_not_null")
    requester_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, index=True)
    author_ids = fields.Many2many(
        comodel_name="res.users", relation="business_approval_author_rel", string="Made by", readonly=True,
    )
    request_reason = fields.Text(string="Why", readonly=True)
    moment = fields.Char(readonly=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="pending",
        index=True,
        tracking=True,
    )
    date_submitted = fields.Datetime(string="Submitted", readonly=True)
    date_decided = fields.Datetime(string="Decided", readonly=True)
    reason = fields.Text(readonly=True, help="Why it was rejected, sent back, withdrawn, or became void.")
    content = fields.Json(string="Content Data", readonly=True)
    content_html = fields.Html(string="Content", compute="_compute_content_html", sanitize=False)
    fingerprint = fields.Char(readonly=True, help="SHA-256 of the content. A document of another content is not approved.")
    decision_count = fields.Integer(readonly=True)
    ground_ids = fields.One2many(comodel_name="business.approval.ground", inverse_name="approval_id", readonly=True)
    step_ids = fields.One2many(comodel_name="business.approval.step", inverse_name="approval_id", readonly=True)
    approver_ids = fields.One2many(comodel_name="business.approval.approver", inverse_name="approval_id", readonly=True)
    current_step_id = fields.Many2one(comodel_name="business.approval.step", compute="_compute_current_step")
    current_user_ids = fields.Many2many(comodel_name="res.users", string="Waiting for", compute="_compute_current_step")
    deadline = fields.Datetime(compute="_compute_current_step")
    is_overdue = fields.Boolean(compute="_compute_current_step")
    is_my_turn = fields.Boolean(compute="_compute_is_my_turn", search="_search_is_my_turn")
    is_my_request = fields.Boolean(compute="_compute_is_my_turn")

    _one_pending = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'pending'", "This document is under review already.",
    )
    _record_idx = models.Index("(res_model, res_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("name", "res_name")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.name} · {approval.res_name}"

    @api.depends("res_model")
    def _compute_res_model_name(self):
        names = {
            model.model: model.name
            for model in self.env["ir.model"].sudo().search([("model", "in", self.mapped("res_model"))])
        }
        for approval in self:
            approval.res_model_name = names.get(approval.res_model, approval.res_model)

    @api.depends("step_ids.state", "step_ids.deadline", "approver_ids.state")
    def _compute_current_step(self):
        now = fields.Datetime.now()
        for approval in self:
            step = approval.step_ids.filtered(lambda step: step.state == "pending")[:1]
            approval.current_step_id = step
            approval.current_user_ids = step.approver_ids.filtered(lambda row: row.state == "pending").user_id
            approval.deadline = step.deadline
            approval.is_overdue = bool(step.deadline and step.deadline < now)

    @api.depends_context("uid")
    @api.depends("approver_ids.state", "requester_id")
    def _compute_is_my_turn(self):
        mine = set(self._search_my_turn_ids())
        for approval in self:
            approval.is_my_turn = approval.id in mine
            approval.is_my_request = approval.requester_id == self.env.user

    def _search_is_my_turn(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._search_my_turn_ids())]

    @api.model
    def _search_my_turn_ids(self):
        rows = self.env["business.approval.approver"].sudo().search([
            ("user_id", "=", self.env.uid),
            ("state", "=", "pending"),
            ("step_id.state", "=", "pending"),
            ("approval_id.state", "=", "pending"),
        ])
        return rows.approval_id.ids

    @api.depends("content", "res_model")
    @api.depends_context("lang")
    def _compute_content_html(self):
        for approval in self:
            approval.content_html = render_content(self.env, approval.res_model, approval.content)

    # === CRUD METHODS === #

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Nobody follows a request: following would go on reading and mailing after one's turn. Activities ask instead."""
        return True

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_approve(self):
        """Approve, as the person whose turn it is. Several at once from a list: each by its own check."""
        for approval in self:
            approval._decide("approved")
        return True

    def action_reject(self, reason=None):
        """Reject: final for this content.

        :param str reason: why; without it the call is refused (from the form a wizard asks)
        """
        return self._decide_with_reason("rejected", reason)

    def action_send_back(self, reason=None):
        """Send back to the requester to be changed.

        :param str reason: what to change; without it the call is refused
        """
        return self._decide_with_reason("sent_back", reason)

    def action_hand_over(self, user_id=None, reason=None):
        """Hand the decision over to somebody else.

        :param int user_id: who decides instead
        :param str reason: why; without it the call is refused
        """
        if user_id is None and reason is None:
            return self._open_wizard("handed_over")
        user = self._get_colleague(user_id)
        reason = self._get_reason(reason)
        approval, row = self._take_turn()
        approval._check_colleague(user)
        row.write({"state": "handed_over", "reason": reason, "date": fields.Datetime.now()})
        approval._add_approver(row.step_id, user, "handed_over", on_behalf_of=row.on_behalf_of_id or row.user_id)
        approval._close_activity(self.env.user)
        approval._tell(self.env._("%(user)s handed the decision over to %(colleague)s: %(reason)s",
                                  user=self.env.user.name, colleague=user.name, reason=reason))
        return True

    def action_add_colleague(self, user_id=None, reason=None):
        """Ask one more colleague to decide, right after the current step.

        :param int user_id: the colleague
        :param str reason: why
        """
        if user_id is None:
            return self._open_wizard("added")
        user = self._get_colleague(user_id)
        approval, row = self._take_turn()
        approval._check_colleague(user)
        if user in approval.approver_ids.filtered(lambda r: r.state in ("waiting", "pending")).user_id:
            raise UserError(self.env._("%s takes part in this approval already.", user.name))
        later = approval.step_ids.filtered(lambda step: step.sequence > row.step_id.sequence)
        for step in later:
            step.sequence += 1
        step = self.env["business.approval.step"].sudo().create({
            "approval_id": approval.id,
            "name": self.env._("Asked by %s", self.env.user.name),
            "sequence": row.step_id.sequence + 1,
            "require": "any",
            "deadline_days": row.step_id.deadline_days,
        })
        self.env["business.approval.approver"].sudo().create({"step_id": step.id, "user_id": user.id, "origin": "added"})
        approval._tell(self.env._("%(user)s asked %(colleague)s to decide as well. %(reason)s",
                                  user=self.env.user.name, colleague=user.name, reason=reason or ""))
        return True

    def action_withdraw(self):
        """Withdraw one's own request."""
        self.ensure_one()
        self._check_takes_part()
        approval = self._lock()
        if approval.state != "pending":
            raise UserError(approval._describe_end())
        if approval.requester_id != self.env.user and not self.env.su:
            approval._refuse("approval.out_of_turn", self.env._("Only %s, who submitted it, can withdraw it.",
                                                                approval.requester_id.name))
        approval._end("withdrawn", self.env._("Withdrawn by %s.", self.env.user.name))
        return True

    def action_remind(self):
        """Remind those whose turn it is; once an hour is enough."""
        self.ensure_one()
        self.check_access("read")
        approval = self._lock()
        if approval.state != "pending":
            raise UserError(approval._describe_end())
        step = approval.current_step_id
        if step.reminded_on and step.reminded_on > fields.Datetime.now() - timedelta(hours=1):
            raise UserError(self.env._("They were reminded less than an hour ago."))
        approval._remind(step, self.env._("%s reminds you of this request.", self.env.user.name))
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _submit(self, record, requester, moment, findings, reason=None):
        """Make a request, freeze its route, and ask the first step.

        :param record: the document (one)
        :param requester: ``res.users`` who asks
        :param str moment: the moment that it asks for
        :param findings: list of ``Finding`` that need approval
        :param str reason: why the requester asks
        :return: the request, in sudo
        :raise UserError: no rule, nobody to decide, the same content was rejected
        """
        controls = self.env["business.control"].sudo().union(*(finding.control for finding in findings))
        route = self.env["business.approval.rule"]._get_route(record, requester, controls)
        self._check_route(record, route)
        content = record._get_approval_content()
        fingerprint = record._get_approval_fingerprint(content)
        self._check_not_rejected(record, fingerprint, findings)
        customer = record._get_control_customer()
        approval = self.sudo().with_context(tracking_disable=True).create({
            "name": self.env["ir.sequence"].sudo().next_by_code("business.approval") or "/",
            "res_model": record._name,
            "res_id": record.id,
            "res_name": record.sudo().display_name,
            "company_id": (record._get_control_company() or self.env.company).id,
            "partner_id": customer.id if customer else False,
            "requester_id": requester.id,
            "author_ids": [fields.Command.set(record._approval_authors().ids)],
            "request_reason": reason,
            "moment": moment,
            "date_submitted": fields.Datetime.now(),
            "content": content,
            "fingerprint": fingerprint,
        })
        self.env["business.approval.ground"].sudo().create([
            {
                "approval_id": approval.id,
                "control_id": finding.control.id,
                "message": finding.breach.message,
                "amount": finding.breach.amount or 0.0,
                "is_measured": finding.breach.amount is not None,
                "currency_id": finding.breach.currency.id if finding.breach.currency else False,
            }
            for finding in findings
        ])
        steps = self.env["business.approval.step"].sudo().create([
            {
                "approval_id": approval.id,
                "name": step.rule.name,
                "sequence": position,
                "rule_id": step.rule.id,
                "require": step.rule.require,
                "deadline_days": step.rule.deadline_days,
                "escalation_group_id": step.rule.escalation_group_id.id,
            }
            for position, step in enumerate(route, start=1)
        ])
        self.env["business.approval.approver"].sudo().create([
            {"step_id": row.id, "user_id": user.id}
            for row, step in zip(steps, route, strict=True)
            for user in step.users
        ])
        approval._tell(self.env._(
            "%(user)s submitted it for approval: %(route)s", user=requester.name,
            route=" → ".join(f"{step.rule.name} ({', '.join(step.users.mapped('name'))})" for step in route),
        ))
        approval._ask_next()
        return approval

    @api.model
    def _check_route(self, record, route):
        if not route:
            raise UserError(self.env._(
                "No approval rule fits %s. Ask the regulation administrator to say who decides.", record.display_name,
            ))
        for step in route:
            if not step.users:
                excluded = ", ".join(step.excluded.mapped("name"))
                raise UserError(self.env._(
                    "Nobody is left to decide the step “%(step)s”. %(excluded)s",
                    step=step.rule.name,
                    excluded=self.env._("%s requested or made it and may not (IC-7).", excluded) if excluded else "",
                ))

    @api.model
    def _check_not_rejected(self, record, fingerprint, findings):
        """A rejection is not undone by asking again: the content, or the ground, must be better than it was."""
        last = self.sudo().search([
            ("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "=", "rejected"),
            ("fingerprint", "=", fingerprint),
        ], limit=1)
        if not last:
            return
        before = {ground.control_id: ground.amount for ground in last.ground_ids}
        now = {finding.control: finding.breach.amount or 0.0 for finding in findings}
        if before.keys() == now.keys() and all(now[control] >= before[control] for control in now):
            raise UserError(self.env._(
                "This very content was rejected by %(user)s: %(reason)s\nChange the document before you ask again.",
                user=last.approver_ids.filtered(lambda row: row.state == "rejected").user_id.name, reason=last.reason,
            ))

    def _get_record(self):
        """The document, in sudo (empty when it is gone)."""
        self.ensure_one()
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _lock(self):
        """Lock the request and read it afresh.

        :return: the request, in sudo
        :raise UserError: somebody else is deciding it at this moment
        """
        self.ensure_one()
        approval = self.sudo()
        try:
            approval.lock_for_update()
        except LockError as error:
            raise UserError(self.env._(
                "Somebody else is deciding this request at this moment. Reload to see what was decided.",
            )) from error
        approval.invalidate_recordset()
        approval.step_ids.invalidate_recordset()
        approval.approver_ids.invalidate_recordset()
        return approval

    def _take_turn(self):
        """Lock the request and find the user's place in it.

        :return: ``(request, approver row)``, both in sudo
        :raise UserError: it is decided already
        :raise ControlError: it is not this user's turn (IC-7)
        """
        self._check_takes_part()
        approval = self._lock()
        user = self.env.user
        if approval.state != "pending":
            raise UserError(approval._describe_end())
        if user == approval.requester_id or user in approval.author_ids:
            approval._refuse("approval.own_decision", self.env._(
                "You requested or made %s yourself; somebody else decides.", approval.res_name,
            ))
        rows = approval.current_step_id.approver_ids.filtered(lambda row: row.user_id == user)
        row = rows.filtered(lambda row: row.state == "pending" and row._may_decide_today())[:1]
        if not row:
            waiting_for = ", ".join(approval.current_user_ids.mapped("name"))
            approval._refuse("approval.out_of_turn", self.env._(
                "It is not your turn to decide %(document)s; it waits for %(users)s.",
                document=approval.res_name, users=waiting_for,
            ))
        approval.decision_count += 1
        return approval, row

    def _check_takes_part(self):
        """Tell who may not read the request nothing about it: neither its document nor how it ended."""
        if not self.has_access("read"):
            self.sudo()._refuse("approval.out_of_turn", self.env._("You take no part in this request."))

    def _decide(self, decision, reason=None):
        """Decide the current step as the current user.

        :param str decision: ``approved``, ``rejected`` or ``sent_back``
        :param str reason: for the two that need one
        """
        self.ensure_one()
        approval, row = self._take_turn()
        record = approval._get_record()
        if not record:
            approval._end("void", self.env._("The document was deleted."))
            return
        if changes := record._get_content_changes(approval):
            approval._refuse("approval.content_changed", self.env._(
                "%(document)s is not what was submitted: %(changes)s", document=approval.res_name, changes=changes,
            ))
        row.write({"state": decision, "reason": reason, "date": fields.Datetime.now()})
        approval._close_activity(self.env.user)
        if decision == "approved":
            approval._tell(self.env._("%(user)s approved: %(step)s", user=self._sign(row), step=row.step_id.name))
            if row.step_id._is_decided():
                row.step_id._close("approved")
                approval._ask_next(decided_by=self.env.user)
        else:
            row.step_id._close(decision)
            approval._end(decision, reason, by=self._sign(row))

    @api.model
    def _sign(self, row):
        """The decider's name, and for whom he stood in."""
        if row.on_behalf_of_id:
            return self.env._("%(user)s (for %(absent)s)", user=row.user_id.name, absent=row.on_behalf_of_id.name)
        return row.user_id.name

    def _decide_with_reason(self, decision, reason):
        if reason is None:
            return self._open_wizard(decision)
        reason = self._get_reason(reason)
        for approval in self:
            approval._decide(decision, reason)
        return True

    def _ask_next(self, decided_by=None):
        """Open the next step, or finish. Who decided the step before does not decide the next one a second time."""
        step = self.step_ids.filtered(lambda step: step.state == "waiting").sorted("sequence")[:1]
        if not step:
            self._finish()
            return
        step.write({
            "state": "pending",
            "deadline": fields.Datetime.now() + timedelta(days=step.deadline_days) if step.deadline_days else False,
        })
        rows = step.approver_ids.filtered(lambda row: row.state == "waiting")
        rows.write({"state": "pending"})
        again = rows.filtered(lambda row: decided_by and row.user_id == decided_by)
        if again:
            again.write({"state": "approved", "date": fields.Datetime.now(),
                         "reason": self.env._("Decided together with the step before.")})
            if step._is_decided():
                step._close("approved")
                self._ask_next(decided_by=decided_by)
                return
        self._cover_absences(step)
        self._schedule(step.approver_ids.filtered(lambda row: row.state == "pending").user_id)

    def _finish(self):
        """Everybody has approved: close, and tell the document."""
        self._end("approved", False)

    def _end(self, state, reason, by=None):
        """Close the request in a final state, and tell document and requester.

        :param str state: a final state
        :param str reason: why
        :param str by: who decided
        """
        self.write({"state": state, "reason": reason, "date_decided": fields.Datetime.now()})
        self.step_ids.filtered(lambda step: step.state in ("waiting", "pending"))._close("cancelled")
        self.activity_unlink([ACTIVITY])
        labels = dict(self._fields["state"]._description_selection(self.env))
        text = self.env._("%(number)s: %(state)s. %(by)s %(reason)s", number=self.name, state=labels[state],
                          by=by or "", reason=reason or "")
        self._tell(text)
        if self.requester_id != self.env.user and self.requester_id.active:
            self.message_notify(
                partner_ids=self.requester_id.partner_id.ids, subject=f"{self.res_name}: {labels[state]}", body=text,
            )
        record = self._get_record()
        if record:
            getattr(record, f"_on_approval_{state}" if state != "void" else "_on_approval_voided")(self)

    def _void(self, changes):
        """RL-4.3: the content was changed after approval, so the approval is void and says what changed."""
        self.ensure_one()
        self._end("void", self.env._("Changed after approval by %(user)s: %(changes)s",
                                     user=self.env.user.name, changes=changes))

    def _tell(self, text):
        """Put a line into the chatter of the request and of its document."""
        self.ensure_one()
        author = self.env.user.partner_id.id
        self._message_log(body=text, author_id=author)
        record = self._get_record()
        if record and hasattr(record, "_message_log"):
            record._message_log(body=text, author_id=author)

    def _describe_end(self):
        """Why a request cannot be decided any more: what the first one did."""
        self.ensure_one()
        row = self.approver_ids.filtered(lambda row: row.state == self.state).sorted("date")[-1:]
        labels = dict(self._fields["state"]._description_selection(self.env))
        decided = self.date_decided and fields.Datetime.context_timestamp(self, self.date_decided).strftime("%Y-%m-%d %H:%M")
        return self.env._(
            "%(document)s is not under review any more: %(state)s %(by)s on %(date)s. %(reason)s",
            document=self.res_name, state=labels[self.state],
            by=row.user_id.name or "", date=decided or "", reason=self.reason or "",
        )

    def _get_colleague(self, user_id):
        if type(user_id) is not int:
            raise UserError(self.env._("Choose a colleague."))
        return self.env["res.users"].sudo().browse(user_id).exists()

    def _check_colleague(self, user):
        """IC-7: a decision never goes to who asked for it, nor to who cannot work in the company."""
        if user == self.requester_id or user in self.author_ids:
            self._refuse("approval.own_decision", self.env._(
                "%(user)s requested or made %(document)s and may not decide it.", user=user.name, document=self.res_name,
            ))
        if not user.active or user.share or self.company_id not in user.company_ids:
            raise UserError(self.env._("%s does not work in this company.", user.name or "?"))
        if user == self.env.user:
            raise UserError(self.env._("You decide already. Choose somebody else."))

    def _get_reason(self, reason):
        reason = clean_reason(reason)
        if not reason:
            raise UserError(self.env._("A reason is needed: the other side has to know what to do."))
        return reason

    def _add_approver(self, step, user, origin, on_behalf_of=None):
        if user in step.approver_ids.filtered(lambda row: row.state == "pending").user_id:
            return
        self.env["business.approval.approver"].sudo().create({
            "step_id": step.id, "user_id": user.id, "origin": origin, "state": "pending",
            "on_behalf_of_id": on_behalf_of.id if on_behalf_of else False,
        })
        self._schedule(user)

    def _cover_absences(self, step):
        """Let today's covers decide for the absent, unless the cover requested or made the document."""
        pending = step.approver_ids.filtered(lambda row: row.state == "pending" and row.origin != "absence").user_id
        for absent, cover in self.env["business.approval.absence"]._get_covers(pending).items():
            if cover != self.requester_id and cover not in self.author_ids and self.company_id in cover.company_ids:
                self._add_approver(step, cover, "absence", on_behalf_of=absent)

    def _schedule(self, users):
        """An activity for everybody whose turn it is, on the request: who decides need not read the document's list."""
        deadline = fields.Date.to_date(self.current_step_id.deadline) or fields.Date.context_today(self)
        for user in users:
            self.activity_schedule(ACTIVITY, date_deadline=deadline, summary=self.res_name, user_id=user.id)

    def _close_activity(self, user):
        self.activity_feedback([ACTIVITY], user_id=user.id)

    def _remind(self, step, text):
        step.write({"reminded_on": fields.Datetime.now()})
        self.message_notify(
            partner_ids=self.current_user_ids.partner_id.ids,
            subject=self.env._("To decide: %s", self.res_name),
            body=text,
        )

    def _refuse(self, code, message):
        """Refuse an act on this request by one of the engine's own controls, and leave a trace on the document."""
        record = self._get_record() or self
        self.env["business.control.mixin"]._refuse_on(record, code, message)

    def _open_wizard(self, decision):
        return {
            "type": "ir.actions.act_window",
            "res_model": "business.approval.decision",
            "view_mode": "form",
            "target": "new",
            "name": dict(
                self.env["business.approval.decision"]._fields["decision"]._description_selection(self.env)
            )[decision],
            "context": {"default_approval_ids": self.ids, "default_decision": decision},
        }

    # === CRON === #

    @api.model
    def _cron_follow_up(self):
        """Remind of what is overdue, escalate once, and let covers in whose absence began meanwhile."""
        now = fields.Datetime.now()
        steps = self.env["business.approval.step"].search([
            ("state", "=", "pending"), ("approval_id.state", "=", "pending"),
        ])
        self.env["ir.cron"]._commit_progress(remaining=len(steps))
        for step in steps:
            approval = step.approval_id.with_context(lang=step.approval_id.company_id.partner_id.lang)
            approval._cover_absences(step)
            if step.deadline and step.deadline < now:
                if not step.escalated_on and step.escalation_group_id:
                    approval._escalate(step)
                if not step.reminded_on or step.reminded_on < now - timedelta(days=1):
                    approval._remind(step, approval.env._("The deadline for this decision has passed."))
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    def _escalate(self, step):
        """The deadline has passed: the holders of the escalation post may decide as well."""
        step.write({"escalated_on": fields.Datetime.now()})
        users = self.env["business.approval.rule"]._get_group_users(step.escalation_group_id, self.company_id)
        users -= self.requester_id | self.author_ids
        for user in users:
            self._add_approver(step, user, "escalation")
        self._tell(self.env._("Not decided in time; escalated to %s.", ", ".join(users.mapped("name"))))


class BusinessApprovalGround(models.Model):
    """What a request asks to be let through: the control, and up to how much."""

    _name = "business.approval.ground"
    _description = "Grounds of Approval"
    _inherit = ["business.engine.mixin"]
    _rec_name = "control_id"

    approval_id = fields.Many2one(
        comodel_name="business.approval", required=True, readonly=True, index=True, ondelete="cascade",
    )
    control_id = fields.Many2one(comodel_name="business.control", required=True, readonly=True, ondelete="restrict")
    citation = fields.Char(string="Clauses", compute="_compute_citation", compute_sudo=True)
    message = fields.Text(readonly=True)
    amount = fields.Float(readonly=True)
    is_measured = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    @api.depends("control_id.clause_ids.code")
    def _compute_citation(self):
        for record in self:
            record.citation = record.control_id._get_citation() if record.control_id else False
