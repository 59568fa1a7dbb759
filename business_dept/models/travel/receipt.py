# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import SUPERUSER_ID, models

CONTENT = frozenset({"res_model", "res_id", "raw", "datas", "db_datas", "url"})


class IrAttachment(models.Model):
    """Receipts of what was submitted stay where they are (RG-3.7): who has one approved does not take it away afterwards."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if CONTENT & vals.keys():
            self._refuse_receipts()
        return super().write(vals)

    def unlink(self):
        self._refuse_receipts()
        return super().unlink()

    def _refuse_receipts(self):
        """Gate of the moment ``expense_change`` for receipts of submitted expenses.

        :raise ControlError: by the control, or because the claim is under review or approved
        """
        if self.env.uid == SUPERUSER_ID:
            return  # but not for a user's acts in sudo: Odoo deletes so what somebody once uploaded and holds the token of
        receipts = self.sudo().filtered(lambda attachment: attachment.res_model == "hr.expense" and attachment.res_id)
        if not receipts:
            return
        expenses = self.env["hr.expense"].sudo(False).browse(receipts.mapped("res_id")).exists()
        submitted = expenses.filtered(lambda expense: not expense.sudo()._is_open())
        if not submitted:
            return
        changes = {
            expense.id: self.env._("Receipt taken away: %s", ", ".join(
                receipts.filtered(lambda receipt, expense=expense: receipt.res_id == expense.id).mapped("name")))
            for expense in submitted
        }
        submitted._gate_changes(changes)
