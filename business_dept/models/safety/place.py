# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyPlace(models.Model):
    """A place that is inspected, where hazards are found and special work is done (SP-11, SM-4.3).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | every employee                            | companies of the user                    |
    | Create, edit         | safety officer, executive office          | companies of the user; every change that |
    |                      |                                           | counts is traced                         |
    | Say who may enter    | see `business.safety.place.entrant`       |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+
    """

    _name = "business.safety.place"
    _description = "Workplace"
    _inherit = ["business.traced.mixin", "hr.mixin", "mail.thread"]
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]
    _parent_store = True
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    complete_name = fields.Char(compute="_compute_complete_name", store=True, recursive=True, index="trigram")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    parent_id = fields.Many2one(
        comodel_name="business.safety.place", string="Part of", index="btree_not_null", ondelete="restrict",
        check_company=True, tracking=True)
    child_ids = fields.One2many(comodel_name="business.safety.place", inverse_name="parent_id", string="Places in It")
    parent_path = fields.Char(index=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", string="Department in Charge", index="btree_not_null", check_company=True, tracking=True)
    responsible_ids = fields.Many2many(
        comodel_name="res.users", string="First Responsible", compute="_compute_responsible_ids", compute_sudo=True,
        help="Who answers for safety in the department in charge (SP-6).")
    is_restricted = fields.Boolean(
        string="Restricted Area", tracking=True, help="Only who is named may enter or work there (SM-4.3.3).")
    warning = fields.Text(
        string="Dangers", translate=True, tracking=True, help="What is dangerous here, and what to mind. Everybody reads it.")
    entrant_ids = fields.One2many(
        comodel_name="business.safety.place.entrant", inverse_name="place_id", string="May Enter")
    worker_ids = fields.Many2many(
        comodel_name="hr.employee", relation="business_safety_place_worker_rel", column1="place_id", column2="employee_id",
        string="Work Here", check_company=True, tracking=True,
        help="They need the protective equipment of the place every day, and not only for special work.")
    equipment_type_ids = fields.Many2many(
        comodel_name="business.safety.equipment.type", relation="business_safety_place_equipment_rel", column1="place_id",
        column2="type_id", string="Protective Equipment", tracking=True,
        help="Who works here wears it (SM-4.3.2); also in all places that are in this one.")
    procedure_ids = fields.Many2many(
        comodel_name="business.regulation", relation="business_safety_place_procedure_rel", column1="place_id",
        column2="regulation_id", string="Operating Procedures", domain=[("kind", "=", "procedure")], tracking=True,
        help="How the work here is done safely (SM-4.3.1).")
    is_admitted = fields.Boolean(
        string="I May Enter", compute="_compute_is_admitted", compute_sudo=True,
        help="Whether you are among those who may enter this restricted area today.")

    can_admit = fields.Boolean(compute="_compute_can_admit")

    # === COMPUTE METHODS === #

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            place.complete_name = " / ".join(filter(None, (place.parent_id.complete_name, place.name)))

    @api.depends("department_id.safety_responsible_id", "department_id.manager_id.user_id")
    def _compute_responsible_ids(self):
        for place in self:
            place.responsible_ids = place.department_id._get_safety_responsibles()[:1]

    @api.depends("is_restricted", "parent_path", "entrant_ids.date_from", "entrant_ids.date_to")
    @api.depends_context("uid", "tz")
    def _compute_is_admitted(self):
        mine, today = self.env.user.sudo().employee_ids.grouped("company_id"), fields.Date.context_today(self)
        for place in self:
            me = mine.get(place.company_id)
            place.is_admitted = bool(me) and not (place._origin or place)._get_refused(me, today)

    @api.depends("department_id")
    @api.depends_context("uid")
    def _compute_can_admit(self):
        Entrant = self.env["business.safety.place.entrant"]
        for place in self:
            place.can_admit = bool(place._origin) and Entrant.new({"place_id": place._origin.id})._may_keep()

    # === ACTION METHODS === #

    def action_admit(self):
        """Open a new admission to this place; whether the user may admit people is asked when he saves it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Admit to %s", self.display_name),
            "res_model": "business.safety.place.entrant",
            "view_mode": "form",
            "target": "new",
            "context": {"default_place_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_with_parents(self):
        """These places and all that they are part of, in sudo: what holds for a place holds for what is in it."""
        ids = {int(part) for place in self.sudo() for part in (place.parent_path or "").split("/") if part}
        return self.sudo().browse(sorted(ids))

    def _get_refused(self, employees, day):
        """Who may not enter these places on a day, for one of them, or one that it is part of, is restricted (SM-4.3.3).

        One statement for any number of places and people.

        :param employees: ``hr.employee``
        :param date day: the day
        :return: those of the employees who are not admitted to all restricted areas on the way, in sudo
        """
        employees = employees.sudo()
        restricted = self._get_with_parents().filtered("is_restricted")
        if not (restricted and employees):
            return employees.browse()
        admitted = {
            (employee.id, place.id) for employee, place in self.env["business.safety.place.entrant"].sudo()._read_group([
                ("place_id", "in", restricted.ids), ("employee_id", "in", employees.ids), ("date_from", "<=", day),
                "|", ("date_to", "=", False), ("date_to", ">=", day),
            ], ["employee_id", "place_id"])
        }
        return employees.filtered(
            lambda employee: any((employee.id, place.id) not in admitted for place in restricted))
