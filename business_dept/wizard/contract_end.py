# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessContractEnd(models.TransientModel):
    """Asks why a contract ends. Rights are checked by the contract's methods."""

    _name = "business.contract.end"
    _description = "End a Contract"

    contract_ids = fields.Many2many(comodel_name="business.contract", string="Contracts", required=True)
    how = fields.Selection(
        selection=[("completed", "Complete"), ("terminated", "Terminate")], required=True, default="terminated",
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """End the contracts, as the current user."""
        self.ensure_one()
        if self.how == "completed":
            self.contract_ids.action_complete(self.reason)
        else:
            self.contract_ids.action_terminate(self.reason)
        return {"type": "ir.actions.act_window_close"}
