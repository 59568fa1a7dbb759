# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessCreditScore(models.Model):
    """The score a customer had at a review. Written by reviews only; no group may change it (JJ-4.2)."""

    _name = "business.credit.score"
    _description = "Credit Score History"
    _order = "date desc, id desc"
    _rec_name = "score"
    _allow_sudo_commands = False
    _log_access = False

    profile_id = fields.Many2one(
        comodel_name="business.credit.profile", string="Customer Credit", required=True, readonly=True,
        ondelete="cascade",
    )
    run_id = fields.Many2one(
        comodel_name="business.credit.run", string="Review Run", required=True, index=True, readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="profile_id.company_id")
    date = fields.Date(required=True, readonly=True)
    score = fields.Float(digits=(5, 2), required=True, readonly=True, aggregator="avg")
    grade_id = fields.Many2one(
        comodel_name="business.credit.grade", string="Grade by Score", readonly=True, ondelete="set null",
        help="The grade this score stands for, whether or not it was confirmed.",
    )

    # serves the history of a customer, too
    _profile_run_unique = models.UniqueIndex("(profile_id, run_id)", "A review scores a customer once.")
