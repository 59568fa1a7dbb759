# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Customers as people keep them in Excel: read, recognised, cleaned, with a problem for each cell that is wrong (JJ-3.5.2.1).

No Odoo import. Problems are codes with the value they are about; the words are the caller's. A problem of the level
``error`` keeps its row out, a ``warning`` is for somebody to look at.
"""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import openpyxl
import xlrd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.datavalidation import DataValidation

from .contact import phone_key

MAX_BYTES = 15 * 2**20
#: what a workbook may unpack to: a few kilobytes can claim gigabytes
MAX_UNPACKED = 300 * 2**20
MAX_ROWS = 20_000
#: a header stands in one of the first rows, under titles and remarks
HEADER_ROWS = 10
#: above this a number in Excel has lost digits
EXACT = 10**15
#: columns of a sheet that are looked at
MAX_COLUMNS = 100
#: rows of the template that know its lists and formats
TEMPLATE_ROWS = 5_000


class SheetError(Exception):
    """A file that cannot be read at all.

    :param code: ``not_excel``, ``password``, ``broken``, ``too_big``, ``too_many``, ``empty`` or ``no_name``
    """

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class Formula:
    """What stands in a cell whose formula was never calculated."""


NO_RESULT = Formula()


@dataclass(frozen=True)
class Column:
    """A column that is understood.

    :param key: what the rest of the program calls it
    :param header: as the template has it
    :param kind: how its cells are cleaned
    :param aliases: what else people call it, in the form of ``squeeze``
    :param width: in the template, in characters
    """

    key: str
    header: str
    kind: str
    aliases: tuple[str, ...] = ()
    width: int = 14


COLUMNS = (
    Column("name", "客户名称", "name", (
        "公司名称", "单位名称", "企业名称", "客户", "名称", "公司", "单位", "客户全称", "name", "customer", "customername",
        "company", "companyname",
    ), 30),
    Column("vat", "税号", "code", (
        "统一社会信用代码", "纳税人识别号", "社会信用代码", "信用代码", "纳税识别号", "税务登记号", "vat",
        "taxid", "taxno", "taxnumber",
    ), 22),
    Column("phone", "电话", "phone", (
        "手机", "联系电话", "手机号", "手机号码", "电话号码", "公司电话", "固定电话", "phone", "mobile",
        "tel", "telephone", "phonenumber",
    ), 18),
    Column("email", "电子邮箱", "email", ("邮箱", "电子邮件", "邮件", "email", "e-mail", "mail"), 24),
    Column("state", "省份", "text", ("省", "省/自治区", "省市", "province", "state")),
    Column("city", "城市", "text", ("市", "地市", "city")),
    Column("street", "地址", "text", ("详细地址", "公司地址", "联系地址", "通讯地址", "address", "street"), 34),
    Column("contact", "联系人", "text", ("联系人姓名", "主要联系人", "contact", "contactperson", "contactname")),
    Column("contact_function", "联系人职务", "text", ("职务", "职位", "jobposition", "position", "title")),
    Column("contact_phone", "联系人电话", "phone", ("联系人手机", "contactphone", "contactmobile"), 18),
    Column("source", "客户来源", "text", ("来源", "来源渠道", "渠道", "source", "channel")),
    Column("qualification", "资质阶段", "choice", ("阶段", "客户阶段", "客户状态", "qualification", "stage")),
    Column("user", "业务员", "text", ("销售员", "负责人", "跟进人", "业务代表", "salesperson", "sales", "owner")),
    Column("secrecy", "保密级别", "choice", ("密级", "保密等级", "secrecy")),
    Column("traits", "性格与偏好", "text", ("客户特点", "性格", "偏好", "性格偏好", "traits", "preferences"), 26),
    Column("buying_habits", "购买习惯", "text", ("采购习惯", "buyinghabits"), 26),
    Column("competitors", "竞争对手", "text", ("竞争者", "同行", "competitors"), 26),
    Column("next_visit_date", "下次拜访日期", "date", (
        "下次拜访", "下次回访", "回访日期", "拜访日期", "nextvisit", "nextvisitdate",
    )),
    Column("notes", "备注", "text", ("说明", "remark", "remarks", "notes", "comment"), 30),
)
BY_KEY = {column.key: column for column in COLUMNS}
REASON_HEADER = "未导入原因"

#: what a choice may be called; the first words are those of the template
CHOICES: dict[str, dict[str, str]] = {
    "secrecy": {
        "公开": "open", "资料保密": "details", "隐藏": "hidden",
        "普通": "open", "保密": "details", "绝密": "hidden", "完全隐藏": "hidden",
        "open": "open", "detailssecret": "details", "details": "details", "hidden": "hidden",
    },
    "qualification": {
        "线索": "lead", "已筛选": "screened", "目标客户": "target", "成交客户": "customer", "休眠客户": "dormant",
        "潜在": "lead", "潜在客户": "lead", "筛选": "screened", "目标": "target", "客户": "customer", "成交": "customer",
        "正式客户": "customer", "休眠": "dormant", "沉睡": "dormant", "lead": "lead", "screened": "screened",
        "target": "target", "activecustomer": "customer", "customer": "customer", "dormant": "dormant",
    },
}
#: how many of the words above the template offers
OFFERED = {"secrecy": 3, "qualification": 5}


class Problem(NamedTuple):
    """What is wrong with a cell.

    :param column: key of the column; empty when it is about the whole row
    :param code: what is wrong
    :param value: what stood there, or another word for the message
    """

    column: str
    code: str
    value: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it keeps the row out."""
        return self.code not in WARNINGS


