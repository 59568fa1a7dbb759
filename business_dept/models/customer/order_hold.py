# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class BusinessOrderHold(models.Model):
    """An order that something holds, with all its reasons at once; released by itself when nothing holds it any more.

    +----------------+------------------------------------+------------------------------------------------+
    | Action         | Who                                | Restriction                                    |
    +================+====================================+================================================+
    | Read           | posts that read orders             | salespeople: their own                         |
    | Check again    | who may read it                    | changes nothing but what the facts say         |
    | Hold, release  | the engine                         | rows are read-only to every group              |
    +----------------+------------------------------------+------------------------------------------------+
    """

    _name = "business.order.hold"
    _description = "Held Orders"
    _inherit = ["business.engine.mixin"]
    _order = "state, date_held desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True, ondelete="restrict",
        help="The commercial entity that will owe the order.",
    )
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True, index="btree_not_null")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total", store=True)
    order_state = fields.Selection(related="order_id.state")
    approval_state = fields.Selection(related="order_id.approval_state", related_sudo=True)
    state = fields.Selection(
        selection=[("held", "Held"), ("released", "Released"), ("closed", "Closed")],
        required=True, readonly=True, default="held", index=True,
    )
    customer_confirmed = fields.Boolean(
        string="Confirmed by Customer", readonly=True, help="Signed or paid on the portal: confirms by itself once released.",
    )
    reasons = fields.Text(readonly=True)
    control_ids = fields.Many2many(comodel_name="business.control", string="Held by", readonly=True)
    date_held = fields.Datetime(string="Held Since", readonly=True, default=fields.Datetime.now)
    date_released = fields.Datetime(string="Released On", readonly=True)
    days_held = fields.Integer(compute="_compute_days_held")
    release_reason = fields.Char(readonly=True)
    last_checked = fields.Datetime(readonly=True)
    to_check = fields.Boolean(readonly=True, index="btree_not_null")

    _one_open = models.UniqueIndex("(order_id) WHERE state = 'held'", "This order is on the hold list already.")

    # === COMPUTE METHODS === #

    @api.depends("date_held", "date_released")
    def _compute_days_held(self):
        now = fields.Datetime.now()
        for hold in self:
            hold.days_held = ((hold.date_released or now) - hold.date_held).days if hold.date_held else 0

    # === ACTION METHODS === #

    def action_check_again(self):
        """Look at the facts again, now."""
        self.check_access("read")
        self.sudo().filtered(lambda hold: hold.state == "held")._reevaluate()
        return True

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {"type": "ir.actions.act_window", "res_model": "sale.order", "res_id": self.order_id.id, "view_mode": "form"}

    # === BUSINESS METHODS === #

    @api.model
    def _hold(self, order, customer_confirmed=False):
        """Put an order on the list, or refresh its reasons.

        :param order: ``sale.order``
        :param bool customer_confirmed: the customer signed or paid
        """
        hold = self.sudo().search([("order_id", "=", order.id), ("state", "=", "held")], limit=1)
        if not hold:
            hold = self.sudo().create({"order_id": order.id, "partner_id": order.sudo()._get_debtor().id})
        if customer_confirmed:
            hold.customer_confirmed = True
        hold._refresh(order.sudo()._find_breaches("confirm").get(order, []))

    def _refresh(self, findings):
        """Write down what holds the order now."""
        self.ensure_one()
        holding = [finding for finding in findings if finding.mode != "notify"]
        self.write({
            "reasons": "\n".join(f"• {finding.breach.message}" for finding in holding),
            "control_ids": [fields.Command.set([finding.control.id for finding in holding])],
            "last_checked": fields.Datetime.now(),
            "to_check": False,
        })

    @api.model
    def _facts_changed(self, partners=None, orders=None, now=False):
        """Something that holds depend on has changed: look again, soon or now.

        The work is left to the cron, so that posting a payment neither waits for it nor fails by it.

        :param partners: customers concerned; all when both are missing
        :param orders: orders concerned
        :param bool now: look in this transaction
        """
        domain = [("state", "=", "held")]
        if partners is not None:
            domain.append(("partner_id", "in", partners.commercial_partner_id.ids))
        if orders is not None:
            domain.append(("order_id", "in", orders.ids))
        holds = self.sudo().search(domain)
        if not holds:
            return
        if now:
            holds._reevaluate()
        else:
            holds._mark_to_check()

    @api.model
    def _order_changed(self, orders):
        """The content or state of orders has changed: close what is over, look again at the rest.

        :param orders: ``sale.order``
        """
        holds = self.sudo().search([("order_id", "in", orders.ids), ("state", "=", "held")]) if orders.ids else self
        for state, of_state in holds.grouped("order_state").items():
            if state in ("draft", "sent"):
                of_state._mark_to_check()
            else:
                of_state._close()

    def _mark_to_check(self):
        self.filtered(lambda hold: not hold.to_check).write({"to_check": True})
        if self:
            self.env.ref("business_dept.ir_cron_order_hold").sudo()._trigger()

    def _reevaluate(self):
        """Judge held orders by the facts of now; release those that nothing holds, confirm those the customer confirmed."""
        orders = self.order_id
        findings = orders._find_breaches("confirm")
        for hold in self:
            order = hold.order_id
            if order.state not in ("draft", "sent"):
                hold._close()
                continue
            found = findings.get(order, [])
            outcomes = {order._judge_finding(finding) for finding in found}
            if outcomes - {"noted", "released"}:
                hold._refresh(found)
            else:
                hold._release("released" in outcomes)

    def _release(self, by_approval):
        """Nothing holds the order any more: say so, and go on where the customer had stopped."""
        self.ensure_one()
        order = self.order_id
        reason = self.env._("Released by approval.") if by_approval else self.env._("Nothing holds it any more.")
        Event = self.env["business.control.event"]
        controls = self.control_ids or self.env["business.control"]._get_by_code("credit.limit")
        if not by_approval:
            Event._log([
                Event._prepare_event(control, control._get_mode(order.company_id), "auto_released", order, message=reason)
                for control in controls
            ])
            pending = order._get_live_approvals().filtered(lambda approval: approval.state == "pending")
            if pending:
                pending._end("withdrawn", reason)
        now = fields.Datetime.now()
        self.write({
            "state": "released", "date_released": now, "last_checked": now, "release_reason": reason, "to_check": False,
        })
        order._message_log(body=self.env._("The order is released. %s", reason))
        if self.customer_confirmed:
            order.with_context(send_email=True).action_confirm()
        elif order.user_id.active and not order.user_id.share:
            order.message_notify(
                partner_ids=order.user_id.partner_id.ids,
                subject=self.env._("%s is released", order.name),
                body=self.env._("%(order)s can be confirmed now. %(reason)s", order=order.name, reason=reason),
            )

    def _close(self):
        """The order was confirmed or cancelled meanwhile; the list is done with it."""
        self.write({"state": "closed", "date_released": fields.Datetime.now(), "to_check": False})

    @api.model
    def _cron_reevaluate(self):
        """Look at the marked holds again. Each in its own transaction; killed in the middle, the next run goes on."""
        holds = self.search([("state", "=", "held"), ("to_check", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(holds))
        for hold in holds:
            hold = hold.with_context(lang=hold.company_id.partner_id.lang)  # what is written stays
            try:
                with self.env.cr.savepoint():
                    hold._reevaluate()
            except UserError as error:
                hold.write({"to_check": False, "last_checked": fields.Datetime.now()})
                hold.order_id._message_log(body=hold.env._("Could not be released: %s", error))
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _cron_daily(self):
        """Facts also change with the calendar: limits expire, debts become overdue."""
        self._facts_changed()
