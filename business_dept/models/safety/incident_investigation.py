# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.races import touch
from ..foundation.reason import clean_reason


class BusinessSafetyIncident(models.Model):
    """Facts, causes, who answers for it, and what is done about it (SM-4.4.2)."""

    _inherit = "business.safety.incident"

    _engine_fields = frozenset({"date_investigated", "investigated_by_id"})

    investigator_ids = fields.Many2many(
        comodel_name="res.users", relation="business_safety_incident_investigator_rel", column1="incident_id",
        column2="user_id", string="Investigators", domain=[("share", "=", False)], copy=False,
        help="Members of the leading group; nobody who was involved.")
    facts = fields.Text(copy=False, tracking=True, help="What is certain: times, conditions, what was seen and measured.")
    cause_ids = fields.One2many(
        comodel_name="business.safety.incident.cause", inverse_name="incident_id", string="Causes")
    conclusion = fields.Text(copy=False, tracking=True)
    date_investigated = fields.Datetime(string="Investigation Finished", readonly=True, copy=False, tracking=True)
    investigated_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    # === ACTION METHODS === #

    def action_finish_investigation(self):
        """Facts and causes are found, measures laid down: from now on they are carried out.

        :raise ControlError: something of that is missing
        """
        self._check_handler()
        for incident in self.sudo():
            if incident.date_closed or incident.date_investigated:
                raise UserError(self.env._("The investigation of %s is finished already.", incident.name))
        self._check_controls("investigate")
        touch(self)
        self.sudo().write({"date_investigated": fields.Datetime.now(), "investigated_by_id": self.env.uid})
        self.sudo().activity_unlink(["business_dept.mail_activity_type_incident"])
        return True

    def action_reopen_investigation(self, reason=None):
        """Go on with the investigation: something was not known.

        :param str reason: why; a wizard asks when it is missing
        """
        self.ensure_one()
        self._check_handler()
        self._check_open_for_notices()
        if not self.sudo().date_investigated:
            raise UserError(self.env._("The investigation of %s is not finished.", self.name))
        if not (reason := clean_reason(reason)):
            return self._open_step("reinvestigate")
        self.sudo().write({"date_investigated": False, "investigated_by_id": False})
        self.sudo()._message_log(
            body=self.env._("Investigation reopened: %s", reason), author_id=self.env.user.partner_id.id)
        return True

    # === CONTROLS === #

    def _get_missing_investigation(self):
        """What the investigation still lacks, in words. In sudo.

        :rtype: list[str]
        """
        self.ensure_one()
        involved = self.person_ids.filtered(lambda person: person.role != "witness").employee_id.user_id
        strangers = self.investigator_ids - self.company_id._get_leading_group()
        measures = self.action_ids
        missing = [
            (not self.date_reported, self.env._("The leading group was not told yet.")),
            (not self.investigator_ids, self.env._("Nobody is named to investigate.")),
            (bool(strangers), self.env._("%s: not in the leading group.", ", ".join(strangers.mapped("name")))),
            (bool(self.investigator_ids & involved), self.env._(
                "%s: involved, and so no investigator.", ", ".join((self.investigator_ids & involved).mapped("name")))),
            (not (self.facts or "").strip(), self.env._("The facts are missing.")),
            (not any(self.cause_ids.mapped("root_cause")), self.env._(
                "No chain of whys comes to a root cause: ask at least three times.")),
            (not (self.conclusion or "").strip(), self.env._("The conclusion is missing.")),
            (self.is_accident and not measures, self.env._("No corrective action is laid down.")),
        ]
        return [text for lacks, text in missing if lacks]

    @control("safety.incident_investigation", moment="investigate")
    def _check_incident_investigation(self):
        """SM-4.4.2: causes are investigated by people who had no part in it, and measures are laid down."""
        breaches = {}
        for incident in self:
            missing = incident._get_missing_investigation()
            if incident._is_involved(self.env.user):
                missing.append(self.env._("Who was involved does not finish the investigation."))
            if missing:
                breaches[incident] = Breach(" ".join(missing), amount=len(missing))
        return breaches
