# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who reads and who handles an incident. The record rules name these fields, and the fields ask anew each time."""
from odoo import api, fields, models
from odoo.fields import Domain


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    is_reader = fields.Boolean(
        compute="_compute_is_reader", search="_search_is_reader", compute_sudo=True, export_string_translation=False,
        help="May read the incident: who reported it or was there, and who answers for safety.")
    is_overseer = fields.Boolean(
        compute="_compute_is_reader", search="_search_is_overseer", compute_sudo=True, export_string_translation=False,
        help="May read what happened to people, too.")
    is_handler = fields.Boolean(
        compute="_compute_is_reader", search="_search_is_handler", compute_sudo=True, export_string_translation=False,
        help="Handles the incident: safety officer, first responsible person, leading group.")
    is_editor = fields.Boolean(
        compute="_compute_is_reader", search="_search_is_editor", compute_sudo=True, export_string_translation=False,
        help="May change the incident now.")

    can_lower_severity = fields.Boolean(compute="_compute_rights", compute_sudo=True)
    can_reopen = fields.Boolean(compute="_compute_rights", compute_sudo=True)

    @api.depends("company_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        user = self.env.user
        for company, incidents in self.grouped("company_id").items():
            leads = user._is_in_leading_group(company)
            incidents.can_reopen = leads
            incidents.can_lower_severity = leads or user._is_safety_officer(company)

    @api.depends("state", "department_id", "company_id", "person_ids.employee_id", "reported_by_id")
    @api.depends_context("uid")
    def _compute_is_reader(self):
        found = {
            name: set(self.search(Domain("id", "in", self._origin.ids) & domain).ids) if self._origin else set()
            for name, domain in (
                ("is_handler", self._get_handled_domain()), ("is_overseer", self._get_overseen_domain()),
                ("is_reader", self._get_read_domain()), ("is_editor", self._get_edited_domain()),
            )
        }
        for incident in self:
            for name, ids in found.items():
                incident[name] = incident._origin.id in ids or (not incident._origin and name in ("is_reader", "is_editor"))

    @api.model
    def _search_is_reader(self, operator, value):
        return self._search_people(operator, value, self._get_read_domain)

    @api.model
    def _search_is_overseer(self, operator, value):
        return self._search_people(operator, value, self._get_overseen_domain)

    @api.model
    def _search_is_handler(self, operator, value):
        return self._search_people(operator, value, self._get_handled_domain)

    @api.model
    def _search_is_editor(self, operator, value):
        return self._search_people(operator, value, self._get_edited_domain)

    @api.model
    def _search_people(self, operator, value, get_domain):
        """A condition on such a field as one on what it follows from; in sudo, for a user does not read all of that."""
        if operator != "in" or True not in value:
            return NotImplemented
        return Domain("id", "in", self.sudo()._search(get_domain()))

    # === WHO === #

    @api.model
    def _get_handled_domain(self):
        """Incidents that the current user handles: safety officer and leading group those of the company, first
        responsible persons those of their departments and of what is below them (SP-6, SM-3)."""
        user, env = self.env.user, self.sudo().env
        companies = env["business.safety.committee.member"].search(
            [("user_id", "=", user.id), ("company_id", "in", user.company_ids.ids)]).filtered("is_current").company_id
        companies |= user.company_ids.filtered(user._is_safety_officer)
        departments = env["hr.department"].with_context(active_test=False).search([
            "|", ("safety_responsible_id", "=", user.id),
            "&", ("safety_responsible_id", "=", False), ("manager_id.user_id", "=", user.id),
        ])
        domain = Domain("company_id", "in", companies.ids)
        if departments:
            domain |= Domain("department_id", "child_of", departments.ids) & Domain("company_id", "in", user.company_ids.ids)
        return domain

    @api.model
    def _get_overseen_domain(self):
        """Incidents of which the current user reads everything: who handles them, executive office, auditors."""
        user = self.env.user
        if user.has_group("business_dept.group_executive_office") or user.has_group("business_dept.group_auditor"):
            return Domain("company_id", "in", user.company_ids.ids)
        return self._get_handled_domain()

    @api.model
    def _get_read_domain(self):
        """Incidents that the current user reads: also what he reported himself, and where he was."""
        return self._get_overseen_domain() | Domain("reported_by_id", "=", self.env.uid) | Domain(
            "person_ids", "any!", [("employee_id.user_id", "=", self.env.uid)])

    @api.model
    def _get_edited_domain(self):
        """Incidents that the current user may change: who reported one, until the leading group was told of it."""
        mine = Domain("reported_by_id", "=", self.env.uid) & Domain("state", "=", "draft")
        return Domain("state", "!=", "closed") & (self._get_handled_domain() | mine)

    def _is_involved(self, user):
        """Whether somebody is on the list of people of the incident, but for witnesses.

        :param user: ``res.users``
        """
        self.ensure_one()
        return user in self.sudo().person_ids.filtered(lambda person: person.role != "witness").employee_id.user_id
