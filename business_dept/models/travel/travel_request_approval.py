# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.races import touch


class BusinessTravelRequest(models.Model):
    """A trip is approved as it was asked for: who, where, by what, for how much (TE-2.4, RG-3.3)."""

    _inherit = "business.travel.request"
    _approval_fields = (
        "kind", "employee_id", "traveller_ids", "department_id", "purpose", "customer_ids", "date_from", "date_to",
        "estimated_amount", "advance_wanted", "wants_taxi", "wants_town_lodging", "company_id",
        "leg_ids.from_id", "leg_ids.to_id", "leg_ids.class_id", "leg_ids.departure", "leg_ids.arrival",
        "leg_ids.estimated_fare", "leg_ids.reason",
        "lodging_ids.place_id", "lodging_ids.date_from", "lodging_ids.date_to",
    )
    _approval_neutral_fields = (
        "ticket_departure", "ticket_arrival", "date_approved", "date_done", "date_cancelled", "hosted_ids",
    )

    # === FINDINGS === #

    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "state", "traveller_ids", "leg_ids.to_id", "lodging_ids.place_id"]

    def _approval_authors(self):
        """EXTENDS the approval mixin: nobody decides a trip of his own, nor one that he goes along on (IC-7)."""
        request = self.sudo()
        return super()._approval_authors() | request.employee_id.user_id | request.traveller_ids.user_id

    def _check_ready(self):
        """EXTENDS the mixin: estimate the trip anew, and refuse what is not ready.

        :raise UserError: naming all that has to be put right
        """
        self.ensure_one()
        if self.state == "draft":
            self._refresh_estimate()
        request = self.sudo()
        if problems := request._get_problems(request._get_busy().get(request, {})):
            raise UserError("\n".join(f"• {problem}" for problem in problems))

    @control("travel.request_region", moment="request")
    def _check_request_region(self):
        """RG-3.3: who has a region travels within it."""
        breaches = {}
        for request in self:
            places = request.leg_ids.to_id | request.lodging_ids.place_id  # while it is typed, none of them is its stored self
            destinations = places._origin - request.company_id._origin.travel_town_id
            lines = [
                self.env._("%(places)s: outside the region of %(employee)s (%(region)s).",
                           places=", ".join(outside.mapped("name")), employee=employee.name, region=employee._describe_region())
                for employee in request.traveller_ids._origin if (outside := employee._get_places_outside_region(destinations))
            ]
            if lines:
                breaches[request] = Breach("\n".join(lines))
        return breaches

    # === OUTCOME === #

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        # who uses the days of somebody writes him: of two approvals at once the second is retried and sees the first
        touch(self.traveller_ids)
        if busy := self._get_busy().get(self):
            raise UserError("\n".join(self._describe_busy(busy)))
        self._check_controls("request")
        self._as_engine().write({"date_approved": fields.Datetime.now()})

    def _on_approval_voided(self, approval):
        super()._on_approval_voided(approval)
        self._as_engine().write({"date_approved": False, "date_done": False})
        self._refresh_estimate()
