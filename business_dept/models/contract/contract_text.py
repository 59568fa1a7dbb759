# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...policy.contract import fill
from .contract import INFORMAL_KINDS

LANGUAGES = ("zh_CN", "en_US")


class BusinessContract(models.Model):
    """The text of a contract, composed from the clauses of a template and edited until it is submitted (WM-2.2.2)."""

    _inherit = "business.contract"

    template_id = fields.Many2one(
        comodel_name="business.contract.template", ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id)), ('kind', '=', 'framework' if kind == 'framework' else 'formal')]",
    )
    text_language = fields.Selection(
        selection=[("both", "Chinese and English"), ("zh_CN", "Chinese"), ("en_US", "English")],
        required=True, default="zh_CN", string="Language of the Text",
    )
    body = fields.Html(
        string="Text", sanitize_attributes=True, sanitize_form=True,
        copy=False,  # it names the contract and its orders: a duplicate composes its own
        help="Composed from the clauses of the template. It can be edited until it is submitted.",
    )

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        for contract in contracts:
            if not contract.template_id:
                contract.template_id = self.env["business.contract.template"]._get_default(contract.kind, contract.company_id)
            if not contract.body:
                contract._compose_formal()
        return contracts

    #=== ACTION METHODS ===#

    def action_compose(self):
        """Compose the text anew from the template; what was edited by hand is replaced.

        :raise ControlError: while the contract is under review, or signed
        """
        self.check_access("write")
        for contract in self:
            contract.body = contract._compose()
        return True

    #=== BUSINESS METHODS ===#

    def _compose_formal(self):
        """Compose the text of what gets a paper; an order by phone, fax or chat has none."""
        if self.template_id and self.kind not in INFORMAL_KINDS:
            self.body = self._compose()

    def _compose(self):
        """The text of the clauses, filled in, in the language or languages of the contract.

        :rtype: markupsafe.Markup
        """
        self.ensure_one()
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        languages = [
            language for language in (LANGUAGES if self.text_language == "both" else (self.text_language,))
            if language in installed
        ] or ["en_US"]
        texts = {}
        for language in languages:
            contract = self.sudo().with_context(lang=language)
            values = {name: escape(value) for name, value in contract._get_text_values().items()}
            texts[language] = [
                (fill(escape(clause.title), values), fill(clause.body or "", values))
                for clause in contract.template_id.clause_ids
            ]
        body = Markup()
        for number, versions in enumerate(zip(*texts.values(), strict=True), start=1):
            # a clause that was not translated stands there once
            for position, (title, text) in enumerate(dict.fromkeys(versions)):
                heading = Markup("<h4>%s. %s</h4>") if position == 0 else Markup("<h5>%s. %s</h5>")
                body += heading % (number, Markup(title)) + Markup(text)
        return body

    def _get_text_values(self):
        """What the placeholders of a clause become, in the language of the context.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        orders = self._get_orders()
        blank = "________"

        def day(value):
            return format_date(self.env, value) if value else blank

        return {
            "number": self.name,
            "customer": self.partner_id.name or blank,
            "company": self.company_id.name,
            "amount": format_amount(self.env, self.amount_total, self.currency_id),
            "currency": self.currency_id.name,
            "orders": ", ".join(orders.mapped("name")) or blank,
            "deposit": self._describe_deposit(),
            "balance": self._describe_balance(),
            "payment_terms": ", ".join(orders.payment_term_id.mapped("name")) or blank,
            "delivery": ", ".join(dict.fromkeys(day(one) for one in orders.mapped("commitment_date") if one)) or blank,
            "start": day(self.date_start),
            "end": day(self.date_end),
            "date": day(self._get_today()),
            "our_signatory": self.our_signatory_id.name or blank,
            "customer_signatory": self.customer_signatory or blank,
            "formal_due_date": day(self.formal_due_date),
        }

    def _describe_deposit(self):
        """JJ-4.1: the deposit of the orders in percent and money."""
        orders = self._get_orders()
        if not orders:
            return self._describe_grade_deposit()
        amount = sum(order.amount_total * order.prepayment_percent for order in orders)
        percents = sorted({order.prepayment_percent * 100 for order in orders})
        return self.env._(
            "%(percent)s (%(amount)s)", percent=" / ".join(f"{percent:g} %" for percent in percents),
            amount=format_amount(self.env, amount, self.currency_id),
        )

    def _describe_grade_deposit(self):
        grade = self._get_credit_grade()
        return f"{grade.deposit_percent:g} %" if grade else "________"

    def _get_credit_grade(self):
        """The credit grade of the customer in the company, in sudo."""
        return self.env["business.credit.profile"].sudo().search([
            ("partner_id", "=", self.sudo().partner_id.commercial_partner_id.id), ("company_id", "=", self.company_id.id),
        ], limit=1).grade_id

    def _describe_balance(self):
        """JJ-4.1: when the balance is due: the event, and days after it."""
        orders = self._get_orders()
        terms = {(order.balance_event, order.balance_days) for order in orders}
        if not orders and (grade := self._get_credit_grade()):
            terms = {(grade.balance_event, grade.balance_days)}
        texts = []
        for event, days in sorted(terms, key=str):
            match event, days:
                case False, _:
                    texts.append("________")
                case "dispatch", 0:
                    texts.append(self.env._("when the goods leave"))
                case "dispatch", _:
                    texts.append(self.env._("%s days after the goods leave", days))
                case _, 0:
                    texts.append(self.env._("when the goods arrive"))
                case _:
                    texts.append(self.env._("%s days after the goods arrive", days))
        return " / ".join(texts) or "________"
