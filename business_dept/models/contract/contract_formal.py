# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .contract import INFORMAL_KINDS


class BusinessContract(models.Model):
    """What was agreed by phone, fax or chat, and the formal contract that has to follow (JJ-1.2.6)."""

    _inherit = "business.contract"

    _engine_fields = frozenset({"formal_contract_id", "replaced_ids"})

    formal_due_date = fields.Date(
        string="Formal Contract Due", copy=False, tracking=True, index="btree_not_null",
        compute="_compute_formal_due_date", store=True, readonly=False, precompute=True,
        help="Until when the formal contract has to be signed.",
    )
    formal_contract_id = fields.Many2one(
        comodel_name="business.contract", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null",
    )
    replaced_ids = fields.One2many(
        comodel_name="business.contract", inverse_name="formal_contract_id", string="Makes Formal", readonly=True,
        copy=False,
    )
    is_formal_missing = fields.Boolean(
        string="Formal Contract Missing", compute="_compute_is_formal_missing", compute_sudo=True,
        search="_search_is_formal_missing",
    )
    days_overdue = fields.Integer(
        compute="_compute_is_formal_missing", compute_sudo=True,
        help="Days since the formal contract should have been signed.",
    )

    @api.depends("kind")
    def _compute_formal_due_date(self):
        """JJ-1.2.6: whatever becomes an order by phone, fax or chat has a day on which its formal contract is due."""
        for contract in self:
            if contract.kind not in INFORMAL_KINDS:
                contract.formal_due_date = False
            elif not contract.formal_due_date:
                contract.formal_due_date = contract._get_default_formal_due_date()

    @api.depends("kind", "state", "formal_due_date", "formal_contract_id.date_signed", "order_ids.state")
    def _compute_is_formal_missing(self):
        today = self._get_today()
        for contract in self:
            contract.is_formal_missing = (
                contract._is_acted_upon() and not contract.date_terminated
                and not contract.formal_contract_id.date_signed
            )
            late = contract.is_formal_missing and contract.formal_due_date and (today - contract.formal_due_date).days
            contract.days_overdue = max(late or 0, 0)

    def _search_is_formal_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        missing = self._get_formal_missing_domain()
        return missing if True in value else ~missing

    @api.model
    def _get_formal_missing_domain(self):
        """What was agreed without paper and has no signed contract yet.

        Approved, or confirmed all the same: an approval that became void does not take it off the register.
        """
        return Domain([
            ("kind", "in", INFORMAL_KINDS), ("date_terminated", "=", False),
            "|", ("date_approved", "!=", False), ("order_ids", "any", [("state", "=", "sale")]),
            "|", ("formal_contract_id", "=", False), ("formal_contract_id.date_signed", "=", False),
        ])

    @api.constrains("kind", "formal_due_date")
    def _check_formal_due_date(self):
        for contract in self:
            if contract.kind in INFORMAL_KINDS and not contract.formal_due_date:
                raise ValidationError(self.env._(
                    "%s was agreed by phone, fax or chat: say until when the formal contract is signed.", contract.name,
                ))

    def _is_acted_upon(self):
        """Whether it is an agreement without paper that was approved, or whose orders are confirmed."""
        self.ensure_one()
        return self.kind in INFORMAL_KINDS and (
            bool(self.date_approved) or any(order.state == "sale" for order in self.sudo().order_ids)
        )

    def write(self, vals):
        if not self.env.su and vals.keys() & {"kind", "formal_due_date"}:
            self._refuse_postponing(vals)
        return super().write(vals)

    def _refuse_postponing(self, vals):
        """What was agreed without paper stays that, and its due date: the manager alone puts it off (JJ-1.2.6).

        :param dict vals: values about to be written
        """
        if self.env.user.has_group("business_dept.group_department_manager"):
            return
        due = fields.Date.to_date(vals.get("formal_due_date"))
        for contract in self:
            later = "formal_due_date" in vals and (not due or not contract.formal_due_date or due > contract.formal_due_date)
            other = "kind" in vals and vals["kind"] not in INFORMAL_KINDS
            if (later or other) and contract._is_acted_upon():
                contract._refuse("approval.content_locked", self.env._(
                    "%s is agreed and carried out: the formal contract is made for it, by the due date that was approved. "
                    "The department manager may put it off.", contract.name,
                ))

    def _get_default_formal_due_date(self):
        days = (self.company_id or self.env.company).contract_formal_days
        return fields.Date.add(self._get_today(), days=days)

    def action_create_formal(self):
        """Make the formal contract for what was agreed by phone, fax or chat, and open it.

        Several of one customer become one contract. Their orders stay where they are until it is signed.

        :raise UserError: different customers, or a formal contract exists already
        """
        self.check_access("write")
        if any(contract.kind not in INFORMAL_KINDS for contract in self):
            raise UserError(self.env._("Only what was agreed by phone, fax or chat is made formal."))
        if live := self.formal_contract_id.filtered(lambda one: one.state != "terminated"):
            raise UserError(self.env._("The formal contract exists already: %s.", ", ".join(live.mapped("name"))))
        if len(self.company_id) != 1 or len(self.sudo().partner_id) != 1 or len(self.currency_id) != 1:
            raise UserError(self.env._("One formal contract is made for one customer in one currency."))
        # who may edit what was agreed makes it formal; the customer need not be his own
        formal = self.sudo().create({
            "kind": "formal", "partner_id": self.partner_id.id, "company_id": self.company_id.id,
            "user_id": self[0].user_id.id, "title": self[0].title, "text_language": self[0].text_language,
            "our_signatory_id": self[0].our_signatory_id.id, "customer_signatory": self[0].customer_signatory,
            "customer_signatory_title": self[0].customer_signatory_title,
        })
        self._as_engine().write({"formal_contract_id": formal.id})
        formal.body = formal._compose()
        return formal.sudo(False)._get_form_action()

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": self._name, "res_id": self.id, "view_mode": "form",
        }

    def _replace_informal(self):
        """The formal contract is signed: what it makes formal is done."""
        for contract in self.sudo().replaced_ids.filtered(lambda one: one.state not in ("completed", "terminated")):
            contract._finish("completed", self.env._("Made formal by %s.", self.name))
