# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The settlement sheet of a claim (差旅费报销单): what is printed, signed and filed with the receipts."""
from odoo import fields, models

from ...policy.amount_in_words import amount_in_words
from ...policy.travel import allowance_days
from .hr_expense import APPROVED

MINUTES = "%Y-%m-%d %H:%M"


class BusinessExpenseClaim(models.Model):
    _inherit = "business.expense.claim"

    def _get_settlement_sheet(self):
        """What the printed sheet says, in sudo: who may read the claim may print it.

        :return: ``legs`` and ``others``, rows of ``{what, note, receipts, claimed, paid, reason}``, legs with places and times;
            ``claimed`` and ``paid``, the totals; ``words``, the total in words; ``receipts``, how many papers are attached;
            ``advances`` and ``advance``, what was handed out; ``out`` and ``back``, what is to be paid out or returned;
            ``signatures``, ``[(step, name, date)]``
        :rtype: dict
        :raise AccessError: the report is asked for by its address with the number of somebody else's claim
        """
        self.ensure_one()
        self.check_access("read")
        claim = self.sudo()
        legs = [claim._describe_leg_row(leg, claim.expense_ids.filtered(lambda expense, leg=leg: expense.travel_leg_id == leg))
                for leg in claim._get_sheet_legs()]
        others = [
            claim._describe_expense_row(expense)
            for expense in claim.expense_ids.filtered(lambda expense: not expense.travel_leg_id).sorted(_order_on_sheet)
        ]
        paid = sum(row["paid"] for row in (*legs, *others))
        advances = claim._get_sheet_advances()
        # what came back of an advance stands on the sheet of the claim that settled it last
        returned = sum(advances.filtered(
            lambda advance: advance.settlement_ids.sorted("id")[-1:].travel_claim_id == claim).mapped("returned_amount"))
        return {
            "legs": legs,
            "others": others,
            "claimed": sum(row["claimed"] for row in (*legs, *others)),
            "paid": paid,
            "words": amount_in_words(paid),
            "receipts": sum(row["receipts"] for row in (*legs, *others)),
            "advances": ", ".join(advances.mapped("name")),
            "advance": claim.advance_settled_amount + claim.advance_open_amount + returned,
            "out": claim.pay_out_amount,
            "back": claim.give_back_amount + returned,
            "signatures": claim._get_sheet_signatures(),
        }

    def _get_sheet_legs(self):
        """The rides of the trip on which the person claims something, or all of the trip when he claims none of them."""
        claimed = self.expense_ids.travel_leg_id
        return (claimed or self.travel_request_id.leg_ids).sorted(
            lambda leg: (leg.ticket_departure or leg.departure, leg.id))

    def _describe_leg_row(self, leg, expenses):
        departure, arrival = (
            self.employee_id._get_travel_time(moment).strftime(MINUTES)
            for moment in (leg.ticket_departure or leg.departure, leg.ticket_arrival or leg.arrival)
        )
        return {
            "departure": departure,
            "from": leg.from_id.name,
            "arrival": arrival,
            "to": leg.to_id.name,
            "by": ", ".join((expenses.transport_class_id or leg.class_id).mapped("name")),
            **_sum_rows([self._describe_expense_row(expense) for expense in expenses]),
        }

    def _describe_expense_row(self, expense):
        kinds = dict(expense._fields["travel_kind"]._description_selection(self.env))
        return {
            "what": kinds.get(expense.travel_kind) or expense.product_id.name or self.env._("Other"),
            "date": expense.date,
            "note": self._describe_allowance(expense) or self._describe_guests(expense),
            "receipts": expense.nb_attachment,
            "claimed": expense.claimed_amount or expense.total_amount,
            "paid": _get_paid(expense),
            "reason": expense.allowed_reason or "",
        }

    def _describe_guests(self, expense):
        """The description, with all who used the room (TE-2.7.3)."""
        guests = ", ".join(expense.guest_ids.mapped("name"))
        return f"{expense.name} ({guests})" if guests else expense.name or ""

    def _describe_allowance(self, expense):
        """The days of a trip that count and what each gives, as the policy has them (TE-3); empty for other expenses."""
        trip = expense.travel_request_id
        legs = trip._get_legs() if expense.travel_kind == "allowance" else trip.leg_ids.browse()
        if not legs:
            return ""
        departure, arrival = (
            expense.employee_id._get_travel_time(moment) for moment in (
                legs[0].ticket_departure or legs[0].departure, legs[-1].ticket_arrival or legs[-1].arrival))
        policies = self.env["business.travel.policy"]._get_policies(self.company_id, [departure.date(), arrival.date()])
        if len(set(policies.values())) != 1:
            return ""  # none, or another one from some day of the trip on: the reason beside it says what each day gave
        rules = policies[departure.date()]._get_rules()
        days = allowance_days(departure, arrival, rules.noon, trip._get_hosted_days(expense.employee_id))
        return self.env._(
            "%(days)g days × %(amount)s: %(note)s", days=sum(day.share for day in days), note=expense.name or "",
            amount=self.currency_id.format(rules.allowance_per_day),
        )

    def _get_sheet_advances(self):
        """The advances that the claim is, or may be, settled with."""
        return self.settlement_ids.travel_advance_id | self._get_settleable_advances()[self]

    def _get_sheet_signatures(self):
        """Who approved, in the order of the route: ``[(step, name, date)]``; blank where nobody has decided yet."""
        approval = self.approval_id
        rows = []
        for step in approval.step_ids.sorted(lambda step: (step.sequence, step.id)):
            decided = step.approver_ids.filtered(lambda row: row.state == "approved")
            rows.append((step.name, ", ".join(decided.user_id.mapped("name")), max(
                (fields.Datetime.context_timestamp(self, row.date).date() for row in decided if row.date),
                default=False)))
        return rows


def _get_paid(expense):
    """What is paid for an expense; as long as nobody has decided, what the policy allows."""
    if expense.state == "refused":
        return 0.0
    return expense.total_amount if expense.state in APPROVED or not expense.verdict else expense.allowed_amount


def _order_on_sheet(expense):
    """Lodging, allowance, rides without a ticket, then the rest; by day."""
    order = ("lodging", "town_lodging", "allowance", "transport", "taxi")
    kind = expense.travel_kind
    return order.index(kind) if kind in order else len(order), expense.date or fields.Date.today(), expense.id


def _sum_rows(rows):
    """Several expenses of one ride in one row."""
    return {
        "what": ", ".join(dict.fromkeys(row["what"] for row in rows)),
        "note": "; ".join(row["note"] for row in rows),
        "receipts": sum(row["receipts"] for row in rows),
        "claimed": sum(row["claimed"] for row in rows),
        "paid": sum(row["paid"] for row in rows),
        "reason": "; ".join(row["reason"] for row in rows if row["reason"]),
    }
