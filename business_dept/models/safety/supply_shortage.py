# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Supplies that are short or expire: who is told, once, until they are filled up (SM-4.5.3)."""
from odoo import api, fields, models
from odoo.fields import Domain

from .one_by_one import try_each
from .supply import STATES

SLICE = 200
ACTIVITY = "business_dept.mail_activity_type_safety_supply"
CONTROL = "safety.supply_shortage"


class BusinessSafetySupply(models.Model):
    _inherit = "business.safety.supply"

    shortage_state = fields.Selection(
        selection=STATES, string="Last Told", required=True, default="ok", readonly=True, copy=False,
        help="What keeper and safety officer were told last.")

    @api.model_create_multi
    def create(self, vals_list):
        supplies = super().create(vals_list)
        supplies._follow_shortages()
        return supplies

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"minimum", "date_expiry", "active"}:
            self._follow_shortages()
        return result

    def _follow_shortages(self):
        """Tell keeper and safety officer what is short now, and take back what is not any more.

        What was told is written with it: asked again, nothing is told twice.

        :return: the supplies that something was told of, in sudo
        """
        Event, control = self.env["business.control.event"], self.env["business.control"]._get_by_code(CONTROL)
        changed = self.sudo().filtered(lambda supply: (
            supply._get_shortage() != supply.shortage_state and control._get_mode(supply.company_id) != "off"))
        if not changed:
            return changed
        changed.activity_unlink([ACTIVITY])
        activity_type, model_id = self.env.ref(ACTIVITY), self.env["ir.model"]._get_id(self._name)
        activities, events = [], []
        for supply in changed.filtered(lambda supply: supply._get_shortage() != "ok"):
            users = supply.keeper_id | supply.department_id._get_safety_officers(supply.company_id)
            activities += [{
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id,
                "date_deadline": supply.company_id._get_local_day(),
                "summary": supply.with_context(lang=user.lang)._describe_shortage(),
                "res_model_id": model_id, "res_id": supply.id,
            } for user in users.sudo() if user.active and supply.company_id in user.company_ids]
            told = supply.with_context(lang=supply.company_id.partner_id.lang)
            events.append(Event._prepare_event(
                control, control._get_mode(supply.company_id), "noted", supply, message=told._describe_shortage(),
                amount=max(supply.minimum - supply.quantity, 0.0)))
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(activities)
        Event._log(events)
        for state, supplies in changed.grouped(lambda supply: supply._get_shortage()).items():
            supplies.write({"shortage_state": state})
        return changed

    def _get_shortage(self):
        """What there is to tell: the state, or nothing of what is not kept any more."""
        self.ensure_one()
        return self.state if self.active else "ok"

    def _describe_shortage(self):
        """What is the matter, in the language of who reads it."""
        self.ensure_one()
        names = {
            "supply": self.display_name, "quantity": f"{self.quantity:g}", "minimum": f"{self.minimum:g}",
            "unit": self.unit or "", "day": fields.Date.to_string(self.date_expiry) if self.date_expiry else "",
        }
        match self.state:
            case "expired":
                return self.env._("%(supply)s has expired: replace it.", **names)
            case "expiring":
                return self.env._("%(supply)s expires on %(day)s: order new ones.", **names)
            case _ if self.condition == "damaged":
                return self.env._("%(supply)s is damaged: repair or replace it.", **names)
            case _:
                return self.env._("%(supply)s is short: %(quantity)s of %(minimum)s %(unit)s.", **names)

    @api.model
    def _find_untold(self, limit, failed=()):
        """Supplies whose state is not what was told last: what expired by itself, or was missed.

        :param int limit: at most so many
        :param set failed: ids of supplies that are left alone
        """
        control = self.env["business.control"]._get_by_code(CONTROL)
        companies = self.env["res.company"].sudo().search([]).filtered(lambda company: control._get_mode(company) != "off")
        untold = Domain.OR(
            Domain("state", "=", state) & Domain("shortage_state", "!=", state) for state, _label in STATES)
        return self.sudo().search(
            untold & Domain("company_id", "in", companies.ids) & Domain("id", "not in", list(failed)), order="id", limit=limit)

    @api.model
    def _cron_follow_shortages(self):
        """SM-4.5.3: tell what became short or expired meanwhile. A transaction per slice; nothing is told twice."""
        Cron, failed = self.env["ir.cron"], set()
        while supplies := self._find_untold(SLICE, failed):
            failed.update(try_each(supplies, lambda supplies: supplies._follow_shortages(), "Telling of a shortage")._ids)
            if not Cron._commit_progress(len(supplies), remaining=1):
                return
        Cron._commit_progress(remaining=0)
