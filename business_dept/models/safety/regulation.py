# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ..foundation.regulation import BusinessRegulation as Foundation


class BusinessRegulation(models.Model):
    """Operating procedures, emergency plans and lessons are issued like regulations: versions, approval, reading.

    +-------------------------+----------------------------+---------------------------------------------------------+
    | Action                  | Who                        | Restriction                                             |
    +=========================+============================+=========================================================+
    | Create, write, submit   | safety officer, regulation | drafts of other kinds than regulations; the officer for |
    |                         | administrator              | his own companies only                                  |
    | Change the kind         | nobody                     | a code belongs to one kind                              |
    | Approve                 | safety leading group of    | by the approval engine; never its author                |
    |                         | the company                |                                                         |
    | Everything else         | as with regulations        |                                                         |
    +-------------------------+----------------------------+---------------------------------------------------------+
    """

    _inherit = "business.regulation"

    _approval_fields = (*Foundation._approval_fields, "kind")

    kind = fields.Selection(
        selection=[
            ("regulation", "Regulation"), ("procedure", "Operating procedure"), ("emergency_plan", "Emergency plan"),
            ("lesson", "Lesson of an incident"),
        ], required=True, default="regulation", index=True, tracking=True)
    safety_incident_id = fields.Many2one(
        comodel_name="business.safety.incident", string="Incident", index="btree_not_null", ondelete="restrict", readonly=True,
        copy=False)
    can_draft = fields.Boolean(compute="_compute_can_draft")

    #=== COMPUTE METHODS ===#

    @api.depends("kind")
    @api.depends_context("uid")
    def _compute_can_draft(self):
        user = self.env.user
        is_administrator = user.has_group("business_dept.group_regulation_admin")
        is_officer = user.has_group("business_dept.group_safety_officer")
        for regulation in self:
            regulation.can_draft = is_administrator or (is_officer and regulation.kind != "regulation")

    #=== CONSTRAINT METHODS ===#

    @api.constrains("code", "kind")
    def _check_code(self):
        """A version supersedes those of its code: an emergency plan must never take the place of a regulation."""
        found = {}
        for code, kind in self.sudo()._read_group([("code", "in", self.mapped("code"))], ["code", "kind"]):
            if found.setdefault(code, kind) != kind:
                raise ValidationError(self.env._(
                    "The code %s belongs to a document of another kind. Give it another one.", code))

    #=== CRUD METHODS ===#

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        kind = values.get("kind") or self.env.context.get("default_kind") or "regulation"
        if "company_ids" in fields_list and kind != "regulation":
            values.setdefault("company_ids", [fields.Command.set(self.env.company.ids)])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        regulations = super().create(vals_list)
        regulations._check_drafter()
        return regulations

    def write(self, vals):
        if "kind" in vals and not self.env.su and any(regulation.kind != vals["kind"] for regulation in self.sudo()):
            self._refuse("approval.forgery", self.env._(
                "What kind of document it is, is said when it is made. Delete the draft and make another one."))
        result = super().write(vals)
        if "company_ids" in vals:
            self._check_drafter()
        return result

    #=== APPROVAL ===#

    def _get_cannot_submit_reason(self):
        """EXTENDS foundation: a safety document has one leading group that decides."""
        if self.kind != "regulation" and len(self.sudo().company_ids) != 1:
            return self.env._("Say for which company it is: name one, its safety leading group decides.")
        return super()._get_cannot_submit_reason()

    #=== BUSINESS METHODS ===#

    def _check_drafter(self):
        """Refuse drafts of a safety officer for companies that are not his (the record rules keep him off regulations)."""
        user = self.env.user
        if self.env.su or user.has_group("business_dept.group_regulation_admin"):
            return
        for regulation in self.sudo():
            companies = regulation.company_ids
            if not companies or not all(user._is_safety_officer(company) for company in companies):
                raise AccessError(self.env._("Name the companies it is for: a safety officer drafts for his own companies."))
