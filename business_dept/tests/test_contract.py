# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.business_dept.controls import ControlError

from ..models.foundation.forgery import get_engine_fields
from .common_contract import ContractCommon


@tagged("post_install", "-at_install")
class TestContract(ContractCommon):

    def test_from_quotation_in_one_click(self):
        """JJ-1.2.5: number, customer, amount, responsible and text come from the quotation."""
        order = self.make_order(1000.0)
        action = self.call(self.salesperson, order, "action_create_contract")
        contract = order.contract_id
        self.assertEqual((action["res_model"], action["res_id"]), ("business.contract", contract.id))
        self.assertRegex(contract.name, r"^HT/\d{4}/\d{5}$")
        self.assertEqual(contract.partner_id, self.customer)
        self.assertEqual(contract.amount_total, 1000.0)
        self.assertEqual(contract.currency_id, order.currency_id)
        self.assertEqual(contract.user_id, self.salesperson)
        self.assertEqual(contract.state, "draft")
        self.assertEqual(contract.template_id, self.env.ref("business_dept.contract_template_sales"))
        for text in ("Granite Trading", order.name, contract.name):
            self.assertIn(text, contract.body)
        self.assertNotRegex(contract.body, r"\{[a-z_]+\}", "every placeholder is filled in")
        with self.assertRefused("a contract already"):
            self.call(self.salesperson, order, "action_create_contract")

    def test_from_several_quotations(self):
        """JJ-1.2.5: several quotations of one customer make one contract; of two customers they do not."""
        orders = self.make_order(1000.0) + self.make_order(500.0)
        self.call(self.salesperson, orders, "action_create_contract")
        self.assertEqual(len(orders.contract_id), 1)
        self.assertEqual(orders.contract_id.amount_total, 1500.0)
        self.call(self.salesperson, orders[1], "action_leave_contract")
        self.assertEqual(orders.contract_id.amount_total, 1000.0)
        other = self.env["res.partner"].create({"name": "Other"})
        with self.assertRefused("one customer"):
            self.call(self.salesperson, orders[1] + self.make_order(partner_id=other.id), "action_create_contract")

    def test_who_makes_and_reads_contracts(self):
        """IC-5: one's own quotations only; others of the company read as their post says."""
        order = self.make_order(1000.0)
        stranger = self.env["res.users"].create({
            "name": "Other", "login": "other_sales", "company_id": self.company.id,
            "company_ids": [Command.set(self.company.ids)],
            "group_ids": [Command.set(self.env.ref("business_dept.group_salesperson").ids)],
        })
        with self.assertRaises(AccessError):
            self.call(stranger, order, "action_create_contract")
        contract = self.make_contract(order)
        for post in ("deputy_manager", "department_manager", "finance", "executive_office", "auditor", "order_clerk",
                     "customer_service"):
            contract.with_user(self.users[post]).read(["name", "state", "amount_total"])
        for user in (stranger, self.users["regulation_admin"]):
            with self.assertRaises(AccessError):
                contract.with_user(user).read(["name"])
        for post in ("finance", "executive_office", "auditor", "order_clerk", "customer_service"):
            with self.assertRaises(AccessError):
                contract.with_user(self.users[post]).write({"note": "x"})
        contract.with_user(self.manager).write({"note": "x"})

    def test_deputy_edits_his_own(self):
        """IC-5, JJ-1.2.5: the deputy manager is in no route; he edits the contracts that he is responsible for."""
        contract, deputy = self.make_contract(), self.users["deputy_manager"]
        with self.assertRaises(AccessError):
            self.call(deputy, contract, "write", {"note": "x"})
        contract.with_user(self.manager).write({"user_id": deputy.id})
        self.call(deputy, contract, "write", {"note": "x"})

    def test_templates_of_the_executive_office(self):
        """WM-2.2.2: who may edit the templates of contracts finds them."""
        menu = self.env.ref("business_dept.menu_business_contract_template_rules")
        for post, shown in (("executive_office", True), ("regulation_admin", True), ("salesperson", False)):
            visible = self.env["ir.ui.menu"].with_user(self.users[post])._visible_menu_ids()
            self.assertEqual(menu.id in visible, shown, post)

    def test_route_and_state(self):
        """JJ-1.2.5: the manager confirms, the executive office approves; the state follows the facts."""
        contract = self.make_contract()
        self.call(self.salesperson, contract, "action_approval_submit")
        self.assertEqual(contract.state, "review")
        self.call(self.manager, contract, "action_approval_approve")
        self.assertEqual(contract.state, "review")
        self.call(self.executive, contract, "action_approval_approve")
        self.assertEqual(contract.state, "approved")
        self.assertEqual(contract.date_approved, fields.Date.today())
        self.assertEqual(contract.sudo().approval_id.ground_ids.control_id.code, "contract.formal_approval")
        version = self.env["business.content.version"].sudo().search([
            ("res_model", "=", contract._name), ("res_id", "=", contract.id),
        ])
        self.assertEqual(version.mapped("occasion"), ["approved"])

    def test_submit_where_controls_only_notify(self):
        """JJ-1.2.5: as shipped nothing is enforced, and a contract can be approved all the same."""
        for code in ("contract.formal_approval", "contract.required"):
            self.set_mode(code, "notify")
        contract = self.make_contract()
        self.assertTrue(contract.with_user(self.salesperson).approval_can_submit)
        self.approve(contract)
        self.assertEqual(contract.state, "approved")
        self.assertFalse(contract.with_user(self.salesperson).approval_can_submit)
        with self.assertRefused("approved already"):
            self.call(self.salesperson, contract, "action_approval_submit")

    def test_one_request_covers_contract_and_orders(self):
        """JJ-1.2.3, JJ-1.2.5: the approval of the contract covers the credit breach of its order, and no more than that."""
        self.set_grade("C", limit=400.0)
        self.set_mode("credit.limit", "approve")
        order = self.make_order(1000.0)
        contract = self.make_contract(order)
        with self.assertRaises(ControlError) as caught:
            self.call(self.salesperson, order, "action_confirm")
        self.assertIn("JJ-1.2.5", str(caught.exception))
        self.assertIn("JJ-4.2", str(caught.exception))
        self.assertIn("JJ-4.2", contract.with_user(self.salesperson).control_banner)
        self.approve(contract)
        grounds = contract.sudo().approval_id.ground_ids
        self.assertEqual(set(grounds.control_id.mapped("code")), {"contract.formal_approval", "credit.limit"})
        self.make_invoice(100.0, due=fields.Date.today())
        with self.assertRaises(ControlError):  # the excess has grown beyond what was approved
            self.call(self.salesperson, order, "action_confirm")
        self.env["account.payment"].create({
            "partner_id": self.customer.id, "amount": 100.0, "payment_type": "inbound", "partner_type": "customer",
        }).action_post()
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.sudo().approval_ids, "no second request on the order")

    def test_blocked_order_blocks_the_contract(self):
        """RG-3.8: what is blocked for the order is not approved by way of the contract."""
        self.set_mode("credit.limit", "block")
        self.set_grade("C", limit=400.0)
        contract = self.make_contract()
        with self.assertRefused("credit limit"):
            self.call(self.salesperson, contract, "action_approval_submit")

    def test_order_waits_for_the_contract(self):
        """JJ-1.2.4, JJ-1.2.5: no confirmation without the approved contract, of exactly this content."""
        order = self.make_order(1000.0)
        with self.assertRefused("there is none"):
            self.call(self.salesperson, order, "action_confirm")
        self.assertEqual([entry["outcome"] for entry in self.take_refusals("contract.required")], ["needs_approval"])
        contract = self.make_contract(order)
        with self.assertRefused("not approved"):
            self.call(self.salesperson, order, "action_confirm")
        self.approve(contract)
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")

    def test_small_orders_need_none(self):
        """JJ-1.2.4: the threshold is in the company's currency."""
        self.set_mode("contract.required", "block", threshold=1000.01)
        order = self.make_order(1000.0)
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")
        with self.assertRaises(ControlError):
            order.order_line.with_user(self.salesperson).write({"price_unit": 1000.01})

    def test_approved_exception(self):
        """JJ-1.2.5: an approval of the order itself is an exception from the contract."""
        order = self.make_order(1000.0)
        self.call(self.salesperson, order, "action_approval_submit")
        self.call(self.manager, order, "action_approval_approve")
        self.call(self.salesperson, order, "action_confirm")
        self.assertEqual(order.state, "sale")

    def test_lock_and_void(self):
        """RL-4.3: the order is locked with its contract; a change afterwards voids the approval and says what changed."""
        order = self.make_order(1000.0)
        contract = self.make_contract(order)
        self.call(self.salesperson, contract, "action_approval_submit")
        for act in (
            lambda: self.call(self.salesperson, order.order_line, "write", {"price_unit": 1.0}),
            lambda: self.call(self.salesperson, order, "write", {"order_line": [Command.clear()]}),
            lambda: self.call(self.salesperson, order, "write", {"payment_term_id": False}),
            lambda: self.call(self.salesperson, contract, "write", {"body": "<p>else</p>"}),
            lambda: self.call(self.salesperson, contract, "action_compose"),
            lambda: self.call(self.salesperson, order, "action_leave_contract"),
        ):
            with self.assertRaises(UserError):
                act()
        self.call(self.manager, contract, "action_approval_approve")
        self.call(self.executive, contract, "action_approval_approve")
        self.call(self.salesperson, order.order_line, "write", {"price_unit": 900.0})
        approval = contract.sudo().approval_id
        self.assertEqual(approval.state, "void")
        self.assertIn("Unit Price: 1000 → 900", approval.reason)
        self.assertEqual((contract.state, contract.date_approved), ("draft", False))
        with self.assertRaises(ControlError):
            self.call(self.salesperson, order, "action_confirm")

    def test_whole_life(self):
        """WM-2.2.2, J2-2.3: read by both sides, scan with the right code, signed, in force, completed."""
        order = self.make_order(1000.0)
        contract = self.make_contract(order, date_start=fields.Date.today())
        self.approve(contract)
        with self.assertRefused("Nothing shows"):
            self.call(self.salesperson, contract, "action_sign")
        self.file_scan(contract, user=self.clerk)
        with self.assertRefused("Not read once more"):
            self.call(self.salesperson, contract, "action_sign")
        self.assertTrue(self.take_refusals("contract.read_through"))
        self.read_through(contract)
        self.call(self.salesperson, contract, "action_sign")
        self.assertEqual((contract.state, contract.date_signed), ("in_force", fields.Date.today()))
        self.assertEqual((contract.cabinet, contract.shelf), ("B", "3"))
        self.assertEqual(contract.sudo().scan_ids.attachment_ids.mapped("name"), ["scan.pdf"])
        self.assertEqual(
            self.env["business.content.version"].sudo().search([("res_id", "=", contract.id),
                                                                ("res_model", "=", contract._name)]).mapped("occasion"),
            ["signed", "approved"],
        )
        with self.assertRaises(AccessError):
            self.call(self.salesperson, contract, "action_complete", "paid")
        self.call(self.manager, contract, "action_complete", "everything is done")
        self.assertEqual(contract.state, "completed")
        with self.assertRefused("ended already"):
            self.call(self.manager, contract, "action_terminate", "again")

    def test_reading_counts_for_this_text(self):
        """WM-2.2.2: what was read is this text; another text has to be read again."""
        contract = self.make_contract()
        self.read_through(contract)
        self.assertTrue(contract.is_read_by_us and contract.is_read_by_customer)
        contract.with_user(self.salesperson).write({"body": "<p>Something else</p>"})
        self.assertFalse(contract.is_read_by_us or contract.is_read_by_customer)

    def test_signing_unapproved(self):
        """JJ-1.2.4: not signed before it is approved; noted where the control only notifies."""
        contract = self.make_contract()
        self.read_through(contract)
        self.file_scan(contract)
        with self.assertRefused("JJ-1.2.4"):
            self.call(self.salesperson, contract, "action_sign")
        self.set_mode("contract.sign_unapproved", "notify")
        self.call(self.salesperson, contract, "action_sign")
        self.assertEqual(contract.state, "in_force")
        self.assertEqual(self.events("noted", contract).control_id.code, "contract.sign_unapproved")

    def test_wrong_paper(self):
        """J2-2.3: the code on the paper is another one: refused, nothing is filed."""
        contract = self.make_contract()
        self.approve(contract)
        with self.assertRefused("not the same text"):
            self.file_scan(contract, code="0000 1111 2222 3333")
        self.assertTrue(self.take_refusals("contract.scan_mismatch"))
        self.file_scan(contract, code=contract.code.lower().replace(" ", "-"))
        self.assertTrue(contract.is_evidenced)

    def test_wrong_paper_is_no_signature(self):
        """WM-2.2.2: where the control only notifies, a paper with another code is kept, and shows no signature."""
        self.set_mode("contract.scan_mismatch", "notify")
        contract = self.make_contract()
        self.approve(contract)
        self.read_through(contract)
        self.file_scan(contract, code="0000 1111 2222 3333")
        self.assertEqual((len(contract.scan_ids), contract.scan_ids.is_matching, contract.is_evidenced), (1, False, False))
        with self.assertRefused("Nothing shows"):
            self.call(self.salesperson, contract, "action_sign")
        self.file_scan(contract)
        self.call(self.salesperson, contract, "action_sign")
        self.assertEqual(contract.state, "in_force")

    def test_terminate(self):
        """IC-4: manager and executive office end a contract, with a reason."""
        contract = self.make_contract()
        self.call(self.salesperson, contract, "action_approval_submit")
        with self.assertRaises(AccessError):
            self.call(self.salesperson, contract, "action_terminate", "no")
        with self.assertRefused("reason"):
            self.call(self.manager, contract, "action_terminate", " ")
        action = self.call(self.manager, contract, "action_terminate")
        self.assertEqual(action["res_model"], "business.contract.end")
        self.call(self.manager, contract, "action_terminate", "The customer has withdrawn")
        self.assertEqual((contract.state, contract.sudo().approval_state), ("terminated", "withdrawn"))
        self.assertEqual((contract.end_reason, contract.ended_by_id), ("The customer has withdrawn", self.manager))

    def test_framework(self):
        """JJ-1.2.5: orders go under the framework contract that holds today, as long as there is room."""
        framework = self.make_framework(1500.0)
        first, second = self.make_order(1000.0), self.make_order(600.0)
        with self.assertRaises(ControlError):
            self.call(self.salesperson, first, "action_confirm")
        self.sign(framework)
        self.assertEqual(framework.state, "in_force")
        self.call(self.salesperson, first, "action_confirm")
        self.assertEqual(first.contract_id, framework)
        with self.assertRefused("there is none"):
            self.call(self.salesperson, second, "action_confirm")
        second.order_line.with_user(self.salesperson).write({"price_unit": 500.0})
        self.call(self.salesperson, second, "action_confirm")
        self.assertEqual(framework.state, "in_force")
        with self.assertRefused("left"):
            second.order_line.with_user(self.salesperson).write({"price_unit": 501.0})

    def test_form(self):
        """JJ-1.2.5: the form makes a framework contract; the buttons of the approval are there."""
        with Form(self.env["business.contract"].with_user(self.salesperson)) as form:
            form.kind = "framework"
            form.partner_id = self.customer
            form.framework_amount = 5000.0
            form.date_end = "2099-12-31"
        contract = form.record
        self.assertTrue(contract.body)
        self.assertEqual(contract.amount_total, 5000.0)
        self.assertIn("approval_can_submit", Form(contract)._view["fields"])


