# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Evidence of a closed permit: nobody exchanges or deletes it afterwards (SM-4.3.1)."""
from odoo import SUPERUSER_ID, Command, api, models


class BusinessSafetyPermit(models.Model):
    """The evidence that a permit was closed with."""

    _inherit = "business.safety.permit"

    @api.model_create_multi
    def create(self, vals_list):
        permits = super().create(vals_list)
        permits._take_evidence(self.env["ir.attachment"])
        return permits

    def write(self, vals):
        before = self.sudo().closing_photo_ids if "closing_photo_ids" in vals else None
        result = super().write(vals)
        if before is not None:
            self._take_evidence(before)
        return result

    def _take_evidence(self, before):
        """Take new files to the permit: whoever reads the permit reads them.

        :param before: files that were there already
        :raise AccessError: for a file that the user may not read
        """
        if self.env.su:
            return
        for permit in self:
            new = permit.sudo().closing_photo_ids - before
            new.sudo(False).check_access("read")
            new.filtered(lambda file: not file.res_id and file.create_uid == self.env.user).write(
                {"res_model": self._name, "res_id": permit.id})

    def _settle_evidence(self):
        """Keep the evidence in the name of the system: a copy, for what lies elsewhere may be exchanged there."""
        for permit in self:
            copies = permit.sudo().closing_photo_ids.with_user(SUPERUSER_ID).copy(
                {"res_model": self._name, "res_id": permit.id, "res_field": False, "public": False})
            permit._as_engine().write({"closing_photo_ids": [Command.set(copies.ids)]})

    def _check_files_changed(self, files):
        """Refuse a change of the evidence of a closed permit.

        :param files: ``ir.attachment``, in sudo
        :raise ControlError: with a trace
        """
        if self.env.su:
            return
        if closed := self.filtered(lambda permit: permit.sudo().date_closed and permit.sudo().closing_photo_ids & files):
            closed._refuse("safety.record_closed", self.env._("The evidence of a closed permit stays as it is."))
