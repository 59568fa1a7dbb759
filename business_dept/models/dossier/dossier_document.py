# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessDossierDocument(models.Model):
    """A document that is kept on the customer, and where its paper lies (TS-3.3.4)."""

    _name = "business.dossier.document"
    _description = "Filed Document"
    _inherit = ["business.dossier.line"]
    _order = "filed_on desc, id desc"

    dossier_id = fields.Many2one(comodel_name="business.dossier", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    kind = fields.Selection(
        selection=[
            ("card", "Dossier card"), ("license", "Business license"), ("contract", "Contract"), ("report", "Report"),
            ("sample", "Sample or drawing"), ("other", "Other"),
        ],
        default="other", required=True,
    )
    filed_on = fields.Date(default=fields.Date.context_today)
    location = fields.Char(string="Paper Kept At", help="Cabinet, shelf, folder.")
    file = fields.Binary(attachment=True)
    file_name = fields.Char()
