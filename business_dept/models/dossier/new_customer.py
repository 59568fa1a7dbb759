# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""When a dossier is made, and goes on, by itself."""
from odoo import api, models

NOT_CUSTOMER = object()
"""In the context while a login, a company or an employee gets its partner; no client can send an object's identity."""


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model_create_multi
    def create(self, vals_list):
        """EXTENDS 'base': a new customer is compared with those who are there, and is never open for a moment."""
        partners = super().create(vals_list)
        customers = partners._get_new_customers(vals_list)
        if customers:
            customers._check_controls("create_customer")
            customers._open_dossiers()
        return partners

    def _get_new_customers(self, vals_list):
        """Those among new partners who are customers as far as one can tell. Reads nothing from the database."""
        context = self.env.context
        if (
            self.env.su or not self.env.user._is_internal() or context.get("business_not_customer") is NOT_CUSTOMER
            or context.get("res_partner_search_mode") == "supplier"
        ):
            return self.browse()
        return self.browse([
            partner.id for partner, vals in zip(self, vals_list, strict=True)
            if not partner.parent_id and not vals.get("supplier_rank")
        ])

    def _open_dossiers(self):
        """In a company whose dossiers begin secret, a new customer gets his at once, and somebody who answers for him."""
        if not self.env.user.has_group("business_dept.group_dossier_editor"):
            return
        vals_list = []
        for company, customers in self.grouped(lambda partner: partner.company_id or self.env.company).items():
            level = company.sudo().dossier_secrecy
            if level != "open":
                customers.sudo().filtered(lambda partner: not partner.user_id).user_id = self.env.user
                vals_list += [
                    {"partner_id": partner.id, "company_id": company.id, "secrecy": level} for partner in customers
                ]
        if vals_list:
            self.env["business.dossier"].sudo().create(vals_list)


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        return super(ResUsers, _not_customer(self)).create(vals_list).with_env(self.env)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        return super(ResCompany, _not_customer(self)).create(vals_list).with_env(self.env)


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    def _create_work_contacts(self):
        return super(HrEmployee, _not_customer(self))._create_work_contacts()


def _not_customer(records):
    return records.with_context(business_not_customer=NOT_CUSTOMER)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._customers_have_ordered()
        return orders

    def write(self, vals):
        confirmed = self.filtered(lambda order: order.state != "sale") if vals.get("state") == "sale" else self.browse()
        result = super().write(vals)
        confirmed._customers_have_ordered()
        return result

    def _customers_have_ordered(self):
        """Who ordered is a customer (IC-12): the dossier says so, and is made with the first order."""
        for company, orders in self.sudo().grouped("company_id").items():
            by_customer = orders.grouped(lambda order: order.partner_id.commercial_partner_id)
            Dossier = self.env["business.dossier"].sudo().with_company(company)
            customers = self.env["res.partner"].sudo().union(*by_customer)
            known = Dossier._find(customers).filtered(lambda dossier: dossier.qualification == "customer").partner_id
            customers = (customers - known).filtered(lambda partner: not partner._is_ours())
            if not customers:
                continue
            if company.dossier_secrecy != "open":
                for customer in customers.filtered(lambda partner: not partner.user_id and not partner.dossier_ids):
                    customer.user_id = by_customer[customer].user_id[:1]
            dossiers = Dossier._get_or_create(customers).sudo()
            dossiers.filtered(lambda dossier: dossier.qualification != "customer").qualification = "customer"
