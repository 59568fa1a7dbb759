# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Reports from the public page: what is kept of them, and what is not."""
import os
import secrets
import time
from datetime import UTC
from pathlib import Path

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...policy.report_page import (
    MAX_SECONDS,
    MIN_SECONDS,
    clean_text,
    hash_code,
    make_code,
    make_stamp,
    normal_code,
    stamp_age,
)
from ...policy.report_photo import PhotoRefused, check_photo, repaint_photo

WORDS = {"what": 2000, "where": 200, "contact_name": 100, "contact_detail": 200}
"""What may be typed, and how many signs of it."""
ANSWER = 2000
QUIET = {
    "tz": "UTC", "tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True,
}
"""Context of everything that a report writes: nothing of the request is in it."""
SHOWN_QUESTIONS = 50
TIMEZONE = "Asia/Shanghai"
"""Where a company is that does not say it."""


class BusinessSafetyReport(models.Model):
    """A hazard that came in by the public page: the return code as a hash, and a contact only if somebody gave one
    (SM-4.2.2, SD-12). Written by the page only; read by safety officers, the leading group and auditors.
    """

    _name = "business.safety.report"
    _description = "Report From the Page"
    _inherit = ["business.engine.mixin"]
    _order = "id desc"
    _rec_name = "hazard_id"

    hazard_id = fields.Many2one(comodel_name="business.safety.hazard", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    code_hash = fields.Char(required=True, groups=fields.NO_ACCESS, copy=False)
    is_urgent = fields.Boolean(string="Urgent", help="Who reported thinks that somebody may come to harm at any moment.")
    contact_name = fields.Char(string="Name Given")
    contact_detail = fields.Char(string="How to Reach")
    message_ids = fields.One2many(
        comodel_name="business.safety.report.message", inverse_name="report_id", string="Questions and Answers")

    _code_unique = models.UniqueIndex("(code_hash)")
    _hazard_unique = models.UniqueIndex("(hazard_id)")

    #=== A REPORT COMES IN ===#

    @api.model
    def _as_nobody(self, company):
        """The model for what a report writes: by the system, in the language of the company, without anything of a request.

        Whoever's browser sent it, and in whatever language, what is stored is the same.
        """
        context = {**QUIET, "lang": company.partner_id.lang or "en_US", "allowed_company_ids": company.ids}
        return self.with_env(self.env(user=SUPERUSER_ID, su=True, context=context))

    @api.model
    def _submit(self, page, place, values, photos):
        """Take a report, or say why not. Whatever is refused is refused before a photo is decoded or a row is written.

        :param page: ``business.safety.report.page`` of the company
        :param place: ``business.safety.place``, or empty
        :param dict values: strings as they were sent: those of ``WORDS``, ``category``, ``urgent``, ``stamp``, ``website``
        :param list[bytes] photos: contents of the files
        :return: the return code and ``{}``, or ``None`` and ``{field: why not}``, in the language of the context
        :rtype: tuple
        """
        errors = self._check_report(page, place, values, photos)
        if errors:
            return None, errors
        self = self._as_nobody(page.company_id)  # from here on nothing is of the request
        self._add_to_counts(page, place, 1)
        try:
            pictures = [repaint_photo(photo) for photo in photos]
        except PhotoRefused as error:
            self._add_to_counts(page, place, -1)
            return None, {"photos": error.reason}
        code = self._store(page, place, values, pictures)
        self._tell_full(page.with_env(self.env), place.with_env(self.env))
        return code, {}

    @api.model
    def _check_report(self, page, place, values, photos):
        """What is wrong with a report: ``{field: reason}``, in the order in which it costs."""
        age = stamp_age(values.get("stamp", ""), page._get_salt(), (place or page).report_token, time.time())
        if values.get("website") or age is None or not MIN_SECONDS <= age <= MAX_SECONDS:
            return {"form": "stamp"}
        errors = {}
        for name, most in WORDS.items():
            values[name] = clean_text(values.get(name, ""), multiline=name == "what")
            if len(values[name]) > most:
                errors[name] = "long"
        if len(values["what"]) < 4:
            errors["what"] = "missing"
        if values.get("category") not in self._get_categories():
            values["category"] = False
        if len(photos) > page.photo_count_limit:
            errors["photos"] = "count"
        elif any(len(photo) > page.photo_size_limit * 1024 * 1024 for photo in photos):
            errors["photos"] = "size"
        else:
            for photo in photos:
                try:
                    check_photo(photo)
                except PhotoRefused as error:
                    errors["photos"] = error.reason
                    break
        return errors or ({} if self._has_room(page, place) else {"form": "full"})

    @api.model
    def _get_categories(self):
        """Keys and labels of the categories, in the language of the context."""
        return dict(self.env["business.safety.hazard"]._fields["category"]._description_selection(self.env))

    @api.model
    def _store(self, page, place, values, pictures):
        """Make the hazard and what belongs to it; nothing says when within the day, nor by whom.

        :return: the return code, which is kept nowhere
        """
        company, code = page.company_id, make_code()
        has_contact = bool(values["contact_name"] or values["contact_detail"])
        attachments = self.env["ir.attachment"].create([{
            "name": f"{secrets.token_hex(8)}.jpg", "raw": picture, "mimetype": "image/jpeg",
            "res_model": "business.safety.hazard", "res_id": 0,
        } for picture in pictures])
        self._blur_files(attachments)
        where = self.env._("Where exactly: %s", values["where"]) if values["where"] else ""
        urgent = self.env._("Urgent: who reported thinks that somebody may come to harm at any moment.")
        title = values["what"].split("\n")[0][:80]
        hazard = self.env["business.safety.hazard"]._report([{
            "title": self.env._("[Urgent] %s", title) if values.get("urgent") else title,
            "description": "\n\n".join(filter(None, (values["what"], where, urgent if values.get("urgent") else ""))),
            "company_id": company.id,
            "place_id": place.id,
            "category": values["category"],
            "source": "report",
            "is_anonymous": not has_contact,
            "date_found": self._get_day(company),
            "photo_ids": [fields.Command.set(attachments.ids)],
        }])
        self.create({
            "hazard_id": hazard.id, "company_id": company.id,
            "code_hash": hash_code(normal_code(code), page._get_salt()),
            "is_urgent": bool(values.get("urgent")),
            "contact_name": values["contact_name"] or False, "contact_detail": values["contact_detail"] or False,
        })
        self._blur(hazard.with_env(self.env))
        return code

    @api.model
    def _tell_full(self, page, place):
        """Give the safety officers an activity when the page takes no more: a flood shuts out whoever has something to say."""
        if self._has_room(page, place) or page.activity_ids:
            return
        for user in place.department_id._get_safety_officers(page.company_id):
            page.with_context(mail_activity_quick_update=True).activity_schedule(
                "business_dept.mail_activity_type_safety", user_id=user.id, date_deadline=self._get_day(page.company_id),
                summary=page.with_context(lang=user.lang).env._(
                    "The report page takes no more reports for now, its limit is reached: is it a flood?"))
        self._blur(page)

    @api.model
    def _blur_files(self, attachments):
        """Leave only the day also in the file store."""
        day = self.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC).timestamp()
        for name in attachments.mapped("store_fname"):
            for file in (Path(attachments._full_path(name)), Path(attachments._full_path("checklist"), name)):
                for path in (file, file.parent):
                    if path.exists():
                        os.utime(path, (day, day))

    @api.model
    def _get_day(self, company):
        """Today where the company is."""
        return fields.Date.context_today(self.with_context(tz=company.partner_id.tz or TIMEZONE))

    @api.model
    def _blur(self, record):
        """Leave only the day of what was written for a report just now, so that no log of a proxy can be laid beside it.

        :param record: the hazard, or the page
        """
        self.env.cr.flush()  # what waits for the end of the transaction is written now
        now = self.env.cr.now()
        # the identifier of a message has the time in it; a notice of the bus lives for a day
        extra = {"mail_message": SQL(", date = date_trunc('day', date), message_id = '<' || gen_random_uuid() || '@report>'")}
        of_record = SQL("res_model = %s AND res_id = %s", record._name, record.id)
        of_messages = SQL("model = %s AND res_id = %s", record._name, record.id)
        tables = [
            ("ir_attachment", of_record), ("mail_activity", of_record), ("business_control_event", of_record),
            ("mail_message", of_messages),
            ("mail_tracking_value", SQL("mail_message_id IN (SELECT id FROM mail_message WHERE %s)", of_messages)),
            ("bus_bus", SQL("create_date = %s", now)),
        ]
        if record._name == "business.safety.hazard":
            tables += [
                ("business_safety_hazard", SQL("id = %s", record.id)),
                ("business_safety_report", SQL("hazard_id = %s", record.id)),
                ("business_safety_report_message", SQL("hazard_id = %s", record.id)),
            ]
        for table, column in tables:
            self.env.cr.execute(SQL(
                """UPDATE %(table)s SET write_date = date_trunc('day', write_date),
                          create_date = date_trunc('day', create_date)%(extra)s
                    WHERE %(column)s AND write_date >= %(now)s""",
                table=SQL.identifier(table), extra=extra.get(table, SQL()), column=column, now=now))
        self.env.invalidate_all(flush=False)

    #=== LIMITS ===#

    @api.model
    def _get_slots(self, page, place):
        """The counters that a report runs up, with how far each may go: ``[(place id or 0, slot, limit)]``."""
        now = fields.Datetime.now()
        day, hour = now.strftime("%Y-%m-%d"), now.strftime("%Y-%m-%d %H")
        slots = [(0, hour, page.company_hour_limit), (0, day, page.company_day_limit)]
        if place:
            slots += [(place.id, hour, page.place_hour_limit), (place.id, day, page.place_day_limit)]
        return slots

    @api.model
    def _has_room(self, page, place):
        """Whether the page takes another report now. One statement, nothing is written."""
        slots = self._get_slots(page, place)
        counts = {(place_id, slot): count for place_id, slot, count in self.env.execute_query(SQL(
            """SELECT place_number, slot, count FROM business_safety_report_count
                WHERE company_id = %s AND place_number IN %s AND slot IN %s""",
            page.company_id.id, tuple({0, place.id or 0}), tuple({slot for _place, slot, _limit in slots})))}
        return all(counts.get((place_id, slot), 0) < limit for place_id, slot, limit in slots)

    @api.model
    def _add_to_counts(self, page, place, number):
        """Count a report, or take it back. Two at once write the same row: the second is tried again, and sees the first.

        :param int number: 1 or -1
        """
        rows = SQL(", ").join(
            SQL("(%s, %s, %s, %s)", page.company_id.id, place_id, slot, number)
            for place_id, slot, _limit in self._get_slots(page, place))
        self.env.cr.execute(SQL(
            """INSERT INTO business_safety_report_count AS counts (company_id, place_number, slot, count) VALUES %s
               ON CONFLICT (company_id, place_number, slot) DO UPDATE SET count = counts.count + EXCLUDED.count""", rows))

    #=== WITH THE RETURN CODE ===#

    @api.model
    def _find_by_code(self, typed):
        """The report of a return code, in sudo; empty for a wrong one.

        :param str typed: as it was typed
        """
        code = normal_code(typed)
        if not code:
            return self.sudo().browse()
        page = self.env["business.safety.report.page"]
        return self.sudo().search([("code_hash", "=", hash_code(code, page._get_salt()))], limit=1)

    def _get_progress(self):
        """What who reported may see, in plain words of the language of the context.

        :return: what the template of the progress page shows
        :rtype: dict
        """
        self.ensure_one()
        hazard, company = self.hazard_id, self.company_id
        steps = [(hazard.date_found, self.env._("We have received your report."))]
        for date, words in (
            (hazard.date_assessed, self.env._("The hazard was assessed. Somebody has been told to put it right.")),
            (hazard.date_rectified, self.env._("It was put right. Somebody else now checks on the spot.")),
            (hazard.date_verified, self.env._("It was checked on the spot.")),
            (hazard.date_closed, self.env._("The matter is closed.")),
            (hazard.date_rejected, self.env._("It was looked into and found to be no hazard.")),
        ):
            if date:
                steps.append((self._get_local_day(date), words))
        return {
            "number": hazard.name,
            "title": hazard.title,
            "place": hazard.place_id.complete_name or company.name,
            "words": self._get_state_words(hazard.state),
            "steps": sorted(steps, key=lambda step: step[0]),
            "deadline": hazard.date_deadline if hazard.state == "rectifying" else False,
            "meanwhile": hazard.interim_protection if hazard.state == "rectifying" else False,
            "done": hazard.rectification_note if hazard.date_rectified else False,
            "reason": hazard.return_reason if hazard.date_rejected else False,
            "messages": self.message_ids[:SHOWN_QUESTIONS],
            "is_asked": self._is_asked(),
        }

    def _get_state_words(self, state):
        """A state of a hazard, as one would tell it to somebody at the door."""
        return {
            "reported": self.env._("Received. The safety officer looks at it next."),
            "rectifying": self.env._("It is being put right."),
            "verifying": self.env._("It was put right and is being checked."),
            "removal": self.env._("It was put right and checked; the leading group decides whether the matter is closed."),
            "closed": self.env._("Put right, checked and closed. Thank you."),
            "rejected": self.env._("Looked into: no hazard. Thank you for looking out."),
        }.get(state, "")

    def _get_local_day(self, date):
        """The day of a moment where the company is."""
        local = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id.partner_id.tz or TIMEZONE), date.replace(tzinfo=None))
        return local.date()

    def _is_asked(self):
        """Whether a question waits for an answer."""
        self.ensure_one()
        return bool(self.message_ids) and self.message_ids[-1].kind == "question" and not (
            self.hazard_id.date_closed or self.hazard_id.date_rejected)

    def _answer(self, body):
        """Keep an answer to the open question; who asked and the safety officers are told.

        :param str body: as it was sent
        :return: why not (``missing``, ``long``, ``unasked``), or ``None``
        """
        self.ensure_one()
        body = clean_text(body, multiline=True)
        if not body or len(body) > ANSWER:
            return "long" if body else "missing"
        report = self.browse(self.id).with_env(self._as_nobody(self.company_id).env)
        self.env.cr.execute(SQL("SELECT FROM business_safety_report WHERE id = %s FOR UPDATE", report.id))
        if not report._is_asked():
            return "unasked"
        asked_by = report.message_ids[-1].user_id
        self.env.cr.execute(SQL("UPDATE business_safety_report SET company_id = company_id WHERE id = %s", report.id))
        report.env["business.safety.report.message"].create({
            "report_id": report.id, "kind": "answer", "body": body, "date": report._get_day(report.company_id)})
        report._tell_answer(asked_by)
        report._blur(report.hazard_id)
        return None

    def _tell_answer(self, asked_by):
        """Give an activity to who asked, or to the safety officers when he is gone."""
        hazard = self.hazard_id.with_context(mail_activity_quick_update=True)  # no mail: it would say the minute
        users = asked_by if asked_by.active and self.company_id in asked_by.company_ids else (
            hazard.department_id._get_safety_officers(self.company_id))
        for user in users:
            hazard.activity_schedule(
                "business_dept.mail_activity_type_safety", user_id=user.id, date_deadline=self._get_day(self.company_id),
                summary=hazard.with_context(lang=user.lang).env._("Answer from who reported the hazard"))

    @api.model
    def _make_stamp(self, page, place):
        """The stamp of a form that is given out now."""
        return make_stamp(page._get_salt(), (place or page).report_token, time.time())


