# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import time

from odoo import api, fields, models
from odoo.tools import ormcache

from ...policy.travel import REQUEST, Rules


class BusinessTravelPolicy(models.Model):
    """What a company pays for trips from some day on (TE); a trip is judged by the policy in force on its days."""

    _name = "business.travel.policy"
    _description = "Travel Policy"
    _inherit = ["mail.thread"]
    _order = "company_id, date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(comodel_name="res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("in_force", "In force"), ("replaced", "Replaced")], default="draft", required=True,
        readonly=True, copy=False, tracking=True,
    )
    date_from = fields.Date(required=True, tracking=True)
    allowance_per_day = fields.Monetary(string="Allowance per Day", tracking=True)
    noon_hour = fields.Float(string="Noon", default=12.0, tracking=True)
    town_lodging_cap = fields.Monetary(string="Lodging in Town", tracking=True)
    shared_room_percent = fields.Float(string="Shared Room (%)", default=80.0, tracking=True)
    claim_days = fields.Integer(string="Claim Within (days)", tracking=True)
    lodging_ids = fields.One2many(
        comodel_name="business.travel.policy.lodging", inverse_name="policy_id", string="Lodging", copy=True)
    transport_ids = fields.One2many(
        comodel_name="business.travel.policy.transport", inverse_name="policy_id", string="Transport", copy=True)

    @api.model
    def _get_policies(self, company, dates):
        """The policy in force on each of some days; days without one are missing.

        :param company: ``res.company``
        :param dates: iterable of dates
        :return: ``{date: policy}``
        """
        policies = self.sudo().search(
            [("company_id", "=", company.id), ("state", "!=", "draft")], order="date_from desc, id desc")
        found = {}
        for date in set(dates):
            policy = next((policy for policy in policies if policy.date_from <= date), None)
            if policy is not None:
                found[date] = policy
        return found

    # --- what it says

    def _get_rules(self):
        """The figures for ``policy.travel``.

        :rtype: Rules
        """
        self.ensure_one()
        minutes = round(self.noon_hour * 60)
        return Rules(
            allowance_per_day=self.allowance_per_day,
            noon=time(minutes // 60, minutes % 60),
            shared_room_percent=self.shared_room_percent,
            town_lodging_cap=self.town_lodging_cap,
            claim_days=self.claim_days,
            rounding=self.currency_id.rounding,
        )

    def _get_lodging_cap(self, grade, place):
        """The most that is paid to a grade for a night at a place (TE-2.7.1).

        :param grade: ``business.staff.grade``; without one the lowest counts (TE-2.3: other staff)
        :param place: ``business.travel.place``
        :return: in the currency of the company; ``None`` when there is no cap
        """
        caps = self._get_tables()[0]
        grade_id = grade.id or grade._get_lowest().id
        return caps.get((grade_id, place.city_class_id.id), caps.get((grade_id, False)))

    def _get_permission(self, grade, means):
        """Whether a grade may use a means of transport (TE-2.1 to TE-2.4).

        :param grade: ``business.staff.grade``; without one the lowest counts (TE-2.3: other staff)
        :param means: ``business.transport.class``
        :return: ``allowed``, ``request`` or ``never``; what the policy does not mention is on request
        """
        return self._get_tables()[1].get((grade.id or grade._get_lowest().id, means.id), REQUEST)

    def _get_train_class(self, grade):
        """The best train class that a grade may use freely: the measure of an unapproved flight (TE-2.4).

        :param grade: ``business.staff.grade``; without one the lowest counts (TE-2.3: other staff)
        :return: ``business.transport.class``, empty when it may use none
        """
        return self.env["business.transport.class"].browse(
            self._get_tables()[2].get(grade.id or grade._get_lowest().id, ()))

    @ormcache("self.id")
    def _get_tables(self):
        """The tables as plain data, for thousands of questions: caps by grade and city class, permissions by grade and
        class, ids of the best train class by grade."""
        policy = self.sudo()
        caps = {(line.grade_id.id, line.city_class_id.id): line.cap for line in policy.lodging_ids}
        permissions = {(line.grade_id.id, line.class_id.id): line.permission for line in policy.transport_ids}
        trains = {}
        for line in policy.transport_ids.sorted(lambda line: (line.class_id.sequence, line.class_id.id)):
            if line.permission == "allowed" and line.class_id.mode in ("train", "high_speed"):
                trains.setdefault(line.grade_id.id, line.class_id.ids)
        return caps, permissions, trains


class BusinessTravelPolicyLodging(models.Model):
    """The most that is paid for a night (TE-2.7.1)."""

    _name = "business.travel.policy.lodging"
    _description = "Lodging Cap"
    _order = "grade_id, city_class_id, id"

    policy_id = fields.Many2one(comodel_name="business.travel.policy", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    grade_id = fields.Many2one(comodel_name="business.staff.grade", required=True, ondelete="restrict")
    city_class_id = fields.Many2one(
        comodel_name="business.city.class", ondelete="restrict", help="Empty: every city without a line of its own.")
    cap = fields.Monetary(string="Cap per Night", required=True)


class BusinessTravelPolicyTransport(models.Model):
    """Whether a grade may use a means of transport (TE-2.1 to TE-2.4)."""

    _name = "business.travel.policy.transport"
    _description = "Transport Allowed"
    _order = "grade_id, class_id, id"

    policy_id = fields.Many2one(comodel_name="business.travel.policy", required=True, index=True, ondelete="cascade")
    grade_id = fields.Many2one(comodel_name="business.staff.grade", required=True, ondelete="restrict")
    class_id = fields.Many2one(comodel_name="business.transport.class", required=True, ondelete="restrict")
    permission = fields.Selection(
        selection=[("allowed", "Allowed"), ("request", "On request"), ("never", "Never")], required=True, default="allowed",
    )
