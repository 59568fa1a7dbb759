# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

WORKING = ("progress", "to_close", "done")


class Passed:
    """Manufacturing orders that passed the gate in this call; an instance of a class, which no client can send."""

    def __init__(self, production_ids):
        self.production_ids = frozenset(production_ids)


class MrpProduction(models.Model):
    """Manufacturing orders of a sales order that is not released wait (JJ-1.3.3).

    They may be made, confirmed and planned. Nothing is started, produced, consumed or marked as done, whatever the door:
    button, work order, timer, quantity, state, move. The order of a component follows the order that it is made for.
    """

    _inherit = "mrp.production"

    release_banner = fields.Html(
        compute="_compute_release_banner", compute_sudo=True, sanitize=False, groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "lang")
    @api.depends("state", "sale_line_id.order_id.date_released", "reference_ids.sale_ids.date_released")
    def _compute_release_banner(self):
        orders = {
            production: production._get_source_orders() for production in self if production.state not in ("done", "cancel")
        }
        findings = self.env["sale.order"].union(*orders.values())._find_breaches("production")
        for production in self:
            production.release_banner = orders[production]._render_holding(findings) if production in orders else False

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        productions = super().create(vals_list)
        if any(vals.get("state") in WORKING or vals.get("qty_producing") for vals in vals_list):
            productions.filtered(lambda production: production.state in WORKING or production.qty_producing)._guard_production()
        return productions

    def write(self, vals):
        links = {"sale_line_id", "reference_ids"} & vals.keys() and not self.env.su
        before = self._get_source_orders() if links else None
        works = vals.get("state") in WORKING or vals.get("qty_producing") or vals.get("lot_producing_ids")
        productions = self._guard_production() if works else self
        result = super(MrpProduction, productions).write(vals)
        if vals.get("state") == "done":
            self._report_ready()
        if links:
            (before - self._get_source_orders())._refuse_to_be_left("production", self.env._(
                "The manufacturing order belongs to %s, which is not released; it cannot be taken out of it.",
            ))
        return result

    # === ACTION METHODS === #

    def button_mark_done(self):
        return _without_passage(super(MrpProduction, self._guard_production()).button_mark_done())

    def action_start(self):
        return super(MrpProduction, self._guard_production()).action_start()

    def set_qty_producing(self):
        return super(MrpProduction, self._guard_production()).set_qty_producing()

    def _post_inventory(self, cancel_backorder=False):
        return super(MrpProduction, self._guard_production())._post_inventory(cancel_backorder=cancel_backorder)

    # === BUSINESS METHODS === #

    def _get_source_orders(self):
        """The sales orders that these are made for, through the orders of which they make the components; in sudo."""
        productions = found = self.sudo()
        while found:
            found = found._get_sources() - productions
            productions |= found
        return productions.sale_line_id.order_id | productions.reference_ids.sale_ids

    def _guard_production(self):
        """Ask the controls of the moment ``production``, and write down that it begins.

        :return: the same manufacturing orders, in an environment in which they have passed
        :raise ControlError: what a control refuses
        """
        passed = self.env.context.get("business_production_passed")
        known = passed.production_ids if isinstance(passed, Passed) else frozenset()
        productions = self.filtered(
            lambda production: production.id and production.id not in known and production.state not in ("done", "cancel")
        )
        if not productions:
            return self
        orders = productions._get_source_orders()
        if orders:
            orders._check_controls("production")
            orders.filtered(lambda order: order.state == "sale")._start_production()
        return self.with_context(business_production_passed=Passed(known | set(productions.ids)))

    def _report_ready(self):
        """Goods are ready once everything that was made for their order is done."""
        orders = self._get_source_orders().filtered(lambda order: order.state == "sale" and not order.date_ready)
        if not orders:
            return
        made = self.sudo().search([
            "|", ("sale_line_id.order_id", "in", orders.ids), ("reference_ids.sale_ids", "in", orders.ids),
            ("state", "not in", ("done", "cancel")),
        ])
        (orders - made.sale_line_id.order_id - made.reference_ids.sale_ids)._mark_ready()


def _without_passage(action):
    """The action that a button returns, without the passage in its context: it goes to the client."""
    if isinstance(action, dict) and "business_production_passed" in (action.get("context") or ()):
        context = {key: value for key, value in action["context"].items() if key != "business_production_passed"}
        action = {**action, "context": context}
    return action
