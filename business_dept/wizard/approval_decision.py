# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessApprovalDecision(models.TransientModel):
    """Asks the reason (and the colleague) for a decision. It decides nothing: the request checks everything itself."""

    _name = "business.approval.decision"
    _description = "Decision with a Reason"

    approval_ids = fields.Many2many(comodel_name="business.approval", required=True)
    decision = fields.Selection(
        selection=[
            ("rejected", "Reject"),
            ("sent_back", "Send Back"),
            ("handed_over", "Hand Over"),
            ("added", "Ask a Colleague"),
        ],
        required=True,
    )
    user_id = fields.Many2one(comodel_name="res.users", string="Colleague", domain=[("share", "=", False)])
    reason = fields.Text()

    def action_confirm(self):
        """Hand the reason over to the requests, as the current user."""
        self.ensure_one()
        for approval in self.approval_ids:
            match self.decision:
                case "rejected":
                    approval.action_reject(self.reason or "")
                case "sent_back":
                    approval.action_send_back(self.reason or "")
                case "handed_over":
                    approval.action_hand_over(self.user_id.id, self.reason or "")
                case _:
                    approval.action_add_colleague(self.user_id.id, self.reason or "")
        return {"type": "ir.actions.act_window_close"}
