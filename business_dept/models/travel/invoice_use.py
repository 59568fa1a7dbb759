# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL

from ...policy.invoice_key import invoice_key, is_same_invoice


class BusinessInvoiceUse(models.Model):
    """Which invoice was claimed with which expense: once in the company, ever, whoever claims it (RG-3.7, SR-2.2).

    A row is taken when the expense is submitted, and given back when it is refused, deleted or gets another number.
    """

    _name = "business.invoice.use"
    _description = "Used Invoices"
    _inherit = ["business.engine.mixin"]
    _order = "id desc"
    _rec_name = "invoice_number"

    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, ondelete="cascade")
    number = fields.Char(string="Number as Compared", required=True, readonly=True)
    seller = fields.Char(string="Seller as Compared", readonly=True, default="")
    invoice_number = fields.Char(readonly=True)
    invoice_seller = fields.Char(string="Seller", readonly=True)
    expense_id = fields.Many2one(comodel_name="hr.expense", required=True, readonly=True, index=True, ondelete="cascade")
    employee_id = fields.Many2one(comodel_name="hr.employee", required=True, readonly=True, index=True, ondelete="cascade")
    user_id = fields.Many2one(comodel_name="res.users", string="Claimed By", readonly=True)
    date = fields.Datetime(string="Claimed On", readonly=True)

    _unique_invoice = models.UniqueIndex("(company_id, number, COALESCE(seller, ''))", "This invoice was claimed already.")

    @api.model
    def _take(self, expenses):
        """Take the invoices of these expenses; one that was taken by another expense stays with it.

        A row that another transaction takes at the same moment cannot be serialized with this one: the server retries, and
        the retry sees it.

        :param expenses: ``hr.expense`` being submitted
        """
        rows = []
        for expense in expenses:
            number, seller = invoice_key(expense.invoice_number, expense.invoice_seller)
            if number:
                rows.append(SQL(
                    "(%s, %s, %s, %s, %s, %s, %s, %s, %s, NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC',"
                    " NOW() AT TIME ZONE 'UTC')",
                    expense.company_id.id, number, seller, expense.invoice_number, expense.invoice_seller or None, expense.id,
                    expense.employee_id.id, self.env.uid, self.env.uid,
                ))
        if not rows:
            return
        expenses.flush_recordset()
        self.env.execute_query(SQL(
            """INSERT INTO business_invoice_use (company_id, number, seller, invoice_number, invoice_seller, expense_id,
                                                 employee_id, user_id, create_uid, create_date, write_date, date)
                    VALUES %s ON CONFLICT DO NOTHING RETURNING id""", SQL(", ").join(rows),
        ))
        self.invalidate_model()

    @api.model
    def _give_back(self, expenses):
        """Give back what these expenses hold."""
        held = self.sudo().search([("expense_id", "in", expenses.ids)]) if expenses.ids else self.sudo()
        if held:
            held.unlink()

    @api.model
    def _find_uses(self, expenses):
        """Where the invoices of these expenses were claimed already, by another expense.

        :param expenses: ``hr.expense`` in sudo; of two among them with the same invoice the first one may claim it
        :return: ``{expense: use}``, where a use is ``(expense, employee, datetime)``
        """
        keys = {expense: invoice_key(expense.invoice_number, expense.invoice_seller) for expense in expenses}
        keys = {expense: key for expense, key in keys.items() if key[0]}
        if not keys:
            return {}
        taken = {}
        for row in self.sudo().search_fetch(
            [("company_id", "in", expenses.company_id.ids), ("number", "in", sorted({key[0] for key in keys.values()}))],
            ["number", "seller", "company_id", "expense_id", "employee_id", "date"], order="id",
        ):
            taken.setdefault((row.company_id.id, row.number), []).append(
                ((row.number, row.seller or ""), row.expense_id, row.employee_id, row.date))
        found = {}
        for expense in expenses.sorted("id"):
            key = keys.get(expense)
            if not key:
                continue
            uses = taken.setdefault((expense.company_id.id, key[0]), [])
            use = next((use for use in uses if use[1] != expense and is_same_invoice(key, use[0])), None)
            if use:
                found[expense] = use[1:]
            elif not any(use[1] == expense for use in uses):
                uses.append((key, expense, expense.employee_id, fields.Datetime.now()))
        return found
