# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""How an approved amendment changes the contract and its orders: through the gates of everybody, undone if one closes."""
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError


@dataclass
class Amending:
    """Put into the context while an amendment is applied, or tried; no client can send an instance.

    :param amendment: the ``business.contract.amendment``, in sudo
    :param contract_id: of which contract
    :param trying: only find out what the gates would say
    :param found: what they would say, of every order
    """

    amendment: Any
    contract_id: int
    trying: bool = False
    found: list = field(default_factory=list)


class Undo(Exception):
    """Ends a trial by rolling it back."""


def get_amending(env):
    """The amendment that is being applied in an environment, or ``None``."""
    amending = env.context.get("business_amending")
    return amending if isinstance(amending, Amending) else None


class BusinessContractAmendment(models.Model):
    _inherit = "business.contract.amendment"

    def _find_breaches(self, moment):
        """EXTENDS the control mixin: what the orders would break once they are changed; found by trying it."""
        findings = super()._find_breaches(moment)
        if moment == "amendment":
            for amendment in self.filtered(lambda one: not one.date_applied):
                found = amendment._try_changes()
                findings[amendment].extend(replace(finding, moment=moment) for finding in found)
        return findings

    def _try_changes(self):
        """Apply the changes, see what the gates say, and undo everything.

        :return: list of ``Finding``
        """
        amending = Amending(self.sudo(), self.contract_id.id, trying=True)
        try:
            with self.env.cr.savepoint():
                self._write_changes(amending)
                self.env.flush_all()
                raise Undo
        except Undo:
            self.env.invalidate_all(flush=False)
        return amending.found

    def _apply(self):
        """Apply what was approved, once, on the contract as it was when it was submitted."""
        self.ensure_one()
        amendment = self._as_engine()
        contract = amendment.contract_id
        if amendment.date_applied:
            raise UserError(self.env._("%s is applied already.", self.name))
        if not amendment._is_approved():
            raise UserError(self.env._("%s is not approved.", self.name))
        contract._check_open()
        if contract._get_approval_fingerprint() != amendment.base_fingerprint:
            raise UserError(self.env._(
                "%(contract)s has been changed since %(amendment)s was submitted. Make the amendment anew.",
                contract=contract.name, amendment=self.name,
            ))
        self._check_controls("apply")
        amendment._refresh_old_values()
        amendment.write({"date_applied": fields.Datetime.now()})
        amendment._write_changes(Amending(amendment, contract.id))
        self.env.flush_all()
        contract._as_engine().write({"amended_fingerprint": contract._get_approval_fingerprint()})
        contract._stamp()
        self.env["business.content.version"]._keep(contract, "amended", f"{self.name}: {self.reason}")
        contract._log_fact(self.env._("Amended by %(amendment)s: %(reason)s", amendment=self.name, reason=self.reason))

    def _write_changes(self, amending):
        """Write lines, terms, dates and text. The orders' gates judge it like every other change."""
        amendment = self._as_engine().with_context(business_amending=amending, tracking_disable=amending.trying)
        contract = amendment.contract_id
        orders = contract._get_orders()
        locked = orders.filtered("locked")
        locked.write({"locked": False})
        if amendment.changes_terms:
            orders.write({
                "payment_term_id": amendment.new_payment_term_id.id,
                "prepayment_percent": amendment.new_prepayment_percent,
                "balance_event": amendment.new_balance_event, "balance_days": amendment.new_balance_days,
            })
        for line in amendment._get_changed_lines():
            line._write_change()
        if amendment.changes_dates:
            vals = {"date_start": amendment.new_date_start, "date_end": amendment.new_date_end}
            if contract.kind == "framework":
                vals["framework_amount"] = amendment.new_framework_amount
            elif amendment.new_commitment_date:
                orders.write({"commitment_date": amendment.new_commitment_date})
            contract.write(vals)
        if amendment.changes_text:
            contract.write({"body": amendment.new_body})
        amendment._get_emptied_orders()._action_cancel()
        locked.filtered(lambda order: order.state == "sale").write({"locked": True})

    def _get_emptied_orders(self):
        """The orders from which this amendment takes out everything, and of which nothing was delivered or invoiced."""
        orders = self._get_changed_lines().order_line_id.order_id.filtered(lambda order: order.state != "cancel")
        return orders.filtered(lambda order: not any(
            line.product_uom_qty or line.qty_delivered or line.qty_invoiced
            for line in order.order_line if not line.display_type
        ))


class BusinessContractAmendmentLine(models.Model):
    _inherit = "business.contract.amendment.line"

    def _write_change(self):
        """Change, add or take out one line of an order; a confirmed order keeps a line of quantity 0."""
        self.ensure_one()
        values = {"product_uom_qty": self.quantity, "price_unit": self.price_unit, "discount": self.discount}
        if self.order_line_id:
            self.order_line_id.write(values)
        else:
            self.env["sale.order.line"].create({"order_id": self.order_id.id, "product_id": self.product_id.id, **values})


class BusinessContract(models.Model):
    _inherit = "business.contract"

    amendment_ids = fields.One2many(
        comodel_name="business.contract.amendment", inverse_name="contract_id", string="Amendments", readonly=True, copy=False,
    )

    def action_amend(self):
        """Open a new amendment of this contract, with its lines."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window", "name": self.env._("Amendments"), "res_model": "business.contract.amendment",
            "view_mode": "form", "context": {"default_contract_id": self.id},
        }

    @contextmanager
    def _guarding_content(self, field_names):
        """EXTENDS the approval mixin: an amendment changes its contract, and nothing else."""
        amending = get_amending(self.env)
        if amending:
            others = self.filtered(lambda one: one.id != amending.contract_id)
            with super(BusinessContract, others)._guarding_content(field_names):
                yield
        else:
            with super()._guarding_content(field_names):
                yield

    def _is_released(self, finding):
        """EXTENDS the approval mixin: what amendments were approved for is covered as well."""
        if super()._is_released(finding):
            return True
        amended = self.sudo().amended_fingerprint
        return bool(amended) and amended == self._get_approval_fingerprint() and any(
            amendment._is_released(finding) for amendment in self.sudo().amendment_ids.filtered("date_applied")
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _refuse_unamended_cancellation(self, state):
        """EXTENDS the contract: an amendment that takes everything out cancels the order."""
        if not get_amending(self.env):
            super()._refuse_unamended_cancellation(state)

    def _check_controls(self, moment):
        """EXTENDS the control mixin: a trial of an amendment only listens to what the gate would say."""
        amending = get_amending(self.env)
        if amending and amending.trying:
            for found in self._find_breaches(moment).values():
                amending.found.extend(found)
            return None
        return super()._check_controls(moment)

    def _is_released(self, finding):
        """EXTENDS the approval mixin: the approval of the amendment covers what it makes the orders break."""
        amending = get_amending(self.env)
        if amending and self.sudo().contract_id.id and amending.amendment._is_released(finding):
            return True
        return super()._is_released(finding)
