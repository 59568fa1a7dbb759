# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class MailMessage(models.Model):
    """What the system noted of a guarded document or setting stays, and what somebody said is changed by nobody else.

    Odoo lets whoever may write a document delete and rewrite its log, by RPC, and the author of a line move it elsewhere:
    but the log says who moved a deadline, why something was reopened, what was told (RL-4.3).
    """

    _inherit = "mail.message"

    def write(self, vals):
        self._refuse_kept()
        return super().write(vals)

    def unlink(self):
        self._refuse_kept()
        return super().unlink()

    def _refuse_kept(self):
        """Refuse to change lines of the log, and comments of others, and leave a trace (attack 2).

        :raise ControlError: for every user, administrators included
        """
        if self.env.su:
            return
        partner = self.env.user.partner_id
        kept = self.sudo().filtered(lambda message: message._is_kept() and (
            message.message_type != "comment" or message.author_id != partner))
        for model_name, messages in kept.grouped("model").items():
            self.env["business.control.mixin"]._refuse_on(
                self.env[model_name].browse(messages.mapped("res_id")).exists(), "approval.forgery", self.env._(
                    "What was noted of a document stays as it was noted: add another note."))

    def _is_kept(self):
        """Whether a message belongs to a model whose acts are guarded or whose changes are traced."""
        model = self.env.registry.get(self.model or "")
        return bool(self.res_id and model) and issubclass(model, (
            self.env.registry["business.control.mixin"], self.env.registry["business.traced.mixin"],
            self.env.registry["business.engine.mixin"]))
