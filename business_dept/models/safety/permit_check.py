# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.files import adopt_files
from ..foundation.forgery import refuse_forged
from .permit_controls import GATES


class BusinessSafetyPermitCheck(models.Model):
    """One check of one permit: answered by who asks for it, confirmed on site by the guardian or the safety officer."""

    _name = "business.safety.permit.check"
    _description = "Check of a Permit"
    _inherit = ["business.approval.line.mixin"]
    _order = "permit_id, sequence, id"
    _allow_sudo_commands = False
    _approval_parent_field = "permit_id"

    _engine_fields = frozenset({"permit_id", "sequence", "name", "date_confirmed", "confirmed_by_id"})

    permit_id = fields.Many2one(comodel_name="business.safety.permit", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="permit_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Safety Measure", required=True, readonly=True)
    answer = fields.Selection(selection=[("yes", "Yes"), ("no", "No"), ("na", "Does not apply")])
    note = fields.Char()
    photo_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_safety_permit_check_photo_rel", string="Photos")
    date_confirmed = fields.Datetime(string="Confirmed on Site", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """The checks of a permit are those of its kind of work: no client adds one of his own."""
        refuse_forged(self, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        """An answer that is changed has to be confirmed anew."""
        refuse_forged(self, [vals])
        self.permit_id._check_writable({"check_ids"})
        if not self.env.su:
            vals = {**vals, "date_confirmed": False, "confirmed_by_id": False}
        result = super().write(vals)
        if "photo_ids" in vals:
            adopt_files(self, "photo_ids")
        return result

    def _check_files_changed(self, files):
        """Refuse to exchange or take away photos where the checks may not be answered.

        :param files: ``ir.attachment``, in sudo
        """
        if checks := self.filtered(lambda check: check.sudo().photo_ids & files):
            checks.permit_id._check_writable({"check_ids"})

    def action_answer_yes(self):
        """Answer with one tap: what the check asks for is fulfilled."""
        return self._answer("yes")

    def action_answer_no(self):
        """Answer with one tap: it is not fulfilled."""
        return self._answer("no")

    def action_answer_na(self):
        """Answer with one tap: it does not apply to this work."""
        return self._answer("na")

    def _answer(self, answer):
        """Answer as the current user, who has the rights to write checks or is refused."""
        self.check_access("write")
        self.write({"answer": answer})
        return True


class BusinessSafetyPermit(models.Model):
    """The checks of a permit: those of its kind of work, copied (SM-4.3.1)."""

    _inherit = "business.safety.permit"

    is_confirmed = fields.Boolean(string="Checks Confirmed", compute="_compute_is_confirmed")

    @api.depends("check_ids.date_confirmed")
    def _compute_is_confirmed(self):
        for permit in self:
            permit.is_confirmed = all(permit.check_ids.mapped("date_confirmed"))

    def _make_checks(self):
        """Give permits the checks of their kind of work, in the language of the company, in place of what they had."""
        Check = self.env["business.safety.permit.check"].sudo()
        self._as_engine().check_ids.unlink()
        Check.create([
            {"permit_id": permit.id, "sequence": item.sequence, "name": item.name}
            for permit in self.sudo()
            for item in permit.type_id.with_context(lang=permit.company_id.partner_id.lang).check_item_ids
        ])

    def action_confirm_checks(self):
        """Confirm on site that every check is as it was answered: the guardian or a safety officer, who did not ask for it."""
        self.check_access("read")
        self._check_controls("confirm")
        for permit in self.sudo():
            if permit.state not in ("approved", "started"):
                raise UserError(self.env._("%s is not issued: its checks are confirmed before work starts.", permit.name))
            permit._as_engine().check_ids.filtered(lambda check: not check.date_confirmed).write(
                {"date_confirmed": fields.Datetime.now(), "confirmed_by_id": self.env.uid})
        return True

    @control("safety.permit_checks", moment=GATES)
    def _check_permit_checks(self):
        """SM-4.3.1: no permit with a check that is unanswered or not fulfilled."""
        breaches = {}
        for permit in self:
            failing = permit.check_ids.filtered(lambda check: check.answer not in ("yes", "na"))
            if failing:
                breaches[permit] = Breach(self.env._(
                    "Not answered, or answered “no”: %s.", "; ".join(failing.mapped("name"))))
        return breaches

    @control("safety.permit_checks", moment=("start", "restart"))
    def _check_permit_confirmed(self):
        """SM-4.3.1: what was answered at the desk is confirmed on site before work starts."""
        breaches = {}
        for permit in self:
            if open_checks := permit.check_ids.filtered(lambda check: not check.date_confirmed):
                breaches[permit] = Breach(self.env._(
                    "The guardian or the safety officer has not confirmed on site: %s checks.", len(open_checks)))
        return breaches
