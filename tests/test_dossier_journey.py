# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A hidden customer, as three people meet him in a browser: his salesperson, a colleague, and the clerk.

Access is asked for in words, given and taken away, while the colleague stays logged in (JJ-3.6.1, JJ-3.6.3).
"""

from dev import browser
from dev.database import ask

HIDDEN = "贺州市白玉雕刻石材工程有限公司"
PRODUCT = "天然大理石板材"


def test_a_hidden_customer(name):
    """JJ-3.6.1, JJ-3.6.3: A works, the clerk handles the order, B finds nobody until access is given."""
    (customer, guard), = ask(name, "SELECT id, dossier_guard FROM res_partner WHERE name = %s", HIDDEN)
    assert guard
    with browser.served(name) as address, browser.Browser(address) as opened:
        sales, colleague, clerk = (opened.login(login) for login in ("sales", "sales2", "clerk"))
        order = quote(sales)
        handle(clerk, order)
        assert not finds(colleague)
        refused(colleague, customer)
        request = ask_for_access(colleague)
        executive = opened.login("executive")
        grant(executive, request)
        assert finds(colleague)
        colleague.open(f"res.partner/{customer}", wait=".o_form_view")
        assert HIDDEN in colleague.text(".o_control_panel")
        revoke(executive, name)
        assert not finds(colleague)
        refused(colleague, customer)
        assert not opened.complaints()
    assert ask(name, "SELECT count(*) FROM business_dossier_grant WHERE revoked_on IS NOT NULL") == [(1,)]
    grounds = ask(name, "SELECT ground FROM business_dossier_access log JOIN res_users ON res_users.id = log.user_id"
                        " WHERE login = 'sales2' AND kind = 'open'")
    assert ("grant",) in grounds


def quote(page):
    """A quotes his customer as ever."""
    page.open("orders/new", wait=".o_form_view")
    page.choose("partner_id", HIDDEN[:6])
    page.find(".o_field_x2many_list_row_add a").first.click()
    page.choose("product_template_id", PRODUCT, within=".o_selected_row")
    page.find(".o_form_button_save").click()
    page.settle()
    return page.text(".oe_title [name='name']")


def handle(page, order):
    """The clerk opens the order from the list and reads whose it is."""
    page.open("orders", wait=".o_list_view")
    page.find(".o_facet_remove").first.click()  # quotations as well
    page.settle()
    page.find(".o_data_row", has_text=order).first.locator("td[name='name']").click()
    page.await_(".o_form_view")
    assert HIDDEN in page.field("partner_id").inner_text()


def finds(page):
    """Whether the customer is in the list of customers, and in the completion of an order."""
    page.open("customers", wait=".o_kanban_view, .o_list_view")
    while page.find(".o_facet_remove").count():  # who has no order yet is no customer for the filter
        page.find(".o_facet_remove").first.click()
        page.settle()
    search = page.find(".o_searchview_input")
    search.fill(HIDDEN[:6])
    search.press("Enter")
    page.settle()
    listed = page.find(".o_content", has_text=HIDDEN).count()
    page.open("orders/new", wait=".o_form_view")
    entry = page.field("partner_id").locator("input")
    entry.click()
    entry.fill(HIDDEN[:6])
    page.find(".o-autocomplete--dropdown-menu").first.wait_for()
    page.rest()
    page.raw.wait_for_timeout(500)
    page.rest()
    completed = page.find(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)", has_text=HIDDEN).count()
    assert bool(listed) == bool(completed)
    return bool(listed)


def refused(page, customer):
    """His address is refused: the dialog names nobody and offers to ask."""
    page.raw.goto(f"{page.browser.address}/odoo/res.partner/{customer}")
    dialog = page.find(".modal-dialog").first
    dialog.wait_for()
    page.rest()
    said = dialog.inner_text()
    assert "JJ-3.6.3" in said
    assert HIDDEN not in said


def ask_for_access(page):
    """B presses the button of the refusal and writes in words."""
    page.find(".modal-footer .btn-primary").first.click()
    page.await_(".o_form_view .o_field_widget[name='description']")
    page.field("description").locator("textarea").first.fill("贺州做雕刻的那家石材公司")
    page.field("reason").locator("textarea").first.fill("客户来电，代同事报价")
    page.find(".o_form_button_save").click()
    page.settle()
    page.press("action_approval_submit")
    return page.text(".oe_title [name='name']")


def grant(page, request):
    """The executive office picks the customer and approves."""
    page.open("dossier-requests", wait=".o_list_view")
    page.find(".o_data_row", has_text=request).first.locator("td[name='description']").click()
    page.await_(".o_form_view")
    page.choose("granted_partner_ids", HIDDEN[:6])
    page.find(".o_form_button_save").click()
    page.settle()
    page.press("action_approval_approve", ".o_form_view")
    page.button("action_approval_approve", ".o_form_view").wait_for(state="hidden")


def revoke(page, name):
    """The executive office takes the access back, with a reason."""
    (number,), = ask(name, "SELECT name FROM business_dossier_grant")
    page.open("dossier-grants", wait=".o_list_view, .o_kanban_view")
    page.find(".o_data_row", has_text=number).first.locator("td[name='name']").click()
    page.await_(".o_form_view")
    page.button("action_revoke", ".o_form_view").click()
    dialog = page.find(".modal-dialog").first
    dialog.locator("textarea").first.fill("已由责任业务员接手")
    dialog.locator(".modal-footer .btn-primary, .modal-footer .btn-danger").first.click()
    dialog.wait_for(state="detached")
    page.settle()
