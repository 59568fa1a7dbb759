# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        # The leading group is no group of users, so the menu item cannot name it: who is refused the report does not see it.
        blacklist = super()._load_menus_blacklist()
        report = self.env["business.safety.month.report"]
        if not any(report._may_read(company) for company in self.env.user.company_ids):
            blacklist.append(self.env.ref("business_dept.menu_safety_month_report").id)
        return blacklist


class BusinessSafetyCommitteeMember(models.Model):
    _inherit = "business.safety.committee.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        self.env.registry.clear_cache()  # menus are kept by user
        return members

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result
