# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..controls import ControlError
from ..policy.contact import PHONE_SQL, VAT_SQL, phone_key, vat_key
from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestContactKeys(TransactionCase):
    def test_python_and_sql_agree(self):
        """JJ-3.5.2.2: the index finds what the check looks for."""
        phones = [
            "+86 771 555 0001", "0771-5550001", "(0771) 5550001", "０７７１－５５５０００１", "8607715550001", "13800138000",
            "+86 138 0013 8000", "0086-13800138000", "13800138000/0771-222", "0771-5550001 ext 12",
            "86123456789", "123", "", "abc",
        ]
        for phone in phones:
            with self.subTest(phone=phone):
                (key,), = self.env.execute_query(SQL("SELECT %s FROM (VALUES (%s)) AS t(phone)", SQL(PHONE_SQL), phone))
                self.assertEqual(key if len(key) >= 7 else "", phone_key(phone))
        for vat in ("91450103MA5K8T2X6P", "91450103ma5k8t2x6p", "９１４５－ＭＡ5 k8", "12"):
            with self.subTest(vat=vat):
                (key,), = self.env.execute_query(SQL("SELECT %s FROM (VALUES (%s)) AS t(vat)", SQL(VAT_SQL), vat))
                self.assertEqual(key if len(key) >= 6 else "", vat_key(vat))
        self.assertEqual(len({phone_key(phone) for phone in phones[:5]}), 1)


@tagged("post_install", "-at_install")
class TestDossierDuplicate(DossierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.open.sudo().write({"phone": "0771-5550009", "vat": "GO-000100"})
        cls.hidden.sudo().vat = "QH-000100"

    def create_customer(self, user, **vals):
        return self.env["res.partner"].sudo().browse(
            self.call(user, self.env["res.partner"], "create", [{"name": "Twin Ltd", "is_company": True, **vals}])
        )

    def noted(self, partner):
        return self.events(record=partner).filtered(lambda event: event.control_id.code == "dossier.duplicate")

    def test_notify_notes(self):
        """JJ-3.5.2.2: the same phone, written in another way, is let through and noted with the name."""
        event = self.noted(self.create_customer(self.sales_b, phone="＋86 771 555 0009"))
        self.assertEqual(event.outcome, "noted")
        self.assertIn("Granite Open Ltd", event.message)

    def test_hidden_customer_is_not_named(self):
        """JJ-3.6.1, attack 19: B learns that a colleague handles this customer, and not who it is."""
        for vals in ({"phone": "07715550001"}, {"vat": "qh000100"}, {"phone": "0771 5550002"}):
            with self.subTest(vals=vals):
                event = self.noted(self.create_customer(self.sales_b, **vals))
                self.assertIn("handled by a colleague", event.message)
                for secret in ("Quartz", "Zhang", "Sales"):
                    self.assertNotIn(secret, event.message)
        self.assertIn("Quartz", self.noted(self.create_customer(self.sales_a, vat="QH000100")).message)

    def test_block_and_approve(self):
        """IC-9: block refuses everybody; approve lets those through who see all customers."""
        self.set_mode("dossier.duplicate", "block")
        for user in (self.sales_b, self.manager):
            with self.assertRaises(ControlError) as caught:
                self.create_customer(user, vat="GO000100")
            self.assertIn("JJ-3.5.2.2", str(caught.exception))
        self.set_mode("dossier.duplicate", "approve")
        with self.assertRaises(ControlError) as caught:
            self.create_customer(self.sales_b, vat="GO000100")
        self.assertIn("department manager", str(caught.exception))
        self.assertEqual(self.noted(self.create_customer(self.manager, vat="GO000100")).outcome, "released")
        self.set_mode("dossier.duplicate", "off")
        self.assertFalse(self.noted(self.create_customer(self.sales_b, vat="GO000100")))

    def test_other_doors(self):
        """Attack 6: import and name_create meet the same rule."""
        self.set_mode("dossier.duplicate", "block")
        result = self.call(self.sales_b, self.env["res.partner"], "load", ["name", "phone"], [["Twin", "0771-5550009"]])
        self.assertFalse(result["ids"])
        with self.assertRaises(ControlError):
            self.call(
                self.sales_b, self.env["res.partner"], "name_create", "Twin", context={"default_phone": "0771-5550009"},
            )

    def test_hint_while_typing(self):
        """JJ-3.6.1: the form points out a visible customer with a link, a hidden one without a name; Odoo's own too."""
        spec = {name: {} for name in (
            "control_banner", "phone", "vat", "name",
        )} | {name: {"fields": {"display_name": {}}} for name in (
            "dossier_duplicate_ids", "same_vat_partner_id", "same_company_registry_partner_id",
        )}

        def typed(user, **vals):
            return self.call(
                user, self.env["res.partner"], "onchange", {"name": "Twin", **vals}, list(vals), spec,
            )["value"]

        seen = typed(self.sales_b, phone="0771-5550009")
        self.assertIn("Granite Open Ltd", str(seen))
        unseen = typed(self.sales_b, vat="QH-000100")
        self.assertIn("handled by a colleague", unseen["control_banner"])
        self.assertFalse(unseen.get("same_vat_partner_id"))
        self.assertNotIn("Quartz", str(unseen))
        self.assertNotIn(self.hidden.id, [command[1] for command in unseen.get("dossier_duplicate_ids") or []])
        self.assertIn("Quartz", str(typed(self.sales_a, vat="QH-000100")))

    def test_same_bank_account(self):
        """Attack 19: Odoo's hint on the same bank account does not name a hidden customer."""
        Bank = self.env["res.partner.bank"].sudo()
        Bank.create({"acc_number": "6222 0001", "partner_id": self.hidden.id})
        mine = Bank.create({"acc_number": "6222 0001", "partner_id": self.open.id})
        bank_ids = self.call(self.sales_a, mine.sudo(False), "read", ["duplicate_bank_partner_ids"])[0]
        self.assertEqual(bank_ids["duplicate_bank_partner_ids"], self.hidden.ids)
        bank_ids = self.call(self.sales_b, mine.sudo(False), "read", ["duplicate_bank_partner_ids"])[0]
        self.assertFalse(bank_ids["duplicate_bank_partner_ids"])
        self.sales_b.group_ids += self.env.ref("account.group_account_invoice")
        partner = self.call(self.sales_b, self.open, "read", ["duplicate_bank_partner_ids"])[0]
        self.assertFalse(partner["duplicate_bank_partner_ids"])

    def test_statements_do_not_grow(self):
        """A thousand customers in one create are compared in as many statements as ten."""
        def count(number):
            partners = self.env["res.partner"].with_user(self.sales_b).create([
                {"name": f"Mass {i}", "phone": f"0772-{number}{1000 + i}", "vat": f"MASS{number}{i:06}"} for i in range(number)
            ])
            partners.flush_recordset()
            before = self.env.cr.sql_log_count
            partners._check_controls("create_customer")
            return self.env.cr.sql_log_count - before

        count(3)
        self.assertEqual(count(10), count(1000))

    def test_lookup_uses_the_index(self):
        """The normalised lookup is answered by an index."""
        with self.env.cr.savepoint():
            self.env.cr.execute("SET LOCAL enable_seqscan = off")
            for key, column in ((PHONE_SQL, "phone"), (VAT_SQL, "vat")):
                plan = str(self.env.execute_query(SQL(
                    "EXPLAIN SELECT id FROM res_partner WHERE %s IS NOT NULL AND %s = ANY(%s)",
                    SQL.identifier(column), SQL(key), ["7715550001"],
                )))
                self.assertIn(f"res_partner_{column}_key_idx", plan)
