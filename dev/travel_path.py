# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The steps of a business trip, as people do them in the web client: from the request to the settled advance.

``tests/test_travel_journey.py`` walks them and asserts; ``make screenshots PART=travel`` walks them and takes pictures. The
days of a trip are counted from its first one, day 0; times are those on the traveller's clock.
"""

import datetime
import re
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .order_path import fill, remove_filters, save, show_page

HOME, FIRST_STOP, SECOND_STOP = "南宁", "广州", "佛山"
CUSTOMER = "广州粤恒石材有限公司"
LINXF, ZHOUMIN, HUANGJG = "林晓峰", "周敏", "黄建国"
"""Senior salesperson, salesperson, department manager."""
TRAIN, TAXI, PLANE, PUBLIC = "hs_second", "taxi", "plane_economy", "public"
MEANS = {
    "zh-CN": {TRAIN: "二等座", TAXI: "出租车", PLANE: "飞机", PUBLIC: "公共交通"},
    "en-US": {TRAIN: "High-speed train, second class", TAXI: "Taxi", PLANE: "Plane", PUBLIC: "Public transport"},
}
"""How the means of transport are called in a language, so far as one types it."""


def day(first, number):
    return first + datetime.timedelta(days=number)


def at(first, number, clock):
    return f"{day(first, number)} {clock}:00"


WAYS = [
    # day, leaves, arrives, from, to, by, fare, why
    (0, "08:10", "11:40", HOME, FIRST_STOP, TRAIN, "169", "当天下午须到场洽谈"),
    (2, "15:00", "16:10", FIRST_STOP, SECOND_STOP, TAXI, "126", "三人携样板同乘，公交不便"),
    (4, "07:40", "11:20", SECOND_STOP, HOME, TRAIN, "162", "样板须当天交回公司"),
]
#: Place, first night, day on which one leaves.
LODGING = [(FIRST_STOP, 0, 2), (SECOND_STOP, 2, 4)]
HOSTED = 1
ERRAND = [
    (0, "22:00", "22:40", HOME, HOME, TAXI, "32.5", "夜间送样板，公交已停运"),
    (1, "08:30", "09:10", HOME, HOME, PUBLIC, "4", ""),
]


def means(page, code):
    return MEANS[page.browser.locale][code]


def add_row(page, field):
    """Add a row to a list on the form; the row that is edited stays selected."""
    page.find(f".o_field_widget[name='{field}'] .o_field_x2many_list_row_add a").first.click()
    page.await_(f".o_field_widget[name='{field}'] .o_selected_row")


def leave_row(page):
    """Close the row that is edited by clicking beside it."""
    page.find(".o_form_view .oe_title").first.click()
    page.settle()


def pick(page, name, text, within=".o_selected_row"):
    """Type a date or a time into a field that shows a button until one edits it."""
    field = page.field(name, within)
    if not field.locator("input").count():
        field.locator("button").first.click()
    fill(page, name, text, within=within)


def ask_for_trip(page, first, companions, purpose, advance):
    """Fill in a request for a trip and save it; return its number.

    :param first: day on which it begins
    :param companions: names of those who go along
    """
    page.open("my-trips/new", wait=".o_form_view")
    fill(page, "purpose", purpose)
    for companion in companions:
        page.choose("traveller_ids", companion)
    page.choose("customer_ids", CUSTOMER)
    fill(page, "advance_wanted", advance)
    for way in WAYS:
        add_way(page, first, *way)
    show_page(page, "stay")
    for place, begin, end in LODGING:
        add_lodging(page, place, day(first, begin), day(first, end))
    add_row(page, "hosted_ids")
    pick(page, "date", str(day(first, HOSTED)))
    page.choose("partner_id", CUSTOMER, within=".o_selected_row")
    leave_row(page)
    save(page)
    return page.text(".oe_title [name='name']")


def add_way(page, first, number, departure, arrival, start, end, by, fare, why):
    add_row(page, "leg_ids")
    page.choose("from_id", start, within=".o_selected_row")
    page.choose("to_id", end, within=".o_selected_row")
    page.choose("class_id", means(page, by), within=".o_selected_row")
    pick(page, "departure", at(first, number, departure))
    pick(page, "arrival", at(first, number, arrival))
    fill(page, "estimated_fare", fare, within=".o_selected_row")
    if why:
        fill(page, "reason", why, within=".o_selected_row")
    leave_row(page)


def add_lodging(page, place, begin, end):
    add_row(page, "lodging_ids")
    page.choose("place_id", place, within=".o_selected_row")
    pick(page, "date_from", str(begin))
    pick(page, "date_to", str(end))
    leave_row(page)


def ask_for_errand(page, first, purpose):
    """Ask for a taxi and a night in town; return the number of the request."""
    page.open("my-trips/new", wait=".o_form_view")
    fill(page, "purpose", purpose)
    page.find(".o_field_widget[name='kind'] input[data-value='errand']").first.check()
    page.settle()
    for wish in ("wants_taxi", "wants_town_lodging"):
        page.field(wish).locator("input").check()
    for way in ERRAND:
        add_way(page, first, *way)
    show_page(page, "stay")
    add_lodging(page, HOME, first, day(first, 1))
    save(page)
    return page.text(".oe_title [name='name']")


def open_trip(page, number):
    """Open a trip from the list of one's own."""
    page.open("my-trips", wait=".o_list_view")
    page.find(".o_data_row .o_data_cell[name='name']", has_text=number).first.click()
    page.await_(".o_form_view .o_field_widget[name='traveller_ids']")


