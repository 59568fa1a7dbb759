# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A claim and what its person holds of the company's money, set off against each other in the books."""
from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .travel_advance import check_finance


class BusinessExpenseClaim(models.Model):
    _inherit = "business.expense.claim"

    settlement_ids = fields.One2many(
        comodel_name="account.move", inverse_name="travel_claim_id", string="Settlement Entries", readonly=True, copy=False,
    )
    owed_amount = fields.Monetary(
        string="Still Owed", compute="_compute_settlement", compute_sudo=True,
        help="What the company owes the employee for the posted expenses of the claim.",
    )
    advance_settled_amount = fields.Monetary(
        string="Settled with Advances", compute="_compute_settlement", compute_sudo=True)
    advance_open_amount = fields.Monetary(
        string="Open Advances", compute="_compute_settlement", compute_sudo=True,
        help="Advances that the employee still holds; of a trip that is not over yet only when the claim is of that trip.",
    )
    pay_out_amount = fields.Monetary(string="To Pay Out", compute="_compute_settlement", compute_sudo=True)
    give_back_amount = fields.Monetary(string="To Return", compute="_compute_settlement", compute_sudo=True)

    #=== COMPUTE METHODS ===#

    @api.depends("expense_ids.account_move_id.amount_residual", "expense_ids.account_move_id.state", "settlement_ids.state",
                 "employee_id", "company_id", "payable_amount")
    def _compute_settlement(self):
        held = self._get_settleable_advances()
        self._get_owed_lines()  # fetched for all at once
        for claim in self:
            open_amount = sum(held[claim].mapped("open_amount"))
            owed = -sum(claim._get_owed_lines().mapped("amount_residual"))
            posted = claim.settlement_ids.filtered(lambda move: move.state == "posted")
            claim.owed_amount = owed
            claim.advance_settled_amount = sum(posted.mapped("amount_total"))
            claim.advance_open_amount = open_amount
            # what is not posted yet will be owed
            coming = 0.0 if claim._get_receipts() or claim.state == "refused" else claim.payable_amount
            claim.pay_out_amount = max(owed + coming - open_amount, 0.0)
            claim.give_back_amount = max(open_amount - owed - coming, 0.0)

    #=== ACTION METHODS ===#

    def action_post_expenses(self):
        """Post the entries of approved expenses, by Odoo's own dialog; finance only.

        :raise UserError: nothing is approved and not posted yet
        :raise ControlError: one's own claim
        """
        self.ensure_one()
        self._check_settles()
        expenses = self.expense_ids.filtered(lambda expense: expense.state == "approved")
        if not expenses:
            raise UserError(self.env._("%s has no approved expenses to post.", self.name))
        return expenses.action_post()

    def action_settle(self):
        """Set the posted expenses off against the advances that the employee holds, by entries in the books; finance only.

        :raise UserError: nothing is posted, or nothing is to be settled
        :raise ControlError: one's own claim
        """
        self._check_settles()
        for claim in self:
            claim._settle()
        return True

    def action_pay_balance(self):
        """Pay out what is left after the advances: Odoo's dialog for payments of the claim's entries; finance only.

        :raise UserError: an advance is to be settled first, or nothing is owed
        :raise ControlError: one's own claim
        """
        self.ensure_one()
        self._check_settles()
        claim = self.sudo()
        if claim._get_settleable_advances()[claim]:
            raise UserError(self.env._("Settle the advances of %s first.", claim.employee_id.name))
        moves = claim._get_owed_lines().move_id
        if not moves:
            raise UserError(self.env._("Nothing of %s is owed.", claim.name))
        return moves.sudo(False).action_register_payment()

    def action_return_advance(self):
        """Record what the employee gives back of the first open advance; finance only."""
        self.ensure_one()
        self._check_settles()
        claim = self.sudo()
        advance = claim._get_settleable_advances()[claim][:1]
        if not advance:
            raise UserError(self.env._("%s holds no advance.", claim.employee_id.name))
        return advance.with_env(self.env).action_return()

    def action_open_settlements(self):
        """Open the entries that settle the claim, as far as the user may read them."""
        self.ensure_one()
        return self.settlement_ids.with_context(create=False)._get_records_action(name=self.env._("Settlement Entries"))

    #=== BUSINESS METHODS ===#

    def _check_settles(self):
        """Finance only, and nobody his own claim (IC-7)."""
        check_finance(self)
        for claim in self.sudo().filtered(lambda claim: claim.employee_id.user_id == self.env.user):
            claim.with_env(self.env)._refuse("travel.own_money", self.env._(
                "%s is your own claim; a colleague of finance settles and pays it.", claim.name))

    def _get_receipts(self):
        """The entries by which the company owes the employee."""
        return self.expense_ids.filtered(lambda expense: expense.payment_mode == "own_account").account_move_id

    def _get_owed_lines(self):
        """The open payable items of the claim."""
        return self._get_receipts().line_ids.filtered(
            lambda line: line.account_type == "liability_payable" and line.parent_state == "posted" and not line.reconciled)

    def _get_settleable_advances(self):
        """The advances that each claim may be set off against, in sudo, in one statement: of its own trip first, then the
        oldest. Money for a trip that is still to come stays with the person.

        :return: ``{claim: advances}``
        """
        claims = self.sudo()
        Advance = self.env["business.travel.advance"].sudo()
        advances = Advance.search(Domain("state", "=", "paid") & Domain.OR(
            Domain("company_id", "=", company.id) & Domain("employee_id", "in", group.employee_id.ids)
            for company, group in claims.grouped("company_id").items()
        ), order="date_paid, id") if claims.employee_id else Advance
        today = fields.Date.context_today(self)
        return {
            claim: advances.filtered(
                lambda advance, claim=claim: advance.company_id == claim.company_id
                and advance.employee_id == claim.employee_id and (
                    not advance.travel_request_id or advance.travel_request_id == claim.travel_request_id
                    or (advance.travel_request_id.date_to or today) < today)
            ).sorted(lambda advance, claim=claim: (
                not claim.travel_request_id or advance.travel_request_id != claim.travel_request_id))
            for claim in claims
        }

    def _settle(self):
        """Make the entries of one claim; see `action_settle`."""
        claim = self.sudo()
        claim._get_settleable_advances()[claim]._use_money()
        owed = claim._get_owed_lines()
        if not owed:
            raise UserError(self.env._(
                "%s has no posted expenses that are owed to the employee: post them first.", claim.name))
        advances = claim._get_settleable_advances()[claim]
        if not advances:
            raise UserError(self.env._("%s holds no advance.", claim.employee_id.name))
        for advance in advances:
            owed = owed.filtered(lambda line: not line.reconciled)
            if not owed:
                break
            claim._settle_with(advance, owed)
        claim.message_post(body=self.env._(
            "Settled with advances: %(settled)s. To pay out: %(out)s; to return: %(back)s.",
            settled=claim.currency_id.format(claim.advance_settled_amount),
            out=claim.currency_id.format(claim.pay_out_amount), back=claim.currency_id.format(claim.give_back_amount),
        ))

    def _settle_with(self, advance, owed):
        """One entry: what is owed goes down, and so does what is held; both sides are reconciled.

        :param advance: ``business.travel.advance`` in sudo
        :param owed: open payable items, in sudo
        """
        currency = self.company_id.currency_id
        held = advance._get_open_lines()
        rest = min(advance.open_amount, -sum(owed.mapped("amount_residual")))
        parts = []
        for line in owed:
            part = min(rest, -line.amount_residual)
            if currency.compare_amounts(part, 0.0) > 0:
                parts.append((line, part))
                rest -= part
        label = self.env._("%(claim)s settled with %(advance)s", claim=self.name, advance=advance.name)
        move = self.env["account.move"].sudo().with_company(self.company_id).create({
            "move_type": "entry",
            "journal_id": self.company_id._get_travel_settlement_journal().id,
            "date": fields.Date.context_today(self),
            "ref": label,
            "travel_advance_id": advance.id,
            "travel_claim_id": self.id,
            "line_ids": [
                *(Command.create({
                    "name": label, "account_id": line.account_id.id, "partner_id": line.partner_id.id, "debit": part,
                }) for line, part in parts),
                Command.create({
                    "name": label, "account_id": held[:1].account_id.id, "partner_id": held[:1].partner_id.id,
                    "credit": currency.round(sum(part for _line, part in parts)),
                }),
            ],
        })
        move.action_post()
        for (line, _part), counterpart in zip(parts, move.line_ids.filtered("debit").sorted("id"), strict=True):
            (line + counterpart).reconcile()
        advance._reconcile_open()
        advance.message_post(body=self.env._(
            "%(amount)s settled with %(claim)s: %(entry)s. Still open: %(open)s.", claim=self.name, entry=move.name,
            amount=currency.format(move.amount_total), open=currency.format(advance.open_amount),
        ))
