# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models
from odoo.exceptions import AccessError


class BusinessEngineMixin(models.AbstractModel):
    """Rows that only the engine writes.

    The access list gives no one more than reading. Whoever tries all the same, through any door (RPC, ``web_save``,
    import, copy, x2many commands of another record), is refused and leaves a trace in the event log.
    """

    _name = "business.engine.mixin"
    _description = "Written by the Engine Only"
    _allow_sudo_commands = False

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_outside_engine()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_outside_engine()
        return super().write(vals)

    def unlink(self):
        self._refuse_outside_engine()
        return super().unlink()

    def _refuse_outside_engine(self):
        """Refuse everybody who is not the engine (which works in sudo, after its own checks).

        :raise AccessError: for every user, administrators included
        """
        if self.env.su:
            return
        message = self.env._(
            "%(model)s are kept by the system. Nobody may create, change or delete them; use the buttons of the document.",
            model=self._description,
        )
        self.env["business.control.event"]._log_refusal_by_code("approval.forgery", message, self)
        raise AccessError(message)
