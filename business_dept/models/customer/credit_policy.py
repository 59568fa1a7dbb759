# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...policy.credit import ScoreWeights


class BusinessCreditPolicy(models.Model):
    """How a company scores its customers and when it reviews them (JJ-4.2). One record per company.

    The thresholds of the grades stand on the grades (`business.credit.grade.min_score`).
    """

    _name = "business.credit.policy"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _description = "Credit Scoring Policy"
    _rec_name = "company_id"
    _order = "company_id"
    _allow_sudo_commands = False

    #=== FIELDS ===#

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    weight_on_time = fields.Float(
        string="Weight: Paid on Time", default=35.0, tracking=True,
        help="Most points for the share of the amount that was paid by its due date.",
    )
    weight_mean_late = fields.Float(
        string="Weight: Mean Delay", default=40.0, tracking=True,
        help="Most points for the mean delay, weighted by amount.",
    )
    weight_worst_late = fields.Float(
        string="Weight: Longest Delay", default=15.0, tracking=True,
        help="Most points for the longest delay.",
    )
    weight_overdue = fields.Float(
        string="Weight: Overdue Now", default=10.0, tracking=True,
        help="Most points for having nothing overdue now.",
    )
    mean_late_days = fields.Integer(
        string="No Points From Mean Delay", default=15, tracking=True,
        help="Mean delay, in days, from which the mean delay gives no points.",
    )
    worst_late_days = fields.Integer(
        string="No Points From Longest Delay", default=60, tracking=True,
        help="Longest delay, in days, from which the longest delay gives no points.",
    )
    min_count = fields.Integer(
        string="Fewest Invoices", default=3, tracking=True,
        help="Customers with fewer invoices that were paid or fell due stay unrated.",
    )
    window_months = fields.Integer(
        string="Months Looked Back", tracking=True,
        help="Only invoices that fell due in so many months count, besides what is overdue now; 0: all of them.",
    )
    limit_validity_months = fields.Integer(
        string="Limit Valid For (Months)", default=12, tracking=True,
        help="The limit that comes with a grade holds for so many months after the last review; 0: without end.",
    )
    review_automatic = fields.Boolean(
        string="Review on Schedule", tracking=True,
        help="Review all customers of the company by itself when the date of the next review comes.",
    )
    review_interval_months = fields.Integer(string="Review Every (Months)", default=1, tracking=True)
    next_review_date = fields.Date(string="Next Review", tracking=True)

    _company_unique = models.UniqueIndex("(company_id)", "A company has one credit scoring policy.")
    _check_weights = models.Constraint(
        "CHECK (weight_on_time >= 0 AND weight_mean_late >= 0 AND weight_worst_late >= 0 AND weight_overdue >= 0"
        " AND weight_on_time + weight_mean_late + weight_worst_late + weight_overdue > 0)",
        "Weights cannot be negative, and at least one must be above 0.",
    )
    _check_days = models.Constraint(
        "CHECK (mean_late_days > 0 AND worst_late_days > 0)",
        "The delays from which there are no points must be at least one day.",
    )
    _check_counts = models.Constraint(
        "CHECK (min_count >= 0 AND window_months >= 0 AND limit_validity_months >= 0 AND review_interval_months > 0)",
        "Counts cannot be negative, and reviews are at least one month apart.",
    )

    #=== CONSTRAINT METHODS ===#

    @api.constrains("review_automatic", "next_review_date")
    def _check_next_review_date(self):
        if any(policy.review_automatic and not policy.next_review_date for policy in self):
            raise ValidationError(self.env._("Say on which date the next review is, for it to begin by itself."))

    #=== ONCHANGE METHODS ===#

    @api.onchange("review_automatic")
    def _onchange_review_automatic(self):
        if self.review_automatic and not self.next_review_date:
            self.next_review_date = fields.Date.start_of(
                fields.Date.add(fields.Date.context_today(self), months=1), "month"
            )

    #=== BUSINESS METHODS ===#

    @api.model
    def _get_for(self, company):
        """Return the policy of a company, in sudo; it is made if the company has none.

        :param company: a single ``res.company``
        """
        policy = self.sudo().search([("company_id", "=", company.id)])
        if not policy:
            self.env["business.credit.grade"]._create_for_companies(company)
            policy = self.sudo().search([("company_id", "=", company.id)])
        return policy

    def _get_weights(self):
        """Return the policy as the pure functions take it.

        :rtype: ScoreWeights
        """
        self.ensure_one()
        return ScoreWeights(
            on_time=self.weight_on_time,
            mean_late=self.weight_mean_late,
            worst_late=self.weight_worst_late,
            overdue=self.weight_overdue,
            mean_late_days=self.mean_late_days,
            worst_late_days=self.worst_late_days,
            min_count=self.min_count,
        )
