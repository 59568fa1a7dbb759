# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError

from ..foundation.approval_mixin import UNLOCKED
from ..foundation.forgery import refuse_forged, without_forged_defaults


class BusinessSafetyPersonalMixin(models.AbstractModel):
    """What is noted of one person for his safety, and by somebody else: what he has learnt, wears, and where he may enter.

    Who may note it is asked before and after each change, at every door; nobody does it for himself, and nothing is deleted.
    """

    _name = "business.safety.personal.mixin"
    _description = "Noted of a Person for His Safety"
    _allow_sudo_commands = False

    _keeper_field = ""
    """Field that names who noted it; the system fills it."""

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        if not self._may_keep_any():
            self._refuse_strangers()
        records = super(BusinessSafetyPersonalMixin, without_forged_defaults(self)).create([
            {self._keeper_field: self.env.uid, **vals} for vals in vals_list
        ]).with_env(self.env)
        records._check_keeper()
        return records

    def write(self, vals):
        refuse_forged(self, [vals])
        if self.env.su or not vals.keys() - UNLOCKED:
            return super().write(vals)
        self._check_keeper()
        for record in self:
            locked = record._get_locked_fields() & vals.keys()
            if any(record._is_changed(name, vals[name]) for name in locked):
                record._refuse_change(locked)
        result = super().write(vals)
        self._check_keeper()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        """What was noted of people is kept, for it says who was allowed what, and when."""
        if not self.env.su:
            self.env["business.control.mixin"]._refuse_on(self, "safety.record_closed", self.env._(
                "What was noted of people is not deleted: end it by its date."))

    def _check_access(self, operation):
        """EXTENDS: who keeps none of it is offered no button to make or change it."""
        if operation != "read" and not self and not self._may_keep_any():
            return self, lambda: AccessError(self._get_stranger_message())
        return super()._check_access(operation)

    # === HOOKS === #

    @api.model
    def _may_keep_any(self):
        """Whether the current user notes this of anybody; which of it, ``_may_keep`` says."""
        return self.env.su or self.env.user.has_groups(
            "business_dept.group_safety_officer,business_dept.group_executive_office")

    def _may_keep(self):
        """Whether the current user notes this: a safety officer of the company, or its executive office."""
        self.ensure_one()
        user = self.env.user
        company = self.sudo().company_id
        return user._is_safety_officer(company) or (
            company in user.company_ids and user.has_group("business_dept.group_executive_office"))

    def _get_locked_fields(self):
        """Names of the fields that nobody changes any more."""
        return frozenset()

    # === QUESTIONS === #

    def _is_changed(self, name, value):
        """Whether a value about to be written differs from what is there."""
        field = self._fields[name]
        return field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self)

    def _refuse_change(self, names):
        """Refuse to change what is over or was confirmed, and leave a trace."""
        self.env["business.control.mixin"]._refuse_on(self, "safety.record_closed", self.env._(
            "%(record)s: %(fields)s cannot be changed any more. A correction is a new entry.",
            record=self.display_name,
            fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(names)),
        ))

    def _check_keeper(self):
        """Refuse who does not keep this, and everybody for himself; leave a trace.

        :raise ControlError: by the control ``safety.personal``
        """
        if self.env.su:
            return
        for record in self:
            if record.sudo().employee_id.user_id == self.env.user:
                record._refuse_keeping(self.env._("Nobody notes this of himself. Somebody else who may do so has to."))
            if not record._may_keep():
                record._refuse_strangers()

    def _refuse_strangers(self):
        self._refuse_keeping(self._get_stranger_message())

    def _get_stranger_message(self):
        return self.env._("You may not note this of people. Ask the safety officer.")

    def _refuse_keeping(self, message):
        self.env["business.control.mixin"]._refuse_on(self, "safety.personal", message)
