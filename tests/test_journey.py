# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The whole path of the first regulations, as people walk it: in a browser, in Chinese, on a real server.

A payment history becomes grades; an order for a bad payer is stopped, released and confirmed; an auditor reads it all.
Nothing here calls a method of the server: what a person cannot reach with the mouse does not count.
"""

import re
from unittest.mock import patch

import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

from dev import browser, database
from dev.database import ask

RECEIVABLES = database.REPOSITORY / "business_dept/tests/data/accounts_receivable.csv"
INVOICES = 2466
CUSTOMERS = 100
IMPORTED = re.compile(r"\d{4}-[A-Z]{5}")  # how the file names its customers
PRODUCT = "天然大理石板材"
MANAGER = "黄建国"
COLUMNS = {
    "customerID": "partner_id", "invoiceNumber": "invoice_number", "InvoiceDate": "invoice_date",
    "DueDate": "due_date", "InvoiceAmount": "amount", "Disputed": "disputed", "SettledDate": "settled_date",
}


@pytest.mark.parametrize("hidden", [False, True], ids=["open", "hidden"])
def test_from_payment_history_to_a_released_order(name, hidden):
    """JJ-3.6.1: the path is the same with every customer, old and new, hidden from who is not responsible."""
    if hidden:
        hide_everybody(name)
    with browser.served(name) as address, browser.Browser(address) as opened:
        order = walk(opened, name)
        assert not opened.complaints()
    check(name, order)
    if hidden:
        assert ask(name, "SELECT count(*) FROM res_partner WHERE ref ~ %s AND dossier_guard <> 0", IMPORTED.pattern) == [
            (CUSTOMERS,)
        ]


def hide_everybody(name):
    """Hide every customer of the demo company, and let new ones begin hidden."""
    with patch.dict(config._runtime_options, test_enable=False):  # or loading it would run its tests
        registry = Registry(name)
    try:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            employees = env["res.users"].with_context(active_test=False).search([("share", "=", False)]).partner_id
            customers = env["res.partner"].search([("parent_id", "=", False), ("ref_company_ids", "=", False)]) - employees
            env["business.dossier"]._get_or_create(customers).write({"secrecy": "hidden"})
            env["res.company"].search([]).dossier_secrecy = "hidden"
            cr.commit()
            assert env["res.partner"].search_count([("dossier_guard", "!=", 0)]) >= len(customers)
    finally:
        Registry.delete(name)
        close_db(name)


def walk(opened, name):
    """Walk the whole path; return the number of the order."""
    sales, manager, auditor = opened.login("sales"), opened.login("manager"), opened.login("auditor")

    import_payment_history(sales, name)
    review_customers(manager)
    confirm_grades(manager)
    see_grades(manager)
    customer = explain_score(manager)
    order = quote_beyond_the_limit(sales, customer)
    refuse_confirmation(sales)
    see_hold(sales, order)
    submit(sales)
    approve(manager, order)
    confirm(sales)
    audit(auditor, order)
    return order


def check(name, order):
    """What the database says in the end."""
    grades = dict(ask(name, """
        SELECT grade.code, count(*) FROM business_credit_profile profile
          JOIN business_credit_grade grade ON grade.id = profile.grade_id
          JOIN res_partner partner ON partner.id = profile.partner_id
         WHERE partner.ref ~ %s GROUP BY grade.code""", IMPORTED.pattern))
    assert set(grades) == set("ABC")
    assert min(grades.values()) >= 20
    assert sum(grades.values()) == CUSTOMERS
    assert ask(name, "SELECT state FROM sale_order WHERE name = %s", order) == [("sale",)]
    assert ask(name, """
        SELECT outcome, count(*) FROM business_control_event event
          JOIN business_control control ON control.id = event.control_id
         WHERE res_model = 'sale.order' AND res_name = %s AND control.code = 'credit.limit'
         GROUP BY outcome ORDER BY outcome""", order) == [("needs_approval", 1), ("released", 1)]
    assert ask(name, """
        SELECT approval.state, requester.login, approver.login FROM business_approval approval
          JOIN res_users requester ON requester.id = approval.requester_id
          JOIN business_approval_approver row ON row.approval_id = approval.id AND row.state = 'approved'
          JOIN res_users approver ON approver.id = row.user_id
         WHERE approval.res_model = 'sale.order' AND approval.res_name = %s""", order
    ) == [("approved", "sales", "manager")]


def import_payment_history(page, name):
    """Odoo's own import screen: the columns are recognised, unknown customers are made on demand."""
    before = ask(name, "SELECT count(*) FROM business_payment_history")[0][0]
    page.open("payment-history")
    page.find(".o_control_panel .o_cp_action_menus button").first.click()
    page.find(".o_import_menu").click()
    page.upload("button.o_import_file", RECEIVABLES)
    rows = page.find(".o_import_data_content tbody tr")
    rows.first.wait_for()
    recognised = {
        row.locator(".o_import_file_column_cell span").first.inner_text().strip()
        for row in rows.all() if row.locator(".o_import_field_icon").count()
    }
    assert recognised == set(COLUMNS)

    page.find(".o_control_panel button.btn-primary").first.click()  # test: nobody knows these customers
    choice = page.find("select.o_import_create_option")
    choice.first.wait_for()
    assert choice.count() == 1
    choice.select_option("name_create_enabled_fields")
    page.find(".o_control_panel button.btn-primary").first.click()
    page.await_(".o_import_data_content .alert-info")
    page.find(".o_control_panel button.btn-primary").first.click()  # import
    page.await_(".o_list_view .o_data_row")
    assert ask(name, "SELECT count(*) FROM business_payment_history")[0][0] == before + INVOICES
    assert ask(name, "SELECT count(*) FROM res_partner WHERE ref ~ %s", IMPORTED.pattern) == [(CUSTOMERS,)]


