# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...controls import Breach, control
from ..foundation.forgery import refuse_forged, without_forged_defaults
from .hr_expense import APPROVED


class BusinessTravelBudget(models.Model):
    """What a department may spend on trips in a month (J1-2.3).

    +-----------------+-------------------------------------------------------+-----------------------+
    | Action          | Who                                                   | Restriction           |
    +=================+=======================================================+=======================+
    | Read            | deputy, manager, finance, executive office, auditor   | companies of the user |
    | Set             | finance, executive office                             | one for a month       |
    +-----------------+-------------------------------------------------------+-----------------------+
    """

    _name = "business.travel.budget"
    _description = "Travel Budget"
    _inherit = ["mail.thread"]
    _order = "month desc, department_id, id"
    _check_company_auto = True
    _rec_names_search = ["department_id"]

    _engine_fields = frozenset({"usage_stamp"})

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    department_id = fields.Many2one(
        comodel_name="hr.department", required=True, index=True, ondelete="restrict", check_company=True, tracking=True,
        help="The department itself, without those below it.",
    )
    month = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self).replace(day=1), tracking=True,
        help="Any day of the month.",
    )
    amount = fields.Monetary(required=True, tracking=True)
    committed_amount = fields.Monetary(
        string="Committed", compute="_compute_usage", compute_sudo=True,
        help="What approved trips that begin in the month were estimated at, as far as it is not spent yet.",
    )
    spent_amount = fields.Monetary(
        string="Spent", compute="_compute_usage", compute_sudo=True,
        help="Travel expenses dated in the month that are approved, posted or paid.",
    )
    left_amount = fields.Monetary(string="Left", compute="_compute_usage", compute_sudo=True)
    used_percent = fields.Float(string="Used", compute="_compute_usage", compute_sudo=True, digits=(16, 1))
    usage_stamp = fields.Integer(readonly=True, copy=False)

    _unique_month = models.UniqueIndex(
        "(company_id, department_id, month)", "The department has a travel budget for this month already.")
    _check_amount = models.Constraint("CHECK (amount >= 0)", "A budget cannot be negative.")

    #=== COMPUTE METHODS ===#

    @api.depends("department_id", "month")
    def _compute_display_name(self):
        for budget in self:
            budget.display_name = f"{budget.department_id.name or ''} {budget._get_month_name()}".strip()

    @api.depends("amount", "department_id", "month", "company_id")
    def _compute_usage(self):
        usage = self._get_usage()
        for budget in self:
            committed, spent = usage.get(budget._origin.id, (0.0, 0.0))
            budget.committed_amount = committed
            budget.spent_amount = spent
            budget.left_amount = budget.amount - committed - spent
            budget.used_percent = 100.0 * (committed + spent) / budget.amount if budget.amount else 0.0

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        vals_list = [_of_first_day(vals) for vals in vals_list]
        default = self.default_get(["company_id", "department_id", "month"])
        for vals in vals_list:
            self._refuse_second({**default, **vals})
        budgets = super(BusinessTravelBudget, without_forged_defaults(self)).create(vals_list)
        return budgets.with_env(self.env)

    def write(self, vals):
        refuse_forged(self, [vals])
        vals = _of_first_day(vals)
        if {"company_id", "department_id", "month"} & vals.keys():
            for budget in self:
                budget._refuse_second({
                    "company_id": budget.company_id.id, "department_id": budget.department_id.id, "month": budget.month,
                    **vals,
                })
        return super().write(vals)

    def _refuse_second(self, vals):
        """Say in words that there is a budget already; the index holds when two are made at once.

        :param dict vals: company, department and month that the budget is about to have
        :raise ValidationError: naming the other budget
        """
        twin = self.sudo().search([
            *((name, "=", vals.get(name)) for name in ("company_id", "department_id", "month")), ("id", "not in", self.ids),
        ], limit=1)
        if twin:
            raise ValidationError(self.env._(
                "%(department)s has a travel budget for %(month)s already: %(amount)s. Change that one.",
                department=twin.department_id.name, month=twin._get_month_name(),
                amount=twin.currency_id.format(twin.amount),
            ))

    def copy_data(self, default=None):
        """A copy is for the month after."""
        return [
            {**vals, "month": fields.Date.add(budget.month, months=1), **(default or {})}
            for budget, vals in zip(self, super().copy_data(default), strict=True)
        ]

    #=== BUSINESS METHODS ===#

    def _get_month_name(self):
        self.ensure_one()
        return format_date(self.env, self.month, date_format="yyyy-MM") if self.month else ""

    def _get_usage(self):
        """Committed and spent of each budget, in one statement.

        :return: ``{id: (committed, spent)}``
        """
        rows = self.env["business.travel.budget.report"].sudo().search_fetch(
            [("id", "in", self._origin.ids)], ["committed_amount", "spent_amount"])
        return {row.id: (row.committed_amount, row.spent_amount) for row in rows}

    def _use(self):
        """Write the rows of budgets that a trip uses: of two trips approved at once, the second sees the first."""
        for budget in self.sudo():
            budget.usage_stamp += 1


