# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError


class BusinessRecoveryList(models.TransientModel):
    """The receivables recovery list of a month or quarter, for one salesperson or for all, on paper (JJ-2.7.3).

    Holds what was chosen; the rows are read as the person who prints it, so a salesperson prints his own.
    """

    _name = "business.recovery.list"
    _description = "Recovery List"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: fields.Date.start_of(fields.Date.context_today(self), "month"))
    date_to = fields.Date(
        string="To", required=True, default=lambda self: fields.Date.end_of(fields.Date.context_today(self), "month"))
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", domain="[('share', '=', False)]", help="Empty: all of them.",
    )
    overdue_before = fields.Boolean(
        string="With What Is Overdue From Before", default=True,
        help="What was due before the period and is still open stands on the list as well.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if any(wizard.date_from > wizard.date_to for wizard in self):
            raise UserError(self.env._("The period ends before it begins."))

    def action_print(self):
        """Print the list."""
        self.ensure_one()
        if not self._get_rows():
            raise UserError(self.env._("Nothing is due in this period."))
        return self.env.ref("business_dept.action_report_recovery_list").report_action(self)

    def _get_rows(self):
        """The instalments of the list, as the current user may read them."""
        self.ensure_one()
        period = ["&", ("date_due", ">=", self.date_from), ("date_due", "<=", self.date_to)]
        if self.overdue_before:
            period = ["|", *period, "&", ("state", "=", "due"), ("date_due", "<", self.date_from)]
        domain = [("company_id", "=", self.company_id.id), ("state", "in", ("due", "paid")), *period]
        if self.user_id:
            domain.append(("user_id", "=", self.user_id.id))
        return self.env["business.payment.instalment"].search(domain, order="user_id, date_due, id")

    def _get_groups(self):
        """``[(salesperson, rows, totals)]`` of the list; totals in company currency."""
        return [
            (user, rows, {name: sum(rows.mapped(name)) for name in (
                "amount_company", "received_company", "open_company", "overdue_company")})
            for user, rows in self._get_rows().grouped("user_id").items()
        ]

    def _get_ageing(self):
        """``[(label, amount)]``: what is open of the rows, by ageing bucket, in company currency."""
        labels = self.env["business.payment.instalment"]._fields["ageing"]._description_selection(self.env)
        rows = self._get_rows().filtered("open_company").grouped("ageing")
        return [(label, sum(rows[key].mapped("open_company")) if key in rows else 0.0) for key, label in labels]
