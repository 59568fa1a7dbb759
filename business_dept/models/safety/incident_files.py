# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Photos of closed incidents and evidence of measures that are done: nobody exchanges or deletes them (SM-4.4.2)."""
from odoo import SUPERUSER_ID, models

from .hazard_files import GUARDED


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if GUARDED & vals.keys():
            self._refuse_files_of_settled()
        return super().write(vals)

    def unlink(self):
        self._refuse_files_of_settled()
        return super().unlink()

    def _refuse_files_of_settled(self):
        """Refuse a change of what an incident was closed with, or a measure was done with.

        :raise ControlError: with a trace
        """
        if self.env.uid == SUPERUSER_ID:
            return  # but not for a user's acts in sudo: Odoo deletes so what somebody once uploaded and holds the token of
        self._refuse_files("business.safety.incident", "photo_ids", "date_closed")
        self._refuse_files("business.safety.action", "evidence_ids", "date_done")

    def _refuse_files(self, model_name, name, date_name):
        """Refuse a change of files of one field of what has ended.

        :param str model_name: whose files
        :param str name: of the field that holds them
        :param str date_name: of the field that says since when they stay
        """
        files = self.sudo().filtered(lambda file: file.res_model == model_name and file.res_id)
        if not files:
            return
        records = self.env[model_name].sudo().browse(set(files.mapped("res_id"))).exists()
        if settled := records.filtered(lambda record: record[date_name] and record[name] & files):
            known = settled.sudo(False)._filtered_access("read")
            settled.sudo(False)._refuse("safety.record_closed", self.env._(
                "Files of what is done or closed stay as they were. %s", ", ".join(known.mapped("display_name"))))