def review_customers(page):
    page.open("customer-credit")
    page.press("action_run_review")
    page.confirm_dialog()
    page.await_(".o_form_view .o_field_widget[name='review_ids'] .o_data_row")
    assert page.text(".o_field_widget[name='state']")
    assert page.find(".o_field_widget[name='review_ids'] .o_data_row").count() >= 1


def confirm_grades(page):
    """Every proposal in My Approvals is opened, read and approved."""
    page.open("my-approvals")
    while page.find(".o_list_view .o_data_row").count():
        page.find(".o_list_view .o_data_row .o_data_cell[name='res_name']").first.click()
        page.button("action_approve", ".o_form_view").wait_for()
        page.press("action_approve", ".o_form_view")
        page.button("action_approve", ".o_form_view").wait_for(state="hidden")
        page.open("my-approvals")


def see_grades(page):
    page.open("credit-distribution", wait=".o_graph_view canvas")


def explain_score(page):
    """Open a customer whose grade is C: the parts of the score stand on the screen."""
    page.open("customer-credit")
    row = page.find(".o_data_row:has(td[name='grade_id'] .badge:text-is('C'))").filter(has_text=IMPORTED).first
    customer = " ".join(row.locator("td[name='partner_id']").inner_text().split())
    row.locator("td[name='partner_id']").click()
    page.await_(".o_form_view")
    assert "50,000.00" in page.field("credit_limit").inner_text()
    explanation = page.field("score_explanation")
    assert explanation.locator("tr").count() >= 4
    assert re.search(r"\d", explanation.inner_text())
    return customer


def quote_beyond_the_limit(page, customer):
    """The banner tells clause, excess and who may approve, before any button is pressed."""
    page.open("orders/new", wait=".o_form_view")
    page.choose("partner_id", customer)
    assert page.field("credit_grade_id").inner_text().strip() == "C"
    page.find(".o_field_x2many_list_row_add a").first.click()
    page.choose("product_template_id", PRODUCT, within=".o_selected_row")
    quantity = page.field("product_uom_qty", ".o_selected_row").locator("input")
    quantity.fill("120")
    quantity.press("Tab")
    page.settle()
    page.find(".o_form_button_save").click()
    page.settle()
    banner = page.text("[name='control_banner']")
    for part in ("JJ-4.2", "RG-3.8", "31,600.00", "50,000.00", "81,600.00", MANAGER):
        assert part in banner, banner
    return page.text(".oe_title [name='name']")


def refuse_confirmation(page):
    said = page.press_refused("action_confirm")
    for part in ("JJ-4.2", "31,600.00", MANAGER):
        assert part in said, said


def see_hold(page, order):
    address = page.raw.url
    page.open("hold-list")
    row = page.find(".o_data_row", has_text=order)
    assert row.count() == 1
    assert "31,600.00" in row.locator("td[name='reasons']").inner_text()
    page.raw.goto(address)
    page.await_(".o_form_view")


def submit(page):
    page.press("action_approval_submit")
    assert MANAGER in page.text("[name='approval_banner']")


def approve(page, order):
    page.open("my-approvals")
    page.find(".o_data_row .o_data_cell[name='res_name']", has_text=order).click()
    page.await_(".o_form_view .o_field_widget[name='ground_ids'] .o_data_row")
    grounds = page.text(".o_field_widget[name='ground_ids']")
    for part in ("JJ-4.2", "31,600.00"):
        assert part in grounds, grounds
    page.press("action_approve", ".o_form_view")
    page.button("action_approve", ".o_form_view").wait_for(state="hidden")
    page.open("my-approvals")
    assert not page.find(".o_data_row", has_text=order).count()


def confirm(page):
    page.raw.reload()
    page.await_(".o_form_view")
    assert MANAGER in page.text("[name='approval_banner']")
    page.press("action_confirm")
    page.await_(".o_field_widget[name='state'] .o_arrow_button_current[data-value='sale']")


def audit(page, order):
    """The event log, the approval and the order's chatter tell the same story."""
    page.open("control-events")
    rows = page.find(".o_data_row", has_text=order).filter(has_text="81,600.00")
    assert rows.count() == 2  # stopped, let through by approval
    rows.first.locator("button[name='action_open_record']").click()
    page.await_(".o_form_view [name='approval_banner']")
    told = page.find(".o-mail-Chatter").inner_text()
    assert MANAGER in told
    page.press("action_open_approvals")
    page.find(".o_data_row", has_text=order).locator(".o_data_cell[name='res_name']").click()
    page.await_(".o_form_view .o_arrow_button_current[data-value='approved']")
    page.find(".o_notebook_headers [name='steps']").click()
    assert MANAGER in page.text(".o_field_widget[name='approver_ids']")