def enter_tickets(page, first, times):
    """Enter the times of the tickets, once for all who travel.

    :param first: day on which the trip begins
    :param times: ``[(row, day of the trip, leaves, arrives)]``
    """
    show_page(page, "ways")
    for row, number, departure, arrival in times:
        page.find(".o_field_widget[name='leg_ids'] .o_data_row").nth(row).locator("td[name='ticket_departure']").click()
        page.await_(".o_field_widget[name='leg_ids'] .o_selected_row")
        pick(page, "ticket_departure", at(first, number, departure))
        pick(page, "ticket_arrival", at(first, number, arrival))
        leave_row(page)
    save(page)


def make_claim(page):
    """Make the draft expenses of one's own share of the trip; return the number of the claim."""
    page.press("action_make_claim")
    page.await_(".o_form_view .o_field_widget[name='expense_ids']")
    return page.text(".oe_title [name='name']")


def open_claim(page, number, menu="my-claims"):
    page.open(menu, wait=".o_list_view")
    remove_filters(page)
    page.find(".o_data_row .o_data_cell[name='name']", has_text=number).first.click()
    page.await_(".o_form_view .o_field_widget[name='expense_ids']")


def night_in(place):
    """A regular expression of the lodging there; rides have an arrow."""
    return f"^[^→]*{place}[^→]*$"


def row_of(page, words):
    """The row of an expense in a claim.

    :param str words: of its description, a regular expression
    """
    cell = page.find("td[name='name']", has_text=re.compile(words))
    return page.find(".o_field_widget[name='expense_ids'] .o_data_row", has=cell).first


def open_expense(page, words):
    row_of(page, words).locator("button[name='get_formview_action']").click()
    page.await_(".o_form_view .o_field_widget[name='total_amount_currency']")


def back_to_claim(page):
    page.find(".o_breadcrumb .o_back_button, .o_breadcrumb .breadcrumb-item a").last.click()
    page.await_(".o_form_view .o_field_widget[name='expense_ids']")


def enter_expense(page, words, amount, invoice=None, guests=(), plane=False, look=None):
    """Enter what was paid for an expense of the claim, and attach the receipt.

    :param words: of its description
    :param invoice: ``(number, seller)`` of the receipt that is attached
    :param guests: who used the room
    :param plane: the traveller flew
    :param look: called when all is entered
    """
    open_expense(page, words)
    if invoice:
        attach(page, invoice[0], amount)
    if plane:
        page.choose("transport_class_id", means(page, PLANE))
    fill(page, "total_amount_currency", amount)
    if invoice:
        fill(page, "invoice_number", invoice[0])
        fill(page, "invoice_seller", invoice[1])
    for guest in guests:
        page.choose("guest_ids", guest)
    save(page)
    if look:
        look(page)
    back_to_claim(page)


def attach(page, number, amount):
    """Attach a receipt to the expense that is open; each looks different, for Odoo tells of the same one twice."""
    paper = Image.new("RGB", (600, 360), "white")
    drawing = ImageDraw.Draw(paper)
    drawing.rectangle((12, 12, 588, 348), outline="#a33")
    drawing.text((40, 60), f"No. {number}", fill="#333", font=ImageFont.load_default(26))
    drawing.text((40, 220), f"{float(amount):,.2f} CNY", fill="#333", font=ImageFont.load_default(48))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{number}.png"
        paper.save(path)
        page.upload(".o_form_statusbar .o_attachment_button:visible", path)


def leave_out(page, words):
    """Take an expense out of the claim: a colleague pays it."""
    row_of(page, words).locator("button[name='action_leave_claim']").click()
    page.settle()


def submit(page):
    page.press("action_approval_submit")
    page.button("action_approval_submit").wait_for(state="hidden")


def pay_advance(page, number, reference, look=None):
    """Finance hands an approved advance out.

    :param look: called when the dialog is filled in
    """
    open_advance(page, number)
    page.press("action_pay", ".o_form_view")
    confirm_money(page, reference, look)


def open_advance(page, number):
    page.open("open-advances", wait=".o_list_view")
    remove_filters(page)
    page.find(".o_data_row .o_data_cell[name='name']", has_text=number).first.click()
    page.await_(".o_form_view .o_field_widget[name='amount']")


def confirm_money(page, reference, look=None):
    page.await_(".modal .o_form_view .o_field_widget[name='reference']")
    fill(page, "reference", reference, within=".modal")
    if look:
        look(page)
    page.press("action_confirm", ".modal")
    page.find(".modal").wait_for(state="detached")


def post_expenses(page):
    """Finance posts the expenses of the claim that is open: Odoo shows the receipt that it has made of them."""
    page.press("action_post_expenses")
    page.await_(".modal .o_form_view")
    page.press("action_post_entry", ".modal")
    page.await_(".o_form_view .o_field_widget[name='invoice_line_ids']")
    back_to_claim(page)

