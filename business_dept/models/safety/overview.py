# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What a safety officer looks at in the morning: one call, and no more statements when there are more records."""
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date

from .assessment import CONTROL

ROWS = 6
"""How many rows a tile shows; the rest is a click away."""
DUE_DAYS = 7
OPEN = ("reported", "rectifying", "verifying", "removal")
LEVELS = ("extreme", "high", "medium", "low", False)
AGES = ((0, 7), (8, 30), (31, 90), (91, None))
"""Days since a hazard was found, from and to."""


class BusinessSafetyOverview(models.AbstractModel):
    """The morning's overview (SM-2.1, SP-11, SM-4.2). Everybody sees what he may read: counts and rows go through the
    record rules of the user; only days without accident and scores are the same for all."""

    _name = "business.safety.overview"
    _description = "Safety Overview"

    @api.model
    def get_overview(self):
        """All that the overview shows, in the language of the user.

        :return: ``stops``, ``tiles`` (each with key, title, model, domain, count, tone, rows, empty), ``matrix``, ``days``,
            ``scores``; a part that the user may not read is ``None`` or missing
        :rtype: dict
        :raise AccessError: for who is no employee
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The overview is for employees."))
        today = fields.Date.context_today(self)
        tiles = (
            self._get_inspections_overdue(today), self._get_inspections_due(today), self._get_supervised(today),
            self._get_hazards_overdue(today), self._get_permits(today), self._get_actions(today), self._get_incidents(),
            self._get_supplies(today), self._get_environment(today),
        )
        return {
            "date": format_date(self.env, today, date_format="full"),
            "stops": self._get_stops(),
            "tiles": [tile for tile in tiles if tile],
            "matrix": self._get_matrix(today),
            "days": self._get_days(),
            "scores": self._get_scores(today),
        }

    #=== TILES ===#

    @api.model
    def _get_tile(self, key, title, model, domain, order, describe, empty, tone="danger"):
        """A tile: how many there are, and the first of them.

        :param str key: name of the tile
        :param str title: for people
        :param str model: what it counts
        :param list domain: which of them
        :param str order: of the rows
        :param describe: function of a record in sudo; text beneath its name, tag, tone of the tag
        :param str empty: what it says when there is none
        :param str tone: of the number when there are any
        :rtype: dict or None
        """
        Model = self.env[model]
        if not Model.has_access("read"):
            return None
        records = Model.search(domain, order=order, limit=ROWS)
        count = len(records) if len(records) < ROWS else Model.search_count(domain)
        rows = []
        for record in records.sudo():
            name, text, tag, tag_tone = describe(record)
            rows.append({"id": record.id, "name": name, "text": text, "tag": tag, "tone": tag_tone})
        return {
            "key": key, "title": title, "model": model, "domain": _as_json(domain), "count": count, "rows": rows,
            "empty": empty, "tone": tone if count else "success",
        }

    @api.model
    def _describe_days(self, day, today):
        """How many days are left until a day, or have passed since, and a tone.

        :param date day: a deadline; may be empty
        """
        if not day:
            return self.env._("no deadline"), "secondary"
        left = (fields.Date.to_date(day) - today).days
        if left < 0:
            return self.env._("1 day late") if left == -1 else self.env._("%s days late", -left), "danger"
        if left == 0:
            return self.env._("today"), "warning"
        text = self.env._("1 day left") if left == 1 else self.env._("%s days left", left)
        return text, "warning" if left <= 3 else "secondary"

    @api.model
    def _get_inspections_overdue(self, today):
        return self._get_tile(
            "inspections_overdue", self.env._("Inspections overdue"), "business.safety.inspection",
            [("state", "=", "open"), ("date_deadline", "<", today)], "date_deadline, id",
            lambda inspection: self._describe_inspection(inspection, today), self.env._("No inspection is overdue"))

    @api.model
    def _get_inspections_due(self, today):
        return self._get_tile(
            "inspections_due", self.env._("Inspections due in %s days", DUE_DAYS), "business.safety.inspection",
            [("state", "=", "open"), ("date_deadline", ">=", today), ("date_deadline", "<=", today + timedelta(days=DUE_DAYS))],
            "date_deadline, id", lambda inspection: self._describe_inspection(inspection, today),
            self.env._("No inspection is due"), tone="primary")

    @api.model
    def _describe_inspection(self, inspection, today):
        return (inspection.place_id.display_name, f"{inspection.name} · {inspection.inspector_id.name}",
                *self._describe_days(inspection.date_deadline, today))

    @api.model
    def _get_supervised(self, today):
        return self._get_tile(
            "supervised", self.env._("Supervised major hazards"), "business.safety.hazard",
            [("is_major", "=", True), ("state", "in", OPEN)], "date_deadline, id",
            lambda hazard: self._describe_supervised(hazard, today), self.env._("No major hazard is open"))

    @api.model
    def _describe_supervised(self, hazard, today):
        progress = hazard.progress_ids[:1]
        last = self.env._(
            "%(date)s, %(percent)s %%: %(note)s", date=format_date(self.env, progress.date, date_format="MM-dd"),
            percent=progress.percent, note=progress.note,
        ) if progress else self.env._("no progress reported yet")
        text = " · ".join(filter(None, (hazard.place_id.display_name, hazard.supervisor_id.name, last)))
        return hazard.title, text, *self._describe_days(hazard.date_deadline, today)

    @api.model
    def _get_hazards_overdue(self, today):
        return self._get_tile(
            "hazards_overdue", self.env._("Hazards past their deadline"), "business.safety.hazard",
            [("state", "in", OPEN), ("date_deadline", "<", today)], "date_deadline, id",
            lambda hazard: (hazard.title, " · ".join(filter(None, (
                hazard.place_id.display_name, hazard.responsible_id.name))), *self._describe_days(hazard.date_deadline, today)),
            self.env._("No hazard is past its deadline"))

    @api.model
    def _get_permits(self, today):
        """Permits that are valid today on the clock of the user."""
        start = self._to_utc(today)
        return self._get_tile(
            "permits", self.env._("Permits today"), "business.safety.permit",
            [("state", "in", ("approved", "started")), ("date_from", "<", self._to_utc(today + timedelta(days=1))),
             ("date_to", ">=", start)],
            "date_from, id", self._describe_permit, self.env._("No special work today"), tone="primary")

    @api.model
    def _describe_permit(self, permit):
        start, end = (fields.Datetime.context_timestamp(self, moment) for moment in (permit.date_from, permit.date_to))
        states = dict(permit._fields["state"]._description_selection(self.env))
        late = permit.date_to < fields.Datetime.now()
        return (
            f"{permit.type_id.name} · {permit.place_id.display_name}",
            f"{start:%m-%d %H:%M} – {end:%m-%d %H:%M} · {permit.requester_id.name}",
            self.env._("expired, not closed") if late else states[permit.state],
            "danger" if late else "warning" if permit.state == "started" else "secondary",
        )

    @api.model
    def _get_actions(self, today):
        return self._get_tile(
            "actions", self.env._("Corrective actions overdue"), "business.safety.action",
            [("state", "=", "open"), ("date_deadline", "<", today)], "date_deadline, id",
            lambda action: (action.name, action.owner_id.name, *self._describe_days(action.date_deadline, today)),
            self.env._("No corrective action is overdue"))

    @api.model
    def _get_incidents(self):
        return self._get_tile(
            "incidents", self.env._("Incidents not closed"), "business.safety.incident",
            [("state", "!=", "closed")], "date_occurred desc, id desc", self._describe_incident,
            self.env._("No incident is open"), tone="warning")

    @api.model
    def _describe_incident(self, incident):
        states = dict(incident._fields["state"]._description_selection(self.env))
        day = fields.Datetime.context_timestamp(self, incident.date_occurred)
        return (
            incident.title, f"{day:%m-%d %H:%M} · {incident.place_id.display_name} · {incident.severity_id.name}",
            states[incident.state], "danger" if incident.is_accident else "warning",
        )

    @api.model
    def _get_supplies(self, today):
        domain = ["|", "|", ("is_short", "=", True), ("date_expiry", "<", today), ("date_check_due", "<", today)]
        return self._get_tile(
            "supplies", self.env._("Emergency supplies short, expired or not checked"), "business.safety.supply", domain,
            "place_id, name, id", lambda supply: self._describe_supply(supply, today),
            self.env._("All supplies are complete and checked"))

    @api.model
    def _describe_supply(self, supply, today):
        text = f"{supply.place_id.display_name} · {supply.keeper_id.name}"
        if supply.is_short:
            tag = self.env._("%(there)g of %(needed)g %(unit)s", there=supply.quantity, needed=supply.minimum,
                             unit=supply.unit or "")
            return supply.name, text, tag, "danger"
        if supply.date_expiry and supply.date_expiry < today:
            return supply.name, text, self.env._("expired"), "danger"
        return supply.name, text, self.env._("not checked"), "warning"

    @api.model
    def _get_environment(self, today):
        """Values beyond their limit, of this month and of the one before: what a month was is known when it is over."""
        return self._get_tile(
            "environment", self.env._("Environmental limits exceeded since last month"), "business.environment.record",
            [("month", ">=", fields.Date.add(today.replace(day=1), months=-1)), ("is_breach", "=", True),
             ("correction_ids", "=", False)],
            "month desc, id desc", lambda record: (
                record.limit_id.name, f"{record.month:%Y-%m} · {record.place_id.display_name or record.company_id.name}",
                self.env._("%(value)g, limit %(limit)s", value=record.value, limit=record._describe_limit()), "danger"),
            self.env._("Everything measured is within its limits"))

    #=== OTHER PARTS ===#

    @api.model
    def _get_stops(self):
        """What stands still now."""
        Stop = self.env["business.safety.stop"]
        if not Stop.has_access("read"):
            return []
        return [
            {
                "id": stop.id,
                "name": " · ".join(filter(None, (stop.place_id.display_name, stop.permit_type_id.name))),
                "reason": stop.reason,
                "since": f"{fields.Datetime.context_timestamp(self, stop.date_from):%m-%d %H:%M}",
            }
            for stop in Stop.search([("date_lifted", "=", False)], order="date_from, id").sudo()
        ]

    @api.model
    def _get_matrix(self, today):
        """Open hazards by level and age."""
        Hazard = self.env["business.safety.hazard"]
        if not Hazard.has_access("read"):
            return None
        labels = dict(Hazard._fields["level"]._description_selection(self.env))
        columns = [self._get_age_domain(age, today) for age in AGES]
        counts = [dict(Hazard._read_group(domain, ["level"], ["__count"])) for domain in columns]
        rows = [
            {
                "level": level or "none",
                "name": labels.get(level) or self.env._("Not assessed"),
                "cells": [
                    {"count": counted.get(level, 0), "domain": _as_json([*domain, ("level", "=", level)])}
                    for counted, domain in zip(counts, columns, strict=True)
                ],
                "count": sum(counted.get(level, 0) for counted in counts),
                "domain": [["state", "in", OPEN], ["level", "=", level]],
            }
            for level in LEVELS
        ]
        ages = [
            self.env._("up to %s days", last) if not first else
            self.env._("%(first)s to %(last)s days", first=first, last=last) if last else
            self.env._("more than %s days", first - 1)
            for first, last in AGES
        ]
        return {
            "ages": ages, "rows": rows, "count": sum(row["count"] for row in rows), "domain": [["state", "in", OPEN]],
            "empty": self.env._("No hazard is open"),
        }

    @api.model
    def _get_age_domain(self, age, today):
        """Open hazards that were found so many days ago."""
        first, last = age
        domain = [("state", "in", OPEN)]
        if first:
            domain.append(("date_found", "<=", today - timedelta(days=first)))
        if last:
            domain.append(("date_found", ">=", today - timedelta(days=last)))
        return domain

    @api.model
    def _get_days(self):
        """Days without accident of the companies, and of their departments (SM-2.1)."""
        companies = self.env.companies.sudo()
        departments = self.env["hr.department"].sudo().search([("company_id", "in", companies.ids)])
        by_company = departments.grouped("company_id")
        return [
            {
                "id": company.id, "name": company.name, "days": company.days_without_accident,
                "departments": [
                    {"id": department.id, "name": department.name, "days": department.days_without_accident}
                    for department in by_company.get(company, departments.browse()).sorted("days_without_accident")
                ],
            }
            for company in companies
        ]

    @api.model
    def _get_scores(self, today):
        """The score of the month so far for each department, beside that of the last month (SD-5.6)."""
        Assessment = self.env["business.safety.assessment"]
        companies = self.env.companies
        months = {company: company.sudo()._get_local_day().replace(day=1) for company in companies}
        assessed = Assessment.sudo()._get_assessed(months)
        before = {
            (row.department_id.id, row.month): row
            for row in Assessment.search([
                ("is_current", "=", True), ("company_id", "in", companies.ids),
                ("month", ">=", fields.Date.add(min(months.values()), months=-1)),
            ])
        }
        control, names = self.env["business.control"]._get_by_code(CONTROL), Assessment._get_severity_names()
        rows = []
        for department, result in assessed.items():
            month = months[department.company_id.sudo(False)]
            last = before.get((department.id, fields.Date.add(month, months=-1)))
            provisional = Assessment.sudo().new({"department_id": department.id, **Assessment._prepare_facts(result)})
            rows.append({
                "id": department.id, "name": department.name, "score": result.score.score,
                "tone": "danger" if result.score.score < control._get_threshold(department.company_id) else "success",
                "parts": [f"{text} ({points:+.1f})" for text, points in provisional._describe_parts(names) if points],
                "last": last.score if last else None, "last_id": last.id if last else False,
            })
        rows.sort(key=lambda row: (row["score"], row["name"]))
        return {
            "title": self.env._("Safety scores of %s so far", format_date(self.env, today, date_format="yyyy-MM")),
            "rows": rows,
            "empty": self.env._("There is no department yet"),
        }

    @api.model
    def _to_utc(self, day):
        """The beginning of a day on the clock of the user, in UTC."""
        moment = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        start = moment.replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0)
        return fields.Datetime.to_datetime(day) - start.utcoffset()


def _as_json(domain):
    """A domain as a client can send it back: days and moments as text.

    :param list domain: of terms and operators
    """
    return [
        term if isinstance(term, str) else [
            term[0], term[1], str(term[2]) if hasattr(term[2], "isoformat") else
            list(term[2]) if isinstance(term[2], tuple) else term[2],
        ]
        for term in domain
    ]
