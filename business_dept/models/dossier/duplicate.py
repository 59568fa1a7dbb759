# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A customer who is there already is pointed out, without telling of one whom the user may not see (JJ-3.6.1)."""
from collections import defaultdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...controls import Breach, control
from ...policy.contact import PHONE_SQL, VAT_SQL, phone_key, vat_key
from .reader import get_reader


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "business.control.mixin"]

    dossier_duplicate_ids = fields.Many2many(
        comodel_name="res.partner", string="Existing Customers", compute="_compute_dossier_duplicate_ids",
        groups="base.group_user",
        help="Customers with the same tax number or phone whom the user may see, while a new one is typed in.",
    )

    _phone_key_idx = models.Index(f"(({PHONE_SQL})) WHERE phone IS NOT NULL")
    _vat_key_idx = models.Index(f"(({VAT_SQL})) WHERE vat IS NOT NULL")

    #=== COMPUTE METHODS ===#

    @api.depends("phone", "vat", "parent_id")
    @api.depends_context("uid")
    def _compute_dossier_duplicate_ids(self):
        found = self.filtered(lambda partner: partner._get_banner_moment())._find_duplicates()
        for partner in self:
            partner.dossier_duplicate_ids = found.get(partner, self.browse()).filtered("dossier_visible")

    @api.depends_context("uid")
    def _compute_same_vat_partner_id(self):
        """EXTENDS 'base', which searches in sudo: who may not see the other partner does not learn the name."""
        super()._compute_same_vat_partner_id()
        for name in ("same_vat_partner_id", "same_company_registry_partner_id"):
            for partner in self:
                partner[name] = _without_hidden(partner[name])

    #=== CONTROLS ===#

    def _get_banner_moment(self):
        return "create_customer" if not self._origin and not self.parent_id and (self.phone or self.vat) else ""

    @api.model
    def _get_banner_depends(self):
        return [*super()._get_banner_depends(), "phone", "vat", "parent_id"]

    def _get_control_customer(self):
        return self.commercial_partner_id

    @control("dossier.duplicate", moment="create_customer")
    def _check_duplicate(self):
        breaches = {}
        for partner, others in self._find_duplicates().items():
            visible = others.filtered("dossier_visible")
            messages = [self.env._(
                "The same tax number or phone is already there: %s.", ", ".join(visible.mapped("name")),
            )] if visible else []
            if others - visible:
                messages.append(self.env._("This customer is handled by a colleague; ask the manager."))
            breaches[partner] = Breach(" ".join(messages))
        return breaches

    def _is_released(self, finding):
        """Who sees all customers of the company decides whether it is another one."""
        company = self.company_id or self.env.company
        return finding.control.code == "dossier.duplicate" and company.id in get_reader(self.env).whitelist

    def _describe_approvers(self, finding):
        return self.env._("the department manager or somebody else on the dossier whitelist, who then creates the customer")

    def _explain_finding(self, finding):
        """EXTENDS the control mixin: a customer is not submitted, the one who may create him does."""
        if finding.mode != "approve":
            return super()._explain_finding(finding)
        return self.env._(
            "[%(clause)s] May create it nevertheless: %(who)s.",
            clause=finding.control._get_citation(), who=self._describe_approvers(finding),
        )

    def _find_duplicates(self):
        """Find other customers with the same tax number or phone; one statement for any number of partners.

        :return: ``{partner: res.partner}`` for those that have some, hidden ones included
        :rtype: dict
        """
        asking = defaultdict(list)
        for partner in self:
            for kind, key in (("phone", phone_key(partner.phone)), ("vat", vat_key(partner.vat))):
                if key:
                    asking[kind, key].append(partner)
        if not asking:
            return {}
        self.flush_model(["phone", "vat", "commercial_partner_id"])
        rows = self.env.execute_query(SQL(
            """
            SELECT 'phone', %(phone)s, commercial_partner_id
              FROM res_partner WHERE phone IS NOT NULL AND %(phone)s = ANY(%(phones)s)
             UNION
            SELECT 'vat', %(vat)s, commercial_partner_id
              FROM res_partner WHERE vat IS NOT NULL AND %(vat)s = ANY(%(vats)s)
            """,
            phone=SQL(PHONE_SQL), vat=SQL(VAT_SQL),
            phones=[key for kind, key in asking if kind == "phone"], vats=[key for kind, key in asking if kind == "vat"],
        ))
        found = defaultdict(set)
        for kind, key, other_id in rows:
            for partner in asking[kind, key]:
                if other_id and other_id not in (partner._origin.id, partner.commercial_partner_id._origin.id):
                    found[partner].add(other_id)
        everybody = self.browse(sorted(set().union(*found.values())))  # one prefetch set
        return {
            partner: everybody.filtered(lambda other, ids=ids: other.id in ids) for partner, ids in found.items()
        }


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.depends_context("uid")
    def _compute_duplicate_bank_partner_ids(self):
        """EXTENDS 'account', which searches in SQL: see above."""
        super(ResPartnerBank, self.sudo())._compute_duplicate_bank_partner_ids()
        for bank in self:
            bank.duplicate_bank_partner_ids = _without_hidden(bank.sudo().duplicate_bank_partner_ids)


def _without_hidden(partners):
    """The partners whom the user may see; in sudo as well, for a related field is read so."""
    if not partners or partners.env.uid == SUPERUSER_ID:
        return partners
    return partners.sudo().filtered("dossier_visible").with_env(partners.env)
