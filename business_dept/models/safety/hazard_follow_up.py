# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who is asked to do the next step of a hazard, and what is told when it does not happen."""
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...policy.safety import periods_missed
from .one_by_one import try_each

ACTIVITY = "business_dept.mail_activity_type_hazard"
PROGRESS_ACTIVITY = "business_dept.mail_activity_type_hazard_progress"
SLICE = 100
OPEN = ("rectifying", "verifying", "removal")
"""States in which the deadline counts."""


class BusinessSafetyHazard(models.Model):
    _inherit = "business.safety.hazard"

    _alert_control = "safety.hazard_deadline"
    _engine_fields = frozenset({"date_unassessed_told"})

    date_unassessed_told = fields.Datetime(readonly=True, copy=False)
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")

    @api.depends("state", "date_deadline")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for hazard in self:
            hazard.is_overdue = bool(
                hazard.state in OPEN and hazard.date_deadline and hazard.date_deadline < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "in", OPEN) & fields.Domain(
            "date_deadline", "<", fields.Date.context_today(self))
        return late if True in value else ~late

    #=== ACTIVITIES ===#

    def _ask(self, users, describe, xmlid=ACTIVITY):
        """Give people the next step to do, in the name of the system.

        :param users: ``res.users``
        :param describe: function of a hazard that says what is to be done
        """
        self.ensure_one()
        self.env["mail.activity"].with_user(self._as_system().env.uid).with_context(mail_activity_quick_update=True).create([{
            "activity_type_id": self.env.ref(xmlid).id, "automated": True, "user_id": user.id,
            "date_deadline": fields.Date.context_today(self), "summary": describe(self.sudo().with_context(lang=user.lang)),
            "res_model_id": self.env["ir.model"]._get_id(self._name), "res_id": self.id,
        } for user in users.sudo() if user.active and not user.share and self.sudo().company_id in user.company_ids])

    def _ask_assessment(self):
        """Ask the safety officers to assess."""
        for hazard in self.sudo():
            officers = hazard.department_id._get_safety_officers(hazard.company_id)
            hazard._ask(officers, lambda hazard: hazard.env._("Assess the hazard: %s", hazard.title))

    def _ask_next(self):
        """Ask whoever is next, and nobody else any more."""
        done = self._as_system()
        done.activity_unlink([ACTIVITY])
        for hazard in done:
            match hazard.state:
                case "reported":
                    hazard._ask_assessment()
                case "rectifying":
                    hazard._ask(hazard.responsible_id, lambda hazard: hazard.env._(
                        "Put right until %(date)s: %(hazard)s",
                        date=format_date(hazard.env, hazard.date_deadline), hazard=hazard.title))
                case "verifying":
                    officers = hazard.department_id._get_safety_officers(hazard.company_id) | hazard.supervisor_id
                    hazard._ask(officers - hazard._get_makers(), lambda hazard: hazard.env._(
                        "Verify on site: %s", hazard.title))

    #=== DEADLINES ===#

    @api.model
    def _get_alert_domain(self):
        return [("state", "in", OPEN), ("date_deadline", "!=", False)]

    def _get_alert_owner(self):
        """Who puts it right, or when he has, who verifies; the supervisor of a major one hears of it as well."""
        if self.state == "rectifying":
            return self.responsible_id | self.supervisor_id
        return self.department_id._get_safety_officers(self.company_id) | self.supervisor_id

    def _describe_alert(self, days):
        if days > 0:
            return self.env._("%(hazard)s: %(days)s days past the deadline", hazard=self.display_name, days=days)
        return self.env._("%(hazard)s: due in %(days)s days", hazard=self.display_name, days=-days)

    @api.model
    def _cron_follow_hazards(self):
        """Tell of hazards that nobody assesses, and of major ones without progress. A transaction per slice."""
        Cron = self.env["ir.cron"]
        for step in (self._tell_unassessed, self._tell_progress):
            failed = set()
            while done := step(failed):
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    @api.model
    def _get_controlled_companies(self, code):
        """``(control, {company: days})`` of the companies in which a control acts."""
        control = self.env["business.control"]._get_by_code(code)
        return control, {
            company: int(control._get_threshold(company)) for company in self.env["res.company"].sudo().search([])
            if control._get_mode(company) != "off" and control._get_threshold(company) > 0
        }

    @api.model
    def _tell_unassessed(self, failed=None):
        """Tell officers and first responsible persons of reports that nobody has assessed; once, however late.

        :param set failed: ids of hazards that are left alone; those with which it fails are added
        :return: how many hazards
        """
        failed = set() if failed is None else failed
        control, days_of = self._get_controlled_companies("safety.hazard_unassessed")
        now, found = fields.Datetime.now(), self.sudo().browse()
        for company, days in days_of.items():
            found |= self.sudo().search([
                ("company_id", "=", company.id), ("state", "=", "reported"), ("date_unassessed_told", "=", False),
                ("create_date", "<=", now - timedelta(days=days)), ("id", "not in", list(failed)),
            ], order="id", limit=SLICE - len(found)) if len(found) < SLICE else found

        def tell(hazards):
            for hazard in hazards:
                company = hazard.company_id
                users = hazard.department_id._get_safety_officers(company) | (
                    hazard.department_id._get_safety_responsibles()[:1] or company._get_leading_group(("chair",)))
                hazard._ask(users, lambda hazard: hazard._describe_unassessed(now))
            self._log_told(control, hazards, lambda hazard: hazard._describe_unassessed(now))
            hazards.write({"date_unassessed_told": now})

        failed.update(try_each(found, tell, "Telling that nobody has assessed it")._ids)
        return len(found)

    def _describe_unassessed(self, now):
        return self.env._("%(hazard)s: reported %(days)s days ago and not assessed yet", hazard=self.display_name,
                          days=(now - self.create_date).days)

    @api.model
    def _tell_progress(self, failed):
        """Tell supervisor and chair of major hazards of which nobody said for a week how far they are (SM-4.2.3).

        Each missed week is told once; of several that passed meanwhile, the last.

        :param set failed: ids of hazards that are left alone; those with which it fails are added
        :return: how many hazards
        """
        control, days_of = self._get_controlled_companies("safety.hazard_progress")
        today_of = {company: company._get_local_day() for company in days_of}
        missed = {}
        for hazard in self.sudo().search([
            ("company_id", "in", [company.id for company in days_of]), ("is_major", "=", True),
            ("state", "in", ("rectifying", "verifying")), ("id", "not in", list(failed)),
        ], order="id"):
            company = hazard.company_id
            periods = periods_missed(hazard.date_progress, today_of[company], days_of[company])
            if periods > hazard.progress_told:
                missed[hazard] = periods
            if len(missed) == SLICE:
                break

        def tell(hazards):
            for hazard in hazards:
                users = hazard.supervisor_id | hazard.company_id._get_leading_group(("chair",))
                hazard._ask(users, lambda hazard: hazard._describe_progress_missing(), PROGRESS_ACTIVITY)
                hazard.progress_told = missed[hazard]
            self._log_told(control, hazards, lambda hazard: hazard._describe_progress_missing())

        failed.update(try_each(self.sudo().union(*missed), tell, "Telling that there is no progress")._ids)
        return len(missed)

    def _describe_progress_missing(self):
        return self.env._("%(hazard)s: no progress noted for %(days)s days", hazard=self.display_name,
                          days=(self.company_id._get_local_day() - self.date_progress).days)

    @api.model
    def _log_told(self, control, hazards, describe):
        """Leave a trace of what was told, in the language of the company."""
        Event = self.env["business.control.event"]
        Event._log([
            Event._prepare_event(
                control, control._get_mode(hazard.company_id), "noted", hazard,
                message=describe(hazard.with_context(lang=hazard.company_id.partner_id.lang)))
            for hazard in hazards
        ])
