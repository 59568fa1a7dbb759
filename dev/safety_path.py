# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The steps of a month of safety, as people do them: on a phone in the workshop, at the desk, and on the report page.

``tests/test_safety_journey.py`` walks them and asserts; ``make screenshots PART=safety`` walks them and takes pictures. Steps
that take ``look`` call it with the page when there is something to see.
"""

import datetime
import io
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from .order_path import fill, remove_filters, save, search, show_page
from .travel_path import pick

WORKSHOP, WAREHOUSE = "玻璃加工车间", "成品仓库"
CLERK, MANAGER = "梁志强", "黄建国"
"""Who puts right and who supervises."""
WELDER, GLAZIER, DRIVER = "蒙大伟", "黄永福", "卢秀英"
"""People without a login: who welds, who watches, who drives the forklift."""
HOT_WORK = {"zh-CN": "动火作业", "en-US": "Hot work"}
GLOVES = {"zh-CN": "防切割手套", "en-US": "Cut-resistant Gloves"}
GOGGLES = {"zh-CN": "护目镜", "en-US": "Safety Goggles"}
CARD = ".o_kanban_record:not(.o_kanban_ghost)"
REPORTED_SECONDS = 3.5
"""So long one looks at the report page at least: what is sent at once is taken for a machine."""

HAZARD = {
    "title": "行车吊钩防脱钩卡子断了，还在吊原片架",
    "where": "二号行车，原片卸货区上方",
    "question": "断的是主钩还是副钩？今天还有人在用这台行车吗？",
    "answer": "主钩。中班还在用，吊的是整架原片。",
    "measures": "更换吊钩防脱钩装置，整机检验合格后再启用；行车点检表加一项。",
    "interim": "二号行车断电上锁，挂“禁止使用”牌，原片改用叉车卸货。",
    "emergency": "吊物晃动立即停车撤人，拉警戒线；有人受伤先拨120，再报领导小组。",
    "budget": "4800",
    "done": "吊钩防脱钩卡子已换新，吊重试验三次合格，检验单附后。",
    "verified": "到现场看了：卡子完好，吊重试验在场，点检表已加项。",
}
INCIDENT = {
    "title": "叉车倒车碰倒A字架，玻璃砸伤装卸工脚背",
    "description": "叉车倒车时碰到停放的A字架，两片玻璃滑落，砸在装卸工右脚背上，已送医。",
    "outsider": "装卸工 陆师傅",
    "injury": "右脚背骨裂，休息两周。",
    "facts": "倒车无人指挥；A字架停在叉车通道线内；倒车蜂鸣器不响。",
    "cause": "叉车碰倒了A字架",
    "whys": ("倒车时看不见后面，也没人指挥", "A字架停在叉车通道线内", "卸货区没有划A字架的停放位"),
    "conclusion": "卸货区没有停放位和倒车指挥的规定，叉车蜂鸣器失修。",
    "action": "卸货区划A字架停放位，叉车倒车须有人指挥",
    "done": "停放位已划线并立牌，倒车指挥写入班前会，蜂鸣器已修好。",
    "effect": "连续三个班查看，A字架都在线内，倒车有人指挥。",
    "lift": "停放位已划线，指挥人员到位，蜂鸣器已修复。",
    "penalty": "通报批评，扣当月安全奖",
    "lessons": "A字架停在线内，线外不停。\n叉车倒车有人指挥，没人指挥不倒。",
}
PERMIT = {
    "description": "装卸口护栏断裂，现场电焊修复。",
    "residual": "焊后30分钟复查无火星，焊机断电移走，地面清理干净，无遗留风险。",
}


def photo(name, colour="#7d8a80"):
    """A picture as a phone takes it, to be uploaded: something round that is broken, on a floor.

    :param name: of the file, without its ending
    :param colour: of the wall behind it
    """
    picture = Image.new("RGB", (900, 640), colour)
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 430, 900, 640), fill="#4b4f4c")
    drawing.rectangle((180, 250, 620, 520), fill="#2f6f8f", outline="#1d3f52", width=8)
    drawing.ellipse((520, 170, 790, 440), fill="#b9b2a4", outline="#5d574c", width=14)
    drawing.arc((490, 140, 820, 470), 200, 300, fill="#d9a400", width=26)
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=85)
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


# --- forms ------------------------------------------------------------------------------------------------------------

def choose_option(page, name, number, within=".o_form_view"):
    """Choose from a selection, whatever the language.

    :param number: which of the choices, from 0 on
    """
    page.field(name, within).locator("input").click()
    page.find(f".o_select_menu_item[data-choice-index='{number}']").first.click()
    page.settle()


def attach(page, name, file, within=".o_form_view"):
    """Upload a file into a field of files.

    :param file: as :func:`photo` makes it
    """
    page.upload(f"{within} .o_field_widget[name='{name}'] .o_attach", file)
    page.await_(f"{within} .o_field_widget[name='{name}'] .o_attachment")


def open_card(page, path, words):
    """Open a record from its card in a list of an app, without the filters of that list."""
    page.open(path, wait=".o_kanban_view, .o_list_view")
    remove_filters(page)
    search(page, words)
    page.find(f"{CARD}, .o_data_row .o_data_cell[name='name']").filter(has_text=words).first.click()
    page.await_(".o_form_view .o_field_widget[name='state']")


def say(page, words, percent=None, name="note", look=None):
    """Fill in the window that asks for the words of a step, and confirm."""
    page.await_(f".modal .o_form_view .o_field_widget[name='{name}'] textarea")
    if percent:
        fill(page, "percent", percent, within=".modal")
    fill(page, name, words, within=".modal")
    if look:
        look(page)
    page.press("action_confirm", ".modal")
    page.find(".modal").wait_for(state="detached")
    page.settle()


def add_in_dialog(page, field):
    """Open the window in which a row of a list on the form is entered."""
    page.find(f".o_field_widget[name='{field}'] .o_field_x2many_list_row_add a").first.click()
    page.await_(".modal .o_form_view")


def keep_dialog(page):
    page.find(".modal .modal-footer .o_form_button_save").first.click()
    page.find(".modal").wait_for(state="detached")
    page.settle()


def press_yes(page, button):
    """Press a button that asks back, and say yes."""
    page.press(button)
    page.await_(".modal .modal-footer .btn-primary").click()
    page.find(".modal").wait_for(state="detached")
    page.settle()


def number_of(page):
    return page.text(".o_form_view .oe_title [name='name']")


def download(page, press):
    """What a button prints.

    :param press: presses it
    :return: the PDF
    """
    with page.raw.expect_download() as printed:
        press()
    return printed.value.path().read_bytes()


# --- inspection on the phone ------------------------------------------------------------------------------------------

def begin_inspection(page, place):
    """Go on with the inspection of a place that is to be done."""
    page.open("safety-inspections", wait=CARD)
    card = page.find(CARD).filter(has_text=place).filter(has=page.find("button[name='action_start']"))
    card.first.locator("button[name='action_start']").tap()
    page.await_(".o_inspection_sheet .o_inspection_item")


def answer(page, item, result):
    """Tap an answer of an item.

    :param item: locator of its card
    :param result: ``pass``, ``fail`` or ``na``
    """
    item.locator(f".o_inspection_answer[data-result='{result}']").tap()
    page.settle()


def answer_rest(page, result):
    """Tap the same answer for all that is open."""
    while page.find(".o_inspection_open").count():
        answer(page, page.find(".o_inspection_open").first, result)


def describe_fail(page, item, words, file):
    """Write what was seen, and take a photo of it."""
    item.locator(".o_inspection_note").fill(words)
    item.locator(".o_inspection_photo").set_input_files(file)
    page.settle()
    item.locator(".o_inspection_picture").wait_for()
    page.find(".o_inspection_head").first.tap()
    page.settle()


def close_inspection(page):
    """Tap the button that closes, and say yes."""
    page.find(".o_inspection_close").tap()
    page.await_(".modal .modal-footer .btn-primary").tap()


# --- report page ------------------------------------------------------------------------------------------------------

def find_report_address(page, place):
    """Where the code of the poster of a place leads to: the path of its report page."""
    open_place(page, place)
    show_page(page, "report_page")
    return urlsplit(page.text(".o_field_widget[name='report_url']")).path


def open_place(page, place):
    page.open("safety-places", wait=CARD)
    page.find(CARD).filter(has=page.raw.locator(".fw-bolder").get_by_text(place, exact=True)).first.click()
    page.await_(".o_form_view .o_field_widget[name='department_id']")


def fill_report(page, path):
    """Somebody scans a poster and writes what he saw, with a photo."""
    page.raw.goto(f"{page.browser.address}{path}")
    page.raw.fill("#what", HAZARD["title"])
    page.raw.fill("#where", HAZARD["where"])
    page.raw.set_input_files("#photos", photo("IMG_20261107_0912", "#8a7f6d"))
    page.raw.wait_for_selector("#thumbs img")


def send_report(page):
    """Send it; return the code that is shown only once."""
    page.raw.wait_for_timeout(REPORTED_SECONDS * 1000)
    page.find("#send").tap()
    page.raw.wait_for_selector("#code")
    return page.text("#code")


def look_with_code(page, code):
    page.raw.goto(f"{page.browser.address}/safety/report/progress")
    page.raw.fill("#code", code)
    page.find("form button[type='submit']").tap()
    page.raw.wait_for_selector("ol.steps")


def answer_question(page, words):
    page.raw.fill("#answer", words)
    page.find("form button[type='submit']").tap()
    page.raw.wait_for_selector(".good")


def ask_reporter(page, words):
    page.press("action_ask_reporter")
    page.await_(".modal .o_form_view .o_field_widget[name='question'] textarea")
    fill(page, "question", words, within=".modal")
    page.press("action_send", ".modal")
    page.find(".modal").wait_for(state="detached")
    page.settle()


# --- hazard -----------------------------------------------------------------------------------------------------------

def open_hazard(page, words, path="safety-hazards"):
    """Open a hazard by its number or title."""
    open_card(page, path, words)


def judge(page, likelihood, severity):
    """Say how likely it is and how bad it would be, from 1 to 5."""
    choose_option(page, "likelihood", likelihood - 1)
    choose_option(page, "severity", severity - 1)


def plan(page, deadline):
    """Plan how the major hazard is put right, by whom, and who supervises."""
    show_page(page, "plan")
    page.choose("responsible_id", CLERK)
    pick(page, "date_deadline", str(deadline), within=".o_form_view")
    fill(page, "budget_amount", HAZARD["budget"])
    page.choose("supervisor_id", MANAGER)
    for name, words in (("measures", "measures"), ("interim_protection", "interim"), ("emergency_plan", "emergency")):
        fill(page, name, HAZARD[words])
    save(page)


def show_done(page):
    """Who puts it right says what was done, and shows it."""
    show_page(page, "work")
    fill(page, "rectification_note", HAZARD["done"])
    attach(page, "evidence_ids", photo("吊钩更换后"))
    save(page)


def find_board_address(page, look=None):
    """The path of the board on the wall, as the window of the menu shows it."""
    page.open("action-business_dept.business_safety_board_action", wait=".modal .o_form_view .o_field_widget[name='address']")
    if look:
        look(page)
    return urlsplit(page.text(".modal .o_field_widget[name='address']")).path


# --- incident ---------------------------------------------------------------------------------------------------------

def report_incident(page, place, severity, look=None):
    """Report an incident with the short form; return its number.

    :param severity: which of the severities, from 0, the least, on
    """
    page.open("report-incident", wait=".o_form_view .o_field_widget[name='severity_id']")
    fill(page, "title", INCIDENT["title"])
    page.field("severity_id").locator("input[type='radio']").nth(severity).check()
    page.settle()
    page.choose("place_id", place)
    fill(page, "description", INCIDENT["description"])
    attach(page, "photo_ids", photo("装卸口", "#6f7d8a"))
    page.find(".o_field_widget[name='person_ids'] .o_field_x2many_list_row_add a").first.click()
    page.await_(".o_field_widget[name='person_ids'] .o_selected_row")
    fill(page, "outsider", INCIDENT["outsider"], within=".o_selected_row")
    fill(page, "injury", INCIDENT["injury"], within=".o_selected_row")
    if look:
        look(page)
    page.press("action_send")
    page.await_(".o_form_view .alert-success:visible")
    return number_of(page)


def open_incident(page, number):
    open_card(page, "safety-incidents", number)


def investigate(page, deadline, look=None):
    """Write down facts, whys, conclusion, and one measure that comes before work goes on.

    :param look: called when the whys are filled in
    """
    show_page(page, "facts")
    page.find(".o_field_widget[name='person_ids'] .o_field_x2many_list_row_add a").first.click()
    page.await_(".o_field_widget[name='person_ids'] .o_selected_row")
    page.choose("employee_id", DRIVER, within=".o_selected_row")
    choose_option(page, "role", 2, within=".o_selected_row")
    page.find(".o_form_view .oe_title").first.click()
    show_page(page, "investigation")
    page.choose("investigator_ids", MANAGER)
    fill(page, "facts", INCIDENT["facts"])
    fill(page, "conclusion", INCIDENT["conclusion"])
    add_in_dialog(page, "cause_ids")
    fill(page, "name", INCIDENT["cause"], within=".modal")
    for number, why in enumerate(INCIDENT["whys"], 1):
        fill(page, f"why_{number}", why, within=".modal")
    if look:
        look(page)
    keep_dialog(page)
    show_page(page, "actions")
    add_in_dialog(page, "action_ids")
    fill(page, "name", INCIDENT["action"], within=".modal")
    page.choose("owner_id", CLERK, within=".modal")
    pick(page, "date_deadline", str(deadline), within=".modal")
    page.field("is_interim", ".modal").locator("input").check()
    keep_dialog(page)
    save(page)


def open_action(page):
    page.open("safety-actions", wait=".o_list_view")
    page.find(".o_data_row .o_data_cell[name='name']", has_text=INCIDENT["action"]).first.click()
    page.await_(".o_form_view .o_field_widget[name='owner_id']")


def lift_stop(page):
    """Press the button that lets work go on; it is on the row of the stop."""
    show_page(page, "stops")
    page.find(".o_field_widget[name='stop_ids'] button[name='action_lift_stop']").first.click()


def propose_penalty(page):
    """Propose a penalty for who is responsible; return its number."""
    show_page(page, "settled")
    page.press("action_new_accountability")
    page.await_(".o_form_view .o_field_widget[name='measure']")
    fill(page, "measure", INCIDENT["penalty"])
    fill(page, "amount", "200")
    save(page)
    page.press("action_approval_submit")
    return number_of(page)


def open_lesson(page, words):
    """Open a lesson that one is asked to read, from the regulations of one's own."""
    page.open("my-regulations", wait=".o_kanban_view, .o_list_view")
    page.find(f"{CARD}, .o_data_row .o_data_cell[name='name']").filter(has_text=words).first.click()
    page.await_(".o_form_view button[name='action_acknowledge']:visible")


