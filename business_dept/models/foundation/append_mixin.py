# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError


class BusinessAppendMixin(models.AbstractModel):
    """A log: the engine adds rows, and nobody, the engine included, changes or deletes them."""

    _name = "business.append.mixin"
    _description = "Append Only"
    _allow_sudo_commands = False

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._refuse_tampering()
        return super().create(vals_list)

    def write(self, vals):  # pylint: disable=method-required-super  # nothing may reach it
        self._refuse_tampering()

    def unlink(self):  # pylint: disable=method-required-super  # nothing may reach it
        self._refuse_tampering()

    def copy(self, default=None):  # pylint: disable=method-required-super  # nothing may reach it
        self._refuse_tampering()

    def _refuse_tampering(self):
        """Refuse an attempt on a log, and note the attempt.

        :raise AccessError: always
        """
        message = self.env._(
            "%(model)s: rows are added by the system only and never changed or deleted. They are the trace that auditors "
            "rely on.", model=self._description,
        )
        self.env["business.control.event"]._log_refusal_by_code("approval.forgery", message, self.browse())
        raise AccessError(message)
