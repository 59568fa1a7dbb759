# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

APPOINTED = frozenset({"safety_responsible_id", "safety_officer_id", "safety_duties"})


class HrDepartment(models.Model):
    """Who answers for safety in a department, and for what (SP-6, SM-3, SD-6).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | every employee                            |                                          |
    | Name the first       | executive office, first responsible       | nobody himself, but the executive office |
    | responsible person   | persons above, personnel                  |                                          |
    | Name the officer,    | the same, and the first responsible       | nobody himself, but the executive office |
    | write the duties     | person of the department                  |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+

    The wizard `business.safety.appointment` is the door for those who may not edit departments otherwise.
    """

    _name = "hr.department"
    _inherit = ["business.traced.mixin", "hr.department"]

    safety_responsible_id = fields.Many2one(tracking=True)
    safety_officer_id = fields.Many2one(tracking=True)
    safety_duties = fields.Text(
        string="Responsibilities for Safety", tracking=True,
        help="What the department and its people answer for (SP-8, SD-6).")
    safety_head_id = fields.Many2one(
        comodel_name="res.users", string="Answers for Safety", compute="_compute_safety_head_id", compute_sudo=True,
        help="The first responsible person who was named, or else the manager of the department (SP-6).")
    safety_officer_ids = fields.Many2many(
        comodel_name="res.users", string="Safety Officers", compute="_compute_safety_officer_ids", compute_sudo=True,
        help="The officer who was named, or else those of the company (SM-3.2).")
    safety_place_ids = fields.One2many(
        comodel_name="business.safety.place", inverse_name="department_id", string="Places in Charge")
    can_appoint_safety = fields.Boolean(compute="_compute_can_appoint_safety")

    # === COMPUTE METHODS === #

    @api.depends("safety_responsible_id", "manager_id.user_id")
    def _compute_safety_head_id(self):
        for department in self:
            department.safety_head_id = department.safety_responsible_id or department.manager_id.user_id

    @api.depends("safety_officer_id", "company_id")
    @api.depends_context("company")
    def _compute_safety_officer_ids(self):
        for company, departments in self.grouped(lambda department: department.company_id or self.env.company).items():
            officers = self.env["res.users"]._get_post_holders("business_dept.group_safety_officer", company)
            for department in departments:
                department.safety_officer_ids = department.safety_officer_id or officers

    @api.depends("safety_responsible_id", "manager_id", "parent_id")
    @api.depends_context("uid")
    def _compute_can_appoint_safety(self):
        for department in self:
            department.can_appoint_safety = department._origin._may_appoint_safety({"safety_duties"})

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        departments = super().create(vals_list)
        for department in departments:  # what came by a default of the context counts as well
            if named := {name for name in APPOINTED if department[name]}:
                department._check_may_appoint_safety(
                    named, {name: department._fields[name].convert_to_write(department[name], department) for name in named})
        return departments

    def write(self, vals):
        if named := APPOINTED & vals.keys():
            self._check_may_appoint_safety(named, vals)
        return super().write(vals)

    # === ACTION METHODS === #

    def action_appoint_safety(self):
        """Open the wizard that names who answers for safety; whether the user may is asked when he applies it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Safety in %s", self.display_name),
            "res_model": "business.safety.appointment",
            "view_mode": "form",
            "target": "new",
            "context": {"default_department_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _may_appoint_safety(self, names):
        """Whether the current user names who answers for safety here.

        :param names: names of the fields that are to be written
        """
        user, department = self.env.user, self.sudo()
        if department.company_id and department.company_id not in user.company_ids:
            return False
        above = department.parent_id._get_safety_responsibles()
        if user in above or user.has_groups("business_dept.group_executive_office,hr.group_hr_user"):
            return True
        return "safety_responsible_id" not in names and user in department._get_safety_responsibles()

    def _check_may_appoint_safety(self, names, vals):
        """Refuse who may not name these people, and who names himself; leave a trace (SP-6, SD-6).

        :param names: names of the fields that are to be written
        :param dict vals: the new values
        :raise ControlError: by the control ``safety.appointment``
        """
        if self.env.su:
            return
        people = {vals.get(name) for name in ("safety_responsible_id", "safety_officer_id")}
        if self.env.uid in people and not self.env.user.has_group("business_dept.group_executive_office"):
            self._refuse_appointment(self.env._("Nobody appoints himself. The executive office does, or who is above."))
        for department in self:
            if not department._may_appoint_safety(names):
                department._refuse_appointment(self.env._(
                    "Who answers for safety in %s is named by the executive office, personnel, or the first responsible "
                    "persons above.", department.display_name))

    def _refuse_appointment(self, message):
        self.env["business.control.mixin"]._refuse_on(self, "safety.appointment", message)

    def _appoint_safety(self, vals):
        """Name who answers for safety, for those who may not edit departments otherwise.

        :param dict vals: values of the fields of ``APPOINTED``
        :raise ControlError: for who may not
        """
        self._check_may_appoint_safety(vals.keys(), vals)
        self._without_quiet().sudo().write(vals)