# --- permit -----------------------------------------------------------------------------------------------------------

def hours_from_now(first, last):
    """Two moments on the clock of the workshop, as one types them."""
    now = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).replace(second=0, microsecond=0)
    return [f"{now + datetime.timedelta(hours=hours):%Y-%m-%d %H:%M:%S}" for hours in (first, last)]


def ask_for_permit(page, place):
    """Ask for hot work at a place, and answer its checks; return the number."""
    page.open("safety-permits/new", wait=".o_form_view .o_field_widget[name='type_id']")
    page.choose("type_id", HOT_WORK[page.browser.locale])
    page.choose("place_id", place)
    for name, moment in zip(("date_from", "date_to"), hours_from_now(-1, 5), strict=True):
        pick(page, name, moment, within=".o_form_view")
    fill(page, "description", PERMIT["description"])
    page.choose("worker_ids", WELDER)
    page.choose("guardian_id", GLAZIER)
    save(page)
    rows = page.find(".o_field_widget[name='check_ids'] .o_data_row")
    for number in range(rows.count()):
        rows.nth(number).locator("td[name='name']").click()
        page.await_(".o_field_widget[name='check_ids'] .o_selected_row")
        page.find(".o_selected_row .o_field_widget[name='answer'] input[data-value='yes']").first.check()
        page.settle()
    save(page)
    return number_of(page)


