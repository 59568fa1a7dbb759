# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.files import adopt_files
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.numbering import with_numbers

REPORTED = frozenset({
    "title", "description", "date_occurred", "severity_id", "loss_amount", "loss_description", "photo_ids", "person_ids",
    "permit_type_id",
})
"""What who reported an incident may still put right until the leading group was told of it."""
INVESTIGATED = frozenset({"facts", "conclusion", "cause_ids", "investigator_ids"})
"""What an investigation says: it stays once the investigation is finished."""


class BusinessSafetyIncident(models.Model):
    """A near miss or an accident: stop work, report, investigate, act, learn (SM-4.4, SP-8.6).

    +-----------------------+-------------------------------------------+--------------------------------------------+
    | Action                | Who                                       | Restriction                                |
    +=======================+===========================================+============================================+
    | Report                | every employee                            | work stops at once when the severity says  |
    |                       |                                           | so or the reporter asks for it             |
    | Read                  | who reported it or was there; first       | companies of the user; injuries of others  |
    |                       | responsible persons above, safety         | only those who answer for safety           |
    |                       | officers, leading group, executive        |                                            |
    |                       | office, auditors                          |                                            |
    | Put right             | who reported it, until the leading group  | severity only upwards                      |
    |                       | was told                                  |                                            |
    | Edit, report up,      | safety officer, first responsible,        | not once it is closed                      |
    | stop work             | leading group                             |                                            |
    | Lower the severity    | safety officer, leading group             | with a reason, traced                      |
    | Lift a stop           | first responsible, leading group          | nobody who was involved; interim measures  |
    |                       |                                           | done, leading group told                   |
    | Finish the            | safety officer, first responsible,        | facts, a root cause, measures; nobody who  |
    | investigation, close  | leading group                             | was involved                               |
    | Reopen                | leading group                             | with a reason                              |
    | Delete                | nobody                                    |                                            |
    +-----------------------+-------------------------------------------+--------------------------------------------+
    """

    _name = "business.safety.incident"
    _description = "Safety Incident"
    _inherit = [
        "business.control.mixin", "business.safety.alert.mixin", "business.traced.mixin", "hr.mixin", "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_occurred desc, id desc"
    _rec_names_search = ["name", "title"]
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False

    _engine_fields = frozenset({"name", "state", "date_closed", "closed_by_id", "reported_by_id"})

    #=== FIELDS ===#

    name = fields.Char(string="Number", default="/", required=True, readonly=True, copy=False, index="trigram")
    title = fields.Char(required=True, tracking=True, index="trigram")
    description = fields.Text(string="What Happened", tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", required=True, index=True, ondelete="restrict", check_company=True, tracking=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", index="btree_not_null", check_company=True, tracking=True,
        compute="_compute_department_id", store=True, readonly=False)
    permit_type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", string="Special Work", index="btree_not_null", ondelete="restrict",
        tracking=True, help="The special work during which it happened.")
    date_occurred = fields.Datetime(
        string="Time of the Incident", required=True, default=fields.Datetime.now, index=True, tracking=True)
    severity_id = fields.Many2one(
        comodel_name="business.safety.severity", required=True, index=True, ondelete="restrict", tracking=True)
    is_accident = fields.Boolean(
        string="Counts as Accident", compute="_compute_is_accident", store=True, index=True,
        help="As its severity said when it was reported.")
    reported_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, default=lambda self: self.env.user, index=True)
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_incident_photo_rel", string="Photos", copy=False)
    currency_id = fields.Many2one(related="company_id.currency_id")
    loss_amount = fields.Monetary(string="Loss", tracking=True, copy=False)
    loss_description = fields.Char(string="What Was Damaged", copy=False)
    person_ids = fields.One2many(
        comodel_name="business.safety.incident.person", inverse_name="incident_id", string="People")
    date_closed = fields.Datetime(readonly=True, copy=False, tracking=True)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Happened"), ("investigating", "Being investigated"), ("acting", "Measures under way"),
            ("closed", "Case closed"),
        ],
        compute="_compute_state", store=True, default="draft", required=True, index=True, copy=False, tracking=True,
        group_expand=True)

    _check_loss = models.Constraint("CHECK (loss_amount >= 0)", "A loss cannot be negative.")
    _accidents_idx = models.Index("(company_id, department_id, date_occurred) WHERE is_accident")

    #=== COMPUTE METHODS ===#

    @api.depends("name")
    def _compute_display_name(self):
        # the number alone: it is read by people who may not read what happened
        for incident in self:
            incident.display_name = incident.name != "/" and incident.name

    @api.depends("place_id")
    def _compute_department_id(self):
        for incident in self:
            incident.department_id = incident.place_id.department_id or incident.department_id

    # the setting of a severity is not depended on: another one settles nothing that was reported before
    @api.depends("severity_id")
    def _compute_is_accident(self):
        for incident in self:
            incident.is_accident = incident.severity_id.is_accident

    @api.depends("date_reported", "date_investigated", "date_closed")
    def _compute_state(self):
        for incident in self:
            if incident.date_closed:
                incident.state = "closed"
            elif incident.date_investigated:
                incident.state = "acting"
            else:
                incident.state = "investigating" if incident.date_reported else "draft"

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        incidents = super(BusinessSafetyIncident, without_forged_defaults(self)).create(with_numbers(self, vals_list))
        incidents = incidents.with_env(self.env)
        incidents._check_date_occurred()
        adopt_files(incidents, "photo_ids")
        incidents.sudo()._after_report()
        return incidents

    def write(self, vals):
        refuse_forged(self, [vals])
        if names := vals.keys() - UNLOCKED:
            self._check_editable(names)
        severities = self._check_severity(vals)
        result = super().write(vals)
        if "date_occurred" in vals:
            self._check_date_occurred()
            self.sudo()._restart_alerts()
        if "photo_ids" in vals:
            adopt_files(self, "photo_ids")
        if severities:
            self.sudo()._after_severity(severities)
        elif {"place_id", "permit_type_id"} & vals.keys():
            self.sudo()._ensure_stops()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse("safety.record_closed", self.env._("Incidents are kept: they are closed, never deleted."))

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS 'mail': being told of an incident makes nobody a follower, who would get every later message
        if self.env.su:
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    #=== QUESTIONS ===#

    def _check_editable(self, names):
        """Refuse a change by who may not make it now, or of what is settled.

        :param names: fields about to change
        :raise ControlError: of a closed incident, or of what a finished investigation says
        :raise AccessError: by somebody else
        """
        if self.env.su:
            return
        incidents = self.sudo()
        if closed := incidents.filtered("date_closed"):
            self.browse(closed.ids)._refuse("safety.record_closed", self.env._(
                "%s is closed: nothing of it is changed any more. The leading group may reopen it with a reason.",
                ", ".join(closed.mapped("name"))))
        settled = incidents.filtered("date_investigated")
        if settled and INVESTIGATED & set(names):
            self.browse(settled.ids)._refuse("safety.record_closed", self.env._(
                "The investigation of %s is finished: its facts and causes stay as they are. Reopen the investigation with a "
                "reason.", ", ".join(settled.mapped("name"))))
        for incident in incidents:
            if incident.is_handler:
                continue
            if not (incident.reported_by_id == self.env.user and incident.state == "draft" and REPORTED.issuperset(names)):
                raise AccessError(self.env._(
                    "Incidents are handled by the safety officer, the first responsible person and the leading group. Who "
                    "reported one may put right what happened until the leading group was told."))
        if {"company_id", "stop_request"} & set(names):
            raise UserError(self.env._("The company and the stop asked for stay as they were reported."))

    def _check_handler(self):
        """Refuse an act of handling by somebody else.

        :raise AccessError: by who is neither safety officer, first responsible nor in the leading group
        """
        self.check_access("read")
        for incident in self.sudo():
            if not incident.is_handler:
                raise AccessError(self.env._(
                    "Incidents are handled by the safety officer, the first responsible person and the leading group."))

    def _check_date_occurred(self):
        """Refuse an incident that is still to come: its report would have no deadline."""
        now = fields.Datetime.now()
        for incident in self.sudo():
            if incident.date_occurred > max(incident.create_date or now, now):
                raise UserError(self.env._("An incident is reported when it has happened: its moment is not in the future."))

    def _check_files_changed(self, files):
        """Refuse to exchange or take away photos where the incident itself may not be changed.

        :param files: ``ir.attachment``, in sudo
        """
        self.filtered(lambda incident: incident.sudo().photo_ids & files)._check_editable({"photo_ids"})
