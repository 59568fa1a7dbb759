# Part of business_dept. See LICENSE file for full copyright and licensing details.
import io

import xlwt

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common_credit import CreditCommon

#: columns of accounts_receivable.csv and where they go
COLUMNS = {
    "customerID": "partner_id",
    "invoiceNumber": "invoice_number",
    "InvoiceDate": "invoice_date",
    "DueDate": "due_date",
    "InvoiceAmount": "amount",
    "Disputed": "disputed",
    "SettledDate": "settled_date",
}
ESSENTIAL = ["partner_id", "invoice_number", "invoice_date", "due_date", "settled_date", "amount"]
OPTIONS = {
    "quoting": '"', "separator": "", "encoding": "", "has_headers": True, "date_format": "", "datetime_format": "",
    "float_thousand_separator": ",", "float_decimal_separator": ".", "advanced": True, "sheet": "",
}


@tagged("post_install", "-at_install", "credit")
class TestPaymentHistory(CreditCommon):
    """Import of payment history through Odoo's import screen (JJ-4.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.sales = cls.users["salesperson"]
        cls.sales.lang = "zh_CN"
        cls.History = cls.env["business.payment.history"].with_user(cls.sales).with_context(lang="zh_CN")

    def _import(self, content, mimetype="text/csv", name="history.csv", create=False, dryrun=False, user=None,
                limit=2000):
        """Do what the import screen does: preview, map, import.

        :param bool create: the user chose to create unknown customers
        :return: the preview, the mapping and the result
        """
        wizard = self.env["base_import.import"].with_user(user or self.sales).with_context(lang="zh_CN").create({
            "res_model": "business.payment.history", "file": content, "file_type": mimetype, "file_name": name,
        })
        preview = wizard.parse_preview({**OPTIONS})
        self.assertNotIn("error", preview)
        mapping = ["/".join(preview["matches"].get(index, [])) or False for index in range(len(preview["headers"]))]
        options = {**preview["options"], "limit": limit, "skip": 0,
                   "name_create_enabled_fields": {"partner_id": True} if create else {}}
        columns = [header.lower() for header in preview["headers"]]
        result = wizard.execute_import(mapping, columns, options, dryrun=dryrun)
        return preview, mapping, result

    def _load(self, *rows, fields=ESSENTIAL):
        return self.History.with_context(import_file=True).load(list(fields), [list(row) for row in rows])

    def _refused(self, result):
        """Raise what a refused import reports."""
        if not result["ids"]:
            raise AccessError(result["messages"][0]["message"])

    def _receivables(self):
        with file_open("business_dept/tests/data/accounts_receivable.csv", "rb") as file:
            return file.read()

    def test_columns_are_recognised(self):
        """JJ-4.2: the columns of the receivables file are found without mapping by hand, and its dates read right."""
        preview, mapping, _result = self._import(self._receivables(), dryrun=True, create=True)
        found = {header: field for header, field in zip(preview["headers"], mapping, strict=True) if field}
        self.assertEqual(found, COLUMNS)
        self.assertEqual(preview["options"]["date_format"], "%m/%d/%Y")

    def test_unknown_customers_are_told(self):
        """JJ-4.2: unknown customers refuse the file, in the user's language, and nothing is imported."""
        _preview, _mapping, result = self._import(self._receivables())
        self.assertFalse(result["ids"])
        self.assertEqual({message["field"] for message in result["messages"]}, {"partner_id"})
        self.assertEqual(len(result["messages"]), 2466)
        self.assertIn("0379-NEVHP", result["messages"][0]["message"])
        self.assertFalse(self.History.search([]))
        self.assertFalse(self.env["res.partner"].search([("ref", "=", "0379-NEVHP")]))

    def test_create_unknown_customers(self):
        """JJ-4.2: with 'Create new values' the whole file comes in: 100 customers, 2,466 invoices, few statements."""
        before = self.cr.sql_log_count
        _preview, _mapping, result = self._import(self._receivables(), create=True, limit=5000)
        self.assertFalse(result["messages"])
        self.assertEqual(len(result["ids"]), 2466)
        self.assertLess(self.cr.sql_log_count - before, 400)
        rows = self.History.browse(result["ids"])
        customers = rows.sudo().partner_id
        self.assertEqual(len(customers), 100)
        self.assertEqual(customers.mapped("is_company"), [True] * 100)
        self.assertEqual(customers.mapped("ref"), customers.mapped("name"))
        first = rows[0]
        self.assertEqual(
            (first.partner_id.ref, first.invoice_number, str(first.invoice_date), str(first.settled_date)),
            ("0379-NEVHP", "0000611365", "2013-01-02", "2013-01-15"),
        )
        self.assertEqual(sum(rows.mapped("disputed")), 561)
        _preview, _mapping, again = self._import(self._receivables(), create=True)
        self.assertFalse(again["ids"], "the same file twice is refused")
        self.assertEqual({message["field"] for message in again["messages"]}, {"invoice_number"})

    def test_in_several_goes(self):
        """JJ-4.2: a wrong row near the end refuses the file before its beginning is imported."""
        rows = [["C1", str(n), "2024-01-01", "2024-01-31", "2024-02-01", "10"] for n in range(20)]
        rows[18][4] = "2023-12-31"
        content = "\n".join(
            ",".join(row) for row in [["客户", "发票号码", "开票日期", "到期日", "结清日期", "金额"], *rows]
        ).encode()
        _preview, mapping, result = self._import(content, create=True, limit=5)
        self.assertEqual(mapping, ESSENTIAL)
        self.assertFalse(result["ids"])
        self.assertIn("20", result["messages"][0]["message"])
        rows[18][4] = "2024-01-31"
        content = "\n".join(
            ",".join(row) for row in [["客户", "发票号码", "开票日期", "到期日", "结清日期", "金额"], *rows]
        ).encode()
        _preview, _mapping, result = self._import(content, create=True, limit=5)
        self.assertEqual((len(result["ids"]), result["nextrow"]), (5, 5))

    def test_templates(self):
        """JJ-4.2: the template in the user's language is there, its columns are recognised and it can be imported."""
        self._new_customer("Template", ref="CUST-001")
        for lang in ("en_US", "zh_CN"):
            template, = self.History.with_context(lang=lang).get_import_templates()
            with file_open("business_dept" + template["template"].removeprefix("/business_dept"), "rb") as file:
                content = file.read()
            _preview, mapping, result = self._import(
                content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "t.xlsx", dryrun=True,
            )
            self.assertEqual(mapping, [
                "partner_id", "invoice_number", "invoice_date", "due_date", "settled_date", "amount", "currency_id",
                "disputed", "note",
            ], lang)
            self.assertFalse(result["messages"])
            self.assertEqual(len(result["ids"]), 2)

    def test_xls(self):
        """JJ-4.2: old Excel files are read, too."""
        book = xlwt.Workbook()
        sheet = book.add_sheet("1")
        for line, row in enumerate([
            ["客户", "发票号码", "开票日期", "到期日", "结清日期", "金额"],
            ["C1", "1", "2024-01-01", "2024-01-31", "2024-02-01", 10.5],
        ]):
            for column, value in enumerate(row):
                sheet.write(line, column, value)
        stream = io.BytesIO()
        book.save(stream)
        _preview, _mapping, result = self._import(stream.getvalue(), "application/vnd.ms-excel", "h.xls", create=True)
        self.assertFalse(result["messages"])
        self.assertEqual(self.History.browse(result["ids"]).amount, 10.5)

    def test_how_customers_are_found(self):
        """JJ-4.2: by internal reference, then tax number, then exact name; in a fixed number of statements."""
        by_ref = self._new_customer("Ref", ref="R-1")
        by_vat = self._new_customer("Vat", vat="91450100MA5")
        by_name = self._new_customer("南宁石材")
        self.env["res.partner"].create({"name": "南宁石材", "parent_id": by_name.id})
        for name in ("Twin", "Twin"):
            self._new_customer(name)
        found, ambiguous = self.History._find_customers(["R-1", "91450100MA5", "南宁石材", "Twin", "Nobody"])
        self.assertEqual(found, {"R-1": by_ref.id, "91450100MA5": by_vat.id, "南宁石材": by_name.id})
        self.assertEqual(ambiguous, {"Twin"})
        row = ["2024-01-01", "2024-01-31", "2024-02-01", "5"]

        def count(size):
            rows = [["R-1", f"{size}-{number}", *row] for number in range(size)]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertTrue(self._load(*rows)["ids"])
            return self.cr.sql_log_count - before

        count(2)
        # rows are inserted a hundred at a time
        self.assertLessEqual(count(200) - count(20), 1)

    def test_wrong_rows(self):
        """JJ-4.2: each wrong row is named with what is wrong; a refused file changes nothing."""
        customer = self._new_customer("One", ref="C1")
        self._new_customer("Two", ref="C2")
        good = ["C1", "1", "2024-01-01", "2024-01-31", "2024-02-01", "5"]
        self.assertTrue(self._load(good)["ids"])
        for row, field in (
            (["C1", "2", "2024-01-01", "2023-12-31", "2024-02-01", "5"], "due_date"),
            (["C1", "2", "2024-01-01", "2024-01-31", "2023-12-31", "5"], "settled_date"),
            (["C1", "2", "2024-01-01", "2024-01-31", "2999-01-01", "5"], "settled_date"),
            (["C1", "2", "2024-01-01", "2024-01-31", "", "5"], "settled_date"),
            (["C1", "2", "2024-01-01", "2024-01-31", "2024-02-01", "-5"], "amount"),
            (["C1", "2", "2024-01-01", "2024-01-31", "2024-02-01", "0"], "amount"),
            (["C1", "2", "2024-01-01", "2024-01-31", "2024-02-01", "five"], "amount"),
            (["C9", "2", "2024-01-01", "2024-01-31", "2024-02-01", "5"], "partner_id"),
            (["", "2", "2024-01-01", "2024-01-31", "2024-02-01", "5"], "partner_id"),
            (["C1", "", "2024-01-01", "2024-01-31", "2024-02-01", "5"], "invoice_number"),
            (["C1", "1", "2024-01-01", "2024-01-31", "2024-02-01", "5"], "invoice_number"),
        ):
            result = self._load(["C2", "7", *good[2:]], row, ["C2", "8", *good[2:]])
            self.assertFalse(result["ids"], row)
            self.assertEqual(
                [(message["field"], message["record"]) for message in result["messages"]], [(field, 1)], row
            )
        twice = self._load(["C1", "5", *good[2:]], ["C2", "5", *good[2:]], ["C1", "5", *good[2:]])
        self.assertEqual([(m["field"], m["record"]) for m in twice["messages"]], [("invoice_number", 2)])
        self.assertEqual(len(self.History.search([("commercial_partner_id", "=", customer.id)])), 1)

    def test_currency(self):
        """JJ-4.2: an invoice in another currency counts at the rate of its date."""
        currency = self.env["res.currency"].create({
            "name": "ZZZ", "symbol": "z", "rate_ids": [Command.create({
                "name": "2024-01-01", "rate": 0.5, "company_id": self.company.id,
            })],
        })
        self._new_customer("One", ref="C1")
        result = self._load(
            ["C1", "1", "2024-01-05", "2024-01-31", "2024-02-01", "5", "ZZZ"],
            fields=[*ESSENTIAL, "currency_id"],
        )
        row = self.History.browse(result["ids"])
        self.assertEqual((row.currency_id, row.amount_company_currency, row.days_late), (currency, 10, 1))

    def test_rights(self):
        """JJ-4.2: salespeople import history but neither change nor delete it; finance corrects it, with a trace."""
        customer = self._new_customer("One", ref="C1")
        row = self._new_history(customer, 5).sudo(False)
        for post, user in self.users.items():
            mine = row.with_user(user)
            if post == "finance":
                continue
            for attempt in (lambda r=mine: r.write({"settled_date": "2023-01-01"}), lambda r=mine: r.unlink(),
                            lambda r=mine: self._refused(r.load([".id", "note"], [[str(row.id), "x"]]))):
                with self.assertRaises(AccessError, msg=post), mute_logger("odoo.addons.base.models.ir_model"):
                    attempt()
        finance = row.with_user(self.users["finance"]).with_context(tracking_disable=False)
        finance.settled_date = finance.due_date
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(row.days_late, 0)
        self.assertIn("settled_date", row.sudo().message_ids.tracking_value_ids.field_id.mapped("name"))
        finance.unlink()
        self.assertIn(f"{customer.id}-0-2023", customer.message_ids[0].body)

    def test_companies_apart(self):
        """JJ-4.2, attack 20: history of another company is neither read nor made."""
        other = self.env["res.company"].create({"name": "Other"})
        row = self._new_history(self._new_customer(), 5, company_id=other.id)
        self.assertFalse(self.History.search([("id", "=", row.id)]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.History.create({
                "company_id": other.id, "partner_id": self._new_customer().id, "invoice_number": "1", "amount": 1,
                "invoice_date": "2024-01-01", "due_date": "2024-01-01", "settled_date": "2024-01-01",
                "currency_id": other.currency_id.id,
            })

    def test_forged_context(self):
        """Attack 3: a map of customers in the context of a client counts for nothing."""
        customer = self._new_customer("One")
        result = self.History.with_context(business_imported_customers={"Ghost": customer.id}).load(
            ["partner_id", "invoice_number", "invoice_date", "due_date", "settled_date", "amount"],
            [["Ghost", "1", "2024-01-01", "2024-01-31", "2024-02-01", "5"]],
        )
        self.assertFalse(result["ids"])
