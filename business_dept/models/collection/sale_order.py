# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_amount

from ...policy import collection as policy
from ..customer.sale_order import _get_latest_due_days
from ..foundation.races import touch
from .money import fetch_money, orders_of_moves

AMOUNT_FIELDS = frozenset({
    "product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids", "order_id", "display_type",
})
"""What a line's amount follows from."""


class SaleOrder(models.Model):
    """What is to be paid when, and what has arrived (JJ-1.3.4, JJ-1.3.5).

    The plan is made and refreshed by ``_refresh_collection`` and by nothing else; the money is counted in ``money.py``.
    """

    _inherit = "sale.order"

    _engine_fields = frozenset({
        "instalment_ids", "is_deposit_received", "is_settled", "collection_received", "collection_credited",
    })

    instalment_ids = fields.One2many(
        comodel_name="business.payment.instalment", inverse_name="order_id", string="Payment Plan", readonly=True,
        copy=False, groups="base.group_user",
    )
    is_deposit_received = fields.Boolean(
        readonly=True, copy=False, groups="base.group_user",
        help="The deposit has arrived in full, or the confirmed order asks for none.",
    )
    is_settled = fields.Boolean(
        readonly=True, copy=False, groups="base.group_user", help="Nothing of the confirmed order is open any more.",
    )
    collection_received = fields.Monetary(
        string="Received", readonly=True, copy=False, groups="base.group_user",
        help="What the books say has arrived for this order, less what was given back.",
    )
    collection_credited = fields.Monetary(
        string="Credited", readonly=True, copy=False, groups="base.group_user",
        help="Not asked for any more, by credit notes.",
    )
    collection_open = fields.Monetary(
        string="Outstanding", compute="_compute_collection_open", groups="base.group_user",
    )
    collection_excess = fields.Monetary(
        string="To Be Returned", compute="_compute_collection_open", groups="base.group_user",
        help="Received beyond what the order asks for; of a cancelled order, all that was received.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "amount_total", "collection_received", "collection_credited")
    def _compute_collection_open(self):
        for order in self:
            asked = order.amount_total - order.collection_credited if order.state == "sale" else 0.0
            missing = asked - order.collection_received
            order.collection_open = max(missing, 0.0)
            order.collection_excess = max(-missing, 0.0) if order.state in ("sale", "cancel") else 0.0

    @api.depends("credit_grade_id")
    def _compute_prepayment_percent(self):
        # EXTENDS 'sale': a grade without a deposit asks for none, unless the customer has to pay online to confirm
        super()._compute_prepayment_percent()
        for order in self:
            if order.credit_grade_id and not order.credit_grade_id.deposit_percent and not order.require_payment:
                order.prepayment_percent = 0.0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._refresh_collection()
        return orders

    def _after_order_change(self, vals):
        super()._after_order_change(vals)
        concerned = self if vals.get("state") in ("sale", "cancel") else self.filtered(lambda order: order.state == "sale")
        concerned._refresh_collection()

    def _fulfilment_changed(self):
        super()._fulfilment_changed()
        self._refresh_collection()

    # === ACTION METHODS === #

    def action_collection_record_receipt(self):
        """Record money that has arrived for this order; finance only."""
        self.ensure_one()
        return self._open_record_receipt(self.env["business.payment.instalment"])

    def action_collection_deposit_invoice(self):
        """Make a draft down payment invoice of the deposit, as Odoo makes them; finance only.

        :raise UserError: the order asks for no deposit, or it was invoiced already
        """
        self.ensure_one()
        self.env["business.payment.instalment"]._check_finance()
        self.check_access("read")
        order = self.sudo()
        deposit = order.instalment_ids.filtered(lambda row: row.kind == "deposit" and row.state == "due")
        invoiced = sum(
            -line.price_total if line.move_id.move_type == "out_refund" else max(line.price_total, 0.0)
            for line in order.order_line.filtered("is_downpayment").invoice_lines if line.parent_state != "cancel"
        )
        amount = order.currency_id.round(min(deposit.amount_open, deposit.amount - invoiced))
        if amount <= 0:
            raise UserError(self.env._("%s has no deposit that is open and not invoiced yet.", order.name))
        invoice = self.env["sale.advance.payment.inv"].sudo().create({
            "sale_order_ids": [fields.Command.set(order.ids)],
            "advance_payment_method": "fixed",
            "fixed_amount": amount,
        })._create_invoices(order)
        return {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": invoice.id, "view_mode": "form"}

    def action_collection_remind(self):
        """Write to the customer what is to be paid: Odoo's own composer, with the statement attached (JJ-1.3.4)."""
        self.ensure_one()
        self.check_access("read")
        if not self.sudo().instalment_ids.filtered(lambda row: row.state in ("waiting", "due")):
            raise UserError(self.env._("Nothing of %s is open.", self.name))
        template = self.env.ref("business_dept.mail_template_payment_reminder")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Reminder"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "sale.order",
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_layout_with_responsible_signature",
            },
        }

    def action_open_collection(self):
        """Open the payment plan of the order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_payment_instalment_action")
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}

    def _open_record_receipt(self, instalment):
        """The dialog that records a receipt.

        :param instalment: the one it is for; the next one that is open when empty
        """
        instalment._check_finance()
        self.check_access("read")
        instalment = instalment or self.sudo()._get_next_instalment()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_receipt_record_action")
        return {**action, "context": {
            "default_order_id": self.id,
            "default_amount": instalment.amount_open or self.collection_open,
        }}

    # === BUSINESS METHODS === #

    def _get_next_instalment(self):
        """The instalment that money pays next: the deposit, then what is due longest."""
        self.ensure_one()
        return self.instalment_ids.filtered("amount_open").sorted(
            lambda row: (row.kind != "deposit", not row.date_due, row.date_due or date.max, row.sequence)
        )[:1]

    @api.model
    def _refresh_collection_of_moves(self, moves):
        """Refresh the orders whose money these journal entries concern."""
        self.env["sale.order"].browse(orders_of_moves(self.env, moves.ids))._refresh_collection()

    def _refresh_collection(self):
        """Bring payment plan, money and flags of orders up to what order, shipments and books say now.

        A fixed number of statements however many orders; writes only what has changed. For an order that is being
        confirmed: one to read, one to insert.
        """
        orders = self.sudo()
        money = fetch_money(orders)
        if not money:
            return
        planned = orders.filtered(lambda order: money[order.id].has_plan)
        rows = orders.env["business.payment.instalment"]
        if planned:
            rows = rows.search_fetch([("order_id", "in", planned.ids)], ["kind"], order="id")
        rows_of = rows.grouped("order_id")
        due_days = _get_latest_due_days(orders.filtered(
            lambda order: order.state == "sale" and not order.balance_event).payment_term_id)
        created, changed, gone, flags = [], [], rows.browse(), {}
        for order in orders:
            order_rows = rows_of.get(order, rows.browse())
            wanted, flags[order] = order._plan_collection(money[order.id], order_rows, due_days)
            known = {(row.kind, row.shipment_id.id): row for row in order_rows}
            gone |= order_rows.filtered(lambda row, wanted=wanted: (row.kind, row.shipment_id.id) not in wanted)
            for key, vals in wanted.items():
                if not (row := known.get(key)):
                    created.append({"order_id": order.id, **vals})
                elif row._differs_from(vals):
                    changed.append((row, vals))
        touched = orders.browse({vals["order_id"] for vals in created}) | gone.order_id
        touched = touched.union(*(row.order_id for row, _vals in changed))
        # goods leave and money arrives at once: each would spread the money over other rows than the other sees
        touch(rows.filtered(lambda row: row.order_id in touched))
        for row, vals in changed:
            row.write(vals)
        gone.unlink()
        if created:
            rows.create(created)
        if gone or created:
            self.invalidate_recordset(["instalment_ids"], flush=False)  # their order is not that of creation
        orders._set_collection_flags(flags)
        (rows - gone).filtered("dunning_level").order_id._close_dunning()

    def _plan_collection(self, money, rows, due_days):
        """What the rows and flags of an order should say.

        :param money: `OrderMoney`
        :param rows: the instalments that it has
        :param due_days: ``{payment terms id: days}`` for orders without an event
        :return: ``{(kind, shipment id): values}``, flags
        """
        self.ensure_one()
        received = self.currency_id.round(money.received)
        if self.state != "sale":
            closed, rest, to_company = {}, received, self._get_company_rounder()
            for row in rows.sorted("sequence"):
                # what was given back, or is for another order now, counts here no more
                kept = max(min(row.amount_received, rest), 0.0)
                rest = self.currency_id.round(rest - kept)
                closed[row.kind, row.shipment_id.id] = {
                    "state": "closed", "amount_received": kept, "received_company": to_company(kept),
                    "amount_open": 0.0, "open_company": 0.0, "ageing": "current", "overdue_company": 0.0,
                }
            return closed, {"collection_received": received, "collection_credited": 0.0,
                            "is_deposit_received": False, "is_settled": False}
        rounding, today = self.currency_id.rounding, fields.Date.context_today(self)
        credited = policy.lasting_credit(money.credited, money.invoiced, self.amount_total)
        began = rows.filtered(lambda row: row.event == "confirmation" and row.state != "closed").mapped("date_event")
        instalments = policy.plan(
            self.amount_total, self.prepayment_percent, self.balance_event or None,
            self.balance_days if self.balance_event else due_days.get(self.payment_term_id.id, 0),
            # the date of the order can be written; a plan that has begun stays where it began
            min(began) if began else min(self._get_order_day(), today),
            money.shipments, rounding, money.goods,
        )
        shares = policy.allocate(instalments, received, credited, rounding)
        to_company, partner = self._get_company_rounder(), self._get_debtor()
        wanted = {}
        for sequence, (instalment, share) in enumerate(zip(instalments, shares, strict=True), start=1):
            state = policy.status(instalment.due, share.open > 0, today)
            wanted[instalment.kind, instalment.shipment or False] = {
                "company_id": self.company_id.id,
                # the currencies before the amounts: these are rounded without a statement that asks for them
                "currency_id": self.currency_id.id,
                "company_currency_id": self.company_id.currency_id.id,
                "partner_id": partner.id,
                "sequence": sequence,
                "kind": instalment.kind,
                "shipment_id": instalment.shipment or False,
                "event": instalment.event,
                "days": instalment.days,
                "date_event": instalment.happened or False,
                "date_due": instalment.due or False,
                "state": "due" if state == "overdue" else state,
                "amount": instalment.amount,
                "amount_received": share.received,
                "amount_credited": share.credited,
                "amount_open": share.open,
                "amount_company": to_company(instalment.amount),
                "received_company": to_company(share.received),
                "open_company": to_company(share.open),
                **rows._prepare_ageing(instalment.due, share.open > 0, to_company(share.open), today),
            }
        return wanted, {
            "collection_received": received,
            "collection_credited": self.currency_id.round(credited),
            "is_deposit_received": all(
                not share.open for instalment, share in zip(instalments, shares, strict=True)
                if instalment.kind == policy.DEPOSIT
            ),
            "is_settled": not any(share.open for share in shares),
        }

    def _get_order_day(self):
        """The day of the order, where its user lives."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(self, self.date_order).date()

    def _get_company_rounder(self):
        """A function from an amount of the order to one of its company, at the rate of the order."""
        self.ensure_one()
        currency, rate = self.company_id.currency_id, self.currency_rate or 1.0
        return lambda amount: currency.round(amount / rate)

    def _set_collection_flags(self, flags):
        """Write what has changed, together with whatever else of the orders is about to be written.

        Past ``write``: these are no changes of the order that somebody makes, and no lock or approval is asked about them.

        :param flags: ``{order: values}``
        """
        changed = defaultdict(self.browse)
        for order in self:
            for name, value in flags[order].items():
                if order[name] != value:
                    changed[name] |= order
        for name, orders in changed.items():
            for order in orders:
                self._fields[name].write(order, flags[order][name])
            orders.modified([name])
        changed["is_deposit_received"].filtered("collection_received")._deposit_arrived()

    def _describe_collection_gap(self, amount, instalment):
        """How much money differs from what an instalment asks for, in words.

        :param float amount: received, in the order's currency
        :param instalment: ``business.payment.instalment``, may be empty
        """
        self.ensure_one()
        currency = self.currency_id
        if not instalment:
            return self.env._("Nothing of the order is open: all of it is to be returned or used for another order.")
        difference = amount - instalment.amount_open
        sign = float_compare(difference, 0.0, precision_rounding=currency.rounding)
        if not sign:
            return self.env._("Exactly what is expected.")
        if sign < 0:
            return self.env._("%(amount)s less than expected; that stays open.",
                              amount=format_amount(self.env, -difference, currency))
        beyond = amount - self.collection_open
        if float_compare(beyond, 0.0, precision_rounding=currency.rounding) > 0:
            return self.env._("%(amount)s more than the order asks for; that is to be returned.",
                              amount=format_amount(self.env, beyond, currency))
        return self.env._("%(amount)s more than expected; that pays what comes next.",
                          amount=format_amount(self.env, difference, currency))

    def _get_portal_plan(self):
        """What the customer may read of his own plan, in sudo.

        :rtype: list[dict]
        """
        self.ensure_one()
        if self.state != "sale":
            return []
        labels = dict(self.env["business.payment.instalment"]._fields["kind"]._description_selection(self.env))
        return [
            {"label": labels[row.kind], "due": row.date_due, "amount": row.amount,
             "paid": row.amount_received, "open": row.amount_open}
            for row in self.sudo().instalment_ids
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._refresh_collection_of_confirmed()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if AMOUNT_FIELDS & vals.keys():
            self._refresh_collection_of_confirmed()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.filtered(lambda order: order.state == "sale")._refresh_collection()
        return result

    def _refresh_collection_of_confirmed(self):
        self.order_id.filtered(lambda order: order.state == "sale")._refresh_collection()
