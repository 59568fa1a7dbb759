# Part of business_dept. See LICENSE file for full copyright and licensing details.
import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..policy.dossier_sheet import BY_KEY, MAX_BYTES, MAX_ROWS, SheetError, read_sheet, write_returned, write_template
from .dossier_import_row import Lookups

_logger = logging.getLogger(__name__)

#: rows written between two commits
SLICE = 1_000
#: rows written while the user waits; more are left to the scheduled job
AT_ONCE = 500
#: days after which an import and its rows are deleted
KEPT_DAYS = 30


class BusinessDossierImport(models.Model):
    """Customers and their dossiers from an Excel file (JJ-3.5.2.1).

    A file is read, every row is checked and matched with the customers that are there; nothing is written to them
    before the user has seen that. Then the rows are written in his name, so that every rule holds. A slice and the
    states of its rows are one transaction: killed in the middle it goes on, and nothing is done twice.

    It is kept for some days, because ten thousand rows take longer than a request, and seen by nobody else.
    """

    _name = "business.dossier.import"
    _description = "Customer Import"
    _order = "id desc"
    _allow_sudo_commands = False

    #=== FIELDS ===#

    name = fields.Char(compute="_compute_name")
    file = fields.Binary(string="Excel File", copy=False)
    file_name = fields.Char(copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, default=lambda self: self.env.company, index=True,
    )
    state = fields.Selection(
        selection=[("draft", "Choose a File"), ("preview", "Check"), ("running", "Importing"), ("done", "Done")],
        default="draft", required=True, readonly=True, copy=False, index=True,
    )
    columns_found = fields.Char(string="Columns Read", readonly=True, copy=False)
    columns_ignored = fields.Char(readonly=True, copy=False)
    row_ids = fields.One2many("business.dossier.import.row", "import_id", copy=False)
    problem_row_ids = fields.One2many(
        "business.dossier.import.row", "import_id", string="Rows with Problems", domain=[("has_problem", "=", True)],
    )
    new_row_ids = fields.One2many("business.dossier.import.row", "import_id", domain=[("kind", "=", "new")])
    existing_row_ids = fields.One2many(
        "business.dossier.import.row", "import_id", string="Existing Customers", domain=[("kind", "=", "existing")],
    )
    row_count = fields.Integer(compute="_compute_counts")
    new_count = fields.Integer(compute="_compute_counts", string="New")
    existing_count = fields.Integer(compute="_compute_counts", string="Existing")
    problem_count = fields.Integer(compute="_compute_counts", string="Problems")
    guarded_count = fields.Integer(compute="_compute_counts", string="With Colleagues")
    create_count = fields.Integer(compute="_compute_counts", string="To Create")
    update_count = fields.Integer(compute="_compute_counts", string="To Update")
    skip_count = fields.Integer(compute="_compute_counts", string="To Skip")
    waiting_count = fields.Integer(compute="_compute_counts")
    created_count = fields.Integer(compute="_compute_counts")
    updated_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    returned_count = fields.Integer(compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    template = fields.Binary(compute="_compute_template")
    returned = fields.Binary(compute="_compute_returned", string="Rows Not Imported")

    #=== COMPUTE METHODS ===#

    @api.depends("file_name")
    @api.depends_context("lang")
    def _compute_name(self):
        for record in self:
            record.name = record.file_name or self.env._("Import Customers")

    @api.depends("row_ids.kind", "row_ids.action", "row_ids.state", "row_ids.has_problem", "state")
    def _compute_counts(self):
        groups = self.env["business.dossier.import.row"]._read_group(
            [("import_id", "in", self.ids)], ["import_id", "kind", "action", "state", "has_problem"], ["__count"],
        )
        for record in self:
            rows = [group[1:] for group in groups if group[0].id == record._origin.id]

            def count(meets, rows=rows):
                return sum(number for *facts, number in rows if meets(*facts))

            record.row_count = count(lambda kind, action, state, problem: True)
            for name in ("new", "existing", "guarded"):
                record[f"{name}_count"] = count(lambda kind, action, state, problem, name=name: kind == name)
            record.problem_count = count(lambda kind, action, state, problem: problem)
            for name in ("create", "update", "skip"):
                record[f"{name}_count"] = count(lambda kind, action, state, problem, name=name: action == name)
            for name in ("created", "updated", "failed"):
                record[f"{name}_count"] = count(lambda kind, action, state, problem, name=name: state == name)
            record.waiting_count = count(lambda kind, action, state, problem: state == "waiting" and action != "skip")
            record.returned_count = count(
                lambda kind, action, state, problem: state == "failed" or kind in ("wrong", "guarded")
            )
            todo = record.waiting_count + record.created_count + record.updated_count + record.failed_count
            record.progress = 100.0 * (todo - record.waiting_count) / todo if todo else 0.0

    def _compute_template(self):
        content = base64.b64encode(self._write_template())
        for record in self:
            record.template = content

    @api.depends("row_ids.state")
    def _compute_returned(self):
        for record in self:
            rows = record.row_ids.filtered(lambda row: row.state == "failed" or row.kind in ("wrong", "guarded"))
            record.returned = base64.b64encode(write_returned((row.texts or {}, row._get_reason()) for row in rows))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_engine_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_engine_fields(vals)
        if {"file", "file_name"} & vals.keys() and not self.env.su and any(record.state != "draft" for record in self):
            raise UserError(self.env._("This file has been read. Begin a new import for another one."))
        return super().write(vals)

    def _refuse_engine_fields(self, vals):
        """A user gives the file and chooses what happens with its rows; the rest is the import's own."""
        own = {"file", "file_name", "row_ids", "problem_row_ids", "new_row_ids", "existing_row_ids"}
        if not self.env.su and vals.keys() - own:
            raise AccessError(self.env._("An import is changed by its buttons only."))

    @api.autovacuum
    def _gc_imports(self):
        """Delete imports that are over."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.sudo().search([("write_date", "<", limit), ("state", "!=", "running")], limit=100).unlink()

    #=== ACTION METHODS ===#

    def action_download_template(self):
        """Download the workbook to fill in."""
        return self._download("template", self.env._("Customer import template"))

    def action_download_returned(self):
        """Download the rows that were not imported, with the reasons, in the template's layout."""
        return self._download("returned", self.env._("Customers not imported"))

    def action_check(self):
        """Read the file and show what would happen. Nothing is written to customers."""
        self.ensure_one()
        self._check_editor()
        if self.state not in ("draft", "preview"):
            raise UserError(self.env._("This import has begun already. Begin a new one for another file."))
        if not self.file:
            raise UserError(self.env._("Choose an Excel file (.xlsx or .xls) first."))
        try:
            sheet = read_sheet(base64.b64decode(self.with_context(bin_size=False).file))
        except SheetError as error:
            raise UserError(self._explain_file(error.code)) from error
        self.row_ids.sudo().unlink()
        self._prepare_rows(sheet)
        self.sudo().write({
            "state": "preview",
            "columns_found": "、".join(
                BY_KEY[key].header if BY_KEY[key].header == title else f"{BY_KEY[key].header} ← {title}"
                for key, title in sheet.columns.items()
            ),
            "columns_ignored": "、".join(sheet.ignored) or False,
        })
        return True

    def action_start_over(self):
        """Take another file."""
        self._check_state("preview")
        self.row_ids.sudo().unlink()
        self.sudo().write({"state": "draft", "file": False, "file_name": False})

    def action_update_existing(self):
        """Update all customers that are there already."""
        self._choose_for_all("existing", "update")

    def action_skip_existing(self):
        """Leave all customers that are there already as they are."""
        self._choose_for_all("existing", "skip")

    def action_create_new(self):
        """Create all customers that are not there yet."""
        self._choose_for_all("new", "create")

    def action_skip_new(self):
        """Create no new customers."""
        self._choose_for_all("new", "skip")

    def action_import(self):
        """Write the rows: at once when they are few, otherwise by the scheduled job."""
        self.ensure_one()
        self._check_editor()
        self._check_state("preview")
        if not self.waiting_count:
            raise UserError(self.env._("No row is to be created or updated: choose what happens with the rows first."))
        few = self.waiting_count <= AT_ONCE
        self.sudo().state = "running"
        if few:
            self._process_slice(AT_ONCE)
            self._finish_if_done()
        else:
            self.env.ref("business_dept.ir_cron_dossier_import").sudo()._trigger()
        return True

    def action_open_dossiers(self):
        """Open the dossiers that were created or updated."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_dossier_action")
        customers = self.row_ids.filtered(lambda row: row.state in ("created", "updated")).partner_id
        return {**action, "domain": [("partner_id", "in", customers.ids)], "context": {}}

    def _download(self, field, title):
        self.ensure_one()
        self._check_editor()
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content/{self._name}/{self.id}/{field}?download=true&filename={title}.xlsx",
        }

    def _choose_for_all(self, kind, action):
        self.ensure_one()
        self._check_state("preview")
        self.row_ids.filtered(lambda row: row.kind == kind).action = action

    def _check_state(self, state):
        if any(record.state != state for record in self):
            raise UserError(self.env._("This is not possible (any more): reload the page to see how far the import is."))

    def _check_editor(self):
        if not self.env.user.has_group("business_dept.group_dossier_editor"):
            raise AccessError(self.env._(
                "Customers are imported by those who keep dossiers (JJ-3.5.2.2): ask your manager for the post.",
            ))
        self.env["res.partner"].check_access("create")

    #=== BUSINESS METHODS: PREVIEW ===#

    def _prepare_rows(self, sheet):
        """Make the rows of the preview. The number of statements does not depend on how many there are."""
        lookups = Lookups(self.env, self.company_id)
        vals_list = [lookups.resolve(row) for row in sheet.rows]
        guarded = self._match(vals_list)
        Row = self.env["business.dossier.import.row"].sudo()
        for start in range(0, len(vals_list), SLICE):
            Row.create([{**vals, "import_id": self.id} for vals in vals_list[start:start + SLICE]])
        if guarded:
            self._log_guarded(guarded)

    def _match(self, vals_list):
        """Add to each row whom it is about, as far as the user may know.

        :return: how many rows met a customer that he may not see or change
        """
        matches = self.env["res.partner"].sudo()._match_customers(self.company_id, [vals["values"] for vals in vals_list])
        open_ids = self._get_open_customers({partner_id for _by, ids in matches for partner_id in ids})
        guarded = 0
        for vals, (by, ids) in zip(vals_list, matches, strict=True):
            mine = [partner_id for partner_id in ids if partner_id in open_ids]
            if vals["kind"] == "wrong":
                continue
            if not ids:
                vals.update(kind="new", action="create")
            elif not mine:
                vals.update(kind="guarded", action="skip")
                guarded += 1
            elif len(mine) > 1:
                vals.update(kind="wrong", action="skip", has_problem=True)
                ambiguous = {"column": by, "code": "ambiguous", "value": str(len(mine)), "error": True}
                vals["problems"] = [*vals["problems"], ambiguous]
            else:
                vals.update(kind="existing", action="update", matched_by=by, partner_id=mine[0])
            if vals["held_back"]:
                vals["action"] = "skip"
        for vals in vals_list:
            del vals["held_back"]
        return guarded

    def _get_open_customers(self, partner_ids):
        """Return the ids of customers that the user both sees and may change, dossier included."""
        partners = self.env["res.partner"].search([("id", "in", list(partner_ids))])
        Dossier = self.env["business.dossier"].with_context(active_test=False)
        dossiers = Dossier.sudo().search([("partner_id", "in", partners.ids)])
        closed = dossiers - Dossier.search([("id", "in", dossiers.ids), ("is_writable", "=", True)]).sudo()
        return set(partners.ids) - set(closed.partner_id.ids)

    def _log_guarded(self, count):
        """Many rows that meet hidden customers may be somebody who asks for them: that stays in the event log."""
        Event = self.env["business.control.event"]
        control = self.env["business.control"].sudo()._get_by_code("dossier.hidden")
        Event._log([Event._prepare_event(control, "notify", "noted", self, message=self.env._(
            "%s rows of an import met customers of colleagues; they were left out without a name.", count,
        ))])

    #=== BUSINESS METHODS: IMPORT ===#

    @api.model
    def _cron_import(self):
        """Go on with imports that have begun. Commits after each slice, and works in the name of who began each."""
        Cron = self.env["ir.cron"]
        running = self.search([("state", "=", "running")], order="id")
        Cron._commit_progress(remaining=sum(running.mapped("waiting_count")))
        for record in running:
            while record.state == "running":
                try:
                    done = record._as_owner()._process_slice(SLICE)
                    record._finish_if_done()
                except LockError:
                    _logger.info("Customer import %s is being worked on elsewhere.", record.id)
                    break
                if not Cron._commit_progress(done):
                    return

    def _as_owner(self):
        """The import in the environment of who began it."""
        user = self.sudo().create_uid
        return self.with_user(user).with_context(
            allowed_company_ids=self.sudo().company_id.ids, lang=user.lang, tz=user.tz,
        )

    def _process_slice(self, size):
        """Write the next rows.

        :param int size: how many at most
        :return: how many
        """
        self.ensure_one()
        self.sudo().lock_for_update()
        rows = self.env["business.dossier.import.row"].sudo().search(
            [("import_id", "=", self.id), ("state", "=", "waiting"), ("action", "!=", "skip")], order="id", limit=size,
        )
        user = self.env.user
        if not user.active or not user.has_group("business_dept.group_dossier_editor"):
            rows._fail(self.env._("%s may not import customers any more.", user.name))
        else:
            rows._write_rows(self.env)
        return len(rows)

    def _finish_if_done(self):
        """Close the import when no row is left."""
        self.env.flush_all()
        self.invalidate_recordset(["waiting_count"])
        if not self.waiting_count:
            self.sudo().write({"state": "done", "file": False})

    #=== BUSINESS METHODS: WORDS ===#

    def _explain_file(self, code):
        return {
            "not_excel": self.env._("This is not an Excel workbook. Save it as .xlsx or .xls and choose it again."),
            "password": self.env._(
                "The workbook is protected by a password. Remove it in Excel (File > Info) and choose the file again.",
            ),
            "broken": self.env._("The workbook is damaged. Open it in Excel, save it under a new name and choose that."),
            "too_big": self.env._("The file is larger than %s MB. Divide it, or remove pictures.", MAX_BYTES // 2**20),
            "too_many": self.env._("The sheet has more than %s rows. Divide it into several files.", MAX_ROWS),
            "empty": self.env._("There are no customers in the workbook: every row under the headers is blank."),
            "no_name": self.env._(
                "No column with the customers' names was found in the first rows of any sheet. "
                "Name it 客户名称, or use the template.",
            ),
        }[code]

    def _write_template(self):
        provinces = Lookups(self.env, self.env.company).province_words
        return write_template(
            {"source": self.env["utm.source"].search([], order="name", limit=50).mapped("name"), "state": provinces},
            self.env._("How to"),
            [
                self.env._("One customer per row. Only the name (客户名称) is required; leave out what you do not know."),
                self.env._("Do not change the headers; other columns may be added, they are ignored."),
                self.env._("Phone and tax numbers are text: type them as they are, Excel keeps every digit."),
                self.env._("Dates: 2026-11-03, 2026/11/3 or 2026年11月3日."),
                self.env._("资质阶段, 保密级别, 客户来源, 省份: choose from the list in the cell."),
                self.env._("业务员: the login or the full name of an employee."),
                self.env._("Existing customers are found by tax number, then phone, then name. An empty cell changes nothing."),
                self.env._("Nothing is written before you have seen and confirmed it."),
            ],
        )
