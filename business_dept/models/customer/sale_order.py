# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import float_compare, format_amount, format_date

from ...controls import Breach, control
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.races import touch
from .order_facts import PROFILE_FIELDS, OrderFacts

GATES = ("confirm", "increase")
DOWN_PAYMENT_MADE = frozenset({
    "order_id", "is_downpayment", "display_type", "sequence", "product_uom_qty", "price_unit", "tax_ids",
    "analytic_distribution", "extra_tax_data",
})
"""What Odoo gives a line that stands for a down payment invoice."""
DOWN_PAYMENT_POSTED = frozenset({"name", "price_unit", "tax_ids"})
"""What Odoo writes on it when that is posted."""
BALANCE_EVENT_RANK = {"dispatch": 0, "arrival": 1}


class SaleOrder(models.Model):
    """Orders judged by the credit of their customer (JJ-4, RG-3.8).

    The controls guard the confirmation and every increase of a confirmed order, whatever the door: ``create`` and
    ``write`` call the gate themselves, so that button, RPC, import, portal and cron meet the same rule.
    """

    _name = "sale.order"
    _inherit = ["sale.order", "business.approval.mixin"]

    # by these an order is judged, and Odoo computes them
    _engine_fields = frozenset({
        "amount_untaxed", "amount_tax", "amount_total", "currency_rate", "invoice_status", "transaction_ids",
    })
    # that the customer has signed: only the portal says so
    _engine_filled_fields = frozenset({"signature", "signed_by", "signed_on"})
    _approval_fields = (
        "partner_id", "partner_invoice_id", "company_id", "pricelist_id", "currency_id", "payment_term_id",
        "prepayment_percent", "balance_event", "balance_days", "commitment_date", "amount_total",
        "order_line.product_id", "order_line.product_uom_qty", "order_line.product_uom_id", "order_line.price_unit",
        "order_line.discount", "order_line.tax_ids",
    )
    _approval_unlocked_fields = (
        "state", "locked", "signed_by", "signed_on", "signature", "pending_email_template_id", "transaction_ids",
        "date_order", "require_signature", "require_payment", "note",
    )
    _approval_neutral_fields = ("state", "locked", "date_order")

    credit_profile_id = fields.Many2one(
        comodel_name="business.credit.profile", compute="_compute_credit_profile_id", compute_sudo=True, groups=NO_ACCESS,
    )
    credit_grade_id = fields.Many2one(
        comodel_name="business.credit.grade", compute="_compute_credit_grade_id", compute_sudo=True,
        groups="base.group_user",
        help="The credit grade of the customer who will owe this order.",
    )
    prepayment_percent = fields.Float(string="Deposit")
    balance_event = fields.Selection(
        selection=[("dispatch", "Goods leave"), ("arrival", "Goods arrive")],
        string="Balance Due When",
        compute="_compute_balance_terms", store=True, readonly=False, precompute=True,
        help="The event that makes the balance due (JJ-4.1).",
    )
    balance_days = fields.Integer(
        string="Days After",
        compute="_compute_balance_terms", store=True, readonly=False, precompute=True,
        help="Days from that event until the balance must have arrived.",
    )
    credit_terms_reason = fields.Char(
        string="Why These Terms", compute="_compute_credit_grade_id", compute_sudo=True, groups="base.group_user",
    )
    hold_ids = fields.One2many(
        comodel_name="business.order.hold", inverse_name="order_id", readonly=True, groups="base.group_user",
    )
    waits_for_release = fields.Boolean(compute="_compute_waits_for_release", compute_sudo=True)

    # === COMPUTE METHODS === #

    def _get_debtor(self):
        """The commercial entity that will owe the order, in sudo: who handles the order need not see the customer."""
        order = self.sudo()
        return (order.partner_invoice_id or order.partner_id).commercial_partner_id

    @api.depends("partner_id", "partner_invoice_id", "company_id")
    def _compute_credit_profile_id(self):
        """The credit of whoever will owe the order: what form, terms and controls read, found in one statement."""
        Profile = self.env["business.credit.profile"]
        for company, orders in self.grouped("company_id").items():
            by_partner = Profile.search_fetch(
                [("partner_id", "in", orders._get_debtor().ids), ("company_id", "=", company.id)], PROFILE_FIELDS,
            ).grouped("partner_id")
            for order in orders:
                order.credit_profile_id = by_partner.get(order._get_debtor()._origin, Profile)

    @api.depends("credit_profile_id")
    def _compute_credit_grade_id(self):
        for order in self:
            profile = order.credit_profile_id
            order.credit_grade_id = grade = profile.grade_id
            order.credit_terms_reason = self.env._(
                "Grade %(grade)s (%(clause)s): deposit %(deposit)g %%, balance %(event)s + %(days)s days; limit %(limit)s.",
                grade=grade.display_name, clause="JJ-4.1",
                deposit=grade.deposit_percent,
                event=dict(grade._fields["balance_event"]._description_selection(self.env))[grade.balance_event],
                days=grade.balance_days,
                limit=format_amount(self.env, profile.credit_limit, order.company_id.currency_id),
            ) if grade else False

    @api.depends("credit_grade_id")
    def _compute_balance_terms(self):
        """JJ-4.1: when the balance of a new quotation is due. Without a grade nothing is said."""
        for order in self:
            if order.state in ("draft", "sent", False):
                order.balance_event = order.credit_grade_id.balance_event
                order.balance_days = order.credit_grade_id.balance_days
            else:
                order.balance_event = order.balance_event
                order.balance_days = order.balance_days

    @api.depends("credit_grade_id")
    def _compute_prepayment_percent(self):
        # EXTENDS 'sale'
        super()._compute_prepayment_percent()
        for order in self:
            if order.credit_grade_id.deposit_percent:
                order.prepayment_percent = order.credit_grade_id.deposit_percent / 100

    @api.depends("credit_grade_id")
    def _compute_payment_term_id(self):
        # EXTENDS 'sale'
        super()._compute_payment_term_id()
        for order in self:
            if order.credit_grade_id.payment_term_id:
                order.payment_term_id = order.credit_grade_id.payment_term_id

    @api.depends("hold_ids.state", "hold_ids.customer_confirmed")
    def _compute_waits_for_release(self):
        for order in self:
            order.waits_for_release = any(
                hold.state == "held" and hold.customer_confirmed for hold in order.hold_ids
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        orders = super(SaleOrder, without_forged_figures(self)).create(vals_list).with_env(self.env)
        orders.filtered(lambda order: order.state == "sale")._check_controls("confirm")
        return orders

    def write(self, vals):
        refuse_forged(self, [vals])
        confirming = self.browse()
        if vals.get("state") == "sale":
            confirming = self.filtered(lambda order: order.state != "sale")
        watched = vals.keys() & _get_watched_names(self)
        with (self - confirming if watched else self.browse())._guarding_increase():
            result = super().write(vals)
        if confirming:
            confirming._check_controls("confirm")
        if watched or "state" in vals:
            self._after_order_change(vals)
        return result

    def _after_order_change(self, vals):
        """Close or refresh what depends on the content and state of the orders."""
        if vals.get("state") == "cancel":
            for approval in self._get_live_approvals():
                approval._end("withdrawn", self.env._("The order was cancelled."))
        self.env["business.order.hold"]._order_changed(self)

    # === CONTROLS === #

    def _get_banner_moment(self):
        judged = self.company_id and self._get_debtor()  # a new quotation has no customer yet
        return "confirm" if judged and self.state in ("draft", "sent", False) else ""

    @api.model
    def _get_banner_depends(self):
        return [
            *super()._get_banner_depends(), "partner_id", "partner_invoice_id", "company_id", "state", "amount_total",
            "payment_term_id", "prepayment_percent", "balance_event", "balance_days",
        ]

    def _get_approval_moment(self):
        return "confirm" if self.state in ("draft", "sent") else ""

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        if not self._get_approval_moment():
            raise UserError(self.env._("Nothing is left to be approved on %s.", self.name))
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _approval_authors(self):
        order = self.sudo()
        return super()._approval_authors() | order.user_id | order.order_line.create_uid

    def _get_approval_lines(self, name):
        lines = super()._get_approval_lines(name)
        if name != "order_line":
            return lines
        return lines.filtered(lambda line: not line.display_type and (line.product_uom_qty or not line.is_downpayment))

    def _find_breaches(self, moment):
        if moment not in GATES or not self:
            return super()._find_breaches(moment)
        facts = OrderFacts(self.sudo(), coming=moment == "confirm")
        return super(SaleOrder, self.with_context(business_order_facts=facts))._find_breaches(moment)

    def _check_controls(self, moment):
        if moment in GATES:
            self._reserve_credit()
        return super()._check_controls(moment)

    def _get_facts(self):
        """The facts of this evaluation; fetched when nobody has (a client's context key does not count)."""
        facts = self.env.context.get("business_order_facts")
        return facts if isinstance(facts, OrderFacts) else OrderFacts(self.sudo(), coming=True)

    def _reserve_credit(self):
        """Write the credit row of every customer of these orders.

        Two confirmations at once, each within the limit and together over it: in REPEATABLE READ the second one would
        not see the first, lock or no lock. Both write this row, so the second cannot be serialized, is retried by the
        server, and sees what the first one used.
        """
        for company, orders in self.sudo().grouped("company_id").items():
            self.env["business.credit.profile"]._use(orders._get_debtor(), company)

    def _get_company_amount(self):
        """Total of the order in the company's currency, at the rate of today: its date can be written."""
        self.ensure_one()
        return self.currency_id._convert(
            self.amount_total, self.company_id.currency_id, self.company_id, fields.Date.today(),
        ) if self.currency_id else 0.0

    @control("credit.limit", moment=GATES)
    def _check_credit_limit(self):
        """JJ-4.2: open receivables + confirmed and not invoiced − deposits received + this order, against the limit."""
        facts, breaches, used = self._get_facts(), {}, {}
        for order in self:
            fact = facts.get(order)
            if not fact.profile.grade_id and fact.profile.limit_source != "own":
                continue  # unrated: credit.unrated judges it
            currency = order.company_id.currency_id
            key = (order.company_id.id, order._get_debtor().id)
            amount = order._get_company_amount()
            used[key] = used.get(key, fact.exposure) + (amount if facts.coming else 0.0)
            excess = used[key] - fact.profile.credit_limit
            if currency.compare_amounts(excess, 0.0) > 0 and currency.compare_amounts(amount, 0.0) > 0:
                breaches[order] = Breach(self.env._(
                    "Over the credit limit by %(excess)s: limit %(limit)s, owed %(owed)s, this order %(order)s.",
                    excess=format_amount(self.env, excess, currency),
                    limit=format_amount(self.env, fact.profile.credit_limit, currency),
                    owed=format_amount(self.env, used[key] - amount, currency),
                    order=format_amount(self.env, amount, currency),
                ), amount=excess, currency=currency)
        return breaches

    def _get_online_amount(self):
        """What the customer has paid online for this order and accounting does not know yet, in company currency."""
        self.ensure_one()
        paid = self.transaction_ids.filtered(lambda tx: tx.state in ("authorized", "done") and not tx.payment_id)
        return self.currency_id._convert(
            sum(paid.mapped("amount")), self.company_id.currency_id, self.company_id, fields.Date.today(),
        ) if paid else 0.0

    @control("credit.overdue", moment=GATES)
    def _check_overdue(self):
        """RG-3.8: nothing more for who owes something overdue."""
        facts, breaches = self._get_facts(), {}
        for order in self:
            fact, currency = facts.get(order), order.company_id.currency_id
            if currency.compare_amounts(fact.overdue, 0.0) > 0:
                days = (fields.Date.context_today(self) - fact.overdue_since).days
                breaches[order] = Breach(self.env._(
                    "%(amount)s is overdue, the oldest for %(days)s days (due %(date)s).",
                    amount=format_amount(self.env, fact.overdue, currency), days=days,
                    date=format_date(self.env, fact.overdue_since),
                ), amount=fact.overdue, currency=currency)
        return breaches

    @control("credit.terms", moment=GATES)
    def _check_terms(self):
        """JJ-4.1, RG-3.8: terms easier than the grade's."""
        facts, breaches = self._get_facts(), {}
        grades = {order: facts.get(order).profile.grade_id for order in self}
        differing = [
            order.payment_term_id + grade.payment_term_id
            for order, grade in grades.items() if grade and order.payment_term_id != grade.payment_term_id
        ]
        due_days = _get_latest_due_days(self.env["account.payment.term"].union(*differing)) if differing else {}
        for order, grade in grades.items():
            easier = order._get_easier_terms(grade, due_days) if grade else []
            if easier:
                breaches[order] = Breach(self.env._(
                    "Terms easier than grade %(grade)s: %(terms)s.", grade=grade.display_name, terms="; ".join(easier),
                ))
        return breaches

    def _get_easier_terms(self, grade, due_days):
        """How the terms of the order are easier than the grade's, in words.

        :param due_days: ``{payment terms id: days}`` as `_get_latest_due_days` gives it
        """
        self.ensure_one()
        easier = []
        if float_compare(grade.deposit_percent, self.prepayment_percent * 100, precision_digits=2) > 0:
            easier.append(self.env._("deposit %(order)g %% instead of %(grade)g %%",
                                     order=self.prepayment_percent * 100, grade=grade.deposit_percent))
        # an earlier event does not outweigh more days: nobody knows how long the goods travel
        later_event = BALANCE_EVENT_RANK.get(self.balance_event, 0) > BALANCE_EVENT_RANK[grade.balance_event]
        if later_event or self.balance_days > grade.balance_days:
            events = dict(self._fields["balance_event"]._description_selection(self.env))
            easier.append(self.env._(
                "balance %(order)s + %(order_days)s days instead of %(grade)s + %(grade_days)s days",
                order=events.get(self.balance_event, "—"), order_days=self.balance_days,
                grade=events[grade.balance_event], grade_days=grade.balance_days,
            ))
        order_days = due_days.get(self.payment_term_id.id, 0)
        grade_days = due_days.get(grade.payment_term_id.id, 0)
        if order_days > grade_days:
            easier.append(self.env._(
                "payment terms “%(order)s” (%(order_days)s days) instead of “%(grade)s” (%(grade_days)s days)",
                order=self.payment_term_id.name, order_days=order_days,
                grade=grade.payment_term_id.name or "—", grade_days=grade_days,
            ))
        return easier

    @control("credit.hold", moment=GATES)
    def _check_manual_hold(self):
        """JJ-4.2: a customer put on hold by hand, with a reason and a date on which it is reviewed."""
        facts, breaches = self._get_facts(), {}
        for order in self:
            profile = facts.get(order).profile
            if profile.hold:
                breaches[order] = Breach(self.env._(
                    "The customer is on hold: %(reason)s (review on %(date)s).", reason=profile.hold_reason,
                    date=format_date(self.env, profile.hold_review_date),
                ))
        return breaches

    @control("credit.unrated", moment=GATES)
    def _check_unrated(self):
        """JJ-4.2: who has no grade yet pays in full beforehand."""
        facts, breaches, used = self._get_facts(), {}, {}
        for order in self:
            fact = facts.get(order)
            if fact.profile.grade_id or fact.profile.limit_source == "own":
                continue
            currency = order.company_id.currency_id
            key = (order.company_id.id, order._get_debtor().id)
            total = order._get_company_amount() if facts.coming else 0.0
            used[key] = used.get(key, fact.exposure) + total
            missing = used[key] - order._get_online_amount()
            if currency.compare_amounts(missing, 0.0) > 0:
                breaches[order] = Breach(self.env._(
                    "The customer has no credit grade yet and pays in full beforehand; %(missing)s has not arrived.",
                    missing=format_amount(self.env, missing, currency),
                ), amount=missing, currency=currency)
        return breaches

    @control("credit.limit_expired", moment=GATES)
    def _check_limit_expired(self):
        """JJ-4.2: a limit holds until its date, then it is reviewed."""
        facts, breaches = self._get_facts(), {}
        for order in self:
            profile = facts.get(order).profile
            if profile.is_limit_expired:
                breaches[order] = Breach(self.env._(
                    "The credit limit expired on %(date)s and has to be reviewed.",
                    date=format_date(self.env, profile.limit_expiry),
                ))
        return breaches

    @contextmanager
    def _guarding_increase(self, lines=None):
        """Judge confirmed orders again when they ask for more, or for easier terms, than what was confirmed; and when
        they ask for no more, but at another price or with another promise (the moment ``reprice``).

        :param lines: lines about to be written, empty when some are about to be made; ``None`` when the order is written
        """
        confirmed = self.filtered(lambda order: order.state == "sale")
        before = {order: order._get_demand() for order in confirmed}
        offers = confirmed._get_offers(lines)
        yield
        confirmed = confirmed.exists().filtered(lambda order: order.state == "sale")
        increased = confirmed.filtered(lambda order: order._asks_more_than(before[order]))
        if increased:
            increased._check_controls("increase")
        changed = (confirmed - increased)._get_offers(lines)
        repriced = (confirmed - increased).filtered(lambda order: changed[order] != offers[order])
        if repriced:
            repriced._check_controls("reprice")

    def _get_offers(self, lines):
        """What was agreed beside the amount: the promised date, or the prices of the lines concerned.

        :param lines: as in `_guarding_increase`
        :return: ``{order: something to compare}``
        """
        if lines is None:
            return {order: order.commitment_date for order in self}
        if not lines:
            return {order: sum(1 for line in order.order_line if line.product_uom_qty) for order in self}
        offers = {order: [] for order in self}
        for line in lines if self else ():
            if line.order_id in offers:
                offers[line.order_id].append((
                    line, line.product_id, line.product_uom_qty, line.product_uom_id, line.price_unit, line.discount,
                    line.tax_ids,
                ))
        return offers

    def _get_demand(self):
        """What the order asks of the customer's credit."""
        self.ensure_one()
        return {
            "amount": self._get_company_amount(),
            "terms": (self.payment_term_id, self.prepayment_percent, self.balance_event, self.balance_days),
            "debtor": (self.company_id, self._get_debtor()),
        }

    def _asks_more_than(self, before):
        self.ensure_one()
        now = self._get_demand()
        return (
            self.company_id.currency_id.compare_amounts(now["amount"], before["amount"]) > 0
            or now["terms"] != before["terms"]
            or now["debtor"] != before["debtor"]
        )

    def _explain_finding(self, finding):
        if finding.moment == "increase" and finding.mode == "approve":
            return self.env._(
                "[%(clause)s] A confirmed order grows by approval only: make a further quotation for the difference and "
                "submit it. May approve: %(who)s.",
                clause=finding.control._get_citation(), who=self._describe_approvers(finding),
            )
        if finding.moment == "reprice" and finding.mode == "approve":
            return self.env._(
                "[%(clause)s] Prices and terms of a confirmed order change by approval only: cancel it, correct it as a "
                "quotation and submit it. May approve: %(who)s.",
                clause=finding.control._get_citation(), who=self._describe_approvers(finding),
            )
        return super()._explain_finding(finding)

    # === RELEASE === #

    def action_confirm(self):
        # EXTENDS 'sale': what the customer confirmed is never refused to his face; it waits for internal release
        if not self._is_confirmed_by_customer():
            return super().action_confirm()
        self.check_access("write")  # the portal comes in sudo, with the customer's token; a bare call does not
        waiting = self._get_obstructed("confirm")
        waiting._wait_for_release()
        free = self - waiting
        return super(SaleOrder, free).action_confirm() if free else True

    def _is_confirmed_by_customer(self):
        """Whether nobody inside confirms: a portal or public user, or the system after an online payment."""
        return self.env.uid == SUPERUSER_ID or not self.env.user._is_internal()

    def _get_obstructed(self, moment):
        """The orders that something holds: a breach that is neither just noted nor released."""
        findings = self._find_breaches(moment)
        return self.filtered(lambda order: any(
            order._judge_finding(finding) not in ("noted", "released") for finding in findings.get(order, [])
        ))

    def _wait_for_release(self):
        """The customer has confirmed: hold the order, ask for approval, tell the salesperson."""
        Hold = self.env["business.order.hold"].sudo()
        for order in self.sudo():
            Hold._hold(order, customer_confirmed=True)
            if order.state == "draft":
                order._as_engine().write({"state": "sent"})
            salesperson = order.user_id if order.user_id.active else self.env.ref("base.user_root")
            findings = order._find_breaches("confirm").get(order, [])
            note = ""
            if findings and all(finding.mode != "block" for finding in findings) and order.approval_state != "pending":
                try:
                    with self.env.cr.savepoint():
                        order._submit_for_approval(requester=salesperson)
                except UserError as error:
                    note = str(error)
            order._message_log(body=Markup("%s<br/>%s") % (
                self.env._("The customer has confirmed. The order waits for internal release."),
                Markup("<br/>").join(finding.breach.message for finding in findings),
            ))
            if salesperson.share is False and salesperson.id != SUPERUSER_ID:
                order.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=salesperson.id,
                    summary=self.env._("Confirmed by the customer, waits for release"), note=note,
                )

    def _after_refusal(self):
        """Called in a cursor of its own when a confirmation was refused: keep the order on the hold list."""
        held = self.filtered(lambda order: order.state in ("draft", "sent"))
        for order in held._get_obstructed("confirm"):
            order = order.with_context(lang=order.company_id.partner_id.lang)  # a new cursor has no language
            order.env["business.order.hold"]._hold(order)

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        self.env["business.order.hold"].sudo()._facts_changed(orders=self, now=True)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "business.approval.line.mixin"]

    _engine_fields = frozenset({"price_subtotal", "price_tax", "price_total", "invoice_status", "qty_invoiced"})
    _approval_parent_field = "order_id"

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        orders = self._get_approval_parents(vals_list)
        with orders._guarding_increase(self.browse()):
            lines = super(SaleOrderLine, without_forged_figures(self)).create(vals_list).with_env(self.env)
        lines.filtered(lambda line: not line.display_type and line.product_uom_qty and not line.price_total)._touch_orders()
        self.env["business.order.hold"]._order_changed(orders)
        return lines

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() <= {"qty_delivered"}:
            return super().write(vals)  # what was delivered asks nothing of the customer's credit
        orders = self._get_approval_parents([vals])
        with orders._guarding_increase(self):
            result = super().write(vals)
        if "order_id" in vals:
            self._touch_orders()
        self.env["business.order.hold"]._order_changed(orders)
        return result

    def _touch_orders(self):
        """Write the rows of the orders to which lines have come that change no total.

        A confirmation writes its order and the lines that it sees. Goods that cost nothing and come at the same time would
        be seen by neither: the one would not find them, the other would find a quotation.
        """
        touch(self.order_id)

    def unlink(self):
        orders = self.order_id
        with orders._guarding_increase():
            result = super().unlink()
        self.env["business.order.hold"]._order_changed(orders)
        return result

    def _is_beside_content(self, vals):
        """EXTENDS the approval mixin: a down payment asks for money of the order, and is no goods (JJ-1.3.5)."""
        if self:
            return vals.keys() <= DOWN_PAYMENT_POSTED and all(
                line.is_downpayment and not line.product_uom_qty for line in self
            )
        return (
            vals.keys() <= DOWN_PAYMENT_MADE and vals.get("is_downpayment") is True and vals.get("product_uom_qty") == 0
            and vals.get("display_type") in (None, False, "line_section")
        )


def without_forged_figures(records):
    """The same orders, lines or receipts without forged defaults of any of them: deliveries and entries have such names."""
    return without_forged_defaults(
        records, *(records.env[name] for name in ("sale.order", "sale.order.line", "account.payment")),
    )


def _get_watched_names(orders):
    """Names of the order's own fields that decide on its credit."""
    return {path.partition(".")[0] for path in orders._approval_fields}


def _get_latest_due_days(terms):
    """Days until the last instalment of payment terms is due (no instalment: at once), in one statement.

    :return: ``{payment terms id: days}``
    """
    added = {"days_after_end_of_month": 30, "days_after_end_of_next_month": 60, "days_end_of_month_on_the": 30}
    days = dict.fromkeys(terms.ids, 0)
    lines = terms.env["account.payment.term.line"].search_fetch(
        [("payment_id", "in", terms.ids)], ["payment_id", "nb_days", "delay_type"],
    )
    for line in lines:
        days[line.payment_id.id] = max(days[line.payment_id.id], line.nb_days + added.get(line.delay_type, 0))
    return days
