# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""One order on its whole way, as six people walk it in a browser, in Chinese: from the first quote to the last yuan.

Nothing here calls a method of the server: what a person cannot reach with the mouse does not count.
"""

from dev import browser
from dev import order_path as path
from dev.database import ask

MANAGER, EXECUTIVE, SIGNATORY = "黄建国", "李宗明", "覃晓燕"
FIRST, BARGAINED = "136,000.00", "126,480.00"
DEPOSIT, BALANCE = "37,944.00", "88,536.00"


def test_an_order_walks_the_whole_way(name):
    """JJ-1.2, JJ-1.3, RL-4.3, GF-7, IC-14: quote, bargain, contract, signature, deposit, release, dispatch, balance."""
    with browser.served(name) as address, browser.Browser(address) as opened:
        order, contract = walk(opened, name)
        assert not opened.complaints()
    check(name, order, contract)


def walk(opened, name):
    """Walk the whole path; return the numbers of order and contract."""
    sales, clerk, finance = opened.login("sales"), opened.login("clerk"), opened.login("finance")

    order = quote(sales, name)
    bargain(sales)
    contract = make_contract(sales, name, order)
    approve(opened, name, contract)
    read_through(sales)
    sign(opened.login_portal("customer"), name, order, contract)

    refuse_release(clerk, order)
    receive(finance, name, order, DEPOSIT, "ICBC-0001")
    release(clerk, name, order)
    deliver(clerk, name, order)
    arrive(clerk, name, order)
    receive(finance, name, order, BALANCE, "ICBC-0002")
    settled(clerk, finance, name, order)
    complete(opened.login("admin"), sales, name, contract)
    return order, contract


def quote(page, name):
    """JJ-1.2.3: what was sent first is kept."""
    order = path.quote(page, "200", "+30d")
    path.send(page)
    assert FIRST in page.text(".o_field_widget[name='tax_totals']")
    assert ask(name, """
        SELECT version.occasion, version.number FROM business_content_version version
          JOIN sale_order ON version.res_model = 'sale.order' AND version.res_id = sale_order.id
         WHERE sale_order.name = %s""", order) == [("sent", 1)]
    return order


def bargain(page):
    """JJ-1.2.1, JJ-1.2.3: the banner tells what deviates, by how much, and who may allow it, before any button is pressed."""
    path.bargain(page, "632.4", "+20d")
    banner = page.text("[name='control_banner']")
    for part in ("JJ-1.2.3", "JJ-1.2.1", "JJ-1.2.5", "680.00 → ¥ 632.40", "-7.00 %", "交付日期", BARGAINED, MANAGER, EXECUTIVE):
        assert part in banner, f"{part} is not in {banner}"
    path.show_page(page, "quote_comparison")
    comparison = page.text(".o_field_widget[name='quote_comparison']")
    for part in (FIRST, BARGAINED, "9,520.00", "-7.00 %"):
        assert part in comparison, f"{part} is not in {comparison}"


def make_contract(page, name, order):
    """JJ-1.2.5: a contract in one click; whatever the quotation breaks goes along in its one request."""
    contract = path.make_contract(page)
    text = page.text(".o_field_widget[name='body']")
    for part in (order, path.CUSTOMER, BARGAINED, DEPOSIT):
        assert part in text, f"{part} is not in {text}"
    page.press("action_approval_submit")
    assert MANAGER in page.text("[name='approval_banner']")
    assert ask(name, "SELECT state FROM business_contract WHERE name = %s", contract) == [("review",)]
    return contract


def approve(opened, name, contract):
    """JJ-1.2.4: the manager confirms, then the executive office approves."""
    for login, state in (("manager", "review"), ("executive", "approved")):
        page = opened.login(login)
        path.open_approval(page, contract)
        grounds = page.text(".o_field_widget[name='ground_ids']")
        for part in ("JJ-1.2.5", "JJ-1.2.3", "JJ-1.2.1", "JJ-1.2.2", "-7.00 %"):
            assert part in grounds, f"{part} is not in {grounds}"
        path.approve(page, contract)
        assert ask(name, "SELECT state FROM business_contract WHERE name = %s", contract) == [(state,)]


def read_through(page):
    """WM-2.2.2: we read the whole text once more."""
    page.raw.reload()
    page.await_(".o_form_view button[name='action_confirm_reading']")
    banner = page.text("[name='approval_banner']")
    assert MANAGER in banner and EXECUTIVE in banner
    page.press("action_confirm_reading")
    page.button("action_confirm_reading").wait_for(state="hidden")


def sign(page, name, order, contract):
    """WM-2.2.2: the customer reads the contract on the portal and signs: it is in force, and the order is confirmed."""
    path.open_on_portal(page, order)
    shown = page.text("#portal_contract")
    for part in (contract, BARGAINED, DEPOSIT):
        assert part in shown, f"{part} is not in {shown}"
    path.sign_on_portal(page, SIGNATORY)
    plan = page.text("#payment_plan")
    assert DEPOSIT in plan and BALANCE in plan
    assert ask(name, "SELECT state, signed_by FROM sale_order WHERE name = %s", order) == [("sale", SIGNATORY)]
    assert ask(name, "SELECT state, customer_signed_by, customer_read_by FROM business_contract WHERE name = %s", contract) == [
        ("in_force", SIGNATORY, SIGNATORY)
    ]


def refuse_release(page, order):
    """JJ-1.3.3, JJ-4.1: nothing is made before the deposit; the board shows why, and the refusal how much is missing."""
    path.open_card(page, order)
    said = page.press_refused("action_release_production")
    for part in ("JJ-1.3.3", DEPOSIT, MANAGER):
        assert part in said, said


def receive(page, name, order, amount, reference):
    """IC-14: finance records what the bank statement shows; the amount is the one that is expected."""
    path.record_receipt(page, order, reference, look=lambda page: expect(page, amount))
    assert ask(name, """
        SELECT payment.amount::text, payment.state IN ('in_process', 'paid'), users.login FROM account_payment payment
          JOIN sale_order ON sale_order.id = payment.collection_order_id
          JOIN res_users users ON users.id = payment.collection_confirmed_by_id
         WHERE sale_order.name = %s AND payment.payment_reference = %s""", order, reference
    ) == [(amount.replace(",", ""), True, "finance")]


def expect(page, amount):
    proposed = page.field("amount", ".modal").locator("input").input_value()
    assert amount in proposed, f"{proposed} instead of {amount}"


def release(page, name, order):
    """JJ-1.2.5, JJ-1.3.3: with the deposit in, the same button works."""
    page.raw.reload()
    page.await_(".o_form_view button[name='action_release_production']:visible")
    page.press("action_release_production")
    page.button("action_mark_ready").wait_for()
    assert stage(name, order) == "production"
    page.press("action_mark_ready")
    page.button("action_mark_ready").wait_for(state="hidden")
    assert stage(name, order) == "ready"


def deliver(page, name, order):
    """GF-7: the validated delivery is the dispatch; with it the balance is due."""
    path.validate_delivery(page)
    assert stage(name, order) == "dispatched"
    assert ask(name, """
        SELECT instalment.kind, instalment.state, instalment.amount::text FROM business_payment_instalment instalment
          JOIN sale_order ON sale_order.id = instalment.order_id WHERE sale_order.name = %s ORDER BY instalment.id""", order
    ) == [("deposit", "paid", DEPOSIT.replace(",", "")), ("balance", "due", BALANCE.replace(",", ""))]


def arrive(page, name, order):
    """JJ-1.3: the clerk records the arrival on the delivery."""
    path.record_arrival(page)
    assert stage(name, order) == "arrived"


def settled(clerk, finance, name, order):
    """JJ-1.3.5: delivered and paid: the card stands in the last column, and nothing of it is open any more."""
    clerk.open("follow-up", wait=".o_kanban_view")
    path.search(clerk, order)
    assert not clerk.find(".o_kanban_record:not(.o_kanban_ghost)").count()
    path.remove_filters(clerk)
    path.search(clerk, order)
    column = clerk.find(".o_kanban_group", has=clerk.find(".o_kanban_record", has_text=order))
    assert "已结清" in column.locator(".o_kanban_header").inner_text()
    assert stage(name, order) == "settled"
    path.find_order(finance, "orders", order)
    path.show_page(finance, "collection")
    assert finance.find(".o_notebook .badge.text-bg-success:visible", has_text="已结清").count() == 1


def complete(administrator, page, name, contract):
    """JJ-1.3.5: the nightly job, run by hand, completes the contract; its register says so."""
    (job,), = ask(name, "SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_contract_follow_up'")
    administrator.open(f"ir.cron/{job}", wait=".o_form_view button[name='method_direct_trigger']")
    administrator.press("method_direct_trigger")
    assert ask(name, "SELECT state FROM business_contract WHERE name = %s", contract) == [("completed",)]
    page.open("contracts", wait=".o_list_view")
    path.remove_filters(page)
    assert "已办结" in page.find(".o_data_row", has_text=contract).first.locator("td[name='state']").inner_text()


def stage(name, order):
    (found,), = ask(name, "SELECT follow_stage FROM sale_order WHERE name = %s", order)
    return found


def check(name, order, contract):
    """What the traces say in the end: stopped once, for the deposit; everything else went the way of the contract."""
    assert ask(name, """
        SELECT control.code, event.outcome FROM business_control_event event
          JOIN business_control control ON control.id = event.control_id
          JOIN res_users users ON users.id = event.user_id
         WHERE event.res_model = 'sale.order' AND event.res_name = %s AND users.login = 'clerk'
           AND event.outcome = 'needs_approval'""", order) == [("collection.deposit", "needs_approval")]
    assert ask(name, """
        SELECT approver.login FROM business_approval approval
          JOIN business_approval_approver row ON row.approval_id = approval.id AND row.state = 'approved'
          JOIN res_users approver ON approver.id = row.user_id
         WHERE approval.res_model = 'business.contract' AND approval.res_name = %s AND approval.state = 'approved'
         ORDER BY row.id""", contract) == [("manager",), ("executive",)]
    assert ask(name, "SELECT occasion FROM business_content_version WHERE res_model = 'business.contract' AND res_id ="
                     " (SELECT id FROM business_contract WHERE name = %s) ORDER BY number", contract
    ) == [("approved",), ("signed",)]
