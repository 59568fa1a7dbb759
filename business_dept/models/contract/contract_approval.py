# Part of business_dept. See LICENSE file for full copyright and licensing details.
import hashlib
import re
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

from odoo import api, fields, models
from odoo.tools import html2plaintext

from ...controls import Breach, control
from .contract import FORMAL_KINDS

HEADING_END = re.compile(r"</h[1-6]>")


class ContentChanges:
    """What was changed in signed contracts, put into the context of one evaluation; no client can send an instance.

    :param by_contract: ``{contract id: text}``
    """

    def __init__(self, by_contract):
        self.by_contract = by_contract


class BusinessContract(models.Model):
    """One request covers a contract, and whatever its quotations break when they are confirmed (JJ-1.2.3, JJ-1.2.5)."""

    _inherit = "business.contract"
    _approval_fields = (
        "kind", "partner_id", "company_id", "currency_id", "amount_total", "date_start", "date_end", "our_signatory_id",
        "customer_signatory", "customer_signatory_title", "formal_due_date", "body",
    )
    _content_columns = {
        "order_ids": ("name", "amount_total", "payment_term_id", "prepayment_percent", "balance_event", "balance_days",
                      "commitment_date"),
        "order_line_ids": ("product_id", "product_uom_qty", "product_uom_id", "price_unit", "discount", "tax_ids"),
    }
    _approval_unlocked_fields = ("cabinet", "shelf", "note", "title", "remind_days")
    _approval_without_breach = True

    exceeds_manager_discount = fields.Boolean(
        string="Discount beyond the Manager's Authority", compute="_compute_exceeds_manager_discount", compute_sudo=True,
        search="_search_exceeds_manager_discount",
        help="Of one of its orders; then the executive office decides (JJ-1.2.1).",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_ids.exceeds_manager_discount", "replaced_ids.order_ids.exceeds_manager_discount")
    def _compute_exceeds_manager_discount(self):
        for contract in self:
            contract.exceeds_manager_discount = any(contract._get_orders().mapped("exceeds_manager_discount"))

    def _search_exceeds_manager_discount(self, operator, value):
        if operator != "in":
            return NotImplemented
        exceeding = [("exceeds_manager_discount", "in", list(value))]
        return ["|", ("order_ids", "any", exceeding), ("replaced_ids.order_ids", "any", exceeding)]

    # === CONTENT === #

    def _get_approval_content(self):
        """EXTENDS the approval mixin: the content of the orders is content of their contract.

        A framework contract stands for itself; what is ordered under it comes later.
        """
        content = super()._get_approval_content()
        body = content["body"][0] or ""
        text = html2plaintext(HEADING_END.sub(r"\g<0><br/>", body)).strip()
        content["body"] = [hashlib.sha256(body.encode()).hexdigest(), text]
        if self._is_framework():
            return content
        content["order_ids"], content["order_line_ids"] = {}, {}
        for order in self._get_orders():
            head = {"name": [order.id, order.name]}
            for name, value in order._get_approval_content().items():
                if isinstance(value, dict):
                    content["order_line_ids"].update(value)
                else:
                    head[name] = value
            content["order_ids"][str(order.id)] = head
        return content

    def _approval_authors(self):
        contract = self.sudo()
        authors = super()._approval_authors() | contract.user_id
        return authors.union(*(order._approval_authors() for order in contract._get_orders()))

    # === FINDINGS === #

    def _get_banner_moment(self):
        open_states = ("draft", "review", "approved", False)
        return "sign" if self.partner_id and not self.date_signed and self.state in open_states else ""

    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "partner_id", "state", "order_ids", "date_signed"]

    def _get_approval_moment(self):
        return "sign"

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        self._check_submittable()
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _can_ask_approval(self, findings):
        return not self.date_signed and not self.date_terminated and super()._can_ask_approval(findings)

    def _find_breaches(self, moment):
        """EXTENDS the control mixin: to sign a contract is to let its quotations be confirmed."""
        findings = super()._find_breaches(moment)
        if moment != "sign":
            return findings
        contracts = self.filtered(lambda contract: not contract._is_framework())
        by_order = {order: contract for contract in contracts for order in contract._get_orders()}
        quotations = self.env["sale.order"].sudo().union(*by_order).filtered(
            lambda order: order.state in ("draft", "sent"),
        )
        for order, found in quotations._find_breaches("confirm").items():
            for finding in found:
                if finding.control.code == "contract.required":
                    continue  # this contract is what it asks for
                text = self.env._("%(order)s: %(message)s", order=order.name, message=finding.breach.message)
                findings[by_order[order]].append(
                    replace(finding, breach=replace(finding.breach, message=text), moment=moment)
                )
        return findings

    @control("contract.formal_approval", moment="sign")
    def _check_formal_approval(self):
        """JJ-1.2.5, JJ-1.2.6: every contract is confirmed by the manager; a formal one is approved by the executive office.

        What is approved as it is now breaks nothing.
        """
        return {
            contract: Breach(
                self.env._("A formal contract is confirmed by the manager and approved by the executive office.")
                if contract.kind in FORMAL_KINDS
                else self.env._("An order without a formal contract is approved by the manager or the executive office."),
            )
            for contract in self - self._filter_approved()
        }

    @control("contract.unamended", moment="amend")
    def _check_unamended(self):
        """RL-4.3, BT-11: what was signed is changed by an approved amendment only."""
        changes = self.env.context.get("business_content_changes")
        if not isinstance(changes, ContentChanges):
            return {}
        return {
            contract: Breach(self.env._(
                "%(contract)s is signed and says otherwise: %(changes)s.", contract=contract.name,
                changes=changes.by_contract[contract.id],
            ))
            for contract in self if contract.id in changes.by_contract
        }

    def _explain_finding(self, finding):
        if finding.moment == "amend" and finding.mode != "notify":
            if self.state == "completed":
                return self.env._("[%(clause)s] It is completed; what comes now is a new order.",
                                  clause=finding.control._get_citation())
            return self.env._(
                "[%(clause)s] Make an amendment to the contract and submit it; taking out every line cancels an order. Or have "
                "the contract terminated, with a reason.", clause=finding.control._get_citation(),
            )
        return super()._explain_finding(finding)

    def _stands_for(self, approval, fingerprint):
        """EXTENDS the approval mixin: applied amendments carry the approval on to the amended content."""
        return super()._stands_for(approval, fingerprint) or (
            bool(self.amended_fingerprint) and self.amended_fingerprint == fingerprint
        )

    def _filter_approved(self):
        """Those of these contracts that are approved for their present content, found in one statement.

        A contract whose content nobody approved does not have its fingerprint computed.
        """
        approved = self._get_live_approvals().filtered(lambda approval: approval.state == "approved").grouped("res_id")
        return self.filtered(lambda contract: contract.id in approved and any(
            contract._stands_for(approval, fingerprint)
            for fingerprint in (contract._get_approval_fingerprint(),) for approval in approved[contract.id]
        ))

    # === GUARD === #

    @contextmanager
    def _guarding_content(self, field_names):
        """EXTENDS the approval mixin: what is signed is changed by an amendment only, through whatever door."""
        touched = field_names is not None and set(field_names) - set(self._approval_unlocked_fields)
        signed = self.sudo().filtered("date_signed") if touched and not self._is_of_engine() else self.sudo().browse()
        before = {contract: contract._get_approval_content() for contract in signed}
        with super()._guarding_content(field_names):
            yield
            signed.sudo(self.env.su)._refuse_unamended(before)

    def _refuse_unamended(self, before):
        """Gate of the moment ``amend``.

        :param dict before: ``{contract: its content before the change}``
        """
        changes = {}
        for contract, content in before.items():
            was = SimpleNamespace(content=content, fingerprint=contract._get_approval_fingerprint(content))
            if text := contract._get_content_changes(was):
                changes[contract.id] = text
        if changes:
            self.filtered(lambda contract: contract.id in changes)._refuse_changes(changes)

    def _refuse_changes(self, changes):
        """Ask the control what becomes of changes of signed contracts.

        :param dict changes: ``{contract id: text}``
        """
        self._stamp()
        self.with_context(business_content_changes=ContentChanges(changes))._check_controls("amend")

    def _stamp(self):
        """Write the contract: a change of its content and a signature at the same time cannot both be serialized."""
        for contract in self._as_engine():
            contract.content_stamp += 1

    # === OUTCOME === #

    def _on_approval_approved(self, approval):
        super()._on_approval_approved(approval)
        self._as_engine().write({"date_approved": self._get_today()})
        self._keep_version("approved")
        orders = self._get_orders()
        if orders:
            self.env["business.order.hold"].sudo()._facts_changed(orders=orders, now=True)

    def _on_approval_voided(self, approval):
        super()._on_approval_voided(approval)
        self._as_engine().write({"date_approved": False})
