# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import SQL, format_amount, format_datetime

from ...policy.quote_comparison import ADDED, CHANGED, REMOVED
from .quote_facts import QuoteFacts

KINDS = {ADDED: "table-success", REMOVED: "table-danger", CHANGED: "table-warning"}
"""How a row of the comparison is coloured."""


class SaleOrder(models.Model):
    """What was first offered, and how far the order has moved from it (JJ-1.2.3).

    The first version that was sent is the baseline for ever, whatever happens to the order afterwards. A duplicate is
    measured by the quote it was made from, as long as it is for the same customer and that quote has not become a
    confirmed order itself: then the duplicate is further business.
    """

    _inherit = "sale.order"

    _engine_fields = frozenset({"quote_baseline_id", "quote_origin_res_id"})
    _version_fields = (
        "partner_id", "partner_invoice_id", "company_id", "pricelist_id", "currency_id", "payment_term_id",
        "prepayment_percent", "balance_event", "balance_days", "commitment_date", "validity_date", "amount_untaxed",
        "amount_total",
        "order_line.product_id", "order_line.name", "order_line.product_uom_qty", "order_line.product_uom_id",
        "order_line.price_unit", "order_line.discount", "order_line.tax_ids", "order_line.price_subtotal",
    )

    quote_baseline_id = fields.Many2one(
        comodel_name="business.content.version", string="First Quote", readonly=True, copy=False, ondelete="restrict",
        groups="base.group_user", help="The first version of this very order that was sent.",
    )
    quote_origin_res_id = fields.Integer(
        string="Duplicated from", readonly=True, copy=False, groups="base.group_user",
        help="The quotation whose first version measures this one too. A number, so that it outlives that quotation.",
    )
    quote_comparison = fields.Html(
        compute="_compute_quote_comparison", compute_sudo=True, sanitize=False, groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang", "tz")
    @api.depends(lambda self: self._get_banner_depends())
    def _compute_quote_comparison(self):
        facts = QuoteFacts(self)
        for order in self:
            comparison = facts.comparisons.get(order)
            order.quote_comparison = comparison and order._render_quote_comparison(comparison)

    @api.model
    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "commitment_date", "pricelist_id"]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sent")._keep_quote()
        return orders

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "sent":
            self._keep_quote()
        return result

    def copy(self, default=None):
        # EXTENDS 'sale': a duplicate is no way round what was offered
        copies = super().copy(default)
        baselines = self.sudo()._get_baselines()
        for order, duplicate in zip(self.sudo(), copies.sudo(), strict=True):
            version = baselines.get(order)
            duplicate.quote_origin_res_id = version.res_id if version else order.id
        return copies

    def message_post(self, **kwargs):
        # EXTENDS 'sale': a quotation that is mailed again after a change is a new version
        again = self.browse()
        if self.env.context.get("mark_so_as_sent"):
            again = self.filtered(lambda order: order.state == "sent")
        message = super().message_post(**kwargs)
        again._keep_quote()
        return message

    # === ACTION METHODS === #

    def action_open_quote_versions(self):
        """Open the versions of this order and of the quote that measures it."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_content_version_action")
        version = self.sudo()._get_baselines().get(self)
        ids = {self.id, version.res_id} if version else {self.id}
        return {**action, "domain": [("res_model", "=", self._name), ("res_id", "in", sorted(ids))], "context": {}}

    # === BUSINESS METHODS === #

    def _keep_quote(self):
        """Keep what the customer has been sent; the first time it becomes the baseline, in one statement for all."""
        versions = self.env["business.content.version"]._keep(self, "sent")
        if versions:
            self.flush_recordset(["quote_baseline_id"])
            self.env.execute_query(SQL(
                """
                UPDATE sale_order SET quote_baseline_id = version.id FROM business_content_version version
                 WHERE version.id IN %s AND version.res_id = sale_order.id AND sale_order.quote_baseline_id IS NULL
             RETURNING sale_order.id
                """, tuple(versions.ids),
            ))
            self.invalidate_recordset(["quote_baseline_id"], flush=False)

    def _get_baselines(self):
        """The first quote that each order is measured by; called in sudo.

        :return: ``{order: version}``; orders that nothing was sent for are missing
        :rtype: dict
        """
        origins = {order: order.quote_origin_res_id for order in self if order.quote_origin_res_id}
        first = self.env["business.content.version"]._get_first(self._name, set(origins.values()), "sent")
        counting = self._get_counting_origins({order: first[origin] for order, origin in origins.items() if origin in first})
        baselines = {}
        for order in self:
            versions = [version for version in (order.quote_baseline_id, counting.get(order)) if version]
            if versions:
                baselines[order] = min(versions, key=lambda version: version.id)
        return baselines

    @api.model
    def _get_counting_origins(self, versions):
        """Of the quotes that orders were duplicated from, those that still measure them.

        :param dict versions: ``{order: first version of the quote it was duplicated from}``
        :return: the same, without the quotes of other customers and those that have become confirmed orders
        """
        if not versions:
            return {}
        concluded = set(self.search(
            [("id", "in", [version.res_id for version in versions.values()]), ("state", "=", "sale")],
        ).ids)
        offered_to = {version: version.content["partner_id"][0] for version in versions.values()}
        partners = self.env["res.partner"].browse({partner_id for partner_id in offered_to.values() if partner_id}).exists()
        customers = {partner.id: partner.commercial_partner_id for partner in partners}
        return {
            order: version for order, version in versions.items()
            if version.res_id not in concluded
            and customers.get(offered_to[version]) == order.partner_id.commercial_partner_id._origin
        }

    def _render_quote_comparison(self, comparison):
        """The comparison as a table: line by line, then the terms, then the versions that were sent.

        :param comparison: as `QuoteFacts.comparisons` holds it
        """
        self.ensure_one()
        version, rows = comparison.version, comparison.rows
        was = sum(row.before.amount for row in rows if row.before)
        now = sum(row.now.amount for row in rows if row.now)
        return self.env["ir.qweb"]._render("business_dept.quote_comparison", {
            "order": self,
            "intro": self._describe_baseline(version),
            "rows": rows,
            "classes": KINDS,
            "total_before": was,
            "total_now": now,
            "terms": [
                (self._fields[name]._description_string(self.env), before, after)
                for name, (before, after) in comparison.terms.items()
            ],
            "versions": self._get_sent_versions(version),
            "money": lambda amount: format_amount(self.env, amount, self.currency_id),
            "number": lambda value: f"{value:,.6f}".rstrip("0").rstrip("."),
            "percent": lambda value: f"{value:+.2f} %" if value else "",
            "moment": lambda value: format_datetime(self.env, value, dt_format="short"),
        })

    def _describe_baseline(self, version):
        """Where the first quote comes from, in words."""
        parts = {
            "date": format_datetime(self.env, version.date, dt_format="short"), "user": version.user_id.name,
            "quote": version.res_name,
        }
        if version.res_id == self._origin.id:
            return self.env._(
                "First sent on %(date)s by %(user)s. Every later version is measured by that quote.", **parts,
            )
        return self.env._(
            "Duplicated from %(quote)s, which was first sent on %(date)s by %(user)s and measures this quotation too.", **parts,
        )

    def _get_sent_versions(self, first):
        """The versions of this order that were sent after the first quote, with their totals."""
        return [
            (version, format_amount(self.env, float(version.content["amount_total"][0]), version.currency_id))
            for version in self.env["business.content.version"].sudo().search(
                [("res_model", "=", self._name), ("res_id", "=", self._origin.id), ("occasion", "=", "sent"),
                 ("id", "!=", first.id)], order="number",
            )
        ]
