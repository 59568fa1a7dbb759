# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _is_only_followed(self):
        """Whether the user follows orders and writes none: what works in the warehouse may, and a rule takes it back."""
        user = self.env.user
        return user.has_group("business_dept.group_order_clerk") and not user.has_group("sales_team.group_sale_salesman")

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._is_only_followed())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """The form is read, not filled in, by who could not save it; its buttons work."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self._is_only_followed():
            arch.set("edit", "0")
        return arch, view
