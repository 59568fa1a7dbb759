# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError


class BusinessSafetyPlan(models.Model):
    """How often a place or department is inspected in full: at least monthly (SP-11, SM-4.2.1, SD-10).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Create, change, archive | safety officer                         | begins this month or later                |
    | Delete                  | safety officer                         | no inspection was made by it              |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.safety.plan"
    _description = "Inspection Plan"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, place_id, id"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        required=True, translate=True, compute="_compute_name", store=True, readonly=False, precompute=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False, precompute=True)
    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="restrict", check_company=True,
        tracking=True)
    inspector_id = fields.Many2one(
        comodel_name="res.users", domain=[("share", "=", False)], tracking=True,
        help="Empty: the safety officer of the department, or of the company.")
    day = fields.Integer(
        string="Due on Day", required=True, default=25, tracking=True,
        help="Day of the month by which the full inspection is closed; the last day in shorter months.")
    date_from = fields.Date(
        string="Since", required=True, default=fields.Date.context_today, copy=False, tracking=True,
        help="The first month that is inspected is this one.")
    before_holidays = fields.Boolean(
        default=True, tracking=True, help="A special inspection before each public holiday of the company's working hours.")
    inspection_ids = fields.One2many(
        comodel_name="business.safety.inspection", inverse_name="plan_id", string="Inspections", readonly=True)
    last_score = fields.Float(digits=(5, 1), compute="_compute_last", help="Of the full inspection that was closed last.")
    last_date = fields.Date(string="Last Inspected On", compute="_compute_last")
    next_deadline = fields.Date(string="Next Due", compute="_compute_last")

    _check_day = models.Constraint("CHECK (day BETWEEN 1 AND 31)", "A day of the month goes from 1 to 31.")

    #=== COMPUTE METHODS ===#

    @api.depends("place_id")
    def _compute_name(self):
        for plan in self:
            plan.name = plan.name or plan.place_id.complete_name

    @api.depends("place_id")
    def _compute_department_id(self):
        for plan in self:
            plan.department_id = plan.place_id.department_id or plan.department_id

    @api.depends("inspection_ids.state", "inspection_ids.date_deadline")
    def _compute_last(self):
        last, coming = {}, {}
        for inspection in self.env["business.safety.inspection"].search_fetch(
                [("plan_id", "in", self.ids), ("kind", "=", "full"), "|", ("state", "=", "open"), ("is_corrected", "=", False)],
                ["plan_id", "state", "date_deadline", "score", "date_inspected"], order="date_deadline, id"):
            if inspection.state == "closed":
                last[inspection.plan_id] = inspection
            else:
                coming.setdefault(inspection.plan_id, inspection)
        empty = self.env["business.safety.inspection"]
        for plan in self:
            plan.last_score = last.get(plan._origin, empty).score
            plan.last_date = last.get(plan._origin, empty).date_inspected
            plan.next_deadline = coming.get(plan._origin, empty).date_deadline

    #=== CONSTRAINT METHODS ===#

    @api.constrains("inspector_id", "company_id")
    def _check_inspector(self):
        for plan in self:
            inspector = plan.inspector_id.sudo()
            if inspector and (inspector.share or plan.company_id not in inspector.company_ids):
                raise ValidationError(self.env._(
                    "%s is no employee of this company, and inspects nothing here.", inspector.name))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans._check_officer()
        if any("date_from" in vals for vals in vals_list):
            plans._check_begin()
        return plans

    def write(self, vals):
        self._check_officer()
        if vals.get("active"):
            # what stood still while it was archived is not made up
            self.filtered(lambda plan: not plan.active).sudo().write({"date_from": fields.Date.context_today(self)})
        result = super().write(vals)
        self._check_officer()
        if "date_from" in vals:
            self._check_begin()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.sudo().inspection_ids:
            raise UserError(self.env._("Inspections were made by this plan: archive it."))

    def _check_officer(self):
        """Refuse who is no safety officer of the plan's company."""
        if not self.env.su and not all(self.env.user._is_safety_officer(plan.company_id) for plan in self):
            raise AccessError(self.env._("Inspections are planned by a safety officer of the company."))

    def _check_begin(self):
        """Refuse a beginning in the past: inspections of months that are over would be asked for."""
        month = fields.Date.context_today(self).replace(day=1)
        if not self.env.su and any(plan.date_from < month for plan in self):
            raise UserError(self.env._("A plan begins this month or later."))

    #=== ACTION METHODS ===#

    def action_make_now(self):
        """Make the inspections that are due by now without waiting for the night."""
        self.check_access("write")
        self._check_officer()
        self._make_full(fields.Date.context_today(self))
        return self.action_open_inspections()

    def action_open_inspections(self):
        """Open the inspections of these plans."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_inspection_action")
        return {**action, "domain": [("plan_id", "in", self.ids)], "context": {}}