WARNINGS = frozenset({"hidden_row", "second_value", "scientific", "same_phone"})


@dataclass
class Row:
    """A row of the file.

    :param number: as Excel counts
    :param values: cleaned values by key; what was empty or wrong is not there
    :param texts: the cells as they stood there, by key
    :param problems: what is wrong
    """

    number: int
    values: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Sheet:
    """A file that was understood.

    :param columns: keys that were found, with the header of the file
    :param ignored: headers that are not understood
    :param rows: its rows, blank ones left out
    """

    columns: dict[str, str]
    ignored: list[str]
    rows: list[Row]


@dataclass
class Grid:
    """A worksheet: cells of rows that have any, and which rows are hidden."""

    rows: dict[int, dict[int, object]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    epoch: datetime = datetime(1899, 12, 30)

    def spread(self, top: int, left: int, bottom: int) -> None:
        """Give what stands in a merged cell to each of its rows, in its first column."""
        value = self.rows.get(top, {}).get(left)
        if value is not None and bottom > top:
            for number, cells in self.rows.items():
                if top < number <= bottom:
                    cells.setdefault(left, value)


#=== READING ===#

def read_sheet(content: bytes) -> Sheet:
    """Read a workbook: the first sheet that has a column with the customers' names.

    :param content: the bytes of the file, whatever its name says
    :raise SheetError: when it cannot be read
    """
    if len(content) > MAX_BYTES:
        raise SheetError("too_big")
    empty = True
    for grid in _read_grids(content):
        empty = empty and not grid.rows
        header = _find_header(grid)
        if header:
            sheet = _understand(grid, *header)
            if not sheet.rows:
                raise SheetError("empty")
            return sheet
    raise SheetError("empty" if empty else "no_name")


def _read_grids(content: bytes) -> Iterator[Grid]:
    if content.startswith(b"PK\x03\x04"):
        return _read_xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:  # how Office wraps an .xlsx with a password
            raise SheetError("password")
        return _read_xls(content)
    raise SheetError("not_excel")


def _read_xlsx(content: bytes) -> Iterator[Grid]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise SheetError("not_excel")
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise SheetError("too_big")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for worksheet in book.worksheets:
            if worksheet.sheet_state == "visible":
                yield _read_worksheet(worksheet)
    except SheetError:
        raise
    except Exception as error:
        # whatever a damaged file makes the libraries stumble over
        raise SheetError("broken") from error


class _Parser(WorkSheetParser):
    """Tells a formula that was never calculated from an empty cell, which openpyxl does not."""

    def parse_cell(self, element):
        has_formula = element.find(FORMULA_TAG) is not None
        cell = super().parse_cell(element)
        if has_formula and cell["value"] is None:
            cell["value"] = NO_RESULT
        return cell


def _read_worksheet(worksheet) -> Grid:
    book, grid = worksheet.parent, Grid()
    if book.epoch.year == 1904:
        grid.epoch = book.epoch
    with worksheet._get_source() as source:
        parser = _Parser(
            source, worksheet._shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        # row by row, as the file has them: what it declares of its size does not matter
        for number, cells in parser.parse():
            found = {
                cell["column"]: cell["value"] for cell in cells
                if cell["value"] is not None and cell["column"] <= MAX_COLUMNS and not _is_blank(cell["value"])
            }
            if found:
                _add_row(grid, number, found)
        merged = parser.merged_cells.mergeCell if parser.merged_cells else ()
        grid.hidden = {
            int(number) for number, row in parser.row_dimensions.items() if row.get("hidden") in ("1", "true")
        }
    for area in merged:
        left, top, _right, bottom = openpyxl.utils.range_boundaries(area.ref)
        grid.spread(top, left, bottom)
    return grid


def _read_xls(content: bytes) -> Iterator[Grid]:
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        for sheet in book.sheets():
            if not sheet.visibility:
                yield _read_old_sheet(sheet, book.datemode)
    except SheetError:
        raise
    except Exception as error:
        text = str(error).lower()
        code = "password" if "encrypt" in text else "not_excel" if "can't find workbook" in text else "broken"
        raise SheetError(code) from error


def _read_old_sheet(sheet, datemode: int) -> Grid:
    grid = Grid()
    if datemode:
        grid.epoch = datetime(1904, 1, 1)
    for index in range(sheet.nrows):
        found = {}
        for column, cell in enumerate(sheet.row(index)[:MAX_COLUMNS], start=1):
            if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) or _is_blank(cell.value):
                continue
            found[column] = _convert_old(cell, datemode)
        if found:
            _add_row(grid, index + 1, found)
    grid.hidden = {index + 1 for index, row in sheet.rowinfo_map.items() if row.hidden}
    for top, bottom, left, _right in sheet.merged_cells:
        grid.spread(top + 1, left + 1, bottom)
    return grid


def _convert_old(cell, datemode):
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR")
    return cell.value


def _add_row(grid: Grid, number: int, cells: dict[int, object]) -> None:
    if len(grid.rows) >= MAX_ROWS + HEADER_ROWS:
        raise SheetError("too_many")
    grid.rows[number] = cells


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip(" \t\r\n\u00a0\u3000\ufeff")


#=== RECOGNISING ===#

def squeeze(text: object) -> str:
    """Return a header or a choice as it is compared: without width, case, blanks, stars, colons, remarks in brackets."""
    plain = unicodedata.normalize("NFKC", str(text)).lower()
    return re.sub(r"\(.*?\)|\[.*?\]|[\s*:#_\u200b\ufeff]", "", plain)


ALIASES = {squeeze(name): column.key for column in COLUMNS for name in (column.header, *column.aliases)}


def _find_header(grid: Grid) -> tuple[int, dict[int, str]] | None:
    """Return the number of the row of headers and the key of each of its columns: of rows with a name, the one that
    is best understood (客户 alone may be a title above the headers)."""
    candidates = []
    for number in sorted(grid.rows)[:HEADER_ROWS]:
        keys = {index: ALIASES.get(squeeze(value)) for index, value in grid.rows[number].items()}
        if "name" in keys.values():
            candidates.append((number, keys))
    return max(candidates, key=lambda candidate: sum(map(bool, candidate[1].values())), default=None)


def _understand(grid: Grid, header: int, keys: Mapping[int, str | None]) -> Sheet:
    titles = {index: str(value).strip() for index, value in grid.rows[header].items()}
    placed: dict[str, list[int]] = {}
    for index in sorted(keys):
        if keys[index]:
            placed.setdefault(keys[index], []).append(index)
    rows = []
    for number in sorted(grid.rows):
        if number > header:
            row = _clean_row(number, grid.rows[number], placed, grid.epoch)
            if row.texts:
                if number in grid.hidden:
                    row.problems.append(Problem("", "hidden_row"))
                rows.append(row)
    if len(rows) > MAX_ROWS:
        raise SheetError("too_many")
    stray = {index for number, cells in grid.rows.items() if number > header for index in cells} - titles.keys()
    mark_repeated(rows)
    return Sheet(
        columns={key: " + ".join(titles[index] for index in indexes) for key, indexes in placed.items()},
        ignored=[titles[index] for index in sorted(titles) if not keys[index] and titles[index] != REASON_HEADER]
        + [get_column_letter(index) for index in sorted(stray)],
        rows=rows,
    )


def _clean_row(number, cells, placed, epoch) -> Row:
    row = Row(number)
    for key, indexes in placed.items():
        given = [cells[index] for index in indexes if index in cells]
        if not given:
            continue
        row.texts[key] = " / ".join(dict.fromkeys(show(value) for value in given))
        value, code = clean(key, given[0], epoch)
        if value:
            row.values[key] = value
        if code:
            row.problems.append(Problem(key, code, show(given[0])))
        for other in given[1:]:
            if clean(key, other, epoch)[0] != value:
                row.problems.append(Problem(key, "second_value", show(other)))
    if row.texts and "name" not in row.texts:
        row.problems.insert(0, Problem("name", "missing"))
    return row


def mark_repeated(rows: Sequence[Row]) -> None:
    """Mark rows that are about a customer of an earlier row: same tax number, or same name and no other tax number."""
    by_vat: dict[str, Row] = {}
    by_name: dict[str, Row] = {}
    by_phone: dict[str, Row] = {}
    for row in rows:
        vat, name, phone = row.values.get("vat"), row.values.get("name"), phone_key(row.values.get("phone"))
        namesake = by_name.get(name) if name else None
        if namesake and vat and namesake.values.get("vat") not in (None, vat):
            namesake = None
        earlier = (by_vat.get(vat) if vat else None) or namesake
        if earlier:
            row.problems.append(Problem("", "repeated", str(earlier.number)))
            continue
        if phone in by_phone:
            row.problems.append(Problem("phone", "same_phone", str(by_phone[phone].number)))
        for key, known in ((vat, by_vat), (name, by_name), (phone, by_phone)):
            if key:
                known.setdefault(key, row)


#=== CLEANING ===#

def clean(key: str, value: object, epoch: datetime = Grid.epoch) -> tuple[str | None, str]:
    """Return the clean value of a cell, and the code of what is wrong with it.

    Either may be empty: a warning has both.
    """
    if value is NO_RESULT:
        return None, "formula"
    if isinstance(value, str) and re.fullmatch(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ERROR)", value.strip()):
        return None, "formula_error"
    return CLEANERS[BY_KEY[key].kind](key, value, epoch)


def show(value: object) -> str:
    """Return a cell as somebody sees it."""
    if value is NO_RESULT:
        return "="
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if not (value.hour or value.minute or value.second) else "%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value).strip()


def _text(_key, value, _epoch):
    lines = [re.sub(r"[ \t\u00a0\u3000]+", " ", line).strip() for line in show(value).splitlines()]
    return "\n".join(line for line in lines if line) or None, ""


def _name(key, value, epoch):
    text, _code = _text(key, value, epoch)
    return (text.replace("\n", " "), "") if text else (None, "missing")


def _digits(value) -> tuple[str, str]:
    """Return a number or text as text without width, and what happened to its digits."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return show(value), "digits_lost" if abs(value) >= EXACT else ""
    text = unicodedata.normalize("NFKC", show(value)).strip().strip("'")
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0], ""
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d{1,2}", text):
        try:
            return str(int(Decimal(text))), "scientific"
        except InvalidOperation:
            return text, ""
    return text, ""


def _phone(_key, value, _epoch):
    text, code = _digits(value)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s+", " ", text))
    if code == "digits_lost" or not 5 <= sum(char.isdigit() for char in text) <= 40:
        return None, code or "phone"
    # numbers, what stands between them, and an extension
    if not re.fullmatch(r"(?:[\d+()\-./,;、 ~*#]|转|分机|ext\.?|x)+", text, re.IGNORECASE):
        return None, "phone"
    return text, code


def _code(_key, value, _epoch):
    text, code = _digits(value)
    text = re.sub(r"[\s\-]", "", text).upper()
    if code:  # a tax number with other digits than it has is worse than none
        return None, "digits_lost"
    return (text, "") if re.fullmatch(r"[0-9A-Z]{6,25}", text) else (None, "vat")


def _email(_key, value, _epoch):
    text = unicodedata.normalize("NFKC", show(value)).strip().lower()
    return (text, "") if re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}", text) else (None, "email")


def _choice(key, value, _epoch):
    choice = CHOICES[key].get(squeeze(show(value)))
    return (choice, "") if choice else (None, "choice")


def _date(_key, value, epoch):
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    text = unicodedata.normalize("NFKC", show(value)).strip()
    try:
        if re.fullmatch(r"\d{5}(\.\d+)?", text):  # days since the epoch of Excel
            return (epoch + timedelta(days=int(float(text)))).date().isoformat(), ""
        parts = re.fullmatch(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}.*)?", text)
        compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text)
        if compact or (parts and not text.isdigit()):
            return date(*map(int, (compact or parts).groups())).isoformat(), ""
    except (ValueError, OverflowError):
        return None, "date"
    return None, "date"


CLEANERS = {
    "name": _name, "text": _text, "code": _code, "phone": _phone, "email": _email, "choice": _choice, "date": _date,
}


#=== WRITING ===#

def write_template(lists: Mapping[str, Sequence[str]], help_title: str, help_lines: Iterable[str]) -> bytes:
    """Return an empty workbook to be filled in.

    :param lists: what else may be chosen: ``{key: words}``
    :param help_title: name of the second sheet
    :param help_lines: what stands there
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户档案"
    _write_header(sheet, [(f"{column.header}*" if column.key == "name" else column.header, column.width) for column in COLUMNS])
    words = {key: list(CHOICES[key])[:count] for key, count in OFFERED.items()} | {
        key: list(values) for key, values in lists.items() if values
    }
    choices = book.create_sheet("选项")
    for place, (key, values) in enumerate(words.items(), start=1):
        _put(choices, 1, place, BY_KEY[key].header)
        for number, word in enumerate(values, start=2):
            _put(choices, number, place, word)
        letter = get_column_letter(place)
        validation = DataValidation(type="list", formula1=f"'选项'!${letter}$2:${letter}${len(values) + 1}", allow_blank=True)
        index = get_column_letter(_position(key))
        validation.add(f"{index}2:{index}{TEMPLATE_ROWS}")
        sheet.add_data_validation(validation)
    choices.sheet_state = "hidden"
    for column in COLUMNS:
        if column.kind in ("phone", "code"):
            sheet.column_dimensions[get_column_letter(_position(column.key))].number_format = "@"
            for number in range(2, 502):  # the format of a column alone does not survive typing in every program
                sheet.cell(number, _position(column.key)).number_format = "@"
    page = book.create_sheet(help_title[:31], 1)
    page.column_dimensions["A"].width = 100
    for number, line in enumerate(help_lines, start=1):
        _put(page, number, 1, line)
    return _save(book)


def write_returned(rows: Iterable[tuple[Mapping[str, str], str]]) -> bytes:
    """Return rows that were not imported as a workbook of the template's layout, with the reason in a last column.

    :param rows: ``(texts by key, reason)``
    """
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户档案"
    _write_header(sheet, [*((column.header, column.width) for column in COLUMNS), (REASON_HEADER, 60)])
    for number, (texts, reason) in enumerate(rows, start=2):
        for place, column in enumerate(COLUMNS, start=1):
            if column.key in texts:
                _put(sheet, number, place, texts[column.key])
        _put(sheet, number, len(COLUMNS) + 1, reason)
    return _save(book)


def _position(key: str) -> int:
    return [column.key for column in COLUMNS].index(key) + 1


def _write_header(sheet, headers) -> None:
    for place, (header, width) in enumerate(headers, start=1):
        cell = _put(sheet, 1, place, header)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E6E6F0")
        cell.alignment = Alignment(vertical="center")
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2"


def _put(sheet, row, column, text):
    """Write text as text: what begins with = is no formula, 13800138000 no number."""
    cell = sheet.cell(row, column)
    cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _save(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
