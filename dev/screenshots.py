# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``make screenshots``: the pictures of the documentation, taken anew from the demo company.

Each language has a clone of the product database, in which the demo users have that language; what they do there is the
same. The pictures go to ``docs/images/LANGUAGE/``.
"""

import contextlib
import csv
import datetime
import tempfile
from pathlib import Path

import psycopg2
from PIL import Image

from . import browser, console, database, system

FOLDER = database.REPOSITORY / "docs" / "images"
LANGUAGES = {"zh": ("zh_CN", "zh-CN"), "en": ("en_US", "en-US")}
COLOURS = 128
LARGEST = 150_000  # bytes of a picture
CUSTOMERS = ("桂林市山水房地产开发有限公司", "南宁市恒信建筑装饰有限公司")
PRODUCT = "天然大理石板材"
#: A month of a second branch, for the import and for a distribution that is worth looking at.
BRANCH = [
    ("梧州", "贺州", "玉林", "钦州", "防城港", "百色", "河池", "来宾", "崇左", "贵港", "湛江", "茂名"),
    ("石材", "建材", "装饰", "幕墙"),
]


def take():
    """Take all pictures; return the exit code."""
    system.need_browser()
    database.drop_abandoned()
    for name, (language, locale) in LANGUAGES.items():
        with console.step(f"Pictures in {language}") as step:
            folder = FOLDER / name
            folder.mkdir(parents=True, exist_ok=True)
            take_language(folder, language, locale, step)
            step.note = f"{len(list(folder.glob('*.png')))} in {folder.relative_to(database.REPOSITORY)}"
    return 0


def take_language(folder, language, locale, step):
    name = database.clone("product")
    try:
        with contextlib.closing(psycopg2.connect(dbname=name)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE res_partner SET lang = %s WHERE id IN (SELECT partner_id FROM res_users"
                           " UNION SELECT partner_id FROM res_company)", [language])
        with browser.served(name) as address, browser.Browser(address, locale) as opened:
            walk(opened, Album(folder, step))
    finally:
        database.drop(name)


class Album:
    """Where the pictures go: few colours, small files."""

    def __init__(self, folder, step):
        self.folder = folder
        self.step = step

    def take(self, page, name):
        self.step.progress(name)
        path = self.folder / f"{name}.png"
        page.rest()
        page.shoot(path)
        picture = Image.open(path).convert("RGB")
        picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size > LARGEST:
            raise console.Problem(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")


def walk(opened, album):
    """Go through the demo company as people do, and take a picture where there is something to see."""
    sales, manager = opened.login("sales"), opened.login("manager")
    with tempfile.TemporaryDirectory() as folder:
        import_history(sales, album, write_history(Path(folder)))
    review(manager, album)
    order = stop_an_order(sales, album)
    approve(manager, album, order)
    tell_the_story(sales, opened.login("auditor"), album, order)
    look_around(opened, album)


def write_history(folder):
    """Write a payment history of customers who pay in different ways, up to the end of last month."""
    path = folder / "付款历史.csv"
    last = datetime.date.today().replace(day=1) - datetime.timedelta(days=1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("客户", "发票号", "开票日期", "到期日", "结清日期", "金额", "有争议", "备注"))
        customers = [f"{place}市{trade}有限公司" for place in BRANCH[0] for trade in BRANCH[1]]
        for number, customer in enumerate(customers):
            lateness = (0, 0, 1, 3, 6, 0, 2, 14, 0, 22)[number % 10]
            for invoice in range(8):
                issued = last - datetime.timedelta(days=70 + 30 * invoice + number % 7)
                due = issued + datetime.timedelta(days=30)
                late = lateness * (invoice % 3) // 2 if lateness < 10 else lateness + invoice
                rows.writerow((customer, f"F{number:03}-{invoice + 1:02}", issued, due,
                               due + datetime.timedelta(days=late), f"{8000 + 1300 * ((number + invoice) % 9)}.00",
                               "否", ""))
    return path


def import_history(page, album, path):
    page.open("payment-history")
    page.find(".o_control_panel .o_cp_action_menus button").first.click()
    page.find(".o_import_menu").click()
    page.upload("button.o_import_file", path)
    page.await_(".o_import_data_content tbody tr")
    page.find(".o_control_panel button.btn-primary").first.click()
    page.await_("select.o_import_create_option").select_option("name_create_enabled_fields")
    page.find(".o_control_panel button.btn-primary").first.click()
    page.await_(".o_import_data_content .alert-info")
    album.take(page, "import")
    page.find(".o_control_panel button.btn-primary").first.click()
    page.await_(".o_list_view .o_data_row")
    page.open("payment-history")
    album.take(page, "payment-history")


def review(page, album):
    page.open("customer-credit")
    page.press("action_run_review")
    page.confirm_dialog()
    page.await_(".o_form_view .o_field_widget[name='review_ids'] .o_data_row")
    album.take(page, "review")
    page.open("my-approvals")
    while page.find(".o_list_view .o_data_row").count():
        page.find(".o_list_view .o_data_row .o_data_cell[name='res_name']").first.click()
        page.await_(".o_form_view button[name='action_approve']:visible")
        page.press("action_approve", ".o_form_view")
        page.button("action_approve", ".o_form_view").wait_for(state="hidden")
        page.open("my-approvals")
    page.open("credit-distribution", wait=".o_graph_view canvas")
    album.take(page, "distribution")
    page.open("customer-credit")
    album.take(page, "customers")
    page.find(".o_data_row td[name='partner_id']", has_text=CUSTOMERS[0]).first.click()
    page.await_(".o_form_view")
    album.take(page, "score")


def stop_an_order(page, album):
    page.open("orders/new", wait=".o_form_view")
    page.choose("partner_id", CUSTOMERS[0])
    page.find(".o_field_x2many_list_row_add a").first.click()
    page.choose("product_template_id", PRODUCT, within=".o_selected_row")
    quantity = page.field("product_uom_qty", ".o_selected_row").locator("input")
    quantity.fill("120")
    quantity.press("Tab")
    page.settle()
    page.find(".o_form_button_save").click()
    page.settle()
    order = page.text(".oe_title [name='name']")
    album.take(page, "banner")
    page.press_refused("action_confirm", look=lambda page: album.take(page, "refusal"))
    page.press("action_approval_submit")
    album.take(page, "under-review")
    page.open("hold-list")
    album.take(page, "hold-list")
    return order


def approve(page, album, order):
    page.open("my-approvals")
    album.take(page, "my-approvals")
    page.find(".o_data_row .o_data_cell[name='res_name']", has_text=order).click()
    page.await_(".o_form_view .o_field_widget[name='ground_ids'] .o_data_row")
    album.take(page, "approval")
    page.press("action_approve", ".o_form_view")
    page.button("action_approve", ".o_form_view").wait_for(state="hidden")


def tell_the_story(sales, auditor, album, order):
    sales.press("action_open_order")  # from the hold list
    sales.await_(".o_form_view [name='approval_banner']")
    sales.press("action_confirm")
    sales.await_(".o_field_widget[name='state'] .o_arrow_button_current[data-value='sale']")
    auditor.open("control-events")
    album.take(auditor, "event-log")
    auditor.find(".o_data_row", has_text=order).first.locator("button[name='action_open_record']").click()
    auditor.await_(".o_form_view [name='approval_banner']")
    album.take(auditor, "story")


def look_around(opened, album):
    administrator = opened.login("regadmin")
    administrator.open("business-controls")
    for group in administrator.find(".o_group_header").all()[::-1]:
        group.click()
        administrator.settle()
    album.take(administrator, "controls")
    administrator.open("approval-rules")
    administrator.open("regulations")
    row = administrator.find(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)").filter(has_text="JJ")
    row.first.click()
    administrator.await_(".o_form_view")
    album.take(administrator, "regulation")
