# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...policy.months import add_months
from ...policy.safety_emergency import EXPIRING_DAYS, is_short, supply_state
from ..foundation.forgery import refuse_forged, without_forged_defaults

CONDITIONS = [("ok", "In order"), ("damaged", "Damaged"), ("expired", "Expired")]
STATES = [("ok", "All there"), ("expiring", "Expires soon"), ("short", "Short"), ("expired", "Expired")]
GIVEN_AT_START = frozenset({"quantity", "date_check_due"})
"""What is entered once, when a supply is put up; afterwards checks and refills change it."""


class BusinessSafetySupply(models.Model):
    """Emergency supplies at a place: quantity, expiry, monthly check (SM-4.5.3, WM-5).

    +----------------------+------------------------------------+------------------------------------------------------+
    | Action               | Who                                | Restriction                                          |
    +======================+====================================+======================================================+
    | Read                 | every employee                     | companies of the user                                |
    | Create, write, delete| safety officer                     | delete: what was never checked                       |
    | Check, refill        | keeper, safety officer, leading    | each one leaves a row that nobody edits              |
    |                      | group, who answers for the place   |                                                      |
    | Quantity, condition, | the engine only                    | by check and refill                                  |
    | dates of checks      |                                    |                                                      |
    +----------------------+------------------------------------+------------------------------------------------------+
    """

    _name = "business.safety.supply"
    _description = "Emergency Supplies"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "place_id, name"
    _check_company_auto = True
    _mail_post_access = "read"
    _alert_control = "safety.supply_check"
    _alert_date_field = "date_check_due"

    _engine_fields = frozenset({
        "condition", "is_short", "date_checked", "checked_by_id", "shortage_state",
    })

    #=== FIELDS ===#

    name = fields.Char(required=True, translate=True, index="trigram", tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(related="place_id.department_id", store=True)
    location = fields.Char(string="Where Exactly", help="Beside the east door, on the first shelf …")
    keeper_id = fields.Many2one(
        comodel_name="res.users", required=True, default=lambda self: self.env.user, index=True,
        domain=[("share", "=", False)], tracking=True)
    quantity = fields.Float(required=True, digits=(12, 2), tracking=True, aggregator=None)
    minimum = fields.Float(string="At Least", required=True, digits=(12, 2), default=1, tracking=True, aggregator=None)
    unit = fields.Char(default=lambda self: self.env._("pcs"), translate=True)
    date_expiry = fields.Date(string="Expires On", index="btree_not_null", tracking=True)
    condition = fields.Selection(
        selection=CONDITIONS, string="Condition Found", required=True, default="ok", readonly=True, copy=False, tracking=True)
    date_checked = fields.Date(string="Last Check", readonly=True, copy=False)
    checked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    date_check_due = fields.Date(string="Next Check", required=True, default=fields.Date.context_today, index=True, copy=False)
    is_short = fields.Boolean(compute="_compute_is_short", store=True)
    state = fields.Selection(selection=STATES, compute="_compute_state", search="_search_state")
    check_ids = fields.One2many(
        comodel_name="business.safety.supply.check", inverse_name="supply_id", string="Checks", readonly=True)
    can_check = fields.Boolean(compute="_compute_can_check")
    is_check_due = fields.Boolean(compute="_compute_can_check")

    _check_quantity = models.Constraint("CHECK (quantity >= 0 AND minimum >= 0)", "Quantities cannot be negative.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "place_id.name")
    def _compute_display_name(self):
        for supply in self:
            supply.display_name = " · ".join(filter(None, (supply.name, supply.place_id.name))) or False

    @api.depends("quantity", "minimum", "condition")
    def _compute_is_short(self):
        for supply in self:
            supply.is_short = is_short(supply.quantity, supply.minimum, supply.condition)

    @api.depends("quantity", "minimum", "condition", "date_expiry")
    def _compute_state(self):
        days = self._get_days()
        for supply in self:
            supply.state = supply_state(
                supply.quantity, supply.minimum, supply.condition, supply.date_expiry, days[supply.company_id])

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        companies = self.env["res.company"].sudo().search([])
        return Domain.OR(
            Domain("company_id", "in", group.ids) & self._get_state_domain(value, today)
            for today, group in companies.grouped(lambda company: company._get_local_day()).items()
        )

    @api.model
    def _get_state_domain(self, states, today):
        """What is in one of these states on a day: the same as the policy says of each, for a query."""
        expired = Domain("condition", "=", "expired") | Domain("date_expiry", "<", today)
        usable = Domain("condition", "!=", "expired") & (Domain("date_expiry", "=", False) | Domain("date_expiry", ">=", today))
        enough = usable & Domain("is_short", "=", False)
        soon = today + timedelta(days=EXPIRING_DAYS)
        domains = {
            "expired": expired,
            "short": usable & Domain("is_short", "=", True),
            "expiring": enough & Domain("date_expiry", "<=", soon),
            "ok": enough & (Domain("date_expiry", "=", False) | Domain("date_expiry", ">", soon)),
        }
        return Domain.OR(domains[state] for state in states if state in domains)

    @api.depends("keeper_id", "company_id", "department_id", "date_check_due", "active")
    @api.depends_context("uid")
    def _compute_can_check(self):
        days = self._get_days()
        for supply in self:
            supply.can_check = bool(supply._origin) and supply.active and supply._is_checker()
            supply.is_check_due = bool(supply.date_check_due) and supply.date_check_due <= days[supply.company_id]

    def _get_days(self):
        """What day it is in the companies of these supplies."""
        companies = {*self.company_id, self.env["res.company"]}
        return {company: (company or self.env.company).sudo()._get_local_day() for company in companies}

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        return super(BusinessSafetySupply, without_forged_defaults(self)).create(vals_list).with_env(self.env)

    def write(self, vals):
        refuse_forged(self, [vals])
        if not self.env.su and vals.keys() & GIVEN_AT_START:
            self.env["business.control.mixin"]._refuse_on(self, "approval.forgery", self.env._(
                "How much is there, and when it is checked next, follows from checks and refills: enter one."))
        result = super().write(vals)
        if vals.get("active") is False:
            self._withdraw_alerts()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        if self.sudo().check_ids:
            raise UserError(self.env._("What was checked stays in the records: archive the supplies instead."))

    #=== ACTION METHODS ===#

    def action_check(self, quantity, condition="ok", note=None):
        """Record what was found at a check; the next one is due a month later (SM-4.5.3).

        :param float quantity: counted, in the unit of the supply
        :param str condition: ``ok``, ``damaged`` or ``expired``
        :param str note: what differs; needed when less is there than before, or it is not in order
        :raise AccessError: for others than the keeper, a safety officer, the leading group or who answers for the place
        :raise UserError: for figures that are none, or without a note
        """
        self.ensure_one()
        self._check_checker()
        quantity, note = self._get_quantity(quantity), self._get_note(note)
        if condition not in dict(CONDITIONS):
            raise UserError(self.env._("Say in which condition it is: in order, damaged or expired."))
        if not note and (condition != "ok" or quantity < self.sudo().quantity):
            raise UserError(self.env._("Say in the note what is missing or not in order."))
        self._record("check", quantity, condition, note)
        return True

    def action_check_complete(self):
        """Checked, and everything is there and in order: one tap (SM-4.5.3).

        :raise UserError: for what is short or expired; then what was found is entered
        """
        self._check_checker()
        for supply in self:
            if supply.sudo().state in ("short", "expired"):
                raise UserError(self.env._("%s is not complete: enter what you found.", supply.sudo().display_name))
            supply._record("check", supply.sudo().quantity, "ok", False)
        return True

    def action_refill(self, quantity, date_expiry=None, note=None):
        """Record what was put in; what is there is in order again (SM-4.5.3).

        :param float quantity: what is there afterwards, in the unit of the supply
        :param date_expiry: the new last day of use, when it has one
        :param str note: such as from where
        :raise AccessError: as with a check
        :raise UserError: for figures that are none, or when it would still be expired
        """
        self.ensure_one()
        self._check_checker()
        quantity, note = self._get_quantity(quantity), self._get_note(note)
        try:
            expiry = fields.Date.to_date(date_expiry) or self.sudo().date_expiry
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("The day on which it expires is no date.")) from error
        if expiry and expiry < self.company_id.sudo()._get_local_day():
            raise UserError(self.env._("It has expired: enter on which day the new one expires."))
        self._record("refill", quantity, "ok", note, date_expiry=expiry)
        return True

    def action_open_entry(self):
        """Open the small form for what differs, or for a refill."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_supply_entry_action")
        return {**action, "context": {
            "default_supply_id": self.id, "default_kind": "refill" if self.env.context.get("refill") else "check",
        }}

    #=== QUESTIONS ===#

    def _is_checker(self):
        """Whether the user may check and refill."""
        self.ensure_one()
        user, company = self.env.user, self.company_id or self.env.company
        return (
            self.keeper_id == user or user._is_safety_officer(company) or user._is_in_leading_group(company)
            or user._answers_for_safety(self.department_id)
        )

    def _check_checker(self):
        """Refuse who has nothing to do with these supplies, and what is not kept any more."""
        self.check_access("read")
        for supply in self.sudo():
            if not supply._is_checker():
                raise AccessError(self.env._(
                    "%(supply)s is checked by %(keeper)s, the safety officer, or who answers for the place.",
                    supply=supply.display_name, keeper=supply.keeper_id.name))
            if not supply.active:
                raise UserError(self.env._("%s is archived.", supply.display_name))

    @api.model
    def _get_quantity(self, quantity):
        """A quantity that a client sent."""
        if isinstance(quantity, bool) or not isinstance(quantity, int | float) or not 0 <= quantity < 1e9:
            raise UserError(self.env._("Enter how much is there: 0 or more."))
        return round(float(quantity), 2)

    @api.model
    def _get_note(self, note):
        """A note that a client sent."""
        return (note.strip() if isinstance(note, str) else "") or False

    #=== BUSINESS METHODS ===#

    def _record(self, kind, quantity, condition, note, **facts):
        """Write a check or a refill down, and what follows from it.

        The supply's own row is written: of two at once, the second is retried and sees the first.
        """
        self.ensure_one()
        supply = self.sudo()
        today = supply.company_id._get_local_day()
        self.env["business.safety.supply.check"].sudo().create({
            "supply_id": supply.id,
            "kind": kind,
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "quantity_before": supply.quantity,
            "quantity": quantity,
            "condition": condition,
            "note": note,
        })
        if kind == "check":
            facts.update(date_checked=today, checked_by_id=self.env.uid, date_check_due=add_months(today, 1))
        supply.write({"quantity": quantity, "condition": condition, **facts})
        supply._follow_shortages()

    #=== REMINDERS ===#

    @api.model
    def _get_alert_domain(self):
        return [("active", "=", True)]

    def _get_alert_owner(self):
        return self.keeper_id

    def _describe_alert(self, days):
        if days > 0:
            return self.env._("%(supply)s: not checked for %(days)s days", supply=self.display_name, days=days)
        return self.env._("%(supply)s: check within %(days)s days", supply=self.display_name, days=-days)
