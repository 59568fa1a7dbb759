# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Deadlines of safety: who is told, and who above him when nothing happens. One job for everything that has a deadline."""
import logging
from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..foundation.forgery import refuse_forged, without_forged_defaults
from .one_by_one import try_each

_logger = logging.getLogger(__name__)

SLICE = 200
ACTIVITY = "business_dept.mail_activity_type_safety"
MOVED = -1
"""Told of a deadline that is not the deadline any more: what was told is taken back, and it begins anew."""
NOTED = frozenset({"alert_step", "alert_deadline"})
ROLES = ("owner", "officer", "responsible", "leading_group")
"""Who may be told, from below. Where a step finds nobody, the next one above is told instead."""


class People(dict):
    """``{question: users}``: who answers for a department, asked once for a slice. In the context; no client can send one."""


class BusinessSafetyAlertMixin(models.AbstractModel):
    """A record with a deadline, reminded of and escalated step by step. Goes before ``mail.thread``.

    The step that was told is written with what was told, and committed with it: killed in the middle, the next run goes on;
    run twice, nothing is told twice; after days of standstill everybody whom a missed step names is told, once. What was told
    is about one deadline: another deadline, whoever or whatever moves it, is a new matter.
    """

    _name = "business.safety.alert.mixin"
    _description = "Reminded of and Escalated"

    _alert_control = ""
    """Code of the control that reminds; off in a company: nobody is told."""
    _alert_date_field = "date_deadline"
    """A date (its days are those of the company's time zone) or a moment (its hours count)."""
    _alert_steps = ((-3, "owner"), (1, "officer"), (3, "responsible"), (7, "leading_group"))
    """Units after the deadline (negative: before), and who is told then. In order."""
    _alert_unit = timedelta(days=1)
    """What the steps count: days of a date, or hours of a moment."""

    _engine_fields = NOTED

    alert_step = fields.Integer(
        string="Reminders Sent", compute="_compute_alert_step", store=True, copy=False,
        help="How many steps of reminders and escalation have been told.")
    alert_deadline = fields.Datetime(
        string="Reminded of", readonly=True, copy=False, help="The deadline that the reminders were about.")

    # === HOOKS === #

    @api.model
    def _get_alert_domain(self):
        """Which records are still open: only of these people are reminded. Must use stored fields."""
        raise NotImplementedError

    def _get_alert_owner(self):
        """Who is to act (``res.users``)."""
        raise NotImplementedError

    def _describe_alert(self, days):
        """What the reminder says, in the language of who gets it.

        :param int days: units (days, as a rule) after the deadline; negative when it is still to come
        """
        raise NotImplementedError

    def _get_alert_department(self):
        """The department whose people are told: the record's own, or that of its place or person."""
        self.ensure_one()
        for path in ("department_id", "place_id.department_id", "employee_id.department_id"):
            if path.partition(".")[0] in self._fields and (department := self.mapped(path)[:1]):
                return department
        return self.env["hr.department"]

    # === COMPUTE METHODS === #

    @api.depends(lambda self: [self._alert_date_field] if not self._abstract else [])
    def _compute_alert_step(self):
        for record in self:
            step = record.alert_step
            moved = step > 0 and fields.Datetime.to_datetime(record[self._alert_date_field]) != record.alert_deadline
            record.alert_step = MOVED if moved else step

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_forged_alerts(vals)
        return super(BusinessSafetyAlertMixin, without_forged_defaults(self)).create(vals_list).with_env(self.env)

    def write(self, vals):
        self._refuse_forged_alerts(vals)
        result = super().write(vals)
        if self._alert_date_field in vals:
            self.sudo().filtered(lambda record: record.alert_step == MOVED)._withdraw_alerts()
        return result

    def _refuse_forged_alerts(self, vals):
        """Refuse a client that writes what was told. Other fields of the system are the matter of the model: it fills them."""
        refuse_forged(self, [{name: vals[name] for name in NOTED & vals.keys()}])

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """EXTENDS mail: who is told of a deadline does not follow the record ever after."""
        if isinstance(self.env.context.get("business_alert_people"), People):
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    # === BUSINESS METHODS === #

    def _get_alerted(self, role):
        """The users whom a step names; those of the next one above where there is nobody.

        :param str role: ``owner``, ``officer``, ``responsible``, ``leading_group``
        """
        self.ensure_one()
        company = self.company_id
        for named in ROLES[ROLES.index(role):]:
            users = self._get_alert_people(named).sudo().filtered(
                lambda user: user.active and not user.share and company in user.company_ids)
            if named == "responsible":
                users = (users - self._get_alert_owner())[:1]
            if users:
                return users
        return self.env["res.users"]

    def _get_alert_people(self, role):
        """Who has a role for this record; whoever answers for a department is asked for once in a run."""
        if role == "owner":
            return self._get_alert_owner()
        company, department = self.company_id, self._get_alert_department()
        people, question = self.env.context.get("business_alert_people"), (role, department.id, company.id)
        if not isinstance(people, People):
            people = People()
        if question not in people:
            match role:
                case "officer":
                    people[question] = department._get_safety_officers(company)
                case "responsible":
                    people[question] = department._get_safety_responsibles()
                case _:
                    people[question] = company._get_leading_group(("chair", "deputy"))
        return people[question]

    def _withdraw_alerts(self):
        """Take the reminders back: it is done, or begins anew."""
        told = self.sudo().filtered("alert_step")
        if told:
            told.activity_unlink([ACTIVITY])
            told._note_alerts(0)

    def _note_alerts(self, step):
        """The engine's own note of what was told: no change of the record, so past its overrides of ``write``."""
        for moment, records in self.sudo().grouped(self._alert_date_field).items():
            deadline = fields.Datetime.to_datetime(moment) if step else False
            models.BaseModel.write(records, {"alert_step": step, "alert_deadline": deadline})

    # === THE JOB === #

    @api.model
    def _cron_alert_all(self):
        """Remind of and escalate everything with a deadline. A transaction per slice; what fails stops nothing else."""
        Cron, mixin = self.env["ir.cron"], self.env.registry["business.safety.alert.mixin"]
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or not issubclass(model, mixin):
                continue
            for act in (self.env[name]._close_alerts, self.env[name]._tell_alerts):
                failed = set()
                while done := self._try_slice(act, failed):
                    if not Cron._commit_progress(done, remaining=1):
                        return
        Cron._commit_progress(remaining=0)

    @api.model
    def _try_slice(self, act, failed):
        """One slice of a model; when it fails, the administrator reads it in the log, and the other models are told of.

        :param act: ``_close_alerts`` or ``_tell_alerts`` of a model
        :param set failed: ids of records with which this run has failed
        :return: how many records; 0 when it failed
        """
        try:
            with self.env.cr.savepoint():
                return act(failed)
        except Exception:
            _logger.exception("Deadlines of %s could not be told", act.__self__._name)
            return 0

    @api.model
    def _close_alerts(self, failed=None):
        """Take back the reminders of what is not open any more, or has another deadline.

        :param set failed: ids of records that are left alone; those with which it fails are added
        :return: how many records
        """
        failed = set() if failed is None else failed
        over = ~self._get_open_domain() | Domain("alert_step", "=", MOVED)
        ended = self.sudo().with_context(active_test=False).search(
            Domain("alert_step", "!=", 0) & Domain("id", "not in", list(failed)) & over, order="id", limit=SLICE,
        ).try_lock_for_update()
        failed.update(try_each(ended, lambda records: records._withdraw_alerts(), "Taking reminders back")._ids)
        return len(ended)

    @api.model
    def _get_open_domain(self):
        """What people are reminded of: open, and not archived."""
        domain = Domain(self._get_alert_domain())
        return domain & Domain("active", "=", True) if "active" in self._fields else domain

    @api.model
    def _tell_alerts(self, failed=None):
        """Tell the steps that have come since the last run.

        :param set failed: ids of records that are left alone; those with which it fails are added
        :return: how many records
        """
        failed = set() if failed is None else failed
        control = self.env["business.control"]._get_by_code(self._alert_control)
        now = fields.Datetime.now()
        companies = self.env["res.company"].sudo().search([]).filtered(lambda company: control._get_mode(company) != "off")
        due = Domain.OR(
            Domain("company_id", "in", group.ids) & Domain(self._alert_date_field, "<=", clock - self._alert_unit * after)
            & Domain("alert_step", ">=", 0) & Domain("alert_step", "<", number)
            for clock, group in companies.grouped(lambda company: self._get_alert_clock(company, now)).items()
            for number, (after, _role) in enumerate(self._alert_steps, 1)
        )
        # of two runs at once the second leaves what the first has; what the first has told it cannot lock any more
        records = self.sudo().search(
            self._get_open_domain() & Domain("id", "not in", list(failed)) & due,
            order=f"{self._alert_date_field}, id", limit=SLICE).try_lock_for_update()
        records = records.with_context(business_alert_people=People())
        failed.update(try_each(records, lambda records: records._tell(now, control), "Telling of a deadline")._ids)
        return len(records)

    @api.model
    def _get_alert_clock(self, company, now):
        """What deadlines are held against: the day in the company's time zone, or this very moment.

        :param datetime now: in UTC
        """
        if self._fields[self._alert_date_field].type == "datetime":
            return now
        return company._get_local_day(now)

    def _tell(self, now, control):
        """Give everybody whom an untold step names one activity on each record, note the step, and leave a trace."""
        Event = self.env["business.control.event"]
        activity_type, model_id = self.env.ref(ACTIVITY), self.env["ir.model"]._get_id(self._name)
        activities, events, reached_by = [], [], {}
        clocks = {company: self._get_alert_clock(company, now) for company in self.company_id}
        for record in self:
            clock, deadline = clocks[record.company_id], record[self._alert_date_field]
            late = (clock - deadline) // self._alert_unit
            reached = sum(after <= late for after, _role in self._alert_steps)
            users = self.env["res.users"]
            for _after, role in self._alert_steps[record.alert_step:reached]:
                users |= record._get_alerted(role)
            activities += [{
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id,
                "date_deadline": max(_get_day(clock), _get_day(deadline)),
                "summary": record.with_context(lang=user.lang)._describe_alert(late),
                "res_model_id": model_id, "res_id": record.id,
            } for user in users]
            told = record.with_context(lang=record.company_id.partner_id.lang)
            event = Event._prepare_event(
                control, control._get_mode(record.company_id), "noted", record, message=told._describe_alert(late))
            events.append({**event, "company_id": record.company_id.id})
            reached_by[reached] = reached_by.get(reached, self.browse()) | record
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(activities)
        Event._log(events)
        for reached, records in reached_by.items():
            records._note_alerts(reached)


def _get_day(moment):
    """The day of a date or of a moment."""
    return moment.date() if isinstance(moment, datetime) else moment
