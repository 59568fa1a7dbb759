# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class BusinessTravelRequest(models.Model):
    """The advance that was asked for with a trip."""

    _inherit = "business.travel.request"

    advance_ids = fields.One2many(
        comodel_name="business.travel.advance", inverse_name="travel_request_id", string="Advances", readonly=True, copy=False)
    advance_amount = fields.Monetary(
        string="Advance Asked For", compute="_compute_advance_amount", compute_sudo=True, help="Of all that are not cancelled.")

    @api.depends("advance_ids.amount", "advance_ids.state")
    def _compute_advance_amount(self):
        for request in self:
            live = request.advance_ids.filtered(lambda advance: advance.state != "cancelled")
            request.advance_amount = sum(live.mapped("amount"))

    def action_create_advance(self):
        """Make the advance that the trip asks for, or open the one that there is already.

        :raise AccessError: somebody else's trip
        :raise UserError: no amount is wanted, or the trip is over
        """
        self.ensure_one()
        self.check_access("read")
        trip = self.sudo()
        if self.env.user not in (trip.employee_id | trip.traveller_ids).user_id and not self.has_access("write"):
            raise AccessError(self.env._("%s is not your trip.", trip.name))
        employee = (trip.employee_id | trip.traveller_ids).filtered(
            lambda employee: employee.user_id == self.env.user)[:1] or trip.employee_id
        advance = trip.advance_ids.filtered(
            lambda advance: advance.employee_id == employee and advance.state != "cancelled")[:1]
        if not advance:
            if trip.state in ("done", "cancelled"):
                raise UserError(self.env._("%s is over: what was spent is claimed.", trip.name))
            if trip.currency_id.compare_amounts(trip.advance_wanted, 0.0) <= 0:
                raise UserError(self.env._("Say in the trip how much you need to take along."))
            advance = self.env["business.travel.advance"].create({
                "company_id": trip.company_id.id, "employee_id": employee.id, "travel_request_id": trip.id,
                "amount": trip.advance_wanted, "purpose": trip.purpose,
            })
        return advance.sudo(False)._get_records_action(name=self.env._("Advance"))
