# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessDossierPerson(models.Model):
    """Somebody who decides at the customer (JJ-3.5.1.1). Read and written with the dossier."""

    _name = "business.dossier.person"
    _description = "Decision Maker"
    _inherit = ["business.dossier.line"]
    _order = "sequence, id"

    dossier_id = fields.Many2one(comodel_name="business.dossier", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    role = fields.Selection(
        selection=[
            ("decider", "Decides"), ("buyer", "Buys"), ("user", "Uses"), ("influencer", "Influences"),
            ("finance", "Pays"),
        ],
        default="decider", required=True,
    )
    function = fields.Char(string="Job Position")
    phone = fields.Char()
    family = fields.Text(string="Family Background")
    interests = fields.Char(string="Likes and Dislikes")
    birthday = fields.Date()
