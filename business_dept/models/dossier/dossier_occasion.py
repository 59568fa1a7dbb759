# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessDossierOccasion(models.Model):
    """A date that matters to the customer: foundation day, birthday, yearly budget."""

    _name = "business.dossier.occasion"
    _description = "Key Date"
    _inherit = ["business.dossier.line"]
    _order = "date, id"

    dossier_id = fields.Many2one(comodel_name="business.dossier", required=True, ondelete="cascade", index=True)
    name = fields.Char(string="Occasion", required=True)
    date = fields.Date(required=True)
    yearly = fields.Boolean(string="Every Year", default=True)
