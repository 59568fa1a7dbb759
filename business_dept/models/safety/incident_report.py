# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who is told of an incident, and until when (SM-4.4.1)."""
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...policy.incident import report_deadline
from ..foundation.reason import clean_reason

ACTIVITY = "business_dept.mail_activity_type_incident"


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    _alert_control = "safety.incident_report"
    _alert_date_field = "date_report_deadline"
    _alert_unit = timedelta(hours=1)
    _alert_steps = ((0, "officer"), (1, "responsible"), (2, "leading_group"))

    _engine_fields = frozenset({
        "alert_step", "date_report_deadline", "date_reported", "date_raised", "date_report_latest", "is_report_late",
        "notice_ids",
    })

    date_raised = fields.Datetime(
        readonly=True, copy=False, help="When it turned out to be worse: the hours to report it begin anew.")
    date_report_latest = fields.Datetime(string="Report Not Later Than", readonly=True, copy=False)
    date_report_deadline = fields.Datetime(
        string="Report Until", compute="_compute_date_report_deadline", store=True, index=True)
    date_reported = fields.Datetime(string="Leading Group Told", readonly=True, copy=False, tracking=True)
    is_report_late = fields.Boolean(string="Reported Late", readonly=True, copy=False)
    notice_ids = fields.One2many(
        comodel_name="business.safety.incident.notice", inverse_name="incident_id", string="Who Was Told", readonly=True,
        copy=False)

    # the hours of a severity are not depended on: another figure holds for what is reported from then on
    @api.depends("date_occurred", "severity_id", "date_raised", "date_report_latest")
    def _compute_date_report_deadline(self):
        for incident in self:
            incident.date_report_deadline = incident.date_occurred and incident.severity_id and report_deadline(
                incident.date_occurred, incident.severity_id.report_hours, incident.date_raised or None,
                incident.date_report_latest or None)

    # === ALERTS === #

    @api.model
    def _get_alert_domain(self):
        return [("date_reported", "=", False), ("date_closed", "=", False)]

    def _get_alert_owner(self):
        return self.reported_by_id

    def _describe_alert(self, days):
        return self.env._(
            "%(incident)s (%(severity)s) was not reported to the leading group in time.", incident=self.name,
            severity=self.severity_id.name)

    def _trigger_alerts(self):
        """Let the job that reminds run at the very moments: hours count here, and it runs less often."""
        moments = {
            incident.date_report_deadline + self._alert_unit * after
            for incident in self if not incident.date_reported for after, _role in self._alert_steps
        }
        if moments:
            self.env.ref("business_dept.cron_safety_alerts").sudo()._trigger(at=sorted(moments))

    # === ACTION METHODS === #

    def action_send(self):
        """The button of the short form: saving it was reporting it."""
        self.check_access("read")
        return True

    def action_report_up(self):
        """Tell the leading group, by activity and mail; each who was told is noted with the moment (SM-4.4.1).

        :raise UserError: it was told already, or the company has nobody to tell
        """
        self._check_handler()
        for incident in self.sudo():
            if incident.date_reported:
                raise UserError(self.env._("The leading group was told of %s already.", incident.name))
        for incident in self.sudo():
            incident._report_up()
        return True

    def action_note_authority(self, authority=None, channel="phone", date=None):
        """Note that somebody outside was told; a wizard asks when it is missing.

        :param str authority: who
        :param str channel: how
        :param date: moment, not in the future; now when missing
        """
        self._check_handler()
        self.ensure_one()
        if not authority:
            return self._open_step("authority")
        date = fields.Datetime.to_datetime(date) or fields.Datetime.now()
        if date > fields.Datetime.now():
            raise UserError(self.env._("Note who was told once it was done: the moment is not in the future."))
        if channel not in dict(self.env["business.safety.incident.notice"]._fields["channel"].selection):
            raise UserError(self.env._("Say how the authority was told."))
        self._check_open_for_notices()
        self.sudo()._note("authority", authority=authority, channel=channel, date=date)
        return True

    def action_lower_severity(self, severity_id=None, reason=None):
        """Lower the severity, with a reason that stays; a wizard asks when they are missing.

        :param int severity_id: ``business.safety.severity``, less grave than the present one
        :param str reason: why
        """
        self.ensure_one()
        self.check_access("read")
        incident, user = self.sudo(), self.env.user
        if not (user._is_safety_officer(incident.company_id) or user._is_in_leading_group(incident.company_id)):
            self._refuse("safety.incident_severity", self.env._(
                "Only the safety officer or the leading group lowers the severity of an incident."))
        if incident._is_involved(user):
            self._refuse("safety.incident_severity", self.env._(
                "Who was involved in %s does not lower its severity.", incident.name))
        reason = clean_reason(reason)
        if not severity_id or not reason:
            return self._open_step("severity")
        severity = self.env["business.safety.severity"].browse(severity_id).exists()
        if not severity or not incident.severity_id._is_worse_than(severity):
            raise UserError(self.env._("Choose a severity that is less grave than %s.", incident.severity_id.name))
        if incident.date_closed:
            self._check_editable(["severity_id"])
        before = incident.severity_id
        incident.write({"severity_id": severity.id, "date_raised": False, "date_report_latest": False})
        incident._restart_alerts()
        message = self.env._(
            "Severity lowered from %(before)s to %(after)s: %(reason)s", before=before.name, after=severity.name, reason=reason)
        incident._message_log(body=message, author_id=user.partner_id.id)
        incident._note_event("safety.incident_severity", message)
        return True

    # === BUSINESS METHODS === #

    def _check_open_for_notices(self):
        if closed := self.sudo().filtered("date_closed"):
            self.browse(closed.ids)._refuse("safety.record_closed", self.env._(
                "%s is closed: nothing of it is changed any more. The leading group may reopen it with a reason.",
                ", ".join(closed.mapped("name"))))

    def _after_report(self):
        """At once: work stops, who answers for it is told, and the hours to report begin (SM-4.4.1, SP-8.6). In sudo."""
        self._ensure_stops()
        for incident in self:
            users = incident._get_alerted("officer") | incident._get_alerted("responsible")
            incident._tell_people("happened", users - self.env.user)
        self._trigger_alerts()
        self._inspect_after()

    def _report_up(self):
        """Tell the leading group of one incident. In sudo."""
        now = fields.Datetime.now()
        self._tell_people("reported", self._get_told_above())
        self.write({"date_reported": now, "is_report_late": now > self.date_report_deadline})
        self._withdraw_alerts()
        self.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY) and not self._is_told_above(activity.user_id)
        ).unlink()
        if self.is_report_late:
            self._note_event("safety.incident_report", self.env._(
                "Reported to the leading group on %(date)s; it had to be by %(deadline)s.",
                date=format_datetime(self.env, now), deadline=format_datetime(self.env, self.date_report_deadline)))

    def _get_told_above(self):
        """The leading group; in a company that has none yet, the executive office."""
        users = self.company_id._get_leading_group().filtered(lambda user: self.company_id in user.company_ids)
        users = users or self.env["res.users"]._get_post_holders("business_dept.group_executive_office", self.company_id)
        if not users:
            raise UserError(self.env._("%s has no safety leading group yet: nobody could be told.", self.company_id.name))
        return users

    def _is_told_above(self, user):
        """Whether somebody was told as one of the leading group."""
        return user in self.notice_ids.filtered(lambda notice: notice.occasion in ("reported", "raised")).user_id

    def _tell_people(self, occasion, users):
        """Tell users of one incident by activity and mail, and note each of them. In sudo; names nobody who was hurt.

        :param str occasion: a key of the field of the notices
        :param users: ``res.users``
        """
        self.ensure_one()
        for user in users:
            incident = self.with_context(lang=user.lang, mail_activity_quick_update=True)
            text = incident._describe_notice(occasion)
            incident.activity_schedule(ACTIVITY, summary=text, user_id=user.id, automated=True)
            incident.message_notify(
                partner_ids=user.partner_id.ids, subject=f"{incident.name} · {incident.severity_id.name}", body=text)
            self._note(occasion, user=user)

    def _describe_notice(self, occasion):
        """What somebody who is told reads, in the language of the context."""
        values = {"severity": self.severity_id.name, "place": self.place_id.complete_name, "incident": self.name}
        match occasion:
            case "happened":
                return self.env._("%(incident)s: %(severity)s at %(place)s. Go there, then report it to the leading group.",
                                  **values)
            case "raised":
                return self.env._("%(incident)s at %(place)s turned out to be worse: %(severity)s.", **values)
            case _:
                return self.env._("%(incident)s: %(severity)s at %(place)s was reported to the leading group.", **values)

    def _note(self, occasion, user=None, authority=False, channel="system", date=None):
        """Note who was told. In sudo."""
        self.env["business.safety.incident.notice"].create({
            "incident_id": self.id, "occasion": occasion, "user_id": user and user.id, "authority": authority,
            "channel": channel, "date": date or fields.Datetime.now(), "by_id": self.env.uid,
        })

    def _note_event(self, code, message):
        """Leave a trace of what happened, by a control unless the company has switched it off."""
        control = self.env["business.control"]._get_by_code(code)
        if (mode := control._get_mode(self.company_id)) != "off":
            Event = self.env["business.control.event"]
            Event._log([Event._prepare_event(control, mode, "noted", self, message=message)])

    # === SEVERITY === #

    def _check_severity(self, vals):
        """What the severity was, of incidents whose severity is about to change.

        :param dict vals: about to be written
        :return: ``{incident: severity}``, in sudo
        :raise ControlError: it would be lowered without a reason
        """
        severity = self.env["business.safety.severity"].browse(vals.get("severity_id") or [])
        if not severity:
            return {}
        changed = {incident: incident.severity_id for incident in self.sudo() if incident.severity_id != severity}
        lowered = [incident.id for incident, before in changed.items() if not severity._is_worse_than(before)]
        if lowered and not self.env.su:
            self.browse(lowered)._refuse("safety.incident_severity", self.env._(
                "The severity of an incident is lowered by the safety officer or the leading group, with a reason: use the "
                "button."))
        return changed

    def _after_severity(self, before):
        """Worse than it was reported: the hours begin anew, work stops, and who was told already is told of it. In sudo.

        :param dict before: ``{incident: severity}``
        """
        raised = self.filtered(lambda incident: incident in before and incident.severity_id._is_worse_than(before[incident]))
        for incident in raised:
            latest = not incident.date_reported and (incident.date_report_latest or report_deadline(
                incident.date_occurred, before[incident].report_hours, incident.date_raised or None))
            incident.write({"date_raised": fields.Datetime.now(), "date_report_latest": latest})
            if incident.date_reported:
                incident._tell_people("raised", incident._get_told_above())
        raised._ensure_stops(anew=True)
        raised._restart_alerts()
        raised._inspect_after()

    def _inspect_after(self):
        """The place of what stopped work is inspected (SD-10). In sudo."""
        grave = self.filtered(lambda incident: incident.severity_id.stops_work)
        if grave:
            self.env["business.safety.inspection"]._after_incident(grave)

    def _restart_alerts(self):
        """Another deadline: reminders of the old one are taken back. In sudo."""
        self._withdraw_alerts()
        self._trigger_alerts()
