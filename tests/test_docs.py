# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The documentation names what is there: links, pictures, controls, clauses, tests."""

import re

import pytest
from lxml import etree

from dev import database

ROOT = database.REPOSITORY
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
TABLE = ROOT / "docs/clauses.md"
ADDON = ROOT / "business_dept"


def records(model):
    """The records of a model in the addon's data, as elements."""
    for path in sorted((ADDON / "data").rglob("*.xml")):
        yield from etree.parse(str(path)).iterfind(f".//record[@model='{model}']")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing


def test_every_control_stands_in_the_table_of_clauses():
    text = TABLE.read_text()
    codes = [record.findtext("field[@name='code']") for record in records("business.control")]
    assert codes
    assert not [code for code in codes if f"`{code}`" not in text]


def test_the_table_of_clauses_names_what_exists():
    text = TABLE.read_text()
    clauses = {record.findtext("field[@name='code']") for record in records("business.regulation.clause")}
    documents = {code.partition("-")[0] for code in clauses}
    cited = {code for code in re.findall(r"\b[A-Z][A-Z0-9]-\d[\d.]*\b", text) if code.partition("-")[0] in documents}
    assert cited
    assert not cited - clauses

    paths = (*ROOT.glob("business_dept*/tests/test_*.py"), *ROOT.glob("tests/test_*.py"))
    tests = "\n".join(path.read_text() for path in paths)
    assert not [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests]
    files = re.findall(r"`((?:models|policy|security|data|wizard)/[\w/.]+|test_\w+\.py|controls\.py)`", text)
    assert not [name for name in files if not (ADDON / name).exists() and not (ADDON / "tests" / name).exists()]
