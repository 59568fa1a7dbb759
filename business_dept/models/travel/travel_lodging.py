# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError


class BusinessTravelLodging(models.Model):
    """Nights planned at a place; written by who may edit the request."""

    _name = "business.travel.lodging"
    _description = "Lodging of a Trip"
    _inherit = ["business.approval.line.mixin"]
    _order = "request_id, date_from, id"
    _approval_parent_field = "request_id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    place_id = fields.Many2one(comodel_name="business.travel.place", required=True, ondelete="restrict")
    date_from = fields.Date(string="First Night", required=True)
    date_to = fields.Date(string="Leave on", required=True)
    nights = fields.Integer(compute="_compute_nights")

    _check_period = models.Constraint("CHECK (date_to > date_from)", "Lodging is for a night at least.")

    @api.depends("date_from", "date_to")
    def _compute_nights(self):
        for row in self:
            row.nights = (row.date_to - row.date_from).days if row.date_from and row.date_to else 0

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows.request_id._check_plan_writable()
        return rows

    def write(self, vals):
        self.request_id._check_plan_writable()
        result = super().write(vals)
        if "request_id" in vals:
            self.request_id._check_plan_writable()
        return result

    def unlink(self):
        self.request_id._check_plan_writable()
        return super().unlink()


class BusinessTravelHosted(models.Model):
    """A day on which the visited company is the host: no allowance (TE-3.4).

    It is planned with the request. Afterwards travellers add what they had not foreseen; only a manager takes a day away
    again, for that pays more. Nothing of it is changed once an expense of the trip is approved.
    """

    _name = "business.travel.hosted"
    _description = "Hosted Day"
    _inherit = ["hr.mixin"]
    _order = "request_id, date, id"

    request_id = fields.Many2one(comodel_name="business.travel.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True, index=True)
    date = fields.Date(required=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Host")
    employee_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_travel_hosted_employee_rel", column1="hosted_id",
        column2="employee_id", string="Who", help="Empty: all travellers.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_writable(adding=True)
        return rows

    def write(self, vals):
        self._check_writable()
        result = super().write(vals)
        if "request_id" in vals:
            self._check_writable()
        return result

    def unlink(self):
        self._check_writable()
        return super().unlink()

    def _check_writable(self, adding=False):
        """Refuse what pays more than was foreseen.

        :param bool adding: a day is noted, and none taken away
        """
        requests = self.request_id
        drafts = requests.sudo().filtered(lambda request: request.state == "draft").sudo(self.env.su)
        drafts._check_editor()
        going = requests - drafts
        if self.env.su or not going:
            return
        going._refuse_if_locked(going._get_live_approvals(), ["hosted_ids"])
        going._check_facts_writable(self.env._("Hosted days"))
        if not adding and not all(request.sudo().employee_id._is_led_by(self.env.user) for request in going):
            raise AccessError(self.env._("A hosted day is noted by who travels; only the manager takes it away again."))
