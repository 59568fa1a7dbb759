# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Improvements that follow from a drill are part of its record (SM-4.5.2)."""
from odoo import api, models


class BusinessSafetyAction(models.Model):
    _inherit = "business.safety.action"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._check_drill_open()
        return actions

    def write(self, vals):
        moved = "drill_id" in vals
        if moved:
            self._check_drill_open()
        result = super().write(vals)
        if moved:
            self._check_drill_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_drill(self):
        self._check_drill_open()

    def _check_drill_open(self):
        """Refuse improvements that come to, or leave, a drill that is closed."""
        if not self.env.su:
            self.sudo().drill_id.sudo(False)._refuse_closed()
