# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The next drill of every emergency plan is planned by the system (SM-4.5.2)."""
from odoo import api, models

from ...policy.safety_emergency import drill_day, drill_due
from .one_by_one import try_each


class BusinessRegulation(models.Model):
    _inherit = "business.regulation"

    def _find_drills_due(self):
        """Plans in force whose next drill is to be planned now: none is planned, and the last was long ago.

        What is planned already, or was held since, is left alone: asked again, it finds nothing twice.

        :return: ``{plan: (day by which it is due, day for which it is planned)}``
        :rtype: dict
        """
        drills, found = self._get_drills(), {}
        for plan in self:
            mine = drills.get(plan._get_drill_key(), self.env["business.safety.drill"])
            if plan.state != "in_force" or plan.drill_interval_months < 1 or "planned" in mine.mapped("state"):
                continue
            last = max(mine.mapped("date_held"), default=plan.date_in_force)
            due = drill_due(last, plan.drill_interval_months)
            if day := drill_day(due, plan._get_control_company().sudo()._get_local_day()):
                found[plan] = (due, day)
        return found

    def _plan_drill(self, due, day):
        """Plan the next drill of a plan, and tell who leads it."""
        self.ensure_one()
        company, places = self._get_control_company(), self.safety_place_ids
        lang = company.partner_id.lang
        department = places[:1].department_id
        leader = (
            self.commander_id.sudo().filtered(lambda user: user.active and company in user.company_ids)
            or department._get_safety_officers(company) or department._get_safety_responsibles()
            or company._get_leading_group() or self.env.user)[:1]
        drill = self.env["business.safety.drill"].sudo().with_context(lang=lang).create({
            "name": self.with_context(lang=lang).env._("Drill: %s", self.with_context(lang=lang).name),
            "company_id": company.id,
            "plan_id": self.id,
            "place_id": places[:1].id,
            "department_id": department.id,
            "leader_id": leader.id,
            "date_due": due,
            "date_planned": day,
        })
        drill._ask_leader()
        return drill

    @api.model
    def _cron_plan_drills(self):
        """SM-4.5.2: plan what is due. Each drill is committed by itself: killed in the middle, the next run goes on."""
        Cron = self.env["ir.cron"]
        due = self.search([
            ("kind", "=", "emergency_plan"), ("state", "=", "in_force"), ("drill_interval_months", ">", 0),
        ])._find_drills_due()
        Cron._commit_progress(remaining=len(due))
        for plan, (date_due, day) in due.items():
            try_each(plan, lambda plan, due=date_due, day=day: plan._plan_drill(due, day), "Planning a drill")
            if not Cron._commit_progress(processed=1):
                break
