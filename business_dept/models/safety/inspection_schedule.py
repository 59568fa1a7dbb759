# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The full inspections of each month, made by a scheduled job (SM-4.2.1)."""
from odoo import api, models

from ...policy.months import day_of_month, months
from .one_by_one import try_each

SLICE = 50


class BusinessSafetyPlan(models.Model):
    """Each plan has one full inspection for each month since it began: what is missing is made, nothing twice.

    What is there is found anew each time, so it does not matter where a run was stopped, how often it runs, or for how
    long it stood still; a unique index holds two runs at once apart.
    """

    _inherit = "business.safety.plan"

    @api.model
    def _cron_plan_inspections(self):
        """Make what is due by today on the clock of each company. A transaction per slice."""
        Cron = self.env["ir.cron"]
        for today, companies in self.env["res.company"].sudo().search([]).grouped(
                lambda company: company._get_local_day()).items():
            for step in ("_make_full", "_make_before_holidays"):
                last, domain = 0, [("date_from", "<=", today), ("company_id", "in", companies.ids)]
                while plans := self.sudo().search([*domain, ("id", ">", last)], order="id", limit=SLICE):
                    last = plans[-1].id
                    try_each(plans, lambda plans, step=step, today=today: getattr(plans, step)(today), "Planning inspections")
                    if not Cron._commit_progress(len(plans), remaining=1):
                        return
            failed = set()
            while done := self.env["business.safety.place"]._judge_missing(today, companies, failed):
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    def _make_full(self, today):
        """Make the full inspections of these plans for all months until today that have none.

        :param date today: the day of the question
        :return: the new inspections, in sudo
        """
        Inspection = self.env["business.safety.inspection"].sudo()
        plans = self.sudo().filtered("active")
        made = set(Inspection._read_group([("plan_id", "in", plans.ids), ("kind", "=", "full")], ["plan_id", "month:day"]))
        vals_list = []
        for plan in plans:
            inspector = plan._get_inspector()
            for month in months(plan.date_from, today) if inspector else ():
                if (plan, month) not in made:
                    vals_list.append({
                        **plan._prepare_inspection(inspector), "kind": "full", "month": month,
                        "date_deadline": max(day_of_month(month, plan.day), plan.date_from),
                    })
        return Inspection.create(vals_list)

    def _prepare_inspection(self, inspector):
        """What every inspection of this plan says.

        :param inspector: ``res.users``
        """
        self.ensure_one()
        return {
            "plan_id": self.id, "company_id": self.company_id.id, "place_id": self.place_id.id,
            "department_id": self.department_id.id, "checklist_id": self.checklist_id.id, "inspector_id": inspector.id,
        }

    def _get_inspector(self):
        """Who inspects: who is named, or else the safety officer, or else who answers for the place (SM-3.2, SP-6).

        :return: one user, or none when nobody is left
        """
        self.ensure_one()
        return self._choose_inspector(self.inspector_id, self.department_id, self.company_id)

    @api.model
    def _choose_inspector(self, named, department, company):
        """The first of these who works in the company."""
        users = (named | department._get_safety_officers(company) | department._get_safety_responsibles()
                 | company._get_leading_group())
        return users.sudo().filtered(lambda user: user.active and not user.share and company in user.company_ids)[:1]
