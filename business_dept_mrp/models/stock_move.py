# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class StockMove(models.Model):
    """Components that are taken, and goods that are finished, are production as well."""

    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("picked") or vals.get("state") == "done" for vals in vals_list):
            moves.filtered(lambda move: move.picked or move.state == "done")._guard_production()
        return moves

    def write(self, vals):
        if vals.get("picked") or vals.get("state") == "done":
            return super(StockMove, self._guard_production()).write(vals)
        return super().write(vals)

    def _action_done(self, cancel_backorder=False):
        guarded = self.filtered(lambda move: move.picked)._guard_production()
        return super(StockMove, self.with_env(guarded.env))._action_done(cancel_backorder=cancel_backorder)

    def _guard_production(self):
        """The same moves, once their manufacturing orders have passed the gate."""
        productions = self.raw_material_production_id | self.production_id
        return self.with_env(productions._guard_production().env) if productions else self


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if any(vals.get("picked") for vals in vals_list):
            lines.filtered("picked").move_id._guard_production()
        return lines

    def write(self, vals):
        if vals.get("picked"):
            return super(StockMoveLine, self.with_env(self.move_id._guard_production().env)).write(vals)
        return super().write(vals)
