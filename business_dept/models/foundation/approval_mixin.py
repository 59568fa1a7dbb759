# Part of business_dept. See LICENSE file for full copyright and licensing details.
import hashlib
import json
from contextlib import contextmanager

from lxml import etree
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_compare, float_repr

from .approval import STATES

ENGINE = object()
"""Put into the context by ``_as_engine`` only. No client can send an object's identity."""

UNLOCKED = frozenset({
    "message_ids", "message_follower_ids", "message_main_attachment_id", "activity_ids", "access_token", "rating_ids",
    "website_message_ids",
})


class Routes(dict):
    """``{control: steps}`` of one document, in the context while its findings are explained. No client can send one."""


class BusinessApprovalMixin(models.AbstractModel):
    """A document that can be approved: buttons, banner, lock and fingerprint.

    A model says what is approved (``_approval_fields``); everything else is here. While a request is pending, the
    document and its lines are locked. A change of the approved content voids the approval (RL-4.3).
    """

    _name = "business.approval.mixin"
    _description = "Can Be Approved"
    _inherit = ["business.control.mixin"]

    _approval_fields = ()
    """Paths of the fields whose content is approved: ``name``, ``order_line.price_unit``."""
    _version_fields = ()
    """Paths of the fields that a kept version shows, when that is more than what is approved."""
    _content_columns = {}
    """Columns of tables of the content that the paths above do not name, in their order: ``{field: names}``."""
    _approval_unlocked_fields = ()
    """Fields that may be written while the document is under review."""
    _approval_neutral_fields = ()
    """Those of them that nothing approved follows from: writing these alone does not ask for requests at all."""
    _approval_from_states = ()
    """States in which a document is submitted; empty: its state does not say."""
    _approval_without_breach = False
    """Whether a request makes sense though nothing breaks: a contract is approved because it is one (JJ-1.2.5)."""

    approval_ids = fields.One2many(
        comodel_name="business.approval",
        inverse_name="res_id",
        string="Approvals",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    approval_id = fields.Many2one(
        comodel_name="business.approval", string="Last Approval", compute="_compute_approval", compute_sudo=True,
        groups="base.group_user",
    )
    approval_state = fields.Selection(
        selection=STATES,
        string="Approval",
        compute="_compute_approval",
        compute_sudo=True,
        search="_search_approval_state",
        groups="base.group_user",
    )
    approval_can_submit = fields.Boolean(compute="_compute_control_banner", groups="base.group_user")
    approval_can_withdraw = fields.Boolean(compute="_compute_approval_rights", groups="base.group_user")
    approval_can_decide = fields.Boolean(compute="_compute_approval_rights", groups="base.group_user")
    approval_banner = fields.Html(compute="_compute_approval_banner", sanitize=False, groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.state")
    def _compute_approval(self):
        last = {}
        if self.ids:
            for approval in self.env["business.approval"].sudo().search(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id",
            ):
                last[approval.res_id] = approval
        for record in self:
            approval = last.get(record._origin.id, self.env["business.approval"])
            record.approval_id = approval
            record.approval_state = approval.state

    def _search_approval_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        Approval = self.env["business.approval"].sudo()
        last = dict(Approval._read_group([("res_model", "=", self._name)], ["res_id"], ["id:max"]))
        matching = Approval.search([("id", "in", list(last.values())), ("state", "in", list(value))])
        domain = Domain("id", "in", matching.mapped("res_id"))
        return domain | Domain("id", "not in", list(last)) if False in value else domain

    @api.depends_context("uid")
    @api.depends("approval_id", "approval_state")
    def _compute_approval_rights(self):
        user = self.env.user
        for record in self:
            approval = record.approval_id.sudo()
            pending = approval.state == "pending"
            record.approval_can_withdraw = pending and approval.requester_id == user
            record.approval_can_decide = pending and user in approval.current_user_ids

    @api.model
    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "approval_ids.state"]

    def _assign_findings(self, findings):
        super()._assign_findings(findings)
        self.approval_can_submit = (
            bool(self._origin) and self.approval_state != "pending" and self._can_ask_approval(findings)
            and self._may_submit()
        )

    def _may_submit(self):
        """Whether the current user may submit the document: the button is offered to nobody else."""
        return self.env.su or self.has_access("write")

    def _can_ask_approval(self, findings):
        """Whether there is something to ask for: a breach that approval lets through, not yet approved.

        :param findings: list of ``Finding`` of the record's moment
        :rtype: bool
        """
        self.ensure_one()
        if self._approval_from_states and self.state not in self._approval_from_states:
            return False
        asked = bool(self.approval_id)
        return (
            any(finding.mode == "approve" and not (asked and self._is_released(finding)) for finding in findings)
            or (self._approval_without_breach and not (asked and self._is_approved()))
        ) and not any(finding.mode == "block" for finding in findings)

    @api.depends_context("uid", "lang")
    @api.depends("approval_id", "approval_state")
    def _compute_approval_banner(self):
        for record in self:
            record.approval_banner = record._render_approval()

    def _render_approval(self):
        """What the review says to who looks at the document."""
        self.ensure_one()
        approval = self.approval_id.sudo()
        match approval.state:
            case "pending":
                text = self.env._("%(number)s is under review: %(step)s, %(users)s.", number=approval.name,
                                  step=approval.current_step_id.name,
                                  users=", ".join(approval.current_user_ids.mapped("name")))
            case "approved":
                text = self.env._("%(number)s was approved by %(users)s for exactly this content.", number=approval.name,
                                  users=", ".join(approval.approver_ids.filtered(
                                      lambda row: row.state == "approved").user_id.mapped("name")))
            case "rejected" | "sent_back" | "void":
                labels = dict(self._fields["approval_state"]._description_selection(self.env))
                text = self.env._("%(number)s: %(state)s. %(reason)s", number=approval.name,
                                  state=labels[approval.state], reason=approval.reason or "")
            case _:
                return False
        return Markup("<span>%s</span>") % text

    # === CRUD METHODS === #

    def write(self, vals):
        with self._guarding_content(vals.keys()):
            return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_review(self):
        live = self._get_live_approvals()
        self._refuse_if_locked(live, None)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Put the buttons and banners into every form of the model, so that no view repeats them."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            self._insert_approval_block(arch)
        return arch, view

    @api.model
    def _insert_approval_block(self, arch):
        header = arch.find("./header")
        if header is None or arch.find(".//field[@name='approval_banner']") is not None:
            return
        block = etree.fromstring(self.env.ref("business_dept.approval_block").sudo().arch)
        for position, node in enumerate(block.find("header")):
            header.insert(position, node)
        if (box := arch.find(".//div[@name='button_box']")) is not None:
            box.append(block.find("button"))
        place = arch.index(header) + 1
        for position, node in enumerate(block.findall("div")):
            arch.insert(place + position, node)

    # === ACTION METHODS === #

    def action_approval_submit(self):
        """Submit for approval, as the current user, who must be able to write the document."""
        self.check_access("write")
        for record in self:
            record._submit_for_approval()
        return True

    def action_approval_withdraw(self):
        """Withdraw the pending request; only its requester may."""
        return self._get_pending().action_withdraw()

    def action_approval_approve(self):
        """Approve, if it is the user's turn."""
        return self._get_pending().action_approve()

    def action_approval_reject(self, reason=None):
        """Reject. :param str reason: why; a wizard asks when it is missing."""
        return self._get_pending().action_reject(reason)

    def action_approval_send_back(self, reason=None):
        """Send back. :param str reason: what to change; a wizard asks when it is missing."""
        return self._get_pending().action_send_back(reason)

    def action_approval_hand_over(self, user_id=None, reason=None):
        """Hand over. :param int user_id: to whom :param str reason: why; a wizard asks when they are missing."""
        return self._get_pending().action_hand_over(user_id, reason)

    def action_approval_add_colleague(self, user_id=None, reason=None):
        """Ask one more colleague. :param int user_id: whom; a wizard asks when missing :param str reason: why"""
        return self._get_pending().action_add_colleague(user_id, reason)

    def action_approval_remind(self):
        """Remind those whose turn it is."""
        return self._get_pending().action_remind()

    def action_open_approvals(self):
        """Open the requests of this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_approval_action")
        return {**action, "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)], "context": {}}

    # === HOOKS === #

    def _get_approval_moment(self):
        """The moment that a request asks to let happen; empty when the request is not about breaches."""
        return ""

    def _approval_authors(self):
        """Who made the content, and so may not decide (IC-7)."""
        return self.sudo().create_uid

    def _on_approval_approved(self, approval):
        """Called in sudo once everybody has approved."""

    def _on_approval_rejected(self, approval):
        """Called in sudo after a rejection."""

    def _on_approval_sent_back(self, approval):
        """Called in sudo when the request was sent back."""

    def _on_approval_withdrawn(self, approval):
        """Called in sudo when the requester withdrew."""

    def _on_approval_voided(self, approval):
        """Called in sudo when a change made the approval void."""

    # === BUSINESS METHODS === #

    def _as_engine(self):
        """The record for the engine's own writes: past the lock, not past the fingerprint."""
        return self.sudo().with_context(business_engine=ENGINE)

    def _submit_for_approval(self, requester=None, reason=None):
        """Make a request for this document.

        :param requester: ``res.users``; the current user when missing
        :param str reason: why
        :return: the ``business.approval``, in sudo
        :raise UserError: nothing to ask for, blocked by a control, no route
        """
        self.ensure_one()
        moment = self._get_approval_moment()
        findings = self._find_breaches(moment).get(self, []) if moment else []
        blocked = [finding for finding in findings if finding.mode == "block"]
        if blocked:
            raise UserError("\n".join(f"{f.breach.message} {self._explain_finding(f)}" for f in blocked))
        needed = [finding for finding in findings if finding.mode == "approve"]
        if moment and not needed and not self._approval_without_breach:
            raise UserError(self.env._("%s needs no approval: nothing holds it.", self.display_name))
        live = self._get_live_approvals()
        if live.filtered(lambda approval: approval.state == "pending"):
            raise UserError(self.env._("%s is under review already.", self.display_name))
        if moment and all(self._is_released(finding) for finding in needed) and (needed or self._is_approved()):
            raise UserError(self.env._("%s is approved already, for exactly this content.", self.display_name))
        for approval in live.filtered(lambda approval: approval.moment == moment):
            approval._end("void", self.env._("Replaced by a new request."))
        return self.env["business.approval"]._submit(self, requester or self.env.user, moment, needed, reason)

    def _refuse_blocked(self, moment):
        """Refuse to submit what a control blocks, and leave a trace; what needs approval only is no reason.

        :raise ControlError: naming every breach
        """
        if any(finding.mode == "block" for finding in self._find_breaches(moment).get(self, [])):
            self._check_controls(moment)

    def _get_pending(self):
        """The pending requests of these documents, as the current user."""
        pending = self._get_live_approvals().filtered(lambda approval: approval.state == "pending")
        if not pending:
            last = self.approval_id[:1].sudo(False)
            raise UserError(
                last.sudo()._describe_end() if last and last.has_access("read")
                else self.env._("Nothing is under review here.")
            )
        return pending.sudo(False)

    def _get_live_approvals(self):
        """Pending and approved requests of these documents, in sudo, in one statement."""
        return self.env["business.approval"].sudo().search_fetch(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("state", "in", ("pending", "approved"))],
            ["res_id", "state", "moment", "fingerprint"],
        )

    def _is_approved(self):
        """Whether this very content is approved."""
        self.ensure_one()
        approved = self._get_live_approvals().filtered(lambda approval: approval.state == "approved")
        fingerprint = self._get_approval_fingerprint() if approved else ""
        return any(self._stands_for(approval, fingerprint) for approval in approved)

    def _stands_for(self, approval, fingerprint):
        """Whether an approved request covers a content.

        :param approval: the request
        :param str fingerprint: of the content
        """
        return approval.fingerprint == fingerprint

    def _is_released(self, finding):
        approved = self._get_live_approvals().filtered(lambda approval: approval.state == "approved")
        if not approved:
            return False
        fingerprint = self._get_approval_fingerprint()
        for ground in approved.filtered(lambda approval: self._stands_for(approval, fingerprint)).ground_ids:
            if ground.control_id == finding.control and (
                not ground.is_measured
                or finding.breach.amount is None
                or float_compare(finding.breach.amount, ground.amount, precision_digits=2) <= 0
            ):
                return True
        return False

    def _explaining(self, findings):
        needing = self.env["business.control"].sudo().union(
            *(finding.control for finding in findings if finding.mode == "approve")
        )
        if len(needing) < 2:
            return self
        routes = self.env["business.approval.rule"]._get_routes(self, self.env.user, needing)
        return self.with_context(business_approval_routes=Routes(routes))

    def _explain_finding(self, finding):
        """EXTENDS the control mixin: what is under review is not to be submitted again."""
        if finding.mode == "approve" and self.approval_state == "pending":
            return self.env._("[%(clause)s] Under review.", clause=finding.control._get_citation())
        if finding.mode == "approve" and self.approval_id and self._is_released(finding):
            return self.env._("[%(clause)s] Approved.", clause=finding.control._get_citation())
        return super()._explain_finding(finding)

    def _describe_approvers(self, finding):
        routes = self.env.context.get("business_approval_routes")
        if isinstance(routes, Routes):
            route = routes[finding.control]
        else:
            route = self.env["business.approval.rule"]._get_route(self, self.env.user, finding.control)
        names = dict.fromkeys(name for step in route for name in step.users.mapped("name"))
        return ", ".join(names) or super()._describe_approvers(finding)

    # --- lock and fingerprint

    @contextmanager
    def _guarding_content(self, field_names):
        """Refuse a change under review; void the approval of what was changed.

        :param field_names: names of the fields about to be written
        """
        if self._is_neutral(field_names):
            yield
            return
        approvals = self._get_live_approvals() if self.ids else self.env["business.approval"]
        self._refuse_if_locked(approvals, field_names)
        yield
        for approval in approvals.filtered(lambda approval: approval.state == "approved"):
            record = self.browse(approval.res_id)
            if not record._stands_for(approval, record._get_approval_fingerprint()):
                approval._void(record._get_content_changes(approval))

    def _is_neutral(self, field_names):
        """Whether fields are written that neither are content nor change any."""
        return bool(field_names) and UNLOCKED.union(self._approval_neutral_fields).issuperset(field_names)

    def _refuse_if_locked(self, approvals, field_names):
        """RL-4.3: nobody changes what is under review.

        :param field_names: names about to be written; ``None`` for a deletion
        """
        if self.env.context.get("business_engine") is ENGINE:
            return
        if field_names is not None and not set(field_names) - UNLOCKED - set(self._approval_unlocked_fields):
            return
        pending = approvals.filtered(lambda approval: approval.state == "pending")
        if pending:
            records = self.browse(pending.mapped("res_id"))
            records._refuse("approval.content_locked", self.env._(
                "%(document)s is under review and locked. Withdraw the request first, or wait for the decision of %(users)s.",
                document=", ".join(records.sudo().mapped("display_name")),
                users=", ".join(pending.current_user_ids.mapped("name")),
            ))

    def _get_approval_content(self):
        """The content that is approved, for people and for the fingerprint.

        :return: ``{field: [value, text]}``; for lines ``{field: {line id: {field: [value, text]}}}``
        :rtype: dict
        """
        return self._describe_content(self._approval_fields)

    def _get_version_content(self):
        """What a kept version shows; a model may keep more of itself than what is approved."""
        return self._describe_content(self._version_fields) if self._version_fields else self._get_approval_content()

    def _describe_content(self, paths):
        """The values of fields and of fields of lines, with their texts; see `_get_approval_content`.

        :param paths: such as ``name``, ``order_line.price_unit``
        """
        self.ensure_one()
        record = self.sudo().with_context(active_test=False)
        content = {}
        for path in paths:
            name, _dot, subname = path.partition(".")
            if subname:
                lines = content.setdefault(name, {})
                for line in record._get_approval_lines(name):
                    lines.setdefault(str(line.id), {})[subname] = _describe_value(line, subname)
            else:
                content[name] = _describe_value(record, name)
        return content

    def _get_approval_lines(self, name):
        """The lines of a field that count as content."""
        return self[name]

    def _get_approval_fingerprint(self, content=None):
        """SHA-256 of the content's values (labels and translations do not count).

        :rtype: str
        """
        content = self._get_approval_content() if content is None else content
        values = {
            name: {key: {column: cell[0] for column, cell in line.items()} for key, line in value.items()}
            if isinstance(value, dict) else value[0]
            for name, value in content.items()
        }
        return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    def _get_content_changes(self, approval):
        """What differs from the content that was submitted, in words; empty when nothing does.

        :param approval: the request
        :rtype: str
        """
        self.ensure_one()
        old, new = approval.content or {}, self._get_approval_content()
        if self._get_approval_fingerprint(new) == approval.fingerprint:
            return ""
        changes = []
        for name in new:
            label = self._fields[name]._description_string(self.env)
            if not isinstance(new[name], dict):
                if name not in old or old[name][0] != new[name][0]:
                    changes.append(f"{label}: {old[name][1] if name in old else '—'} → {new[name][1]}")
                continue
            before, after = old.get(name, {}), new[name]
            line_fields = self[name]._fields
            for key in before.keys() - after.keys():
                changes.append(self.env._("%(lines)s: line %(line)s removed", lines=label, line=_label_line(before[key])))
            for key in after.keys() - before.keys():
                changes.append(self.env._("%(lines)s: line %(line)s added", lines=label, line=_label_line(after[key])))
            for key in before.keys() & after.keys():
                for column, cell in after[key].items():
                    was = before[key].get(column, [None, "—"])
                    if was[0] != cell[0]:
                        changes.append(f"{_label_line(after[key])}, {line_fields[column]._description_string(self.env)}: "
                                       f"{was[1]} → {cell[1]}")
        return "; ".join(changes)


