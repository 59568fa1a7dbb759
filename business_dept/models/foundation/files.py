# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Files of a document: those who read it open them, and its lock holds them."""
from odoo.exceptions import UserError


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
                "A file that belongs to another document could be changed there after approval. Upload it here."
            ))
