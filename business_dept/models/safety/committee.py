# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyCommitteeMember(models.Model):
    """A seat in the safety leading group of a company (SP-4, SP-5, SD-4, SD-5)."""

    _name = "business.safety.committee.member"
    _description = "Member of the Safety Leading Group"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, role, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, index=True, domain=[("share", "=", False)], tracking=True)
    role = fields.Selection(
        selection=[("chair", "Chair"), ("deputy", "Deputy chair"), ("member", "Member")],
        required=True, default="member", tracking=True)
    duties = fields.Text(translate=True)
    date_from = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(tracking=True)
    is_current = fields.Boolean(compute="_compute_is_current")

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for member in self:
            member.is_current = bool(
                member.date_from and member.date_from <= today and (not member.date_to or member.date_to >= today))
