# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from dataclasses import dataclass
from datetime import time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, ormcache

from ...policy.travel import REQUEST, Rules
from ..foundation.approval_mixin import ENGINE, UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults


@dataclass(frozen=True)
class Tables:
    """The tables of a policy by ids.

    :param caps: ``{grade: {city class: cap}}``; under ``False`` what holds where nothing else is said
    :param permissions: ``{(grade, transport class): permission}``
    :param trains: ``{grade: [best train class]}``
    :param grades: those that the policy knows
    :param lowest: the last of them
    """

    caps: dict
    permissions: dict
    trains: dict
    grades: frozenset
    lowest: int | bool

    def resolve(self, grade_id):
        """The grade to look up: a new one, or none at all, counts as the lowest that the policy knows."""
        return grade_id if grade_id in self.grades else self.lowest


class BusinessTravelPolicy(models.Model):
    """What a company pays for trips from some day on (TE); a trip is judged by the policy in force on its days.

    +---------------------+--------------------------+------------------------------------------------------------+
    | Action              | Who                      | Restriction                                                |
    +=====================+==========================+============================================================+
    | Read                | every employee           | own companies; drafts: regulation administrator, executive |
    |                     |                          | office, finance, department managers, auditor              |
    | Create, write,      | regulation administrator | drafts only                                                |
    | delete, submit      |                          |                                                            |
    | Bring into force    | executive office         | by the approval engine; never its author                   |
    +---------------------+--------------------------+------------------------------------------------------------+

    Which policy holds on a day follows from the dates alone; the state says where it stands today.
    """

    _name = "business.travel.policy"
    _description = "Travel Policy"
    _inherit = ["business.approval.mixin", "business.traced.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "company_id, date_from desc, id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True

    _approval_fields = (
        "name", "company_id", "date_from", "allowance_per_day", "noon_hour", "town_lodging_cap", "shared_room_percent",
        "claim_days", "lodging_ids.grade_id", "lodging_ids.city_class_id", "lodging_ids.cap", "transport_ids.grade_id",
        "transport_ids.class_id", "transport_ids.permission",
    )

    _engine_fields = frozenset({"state", "approved_on", "date_to"})

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("planned", "Approved for Later"), ("in_force", "In Force"), ("replaced", "Replaced"),
        ],
        default="draft", required=True, readonly=True, copy=False, index=True, tracking=True,
    )
    date_from = fields.Date(
        string="In Force From", required=True, tracking=True, default=lambda self: self._get_today(),
        help="Days of travel from this one on are judged by this version.",
    )
    date_to = fields.Date(string="In Force Until", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    allowance_per_day = fields.Monetary(
        string="Allowance per Day", tracking=True, help="For each day outside town; half of it for half a day (TE-3).")
    noon_hour = fields.Float(
        string="Noon", default=12.0, tracking=True,
        help="Leaving by this time makes the day a whole one; so does coming back after it (TE-3.1).",
    )
    town_lodging_cap = fields.Monetary(
        string="Cap per Night in Town", tracking=True, help="For a night in town, with prior leave (TE-2.7.2).")
    shared_room_percent = fields.Float(
        string="Shared Room (%)", default=80.0, tracking=True,
        help="Of the two caps together, for a room that two share (TE-2.7.3).",
    )
    claim_days = fields.Integer(
        string="Claim Within (Days)", default=30, tracking=True, help="After the end of the trip; 0: no deadline.")
    town_id = fields.Many2one(
        related="company_id.travel_town_id", string="Town of the Company",
        help="Trips within it are in town: no allowance, public transport (TE-1, TE-3).",
    )
    lodging_ids = fields.One2many(
        comodel_name="business.travel.policy.lodging", inverse_name="policy_id", copy=True)
    transport_ids = fields.One2many(
        comodel_name="business.travel.policy.transport", inverse_name="policy_id", copy=True)

    _check_noon = models.Constraint("CHECK (noon_hour >= 0 AND noon_hour < 24)", "Noon is a time of the day: 12:00.")
    _check_percent = models.Constraint(
        "CHECK (shared_room_percent > 0 AND shared_room_percent <= 100)",
        "A shared room is paid at more than 0 % and at most 100 % of the two caps together.",
    )
    _check_amounts = models.Constraint(
        "CHECK (allowance_per_day >= 0 AND town_lodging_cap >= 0)", "Allowances and caps cannot be negative.")
    _check_claim_days = models.Constraint("CHECK (claim_days >= 0)", "A deadline cannot be negative; 0 is without one.")
    _one_in_force = models.UniqueIndex(
        "(company_id) WHERE state = 'in_force'", "Only one travel policy of a company is in force.")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    @api.depends("name", "date_from")
    def _compute_display_name(self):
        for policy in self:
            policy.display_name = self.env._(
                "%(name)s, from %(date)s", name=policy.name, date=format_date(self.env, policy.date_from),
            ) if policy.name and policy.date_from else policy.name

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self.browse(), vals_list)
        policies = super(BusinessTravelPolicy, without_forged_defaults(self)).create(vals_list)
        return policies.with_env(self.env)

    def write(self, vals):
        refuse_forged(self, [vals])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._refuse_settled()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "date_from" not in (default or {}):
            for policy, vals in zip(self, vals_list, strict=True):
                vals["date_from"] = max(filter(None, (self._get_today(), policy._get_latest().date_from)))
        return vals_list

    # === ACTION METHODS === #

    def action_new_version(self):
        """Open a draft that starts from this version; an open draft of the company is opened, not made twice.

        :raise AccessError: for who may not draft policies
        """
        self.ensure_one()
        self.check_access("read")
        self.browse().check_access("create")
        draft = self.search([("company_id", "=", self.company_id.id), ("state", "=", "draft")], limit=1)
        return (draft or self.copy({"date_from": self._get_next_month()}))._open()

    def action_draft_from_regulation(self):
        """Open a draft with the figures of regulation TE for the current company.

        :raise AccessError: for who may not draft policies
        """
        self.browse().check_access("create")
        company = self.env.company
        return self.create(self._prepare_shipped_values(company, self._get_today()))._open()

    def action_compare(self):
        """Show what differs from another version: the one before, or what the one after changes."""
        self.ensure_one()
        self.check_access("read")
        new, old = self, self._get_predecessor()
        if not old and (successor := self._get_successor()):
            new, old = successor, self
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Differs"),
            "res_model": "business.travel.policy.comparison",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_policy_id": new.id,
                "default_other_id": old.id,
            },
        }

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "current",
        }

    # === APPROVAL === #

    def _approval_authors(self):
        """EXTENDS the approval mixin: who wrote the tables does not bring them into force either (IC-7)."""
        policy = self.sudo()
        lines = (policy.lodging_ids, policy.transport_ids)
        return super()._approval_authors().union(*(table.create_uid | table.write_uid for table in lines))

    @api.model
    def _get_banner_depends(self):
        """EXTENDS the control mixin."""
        return [*super()._get_banner_depends(), "state"]

    def _can_ask_approval(self, findings):
        """EXTENDS the approval mixin: a draft always needs it."""
        self.ensure_one()
        return self.state == "draft"

    def _submit_for_approval(self, requester=None, reason=None):
        """EXTENDS the approval mixin: not before it is complete."""
        self.ensure_one()
        if problem := self._get_cannot_submit_reason():
            raise UserError(problem)
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _on_approval_approved(self, approval):
        """EXTENDS the approval mixin: approved is in force from its day on."""
        result = super()._on_approval_approved(approval)
        for policy in self:
            if problem := policy._get_cannot_follow_reason():
                raise UserError(problem)
        self._take_force()
        return result

    def _get_cannot_submit_reason(self):
        """Why this version cannot go to the executive office; empty when it can.

        :rtype: str
        """
        self.ensure_one()
        if self.state != "draft":
            return self.env._("%s is no draft. Make a new version of it.", self.display_name)
        if not self.transport_ids:
            return self.env._("%s does not say yet which means of transport each grade may use.", self.display_name)
        if not self.lodging_ids:
            return self.env._("%s has no lodging caps yet.", self.display_name)
        latest, today = self._get_latest(), self._get_today()
        if latest and self.date_from < today:
            return self.env._(
                "Trips since %(date)s have been judged by the policy in force. A new version holds from today at the earliest.",
                date=format_date(self.env, self.date_from),
            )
        if problem := self._get_cannot_follow_reason():
            return problem
        predecessor = self._get_predecessor()
        if predecessor and not self._get_differences(predecessor):
            return self.env._("Nothing differs from %s.", predecessor.display_name)
        return ""

    def _get_cannot_follow_reason(self):
        """Why this version cannot come after those that are approved already; empty when it can.

        :rtype: str
        """
        self.ensure_one()
        latest = self._get_latest()
        return self.env._(
            "%(latest)s is approved already. Give this version the same day or a later one, so that it takes its place.",
            latest=latest.display_name,
        ) if latest and self.date_from < latest.date_from else ""

    # --- lock

    def _refuse_if_locked(self, approvals, field_names):
        """EXTENDS the approval mixin: what was in force is never changed, nor are its tables."""
        if field_names is None or set(field_names) - UNLOCKED - set(self._approval_unlocked_fields):
            self._refuse_settled()
        super()._refuse_if_locked(approvals, field_names)

    def _refuse_settled(self):
        """Refuse any change of a version that was approved: trips are judged by it (RL-4.3).

        :raise ControlError: with a trace
        """
        if self.env.context.get("business_engine") is ENGINE:
            return
        settled = self.sudo().filtered(lambda policy: policy.state != "draft")
        if settled:
            self.browse(settled.ids)._refuse("approval.content_locked", self.env._(
                "%s is approved and cannot be changed any more. Make a new version of it.",
                ", ".join(settled.mapped("display_name")),
            ))

    # === BUSINESS METHODS === #

    @api.model
    def _get_today(self):
        """The date where the company is, also for a cron, whose user has no time zone."""
        timezone = self.env.user.tz or self.env.company.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=timezone))

    @api.model
    def _get_next_month(self):
        return self._get_today() + relativedelta(months=1, day=1)

    def _get_approved(self):
        """All approved versions of the companies of these policies, in the order in which they hold, in sudo."""
        return self.sudo().search(
            [("company_id", "in", self.company_id.ids), ("state", "!=", "draft")], order="date_from, approved_on, id")

    def _get_latest(self):
        """The approved version that holds last; empty when there is none, in sudo."""
        return self._get_approved()[-1:]

    def _get_predecessor(self):
        """The approved version whose place this one takes or took; empty for the first."""
        self.ensure_one()
        approved = self._get_approved()
        ids = approved.ids
        if self._origin.id in ids:
            approved = approved[:ids.index(self._origin.id)]
        elif self.date_from:
            approved = approved.filtered(lambda policy: policy.date_from <= self.date_from)
        return approved[-1:]

    def _get_successor(self):
        """The approved version that took the place of this one; empty for the last."""
        self.ensure_one()
        approved = self._get_approved()
        ids = approved.ids
        return approved[ids.index(self.id) + 1:][:1] if self.id in ids else approved[-1:]

    def _take_force(self):
        """Let approved versions hold from their day on."""
        self._as_engine().write({"approved_on": fields.Datetime.now(), "state": "planned"})
        self._refresh_states()

    def _refresh_states(self):
        """Say of every approved version of these companies where it stands today, and until when it holds."""
        today = self._get_today()
        for policies in self._get_approved()._as_engine().grouped("company_id").values():
            facts = []
            for policy, successor in zip(policies, [*policies[1:], policies.browse()], strict=True):
                begun = policy.date_from <= today
                if successor and (successor.date_from <= today or successor.date_from == policy.date_from):
                    state = "replaced"
                else:
                    state = "in_force" if begun else "planned"
                date_to = successor.date_from - timedelta(days=1) if successor else False
                facts.append((policy, {"state": state, "date_to": date_to}))
            for policy, values in sorted(facts, key=lambda fact: fact[1]["state"] == "in_force"):
                changed = {name: value for name, value in values.items() if policy[name] != value}
                if changed:
                    policy.write(changed)
                policy.flush_recordset()  # there is one in force at any time: it gives way before the next one comes

    @api.model
    def _cron_take_force(self):
        """Let approved versions take force on their day."""
        self.search([("state", "=", "planned"), ("date_from", "<=", self._get_today())])._refresh_states()

    @api.model
    def _get_policies(self, company, dates):
        """The policy in force on each of some days; days without one are missing.

        :param company: ``res.company``
        :param dates: iterable of dates
        :return: ``{date: policy}``, the policies in sudo
        """
        policies = self.sudo().search(
            [("company_id", "=", company.id), ("state", "!=", "draft")], order="date_from desc, approved_on desc, id desc")
        found = {}
        for date in set(dates):
            policy = next((policy for policy in policies if policy.date_from <= date), None)
            if policy is not None:
                found[date] = policy
        return found

    # --- what it says

    def _get_rules(self):
        """The figures for ``policy.travel``.

        :rtype: Rules
        """
        self.ensure_one()
        minutes = round(self.noon_hour * 60)
        return Rules(
            allowance_per_day=self.allowance_per_day,
            noon=time(minutes // 60, minutes % 60),
            shared_room_percent=self.shared_room_percent,
            town_lodging_cap=self.town_lodging_cap,
            claim_days=self.claim_days,
            rounding=self.currency_id.rounding,
        )

    def _get_lodging_cap(self, grade, place):
        """The most that is paid to a grade for a night at a place (TE-2.7.1).

        :param grade: ``business.staff.grade``; one that the policy does not know counts as the lowest (TE-2.3: other staff)
        :param place: ``business.travel.place``
        :return: in the currency of the company; ``None`` when the grade has no cap anywhere
        """
        tables = self._get_tables()
        caps = tables.caps.get(tables.resolve(grade.id))
        if caps is None:
            return None
        city_class_id = place.sudo().city_class_id.id
        return caps[city_class_id] if city_class_id in caps else caps[False]

    def _get_permission(self, grade, means):
        """Whether a grade may use a means of transport (TE-2.1 to TE-2.4).

        :param grade: ``business.staff.grade``; one that the policy does not know counts as the lowest (TE-2.3: other staff)
        :param means: ``business.transport.class``
        :return: ``allowed``, ``request`` or ``never``; what the policy does not mention is on request
        """
        tables = self._get_tables()
        return tables.permissions.get((tables.resolve(grade.id), means.id), REQUEST)

    def _get_train_class(self, grade):
        """The best train class that a grade may use freely: the measure of an unapproved flight (TE-2.4).

        :param grade: ``business.staff.grade``; one that the policy does not know counts as the lowest (TE-2.3: other staff)
        :return: ``business.transport.class``, empty when it may use none
        """
        tables = self._get_tables()
        return self.env["business.transport.class"].browse(tables.trains.get(tables.resolve(grade.id), ()))

    @ormcache("self.id")
    def _get_tables(self):
        """The tables as plain data, for thousands of questions.

        :rtype: Tables
        """
        policy = self.sudo()
        caps = defaultdict(dict)
        for line in policy.lodging_ids:
            caps[line.grade_id.id][line.city_class_id.id] = line.cap
        for by_class in caps.values():
            by_class.setdefault(False, min(by_class.values()))  # where nothing else is said
        permissions = {(line.grade_id.id, line.class_id.id): line.permission for line in policy.transport_ids}
        trains = {}
        for line in policy.transport_ids.sorted(lambda line: (line.class_id.sequence, line.class_id.id)):
            if line.permission == "allowed" and line.class_id.mode in ("train", "high_speed"):
                trains.setdefault(line.grade_id.id, line.class_id.ids)
        grades = (policy.lodging_ids.grade_id | policy.transport_ids.grade_id).sorted(lambda grade: (grade.sequence, grade.id))
        return Tables(dict(caps), permissions, trains, frozenset(grades.ids), grades[-1:].id)


class BusinessTravelPolicyLodging(models.Model):
    """The most that is paid for a night (TE-2.7.1)."""

    _name = "business.travel.policy.lodging"
    _description = "Lodging Cap"
    _inherit = ["business.approval.line.mixin", "business.travel.tariff.mixin"]
    _order = "grade_id, city_class_id, id"
    _approval_parent_field = "policy_id"

    policy_id = fields.Many2one(comodel_name="business.travel.policy", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    grade_id = fields.Many2one(
        comodel_name="business.staff.grade", string="Staff Grade", required=True, ondelete="restrict")
    city_class_id = fields.Many2one(
        comodel_name="business.city.class", ondelete="restrict", help="Empty: every city without a line of its own.")
    cap = fields.Monetary(string="Cap per Night", required=True)

    _check_cap = models.Constraint("CHECK (cap >= 0)", "A cap cannot be negative. Delete the line if there is no cap.")
    _unique_line = models.UniqueIndex(
        "(policy_id, grade_id, COALESCE(city_class_id, 0))", "The policy has a cap for this grade and these cities already.")


class BusinessTravelPolicyTransport(models.Model):
    """Whether a grade may use a means of transport (TE-2.1 to TE-2.4)."""

    _name = "business.travel.policy.transport"
    _description = "Transport Allowed"
    _inherit = ["business.approval.line.mixin", "business.travel.tariff.mixin"]
    _order = "grade_id, class_id, id"
    _approval_parent_field = "policy_id"

    policy_id = fields.Many2one(comodel_name="business.travel.policy", required=True, index=True, ondelete="cascade")
    grade_id = fields.Many2one(
        comodel_name="business.staff.grade", string="Staff Grade", required=True, ondelete="restrict")
    class_id = fields.Many2one(
        comodel_name="business.transport.class", string="Means of Transport", required=True, ondelete="restrict")
    permission = fields.Selection(
        selection=[("allowed", "Freely"), ("request", "On request"), ("never", "Never")], required=True, default="allowed",
        help="On request: paid when it was approved before the trip.",
    )

    _unique_line = models.UniqueIndex(
        "(policy_id, grade_id, class_id)", "The policy says already whether this grade may use this means of transport.")
