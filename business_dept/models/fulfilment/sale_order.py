# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...controls import Breach, control
from .shipment import RECEIVERS

FOLLOWERS = ("order_clerk", "deputy_manager", "department_manager", "executive_office")
"""Posts that release, report ready and dispatch."""
STEPS = ("release", "dispatch")
"""Moments of a confirmed order that wait for approval like a confirmation does."""
UNRELEASED = frozenset({"contract.dispatch_unreleased", "contract.production_unreleased"})


class SaleOrder(models.Model):
    """What really happens to a confirmed order: released, made, sent, arrived (JJ-1.3, GF-7).

    +-----------------------------+----------------------------------+--------------------------------------------+
    | Action                      | Who                              | Restriction                                |
    +=============================+==================================+============================================+
    | Release for production      | clerk, managers, executive       | the controls of the moment ``release``     |
    | Withdraw the release        | the same                         | nothing made, nothing sent                 |
    | Report ready, take it back  | the same                         | released; nothing sent                     |
    | Dispatch                    | the same                         | the controls of the moment ``dispatch``;   |
    |                             |                                  | never more than was ordered                |
    | Record an arrival           | the same, and customer service   | see ``business.shipment``                  |
    | Write the facts themselves  | nobody                           | refused with a trace                       |
    +-----------------------------+----------------------------------+--------------------------------------------+

    Who holds such a post needs no right to write orders: the action checks the post and writes the fact, nothing else.
    """

    _inherit = "sale.order"

    _engine_fields = frozenset({
        "date_released", "released_by_id", "date_production_start", "date_ready", "shipment_ids", "shipment_count",
        "date_dispatched", "is_fully_dispatched", "is_fully_arrived", "fulfilment_stamp",
    })

    date_released = fields.Datetime(string="Released for Production", readonly=True, copy=False, groups="base.group_user")
    released_by_id = fields.Many2one(
        comodel_name="res.users", string="Released by", readonly=True, copy=False, groups="base.group_user",
    )
    date_production_start = fields.Datetime(
        string="Production Started", readonly=True, copy=False, groups="base.group_user",
    )
    date_ready = fields.Datetime(string="Ready", readonly=True, copy=False, groups="base.group_user")
    shipment_ids = fields.One2many(
        comodel_name="business.shipment", inverse_name="order_id", readonly=True, copy=False, groups="base.group_user",
    )
    shipment_count = fields.Integer(string="Shipments", readonly=True, copy=False, groups="base.group_user")
    date_dispatched = fields.Date(
        string="Last Dispatch", readonly=True, copy=False, groups="base.group_user", help="When the last goods left.",
    )
    is_fully_dispatched = fields.Boolean(
        string="All Dispatched", readonly=True, copy=False, groups="base.group_user",
        help="Nothing is left to be sent: all that was ordered has left, or the deliveries of the rest were cancelled.",
    )
    is_fully_arrived = fields.Boolean(string="All Arrived", readonly=True, copy=False, groups="base.group_user")
    fulfilment_stamp = fields.Integer(readonly=True, copy=False, groups="base.group_system")
    can_release = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_withdraw_release = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_mark_ready = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_withdraw_ready = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_dispatch = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_record_arrival = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")
    can_take_over = fields.Boolean(compute="_compute_can_follow", groups="base.group_user")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends(
        "state", "date_released", "date_production_start", "date_ready", "shipment_count", "is_fully_dispatched",
        "is_fully_arrived", "follow_user_id",
    )
    def _compute_can_follow(self):
        follows, receives = self._holds_post(FOLLOWERS), self._holds_post(RECEIVERS)
        for order in self:
            acts = follows and order.state == "sale"
            order.can_release = acts and not order.date_released and not order.is_fully_dispatched
            order.can_withdraw_release = acts and order._is_untouched() and bool(order.date_released)
            order.can_mark_ready = (
                acts and bool(order.date_released) and not order.date_ready and not order.is_fully_dispatched
            )
            order.can_withdraw_ready = acts and bool(order.date_ready) and not order.shipment_count
            order.can_dispatch = acts and not order.is_fully_dispatched and order._dispatches_by_hand()
            order.can_take_over = acts and not order.is_fully_arrived and order.follow_user_id != self.env.user
            order.can_record_arrival = receives and bool(order.shipment_count) and not order.is_fully_arrived

    @api.model
    def _holds_post(self, posts):
        """Whether the user holds one of these posts (the system holds them all).

        :param posts: names of posts, without ``group_``
        :rtype: bool
        """
        return self.env.su or any(self.env.user.has_group(f"business_dept.group_{post}") for post in posts)

    def _is_untouched(self):
        """Whether nothing of the order was made or sent yet."""
        self.ensure_one()
        return not (self.date_production_start or self.date_ready or self.shipment_count)

    def _dispatches_by_hand(self):
        """Whether the dispatch is recorded on the order. What inventory moves is not: there would be two books."""
        self.ensure_one()
        return all(line.qty_delivered_method == "manual" for line in self.sudo()._get_goods_lines())

    # === CRUD METHODS === #

    def write(self, vals):
        confirming = self.filtered(lambda order: order.state != "sale") if vals.get("state") == "sale" else self.browse()
        result = super().write(vals)
        if confirming:
            confirming.order_line.filtered("qty_delivered")._follow_delivery({})  # written into the quotation
        if vals.get("state") in ("draft", "cancel"):
            self._forget_release()
        return result

    def _forget_release(self):
        """A cancelled order that begins anew is released anew."""
        released = self.sudo().filtered(lambda order: order.date_released or order.date_production_start or order.date_ready)
        if released:
            released._as_engine().write({
                "date_released": False, "released_by_id": False, "date_production_start": False, "date_ready": False,
            })
            released._fulfilment_changed()

    # === CONTROLS === #

    @control("contract.release_unapproved", moment="release")
    def _check_release_approved(self):
        """JJ-1.2.5, JJ-1.2.6: production starts on an order that is confirmed, at the content that was approved."""
        breaches, last = {}, {}
        for approval in self.env["business.approval"].search_fetch(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("moment", "=", "confirm")],
            ["res_id", "state", "reason", "fingerprint"], order="id",
        ):
            last[approval.res_id] = approval
        overtaken = self._find_overtaken_contracts()
        for order in self:
            approval = last.get(order._origin.id)
            if order in overtaken:
                breaches[order] = Breach(overtaken[order])
            elif order.state != "sale":
                breaches[order] = Breach(self.env._("The order is not confirmed."))
            elif approval and approval.state == "void":
                breaches[order] = Breach(self.env._(
                    "Its approval is void: %s", approval.reason or self.env._("the content was changed"),
                ))
            elif approval and approval.state == "approved" and approval.fingerprint != order._get_approval_fingerprint():
                breaches[order] = Breach(self.env._("Its content is not what was approved (%s).", approval.name))
        return breaches

    @control("contract.production_unreleased", moment="production")
    def _check_production_released(self):
        """JJ-1.3.3, JJ-1.2.5: nothing is made for an order that was not released."""
        return self._find_unreleased()

    @control("contract.dispatch_unreleased", moment="dispatch")
    def _check_dispatch_released(self):
        """JJ-1.3.3, GF-7: goods of an order leave after its release."""
        return self._find_unreleased()

    @control("contract.delivered_by_hand", moment="delivered_by_hand")
    def _check_delivered_by_hand(self):
        """JJ-1.3.4, GF-7.3: what inventory delivers is not written on the order. Asked only where somebody did."""
        return {
            order: Breach(self.env._("The delivered quantity was written by hand, although deliveries record it."))
            for order in self
        }

    def _find_unreleased(self):
        return {
            order: Breach(self.env._("The order was not released for production."))
            for order in self if not order.date_released
        }

    def _explain_finding(self, finding):
        # the moment first: it spares most findings a look at their control
        if finding.mode != "notify" and finding.moment in ("dispatch", "production") and finding.control.code in UNRELEASED:
            return self.env._(
                "[%(clause)s] Have it released first; the follow-up clerk or a manager does that.",
                clause=finding.control._get_citation(),
            )
        return super()._explain_finding(finding)

    def _get_next_step(self):
        """The moment that a confirmed order waits for; empty when all has left."""
        self.ensure_one()
        if self.state != "sale" or self.is_fully_dispatched:
            return ""
        return "dispatch" if self.date_released else "release"

    def _get_banner_moment(self):
        moment = super()._get_banner_moment()
        if moment or not self.env.user._is_internal():
            return moment
        return self.sudo()._get_next_step() if self._origin else ""

    @api.model
    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "date_released", "is_fully_dispatched"]

    def _get_approval_moment(self):
        return super()._get_approval_moment() or self.sudo()._get_next_step()

    def _may_submit(self):
        return super()._may_submit() or (self._holds_post(FOLLOWERS) and self._get_approval_moment() in STEPS)

    def action_approval_submit(self):
        """EXTENDS the mixin: who follows orders asks for their release or dispatch without a right to write them."""
        followed = self.browse()
        if not self.env.su and self._holds_post(FOLLOWERS):
            self.check_access("read")
            followed = self.filtered(lambda order: order._get_approval_moment() in STEPS)
            for order in followed:
                order._submit_for_approval()
        return super(SaleOrder, self - followed).action_approval_submit() if self - followed else True

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        if approval.moment == "release":
            free = self.filtered(lambda order: order.state == "sale" and not order.date_released)
            (free - free._get_obstructed("release"))._release()

    # === ACTION METHODS === #

    def action_release_production(self):
        """Release confirmed orders for production (JJ-1.2.5, JJ-1.3.3).

        :raise ControlError: what a control of the moment ``release`` refuses
        """
        self._begin_step(FOLLOWERS)
        todo = self.filtered(lambda order: not order.date_released)
        todo._check_confirmed()
        todo._check_controls("release")
        todo._release()
        return True

    def action_withdraw_release(self):
        """Take a release back while nothing was made or sent."""
        self._begin_step(FOLLOWERS)
        touched = self.filtered(lambda order: not order.sudo()._is_untouched())
        if touched:
            raise UserError(self.env._(
                "%s: something was made or sent already, so the release stays.", ", ".join(touched.mapped("name")),
            ))
        released = self.sudo().filtered("date_released")
        released._as_engine().write({"date_released": False, "released_by_id": False})
        released._tell_step(self.env._("%s withdrew the release for production.", self.env.user.name))
        released._fulfilment_changed()
        return True

    def action_mark_ready(self):
        """The goods are ready to leave."""
        self._begin_step(FOLLOWERS)
        self._check_confirmed()
        unreleased = self.filtered(lambda order: not order.date_released)
        if unreleased:
            raise UserError(self.env._("%s: not released for production yet.", ", ".join(unreleased.mapped("name"))))
        self.filtered(lambda order: not order.date_ready)._mark_ready()
        return True

    def action_withdraw_ready(self):
        """The goods are not ready after all; while nothing was sent."""
        self._begin_step(FOLLOWERS)
        sent = self.sudo().filtered("shipment_count")
        if sent:
            raise UserError(self.env._("%s: goods have left already.", ", ".join(sent.mapped("name"))))
        ready = self.sudo().filtered("date_ready")
        ready._as_engine().write({"date_ready": False})
        ready._tell_step(self.env._("%s: the goods are not ready yet.", self.env.user.name))
        return True

    def action_dispatch(self):
        """Ask what leaves, by whom; see ``business.order.dispatch``."""
        self._check_post(FOLLOWERS)
        self._check_confirmed()
        self._check_by_hand()
        return {
            "type": "ir.actions.act_window", "name": self.env._("Dispatch"), "target": "new",
            "res_model": "business.order.dispatch", "view_mode": "form", "context": {"default_order_ids": self.ids},
        }

    def action_record_arrival(self, date=None):
        """Record the arrival of everything on the way.

        :param date: date of arrival; a wizard asks when it is missing
        """
        self._check_post(RECEIVERS)
        travelling = self.env["business.shipment"].search([("order_id", "in", self.ids), ("date_arrival", "=", False)])
        if not travelling:
            raise UserError(self.env._("Nothing of %s is on the way.", ", ".join(self.mapped("name"))))
        return travelling.action_record_arrival(date)

    def action_take_over(self):
        """Follow these orders oneself."""
        self._check_post(FOLLOWERS)
        self._check_confirmed()
        self._as_engine().write({"follow_user_id": self.env.uid})
        return True

    def action_open_shipments(self):
        """Open the shipments of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_shipment_action")
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _fulfilment_changed(self):
        """Called in sudo when release, dispatch or arrival of these orders has changed: what depends on it follows."""

    def _check_post(self, posts):
        """Check that the user may do a step on these orders.

        :param posts: posts that may
        :raise AccessError: another post, or orders that the user may not read
        """
        self.check_access("read")
        if not self._holds_post(posts):
            names = [self.env.ref(f"business_dept.group_{post}").sudo().name for post in posts]
            raise AccessError(self.env._("Only these posts do this: %s.", ", ".join(names)))

    def _begin_step(self, posts):
        """Check the post, then write the rows of these orders.

        Two dispatches at once must not send more than was ordered: in REPEATABLE READ the second would not see the
        first, lock or no lock. Both write the order, so the second cannot be serialized, is retried by the server, and
        sees what the first one did.
        """
        self._check_post(posts)
        self._take()

    def _take(self):
        """Write the rows of these orders, so that whoever else does so at the same time conflicts."""
        if not self.ids:
            return
        self.env.flush_all()
        self.env.execute_query(SQL(
            "UPDATE sale_order SET fulfilment_stamp = COALESCE(fulfilment_stamp, 0) + 1 WHERE id IN "
            "(SELECT id FROM sale_order WHERE id IN %s ORDER BY id FOR NO KEY UPDATE) RETURNING id", tuple(self.ids),
        ))
        self.invalidate_recordset()

    def _check_confirmed(self):
        open_ones = self.filtered(lambda order: order.state != "sale")
        if open_ones:
            raise UserError(self.env._("%s: not confirmed.", ", ".join(open_ones.mapped("name"))))

    def _check_by_hand(self):
        delivered = self.filtered(lambda order: not order._dispatches_by_hand())
        if delivered:
            raise UserError(self.env._(
                "%s: the delivery orders record the dispatch. Validate those.", ", ".join(delivered.mapped("name")),
            ))

    def _render_holding(self, findings):
        """What holds these orders, order by order, for the form of a document that belongs to them.

        :param dict findings: what ``_find_breaches`` has found
        """
        return Markup().join(
            Markup("<div class='d-flex gap-2'><strong>%s</strong>%s</div>") % (
                order.name, order._render_findings(findings[order]))
            for order in self if findings.get(order)
        ) or False

    def _refuse_to_be_left(self, moment, message):
        """Refuse a client that takes out of these orders what they hold: a delivery, a manufacturing order (attack 5).

        :param str moment: the moment that what is taken out waits for
        :param str message: for the user, with one place for the numbers of the orders
        :raise ControlError: when a control stops one of them at that moment
        """
        held = self._get_obstructed(moment)
        if held:
            held._refuse("approval.forgery", message % ", ".join(held.mapped("name")))

    def _release(self):
        """Write the release; the controls have been asked."""
        if not self:
            return
        orders = self._as_engine()
        orders.write({"date_released": fields.Datetime.now(), "released_by_id": self.env.uid})
        if self.env.user.has_group("business_dept.group_order_clerk"):
            orders.filtered(lambda order: not order.follow_user_id).write({"follow_user_id": self.env.uid})
        orders._tell_step(self.env._("%s released the order for production.", self.env.user.name))
        orders._end_reminders("release")
        orders._fulfilment_changed()

    def _mark_ready(self):
        """Write that the goods are ready."""
        if not self:
            return
        orders = self._as_engine()
        orders.write({"date_ready": fields.Datetime.now()})
        orders._tell_step(self.env._("The goods are ready (%s).", self.env.user.name))

    def _start_production(self):
        """Write when the making of these orders began, for those where it is not known."""
        orders = self._as_engine().filtered(lambda order: not order.date_production_start)
        if orders:
            orders.write({"date_production_start": fields.Datetime.now()})
            orders._tell_step(self.env._("Production has started (%s).", self.env.user.name))

    def _tell_step(self, bodies):
        """Put a line into the chatter of every order, in a fixed number of statements.

        :param bodies: text for all, or ``{order id: text}``; line breaks are kept
        """
        if not isinstance(bodies, dict):
            bodies = dict.fromkeys(self.ids, bodies)
        self.sudo()._message_log_batch(
            bodies={order_id: Markup("<br/>").join(text.split("\n")) for order_id, text in bodies.items()},
            author_id=self.env.user.partner_id.id,
        )
