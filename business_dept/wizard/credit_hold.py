# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models


class BusinessCreditHold(models.TransientModel):
    """Asks for the reason and the review date of a manual hold. Rights are checked by the profile's methods."""

    _name = "business.credit.hold"
    _description = "Set or Lift a Credit Hold"

    mode = fields.Selection(selection=[("set", "Put on hold"), ("lift", "Lift hold")], required=True, default="set")
    profile_ids = fields.Many2many(comodel_name="business.credit.profile", string="Customers", required=True)
    reason = fields.Text(required=True)
    review_date = fields.Date(
        string="Look Again On", default=lambda self: fields.Date.add(fields.Date.context_today(self), days=14),
    )

    def action_confirm(self):
        """Set or lift the hold of the chosen customers."""
        self.ensure_one()
        if self.mode == "set":
            self.profile_ids._set_hold(self.reason, self.review_date)
        else:
            self.profile_ids._lift_hold(self.reason)
        return {"type": "ir.actions.act_window_close"}
