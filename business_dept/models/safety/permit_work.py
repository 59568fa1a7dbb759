# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.races import touch


class BusinessSafetyPermit(models.Model):
    """The work itself: started, stopped by a stop-work, restarted after its lift, closed with a check of the site."""

    _inherit = "business.safety.permit"

    is_suspended = fields.Boolean(
        string="Suspended", compute="_compute_is_suspended", search="_search_is_suspended", compute_sudo=True,
        help="Work stands still here since it was issued or started; it goes on after the lift only.")
    suspension = fields.Text(compute="_compute_is_suspended", compute_sudo=True)

    #=== COMPUTE METHODS ===#

    @api.depends("state", "place_id", "type_id", "date_started", "date_restarted")
    @api.depends_context("lang", "tz")
    def _compute_is_suspended(self):
        stops_of = self._find_suspending_stops()
        for permit in self:
            stops = stops_of.get(permit)
            permit.is_suspended = bool(stops)
            permit.suspension = permit._describe_suspension(stops) if stops else False

    def _find_suspending_stops(self):
        """The stops that hold issued and started permits, in one statement: those not lifted, and of work that had started
        also those that were lifted after it began, for somebody has to let it go on.

        :return: ``{permit: stops}`` in sudo
        :rtype: dict
        """
        running = self.filtered(lambda permit: permit.state in ("approved", "started"))
        if not running:
            return {}
        since = {permit: permit.date_restarted or permit.date_started for permit in running}
        domain = fields.Domain("date_lifted", "=", False)
        if begun := [moment for moment in since.values() if moment]:
            domain |= fields.Domain("date_from", ">=", min(begun))
        stops = self.env["business.safety.stop"].sudo().search(
            domain & fields.Domain("company_id", "in", running.company_id.ids))
        return {
            permit: holding for permit in running
            if (holding := stops.filtered(lambda stop, permit=permit: permit._is_stopped_by(stop) and (
                not stop.date_lifted or (since[permit] and stop.date_from >= since[permit]))))
        }

    def _describe_suspension(self, stops):
        """Why the work stands still, or what it takes to go on."""
        if standing := stops.filtered(lambda stop: not stop.date_lifted):
            return self._describe_stops(standing)
        return self.env._("The stop-work is lifted: the guardian or the safety officer lets the work go on.")

    def _search_is_suspended(self, operator, value):
        if operator != "in":
            return NotImplemented
        running = self.sudo().search([("state", "in", ("approved", "started"))])
        domain = fields.Domain("id", "in", [permit.id for permit in running._find_suspending_stops()])
        return domain if True in value else ~domain

    #=== ACTION METHODS ===#

    def action_start(self):
        """Work starts: checks confirmed on site, in the hours of the permit, and nothing against it."""
        self.check_access("read")
        self._check_in_state("approved", self.env._("%s is not issued, or work has started already."))
        self._check_controls("start")
        self._as_engine().write({"date_started": fields.Datetime.now(), "started_by_id": self.env.uid})
        return True

    def action_restart(self):
        """Work goes on after a stop-work was lifted; judged as when it started."""
        self.check_access("read")
        self._check_in_state("started", self.env._("No work is going on with %s."))
        for permit in self:
            if not permit.is_suspended:
                raise UserError(self.env._("%s is not suspended.", permit.name))
        self._check_controls("restart")
        self._as_engine().write({"date_restarted": fields.Datetime.now(), "restarted_by_id": self.env.uid})
        return True

    def action_close(self):
        """The work is over, the site was checked; also under stop-work and after its hours."""
        self.check_access("read")
        self._check_in_state("started", self.env._("No work is going on with %s."))
        self._check_controls("close")
        self._settle_evidence()
        self._as_engine().write({"date_closed": fields.Datetime.now(), "closed_by_id": self.env.uid})
        self._withdraw_alerts()
        return True

    def _check_in_state(self, state, message):
        """Refuse an act on permits that are in another state.

        :param str message: with a place for the number
        """
        for permit in self.sudo():
            if permit.state != state:
                raise UserError(message % permit.name)

    @api.model
    def _meet_stop(self, stop):
        """Write the rows of the permits that a new stop holds without changing them: of a start and a stop at once, one is
        retried and sees the other.

        :param stop: ``business.safety.stop``, in sudo
        """
        permits = self.sudo().search([("company_id", "=", stop.company_id.id), ("state", "in", ("approved", "started"))])
        touch(permits.filtered(lambda permit: permit._is_stopped_by(stop)))

    #=== QUESTIONS ===#

    def _may_start(self):
        """Whether the current user may start the work."""
        self.ensure_one()
        permit, user = self.sudo(), self.env.user
        return user in (permit.requester_id | permit.guardian_id.user_id) or user._is_safety_officer(permit.company_id)

    def _may_check_site(self):
        """Whether the current user may say that the site is safe: who watches, or a safety officer; never a worker."""
        self.ensure_one()
        permit, user = self.sudo(), self.env.user
        return user not in permit.worker_ids.user_id and (
            user in permit.guardian_id.user_id or user._is_safety_officer(permit.company_id))

    #=== CONTROLS ===#

    @control("safety.permit_person", moment="start")
    def _check_permit_starter(self):
        """SM-4.3.1: work is started by who asked for it, by who watches it, or by a safety officer."""
        return {
            permit: Breach(self.env._("Work is started by who asked for the permit, by the guardian or the safety officer."))
            for permit in self if not permit._may_start()
        }

    @control("safety.permit_person", moment=("confirm", "restart", "close"))
    def _check_permit_site_person(self):
        """SM-4.3.1: the site is looked at by who watches the work or by a safety officer, and by no worker."""
        return {
            permit: Breach(self.env._("The site is checked by the guardian or the safety officer, by nobody who works there."))
            for permit in self if not permit._may_check_site()
        }

    @control("safety.permit_person", moment="confirm")
    def _check_permit_confirmer(self):
        """IC-7: nobody confirms his own answers."""
        return {
            permit: Breach(self.env._("Who asked for the permit does not confirm his own answers."))
            for permit in self if self.env.user == permit.requester_id
        }

    @control("safety.permit_site_check", moment="close")
    def _check_permit_site(self):
        """SM-4.3.1: a permit is closed with what risk remains, and with evidence of the site; a link is none."""
        breaches = {}
        for permit in self:
            if not (permit.residual_risk or "").strip():
                breaches[permit] = Breach(self.env._("Write down what risk remains on the site, or that none does."))
            elif not permit.closing_photo_ids.filtered(lambda file: file.type == "binary" and file.file_size):
                breaches[permit] = Breach(self.env._("Add a photo or other evidence of the site."))
        return breaches
