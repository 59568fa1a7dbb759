# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_amount, format_date

from ...controls import Breach, control
from ..customer.sale_order import GATES
from ..foundation.approval_mixin import UNLOCKED
from .contract import INFORMAL_KINDS

CONTRACT_POSTS = ("salesperson", "deputy_manager", "department_manager")


def _is_customer_acting():
    """Whether a customer sits before the portal page. The page works as the superuser; who asks is in the request."""
    return bool(request) and not request.env.user._is_internal()


class SaleOrder(models.Model):
    """An order knows its contract, and is not confirmed without one where one is needed (JJ-1.2.5)."""

    _inherit = "sale.order"

    _engine_fields = frozenset({"contract_id"})

    contract_id = fields.Many2one(
        comodel_name="business.contract", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null", groups="base.group_user",
    )
    contract_state = fields.Selection(
        related="contract_id.state", string="State of the Contract", groups="base.group_user", tracking=False,
    )

    #=== CRUD METHODS ===#

    def write(self, vals):
        if vals.get("state") in ("draft", "sent", "cancel") and self.ids:
            self._refuse_unamended_cancellation(vals["state"])
        result = super().write(vals)
        if vals.get("signature") and self.env.su and _is_customer_acting():
            self._on_customer_signature(vals.get("signed_by"))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_under_contract(self):
        contracts = self.sudo().contract_id.filtered(lambda contract: contract.approval_id or contract.date_signed)
        if contracts:
            raise UserError(self.env._(
                "It belongs to the contract %s and stays as a record.", ", ".join(contracts.mapped("name")),
            ))

    def _assign_findings(self, findings):
        super()._assign_findings(findings)
        if self.approval_can_submit and self.sudo().contract_id.state == "review":
            # The request of the contract asks for all of it; a second one would only confuse those who decide.
            self.approval_can_submit = False

    def _on_customer_signature(self, name):
        """The customer has signed on the portal: that counts as read and signed for the contract shown there (WM-2.2.2)."""
        for order in self:
            order._get_portal_contract()._record_customer_signature(name)

    def _get_portal_contract(self):
        """The contract that the customer reads and signs on the portal, in sudo: approved as it is now, or signed.

        What he was not shown he has not read, so his signature says nothing about it.
        """
        self.ensure_one()
        contract = self.sudo().contract_id
        contract = contract.formal_contract_id or contract
        return contract.filtered(lambda one: one.kind == "formal")._filter_agreed()

    #=== ACTION METHODS ===#

    def action_create_contract(self):
        """Make the contract of these quotations, compose its text, and open it.

        :return: action that opens the contract (``business.contract``)
        :raise UserError: no quotations, several customers or currencies, a contract already
        """
        return self._create_contract("formal")._get_form_action()

    def action_create_informal_contract(self, kind="phone"):
        """JJ-1.2.6: note that these quotations were ordered by phone, fax or chat, to be approved without a formal contract.

        :param str kind: ``phone``, ``fax`` or ``chat``
        """
        if kind not in ("phone", "fax", "chat"):
            raise UserError(self.env._("Choose how it was ordered: by phone, fax or chat."))
        return self._create_contract(kind)._get_form_action()

    def action_open_contract(self):
        """Open the contract of this order."""
        self.ensure_one()
        self.check_access("read")
        contract = self.contract_id.formal_contract_id or self.contract_id
        return contract._get_form_action()

    def action_leave_contract(self):
        """Take quotations out of a contract that is not approved yet.

        :raise UserError: confirmed, or the contract is under review, approved or signed
        """
        self.check_access("write")
        if confirmed := self.filtered(lambda order: order.state not in ("draft", "sent")):
            raise UserError(self.env._("%s is no quotation any more: it stays.", ", ".join(confirmed.mapped("name"))))
        contracts = self.sudo().contract_id
        for contract in contracts:
            if contract.state != "draft" or contract.date_signed:
                raise UserError(self.env._("%s is under review, approved or signed: its orders stay.", contract.name))
        for order in self:
            order._as_engine().write({"contract_id": False})
        return True

    #=== BUSINESS METHODS ===#

    def _create_contract(self, kind):
        self.check_access("write")
        self.env["business.contract"]._check_post(*CONTRACT_POSTS)
        orders = self.sudo()
        if not orders or any(order.state not in ("draft", "sent") for order in orders):
            raise UserError(self.env._("A contract is made from quotations."))
        if taken := orders.contract_id:
            raise UserError(self.env._("There is a contract already: %s.", ", ".join(taken.mapped("name"))))
        if len(orders.partner_id.commercial_partner_id) != 1 or len(orders.currency_id) != 1 or len(orders.company_id) != 1:
            raise UserError(self.env._("One contract is made with one customer in one currency."))
        responsible = orders.user_id[:1] if len(orders.user_id) == 1 else self.env.user
        # who may edit the quotations makes their contract; the responsible person is theirs
        contract = self.env["business.contract"].sudo().create({
            "kind": kind,
            "company_id": orders.company_id.id,
            "partner_id": orders.partner_id.commercial_partner_id.id,
            "user_id": responsible.id or self.env.uid,
            "our_signatory_id": responsible.id or self.env.uid,
            "title": orders[:1].client_order_ref,
        })
        orders._as_engine().write({"contract_id": contract.id})
        contract._compose_formal()
        return contract.sudo(False)

    def _get_guarded_contracts(self):
        """The contracts whose content these orders are, in sudo. A framework contract stands for itself.

        What was signed and completed stays as it was carried out; what was terminated binds nobody any more.
        """
        contracts = self.sudo().contract_id
        if not contracts:
            return contracts
        return (contracts | contracts.formal_contract_id).filtered(
            lambda contract: contract.kind != "framework" and contract.state != "terminated"
            and (contract.state != "completed" or contract.date_signed),
        )

    @contextmanager
    def _guarding_content(self, field_names):
        """EXTENDS the approval mixin: orders are locked with their contract, and their change is a change of it."""
        contracts = self.env["business.contract"] if self._is_neutral(field_names) else self._get_guarded_contracts()
        if not contracts:
            with super()._guarding_content(field_names):
                yield
            return
        names = set(field_names) - UNLOCKED - set(self._approval_unlocked_fields)
        with contracts._guarding_content(names), super()._guarding_content(field_names):
            yield

    def _refuse_unamended_cancellation(self, state):
        """RL-4.3: to cancel an order of a signed contract, or to take its confirmation back, changes what was signed.

        Nothing is changed by cancelling an order from which an amendment has taken everything.

        :param str state: about to be written
        """
        changes = {}
        for order in self.sudo():
            leaves = order.state == "sale" or (state == "cancel" and order.state != "cancel")
            signed = order._get_guarded_contracts().filtered("date_signed") if leaves else order.contract_id.browse()
            if signed and any(line.product_uom_qty for line in order._get_approval_lines("order_line")):
                labels = dict(self._fields["state"]._description_selection(self.env))
                for contract in signed:
                    changes.setdefault(contract, []).append(f"{order.name}: {labels[order.state]} → {labels[state]}")
        if changes:
            contracts = self.env["business.contract"].union(*changes)
            contracts.sudo(self.env.su)._refuse_changes({
                contract.id: "; ".join(texts) for contract, texts in changes.items()
            })

    def _is_released(self, finding):
        return super()._is_released(finding) or self._is_released_by_contract(finding)

    def _is_released_by_contract(self, finding):
        """Whether the approval of the contract covers what this order breaks."""
        contracts = self.sudo().contract_id
        contracts = (contracts | contracts.formal_contract_id).filtered(lambda contract: contract.kind != "framework")
        return any(contract._is_released(finding) for contract in contracts)

    def _find_overtaken_contracts(self):
        """Why the contract on which orders were confirmed does not carry them any more; called in sudo.

        An order that is approved itself, as it is now, does not need its contract.

        :return: ``{order: text}``
        """
        contracts = (self.contract_id | self.contract_id.formal_contract_id).filtered(
            lambda contract: contract.kind != "framework",
        )
        if not contracts:
            return {}
        agreed, overtaken = contracts._filter_agreed(), {}
        for order in self:
            own = (order.contract_id | order.contract_id.formal_contract_id) & contracts
            if not own or own & agreed or order._is_approved():
                continue
            reasons = [
                self.env._("%s was terminated.", contract.name) if contract.date_terminated
                else self.env._("The approval of %(contract)s is void: %(reason)s", contract=contract.name,
                                reason=contract.approval_id.reason or self.env._("the content was changed"))
                for contract in own if contract.date_terminated or contract.approval_state == "void"
            ]
            if reasons:
                overtaken[order] = " ".join(reasons)
        return overtaken

    def _check_controls(self, moment):
        if moment == "confirm":
            self._enter_framework()
        result = super()._check_controls(moment)
        if moment in GATES:
            # who uses the room of a framework contract writes it: two at once cannot both be serialized
            self.sudo().contract_id.filtered(lambda contract: contract.kind == "framework")._stamp()
        return result

    def _enter_framework(self):
        """Put orders without a contract under the framework contract of their customer that holds today and has room."""
        required = self.env["business.control"]._get_by_code("contract.required")
        orders = self.sudo().filtered(lambda order: not order.contract_id and required._get_mode(order.company_id) != "off")
        frameworks = orders._find_frameworks()
        for order in orders:
            for contract in frameworks.get((order.company_id, order.partner_id.commercial_partner_id), ()):
                if contract.currency_id == order.currency_id and contract._has_room_for(order):
                    order._as_engine().write({"contract_id": contract.id})
                    break

    def _find_frameworks(self):
        """Framework contracts that hold today, by company and customer."""
        found = {}
        if not any(company.contract_has_framework for company in self.company_id):
            return found
        today = fields.Date.context_today(self)
        for contract in self.env["business.contract"].sudo().search([
            ("kind", "=", "framework"), ("state", "=", "in_force"), ("company_id", "in", self.company_id.ids),
            ("partner_id", "in", self.partner_id.commercial_partner_id.ids), ("date_end", ">=", today),
        ], order="date_end, id"):
            found.setdefault((contract.company_id, contract.partner_id), []).append(contract)
        return found

    #=== CONTROLS ===#

    @control("contract.required", moment=(*GATES, "reprice"))
    def _check_contract_required(self):
        """JJ-1.2.4, JJ-1.2.5, RL-4.3: no order of this size without an approved contract, or an approved exception; nor is
        a confirmed one changed to what was not approved."""
        threshold = self.env["business.control"]._get_by_code("contract.required")
        breaches = {}
        for company, orders in self.grouped("company_id").items():
            least = threshold._get_threshold(company)
            large = orders.filtered(
                lambda order, least=least, currency=company.currency_id:
                currency.compare_amounts(order._get_company_amount(), least) >= 0
            )
            frameworks = large.filtered(lambda order: not order.contract_id)._find_frameworks()
            agreed = (large.contract_id | large.contract_id.formal_contract_id)._filter_agreed()
            for order in large:
                room = frameworks.get((company, order.partner_id.commercial_partner_id), ())
                if reason := order._get_contract_gap(room, agreed):
                    breaches[order] = Breach(reason)
        return breaches

    def _get_contract_gap(self, frameworks, agreed):
        """Why the contract of this order does not let it be confirmed, in words; empty when it does.

        :param frameworks: framework contracts of the customer that hold today
        :param agreed: contracts that may be acted upon
        """
        self.ensure_one()
        contract = self.contract_id
        amount = format_amount(self.env, self.amount_total, self.currency_id)
        if not contract:
            if any(one.currency_id == self.currency_id and one._has_room_for(self) for one in frameworks):
                return ""
            return self.env._("An order of %(amount)s needs an approved contract, and there is none.", amount=amount)
        if (contract.partner_id.commercial_partner_id, contract.company_id) != (
            self.partner_id.commercial_partner_id, self.company_id,
        ):
            return self.env._("The contract %(contract)s is with another customer.", contract=contract.name)
        if contract._is_framework():
            return contract._get_framework_gap(self)
        if (contract | contract.formal_contract_id) & agreed:
            return ""
        states = dict(contract._fields["state"]._description_selection(self.env))
        return self.env._(
            "An order of %(amount)s needs an approved contract; %(contract)s is not approved for this content (%(state)s).",
            amount=amount, contract=contract.name, state=states[contract.state],
        )

    @control("contract.release_unapproved", moment="release")
    def _check_release_contract(self):
        """JJ-1.2.5, RL-4.3: nor is an order released that was changed after its contract was approved.

        What was signed changes by amendment only; there the gate of the change judges.
        """
        breaches = {}
        contracts = (self.contract_id | self.contract_id.formal_contract_id).filtered(lambda one: one.kind != "framework")
        changed = contracts.filtered(lambda one: not one.date_signed)
        asked = self.env["business.approval"].search_fetch(
            [("res_model", "=", contracts._name), ("res_id", "in", changed.ids), ("state", "in", ("approved", "void"))],
            ["res_id"],
        ) if changed else self.env["business.approval"]
        changed = changed.browse(set(asked.mapped("res_id")))
        changed -= changed._filter_approved() if changed else changed
        for order in self.filtered("contract_id"):
            own = order.contract_id | order.contract_id.formal_contract_id
            if own & changed and not (own - changed)._filter_agreed():
                breaches[order] = Breach(self.env._(
                    "It is not what was approved with %s any more.", ", ".join((own & changed).mapped("name")),
                ))
        return breaches

    @control("contract.formal_overdue", moment="confirm")
    def _check_formal_overdue(self):
        """JJ-1.2.6: nothing further for who has not signed the formal contract of an earlier order by phone, fax or chat."""
        breaches, today = {}, fields.Date.context_today(self)
        control_record = self.env["business.control"]._get_by_code("contract.formal_overdue")
        for company, orders in self.grouped("company_id").items():
            if not company.contract_has_informal:
                continue
            tolerated = int(control_record._get_threshold(company))
            Contract = self.env["business.contract"]
            overdue = Contract.search([
                ("company_id", "=", company.id), ("partner_id", "in", orders.partner_id.commercial_partner_id.ids),
                ("kind", "in", INFORMAL_KINDS), ("formal_due_date", "<", fields.Date.subtract(today, days=tolerated)),
            ], order="formal_due_date, id").filtered("is_formal_missing").grouped("partner_id")
            for order in orders:
                missing = overdue.get(order.partner_id.commercial_partner_id, Contract) - order.contract_id
                if missing:
                    breaches[order] = Breach(self.env._(
                        "The formal contract for %(contract)s is missing; it was due on %(date)s, %(days)s days ago.",
                        contract=", ".join(missing.mapped("name")), days=missing[0].days_overdue,
                        date=format_date(self.env, missing[0].formal_due_date),
                    ))
        return breaches


