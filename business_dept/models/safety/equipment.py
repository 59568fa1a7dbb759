# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...policy.months import last_day

RECEIPT = "business_dept.mail_activity_type_equipment_receipt"


class BusinessSafetyEquipmentType(models.Model):
    """A kind of protective equipment, how long it lasts, and who needs it (SM-4.3.2)."""

    _name = "business.safety.equipment.type"
    _description = "Protective Equipment"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    lifetime_months = fields.Integer(
        string="Replaced After (months)", tracking=True, help="From the day of issue. 0: does not expire.")
    sizes = fields.Char(help="Sizes that are kept, separated by commas. Empty: it has no sizes.")
    description = fields.Text(translate=True, help="Standard, model, how it is worn and looked after.")
    keeper_ids = fields.Many2many(
        comodel_name="res.users", relation="business_safety_equipment_keeper_rel", column1="type_id", column2="user_id",
        string="Keepers", domain=[("share", "=", False)], tracking=True,
        help="Give it out and take it back, beside the safety officer.")
    job_ids = fields.Many2many(
        comodel_name="hr.job", relation="business_safety_job_equipment_rel", column1="type_id", column2="job_id",
        string="Jobs That Need It", tracking=True)
    place_ids = fields.Many2many(
        comodel_name="business.safety.place", relation="business_safety_place_equipment_rel", column1="type_id",
        column2="place_id", string="Places Where It Is Worn", readonly=True)

    _check_lifetime = models.Constraint("CHECK (lifetime_months >= 0)", "A lifetime is not negative; 0 means without end.")

    def _get_sizes(self):
        """The sizes that are kept.

        :rtype: list[str]
        """
        self.ensure_one()
        return [size.strip() for size in (self.sizes or "").replace("，", ",").split(",") if size.strip()]


