# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..foundation.reason import clean_reason

COPIED = ("item_id", "sequence", "category", "name", "guidance", "weight", "result", "note", "has_photo", "hazard_id")


class BusinessSafetyInspection(models.Model):
    """What is closed stays; a correction is a new inspection that points to it and says why (SM-4.2.1)."""

    _inherit = "business.safety.inspection"

    _engine_fields = frozenset({"corrected_id", "correction_reason", "is_corrected"})

    corrected_id = fields.Many2one(
        comodel_name="business.safety.inspection", string="Corrects", index="btree_not_null", ondelete="restrict",
        readonly=True, copy=False, check_company=True)
    correction_ids = fields.One2many(
        comodel_name="business.safety.inspection", inverse_name="corrected_id", string="Corrections", readonly=True)
    correction_reason = fields.Text(string="Why It Is Corrected", readonly=True, copy=False, tracking=True)
    is_corrected = fields.Boolean(
        string="Corrected", compute="_compute_is_corrected", store=True, help="A closed correction counts in its place.")

    _corrected_uniq = models.UniqueIndex(
        "(corrected_id) WHERE corrected_id IS NOT NULL", "There is a correction already: correct that one.")

    #=== COMPUTE METHODS ===#

    @api.depends("correction_ids.state")
    def _compute_is_corrected(self):
        for inspection in self:
            inspection.is_corrected = "closed" in inspection.correction_ids.mapped("state")

    #=== CRUD METHODS ===#

    def _check_planner(self):
        """EXTENDS: a correction is made from what it corrects, and in no other way."""
        if not self.env.su and self.sudo().filtered(lambda record: (record.kind == "correction") != bool(record.corrected_id)):
            self._refuse("approval.forgery", self.env._("A correction is made by the button of the inspection it corrects."))
        return super()._check_planner()

    #=== ACTION METHODS ===#

    def action_correct(self, reason=None):
        """Make a correction of a closed inspection: a new one with its answers, to be changed and closed.

        :param str reason: why; asked for by a dialog when missing
        :return: the action that shows it
        :raise AccessError: for anybody but the inspector and safety officers
        :raise UserError: when it is not closed, was corrected already, or no reason is given
        """
        self.ensure_one()
        self._check_filler()
        inspection = self._as_engine()
        if not inspection.date_closed:
            raise UserError(self.env._("%s is open: change the answers.", inspection.name))
        if inspection.correction_ids:
            raise UserError(self.env._("There is a correction already: %s.", inspection.correction_ids.name))
        if reason is None:
            action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_safety_inspection_correct_action")
            return {**action, "context": {"default_inspection_id": self.id}}
        if not (reason := clean_reason(reason)):
            raise UserError(self.env._("Say why the inspection is corrected."))
        correction = inspection.create({
            "kind": "correction", "corrected_id": self.id, "correction_reason": reason,
            "company_id": inspection.company_id.id, "place_id": inspection.place_id.id,
            "department_id": inspection.department_id.id, "checklist_id": inspection.checklist_id.id,
            "inspector_id": self.env.uid, "occasion": inspection.occasion, "date_started": fields.Datetime.now(),
        })
        correction._copy_answers(inspection)
        inspection._message_log(body=self.env._("Corrected by %(correction)s: %(reason)s",
                                                correction=correction.name, reason=reason))
        return correction.sudo(False)._open_sheet()

    #=== BUSINESS METHODS ===#

    def _copy_answers(self, inspection):
        """Take the items over. Where work stands still by now, what passed is to be answered anew (SM-4.4.1)."""
        stands_still = bool(self.sudo()._check_stop_work_pass())
        self.env["business.safety.inspection.line"].sudo().create([{
            "inspection_id": self.id, "photo": line.photo,
            **line._convert_to_write({name: line[name] for name in COPIED}),
            **({"result": False} if stands_still and line.result == "pass" else {}),
        } for line in inspection.line_ids])

    def _get_date_inspected(self, moment):
        """EXTENDS: a correction takes the place of what it corrects in the trend."""
        return self.corrected_id.date_inspected or super()._get_date_inspected(moment)
