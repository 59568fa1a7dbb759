# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What was delivered of many lines, with the kits among their products looked up once.

Every confirmation, delivery and follow-up run computes the delivered quantities of whole orders; Odoo asks for the kit of
each line by itself, which is a statement per line.
"""
from collections import defaultdict

from odoo import api, models


class KitMemo:
    """The kits of some products, looked up once per company.

    Put into the context of one computation. A client can send any context key, but never an instance of this class.
    """

    def __init__(self, products):
        self.products = products
        self.kits = {}

    def get(self, product, company_id, fetch):
        """The kit of one product, as ``_bom_find`` answers it.

        :param fetch: ``fetch(products)`` that looks up the kits of all products in the company at once
        """
        if company_id not in self.kits:
            self.kits[company_id] = fetch(self.products)
        kit = self.kits[company_id].get(product)
        return {product: kit} if kit else {}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_qty_delivered(self):
        # EXTENDS 'sale_mrp'
        memo = KitMemo(self.product_id)
        return super(SaleOrderLine, self.with_context(business_kits=memo))._prepare_qty_delivered()


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    def _bom_find(self, products, picking_type=None, company_id=False, bom_type=False):
        # EXTENDS 'mrp'
        memo = self.env.context.get("business_kits")
        if not isinstance(memo, KitMemo) or bom_type != "phantom" or picking_type or products not in memo.products:
            return super()._bom_find(products, picking_type=picking_type, company_id=company_id, bom_type=bom_type)
        fetch = super()._bom_find
        found = memo.get(products, company_id, lambda everything: fetch(everything, company_id=company_id, bom_type=bom_type))
        return defaultdict(self.browse, {product: kit.with_env(self.env) for product, kit in found.items()})
