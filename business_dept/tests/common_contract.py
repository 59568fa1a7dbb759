# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError

from .common import BusinessCommon

CONTRACT_CODES = (
    "contract.required", "contract.formal_approval", "contract.sign_unapproved", "contract.read_through",
    "contract.scan_mismatch", "contract.unamended", "contract.formal_overdue",
)


class ContractCommon(BusinessCommon):
    """A quotation of a graded customer, and contracts that act as in the demo company."""

    def setUp(self):
        super().setUp()
        self.set_grade("A", limit=1000000.0)
        self.set_mode("contract.required", "approve", threshold=0)
        for code in ("contract.formal_approval", "contract.formal_overdue"):
            self.set_mode(code, "approve")
        for code in ("contract.sign_unapproved", "contract.read_through", "contract.scan_mismatch", "contract.unamended"):
            self.set_mode(code, "block")
        self.clerk = self.users["order_clerk"]

    @contextmanager
    def assertRefused(self, text):
        """What is done inside is refused with these words, and undone."""
        with self.assertRaises(UserError) as caught:
            yield
        self.assertRegex(str(caught.exception), text)

    def make_contract(self, order=None, user=None, **vals):
        """The contract of a quotation, made in one click."""
        order = order or self.make_order(1000.0)
        self.call(user or self.salesperson, order, "action_create_contract")
        contract = order.contract_id
        if vals:
            contract.with_user(user or self.salesperson).write(vals)
        return contract.with_env(self.env)

    def make_framework(self, amount=1000.0, **vals):
        return self.env["business.contract"].with_user(self.salesperson).create({
            "kind": "framework", "partner_id": self.customer.id, "framework_amount": amount,
            "date_end": "2099-12-31", "company_id": self.company.id, **vals,
        }).with_env(self.env)

    def approve(self, document, *users):
        """Submit and approve, by the manager and the executive office."""
        self.call(self.salesperson, document, "action_approval_submit")
        for user in users or (self.manager, self.executive):
            self.call(user, document, "action_approval_approve")
        document.invalidate_recordset()

    def read_through(self, contract):
        self.call(self.salesperson, contract, "action_confirm_reading")
        self.call(self.salesperson, contract, "action_record_customer_reading", "Ms. Lin")

    def file_scan(self, contract, code=None, user=None, **vals):
        """File a scan with the dialog, as a person does."""
        user = user or self.salesperson
        env = self.env(user=user, su=False)
        attachment = env["ir.attachment"].create({"name": "scan.pdf", "raw": b"%PDF-1.4 signed"})
        wizard = env["business.contract.file"].create({
            "contract_id": contract.id, "attachment_ids": [Command.set(attachment.ids)],
            "code": contract.code if code is None else code, "cabinet": "B", "shelf": "3", **vals,
        })
        self.call(user, wizard, "action_file")

    def sign(self, contract):
        """Everything up to a signed contract."""
        if not contract.date_approved:
            self.approve(contract)
        self.read_through(contract)
        self.file_scan(contract)
        self.call(self.salesperson, contract, "action_sign")
        contract.invalidate_recordset()
