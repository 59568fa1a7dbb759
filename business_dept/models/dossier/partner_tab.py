# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

#: fields of the dossier that the customer's form shows, and their type
SHOWN = {
    "qualification": fields.Selection, "secrecy": fields.Selection, "completeness": fields.Integer, "missing": fields.Char,
    "source_id": fields.Many2one, "traits": fields.Text, "buying_habits": fields.Text, "competitors": fields.Text,
    "last_visit_date": fields.Date, "next_visit_date": fields.Date, "is_writable": fields.Boolean,
}
COMPUTED = frozenset({"completeness", "missing", "is_writable"})


def _from_dossier(name):
    """A field that shows a field of the customer's dossier and changes it in place.

    Not in sudo: reading, searching and writing ask for the dossier's own rights; who may not read it finds it empty.
    """
    return SHOWN[name](
        related=f"dossier_id.{name}", related_sudo=False, readonly=name in COMPUTED,
        groups="business_dept.group_dossier_user",
        tracking=False,  # the customer's chatter is read by more people than the dossier
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    #=== FIELDS ===#

    dossier_qualification = _from_dossier("qualification")
    dossier_secrecy = _from_dossier("secrecy")
    dossier_completeness = _from_dossier("completeness")
    dossier_missing = _from_dossier("missing")
    dossier_source_id = _from_dossier("source_id")
    dossier_traits = _from_dossier("traits")
    dossier_buying_habits = _from_dossier("buying_habits")
    dossier_competitors = _from_dossier("competitors")
    dossier_last_visit_date = _from_dossier("last_visit_date")
    dossier_next_visit_date = _from_dossier("next_visit_date")
    dossier_is_writable = _from_dossier("is_writable")
    dossier_closed = fields.Boolean(
        compute="_compute_dossier_closed", groups="business_dept.group_dossier_user",
        help="There is a dossier, and the user may not read it.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("commercial_partner_id", "dossier_id")
    @api.depends_context("uid")
    def _compute_dossier_closed(self):
        for partner in self:
            partner.dossier_closed = not partner.dossier_id and bool(partner.sudo().commercial_partner_id.dossier_ids)

    #=== ACTION METHODS ===#

    def action_open_dossier(self):
        """Open the dossier of the customer; it is made on the first visit."""
        self.ensure_one()
        self.check_access("read")
        customer = self.commercial_partner_id
        dossier = customer.sudo().with_context(active_test=False).dossier_ids.sudo(False)
        if dossier:
            dossier.check_access("read")
        else:
            dossier = self.env["business.dossier"]._get_or_create(customer)
        return {
            "type": "ir.actions.act_window", "name": self.env._("Dossier"), "res_model": "business.dossier",
            "res_id": dossier.id, "view_mode": "form", "views": [(False, "form")],
        }
