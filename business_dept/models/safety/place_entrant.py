# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyPlaceEntrant(models.Model):
    """Somebody who may enter a restricted area, from and until when, and why (SM-4.3.3).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | every employee                            | companies of the user                    |
    | Admit, end, extend   | safety officer, first responsible person  | never himself; person, place and first   |
    |                      | of the place or above, executive office   | day stay; what has ended stays           |
    | Delete               | nobody                                    |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+
    """

    _name = "business.safety.place.entrant"
    _description = "Admitted to a Restricted Area"
    _inherit = ["business.safety.personal.mixin", "business.safety.period.mixin", "business.traced.mixin", "mail.thread"]
    _order = "place_id, date_from desc, id desc"
    _rec_name = "employee_id"
    _check_company_auto = True
    _keeper_field = "allowed_by_id"
    _engine_fields = frozenset({"allowed_by_id", "company_id"})

    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="cascade", check_company=True, tracking=True)
    company_id = fields.Many2one(related="place_id.company_id", store=True, precompute=True, index=True)
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, ondelete="cascade", check_company=True, tracking=True)
    date_from = fields.Date(tracking=True)
    date_to = fields.Date(tracking=True, help="Empty: until it is ended.")
    reason = fields.Char(string="Why", required=True, tracking=True)
    allowed_by_id = fields.Many2one(
        comodel_name="res.users", string="Allowed by", readonly=True, copy=False, default=lambda self: self.env.user)
    is_current = fields.Boolean(string="Admitted Now")

    _check_period = models.Constraint("CHECK (date_to >= date_from)", "Nobody is admitted until before he is.")
    _place_employee_idx = models.Index("(place_id, employee_id)")

    def write(self, vals):
        """Who extends or ends it answers for it from then on."""
        result = super().write(vals)
        if "date_to" in vals and not self.env.su:
            self.sudo().write({"allowed_by_id": self.env.uid})
        return result

    @api.model
    def _may_keep_any(self):
        """EXTENDS: also first responsible persons of places."""
        if super()._may_keep_any():
            return True
        departments = self.env["business.safety.place"].sudo().search([("department_id", "!=", False)]).department_id
        return self.env.user in departments._get_safety_responsibles()

    def _may_keep(self):
        """EXTENDS: also who answers for the safety of the department in charge of the place."""
        return super()._may_keep() or self.env.user._answers_for_safety(self.sudo().place_id.department_id)

    def _get_locked_fields(self):
        """Whom it admits, where and from when stays; what has ended stays altogether."""
        if self.date_to and self.date_to < fields.Date.context_today(self):
            return frozenset({"place_id", "employee_id", "date_from", "date_to", "reason"})
        return frozenset({"place_id", "employee_id", "date_from"})
