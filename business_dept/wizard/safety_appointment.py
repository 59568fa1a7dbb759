# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..models.safety.department import APPOINTED


class BusinessSafetyAppointment(models.TransientModel):
    """Name who answers for safety in a department (SP-6, SM-3.2, SD-6); the department asks who may."""

    _name = "business.safety.appointment"
    _description = "Appointment for Safety"

    department_id = fields.Many2one(comodel_name="hr.department", required=True, readonly=True)
    safety_responsible_id = fields.Many2one(
        comodel_name="res.users", string="First Responsible for Safety", domain=[("share", "=", False)],
        compute="_compute_safety_responsible_id", store=True, readonly=False, help="Empty: the manager of the department.")
    safety_officer_id = fields.Many2one(
        comodel_name="res.users", domain=[("share", "=", False)],
        compute="_compute_safety_officer_id", store=True, readonly=False, help="Empty: the safety officers of the company.")
    safety_duties = fields.Text(
        string="Responsibilities for Safety", compute="_compute_safety_duties", store=True, readonly=False)

    @api.depends("department_id")
    def _compute_safety_responsible_id(self):
        for wizard in self:
            wizard.safety_responsible_id = wizard.department_id.safety_responsible_id

    @api.depends("department_id")
    def _compute_safety_officer_id(self):
        for wizard in self:
            wizard.safety_officer_id = wizard.department_id.safety_officer_id

    @api.depends("department_id")
    def _compute_safety_duties(self):
        for wizard in self:
            wizard.safety_duties = wizard.department_id.safety_duties

    def action_apply(self):
        """Write what has changed to the department.

        :raise ControlError: for who may not name these people
        """
        self.ensure_one()
        department = self.department_id
        changed = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in sorted(APPOINTED) if self[name] != department[name]
        }
        if changed:
            department.check_access("read")
            department._appoint_safety(changed)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