class BusinessSafetyReportMessage(models.Model):
    """A question of the safety officer, or an answer given on the page with the return code (SM-4.2.2)."""

    _name = "business.safety.report.message"
    _description = "Question or Answer"
    _inherit = ["business.engine.mixin"]
    _order = "id"
    _rec_name = "body"

    report_id = fields.Many2one(comodel_name="business.safety.report", required=True, index=True, ondelete="cascade")
    hazard_id = fields.Many2one(related="report_id.hazard_id", store=True, index=True)
    company_id = fields.Many2one(related="report_id.company_id", store=True, index=True)
    kind = fields.Selection(selection=[("question", "Question"), ("answer", "Answer")], required=True)
    body = fields.Text(string="Words", required=True)
    date = fields.Date(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Asked by", ondelete="restrict", help="Empty for an answer: nobody knows.")


class BusinessSafetyReportCount(models.Model):
    """How many reports came in, per company or place and hour or day: numbers, and nothing of whom (SM-4.2.2).

    Written in SQL by the page; hours and days are deleted when they have ended.
    """

    _name = "business.safety.report.count"
    _description = "Number of Reports"
    _inherit = ["business.engine.mixin"]
    _log_access = False

    company_id = fields.Many2one(comodel_name="res.company", required=True, ondelete="cascade")
    place_number = fields.Integer(string="Place", required=True, help="Id of the place; 0: the company as a whole.")
    slot = fields.Char(string="Hour or Day", required=True)
    count = fields.Integer(required=True)

    _slot_unique = models.UniqueIndex("(company_id, place_number, slot)")

    @api.model
    def _gc_counts(self):
        """Delete the counts of hours and days that have ended, or else they tell in which hour a report came. Each hour."""
        now = fields.Datetime.now()
        self.sudo().search([("slot", "not in", [now.strftime("%Y-%m-%d %H"), now.strftime("%Y-%m-%d")])]).unlink()
