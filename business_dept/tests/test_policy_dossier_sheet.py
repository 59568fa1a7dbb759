# Part of business_dept. See LICENSE file for full copyright and licensing details.
import io
import re
import zipfile
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
import xlwt

from odoo.tests import BaseCase, tagged

from ..policy import dossier_sheet
from ..policy.contact import phone_key
from ..policy.dossier_sheet import NO_RESULT, Problem, SheetError, clean, read_sheet, write_returned, write_template

HEADER = ["客户名称", "税号", "电话"]


def xlsx(*rows, change=None, **sheets):
    """A real workbook; ``change`` works on its first sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, others in sheets.items():
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    if change:
        change(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rezip(content, name, change):
    """The workbook with one of its parts changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            data = old.read(entry)
            new.writestr(entry, change(data.decode()).encode() if entry == name else data)
    return stream.getvalue()


def codes(row):
    return [problem.code for problem in row.problems]


@tagged("post_install", "-at_install")
class TestDossierSheet(BaseCase):
    """JJ-3.5.2.1: customers come from Excel files as people keep them."""

    def refused(self, content, code):
        with self.assertRaises(SheetError) as caught:
            read_sheet(content)
        self.assertEqual(caught.exception.code, code)

    def test_headers(self):
        """JJ-3.5.2.1: usual headers are recognised, wide, starred, with blanks, under a title; others are told."""
        for name in ("客户名称", "公司名称", " 单位 名称＊", "客户", "Name", "CUSTOMER：", "客户名称（必填）", "企业名称*"):
            for phone in ("电话", "手机", "联系电话", "Phone", "Mobile", "Ｔｅｌ"):
                for vat in ("税号", "统一社会信用代码", "纳税人识别号", "VAT", "Tax ID"):
                    sheet = read_sheet(xlsx(
                        ["客户"], ["2026 年客户表"], [name, vat, phone, "颜色"], ["A", "", "0771-5550001", "红"],
                    ))
                    self.assertEqual(list(sheet.columns), ["name", "vat", "phone"], (name, phone, vat))
                    self.assertEqual(sheet.ignored, ["颜色"])
                    self.assertEqual(sheet.rows[0].values, {"name": "A", "phone": "0771-5550001"})
                    self.assertEqual(sheet.rows[0].number, 4)

    def test_column_without_header_is_told(self):
        """JJ-3.5.2.1: nothing is dropped silently, not even a column without a header."""
        self.assertEqual(read_sheet(xlsx(["客户名称"], ["A", "stray"])).ignored, ["B"])

    def test_no_name_column(self):
        """JJ-3.5.2.1: without a column of names nothing is guessed."""
        self.refused(xlsx(["电话", "税号"], ["0771-5550001", "X"]), "no_name")
        self.refused(xlsx(*[["x"]] * 12, HEADER, ["A"]), "no_name")

    def test_empty(self):
        """JJ-3.5.2.1: an empty workbook, and one with nothing under its headers."""
        self.refused(xlsx(), "empty")
        self.refused(xlsx(HEADER), "empty")
        self.refused(xlsx(HEADER, ["  ", "\u3000", None]), "empty")

    def test_second_sheet(self):
        """JJ-3.5.2.1: a cover sheet before the list does not matter."""
        self.assertEqual(len(read_sheet(xlsx(["About"], List=[HEADER, ["A"]])).rows), 1)

    def test_wrong_files(self):
        """JJ-3.5.2.1: what is no workbook is refused, whatever its name says."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        for content in (stream.getvalue(), b"\x89PNG\r\n\x1a\n" + bytes(50), "客户名称,电话\nA,1".encode(), b"", b"%PDF-1.7"):
            self.refused(content, "not_excel")
        self.refused(xlsx(HEADER, ["A"])[:-300], "broken")
        self.refused(rezip(xlsx(HEADER, ["A"]), "xl/worksheets/sheet1.xml", lambda text: text[:-60]), "broken")

    def test_password(self):
        """JJ-3.5.2.1: a workbook behind a password says so, old and new format."""
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        self.refused(ole + "EncryptedPackage".encode("utf-16-le") + bytes(600), "password")
        with patch("xlrd.open_workbook", side_effect=dossier_sheet.xlrd.XLRDError("Workbook is encrypted")):
            self.refused(ole, "password")

    def test_password_in_a_real_xls(self):
        """JJ-3.5.2.1: the record FILEPASS at the beginning of an .xls is what a password leaves there."""
        content = self.old([HEADER, ["A"]])
        start = content.index(b"\x09\x08\x10\x00")  # BOF; the record after it becomes FILEPASS
        end = start + 4 + 16
        changed = content[:end] + b"\x2f\x00" + content[end + 2:]
        self.refused(changed, "password")

    def test_size(self):
        """Attack: a bomb of a few kilobytes, too many rows, too large a file."""
        with patch.object(dossier_sheet, "MAX_BYTES", 10):
            self.refused(xlsx(HEADER, ["A"]), "too_big")
        with patch.object(dossier_sheet, "MAX_UNPACKED", 1000):
            self.refused(xlsx(HEADER, ["A"]), "too_big")
        with patch.object(dossier_sheet, "MAX_ROWS", 3):
            self.refused(xlsx(HEADER, *[[f"A{n}"] for n in range(4)]), "too_many")
            self.assertEqual(len(read_sheet(xlsx(HEADER, *[[f"A{n}"] for n in range(3)])).rows), 3)

    def test_claimed_rows(self):
        """Attack: a sheet that claims a million rows has those that are in it."""
        content = rezip(
            xlsx(HEADER, ["A"], ["B"]), "xl/worksheets/sheet1.xml",
            lambda text: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', text),
        )
        self.assertEqual([row.values["name"] for row in read_sheet(content).rows], ["A", "B"])
        far = xlsx(HEADER, ["A"], change=lambda sheet: sheet.cell(1048576, 1, "Z"))
        self.assertEqual([row.number for row in read_sheet(far).rows], [2, 1048576])

    def test_merged_cells(self):
        """JJ-3.5.2.1: a merged cell counts for each of its rows."""
        def change(sheet):
            sheet.merge_cells("B2:B3")
            sheet.merge_cells("A5:C5")

        sheet = read_sheet(xlsx(["客户名称", "省份", "电话"], ["A", "广西", ""], ["B", None, ""], ["C"], ["D"], change=change))
        self.assertEqual([row.values.get("state") for row in sheet.rows], ["广西", "广西", None, None])
        self.assertEqual(sheet.rows[3].values, {"name": "D"})

    def test_hidden_and_blank_rows(self):
        """JJ-3.5.2.1: blank rows are nothing, hidden ones are told."""
        def change(sheet):
            sheet.row_dimensions[4].hidden = True

        rows = read_sheet(xlsx(HEADER, ["A"], [], ["B"], [" "], ["C"], change=change)).rows
        self.assertEqual([(row.number, codes(row)) for row in rows], [(2, []), (4, ["hidden_row"]), (6, [])])

    def test_formulas(self):
        """JJ-3.5.2.1: a formula counts with its result; without one its cell says so."""
        content = xlsx(HEADER, ["=1&2", "", ""], ["B", "", "=C9"])
        row, other = read_sheet(content).rows
        self.assertEqual(row.problems[0], Problem("name", "formula", "="))
        self.assertEqual(other.problems, [Problem("phone", "formula", "=")])
        calculated = rezip(content, "xl/worksheets/sheet1.xml", lambda text: re.sub(
            r'<c r="A2"><f>[^<]*</f><v\s*/>|<c r="A2"><f>[^<]*</f><v></v>', '<c r="A2" t="str"><f>1</f><v>Twelve</v>', text))
        self.assertEqual(read_sheet(calculated).rows[0].values, {"name": "Twelve"})
        self.assertEqual(clean("email", "#REF!"), (None, "formula_error"))
        self.assertEqual(clean("email", NO_RESULT), (None, "formula"))

    def test_repeated_rows(self):
        """JJ-3.5.2.2: a customer stands in the file once; the same phone alone is a remark."""
        rows = read_sheet(xlsx(
            HEADER, ["A", "AAAA11", "0771-5550001"], ["B", "aaaa 11", ""], ["A", "", ""], ["A", "CCCC33", ""],
            ["D", "", "+86 771 5550001"],
        )).rows
        self.assertEqual([codes(row) for row in rows], [[], ["repeated"], ["repeated"], [], ["same_phone"]])
        self.assertEqual(rows[1].problems[0].value, "2")

    def test_two_phone_columns(self):
        """JJ-3.5.2.1: 电话 and 手机 in one list: the first that is filled counts, a second number is told."""
        rows = read_sheet(xlsx(
            ["客户名称", "电话", "手机"], ["A", None, 13800138000], ["B", "0771-5550001", "13800138001"],
        )).rows
        self.assertEqual([row.values["phone"] for row in rows], ["13800138000", "0771-5550001"])
        self.assertEqual([codes(row) for row in rows], [[], ["second_value"]])

    def test_cells(self):
        """JJ-3.5.2.1: each cell as people write it, and what becomes of it."""
        table = [
            ("phone", 13800138000.0, "13800138000", ""), ("phone", 1.38e10, "13800000000", ""),
            ("phone", "13800138000.0", "13800138000", ""), ("phone", "1.3800138E+10", "13800138000", "scientific"),
            ("phone", "1.38E+10", "13800000000", "scientific"), ("phone", "１３８００１３８０００", "13800138000", ""),
            ("phone", " 0771–5550001转12 ", "0771-5550001转12", ""), ("phone", "+86 (771) 555.0001", "+86 (771) 555.0001", ""),
            ("phone", "0771-5550001/13800138000", "0771-5550001/13800138000", ""), ("phone", "ask Wang", None, "phone"),
            ("phone", "12", None, "phone"), ("phone", "'13800138000", "13800138000", ""),
            ("vat", "９１４５０１００MA5K", "91450100MA5K", ""), ("vat", "91450100-ma5k 12", "91450100MA5K12", ""),
            ("vat", 914501001234567.0, "914501001234567", ""), ("vat", 9.1450100123456789e17, None, "digits_lost"),
            ("vat", "9.145E+17", None, "digits_lost"), ("vat", "a/b/c/d/e/f", None, "vat"), ("vat", "1", None, "vat"),
            ("email", " Wang＠Example.com ", "wang@example.com", ""), ("email", "wang", None, "email"),
            ("name", "  广西（南宁）  石材\n公司 ", "广西（南宁） 石材 公司", ""),
            ("name", "\u3000A\u00a0B", "A B", ""), ("name", 2026.0, "2026", ""),
            ("qualification", "成交客户", "customer", ""), ("qualification", "Target", "target", ""),
            ("qualification", "唉", None, "choice"), ("secrecy", "隐藏", "hidden", ""),
            ("secrecy", "Details Secret", "details", ""),
            *(("next_visit_date", text, "2026-11-03", "") for text in (
                "2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "２０２６-11-03", "20261103", "2026-11-03 08:00:00",
                46329, 46329.5, "46329", datetime(2026, 11, 3, 9), date(2026, 11, 3),
            )),
            *(("next_visit_date", text, None, "date") for text in (
                "2026-13-01", "2026-02-30", "next week", "3.11.", 7, 99999999,
            )),
        ]
        for key, value, expected, code in table:
            with self.subTest(key=key, value=value):
                self.assertEqual(clean(key, value), (expected, code))

    def test_phone_keys(self):
        """JJ-3.5.2.2: the same number, however it is written, is the same customer."""
        for text in ("0771-5550001", "+86 771 5550001", "0086-771-5550001", "(0771)5550001转8",
                     "86 0771 5550001", "0771 5550001/13800138000"):
            self.assertEqual(phone_key(text), "7715550001", text)
        for text in ("", None, "110", "ask", "转12"):
            self.assertEqual(phone_key(text), "", text)

    def old(self, rows, change=None):
        book = xlwt.Workbook()
        sheet = book.add_sheet("List")
        day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write(y, x, value, day)
                elif value is not None:
                    sheet.write(y, x, value)
        if change:
            change(sheet)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_xls(self):
        """JJ-3.5.2.1: the old format: floats, dates, merged cells, hidden rows."""
        def change(sheet):
            sheet.write_merge(1, 2, 3, 3, "广西")
            sheet.row(2).hidden = True

        rows = read_sheet(self.old([
            ["公司名称", "手机", "下次拜访日期", "省份"], ["A", 13800138000.0, date(2026, 11, 3)], ["B", "", 46329],
        ], change)).rows
        self.assertEqual(rows[0].values, {
            "name": "A", "phone": "13800138000", "next_visit_date": "2026-11-03", "state": "广西",
        })
        self.assertEqual(rows[1].values, {"name": "B", "next_visit_date": "2026-11-03", "state": "广西"})
        self.assertEqual(codes(rows[1]), ["hidden_row"])

    def test_dates_of_1904(self):
        """JJ-3.5.2.1: workbooks of old Macs count days from 1904."""
        content = rezip(xlsx(["客户名称", "下次拜访日期"], ["A", 44867]), "xl/workbook.xml",
                        lambda text: re.sub(r"<workbookPr\s*/>|<workbookPr>", '<workbookPr date1904="1"/>', text))
        self.assertEqual(read_sheet(content).rows[0].values["next_visit_date"], "2026-11-03")

    def test_template(self):
        """JJ-3.5.2.1: what is filled into the template is understood, its lists too; digits stay text."""
        content = write_template({"source": ["展会"]}, "How", ["Line"])
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        self.assertEqual([cell.value for cell in sheet[1]][:2], ["客户名称*", "税号"])
        self.assertEqual(sheet.cell(2, 3).number_format, "@")
        self.assertEqual(len(sheet.data_validations.dataValidation), 3)
        self.assertEqual(book.worksheets[1]["A1"].value, "Line")
        self.refused(content, "empty")
        sheet["A2"], sheet["L2"], sheet["N2"] = "A", "目标客户", "资料保密"
        stream = io.BytesIO()
        book.save(stream)
        read = read_sheet(stream.getvalue())
        self.assertEqual(len(read.columns), len(dossier_sheet.COLUMNS))
        self.assertEqual(read.rows[0].values, {"name": "A", "qualification": "target", "secrecy": "details"})
        self.assertFalse(read.ignored)

    def test_returned_rows(self):
        """JJ-3.5.2.1, attack: returned rows can be corrected and imported again; text that looks like a formula stays text."""
        content = write_returned([({"name": "=HYPERLINK(1)", "phone": "12"}, "phone: too short")])
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        self.assertEqual((sheet["A2"].value, sheet["A2"].data_type), ("=HYPERLINK(1)", "s"))
        self.assertEqual(sheet.cell(2, len(dossier_sheet.COLUMNS) + 1).value, "phone: too short")
        read = read_sheet(content)
        self.assertEqual(read.rows[0].texts, {"name": "=HYPERLINK(1)", "phone": "12"})
        self.assertFalse(read.ignored)
