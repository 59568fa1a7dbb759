# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields

from odoo.addons.business_dept.tests.common import BusinessCommon


class TravelMoneyCommon(BusinessCommon):
    """People of a department who travel, with money of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("hr.group_hr_manager") + cls.env.ref("hr_expense.group_hr_expense_manager")
        cls.department = cls.env["hr.department"].create({"name": "Business", "company_id": cls.company.id})
        cls.employees = {
            post: cls.env["hr.employee"].create({
                "name": user.name, "user_id": user.id, "company_id": cls.company.id, "department_id": cls.department.id,
            }) for post, user in cls.users.items()
        }
        cls.traveller = cls.employees["salesperson"]
        cls.department.manager_id = cls.employees["department_manager"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.cash = cls.company_data["default_journal_cash"]
        cls.product_trip = cls.env["product.product"].create({
            "name": "Trip", "can_be_expensed": True, "travel_kind": "transport", "standard_price": 0.0,
            "supplier_taxes_id": False,
            "property_account_expense_id": cls.company_data["default_account_expense"].id,
        })
        # people act by `call`; what came of it is read in sudo
        cls.advances = cls.env["business.travel.advance"]

    # --- advances

    def make_advance(self, amount=1000.0, user=None, **vals):
        """An advance in draft, asked for by its holder."""
        user = user or self.salesperson
        advance_id = self.call(user, self.advances, "create", [{"amount": amount, "purpose": "Trade fair", **vals}])
        return self.advances.browse(advance_id).sudo()

    def approve(self, document, *users):
        """Submit as whoever made it, and approve by the route."""
        self.call(document.create_uid, document, "action_approval_submit")
        for user in users or (self.manager, self.finance):
            self.call(user, document, "action_approval_approve")

    def pay_advance(self, amount=1000.0, user=None, date=None, **vals):
        """An advance that was handed out by finance."""
        advance = self.make_advance(amount, user, **vals)
        self.approve(advance)
        self.call(self.finance, advance, "action_pay", self.bank.id, date)
        return advance

    # --- claims

    def make_claim(self, *amounts, employee=None, request=None, post=True, date=None, currency=None):
        """A claim of approved expenses, by default with posted entries."""
        employee = employee or self.traveller
        claim = self.env["business.expense.claim"].sudo().create({
            "employee_id": employee.id, "company_id": self.company.id, "department_id": employee.department_id.id,
            "travel_request_id": request.id if request else False,
        })
        expenses = self.env["hr.expense"].create([{
            "name": f"Expense {number}", "employee_id": employee.id, "product_id": self.product_trip.id,
            "total_amount_currency": amount, "company_id": self.company.id, "date": date or fields.Date.today(),
            "currency_id": (currency or self.company.currency_id).id, "tax_ids": [Command.clear()],
            "travel_request_id": request.id if request else False,
        } for number, amount in enumerate(amounts)])
        expenses._as_engine().write({"claim_id": claim.id, "approval_state": "approved"})
        if post:
            expenses._post_without_wizard()
        return claim

    def balance(self, account, partner):
        """What a person owes, or is owed, by the books."""
        return self.company.currency_id.round(sum(self.env["account.move.line"].search([
            ("account_id", "=", account.id), ("partner_id", "=", partner.id), ("parent_state", "=", "posted"),
        ]).mapped("balance")))

    def held(self, employee=None):
        """What a person holds of the company's money, by the books."""
        return self.balance(self.company.travel_advance_account_id, (employee or self.traveller).work_contact_id)

    def owed(self, employee=None):
        """What the company owes a person, by the books."""
        partner = (employee or self.traveller).work_contact_id
        return -self.balance(partner.property_account_payable_id, partner)
