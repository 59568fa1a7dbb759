# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    contract_formal_days = fields.Integer(
        string="Days until the Formal Contract", default=15,
        help="After an order by phone, fax or chat the formal contract is due within so many days (JJ-1.2.6).",
    )
    contract_remind_days = fields.Integer(
        string="Days of Notice before a Contract Expires", default=30,
        help="So many days before a contract ends the responsible person is reminded to renew it.",
    )

    # set with the first contract of that sort: whoever has none pays no query for it when an order is confirmed
    contract_has_framework = fields.Boolean(readonly=True)
    contract_has_informal = fields.Boolean(readonly=True)

    _check_contract_days = models.Constraint(
        "CHECK (contract_formal_days >= 0 AND contract_remind_days >= 0)", "Days cannot be negative.",
    )
