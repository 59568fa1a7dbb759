# Part of business_dept. See LICENSE file for full copyright and licensing details.
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import float_round, formatLang

from ...policy.travel import Guest, Night, allowance_days, judge_allowance, judge_transport, share_rooms

RESTRICTION = {"allowed": 0, "request": 1, "never": 2}
"""The permissions, from the freest one on."""


class BusinessTravelRequest(models.Model):
    """What a trip will cost by the policy, for each traveller (TE-2, TE-3).

    The estimate follows the plan until the trip is approved; then it stays as it was approved.
    """

    _inherit = "business.travel.request"

    estimated_amount = fields.Monetary(
        string="Estimated Cost", compute="_compute_estimate", store=True, compute_sudo=True, copy=False, aggregator="sum",
        help="Fares, lodging up to the caps, and allowance of all travellers, by the travel policy.",
    )
    estimate = fields.Json(string="Estimate Data", compute="_compute_estimate", store=True, compute_sudo=True, copy=False)
    estimate_html = fields.Html(string="Estimate", compute="_compute_estimate_html", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends(
        "kind", "company_id", "traveller_ids", "departure", "arrival", "date_from", "wants_town_lodging",
        "leg_ids.class_id", "leg_ids.estimated_fare", "leg_ids.departure", "leg_ids.from_id", "leg_ids.to_id",
        "lodging_ids.place_id", "lodging_ids.date_from", "lodging_ids.date_to", "hosted_ids.date", "hosted_ids.employee_ids",
    )
    def _compute_estimate(self):
        planned = self.filtered(lambda request: not request.date_approved)
        for request in self - planned:
            request.estimated_amount, request.estimate = request.estimated_amount, request.estimate
        for company, requests in planned.grouped("company_id").items():
            policies = requests._get_travel_policies(company)
            for request in requests:
                rows = request._estimate_travellers(policies)
                request.estimate = rows
                request.estimated_amount = sum(row["total"] for row in rows)

    @api.depends("estimate", "currency_id")
    @api.depends_context("lang")
    def _compute_estimate_html(self):
        for request in self:
            request.estimate_html = request._render_estimate()

    def _refresh_estimate(self):
        """Estimate anew: grades or the policy may have changed since the plan was made."""
        requests = self.sudo()
        for name in ("estimated_amount", "estimate"):
            self.env.add_to_compute(self._fields[name], requests)

    # === ARITHMETIC === #

    def _get_travel_policies(self, company):
        """The policies of the days of these requests, in one statement.

        :return: ``{date: policy}``
        """
        days = {day for request in self for day in (request.date_from, *request._get_nights())}
        days |= {leg._get_day() for leg in self.leg_ids}
        return self.env["business.travel.policy"]._get_policies(company, days - {False})

    def _get_nights(self):
        """``{date of the evening: place}`` of the lodging plan."""
        self.ensure_one()
        return {
            row.date_from + timedelta(days=number): row.place_id
            for row in self.lodging_ids if row.date_from and row.date_to and row.place_id
            for number in range((row.date_to - row.date_from).days)
        }

    def _estimate_travellers(self, policies):
        """What each traveller will cost.

        :param dict policies: ``{date: policy}``
        :return: rows of plain figures, see ``_render_estimate``
        :rtype: list[dict]
        """
        self.ensure_one()
        grades = self.env["business.staff.grade"]._get_of(self.traveller_ids)
        lodging, uncapped = self._estimate_lodging(policies, grades)
        policy, rounding = policies.get(self.date_from), self.currency_id.rounding or 0.01
        rows = []
        for employee in self.traveller_ids:
            transport = sum(
                judge_transport(
                    leg.estimated_fare, leg._get_permission(policies, grades[employee]) or "allowed", approved=True,
                    is_plane=leg.class_id.mode == "plane",
                ).allowed or 0.0
                for leg in self.leg_ids
            )
            days, allowance = self._estimate_allowance(employee, policy)
            row = {
                "employee_id": employee._origin.id, "name": employee.name,
                "transport": float_round(transport, precision_rounding=rounding),
                "lodging": float_round(lodging[employee.id], precision_rounding=rounding), "uncapped": uncapped[employee.id],
                "days": days, "allowance": allowance,
                "no_policy": bool(self.date_from and not policy), "no_grade": not employee.sudo().staff_grade_id,
            }
            row["total"] = float_round(
                row["transport"] + row["lodging"] + row["allowance"], precision_rounding=rounding)
            rows.append(row)
        return rows

    def _estimate_allowance(self, employee, policy):
        """Days and allowance of a traveller by the planned times (TE-3.1 to TE-3.4)."""
        town = self.company_id.travel_town_id
        in_town = self.kind == "errand" or bool(town and not (self.leg_ids.from_id | self.leg_ids.to_id) - town)
        if in_town or not (policy and self.departure and self.arrival):
            return 0.0, 0.0
        start, end = employee._get_travel_time(self.departure), employee._get_travel_time(self.arrival)
        rules, hosted = policy._get_rules(), self._get_hosted_days(employee)
        days = sum(day.share for day in allowance_days(start, end, rules.noon, hosted))
        return days, judge_allowance(days * rules.allowance_per_day, start, end, rules, hosted).allowed

    def _estimate_lodging(self, policies, grades):
        """Caps of the nights of all travellers, shared rooms shared (TE-2.7).

        :return: ``({employee id: amount}, {employee id: nights without a cap})``
        """
        amounts, uncapped = defaultdict(float), defaultdict(int)
        for date, place in self._get_nights().items():
            if not (policy := policies.get(date)):
                continue
            rules = policy._get_rules()
            if self.kind == "errand":
                for employee in self.traveller_ids:
                    amounts[employee.id] += rules.town_lodging_cap if self.wants_town_lodging else 0.0
                continue
            guests = [
                Guest(
                    employee.id, employee.sex if employee.sex in ("male", "female") else None,
                    grades[employee].shares_rooms, policy._get_lodging_cap(grades[employee], place),
                ) for employee in self.traveller_ids
            ]
            night = Night(place.id, date)
            for room in share_rooms({night: guests}, rules)[night]:
                for key in room.guests:
                    amounts[key] += (room.cap or 0.0) / len(room.guests)
                    uncapped[key] += room.cap is None
        return amounts, uncapped

    # === TEXT === #

    def _render_estimate(self):
        """The estimate as a table: a row for each traveller."""
        self.ensure_one()
        rows = self.estimate or []
        if not rows:
            return False

        def money(amount):
            return formatLang(self.env, amount, currency_obj=self.currency_id)

        head = [
            self.env._("Traveller"), self.env._("Transport"), self.env._("Lodging, at most"), self.env._("Allowance"),
            self.env._("Total"),
        ]
        body = Markup().join(
            Markup("<tr><td>%s</td>%s</tr>") % (row["name"], Markup().join(
                Markup("<td class='text-end'>%s</td>") % text for text in (
                    money(row["transport"]), self._render_lodging(row, money),
                    self.env._("%(amount)s (%(days)s days)", amount=money(row["allowance"]), days=f"{row['days']:g}"),
                    money(row["total"]),
                )
            )) for row in rows
        )
        total = Markup("<tr class='fw-bold'><td colspan='4'>%s</td><td class='text-end'>%s</td></tr>") % (
            self.env._("Total"), money(self.estimated_amount))
        notes = Markup().join(
            Markup("<p class='text-warning-emphasis mt-2 mb-0'>%s</p>") % note for note in self._get_notes(rows))
        return Markup(
            "<table class='table table-sm mb-0'><thead><tr>%s</tr></thead><tbody>%s%s</tbody></table>%s",
        ) % (
            Markup().join(
                Markup("<th%s>%s</th>") % (Markup(" class='text-end'") if number else "", text)
                for number, text in enumerate(head)
            ), body, total, notes,
        )

    def _get_notes(self, rows):
        """What the estimate could not know, and who puts it right.

        :param rows: see ``_estimate_travellers``
        :rtype: list[str]
        """
        notes = []
        if any(row.get("no_policy") for row in rows):
            notes.append(self.env._(
                "No travel policy is in force on these days, so only fares are estimated. The regulation administrator drafts "
                "one under Travel Policies."))
        elif names := [row["name"] for row in rows if row.get("no_grade")]:
            notes.append(self.env._(
                "Without a staff grade, estimated as other staff: %s. Personnel sets the grade on the employee or the job.",
                ", ".join(names)))
        return notes

    def _render_lodging(self, row, money):
        if row["uncapped"]:
            return self.env._(
                "%(amount)s, %(nights)s nights without a cap", amount=money(row["lodging"]), nights=row["uncapped"])
        return money(row["lodging"])


class BusinessTravelLeg(models.Model):
    _inherit = "business.travel.leg"

    @api.depends("class_id", "departure", "request_id.traveller_ids", "request_id.company_id")
    def _compute_permission(self):
        self.permission, self.restricted_names = False, False
        legs = self.filtered(lambda leg: leg.class_id and leg.departure)
        for company, group in legs.grouped(lambda leg: leg.request_id.company_id or self.env.company).items():
            policies = self.env["business.travel.policy"]._get_policies(
                company, {leg._get_day() for leg in group})
            grades = self.env["business.staff.grade"]._get_of(group.request_id.traveller_ids)
            for leg in group:
                found = defaultdict(list)
                for employee in leg.request_id.traveller_ids:
                    if permission := leg._get_permission(policies, grades[employee]):
                        found[permission].append(employee.name)
                leg.permission = max(found, key=RESTRICTION.__getitem__, default=False)
                leg.restricted_names = ", ".join(found[leg.permission]) if leg.permission in ("request", "never") else False

    def _get_day(self):
        """The day on which the way begins, on the clock of who asks for the trip, as the verdict counts it (TE-3.1)."""
        self.ensure_one()
        return self.departure and self.request_id.employee_id._get_travel_time(self.departure).date()

    def _get_permission(self, policies, grade):
        """Whether a grade may go by the means of this way; empty without a policy on its day.

        :param dict policies: ``{date: policy}``
        :param grade: ``business.staff.grade``
        """
        self.ensure_one()
        policy = policies.get(self._get_day())
        return policy._get_permission(grade, self.class_id) if policy and self.class_id else ""
