# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the price list asks for many lines, with its rules fetched once."""
from collections import defaultdict

from odoo import models


class RuleMemo:
    """The rules of price lists that may apply to some products, fetched once per price list and date.

    Put into the context while prices of many lines are asked for. A client can send any context key, but never an
    instance of this class.
    """

    def __init__(self, products):
        self.products = products
        self.rules = {}

    def get(self, pricelist, product, date, fetch):
        """The rules that may apply to one product, in the order in which Odoo tries them.

        :param fetch: ``fetch(products)`` that searches the rules of ``pricelist`` on ``date`` for all products at once
        """
        key = (pricelist.id, pricelist.env.company.id, date)
        if key not in self.rules:
            self.rules[key] = _sort_by_product(fetch(self.products))
        by_variant, by_template, others = self.rules[key]
        ids = [*by_variant.get(product.id, ()), *by_template.get(product.product_tmpl_id.id, ()), *others.ids]
        return others.browse(ids).with_prefetch(others._prefetch_ids)


def _sort_by_product(rules):
    """Rules of one variant, of one template, and all others. They are ordered by these kinds before anything else."""
    by_variant, by_template, others = defaultdict(list), defaultdict(list), []
    for rule in rules:
        match rule.applied_on:
            case "0_product_variant":
                by_variant[rule.product_id.id].append(rule.id)
            case "1_product":
                by_template[rule.product_tmpl_id.id].append(rule.id)
            case _:
                others.append(rule.id)
    return by_variant, by_template, rules.browse(others).with_prefetch(rules._prefetch_ids)


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        # EXTENDS 'product': a price list that is based on another one searches again for every single price
        memo = self.env.context.get("business_rule_memo")
        if not self or not isinstance(memo, RuleMemo) or products._name != "product.product" or len(products) != 1:
            return super()._get_applicable_rules(products, date, **kwargs)
        fetch = super()._get_applicable_rules
        return memo.get(self, products, date, lambda everything: fetch(everything, date, **kwargs))
