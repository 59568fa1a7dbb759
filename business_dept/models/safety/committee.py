# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.races import touch


class BusinessSafetyCommitteeMember(models.Model):
    """A seat in the safety leading group of a company (SP-4, SP-5, SD-4, SD-5).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | every employee                            | companies of the user                    |
    | Appoint, end,        | executive office, chair                   | one chair at a time, one seat a person;  |
    | describe duties      |                                           | who sat where and since when stays, and  |
    |                      |                                           | what has ended stays altogether          |
    | Delete               | executive office, chair                   | a seat that has not begun                |
    +----------------------+-------------------------------------------+------------------------------------------+
    """

    _name = "business.safety.committee.member"
    _description = "Member of the Safety Leading Group"
    _inherit = ["business.safety.period.mixin", "business.traced.mixin", "mail.thread"]
    _order = "company_id, role, date_from, id"
    _rec_name = "user_id"
    _check_company_auto = True
    _allow_sudo_commands = False

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, index=True, domain=[("share", "=", False)], tracking=True)
    role = fields.Selection(
        selection=[("chair", "Chair"), ("deputy", "Deputy chair"), ("member", "Member")],
        required=True, default="member", tracking=True)
    duties = fields.Text(tracking=True, help="What this person sees to in the group (SP-5, SD-5).")
    date_from = fields.Date(tracking=True)
    date_to = fields.Date(tracking=True, help="Last day in the group. Empty: until somebody ends it.")
    is_current = fields.Boolean(string="Now in the Group")
    can_appoint = fields.Boolean(compute="_compute_can_appoint")

    _check_period = models.Constraint("CHECK (date_to >= date_from)", "A seat does not end before it begins.")

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_can_appoint(self):
        for member in self:
            member.can_appoint = self.env.user._may_appoint_leading_group(member.company_id)

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id", "user_id", "role", "date_from", "date_to")
    def _check_seats(self):
        """One chair at a time, and nobody sits twice at a time (SP-4)."""
        self.flush_model()
        # of two who appoint at once the second is tried again, and sees the first
        touch(self.company_id)
        for member_id, other_id, twice in self.env.execute_query(SQL(
            """
            SELECT seat.id, other.id, seat.user_id = other.user_id
              FROM business_safety_committee_member seat
              JOIN business_safety_committee_member other
                ON other.company_id = seat.company_id AND other.id != seat.id
               AND daterange(other.date_from, other.date_to, '[]') && daterange(seat.date_from, seat.date_to, '[]')
             WHERE seat.id IN %s AND (seat.user_id = other.user_id OR seat.role = 'chair' AND other.role = 'chair')
             LIMIT 1
            """, tuple(self.ids),
        )):
            seat, other = self.sudo().browse((member_id, other_id))
            if twice:
                raise ValidationError(self.env._(
                    "%s sits in the leading group already at that time. End that seat first.", seat.user_id.name))
            raise ValidationError(self.env._(
                "%s is the chair at that time, and there is one at a time. End that seat first.", other.user_id.name))

    @api.constrains("user_id", "company_id")
    def _check_person(self):
        """Only people of the company sit in its group."""
        for member in self:
            if member.user_id.share or member.company_id not in member.user_id.company_ids:
                raise ValidationError(self.env._("%s does not work in this company.", member.user_id.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._may_appoint_any():
            self._refuse_strangers()
        members = super().create(vals_list)
        members._check_may_appoint()
        return members

    def write(self, vals):
        if self.env.su or not vals.keys() - UNLOCKED:
            return super().write(vals)
        self._check_may_appoint()
        self._check_history(vals)
        result = super().write(vals)
        self._check_may_appoint()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self._check_may_appoint()
        if not self.env.su and any(member.date_from <= fields.Date.context_today(self) for member in self):
            self._refuse_change(self.env._("Who sat in the leading group stays on record: end the seat instead."))

    def _check_access(self, operation):
        """EXTENDS: who appoints no leading group is offered no button to do it."""
        if operation != "read" and not self and not self._may_appoint_any():
            return self, lambda: AccessError(self._get_stranger_message())
        return super()._check_access(operation)

    # === QUESTIONS === #

    @api.model
    def _may_appoint_any(self):
        """Whether the current user appoints the leading group of a company of his."""
        return self.env.su or any(
            self.env.user._may_appoint_leading_group(company) for company in self.env.user.company_ids)

    def _check_may_appoint(self):
        """Refuse who does not appoint the leading group, and leave a trace (SP-4).

        :raise ControlError: by the control ``safety.appointment``
        """
        if self.env.su:
            return
        for company in self.sudo().company_id:
            if not self.env.user._may_appoint_leading_group(company):
                self._refuse_strangers()

    def _refuse_strangers(self):
        self.env["business.control.mixin"]._refuse_on(self, "safety.appointment", self._get_stranger_message())

    def _get_stranger_message(self):
        return self.env._("The leading group is appointed by the executive office of the company and by its chair.")

    def _check_history(self, vals):
        """Refuse to change who sat in the group and when: approvals were given by it."""
        today = fields.Date.context_today(self)
        for member in self:
            changed = {
                name for name in {"company_id", "user_id", "role", "date_from", "date_to", "duties"} & vals.keys()
                if self._fields[name].convert_to_cache(vals[name], member)
                != self._fields[name].convert_to_cache(member[name], member)
            }
            if changed and member.date_to and member.date_to < today - timedelta(days=1):
                self._refuse_change(self.env._("The seat of %s has ended and stays as it was.", member.user_id.name))
            if member.date_from < today and changed & {"company_id", "user_id", "role", "date_from"}:
                self._refuse_change(self.env._(
                    "The seat of %s has begun: end it, and make a new one.", member.user_id.name))
            if "date_to" in changed and vals["date_to"] and fields.Date.to_date(vals["date_to"]) < today - timedelta(days=1):
                self._refuse_change(self.env._("A seat ends today or later, or has ended yesterday; not earlier."))

    def _refuse_change(self, message):
        self.env["business.control.mixin"]._refuse_on(self, "safety.record_closed", message)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _may_appoint_leading_group(self, company):
        """Whether the user appoints the safety leading group of a company: its executive office and its chair (SP-4)."""
        self.ensure_one()
        return company in self.company_ids and (
            self.has_group("business_dept.group_executive_office") or self in company.sudo()._get_leading_group(("chair",)))
