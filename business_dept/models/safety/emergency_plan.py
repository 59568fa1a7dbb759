# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..foundation.approval_mixin import ENGINE
from .regulation import BusinessRegulation as Kinds

PLAN_FIELDS = (
    "scenario", "safety_place_ids", "commander_id", "assembly_point", "drill_interval_months",
    "contact_ids.name", "contact_ids.role", "contact_ids.phone",
)


class BusinessRegulation(models.Model):
    """What an emergency plan names beside its clauses: where, who commands, whom to call (SM-4.5.1)."""

    _inherit = "business.regulation"

    _approval_fields = (*Kinds._approval_fields, *PLAN_FIELDS)

    scenario = fields.Selection(
        selection=[
            ("fire", "Fire"), ("glass", "Glass breakage, cuts"), ("electric", "Electric shock"),
            ("chemical", "Chemical leak"), ("machine", "Caught in a machine"), ("burn", "Burns from hot glass"),
            ("weather", "Extreme weather"), ("interruption", "Interruption of business"), ("other", "Other"),
        ], index="btree_not_null", tracking=True)
    safety_place_ids = fields.Many2many(
        comodel_name="business.safety.place", relation="business_regulation_safety_place_rel", column1="regulation_id",
        column2="place_id", string="Places", help="Where it applies. Empty: everywhere in the company.")
    commander_id = fields.Many2one(
        comodel_name="res.users", index="btree_not_null", domain=[("share", "=", False)], tracking=True,
        help="Commands in the emergency, and leads the drills.")
    assembly_point = fields.Char(translate=True, tracking=True)
    drill_interval_months = fields.Integer(
        string="Drill Every (Months)", default=6, tracking=True, help="At least one drill in so many months. 0: no drills.")
    contact_ids = fields.One2many(
        comodel_name="business.safety.plan.contact", inverse_name="regulation_id", string="Emergency Contacts", copy=True)
    drill_count = fields.Integer(string="Drills", compute="_compute_drills", compute_sudo=True)
    date_last_drill = fields.Date(string="Last Drill", compute="_compute_drills", compute_sudo=True)
    date_next_drill = fields.Date(string="Next Drill", compute="_compute_drills", compute_sudo=True)

    _check_drill_interval = models.Constraint(
        "CHECK (drill_interval_months >= 0 AND drill_interval_months <= 60)", "Drills are held every 1 to 60 months; 0: none.")

    #=== COMPUTE METHODS ===#

    @api.depends("code", "kind", "company_ids")
    def _compute_drills(self):
        drills = self._get_drills()
        for plan in self:
            mine = drills.get(plan._get_drill_key(), self.env["business.safety.drill"])
            plan.drill_count = len(mine)
            plan.date_last_drill = max(mine.filtered("date_held").mapped("date_held"), default=False)
            plan.date_next_drill = min(
                mine.filtered(lambda drill: drill.state == "planned").mapped("date_planned"), default=False)

    #=== CONSTRAINT METHODS ===#

    @api.constrains("safety_place_ids", "company_ids")
    def _check_places(self):
        for plan in self:
            if plan.company_ids and plan.safety_place_ids.company_id - plan.company_ids:
                raise ValidationError(self.env._("The places of %s belong to another company.", plan.display_name))

    #=== ACTION METHODS ===#

    def action_open_drills(self):
        """Open the drills of this plan, those of its other versions included."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_drill_action")
        return {
            **action, "context": {"default_plan_id": self.id},
            "domain": [("plan_id.code", "=", self.code), ("company_id", "=", self._get_control_company().id)],
        }

    #=== APPROVAL ===#

    def _get_cannot_submit_reason(self):
        """EXTENDS kinds: SM-4.5.1, a plan names who commands, where people gather and whom they call."""
        if self.kind == "emergency_plan" and not (
            self.scenario and self.commander_id and self.assembly_point and self.contact_ids
        ):
            return self.env._(
                "An emergency plan names what it is for, who commands, where people gather and whom they call: "
                "fill in scenario, commander, assembly point and contacts.")
        return super()._get_cannot_submit_reason()

    #=== BUSINESS METHODS ===#

    def _get_drill_key(self):
        """What drills of all versions of a plan have in common."""
        return self.code, self._get_control_company().id

    def _get_drills(self):
        """Drills of these plans and of their other versions, but for cancelled ones, in one statement.

        :return: ``{(code, company id): drills}``, in sudo
        """
        drills = self.env["business.safety.drill"].sudo().search_fetch([
            ("plan_id.code", "in", [code for code in self.mapped("code") if code]), ("state", "!=", "cancelled"),
        ], ["plan_id", "company_id", "state", "date_planned", "date_held"])
        return drills.grouped(lambda drill: (drill.plan_id.code, drill.company_id.id))

    def _supersede(self, older, today):
        """EXTENDS foundation: the drills that are planned are those of the new version."""
        super()._supersede(older, today)
        self.env["business.safety.drill"].sudo().search([
            ("plan_id", "in", older.ids), ("state", "=", "planned"),
        ]).write({"plan_id": self.id})


class BusinessSafetyPlanContact(models.Model):
    """Whom to call in an emergency. Written with its plan, while that is a draft."""

    _name = "business.safety.plan.contact"
    _description = "Emergency Contact"
    _inherit = ["business.approval.line.mixin"]
    _order = "regulation_id, sequence, id"
    _allow_sudo_commands = False
    _approval_parent_field = "regulation_id"

    regulation_id = fields.Many2one(
        comodel_name="business.regulation", string="Emergency Plan", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    role = fields.Char(translate=True, help="Commander, first aid, fire brigade …")
    phone = fields.Char(required=True)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_settled(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_settled([vals])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._refuse_settled([])

    def _refuse_settled(self, vals_list):
        """RL-4.3: contacts of an approved version stay as they are, and none is moved into or out of one."""
        if self.env.context.get("business_engine") is not ENGINE:
            self.sudo()._get_approval_parents(vals_list).sudo(False)._refuse_settled()