class BusinessApprovalLineMixin(models.AbstractModel):
    """A line of a document that can be approved: locked and fingerprinted with it."""

    _name = "business.approval.line.mixin"
    _description = "Line of What Can Be Approved"

    _approval_parent_field = ""

    @api.model_create_multi
    def create(self, vals_list):
        beside = bool(vals_list) and all(self.browse()._is_beside_content(vals) for vals in vals_list)
        with self._get_approval_parents(vals_list)._guarding_content(() if beside else [self._name]):
            lines = super().create(vals_list)
            if beside:
                lines._refuse_as_content()
        return lines

    def write(self, vals):
        parents = self._get_approval_parents([vals])
        if self.env.context.get("business_engine") is ENGINE and not vals.keys() & {
            path.partition(".")[2] for path in parents._approval_fields
        }:
            return super().write(vals)  # the engine's own facts: neither locked nor content
        beside = bool(self) and self._is_beside_content(vals)
        with parents._guarding_content(() if beside else vals.keys()):
            result = super().write(vals)
            if self._approval_parent_field in vals:
                self.check_access("write")  # Odoo asks before: also of the document into which a line has moved
            if beside:
                self._refuse_as_content()
        return result

    def unlink(self):
        beside = bool(self) and self._is_beside_content({})
        with self[self._approval_parent_field]._guarding_content(() if beside else [self._name]):
            return super().unlink()

    def _is_beside_content(self, vals):
        """Whether these lines are no content of their document and these values leave it so: then its lock leaves them alone.

        :param dict vals: of a line about to be made when there are no lines; else about to be written, empty for a deletion
        """
        return False

    def _refuse_as_content(self):
        """Refuse what became content all the same.

        :raise ControlError: when the document is under review
        """
        if self and not self._is_beside_content({}):
            parents = self[self._approval_parent_field]
            parents._refuse_if_locked(parents._get_live_approvals(), [self._name])

    def _get_approval_parents(self, vals_list=()):
        """The documents that these lines belong to, and those that they are about to be put into.

        :param list[dict] vals_list: values about to be written; a client may name the document in a context as well
        """
        name = self._approval_parent_field
        ids = {vals.get(name) for vals in vals_list}
        if not self:
            ids.add(self.env.context.get(f"default_{name}"))
        parents = self[name]
        return parents | parents.browse(sorted(parent_id for parent_id in ids if type(parent_id) is int))


