# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What a company does that has OCA's ``sale_tier_validation`` and ``sale_financial_risk`` instead of ours."""

from odoo import api

REVIEWED_FROM = 1_000_000.0  # no measured order is that large: nothing is to be approved
LIMIT = 500_000.0  # that of our best grade
RISKS = ("risk_sale_order", "risk_invoice_draft", "risk_invoice_open", "risk_invoice_unpaid", "risk_account_amount")


def set_up(env: api.Environment, customers: range) -> None:
    """Let large orders be reviewed by a manager, and count all that customers owe against a limit.

    The bad customer has a limit that he is within: there a confirmation over the limit opens a wizard instead, and
    would not be the same act.
    """
    env["tier.definition"].create({
        "name": "Large orders", "model_id": env["ir.model"]._get("sale.order").id,
        "review_type": "group", "reviewer_group_id": env.ref("sales_team.group_sale_manager").id,
        "definition_domain": f"[('amount_total', '>=', {REVIEWED_FROM})]",
    })
    partners = env["res.partner"].browse(customers)
    partners.write({f"{risk}_include": True for risk in RISKS} | {"credit_limit": LIMIT})
    partners[0].credit_limit = LIMIT * 100
