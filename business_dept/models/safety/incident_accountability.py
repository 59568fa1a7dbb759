# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models

from ..foundation.races import touch


class BusinessSafetyAward(models.Model):
    """Accountability for an incident: a penalty, or that nobody is to blame; both by approval (SM-4.4.3)."""

    _inherit = "business.safety.award"

    @api.model_create_multi
    def create(self, vals_list):
        awards = super().create(vals_list)
        awards._check_incident()
        return awards

    def write(self, vals):
        before = self.sudo().incident_id if "incident_id" in vals else self.env["business.safety.incident"]
        result = super().write(vals)
        if "incident_id" in vals:
            self._check_incident(before)
        return result

    def _check_incident(self, before=None):
        """Refuse accountability for an incident that one does not handle or that is closed; of two at once, the closing
        and the proposal, the second sees the first.

        :param before: incidents that it belonged to
        """
        incidents = self.sudo().incident_id
        if before:
            incidents |= before
        if not incidents:
            return
        if not self.env.su:
            incidents.sudo(False)._check_open_for_notices()
            incidents.sudo(False)._check_handler()
        touch(incidents)


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    accountability_ids = fields.One2many(
        comodel_name="business.safety.award", inverse_name="incident_id", readonly=True, copy=False)

    def _get_undecided(self):
        """Proposals for the incident that are not decided. In sudo."""
        return self.accountability_ids.filtered(lambda award: not award.decision)

    def _get_accountable(self):
        """Penalties that were approved, or the approved statement that nobody is to blame. In sudo."""
        return self.accountability_ids.filtered(
            lambda award: award.kind in ("penalty", "blameless") and award.decision == "approved")

    def action_new_accountability(self):
        """Propose a penalty for somebody responsible; its own approval decides."""
        return self._open_accountability("penalty")

    def action_nobody_to_blame(self):
        """Propose that nobody is to blame; its own approval decides."""
        return self._open_accountability("blameless")

    def _open_accountability(self, kind):
        self.ensure_one()
        self._check_handler()
        self._check_open_for_notices()
        responsible = self.sudo().person_ids.filtered(lambda person: person.role == "responsible").employee_id
        return {
            "type": "ir.actions.act_window", "res_model": "business.safety.award", "view_mode": "form",
            "name": self.env._("Accountability"),
            "context": {
                "default_incident_id": self.id, "default_kind": kind, "default_company_id": self.company_id.id,
                "default_department_id": self.department_id.id,
                "default_employee_id": responsible[:1].id if kind == "penalty" else False,
                "default_ground": f"{self.name} · {self.title}",
            },
        }
