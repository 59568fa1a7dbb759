# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...controls import Breach, control
from ...policy import safety as policy
from ...policy.months import months_missing
from ..foundation.approval_mixin import UNLOCKED
from ..foundation.files import adopt_files
from ..foundation.forgery import refuse_forged, without_forged_defaults
from .environment_limit import BOUNDS
from .one_by_one import try_each

SLICE = 200


class BusinessEnvironmentRecord(models.Model):
    """What was measured in a month against its limit; a breach makes a hazard (SM-4.6).

    +-------------------------+----------------------------------------+-------------------------------------------+
    | Action                  | Who                                    | Restriction                               |
    +=========================+========================================+===========================================+
    | Read                    | every employee                         | companies of the user                     |
    | Prepare                 | the engine, every month; safety officer| one record of a limit and month           |
    | Enter, confirm          | safety officer                         | once; afterwards nobody edits it          |
    | Correct                 | safety officer                         | a new record with a reason                |
    | Limit, hazard, state    | the engine only                        | no client writes them                     |
    +-------------------------+----------------------------------------+-------------------------------------------+
    """

    _name = "business.environment.record"
    _description = "Environmental Record"
    _inherit = ["business.control.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, medium, limit_id, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _allow_sudo_commands = False
    _alert_control = "safety.environment_due"

    _engine_fields = frozenset({
        "state", "bound", "minimum", "maximum", "unit", "excess", "load", "is_breach", "date_confirmed", "confirmed_by_id",
        "hazard_id", "corrects_id", "correction_ids", "date_deadline",
    })

    #=== FIELDS ===#

    company_id = fields.Many2one(
        comodel_name="res.company", related="limit_id.company_id", store=True, precompute=True, index=True)
    limit_id = fields.Many2one(
        comodel_name="business.environment.limit", string="Parameter", required=True, index=True, ondelete="restrict")
    medium = fields.Selection(related="limit_id.medium", store=True)
    place_id = fields.Many2one(related="limit_id.place_id", store=True, index="btree_not_null")
    month = fields.Date(required=True, index=True, help="First day of the month.")
    period = fields.Char(string="Month Measured", compute="_compute_period")
    date_deadline = fields.Date(string="Due", compute="_compute_date_deadline", store=True, index=True)
    value = fields.Float(string="Measured Value", digits=(16, 3), tracking=True, copy=False, aggregator="max")
    date_measured = fields.Date(string="Measured On", tracking=True, copy=False)
    method = fields.Char(string="How It Was Measured", help="Own measurement or the number of the laboratory's report.")
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", relation="business_environment_record_attachment_rel", string="Measurement Reports",
        copy=False)
    bound = fields.Selection(
        selection=BOUNDS, string="Kind of Limit", compute="_compute_limits", store=True)
    minimum = fields.Float(
        string="Lower Limit", digits=(16, 3), compute="_compute_limits", store=True, aggregator="max")
    maximum = fields.Float(
        string="Upper Limit", digits=(16, 3), compute="_compute_limits", store=True, aggregator="max")
    unit = fields.Char(compute="_compute_limits", store=True)
    excess = fields.Float(
        string="Beyond the Limit", digits=(16, 3), compute="_compute_excess", store=True, aggregator="max",
        help="Above the most or below the least that is allowed.")
    load = fields.Float(
        string="Of the Limit (%)", digits=(16, 1), compute="_compute_excess", store=True, aggregator="max",
        help="More than 100: beyond the limit. Parameters of different units can be compared by it.")
    is_breach = fields.Boolean(string="Beyond", compute="_compute_excess", store=True, index=True)
    date_confirmed = fields.Datetime(string="Confirmed On", readonly=True, copy=False, tracking=True)
    confirmed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    state = fields.Selection(
        selection=[("draft", "To record"), ("confirmed", "Confirmed"), ("corrected", "Corrected")],
        compute="_compute_state", store=True, default="draft", required=True, index=True, copy=False, tracking=True)
    hazard_id = fields.Many2one(
        comodel_name="business.safety.hazard", index="btree_not_null", ondelete="restrict", readonly=True, copy=False)

    _limit_month_uniq = models.UniqueIndex(
        "(limit_id, month) WHERE corrects_id IS NULL",
        "There is a record of this parameter and month; a correction of a confirmed one begins there.")
    _check_month = models.Constraint("CHECK (EXTRACT(day FROM month) = 1)", "A month is named by its first day.")

    #=== COMPUTE METHODS ===#

    @api.depends("limit_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for record in self:
            record.display_name = " · ".join(filter(None, (record.limit_id.name, record.period))) or False

    @api.depends("month")
    def _compute_period(self):
        for record in self:
            record.period = record.month and record.month.strftime("%Y-%m")

    @api.depends("month", "limit_id.due_day")
    def _compute_date_deadline(self):
        for record in self:
            following = record.month and fields.Date.end_of(record.month, "month") + timedelta(days=1)
            record.date_deadline = following and following.replace(day=record.limit_id.due_day or 1)

    @api.depends("limit_id.bound", "limit_id.minimum", "limit_id.maximum", "limit_id.unit", "date_confirmed")
    def _compute_limits(self):
        for record in self:
            source = record if record.date_confirmed else record.limit_id  # what was confirmed keeps the limit of its time
            record.bound, record.unit = source.bound, source.unit
            record.minimum, record.maximum = source.minimum, source.maximum

    @api.depends("value", "date_measured", "bound", "minimum", "maximum")
    def _compute_excess(self):
        for record in self:
            bounds = record._get_bounds()
            measured = bool(record.date_measured)
            record.excess = policy.limit_excess(record.value, *bounds) if measured else 0.0
            record.load = policy.limit_load(record.value, *bounds) if measured else 0.0
            record.is_breach = record.excess > 0

    @api.depends("date_confirmed", "correction_ids.date_confirmed")
    def _compute_state(self):
        for record in self:
            if any(record.correction_ids.mapped("date_confirmed")):
                record.state = "corrected"
            else:
                record.state = "confirmed" if record.date_confirmed else "draft"

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        refuse_forged(self, vals_list)
        records = super(BusinessEnvironmentRecord, without_forged_defaults(self)).create(vals_list)
        records = records.with_env(self.env)
        adopt_files(records, "attachment_ids")
        return records

    def write(self, vals):
        refuse_forged(self, [vals])
        if vals.keys() - UNLOCKED:
            self._refuse_confirmed()
        result = super().write(vals)
        if "attachment_ids" in vals:
            adopt_files(self, "attachment_ids")
        return result

    #=== ACTION METHODS ===#

    def action_confirm(self):
        """Confirm what was measured: nobody edits it any more, and what is beyond its limit makes a hazard (SM-4.6)."""
        self.check_access("write")
        for record in self:
            if record.date_confirmed:
                raise UserError(self.env._("%s is confirmed already.", record.display_name))
            if not record.date_measured:
                raise UserError(self.env._("Enter the value of %s, and when it was measured.", record.display_name))
            if not record.month <= record.date_measured <= record.company_id._get_local_day():
                raise UserError(self.env._(
                    "%(record)s was measured on %(date)s: not before its month, and not in the future.",
                    record=record.display_name, date=format_date(self.env, record.date_measured)))
            record._check_reason()
        self.flush_recordset(["bound", "minimum", "maximum", "unit"])  # the limit of this moment stays with the record
        self.sudo().write({"date_confirmed": fields.Datetime.now(), "confirmed_by_id": self.env.uid})
        self._check_controls("confirm")
        self._report_breaches()
        self._withdraw_alerts()
        return True

    #=== BUSINESS METHODS ===#

    def _refuse_confirmed(self):
        """Refuse a user's change of what was confirmed."""
        if self.env.su:
            return
        for record in self.sudo().filtered("date_confirmed"):
            record._refuse("safety.record_closed", self.env._(
                "%s is confirmed: correct it by a new record.", record.display_name))

    def _check_files_changed(self, files):
        """Refuse to exchange or take away the report of a measurement that was confirmed.

        :param files: ``ir.attachment``, in sudo
        """
        self.filtered(lambda record: record.sudo().attachment_ids & files)._refuse_confirmed()

    def _get_bounds(self):
        """The least and the most that is allowed, ``None`` where there is no such limit.

        :rtype: tuple
        """
        return (
            self.minimum if self.bound in ("minimum", "range") else None,
            self.maximum if self.bound in ("maximum", "range") else None,
        )

    def _describe_limit(self):
        """The limit in words: ``≤ 50 mg/L``."""
        least, most = (f"{bound:g}" if bound is not None else "" for bound in self._get_bounds())
        match self.bound:
            case "maximum":
                return f"≤ {most} {self.unit}"
            case "minimum":
                return f"≥ {least} {self.unit}"
            case _:
                return f"{least} – {most} {self.unit}"

    @control("safety.environment_limit", moment="confirm")
    def _check_environment_limit(self):
        """SM-4.6: what is discharged meets its limit."""
        return {
            record: Breach(self.env._(
                "%(record)s: %(value)g %(unit)s, limit %(limit)s, beyond it by %(excess)g.", record=record.display_name,
                value=record.value, unit=record.unit, limit=record._describe_limit(), excess=record.excess,
            ), amount=record.excess)
            for record in self if record.is_breach
        }

    def _judge_finding(self, finding):
        """EXTENDS the control mixin: what was measured is a fact. In whatever mode, it is noted and not refused."""
        return finding.outcome if finding.traceback else "noted"

    def _report_breaches(self):
        """Make a hazard of every record beyond its limit, once; a correction goes on with the hazard of what it corrects."""
        limit = self.env["business.control"]._get_by_code("safety.environment_limit")
        found = self.sudo().filtered(lambda record: (
            record.is_breach and not record.hazard_id and limit._get_mode(record.company_id) != "off"))
        for record in found:
            record.hazard_id = record.corrects_id.hazard_id
        new = found.filtered(lambda record: not record.hazard_id)
        if not new:
            return
        hazards = self.env["business.safety.hazard"]._report([record._prepare_hazard() for record in new])
        for record, hazard in zip(new, hazards, strict=True):
            record.hazard_id = hazard

    def _prepare_hazard(self):
        """Values of the hazard that a value beyond its limit is, in the language of the company."""
        record = self.with_context(lang=self.company_id.partner_id.lang)
        return {
            "title": record.env._("Beyond the environmental limit: %s", record.display_name),
            "description": record.env._(
                "Measured %(value)g %(unit)s on %(date)s; limit %(limit)s, beyond it by %(excess)g.", value=record.value,
                unit=record.unit, date=record.date_measured, limit=record._describe_limit(), excess=record.excess),
            "company_id": record.company_id.id,
            "place_id": record.place_id.id,
            "source": "environment",
            "reporter_id": self.env.uid,
        }

    #=== ALERTS ===#

    @api.model
    def _get_alert_domain(self):
        return [("date_confirmed", "=", False), ("corrects_id", "=", False)]

    def _get_alert_owner(self):
        return self._get_alert_people("officer")

    def _describe_alert(self, days):
        return self.env._("Record what was measured: %(record)s, due on %(date)s.", record=self.display_name,
                          date=format_date(self.env, self.date_deadline))

    #=== THE JOB ===#

    @api.model
    def _cron_prepare(self):
        """Prepare the blank records of every month up to this one, a transaction per slice; what is there is left alone."""
        Cron, failed = self.env["ir.cron"], set()
        while done := self._prepare_months(failed):
            if not Cron._commit_progress(done, remaining=1):
                return
        Cron._commit_progress(remaining=0)

    @api.model
    def _prepare_months(self, failed=None):
        """The next blank records that are missing, whatever month they are of.

        :param set failed: ids of limits that are left alone; those with which it fails are added
        :return: how many were missing
        """
        failed = set() if failed is None else failed
        limits = self.env["business.environment.limit"].sudo().search([("id", "not in", list(failed))], order="id")
        present = dict(self.sudo()._read_group(
            [("limit_id", "in", limits.ids), ("corrects_id", "=", False)], ["limit_id"], ["month:array_agg"]))
        missing = [
            {"limit_id": limit.id, "month": month}
            for limit in limits
            for month in months_missing(limit.date_from, limit.company_id._get_local_day(), present.get(limit, ()))
        ][:SLICE]
        blank = self.sudo().with_context(tracking_disable=True)
        failed.update(try_each(
            limits.browse(dict.fromkeys(vals["limit_id"] for vals in missing)),
            lambda limits: blank.create([vals for vals in missing if vals["limit_id"] in limits._ids]),
            "Preparing the records of a month")._ids)
        return len(missing)
