# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What trips cost: per person, department, month and customer visited, and what the policy saved (JJ-2.7.3)."""
from odoo import api, fields, models
from odoo.tools import SQL

from .hr_expense import APPROVED


class HrExpense(models.Model):
    _inherit = "hr.expense"

    saved_amount = fields.Monetary(
        string="Saved by the Policy", currency_field="company_currency_id", compute="_compute_saved_amount", store=True,
        precompute=True, copy=False, help="What was claimed and is not paid.",
    )

    _travel_budget_idx = models.Index(
        "(department_id, date) WHERE travel_kind IS NOT NULL OR travel_request_id IS NOT NULL")

    @api.depends("claimed_amount", "total_amount")
    def _compute_saved_amount(self):
        for expense in self:
            claimed = expense.claimed_amount
            expense.saved_amount = max(claimed - expense.total_amount, 0.0) if claimed else 0.0


class BusinessTravelVisitReport(models.Model):
    """What visiting a customer cost: each expense of a trip, shared equally among the customers of the trip."""

    _name = "business.travel.visit.report"
    _description = "Travel Expenses by Customer Visited"
    _auto = False
    _order = "date desc, id"
    _depends = {
        "hr.expense": [
            "company_id", "employee_id", "department_id", "travel_request_id", "travel_kind", "date", "state", "total_amount",
            "claimed_amount", "saved_amount",
        ],
        "business.travel.request": ["customer_ids"],
    }

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    expense_id = fields.Many2one(comodel_name="hr.expense", readonly=True)
    travel_request_id = fields.Many2one(comodel_name="business.travel.request", string="Trip", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer Visited", readonly=True)
    employee_id = fields.Many2one(comodel_name="hr.employee", readonly=True)
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    travel_kind = fields.Selection(
        selection=lambda self: self.env["hr.expense"]._fields["travel_kind"]._description_selection(self.env),
        string="Kind", readonly=True,
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(string="Spent", readonly=True)
    saved_amount = fields.Monetary(string="Saved by the Policy", readonly=True)

    @property
    def _table_query(self):
        # the last customer of a trip gets the cents that cannot be shared, so that the sum is what was spent
        return SQL(
            """
            SELECT (expense.id::bigint << 20) + share.number AS id,
                   expense.company_id, expense.id AS expense_id, expense.travel_request_id, share.partner_id,
                   expense.employee_id, expense.department_id, expense.travel_kind, expense.date,
                   CASE WHEN share.number < share.count THEN ROUND(expense.total_amount / share.count, 2)
                        ELSE expense.total_amount - (share.count - 1) * ROUND(expense.total_amount / share.count, 2)
                    END AS amount,
                   CASE WHEN share.number < share.count THEN ROUND(COALESCE(expense.saved_amount, 0) / share.count, 2)
                        ELSE COALESCE(expense.saved_amount, 0)
                             - (share.count - 1) * ROUND(COALESCE(expense.saved_amount, 0) / share.count, 2)
                    END AS saved_amount
              FROM hr_expense expense
              JOIN (
                   SELECT rel.request_id, rel.partner_id,
                          ROW_NUMBER() OVER (PARTITION BY rel.request_id ORDER BY rel.partner_id) AS number,
                          COUNT(*) OVER (PARTITION BY rel.request_id) AS count
                     FROM business_travel_request_customer_rel rel
                   ) share ON share.request_id = expense.travel_request_id
             WHERE expense.state IN %s
            """, APPROVED,
        )
