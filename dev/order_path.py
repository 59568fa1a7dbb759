# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The steps of an order, as people do them in the web client: from the first quote to the last yuan.

``tests/test_order_journey.py`` walks them and asserts; ``make screenshots PART=orders`` walks them and takes pictures.
"""

CUSTOMER = "南宁市恒信建筑装饰有限公司"
PRODUCT = "天然大理石板材"


def find_order(page, path, order, wait=".o_list_view"):
    """Open a list of orders without its filters, and open an order from it."""
    page.open(path, wait=wait)
    remove_filters(page)
    search(page, order)
    page.find(".o_data_row .o_data_cell[name='name']", has_text=order).first.click()
    page.await_(".o_form_view .o_field_widget[name='state']")


def open_card(page, order):
    """Open an order from its card on the follow-up board."""
    page.open("follow-up", wait=".o_kanban_view")
    search(page, order)
    page.find(".o_kanban_record:not(.o_kanban_ghost)", has_text=order).first.click()
    page.await_(".o_form_view .o_field_widget[name='state']")


def remove_filters(page):
    while page.find(".o_facet_remove").count():
        page.find(".o_facet_remove").first.click()
        page.settle()


def search(page, words):
    entry = page.find(".o_searchview_input")
    entry.fill(words)
    entry.press("Enter")
    page.settle()


def save(page):
    page.find(".o_form_button_save").click()
    page.settle()


def fill(page, name, text, within=".o_form_view"):
    """Type into a field and leave it."""
    entry = page.field(name, within).locator("input, textarea").first
    entry.fill(text)
    entry.press("Tab")
    page.settle()


def show_page(page, name):
    """Turn to a page of the notebook."""
    page.find(f".o_notebook_headers a[name='{name}']").first.click()
    page.settle()


def quote(page, quantity, promised, customer=CUSTOMER):
    """Make a quotation; return its number.

    :param promised: the promised date, as one types it: ``+20d``
    """
    page.open("orders/new", wait=".o_form_view")
    page.choose("partner_id", customer)
    page.find(".o_field_x2many_list_row_add a").first.click()
    page.choose("product_template_id", PRODUCT, within=".o_selected_row")
    fill(page, "product_uom_qty", quantity, within=".o_selected_row")
    promise(page, promised)
    save(page)
    return page.text(".oe_title [name='name']")


def promise(page, promised):
    show_page(page, "other_information")
    page.field("commitment_date").locator("button, input").first.click()
    fill(page, "commitment_date", promised)
    show_page(page, "order_lines")


def send(page):
    """Send the quotation by mail."""
    page.press("action_quotation_send")
    page.await_(".modal .modal-footer button[name='action_send_mail']:visible")
    page.press("action_send_mail", ".modal")
    page.find(".modal").wait_for(state="detached")
    page.await_(".o-mail-Message .o-mail-AttachmentList")  # the mail with its PDF


def bargain(page, price, promised):
    """The customer wants it cheaper, and later or sooner."""
    show_page(page, "order_lines")
    page.find(".o_field_widget[name='order_line'] .o_data_row td[name='price_unit']").first.click()
    fill(page, "price_unit", price, within=".o_selected_row")
    promise(page, promised)
    save(page)


def make_contract(page):
    """Make a contract of the quotation in one click; return its number."""
    page.press("action_create_contract")
    page.await_(".o_form_view .o_field_widget[name='customer_signatory']")
    return page.text(".oe_title [name='name']")


def open_approval(page, number):
    """Open what waits for one's decision."""
    page.open("my-approvals")
    page.find(".o_data_row .o_data_cell[name='res_name']", has_text=number).first.click()
    page.await_(".o_form_view .o_field_widget[name='requester_id']")


def approve(page, number):
    open_approval(page, number)
    page.press("action_approve", ".o_form_view")
    page.button("action_approve", ".o_form_view").wait_for(state="hidden")


def open_on_portal(page, order):
    """The customer opens his order from the list of his quotations, or of his orders."""
    for path in ("my/quotes", "my/orders"):
        page.raw.goto(f"{page.browser.address}/{path}")
        link = page.find("table a", has_text=order)
        if link.count():
            link.first.click()
            page.raw.wait_for_selector("#quote_content")
            return
    raise AssertionError(f"{page.login} finds no order {order}")


def sign_on_portal(page, name, look=None):
    """The customer signs with his name.

    :param look: called when the signature stands there, before it is sent
    """
    page.find("a[data-bs-target='#modalaccept']:visible").first.click()
    dialog = page.find("#modalaccept")
    dialog.locator(".o_web_sign_name_input").fill(name)
    dialog.locator(".o_web_sign_auto_button").click()
    submit = dialog.locator(".o_portal_sign_submit:enabled")
    submit.wait_for()
    if look:
        look(page)
    submit.click()
    page.raw.wait_for_url("**message=sign_ok**")
    page.raw.wait_for_selector("#quote_content")


def record_receipt(page, order, reference, look=None):
    """Finance records money that the bank statement shows, from the payment plan.

    :param look: called when the window is filled in
    """
    page.open("payment-plan", wait=".o_list_view")
    search(page, order)
    page.find(".o_data_row", has_text=order).first.locator("button[name='action_record_receipt']").click()
    page.await_(".modal .o_form_view .o_field_widget[name='reference']")
    fill(page, "reference", reference, within=".modal")
    if look:
        look(page)
    page.press("action_record", ".modal")
    page.find(".modal").wait_for(state="detached")


def validate_delivery(page):
    """Open the delivery of the order and validate it."""
    page.press("action_view_delivery")
    page.await_(".o_form_view button[name='button_validate']:visible")
    page.press("button_validate")
    if page.find(".modal button[name='dont_send_sms']").count():  # Odoo asks once in a company that sends text messages
        page.press("dont_send_sms", ".modal")
    page.button("button_validate").wait_for(state="hidden")


def record_arrival(page):
    """Record that all of an order or delivery has arrived today."""
    page.press("action_record_arrival")
    page.await_(".modal .o_form_view .o_field_widget[name='shipment_ids']")
    page.press("action_record", ".modal")
    page.find(".modal").wait_for(state="detached")
