# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import models


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    def _open_step(self, step, **values):
        """The wizard that asks for what a step needs.

        :param str step: a key of the field ``step`` of the wizard
        :param values: defaults of its other fields
        """
        self.ensure_one()
        wizard = self.env["business.safety.incident.step"]
        return {
            "type": "ir.actions.act_window", "res_model": wizard._name, "view_mode": "form", "target": "new",
            "name": dict(wizard._fields["step"]._description_selection(self.env))[step],
            "context": {
                "default_incident_id": self.id, "default_step": step,
                **{f"default_{name}": value for name, value in values.items()},
            },
        }
