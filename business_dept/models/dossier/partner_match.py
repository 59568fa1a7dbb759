# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who a customer of a list already is: by tax number, then phone, then name."""
from odoo import api, models
from odoo.tools import SQL

from ...policy.contact import PHONE_SQL, VAT_SQL, phone_key, vat_key


def plain_vat_key(vat):
    """Return what two ways to write the same tax number have in common, with and without the country before it."""
    return vat_key(vat).removeprefix("CN")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _match_customers(self, company, values):
        """Find customers that are there already, hidden ones included: what comes back is not for the user's eyes.

        Employees, companies and what belongs to other companies are no customers. Three statements, however many.

        :param company: ``res.company``
        :param list[dict] values: ``vat``, ``phone`` and ``name`` of each customer, as far as known
        :return: for each of them ``(by, ids of commercial entities)``; ``by`` is ``vat``, ``phone``, ``name`` or empty
        """
        self.env["res.partner"].flush_model(["vat", "phone", "name", "active", "company_id", "commercial_partner_id"])
        vats = {plain_vat_key(value.get("vat")) for value in values} - {""}
        phones = {phone_key(value.get("phone")) for value in values} - {""}
        names = {value["name"] for value in values if value.get("name")}
        Partner = self.env["res.partner"]
        known = {
            "vat": Partner._find_customers(company, "vat", VAT_SQL, [*vats, *(f"CN{vat}" for vat in vats)]),
            "phone": Partner._find_customers(company, "phone", PHONE_SQL, [*phones]),
            "name": Partner._find_customers(company, "name", "name", [*names], own=True),
        }
        keys = {"vat": plain_vat_key, "phone": phone_key, "name": lambda name: name or ""}
        index = {by: {} for by in known}
        for by, found in known.items():
            for text, partner_id in found:
                index[by].setdefault(keys[by](text), set()).add(partner_id)
        matches = []
        for value in values:
            for by, key in keys.items():
                wanted = key(value.get(by))
                if wanted and (there := index[by].get(wanted)):
                    matches.append((by, sorted(there)))
                    break
            else:
                matches.append(("", []))
        return matches

    @api.model
    def _find_customers(self, company, column, expression, wanted, own=False):
        """Return ``(text, commercial entity)`` of partners of whose column the expression (indexed) is wanted.

        :param bool own: contacts do not count
        """
        if not wanted:
            return []
        return self.env.execute_query(SQL(
            """
            WITH found AS (
                SELECT id, commercial_partner_id, %(column)s AS text
                  FROM res_partner
                 WHERE %(expression)s = ANY(%(wanted)s) AND %(column)s IS NOT NULL AND active
            )
            SELECT found.text, customer.id
              FROM found
              JOIN res_partner customer ON customer.id = found.commercial_partner_id
             WHERE customer.active AND (customer.company_id IS NULL OR customer.company_id = %(company)s)
               AND (found.id = customer.id OR NOT %(own)s)
               AND NOT EXISTS (SELECT FROM res_users WHERE partner_id IN (found.id, customer.id) AND NOT share)
               AND NOT EXISTS (SELECT FROM res_company WHERE partner_id = customer.id)
            """,
            column=SQL.identifier(column), expression=SQL(expression), wanted=wanted, company=company.id, own=own,
        ))
