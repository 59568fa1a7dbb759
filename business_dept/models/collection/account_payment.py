# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..customer.sale_order import without_forged_figures
from ..foundation.forgery import refuse_forged
from ..foundation.reason import clean_reason

RECEIVED = ("in_process", "paid")


class AccountPayment(models.Model):
    """Receipts: which order they are for, and that finance has checked them (IC-14, JJ-1.3.5).

    +--------------------+----------+---------------------------------------------------------------------------+
    | Action             | Who      | Restriction                                                               |
    +====================+==========+===========================================================================+
    | Match, confirm     | finance  | posted receipts of the order's customer, in the order's company; not of   |
    |                    |          | an order whose salesperson one is (IC-7)                                  |
    | Undo               | finance  | with a reason; likewise                                                   |
    +--------------------+----------+---------------------------------------------------------------------------+

    A payment that is reconciled with the invoices of one order, or was made online for it, is matched to it by itself, and
    confirmed when it was finance who did it. A payment whose entry is reset or cancelled has to be confirmed anew.
    """

    _inherit = "account.payment"

    _engine_fields = frozenset({"collection_order_id", "collection_confirmed_by_id", "collection_confirmed_on"})

    collection_order_id = fields.Many2one(
        comodel_name="sale.order", string="For Order", readonly=True, copy=False, index="btree_not_null", tracking=True,
        ondelete="set null", groups="base.group_user", help="The order that finance has matched this receipt to.",
    )
    collection_confirmed_by_id = fields.Many2one(
        comodel_name="res.users", string="Confirmed By", readonly=True, copy=False, tracking=True, groups="base.group_user",
    )
    collection_confirmed_on = fields.Datetime(string="Confirmed On", readonly=True, copy=False, groups="base.group_user")
    collection_suggested_order_id = fields.Many2one(
        comodel_name="sale.order", string="Suggested Order", compute="_compute_collection_suggestion",
        groups="base.group_user",
    )
    collection_expected = fields.Monetary(
        string="Expected", compute="_compute_collection_suggestion", groups="base.group_user",
        help="The next open instalment of the order, in the currency of the receipt.",
    )
    collection_difference = fields.Monetary(
        string="Difference", compute="_compute_collection_suggestion", groups="base.group_user",
    )
    collection_note = fields.Char(
        string="In Words", compute="_compute_collection_suggestion", groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "currency_id", "partner_id", "state", "memo", "payment_reference", "collection_order_id")
    def _compute_collection_suggestion(self):
        open_rows = self.env["business.payment.instalment"].sudo().search([
            ("partner_id", "in", self.partner_id.sudo().commercial_partner_id.ids),
            ("company_id", "in", self.company_id.ids),
            ("state", "in", ("waiting", "due")),
        ]).grouped(lambda row: (row.company_id, row.partner_id))
        none = self.env["business.payment.instalment"].sudo()
        for payment in self.sudo():
            candidates = open_rows.get((payment.company_id, payment.partner_id.commercial_partner_id), none)
            instalment = payment._choose_instalment(candidates)
            order = payment.collection_order_id or instalment.order_id
            payment.collection_suggested_order_id = order
            expected = payment._convert_from_order(order, instalment.amount_open)
            payment.collection_expected = expected
            payment.collection_difference = payment.amount - expected if order else 0.0
            if payment.collection_order_id:
                payment.collection_note = payment._describe_match()
            elif order:
                payment.collection_note = order._describe_collection_gap(
                    payment._convert_to_order(order, payment.amount), instalment)
            else:
                payment.collection_note = self.env._("No open order of this customer.")

    def _choose_instalment(self, candidates):
        """The open instalment that this receipt most probably pays.

        The order that the bank reference names, then the instalment of exactly this amount, then what is due longest. Of
        the order so found it is the instalment that money pays next.

        :param candidates: open instalments of the customer
        """
        self.ensure_one()
        text = f"{self.memo or ''} {self.payment_reference or ''}"
        if self.collection_order_id:
            candidates = candidates.filtered(lambda row: row.order_id == self.collection_order_id)
        best = candidates.sorted(lambda row: (
            row.order_id.name not in text,
            row.currency_id != self.currency_id or bool(self.currency_id.compare_amounts(row.amount_open, self.amount)),
            not row.date_due, row.date_due or date.max, row.order_id.id, row.sequence,
        ))[:1]
        return best.order_id._get_next_instalment() if best else best

    def _describe_match(self):
        """What became of a matched receipt, in words."""
        self.ensure_one()
        if self.collection_confirmed_by_id:
            return self.env._("Confirmed by %(user)s.", user=self.collection_confirmed_by_id.name)
        return self.env._("Matched, not confirmed yet.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        return super(AccountPayment, without_forged_figures(self)).create(vals_list).with_env(self.env)

    def write(self, vals):
        refuse_forged(self, [vals])
        return super().write(vals)

    # === ACTION METHODS === #

    def action_post(self):
        # EXTENDS 'account': what a customer pays online for one order is for that order; finance confirms it
        result = super().action_post()
        paid_online = [
            (payment.id, payment.payment_transaction_id.sale_order_ids.id) for payment in self.sudo()
            if len(payment.payment_transaction_id.sale_order_ids) == 1 and not payment.collection_order_id
        ]
        self._match_by_itself(paid_online)
        self.env["sale.order"].browse([order_id for _payment_id, order_id in paid_online])._refresh_collection()
        return result

    def action_collection_match(self, order_id=None):
        """Match receipts to an order, reconcile them with its open invoices, and confirm them; finance only.

        :param int order_id: the order; each receipt's suggestion when missing
        :raise UserError: naming what stands against it
        """
        self._check_handles_receipts()
        order = self.env["sale.order"].sudo().browse([order_id] if type(order_id) is int else []).exists()
        for payment in self.sudo():
            payment._match(order or (
                self.env["sale.order"].sudo() if order_id else payment.collection_suggested_order_id))
        return True

    def action_collection_confirm(self):
        """Confirm receipts that are matched already; finance only."""
        self._check_handles_receipts()
        for payment in self.sudo():
            payment._match(payment.collection_order_id)
        return True

    def action_collection_unmatch(self, reason=None):
        """Undo a match: the receipt is no longer for its order, nor reconciled with its invoices; finance only.

        :param str reason: why; a dialog asks when it is missing
        """
        self._check_handles_receipts()
        if not (reason := clean_reason(reason)):
            action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_receipt_unmatch_action")
            return {**action, "context": {"default_payment_ids": self.ids}}
        for payment in self.sudo():
            payment._unmatch(reason)
        return True

    def action_collection_choose_order(self):
        """Choose another order than the suggested one; finance only."""
        self.ensure_one()
        self._check_handles_receipts()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_receipt_match_action")
        return {**action, "context": {
            "default_payment_id": self.id, "default_order_id": self.sudo().collection_suggested_order_id.id,
        }}

    # === BUSINESS METHODS === #

    def _check_handles_receipts(self):
        """The user is of finance and may see and change these payments."""
        self.env["business.payment.instalment"]._check_finance()
        self.check_access("write")

    def _get_cannot_match_reason(self, order):
        """Why a receipt cannot be matched to an order; empty when it can.

        :param order: ``sale.order`` in sudo, may be empty
        """
        self.ensure_one()
        if not order:
            return self.env._("Choose the order that %s is for.", self.display_name)
        if self.payment_type != "inbound" or self.partner_type != "customer" or self.state not in RECEIVED:
            return self.env._("%s is no posted receipt of a customer.", self.display_name)
        if self.collection_order_id and self.collection_order_id != order:
            return self.env._("%(payment)s is for %(order)s already. Undo that first.",
                              payment=self.display_name, order=self.collection_order_id.name)
        if self.collection_confirmed_by_id:
            return self.env._("%(payment)s was confirmed already, by %(user)s.",
                              payment=self.display_name, user=self.collection_confirmed_by_id.name)
        if self.company_id != order.company_id:
            return self.env._("%(payment)s and %(order)s are of different companies.",
                              payment=self.display_name, order=order.name)
        if self.partner_id.commercial_partner_id not in order._get_debtor() | order.partner_id.commercial_partner_id:
            return self.env._("%(payment)s does not come from the customer of %(order)s.",
                              payment=self.display_name, order=order.name)
        if order.state == "cancel":
            return self.env._("%s is cancelled.", order.name)
        return ""

    def _match(self, order):
        """Match a receipt to an order and confirm it, as the current user.

        The row of the payment is written: of two who match it at once, the second cannot be serialized, is retried, and
        learns what the first one did.

        :param order: ``sale.order`` in sudo
        """
        self.ensure_one()
        if reason := self._get_cannot_match_reason(order):
            raise UserError(reason)
        order._refuse_own_receipt()
        self.write({
            "collection_order_id": order.id,
            "collection_confirmed_by_id": self.env.uid,
            "collection_confirmed_on": fields.Datetime.now(),
        })
        self._reconcile_with(order)
        order._collection_receipts_changed()
        order._message_log(body=self.env._(
            "Receipt %(payment)s of %(amount)s confirmed by finance. Bank reference: %(reference)s.",
            payment=self.display_name, amount=self.currency_id.format(self.amount),
            reference=self.payment_reference or self.memo or "—",
        ))

    def _unmatch(self, reason):
        """Undo a match, with its reconciliations; see `action_collection_unmatch`."""
        self.ensure_one()
        order = self.collection_order_id
        if not order:
            raise UserError(self.env._("%s is matched to no order.", self.display_name))
        order._refuse_own_receipt()
        invoice_lines = order.invoice_ids.line_ids
        partials = self.move_id.line_ids.matched_debit_ids.filtered(lambda one: one.debit_move_id in invoice_lines)
        self.write({"collection_order_id": False, "collection_confirmed_by_id": False, "collection_confirmed_on": False})
        partials.unlink()
        order._collection_receipts_changed()
        note = self.env._("Receipt %(payment)s is not for %(order)s any more: %(reason)s",
                          payment=self.display_name, order=order.name, reason=reason)
        order._message_log(body=note)
        self._message_log(body=note)

    def _reconcile_with(self, order):
        """Reconcile with the order's open posted invoices, oldest first, as Odoo does; the rest stays as a deposit."""
        self.ensure_one()
        received = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled)
        owed = order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        ).line_ids.filtered(lambda line: line.account_id in received.account_id and not line.reconciled)
        for lines in (received + owed.sorted("date_maturity")).grouped("account_id").values():
            if lines & owed:
                lines.reconcile()

    @api.model
    def _match_by_itself(self, pairs):
        """Match payments to the one order that they pay; finance confirms by doing so.

        :param pairs: ``[(payment id, order id)]``
        """
        user = self.env.user
        is_finance = bool(pairs) and user.has_group("business_dept.group_finance")
        for payment_id, order_id in pairs:
            order = self.env["sale.order"].sudo().browse(order_id)
            confirmed = is_finance and order.user_id != user
            self.sudo().browse(payment_id).write({
                "collection_order_id": order_id,
                **({"collection_confirmed_by_id": user.id, "collection_confirmed_on": fields.Datetime.now()}
                   if confirmed else {}),
            })

    def _void_confirmation(self):
        """What was confirmed may be changed now: it has to be confirmed anew."""
        confirmed = self.filtered("collection_confirmed_by_id")
        if confirmed:
            confirmed.sudo().write({"collection_confirmed_by_id": False, "collection_confirmed_on": False})

    def _convert_to_order(self, order, amount):
        """An amount of the payment in the currency of an order, at the rate of the payment's day."""
        return self.currency_id._convert(amount, order.currency_id, self.company_id, self.date) if order else 0.0

    def _convert_from_order(self, order, amount):
        """An amount of an order in the currency of the payment, at the rate of the payment's day."""
        return order.currency_id._convert(amount, self.currency_id, self.company_id, self.date) if order else 0.0


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _refuse_own_receipt(self):
        """IC-7, IC-14: who sold does not confirm what was paid for it.

        :raise ControlError: the current user is the salesperson
        """
        self.ensure_one()
        if self.sudo().user_id == self.env.user:
            self._refuse("collection.own_receipt", self.env._(
                "You are the salesperson of %s; a colleague of finance confirms its receipts.", self.name,
            ))

    def _collection_receipts_changed(self):
        """Money was matched to these orders or taken from them: plan and held orders follow."""
        self._refresh_collection()
        self.env["business.order.hold"]._facts_changed(partners=self._get_debtor())
