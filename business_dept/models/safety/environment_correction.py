# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError


class BusinessEnvironmentRecord(models.Model):
    """A wrong value stays as it was confirmed; a new record with a reason takes its place (SM-4.6)."""

    _inherit = "business.environment.record"

    corrects_id = fields.Many2one(
        comodel_name="business.environment.record", index="btree_not_null", ondelete="restrict",
        readonly=True, copy=False)
    correction_ids = fields.One2many(
        comodel_name="business.environment.record", inverse_name="corrects_id", string="Corrected by", readonly=True)
    correction_reason = fields.Text(tracking=True, copy=False)

    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL", "A record is corrected once; correct the correction instead.")

    def action_correct(self):
        """Begin the correction of a confirmed record, or open the one that was begun.

        :return: the form of the new record, which asks for value and reason
        """
        self.ensure_one()
        self.check_access("write")
        if not self.date_confirmed:
            raise UserError(self.env._("%s is not confirmed yet: change it itself.", self.display_name))
        correction = self.correction_ids or self.sudo().create({
            "limit_id": self.limit_id.id, "month": self.month, "corrects_id": self.id, "method": self.method,
        })
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": correction.id,
            "view_mode": "form",
        }

    def _check_reason(self):
        """Refuse a correction that does not say why."""
        if self.corrects_id and not (self.correction_reason or "").strip():
            raise UserError(self.env._("Say why %s is corrected.", self.display_name))
