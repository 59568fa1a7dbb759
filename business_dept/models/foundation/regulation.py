# Part of business_dept. See LICENSE file for full copyright and licensing details.
import json
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.translate import html_translate

from ...policy.version import next_version
from .approval_mixin import ENGINE, UNLOCKED
from .files import adopt_files

READ_ACTIVITY = "business_dept.mail_activity_type_read_regulation"
SETTLED = ("approved", "in_force", "superseded", "withdrawn")
"""States of a version whose text nobody changes any more."""


class BusinessRegulation(models.Model):
    """One version of a management regulation (BT-21, OP-6, RL-10).

    +---------------------+--------------------------+-----------------------------------------------------------+
    | Action              | Who                      | Restriction                                               |
    +=====================+==========================+===========================================================+
    | Read                | every employee           | in force, superseded or withdrawn; own companies          |
    | Read drafts         | regulation administrator,| own companies                                             |
    |                     | executive office, auditor|                                                           |
    | Create, write,      | regulation administrator | drafts only                                               |
    | delete, submit      |                          |                                                           |
    | Approve             | executive office         | by the approval engine; never its author                  |
    | Take force          | nobody: the system       | approved, and the effective date has come                 |
    | Withdraw            | executive office         | approved or in force                                      |
    | Confirm reading     | each employee in scope   | for himself only                                          |
    +---------------------+--------------------------+-----------------------------------------------------------+

    The state is computed from facts, and the facts are written by the engine only. A mistake in an approved version is
    corrected by a new version, never in the text that people have confirmed.
    """

    _name = "business.regulation"
    _description = "Regulation"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "code, id desc"
    _rec_names_search = ["name", "code"]
    _mail_post_access = "read"

    _approval_fields = (
        "code", "name", "version", "issuer", "date_effective", "introduction", "company_ids", "department_ids",
        "clause_ids.code", "clause_ids.name", "clause_ids.text", "attachment_ids.name", "attachment_ids.checksum",
    )
    _protected_fields = frozenset({
        "state", "scope_key", "approved_on", "date_in_force", "date_end", "superseded_by_id", "withdrawn_on",
        "acknowledgement_ids",
    })
    """Facts that only the engine writes."""

    name = fields.Char(required=True, translate=True, index="trigram", tracking=True)
    code = fields.Char(required=True, index=True, tracking=True, help="Short code that clauses and messages cite: JJ.")
    version = fields.Char(required=True, default="1.0", tracking=True)
    issuer = fields.Char(translate=True, tracking=True, help="Who issues the regulation.")
    introduction = fields.Html(translate=html_translate)
    date_effective = fields.Date(
        string="Effective Date",
        copy=False,
        tracking=True,
        help="From this day on the version is in force, if the executive office has approved it by then.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        relation="business_regulation_company_rel",
        string="Applicable Companies",
        help="Companies it applies to. Empty: all.",
    )
    department_ids = fields.Many2many(
        comodel_name="hr.department",
        relation="business_regulation_department_rel",
        string="Applicable Departments",
        help="Departments it applies to, those below them included. Empty: all.",
    )
    read_deadline_days = fields.Integer(
        string="Days to Read",
        default=7,
        help="Within so many days everybody in scope reads and confirms it; afterwards they are reminded at this "
             "interval.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="business_regulation_attachment_rel",
        string="Attachments",
    )
    clause_ids = fields.One2many(
        comodel_name="business.regulation.clause",
        inverse_name="regulation_id",
        string="Clauses",
        copy=True,
    )
    clause_count = fields.Integer(compute="_compute_clause_count")
    clauses_html = fields.Html(string="Text", compute="_compute_clauses_html", sanitize=False)

    approved_on = fields.Datetime(readonly=True, copy=False)
    date_in_force = fields.Date(string="In Force Since", readonly=True, copy=False)
    date_end = fields.Date(string="In Force Until", readonly=True, copy=False, tracking=True)
    superseded_by_id = fields.Many2one(
        comodel_name="business.regulation",
        string="Superseded by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    withdrawn_on = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("under_review", "Under Review"),
            ("approved", "Approved"),
            ("in_force", "In Force"),
            ("superseded", "Superseded"),
            ("withdrawn", "Withdrawn from force"),
        ],
        compute="_compute_state",
        store=True,
        precompute=False,
        index=True,
        tracking=True,
    )
    scope_key = fields.Char(compute="_compute_scope_key", store=True)

    acknowledgement_ids = fields.One2many(
        comodel_name="business.regulation.acknowledgement",
        inverse_name="regulation_id",
        string="Readers",
        readonly=True,
        copy=False,
    )
    my_reading = fields.Selection(
        selection=[("to_read", "To read"), ("confirmed", "Confirmed")],
        compute="_compute_my_reading",
        search="_search_my_reading",
        help="Whether I have confirmed that I have read and understood it.",
    )
    reader_count = fields.Integer(
        string="In Scope",
        compute="_compute_reading_progress",
        compute_sudo=True,
        groups="business_dept.group_regulation_admin,business_dept.group_executive_office,"
               "business_dept.group_department_manager,business_dept.group_auditor",
    )
    confirmed_count = fields.Integer(
        string="Have Confirmed",
        compute="_compute_reading_progress",
        compute_sudo=True,
        groups="business_dept.group_regulation_admin,business_dept.group_executive_office,"
               "business_dept.group_department_manager,business_dept.group_auditor",
    )
    reading_progress = fields.Float(
        string="Confirmed (%)",
        compute="_compute_reading_progress",
        compute_sudo=True,
        aggregator=None,
        groups="business_dept.group_regulation_admin,business_dept.group_executive_office,"
               "business_dept.group_department_manager,business_dept.group_auditor",
    )

    _code_version_uniq = models.Constraint(
        "UNIQUE (code, version)", "There is a version with this number already. Give the new one another number.",
    )
    _one_in_force = models.UniqueIndex(
        "(code, scope_key) WHERE state = 'in_force'",
        "Only one version of a regulation is in force for the same scope.",
    )
    _check_read_deadline = models.Constraint("CHECK (read_deadline_days > 0)", "Give people at least one day to read.")

    # === COMPUTE METHODS === #

    @api.depends("name", "code", "version")
    def _compute_display_name(self):
        for regulation in self:
            regulation.display_name = " ".join(
                part for part in (regulation.code, regulation.name, regulation.version) if part
            )

    @api.depends("approval_ids.state", "approved_on", "date_in_force", "superseded_by_id", "withdrawn_on")
    def _compute_state(self):
        pending = {
            approval.res_id
            for approval in self._get_live_approvals()
            if approval.state == "pending"
        } if self.ids else set()
        for regulation in self:
            if regulation.withdrawn_on:
                regulation.state = "withdrawn"
            elif regulation.superseded_by_id:
                regulation.state = "superseded"
            elif regulation.date_in_force:
                regulation.state = "in_force"
            elif regulation.approved_on:
                regulation.state = "approved"
            elif regulation.id in pending:
                regulation.state = "under_review"
            else:
                regulation.state = "draft"

    @api.depends("company_ids", "department_ids")
    def _compute_scope_key(self):
        for regulation in self:
            regulation.scope_key = "{}/{}".format(
                ",".join(map(str, sorted(regulation.company_ids.ids))),
                ",".join(map(str, sorted(regulation.department_ids.ids))),
            )

    @api.depends("clause_ids")
    def _compute_clause_count(self):
        counts = dict(self.env["business.regulation.clause"]._read_group(
            [("regulation_id", "in", self.ids)], ["regulation_id"], ["__count"],
        ))
        for regulation in self:
            regulation.clause_count = counts.get(regulation._origin, 0)

    @api.depends_context("lang")
    @api.depends("clause_ids.code", "clause_ids.name", "clause_ids.text", "clause_ids.sequence")
    def _compute_clauses_html(self):
        for regulation in self:
            regulation.clauses_html = Markup().join(
                Markup("<div class='mb-3 ms-%s'><div class='fw-bold'>%s %s</div><div>%s</div></div>") % (
                    (clause.code or "").count(".") * 2, clause.code or "", clause.name or "", clause.text or "",
                )
                for clause in regulation.clause_ids
            )

    @api.depends_context("uid")
    @api.depends("acknowledgement_ids.state")
    def _compute_my_reading(self):
        rows = self.env["business.regulation.acknowledgement"].sudo().search_fetch(
            [("regulation_id", "in", self.ids), ("user_id", "=", self.env.uid)], ["regulation_id", "state"],
        )
        state = {row.regulation_id.id: row.state for row in rows}
        for regulation in self:
            regulation.my_reading = state.get(regulation._origin.id, False)

    def _search_my_reading(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", self.env.uid)
        domain = Domain("acknowledgement_ids", "any!", mine & Domain("state", "in", [v for v in value if v]))
        if False in value:
            domain |= ~Domain("acknowledgement_ids", "any!", mine)
        return domain

    @api.depends("acknowledgement_ids.state")
    def _compute_reading_progress(self):
        total, confirmed = defaultdict(int), defaultdict(int)
        for regulation, state, count in self.env["business.regulation.acknowledgement"]._read_group(
            [("regulation_id", "in", self.ids)], ["regulation_id", "state"], ["__count"],
        ):
            total[regulation.id] += count
            if state == "confirmed":
                confirmed[regulation.id] += count
        for regulation in self:
            key = regulation._origin.id
            regulation.reader_count = total[key]
            regulation.confirmed_count = confirmed[key]
            regulation.reading_progress = 100.0 * confirmed[key] / total[key] if total[key] else 0.0

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_forged_facts(vals)
        regulations = super().create(vals_list)
        adopt_files(regulations, "attachment_ids")
        return regulations

    def write(self, vals):
        if self.env.context.get("business_engine") is not ENGINE:
            self._refuse_forged_facts(vals)
            if set(vals) - UNLOCKED:
                self._refuse_settled()
        result = super().write(vals)
        if "attachment_ids" in vals:
            adopt_files(self, "attachment_ids")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self._refuse_settled()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if "version" in (default or {}):
            return vals_list
        taken = self._get_versions()
        for regulation, vals in zip(self, vals_list, strict=True):
            vals["version"] = next_version(regulation.version, taken[regulation.code])
            taken[regulation.code].add(vals["version"])
        return vals_list

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        # EXTENDS 'mail': being asked to read makes nobody a follower, who would get every later message
        if self.env.context.get("business_engine") is ENGINE:
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    # === ACTION METHODS === #

    def action_new_version(self):
        """Open a draft that starts from this version (BT-21); an open draft is opened, not made twice."""
        self.ensure_one()
        self.check_access("read")
        self.browse().check_access("create")
        draft = self.search([
            ("code", "=", self.code), ("scope_key", "=", self.scope_key), ("state", "in", ("draft", "under_review")),
            ("id", "!=", self.id),
        ], limit=1) or self.copy()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
            "target": "current",
        }

    def action_withdraw(self):
        """Withdraw an approved version, or one in force. The text stays readable."""
        self.check_access("read")
        if not self.env.user.has_group("business_dept.group_executive_office"):
            raise UserError(self.env._("Only the executive office withdraws a regulation."))
        if any(regulation.state not in ("approved", "in_force") for regulation in self):
            raise UserError(self.env._("Only a regulation that is approved or in force can be withdrawn."))
        today = self._get_today()
        self._close_reading()
        for regulation in self._as_engine():
            regulation.write({
                "withdrawn_on": today,
                "date_end": max(regulation.date_in_force, today) if regulation.date_in_force else False,
            })
            regulation._message_log(
                body=self.env._("Withdrawn from force by %s.", self.env.user.name), author_id=self.env.user.partner_id.id,
            )
        return True

    def action_acknowledge(self):
        """RL-11: confirm, for oneself only, that one has read and understood it."""
        self.check_access("read")
        rows = self.env["business.regulation.acknowledgement"].sudo().search([
            ("regulation_id", "in", self.ids), ("user_id", "=", self.env.uid), ("state", "=", "to_read"),
        ])
        if not rows:
            raise UserError(self.env._("There is nothing for you to confirm here."))
        return rows.sudo(False).action_confirm()

    def action_open_acknowledgements(self):
        """Open the progress of reading, by department."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "business_dept.business_regulation_acknowledgement_action",
        )
        return {
            **action,
            "domain": [("regulation_id", "=", self.id)],
            "context": {"search_default_group_by_department": 1, "pivot_measures": ["__count", "progress"]},
        }

    def action_open_clauses(self):
        """Open the clauses of this version."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_regulation_clause_action")
        return {**action, "domain": [("regulation_id", "=", self.id)], "context": {"default_regulation_id": self.id}}

    def action_open_versions(self):
        """Open all versions of this regulation."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_regulation_action")
        return {**action, "domain": [("code", "=", self.code)], "context": {}}

    # === APPROVAL === #

    def _get_control_company(self):
        # EXTENDS 'business.control.mixin': a regulation belongs to its scope, not to one company
        return self.company_ids[:1] or self.env.company

    def _approval_authors(self):
        # EXTENDS 'business.approval.mixin': who wrote the clauses does not approve them either (IC-7)
        regulation = self.sudo()
        return super()._approval_authors() | regulation.clause_ids.create_uid | regulation.clause_ids.write_uid

    @api.model
    def _get_banner_depends(self):
        # EXTENDS 'business.control.mixin'
        return [*super()._get_banner_depends(), "state"]

    def _can_ask_approval(self, findings):
        # EXTENDS 'business.approval.mixin': a regulation always needs approval (RL-10), breach or no breach
        self.ensure_one()
        return self.state == "draft" and self.has_access("write")

    def _submit_for_approval(self, requester=None, reason=None):
        # EXTENDS 'business.approval.mixin'
        self.ensure_one()
        if problem := self._get_cannot_submit_reason():
            raise UserError(problem)
        return super()._submit_for_approval(requester=requester, reason=reason)

    def _get_cannot_submit_reason(self):
        """Why this version cannot go to the executive office; empty when it can.

        :rtype: str
        """
        self.ensure_one()
        if self.state != "draft":
            return self.env._("%s is no draft.", self.display_name)
        if not self.date_effective:
            return self.env._("Say from which day on it shall be in force: fill in the effective date.")
        if not self.clause_ids:
            return self.env._("%s has no clauses yet.", self.display_name)
        return self._get_cannot_supersede_reason()

    def _get_approval_content(self):
        # EXTENDS 'business.approval.mixin': what is approved is the text in every language
        content = super()._get_approval_content()
        langs = sorted(code for code, _name in self.env["res.lang"].get_installed())
        record = self.sudo().with_context(active_test=False)
        in_lang = {lang: record.with_context(lang=lang) for lang in langs}
        for name in ("name", "issuer", "introduction"):
            content[name][0] = json.dumps(
                [[lang, str(in_lang[lang][name] or "")] for lang in langs], ensure_ascii=False,
            )
        for lang, regulation in in_lang.items():
            for clause in regulation.clause_ids:
                for column in ("name", "text"):
                    cell = content["clause_ids"][str(clause.id)][column]
                    if lang == langs[0]:
                        cell[0] = ""
                    cell[0] += f"{lang}\n{clause[column] or ''}\n"
        return content

    def _on_approval_approved(self, approval):
        # EXTENDS 'business.approval.mixin': RL-10, approved; BT-21, in force at once when its day has come
        result = super()._on_approval_approved(approval)
        self._as_engine().write({"approved_on": fields.Datetime.now()})
        self.filtered(lambda regulation: regulation.date_effective <= self._get_today())._take_force()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_today(self):
        """The date where the company is, also for a cron, whose user has no time zone."""
        timezone = self.env.user.tz or self.env.company.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=timezone))

    def _get_versions(self):
        """``{code: {version}}`` of all versions of these regulations, also those the user may not see."""
        versions = defaultdict(set)
        for code, version in self.sudo()._read_group([("code", "in", self.mapped("code"))], ["code", "version"]):
            versions[code].add(version)
        return versions

    def _refuse_forged_facts(self, vals):
        """Refuse values of facts that only the engine writes, in the values and as defaults in the context."""
        forged = self._protected_fields & (
            set(vals) | {key.removeprefix("default_") for key in self.env.context if key.startswith("default_")}
        )
        if forged:
            self._refuse("approval.forgery", self.env._(
                "A regulation takes force by the approval of the executive office only; %(fields)s cannot be written.",
                fields=", ".join(self._fields[name]._description_string(self.env) for name in sorted(forged)),
            ))

    def _refuse_settled(self):
        """Refuse any change of a version that was approved: people rely on its text (RL-4.3)."""
        settled = self.sudo().filtered(lambda regulation: regulation.state in SETTLED)
        if settled:
            self.browse(settled.ids)._refuse("approval.content_locked", self.env._(
                "%s is approved and cannot be changed any more. Make a new version of it.",
                ", ".join(settled.mapped("display_name")),
            ))

    def _check_files_changed(self, files):
        """Refuse to exchange or take away a file of an approved version.

        :param files: ``ir.attachment``, in sudo
        """
        if not self.env.su:
            self.filtered(lambda regulation: regulation.sudo().attachment_ids & files)._refuse_settled()

    # --- taking force

    def _get_scope(self):
        """Companies and departments as sets of ids; ``None`` stands for all.

        :rtype: tuple
        """
        self.ensure_one()
        departments = self.env["hr.department"].sudo().with_context(active_test=False).search(
            [("id", "child_of", self.department_ids.ids)],
        ) if self.department_ids else self.department_ids
        return set(self.company_ids.ids) or None, set(departments.ids) or None

    def _get_rivals(self):
        """Versions in force, of the same code, whose scope meets this one's.

        :return: list of ``(version, whether this scope covers its scope)``
        :rtype: list
        """
        self.ensure_one()
        others = self.sudo().search([("code", "=", self.code), ("state", "=", "in_force"), ("id", "not in", self.ids)])
        rivals = []
        for other in others:
            pairs = list(zip(self.sudo()._get_scope(), other._get_scope(), strict=True))
            if all(mine is None or theirs is None or mine & theirs for mine, theirs in pairs):
                covered = all(mine is None or (theirs is not None and theirs <= mine) for mine, theirs in pairs)
                rivals.append((other, covered))
        return rivals

    def _get_cannot_supersede_reason(self):
        """BT-21: why this version cannot take the place of the one in force; empty when it can.

        :rtype: str
        """
        wider = [other for other, covered in self._get_rivals() if not covered]
        return self.env._(
            "%(other)s is in force for more companies or departments. Give this version the same scope at least, or "
            "have the executive office withdraw the other one first.",
            other=", ".join(other.display_name for other in wider),
        ) if wider else ""

    def _take_force(self):
        """BT-21: approved versions take force and supersede the older ones; what is in force already is left alone."""
        today = self._get_today()
        taken = self.browse()
        for regulation in self._as_engine().filtered(lambda r: r.state == "approved").sorted("date_effective"):
            if problem := regulation._get_cannot_supersede_reason():
                regulation._tell_administrators(problem)
                continue
            older = regulation.browse([other.id for other, _covered in regulation._get_rivals()])
            regulation._supersede(older, today)
            regulation.write({"date_in_force": today})
            regulation._take_over_controls()
            regulation._message_log(body=self.env._("In force since %s.", fields.Date.to_string(today)))
            taken += regulation
        taken._ask_readers()
        return taken

    def _supersede(self, older, today):
        """End the older versions; they stay readable."""
        older._close_reading()
        for version in older:
            version.write({
                "superseded_by_id": self.id,
                "date_end": max(version.date_in_force, today - timedelta(days=1)),
            })
            version._message_log(body=self.env._("Superseded by %s.", self.display_name))
        older.flush_recordset()

    def _take_over_controls(self):
        """Let controls cite the same clause in the version that is now in force.

        Clauses of another version that is itself in force (for other companies) keep their controls.
        """
        self.ensure_one()
        self.env.flush_all()
        moved = [row[0] for row in self.env.execute_query(SQL(
            """
            WITH pair AS (
                SELECT old.id AS old_id, new.id AS new_id
                  FROM business_regulation_clause new
                  JOIN business_regulation_clause old ON old.code = new.code AND old.id <> new.id
                  JOIN business_regulation regulation ON regulation.id = old.regulation_id
                 WHERE new.regulation_id = %s AND regulation.code = %s AND regulation.state <> 'in_force'
            ), gone AS (
                DELETE FROM business_control_clause_rel rel
                      USING pair
                      WHERE rel.clause_id = pair.old_id
                  RETURNING rel.control_id, pair.new_id
            )
            INSERT INTO business_control_clause_rel (control_id, clause_id)
            SELECT DISTINCT control_id, new_id FROM gone
            ON CONFLICT DO NOTHING
            RETURNING control_id
            """,
            self.id, self.code,
        ))]
        if moved:
            self.env["business.control"].invalidate_model(["clause_ids"])
            self.env["business.regulation.clause"].invalidate_model(["control_ids", "control_count"])
        left = self.env["business.control"].sudo().search([
            ("clause_ids.regulation_id.code", "=", self.code),
            ("clause_ids.regulation_id.state", "in", ("superseded", "withdrawn")),
        ])
        if left:
            self._tell_administrators(self.env._(
                "These controls cite clauses that are not in this version any more: %s",
                ", ".join(left.mapped("display_name")),
            ))

    def _tell_administrators(self, text):
        """Put a message into the chatter and notify the regulation administrators."""
        self.ensure_one()
        users = self.env["res.users"].sudo().search([
            ("all_group_ids", "in", self.env.ref("business_dept.group_regulation_admin").ids), ("share", "=", False),
        ] + ([("company_ids", "in", self.company_ids.ids)] if self.company_ids else []))
        self._message_log(body=text)
        if users:
            self.message_notify(subject=self.display_name, body=text, partner_ids=users.partner_id.ids)

    # --- reading

    def _get_readers(self):
        """``{regulation: {user: employee}}``: who has to read (RL-11). Two statements, however many.

        Active internal users with an employee in the companies and departments in scope.
        """
        employees = self.env["hr.employee"].sudo().search_fetch(
            [("user_id", "!=", False), ("user_id.active", "=", True), ("user_id.share", "=", False)],
            ["user_id", "company_id", "department_id"],
        )
        above = {
            department.id: {int(part) for part in (department.parent_path or "").split("/") if part}
            for department in employees.department_id
        }
        readers = {}
        for regulation in self.sudo():
            companies, departments = set(regulation.company_ids.ids), set(regulation.department_ids.ids)
            found = readers[regulation] = {}
            for employee in employees:
                if companies and employee.company_id.id not in companies:
                    continue
                if departments and not departments & above.get(employee.department_id.id, set()):
                    continue
                found.setdefault(employee.user_id, employee)
        return readers

    def _ask_readers(self):
        """RL-11: ask everybody in scope who was not asked yet; one batch of rows, one of activities.

        :return: the new ``business.regulation.acknowledgement`` rows, in sudo
        """
        Acknowledgement = self.env["business.regulation.acknowledgement"].sudo()
        regulations = self.filtered(lambda regulation: regulation.state == "in_force")
        if not regulations:
            return Acknowledgement
        asked = {
            (regulation.id, user.id)
            for regulation, user in Acknowledgement.with_context(active_test=False)._read_group(
                [("regulation_id", "in", regulations.ids)], ["regulation_id", "user_id"],
            )
        }
        today = self._get_today()
        rows = Acknowledgement.create([
            {
                "regulation_id": regulation.id,
                "user_id": user.id,
                "employee_id": employee.id,
                "department_id": employee.department_id.id,
                "company_id": employee.company_id.id,
                "deadline": today + timedelta(days=regulation.read_deadline_days),
            }
            for regulation, readers in regulations._get_readers().items()
            for user, employee in readers.items()
            if (regulation.id, user.id) not in asked
        ])
        rows._schedule_activities()
        return rows

    def _close_reading(self):
        """Nobody has to read any more what is not in force; what was confirmed stays."""
        rows = self.env["business.regulation.acknowledgement"].sudo().search([
            ("regulation_id", "in", self.ids), ("state", "=", "to_read"),
        ])
        rows._close_activities()
        rows.unlink()

    # === CRON === #

    @api.model
    def _cron_take_force(self):
        """BT-21: let approved versions take force on their day. Each is done and committed by itself."""
        due = self.search(
            [("state", "=", "approved"), ("date_effective", "<=", self._get_today())], order="date_effective, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for regulation in due:
            regulation.with_context(lang=regulation._get_control_company().partner_id.lang)._take_force()
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _cron_follow_up_readers(self):
        """RL-11: ask new employees, release those who left, remind the late. Each regulation is committed by itself."""
        Acknowledgement = self.env["business.regulation.acknowledgement"]
        in_force = self.search([("state", "=", "in_force")])
        self.env["ir.cron"]._commit_progress(remaining=len(in_force))
        for regulation in in_force:
            regulation._ask_readers()
            Acknowledgement.search([("regulation_id", "=", regulation.id), ("state", "=", "to_read")])._follow_up()
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break
