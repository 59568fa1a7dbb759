# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessExpenseClaim(models.Model):
    """Expenses of one person that are submitted, approved and settled together (差旅费报销单). It has no amounts of its own:
    what is paid stands on Odoo's expenses."""

    _name = "business.expense.claim"
    _description = "Expense Claim"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_without_breach = True

    name = fields.Char(default="/", readonly=True, copy=False)
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    employee_id = fields.Many2one(comodel_name="hr.employee", required=True, index=True)
    department_id = fields.Many2one(comodel_name="hr.department")
    travel_request_id = fields.Many2one(comodel_name="business.travel.request", string="Trip", index="btree_not_null")
    expense_ids = fields.One2many(comodel_name="hr.expense", inverse_name="claim_id", copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved"), ("posted", "Posted"), ("paid", "Paid"),
            ("refused", "Refused"),
        ],
        default="draft", readonly=True, copy=False, required=True,
    )
    claimed_amount = fields.Monetary(string="Claimed", readonly=True)
    allowed_amount = fields.Monetary(string="Allowed", readonly=True)
    payable_amount = fields.Monetary(string="To Be Paid", readonly=True)
