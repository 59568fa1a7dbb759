# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class Passed:
    """Orders that passed the gate in this call; an instance of a class, which no client can send."""

    def __init__(self, order_ids):
        self.order_ids = frozenset(order_ids)


class StockMove(models.Model):
    """Goods of an order that may not be dispatched wait, whatever the door: button, move, backorder, batch, RPC."""

    _inherit = "stock.move"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        if any(vals.get("state") == "done" for vals in vals_list):
            done = moves.filtered(lambda move: move.state == "done")
            done._guard_dispatch()
            done._follow_dispatch()
        if any(vals.get("sale_line_id") for vals in vals_list):
            moves._follow_rest()
        return moves

    def write(self, vals):
        links = {"sale_line_id", "reference_ids"} & vals.keys() and not self.env.su
        before = self._get_delivered_orders() if links else None
        forged = self.browse()
        if vals.get("state") == "done":
            forged = self.filtered(lambda move: move.state != "done")._guard_dispatch()
        result = super(StockMove, self.with_env(forged.env) if forged else self).write(vals)
        if links:
            (before - self._get_delivered_orders())._refuse_to_be_left("dispatch", self.env._(
                "The delivery belongs to %s, which may not be dispatched yet; it cannot be taken out of the order.",
            ))
        if forged:
            forged.with_env(self.env)._follow_dispatch()
        if vals.get("state") == "cancel":
            self._follow_rest()
        return result

    def _action_done(self, cancel_backorder=False):
        todo = self.filtered(lambda move: move.state not in ("done", "cancel") and move.picked and move.quantity > 0)
        guarded = todo._guard_dispatch()
        moves = super(StockMove, self.with_env(guarded.env))._action_done(cancel_backorder=cancel_backorder)
        moves = moves.with_env(self.env)
        moves._follow_dispatch()
        return moves

    # === BUSINESS METHODS === #

    def _leaves_to_customer(self):
        """Whether the move is the last step of a delivery: from us (or the supplier) to the customer."""
        self.ensure_one()
        return self.location_dest_id.usage == "customer" and self.location_id.usage != "customer"

    def _comes_back(self):
        self.ensure_one()
        return self.location_id.usage == "customer" and self.location_dest_id.usage != "customer"

    def _get_delivered_orders(self):
        """The orders whose goods these moves bring to the customer, in sudo."""
        moves = self.sudo().filtered(lambda move: move._leaves_to_customer())
        loose = moves.filtered(lambda move: not move.sale_line_id)
        return moves.sale_line_id.order_id | loose.picking_id.sale_id | loose.reference_ids.sale_ids

    def _guard_dispatch(self):
        """Ask the controls of the moment ``dispatch`` about what leaves.

        :return: the same moves, in an environment in which these orders have passed
        :raise ControlError: what a control refuses
        """
        passed = self.env.context.get("business_dispatch_passed")
        known = passed.order_ids if isinstance(passed, Passed) else frozenset()
        orders = self._get_delivered_orders().filtered(lambda order: order.id not in known)
        if not orders:
            return self
        orders._take()
        orders._check_controls("dispatch")
        return self.with_context(business_dispatch_passed=Passed(known | set(orders.ids)))

    def _follow_dispatch(self):
        """Record what has left, and what has come back."""
        moves = self.sudo().filtered(
            lambda move: move.state == "done" and move.sale_line_id and (move._leaves_to_customer() or move._comes_back())
        )
        if moves:
            moves.sale_line_id.order_id._sync_moves(moves)

    def _follow_rest(self):
        """Deliveries were opened or cancelled: whether anything of a partly sent order is left to be sent."""
        self.sudo().sale_line_id.order_id._refresh_sent_orders()


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._follow_correction()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "quantity" in vals:
            self._follow_correction()
        return result

    def _follow_correction(self):
        """What a done delivery holds was corrected: more of it is a dispatch, less of it a return."""
        passed = self.env.context.get("business_dispatch_passed")
        moves = self.move_id.filtered(lambda move: move.state == "done")
        if moves and not isinstance(passed, Passed):
            moves._guard_dispatch()
            moves._follow_dispatch()
