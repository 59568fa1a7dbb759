# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The figures of the regulation on travel and expenses (TE), as every company may begin with them."""
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

FIGURES = {
    "allowance_per_day": 30.0,  # TE-3
    "noon_hour": 12.0,  # TE-3.1
    "town_lodging_cap": 80.0,  # TE-2.7.2
    "shared_room_percent": 80.0,  # TE-2.7.3
    "claim_days": 30,
}
LODGING = {"manager": 150.0, "senior": 100.0, "staff": 60.0}
"""TE-2.7.1: the ceilings of the bands, in every city class; a grade without a line is not capped."""
MANAGER = {
    "motorbike": "allowed", "bus": "allowed", "taxi": "allowed", "public": "allowed",
    "ship_second": "allowed", "ship_ordinary": "allowed",
    "train_soft_sleeper": "allowed", "train_hard_sleeper": "allowed", "train_hard_seat": "allowed",
    "hs_business": "never", "hs_first": "request", "hs_second": "allowed",
}
STAFF = {
    "motorbike": "allowed", "bus": "allowed", "taxi": "request", "public": "allowed",
    "ship_second": "never", "ship_ordinary": "allowed",
    "train_soft_sleeper": "never", "train_hard_sleeper": "request", "train_hard_seat": "allowed",
    "hs_business": "never", "hs_first": "never", "hs_second": "request",
}
TRANSPORT = {
    "director": dict.fromkeys(MANAGER, "allowed"),  # TE-2.1
    "manager": MANAGER,  # TE-2.2, and what costs less
    "senior": STAFF,  # TE-2.3
    "staff": STAFF,
}
FOR_EVERYBODY = {"plane_economy": "request", "company_car": "request"}
"""TE-2.4 and TE-1.3: asked for beforehand, whatever the grade."""


class BusinessTravelPolicy(models.Model):
    _inherit = "business.travel.policy"

    @api.model
    def _prepare_shipped_values(self, company, date_from):
        """The policy as the regulation says it.

        :param company: ``res.company``
        :param date_from: first day
        :rtype: dict
        """
        def find(model, prefix, code):
            return self.env.ref(f"business_dept.{prefix}_{code}", raise_if_not_found=False) or self.env[model]

        classes = self.env["business.city.class"].search([])
        lodging = [
            fields.Command.create({"grade_id": grade.id, "city_class_id": city_class.id, "cap": cap})
            for code, cap in LODGING.items() if (grade := find("business.staff.grade", "staff_grade", code))
            for city_class in classes
        ]
        transport = [
            fields.Command.create({"grade_id": grade.id, "class_id": means.id, "permission": permission})
            for code, permissions in TRANSPORT.items() if (grade := find("business.staff.grade", "staff_grade", code))
            for class_code, permission in {**permissions, **FOR_EVERYBODY}.items()
            if (means := find("business.transport.class", "transport_class", class_code))
        ]
        return {
            **FIGURES,
            "name": self.env._("Travel and expenses by regulation TE"),
            "company_id": company.id,
            "date_from": date_from,
            "lodging_ids": lodging,
            "transport_ids": transport,
        }

    @api.model
    def _ship(self, company_ids):
        """Put the policy of the regulation in force for companies that have none at all; called when the addon is installed.

        :param company_ids: ids of ``res.company``
        """
        companies = self.env["res.company"].browse(company_ids)
        companies -= self.sudo().search([("company_id", "in", companies.ids)]).company_id
        begin = self._get_today() + relativedelta(years=-1, month=1, day=1)  # for trips that are claimed from now on
        policies = self.sudo().create([
            self.with_context(lang=company.partner_id.lang)._prepare_shipped_values(company, begin) for company in companies
        ])
        policies._take_force()
