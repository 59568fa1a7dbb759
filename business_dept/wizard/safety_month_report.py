# Part of business_dept. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..policy.safety import days_without_accident

LEVELS = ("extreme", "high", "medium", "low", False)
READERS = ("business_dept.group_executive_office", "business_dept.group_auditor")


class BusinessSafetyMonthReport(models.TransientModel):
    """The safety report of a month 安全生产月报, of a company, on paper (SD-5.6, SM-2.1).

    Holds what was chosen. The figures are those of the whole company, whoever prints it; so only the safety officer, the
    leading group, the executive office and auditors do.
    """

    _name = "business.safety.month.report"
    _description = "Monthly Safety Report"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )
    month = fields.Date(
        required=True, default=lambda self: fields.Date.add(fields.Date.context_today(self).replace(day=1), months=-1),
        help="Any day of the month.")
    month_name = fields.Selection(
        selection="_get_months", string="Month of the Report", compute="_compute_month_name",
        inverse="_inverse_month_name")

    @api.model
    def _get_months(self):
        """The last two years, this month first: nobody picks a day to say a month."""
        first = fields.Date.context_today(self).replace(day=1)
        months = [fields.Date.add(first, months=-back) for back in range(25)]
        return [(f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months]

    @api.depends("month")
    def _compute_month_name(self):
        names = dict(self._get_months())
        for report in self:
            name = report.month and f"{report.month:%Y-%m}"
            report.month_name = name if name in names else False

    def _inverse_month_name(self):
        for report in self.filtered("month_name"):
            report.month = fields.Date.to_date(f"{report.month_name}-01")

    def action_print(self):
        """Print the report.

        :raise AccessError: for who does not read it
        :raise UserError: for a month that has not begun
        """
        self.ensure_one()
        self._check_reader()
        if self._get_month() > fields.Date.context_today(self):
            raise UserError(self.env._("This month has not begun yet."))
        return self.env.ref("business_dept.action_report_safety_month").report_action(self)

    @api.model
    def _may_read(self, company):
        """Whether the current user reads the report of a company."""
        user = self.env.user
        return company in user.company_ids and (
            user._is_safety_officer(company) or user._is_in_leading_group(company)
            or any(user.has_group(group) for group in READERS))

    def _check_reader(self):
        for report in self:
            if not self._may_read(report.company_id):
                raise AccessError(self.env._(
                    "The monthly safety report is for the safety officer, the leading group, the executive office and "
                    "auditors."))

    def _get_month(self):
        """The first day of the month."""
        return self.month.replace(day=1)

    def _get_report(self):
        """All that stands on the paper.

        :rtype: dict
        :raise AccessError: for who does not read it
        """
        self.ensure_one()
        self._check_reader()
        report, month = self.sudo(), self._get_month()
        period = self.env["business.safety.assessment"]._get_period(report.company_id, month)
        _company_id, _zone, _first, _due, seen, after, start, stop = period
        scores, is_provisional = report._get_scores(month)
        return {
            "month": format_date(self.env, month, lang_code="zh_CN", date_format="yyyy年M月"),
            "is_over": seen == after,
            "until": fields.Date.add(seen, days=-1),
            "days": report._get_days(fields.Date.add(seen, days=-1)),
            "inspections": report._get_inspections(month, after, stop),
            **report._get_hazards(month, seen, start, stop),
            "majors": report._get_majors(seen, start, stop),
            "incidents": report._find("incident", [("date_occurred", ">=", start), ("date_occurred", "<", stop)]),
            "late_actions": report._count("action", [
                ("date_deadline", "<", seen), "|", ("date_done", "=", False), ("date_done", ">=", stop)]),
            "permits": self.env["business.safety.permit"].sudo()._read_group(
                [("company_id", "=", report.company_id.id), ("date_from", ">=", start), ("date_from", "<", stop),
                 ("state", "in", ("approved", "started", "closed"))], ["type_id"], ["__count"]),
            "drills": report._find("drill", [("date_held", ">=", month), ("date_held", "<", after)]),
            "supplies": report._count("supply", []),
            "short_supplies": report._find("supply", []).filtered(
                lambda supply: supply.is_short or (supply.date_expiry and supply.date_expiry < seen)),
            "measured": self.env["business.environment.record"].sudo().search(
                [("company_id", "=", report.company_id.id), ("month", "=", month), ("date_confirmed", "!=", False),
                 ("correction_ids", "=", False)]),
            "scores": scores,
            "is_provisional": is_provisional,
            "awards": report._find("award", [
                ("state", "=", "approved"), ("kind", "!=", "blameless"), ("date_decided", ">=", start),
                ("date_decided", "<", stop)]),
            "outlook": report._get_outlook(after),
        }

    #=== PARTS, IN SUDO ===#

    def _find(self, name, terms):
        """Records of a model of safety in the company."""
        return self.env[f"business.safety.{name}"].search([("company_id", "=", self.company_id.id), *terms])

    def _count(self, name, terms):
        """How many there are in the company."""
        return self.env[f"business.safety.{name}"].search_count([("company_id", "=", self.company_id.id), *terms])

    def _get_days(self, day):
        """Days without accident at the end of what is reported (SM-2.1)."""
        company = self.company_id
        accidents = [
            company._get_local_day(moment)
            for moment in self._find("incident", [("is_accident", "=", True)]).mapped("date_occurred")
        ]
        return days_without_accident(company._get_safety_since()[company.id], accidents, day)

    def _get_inspections(self, month, after, stop):
        """Inspections of the month by place: place, due, done, mean score."""
        inspections = self._find("inspection", [
            ("kind", "!=", "correction"), ("date_deadline", ">=", month), ("date_deadline", "<", after)])
        rows = []
        for place, due in inspections.grouped("place_id").items():
            done = due.filtered(lambda inspection: inspection.date_closed and inspection.date_closed < stop)
            rows.append((place, len(due), len(done), sum(done.mapped("score")) / len(done) if done else None))
        return sorted(rows, key=lambda row: row[0].complete_name)

    def _get_hazards(self, month, seen, start, stop):
        """Hazards that were found, closed, are open at the end, and past their deadline, by level."""
        hazards = self._find("hazard", [
            ("date_found", "<", seen), "|", ("date_found", ">=", month), *self._get_open_terms(start)])
        hazards = hazards.filtered(lambda hazard: not hazard.date_rejected or hazard.date_rejected >= stop)
        parts = {
            "found": hazards.filtered(lambda hazard: hazard.date_found >= month),
            "closed": hazards.filtered(lambda hazard: hazard.date_closed and start <= hazard.date_closed < stop),
            "open": hazards.filtered(lambda hazard: not hazard.date_closed or hazard.date_closed >= stop),
        }
        parts["overdue"] = parts["open"].filtered(lambda hazard: hazard.date_deadline and hazard.date_deadline < seen)
        rows = {
            level: {name: len(part.filtered(lambda hazard, level=level: hazard.level == level)) for name, part in parts.items()}
            for level in LEVELS
        }
        return {"levels": rows, "totals": {name: len(part) for name, part in parts.items()}}

    @api.model
    def _get_open_terms(self, moment):
        """Terms: neither closed nor rejected before a moment."""
        return [
            "&", "|", ("date_closed", "=", False), ("date_closed", ">=", moment),
            "|", ("date_rejected", "=", False), ("date_rejected", ">=", moment),
        ]

    def _get_majors(self, seen, start, stop):
        """Major hazards that were open in the month, each with its last progress: ``[(hazard, progress)]``."""
        hazards = self._find("hazard", [("is_major", "=", True), ("date_found", "<", seen), *self._get_open_terms(start)])
        return [
            (hazard, hazard.progress_ids.filtered(lambda progress: progress.date < seen)[:1])
            for hazard in hazards if not hazard.date_rejected or hazard.date_rejected >= stop
        ]

    def _get_scores(self, month):
        """Departments with score and parts that moved it, in Chinese: ``[(department, score, words)]``; and whether they are
        provisional, because the month is not over."""
        Assessment = self.env["business.safety.assessment"].with_context(lang="zh_CN")
        stored = Assessment.search([
            ("company_id", "=", self.company_id.id), ("month", "=", month), ("is_current", "=", True)])
        rows = stored or Assessment.union(*(
            Assessment.new({"department_id": department.id, **Assessment._prepare_facts(assessed)})
            for department, assessed in Assessment._get_assessed({self.company_id: month}).items()
        ))
        names = Assessment._get_severity_names()
        found = [
            (row.department_id, row.score, "；".join(
                f"{text}（{points:+.1f}）" for text, points in row._describe_parts(names) if points))
            for row in rows
        ]
        return sorted(found, key=lambda row: (-row[1], row[0].id)), not stored

    def _get_outlook(self, first):
        """What is due in the month after: numbers and drills."""
        after = fields.Date.add(first, months=1)
        return {
            "inspections": self._count("inspection", [
                ("state", "=", "open"), ("date_deadline", ">=", first), ("date_deadline", "<", after)]),
            "hazards": self._count("hazard", [
                ("state", "in", ("rectifying", "verifying", "removal")), ("date_deadline", ">=", first),
                ("date_deadline", "<", after)]),
            "actions": self._count("action", [
                ("state", "=", "open"), ("date_deadline", ">=", first), ("date_deadline", "<", after)]),
            "qualifications": self._count("qualification", [("date_to", ">=", first), ("date_to", "<", after)]),
            "drills": self._find("drill", [
                ("state", "=", "planned"), ("date_planned", ">=", first), ("date_planned", "<", after)]),
        }
