# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessCreditScore(models.Model):
    """The score a customer had on the day of a review. Written by reviews only; no group may change it (JJ-4.2).

    Rows come by the hundred thousand, so they hold no more links than the one to the profile: each is a foreign key
    to be checked for every row. A second review of the same facts and day takes the place of the first.
    """

    _name = "business.credit.score"
    _description = "Credit Score History"
    _inherit = ["business.engine.mixin"]
    _order = "date desc, id desc"
    _rec_name = "score"
    _allow_sudo_commands = False
    _log_access = False

    profile_id = fields.Many2one(
        comodel_name="business.credit.profile", string="Customer Credit", required=True, readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="profile_id.company_id")
    date = fields.Date(required=True, readonly=True)
    score = fields.Float(digits=(5, 2), required=True, readonly=True, aggregator="avg")
    grade_code = fields.Char(
        string="Grade by Score", readonly=True, help="The grade this score stood for, whether or not it was confirmed.",
    )

    # a review finds its way by this index, and the history of a customer, too
    _profile_date_unique = models.UniqueIndex("(profile_id, date)", "A customer has one score a day.")
