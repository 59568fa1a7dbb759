# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyPlace(models.Model):
    """A place that is inspected, where hazards are found and special work is done (SP-11, SM-4.3.3)."""

    _name = "business.safety.place"
    _description = "Place"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]
    _parent_store = True
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    complete_name = fields.Char(compute="_compute_complete_name", store=True, recursive=True, index="trigram")
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True, ondelete="cascade")
    parent_id = fields.Many2one(
        comodel_name="business.safety.place", string="Part of", index="btree_not_null", ondelete="restrict",
        check_company=True, tracking=True)
    parent_path = fields.Char(index=True)
    department_id = fields.Many2one(
        comodel_name="hr.department", string="Department in Charge", index="btree_not_null", check_company=True, tracking=True)
    is_restricted = fields.Boolean(
        string="Restricted Area", tracking=True, help="Only who is named may enter or work there (SM-4.3.3).")

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            place.complete_name = " / ".join(filter(None, (place.parent_id.complete_name, place.name)))

    def _get_with_parents(self):
        """These places and all that they are part of, in sudo: what holds for a place holds for what is in it."""
        ids = {int(part) for place in self.sudo() for part in (place.parent_path or "").split("/") if part}
        return self.sudo().browse(sorted(ids))