class BusinessContract(models.Model):
    _inherit = "business.contract"

    def _filter_agreed(self):
        """Those whose very content may be acted upon: signed, or approved as it is now."""
        live = self.filtered(lambda contract: not contract.date_terminated)
        signed = live.filtered("date_signed")
        unsigned = live - signed
        return signed | unsigned._filter_approved() if unsigned else signed

    def _get_framework_used(self, but=None):
        """What was ordered under a framework contract: its confirmed orders, in its currency.

        :param but: an order that does not count
        """
        orders = (self.order_ids - (but or self.order_ids.browse())).filtered(lambda order: order.state == "sale")
        return sum(orders.mapped("amount_total"))

    def _has_room_for(self, order):
        """Whether an order still fits under the agreed volume."""
        return self.currency_id.compare_amounts(
            self._get_framework_used(but=order) + order.amount_total, self.framework_amount,
        ) <= 0

    def _get_framework_gap(self, order):
        """Why an order cannot go under this framework contract, in words; empty when it can."""
        today = self._get_today()
        if self.state != "in_force" or self.date_end < today:
            return self.env._("The framework contract %(contract)s does not hold today.", contract=self.name)
        if self.currency_id != order.currency_id:
            return self.env._("The framework contract %(contract)s is in another currency.", contract=self.name)
        if not self._has_room_for(order):
            left = self.framework_amount - self._get_framework_used(but=order)
            return self.env._(
                "The framework contract %(contract)s has %(left)s left, the order is %(amount)s.", contract=self.name,
                left=format_amount(self.env, left, self.currency_id),
                amount=format_amount(self.env, order.amount_total, order.currency_id),
            )
        return ""
