# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models

STATES = [
    ("waiting", "Waiting"),
    ("pending", "To decide"),
    ("approved", "Approved"),
    ("rejected", "Rejected"),
    ("sent_back", "Sent back"),
    ("cancelled", "Not needed"),
]


class BusinessApprovalStep(models.Model):
    """One step of a route, as it was when the request was submitted."""

    _name = "business.approval.step"
    _description = "Approval Steps"
    _inherit = ["business.engine.mixin"]
    _order = "approval_id, sequence, id"

    approval_id = fields.Many2one(
        comodel_name="business.approval", required=True, readonly=True, index=True, ondelete="cascade",
    )
    name = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    rule_id = fields.Many2one(comodel_name="business.approval.rule", readonly=True, ondelete="set null")
    require = fields.Selection(selection=[("any", "Any one of them"), ("all", "All of them")], readonly=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        default="waiting",
    )
    deadline_days = fields.Integer(readonly=True)
    deadline = fields.Datetime(readonly=True)
    reminded_on = fields.Datetime(readonly=True)
    escalation_group_id = fields.Many2one(comodel_name="res.groups", readonly=True, ondelete="set null")
    escalated_on = fields.Datetime(readonly=True)
    approver_ids = fields.One2many(comodel_name="business.approval.approver", inverse_name="step_id", readonly=True)

    def _is_decided(self):
        """Whether enough of its approvers have approved."""
        self.ensure_one()
        decided = self.approver_ids.filtered(lambda row: row.state == "approved")
        if self.require == "any":
            return bool(decided)
        open_rows = self.approver_ids.filtered(lambda row: row.state == "pending")
        stood_in_for = decided.on_behalf_of_id
        return bool(decided) and not open_rows.filtered(
            lambda row: row.origin != "absence" and row.origin != "escalation" and row.user_id not in stood_in_for
        )

    def _close(self, state):
        """End the step; who had not decided need not any more."""
        self.write({"state": state})
        self.approver_ids.filtered(lambda row: row.state in ("waiting", "pending")).write({"state": "cancelled"})


class BusinessApprovalApprover(models.Model):
    """One person who decides, or decided, a step: who, for whom, when, and why."""

    _name = "business.approval.approver"
    _description = "Approvers"
    _inherit = ["business.engine.mixin"]
    _order = "step_id, id"
    _rec_name = "user_id"

    step_id = fields.Many2one(
        comodel_name="business.approval.step", required=True, readonly=True, index=True, ondelete="cascade",
    )
    approval_id = fields.Many2one(related="step_id.approval_id", store=True, index=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, readonly=True, index=True)
    origin = fields.Selection(
        selection=[
            ("rule", "By rule"),
            ("handed_over", "Handed over"),
            ("added", "Added"),
            ("absence", "Absence cover"),
            ("escalation", "Escalation"),
        ],
        required=True,
        readonly=True,
        default="rule",
    )
    on_behalf_of_id = fields.Many2one(comodel_name="res.users", string="Stands in for", readonly=True)
    state = fields.Selection(
        selection=[*STATES, ("handed_over", "Handed over")],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    reason = fields.Text(readonly=True)
    date = fields.Datetime(readonly=True)

    def _may_decide_today(self):
        """Absence cover ends with the absence."""
        self.ensure_one()
        return self.origin != "absence" or bool(
            self.env["business.approval.absence"]._get_covers(self.on_behalf_of_id).get(self.on_behalf_of_id) == self.user_id
        )
