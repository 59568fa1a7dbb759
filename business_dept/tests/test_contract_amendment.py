# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.business_dept.controls import ControlError

from .common_contract import ContractCommon


@tagged("post_install", "-at_install")
class TestContractAmendment(ContractCommon):

    def setUp(self):
        super().setUp()
        self.order = self.make_order(1000.0)
        self.contract = self.make_contract(self.order)
        self.sign(self.contract)
        self.call(self.salesperson, self.order, "action_confirm")
        self.line = self.order.order_line

    def amend(self, user=None, **vals):
        return self.env["business.contract.amendment"].with_user(user or self.salesperson).create({
            "contract_id": self.contract.id, "reason": "The customer takes more", **vals,
        }).with_env(self.env)

    def more(self, quantity=2.0, **vals):
        return self.amend(line_ids=[Command.create({"order_line_id": self.line.id, "quantity": quantity})], **vals)

    def test_nothing_changes_without_an_amendment(self):
        """RL-4.3, BT-11: price, quantity, terms, customer, text: through no door, up or down."""
        other = self.env["res.partner"].create({"name": "Other"})
        for act in (
            lambda: self.call(self.salesperson, self.line, "write", {"price_unit": 900.0}),
            lambda: self.call(self.salesperson, self.line, "write", {"product_uom_qty": 2}),
            lambda: self.call(self.salesperson, self.line, "write", {"discount": 5}),
            lambda: self.call(self.salesperson, self.order, "write",
                              {"order_line": [Command.update(self.line.id, {"price_unit": 1100.0})]}),
            lambda: self.call(self.salesperson, self.order, "write",
                              {"order_line": [Command.create({"product_id": self.product_slab.id})]}),
            lambda: self.call(self.salesperson, self.line, "create",
                              [{"order_id": self.order.id, "product_id": self.product_slab.id}]),
            lambda: self.call(self.salesperson, self.order, "write", {"payment_term_id": False}),
            lambda: self.call(self.salesperson, self.order, "write", {"balance_days": 30}),
            lambda: self.call(self.salesperson, self.order, "write", {"partner_invoice_id": other.id}),
            lambda: self.call(self.salesperson, self.contract, "write", {"body": "<p>else</p>"}),
            lambda: self.call(self.salesperson, self.contract, "write", {"date_end": "2099-01-01"}),
            lambda: self.call(self.salesperson, self.contract, "web_save", {"customer_signatory": "Else"}, {"name": {}}),
            lambda: self.call(self.manager, self.order, "write", {"partner_id": other.id}),
        ):
            with self.assertRaises(ControlError):
                act()
            self.assertTrue(self.take_refusals("contract.unamended"), "the attempt leaves a trace")
        self.call(self.salesperson, self.contract, "write", {"cabinet": "C", "note": "x"})
        self.assertEqual(self.contract.sudo().approval_state, "approved")

    def test_cancelling_is_a_change(self):
        """RL-4.3, BT-11: an order of a signed contract is cancelled, or its confirmation taken back, through no door."""
        for act in (
            lambda: self.call(self.salesperson, self.order, "action_cancel"),
            lambda: self.call(self.manager, self.order, "action_cancel"),
            lambda: self.call(self.salesperson, self.order, "write", {"state": "cancel"}),
            lambda: self.call(self.salesperson, self.order, "write", {"state": "draft"}),
            lambda: self.call(self.salesperson, self.order, "web_save", {"state": "cancel"}, {"name": {}}),
        ):
            with self.assertRefused("taking out every line cancels an order"):
                act()
            self.assertTrue(self.take_refusals("contract.unamended"), "the attempt leaves a trace")
        self.assertEqual((self.order.state, self.contract.state), ("sale", "in_force"))

    def test_amendment_cancels_an_order(self):
        """RL-4.3: an amendment that takes out every line cancels the order."""
        self.approve(self.more(0.0))
        self.assertEqual((self.order.state, self.contract.amount_total), ("cancel", 0.0))
        self.assertTrue(self.contract.sudo()._is_approved())

    def file_paper(self, amendment, code=None, user=None):
        user = user or self.salesperson
        action = self.call(user, amendment, "action_file_scan")
        env = self.env(user=user, su=False)
        attachment = env["ir.attachment"].create({"name": "amendment.pdf", "raw": b"%PDF-1.4 signed"})
        wizard = env[action["res_model"]].with_context(**action["context"]).create({
            "attachment_ids": [Command.set(attachment.ids)], "code": code or amendment.code,
        })
        self.call(user, wizard, "action_file")

    def test_amendment_is_signed_by_both(self):
        """WM-2.2.2, BT-11: approved, an amendment waits for the paper that the customer has signed; the clerk files it."""
        self.set_mode("contract.amendment_unsigned", "block")
        amendment = self.more(3.0)
        self.approve(amendment)
        self.assertEqual((amendment.state, self.line.product_uom_qty), ("approved", 1.0))
        self.assertIn("has not agreed", amendment.sudo().message_ids[0].body)
        with self.assertRefused("has not agreed.*WM-2.2.2.*File the signed amendment"):
            self.call(self.salesperson, amendment, "action_apply")
        with self.assertRefused("not the same text"):
            self.file_paper(amendment, code=self.contract.code)
        self.set_mode("contract.scan_mismatch", "notify")
        self.file_paper(amendment, code="0000 1111 2222 3333")
        self.assertFalse(amendment.is_agreed)
        self.file_paper(amendment, user=self.clerk)
        self.assertTrue(amendment.is_agreed)
        self.call(self.salesperson, amendment, "action_apply")
        self.assertEqual((amendment.state, self.line.product_uom_qty), ("applied", 3.0))
        self.assertEqual(self.contract.scan_ids.amendment_id, amendment)

    def test_consent_is_of_this_content(self):
        """WM-2.2.2: a consent that was noted is of this very content; another content needs another one."""
        self.set_mode("contract.amendment_unsigned", "block")
        amendment = self.more(3.0)
        with self.assertRaises(AccessError):
            self.call(self.clerk, amendment, "action_record_consent", "Ms. Lin")
        self.call(self.salesperson, amendment, "action_record_consent", "Ms. Lin")
        self.assertEqual((amendment.consent_by, amendment.consent_recorded_by_id), ("Ms. Lin", self.salesperson))
        self.assertTrue(amendment.is_agreed)
        self.call(self.salesperson, amendment.line_ids, "write", {"quantity": 4.0})
        self.assertFalse(amendment.is_agreed)
        self.call(self.salesperson, amendment, "action_record_consent", "Ms. Lin", "2024-01-05")
        self.assertEqual(amendment.consent_on, fields.Date.to_date("2024-01-05"))
        self.approve(amendment)
        self.assertEqual((amendment.state, self.line.product_uom_qty), ("applied", 4.0))
        for vals in ({"consent_by": "x"}, {"consent_fingerprint": "x"}, {"scan_ids": [Command.clear()]}):
            with self.assertRaises(ControlError):
                self.call(self.salesperson, self.more(2.0), "write", vals)
            self.assertTrue(self.take_refusals("approval.forgery"))

    def test_printed_in_two_languages(self):
        """WM-2.2.2: the paper shows old and new, has room for two signatures, and the code of what was approved."""
        amendment = self.more(3.0, changes_dates=True, new_date_end="2099-06-30")
        Report = self.env["ir.actions.report"].with_user(self.salesperson)
        html = Report._render_qweb_html("business_dept.report_contract_amendment", amendment.ids)[0].decode()
        for text in ("补充协议", "AMENDMENT", "1 → 3", "草稿 DRAFT", amendment.code, self.contract.name, "买方（盖章）"):
            self.assertIn(text, html)
        self.approve(amendment)
        html = Report._render_qweb_html("business_dept.report_contract_amendment", amendment.ids)[0].decode()
        self.assertNotIn("草稿 DRAFT", html)

    def test_terminated_first(self):
        """IC-4, RL-4.3: once the contract is terminated, with a reason, its orders can be cancelled."""
        self.call(self.manager, self.contract, "action_terminate", "The customer has closed down")
        self.call(self.salesperson, self.order, "action_cancel")
        self.assertEqual(self.order.state, "cancel")

    def test_cancelling_where_it_only_notifies(self):
        """RL-4.3: where the control notifies, the cancellation goes through and is noted."""
        self.set_mode("contract.unamended", "notify")
        self.call(self.salesperson, self.order, "action_cancel")
        self.assertEqual(self.order.state, "cancel")
        self.assertIn("Cancelled", self.events("noted", self.contract).message)

    def test_work_goes_on(self):
        """BT-11: invoicing, a down payment, delivery and a message are no change of the contract."""
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=self.order.ids,
        ).create({"advance_payment_method": "percentage", "amount": 30})
        wizard.create_invoices()
        self.order.invoice_ids.action_post()
        self.pay(self.order.invoice_ids)
        self.order._create_invoices(final=True).action_post()
        self.line.write({"qty_delivered": 1.0})
        self.order.message_post(body="x")
        self.call(self.salesperson, self.order, "write", {"note": "x", "client_order_ref": "PO 1"})
        self.assertEqual(self.contract.state, "in_force")
        self.assertEqual(self.contract.sudo().approval_state, "approved")

    def test_noted_where_it_only_notifies(self):
        """RL-4.3: where the control notifies, the change goes through, is noted, and the approval is void."""
        self.set_mode("contract.unamended", "notify")
        self.set_mode("contract.required", "notify")
        self.call(self.salesperson, self.line, "write", {"price_unit": 900.0})
        event = self.events("noted", self.contract)
        self.assertEqual(event.control_id.code, "contract.unamended")
        self.assertIn("1000 → 900", event.message)
        self.assertEqual((self.contract.sudo().approval_state, self.contract.state), ("void", "in_force"))

    def test_amendment_is_applied_on_approval(self):
        """RL-4.3, BT-11: difference, approval, application, versions; nothing is overwritten."""
        amendment = self.more(3.0)
        self.assertEqual((amendment.name, amendment.difference), (f"{self.contract.name}-1", 2000.0))
        self.assertIn("1 → 3", amendment.difference_html)
        self.approve(amendment)
        self.assertEqual(amendment.state, "applied")
        self.assertEqual((self.line.product_uom_qty, self.contract.amount_total), (3.0, 3000.0))
        self.assertEqual((amendment.old_amount, amendment.line_ids.old_quantity), (1000.0, 1.0))
        self.assertEqual((self.contract.state, self.contract.sudo().approval_state), ("in_force", "approved"))
        self.assertTrue(self.contract.sudo()._is_approved())
        versions = self.env["business.content.version"].sudo().search([
            ("res_model", "=", "business.contract"), ("res_id", "=", self.contract.id),
        ])
        self.assertEqual(versions.mapped("occasion"), ["amended", "signed", "approved"])
        self.assertEqual(versions[2].content["order_line_ids"][str(self.line.id)]["product_uom_qty"][1], "1")
        with self.assertRaises(ControlError):
            self.call(self.salesperson, self.line, "write", {"product_uom_qty": 4})
        self.call(self.salesperson, self.contract, "write", {"cabinet": "D"})
        self.assertTrue(self.contract.sudo()._is_approved(), "another write does not void what was amended")
        second = self.more(2.0)
        self.assertEqual(second.name, f"{self.contract.name}-2")
        self.approve(second)
        self.assertEqual((self.line.product_uom_qty, amendment.line_ids.quantity, amendment.line_ids.old_quantity),
                         (2.0, 3.0, 1.0))

    def test_new_and_removed_lines_terms_dates_text(self):
        """RL-4.3: everything that was signed can be amended, and only by an amendment."""
        term = self.env.ref("account.account_payment_term_30days")
        amendment = self.amend(
            line_ids=[
                Command.create({"order_line_id": self.line.id, "quantity": 0}),
                Command.create({"product_id": self.product_slab.id, "quantity": 5, "price_unit": 90.0}),
            ],
            changes_terms=True, new_payment_term_id=term.id, new_prepayment_percent=0.5, new_balance_event="arrival",
            new_balance_days=7, changes_dates=True, new_date_end="2099-06-30", changes_text=True, new_body="<p>New text</p>",
        )
        self.assertEqual(amendment.line_ids.mapped("change"), ["removed", "added"])
        self.assertEqual(amendment.difference, -550.0)
        self.approve(amendment)
        self.assertEqual(amendment.state, "applied")
        self.assertEqual(self.order.amount_total, 450.0)
        self.assertEqual((self.order.payment_term_id, self.order.balance_days, self.order.prepayment_percent), (term, 7, 0.5))
        self.assertEqual(self.contract.date_end, fields.Date.to_date("2099-06-30"))
        self.assertIn("New text", self.contract.body)

    def test_credit_is_judged_with_the_amendment(self):
        """JJ-4.2, RL-4.3: what the larger order breaks is asked for with the amendment and covered by its approval."""
        self.set_mode("credit.limit", "approve")
        self.set_grade("A", limit=1500.0)
        amendment = self.more(3.0)
        self.call(self.salesperson, amendment, "action_approval_submit")
        grounds = amendment.sudo().approval_id.ground_ids
        self.assertEqual(grounds.control_id.code, "credit.limit")
        self.assertEqual(grounds.amount, 1500.0)
        self.assertEqual(self.line.product_uom_qty, 1.0, "asking changes nothing")
        self.call(self.manager, amendment, "action_approval_approve")
        self.call(self.executive, amendment, "action_approval_approve")
        self.assertEqual(self.line.product_uom_qty, 3.0)
        self.assertEqual(self.events("released", self.order).control_id.code, "credit.limit")

    def test_blocked_by_credit(self):
        """JJ-4.2: what may not be let through is not amended either, and it is said why."""
        self.set_mode("credit.limit", "block")
        self.set_grade("A", limit=1500.0)
        amendment = self.more(3.0)
        with self.assertRefused("credit limit"):
            self.call(self.salesperson, amendment, "action_approval_submit")

    def test_hindered_application(self):
        """JJ-4.2: the credit has grown beyond what was approved: approved, not applied, and the button applies it later."""
        self.set_mode("credit.limit", "approve")
        self.set_grade("A", limit=1500.0)
        amendment = self.more(3.0)
        self.call(self.salesperson, amendment, "action_approval_submit")
        self.call(self.manager, amendment, "action_approval_approve")
        invoice = self.make_invoice(100.0, due=fields.Date.today())
        self.call(self.executive, amendment, "action_approval_approve")
        self.assertEqual((amendment.state, self.line.product_uom_qty), ("approved", 1.0))
        self.assertIn("credit limit", amendment.sudo().message_ids[0].body)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, amendment, "action_apply")
        self.pay(invoice)
        self.call(self.salesperson, amendment, "action_apply")
        self.assertEqual((amendment.state, self.line.product_uom_qty), ("applied", 3.0))
        with self.assertRefused("applied already"):
            self.call(self.salesperson, amendment, "action_apply")

    def test_overtaken(self):
        """RL-4.3: an amendment is approved for the contract as it was; another one in between overtakes it."""
        first, second = self.more(2.0), self.more(5.0)
        self.call(self.salesperson, first, "action_approval_submit")
        self.approve(second)
        self.call(self.manager, first, "action_approval_approve")
        self.call(self.executive, first, "action_approval_approve")
        self.assertEqual((first.state, self.line.product_uom_qty), ("approved", 5.0))
        with self.assertRefused("has been changed since"):
            self.call(self.salesperson, first, "action_apply")

    def test_framework_volume(self):
        """RL-4.3: the volume and the last day of a framework contract are amended as well."""
        framework = self.make_framework(1500.0)
        self.sign(framework)
        amendment = self.env["business.contract.amendment"].with_user(self.salesperson).create({
            "contract_id": framework.id, "reason": "Good sales", "changes_dates": True, "new_date_end": "2099-12-31",
            "new_framework_amount": 4000.0,
        })
        self.approve(amendment)
        self.assertEqual(framework.amount_total, 4000.0)

    def test_form_prefills(self):
        """RL-4.3: a new amendment stands on the lines of the contract; nothing changed is nothing to submit."""
        action = self.call(self.salesperson, self.contract, "action_amend")
        Amendment = self.env["business.contract.amendment"].with_user(self.salesperson).with_context(**action["context"])
        with Form(Amendment) as form:
            form.reason = "x"
            self.assertEqual(len(form.line_ids), 1)
        amendment = form.record
        self.assertEqual((amendment.line_ids.old_quantity, amendment.difference), (1.0, 0.0))
        with self.assertRefused("changes nothing"):
            self.call(self.salesperson, amendment, "action_approval_submit")

    def test_attacks(self):
        """Attacks 1, 5, 6, 7, 17: nobody writes what only the system knows, nor changes what was decided."""
        amendment = self.more(3.0)
        for vals in ({"state": "applied"}, {"date_applied": "2024-01-01"}, {"base_fingerprint": "x"}, {"old_amount": 1.0}):
            with self.assertRaises(UserError):
                self.call(self.salesperson, amendment, "write", vals)
            self.assertTrue(self.take_refusals("approval.forgery"))
            with self.assertRaises(UserError):
                self.call(self.salesperson, amendment.browse(), "create",
                          [{"contract_id": self.contract.id, "reason": "x", **vals}])
        with self.assertRaises(AccessError):
            self.call(self.salesperson, amendment.line_ids, "write", {"old_quantity": 3.0})
        with self.assertRefused("not approved"):
            self.call(self.salesperson, amendment, "action_apply")
        self.call(self.salesperson, amendment, "action_approval_submit")
        with self.assertRaises(ControlError):
            self.call(self.manager, amendment.line_ids, "write", {"quantity": 30})
        self.call(self.manager, amendment, "action_approval_approve")
        self.call(self.executive, amendment, "action_approval_approve")
        for act in (
            lambda: self.call(self.salesperson, amendment, "write", {"reason": "else"}),
            lambda: self.call(self.salesperson, amendment.line_ids, "write", {"quantity": 9}),
            lambda: self.call(self.salesperson, amendment.line_ids, "unlink"),
            lambda: self.call(self.salesperson, amendment, "unlink"),
        ):
            with self.assertRaises(UserError):
                act()
        stranger = self.users["customer_service"]
        with self.assertRaises(AccessError):
            self.amend(user=stranger)
        other = self.make_order(5.0)
        with self.assertRaises(UserError):
            self.amend(line_ids=[Command.create({"order_line_id": other.order_line.id, "quantity": 9})])
        draft = self.make_contract(other)
        with self.assertRefused("nothing to amend"):
            self.env["business.contract.amendment"].with_user(self.salesperson).create(
                {"contract_id": draft.id, "reason": "x"})
