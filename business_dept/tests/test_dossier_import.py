# Part of business_dept. See LICENSE file for full copyright and licensing details.
import base64
import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.business_dept.policy.dossier_sheet import COLUMNS, REASON_HEADER
from odoo.addons.business_dept.wizard import dossier_import

from .common_dossier import DossierCommon
from .test_policy_dossier_sheet import xlsx

HEADER = ["客户名称", "税号", "电话", "电子邮箱", "省份", "业务员", "保密级别", "性格与偏好", "联系人"]
NEUTRAL = "This customer is handled by a colleague; ask the manager."


@tagged("post_install", "-at_install")
class TestDossierImport(DossierCommon):
    """Sales B imports; what A keeps hidden stays hidden."""

    def start(self, *rows, user=None, header=HEADER):
        """An import of a workbook, checked."""
        user = user or self.sales_b
        file = base64.b64encode(xlsx(header, *rows)).decode()
        record_id = self.call(user, self.env["business.dossier.import"], "create", [{"file": file, "file_name": "a.xlsx"}])[0]
        record = self.env["business.dossier.import"].browse(record_id)
        self.call(user, record, "action_check")
        self.env.invalidate_all()
        return record.sudo()

    def carry_out(self, record, user=None):
        self.call(user or self.sales_b, record.sudo(False), "action_import")
        self.env.invalidate_all()

    def find(self, name):
        return self.env["res.partner"].sudo().search([("name", "=", name)])

    def returned(self, record):
        content = base64.b64decode(record.sudo(False).with_user(self.sales_b).returned)
        return [list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]

    def test_new_customers(self):
        """JJ-3.5.2.1: nothing is written before it is confirmed; then customer, dossier and decision maker are there."""
        record = self.start(
            ["Marble One", "91450100MA9Q", 13700137123.0, "one@example.com", "广西", self.sales_b.login, "资料保密",
             "Likes tea", "Wang"],
            ["Marble Two"],
        )
        self.assertEqual(record.state, "preview")
        self.assertEqual(record.row_ids.mapped("kind"), ["new", "new"])
        self.assertFalse(self.find("Marble One"))
        self.carry_out(record)
        self.assertEqual((record.state, record.created_count, record.progress), ("done", 2, 100.0))
        partner = self.find("Marble One")
        self.assertEqual((partner.phone, partner.vat, partner.user_id), ("13700137123", "91450100MA9Q", self.sales_b))
        self.assertEqual(partner.state_id.country_id.code, "CN")
        self.assertTrue(partner.is_company)
        dossier = partner.dossier_ids
        self.assertEqual((dossier.secrecy, dossier.traits, dossier.person_ids.name), ("details", "Likes tea", "Wang"))
        self.assertEqual(dossier.create_uid, self.sales_b)
        self.assertEqual(self.find("Marble Two").dossier_ids.secrecy, self.company.dossier_secrecy)

    def test_matching(self):
        """JJ-3.5.2.2: tax number, then phone however written, then name; a contact's phone is his customer's."""
        self.open.sudo().write({"vat": "CN91450100GR", "phone": "+86 771 5559001"})
        contact = self.env["res.partner"].sudo().create({"name": "Li", "parent_id": self.open.id, "phone": "13800009999"})
        record = self.start(
            ["Other name", "91450100gr"], ["B", None, "0771-5559001 转 8"], [self.open.name], ["C", None, "138 0000 9999"],
            ["D"],
        )
        self.assertEqual([row.matched_by for row in record.row_ids], ["vat", "phone", "name", "phone", False])
        self.assertEqual(record.row_ids.partner_id, self.open)
        self.assertTrue(contact)

    def test_update(self):
        """JJ-3.5.2.2: an update writes what the file knows, empty cells change nothing, changes stay traced."""
        self.open.sudo().write({"phone": "+86 771 5559001", "email": "old@example.com"})
        record = self.start(["Granite Renamed", "91450100GR", "0771 5559001", "", "", "", "", "Likes coffee", "Wang"])
        self.assertEqual(record.row_ids.action, "update")
        self.carry_out(record)
        self.assertEqual((self.open.name, self.open.vat, self.open.email), ("Granite Renamed", "91450100GR", "old@example.com"))
        dossier = self.open.sudo().dossier_ids
        self.assertEqual((dossier.traits, dossier.person_ids.name), ("Likes coffee", "Wang"))
        record = self.start(["Granite Renamed", "91450100GR", "", "", "", "", "公开", "", "Wang"])
        self.carry_out(record)
        self.assertEqual((record.updated_count, len(dossier.person_ids)), (1, 1))

    def test_update_of_a_customer_without_dossier(self):
        """JJ-3.5.1.1: a customer who has none gets his dossier."""
        self.assertFalse(self.customer.sudo().dossier_ids)
        self.carry_out(self.start([self.customer.name, "", "", "", "", "", "", "Calm"]))
        self.assertEqual(self.customer.sudo().dossier_ids.traits, "Calm")

    def test_choices(self):
        """JJ-3.5.2.1: create, update or skip, for a row or for all; not what makes no sense."""
        self.open.sudo().vat = "91450100GR"
        record = self.start(
            [self.open.name], ["New"], ["Wrong", "", "12"], [self.secret.name], ["Named otherwise", "91450100GR"],
        )
        existing, new, wrong, guarded, repeated = record.row_ids
        self.assertEqual(record.row_ids.mapped("kind"), ["existing", "new", "wrong", "guarded", "existing"])
        for row, action in ((existing, "create"), (new, "skip"), (existing, "skip"), (existing, "update")):
            self.call(self.sales_b, row.sudo(False), "write", {"action": action})
            self.assertEqual(row.action, action)
        for row, action in ((wrong, "create"), (guarded, "create"), (guarded, "update"), (new, "update"), (repeated, "create")):
            with self.assertRaises(UserError):
                self.call(self.sales_b, row.sudo(False), "write", {"action": action})
        self.call(self.sales_b, record.sudo(False), "action_skip_existing")
        self.call(self.sales_b, record.sudo(False), "action_skip_new")
        self.env.invalidate_all()
        self.assertEqual(set(record.row_ids.mapped("action")), {"skip"})
        with self.assertRaises(UserError):
            self.carry_out(record)

    def test_hidden_customer_is_not_betrayed(self):
        """JJ-3.6.1, attack: rows that meet A's hidden customer, his contact or a secret dossier say one neutral sentence."""
        record = self.start(
            ["X1", self.hidden.sudo().vat], ["X2", "", "0771-5550001"], [self.hidden.sudo().name],
            ["X4", "", "0771 5550002"], [self.secret.name], ["X6", "", "0771-5550003"],
        )
        self.assertEqual(set(record.row_ids.mapped("kind")), {"guarded"})
        self.assertFalse(record.row_ids.partner_id)
        own = {"texts", "values", "customer", "display_name"}  # what the user wrote
        fields_read = sorted(record.row_ids._fields.keys() - own)
        for row in self.call(self.sales_b, record.row_ids.sudo(False), "read", fields_read):
            self.assertEqual((row["remarks"], row["partner_id"], row["matched_by"]), (NEUTRAL, False, False))
            self.assertNotIn("Quartz", str(row))
        with self.assertRaises(UserError):
            self.carry_out(record)
        self.assertEqual({row[-1] for row in self.returned(record)[1:]}, {NEUTRAL})
        events = self.events("noted", record)
        self.assertEqual(len(events), 1)
        self.assertNotIn("Quartz", events.message)
        self.assertEqual(set(self.start([self.hidden.sudo().name], user=self.sales_a).row_ids.mapped("kind")), {"existing"})

    def test_grant_reads_and_does_not_change(self):
        """JJ-3.6.3: a grant opens a hidden customer for reading; an import does not change him."""
        self._grant(self.sales_b, self.hidden)
        self.assertEqual(self.start([self.hidden.sudo().name]).row_ids.kind, "guarded")

    def test_hidden_since_the_preview(self):
        """JJ-3.6.1, attack: between preview and import the customer is hidden, or a hidden one is made."""
        self.open.sudo().phone = "0771-5559001"
        record = self.start(["G", "", "0771-5559001", "", "", "", "", "changed"], ["Onyx", "", "0771-5559002"], ["Opal"])
        self.open.sudo().dossier_ids.secrecy = "hidden"
        self._new_customer("Onyx Hidden", "hidden", phone="0771-5559002")
        self.carry_out(record)
        first, second, third = record.row_ids
        self.assertEqual((first.state, first.message), ("failed", NEUTRAL))
        self.assertEqual((second.state, second.message), ("failed", NEUTRAL))
        self.assertEqual(third.state, "created")
        self.assertNotEqual(self.open.sudo().dossier_ids.traits, "changed")
        self.assertFalse(self.find("Onyx"))

    def test_entered_since_the_preview(self):
        """JJ-3.5.2.2: a customer who has been entered meanwhile is not entered twice."""
        record = self.start(["Onyx"])
        self.env["res.partner"].sudo().create({"name": "Onyx"})
        self.carry_out(record)
        self.assertEqual((record.row_ids.state, len(self.find("Onyx"))), ("failed", 1))

    def test_forged_rows(self):
        """Attack: rows, states and links are the import's; another's import is nobody's business."""
        record = self.start(["A"], ["B"])
        row = record.row_ids[0]
        for vals in ({"partner_id": self.hidden.id}, {"values": {"name": "X"}}, {"kind": "existing"}, {"state": "created"},
                     {"action": "update", "partner_id": self.hidden.id}):
            with self.assertRaises(AccessError):
                self.call(self.sales_b, row.sudo(False), "write", vals)
            with self.assertRaises(AccessError):
                self.call(self.sales_b, record.sudo(False), "write", {"row_ids": [(1, row.id, vals)]})
            with self.assertRaises(AccessError):
                self.call(self.sales_b, record.sudo(False), "web_save", {"new_row_ids": [(1, row.id, vals)]}, {})
        for vals in ({"state": "running"}, {"company_id": 1}, {"columns_found": "x"}):
            with self.assertRaises(AccessError):
                self.call(self.sales_b, record.sudo(False), "write", vals)
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.env["business.dossier.import.row"], "create", [
                {"import_id": record.id, "kind": "new"},
            ])
        with self.assertRaises(AccessError):
            self.call(self.sales_b, row.sudo(False), "unlink")
        for user in (self.sales_a, self.manager, self.executive):
            with self.assertRaises(AccessError):
                self.call(user, row.sudo(False), "read", ["customer"])
            with self.assertRaises(AccessError):
                self.call(user, record.sudo(False), "action_import")
        with self.assertRaises(UserError):
            self.call(self.sales_b, record.sudo(False), "write", {"file": base64.b64encode(b"x").decode()})
        with self.assertRaises(AccessError):
            self.call(self.sales_b, self.env["business.dossier.import"], "create", [{"state": "running"}])

    def test_who_imports(self):
        """JJ-3.5.2.2: who keeps dossiers imports, others do not."""
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                self.start(["A"], user=user)

    def test_secrecy_and_salesperson_go_through_the_rules(self):
        """JJ-3.6.1: an import makes no dossier less secret, and takes no secret customer over."""
        mine = self._new_customer("Slate Mine", "details", user=self.sales_b)
        record = self.start(["Slate Mine", "", "", "", "", "", "公开"])
        self.carry_out(record)
        self.assertEqual((record.row_ids.state, mine.sudo().dossier_ids.secrecy), ("failed", "details"))
        self.assertIn("less secret", record.row_ids.message)
        record = self.start(["Given away", "", "", "", "", self.sales_a.login, "隐藏"])
        self.carry_out(record)
        self.assertEqual((record.row_ids.state, len(self.find("Given away"))), ("failed", 0))

    def test_bad_rows_come_back(self):
        """JJ-3.5.2.1: bad rows return in the layout of the template with their reasons; the good ones are written."""
        record = self.start(
            ["Good"], ["Bad phone", "", "abc"], ["", "91450100AB"], ["Bad mail", "", "", "x"],
            ["Bad state", "", "", "", "Atlantis"],
            ["Bad user", "", "", "", "", "nobody"], ["Good"],
        )
        self.assertEqual(record.row_ids.mapped("kind"), ["new"] + 6 * ["wrong"])
        self.carry_out(record)
        self.assertEqual((record.state, record.created_count, record.returned_count), ("done", 1, 6))
        header, *rows = self.returned(record)
        self.assertEqual(header, [*(column.header for column in COLUMNS), REASON_HEADER])
        self.assertEqual([row[0] for row in rows], ["Bad phone", None, "Bad mail", "Bad state", "Bad user", "Good"])
        self.assertIn("电话: “abc” is not a phone number", rows[0][-1])
        self.assertIn("row 2", rows[-1][-1])

    def test_a_refused_row_does_not_take_others_with_it(self):
        """JJ-3.5.2.1: a batch in which the server refuses one row writes all the others."""
        Partner = type(self.env["res.partner"])
        create = Partner.create

        def refuse(model, vals_list):
            if any(vals.get("name") == "C3" for vals in vals_list):
                raise ValidationError(model.env._("Not him"))
            return create(model, vals_list)

        record = self.start(*([f"C{number}"] for number in range(8)))
        with patch.object(Partner, "create", refuse):
            self.carry_out(record)
        self.assertEqual(record.row_ids.mapped("state"), 3 * ["created"] + ["failed"] + 4 * ["created"])
        self.assertEqual(record.row_ids[3].message, "Not him")
        self.assertTrue(all(len(self.find(f"C{number}")) == (number != 3) for number in range(8)))

    def test_ambiguous(self):
        """JJ-3.5.2.2: two customers of one name: nobody guesses."""
        self.env["res.partner"].sudo().create([{"name": "Twin"}, {"name": "Twin"}])
        row = self.start(["Twin"]).row_ids
        self.assertEqual((row.kind, row.action), ("wrong", "skip"))

    def test_employees_are_no_customers(self):
        """Security: a row with an employee's name or a company's does not change their address."""
        record = self.start([self.sales_a.name], [self.company.name])
        self.assertEqual(record.row_ids.mapped("kind"), ["new", "new"])

    def test_wrong_files(self):
        """JJ-3.5.2.1: a file that is no workbook is refused with what to do."""
        for content, words in (
            (b"\x89PNG", "not an Excel"), (xlsx(["电话"], ["1"]), "customers' names"), (xlsx(), "no customers"),
        ):
            record_id = self.call(self.sales_b, self.env["business.dossier.import"], "create", [
                {"file": base64.b64encode(content).decode(), "file_name": "a.xlsx"},
            ])[0]
            with self.assertRaisesRegex(UserError, words):
                self.call(self.sales_b, self.env["business.dossier.import"].browse(record_id), "action_check")

    def test_in_the_background(self):
        """JJ-3.5.2.1: many rows are written by the scheduled job, in the user's name, slice by slice, and none twice."""
        with patch.object(dossier_import, "AT_ONCE", 2), patch.object(dossier_import, "SLICE", 2):
            record = self.start(*([f"Bulk {number}"] for number in range(5)))
            self.carry_out(record)
            self.assertEqual((record.state, record.created_count), ("running", 0))
            record._as_owner()._process_slice(2)
            self.env.invalidate_all()
            self.assertEqual((record.created_count, record.progress), (2, 40.0))
            self.run_cron("business_dept.ir_cron_dossier_import")
        self.env.invalidate_all()
        self.assertEqual((record.state, record.created_count), ("done", 5))
        partners = self.env["res.partner"].sudo().search([("name", "=like", "Bulk %")])
        self.assertEqual((len(partners), partners.create_uid), (5, self.sales_b))
        self.assertEqual(partners.dossier_ids.company_id, self.company)

    def test_who_lost_the_right_meanwhile(self):
        """JJ-3.6.3: a job in the background has no more rights than its user has by then."""
        with patch.object(dossier_import, "AT_ONCE", 0):
            record = self.start(["Late"])
            self.carry_out(record)
        self.sales_b.sudo().group_ids = self.env.ref("base.group_user")
        self.run_cron("business_dept.ir_cron_dossier_import")
        self.env.invalidate_all()
        self.assertEqual((record.row_ids.state, len(self.find("Late"))), ("failed", 0))

    def test_statements_do_not_grow_with_the_rows(self):
        """Ten times as many rows are matched with as many statements."""
        def count(number):
            rows = [
                [f"Count {number} {index}", f"9145{number:04}{index:04}", f"0771{number:03}{index:04}"]
                for index in range(number)
            ]
            record = self.start(*rows)
            values = [row.values for row in record.row_ids]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            matches = self.env["res.partner"].sudo()._match_customers(self.company, values)
            record._as_owner()._get_open_customers({partner_id for _by, ids in matches for partner_id in ids})
            return self.env.cr.sql_log_count - before

        self.assertEqual(count(100), count(10))

    def test_template_and_download(self):
        """JJ-3.5.2.1: the template is there, and a market researcher without contact rights is told so at once."""
        record = self.env["business.dossier.import"].with_user(self.sales_b).create({})
        action = self.call(self.sales_b, record, "action_download_template")
        self.assertIn(f"/web/content/business.dossier.import/{record.id}/template", action["url"])
        sheet = openpyxl.load_workbook(io.BytesIO(base64.b64decode(record.template))).active
        self.assertEqual(sheet["A1"].value, "客户名称*")
        nobody = new_test_user(self.env, login="dossier_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.call(nobody, record, "action_download_template")
