# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError, UserError


class BusinessTravelAskedMixin(models.AbstractModel):
    """What an employee asks for beforehand, a trip or a vehicle: who may change it, and how it comes to its approval."""

    _name = "business.travel.asked.mixin"
    _description = "Asked for Beforehand"
    _inherit = ["business.approval.mixin"]

    _approval_without_breach = True
    _approval_from_states = ("draft",)
    _ended_states = ()
    """States in which nothing of it is changed any more."""

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_editor()
        if self.sudo().filtered("approval_id"):
            raise UserError(self.env._("What was submitted once is kept as a record: cancel it instead."))

    # === QUESTIONS === #

    def _is_editor(self):
        """Whether the current user may change the request: who asked or made it, and his managers."""
        self.ensure_one()
        if self.env.su:
            return True
        request, user = self.sudo(), self.env.user
        return user in (request.employee_id.user_id, request.create_uid) or request.employee_id._is_led_by(user)

    def _check_editor(self):
        if not all(request._is_editor() for request in self):
            raise AccessError(self.env._("A request is changed by who asked for it, or by his manager."))

    def _check_open(self):
        """Refuse a change of what has ended."""
        if self.env.su:
            return
        for request in self.sudo():
            if request.state in self._ended_states:
                raise UserError(self.env._("%s has ended: nothing of it is changed any more.", request.name))

    def _check_cancellable(self):
        """Refuse to cancel what is under review or has ended."""
        for request in self.sudo():
            if request.state == "review":
                raise UserError(self.env._("%s is under review: withdraw the request first.", request.name))
            if request.state in self._ended_states:
                raise UserError(self.env._("%s has ended already.", request.name))

    # === APPROVAL === #

    def _get_banner_moment(self):
        return "request" if self.state in ("draft", "review", False) else ""

    def _get_approval_moment(self):
        return "request"

    def _may_submit(self):
        return self._is_editor()

    def _check_ready(self):
        """Refuse to submit what is not ready, in words. Each kind of request says what that is."""

    def _submit_for_approval(self, requester=None, reason=None):
        self.ensure_one()
        self._check_editor()
        if self.state in self._ended_states:
            raise UserError(self.env._("%s has ended already.", self.name))
        self._check_ready()
        self._refuse_blocked("request")
        return super()._submit_for_approval(requester=requester, reason=reason)
