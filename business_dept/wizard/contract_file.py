# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessContractFile(models.TransientModel):
    """Asks for the scan of a signed paper. The contract checks everything itself."""

    _name = "business.contract.file"
    _description = "File the Scan"

    contract_id = fields.Many2one(comodel_name="business.contract", required=True)
    amendment_id = fields.Many2one(comodel_name="business.contract.amendment")
    attachment_ids = fields.Many2many(comodel_name="ir.attachment", string="Scan", required=True)
    code = fields.Char(string="Code on the Paper", required=True, help="As it is printed at the end of the signed paper.")
    cabinet = fields.Char(help="Where the signed paper lies.")
    shelf = fields.Char(string="Shelf or Folder")

    def action_file(self):
        """File the scan, as the current user."""
        self.ensure_one()
        self.contract_id._file_scan(self.attachment_ids, self.code, self.cabinet, self.shelf, self.amendment_id)
        return {"type": "ir.actions.act_window_close"}
