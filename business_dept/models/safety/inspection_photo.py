# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models

LINE = "business.safety.inspection.line"
CONTENT = frozenset({"res_model", "res_id", "res_field", "raw", "datas", "db_datas", "url"})


class IrAttachment(models.Model):
    """The photos of a closed inspection stay as they are, also by the door of the attachments (SM-4.2.1)."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._refuse_photos_of_closed()
        return attachments

    def write(self, vals):
        if CONTENT & vals.keys():
            self._refuse_photos_of_closed()
        result = super().write(vals)
        if vals.get("res_model") == LINE or vals.get("res_id"):
            self._refuse_photos_of_closed()
        return result

    def unlink(self):
        self._refuse_photos_of_closed()
        return super().unlink()

    def _refuse_photos_of_closed(self):
        """Refuse to exchange, add or take away photos of items whose inspection is closed.

        :raise ControlError: by ``safety.record_closed``
        """
        photos = self.sudo().filtered(lambda attachment: attachment.res_model == LINE and attachment.res_id)
        if photos:
            self.env[LINE].browse(photos.mapped("res_id")).exists().sudo().inspection_id.sudo(self.env.su)._refuse_closed()
