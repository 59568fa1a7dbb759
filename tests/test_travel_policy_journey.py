# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A new version of the travel policy, as two people make it in a browser, in Chinese."""

from dev import browser
from dev.database import ask

MATRIX = ".o_field_widget[name='{field}'] [data-grade='{grade}'][data-row='{row}']"


def test_a_new_version_of_the_travel_policy(name):
    """TE-2.3, TE-2.7.1: the tables are edited cell by cell; the executive office sees what differs, and decides."""
    with browser.served(name) as address, browser.Browser(address) as opened:
        policy = ask(name, "SELECT id FROM business_travel_policy WHERE state = 'draft'")[0][0]
        draft(opened.login("regadmin"), name, policy)
        decide(opened.login("executive"), policy)
        assert not opened.complaints()
    assert ask(name, "SELECT state FROM business_travel_policy WHERE id = %s", policy) == [("planned",)]
    assert ask(name, """
        SELECT line.permission FROM business_travel_policy_transport line
          JOIN business_staff_grade grade ON grade.id = line.grade_id
          JOIN business_transport_class means ON means.id = line.class_id
         WHERE line.policy_id = %s AND grade.code = 'staff' AND means.code = 'hs_second'""", policy) == [("allowed",)]
    assert ask(name, """
        SELECT class.code, line.cap FROM business_travel_policy_lodging line
          JOIN business_staff_grade grade ON grade.id = line.grade_id
          JOIN business_city_class class ON class.id = line.city_class_id
         WHERE line.policy_id = %s AND grade.code = 'director'""", policy) == [("first", 500)]


def find(name, table, code):
    return ask(name, f"SELECT id FROM {table} WHERE code = %s", code)[0][0]


def draft(page, name, policy):
    """Second class of the high-speed train for everybody; a cap for the director; what is no amount is not taken."""
    page.open(f"travel-policies/{policy}")
    staff, director = find(name, "business_staff_grade", "staff"), find(name, "business_staff_grade", "director")
    seat = find(name, "business_transport_class", "hs_second")
    first, other = find(name, "business_city_class", "first"), find(name, "business_city_class", "other")
    page.find(MATRIX.format(field="transport_ids", grade=staff, row=seat)).select_option("allowed")
    for row, typed, stays in (
        (first, "500", "500"), (other, "abc", ""), (other, "-5", ""), (other, "400", "400"), (other, "", ""),
    ):
        cell = page.find(MATRIX.format(field="lodging_ids", grade=director, row=row))
        cell.fill(typed)
        cell.press("Tab")
        page.settle()
        assert cell.input_value() == stays, (typed, cell.input_value())
    page.find(".o_form_button_save").click()
    page.settle()
    page.press("action_approval_submit")


def decide(page, policy):
    """The executive office reads what differs and approves."""
    page.open(f"travel-policies/{policy}")
    page.find("a[name='changes']").click()
    changes = page.text("[name='changes_html']")
    assert "500.00" in changes and "180.00" in changes, changes
    assert not page.find(MATRIX.format(field="lodging_ids", grade=1, row=1)).count(), "nothing to type into for who decides"
    page.press("action_approval_approve")
