# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who answers for safety: asked here, and nowhere else (SP-4 to SP-6, SM-3)."""
from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _is_safety_officer(self, company):
        """Whether the user is a safety officer of a company (SM-3.2)."""
        self.ensure_one()
        return company in self.company_ids and self.has_group("business_dept.group_safety_officer")

    def _is_in_leading_group(self, company):
        """Whether the user sits in the safety leading group of a company now (SP-4)."""
        self.ensure_one()
        return self in company.sudo()._get_leading_group()

    def _answers_for_safety(self, department):
        """Whether the user is the first responsible person of a department, or of one above it (SP-6)."""
        self.ensure_one()
        return self in department.sudo()._get_safety_responsibles()


class ResCompany(models.Model):
    _inherit = "res.company"

    safety_member_ids = fields.One2many(
        comodel_name="business.safety.committee.member", inverse_name="company_id", string="Safety Leading Group")

    def _get_leading_group(self, roles=("chair", "deputy", "member")):
        """Users in the safety leading group of these companies today, the chair first (SP-4).

        :param roles: the roles that count
        :return: active internal users, in sudo
        """
        members = self.sudo().safety_member_ids.filtered(lambda member: member.role in roles and member.is_current)
        order = ("chair", "deputy", "member")
        return members.sorted(lambda member: (order.index(member.role), member.id)).user_id.filtered(
            lambda user: user.active and not user.share)


class HrDepartment(models.Model):
    _inherit = "hr.department"

    safety_responsible_id = fields.Many2one(
        comodel_name="res.users", string="First Responsible for Safety", domain=[("share", "=", False)],
        help="Answers for the safety of the department (SP-6). Empty: the manager of the department.",
    )
    safety_officer_id = fields.Many2one(
        comodel_name="res.users", domain=[("share", "=", False)],
        help="Inspects and follows hazards up in the department (SM-3.2). Empty: the safety officers of the company.",
    )

    def _get_safety_responsibles(self):
        """First responsible persons of these departments and of those above, the nearest first (SP-6).

        :return: users, in sudo
        """
        users, departments = self.env["res.users"].sudo(), self.sudo()
        while departments:
            for department in departments:
                users |= department.safety_responsible_id or department.manager_id.user_id
            departments = departments.parent_id
        return users.filtered(lambda user: user.active and not user.share)

    def _get_safety_officers(self, company):
        """The safety officer of a department, or else those of the company (SM-3.2).

        :return: users, in sudo
        """
        named = self.sudo().safety_officer_id.filtered(lambda user: user.active and company in user.company_ids)
        return named or self.env["res.users"]._get_post_holders("business_dept.group_safety_officer", company)
