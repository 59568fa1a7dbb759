# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import BusinessCommon


class DossierCommon(BusinessCommon):
    """Salesperson A has a hidden customer and one whose details are secret; B is a colleague, the clerk handles orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_a = cls.salesperson
        cls.sales_b = new_test_user(
            cls.env, login="dossier_sales_b", name="Sales B",
            groups="base.group_user,base.group_allow_export,business_dept.group_salesperson",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )
        cls.clerk = cls.users["order_clerk"]
        cls.manager = cls.users["department_manager"]
        cls.executive = cls.users["executive_office"]
        cls.auditor = cls.users["auditor"]
        cls.hidden = cls._new_customer("Quartz Hidden Ltd", "hidden", phone="+86 771 5550001", vat="QH-0001",
                                       email="quartz@example.com")
        cls.contact = cls.env["res.partner"].sudo().create({
            "name": "Zhang Secret", "parent_id": cls.hidden.id, "phone": "+86 771 5550002", "email": "zhang@example.com",
        })
        cls.secret = cls._new_customer("Basalt Details Ltd", "details", phone="+86 771 5550003", vat="BD-0001")
        cls.open = cls._new_customer("Granite Open Ltd", "open")

    @classmethod
    def _new_customer(cls, name, secrecy, user=None, **vals):
        """A customer of A with a dossier."""
        partner = cls.env["res.partner"].sudo().create({
            "name": name, "is_company": True, "user_id": (user or cls.sales_a).id, **vals,
        })
        cls.env["business.dossier"].sudo().create({
            "partner_id": partner.id, "company_id": cls.company.id, "secrecy": secrecy, "traits": f"Traits of {name}",
        })
        cls.env.flush_all()
        return partner.sudo(False)

    @classmethod
    def _grant(cls, user, partners, days=7, **vals):
        """A grant that is valid from now on."""
        now = fields.Datetime.now()
        return cls.env["business.dossier.grant"].sudo().create({
            "user_id": user.id, "partner_ids": [Command.set(partners.ids)], "company_id": cls.company.id,
            "reason": "Helps out", "date_from": now - timedelta(minutes=1), "date_until": now + timedelta(days=days),
            "approved_by_id": cls.executive.id, **vals,
        })

    def call(self, user, records, method, *args, **kwargs):
        """A request of its own: it begins with an empty cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        return super().call(user, records, method, *args, **kwargs)
