# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyPeriodMixin(models.AbstractModel):
    """What holds from a day until a day, or until somebody ends it: whether it holds now."""

    _name = "business.safety.period.mixin"
    _description = "Holds from … until …"

    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until")
    is_current = fields.Boolean(compute="_compute_is_current", search="_search_is_current")

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for record in self:
            record.is_current = bool(
                record.date_from and record.date_from <= today and (not record.date_to or record.date_to >= today))

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        current = fields.Domain([("date_from", "<=", today), "|", ("date_to", "=", False), ("date_to", ">=", today)])
        return current if True in value else ~current
