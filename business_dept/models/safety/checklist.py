# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

CATEGORIES = [
    ("facilities", "Facilities, equipment and tools"),
    ("protection", "Protection on site"),
    ("office", "Electricity, fire and gas in offices"),
    ("escape", "Exits, escape routes and signs"),
    ("special_work", "Special work"),
]
"""The five categories of SD-11."""


class BusinessSafetyChecklist(models.Model):
    """What an inspection looks at (SD-11).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | shared ones, and of the user's companies  |
    | Edit                    | safety officer, regulation admin       | started inspections keep their items      |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.safety.checklist"
    _description = "Inspection Checklist"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "sequence, name"
    _mail_post_access = "read"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, ondelete="cascade", tracking=True, help="Empty: every company.")
    item_ids = fields.One2many(
        comodel_name="business.safety.checklist.item", inverse_name="checklist_id", string="Items", copy=True)
    item_count = fields.Integer(string="Number of Items", compute="_compute_item_count")

    @api.depends("item_ids")
    def _compute_item_count(self):
        counts = dict(self.env["business.safety.checklist.item"]._read_group(
            [("checklist_id", "in", self.ids)], ["checklist_id"], ["__count"]))
        for checklist in self:
            checklist.item_count = counts.get(checklist._origin, len(checklist.item_ids) if not checklist._origin else 0)

    def copy_data(self, default=None):
        """EXTENDS base: the copy has a name of its own."""
        names = [self.env._("%s (copy)", checklist.name) for checklist in self]
        return [{**vals, "name": name} if "name" not in (default or {}) else vals
                for vals, name in zip(super().copy_data(default), names, strict=True)]


class BusinessSafetyChecklistItem(models.Model):
    """One question of a checklist, with what to look at and how much it counts."""

    _name = "business.safety.checklist.item"
    _description = "Checklist Item"
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        comodel_name="business.safety.checklist", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="checklist_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(selection=CATEGORIES, required=True)
    name = fields.Char(required=True, translate=True)
    guidance = fields.Text(translate=True, help="What to look at, and when it passes.")
    weight = fields.Integer(
        default=1, required=True, help="How much it counts in the score: 1, or more for what may cost a life.")

    _check_weight = models.Constraint("CHECK (weight BETWEEN 1 AND 10)", "The weight of an item goes from 1 to 10.")

    def _prepare_lines_values(self):
        """The items as an inspection takes them over: category by category, in the language of the context.

        :rtype: list[dict]
        """
        order = [category for category, _label in CATEGORIES]
        return [{
            "item_id": item.id, "sequence": number, "category": item.category, "name": item.name,
            "guidance": item.guidance, "weight": item.weight,
        } for number, item in enumerate(self.sorted(lambda item: (order.index(item.category), item.sequence, item.id)), 1)]
