# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from ..foundation.races import touch
from .hr_expense_route import CLAIM_ROUTE


class BusinessExpenseClaim(models.Model):
    """The route of a claim: manager, finance, executive office above an amount; its expenses follow it (attacks 17, 18)."""

    _inherit = "business.expense.claim"
    _approval_fields = (
        "employee_id", "company_id", "travel_request_id", "note",
        "expense_ids.name", "expense_ids.date", "expense_ids.product_id", "expense_ids.claimed_amount",
        "expense_ids.allowed_amount", "expense_ids.allowed_reason", "expense_ids.total_amount",
        "expense_ids.total_amount_currency", "expense_ids.currency_id", "expense_ids.payment_mode", "expense_ids.employee_id",
        "expense_ids.travel_leg_id", "expense_ids.place_id", "expense_ids.night_from", "expense_ids.night_to",
        "expense_ids.guest_ids", "expense_ids.taxi_from", "expense_ids.taxi_to", "expense_ids.ride_start",
        "expense_ids.ride_end", "expense_ids.invoice_number", "expense_ids.invoice_seller",
    )

    def _get_approval_moment(self):
        return "submit"

    def _get_banner_moment(self):
        return "submit" if self.state == "draft" and self.expense_ids else ""

    def _get_banner_depends(self):
        return [
            *super()._get_banner_depends(), "state", "expense_ids", "expense_ids.allowed_amount", "expense_ids.total_amount",
        ]

    def _approval_authors(self):
        """EXTENDS the approval mixin: who is paid, and who entered what is paid (IC-7)."""
        claims = self.sudo()
        return super()._approval_authors() | claims.employee_id.user_id | claims.expense_ids.create_uid

    def _can_ask_approval(self, findings):
        return bool(self.expense_ids) and super()._can_ask_approval(findings)

    def _find_breaches(self, moment):
        """EXTENDS the control mixin: to submit a claim is to submit its expenses."""
        findings = super()._find_breaches(moment)
        if moment != "submit":
            return findings
        by_expense = {expense: claim for claim in self for expense in claim._get_open_expenses()}
        expenses = self.env["hr.expense"].sudo().union(*by_expense)
        for expense, found in expenses._find_breaches("expense_submit").items():
            for finding in found:
                findings[by_expense[expense]].append(self._name_expense(finding, expense))
        return findings

    def _name_expense(self, finding, expense):
        """A finding of an expense as one of its claim."""
        text = self.env._("%(expense)s: %(message)s", expense=expense.name, message=finding.breach.message)
        return type(finding)(
            finding.control, finding.mode, type(finding.breach)(text, finding.breach.amount, finding.breach.currency), "submit",
            finding.traceback,
        )

    def _submit_for_approval(self, requester=None, reason=None):
        """EXTENDS the approval mixin: the expenses pass their gate, and are submitted with the claim."""
        self.ensure_one()
        self._check_draft()
        expenses = self._get_open_expenses()
        if not expenses:
            raise UserError(self.env._("%s has no expenses to submit.", self.name))
        if empty := expenses.filtered(lambda e: e.company_currency_id.is_zero(e.total_amount)):
            raise UserError(self.env._(
                "Enter what was paid, or delete what cost nothing: %s.", ", ".join(empty.mapped("name"))))
        if missing := expenses.filtered(lambda expense: not expense.product_id):
            raise UserError(self.env._("These expenses have no category: %s.", ", ".join(missing.mapped("name"))))
        if self.travel_request_id:
            touch(self.sudo().travel_request_id)  # who writes the times of the tickets at this moment is tried again
        expenses.mapped("price_unit")  # once they are no drafts, Odoo computes it no more
        unpaid = expenses.with_context(business_claim_route=CLAIM_ROUTE)._pass_submission()
        unpaid._refuse_unpaid()
        submitted = expenses - unpaid
        if not submitted:
            raise UserError("\n".join([
                self.env._("Nothing of this claim is paid:"),
                *(f"{expense.name}: {expense.allowed_reason}" for expense in unpaid),
            ]))
        submitted._as_engine().write({"approval_state": "submitted"})
        return super()._submit_for_approval(requester=requester, reason=reason)

    #=== OUTCOME ===#

    def _get_submitted_expenses(self):
        return self.sudo().expense_ids.filtered(lambda expense: expense.approval_state == "submitted")

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        for claim in self:
            expenses = claim._get_submitted_expenses()
            last = approval.approver_ids.filtered(lambda row: row.state == "approved").sorted("date")[-1:].user_id
            expenses._as_engine().write({
                "approval_state": "approved", "approval_date": fields.Datetime.now(), "manager_id": last.id,
            })
            expenses.update_activities_and_mails()
            Event = self.env["business.control.event"]
            Event._log([
                Event._prepare_event(
                    ground.control_id, "approve", "released", claim, ground.message,
                    amount=ground.amount if ground.is_measured else None, currency=ground.currency_id,
                )
                for ground in approval.ground_ids
            ])

    def _on_approval_rejected(self, approval):
        super()._on_approval_rejected(approval)
        expenses = self._get_submitted_expenses()
        expenses._as_engine().write({"approval_state": "refused"})
        self.env["business.invoice.use"].sudo()._give_back(expenses)
        expenses.update_activities_and_mails()

    def _on_approval_sent_back(self, approval):
        super()._on_approval_sent_back(approval)
        self._reopen_expenses()

    def _on_approval_withdrawn(self, approval):
        super()._on_approval_withdrawn(approval)
        self._reopen_expenses()

    def _reopen_expenses(self):
        """Drafts again, also those of which the policy paid nothing: what is missing may be added now."""
        expenses = self.sudo().expense_ids.filtered(lambda expense: (
            expense.approval_state == "submitted" or (expense.approval_state == "refused" and expense.verdict == "none")
        ))
        expenses._as_engine().write({"approval_state": False})
        expenses._restore_claimed()
        expenses._judge_drafts()
        expenses.update_activities_and_mails()