@tagged("post_install", "-at_install")
class TestContractAttacks(ContractCommon):

    def assertForged(self, act):
        with self.assertRaises(UserError):
            act()
        self.assertTrue(self.take_refusals("approval.forgery"), "the attempt leaves a trace")

    def test_facts_are_the_systems(self):
        """Attacks 5, 6, 7: no client writes or creates state, dates, signatures, code or links."""
        contract = self.make_contract()
        values = {
            "state": "signed", "date_signed": "2024-01-01", "date_in_force": "2024-01-01", "amount_total": 1.0,
            "our_read_fingerprint": contract._get_approval_fingerprint(), "customer_signed_by": "x",
            "formal_contract_id": contract.id, "amended_fingerprint": contract._get_approval_fingerprint(),
            "order_ids": [Command.link(self.make_order(5.0).id)],
        }
        for name in get_engine_fields(contract):
            value = values.get(name, False)
            for user in (self.salesperson, self.manager):
                self.assertForged(lambda name=name, value=value, user=user:
                                  self.call(user, contract, "write", {name: value, "note": "x"}))
        for name, value in values.items():
            self.assertForged(lambda name=name, value=value: self.call(
                self.salesperson, contract.browse(), "create",
                [{"kind": "formal", "partner_id": self.customer.id, name: value}],
            ))
        self.assertForged(lambda: self.call(
            self.salesperson, contract, "web_save", {"state": "approved", "date_approved": "2024-01-01"}, {"state": {}},
        ))

    def test_defaults_copy_and_import(self):
        """Attacks 3, 6: defaults in the context, a copy and an import open nothing."""
        contract = self.make_contract()
        self.sign(contract)
        env = self.env(user=self.salesperson, su=False)
        made = env["business.contract"].with_context(
            default_state="signed", default_date_signed="2024-01-01", default_customer_signed_by="x", business_engine=True,
        ).create({"kind": "formal", "partner_id": self.customer.id})
        self.assertEqual((made.state, made.date_signed, made.customer_signed_by), ("draft", False, False))
        copied = contract.with_user(self.salesperson).copy()
        self.assertEqual((copied.state, copied.date_signed, copied.order_count), ("draft", False, 0))
        self.assertNotEqual(copied.name, contract.name)
        self.assertIn(copied.name, copied.body)
        self.assertNotIn(contract.name, copied.body, "WM-2.2.2: the text of a duplicate is its own")
        result = env["business.contract"].load(
            ["kind", "partner_id/.id", "date_signed"], [["formal", str(self.customer.id), "2024-01-01"]],
        )
        self.assertFalse(result["ids"])
        self.assertTrue(self.take_refusals("approval.forgery"))

    def test_link_to_a_contract(self):
        """Attacks 5, 7: nobody puts an order under a contract that was approved for another one."""
        contract = self.make_contract()
        self.approve(contract)
        order = self.make_order(9000.0)
        self.assertForged(lambda: self.call(self.salesperson, order, "write", {"contract_id": contract.id}))
        self.assertForged(lambda: self.call(
            self.salesperson, order.browse(), "create", [{"partner_id": self.customer.id, "contract_id": contract.id}],
        ))
        made = self.env["sale.order"].with_user(self.salesperson).with_context(
            default_contract_id=contract.id,
        ).create({"partner_id": self.customer.id})
        self.assertFalse(made.contract_id)
        self.assertFalse(contract.order_ids[:1].copy().contract_id)

    def test_forged_signature_of_the_customer(self):
        """Attack 7: a salesperson does not sign for the customer."""
        order = self.make_order(1000.0)
        self.make_contract(order)
        pixel = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        for name, value in (("signed_by", "x"), ("signature", pixel.decode()), ("signed_on", "2024-01-01 00:00:00")):
            self.assertForged(lambda name=name, value=value: self.call(self.salesperson, order, "write", {name: value}))
        self.assertFalse(order.contract_id.customer_signed_by)

    def test_price_and_confirmation_in_one_write(self):
        """Attack 5: another price and the confirmation in one write, after the approval."""
        order = self.make_order(1000.0)
        self.approve(self.make_contract(order))
        for vals in ({"prepayment_percent": 0.01, "state": "sale"}, {"balance_days": 90, "state": "sale"}):
            with self.assertRaises(ControlError):
                self.call(self.salesperson, order, "write", vals)
            self.assertEqual(order.state, "draft")
        self.assertTrue(self.take_refusals("contract.required"))

    def test_scan_rows_and_files(self):
        """Attacks 1, 2, 19: filed scans are the system's; one's own upload cannot be exchanged, another's not be taken."""
        contract = self.make_contract()
        self.approve(contract)
        self.file_scan(contract)
        scan = contract.sudo().scan_ids
        for act in (
            lambda: self.call(self.salesperson, scan, "write", {"is_matching": True}),
            lambda: self.call(self.salesperson, scan, "unlink"),
            lambda: self.call(self.salesperson, scan.browse(), "create", [{"contract_id": contract.id, "is_matching": True}]),
            lambda: self.call(self.salesperson, scan.attachment_ids, "write", {"raw": b"else"}),
            lambda: self.call(self.salesperson, scan.attachment_ids, "unlink"),
        ):
            with self.assertRaises(AccessError):
                act()
        secret = self.env["ir.attachment"].with_user(self.finance).create({"name": "secret", "raw": b"x"})
        with self.assertRaises(AccessError):
            env = self.env(user=self.salesperson, su=False)
            wizard = env["business.contract.file"].create({
                "contract_id": contract.id, "attachment_ids": [Command.set(secret.ids)], "code": contract.code,
            })
            self.call(self.salesperson, wizard, "action_file")
        with self.assertRaises(AccessError):
            self.file_scan(contract, user=self.finance)

    def test_own_approval(self):
        """Attacks 1, 10: nobody approves the contract that he made (IC-7)."""
        order = self.make_order(1000.0, user=self.manager)
        contract = self.make_contract(order, user=self.manager)
        self.call(self.manager, contract, "action_approval_submit")
        self.assertEqual(contract.sudo().approval_id.current_user_ids, self.manager_2)

    def test_deleting(self):
        """Attack 2: what was submitted stays; its orders stay as well."""
        order = self.make_order(1000.0)
        contract = self.make_contract(order)
        self.call(self.salesperson, contract, "action_approval_submit")
        self.call(self.salesperson, contract, "action_approval_withdraw")
        with self.assertRaises(UserError):
            self.call(self.salesperson, contract, "unlink")
        with self.assertRaises(UserError):
            self.call(self.salesperson, order, "unlink")
