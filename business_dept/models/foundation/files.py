# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Files of a document: those who read it open them, and its lock holds them."""
from odoo import api, models
from odoo.exceptions import UserError

CONTENT = frozenset({"name", "type", "raw", "datas", "db_datas", "url", "res_model", "res_id", "res_field"})


def adopt_files(records, name):
    """Tie new files of the user to their record; refuse files that belong elsewhere, where they could be exchanged.

    :param records: documents
    :param str name: their field of ``ir.attachment``
    :raise UserError: for a file of another document
    """
    for record in records.filtered(name):
        files = record[name].sudo()
        files.filtered(lambda file: not file.res_id and file.create_uid == records.env.user).write(
            {"res_model": record._name, "res_id": record.id})
        if not records.env.su and any((file.res_model, file.res_id) != (record._name, record.id) for file in files):
            raise UserError(records.env._(
                "A file that belongs to another document could be changed there later. Upload it here."
            ))


class IrAttachment(models.Model):
    """Files follow their document, through the door of the attachments, too.

    A model whose documents close has a method for it: ``_check_files_changed(files)`` is called on the documents before
    files of theirs are changed, moved or deleted, ``_check_files_added(files)`` when they got some. Files are in sudo, the
    documents never: Odoo deletes in sudo what somebody once uploaded and holds the token of.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        files._ask_documents("_check_files_added")
        return files

    def write(self, vals):
        if CONTENT & vals.keys():
            self._ask_documents("_check_files_changed")
        result = super().write(vals)
        if vals.keys() & {"res_model", "res_id"}:
            self._ask_documents("_check_files_added")
        return result

    def unlink(self):
        self._ask_documents("_check_files_changed")
        return super().unlink()

    def _ask_documents(self, check):
        """Call a method of the documents that files belong to, where there is one.

        :param str check: name of the method
        """
        for model, files in self.sudo().filtered("res_id").grouped("res_model").items():
            if model in self.env and hasattr(self.env[model], check):
                files.sudo(self.env.su).check_access("read")  # a refusal names the document
                documents = self.env[model].sudo(False).browse(set(files.mapped("res_id"))).exists()
                getattr(documents, check)(files)
