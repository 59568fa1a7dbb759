# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

INVOLVEMENT = frozenset({"employee_id", "outsider", "role", "incident_id"})
"""What says who had which part in which incident."""


class BusinessSafetyIncidentPerson(models.Model):
    """Somebody whom an incident hurt, who saw it, had a part in it, or answers for it.

    +------------------+------------------------------------------------+---------------------------------------+
    | Action           | Who                                            | Restriction                           |
    +==================+================================================+=======================================+
    | Read             | himself; who wrote it down; safety officer,    | injuries are private: others who may  |
    |                  | first responsible, leading group, executive    | read the incident do not read this    |
    |                  | office, auditor                                |                                       |
    | Write            | who may change the incident                    | not once it is closed; nobody his own |
    |                  |                                                | part in it                            |
    +------------------+------------------------------------------------+---------------------------------------+
    """

    _name = "business.safety.incident.person"
    _description = "Person in an Incident"
    _inherit = ["business.safety.incident.part.mixin"]
    _order = "incident_id, role, id"
    _incident_field = "person_ids"
    _check_company_auto = True

    employee_id = fields.Many2one(
        comodel_name="hr.employee", index="btree_not_null", ondelete="restrict", check_company=True)
    outsider = fields.Char(string="Name of Outsider", help="Somebody who does not work here: visitor, driver, contractor.")
    name = fields.Char(compute="_compute_name", compute_sudo=True)
    role = fields.Selection(
        selection=[("injured", "Injured"), ("involved", "Involved"), ("responsible", "Answers for it"), ("witness", "Witness")],
        required=True, default="injured", index=True)
    injury = fields.Text(help="What was hurt, and what was done about it.")
    lost_days = fields.Integer(string="Days Off Work")

    _check_who = models.Constraint(
        "CHECK (employee_id IS NOT NULL OR outsider IS NOT NULL)", "Say who it is: an employee, or the name of an outsider.")
    _check_lost_days = models.Constraint("CHECK (lost_days >= 0)", "Days off work cannot be negative.")

    @api.depends("employee_id", "outsider")
    def _compute_name(self):
        for person in self:
            person.name = person.employee_id.name or person.outsider

    def write(self, vals):
        if INVOLVEMENT & vals.keys():
            self._check_not_himself()
        return super().write(vals)

    def unlink(self):
        self._check_not_himself()
        return super().unlink()

    def _check_not_himself(self):
        """Refuse who takes himself off the list: he could lift the stop, finish and close then.

        :raise ControlError: by the control ``safety.incident_investigation``
        """
        if self.env.su:
            return
        for person in self.sudo():
            if person.role != "witness" and person.employee_id.user_id == self.env.user:
                person.incident_id.sudo(False)._refuse("safety.incident_investigation", self.env._(
                    "You are on the list of who had a part in %s: somebody else says whether you had.",
                    person.incident_id.name))
