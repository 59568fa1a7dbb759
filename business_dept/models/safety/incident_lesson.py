# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What everybody learns from an incident: issued like a regulation, approved by the leading group, read and confirmed."""
import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..foundation.races import touch
from ..foundation.regulation import BusinessRegulation as Regulation


class BusinessRegulation(models.Model):
    _inherit = "business.regulation"

    _protected_fields = Regulation._protected_fields | {"safety_incident_id"}


class BusinessSafetyIncident(models.Model):
    _inherit = "business.safety.incident"

    lessons = fields.Text(
        copy=False, tracking=True, help="What everybody learns from it, one lesson per line. It names nobody.")
    lesson_ids = fields.One2many(
        comodel_name="business.regulation", inverse_name="safety_incident_id", string="Lessons Issued", readonly=True,
        copy=False)
    lesson_reader_count = fields.Integer(string="To Read", compute="_compute_lesson_reading", compute_sudo=True)
    lesson_confirmed_count = fields.Integer(string="Have Read", compute="_compute_lesson_reading", compute_sudo=True)
    lesson_progress = fields.Float(string="Read (%)", compute="_compute_lesson_reading", compute_sudo=True, aggregator=None)

    @api.depends("lesson_ids.acknowledgement_ids.state")
    def _compute_lesson_reading(self):
        counts = {}
        for regulation, state, count in self.env["business.regulation.acknowledgement"]._read_group(
            [("regulation_id", "in", self.lesson_ids.ids)], ["regulation_id", "state"], ["__count"],
        ):
            counts[regulation, state] = count
        for incident in self:
            asked = sum(counts.get((lesson, state), 0) for lesson in incident.lesson_ids for state in ("to_read", "confirmed"))
            confirmed = sum(counts.get((lesson, "confirmed"), 0) for lesson in incident.lesson_ids)
            incident.lesson_reader_count, incident.lesson_confirmed_count = asked, confirmed
            incident.lesson_progress = 100.0 * confirmed / asked if asked else 0.0

    # === ACTION METHODS === #

    def action_make_lesson(self):
        """Make the lesson of an incident and submit it to the leading group. What was sent back is made anew.

        :raise UserError: the investigation is not finished, no lesson is written, or one is on its way
        """
        self.ensure_one()
        self._check_handler()
        self._check_open_for_notices()
        incident = self.sudo()
        if not incident.date_investigated:
            raise UserError(self.env._("Finish the investigation first: lessons follow from what was found."))
        if not incident._get_lessons():
            raise UserError(self.env._("Write down what everybody learns from it, one lesson per line."))
        live = incident.lesson_ids.filtered(lambda lesson: lesson.state in ("under_review", "approved", "in_force"))
        if live:
            raise UserError(self.env._("%s is on its way or in force already.", live[0].display_name))
        touch(incident)
        lesson = incident._make_lesson()
        lesson._submit_for_approval(requester=self.env.user)
        return self.action_open_lessons()

    def action_open_lessons(self):
        """Open the lessons of the incident."""
        self.ensure_one()
        lessons = self.lesson_ids
        action = {
            "type": "ir.actions.act_window", "res_model": "business.regulation", "name": self.env._("Lessons"),
            "view_mode": "list,form", "domain": [("safety_incident_id", "=", self.id)],
        }
        return {**action, "view_mode": "form", "res_id": lessons.id} if len(lessons) == 1 else action

    # === BUSINESS METHODS === #

    def _get_lessons(self):
        """The lessons, one per line, without the names of people. In sudo."""
        return [line.strip(" \t-·•") for line in self._without_names(self.lessons or "").splitlines() if line.strip(" \t-·•")]

    def _without_names(self, text):
        """A text in which nobody of the incident is named: lessons go to everybody, what happened to people does not.

        Neither who had a part in it, nor who reported or investigated it, nor anybody of its department. What else gives
        somebody away, the leading group sees when it reads the lesson. In sudo.

        :param str text: what somebody wrote
        :rtype: str
        """
        colleagues = self.env["hr.employee"].with_context(active_test=False).search([
            ("department_id", "!=", False), ("department_id", "=", self.department_id.id)])
        names = {name for person in self.person_ids for name in (person.employee_id.name, person.outsider) if name}
        names |= {name for name in (*colleagues.mapped("name"), *(self.reported_by_id | self.investigator_ids).mapped("name"))
                  if name and len(name) > 1}
        if not names:
            return text
        # a name in Latin letters is not part of a longer word; between Chinese signs there is no gap
        pattern = "|".join(
            rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name.isascii() else re.escape(name)
            for name in sorted(names, key=len, reverse=True))
        return re.sub(pattern, self.env._("somebody"), text, flags=re.IGNORECASE)

    def _make_lesson(self):
        """The draft of the lesson, with the current user as its author. In sudo."""
        lang = self.company_id.partner_id.lang or self.env.lang
        incident = self.with_context(lang=lang)
        drafts = self.lesson_ids.filtered(lambda lesson: lesson.state == "draft")
        name = incident.env._("Lesson of an incident: %(severity)s, %(place)s", severity=incident.severity_id.name,
                              place=incident.place_id.complete_name)
        clauses = [
            (incident.env._("What happened"), incident._without_names(incident.facts or incident.description or "")),
            (incident.env._("Root causes"), incident._without_names(
                "\n".join(cause.root_cause for cause in incident.cause_ids if cause.root_cause))),
            *((incident.env._("Lesson %s", number), text) for number, text in enumerate(incident._get_lessons(), 1)),
        ]
        values = {
            "name": name, "issuer": self.company_id.name, "date_effective": self.env["business.regulation"]._get_today(),
            "company_ids": [Command.set(self.company_id.ids)], "department_ids": [Command.clear()], "read_deadline_days": 7,
        }
        Lesson = self.env["business.regulation"]._as_engine().with_context(lang=lang)
        lesson = Lesson.browse(drafts[:1].ids)
        if lesson:
            lesson.clause_ids.unlink()
            lesson.write(values)
        else:
            lesson = Lesson.create({
                **values, "kind": "lesson", "code": self.name, "version": f"{len(self.lesson_ids) + 1}.0"})
            lesson.write({"safety_incident_id": self.id})
        lesson.env["business.regulation.clause"].create([
            {"regulation_id": lesson.id, "code": f"{self.name}-{number}", "sequence": number * 10, "name": title, "text": text}
            for number, (title, text) in enumerate(clauses, 1) if text
        ])
        return lesson.with_env(self.env(su=True))
