# Part of business_dept. See LICENSE file for full copyright and licensing details.
import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from .content_rendering import render_content


class BusinessContentVersion(models.Model):
    """What a document said on an occasion that counts: when a quote was sent, when a contract was approved or signed.

    +------------------------+------------------------------------------+---------------------------------------+
    | Action                 | Who                                      | Restriction                           |
    +========================+==========================================+=======================================+
    | Read                   | deputy manager, department manager,      | companies of the user; all others see |
    |                        | executive office, auditor                | comparisons on the document           |
    | Create                 | the engine                               | rows are read-only to every group     |
    | Change, delete         | nobody, the engine included              |                                       |
    +------------------------+------------------------------------------+---------------------------------------+
    """

    _name = "business.content.version"
    _description = "Kept Versions"
    _inherit = ["business.append.mixin"]
    _order = "id desc"
    _rec_name = "res_name"

    res_model = fields.Char(string="Document Type", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char(string="Subject", readonly=True)
    number = fields.Integer(string="Version", required=True, readonly=True, aggregator=None)
    occasion = fields.Selection(
        selection=[("sent", "Sent"), ("approved", "Approved"), ("signed", "Signed"), ("amended", "Amended")],
        required=True,
        readonly=True,
    )
    content = fields.Json(string="Content Data", required=True, readonly=True)
    content_html = fields.Html(string="Content", compute="_compute_content_html", sanitize=False)
    fingerprint = fields.Char(required=True, readonly=True, help="SHA-256 of the content.")
    user_id = fields.Many2one(comodel_name="res.users", string="Person", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    note = fields.Text(readonly=True)

    _number_uniq = models.UniqueIndex(
        "(res_model, res_id, number)", "Another version of this document was kept at the same moment.",
    )

    # === COMPUTE METHODS === #

    @api.depends("res_name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = f"{version.res_name} · {version.number}"

    @api.depends("content", "res_model")
    @api.depends_context("lang")
    def _compute_content_html(self):
        for version in self:
            version.content_html = render_content(self.env, version.res_model, version.content)

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the document.

        :raise UserError: when it is gone
        """
        self.ensure_one()
        self.check_access("read")
        if self.res_model not in self.env or not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("The document does not exist any more; what it said stays here."))
        return {"type": "ir.actions.act_window", "res_model": self.res_model, "res_id": self.res_id, "view_mode": "form"}

    # === BUSINESS METHODS === #

    @api.model
    def _keep(self, records, occasion, note=None):
        """Keep what documents say now; a document that says what it said on the last such occasion gets no new version.

        :param records: documents of one model that inherits ``business.approval.mixin``
        :param str occasion: ``sent``, ``approved``, ``signed`` or ``amended``
        :param str note: what is worth knowing about this version
        :return: the new versions, in sudo
        """
        Version = self.sudo()
        if not records:
            return Version.browse()
        numbers, latest = {}, {}
        for row in Version.search_fetch(
            [("res_model", "=", records._name), ("res_id", "in", records.ids)],
            ["res_id", "number", "occasion", "fingerprint"], order="number",
        ):
            numbers[row.res_id] = row.number
            latest[row.res_id, row.occasion] = row.fingerprint
        rows = []
        for record in records.sudo():
            content = record._get_version_content()
            fingerprint = record._get_approval_fingerprint(content)
            if latest.get((record.id, occasion)) == fingerprint:
                continue
            rows.append({
                "res_model": record._name,
                "res_id": record.id,
                "res_name": record.display_name,
                "number": numbers.get(record.id, 0) + 1,
                "occasion": occasion,
                "content": content,
                "fingerprint": fingerprint,
                "user_id": self.env.uid,
                "company_id": (record._get_control_company() or self.env.company).id,
                "currency_id": record.currency_id.id if "currency_id" in record._fields else False,
                "note": note,
            })
        try:
            return Version.create(rows)
        except psycopg2.errors.UniqueViolation as error:
            # somebody else kept a version a moment ago, which this transaction does not see: the server tries again
            raise ConcurrencyError(self.env._("Another version of this document was kept at the same moment.")) from error

    @api.model
    def _get_first(self, res_model, res_ids, occasion):
        """The first version of each document that was kept on an occasion.

        :param str res_model: model of the documents
        :param res_ids: their ids
        :param str occasion: such as ``sent``
        :return: ``{document id: version}``, versions in sudo; documents without one are missing
        :rtype: dict
        """
        if not res_ids:
            return {}
        groups = self.sudo()._read_group(
            [("res_model", "=", res_model), ("res_id", "in", list(res_ids)), ("occasion", "=", occasion)],
            ["res_id"], ["id:min"],
        )
        versions = self.sudo().browse([version_id for _res_id, version_id in groups])
        return dict(zip((res_id for res_id, _version_id in groups), versions, strict=True))
