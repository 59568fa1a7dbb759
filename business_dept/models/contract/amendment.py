# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount, format_date

from ..foundation.forgery import refuse_forged, without_forged_defaults

PREFILLED = 50
"""Up to so many lines of the contract stand in a new amendment from the start."""


class BusinessContractAmendment(models.Model):
    """A change of what was signed: what it was, what it becomes, why, approved, applied by the system (RL-4.3, BT-11).

    +-----------------+---------------------------------------+----------------------------------------------------+
    | Action          | Who                                   | Restriction                                        |
    +=================+=======================================+====================================================+
    | Read            | who reads the contract                |                                                    |
    | Create, edit    | who may edit the contract             | of a signed contract; not under review, not once   |
    |                 |                                       | applied                                            |
    | Approve         | as the approval rules say             | not the requester, not an author (IC-7)            |
    | File the paper  | who may edit, order clerk             | the code on the paper must be the amendment's      |
    | Note a consent  | who may edit                          | of the present content only, before it is applied  |
    | Apply           | the engine, on approval; the button   | only what was approved, on the contract as it was  |
    |                 | by who may edit, when it was hindered | then; the approval covers what the orders break    |
    +-----------------+---------------------------------------+----------------------------------------------------+
    """

    _name = "business.contract.amendment"
    _description = "Contract Amendment"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "contract_id, number desc"
    _allow_sudo_commands = False
    _approval_without_breach = True
    _engine_fields = frozenset({
        "name", "number", "state", "date_applied", "base_fingerprint", "old_terms", "old_dates", "old_amount",
    })
    _approval_fields = (
        "contract_id", "reason", "changes_terms", "new_payment_term_id", "new_prepayment_percent", "new_balance_event",
        "new_balance_days", "changes_dates", "new_date_start", "new_date_end", "new_commitment_date", "new_framework_amount",
        "changes_text", "new_body",
        "line_ids.order_line_id", "line_ids.order_id", "line_ids.product_id", "line_ids.quantity", "line_ids.price_unit",
        "line_ids.discount",
    )

    #=== FIELDS ===#

    name = fields.Char(string="Amendment No.", required=True, readonly=True, default="/", copy=False)
    number = fields.Integer(string="Serial No.", readonly=True, copy=False, aggregator=None)
    contract_id = fields.Many2one(
        comodel_name="business.contract", required=True, index=True, ondelete="cascade",
        domain=[("date_signed", "!=", False), ("state", "in", ("signed", "in_force"))],
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="Customer", store=True, index=True, tracking=False,
    )
    user_id = fields.Many2one(
        related="contract_id.user_id", string="Responsible", store=True, index=True, tracking=False,
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    contract_kind = fields.Selection(related="contract_id.kind", string="Kind of Contract", tracking=False)
    reason = fields.Text(required=True, tracking=True, help="Why the contract is changed.")
    line_ids = fields.One2many(
        comodel_name="business.contract.amendment.line", inverse_name="amendment_id", string="Lines", copy=True,
    )
    changes_terms = fields.Boolean(string="Change the Terms of Payment")
    new_payment_term_id = fields.Many2one(comodel_name="account.payment.term", string="New Payment Terms", check_company=True)
    new_prepayment_percent = fields.Float(string="New Deposit")
    new_balance_event = fields.Selection(
        selection=[("dispatch", "Goods leave"), ("arrival", "Goods arrive")], string="New Event of the Balance",
    )
    new_balance_days = fields.Integer(string="New Days After")
    changes_dates = fields.Boolean(string="Change Dates or Volume")
    new_date_start = fields.Date(string="New First Day")
    new_date_end = fields.Date(string="New Last Day")
    new_commitment_date = fields.Datetime(string="New Delivery Date")
    new_framework_amount = fields.Monetary(string="New Volume")
    changes_text = fields.Boolean(string="Change the Text")
    new_body = fields.Html(string="New Text", sanitize_attributes=True, sanitize_form=True)
    old_terms = fields.Char(string="Terms So Far", compute="_compute_old", store=True, compute_sudo=True)
    old_dates = fields.Char(string="Dates So Far", compute="_compute_old", store=True, compute_sudo=True)
    old_amount = fields.Monetary(string="Amount So Far", compute="_compute_old", store=True, compute_sudo=True)
    difference = fields.Monetary(
        compute="_compute_difference", compute_sudo=True, help="What the amendment adds to the amount, before taxes.",
    )
    difference_html = fields.Html(
        string="Changes", compute="_compute_difference", compute_sudo=True, sanitize=False,
    )
    base_fingerprint = fields.Char(readonly=True, copy=False)
    date_applied = fields.Datetime(string="Applied On", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"), ("review", "Under review"), ("approved", "Approved, not applied"), ("applied", "Applied"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, tracking=True,
    )

    _number_uniq = models.UniqueIndex("(contract_id, number)", "Another amendment of this contract was made just now.")
    _check_deposit = models.Constraint(
        "CHECK (new_prepayment_percent >= 0 AND new_prepayment_percent <= 1)", "A deposit is between 0 and 100 percent.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("approval_ids.state", "date_applied")
    def _compute_state(self):
        labels = {"pending": "review", "approved": "approved"}
        for amendment in self:
            amendment.state = "applied" if amendment.date_applied else labels.get(amendment.approval_state, "draft")

    @api.depends("contract_id")
    def _compute_old(self):
        """What stood in the contract; from the day on which it was applied it stays as it was."""
        for amendment in self:
            if amendment.date_applied:
                amendment.old_terms = amendment.old_terms
                amendment.old_dates = amendment.old_dates
                amendment.old_amount = amendment.old_amount
            else:
                amendment.update(amendment._prepare_old_values())

    def _prepare_old_values(self):
        contract = self.contract_id
        orders = contract._get_orders()
        terms = ", ".join(orders.payment_term_id.mapped("name")) or "—"
        dates = [contract.date_start, contract.date_end]
        return {
            "old_terms": f"{terms}; {contract._describe_deposit()}; {contract._describe_balance()}" if orders else False,
            "old_dates": " – ".join(format_date(self.env, day) if day else "…" for day in dates),
            "old_amount": contract.amount_total,
        }

    @api.depends(lambda self: [path for path in self._approval_fields if path != "contract_id"])
    @api.depends_context("lang")
    def _compute_difference(self):
        for amendment in self:
            amendment.difference = sum(amendment.line_ids.mapped("difference"))
            amendment.difference_html = amendment._render_difference()

    #=== CRUD METHODS ===#

    @api.model
    def default_get(self, fields_list):
        """EXTENDS 'base': the lines of the contract stand there to be changed."""
        values = super().default_get(fields_list)
        contract = self.env["business.contract"].browse(values.get("contract_id") or [])
        if contract and "line_ids" in fields_list and contract.has_access("read"):
            lines = contract._get_content_lines()
            if len(lines) <= PREFILLED:
                values["line_ids"] = [
                    Command.create({
                        "order_line_id": line.id, "quantity": line.product_uom_qty, "price_unit": line.price_unit,
                        "discount": line.discount,
                    }) for line in lines
                ]
        if contract and contract.has_access("read"):
            order = contract._get_orders()[:1]
            values.update({
                "new_payment_term_id": order.payment_term_id.id, "new_prepayment_percent": order.prepayment_percent,
                "new_balance_event": order.balance_event, "new_balance_days": order.balance_days,
                "new_commitment_date": order.commitment_date, "new_date_start": contract.date_start,
                "new_date_end": contract.date_end, "new_framework_amount": contract.framework_amount,
                "new_body": contract.body,
            })
        return values

    def onchange(self, values, field_names, fields_spec):
        """EXTENDS 'web': a form tells nothing of a contract that one may not read, nor of orders of others."""
        self.env["business.contract"]._check_named_in(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        contracts = self.env["business.contract"].browse(
            {vals.get("contract_id") or self.env.context.get("default_contract_id") for vals in vals_list} - {None, False},
        )
        contracts.check_access("write")
        for contract in contracts.sudo():
            if not contract.date_signed or contract.state in ("completed", "terminated"):
                raise UserError(self.env._("%s is not signed, or has ended: there is nothing to amend.", contract.name))
        clean = without_forged_defaults(self)
        amendments = super(BusinessContractAmendment, clean).create(vals_list).with_env(self.env)
        for amendment in amendments:
            number = max(amendment.contract_id.sudo().amendment_ids.mapped("number"), default=0) + 1
            amendment._as_engine().write({"number": number, "name": f"{amendment.contract_id.name}-{number}"})
        return amendments

    def write(self, vals):
        refuse_forged(self, [vals])
        if "contract_id" in vals and not self.env.su:
            raise UserError(self.env._("An amendment belongs to its contract; make another one for another contract."))
        applied = self.filtered("date_applied")
        if applied and not self.env.su and set(vals) & {path.partition(".")[0] for path in self._approval_fields}:
            raise UserError(self.env._("%s is applied: make a new amendment.", ", ".join(applied.mapped("name"))))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered(lambda amendment: amendment.approval_id or amendment.date_applied):
            raise UserError(self.env._("What was submitted once is kept as a record."))

    #=== ACTION METHODS ===#

    def action_apply(self):
        """Apply what was approved and was hindered then.

        :raise UserError: not approved, applied already, or the contract has changed meanwhile
        :raise ControlError: the orders break more than what was approved
        """
        self.check_access("write")
        for amendment in self:
            amendment._apply()
        return True

    #=== BUSINESS METHODS ===#

    def _get_approval_moment(self):
        return "amendment"

    def _approval_authors(self):
        return super()._approval_authors() | self.sudo().contract_id.user_id | self.sudo().line_ids.create_uid

    def _can_ask_approval(self, findings):
        return not self.date_applied and super()._can_ask_approval(findings)

    def _get_changed_lines(self):
        return self.line_ids.filtered("change")

    def _has_changes(self):
        return bool(self._get_changed_lines()) or self.changes_terms or self.changes_dates or self.changes_text

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        if self.date_applied:
            raise UserError(self.env._("%s is applied: make a new amendment.", self.name))
        if not self._has_changes():
            raise UserError(self.env._("%s changes nothing.", self.name))
        self._refresh_old_values()
        self._as_engine().write({"base_fingerprint": self.sudo().contract_id._get_approval_fingerprint()})
        return super()._submit_for_approval(requester=requester, reason=reason or self.reason)

    def _refresh_old_values(self):
        """What the contract says now is what the change is compared with."""
        amendment = self._as_engine()
        for line in amendment.line_ids:
            line.write(line._prepare_old_values())
        amendment.write(amendment._prepare_old_values())

    def _on_approval_approved(self, approval):
        """Apply at once; what hinders it is said, and a button applies it later."""
        super()._on_approval_approved(approval)
        try:
            with self.env.cr.savepoint():
                self._apply()
        except UserError as error:
            self.invalidate_recordset()
            self.sudo()._message_log(body=self.env._("Approved, but it could not be applied: %s", error))

    def _render_difference(self):
        """What it was and what it becomes, line by line, in money."""
        def money(amount):
            return format_amount(self.env, amount, self.currency_id) if self.currency_id else f"{amount:.2f}"

        def turn(old, new):
            return old if old == new else f"{old} → {new}"

        labels = dict(self.env["business.contract.amendment.line"]._fields["change"]._description_selection(self.env))
        rows = Markup()
        for line in self._get_changed_lines():
            rows += Markup(
                "<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td><td class='text-end'>%s</td>"
                "<td class='text-end'>%s</td><td class='text-end fw-bold'>%s</td></tr>"
            ) % (
                line.product_id.display_name or "", labels[line.change],
                turn(f"{line.old_quantity:.12g}", f"{line.quantity:.12g}"),
                turn(money(line.old_price_unit), money(line.price_unit)),
                turn(f"{line.old_discount:.12g}", f"{line.discount:.12g}"),
                ("+" if line.difference > 0 else "") + money(line.difference),
            )
        result = Markup()
        if rows:
            titles = (self.env._("Goods"), self.env._("Change"), self.env._("Quantity"), self.env._("Price"),
                      self.env._("Discount %"), self.env._("Difference"))
            heads = Markup().join(
                Markup("<th class='text-end'>%s</th>" if place > 1 else "<th>%s</th>") % title
                for place, title in enumerate(titles)
            )
            table = Markup("<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>")
            result += table % (heads, rows)
        return result + Markup().join(Markup("<p class='mb-1'>%s</p>") % note for note in self._describe_changes())

    def _describe_changes(self):
        """What becomes of terms, dates, volume and text, in words.

        :rtype: list[str]
        """
        def money(amount):
            return format_amount(self.env, amount, self.currency_id) if self.currency_id else f"{amount:.2f}"

        notes = []
        if self.changes_terms:
            events = dict(self._fields["new_balance_event"]._description_selection(self.env))
            notes.append(self.env._(
                "Terms: %(old)s → %(term)s; deposit %(deposit)g %%; balance %(event)s + %(days)s days",
                old=self.old_terms or "—", term=self.new_payment_term_id.name or "—", deposit=self.new_prepayment_percent * 100,
                event=events.get(self.new_balance_event, "—"), days=self.new_balance_days,
            ))
        if self.changes_dates:
            new = " – ".join(format_date(self.env, day) if day else "…" for day in (self.new_date_start, self.new_date_end))
            notes.append(self.env._("Dates: %(old)s → %(new)s", old=self.old_dates or "—", new=new))
            if self.contract_id.kind != "framework" and self.new_commitment_date:
                notes.append(self.env._("Delivery: %s", format_date(self.env, self.new_commitment_date)))
            if self.contract_id.kind == "framework":
                notes.append(self.env._("Volume: %(old)s → %(new)s", old=money(self.old_amount),
                                        new=money(self.new_framework_amount)))
        if self.changes_text:
            notes.append(self.env._("The text is changed."))
        return notes


class BusinessContract(models.Model):
    _inherit = "business.contract"

    @api.model
    def _check_named_in(self, values):
        """Refuse a form that names a contract or a line of an order which the user may not read.

        What a form shows of them is computed in sudo, and nothing is saved yet that a rule could be asked about.

        :param dict values: of an amendment or of its line, as a client sends them to ``onchange``
        :raise AccessError: naming nothing
        """
        contracts, orders = set(), set()
        pending = [values]
        while pending:
            vals = pending.pop()
            contracts.add(_get_id(vals.get("contract_id")))
            orders.add(_get_id(vals.get("order_id")))
            if line_id := _get_id(vals.get("order_line_id")):
                orders.add(self.env["sale.order.line"].sudo().browse(line_id).exists().order_id.id)
            if amendment_id := _get_id(vals.get("amendment_id")):
                contracts.add(self.env["business.contract.amendment"].sudo().browse(amendment_id).exists().contract_id.id)
            elif isinstance(vals.get("amendment_id"), dict):
                pending.append(vals["amendment_id"])
            pending.extend(
                command[2] for command in vals.get("line_ids") or ()
                if isinstance(command, (list, tuple)) and len(command) == 3 and isinstance(command[2], dict)
            )
        self.browse(contracts - {False}).exists().check_access("read")
        for order in self.env["sale.order"].sudo(False).browse(orders - {False}).exists():
            contract = order.sudo().contract_id | order.sudo().contract_id.formal_contract_id
            if not contract.sudo(False)._filtered_access("read"):
                order.check_access("read")


def _get_id(value):
    """The id of a many2one in the values of a form; ``False`` when there is none."""
    if isinstance(value, dict):
        value = value.get("id")
    elif isinstance(value, (list, tuple)):
        value = value[0] if value else False
    return value if type(value) is int else False


class BusinessContractAmendmentLine(models.Model):
    _name = "business.contract.amendment.line"
    _description = "Line of a Contract Amendment"
    _inherit = ["business.approval.line.mixin"]
    _allow_sudo_commands = False
    _approval_parent_field = "amendment_id"
    _rec_name = "product_id"

    amendment_id = fields.Many2one(
        comodel_name="business.contract.amendment", required=True, index=True, ondelete="cascade",
    )
    contract_id = fields.Many2one(related="amendment_id.contract_id")
    company_id = fields.Many2one(related="amendment_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="amendment_id.currency_id")
    contract_line_ids = fields.Many2many(related="contract_id.order_line_ids")
    contract_order_ids = fields.One2many(related="contract_id.order_ids")
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", string="Line", ondelete="restrict", index=True,
        domain="[('id', 'in', contract_line_ids)]", help="The line that changes; empty for a new one.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", compute="_compute_order_id", store=True, readonly=False, precompute=True,
        ondelete="restrict", domain="[('id', 'in', contract_order_ids)]", help="The order to which a new line is added.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product", compute="_compute_order_id", store=True, readonly=False, precompute=True,
        ondelete="restrict", domain=[("sale_ok", "=", True)],
    )
    quantity = fields.Float(
        digits="Product Unit", compute="_compute_new", store=True, readonly=False, precompute=True,
        help="0 takes the line out.",
    )
    price_unit = fields.Float(
        string="Unit Price", digits="Product Price", compute="_compute_new", store=True, readonly=False, precompute=True)
    discount = fields.Float(digits="Discount", string="Discount %", compute="_compute_new", store=True, readonly=False,
                            precompute=True)
    old_quantity = fields.Float(digits="Product Unit", compute="_compute_old", store=True, compute_sudo=True)
    old_price_unit = fields.Float(
        string="Old Unit Price", digits="Product Price", compute="_compute_old", store=True, compute_sudo=True,
    )
    old_discount = fields.Float(
        digits="Discount", string="Old Discount %", compute="_compute_old", store=True, compute_sudo=True,
    )
    difference = fields.Monetary(compute="_compute_difference", help="Before taxes.")
    change = fields.Selection(
        selection=[("added", "New"), ("changed", "Changed"), ("removed", "Taken out")], compute="_compute_difference",
    )

    _check_quantity = models.Constraint("CHECK (quantity >= 0)", "A quantity cannot be negative.")

    @api.depends("order_line_id", "amendment_id.contract_id")
    def _compute_order_id(self):
        for line in self:
            line.order_id = line.order_line_id.order_id or line.order_id or line.amendment_id.contract_id._get_orders()[:1]
            line.product_id = line.order_line_id.product_id or line.product_id

    @api.depends("order_line_id", "product_id")
    def _compute_new(self):
        for line in self:
            old = line.order_line_id
            line.quantity = old.product_uom_qty if old else (line.quantity or 1.0)
            line.price_unit = old.price_unit if old else (line.price_unit or line.product_id.list_price)
            line.discount = old.discount if old else line.discount

    @api.depends("order_line_id")
    def _compute_old(self):
        """What the line says now; once the amendment is applied, what it said then."""
        for line in self:
            if line.amendment_id.date_applied:
                line.old_quantity, line.old_price_unit = line.old_quantity, line.old_price_unit
                line.old_discount = line.old_discount
            else:
                line.update(line._prepare_old_values())

    def _prepare_old_values(self):
        line = self.order_line_id
        return {
            "old_quantity": line.product_uom_qty, "old_price_unit": line.price_unit, "old_discount": line.discount,
        }

    @api.depends("quantity", "price_unit", "discount", "old_quantity", "old_price_unit", "old_discount", "order_line_id")
    def _compute_difference(self):
        for line in self:
            line.difference = (
                line.quantity * line.price_unit * (1 - line.discount / 100)
                - line.old_quantity * line.old_price_unit * (1 - line.old_discount / 100)
            )
            before = (line.old_quantity, line.old_price_unit, line.old_discount)
            if not line.order_line_id:
                line.change = "added" if line.quantity and line.product_id else False
            elif before == (line.quantity, line.price_unit, line.discount):
                line.change = False
            else:
                line.change = "changed" if line.quantity else "removed"

    @api.constrains("amendment_id", "order_line_id", "order_id")
    def _check_order(self):
        """An amendment changes the orders of its contract: it is applied past their locks."""
        for line in self.sudo():
            contract = line.amendment_id.contract_id
            if (line.order_line_id.order_id | line.order_id) - contract._get_orders():
                raise ValidationError(self.env._(
                    "%(line)s does not belong to an order of %(contract)s.", line=line.display_name, contract=contract.name,
                ))

    def onchange(self, values, field_names, fields_spec):
        """EXTENDS 'web': likewise for a line on its own."""
        self.env["business.contract"]._check_named_in(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_old_values(set().union(*vals_list) if vals_list else ())
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_old_values(vals)
        if not self.env.su and self.amendment_id.filtered("date_applied"):
            raise UserError(self.env._("The amendment is applied: make a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if self.amendment_id.filtered("date_applied"):
            raise UserError(self.env._("The amendment is applied: make a new one."))

    def _refuse_old_values(self, names):
        """Nobody writes what a line said before."""
        if not self.env.su and {"old_quantity", "old_price_unit", "old_discount"}.intersection(names):
            message = self.env._("What a line said before is kept by the system.")
            self.env["business.control.event"]._log_refusal_by_code("approval.forgery", message, self)
            raise AccessError(message)
