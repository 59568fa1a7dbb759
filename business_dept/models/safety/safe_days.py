# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Days without accident (SM-2.1): everybody reads the figure, not the incidents it comes from."""
from odoo import fields, models

from ...policy.safety import days_without_accident


class ResCompany(models.Model):
    _inherit = "res.company"

    days_without_accident = fields.Integer(compute="_compute_days_without_accident", compute_sudo=True)

    def _compute_days_without_accident(self):
        last = dict(self.env["business.safety.incident"].sudo()._read_group(
            [("is_accident", "=", True), ("company_id", "in", self.ids)], ["company_id"], ["date_occurred:max"]))
        since = self._get_safety_since()
        for company in self:
            company.days_without_accident = company._count_safe_days(last.get(company._origin), since.get(company._origin.id))

    def _get_safety_since(self):
        """First day that counts when nothing ever happened: of the first seat in the leading group, or of the company.

        :return: ``{company id: date}``
        """
        seats = {
            company.id: day for company, day in self.env["business.safety.committee.member"].sudo()._read_group(
                [("company_id", "in", self.ids)], ["company_id"], ["date_from:min"])
        }
        return {
            company.id: seats.get(company.id) or (company.create_date and company._get_local_day(company.create_date))
            for company in self._origin
        }

    def _count_safe_days(self, last, since):
        """Days since an accident, or since safety is managed here.

        :param datetime last: the last accident; ``None`` when there was none
        :param date since: first day that counts
        """
        today = self._get_local_day()
        return days_without_accident(since or today, [self._get_local_day(last)] if last else [], today)


class HrDepartment(models.Model):
    _inherit = "hr.department"

    days_without_accident = fields.Integer(
        compute="_compute_days_without_accident", compute_sudo=True,
        help="Since the last accident in the department or below it (SM-2.1).")

    def _compute_days_without_accident(self):
        incidents = self.env["business.safety.incident"].sudo()._read_group(
            [("is_accident", "=", True), ("department_id", "child_of", self.ids)], ["department_id"], ["date_occurred:max"])
        last = {}
        for department, moment in incidents:
            for part in filter(None, (department.parent_path or "").split("/")):
                last[int(part)] = max(last.get(int(part), moment), moment)
        companies = self.company_id | self.env.company
        since = companies._get_safety_since()
        for department in self:
            company = department.company_id or self.env.company
            department.days_without_accident = company._count_safe_days(
                last.get(department._origin.id), since.get(company.id))