class BusinessSafetyEquipmentIssue(models.Model):
    """Protective equipment that a person was given, until he gives it back or it expires (SM-4.3.2).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | the wearer, who leads him, personnel,     | companies of the user                    |
    |                      | keepers, safety officers, leading group,  |                                          |
    |                      | executive office, auditors                |                                          |
    | Give out, take back  | safety officer, keeper of the kind,       | never for himself; confirmed: only the   |
    |                      | executive office                          | expiry changes; returned: nothing        |
    | Confirm the receipt  | the wearer                                | for himself, once                        |
    | Dates of receipt and | the system                                | no client writes them                    |
    | return               |                                           |                                          |
    | Delete               | nobody                                    |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+
    """

    _name = "business.safety.equipment.issue"
    _description = "Protective Equipment Issued"
    _inherit = [
        "business.safety.personal.mixin", "business.safety.alert.mixin", "business.traced.mixin", "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_issued desc, id desc"
    _rec_names_search = ["employee_id.name", "type_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"
    _keeper_field = "issued_by_id"
    _engine_fields = frozenset({
        "issued_by_id", "date_received", "date_returned", "returned_to_id", "department_id", "alert_step",
    })
    _alert_control = "safety.equipment_expiry"
    _alert_date_field = "date_expiry"
    _alert_steps = ((-14, "owner"), (1, "officer"), (7, "responsible"))

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", string="Wearer", required=True, index=True, ondelete="restrict", check_company=True,
        tracking=True)
    department_id = fields.Many2one(related="employee_id.department_id", store=True, index="btree_not_null")
    type_id = fields.Many2one(
        comodel_name="business.safety.equipment.type", string="Equipment", required=True, index=True, ondelete="restrict",
        tracking=True)
    sizes = fields.Char(related="type_id.sizes", string="Sizes Kept")
    size = fields.Char(tracking=True)
    quantity = fields.Integer(default=1, required=True, tracking=True)
    date_issued = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_expiry = fields.Date(
        string="Wear Until", compute="_compute_date_expiry", store=True, readonly=False, precompute=True, index=True,
        copy=False, tracking=True,
        help="Last day on which it protects. Proposed by the lifetime of the equipment; empty: does not expire.")
    issued_by_id = fields.Many2one(
        comodel_name="res.users", string="Given Out by", readonly=True, copy=False, default=lambda self: self.env.user)
    date_received = fields.Date(string="Receipt Confirmed", readonly=True, copy=False, tracking=True)
    date_returned = fields.Date(string="Given Back", readonly=True, copy=False, tracking=True)
    returned_to_id = fields.Many2one(comodel_name="res.users", string="Taken Back by", readonly=True, copy=False)
    note = fields.Char(help="Serial number, condition, why it was replaced.")
    state = fields.Selection(
        selection=[
            ("issued", "To be confirmed"), ("worn", "In use"), ("expired", "To be replaced"), ("returned", "Given back"),
        ],
        compute="_compute_state", search="_search_state")
    is_mine = fields.Boolean(string="Mine", compute="_compute_is_mine", compute_sudo=True)
    can_keep = fields.Boolean(compute="_compute_can_keep")

    _check_quantity = models.Constraint("CHECK (quantity > 0)", "At least one piece is given out.")
    _check_period = models.Constraint("CHECK (date_expiry >= date_issued)", "Equipment does not expire before it is given out.")
    _worn_idx = models.Index("(employee_id, type_id) WHERE date_returned IS NULL")

    # === COMPUTE METHODS === #

    @api.depends("employee_id", "type_id")
    def _compute_display_name(self):
        for issue in self:
            issue.display_name = " · ".join(filter(None, (issue.type_id.name, issue.employee_id.display_name))) or False

    @api.depends("type_id", "date_issued")
    def _compute_date_expiry(self):
        for issue in self:
            issue.date_expiry = issue.date_issued and last_day(issue.date_issued, issue.type_id.lifetime_months)

    @api.depends("date_received", "date_returned", "date_expiry")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for issue in self:
            if issue.date_returned:
                issue.state = "returned"
            elif issue.date_expiry and issue.date_expiry < today:
                issue.state = "expired"
            else:
                issue.state = "worn" if issue.date_received else "issued"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        returned = fields.Domain("date_returned", "!=", False)
        expired = fields.Domain("date_expiry", "<", fields.Date.context_today(self))
        received = fields.Domain("date_received", "!=", False)
        domains = {
            "returned": returned, "expired": ~returned & expired, "worn": ~returned & ~expired & received,
            "issued": ~returned & ~expired & ~received,
        }
        return fields.Domain.OR([domain for state, domain in domains.items() if state in value])

    @api.depends("employee_id.user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for issue in self:
            issue.is_mine = issue.employee_id.user_id == self.env.user

    @api.depends("type_id", "employee_id")
    @api.depends_context("uid")
    def _compute_can_keep(self):
        for issue in self:
            issue.can_keep = not issue.is_mine and issue._may_keep()

    # === CONSTRAINT METHODS === #

    @api.constrains("size", "type_id")
    def _check_size(self):
        for issue in self:
            sizes = issue.type_id._get_sizes()
            if sizes and issue.size not in sizes:
                raise ValidationError(self.env._(
                    "Say which size of %(type)s: %(sizes)s.", type=issue.type_id.name, sizes=", ".join(sizes)))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        issues = super().create(vals_list)
        issues._refresh_needs(opening=False)
        issues._ask_receipt()
        return issues

    def write(self, vals):
        """A new day of issue moves the end: the reminders of the old one are taken back."""
        people = self.sudo().employee_id
        result = super().write(vals)
        if {"date_issued", "type_id"} & vals.keys():
            self._withdraw_alerts()
        if {"date_issued", "type_id", "employee_id", "date_expiry", "date_returned"} & vals.keys():
            self._refresh_needs(people)
        return result

    # === ACTION METHODS === #

    def action_confirm_receipt(self):
        """The wearer has got it, and it fits.

        :raise AccessError: for anybody else
        :raise UserError: when it was confirmed or given back already
        """
        for issue in self:
            issue.check_access("read")
            if issue.sudo().employee_id.user_id != self.env.user:
                raise AccessError(self.env._("The receipt is confirmed by who wears it, and by nobody for him."))
            if issue.date_received or issue.date_returned:
                raise UserError(self.env._("%s was confirmed or given back already.", issue.display_name))
        self.sudo().write({"date_received": fields.Date.context_today(self)})
        self.sudo().activity_unlink([RECEIPT])
        return True

    def action_return(self):
        """Take it back: worn out, replaced, or not needed any more.

        :raise ControlError: for who does not keep it, and for the wearer himself
        :raise UserError: when it was given back already
        """
        self.check_access("read")
        self._check_keeper()
        for issue in self:
            if issue.date_returned:
                raise UserError(self.env._("%s was given back already.", issue.display_name))
        self.sudo().write({"date_returned": fields.Date.context_today(self), "returned_to_id": self.env.uid})
        self.sudo().activity_unlink([RECEIPT])
        self._withdraw_alerts()
        return True

    # === HOOKS === #

    @api.model
    def _may_keep_any(self):
        """EXTENDS: also the keepers of some kind of equipment."""
        return super()._may_keep_any() or bool(
            self.env["business.safety.equipment.type"].sudo().search_count([("keeper_ids", "in", self.env.uid)], limit=1))

    def _may_keep(self):
        """EXTENDS: also the keepers of the kind of equipment, in companies of theirs."""
        issue = self.sudo()
        return super()._may_keep() or (
            self.env.user in issue.type_id.keeper_ids and issue.company_id in self.env.user.company_ids)

    def _get_locked_fields(self):
        """Given back: nothing changes. Confirmed by the wearer: only how long it is worn, and the note."""
        content = frozenset({"company_id", "employee_id", "type_id", "size", "quantity", "date_issued"})
        if self.date_returned:
            return content | {"date_expiry", "note"}
        return content if self.date_received else frozenset({"company_id", "employee_id"})

    @api.model
    def _get_alert_domain(self):
        return [("date_returned", "=", False), ("date_expiry", "!=", False)]

    def _get_alert_owner(self):
        """The person himself; for who has no login, the next step above is told."""
        return self.employee_id.user_id

    def _describe_alert(self, days):
        if days > 0:
            return self.env._(
                "%(type)s of %(person)s should have been replaced by %(date)s: it does not protect any more.",
                type=self.type_id.name, person=self.employee_id.name, date=format_date(self.env, self.date_expiry))
        return self.env._(
            "%(type)s of %(person)s is worn until %(date)s: have it replaced in time.",
            type=self.type_id.name, person=self.employee_id.name, date=format_date(self.env, self.date_expiry))

    # === BUSINESS METHODS === #

    def _ask_receipt(self):
        """Ask the wearers to confirm that they got it, each in his language."""
        activity_type, model_id = self.env.ref(RECEIPT), self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": activity_type.id, "automated": True, "user_id": wearer.id,
                "date_deadline": issue.date_issued, "res_model_id": model_id, "res_id": issue.id,
                "summary": issue.with_context(lang=wearer.lang).env._(
                    "Confirm that you received: %s", issue.with_context(lang=wearer.lang).type_id.name),
            }
            for issue in self.sudo() if not issue.date_received and not issue.date_returned
            and (wearer := issue.employee_id.user_id) and wearer.active
        ])

    @api.model
    def _find_missing(self, employees, places, permit_types=None):
        """Which protective equipment people lack today for work at places (SM-4.3.2).

        Needed is what their jobs, the places with all that they are part of, and the kinds of special work ask for. What has
        expired or was given back does not count. A constant number of statements.

        :param employees: ``hr.employee``
        :param places: ``business.safety.place``, may be empty
        :param permit_types: ``business.safety.permit.type``, or ``None``
        :return: ``{employee: types missing}`` in sudo, only of those who lack one
        :rtype: dict
        """
        employees = employees.sudo()
        shared = places._get_with_parents().equipment_type_ids
        if permit_types:
            shared |= permit_types.sudo().equipment_type_ids
        return self._find_lacking({employee: shared | employee.job_id.safety_equipment_type_ids for employee in employees})

    @api.model
    def _find_lacking(self, needs):
        """What of their needs people do not hold today.

        :param dict needs: ``{employee: types}``
        :return: ``{employee: types}`` of those who lack something
        :rtype: dict
        """
        people = self.env["hr.employee"].union(*needs)
        types = self.env["business.safety.equipment.type"].union(*needs.values())
        if not types:
            return {}
        today = fields.Date.context_today(self)
        held = {
            (employee.id, kind.id) for employee, kind in self.sudo()._read_group([
                ("employee_id", "in", people.ids), ("type_id", "in", types.ids), ("date_returned", "=", False),
                ("date_issued", "<=", today), "|", ("date_expiry", "=", False), ("date_expiry", ">=", today),
            ], ["employee_id", "type_id"])
        }
        lacking = {
            employee: kinds.browse(kind.id for kind in kinds if (employee.id, kind.id) not in held)
            for employee, kinds in needs.items()
        }
        return {employee: kinds for employee, kinds in lacking.items() if kinds}
