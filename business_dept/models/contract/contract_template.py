# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...policy.contract import find_unknown

PLACEHOLDERS = frozenset({
    "number", "customer", "company", "amount", "currency", "orders", "deposit", "balance", "payment_terms", "delivery",
    "start", "end", "date", "our_signatory", "customer_signatory", "formal_due_date",
})
"""What clauses may ask to be filled in; see ``business.contract._get_text_values``."""


class BusinessContractTemplate(models.Model):
    """The clauses from which the text of contracts is composed (WM-2.2.2)."""

    _name = "business.contract.template"
    _description = "Contract Template"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(comodel_name="res.company", help="Empty: for every company.", index=True)
    kind = fields.Selection(
        selection=[("formal", "Formal contract"), ("framework", "Framework contract")],
        required=True, default="formal", tracking=True,
    )
    clause_ids = fields.One2many(
        comodel_name="business.contract.template.clause", inverse_name="template_id", string="Clauses", copy=True,
    )
    clause_count = fields.Integer(compute="_compute_clause_count")
    placeholders = fields.Text(compute="_compute_placeholders")

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        for template in self:
            template.clause_count = len(template.clause_ids)

    def _compute_placeholders(self):
        meanings = self._get_placeholder_meanings()
        self.placeholders = "\n".join(f"{{{name}}}  {meanings[name]}" for name in sorted(PLACEHOLDERS))

    def _get_placeholder_meanings(self):
        """What each placeholder stands for, for those who write clauses.

        :rtype: dict[str, str]
        """
        return {
            "number": self.env._("number of the contract"),
            "customer": self.env._("name of the customer"),
            "company": self.env._("name of our company"),
            "amount": self.env._("total price, or agreed volume of a framework contract"),
            "currency": self.env._("currency of the contract"),
            "orders": self.env._("numbers of the orders"),
            "deposit": self.env._("deposit in percent and money"),
            "balance": self.env._("when the balance is paid"),
            "payment_terms": self.env._("payment terms of the orders"),
            "delivery": self.env._("agreed day of delivery"),
            "start": self.env._("first day of the contract"),
            "end": self.env._("last day of the contract"),
            "date": self.env._("day on which the text is composed"),
            "our_signatory": self.env._("who signs for us"),
            "customer_signatory": self.env._("who signs for the customer"),
            "formal_due_date": self.env._("day until which the formal contract has to be signed"),
        }

    @api.model
    def _get_default(self, kind, company):
        """The first template for a kind of contract.

        :param str kind: a key of ``business.contract.kind``
        :param company: ``res.company``
        """
        return self.search([
            ("kind", "=", "framework" if kind == "framework" else "formal"), ("company_id", "in", (False, company.id)),
        ], limit=1)


class BusinessContractTemplateClause(models.Model):
    _name = "business.contract.template.clause"
    _description = "Clause of a Contract Template"
    _order = "sequence, id"
    _rec_name = "title"

    template_id = fields.Many2one(
        comodel_name="business.contract.template", required=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(related="template_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    title = fields.Char(required=True, translate=True)
    body = fields.Html(translate=True, sanitize_attributes=True, help="Text with {placeholders} that the system fills in.")

    @api.constrains("title", "body")
    def _check_placeholders(self):
        """A clause that nobody can fill in would reach the customer with a gap."""
        for clause in self:
            unknown = find_unknown(f"{clause.title} {clause.body or ''}", PLACEHOLDERS)
            if unknown:
                raise ValidationError(self.env._(
                    "“%(clause)s” asks for something the system does not know: %(names)s. It knows: %(known)s.",
                    clause=clause.title, names=", ".join(f"{{{name}}}" for name in unknown),
                    known=" ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS)),
                ))
