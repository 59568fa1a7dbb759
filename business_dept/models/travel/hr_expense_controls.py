# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.tools import format_date

from ...controls import Breach, control
from ...policy.travel import days_late


class HrExpense(models.Model):
    """What is asked of an expense when it is submitted."""

    _inherit = "hr.expense"

    @control("travel.over_policy", moment="expense_submit")
    def _check_over_policy(self):
        """TE-0: expenses are paid within the standard, and the message says why."""
        return {
            expense: Breach(
                self.env._(
                    "Claimed %(claimed)s, allowed %(allowed)s. %(why)s",
                    claimed=expense.company_currency_id.format(expense.total_amount),
                    allowed=expense.company_currency_id.format(expense.allowed_amount), why=expense.allowed_reason or "",
                ),
                amount=expense.total_amount - expense.allowed_amount, currency=expense.company_currency_id,
            )
            for expense in self if expense.verdict in ("cut", "none")
            and expense.company_currency_id.compare_amounts(expense.total_amount, expense.allowed_amount) > 0
        }

    @control("travel.no_trip", moment="expense_submit")
    def _check_no_trip(self):
        """TE-2: travel is claimed for a trip or errand that was approved."""
        breaches = {}
        for expense in self.filtered(lambda expense: expense.product_id.travel_needs_trip):
            if not expense.travel_request_id:
                breaches[expense] = Breach(self.env._("It belongs to no trip or errand."))
            elif expense.travel_request_id.state not in ("approved", "done"):
                breaches[expense] = Breach(self.env._("Its trip %s is not approved.", expense.travel_request_id.name))
        return breaches

    @control("travel.receipt_missing", moment="expense_submit")
    def _check_receipt_missing(self):
        """RG-3.7, SR-2.2: true claims have receipts. A train fare that was entered needs its evidence."""
        return {
            expense: Breach(self.env._("The receipt is not attached."))
            for expense in self
            if (expense.product_id.travel_needs_receipt or expense.train_fare) and not expense.nb_attachment
        }

    @control("travel.invoice_reused", moment="expense_submit")
    def _check_invoice_reused(self):
        """RG-3.7, SR-2.2: an invoice is claimed once in the company, ever."""
        uses = self.env["business.invoice.use"]._find_uses(self)
        others = self.browse().union(*(use[0] for use in uses.values()))
        readable = others.with_user(self.env.user)._filtered_access("read") if others else others
        breaches = {}
        for expense, (other, employee, date) in uses.items():
            values = {"number": expense.invoice_number, "who": employee.name, "date": format_date(self.env, date.date())}
            breaches[expense] = Breach(
                self.env._("Invoice %(number)s was claimed by %(who)s on %(date)s, with “%(expense)s”.",
                           expense=other.name, **values)
                if other.id in readable.ids
                else self.env._("Invoice %(number)s was claimed by %(who)s on %(date)s already.", **values)
            )
        return breaches

    @control("travel.deadline", moment="expense_submit")
    def _check_deadline(self):
        """RG-3.7: expenses are claimed promptly, within the days of the policy after the trip or the expense."""
        ends = {
            expense: expense.travel_request_id.date_to or expense.night_to or expense.date for expense in self
        }
        breaches = {}
        for company, expenses in self.grouped("company_id").items():
            today = fields.Date.context_today(self)
            policies = self.env["business.travel.policy"]._get_policies(company, [today, *filter(None, ends.values())])
            rules = {policy: policy._get_rules() for policy in set(policies.values())}
            now = fields.Datetime.now()
            for expense in expenses:
                end = ends[expense]
                policy = policies.get(end) or policies.get(today)  # a day before the first policy is no way around it
                if not end or policy is None:
                    continue
                rule = rules[policy]
                late = days_late(end, expense.employee_id._get_travel_time(now).date(), rule)
                if late:
                    breaches[expense] = Breach(self.env._(
                        "Claimed %(late)s days late: within %(days)s days of %(date)s.",
                        late=late, days=rule.claim_days, date=format_date(self.env, end),
                    ), amount=late)
        return breaches
