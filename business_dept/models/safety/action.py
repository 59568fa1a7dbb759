# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.files import adopt_files
from ..foundation.forgery import refuse_forged, without_forged_defaults
from ..foundation.races import touch
from ..foundation.reason import clean_reason

OWNED = frozenset({"done_note", "evidence_ids"})
"""What the owner writes while it is to be done."""
CHECKED = frozenset({"check_note"})
"""What who checks the effect writes."""
ORIGIN = frozenset({"incident_id", "drill_id", "company_id"})
"""What it was laid down for: it stays, or the incident could be closed without it."""


class BusinessSafetyAction(models.Model):
    """A corrective action: of an incident or of a drill; its effect is checked by somebody else (SM-4.4.2, SM-4.5.2).

    +---------------------+---------------------------------------------+--------------------------------------------+
    | Action              | Who                                         | Restriction                                |
    +=====================+=============================================+============================================+
    | Read                | its owner; who reads the incident; of       | companies of the user                      |
    |                     | drills every employee                       |                                            |
    | Lay down, change,   | who handles the incident; of a drill its    | not once it is done; not of a closed       |
    | delete              | leader, safety officer, first responsible,  | incident or drill; deleted only before it  |
    |                     | leading group                               | was ever done, or investigation finished   |
    | Done                | its owner                                   | with a note                                |
    | Check the effect    | who lays down measures                      | neither owner nor who did it               |
    +---------------------+---------------------------------------------+--------------------------------------------+
    """

    _name = "business.safety.action"
    _description = "Corrective Action"
    _inherit = [
        "business.control.mixin", "business.safety.alert.mixin", "business.traced.mixin", "mail.thread", "mail.activity.mixin",
    ]
    _order = "date_deadline, id"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.action_deadline"

    _engine_fields = frozenset({
        "state", "alert_step", "date_done", "done_by_id", "date_checked", "checked_by_id", "times_reopened"})

    name = fields.Char(string="What Is to Be Done", required=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, compute="_compute_company_id", store=True, readonly=False, precompute=True,
        index=True, ondelete="cascade")
    department_id = fields.Many2one(
        comodel_name="hr.department", compute="_compute_company_id", store=True, readonly=False, precompute=True,
        index="btree_not_null", check_company=True)
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", check_company=True)
    drill_id = fields.Many2one(
        comodel_name="business.safety.drill", index="btree_not_null", ondelete="restrict", check_company=True)
    is_interim = fields.Boolean(
        string="Before Work Goes On", tracking=True, help="A stop of the incident is not lifted until this is done.")
    owner_id = fields.Many2one(
        comodel_name="res.users", required=True, index=True, domain=[("share", "=", False)], tracking=True)
    date_deadline = fields.Date(string="Deadline", required=True, index=True, tracking=True)
    done_note = fields.Text(string="What Was Done", copy=False, tracking=True)
    evidence_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_action_evidence_rel", copy=False)
    date_done = fields.Datetime(readonly=True, copy=False, tracking=True)
    done_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    check_note = fields.Text(string="Effect", copy=False, tracking=True)
    date_checked = fields.Datetime(string="Found Effective On", readonly=True, copy=False, tracking=True)
    checked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    times_reopened = fields.Integer(readonly=True, copy=False, help="How often it had no effect and was done again.")
    state = fields.Selection(
        selection=[("open", "To do"), ("done", "Done, effect to check"), ("effective", "Effective")],
        compute="_compute_state", store=True, default="open", required=True, index=True, copy=False, tracking=True)
    can_edit = fields.Boolean(compute="_compute_rights", compute_sudo=True)
    can_do = fields.Boolean(compute="_compute_rights", compute_sudo=True)
    can_check = fields.Boolean(compute="_compute_rights", compute_sudo=True)

    _check_origin = models.Constraint(
        "CHECK (num_nonnulls(incident_id, drill_id) = 1)", "A measure belongs to one incident or to one drill.")

    # === COMPUTE METHODS === #

    @api.depends("incident_id", "drill_id")
    def _compute_company_id(self):
        for action in self:
            origin = action.sudo().incident_id or action.sudo().drill_id
            action.company_id = origin.company_id or action.company_id or self.env.company
            action.department_id = action.department_id or origin.department_id

    @api.depends("date_done", "date_checked")
    def _compute_state(self):
        for action in self:
            action.state = "effective" if action.date_checked else "done" if action.date_done else "open"

    @api.depends("state", "incident_id", "drill_id", "owner_id")
    @api.depends_context("uid")
    def _compute_rights(self):
        user = self.env.user
        for action in self:
            laid_down = not action._origin or action._is_laid_down_by(user)
            action.can_edit = action.state == "open" and laid_down
            action.can_do = bool(action._origin) and action.state == "open" and action.owner_id == user
            action.can_check = action.state == "done" and laid_down and user not in action.owner_id | action.done_by_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        actions = super(BusinessSafetyAction, without_forged_defaults(self)).create(vals_list).with_env(self.env)
        actions._check_laying_down()
        adopt_files(actions, "evidence_ids")
        touch(actions.sudo().incident_id)
        return actions

    def write(self, vals):
        refuse_forged(self, [vals])
        names = vals.keys() - UNLOCKED
        if names and not self.env.su:
            self._check_writable(names)
            self._check_origin_kept(vals)
            if not vals.get("is_interim", True):
                self._check_not_awaited()
        result = super().write(vals)
        if "evidence_ids" in vals:
            adopt_files(self, "evidence_ids")
        if "is_interim" in vals:
            touch(self.sudo().incident_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_laying_down()
        self._check_not_awaited()
        if any(action.state != "open" or action.times_reopened or action.incident_id.date_investigated
               for action in self.sudo()):
            self._refuse("safety.record_closed", self.env._(
                "What was done once, or what an investigation laid down, is kept: a measure is not deleted then."))

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS 'mail': a reminder makes nobody a follower, who would get every later message
        if self.env.su:
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    # === ALERTS === #

    @api.model
    def _get_alert_domain(self):
        return [("state", "=", "open")]

    def _get_alert_owner(self):
        return self.owner_id

    def _describe_alert(self, days):
        origin = self.incident_id.name or self.drill_id.name
        if days < 0:
            return self.env._("Corrective action of %(origin)s due in %(days)s days: %(name)s", origin=origin, days=-days,
                              name=self.name)
        return self.env._("Corrective action of %(origin)s is %(days)s days late: %(name)s", origin=origin, days=days,
                          name=self.name)

    # === ACTION METHODS === #

    def action_done(self, note=None):
        """It is done; says its owner.

        :param str note: what was done; may stand in the field already
        """
        self.check_access("read")
        for action in self.sudo():
            if action.owner_id != self.env.user:
                raise AccessError(self.env._("Who it was given to says that it is done: %s.", action.owner_id.name))
            if action.state != "open":
                raise UserError(self.env._("“%s” is done already.", action.name))
            if not (note or action.done_note or "").strip():
                raise UserError(self.env._("Say what was done."))
        for action in self.sudo():
            action.write({
                "done_note": note or action.done_note, "date_done": fields.Datetime.now(), "done_by_id": self.env.uid,
                "check_note": False,
            })
        self.sudo()._withdraw_alerts()
        return True

    def action_effective(self, note=None):
        """It has the effect that it was meant for: says somebody who neither owned nor did it (SM-4.4.2).

        :param str note: how that was found; may stand in the field already
        """
        self._check_checker()
        for action in self.sudo():
            if not (note or action.check_note or "").strip():
                raise UserError(self.env._("Say how you found that it has the effect it was meant for."))
        for action in self.sudo():
            action.write({
                "check_note": note or action.check_note, "date_checked": fields.Datetime.now(),
                "checked_by_id": self.env.uid,
            })
        return True

    def action_ineffective(self, reason=None):
        """It has no effect: to be done again. The reason stays.

        :param str reason: what is missing; may stand in the field already
        """
        self._check_checker()
        for action in self.sudo():
            text = clean_reason(reason) or clean_reason(action.check_note)
            if not text:
                raise UserError(self.env._("Say what is missing."))
            action.write({
                "check_note": False, "date_done": False, "done_by_id": False, "times_reopened": action.times_reopened + 1,
            })
            action._message_log(
                body=self.env._("Without effect, to be done again: %s", text), author_id=self.env.user.partner_id.id)
        touch(self.sudo().incident_id)
        return True

    # === BUSINESS METHODS === #

    def _is_laid_down_by(self, user):
        """Whether somebody lays down the measures of its incident or drill. In sudo."""
        self.ensure_one()
        if self.incident_id:
            return self.incident_id.with_user(user).sudo().is_handler
        company = self.company_id
        return (
            user == self.drill_id.leader_id or user._is_safety_officer(company) or user._is_in_leading_group(company)
            or user._answers_for_safety(self.drill_id.department_id or self.department_id))

    def _check_laying_down(self):
        """Refuse measures of incidents and drills of others, and of what is closed."""
        if self.env.su:
            return
        self._check_origin_open()
        if not all(action._is_laid_down_by(self.env.user) for action in self.sudo()):
            raise AccessError(self.env._(
                "Measures are laid down by the safety officer, the first responsible person, the leading group, or who leads "
                "the drill."))

    def _check_origin_open(self):
        closed = self.sudo().filtered(
            lambda action: action.incident_id.date_closed or (action.drill_id.date_evaluated and action.date_checked))
        if closed:
            self.browse(closed.ids)._refuse("safety.record_closed", self.env._(
                "%s is closed: nothing of it is changed any more.",
                ", ".join(closed.mapped(lambda action: action.incident_id.name or action.drill_id.name))))

    def _check_origin_kept(self, vals):
        """Refuse to take a measure to another incident or drill.

        :param dict vals: about to be written
        """
        if any(action[name].id != vals[name] for action in self.sudo() for name in ORIGIN & vals.keys() if action[name].id
               or vals[name]):
            self._refuse("safety.record_closed", self.env._(
                "A measure stays with the incident or drill that it was laid down for. Lay down another one there."))

    def _check_not_awaited(self):
        """Refuse to take back that a measure comes before work goes on, as long as work stands still (SM-4.4.1)."""
        if self.env.su:
            return
        if awaited := self.sudo().filtered(
                lambda action: action.is_interim and action.state == "open" and action.incident_id.is_stopped):
            self.browse(awaited.ids)._refuse("safety.stop_lift", self.env._(
                "Work stands still until this is done, so it stays: %s.", ", ".join(awaited.mapped("name"))))

    def _check_writable(self, names):
        """Refuse a change by who may not make it, and of what is done.

        :param names: fields about to be written
        """
        self._check_origin_open()
        user = self.env.user
        for action in self.sudo():
            if action.state == "effective":
                action.sudo(False)._refuse("safety.record_closed", self.env._(
                    "“%s” was found effective: it stays as it is.", action.name))
            if action.state == "done" and OWNED & set(names):
                action.sudo(False)._refuse("safety.record_closed", self.env._(
                    "“%s” is done: what was done and its evidence stay as they are, unless it is found ineffective.",
                    action.name))
            allowed = frozenset()
            if action.state == "open" and user == action.owner_id:
                allowed |= OWNED
            if action._is_laid_down_by(user):
                if action.state == "open":
                    allowed |= names - CHECKED - OWNED
                elif user not in action.owner_id | action.done_by_id:
                    allowed |= CHECKED
            if not allowed.issuperset(names):
                raise AccessError(self.env._(
                    "The owner writes what was done; who lays measures down changes them while they are to be done, and writes "
                    "their effect afterwards."))

    def _check_checker(self):
        """Refuse a check by the owner, by who did it, by who lays no measures down, and of what is not done."""
        self.check_access("read")
        self._check_origin_open()
        for action in self.sudo():
            if self.env.user in action.owner_id | action.done_by_id:
                action.sudo(False)._refuse("safety.action_checker", self.env._(
                    "Somebody else checks the effect of “%s”: you did it.", action.name))
            if not action._is_laid_down_by(self.env.user):
                raise AccessError(self.env._(
                    "The effect is checked by the safety officer, the first responsible person or the leading group."))
            if action.state != "done":
                raise UserError(self.env._("“%s” is not waiting for a check.", action.name))

    def _check_files_changed(self, files):
        """Refuse to exchange or take away evidence where it may not be written.

        :param files: ``ir.attachment``, in sudo
        """
        actions = self.filtered(lambda action: action.sudo().evidence_ids & files)
        if actions and not self.env.su:
            actions._check_writable({"evidence_ids"})
