# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class BusinessApprovalAbsence(models.Model):
    """Who decides for whom while he is away. Recorded, dated, and never a way back to the requester (IC-7).

    A person records his own absence; for others only the regulation administrator does (record rules).
    """

    _name = "business.approval.absence"
    _description = "Absence Cover"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "date_from desc, id desc"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Absent",
        required=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
        tracking=True,
    )
    cover_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Covered by",
        required=True,
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        ondelete="cascade",
        tracking=True,
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(required=True, tracking=True)
    reason = fields.Char(tracking=True)

    _dates_check = models.Constraint("CHECK (date_to >= date_from)", "The absence ends before it begins.")
    _self_check = models.Constraint("CHECK (user_id != cover_user_id)", "Nobody covers for himself.")

    @api.constrains("user_id", "date_from", "date_to")
    def _check_overlap(self):
        for absence in self:
            if self.search_count([
                ("id", "!=", absence.id),
                ("user_id", "=", absence.user_id.id),
                ("date_from", "<=", absence.date_to),
                ("date_to", ">=", absence.date_from),
            ], limit=1):
                raise ValidationError(self.env._("There is a cover for %s in this time already.", absence.user_id.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        absences = super().create(vals_list)
        absences._refuse_own_cover()
        return absences

    def write(self, vals):
        result = super().write(vals)
        self._refuse_own_cover()
        return result

    def _refuse_own_cover(self):
        """IC-7: nobody gives himself the decisions of somebody else; not a constraint, for those run in sudo."""
        own = self.browse() if self.env.su else self.filtered(lambda absence: absence.cover_user_id == self.env.user)
        if own:
            self.env["business.control.mixin"]._refuse_on(own, "approval.own_decision", self.env._(
                "You cannot record that you cover somebody. The absent person has to do it.",
            ))

    # === BUSINESS METHODS === #

    @api.model
    def _get_covers(self, users):
        """Who covers whom today.

        :param users: ``res.users``
        :return: ``{absent user: covering user}``
        :rtype: dict
        """
        today = fields.Date.context_today(self)
        absences = self.sudo().search([
            ("user_id", "in", users.ids), ("date_from", "<=", today), ("date_to", ">=", today),
            ("cover_user_id.active", "=", True),
        ])
        return {absence.user_id: absence.cover_user_id for absence in absences}
