# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What the screen shows on which an inspection is filled in."""
from odoo import models


class BusinessSafetyInspection(models.Model):
    _inherit = "business.safety.inspection"

    def get_sheet(self):
        """The inspection as the screen shows it, for everybody who may read it.

        :return: head, headings of the categories, and items in their order
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        head = self.read(["name", "kind", "place_id", "checklist_id", "inspector_id", "date_deadline", "state", "score",
                          "is_scored", "occasion"], load="_classic_read")[0]
        categories = self.line_ids._fields["category"]._description_selection(self.env)
        return {
            **head,
            "kind": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "is_started": bool(self.date_started),
            "can_fill": self.state == "open" and self._is_filler(),
            "categories": categories,
            "lines": self.line_ids._get_sheet_values(),
        }


class BusinessSafetyInspectionLine(models.Model):
    _inherit = "business.safety.inspection.line"

    def _get_sheet_values(self):
        """What the screen shows of these items.

        :rtype: list[dict]
        """
        hazards = self.sudo().hazard_id
        states = dict(hazards._fields["state"]._description_selection(self.env))
        return [{
            "id": line.id, "category": line.category, "name": line.name, "guidance": line.guidance or "",
            "weight": line.weight, "result": line.result or "", "note": line.note or "",
            "photo": f"/web/image/{line._name}/{line.id}/photo?unique={line.write_date:%H%M%S%f}" if line.has_photo else "",
            "hazard": {
                "id": line.hazard_id.id, "name": line.sudo().hazard_id.name, "state": states[line.sudo().hazard_id.state],
                "goes_along": line.sudo().hazard_id._goes_with_answer(),
            } if line.hazard_id else False,
        } for line in self]
