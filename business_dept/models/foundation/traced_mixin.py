# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models

QUIET = ("tracking_disable", "mail_notrack", "mail_create_nolog")
"""Context keys by which a client could change a setting without a line in its chatter."""


class BusinessTracedMixin(models.AbstractModel):
    """Settings whose changes stay in the chatter, whatever context a client sends. Goes before ``mail.thread``."""

    _name = "business.traced.mixin"
    _description = "Always Traced"

    def write(self, vals):
        return super(BusinessTracedMixin, self._without_quiet()).write(vals)

    def _without_quiet(self):
        """The same records, with the keys taken out of the context unless the system itself works."""
        context = self.env.context
        if self.env.su or not any(context.get(key) for key in QUIET):
            return self
        return self.with_context({key: value for key, value in context.items() if key not in QUIET})  # pylint: disable=context-overridden
