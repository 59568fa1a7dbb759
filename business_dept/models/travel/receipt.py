# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class HrExpense(models.Model):
    """Receipts of what was submitted stay where they are (RG-3.7): who has one approved does not take it away afterwards."""

    _inherit = "hr.expense"

    def _check_files_changed(self, files):
        """Gate of the moment ``expense_change`` for receipts of submitted expenses.

        :param files: ``ir.attachment``, in sudo
        :raise ControlError: by the control, or because the claim is under review or approved
        """
        if self.env.su:
            return
        submitted = self.filtered(lambda expense: not expense.sudo()._is_open())
        if submitted:
            submitted._gate_changes({
                expense.id: self.env._("Receipt changed or taken away: %s", ", ".join(
                    files.filtered(lambda file, expense=expense: file.res_id == expense.id).mapped("name")))
                for expense in submitted
            })
