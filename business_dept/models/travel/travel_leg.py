# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..foundation.races import touch

TICKET_FIELDS = frozenset({"ticket_departure", "ticket_arrival"})


class BusinessTravelLeg(models.Model):
    """One ride of a trip: planned when it is asked for, with the times of the ticket afterwards (TE-3.1).

    The plan is written by who may edit the request. The times of the ticket are one entry for all who travel: by one of them
    or who may edit, after the approval, until an expense of the trip is approved.
    """

    _name = "business.travel.leg"
    _description = "Way of a Trip"
    _inherit = ["business.approval.line.mixin"]
    _order = "request_id, departure, id"
    _approval_parent_field = "request_id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    from_id = fields.Many2one(comodel_name="business.travel.place", string="Leaves From", required=True, ondelete="restrict")
    to_id = fields.Many2one(comodel_name="business.travel.place", string="Goes To", required=True, ondelete="restrict")
    class_id = fields.Many2one(
        comodel_name="business.transport.class", string="Means of Transport", required=True, ondelete="restrict")
    departure = fields.Datetime(string="Planned Departure", required=True)
    arrival = fields.Datetime(string="Planned Arrival", required=True)
    ticket_departure = fields.Datetime(string="Departure by Ticket", copy=False)
    ticket_arrival = fields.Datetime(string="Arrival by Ticket", copy=False)
    estimated_fare = fields.Monetary(string="Fare Each", help="For each traveller.")
    reason = fields.Char(help="Why a means of transport is needed that the grade may use on request only (TE-2.3, TE-2.4).")
    permission = fields.Selection(
        selection=[("allowed", "Freely"), ("request", "On request"), ("never", "Never")],
        compute="_compute_permission", compute_sudo=True,
        help="Of the traveller who may use the least: never means that it is not paid, not even when it was approved.",
    )
    restricted_names = fields.Char(string="Restricted for", compute="_compute_permission", compute_sudo=True)

    _check_times = models.Constraint("CHECK (arrival > departure)", "A way arrives after it departs.")
    _check_ticket_times = models.Constraint(
        "CHECK (ticket_arrival > ticket_departure)", "A ticket arrives after it departs.")
    _check_fare = models.Constraint("CHECK (estimated_fare >= 0)", "A fare cannot be negative.")

    # === COMPUTE METHODS === #

    @api.depends("from_id", "to_id", "departure")
    def _compute_display_name(self):
        for leg in self:
            leg.display_name = f"{leg.from_id.name or ''} → {leg.to_id.name or ''}"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        legs = super().create(vals_list)
        legs.request_id._check_plan_writable()
        if any(TICKET_FIELDS & {name for name, value in vals.items() if value} for vals in vals_list):
            legs._check_ticket_writable()
        return legs

    def write(self, vals):
        if vals.keys() - TICKET_FIELDS:
            self.request_id._check_plan_writable()
        if vals.keys() & TICKET_FIELDS:
            self._check_ticket_writable()
        result = super().write(vals)
        if "request_id" in vals:
            self.request_id._check_plan_writable()
        return result

    def unlink(self):
        self.request_id._check_plan_writable()
        return super().unlink()

    def _check_ticket_writable(self):
        """Refuse times of tickets from who has none, before the approval, and once something was paid by them."""
        self.request_id._check_facts_writable(self.env._("Times of tickets"))


class BusinessTravelRequest(models.Model):
    _inherit = "business.travel.request"

    def _check_plan_writable(self):
        """Refuse a change of the plan by who may not edit the request, and of what has ended."""
        self._check_editor()
        self._check_open()

    def _check_facts_writable(self, what):
        """Refuse what travellers note after the approval, once something was paid by it.

        :param str what: in words
        :raise ControlError: an expense of the trip is approved; the attempt is traced
        """
        if self.env.su or not self:
            return
        if not all(request._is_editor() or request._is_traveller() for request in self):
            raise AccessError(self.env._("%s are entered by who travels or asked for the trip.", what))
        for request in self:
            if request.sudo().state not in ("approved", "done"):
                raise UserError(self.env._("%s are entered after the trip was approved.", what))
        touch(self)
        if settled := self._get_settled_expenses():
            trips = self & settled.travel_request_id
            trips._refuse("approval.content_locked", self.env._(
                "%(what)s of %(trip)s are locked: expenses of it are submitted or approved.", what=what, trip=trips.name))
