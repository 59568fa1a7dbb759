# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..foundation.approval_mixin import ENGINE
from ..foundation.races import touch
from .hr_expense_verdict import ExpenseJudge
from .travel_leg import TICKET_FIELDS

LODGING_KINDS = ("lodging", "town_lodging")


class BusinessTravelRequest(models.Model):
    """From an approved trip to the traveller's claim."""

    _inherit = "business.travel.request"

    is_traveller = fields.Boolean(string="I Travel", compute="_compute_is_traveller")

    @api.depends_context("uid")
    @api.depends("traveller_ids")
    def _compute_is_traveller(self):
        for request in self:
            request.is_traveller = request._is_traveller()

    def action_make_claim(self):
        """Make the draft expenses of the current user's share of the trip: one for each way, lodging by the nights, the
        allowance by the times of the tickets. Pressed again, it adds what is missing and makes nothing twice.

        :return: the claim to open
        :raise AccessError: the user is no traveller
        :raise UserError: the trip is not approved
        """
        self.ensure_one()
        self.check_access("read")
        employee = self._get_travellers().filtered(lambda traveller: traveller.user_id == self.env.user)[:1]
        if not employee:
            raise AccessError(self.env._("Each traveller claims for himself; you are none of this trip."))
        trip = self.sudo()
        if trip.state not in ("approved", "done"):
            raise UserError(self.env._("%s is not approved: a claim is made of approved trips.", trip.name))
        touch(employee)  # pressed twice at once, the second is tried again and sees what the first made
        claims = self.env["business.expense.claim"].sudo().search([
            ("travel_request_id", "=", trip.id), ("employee_id", "=", employee.id)], order="id desc")
        values = trip._prepare_missing_expenses(employee)
        claim = claims.filtered(lambda claim: claim.state == "draft")[:1]
        if values or not claims:
            claim = claim or claims._make(employee, trip.company_id, trip)
            made = self.env["hr.expense"].with_context(
                business_engine=ENGINE, allowed_company_ids=trip.company_id.ids,
            ).sudo().create([{**line, "claim_id": claim.id} for line in values]).with_env(trip.env)
            made._judge()
            made._fill_allowances()
        claim = claim or claims[:1]
        return claim.with_env(self.env)._get_records_action()

    def _prepare_missing_expenses(self, employee):
        """Values of the expenses of a traveller that nobody made yet.

        :param employee: ``hr.employee`` who travels
        :rtype: list[dict]
        """
        self.ensure_one()
        made = self.env["hr.expense"].sudo().search([
            ("travel_request_id", "=", self.id), ("employee_id", "=", employee.id),
            "|", ("approval_state", "=", False), ("approval_state", "!=", "refused"),
        ])
        common = {"employee_id": employee.id, "company_id": self.company_id.id, "travel_request_id": self.id}
        values, legs = [], self._get_legs()
        for leg in legs - made.travel_leg_id:
            if leg.class_id.mode == "company_car":
                continue
            kind = "taxi" if self.kind == "errand" and leg.class_id.mode == "taxi" else "transport"
            values.append({
                **common, "product_id": self._get_category(kind).id, "travel_leg_id": leg.id,
                "name": f"{leg.from_id.name} → {leg.to_id.name} · {leg.class_id.name}",
                "date": employee._get_travel_time(leg.ticket_departure or leg.departure).date(),
            })
        for lodging in self.lodging_ids:
            if any(
                expense.travel_kind in LODGING_KINDS and expense.place_id == lodging.place_id
                and expense.night_from and expense.night_from < lodging.date_to and expense.night_to > lodging.date_from
                for expense in made
            ):
                continue
            kind = "town_lodging" if lodging.place_id == self.company_id.travel_town_id else "lodging"
            values.append({
                **common, "product_id": self._get_category(kind).id, "place_id": lodging.place_id.id,
                "night_from": lodging.date_from, "night_to": lodging.date_to, "date": lodging.date_to,
                "name": self.env._("Lodging in %s", lodging.place_id.name),
            })
        if self.kind == "trip" and legs and "allowance" not in made.mapped("travel_kind"):
            values.append({
                **common, "product_id": self._get_category("allowance").id, "name": self.env._("Allowance"),
                "date": self.date_to,
            })
        return values

    def _get_category(self, kind):
        """The expense category of a kind: the one of the company, else that of all.

        :param str kind: a travel kind
        :return: ``product.product``
        :raise UserError: there is none
        """
        product = self.env["product.product"].sudo().search([
            ("travel_kind", "=", kind), ("can_be_expensed", "=", True), ("company_id", "in", (self.company_id.id, False)),
        ], order="company_id, id", limit=1)
        if not product:
            label = dict(self.env["hr.expense"]._fields["travel_kind"]._description_selection(self.env))[kind]
            raise UserError(self.env._("There is no expense category for “%s”. Ask finance to set one up.", label))
        return product


class BusinessTravelLeg(models.Model):
    _inherit = "business.travel.leg"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & (TICKET_FIELDS | {"departure", "arrival", "class_id", "from_id", "to_id"}):
            self.request_id._rejudge_drafts()
        return result


class BusinessTravelHosted(models.Model):
    _inherit = "business.travel.hosted"

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.request_id._rejudge_drafts()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.request_id._rejudge_drafts()
        return result

    def unlink(self):
        requests = self.request_id
        result = super().unlink()
        requests._rejudge_drafts()
        return result


class BusinessTravelRequestFacts(models.Model):
    _inherit = "business.travel.request"

    def _rejudge_drafts(self):
        """The facts of these trips changed: their drafts are judged anew, and allowances follow the tickets."""
        if not self.ids:
            return
        drafts = self.env["hr.expense"].sudo().search([
            ("travel_request_id", "in", self.ids), ("approval_state", "=", False), ("travel_kind", "!=", False)])
        drafts._judge_drafts()
        drafts._fill_allowances()


class HrExpense(models.Model):
    _inherit = "hr.expense"

    def _fill_allowances(self):
        """What is asked as allowance is what the tickets give."""
        drafts = self.filtered(lambda expense: expense.travel_kind == "allowance" and expense._is_open())
        for company, expenses in drafts.grouped("company_id").items():
            judge = ExpenseJudge(expenses.with_company(company))
            filled = expenses.browse()
            for expense in expenses:
                full = judge.get_full_allowance(expense)
                if full is not None and expense.company_currency_id.compare_amounts(full, expense.total_amount) != 0:
                    expense._as_engine().write({"total_amount_currency": full, "total_amount": full})
                    filled |= expense
            if filled:
                filled._judge()
