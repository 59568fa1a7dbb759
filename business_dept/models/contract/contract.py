# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...policy.contract import ContractFacts, derive_state, make_code
from ..foundation.approval_mixin import ENGINE
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

FORMAL_KINDS = ("formal", "framework")
INFORMAL_KINDS = ("phone", "fax", "chat")
"""Agreed without a formal contract: allowed with approval, and a formal contract follows (JJ-1.2.6)."""


class BusinessContract(models.Model):
    """A contract with a customer: what was agreed, approved, signed, and where the paper lies (JJ-1.2.5, J2-2.3).

    +---------------------------+---------------------------------+------------------------------------------------+
    | Action                    | Who                             | Restriction                                    |
    +===========================+=================================+================================================+
    | Read                      | salespeople: their own; deputy, | companies of the user                          |
    |                           | manager, finance, executive,    |                                                |
    |                           | auditor, clerk, service: all    |                                                |
    | Create, edit, renew       | the responsible person,         | locked under review; once signed by amendment  |
    |                           | department manager              | only (RL-4.3)                                  |
    | Submit                    | who may edit                    |                                                |
    | Approve                   | as the approval rules say       | not the requester, not an author (IC-7)        |
    | Confirm a read-through    | who may edit                    | of the present text only                       |
    | File a scan               | who may edit, order clerk       | the code on the paper must be the contract's   |
    | Sign                      | who may edit                    | approved, read by both sides, scan or portal   |
    |                           |                                 | signature                                      |
    | Complete, terminate       | department manager, executive   | with a reason                                  |
    | State, dates, signatures  | the engine only                 | no client writes them                          |
    +---------------------------+---------------------------------+------------------------------------------------+

    The state is what the facts make it; nobody sets it.
    """

    _name = "business.contract"
    _description = "Contract"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _engine_fields = frozenset({
        "name", "state", "amount_total", "currency_id", "content_stamp", "amended_fingerprint", "order_ids",
        "date_approved", "date_signed", "date_in_force", "date_completed", "date_terminated", "end_reason", "ended_by_id",
    })
    _mail_post_access = "read"

    #=== FIELDS ===#

    name = fields.Char(string="Contract No.", required=True, readonly=True, default="/", copy=False, index="trigram")
    kind = fields.Selection(
        selection=[
            ("formal", "Formal contract"),
            ("framework", "Framework contract"),
            ("phone", "Phone order"),
            ("fax", "Fax order"),
            ("chat", "Chat order"),
        ],
        required=True, default="formal", index=True, tracking=True,
        help="Orders by phone, fax or chat are allowed with approval; the formal contract follows by its due date (JJ-1.2.6).",
    )
    title = fields.Char(string="Subject Matter", tracking=True, help="What the contract is about, in a few words.")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, index=True, ondelete="restrict", tracking=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Responsible", required=True, default=lambda self: self.env.user, index=True,
        tracking=True, domain=[("share", "=", False)],
    )
    order_ids = fields.One2many(
        comodel_name="sale.order", inverse_name="contract_id", string="Orders", readonly=True, copy=False,
    )
    order_line_ids = fields.Many2many(
        comodel_name="sale.order.line", string="Order Lines", compute="_compute_order_line_ids", compute_sudo=True,
    )
    order_count = fields.Integer(compute="_compute_order_count", compute_sudo=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_amount_total", store=True, compute_sudo=True,
    )
    framework_amount = fields.Monetary(
        string="Agreed Volume", help="Up to how much may be ordered under a framework contract.",
    )
    amount_total = fields.Monetary(
        string="Amount", compute="_compute_amount_total", store=True, compute_sudo=True,
        help="The sum of the orders; for a framework contract the agreed volume.",
    )
    our_signatory_id = fields.Many2one(
        comodel_name="res.users", domain=[("share", "=", False)], tracking=True,
    )
    customer_signatory = fields.Char(string="Customer's Signatory", tracking=True)
    customer_signatory_title = fields.Char(string="Their Title", tracking=True)
    date_start = fields.Date(string="Holds From", tracking=True, copy=False)
    date_end = fields.Date(string="Holds Until", tracking=True, copy=False, index="btree_not_null")
    date_approved = fields.Date(string="Approved On", readonly=True, copy=False)
    date_signed = fields.Date(string="Signed On", readonly=True, copy=False, index="btree_not_null", tracking=True)
    date_in_force = fields.Date(string="Effective Since", readonly=True, copy=False)
    date_completed = fields.Date(string="Completed On", readonly=True, copy=False, tracking=True)
    date_terminated = fields.Date(string="Terminated On", readonly=True, copy=False, tracking=True)
    end_reason = fields.Text(string="Why It Ended", readonly=True, copy=False)
    ended_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("review", "Under review"),
            ("approved", "Approved"),
            ("signed", "Signed"),
            ("in_force", "In force"),
            ("completed", "Completed"),
            ("terminated", "Terminated"),
        ],
        compute="_compute_state", store=True, compute_sudo=True, index=True, tracking=True, copy=False,
        group_expand=True,
    )
    code = fields.Char(
        string="Code of the Content", compute="_compute_code", compute_sudo=True,
        help="Short form of the fingerprint. It is printed on the contract and checked when the signed paper is filed.",
    )
    content_stamp = fields.Integer(readonly=True, copy=False)
    amended_fingerprint = fields.Char(readonly=True, copy=False)
    cabinet = fields.Char(tracking=True, copy=False, help="Where the signed paper lies (J2-2.3).")
    shelf = fields.Char(string="Shelf or Folder", tracking=True, copy=False)
    note = fields.Text(string="Internal Note", copy=False)

    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A contract does not end before it begins.",
    )
    _check_framework_amount = models.Constraint(
        "CHECK (framework_amount >= 0)", "The agreed volume cannot be negative.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("kind", "framework_amount", "company_id", "order_ids.amount_total", "order_ids.currency_id",
                 "replaced_ids.order_ids.amount_total")
    def _compute_amount_total(self):
        for contract in self:
            orders = contract._get_orders()
            contract.currency_id = orders[:1].currency_id or contract.company_id.currency_id
            contract.amount_total = (
                contract.framework_amount if contract.kind == "framework" else sum(orders.mapped("amount_total"))
            )

    @api.depends("order_ids.order_line", "replaced_ids.order_ids.order_line")
    def _compute_order_line_ids(self):
        for contract in self:
            contract.order_line_ids = contract._get_content_lines()

    @api.depends("order_ids", "replaced_ids.order_ids")
    def _compute_order_count(self):
        for contract in self:
            contract.order_count = len(contract._get_orders())

    @api.depends("approval_ids.state", "date_signed", "date_in_force", "date_completed", "date_terminated")
    def _compute_state(self):
        for contract in self:
            contract.state = derive_state(ContractFacts(
                is_pending=contract.approval_state == "pending",
                is_approved=contract.approval_state == "approved",
                signed=contract.date_signed, in_force=contract.date_in_force,
                completed=contract.date_completed, terminated=contract.date_terminated,
            ))

    @api.depends(lambda self: [
        *(path for path in self._approval_fields), "order_ids", "replaced_ids", "content_stamp", "order_line_ids",
        "order_ids.amount_total", "order_ids.payment_term_id", "order_ids.balance_days", "order_ids.balance_event",
        "order_ids.prepayment_percent",
    ])
    def _compute_code(self):
        for contract in self:
            contract.code = make_code(contract._get_approval_fingerprint()) if contract._origin else False

    #=== CONSTRAINT METHODS ===#

    @api.constrains("kind", "framework_amount", "date_end")
    def _check_framework(self):
        for contract in self:
            if contract.kind == "framework" and not (contract.framework_amount and contract.date_end):
                raise ValidationError(self.env._(
                    "A framework contract says up to how much may be ordered, and until when it holds.",
                ))

    @api.constrains("partner_id", "company_id")
    def _check_orders(self):
        for contract in self.sudo():
            orders = contract._get_orders()
            if orders and (orders.partner_id.commercial_partner_id != contract.partner_id.commercial_partner_id
                           or orders.company_id != contract.company_id):
                raise ValidationError(self.env._("The orders of %s are of another customer or company.", contract.name))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        contracts = super(BusinessContract, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        contracts = contracts.with_env(self.env)
        contracts._note_kinds()
        return contracts

    def write(self, vals):
        refuse_forged(self, [vals])
        result = super().write(vals)
        if "kind" in vals:
            self._note_kinds()
        return result

    def _note_kinds(self):
        """Note in the company that there are framework contracts, or orders agreed without a formal one."""
        for contract in self.sudo():
            company = contract.company_id
            if contract.kind == "framework" and not company.contract_has_framework:
                company.contract_has_framework = True
            elif contract.kind in INFORMAL_KINDS and not company.contract_has_informal:
                company.contract_has_informal = True

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.sudo().filtered(lambda contract: contract.approval_id or contract.date_signed):
            raise UserError(self.env._("What was submitted or signed once is kept as a record: terminate it instead."))

    #=== ACTION METHODS ===#

    def action_open_orders(self):
        """Open the orders of the contract."""
        self.ensure_one()
        orders = self._get_orders()
        action = {
            "type": "ir.actions.act_window", "name": self.env._("Orders"), "res_model": "sale.order",
            "view_mode": "list,form", "domain": [("id", "in", orders.ids)], "context": {"create": False},
        }
        return {**action, "view_mode": "form", "res_id": orders.id} if len(orders) == 1 else action

    #=== BUSINESS METHODS ===#

    def _is_framework(self):
        self.ensure_one()
        return self.kind == "framework"

    def _get_orders(self):
        """The orders that the contract is about, in sudo: its own, and those agreed by phone that it makes formal."""
        contract = self.sudo()
        return contract.order_ids | contract.replaced_ids.order_ids

    def _get_content_lines(self):
        """The lines that count as content, in sudo."""
        orders = self._get_orders()
        return orders.order_line.browse().union(*(order._get_approval_lines("order_line") for order in orders))

    def _is_of_engine(self):
        """Whether the engine itself works, past the lock."""
        return self.env.context.get("business_engine") is ENGINE

    def _check_post(self, *posts):
        """Refuse who holds none of these posts.

        :param str posts: names of posts, such as ``department_manager``
        :raise AccessError: naming them
        """
        user = self.env.user
        if self.env.su or any(user.has_group(f"business_dept.group_{post}") for post in posts):
            return
        names = ", ".join(self.env.ref(f"business_dept.group_{post}").sudo().name for post in posts)
        raise AccessError(self.env._("This is done by: %s.", names))

    def _check_open(self):
        """Refuse what makes no sense any more once a contract has ended."""
        for contract in self.sudo():
            if contract.state in ("completed", "terminated"):
                raise UserError(self.env._("%s has ended already.", contract.name))
