# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class BusinessTravelTariffMixin(models.AbstractModel):
    """What policies answer from: whenever it changes, the answers that are kept in memory are forgotten."""

    _name = "business.travel.tariff.mixin"
    _description = "Part of a Travel Policy"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
