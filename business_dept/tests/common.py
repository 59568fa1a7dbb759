# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.business_dept.models.foundation.control_event import REFUSALS

POSTS = (
    "salesperson", "customer_service", "order_clerk", "deputy_manager", "department_manager", "finance",
    "executive_office", "regulation_admin", "auditor",
)


class Rollback(Exception):
    """Ends an example of a property test: what it did is undone."""


class Undo(Exception):
    """Ends a savepoint by rolling it back."""


class Impossible(UserError):
    """What a property test wanted to do makes no sense here; it goes on with the next act."""

    def __init__(self):
        super().__init__("impossible here")


class BusinessCommon(AccountTestInvoicingCommon):
    """A company of its own with one person per post, a product, and a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.env.user.group_ids += cls.env.ref("business_dept.group_regulation_admin")
        cls.env.user.lang = "en_US"
        cls.company.partner_id.lang = "en_US"  # what scheduled jobs write
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US", "tz": "UTC"})
        cls.users = {
            post: new_test_user(
                cls.env, login=f"test_{post}", name=post.replace("_", " ").title(),
                groups=f"base.group_user,business_dept.group_{post}",
                company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
            )
            for post in POSTS
        }
        cls.salesperson = cls.users["salesperson"]
        cls.manager = cls.users["department_manager"]
        cls.executive = cls.users["executive_office"]
        cls.finance = cls.users["finance"]
        cls.admin_user = cls.users["regulation_admin"]
        cls.auditor = cls.users["auditor"]
        cls.manager_2 = new_test_user(
            cls.env, login="test_manager_2", name="Second Manager",
            groups="base.group_user,business_dept.group_department_manager",
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )
        cls.rule = cls.env.ref("business_dept.approval_rule_order_manager")
        cls.customer = cls.env["res.partner"].create({"name": "Granite Trading", "is_company": True})
        cls.product_slab = cls.env["product.product"].create({
            "name": "Slab", "list_price": 100.0, "taxes_id": False, "type": "consu", "invoice_policy": "order",
        })
        cls.grades = {
            grade.code: grade for grade in cls.env["business.credit.grade"].search([("company_id", "=", cls.company.id)])
        }
        cls.profile = cls.env["business.credit.profile"]._get_or_create(cls.customer, cls.company)

    @classmethod
    def make_user(cls, login, *groups):
        """An employee of the company, with these groups besides."""
        return new_test_user(
            cls.env, login=f"test_{login}", name=login.replace("_", " ").title(), groups=",".join(["base.group_user", *groups]),
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], lang="en_US", tz="UTC",
        )

    def setUp(self):
        super().setUp()
        self.addCleanup(self.take_refusals)

    def take_refusals(self, code=None):
        """Take the refusals that wait to be written after the rollback out of the queue."""
        queue = self.env.cr.postrollback.data.get(REFUSALS, [])
        taken, queue[:] = list(queue), []
        if code:
            control = self.env["business.control"]._get_by_code(code)
            taken = [entry for entry in taken if entry["control_id"] == control.id]
        return taken

    def call(self, user, records, method, *args, **kwargs):
        """Call a method as JSON-RPC does, as an ordinary user."""
        model = self.env(user=user, su=False)[records._name]
        if not getattr(getattr(type(model), method), "_api_model", False):
            args = (records.ids, *args)
        transaction = self.env.transaction
        with patch.object(transaction, "default_env", model.env):  # the user whom x2many commands fall back to
            return call_kw(model, method, list(args), kwargs)

    def set_mode(self, code, mode, threshold=None):
        """Set a control in the test company."""
        control = self.env["business.control"]._get_by_code(code).with_company(self.company)
        control.write({"mode": mode} if threshold is None else {"mode": mode, "threshold": threshold})
        return control

    def set_grade(self, code, limit=None):
        """Give the customer a grade, and a limit of his own."""
        self.profile._apply_grade(self.grades[code])
        if limit is not None:
            self.profile._apply_limit(limit, False)

    def make_order(self, amount=1000.0, user=None, **vals):
        """A quotation of one line, made by a salesperson."""
        user = user or self.salesperson
        return self.env["sale.order"].with_user(user).create({
            "partner_id": self.customer.id,
            "user_id": user.id,
            "company_id": self.company.id,
            "order_line": [Command.create({
                "product_id": self.product_slab.id, "product_uom_qty": 1, "price_unit": amount, "tax_ids": False,
            })],
            **vals,
        }).with_env(self.env)

    def make_invoice(self, amount, due="2024-01-01", partner=None):
        """A posted invoice of the customer, due at a date."""
        move = self.env["account.move"].create({
            "move_type": "out_invoice",
            "partner_id": (partner or self.customer).id,
            "invoice_date": due,
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create({"name": "Slab", "quantity": 1, "price_unit": amount, "tax_ids": False})],
        })
        move.action_post()
        return move

    def flush_tracking(self):
        """Let the chatter be written as at the end of a request."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def run_cron(self, xmlid):
        """Run a cron as the server does, with its own commits."""
        with self.enter_registry_test_mode():
            self.env.ref(xmlid).sudo().method_direct_trigger()

    def count_statements(self, act, cold=True):
        """Return how many SQL statements an act and the writing of its changes take.

        :param bool cold: nothing that was read before is known any more
        """
        self.env.flush_all()
        if cold:
            self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        act()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def count_undone(self, act):
        """The same of an act that is rolled back. It is done twice: the first time fills the registry's caches."""
        statements = 0
        for _time in range(2):
            with suppress(Undo), self.env.cr.savepoint():
                statements = self.count_statements(act)
                raise Undo
            self.env.invalidate_all(flush=False)
        return statements

    def count_list(self, user, records):
        """Statements for the list of these records as a user sees it."""
        views = self.call(user, records, "get_views", [(False, "list")])
        names = [node.get("name") for node in etree.fromstring(views["views"]["list"]["arch"]).iter("field")]
        many2one = {name for name in names if records._fields[name].type == "many2one"}
        specification = {name: {"fields": {"display_name": {}}} if name in many2one else {} for name in names}
        domain = [("id", "in", records.ids)]

        def read():
            found = self.call(user, records.browse(), "web_search_read", domain, specification)
            self.assertEqual(len(found["records"]), len(records))

        read()
        return self.count_statements(read)

    def events(self, outcome=None, record=None):
        """Events of the test company, newest first."""
        domain = [("company_id", "=", self.company.id)]
        if outcome:
            domain.append(("outcome", "=", outcome))
        if record:
            domain += [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["business.control.event"].sudo().search(domain)

    def pay(self, invoice):
        """Register the full payment of an invoice."""
        return self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids,
        ).create({"payment_date": fields.Date.today()})._create_payments()
