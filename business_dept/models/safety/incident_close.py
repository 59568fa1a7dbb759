# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""An incident is closed when its four questions are settled (四不放过): cause, measures, responsibility, learning."""
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...controls import Breach, control
from ..foundation.races import touch
from ..foundation.reason import clean_reason

SETTLED = [("yes", "Carried out"), ("no", "Not carried out"), ("not_needed", "Does not apply")]


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    action_ids = fields.One2many(comodel_name="business.safety.action", inverse_name="incident_id", string="Corrective Actions")
    open_action_count = fields.Integer(compute="_compute_open_action_count", compute_sudo=True)
    settled_cause = fields.Selection(
        selection=SETTLED, string="Cause found", compute="_compute_settled", compute_sudo=True)
    settled_measures = fields.Selection(
        selection=SETTLED, string="Measures carried out and effective", compute="_compute_settled", compute_sudo=True)
    settled_responsibility = fields.Selection(
        selection=SETTLED, string="Those responsible dealt with", compute="_compute_settled", compute_sudo=True)
    settled_learning = fields.Selection(
        selection=SETTLED, string="Everybody taught", compute="_compute_settled", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("action_ids.state")
    def _compute_open_action_count(self):
        counts = dict(self.env["business.safety.action"]._read_group(
            [("incident_id", "in", self.ids), ("state", "!=", "effective")], ["incident_id"], ["__count"]))
        for incident in self:
            incident.open_action_count = counts.get(incident._origin, 0)

    @api.depends("date_investigated", "is_accident", "action_ids.state", "accountability_ids.decision",
                 "lesson_ids.state")
    def _compute_settled(self):
        for incident in self:
            actions = incident.action_ids
            incident.settled_cause = "yes" if incident.date_investigated else "no"
            incident.settled_measures = (
                "no" if any(action.state != "effective" for action in actions) or (incident.is_accident and not actions)
                else "yes" if actions else "not_needed")
            incident.settled_responsibility = (
                "no" if incident._get_undecided() else "yes" if incident._get_accountable()
                else "no" if incident.is_accident else "not_needed")
            incident.settled_learning = (
                "yes" if any(lesson.state == "in_force" for lesson in incident.lesson_ids)
                else "no" if incident.is_accident else "not_needed")

    # === ACTION METHODS === #

    def action_close(self):
        """Close: nothing is open any more (SM-4.4).

        :raise ControlError: measures, a stop, the cause, the responsibility or the lesson are open
        """
        self._check_handler()
        for incident in self.sudo():
            if incident.date_closed:
                raise UserError(self.env._("%s is closed already.", incident.name))
        self._check_controls("close")
        incidents = self.sudo()
        touch(incidents)
        incidents.write({"date_closed": fields.Datetime.now(), "closed_by_id": self.env.uid})
        incidents._withdraw_alerts()
        incidents.activity_unlink(["business_dept.mail_activity_type_incident"])
        return True

    def action_reopen(self, reason=None):
        """Take up a closed incident again; the leading group does, with a reason that stays.

        :param str reason: why; a wizard asks when it is missing
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_in_leading_group(self.sudo().company_id):
            raise AccessError(self.env._("Only a member of the leading group takes up a closed incident again."))
        if not self.sudo().date_closed:
            raise UserError(self.env._("%s is not closed.", self.name))
        if not (reason := clean_reason(reason)):
            return self._open_step("reopen")
        incident = self.sudo()
        message = self.env._("Taken up again: %s", reason)
        incident.write({"date_closed": False, "closed_by_id": False})
        incident._message_log(body=message, author_id=self.env.user.partner_id.id)
        incident._note_event("safety.record_closed", message)
        return True

    # === CONTROLS === #

    @control("safety.incident_actions_open", moment="close")
    def _check_incident_actions_open(self):
        """SM-4.4.2: measures are carried out and have their effect, and work goes on again, before it is closed."""
        breaches = {}
        for incident in self:
            waiting = incident.action_ids.filtered(lambda action: action.state != "effective")
            stops = incident.stop_ids.filtered(lambda stop: not stop.date_lifted)
            lines = []
            if waiting:
                lines.append(self.env._(
                    "%(count)s corrective actions are not done and found effective: %(names)s.", count=len(waiting),
                    names=", ".join(waiting.mapped("name"))))
            if stops:
                lines.append(self.env._("Work still stands still: %s.", ", ".join(stops.mapped("display_name"))))
            if lines:
                breaches[incident] = Breach(" ".join(lines), amount=len(waiting) + len(stops))
        return breaches

    @control("safety.incident_unsettled", moment="close")
    def _check_incident_unsettled(self):
        """SM-4.4.2, SM-4.4.3: cause found, those responsible dealt with, everybody taught; by who was not involved."""
        breaches = {}
        for incident in self:
            lines = []
            if incident.settled_cause == "no":
                lines.append(self.env._("The investigation is not finished."))
            if incident.settled_responsibility == "no":
                undecided = incident._get_undecided()
                lines.append(self.env._(
                    "Accountability is not decided: %s.", ", ".join(undecided.mapped("display_name")),
                ) if undecided else self.env._(
                    "Nobody was held accountable, and nobody approved that nobody is to blame."))
            if incident.settled_learning == "no":
                lines.append(self.env._("The lesson is not in force: nobody was taught."))
            if incident._is_involved(self.env.user):
                lines.append(self.env._("Who was involved does not close it."))
            if lines:
                breaches[incident] = Breach(" ".join(lines), amount=len(lines))
        return breaches
