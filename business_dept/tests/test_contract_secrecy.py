# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestContractSecrecy(DossierCommon):
    """Contracts of hidden customers: who handles them works, nobody learns more (JJ-3.6.3)."""

    def setUp(self):
        super().setUp()
        self.order = self.make_order(1000.0, partner_id=self.hidden.id)
        self.call(self.sales_a, self.order, "action_create_contract")
        self.contract = self.order.sudo().contract_id

    def test_clerk_opens_and_prints(self):
        """J2-2.3: the clerk files the contract of a hidden customer: opens it, and prints it with the address."""
        self.env.flush_all()
        self.env.invalidate_all()
        view = Form(self.contract.with_user(self.clerk))._view
        self.call(self.clerk, self.contract, "web_read", view["fields_spec"])
        html, _kind = self.env["ir.actions.report"].with_user(self.clerk)._render_qweb_html(
            "business_dept.report_contract", self.contract.ids,
        )
        self.assertIn(b"+86 771 5550001", html)
        with self.assertRaises(AccessError):
            self.hidden.with_user(self.clerk).read(["phone"])

    def test_colleague_learns_nothing(self):
        """Attack 19: a colleague reads no contract of a hidden customer, names him in none, and asks no oracle."""
        with self.assertRaises(AccessError):
            self.contract.with_user(self.sales_b).read(["name"])
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.contract.browse(), "create", [{
                "kind": "framework", "partner_id": self.hidden.id, "framework_amount": 1.0, "date_end": "2099-12-31",
            }])
        Contract = self.env["business.contract"].with_user(self.clerk)
        self.assertTrue(Contract.search([("id", "=", self.contract.id)]))
        self.assertFalse(Contract.search([("id", "=", self.contract.id), ("partner_id.phone", "like", "5550001")]))

    def test_own_salesperson_goes_the_whole_way(self):
        """JJ-3.6.1: whose customer he is makes, submits and files; manager and executive approve."""
        self.set_mode("contract.formal_approval", "approve")
        self.call(self.sales_a, self.contract, "action_approval_submit")
        self.call(self.manager, self.contract, "action_approval_approve")
        self.call(self.executive, self.contract, "action_approval_approve")
        self.assertEqual(self.contract.state, "approved")
        attachment = self.env(user=self.clerk, su=False)["ir.attachment"].create({"name": "scan.pdf", "raw": b"%PDF-1.4"})
        wizard = self.env(user=self.clerk, su=False)["business.contract.file"].create({
            "contract_id": self.contract.id, "attachment_ids": [Command.set(attachment.ids)], "code": self.contract.code,
        })
        self.call(self.clerk, wizard, "action_file")
        self.call(self.sales_a, self.contract, "action_confirm_reading")
        self.call(self.sales_a, self.contract, "action_record_customer_reading", "Zhang")
        self.call(self.sales_a, self.contract, "action_sign")
        self.assertEqual(self.contract.state, "in_force")