def open_permit(page, number):
    open_card(page, "safety-permits", number)


def give_equipment(page, person, kind, size=None):
    """Give protective equipment out to somebody."""
    page.open("safety-equipment/new", wait=".o_form_view .o_field_widget[name='type_id']")
    page.choose("employee_id", person)
    page.choose("type_id", kind)
    if size:
        fill(page, "size", size)
    save(page)


def equip(page):
    """Give welder and watcher what hot work asks for and they lack."""
    for person in (WELDER, GLAZIER):
        give_equipment(page, person, GLOVES[page.browser.locale], size="L")
    give_equipment(page, WELDER, GOGGLES[page.browser.locale])


def check_site(page):
    """Write down what risk remains on the site, with a photo."""
    show_page(page, "site")
    fill(page, "residual_risk", PERMIT["residual"])
    attach(page, "closing_photo_ids", photo("焊后现场"))
    save(page)


# --- overview and month's report --------------------------------------------------------------------------------------

def read_tiles(page):
    """What the tiles of the overview count: ``{tile: number}``."""
    page.open("safety-overview", wait=".bd-safety-overview [data-tile]")
    return {
        tile.get_attribute("data-tile"): int(tile.locator("span").first.inner_text())
        for tile in page.find(".bd-safety-overview [data-tile]").all()
    }


def choose_month(page, month):
    """Open the window that prints the report of a month from the menu, and choose the month."""
    open_menu(page, "business_dept.menu_safety", "business_dept.menu_safety_month_report")
    page.await_(".modal .o_form_view .o_field_widget[name='month_name']")
    page.find(".modal .o_field_widget[name='month_name'] input").first.click()
    page.find(".o_select_menu_item", has_text=f"{month:%Y-%m}").first.click()
    page.settle()


def open_menu(page, section, entry):
    """Click an entry of a menu of the app that is open; what has no room is behind the last button of the bar."""
    button = page.find(f".o_menu_sections [data-menu-xmlid='{section}']:visible")
    if not button.count():
        button = page.find(".o_menu_sections_more button, .o_menu_sections_more").first
    button.first.click()
    page.find(f"[data-menu-xmlid='{entry}']:visible").first.click()
