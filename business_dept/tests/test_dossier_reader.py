# Part of business_dept. See LICENSE file for full copyright and licensing details.
import random
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..models.dossier import reader
from .common_dossier import DossierCommon

ORDERS = (None, "complete_name, id", "id desc", "city, name desc, id", "user_id, id")


@tagged("post_install", "-at_install")
class TestDossierReader(DossierCommon):
    """The condition that hides customers, in the two ways PostgreSQL is led to evaluate it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = cls.users["deputy_manager"]
        cls.env["crm.team"].sudo().create({
            "name": "South", "company_id": cls.company.id, "user_id": cls.leader.id,
            "member_ids": [(4, cls.sales_a.id)],
        })
        cls.erp_manager = new_test_user(
            cls.env, login="dossier_erp_manager", groups="base.group_user,base.group_erp_manager",
            company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
        )
        chance = random.Random(7)
        for number in range(30):
            cls._new_customer(
                f"{chance.choice('PQR')} Customer {number}", chance.choice(["open", "details", "hidden", "hidden"]),
                user=chance.choice([cls.sales_a, cls.sales_b]), city=chance.choice(["Nanning", "Liuzhou", False]),
                active=chance.random() < 0.9, child_ids=[(0, 0, {"name": f"Contact {number}"})] * chance.randint(0, 2),
            )
        cls.customers = cls.env["res.partner"].sudo().with_context(active_test=False).search([
            ("name", "=like", "_ Customer %"),
        ])
        cls._grant(cls.sales_b, cls.customers[3:6])
        cls.portal = new_test_user(cls.env, login="dossier_portal", groups="base.group_portal")
        cls.portal.sudo().partner_id.parent_id = cls.hidden.sudo()
        cls.readers = (
            cls.sales_a, cls.sales_b, cls.leader, cls.clerk, cls.executive, cls.auditor, cls.erp_manager, cls.portal,
        )

    @contextmanager
    def few_visible(self, few):
        """Have readers take everybody for one who sees few, or many, of the partners."""
        self.env.cr.execute("ANALYZE res_partner")
        with patch.object(reader, "PAGE", 10**9 if few else 0):
            reader.forget_readers(self.env)
            self.env.flush_all()
            yield
        reader.forget_readers(self.env)

    def ask(self, user, model, method, *args, **kwargs):
        """What both ways answer; it is the same."""
        answers = []
        for few in (True, False):
            with self.few_visible(few):
                self.assertEqual(reader.get_reader(self.env(user=user)).narrow, few)
                answers.append(self.call(user, self.env[model], method, *args, **kwargs))
        self.assertEqual(*answers, f"{user.login} {method} {args} {kwargs}")
        return answers[0]

    def test_both_ways_find_the_same(self):
        """JJ-3.6.1: every page, order and count is the same whichever way it is found, and is what the rule says."""
        everybody = self.env["res.partner"].sudo().with_context(active_test=False).search([])
        for user in self.readers:
            domain = [("active", "in", [True, False])]
            found = self.ask(user, "res.partner", "search", domain)
            # rules evaluated by Python
            self.assertEqual(set(found), set(everybody.with_user(user)._filtered_access("read").ids), user.login)
            if user != self.portal:  # rules of his own
                reads = reader.get_reader(self.env(user=user))
                self.assertEqual({*found} & {*self.customers.ids}, {
                    dossier.partner_id.id for dossier in self.customers.dossier_ids
                    if dossier.secrecy != "hidden" or dossier._get_ground(reads)
                }, user.login)
            for order in ORDERS:
                for offset, limit in ((0, 7), (5, 7), (0, 10_000), (3, None)):
                    self.ask(user, "res.partner", "search", domain, offset, limit, order)
            whole = self.ask(user, "res.partner", "search", domain, order="complete_name, id")
            page = self.ask(user, "res.partner", "search", domain, 4, 6, "complete_name, id")
            self.assertEqual(page, whole[4:10])

    def test_both_ways_for_the_web_client(self):
        """JJ-3.6.1: lists, completion, groups and counts of the web client."""
        for user in (self.sales_a, self.sales_b, self.leader):
            self.ask(user, "res.partner", "web_search_read", [("name", "ilike", "customer")],
                     {"name": {}, "user_id": {"fields": {"display_name": {}}}}, limit=10, count_limit=10_001)
            self.ask(user, "res.partner", "name_search", "Q C", limit=8)
            self.ask(user, "res.partner", "search_count", [], limit=20)
            self.ask(user, "res.partner", "formatted_read_group", [], ["city"], ["__count"])
            for visible in (True, False):
                self.ask(user, "res.partner", "search", [("dossier_visible", "=", visible)], limit=5)

    def test_both_ways_in_conditions_of_other_records(self):
        """JJ-3.6.1: as a condition on a parent, on contacts, on the customer of another record, and when filtering."""
        for user in self.readers[:-1]:
            self.ask(user, "res.partner", "search", [("parent_id.dossier_visible", "=", True)], limit=9)
            self.ask(user, "res.partner", "search", [("child_ids", "any", [("name", "like", "Contact")])], limit=9)
            self.ask(user, "res.users", "search", [("partner_id.name", "!=", False)], limit=9)
        for user in (self.sales_a, self.sales_b, self.clerk):
            with self.few_visible(True):
                partners = self.env["res.partner"].with_user(user).with_context(active_test=False)
                found = partners.search([])
                customers = self.customers.with_env(partners.env)
                self.assertEqual(customers.filtered("dossier_visible"), customers & found)

    def test_few_and_many(self):
        """Which way is taken follows from the rows that somebody sees, never from a guess about the share."""
        for user in (self.sales_a, self.leader, self.executive):
            for few in (True, False):
                with self.few_visible(few):
                    self.assertEqual(reader.get_reader(self.env(user=user)).narrow, few, user.login)

    def count(self, user, act):
        """Statements of an act as a user in a transaction that begins, its caches filled by a first time."""
        for _time in range(2):
            reader.forget_readers(self.env)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            act(self.env["res.partner"].with_user(user))
            statements = self.env.cr.sql_log_count - before
        return statements

    def test_a_reader_costs_one_statement_in_a_transaction(self):
        """Who may read is found in one statement, once."""
        def ask(partners):
            reader.get_reader(partners.env)

        def ask_often(partners):
            for _time in range(5):
                reader.visible_partners(partners.env)

        for user in (self.sales_a, self.executive, self.erp_manager):
            self.assertEqual(self.count(user, ask), 1)
            self.assertEqual(self.count(user, ask_often), 1)

    def test_a_page_takes_as_many_statements_for_1000_hidden_customers(self):
        """A list's page takes no more statements when 1,000 customers are hidden than with 10."""
        def hide(count):
            more = self.env["res.partner"].sudo().create([{"name": f"More {number}"} for number in range(count)])
            self.env.flush_all()
            self.env.execute_query(SQL(
                "UPDATE res_partner SET dossier_guard = %s, dossier_company_id = %s WHERE id IN %s RETURNING id",
                self.sales_a.id, self.company.id, more._ids,
            ))
            self.env.invalidate_all()

        def read(partners):
            partners.web_search_read([], {"name": {}, "phone": {}}, limit=80, count_limit=10_001)

        for user in (self.sales_a, self.sales_b):
            for few in (True, False):
                with self.few_visible(few):
                    hide(10)
                    first = self.count(user, read)
                    hide(1000)
                    self.assertEqual(self.count(user, read), first)

    def test_archived_customers_stay_hidden(self):
        """JJ-3.6.1: archiving a hidden customer, or changing an archived one, shows him to nobody."""
        customer = self._new_customer("Archived Ltd", "hidden", active=False)
        domain = [("id", "=", customer.id), ("active", "in", [True, False])]
        self.assertFalse(self.ask(self.sales_b, "res.partner", "search", domain))
        self.hidden.sudo().active = False
        self.hidden.sudo().user_id = self.leader
        domain = [("id", "in", (self.hidden + self.contact).ids), ("active", "in", [True, False])]
        self.assertFalse(self.ask(self.sales_b, "res.partner", "search", domain))
