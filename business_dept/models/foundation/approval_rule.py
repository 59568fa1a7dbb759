# Part of business_dept. See LICENSE file for full copyright and licensing details.
from ast import literal_eval
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class RouteStep(NamedTuple):
    """One step that a record would take.

    :param rule: the ``business.approval.rule`` that asks for it
    :param users: who decides (``res.users``)
    :param excluded: who would, but requested or made the document (IC-7)
    """

    rule: object
    users: object
    excluded: object


class BusinessApprovalRule(models.Model):
    """Which record, which breach, who decides: the route of a request is made of rules (JJ-1.2.3)."""

    _name = "business.approval.rule"
    _description = "Approval Rule"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10, help="The order of the steps within a route.")
    company_id = fields.Many2one(comodel_name="res.company", help="Empty: for every company.", tracking=True)
    model_id = fields.Many2one(
        comodel_name="ir.model",
        string="Document",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("model", "in", self._get_approvable_models())],
        tracking=True,
    )
    model_name = fields.Char(related="model_id.model", store=True, index=True)
    control_ids = fields.Many2many(
        comodel_name="business.control",
        string="When One of These Acts",
        tracking=True,
        help="Empty: for every request of this document, whatever it breaks.",
    )
    domain = fields.Char(string="Applies to", default="[]", tracking=True)
    approver_type = fields.Selection(
        selection=[
            ("group", "Holders of a post or group"),
            ("user", "Named persons"),
            ("manager", "The requester's department manager"),
            ("field", "A person named on the document"),
        ],
        required=True,
        default="group",
        tracking=True,
    )
    group_id = fields.Many2one(comodel_name="res.groups", string="Post or Group", tracking=True)
    user_ids = fields.Many2many(
        comodel_name="res.users", string="Persons", domain=[("share", "=", False)], tracking=True,
    )
    field_id = fields.Many2one(
        comodel_name="ir.model.fields",
        domain="[('model_id', '=', model_id), ('relation', '=', 'res.users'), ('ttype', '=', 'many2one')]",
        ondelete="cascade",
        tracking=True,
    )
    require = fields.Selection(
        selection=[("any", "Any one of them"), ("all", "All of them")],
        required=True,
        default="any",
        tracking=True,
    )
    deadline_days = fields.Integer(
        default=2, tracking=True, help="Days to decide. Then they are reminded, and the escalation joins them. 0: no deadline.",
    )
    escalation_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Escalate to",
        tracking=True,
        help="Holders of this post may decide once the deadline has passed, or when nobody else is left to decide.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("approver_type", "group_id", "user_ids", "field_id")
    def _check_approver(self):
        needed = {"group": "group_id", "user": "user_ids", "field": "field_id"}
        for rule in self:
            name = needed.get(rule.approver_type)
            if name and not rule[name]:
                raise ValidationError(self.env._(
                    "The rule “%(rule)s” does not say who decides: fill in “%(field)s”.",
                    rule=rule.name, field=rule._fields[name]._description_string(self.env),
                ))

    @api.constrains("domain", "model_id")
    def _check_domain(self):
        for rule in self:
            try:
                rule._get_domain().validate(self.env[rule.model_name])
            except Exception as error:
                raise ValidationError(self.env._(
                    "The condition of the rule “%(rule)s” cannot be used: %(error)s", rule=rule.name, error=error,
                )) from error

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["business.approval.step"].sudo().search_count([("rule_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("Requests have been decided by this rule: archive it, so that the trace stays."))

    # === BUSINESS METHODS === #

    @api.model
    def _get_approvable_models(self):
        """Names of the models that take part in approvals."""
        return sorted(
            name for name, model in self.env.registry.items()
            if hasattr(model, "_submit_for_approval") and not model._abstract
        )

    def _get_domain(self):
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    @api.model
    def _get_route(self, record, requester, controls):
        """The steps that a record would take.

        :param record: one document
        :param requester: ``res.users`` who asks
        :param controls: ``business.control`` that need approval (may be empty)
        :return: steps in order; a step with no ``users`` has nobody to decide it
        :rtype: list[RouteStep]
        """
        record.ensure_one()
        record = record.sudo()
        company = record._get_control_company() or self.env.company
        rules = self.sudo().search_fetch([
            ("model_name", "=", record._name),
            ("company_id", "in", (False, company.id)),
            ("control_ids", "in", [*controls.ids, False]),
        ], ["name", "domain", "approver_type", "group_id", "field_id", "escalation_group_id"])
        made_by = record._approval_authors() | requester
        route = []
        for rule in rules:
            if not record.filtered_domain(rule._get_domain()):
                continue
            candidates = rule._get_candidates(record, requester, company)
            users = candidates - made_by
            if not users and rule.escalation_group_id:
                users = rule._get_group_users(rule.escalation_group_id, company) - made_by
            route.append(RouteStep(rule, users, candidates & made_by))
        return route

    @api.model
    def _get_routes(self, record, requester, controls):
        """The steps that a record would take for each control alone, for the price of one route.

        :param record: one document
        :param requester: ``res.users`` who asks
        :param controls: ``business.control``
        :return: ``{control: steps}``
        :rtype: dict
        """
        route = self._get_route(record, requester, controls)
        return {
            control: [step for step in route if not step.rule.control_ids or control in step.rule.control_ids]
            for control in controls
        }

    def _get_candidates(self, record, requester, company):
        """Who decides by this rule, before the requester and the authors are taken out."""
        self.ensure_one()
        match self.approver_type:
            case "group":
                return self._get_group_users(self.group_id, company)
            case "user":
                users = self.user_ids
            case "field":
                users = record[self.field_id.name]
            case _:
                return self._get_department_manager(requester, company)
        return users.filtered(lambda user: user.active and not user.share and company in user.company_ids)

    @api.model
    def _get_group_users(self, group, company):
        """Members of a group, also those who have it through another group, who may work in the company."""
        return self.env["res.users"].sudo().search_fetch([
            ("all_group_ids", "in", group.ids),
            ("share", "=", False),
            ("company_ids", "in", company.ids),
        ], ["partner_id"])

    @api.model
    def _get_department_manager(self, requester, company):
        """The manager of the requester's department; a manager's own requests go to the department above."""
        department = requester.sudo().with_company(company).employee_id.department_id
        while department and department.manager_id.user_id in (requester, self.env["res.users"]):
            department = department.parent_id
        manager = department.manager_id.user_id
        return manager if manager.active else self.env["res.users"]
