# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyHazard(models.Model):
    """A hazard that an inspection found goes with the answer until somebody else has judged it (SD-12)."""

    _inherit = "business.safety.hazard"

    def _goes_with_answer(self):
        """Whether nobody has judged the hazard yet: not assessed, not called a major one, not rejected or reopened."""
        self.ensure_one()
        return self.state == "reported" and not (self.is_major or self.date_listed or self.reopen_count)

    def _withdraw_with_answer(self):
        """The answer that made these hazards was changed: they are none, and say so."""
        reason = self.env._("Withdrawn: the inspector changed the answer that made it.")
        for hazard in self:
            hazard._as_engine().write({
                "date_rejected": fields.Datetime.now(), "rejected_by_id": self.env.uid, "return_reason": reason})
            hazard._note(reason)
        self._ask_next()
