# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who a customer of a list already is: by tax number, then phone, then name."""
from odoo import api, models
from odoo.tools import SQL

from ...policy.dossier_sheet import phone_key

#: the end of a phone number without what is no digit, extension left out; as `phone_key` cuts it
PHONE_END = r"RIGHT(regexp_replace(regexp_replace(phone, '[^0-9+() .-].*$', ''), '\D', '', 'g'), 7)"


class ResPartner(models.Model):
    _inherit = "res.partner"

    _phone_end_idx = models.Index(f"({PHONE_END}) WHERE phone IS NOT NULL")

    @api.model
    def _match_customers(self, company, values):
        """Find customers that are there already, hidden ones included: what comes back is not for the user's eyes.

        Employees, companies and what belongs to other companies are no customers. Three statements, however many.

        :param company: ``res.company``
        :param list[dict] values: ``vat``, ``phone`` and ``name`` of each customer, as far as known
        :return: for each of them ``(by, ids of commercial entities)``; ``by`` is ``vat``, ``phone``, ``name`` or empty
        """
        self.env["res.partner"].flush_model(["vat", "phone", "name", "active", "company_id", "commercial_partner_id"])
        vats = {value["vat"] for value in values if value.get("vat")}
        ends = {phone_key(value.get("phone"))[-7:] for value in values} - {""}
        names = {value["name"] for value in values if value.get("name")}
        known = {
            "vat": self._find_customers(company, SQL("UPPER(partner.vat)"), SQL("partner.vat"), [*vats, *(f"CN{vat}" for vat in vats)]),
            "phone": self._find_customers(company, SQL("partner.phone"), SQL(PHONE_END.replace("phone,", "partner.phone,", 1)), [*ends]),
            "name": self._find_customers(company, SQL("partner.name"), SQL("partner.name"), [*names], own=True),
        }
        keys = {
            "vat": lambda value: value.get("vat"),
            "phone": lambda value: phone_key(value.get("phone")),
            "name": lambda value: value.get("name"),
        }
        cleaned = {"vat": lambda vat: vat.removeprefix("CN"), "phone": phone_key, "name": str}
        index = {by: {} for by in known}
        for by, found in known.items():
            for text, partner_id in found:
                index[by].setdefault(cleaned[by](text), set()).add(partner_id)
        matches = []
        for value in values:
            for by, key in keys.items():
                wanted = key(value)
                there = index[by].get(cleaned[by](wanted)) if wanted else None
                if there:
                    matches.append((by, sorted(there)))
                    break
            else:
                matches.append(("", []))
        return matches

    @api.model
    def _find_customers(self, company, column, compared, wanted, own=False):
        """Return ``(text of the column, commercial entity)`` of partners one of whose texts is wanted."""
        if not wanted:
            return []
        return self.env.execute_query(SQL(
            """
            SELECT %(column)s, partner.commercial_partner_id
              FROM res_partner partner
              JOIN res_partner customer ON customer.id = partner.commercial_partner_id
             WHERE %(compared)s = ANY(%(wanted)s) AND partner.active AND customer.active
               AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
               AND %(whose)s
               AND NOT EXISTS (SELECT FROM res_users WHERE partner_id IN (partner.id, customer.id) AND NOT share)
               AND NOT EXISTS (SELECT FROM res_company WHERE partner_id = customer.id)
            """,
            column=column, compared=compared, wanted=wanted, company=company.id,
            whose=SQL("partner.id = customer.id") if own else SQL("TRUE"),
        ))
