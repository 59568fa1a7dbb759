# Part of business_dept. See LICENSE file for full copyright and licensing details.
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..foundation.races import touch
from .one_by_one import try_each

SLICE = 200


def _act(records, act):
    act(records)


class BusinessSafetyEquipmentNeed(models.Model):
    """Protective equipment that somebody needs every day and does not have, since when (SM-4.3.2).

    Kept by the system: found once a day and when something is given back, settled at once when it is given out. The deadline
    is the day on which it was found, and so the wearer and the safety officer are told at once, those above them later.

    +----------------------+-------------------------------------------+------------------------------------------+
    | Action               | Who                                       | Restriction                              |
    +======================+===========================================+==========================================+
    | Read                 | the person, who leads him, safety         | companies of the user                    |
    |                      | officers, leading group, executive        |                                          |
    |                      | office, auditors                          |                                          |
    | Look again           | safety officer, executive office          |                                          |
    | Everything else      | the system                                |                                          |
    +----------------------+-------------------------------------------+------------------------------------------+
    """

    _name = "business.safety.equipment.need"
    _description = "Protective Equipment Missing"
    _inherit = ["business.engine.mixin", "business.safety.alert.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_found, id"
    _rec_names_search = ["employee_id.name", "type_id.name"]
    _check_company_auto = True
    _mail_post_access = "read"
    _alert_control = "safety.equipment_missing"
    _alert_date_field = "date_found"
    _alert_steps = ((0, "owner"), (0, "officer"), (3, "responsible"), (14, "leading_group"))

    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True, ondelete="cascade")
    employee_id = fields.Many2one(comodel_name="hr.employee", string="Person", required=True, index=True, ondelete="cascade")
    department_id = fields.Many2one(related="employee_id.department_id", store=True, index="btree_not_null")
    type_id = fields.Many2one(
        comodel_name="business.safety.equipment.type", string="Equipment", required=True, index=True, ondelete="cascade")
    date_found = fields.Date(string="Missing Since", required=True, index=True)
    date_settled = fields.Date(string="Settled")
    days = fields.Integer(string="Days Missing", compute="_compute_days")

    _one_open = models.UniqueIndex("(employee_id, type_id) WHERE date_settled IS NULL")

    @api.depends("employee_id", "type_id")
    def _compute_display_name(self):
        for need in self:
            need.display_name = " · ".join(filter(None, (need.type_id.name, need.employee_id.display_name))) or False

    @api.depends("date_found", "date_settled")
    @api.depends_context("tz")
    def _compute_days(self):
        today = fields.Date.context_today(self)
        for need in self:
            need.days = ((need.date_settled or today) - need.date_found).days

    # === ACTION METHODS === #

    def action_issue(self):
        """Open a new issue of what is missing; whether the user may give it out is asked when he saves it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Out Equipment"),
            "res_model": "business.safety.equipment.issue",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_employee_id": self.employee_id.id, "default_type_id": self.type_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    @api.model
    def action_refresh(self):
        """Look again who lacks what, in the companies of the user, instead of waiting for tomorrow.

        :raise AccessError: for anybody but safety officers and the executive office
        """
        if not self.env.user.has_groups("business_dept.group_safety_officer,business_dept.group_executive_office"):
            raise AccessError(self.env._("The safety officer and the executive office look again who lacks what."))
        for _done in self._settle_and_open(self.env.companies):
            pass
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === HOOKS === #

    @api.model
    def _get_alert_domain(self):
        return [("date_settled", "=", False)]

    def _get_alert_owner(self):
        """The person himself; for who has no login, the next step above is told."""
        return self.employee_id.user_id

    def _describe_alert(self, days):
        return self.env._(
            "%(person)s has no valid %(type)s, and needs it at work.", person=self.employee_id.name, type=self.type_id.name)

    # === BUSINESS METHODS === #

    @api.model
    def _get_daily_needs(self, companies, employees=None):
        """What people need every day: for their jobs, where they work, and where they may enter (SM-4.3.2, SM-4.3.3).

        :param companies: ``res.company``
        :param employees: only these
        :return: ``{employee: types}`` in sudo, of active employees
        :rtype: dict
        """
        domain = fields.Domain("company_id", "in", companies.ids)
        if employees is not None:
            domain &= fields.Domain("id", "in", employees.ids)
        people = self.env["hr.employee"].sudo().search(domain)
        needs = {employee: employee.job_id.safety_equipment_type_ids for employee in people}
        places = self.env["business.safety.place"].sudo().search([("company_id", "in", companies.ids)])
        entrants = self.env["business.safety.place.entrant"].sudo()._read_group(
            [("place_id", "in", places.ids), ("employee_id", "in", people.ids), ("is_current", "=", True)],
            ["place_id"], ["employee_id:recordset"])
        admitted = dict(entrants)
        for place in places:
            there = (place.worker_ids | admitted.get(place, people.browse())) & people
            if there and (types := place._get_with_parents().equipment_type_ids):
                for employee in there:
                    needs[employee] |= types
        return {employee: types for employee, types in needs.items() if types}

    @api.model
    def _settle_and_open(self, companies, employees=None, opening=True, attempt=_act):
        """Settle what is there again, and open what is missing, slice by slice; the same again changes nothing.

        :param companies: ``res.company``
        :param employees: only these
        :param bool opening: whether what is missing is opened as well
        :param attempt: function of records and what is done with them: a job goes on where it fails, a user hears of it
        :return: yields how many rows were settled or opened, after each slice
        """
        Issue = self.env["business.safety.equipment.issue"]
        lacking = {
            (employee.id, kind.id): employee
            for employee, kinds in Issue._find_lacking(self._get_daily_needs(companies, employees)).items() for kind in kinds
        }
        domain = fields.Domain("date_settled", "=", False) & fields.Domain("company_id", "in", companies.ids)
        if employees is not None:
            domain &= fields.Domain("employee_id", "in", employees.ids)
        settled, today = self.sudo().browse(), fields.Date.context_today(self)
        for need in self.sudo().search(domain):
            if not lacking.pop((need.employee_id.id, need.type_id.id), None):
                settled |= need
        for start in range(0, len(settled), SLICE):
            done = settled[start:start + SLICE]
            attempt(done, lambda needs: needs._settle(today))
            yield len(done)
        opened = sorted(lacking.items(), key=lambda item: item[0]) if opening else []
        for start in range(0, len(opened), SLICE):
            part = dict(opened[start:start + SLICE])
            attempt(self.env["hr.employee"].sudo().union(*part.values()), lambda people, part=part: self._open(
                {key: employee for key, employee in part.items() if employee in people}, today))
            yield len(part)

    def _settle(self, day):
        """What was missing is there again.

        :param date day: since when
        """
        touch(self.employee_id)
        self.write({"date_settled": day})
        self._withdraw_alerts()

    @api.model
    def _open(self, lacking, day):
        """Open what is missing and not open yet: somebody else may have looked since this run began.

        :param dict lacking: ``{(employee id, type id): employee}``
        :param date day: missing since
        """
        people = self.env["hr.employee"].sudo().union(*lacking.values())
        touch(people)  # of two who find the same at once the second is tried again, and sees the first
        known = {
            (need.employee_id.id, need.type_id.id)
            for need in self.sudo().search([("employee_id", "in", people.ids), ("date_settled", "=", False)])
        }
        self.sudo().create([
            {"employee_id": employee.id, "type_id": type_id, "company_id": employee.company_id.id, "date_found": day}
            for (employee_id, type_id), employee in lacking.items() if (employee_id, type_id) not in known
        ])

    @api.model
    def _cron_find_missing(self):
        """Find once a day who lacks what. A transaction per slice: what is left is found again by the next run."""
        Cron = self.env["ir.cron"]
        for done in self._settle_and_open(
                self.env["res.company"].sudo().search([]), attempt=partial(try_each, what="Looking who lacks what")):
            if not Cron._commit_progress(done, remaining=1):
                return
        Cron._commit_progress(remaining=0)


class BusinessSafetyEquipmentIssue(models.Model):
    _inherit = "business.safety.equipment.issue"

    def _refresh_needs(self, others=None, opening=True):
        """Look again what the wearers lack, for something was given out or back.

        :param others: ``hr.employee``, beside the wearers
        :param bool opening: false when something was given out: the rest comes with the next piece, or is found tomorrow
        """
        people = self.sudo().employee_id | (others or self.env["hr.employee"].sudo())
        for _done in self.env["business.safety.equipment.need"].sudo()._settle_and_open(
                people.company_id, people, opening):
            pass
