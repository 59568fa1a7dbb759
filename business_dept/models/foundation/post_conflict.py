# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BusinessPostConflict(models.Model):
    """A pair of posts that should not meet in one person (IC-7: checks and balances; IC-8: duties clear per post)."""

    _name = "business.post.conflict"
    _description = "Posts That Should Not Meet"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "id"

    name = fields.Char(compute="_compute_name")
    group_id = fields.Many2one(
        comodel_name="res.groups", string="Post", required=True, ondelete="cascade", tracking=True,
        domain=lambda self: [("id", "in", self.env["res.groups"].sudo()._get_business_posts().ids)],
    )
    other_group_id = fields.Many2one(
        comodel_name="res.groups", string="Other Post", required=True, ondelete="cascade", tracking=True,
        domain=lambda self: [("id", "in", self.env["res.groups"].sudo()._get_business_posts().ids)],
    )
    why = fields.Char(translate=True, help="What one person could do alone with both.")
    active = fields.Boolean(default=True, tracking=True)
    user_ids = fields.Many2many(comodel_name="res.users", string="Persons Holding Both", compute="_compute_user_ids")
    user_count = fields.Integer(compute="_compute_user_ids")

    _distinct = models.Constraint("CHECK (group_id != other_group_id)", "A post does not conflict with itself.")

    @api.depends("group_id", "other_group_id")
    def _compute_name(self):
        for conflict in self:
            conflict.name = f"{conflict.group_id.name or ''} + {conflict.other_group_id.name or ''}"

    @api.depends("group_id.all_user_ids", "other_group_id.all_user_ids")
    def _compute_user_ids(self):
        for conflict in self:
            both = (conflict.group_id.sudo().all_user_ids & conflict.other_group_id.sudo().all_user_ids).filtered("active")
            conflict.user_ids = both
            conflict.user_count = len(both)

    @api.constrains("group_id", "other_group_id")
    def _check_pair_once(self):
        pairs = set()
        for conflict in self.search([]):
            pair = frozenset((conflict.group_id.id, conflict.other_group_id.id))
            if pair in pairs:
                raise ValidationError(self.env._("The pair %s is listed already.", conflict.name))
            pairs.add(pair)

    @api.model
    def _announce_new(self, users):
        """Tell the executive office when a pair arises in one person, once per person and pair.

        :param users: ``res.users`` whose groups have changed
        """
        if self.env.context.get("install_mode") and self.env.su:
            return
        Note = self.env["business.post.conflict.note"].sudo()
        conflicts = self.sudo().search([])
        known = {(note.conflict_id, note.user_id) for note in Note.search([("conflict_id", "in", conflicts.ids)])}
        users = users.sudo().filtered(lambda user: user.active and not user.share)
        for conflict in conflicts:
            for user in users & conflict.user_ids:
                if (conflict, user) in known:
                    continue
                Note.create({"conflict_id": conflict.id, "user_id": user.id})
                executives = self.env["res.users"]._get_post_holders(
                    "business_dept.group_executive_office", user.company_id,
                )
                body = self.env._(
                    "%(user)s now holds two posts that should not meet in one person: %(pair)s. %(why)s (IC-7)",
                    user=user.name, pair=conflict.name, why=conflict.why or "",
                )
                conflict._message_log(body=body)
                if executives:
                    conflict.message_notify(
                        partner_ids=executives.partner_id.ids, body=body,
                        subject=self.env._("Posts that should not meet: %s", user.name),
                    )
        # a pair that was dissolved is told again when it comes back
        Note.search([("user_id", "in", users.ids)]).filtered(
            lambda note: note.user_id not in note.conflict_id.user_ids
        ).unlink()


class BusinessPostConflictNote(models.Model):
    """That the executive office was told of a person and a pair."""

    _name = "business.post.conflict.note"
    _description = "Told of a Pair of Posts"

    conflict_id = fields.Many2one(comodel_name="business.post.conflict", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one(comodel_name="res.users", required=True, ondelete="cascade", index=True)
