# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``make screenshots``: the pictures of the documentation, taken anew from the demo company.

Each language has a clone of the product database, in which the demo users have that language; what they do there is the
same. The pictures go to ``docs/images/LANGUAGE/``. ``make screenshots PART=dossiers`` takes those of one part only.
"""

import contextlib
import csv
import datetime
import os
import subprocess
import tempfile
from pathlib import Path

import openpyxl
import psycopg2
from PIL import Image

from . import browser, console, database, order_path, safety_path, system, travel_path

FOLDER = database.REPOSITORY / "docs" / "images"
LANGUAGES = {"zh": ("zh_CN", "zh-CN"), "en": ("en_US", "en-US")}
COLOURS = 128
LARGEST = 150_000  # bytes of a picture
CUSTOMERS = ("桂林市山水房地产开发有限公司", "南宁市恒信建筑装饰有限公司")
PRODUCT = "天然大理石板材"
HIDDEN, OPEN = "贺州市白玉雕刻", "南宁市恒信"  # customers with a dossier
#: A month of a second branch, for the import and for a distribution that is worth looking at.
BRANCH = [
    ("梧州", "贺州", "玉林", "钦州", "防城港", "百色", "河池", "来宾", "崇左", "贵港", "湛江", "茂名"),
    ("石材", "建材", "装饰", "幕墙"),
]
#: A list of customers as salespeople keep it: most are new, one is there, one is a colleague's, two have something wrong.
LIST = [
    ("客户名称", "税号", "联系电话", "城市", "联系人", "来源", "下次拜访日期"),
    ("钦州市滨海湾酒店管理有限公司", "91450700MA5L2K8B1N", "0777-2813366", "钦州市", "宁海波", "老客户介绍", "2027-01-12"),
    ("百色市右江装饰设计工作室", "", "0776-2855019", "百色市", "黄玉兰", "设计师推荐", "2027-01-15"),
    ("河池市金城江文化广场项目部", "", "0778-2290158", "河池市", "覃志明", "", "2027-01-20"),
    ("南宁市恒信建筑装饰有限公司", "91450103MA5K8T2X6P", "0771-5612380", "南宁市", "韦志恒", "", ""),
    ("贺州白玉雕刻", "91451103MA5P6W3D8K", "", "贺州市", "", "", ""),
    ("来宾市桂中大道花园", "", "0772-4278", "来宾市", "蒙丽", "抖音", "2027-01-08"),
    ("", "", "0770-2820066", "防城港市", "", "", ""),
]


def take():
    """Take all pictures, or those of one part; return the exit code."""
    parts = os.environ.get("PART", "").split() or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        raise console.Problem(f"no part of the pictures is called {', '.join(unknown)}: there are {', '.join(PARTS)}")
    system.need_browser()
    system.need_printing()  # fonts
    database.drop_abandoned()
    for name, (language, locale) in LANGUAGES.items():
        with console.step(f"Pictures in {language}") as step:
            folder = FOLDER / name
            folder.mkdir(parents=True, exist_ok=True)
            take_language(folder, language, locale, parts, step)
            step.note = f"{len(list(folder.glob('*.png')))} in {folder.relative_to(database.REPOSITORY)}"
    return 0


def take_language(folder, language, locale, parts, step):
    name = database.clone("product")
    try:
        with contextlib.closing(psycopg2.connect(dbname=name)) as connection, connection, connection.cursor() as cursor:
            cursor.execute("UPDATE res_partner SET lang = %s WHERE id IN (SELECT partner_id FROM res_users"
                           " UNION SELECT partner_id FROM res_company)", [language])
        with browser.served(name) as address, browser.Browser(address, locale) as opened:
            for part in parts:
                PARTS[part](opened, Album(folder, step))
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
        self.shrink(path)

    def take_print(self, page, name, report, record):
        """Take a picture of the first page of what is printed for a record."""
        answer = page.raw.request.get(f"{page.browser.address}/report/pdf/{report}/{record}", timeout=browser.PATIENCE)
        self.take_paper(name, answer.body())

    def take_paper(self, name, content):
        """Take a picture of the first page of a PDF."""
        self.step.progress(name)
        with tempfile.TemporaryDirectory() as folder:
            paper = Path(folder) / "paper.pdf"
            paper.write_bytes(content)
            subprocess.run(["pdftoppm", "-png", "-r", "110", "-singlefile", paper, self.folder / name], check=True)
        self.shrink(self.folder / f"{name}.png")

    def shrink(self, path):
        picture = Image.open(path).convert("RGB")
        picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size > LARGEST:
            raise console.Problem(f"{path} has {path.stat().st_size} bytes, more than {LARGEST}")


def show_credit(opened, album):
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


def show_dossiers(opened, album):
    """A customer is kept, hidden, asked for, opened to a colleague; the traces; a list from Excel."""
    sales, colleague, executive = opened.login("sales"), opened.login("sales2"), opened.login("executive")
    address = keep_dossiers(sales, album)
    request = ask_for_access(colleague, album, address)
    give_access(executive, album, request)
    use_access(colleague, album, address)
    read_logs(opened.login("manager"), album)
    with tempfile.TemporaryDirectory() as folder:
        import_customers(colleague, album, write_list(Path(folder)))


def keep_dossiers(page, album):
    """Look at the dossiers of a salesperson; return the address of the hidden one."""
    page.open("dossiers", wait=".o_kanban_view .o_kanban_record")
    album.take(page, "dossiers")
    open_dossier(page, OPEN)
    page.find(".o_notebook_headers a[name='persons']").click()
    album.take(page, "dossier")
    page.press("action_record_visit")
    page.await_(".modal .o_form_view")
    page.field("note", ".modal").locator("textarea").fill("看了新到的金丝米黄大板，下月定荷园二期的用量。")
    album.take(page, "dossier-visit")
    page.press("action_record", ".modal")
    page.press("action_open_partner")
    page.await_(".o_form_view .o_notebook_headers a[name='dossier']").click()
    page.settle()
    album.take(page, "dossier-tab")
    page.open("dossiers", wait=".o_kanban_view .o_kanban_record")
    card = open_dossier(page, OPEN).rpartition("/")[2]
    page.raw.goto(f"{page.browser.address}/report/html/business_dept.report_dossier_card/{card}")
    page.raw.wait_for_selector(".article")
    album.take(page, "dossier-card")
    page.open("dossiers", wait=".o_kanban_view .o_kanban_record")
    address = open_dossier(page, HIDDEN)
    album.take(page, "dossier-hidden")
    return address


def open_dossier(page, customer):
    """Open the dossier of a customer from the cards; return its address."""
    page.find(".o_kanban_record:not(.o_kanban_ghost)", has_text=customer).first.click()
    page.await_(".o_form_view .o_field_widget[name='secrecy']")
    page.raw.wait_for_url("**/dossiers/*")
    return page.raw.url


def ask_for_access(page, album, address):
    """Follow a link that a colleague sent, and ask for access; return the number of the request."""
    page.raw.goto(address)
    page.raw.wait_for_selector(browser.DIALOG)
    album.take(page, "dossier-refused")
    page.find(f"{browser.DIALOG} .modal-footer .btn-primary").click()
    page.await_(".o_form_view .o_field_widget[name='description'] textarea")
    page.field("description").locator("textarea").fill("贺州做白玉雕刻石材的那家，在旺高工业园区，总经理姓黎")
    page.field("reason").locator("textarea").fill("林晓峰下周出差，由我陪客户看荒料并报价")
    days = page.field("days").locator("input")
    days.fill("5")
    days.press("Tab")
    page.find(".o_form_button_save").click()
    page.settle()
    album.take(page, "dossier-request")
    page.press("action_approval_submit")
    return page.text(".oe_title [name='name']")


def give_access(page, album, request):
    page.open("my-approvals")
    page.find(".o_data_row .o_data_cell[name='res_name']", has_text=request).click()
    page.await_(".o_form_view button[name='action_open_record']").click()
    page.await_(".o_form_view .o_field_widget[name='granted_partner_ids'] input")
    page.choose("granted_partner_ids", HIDDEN)
    days = page.field("granted_days").locator("input")
    days.fill("3")
    days.press("Tab")
    page.find(".o_form_button_save").click()
    page.settle()
    album.take(page, "dossier-picking")
    page.press("action_approval_approve")
    page.button("action_approval_approve").wait_for(state="hidden")
    page.press("action_open_grants")
    page.await_(".o_form_view .o_field_widget[name='date_until']")
    album.take(page, "dossier-grant")


def use_access(page, album, address):
    """Open what was granted."""
    page.raw.goto(address)
    page.await_(".o_form_view .o_field_widget[name='secrecy']")
    album.take(page, "dossier-granted")


def read_logs(page, album):
    page.open("dossier-access", wait=".o_list_view .o_data_row")
    album.take(page, "dossier-access")
    page.open("dossier-changes", wait=".o_list_view .o_data_row")
    album.take(page, "dossier-changes")


def write_list(folder):
    """Write a workbook of customers, with headers that people use."""
    path = folder / "客户名单.xlsx"
    book = openpyxl.Workbook()
    for row in LIST:
        book.active.append(row)
    book.save(path)
    return path


def import_customers(page, album, path):
    page.open("import-customers", wait=".o_form_view")
    page.upload(".o_field_widget[name='file'] .o_select_file_button", path)
    page.press("action_check")
    page.await_(".o_form_view .o_notebook .o_data_row")
    page.find(".o_notebook_headers a[name='all']").click()
    page.await_(".o_field_widget[name='row_ids'] .o_data_row")
    album.take(page, "dossier-import")


def show_orders(opened, album):
    """An order on its whole way: quote, contract, signature, deposit, release, dispatch, balance."""
    sales = opened.login("sales")
    order = show_quote(sales, album)
    contract, address = show_contract(sales, album)
    clear_contract(opened, sales, album, contract, address)
    sign_on_portal(opened.login_portal("customer"), album, order)
    amend(sales, album, address)
    look_at_contracts(opened.login("manager"), album)
    clerk, finance = opened.login("clerk"), opened.login("finance")
    follow(clerk, album, order)
    collect(finance, album, order)
    order_path.open_card(clerk, order)
    clerk.press("action_release_production")
    order_path.validate_delivery(clerk)
    look_at_money(finance, album, order)


def show_quote(page, album):
    """Quote and bargain; return the number of the order."""
    order = order_path.quote(page, "200", "+30d")
    order_path.send(page)
    order_path.bargain(page, "632.4", "+20d")
    top(page)
    album.take(page, "quote-banner")
    order_path.show_page(page, "quote_comparison")
    bottom(page)
    album.take(page, "quote-comparison")
    return order


def top(page):
    """Show the form from its beginning."""
    page.find(".o_form_view .o_form_sheet_bg").first.evaluate("sheet => { sheet.scrollTop = 0; }")


def bottom(page):
    """Show the end of the form."""
    page.find(".o_form_view .o_form_sheet_bg").first.evaluate("sheet => { sheet.scrollTop = sheet.scrollHeight; }")


def show_contract(page, album):
    """Make the contract and submit it; return its number and address."""
    contract = order_path.make_contract(page)
    page.press("action_approval_submit")
    top(page)
    album.take(page, "contract")
    return contract, page.raw.url


def print_document(page, album, report, address, name):
    """Take a picture of what is printed for the record at an address."""
    record = address.rpartition("/")[2]
    page.raw.goto(f"{page.browser.address}/report/html/{report}/{record}")
    page.raw.wait_for_selector(".article")
    album.take(page, name)
    page.raw.goto(address)
    page.await_(".o_form_view")


def clear_contract(opened, sales, album, contract, address):
    """Approve the contract; the salesperson reads it through; how its scan would be filed."""
    for login in ("manager", "executive"):
        order_path.approve(opened.login(login), contract)
    print_document(sales, album, "business_dept.report_contract", address, "contract-pdf")
    sales.press("action_confirm_reading")
    code = sales.text(".o_field_widget[name='code']")
    sales.press("action_file_scan")
    sales.await_(".modal .o_form_view .o_field_widget[name='cabinet']")
    for field, text in (("code", code), ("cabinet", "A3"), ("shelf", "2026-11")):
        order_path.fill(sales, field, text, within=".modal")
    album.take(sales, "contract-file-scan")
    sales.find(".modal .modal-footer button[special='cancel'], .modal .modal-footer .btn-secondary").first.click()
    sales.find(".modal").wait_for(state="detached")


def sign_on_portal(page, album, order):
    order_path.open_on_portal(page, order)
    order_path.sign_on_portal(page, "覃晓燕", look=lambda page: album.take(page, "portal-sign"))
    page.find("#payment_plan").evaluate("plan => plan.scrollIntoView()")
    album.take(page, "portal-plan")


def amend(page, album, address):
    """The customer wants more of it: an amendment that stays a draft."""
    page.raw.goto(address)
    page.await_(".o_form_view button[name='action_amend']:visible")
    page.press("action_amend")
    page.await_(".o_form_view .o_field_widget[name='reason']")
    page.field("reason").locator("textarea, input").first.fill("客户追加大堂地面用料")
    order_path.show_page(page, "lines")
    page.find(".o_field_widget[name='line_ids'] .o_data_row td[name='quantity']").first.click()
    order_path.fill(page, "quantity", "220", within=".o_selected_row")
    order_path.save(page)
    order_path.show_page(page, "difference")
    album.take(page, "amendment")


def look_at_contracts(page, album):
    page.open("contracts", wait=".o_list_view .o_data_row")
    album.take(page, "contracts")
    page.open("missing-contracts", wait=".o_list_view .o_data_row")
    album.take(page, "missing-formal")


def follow(page, album, order):
    """The clerk looks at the board, is refused the release, and sees that the delivery waits."""
    page.open("follow-up", wait=".o_kanban_view")
    order_path.search(page, "市")  # Odoo's own demo orders are of other places
    album.take(page, "follow-up-board")
    order_path.open_card(page, order)
    page.press_refused("action_release_production", look=lambda page: album.take(page, "order-blocked"))
    page.press("action_view_delivery")
    page.await_(".o_form_view .o_field_widget[name='dispatch_banner']")
    album.take(page, "delivery-waits")


def collect(page, album, order):
    """Finance records the deposit."""
    page.open("match-receipts", wait=".o_list_view")
    album.take(page, "match-receipts")
    order_path.record_receipt(page, order, "ICBC-20260318-0072", look=lambda page: album.take(page, "record-receipt"))


def look_at_money(page, album, order):
    order_path.find_order(page, "orders", order)
    order_path.show_page(page, "collection")
    bottom(page)
    album.take(page, "payment-plan")
    print_document(page, album, "business_dept.report_payment_statement", page.raw.url, "statement")
    page.open("overdue-payments", wait=".o_list_view .o_data_row")
    album.take(page, "overdue")
    page.open("recovery", wait=".o_pivot table")
    album.take(page, "recovery")


def show_travel(opened, album):
    """A trip from the request to the settled advance; what finance and managers see of all trips."""
    system.need_page_pictures()
    sales, finance, manager = opened.login("sales"), opened.login("finance"), opened.login("manager")
    ask_for_trip(opened, album)
    show_vehicles(manager, album)
    claim = show_claim(sales, album)
    approve_claim(opened, album, claim)
    settle(finance, album, claim)
    look_at_travel(opened, album, manager)


def ask_for_trip(opened, album):
    """A salesperson asks for a trip in two weeks, with an advance; the executive office decides, for the manager goes along."""
    page, first = opened.login("sales2"), datetime.date.today() + datetime.timedelta(days=14)
    companions = travel_path.LINXF, travel_path.HUANGJG
    trip = travel_path.ask_for_trip(page, first, companions, "拜访广州、佛山石材经销商，洽谈年度供货", "1500")
    album.take(page, "trip-stay")
    for tab, name in (("ways", "trip-request"), ("estimate", "trip-estimate")):
        order_path.show_page(page, tab)
        album.take(page, name)
    page.press("action_approval_submit")
    executive = opened.login("executive")
    order_path.open_approval(executive, trip)
    album.take(executive, "trip-approval")
    executive.press("action_approve", ".o_form_view")
    page.raw.reload()
    page.await_(".o_form_view button[name='action_create_advance']:visible")
    page.press("action_create_advance")
    page.await_(".o_form_view .o_field_widget[name='amount']")
    album.take(page, "advance")


def show_vehicles(page, album):
    page.open("vehicle-requests", wait=".o_list_view .o_data_row")
    page.find(".o_data_row .o_data_cell[name='name']").first.click()
    page.await_(".o_form_view .o_field_widget[name='vehicle_id']")
    album.take(page, "vehicle-request")


def show_claim(page, album):
    """Claim the trip of the demo company: a flight that nobody approved, and a room for two; return the number."""
    page.open("my-trips", wait=".o_list_view")
    page.find(".o_data_row .o_data_cell[name='purpose']", has_text="年度供货").last.click()
    page.await_(".o_form_view button[name='action_make_claim']:visible")
    order_path.show_page(page, "ways")
    album.take(page, "trip-tickets")
    claim = travel_path.make_claim(page)
    travel_path.enter_expense(page, "^南宁 → 广州", "680", ("26457000000000000201", "中国南方航空"), plane=True)
    travel_path.enter_expense(page, "^广州 → 南宁", "169", ("26457000000000000202", "中国铁路"))
    travel_path.enter_expense(page, travel_path.night_in("广州"), "420", ("26447000000000000204", "广州粤海酒店"),
                              guests=(travel_path.ZHOUMIN, travel_path.LINXF), look=lambda page: album.take(page, "expense"))
    album.take(page, "claim")
    travel_path.submit(page)
    return claim


def approve_claim(opened, album, claim):
    manager = opened.login("manager")
    order_path.open_approval(manager, claim)
    manager.press("action_open_record")
    manager.await_(".o_form_view .o_field_widget[name='expense_ids']")
    album.take(manager, "claim-approval")
    manager.press("action_approval_approve")
    order_path.approve(opened.login("finance"), claim)


def settle(page, album, claim):
    """Finance posts the claim, and sets it off against the advance."""
    travel_path.open_claim(page, claim, "claims")
    travel_path.post_expenses(page)
    page.press("action_settle")
    album.take(page, "claim-settled")
    album.take_print(page, "settlement-sheet", "business_dept.report_expense_claim", page.raw.url.rpartition("/")[2])
    page.press("action_return_advance")
    page.await_(".modal .o_form_view .o_field_widget[name='reference']")
    album.take(page, "advance-return")
    page.open("open-advances", wait=".o_list_view .o_data_row")
    album.take(page, "open-advances")


def look_at_travel(opened, album, manager):
    for path, wait, name in (
        ("travel-budget-analysis", ".o_pivot table, .o_graph_view canvas", "travel-budget"),
        ("travel-expense-report", ".o_pivot table", "expense-report"),
    ):
        manager.open(path, wait=wait)
        album.take(manager, name)
    regulations = opened.login("regadmin")
    regulations.open("travel-policies", wait=".o_list_view .o_data_row")
    regulations.find(".o_data_row .o_data_cell[name='state']", has=regulations.find(".text-bg-success")).first.click()
    regulations.await_(".o_form_view .o_field_widget[name='transport_ids']")
    album.take(regulations, "travel-policy")
    regulations.open("travel-policies", wait=".o_list_view .o_data_row")
    draft = regulations.find(".badge:not(.text-bg-success)")
    regulations.find(".o_data_row .o_data_cell[name='state']", has=draft).first.click()
    regulations.await_(".o_form_view button[name='action_compare']:visible")
    regulations.press("action_compare")
    regulations.await_(".modal .o_field_widget[name='differences_html']")
    album.take(regulations, "travel-policy-comparison")


def show_safety(opened, album):
    """A month of safety: inspection and report page on the phone, a major hazard, an incident, a permit, the overview."""
    system.need_page_pictures()
    officer, clerk = opened.login("safety"), opened.login("clerk")
    inspect(opened.login("safety", phone=True), album)
    hazard = report_hazard(officer, opened.visit("stranger", phone=True), album)
    supervise(opened, officer, clerk, album, hazard)
    show_incident(officer, clerk, album)
    show_permit(opened, officer, clerk, album)
    look_at_safety(officer, clerk, album)


def inspect(page, album):
    """Go on with the inspection of the workshop, until one item has failed."""
    safety_path.begin_inspection(page, safety_path.WORKSHOP)
    line = page.find(".o_inspection_open").first.get_attribute("data-line")
    item = page.find(f"[data-line='{line}']")
    safety_path.answer(page, item, "fail")
    safety_path.describe_fail(page, item, "急停按钮被透明胶缠住，按不下去。", safety_path.photo("现场照片"))
    item.evaluate("item => item.scrollIntoView({ block: 'center' })")
    album.take(page, "inspection-sheet")


def report_hazard(officer, stranger, album):
    """Somebody reports what he saw, and answers a question; return the number of the hazard."""
    safety_path.fill_report(stranger, safety_path.find_report_address(officer, safety_path.WORKSHOP))
    stranger.raw.evaluate("scrollTo(0, 0)")
    album.take(stranger, "report-page")
    code = safety_path.send_report(stranger)
    safety_path.open_hazard(officer, safety_path.HAZARD["title"])
    safety_path.ask_reporter(officer, safety_path.HAZARD["question"])
    safety_path.look_with_code(stranger, code)
    safety_path.answer_question(stranger, safety_path.HAZARD["answer"])
    album.take(stranger, "report-progress")
    return safety_path.number_of(officer)


def supervise(opened, officer, clerk, album, hazard):
    """Assess it as major; what the list, the board and the form of an employee's own report look like."""
    safety_path.open_hazard(officer, hazard)
    safety_path.judge(officer, 4, 5)
    safety_path.plan(officer, datetime.date.today() + datetime.timedelta(days=7))
    officer.press("action_assess")
    top(officer)
    album.take(officer, "hazard")
    officer.open("supervised-hazards", wait=".o_list_view .o_data_row")
    album.take(officer, "supervised")
    board = opened.visit("board")
    board.raw.goto(f"{opened.address}{safety_path.find_board_address(officer)}")
    album.take(board, "safety-board")
    clerk.open("report-hazard", wait=".o_form_view .o_field_widget[name='title']")
    order_path.fill(clerk, "title", "仓库西门消防栓被托盘挡住")
    clerk.choose("place_id", safety_path.WAREHOUSE)
    safety_path.attach(clerk, "photo_ids", safety_path.photo("消防栓"))
    album.take(clerk, "report-hazard")
    clerk.press("action_send")


