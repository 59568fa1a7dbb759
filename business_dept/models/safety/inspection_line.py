# Part of business_dept. See LICENSE file for full copyright and licensing details.
import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

from ..foundation.races import touch
from .checklist import CATEGORIES
from .inspection import FIRST

RESULTS = [("pass", "Pass"), ("fail", "Fail"), ("na", "Not applicable")]
PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp"})
NOTE_LENGTH = 4000


class BusinessSafetyInspectionLine(models.Model):
    """What was found at one item of the checklist; answered through ``action_answer`` and no other way (SD-11).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Answer                  | the inspector, or a safety officer     | while open; “pass” not under stop-work    |
    | Create, delete, weight  | the engine, from the checklist         | nobody once closed, the system neither    |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.safety.inspection.line"
    _description = "Inspected Item"
    _inherit = ["business.engine.mixin"]
    _order = "inspection_id, sequence, id"

    inspection_id = fields.Many2one(
        comodel_name="business.safety.inspection", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="inspection_id.company_id", store=True, index=True)
    item_id = fields.Many2one(comodel_name="business.safety.checklist.item", ondelete="set null", readonly=True)
    sequence = fields.Integer(default=10)
    category = fields.Selection(selection=CATEGORIES, required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    guidance = fields.Text(readonly=True)
    weight = fields.Integer(default=1, required=True, readonly=True)
    result = fields.Selection(selection=RESULTS, index=True)
    note = fields.Text()
    photo = fields.Image(max_width=1920, max_height=1920)
    has_photo = fields.Boolean(readonly=True)
    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", index="btree_not_null", ondelete="set null", readonly=True, copy=False)

    _item_uniq = models.UniqueIndex("(inspection_id, item_id)", "Each item of the checklist is inspected once.")
    _check_weight = models.Constraint("CHECK (weight > 0)", "The weight of an item is at least 1.")

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        named = {vals.get("inspection_id") for vals in vals_list} - {None}
        self.env["business.safety.inspection"].browse(named)._refuse_closed()
        lines = super().create(vals_list)
        lines.inspection_id._refuse_closed()  # named by a default of the context
        return lines

    def write(self, vals):
        self.inspection_id._refuse_closed()
        return super().write(vals)

    def unlink(self):
        self.inspection_id._refuse_closed()
        return super().unlink()

    #=== ACTION METHODS ===#

    def action_answer(self, result=None, note=None, photo=None):
        """Note what was found at these items. What is not given stays as it is.

        :param str result: ``pass``, ``fail`` or ``na``
        :param str note: text; empty takes it away
        :param str photo: a picture, base64; empty takes it away
        :return: what the items say now, as the screen shows them
        :rtype: list[dict]
        :raise AccessError: for anybody but the inspector and safety officers
        :raise ControlError: when the inspection is closed, or passes under stop-work (SM-4.2.1, SM-4.4.1)
        """
        inspections = self.inspection_id
        inspections._check_filler()
        inspections._refuse_closed()
        vals = self._prepare_answer(result, note, photo)
        touch(inspections)  # whoever answers meets whoever closes
        if result == "pass":
            inspections._check_controls("answer")
        lines = self.sudo()
        lines.write(vals)
        lines._follow_hazards(vals)
        return self._get_sheet_values()

    #=== BUSINESS METHODS ===#

    @api.model
    def _prepare_answer(self, result, note, photo):
        """Values of an answer, as far as it is given.

        :raise UserError: when it is no answer, too long a note, or no picture
        """
        vals = {}
        if result is not None:
            if not isinstance(result, str) or result not in dict(RESULTS):
                raise UserError(self.env._("An item passes, fails, or does not apply."))
            vals["result"] = result
        if note is not None:
            if not isinstance(note, str | bool) or len(note or "") > NOTE_LENGTH:
                raise UserError(self.env._("A note is a text of at most %s characters.", NOTE_LENGTH))
            vals["note"] = (note or "").strip() or False
        if photo is not None:
            vals |= {"photo": self._check_photo(photo), "has_photo": bool(photo)}
        return vals

    @api.model
    def _check_photo(self, photo):
        """A picture as it is kept; anything else is refused."""
        if not photo:
            return False
        try:
            content = base64.b64decode(photo, validate=True)
        except (binascii.Error, TypeError, ValueError):
            content = b""
        if guess_mimetype(content) not in PHOTOS:
            raise UserError(self.env._("This is no picture."))
        return photo

    def _follow_hazards(self, vals):
        """SD-12: what fails is a hazard at once. While nobody has assessed it, it goes with the answer: a note or photo is
        added, and another answer withdraws it. Afterwards it goes its own way, whatever the answer becomes.

        :param dict vals: what was just written
        """
        failed = self.filtered(lambda line: line.result == "fail")
        waiting = self.filtered(lambda line: line.hazard_id and line.hazard_id._goes_with_answer())
        failed.filtered(lambda line: not line.hazard_id)._report_hazards()
        if taken_back := waiting - failed:
            taken_back.hazard_id._withdraw_with_answer()
            taken_back.hazard_id = False
        for line in (waiting & failed) if vals.keys() & {"note", "photo"} else ():
            line.hazard_id._as_engine().write(line._prepare_hazard_findings("photo" in vals))

    def _report_hazards(self):
        """Make the hazards of these failed items, and link them."""
        if not self:
            return
        hazards = self.env["business.safety.hazard"]._report([{
            "category": line.category, "source": "inspection",
            "inspection_id": line.inspection_id.id, "company_id": line.company_id.id,
            "place_id": line.inspection_id.place_id.id, "department_id": line.inspection_id.department_id.id,
            "reporter_id": self.env.uid, "date_found": fields.Date.context_today(self),
            **line._prepare_hazard_findings(line.has_photo),
        } for line in self])
        for line, hazard in zip(self, hazards, strict=True):
            line.hazard_id = hazard

    def _prepare_hazard_findings(self, with_photo):
        """What note and photo of an item say of its hazard. The photo is copied: it stays with both.

        The name of an item says how it should be, so a hazard is called by what was seen, or by the item that failed.

        :param bool with_photo: whether the photo is new to the hazard
        """
        self.ensure_one()
        failed = self.env._("Failed: %s", self.name)
        note = (self.note or "").strip()
        vals = {
            "title": note.partition("\n")[0][:60].rstrip(" .。") or failed,
            "description": "\n".join(filter(None, (failed, note))),
        }
        if with_photo:
            photo = self.env["ir.attachment"].sudo().create({
                "name": self.name[:60], "datas": self.photo, "res_model": "business.safety.hazard",
                "res_id": self.hazard_id.id,
            }) if self.photo else self.env["ir.attachment"]
            vals["photo_ids"] = [fields.Command.set(photo.ids)]
        return vals

    def _name_first(self):
        """The first of these items by name, for messages."""
        names = self[:FIRST].mapped("name")
        return self.env._("%s and others", "; ".join(names)) if len(self) > FIRST else "; ".join(names)
