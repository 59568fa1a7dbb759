# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class HrJob(models.Model):
    _inherit = "hr.job"

    safety_equipment_type_ids = fields.Many2many(
        comodel_name="business.safety.equipment.type", relation="business_safety_job_equipment_rel", column1="job_id",
        column2="type_id", string="Protective Equipment", tracking=True,
        help="Who has this job wears it (SM-4.3.2). The safety officer says so on the kind of equipment.")


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    safety_qualification_ids = fields.One2many(
        comodel_name="business.safety.qualification", inverse_name="employee_id", string="Safety Qualifications",
        groups="hr.group_hr_user")
    safety_equipment_ids = fields.One2many(
        comodel_name="business.safety.equipment.issue", inverse_name="employee_id", string="Protective Equipment",
        groups="hr.group_hr_user")

    def action_open_safety_qualifications(self):
        """Open the qualifications of these employees; the rules say which of them the user reads."""
        return self._open_safety("business_dept.business_safety_qualification_action")

    def action_open_safety_equipment(self):
        """Open the protective equipment of these employees; the rules say which of it the user reads."""
        return self._open_safety("business_dept.business_safety_equipment_issue_action")

    def _open_safety(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        context = {"default_employee_id": self.id} if len(self) == 1 else {}
        return {**action, "domain": [("employee_id", "in", self.ids)], "context": context}


class HrEmployeePublic(models.Model):
    _inherit = "hr.employee.public"

    def action_open_safety_qualifications(self):
        """Open the qualifications of these people; the rules say which of them the user reads."""
        return self.env["hr.employee"].browse(self.ids).action_open_safety_qualifications()

    def action_open_safety_equipment(self):
        """Open the protective equipment of these people; the rules say which of it the user reads."""
        return self.env["hr.employee"].browse(self.ids).action_open_safety_equipment()
