# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models
from odoo.exceptions import UserError

from ...controls import Breach, control
from .hr_expense import APPROVED, ExpenseChanges

CLAIM_ROUTE = object()
"""In the context while expenses are submitted with a claim, whose route then decides on what needs approval. No client can send
an object's identity."""


class HrExpense(models.Model):
    """Every door to another state: button, wizard, plain write, creation, mail (attacks 5 to 7, 17, 18)."""

    _inherit = "hr.expense"

    #=== ACTION METHODS ===#

    def action_submit(self):
        """EXTENDS hr_expense: submit with a claim what is in one, or what only the claim's route can approve.

        :return: the claim to open, when there is exactly one
        """
        with_claim = self._filter_with_claim()
        if alone := self - with_claim:
            super(HrExpense, alone).action_submit()
        if not with_claim:
            return None
        claims = with_claim._submit_with_claims()
        return claims._get_records_action() if len(claims) == 1 else None

    #=== BUSINESS METHODS ===#

    def _filter_with_claim(self):
        """Those that are submitted with a claim: they are in one, or the mode of a control asks for its route."""
        control_route = self.env["business.control"]._get_by_code("travel.expense_route")
        with_claim = self.browse()
        for company, expenses in self.filtered(lambda expense: expense._is_open()).grouped("company_id").items():
            if control_route._get_mode(company) in ("approve", "block"):
                with_claim |= expenses
                continue
            with_claim |= expenses.filtered(lambda expense: expense.sudo().claim_id.state == "draft")
            if concerned := (expenses - with_claim)._filter_concerned():
                concerned._judge_drafts()
                for expense, findings in concerned._find_breaches("expense_submit").items():
                    if any(finding.mode == "approve" for finding in findings):
                        with_claim |= expense
        return with_claim

    def _submit_with_claims(self):
        """Submit the claims of these expenses; those without one get one per employee, trip and company.

        :return: the claims, as the current user
        :raise UserError: a claim has further drafts: it is submitted as a whole
        """
        for expense in self:
            if self.env.user.employee_id != expense.employee_id and not expense.can_approve:
                raise UserError(self.env._("You do not have the right to submit %s.", expense.display_name))
            if not expense.product_id:
                raise UserError(self.env._("%s has no category yet.", expense.display_name))
        claims = self.sudo().claim_id
        for claim in claims:
            if missing := claim._get_open_expenses() - self.sudo():
                raise UserError(self.env._(
                    "%(claim)s is submitted as a whole, with %(expenses)s. Open it and submit it there.",
                    claim=claim.name, expenses=", ".join(missing.mapped("display_name")),
                ))
        claims |= self.filtered(lambda expense: not expense.sudo().claim_id)._make_claims()
        for claim in claims:
            claim._submit_for_approval(requester=self.env.user)
        return claims.with_env(self.env)

    def _make_claims(self):
        """Make claims of these expenses, one for each employee, trip and company.

        :return: ``business.expense.claim``, in sudo
        """
        claims = self.env["business.expense.claim"].sudo()
        for (employee, trip, company), expenses in self.sudo().grouped(
            lambda expense: (expense.employee_id, expense.travel_request_id, expense.company_id)
        ).items():
            claim = claims._make(employee, company, trip)
            expenses._as_engine().claim_id = claim
            claims |= claim
        return claims

    # --- gates

    def _pass_states(self, vals):
        """Gates in front of a change of state.

        :param dict vals: about to be written
        :return: the expenses that it is written to: those of which the policy pays nothing are refused instead
        :raise ControlError: by a control, or because the claim decides
        """
        value = vals["approval_state"] if "approval_state" in vals else vals.get("state")
        changes_state = "approval_state" in vals or "state" in vals
        for expense in self.filtered(lambda expense: expense._is_claim_locked()):
            if changes_state and not expense._may_leave_claim(value):
                expense._refuse_as_locked()
            if changes_state and value != "refused":
                expense._as_engine().claim_id = False  # reopened: the claim goes on without it
            if not changes_state and {"manager_id", "approval_date"} & vals.keys():
                expense._refuse_as_locked()
        unpaid = self.browse()
        if value in APPROVED or vals.get("account_move_id"):
            self.filtered(lambda expense: expense.approval_state != "approved")._check_controls("expense_approve")
        if value in ("submitted", *APPROVED):
            self.mapped("price_unit")  # once it is no draft, Odoo computes it no more
            unpaid = self.filtered(lambda expense: expense._is_open())._pass_submission()
            unpaid._refuse_unpaid()
        return self - unpaid

    def _may_leave_claim(self, value):
        """Whether an expense under a locked claim may get a state from outside the engine: refused after the approval, as long
        as it is not posted; reopened, and so out of the claim, once it is refused."""
        self.ensure_one()
        expense = self.sudo()
        if value == "refused":
            return expense.claim_id.state != "review" and expense.state == "approved"
        return expense.approval_state == "refused" and not (value and value != "draft")

    def _follow_states(self, vals):
        """What follows from a state that was written."""
        if "approval_state" not in vals:
            return
        if vals["approval_state"] == "refused":
            self.env["business.invoice.use"].sudo()._give_back(self)
        elif not vals["approval_state"]:
            self._reopened()

    def _reopened(self):
        """Drafts again, with the amount that was claimed, judged anew."""
        expenses = self.sudo().filtered(lambda expense: not expense.approval_state)
        expenses._restore_claimed()
        expenses._judge_drafts()

    def _enter_created(self):
        """Gates for expenses that were created in a later state than draft (attack 6)."""
        self.filtered(lambda expense: expense.state in APPROVED)._check_controls("expense_approve")
        self._pass_submission()._refuse_unpaid()

    def _pass_submission(self):
        """The gate of the submission: judge anew, ask the controls, cut to what is allowed, take the invoices.

        :return: those of which the policy pays nothing, and which are to be refused
        :raise UserError: a verdict waits for something
        :raise ControlError: by a control
        """
        concerned = self._filter_concerned()
        if not concerned:
            return self.browse()
        concerned._judge()
        concerned._refuse_waiting()
        concerned._check_controls("expense_submit")
        unpaid = concerned._cut_to_allowed()
        Use = self.env["business.invoice.use"].sudo()
        taking = (concerned - unpaid).sudo()
        Use._take(taking - taking.browse().union(*Use._find_uses(taking)))
        return unpaid

    def _filter_concerned(self):
        """Those that the policy, or one of its controls, says anything about."""
        return self.filtered(lambda expense: (
            expense.travel_kind or expense.invoice_number or expense.travel_request_id
            or expense.product_id.travel_needs_receipt or expense.product_id.travel_needs_trip
        ))

    def _refuse_waiting(self):
        """A verdict that waits for something holds the submission.

        :raise UserError: saying what it waits for
        """
        waiting = self.filtered(lambda expense: expense.verdict == "waits")
        if waiting:
            raise UserError("\n".join(f"{expense.display_name}: {expense.allowed_reason}" for expense in waiting))

    def _cut_to_allowed(self):
        """Pay what is allowed where the control lets the rest go with a note.

        :return: those of which nothing is left
        """
        over_policy = self.env["business.control"]._get_by_code("travel.over_policy")
        unpaid = self.browse()
        for company, expenses in self.grouped("company_id").items():
            if over_policy._get_mode(company) != "notify":
                continue
            for expense in expenses.filtered(lambda expense: expense.verdict in ("cut", "none")):
                if expense.verdict == "none":
                    unpaid |= expense
                else:
                    expense._cut(expense.allowed_amount)
        return unpaid

    def _refuse_unpaid(self):
        """Refuse what the policy does not pay at all, and say why."""
        for expense in self._as_engine():
            expense.write({"approval_state": "refused"})
            expense._message_log(body=self.env._("Not paid. %s", expense.allowed_reason or ""))

    # --- findings

    def _find_breaches(self, moment):
        """EXTENDS the control mixin: what needs approval goes along with the request of the claim."""
        findings = super()._find_breaches(moment)
        if moment != "expense_submit" or self.env.context.get("business_claim_route") is not CLAIM_ROUTE:
            return findings
        kept = {
            expense: [finding for finding in found if finding.mode != "approve"] for expense, found in findings.items()
        }
        return {expense: found for expense, found in kept.items() if found}

    def _explain_finding(self, finding):
        citation = finding.control._get_citation()
        if finding.mode == "approve" and finding.moment == "expense_submit":
            return self.env._("[%s] Needs approval: it is submitted with a claim, whose route decides.", citation)
        if finding.mode != "notify" and finding.moment == "expense_approve":
            return self.env._("[%s] Submit it with a claim; its route decides.", citation)
        if finding.mode != "notify" and finding.moment == "expense_change":
            return self.env._("[%s] Have it sent back or reset to draft first, then change and submit it again.", citation)
        return super()._explain_finding(finding)

    def _get_banner_moment(self):
        return "expense_submit" if self._is_open() and self._filter_concerned() else ""

    def _get_banner_depends(self):
        return [
            *super()._get_banner_depends(), "approval_state", "allowed_amount", "invoice_number", "invoice_seller",
            "attachment_ids", "travel_request_id", "date",
        ]

    @control("travel.expense_route", moment="expense_approve")
    def _check_expense_route(self):
        """RG-3.7, IC-8: an expense is approved with its claim; every other way is seen here (attack 18)."""
        return {
            expense: Breach(self.env._("It is approved outside the route of a claim."), amount=expense.total_amount,
                            currency=expense.company_currency_id)
            for expense in self
        }

    @control("travel.own_expense", moment="expense_approve")
    def _check_own_expense(self):
        """IC-7: nobody approves what he claims or entered himself."""
        return {
            expense: Breach(self.env._("%s approves an expense of his own.", self.env.user.name))
            for expense in self if self.env.user in (expense.employee_id.user_id, expense.create_uid)
        }

    @control("travel.amount_locked", moment="expense_change")
    def _check_amount_locked(self):
        """RL-4.3: what was submitted is what is decided and paid (attack 17)."""
        changes = self.env.context.get("business_expense_changes")
        if not isinstance(changes, ExpenseChanges):
            return {}
        return {
            expense: Breach(self.env._("Changed after it was submitted: %s", changes.by_expense[expense.id]))
            for expense in self if expense.id in changes.by_expense
        }
