# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ...controls import Breach, control
from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers
from ..foundation.races import touch

RETURN_FIELDS = frozenset({"odometer_start", "odometer_end"})
"""What who drove notes when the vehicle is back."""
BUSY = ("review", "approved")
"""States in which a vehicle is asked for or given out."""


class BusinessVehicleRequest(models.Model):
    """A company car for an errand, approved before it leaves (TE-1.3).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | requester, driver, passengers, their   | companies of the user                     |
    |                         | managers, who is asked to decide;      |                                           |
    |                         | finance, executive, auditor: all       |                                           |
    | Create, edit, cancel    | the employee for himself, a manager    | locked under review; a change voids the   |
    |                         | for his people                         | approval                                  |
    | Approve                 | as the approval rules say              | no requester, driver or passenger (IC-7)  |
    | Note the return         | requester, driver, passengers, manager | an approved request, once                 |
    | State, dates            | the engine only                        | no client writes them                     |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.vehicle.request"
    _description = "Vehicle Request"
    _inherit = ["business.travel.asked.mixin", "hr.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "purpose"]
    _check_company_auto = True
    _allow_sudo_commands = False
    _mail_post_access = "read"
    _ended_states = ("returned", "cancelled")
    _approval_fields = (
        "employee_id", "department_id", "travel_request_id", "purpose", "date_from", "date_to", "start", "destination",
        "vehicle_id", "driver_id", "passenger_ids", "company_id",
    )
    _approval_neutral_fields = (
        "odometer_start", "odometer_end", "date_approved", "date_returned", "returned_by_id", "date_cancelled",
    )

    _engine_fields = frozenset({"name", "state", "date_approved", "date_returned", "returned_by_id", "date_cancelled"})

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    employee_id = fields.Many2one(
        comodel_name="hr.employee", string="Requested by", required=True, index=True, ondelete="restrict", check_company=True,
        default=lambda self: self.env.user.employee_id, tracking=True,
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_department_id", store=True, readonly=False, check_company=True,
        compute_sudo=True, index="btree_not_null",
    )
    travel_request_id = fields.Many2one(
        comodel_name="business.travel.request", string="Trip or Errand", index="btree_not_null", check_company=True,
        ondelete="restrict",
    )
    purpose = fields.Char(string="Purpose of the Ride", required=True, tracking=True)
    date_from = fields.Datetime(string="Leaves", required=True, tracking=True, copy=False)
    date_to = fields.Datetime(string="Returns", required=True, tracking=True, copy=False)
    start = fields.Char(string="Leaves From", required=True)
    destination = fields.Char(string="Goes To", required=True, tracking=True)
    vehicle_id = fields.Many2one(
        comodel_name="business.vehicle", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    driver_id = fields.Many2one(
        comodel_name="hr.employee", index="btree_not_null", ondelete="restrict", check_company=True, tracking=True)
    passenger_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_vehicle_request_passenger_rel", column1="request_id",
        column2="employee_id", string="Passengers", check_company=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("returned", "Vehicle Back"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, default="draft", required=True, index=True, copy=False,
        tracking=True, group_expand=True,
    )
    odometer_start = fields.Float(string="Odometer at Departure (km)", digits=(10, 1), copy=False)
    odometer_end = fields.Float(string="Odometer at Return (km)", digits=(10, 1), copy=False)
    mileage = fields.Float(string="Distance (km)", digits=(10, 1), compute="_compute_mileage", store=True)
    date_approved = fields.Datetime(string="Approved On", readonly=True, copy=False)
    date_returned = fields.Datetime(string="Returned On", readonly=True, copy=False)
    returned_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_cancelled = fields.Datetime(string="Cancelled On", readonly=True, copy=False)
    collisions = fields.Text(compute="_compute_collisions", compute_sudo=True)
    can_edit = fields.Boolean(compute="_compute_rights")
    can_return = fields.Boolean(compute="_compute_rights")

    _check_period = models.Constraint("CHECK (date_to > date_from)", "A vehicle returns after it leaves.")
    _check_odometer = models.Constraint(
        "CHECK (odometer_start >= 0 AND odometer_end >= 0)", "The odometer cannot be negative.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "destination")
    def _compute_display_name(self):
        for request in self:
            number = request.name if request.name != "/" else ""
            request.display_name = " · ".join(filter(None, (number, request.destination))) or False

    @api.depends("employee_id")
    def _compute_department_id(self):
        for request in self:
            request.department_id = request.employee_id.department_id

    @api.depends("approval_ids.state", "date_returned", "date_cancelled")
    def _compute_state(self):
        for request in self:
            match request.approval_state:
                case _ if request.date_cancelled:
                    request.state = "cancelled"
                case "pending":
                    request.state = "review"
                case "approved":
                    request.state = "returned" if request.date_returned else "approved"
                case _:
                    request.state = "draft"

    @api.depends("odometer_start", "odometer_end")
    def _compute_mileage(self):
        for request in self:
            request.mileage = max(request.odometer_end - request.odometer_start, 0.0) if request.odometer_end else 0.0

    @api.depends("vehicle_id", "driver_id", "date_from", "date_to", "state")
    @api.depends_context("lang", "tz")
    def _compute_collisions(self):
        open_requests = self.filtered(lambda request: request.state in ("draft", "review", "approved"))
        (self - open_requests).collisions = False
        found = open_requests._find_collisions()
        for request in open_requests:
            request.collisions = "\n".join(request._describe_collisions(found.get(request._origin or request, []))) or False

    @api.depends("employee_id", "driver_id", "passenger_ids", "state")
    @api.depends_context("uid")
    def _compute_rights(self):
        for request in self:
            request.can_edit = (not request._origin or request._is_editor()) and request.state in ("draft", "approved")
            request.can_return = request.state == "approved" and (request._is_editor() or request._is_aboard())

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        requests = super(BusinessVehicleRequest, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        requests = requests.with_env(self.env)
        requests._refuse_strangers()
        requests._refuse_foreign_trip()
        if any(RETURN_FIELDS & {name for name, value in vals.items() if value} for vals in vals_list):
            requests._check_returnable()
        return requests

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - RETURN_FIELDS - UNLOCKED:
            self._check_editor()
            self._check_open()
        if vals.keys() & RETURN_FIELDS:
            self._check_returnable()
        result = super().write(vals)
        if "employee_id" in vals:
            self._refuse_strangers()
        if "travel_request_id" in vals:
            self._refuse_foreign_trip()
        return result

    def _refuse_strangers(self):
        """Refuse a request for people whom the user cannot ask for."""
        if self.env.su:
            return
        for request in self.sudo():
            requester = request.employee_id
            if requester.user_id != self.env.user and not requester._is_led_by(self.env.user):
                raise AccessError(self.env._(
                    "You ask for a vehicle of your own. %s asks himself, or his manager for him.", requester.name))

    def _refuse_foreign_trip(self):
        """Refuse to name a trip that the user may not read: its number and places would be told."""
        if trips := self.sudo().travel_request_id.sudo(self.env.su):
            trips.check_access("read")

    #=== ACTION METHODS ===#

    def action_return(self):
        """The vehicle is back; the odometer stands at departure and return."""
        self._check_returnable()
        for request in self:
            if not request.odometer_end or request.odometer_end < request.odometer_start:
                raise UserError(self.env._("Enter what the odometer showed at departure and at return."))
            request._as_engine().write({"date_returned": fields.Datetime.now(), "returned_by_id": self.env.uid})
        return True

    def action_cancel(self):
        """Cancel: the vehicle stays. What is under review is withdrawn first."""
        self._check_editor()
        self._check_cancellable()
        for request in self.sudo():
            request._as_engine().write({"date_cancelled": fields.Datetime.now(), "date_approved": False})
        return True

    #=== QUESTIONS ===#

    def _is_aboard(self):
        """Whether the current user drives or goes along."""
        self.ensure_one()
        request = self.sudo()
        return self.env.user in (request.driver_id | request.passenger_ids).user_id

    def _check_returnable(self):
        """Refuse figures of a return from who was not aboard, and for what is not under way."""
        if self.env.su:
            return
        for request in self:
            if not (request._is_editor() or request._is_aboard()):
                raise AccessError(self.env._("The return is noted by who drove, went along or asked for the vehicle."))
            if request.sudo().state != "approved":
                raise UserError(self.env._("%s is not under way: only an approved request is returned, once.", request.name))

    def _format_local(self, moment):
        """A moment on the clock of the requester, for paper."""
        return self.employee_id.sudo()._format_travel_time(moment)

    #=== APPROVAL ===#

    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "state", "vehicle_id", "driver_id", "date_from", "date_to"]

    def _approval_authors(self):
        """EXTENDS the approval mixin: nobody decides a ride of his own (IC-7)."""
        request = self.sudo()
        people = request.employee_id | request.driver_id | request.passenger_ids
        return super()._approval_authors() | people.user_id

    def _check_ready(self):
        """Refuse what names no vehicle or driver, or more people than seats."""
        request = self.sudo()
        if not (request.vehicle_id and request.driver_id):
            raise UserError(self.env._("Say which vehicle, and who drives."))
        people = len(request.passenger_ids | request.driver_id)
        if request.vehicle_id.seats and people > request.vehicle_id.seats:
            raise UserError(self.env._(
                "%(vehicle)s has %(seats)s seats for %(people)s people.", vehicle=request.vehicle_id.display_name,
                seats=request.vehicle_id.seats, people=people,
            ))

    @control("travel.vehicle_collision", moment="request")
    def _check_vehicle_collision(self):
        """TE-1.3: a vehicle and a driver are at one place at a time."""
        return {
            request: Breach("\n".join(request._describe_collisions(others)))
            for request, others in self._find_collisions().items()
        }

    def _find_collisions(self):
        """Requests that need the same vehicle or driver at the same time, in one statement for all.

        Before the approval those under review count as well; what is approved meets approved ones only, or of two requests
        neither could be approved.

        :return: ``{request: [other requests]}``
        :rtype: dict
        """
        requests = self.filtered(lambda request: (
            request.date_from and request.date_to and (request.vehicle_id or request.driver_id)))
        if not requests:
            return {}
        others = self.sudo().search_fetch([
            ("state", "in", BUSY),
            ("date_from", "<", max(requests.mapped("date_to"))), ("date_to", ">", min(requests.mapped("date_from"))),
            "|", ("vehicle_id", "in", requests.vehicle_id.ids), ("driver_id", "in", requests.driver_id.ids),
        ], ["date_from", "date_to", "vehicle_id", "driver_id", "name", "employee_id", "state"])
        found = {}
        for request in requests:
            meeting = [
                other for other in others
                if other.id != request._origin.id and (other.state == "approved" or request.state != "approved")
                and other.date_from < request.date_to and other.date_to > request.date_from
                and (
                    (request.vehicle_id and other.vehicle_id == request.vehicle_id._origin)
                    or (request.driver_id and other.driver_id == request.driver_id._origin)
                )
            ]
            if meeting:
                found[request._origin or request] = meeting
        return found

    def _describe_collisions(self, others):
        """A line for each request that needs the same vehicle or driver."""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return [
            self.env._(
                "%(what)s is needed by %(number)s (%(requester)s, %(state)s) from %(start)s to %(end)s.",
                what=(
                    self.vehicle_id.display_name if self.vehicle_id and other.vehicle_id == self.vehicle_id._origin
                    else self.sudo().driver_id.name
                ),
                number=other.name, requester=other.employee_id.name, state=labels[other.state],
                start=format_datetime(self.env, other.date_from, dt_format="short"),
                end=format_datetime(self.env, other.date_to, dt_format="short"),
            )
            for other in others
        ]

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        # who gives out a vehicle or a driver writes their rows: of two approvals at once the second sees the first
        touch(self.vehicle_id)
        touch(self.driver_id)
        self._check_controls("request")
        self._as_engine().write({"date_approved": fields.Datetime.now()})

    def _on_approval_voided(self, approval):
        super()._on_approval_voided(approval)
        self._as_engine().write({"date_approved": False, "date_returned": False, "returned_by_id": False})