def get_content_value(record, name):
    """A field's value as a content holds it: what JSON can carry and a fingerprint is made of."""
    field, value = record._fields[name], record[name]
    match field.type:
        case "many2one":
            return value.id
        case "many2many" | "one2many":
            return sorted(value.ids)
        case "monetary":
            currency = record[field.get_currency_field(record)]
            return float_repr(value, currency.decimal_places if currency else 2)
        case "float":
            digits = field.get_digits(record.env)
            return float_repr(value, digits[1] if digits else 6)
        case "selection" | "boolean":
            return value
        case "date" | "datetime":
            return str(value or "")
        case _:
            return value if isinstance(value, (int, str)) else str(value or "")


def _describe_value(record, name):
    """A field's value for the fingerprint, and its text for people.

    :rtype: list
    """
    field, content = record._fields[name], get_content_value(record, name)
    match field.type:
        case "many2one":
            text = record[name].display_name or ""
        case "many2many" | "one2many":
            text = ", ".join(record[name].mapped("display_name"))
        case "monetary":
            text = f"{content} {record[field.get_currency_field(record)].name or ''}".strip()
        case "float":
            text = content.rstrip("0").rstrip(".") if "." in content else content
        case "selection":
            text = dict(field._description_selection(record.env)).get(content, "")
        case "boolean":
            text = "✓" if content else "—"
        case _:
            text = str(content or "")
    return [content, text]


def _label_line(line):
    """The first text of a line, to name it."""
    return next((cell[1] for cell in line.values() if cell[1]), "?")