def show_incident(officer, clerk, album):
    """Report an incident, tell the leading group, and ask five times why."""
    incident = safety_path.report_incident(
        clerk, safety_path.WORKSHOP, 2, look=lambda page: album.take(page, "report-incident"))
    safety_path.open_incident(officer, incident)
    officer.press("action_report_up")
    order_path.show_page(officer, "stops")
    album.take(officer, "incident")
    safety_path.investigate(
        officer, datetime.date.today() + datetime.timedelta(days=7), look=lambda page: album.take(page, "incident-causes"))


def show_permit(opened, officer, clerk, album):
    """Ask for hot work where work goes on, have it approved, and print it."""
    safety_path.equip(officer)
    permit = safety_path.ask_for_permit(clerk, safety_path.WAREHOUSE)
    clerk.press("action_approval_submit")
    order_path.approve(opened.login("manager"), permit)
    order_path.approve(officer, permit)
    safety_path.open_permit(officer, permit)
    officer.press("action_confirm_checks")
    album.take(officer, "permit")
    album.take_print(officer, "permit-paper", "business_dept.report_safety_permit", officer.raw.url.rpartition("/")[2])


def look_at_safety(officer, clerk, album):
    clerk.open("my-safety-equipment")
    album.take(clerk, "my-equipment")
    for path, wait, name in (
        ("safety-overview", ".bd-safety-overview [data-tile]", "safety-overview"),
        ("safety-inspection-trend", ".o_graph_view canvas", "inspection-trend"),
        ("safety-supplies", safety_path.CARD, "supplies"),
        ("safety-equipment-missing", ".o_list_view .o_data_row", "equipment-missing"),
        ("environment-records", ".o_list_view", "environment-records"),
        ("safety-responsibilities", ".o_list_view .o_data_row", "responsibilities"),
    ):
        officer.open(path, wait=wait)
        album.take(officer, name)
    officer.open("safety-drills", wait=".o_list_view .o_data_row")
    order_path.remove_filters(officer)
    evaluated = officer.find(".o_data_row", has=officer.find(".text-bg-success"))
    evaluated.first.locator(".o_data_cell[name='name']").click()
    officer.await_(".o_form_view .o_field_widget[name='state']")
    album.take(officer, "drill")
    officer.open("safety-assessments", wait=".o_list_view .o_data_row")
    officer.find(".o_data_row", has_text=safety_path.WORKSHOP).first.locator(".o_data_cell[name='month_name']").click()
    officer.await_(".o_form_view .bd-breakdown")
    album.take(officer, "safety-score")
    safety_path.choose_month(officer, datetime.date.today().replace(day=1) - datetime.timedelta(days=1))
    album.take_paper("month-report", safety_path.download(officer, lambda: officer.press("action_print", ".modal")))


PARTS = {
    "credit": show_credit, "dossiers": show_dossiers, "orders": show_orders, "travel": show_travel, "safety": show_safety,
}
