# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

CODE = "1221"
"""Other receivables (其他应收款) in the Chinese chart of accounts; advances stand in an account below it."""


class ResCompany(models.Model):
    """Where the money that people travel with stands in the books."""

    _inherit = "res.company"

    travel_advance_account_id = fields.Many2one(
        comodel_name="account.account", string="Account for Advances", check_company=True,
        domain="[('reconcile', '=', True), ('account_type', 'in', ('asset_current', 'asset_receivable', 'asset_prepayments'))]",
        help="What people hold of the company's money (其他应收款). When empty, the first payment makes one.",
    )
    travel_settlement_journal_id = fields.Many2one(
        comodel_name="account.journal", string="Journal for Settlements", check_company=True,
        domain="[('type', '=', 'general')]",
        help="Where advances are set off against claims; when empty, the first miscellaneous journal.",
    )
    travel_advance_days = fields.Integer(
        string="Settle Advances Within Days", default=30, help="After the trip; then holder and finance are reminded.",
    )

    def _get_travel_advance_account(self):
        """The account for advances, in sudo; made below 1221 when the company has none yet.

        :raise UserError: the account that was chosen cannot be reconciled
        """
        self.ensure_one()
        company = self.sudo()
        account = company.travel_advance_account_id
        if not account:
            Account = company.env["account.account"].with_company(company)
            account = company.travel_advance_account_id = Account.create({
                "name": self.env._("Advances to employees"),
                "code": Account._search_new_account_code(f"{CODE}10"),
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [(4, company.id)],
            })
        if not account.reconcile:
            raise UserError(self.env._("The account for advances, %s, has to allow reconciliation.", account.display_name))
        return account

    def _get_travel_settlement_journal(self):
        """The journal for settlements, in sudo.

        :raise UserError: the company has no miscellaneous journal
        """
        self.ensure_one()
        company = self.sudo()
        journal = company.travel_settlement_journal_id or company.env["account.journal"].search(
            [*company.env["account.journal"]._check_company_domain(company), ("type", "=", "general")],
            order="sequence, id", limit=1)
        if not journal:
            raise UserError(self.env._("%s has no miscellaneous journal for settlements.", company.name))
        return journal
