# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...policy.months import last_day


class BusinessSafetyQualificationType(models.Model):
    """What somebody must have learnt to do special work (SM-4.1.3, SD-9)."""

    _name = "business.safety.qualification.type"
    _description = "Kind of Safety Qualification"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    validity_months = fields.Integer(
        string="Valid for (months)", tracking=True, help="From the day on which it was obtained. 0: does not expire.")
    description = fields.Text(translate=True, help="What is learnt, and who certifies it.")

    _check_validity = models.Constraint("CHECK (validity_months >= 0)", "A validity is not negative; 0 means without end.")


class BusinessSafetyQualification(models.Model):
    """A qualification that a person holds, with its expiry (SM-4.1.3).

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | the person, who leads him, personnel,     | companies of the user                    |
    |                      | safety officers, leading group, executive |                                          |
    |                      | office, auditors                          |                                          |
    | Record, correct      | safety officer, executive office          | never his own; the person and what an    |
    |                      |                                           | exam has granted stay                    |
    | Source, recorder     | the system                                | no client writes them                    |
    | Delete               | nobody                                    |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+

    An addon with exams adds a value to ``source`` and calls ``_grant`` when somebody has passed.
    """

    _name = "business.safety.qualification"
    _description = "Qualification of a Person"
    _inherit = [
        "business.safety.personal.mixin", "business.safety.alert.mixin", "business.traced.mixin", "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_to desc, id desc"
    _rec_names_search = ["number", "employee_id.name", "type_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"
    _keeper_field = "recorded_by_id"
    _engine_fields = frozenset({"source", "recorded_by_id", "department_id", "alert_step"})
    _alert_control = "safety.qualification_expiry"
    _alert_date_field = "date_to"
    _alert_steps = ((-30, "owner"), (-7, "officer"), (1, "responsible"))

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    employee_id = fields.Many2one(
        comodel_name="hr.employee", required=True, index=True, ondelete="cascade", check_company=True, tracking=True)
    department_id = fields.Many2one(related="employee_id.department_id", store=True, index="btree_not_null")
    type_id = fields.Many2one(
        comodel_name="business.safety.qualification.type", string="Trade", required=True, index=True,
        ondelete="restrict", tracking=True)
    number = fields.Char(string="Certificate Number", tracking=True, copy=False)
    issuer = fields.Char(string="Issued by", tracking=True)
    source = fields.Selection(
        selection=[("manual", "Recorded by hand")], required=True, default="manual", readonly=True, copy=False,
        help="Where it comes from; an addon with exams adds its own.")
    date_from = fields.Date(string="Valid From", required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(
        string="Valid Until", compute="_compute_date_to", store=True, readonly=False, precompute=True, index=True, copy=False,
        tracking=True, help="Its last day. Proposed by the validity of the qualification; empty: does not expire.")
    state = fields.Selection(
        selection=[("coming", "Not yet valid"), ("valid", "Valid"), ("expired", "Expired")], compute="_compute_state",
        search="_search_state")
    is_renewed = fields.Boolean(
        compute="_compute_is_renewed", search="_search_is_renewed", compute_sudo=True,
        help="The person holds the same qualification with a later end.")
    scan = fields.Binary(string="Scan of the Certificate", attachment=True, copy=False)
    scan_name = fields.Char(copy=False)
    recorded_by_id = fields.Many2one(
        comodel_name="res.users", string="Recorded by", readonly=True, copy=False, default=lambda self: self.env.user)

    _check_period = models.Constraint("CHECK (date_to >= date_from)", "A qualification does not end before it begins.")
    _employee_type_idx = models.Index("(employee_id, type_id)")

    # === COMPUTE METHODS === #

    @api.depends("employee_id", "type_id")
    def _compute_display_name(self):
        for qualification in self:
            qualification.display_name = " · ".join(
                filter(None, (qualification.type_id.name, qualification.employee_id.display_name))) or False

    @api.depends("type_id", "date_from")
    def _compute_date_to(self):
        for qualification in self:
            qualification.date_to = qualification.date_from and last_day(
                qualification.date_from, qualification.type_id.validity_months)

    @api.depends("date_from", "date_to")
    @api.depends_context("tz")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for qualification in self:
            if qualification.date_to and qualification.date_to < today:
                qualification.state = "expired"
            elif qualification.date_from and qualification.date_from > today:
                qualification.state = "coming"
            else:
                qualification.state = "valid"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        expired, coming = fields.Domain("date_to", "<", today), fields.Domain("date_from", ">", today)
        domains = {"expired": expired, "coming": coming & ~expired, "valid": ~expired & ~coming}
        return fields.Domain.OR([domain for state, domain in domains.items() if state in value])

    @api.depends("employee_id", "type_id", "date_to")
    def _compute_is_renewed(self):
        renewed = set(self.search([("id", "in", self.ids), ("is_renewed", "=", True)])._ids)
        for qualification in self:
            qualification.is_renewed = qualification.id in renewed

    @api.model
    def _search_is_renewed(self, operator, value):
        if operator != "in":
            return NotImplemented
        renewed = fields.Domain("id", "in", SQL(
            """(
            SELECT older.id
              FROM business_safety_qualification older
              JOIN business_safety_qualification newer
                ON newer.employee_id = older.employee_id AND newer.type_id = older.type_id AND newer.id != older.id
             WHERE newer.date_to > older.date_to OR newer.date_to IS NULL AND older.date_to IS NOT NULL
            )"""))
        return renewed if True in value else ~renewed

    # === CRUD METHODS === #

    def write(self, vals):
        """A new beginning moves the end: the reminders of the old one are taken back."""
        result = super().write(vals)
        if {"date_from", "type_id"} & vals.keys():
            self._withdraw_alerts()
        return result

    # === HOOKS === #

    def _get_locked_fields(self):
        if self.source != "manual":
            return frozenset({"employee_id", "company_id", "type_id", "number", "date_from"})
        return frozenset({"employee_id", "company_id"})

    @api.model
    def _get_alert_domain(self):
        """Who holds a newer one of the same kind needs no reminder of the old one."""
        return [("date_to", "!=", False), ("is_renewed", "=", False)]

    def _get_alert_owner(self):
        """The person himself; for who has no login, the next step above is told."""
        return self.employee_id.user_id

    def _describe_alert(self, days):
        if days > 0:
            return self.env._(
                "%(type)s of %(person)s expired on %(date)s: no special work until it is renewed.",
                type=self.type_id.name, person=self.employee_id.name, date=format_date(self.env, self.date_to))
        return self.env._(
            "%(type)s of %(person)s expires on %(date)s: have it renewed in time.",
            type=self.type_id.name, person=self.employee_id.name, date=format_date(self.env, self.date_to))

    # === BUSINESS METHODS === #

    @api.model
    def _grant(self, employee, qualification_type, date_from, source, date_to=None, number=False):
        """Give somebody a qualification: what an addon with exams calls when he has passed (SM-4.1.1, SD-8).

        The caller has checked that he may; who sits the exam never does.

        :param employee: ``hr.employee``
        :param qualification_type: ``business.safety.qualification.type``
        :param date date_from: first day
        :param str source: a value that the addon has added to the field ``source``
        :param date date_to: last day; ``None``: by the validity of the type
        :param str number: number of the certificate
        :return: ``business.safety.qualification`` in sudo
        """
        employee = employee.sudo()
        vals = {
            "employee_id": employee.id, "company_id": employee.company_id.id, "type_id": qualification_type.id,
            "date_from": date_from, "source": source, "number": number, "recorded_by_id": False,
        }
        if date_to:
            vals["date_to"] = date_to
        return self.sudo().create([vals])

    @api.model
    def _find_missing(self, employees, types, day):
        """Which qualifications people lack on a day (SM-4.1.3); one statement for any number of them.

        :param employees: ``hr.employee``
        :param types: ``business.safety.qualification.type``: each of them is needed
        :param date day: the day
        :return: ``{employee: types missing}``, only of those who lack one
        :rtype: dict
        """
        if not (employees and types):
            return {}
        held = {
            (employee.id, kind.id) for employee, kind in self.sudo()._read_group([
                ("employee_id", "in", employees.ids), ("type_id", "in", types.ids), ("date_from", "<=", day),
                "|", ("date_to", "=", False), ("date_to", ">=", day),
            ], ["employee_id", "type_id"])
        }
        missing = {
            employee: types.browse(kind.id for kind in types if (employee.id, kind.id) not in held)
            for employee in employees
        }
        return {employee: lacking for employee, lacking in missing.items() if lacking}
