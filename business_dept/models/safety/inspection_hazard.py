# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessSafetyHazard(models.Model):
    """A hazard that an inspection found goes with the answer until somebody has assessed it (SD-12)."""

    _inherit = "business.safety.hazard"

    def _is_waiting_for_assessment(self):
        """Whether nobody has judged the hazard yet."""
        self.ensure_one()
        return not (self.date_assessed or self.date_rejected)

    def _withdraw_with_answer(self):
        """The answer that made these hazards was changed: they are none, and say so."""
        for hazard in self:
            hazard._as_engine().write({"date_rejected": fields.Datetime.now(), "rejected_by_id": self.env.uid})
            hazard._message_log(body=self.env._("Withdrawn: the inspector changed the answer that made it."))
        self.activity_unlink(["business_dept.mail_activity_type_safety"])
