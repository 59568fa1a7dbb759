# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class BusinessSafetyInspectionLine(models.Model):
    """The photos of a closed inspection stay as they are, also by the door of the attachments (SM-4.2.1)."""

    _inherit = "business.safety.inspection.line"

    def _check_files_added(self, files):
        """Refuse photos for items whose inspection is closed.

        :param files: ``ir.attachment``, in sudo
        :raise ControlError: by ``safety.record_closed``
        """
        self.sudo().inspection_id.sudo(False)._refuse_closed()

    def _check_files_changed(self, files):
        """Refuse to exchange or take away photos of items whose inspection is closed.

        :param files: ``ir.attachment``, in sudo
        :raise ControlError: by ``safety.record_closed``
        """
        self.sudo().inspection_id.sudo(False)._refuse_closed()
