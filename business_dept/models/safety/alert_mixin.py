# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Deadlines of safety: who is told, and who above him when nothing happens. One job for everything that has a deadline."""
from datetime import datetime, timedelta

from odoo import api, fields, models

SLICE = 200
ACTIVITY = "business_dept.mail_activity_type_safety"


class BusinessSafetyAlertMixin(models.AbstractModel):
    """A record with a deadline, reminded of and escalated step by step.

    The step that was told is written with what was told, and committed with it: killed in the middle, the next run goes on;
    run twice, nothing is told twice; after days of standstill everybody whom a missed step names is told, once.
    """

    _name = "business.safety.alert.mixin"
    _description = "Reminded of and Escalated"

    _alert_control = ""
    """Code of the control that reminds; off in a company: nobody is told."""
    _alert_date_field = "date_deadline"
    _alert_steps = ((-3, "owner"), (1, "officer"), (3, "responsible"), (7, "leading_group"))
    """Units after the deadline (negative: before), and who is told then. In order."""
    _alert_unit = timedelta(days=1)
    """What the steps count: days of a date, or hours of a moment."""

    alert_step = fields.Integer(
        string="Reminders Sent", readonly=True, copy=False, help="How many steps of reminders and escalation have been told.")

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

    # === CRUD METHODS === #

    def write(self, vals):
        """A new deadline is a new matter: the steps begin again."""
        if self._alert_date_field in vals and "alert_step" not in vals:
            late = self.filtered(lambda record: record.alert_step)
            result = super().write(vals)
            late._withdraw_alerts()
            return result
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_alerted(self, role):
        """The users whom a step names.

        :param str role: ``owner``, ``officer``, ``responsible``, ``leading_group``
        """
        self.ensure_one()
        company = self.company_id
        department = self.department_id if "department_id" in self._fields else self.env["hr.department"]
        match role:
            case "owner":
                users = self._get_alert_owner()
            case "officer":
                users = department._get_safety_officers(company)
            case "responsible":
                users = department._get_safety_responsibles()[:1]
            case _:
                users = company._get_leading_group(("chair", "deputy"))
        return users.sudo().filtered(lambda user: user.active and not user.share and company in user.company_ids)

    def _withdraw_alerts(self):
        """Take the reminders back: it is done, or begins anew."""
        told = self.sudo().filtered("alert_step")
        if told:
            told.activity_unlink([ACTIVITY])
            super(BusinessSafetyAlertMixin, told).write({"alert_step": 0})

    @api.model
    def _cron_alert_all(self):
        """Remind of and escalate everything with a deadline. A transaction per slice."""
        Cron = self.env["ir.cron"]
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or not issubclass(model, self.env.registry["business.safety.alert.mixin"]):
                continue
            for step in (self.env[name]._close_alerts, self.env[name]._tell_alerts):
                while done := step():
                    if not Cron._commit_progress(done, remaining=1):
                        return
        Cron._commit_progress(remaining=0)

    @api.model
    def _close_alerts(self):
        """Take back the reminders of what is not open any more.

        :return: how many records
        """
        ended = self.sudo().search([("alert_step", ">", 0), "!", *self._get_alert_domain_list()], order="id", limit=SLICE)
        ended._withdraw_alerts()
        return len(ended)

    @api.model
    def _get_alert_domain_list(self):
        """The open ones, as one term that can be negated."""
        return list(fields.Domain(self._get_alert_domain()))

    @api.model
    def _tell_alerts(self):
        """Tell the steps that have come since the last run.

        :return: how many records
        """
        control = self.env["business.control"]._get_by_code(self._alert_control)
        companies = self.env["res.company"].sudo().search([]).filtered(lambda company: control._get_mode(company) != "off")
        now = self._get_alert_now()
        name, due = self._alert_date_field, self.sudo()
        for number, (days, _role) in reversed(list(enumerate(self._alert_steps, 1))):
            due |= self.sudo().search([
                *self._get_alert_domain_list(), ("company_id", "in", companies.ids),
                (name, "<=", now - self._alert_unit * days), ("alert_step", "<", number),
            ], order=f"{name}, id", limit=SLICE - len(due)) if len(due) < SLICE else due
        if not due:
            return 0
        self._tell(due, now, control)
        return len(due)

    @api.model
    def _get_alert_now(self):
        """Today, or this moment where the deadline is one."""
        return fields.Datetime.now() if self._alert_unit < timedelta(days=1) else fields.Date.context_today(self)

    @api.model
    def _tell(self, records, now, control):
        """Give everybody whom an untold step names one activity on each record, note the step, and leave a trace."""
        Event, name = self.env["business.control.event"], self._alert_date_field
        activity_type, model_id = self.env.ref(ACTIVITY), self.env["ir.model"]._get_id(self._name)
        activities, events, reached_by = [], [], {}
        for record in records:
            deadline = record[name] if isinstance(now, datetime) else fields.Date.to_date(record[name])
            days = (now - deadline) // self._alert_unit
            reached = sum(after <= days for after, _role in self._alert_steps)
            users = self.env["res.users"]
            for _after, role in self._alert_steps[record.alert_step:reached]:
                users |= record._get_alerted(role)
            activities += [{
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id, "date_deadline": fields.Date.to_date(now),
                "summary": record.with_context(lang=user.lang)._describe_alert(days),
                "res_model_id": model_id, "res_id": record.id,
            } for user in users]
            told = record.with_context(lang=record.company_id.partner_id.lang)
            events.append(Event._prepare_event(
                control, control._get_mode(record.company_id), "noted", record, message=told._describe_alert(days)))
            reached_by.setdefault(reached, self.sudo().browse())
            reached_by[reached] |= record
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(activities)
        Event._log(events)
        for reached, group in reached_by.items():
            group._write_alert_step(reached)

    def _write_alert_step(self, step):
        """The engine's own note of what was told."""
        self.sudo().write({"alert_step": step})
