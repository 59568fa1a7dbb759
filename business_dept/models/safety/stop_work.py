# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models


class BusinessSafetyStop(models.Model):
    """Work stands still at a place, or of a kind, until it is lifted (SM-4.4.1); written by the engine only."""

    _name = "business.safety.stop"
    _description = "Stop-Work"
    _inherit = ["business.engine.mixin"]
    _order = "date_from desc, id desc"

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", required=True, index=True, ondelete="cascade")
    place_id = fields.Many2one(
        comodel_name="business.safety.place", index="btree_not_null", ondelete="restrict",
        help="Everything in this place stands still. Empty: the activity, wherever.")
    permit_type_id = fields.Many2one(
        comodel_name="business.safety.permit.type", string="Activity", index="btree_not_null", ondelete="restrict")
    reason = fields.Char(required=True)
    date_from = fields.Datetime(string="Since", required=True)
    started_by_id = fields.Many2one(comodel_name="res.users", required=True)
    date_lifted = fields.Datetime(string="Lifted On", index=True)
    lifted_by_id = fields.Many2one(comodel_name="res.users")
    lift_reason = fields.Text(string="Why Work Goes On")

    @api.model
    def _find_for(self, places, permit_types=None):
        """What stands still at places (those that they are part of included) or of kinds of work, in one statement.

        :param places: ``business.safety.place``
        :param permit_types: ``business.safety.permit.type``
        :return: the stops that are not lifted, in sudo
        """
        terms = [("place_id", "in", places._get_with_parents().ids)]
        if permit_types:
            terms = ["|", *terms, "&", ("permit_type_id", "in", permit_types.ids), ("place_id", "=", False)]
        return self.sudo().search([("date_lifted", "=", False), ("company_id", "in", places.company_id.ids), *terms])
