# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""After an incident its place is inspected (SM-4.4.2)."""
from datetime import timedelta

from odoo import api, fields, models

DAYS = 3
"""Days within which the place of an incident is inspected."""


class BusinessSafetyInspection(models.Model):
    _inherit = "business.safety.inspection"

    _engine_fields = frozenset({"incident_id"})

    incident_id = fields.Many2one(
        comodel_name="business.safety.incident", index="btree_not_null", ondelete="restrict", readonly=True, copy=False,
        groups="business_dept.group_safety_officer,business_dept.group_executive_office,business_dept.group_auditor")

    _incident_uniq = models.UniqueIndex(
        "(incident_id) WHERE kind = 'incident' AND incident_id IS NOT NULL",
        "The inspection after this incident is there already.")

    @api.model
    def _after_incident(self, incidents):
        """Make the special inspection of the place of each incident that has none; after the caller's own checks.

        :param incidents: ``business.safety.incident``
        :return: the new inspections, in sudo
        """
        incidents, Plan = incidents.sudo(), self.env["business.safety.plan"].sudo()
        made = self.sudo().search([("incident_id", "in", incidents.ids), ("kind", "=", "incident")]).incident_id
        places = (incidents - made).place_id._get_with_parents()
        plans = Plan.search([("place_id", "in", places.ids)])
        checklists = self.env["business.safety.checklist"].sudo().search([])
        vals_list, today = [], fields.Date.context_today(self)
        for incident in incidents - made:
            # the nearest plan: of the place, or of what it is part of
            plan = plans.filtered(lambda plan, place=incident.place_id: plan.place_id in place._get_with_parents()).sorted(
                lambda plan: -len(plan.place_id.parent_path))[:1]
            checklist = plan.checklist_id or checklists.filtered(
                lambda checklist, company=incident.company_id: checklist.company_id in (company, company.browse()))[:1]
            inspector = Plan._choose_inspector(plan.inspector_id, incident.department_id, incident.company_id)
            if checklist and inspector:
                vals_list.append({
                    "kind": "incident", "incident_id": incident.id, "occasion": incident.name,
                    "company_id": incident.company_id.id, "place_id": incident.place_id.id,
                    "department_id": incident.department_id.id, "checklist_id": checklist.id,
                    "inspector_id": inspector.id, "date_deadline": today + timedelta(days=DAYS),
                })
        return self.sudo().create(vals_list)
