# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common_contract import ContractCommon

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestContractPortal(ContractCommon, HttpCase):

    def accept(self, order, name="Ms. Lin"):
        return self.make_jsonrpc_request(f"/my/orders/{order.id}/accept", {
            "access_token": order._portal_ensure_token(), "name": name, "signature": PIXEL,
        })

    def test_signature_of_the_customer_counts(self):
        """WM-2.2.2: the portal signature is read-through and signature of the customer; with ours, the contract is signed."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        self.approve(contract)
        self.call(self.salesperson, contract, "action_confirm_reading")
        order.action_quotation_sent()
        self.env.flush_all()
        result = self.accept(order)
        self.assertIn("redirect_url", result)
        self.env.invalidate_all()
        self.assertEqual((contract.customer_signed_by, contract.customer_read_by), ("Ms. Lin", "Ms. Lin"))
        self.assertEqual((contract.state, order.state), ("in_force", "sale"))

    def test_signature_before_ours(self):
        """WM-2.2.2: the customer has signed, we have not read it yet: it waits for us, and then it is signed."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        self.approve(contract)
        order.action_quotation_sent()
        self.accept(order)
        self.env.invalidate_all()
        self.assertEqual(contract.state, "approved")
        self.assertTrue(contract.is_evidenced)
        self.call(self.salesperson, contract, "action_confirm_reading")
        self.call(self.salesperson, contract, "action_sign")
        self.assertEqual(contract.state, "in_force")

    def test_signature_of_an_employee_does_not_count(self):
        """Attack 7: a colleague who opens the portal page signs nothing for the customer."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        order.action_quotation_sent()
        self.authenticate("test_salesperson", "test_salesperson")
        with mute_logger("odoo.http"):
            self.accept(order)
        self.env.invalidate_all()
        self.assertFalse(contract.customer_signed_by)

    def test_other_text_after_the_signature(self):
        """WM-2.2.2: what the customer has signed is this text; another one is not signed."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        self.approve(contract)
        order.action_quotation_sent()
        self.accept(order)
        self.env.invalidate_all()
        self.assertTrue(contract.is_evidenced)
        contract.with_user(self.salesperson).write({"body": "<p>else</p>"})
        self.assertFalse(contract.is_evidenced or contract.is_read_by_customer)

    def test_the_customer_reads_what_he_signs(self):
        """WM-2.2.2: the page shows the approved text with its code; a text that is not approved is not shown and not signed."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        contract.with_user(self.salesperson).write({"body": "<p>The seller delivers granite slabs.</p>"})
        order.action_quotation_sent()
        self.env.flush_all()
        url = f"/my/orders/{order.id}?access_token={order._portal_ensure_token()}"
        self.assertNotIn("The seller delivers granite slabs.", self.url_open(url).text)
        self.approve(contract)
        self.env.flush_all()
        page = self.url_open(url).text
        self.assertIn("The seller delivers granite slabs.", page)
        self.assertIn(contract.code, page)

    def test_signature_of_what_was_not_shown(self):
        """WM-2.2.2: the customer signs the order while its contract is not approved: no signature of that."""
        order = self.make_order(1000.0, require_signature=True, require_payment=False)
        contract = self.make_contract(order)
        order.action_quotation_sent()
        self.accept(order)
        self.env.invalidate_all()
        self.assertTrue(order.signature)
        self.assertFalse(contract.customer_signed_by or contract.customer_read_by or contract.is_evidenced)

    def test_portal_reads_no_contract(self):
        """Attack 19: a customer on the portal reads no contract record and no field of it on his order."""
        order = self.make_order(1000.0)
        contract = self.make_contract(order)
        portal = self.env["res.users"].with_context(no_reset_password=True).create({
            "name": "Portal", "login": "portal_contract", "partner_id": self.customer.id,
            "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
        })
        with self.assertRaises(AccessError):
            contract.with_user(portal).read(["name"])
        self.assertNotIn("contract_id", order.with_user(portal).fields_get())

    def test_pdf(self):
        """J2-2.3, WM-2.2.2: both languages, parties, lines, number and code; marked as a draft until it is approved."""
        order = self.make_order(1000.0)
        order.order_line.product_uom_qty = 1234567.5
        contract = self.make_contract(order)
        report = self.env["ir.actions.report"].with_user(self.salesperson)

        def render():
            return report._render_qweb_html("business_dept.report_contract", contract.ids)[0].decode()

        html = render()
        for text in ("购销合同", "SALES CONTRACT", "Granite Trading", "Slab", contract.name, contract.code, "草稿 DRAFT",
                     "1234567.5"):
            self.assertIn(text, html)
        self.approve(contract)
        self.assertNotIn("草稿 DRAFT", render())
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.admin_user)._render_qweb_html(
                "business_dept.report_contract", contract.ids,
            )
