# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

ROWS = frozenset({"leg_ids", "hosted_ids"})
"""Rows that travellers complete after the approval; they check themselves who may write what."""


class BusinessTravelRequest(models.Model):
    """A trip or an errand in town, asked for beforehand (TE-1, TE-2, RG-3.3).

    +---------------------------+--------------------------------------+---------------------------------------------+
    | Action                    | Who                                  | Restriction                                 |
    +===========================+======================================+=============================================+
    | Read                      | requester, travellers, their         | companies of the user                       |
    |                           | managers, who is asked to decide;    |                                             |
    |                           | finance, executive, auditor: all     |                                             |
    | Create, edit, cancel      | the employee for himself, a manager  | companions of the department; locked under  |
    |                           | for his people                       | review; a change voids the approval         |
    | Submit                    | who may edit                         | no open problem, see ``_get_problems``      |
    | Approve                   | as the approval rules say            | no requester, author or traveller (IC-7)    |
    | Times of tickets, hosted  | travellers, who may edit             | after the approval, until an expense of the |
    | days                      |                                      | trip is approved                            |
    | State, dates, estimate    | the engine only                      | no client writes them                       |
    +---------------------------+--------------------------------------+---------------------------------------------+
    """

    _name = "business.travel.request"
    _description = "Travel Request"
    _inherit = ["business.travel.asked.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "purpose", "route"]
    _check_company_auto = True
    _allow_sudo_commands = False
    _mail_post_access = "read"
    _ended_states = ("done", "cancelled")

    _engine_fields = frozenset({
        "name", "state", "route", "departure", "arrival", "date_approved", "date_done", "date_cancelled", "estimated_amount",
        "estimate", "expense_ids",
    })

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    kind = fields.Selection(
        selection=[("trip", "Trip"), ("errand", "Errand in town")], required=True, default="trip", index=True,
        help="An errand stays in the town of the company: no allowance, public transport first (TE-1, TE-3).",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", string="Requested by", required=True, index=True, ondelete="restrict", check_company=True,
        default=lambda self: self.env.user.employee_id, tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_department_id", store=True, readonly=False, index="btree_not_null",
        check_company=True, compute_sudo=True,
    )
    traveller_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_travel_request_traveller_rel", column1="request_id",
        column2="employee_id", string="Travellers", check_company=True,
        default=lambda self: self.env.user.employee_id, help="All who travel, the requester among them if he does.",
    )
    purpose = fields.Char(string="Purpose of the Trip", required=True, tracking=True)
    customer_ids = fields.Many2many(
        comodel_name="res.partner", relation="business_travel_request_customer_rel", column1="request_id",
        column2="partner_id", string="Customers to Visit", check_company=True,
    )
    leg_ids = fields.One2many(
        comodel_name="business.travel.leg", inverse_name="request_id", string="Ways", copy=True)
    lodging_ids = fields.One2many(
        comodel_name="business.travel.lodging", inverse_name="request_id", string="Lodging Plan", copy=True)
    hosted_ids = fields.One2many(
        comodel_name="business.travel.hosted", inverse_name="request_id", string="Hosted Days", copy=False)
    route = fields.Char(string="Itinerary", compute="_compute_period", store=True, compute_sudo=True)
    departure = fields.Datetime(compute="_compute_period", store=True, compute_sudo=True)
    arrival = fields.Datetime(string="Back", compute="_compute_period", store=True, compute_sudo=True)
    date_from = fields.Date(
        string="From Day", compute="_compute_date_from", store=True, readonly=False, compute_sudo=True, index=True,
        help="By the first way, on the clock of the requester.",
    )
    date_to = fields.Date(string="To Day", compute="_compute_date_to", store=True, readonly=False, compute_sudo=True)
    wants_taxi = fields.Boolean(string="Taxi in Town", help="Leave to go by taxi instead of public transport (TE-1.2).")
    wants_town_lodging = fields.Boolean(
        string="Lodging in Town", help="Leave to stay the night in town instead of going home (TE-2.7.2).")
    advance_wanted = fields.Monetary(help="Money to take along (借支).")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", required=True, index=True, copy=False,
        tracking=True, group_expand=True,
    )
    date_approved = fields.Datetime(string="Approved On", readonly=True, copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    expense_ids = fields.One2many(comodel_name="hr.expense", inverse_name="travel_request_id", readonly=True)
    vehicle_request_ids = fields.One2many(
        comodel_name="business.vehicle.request", inverse_name="travel_request_id", readonly=True)
    problems = fields.Text(
        compute="_compute_problems", compute_sudo=True, help="What has to be put right before it is submitted.")
    can_edit = fields.Boolean(compute="_compute_rights")
    can_complete = fields.Boolean(string="Can Enter Times of Tickets", compute="_compute_rights")

    _check_advance = models.Constraint("CHECK (advance_wanted >= 0)", "An advance cannot be negative.")
    _check_period = models.Constraint("CHECK (date_to >= date_from)", "A trip does not end before it begins.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "route", "kind", "purpose")
    def _compute_display_name(self):
        for request in self:
            where = request.purpose if request.kind == "errand" else request.route
            request.display_name = " · ".join(filter(None, (request.name if request.name != "/" else "", where))) or False

    @api.depends("employee_id")
    def _compute_department_id(self):
        for request in self:
            request.department_id = request.employee_id.department_id

    @api.depends("leg_ids.departure", "leg_ids.arrival", "leg_ids.from_id", "leg_ids.to_id")
    def _compute_period(self):
        for request in self:
            legs = request._get_legs()
            request.departure = legs[:1].departure
            request.arrival = max(legs.mapped("arrival"), default=False)
            stops = [*legs[:1].from_id, *(leg.to_id for leg in legs)]
            request.route = " → ".join(place.name for place in stops if place) or False

    @api.depends("departure", "employee_id")
    def _compute_date_from(self):
        for request in self:
            moment = request.departure
            request.date_from = request.employee_id._get_travel_time(moment).date() if moment else request.date_from

    @api.depends("arrival", "employee_id")
    def _compute_date_to(self):
        for request in self:
            moment = request.arrival
            request.date_to = request.employee_id._get_travel_time(moment).date() if moment else request.date_to

    @api.depends("approval_ids.state", "date_done", "date_cancelled")
    def _compute_state(self):
        for request in self:
            match request.approval_state:
                case _ if request.date_cancelled:
                    request.state = "cancelled"
                case "pending":
                    request.state = "review"
                case "approved":
                    request.state = "done" if request.date_done else "approved"
                case _:
                    request.state = "draft"

    @api.depends(
        "kind", "employee_id", "traveller_ids", "date_from", "date_to", "company_id.travel_town_id", "state",
        "leg_ids.departure", "leg_ids.arrival", "leg_ids.from_id", "leg_ids.to_id", "leg_ids.class_id", "leg_ids.reason",
        "lodging_ids.place_id", "lodging_ids.date_from", "lodging_ids.date_to", "hosted_ids.date",
    )
    @api.depends_context("lang")
    def _compute_problems(self):
        drafts = self.filtered(lambda request: request.state == "draft")
        (self - drafts).problems = False
        busy = drafts._get_busy()
        drafts.leg_ids.mapped("permission")  # of all at once, for the ways of one request know nothing of the others
        for request in drafts:
            request.problems = "\n".join(request._get_problems(busy.get(request._origin, {}))) or False

    @api.depends("employee_id", "traveller_ids", "state")
    @api.depends_context("uid")
    def _compute_rights(self):
        for request in self:
            editor = not request._origin or request._is_editor()
            request.can_edit = editor and request.state in ("draft", "approved")
            request.can_complete = request.state in ("approved", "done") and (editor or request._is_traveller())

    #=== ONCHANGE METHODS ===#

    @api.onchange("employee_id")
    def _onchange_employee_id(self):
        if self.employee_id and len(self.traveller_ids) < 2:
            self.traveller_ids = self.employee_id

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        requests = super(BusinessTravelRequest, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        requests = requests.with_env(self.env)
        requests._follow_ways()
        requests._refuse_strangers()
        requests._refuse_foreign_budgets()
        requests._refuse_hidden_customers({})
        return requests

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - ROWS - UNLOCKED:
            self._check_editor()
            self._check_open()
        before = {request: request.customer_ids for request in self.sudo()} if "customer_ids" in vals else {}
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to"}:
            self._follow_ways()
        if vals.keys() & {"employee_id", "traveller_ids"}:
            self._refuse_strangers()
        if vals.keys() & {"employee_id", "department_id"}:
            self._refuse_foreign_budgets()
        if before:
            self._refuse_hidden_customers(before)
        return result

    def _follow_ways(self):
        """The days of a trip follow from its ways, whatever a client says beside them."""
        requests = self.sudo().filtered("departure")
        for name in ("date_from", "date_to"):
            self.env.add_to_compute(self._fields[name], requests)

    def _refuse_strangers(self):
        """Refuse a request for people whom the user cannot ask for.

        :raise AccessError: everybody asks for himself, with companions of his department; a manager for his people
        """
        if self.env.su:
            return
        user = self.env.user
        for request in self.sudo():
            requester = request.employee_id
            if requester.user_id != user and not requester._is_led_by(user):
                raise AccessError(self.env._(
                    "You ask for trips of your own. %s asks himself, or his manager for him.", requester.name))
            strangers = (request.traveller_ids - requester).filtered(
                lambda employee, requester=requester: not employee._is_companion_of(requester) and employee.user_id != user
                and not employee._is_led_by(user))
            if strangers:
                raise AccessError(self.env._(
                    "%(people)s: not of the department of %(requester)s. Their own department asks for them.",
                    people=", ".join(strangers.mapped("name")), requester=requester.name,
                ))

    def _refuse_foreign_budgets(self):
        """J1-2.3: a trip is paid from the budget of the people who travel, or of who asked.

        :raise AccessError: another department, or none
        """
        if self.env.su:
            return
        for request in self.sudo():
            people = request.employee_id | request.traveller_ids
            if request.employee_id.department_id and request.department_id not in people.department_id:
                raise AccessError(self.env._(
                    "A trip of %(requester)s is paid from the budget of %(department)s, or of the department of who travels "
                    "along.", requester=request.employee_id.name, department=request.employee_id.department_id.name,
                ))

    def _refuse_hidden_customers(self, before):
        """Nobody names a customer whom he may not see.

        :param dict before: ``{request: customers}`` that were named already
        """
        for request in self.sudo():
            named = request.customer_ids - before.get(request, request.customer_ids.browse())
            named.sudo(self.env.su)._refuse_hidden()

    #=== ACTION METHODS ===#

    def action_add_way_back(self):
        """Add the ways of the request in the other direction, on the day after the last night planned.

        They leave at the hour at which the way out left, and may be changed like others.
        """
        self.check_access("write")
        for request in self:
            legs = request._get_legs()
            if not legs:
                raise UserError(self.env._("Add the way out first."))
            if legs[0].from_id == legs[-1].to_id and len(legs) > 1:
                raise UserError(self.env._("%s leads back already.", request.display_name))
            employee = request.sudo().employee_id
            start, end = (employee._get_travel_time(moment) for moment in (legs[0].departure, legs[-1].arrival))
            day = max(request.lodging_ids.mapped("date_to"), default=end.date() + timedelta(days=1))
            leave = employee._get_utc_time(datetime.combine(max(day, end.date()), start.time()))
            leave = max(leave, legs[-1].arrival)
            commands = []
            for leg in reversed(legs):
                arrive = leave + (leg.arrival - leg.departure)
                commands.append(Command.create({
                    "from_id": leg.to_id.id, "to_id": leg.from_id.id, "class_id": leg.class_id.id, "departure": leave,
                    "arrival": arrive, "estimated_fare": leg.estimated_fare, "reason": leg.reason,
                }))
                leave = arrive
            request.write({"leg_ids": commands})
        return True

    def action_done(self):
        """Everybody is back."""
        for request in self:
            if not (request._is_editor() or request._is_traveller()):
                raise AccessError(self.env._("This is done by who travels or asked for it."))
            if request.state != "approved":
                raise UserError(self.env._("Only an approved trip is done."))
            today = request.sudo().employee_id._get_travel_time(fields.Datetime.now()).date()
            if request.date_to and request.date_to > today:
                raise UserError(self.env._("%s has not ended yet.", request.display_name))
            request._as_engine().write({"date_done": fields.Datetime.now()})
        return True

    def action_cancel(self):
        """Cancel: nobody travels. What is under review is withdrawn first; what was paid for stays."""
        self._check_editor()
        self._check_cancellable()
        for request in self.sudo():
            if request._get_settled_expenses():
                raise UserError(self.env._("Expenses of %s are submitted or approved: it took place.", request.name))
            request._as_engine().write({"date_cancelled": fields.Datetime.now(), "date_approved": False})
        return True

    def action_open_vehicle_requests(self):
        """Open the vehicle requests of this trip, or a new one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_vehicle_request_action")
        return {
            **action, "domain": [("travel_request_id", "=", self.id)],
            "context": {"default_travel_request_id": self.id, "default_purpose": self.purpose},
        }

    #=== QUESTIONS ===#

    def _get_legs(self):
        """The ways in the order in which they are travelled."""
        return self.leg_ids.filtered(lambda leg: leg.departure and leg.arrival).sorted(
            lambda leg: (leg.departure, leg.arrival))

    def _get_travellers(self):
        """All who travel, in sudo."""
        self.ensure_one()
        return self.sudo().traveller_ids

    def _is_for(self, employee):
        """Whether somebody travels or asked for it: nobody else claims or takes anything for it (SR-2.2)."""
        self.ensure_one()
        return employee in self.traveller_ids or employee == self.employee_id

    def _is_traveller(self):
        """Whether the current user travels."""
        self.ensure_one()
        return self.env.user in self._get_travellers().user_id

    def _get_settled_expenses(self):
        """Expenses of these trips that were submitted: what they are judged by stays as it is, unless they are sent back."""
        return self.env["hr.expense"].sudo().search(
            [("travel_request_id", "in", self.ids), ("approval_state", "in", ("submitted", "approved"))], limit=1)

    def _is_in_force(self, employee, moment):
        """Whether the request was approved for somebody before a moment.

        :param employee: ``hr.employee``
        :param datetime moment: in UTC; what is asked for afterwards is not asked for (TE-2.4: 提前申请)
        """
        self.ensure_one()
        request = self.sudo()
        return bool(
            request.state in ("approved", "done") and request.date_approved and request.date_approved <= moment
            and employee.sudo() in request.traveller_ids
        )

    def _is_transport_approved(self, leg, employee, means=None):
        """Whether somebody's way by the means that stands on it was approved before it left (TE-2.3, TE-2.4).

        A change of the ways voids the approval, so what is approved is what stands there.

        :param leg: ``business.travel.leg``
        :param employee: ``hr.employee`` who travels
        :param means: ``business.transport.class`` by which he went; that of the way when missing
        :rtype: bool
        """
        self.ensure_one()
        leg = leg.sudo()
        return (
            leg.request_id == self.sudo() and (means is None or means.sudo() == leg.class_id)
            and self._is_in_force(employee, leg.ticket_departure or leg.departure)
        )

    def _is_town_taxi_approved(self, employee, day):
        """Whether taxis in town were approved for somebody, at the latest on that day (TE-1.2).

        :param employee: ``hr.employee``
        :param date day: of the ride
        """
        return self.wants_taxi and self._covers_day(employee, day)

    def _is_town_lodging_approved(self, employee, day):
        """Whether a night in town was approved for somebody, at the latest on that day (TE-2.7.2).

        :param employee: ``hr.employee``
        :param date day: of the evening
        """
        return self.wants_town_lodging and self._covers_day(employee, day)

    def _covers_day(self, employee, day):
        request = self.sudo()
        if not (request.date_from and request.date_from <= day <= request.date_to):
            return False
        next_day = datetime.combine(day + timedelta(days=1), datetime.min.time())
        return self._is_in_force(employee, employee.sudo()._get_utc_time(next_day))

    def _get_hosted_days(self, employee):
        """Days on which the visited company was somebody's host (TE-3.4).

        :param employee: ``hr.employee``
        :rtype: frozenset[date]
        """
        return frozenset(
            row.date for row in self.sudo().hosted_ids if not row.employee_ids or employee.sudo() in row.employee_ids)

    def _format_local(self, moment):
        """A moment on the clock of the requester, for paper."""
        return self.employee_id.sudo()._format_travel_time(moment)

    #=== PROBLEMS ===#

    def _get_busy(self):
        """Who of the travellers is on another trip at that time, in one statement for all.

        Before the approval trips under review count as well; what is approved meets approved ones only, or of two trips
        neither could be approved.

        :return: ``{request: {employee: other request}}``, in sudo
        :rtype: dict
        """
        trips = self.sudo().filtered(lambda request: request.kind == "trip" and request.departure and request.traveller_ids)
        if not trips:
            return {}
        others = self.sudo().search_fetch([
            ("kind", "=", "trip"), ("state", "in", ("review", "approved", "done")),
            ("traveller_ids", "in", trips.traveller_ids.ids),
            ("departure", "<", max(trips.mapped("arrival"))), ("arrival", ">", min(trips.mapped("departure"))),
        ], ["departure", "arrival", "traveller_ids", "state"])
        return {
            trip._origin: busy for trip in trips
            if (busy := {
                employee: other for other in others - trip._origin
                if other.departure < trip.arrival and other.arrival > trip.departure
                and (other.state != "review" or trip.state != "approved")
                for employee in other.traveller_ids & trip.traveller_ids._origin
            })
        }

    def _get_problems(self, busy):
        """Why the request cannot be submitted yet, in words.

        :param dict busy: ``{employee: other request}``, see ``_get_busy``
        :rtype: list[str]
        """
        self.ensure_one()
        legs, problems = self._get_legs(), []
        if not self.traveller_ids:
            problems.append(self.env._("Say who travels."))
        if self.kind == "trip" and not legs:
            problems.append(self.env._("Say how you travel: add the way out and the way back."))
        if not (self.date_from and self.date_to):
            problems.append(self.env._("Say on which days."))
        problems += self._get_leg_problems(legs)
        if self.date_from and self.date_to:
            problems += self._get_day_problems()
        return problems + self._describe_busy(busy)

    def _describe_busy(self, busy):
        """A line for each traveller who is on another trip; which one is not told."""
        return [
            self.env._(
                "%(employee)s is on another trip from %(start)s to %(end)s.", employee=employee.name,
                start=format_date(self.env, other.date_from), end=format_date(self.env, other.date_to),
            )
            for employee, other in busy.items()
        ]

    def _get_leg_problems(self, legs):
        """What is wrong with the ways: gaps, overlaps, places, missing reasons."""
        problems, town = [], self.company_id.travel_town_id
        for number, leg in enumerate(legs, start=1):
            before = legs[number - 2] if number > 1 else legs.browse()
            if before and before.to_id != leg.from_id:
                problems.append(self.env._(
                    "Way %(number)s begins in %(start)s, though the one before ends in %(end)s.", number=number,
                    start=leg.from_id.name, end=before.to_id.name,
                ))
            if before and leg.departure < before.arrival:
                problems.append(self.env._("Way %(number)s leaves before the one before arrives.", number=number))
            if self.kind == "trip" and leg.from_id == leg.to_id:
                problems.append(self.env._(
                    "Way %(number)s stays in %(place)s: that is no way of a trip.", number=number, place=leg.to_id.name))
            if self.kind == "errand" and town and (leg.from_id | leg.to_id) - town:
                problems.append(self.env._(
                    "Way %(number)s leaves %(town)s: ask for a trip, not for an errand.", number=number, town=town.name))
            if leg.permission == "request" and not (leg.reason or "").strip():
                problems.append(self.env._(
                    "Way %(number)s: %(means)s is on request for %(who)s. Say why it is needed.", number=number,
                    means=leg.class_id.name, who=leg.restricted_names,
                ))
        return problems

    def _get_day_problems(self):
        """What is wrong with lodging and hosted days: outside the trip, or two nights at once."""
        problems = []
        rows = self.lodging_ids.filtered(lambda row: row.date_from and row.date_to)
        rows = rows.sorted(lambda row: (row.date_from, row.date_to))
        for number, row in enumerate(rows):
            if row.date_from < self.date_from or row.date_to > self.date_to:
                problems.append(self.env._(
                    "Lodging in %(place)s, %(start)s to %(end)s, is outside the trip: change the nights, or add the way back.",
                    place=row.place_id.name, start=format_date(self.env, row.date_from), end=format_date(self.env, row.date_to),
                ))
            if number and row.date_from < rows[number - 1].date_to:
                problems.append(self.env._(
                    "Lodging in %(place)s and in %(other)s overlap.", place=rows[number - 1].place_id.name,
                    other=row.place_id.name,
                ))
        for row in self.hosted_ids:
            if row.date and not self.date_from <= row.date <= self.date_to:
                problems.append(self.env._(
                    "The hosted day %s is outside the trip: change the day, or the times of the ways.",
                    format_date(self.env, row.date)))
        return problems
