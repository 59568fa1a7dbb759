# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import ormcache


class BusinessStaffGrade(models.Model):
    """What a person may use on a trip: director, manager, senior, staff (TE-2)."""

    _name = "business.staff.grade"
    _description = "Staff Grade"
    _inherit = ["business.travel.tariff.mixin", "business.traced.mixin", "mail.thread"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10, tracking=True, help="Best first; the last is the grade of who has none.")
    active = fields.Boolean(default=True, tracking=True)
    shares_rooms = fields.Boolean(
        tracking=True, help="Below manager: two of the same sex at the same place share a room (TE-2.7.3).")

    _unique_code = models.Constraint("UNIQUE (code)", "There is a staff grade with this code already.")

    @api.model
    def _get_lowest(self):
        """The grade of those who have none: "other staff" (TE-2.3)."""
        return self.browse(self._get_lowest_id())

    @api.model
    @ormcache()
    def _get_lowest_id(self):
        return self.sudo().search([], order="sequence desc, id desc", limit=1).id or False

    @api.model
    def _get_of(self, employees):
        """The grade of each employee, whoever asks (the field itself is not for everybody); the lowest for who has none.

        :param employees: ``hr.employee``
        :return: ``{employee: business.staff.grade}``
        :rtype: dict
        """
        lowest = self._get_lowest()
        return {
            employee: self.browse(employee.sudo().staff_grade_id.id) or lowest for employee in employees
        }


class HrJob(models.Model):
    _inherit = "hr.job"

    staff_grade_id = fields.Many2one(
        comodel_name="business.staff.grade", ondelete="restrict", tracking=True,
        help="Grade of the employees in this job: what they may use on a trip, and what a night may cost (TE-2).",
    )


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    staff_grade_id = fields.Many2one(
        comodel_name="business.staff.grade", compute="_compute_staff_grade_id", store=True, readonly=False,
        ondelete="restrict", groups="hr.group_hr_user", tracking=True,
        help="By the job unless set here. Without a grade the lowest one counts (TE-2.3: other staff).",
    )

    @api.depends("job_id.staff_grade_id")
    def _compute_staff_grade_id(self):
        for employee in self:
            employee.staff_grade_id = employee.job_id.staff_grade_id or employee.staff_grade_id
