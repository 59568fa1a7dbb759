# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The follow-up board: where every order stands, since when, what blocks it, and how late it is (GF-6.6, GF-7.3)."""
from collections import defaultdict
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..foundation.approval_mixin import ENGINE
from .shipment import RECEIVERS

STAGES = [
    ("approval", "Awaiting Approval"),
    ("deposit", "Awaiting Deposit"),
    ("release", "Awaiting Release"),
    ("production", "In Production"),
    ("ready", "Ready"),
    ("dispatched", "Dispatched"),
    ("arrived", "Arrived"),
    ("settled", "Settled"),
]
TRAVELLING = ("dispatched", "arrived", "settled")
DRAGS = {
    ("deposit", "production"): "_drag_release",
    ("release", "production"): "_drag_release",
    ("production", "ready"): "_drag_ready",
    ("production", "dispatched"): "_drag_dispatch",
    ("ready", "dispatched"): "_drag_dispatch",
    ("dispatched", "arrived"): "_drag_arrival",
}
"""What moving a card does; every other move is refused."""
SOON = 3
COLOURS = {"late": 1, "soon": 3, "on_time": 10}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _engine_fields = frozenset({"follow_stage", "follow_stage_date", "promised_date"})

    follow_stage = fields.Selection(
        selection=STAGES,
        string="Stage",
        compute="_compute_follow_stage",
        store=True,
        readonly=False,
        index="btree_not_null",
        group_expand=True,
        copy=False,
        groups="base.group_user",
        help="Where the order stands, by what has really happened. Moving a card does the next step, if the rules allow it.",
    )
    follow_stage_date = fields.Datetime(
        string="In This Stage Since", compute="_compute_follow_stage", store=True, copy=False, groups="base.group_user",
    )
    follow_stage_days = fields.Integer(
        string="Days in Stage", compute="_compute_follow_stage_days", groups="base.group_user",
    )
    follow_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Followed by",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        index="btree_not_null",
        groups="base.group_user",
        help="The follow-up clerk who looks after this order.",
    )
    promised_date = fields.Date(
        compute="_compute_promised_date", store=True, copy=False, groups="base.group_user",
        help="The delivery date of the order; when none was agreed, the date expected at its confirmation.",
    )
    late_days = fields.Integer(
        string="Days Late", compute="_compute_late_days", groups="base.group_user",
        help="From the promised date until today, or until the last goods left.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_late_days", search="_search_is_late", groups="base.group_user",
    )
    follow_color = fields.Integer(compute="_compute_late_days", groups="base.group_user")
    follow_blocker = fields.Text(
        string="Blocked by", compute="_compute_follow_blocker", compute_sudo=True, groups="base.group_user",
        help="What keeps the order from its next step.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state", "is_deposit_received", "is_settled", "date_released", "date_production_start", "date_ready",
        "is_fully_dispatched", "is_fully_arrived", "hold_ids.state", "approval_ids.state",
    )
    def _compute_follow_stage(self):
        now = fields.Datetime.now()
        for order in self:
            stage = order._find_follow_stage()
            if order.follow_stage != stage:
                order.follow_stage_date = stage and now
            else:
                order.follow_stage_date = order.follow_stage_date
            order.follow_stage = stage

    def _find_follow_stage(self):
        """The stage of an order by its facts."""
        self.ensure_one()
        if self.state in ("draft", "sent"):
            waits = any(hold.state == "held" for hold in self.hold_ids) or any(
                approval.state == "pending" for approval in self.approval_ids
            )
            return "approval" if waits else False
        if self.state != "sale":
            return False
        if self.is_fully_dispatched:
            if not self.is_fully_arrived:
                return "dispatched"
            return "settled" if self.is_settled else "arrived"
        if self.date_ready:
            return "ready"
        if self.date_released or self.date_production_start:
            return "production"
        return "release" if self.is_deposit_received else "deposit"

    @api.depends("follow_stage_date")
    def _compute_follow_stage_days(self):
        now = fields.Datetime.now()
        for order in self:
            order.follow_stage_days = (now - order.follow_stage_date).days if order.follow_stage_date else 0

    @api.depends("state", "commitment_date")
    def _compute_promised_date(self):
        for order in self:
            date = order.commitment_date
            if not date and order.state == "sale":
                date = order.promised_date or order.expected_date
            if isinstance(date, datetime):  # the day that the salesperson sees
                date = fields.Datetime.context_timestamp(order.with_context(tz=order.user_id.tz or "UTC"), date).date()
            order.promised_date = date

    @api.depends("promised_date", "is_fully_dispatched", "date_dispatched", "follow_stage")
    def _compute_late_days(self):
        today = fields.Date.context_today(self)
        for order in self:
            end = order.date_dispatched if order.is_fully_dispatched else today
            days = (end - order.promised_date).days if order.promised_date and order.follow_stage and end else None
            order.late_days = max(days or 0, 0)
            order.is_late = order.late_days > 0
            if days is None or (order.follow_stage in TRAVELLING and days <= 0):
                order.follow_color = 0
            elif days > 0:
                order.follow_color = COLOURS["late"]
            else:
                order.follow_color = COLOURS["soon" if days >= -SOON else "on_time"]

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["sale.order"].flush_model(["promised_date", "date_dispatched", "is_fully_dispatched", "follow_stage"])
        late = Domain("id", "in", SQL(
            "(SELECT id FROM sale_order WHERE follow_stage IS NOT NULL AND promised_date < "
            "CASE WHEN is_fully_dispatched THEN date_dispatched ELSE %s END)", fields.Date.context_today(self),
        ))
        return late if True in value else ~late

    @api.depends_context("uid", "lang")
    @api.depends("follow_stage", "approval_state", "date_released", "is_fully_dispatched", "shipment_ids.date_arrival")
    def _compute_follow_blocker(self):
        findings = self._find_next_breaches()
        for order in self:
            order.follow_blocker = "\n".join(dict.fromkeys(order._list_blockers(findings.get(order, ())))) or False

    def _find_next_breaches(self):
        """What refuses the next step of these orders, for the whole board in a fixed number of statements.

        :return: ``{order: [message]}``
        """
        found = defaultdict(list)
        approved = {
            approval.res_id for approval in self._get_live_approvals() if approval.state == "approved"
        } if self.ids else set()
        for moment, orders in self.grouped(lambda order: order._get_next_step()).items():
            for order, breaches in (orders._find_breaches(moment) if moment else {}).items():
                for finding in breaches:
                    released = finding.mode == "approve" and order._origin.id in approved and order._is_released(finding)
                    if finding.mode != "notify" and not released:
                        found[order].append(finding.breach.message)
        return found

    def _list_blockers(self, breaches):
        """The lines that say what an order waits for.

        :param breaches: messages of what refuses its next step
        """
        self.ensure_one()
        lines = []
        if self.approval_state == "pending":
            lines.append(self.env._("Under review: %s", ", ".join(self.approval_id.current_user_ids.mapped("name"))))
        match self.follow_stage:
            case "approval":
                held = self.hold_ids.filtered(lambda hold: hold.state == "held")
                reasons = "\n".join(filter(None, held.mapped("reasons"))).split("\n")
                lines += [reason.lstrip("• ") for reason in reasons if reason]
                if held.filtered("customer_confirmed"):
                    lines.insert(0, self.env._("The customer has confirmed."))
            case "deposit":
                lines += breaches or [self.env._("The deposit has not been received.")]
            case "dispatched":
                lines.append(self.env._("Arrival not recorded."))
            case "arrived":
                lines.append(self.env._("Not paid in full."))
            case _:
                lines += breaches
        return lines

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """EXTENDS 'base': who follows orders moves cards, though he may write nothing else of an order."""
        described = super().fields_get(allfields, attributes)
        if "readonly" in described.get("follow_stage", ()):
            described["follow_stage"]["readonly"] = not self._holds_post(RECEIVERS)
        return described

    # === CRUD METHODS === #

    def write(self, vals):
        if "follow_stage" in vals and self.env.context.get("business_engine") is not ENGINE:
            self._move_to_stage(vals["follow_stage"])
            vals = {name: value for name, value in vals.items() if name != "follow_stage"}
            if not vals:
                return True
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _move_to_stage(self, stage):
        """Do what moving a card means, through its gate.

        :param str stage: where the cards are put
        :raise UserError: no step leads there
        """
        self.check_access("read")
        moving = self.filtered(lambda order: order.follow_stage != stage)
        labels = dict(self._fields["follow_stage"]._description_selection(self.env))
        for order in moving:
            if (order.follow_stage, stage) not in DRAGS:
                raise UserError(self.env._(
                    "%(order)s cannot be moved from “%(old)s” to “%(new)s”: the stage follows from what has really "
                    "happened. %(reason)s",
                    order=order.name, old=labels.get(order.follow_stage, "—"), new=labels.get(stage, "—"),
                    reason=order._explain_move(stage),
                ))
        for step, orders in moving.grouped(lambda order: DRAGS[order.follow_stage, stage]).items():
            getattr(orders, step)()

    def _explain_move(self, stage):
        """How a stage is reached, for who tried it by hand."""
        match stage:
            case "approval":
                return self.env._("Submit the order for approval.")
            case "release":
                return self.env._("Finance confirms the deposit.")
            case "settled":
                return self.env._("Finance confirms what the customer has paid.")
            case "ready" | "dispatched" | "arrived":
                return self.env._("Take one step after the other: release, ready, dispatch, arrival.")
            case _:
                return self.env._("Use the buttons of the order to take a step back.")

    def _drag_release(self):
        self.action_release_production()

    def _drag_ready(self):
        self.action_mark_ready()

    def _drag_dispatch(self):
        self._dispatch_rest()

    def _drag_arrival(self):
        self.action_record_arrival(fields.Date.context_today(self))
