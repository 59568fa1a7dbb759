# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessCreditScore(models.Model):
    """The score a customer had at a review. Written by reviews only; no group may change it (JJ-4.2)."""

    _name = "business.credit.score"
    _description = "Credit Score History"
    _inherit = ["business.engine.mixin"]
    _order = "date desc, id desc"
    _rec_name = "score"
    _allow_sudo_commands = False
    _log_access = False

    profile_id = fields.Many2one(
        comodel_name="business.credit.profile", string="Customer Credit", required=True, index=True, readonly=True,
        ondelete="cascade",
    )
    run_id = fields.Many2one(
        comodel_name="business.credit.run", string="Review Run", required=True, readonly=True, ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="cascade")
    date = fields.Date(required=True, readonly=True)
    score = fields.Float(digits=(5, 2), required=True, readonly=True, aggregator="avg")
    grade_id = fields.Many2one(
        comodel_name="business.credit.grade", string="Grade by Score", readonly=True, ondelete="set null",
        help="The grade this score stands for, whether or not it was confirmed.",
    )

    _run_profile_unique = models.UniqueIndex("(run_id, profile_id)", "A review scores a customer once.")
