# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.races import touch
from ..foundation.reason import clean_reason


class BusinessSafetyStop(models.Model):
    """Work stands still at a place, or of a kind, until it is lifted (SM-4.4.1); written by the engine only.

    +---------+--------------------------------------------+------------------------------------------------+
    | Action  | Who                                        | Restriction                                    |
    +=========+============================================+================================================+
    | Read    | every employee                             | companies of the user                          |
    | Stop    | the engine when an incident is reported;   |                                                |
    |         | who handles the incident                   |                                                |
    | Lift    | first responsible, leading group           | nobody who was involved; leading group told,   |
    |         |                                            | measures before work goes on done; a reason    |
    +---------+--------------------------------------------+------------------------------------------------+
    """

    _name = "business.safety.stop"
    _description = "Stop-Work"
    _inherit = ["business.engine.mixin", "business.control.mixin"]
    _order = "date_from desc, id desc"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", required=True, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict",
        help="Everything in this place stands still. Empty: the activity, wherever.")
    permit_type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", string="Special Work", index="btree_not_null", ondelete="restrict")
    reason = fields.Char(required=True)
    date_from = fields.Datetime(string="Stopped Since", required=True)
    started_by_id = fields.Many2one(comodel_name="res.users", string="Stopped by", required=True)
    date_lifted = fields.Datetime(string="Lifted On", index=True)
    lifted_by_id = fields.Many2one(comodel_name="res.users")
    lift_reason = fields.Text(string="Why Work Goes On")
    can_lift = fields.Boolean(compute="_compute_can_lift", compute_sudo=True)

    @api.depends("place_id", "permit_type_id")
    def _compute_display_name(self):
        for stop in self:
            stop.display_name = stop.place_id.display_name or stop.permit_type_id.display_name

    @api.depends("date_lifted", "incident_id")
    @api.depends_context("uid")
    def _compute_can_lift(self):
        for stop in self:
            stop.can_lift = not stop.date_lifted and not stop._get_cannot_lift_reason()

    # === ACTION METHODS === #

    def action_lift_stop(self, reason=None):
        """Let work go on; a wizard asks for the reason when it is missing.

        :param str reason: why it is safe again
        :raise ControlError: by who may not, or too early
        """
        self.check_access("read")
        for stop in self.sudo():
            if stop.date_lifted:
                raise UserError(self.env._("Work goes on at %s already.", stop.display_name))
            if problem := stop._get_cannot_lift_reason():
                stop.sudo(False)._refuse("safety.stop_lift", problem)
        if not (reason := clean_reason(reason)):
            self.ensure_one()
            return self.sudo().incident_id._open_step("lift", stop_id=self.id)
        self._check_controls("lift")
        stops = self.sudo()
        # a severity raised or a measure added at once would ask for the stop again: it has to see this one lifted
        touch(stops.incident_id)
        stops.write({"date_lifted": fields.Datetime.now(), "lifted_by_id": self.env.uid, "lift_reason": reason})
        for stop in stops:
            stop.incident_id._message_log(
                body=self.env._("Work goes on: %(what)s. %(reason)s", what=stop.display_name, reason=reason),
                author_id=self.env.user.partner_id.id)
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _find_for(self, places, permit_types=None, within=False):
        """What stands still at places (those that they are part of included) or of kinds of work.

        :param places: ``business.safety.place``
        :param permit_types: ``business.safety.permit.type``
        :param bool within: also what stands still somewhere in the places: who works in a hall works at its furnace
        :return: the stops that are not lifted, in sudo
        """
        terms = [("place_id", "in", places._get_with_parents().ids)]
        if within:
            terms = ["|", *terms, ("place_id", "child_of", places.ids)]
        if permit_types:
            terms = ["|", *terms, "&", ("permit_type_id", "in", permit_types.ids), ("place_id", "=", False)]
        return self.sudo().search([("date_lifted", "=", False), ("company_id", "in", places.company_id.ids), *terms])

    def _get_cannot_lift_reason(self):
        """Why the current user is not the one to lift it; empty when he is. In sudo."""
        self.ensure_one()
        user, incident = self.env.user, self.incident_id
        departments = self.place_id.department_id | incident.department_id
        if not (user._is_in_leading_group(self.company_id) or any(
                user._answers_for_safety(department) for department in departments)):
            return self.env._("A stop is lifted by the first responsible person or a member of the leading group.")
        if incident._is_involved(user):
            return self.env._("Who was involved in %s does not say that work goes on.", incident.name)
        return ""

    @control("safety.stop_lift", moment="lift")
    def _check_stop_lift(self):
        """SM-4.4.1: work goes on when it was reported, and when what has to be done before is done."""
        breaches = {}
        for stop in self:
            incident = stop.incident_id
            waiting = incident.action_ids.filtered(lambda action: action.is_interim and action.state == "open")
            if not incident.date_reported:
                breaches[stop] = Breach(self.env._("%s was not reported to the leading group yet.", incident.name))
            elif waiting:
                breaches[stop] = Breach(self.env._(
                    "%(count)s measures that come before work goes on are not done: %(names)s.", count=len(waiting),
                    names=", ".join(waiting.mapped("name"))), amount=len(waiting))
        return breaches


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    _engine_fields = frozenset({"stop_ids"})

    stop_request = fields.Selection(
        selection=[("place", "Yes, everything at the place"), ("activity", "Yes, this activity everywhere")],
        string="Stop Work Now?", copy=False,
        help="Grave incidents stop the work at the place in any case. Everybody may ask for it.")
    stop_ids = fields.One2many(
        comodel_name="business.safety.stop", inverse_name="incident_id", string="Stop-Work", readonly=True, copy=False)
    is_stopped = fields.Boolean(string="Work Stopped", compute="_compute_is_stopped", search="_search_is_stopped")

    @api.depends("stop_ids.date_lifted")
    def _compute_is_stopped(self):
        for incident in self:
            incident.is_stopped = any(not stop.date_lifted for stop in incident.stop_ids)

    def _search_is_stopped(self, operator, value):
        if operator != "in":
            return NotImplemented
        stopped = fields.Domain("stop_ids", "any", [("date_lifted", "=", False)])
        return stopped if True in value else ~stopped

    def action_stop_work(self, target=None, reason=None):
        """Stop the work at the place or of the activity; a wizard asks when it is missing.

        :param str target: ``place`` or ``activity``
        :param str reason: why
        """
        self.ensure_one()
        self._check_handler()
        reason = clean_reason(reason)
        if not target or not reason:
            return self._open_step("stop")
        self._check_open_for_notices()
        incident = self.sudo()
        if target not in ("place", "activity"):
            raise UserError(self.env._("Say what stands still: the place or the activity."))
        if not incident._start_stop(target, reason):
            raise UserError(self.env._("Work stands still already."))
        return True

    def _ensure_stops(self, anew=False):
        """Work stops at once where the severity says so, and what the reporter asks for. In sudo.

        :param bool anew: it turned out to be worse: who lifts the stop of before did not know that, so it is another one
        """
        for incident in self:
            if incident.severity_id.stops_work or incident.stop_request == "place":
                incident._start_stop("place", incident.severity_id.name, anew=anew and incident.severity_id.stops_work)
            if incident.stop_request == "activity" and not incident.stop_ids.permit_type_id:
                incident._start_stop("activity", incident.severity_id.name)

    def _start_stop(self, target, reason, anew=False):
        """Stop work, if it does not stand still already. In sudo.

        :param str target: ``place`` or ``activity``
        :param str reason: in words that name nobody; every employee reads it
        :param bool anew: although it stands still already
        :return: whether a stop was made
        """
        self.ensure_one()
        values = {"place_id": self.place_id.id} if target == "place" else {"permit_type_id": self.permit_type_id.id}
        if target == "activity" and not self.permit_type_id:
            raise UserError(self.env._("Say which activity stands still: choose the special work on the incident."))
        touch(self)
        if not anew and self.stop_ids.filtered(lambda stop: not stop.date_lifted and (
                stop.place_id == self.place_id if target == "place" else stop.permit_type_id == self.permit_type_id)):
            return False
        stop = self.env["business.safety.stop"].create({
            "company_id": self.company_id.id, "incident_id": self.id, "reason": reason, "date_from": fields.Datetime.now(),
            "started_by_id": self.env.uid, **values,
        })
        self.env["business.safety.permit"]._meet_stop(stop)
        self._message_log(
            body=self.env._("Work stopped: %(what)s. %(reason)s", what=stop.display_name, reason=reason),
            author_id=self.env.user.partner_id.id)
        return True
