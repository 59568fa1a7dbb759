# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def write(self, vals):
        if vals.get("state") in ("progress", "done") or vals.get("qty_produced") or vals.get("qty_producing"):
            return super(MrpWorkorder, self._guard_production()).write(vals)
        return super().write(vals)

    def button_start(self, raise_on_invalid_state=False):
        return super(MrpWorkorder, self._guard_production()).button_start(raise_on_invalid_state=raise_on_invalid_state)

    def button_finish(self):
        return super(MrpWorkorder, self._guard_production()).button_finish()

    def _guard_production(self):
        """The same work orders, once their manufacturing orders have passed the gate."""
        return self.with_env(self.production_id._guard_production().env)


class MrpWorkcenterProductivity(models.Model):
    _inherit = "mrp.workcenter.productivity"

    @api.model_create_multi
    def create(self, vals_list):
        times = super().create(vals_list)
        times.workorder_id._guard_production()
        return times