class BusinessTravelBudgetReport(models.Model):
    """Budget, committed, spent and left, by department and month: the figures of `business.travel.budget`, counted here."""

    _name = "business.travel.budget.report"
    _description = "Travel Budget Analysis"
    _auto = False
    _order = "month desc, department_id"
    _depends = {
        "business.travel.budget": ["company_id", "department_id", "month", "amount"],
        "business.travel.request": ["company_id", "department_id", "state", "date_from", "estimated_amount"],
        "hr.expense": ["company_id", "department_id", "date", "state", "total_amount", "travel_kind", "travel_request_id"],
    }

    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    department_id = fields.Many2one(comodel_name="hr.department", readonly=True)
    month = fields.Date(readonly=True)
    amount = fields.Monetary(string="Budget", readonly=True)
    committed_amount = fields.Monetary(string="Committed", readonly=True)
    spent_amount = fields.Monetary(string="Spent", readonly=True)
    left_amount = fields.Monetary(string="Left", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT budget.id, budget.company_id, budget.department_id, budget.month, budget.amount,
                   committed.amount AS committed_amount, spent.amount AS spent_amount,
                   budget.amount - committed.amount - spent.amount AS left_amount
              FROM business_travel_budget budget
        CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(expense.total_amount), 0) AS amount
                     FROM hr_expense expense
                    WHERE expense.company_id = budget.company_id AND expense.department_id = budget.department_id
                      AND expense.date >= budget.month AND expense.date < budget.month + INTERVAL '1 month'
                      AND (expense.travel_kind IS NOT NULL OR expense.travel_request_id IS NOT NULL)
                      AND expense.state IN %(spent)s
                   ) spent
        CROSS JOIN LATERAL (
                   SELECT COALESCE(SUM(GREATEST(COALESCE(trip.estimated_amount, 0) - COALESCE(claimed.amount, 0), 0)), 0)
                          AS amount
                     FROM business_travel_request trip
        CROSS JOIN LATERAL (
                          SELECT SUM(expense.total_amount) AS amount
                            FROM hr_expense expense
                           WHERE expense.travel_request_id = trip.id AND expense.state IN %(spent)s
                          ) claimed
                    WHERE trip.company_id = budget.company_id AND trip.department_id = budget.department_id
                      AND trip.date_from >= budget.month AND trip.date_from < budget.month + INTERVAL '1 month'
                      AND trip.state = 'approved'
                   ) committed
            """, spent=APPROVED,
        )


class BusinessTravelRequest(models.Model):
    _inherit = "business.travel.request"

    _budget_idx = models.Index("(department_id, date_from) WHERE state = 'approved'")

    #=== CONTROLS ===#

    @control("travel.budget", moment="request")
    def _check_travel_budget(self):
        """J1-2.3: trips stay within the budget of department and month; those judged together count together."""
        budgets, breaches, more = self._get_travel_budgets(), {}, {}
        if not budgets:
            return breaches
        usage = self.env["business.travel.budget"].sudo().union(*budgets.values())._get_usage()
        for request, budget in budgets.items():
            committed, spent = usage[budget.id]
            if request.state == "approved":
                committed -= request.estimated_amount  # shown as this trip's
            more[budget] = more.get(budget, 0.0) + request.estimated_amount
            currency = budget.currency_id
            excess = currency.round(committed + spent + more[budget] - budget.amount)
            if currency.compare_amounts(excess, 0.0) > 0:
                breaches[request] = Breach(self.env._(
                    "%(excess)s over the travel budget of %(budget)s, %(amount)s: spent %(spent)s, committed %(committed)s, "
                    "this trip %(estimate)s.",
                    excess=currency.format(excess), budget=budget.display_name, amount=currency.format(budget.amount),
                    spent=currency.format(spent), estimate=currency.format(request.estimated_amount),
                    committed=currency.format(committed + more[budget] - request.estimated_amount),
                ), amount=excess, currency=currency)
        return breaches

    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "date_from", "department_id", "estimated_amount"]

    def _on_approval_approved(self, approval):
        # who uses a budget writes it: of two trips approved at once the second is retried, and judged with the first
        self.env["business.travel.budget"].union(*self._get_travel_budgets().values())._use()
        return super()._on_approval_approved(approval)

    def _get_travel_budgets(self):
        """The budget that each trip is paid from, in sudo, in one statement; trips without one are missing.

        :return: ``{request: budget}``
        """
        dated = self.filtered(lambda request: request.date_from and request.department_id)
        if not dated:
            return {}
        found = self.env["business.travel.budget"].sudo().search([
            ("company_id", "in", dated.company_id.ids), ("department_id", "in", dated.department_id.ids),
            ("month", "in", [request.date_from.replace(day=1) for request in dated]),
        ]).grouped(lambda budget: (budget.company_id.id, budget.department_id.id, budget.month))
        return {
            request: budget for request in dated
            if (budget := found.get((request.company_id.id, request.department_id.id, request.date_from.replace(day=1))))
        }


def _of_first_day(vals):
    """The same values with the first day of the month."""
    month = fields.Date.to_date(vals.get("month"))
    return {**vals, "month": month.replace(day=1)} if month else vals
