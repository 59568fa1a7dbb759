# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..foundation.races import touch


class BusinessSafetyIncidentPartMixin(models.AbstractModel):
    """Rows that belong to an incident: changed by who may change it, by the same gates, whatever door."""

    _name = "business.safety.incident.part.mixin"
    _description = "Part of an Incident"
    _allow_sudo_commands = False

    _incident_field = ""
    """Name of the field of the incident that holds these rows."""

    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="incident_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("incident_id") or self.env.context.get("default_incident_id") for vals in vals_list}
        incidents = self.env["business.safety.incident"].browse(sorted(one for one in ids if type(one) is int))
        incidents._check_editable([self._incident_field])
        rows = super().create(vals_list)
        (rows.incident_id - incidents)._check_editable([self._incident_field])
        touch(rows.incident_id)
        return rows

    def write(self, vals):
        incidents = self.incident_id
        if type(vals.get("incident_id")) is int:
            incidents |= incidents.browse(vals["incident_id"])
        incidents._check_editable([self._incident_field])
        result = super().write(vals)
        (self.incident_id - incidents)._check_editable([self._incident_field])
        touch(incidents)
        return result

    def unlink(self):
        incidents = self.sudo().incident_id.sudo(self.env.su)
        incidents._check_editable([self._incident_field])
        touch(incidents)
        return super().unlink()
