# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessTravelLeg(models.Model):
    """One ride of a trip: planned when it is asked for, with the times of the ticket afterwards (TE-3.1)."""

    _name = "business.travel.leg"
    _description = "Leg of a Trip"
    _order = "request_id, departure, id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    from_id = fields.Many2one(comodel_name="business.travel.place", string="From", required=True, ondelete="restrict")
    to_id = fields.Many2one(comodel_name="business.travel.place", string="To", required=True, ondelete="restrict")
    class_id = fields.Many2one(comodel_name="business.transport.class", string="By", required=True, ondelete="restrict")
    departure = fields.Datetime(string="Planned Departure", required=True)
    arrival = fields.Datetime(string="Planned Arrival", required=True)
    ticket_departure = fields.Datetime(string="Departure by Ticket", copy=False)
    ticket_arrival = fields.Datetime(string="Arrival by Ticket", copy=False)
    estimated_fare = fields.Monetary(help="For each traveller.")
    reason = fields.Char(help="Why a means of transport is needed that the grade may use on request only (TE-2.3, TE-2.4).")
