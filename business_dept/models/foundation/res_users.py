# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    business_post_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Posts",
        compute="_compute_business_post_ids",
        search="_search_business_post_ids",
        help="Posts of the business department that this person holds, also through another group.",
    )

    @api.depends("group_ids", "group_ids.all_implied_ids")
    def _compute_business_post_ids(self):
        posts = self.env["res.groups"].sudo()._get_business_posts()
        for user in self:
            user.business_post_ids = user.sudo().all_group_ids & posts

    def _search_business_post_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("all_group_ids", "in", value)]

    @api.model
    def _get_post_holders(self, group_xmlid, company):
        """Who holds a post in a company, also through another group.

        :param str group_xmlid: external id of the post's group
        :param company: ``res.company``
        :return: active internal users, in sudo
        """
        group = self.env.ref(group_xmlid)
        return self.sudo().search([
            ("all_group_ids", "in", group.ids), ("share", "=", False), ("company_ids", "in", company.ids),
        ])

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["business.post.conflict"]._announce_new(users)
        return users

    def write(self, vals):
        result = super().write(vals)
        if any(name == "group_ids" or name.startswith(("in_group_", "sel_groups_")) for name in vals):
            self.env["business.post.conflict"]._announce_new(self)
        return result


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _get_business_posts(self):
        """The posts of the business department."""
        return self.search([("privilege_id", "=", self.env.ref("business_dept.privilege_business_department").id)])

    def write(self, vals):
        result = super().write(vals)
        if {"user_ids", "implied_ids", "implied_by_ids"} & vals.keys():
            self.env["business.post.conflict"]._announce_new(self.sudo().all_user_ids)
        return result
