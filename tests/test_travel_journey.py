# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A business trip and an errand in town on their whole way, as five people walk them in a browser, in Chinese.

Zhou Min (salesperson, cap 60), Lin Xiaofeng (senior salesperson, cap 100) and their manager Huang Jianguo (cap 150) go
from Nanning to Guangzhou and Foshan and back, in five days. They leave at 08:10 and are back at 11:20. What the policy pays:

* allowance, each (TE-3): day 0 leaves by noon, 1 (TE-3.2); day 1 hosted, 0 (TE-3.4); days 2 and 3, 1 each; day 4 back by
  noon, ½ (TE-3.3): 3.5 × 30 = 105.00;
* the room that Zhou and Lin share in Guangzhou, claimed by Zhou at 300: (60 + 100) × 80 % = 128 a night, two nights,
  256.00; Lin claims 150 for the same nights: 0.00 (TE-2.7.3);
* the room that they share in Foshan, claimed by Zhou at 240, at most 256: 240.00; Lin leaves it out;
* Huang has his own rooms (TE-2.7.1): 360 in Guangzhou, at most 2 × 150: 300.00; 280 in Foshan, at most 300: 280.00;
* the taxi to Foshan, 126, was approved (TE-2.3): 126.00 to Zhou, 0.00 to Lin, who sat in it (TE-2.6);
* Lin flew out for 680 instead of taking the train that was approved: 108.50, the fare of a hard seat, which is the best
  that his grade may take freely (TE-2.4, TE-2.3);
* the second class of the high-speed train, on request for salespeople and approved (TE-2.3), for the manager his own:
  169.00 out and 162.00 back.

======  =============================================  =========  ========
Zhou    169 + 126 + 162 + 300 + 240 + 105              1,102.00
        169 + 126 + 162 + 256 + 240 + 105                         1,058.00
Lin     680 + 126 + 162 + 150 + 105                    1,223.00
        108.5 + 0 + 162 + 0 + 105                                   375.50
Huang   169 + 162 + 360 + 280 + 105                    1,076.00
        169 + 162 + 300 + 280 + 105                               1,016.00
======  =============================================  =========  ========

Zhou had 1,500.00 with him: 1,500.00 - 1,058.00 = 442.00 to return. His errand in town (TE-1, TE-2.7.2): taxi with leave
32.50, bus 4.00, a night at 128.00, at most 80.00: 116.50 of 164.50; no allowance (TE-3).

Nothing here calls a method of the server: what a person cannot reach with the mouse does not count. Only time passes by itself:
the approvals are dated back to before the departure.
"""

import contextlib
import datetime

import psycopg2

from dev import browser
from dev import travel_path as path
from dev.database import ask
from dev.order_path import approve, show_page

ZHOU, LIN, HUANG = path.ZHOUMIN, path.LINXF, path.HUANGJG
OUT, TAXI, BACK, ALLOWANCE = "^南宁 → 广州", "^广州 → 佛山", "^佛山 → 南宁", "补贴"
IN_GUANGZHOU, IN_FOSHAN, IN_NANNING = map(path.night_in, ("广州", "佛山", "南宁"))
FIRST = datetime.date.today() - datetime.timedelta(days=6)
YESTERDAY = datetime.date.today() - datetime.timedelta(days=1)
TICKETS = [(0, 0, "08:10", "11:40"), (2, 4, "07:40", "11:20")]


def test_a_trip_and_an_errand(name):
    """TE-1.2, TE-2.1 to TE-2.7.3, TE-3 to TE-3.4, IC-7, IC-8, IC-14: asked, approved, travelled, claimed, paid, settled."""
    with browser.served(name) as address, browser.Browser(address) as opened:
        walk(opened, name)
        assert not opened.complaints()


def walk(opened, name):
    zhou, finance = opened.login("sales2"), opened.login("finance")
    trip = ask_for_trip(zhou, name)
    advance = take_money(opened, zhou, finance, name, trip)
    travel(zhou, name, trip)

    first = claim_as_zhou(zhou, name, trip)
    approve_claim(opened, name, first, "manager", "finance")
    second = claim_as_lin(opened.login("sales"), name, trip)
    approve_claim(opened, name, second, "manager", "finance")
    third = claim_as_huang(opened.login("manager"), name, trip)
    approve_claim(opened, name, third, "executive", "finance")
    settle(finance, name, first, advance)

    errand = ask_for_errand(opened, zhou, name)
    claim_errand(zhou, name, errand)


def ask_for_trip(page, name):
    """TE-2.3: what is on request says why; the manager goes along, so the executive office decides (IC-7)."""
    trip = path.ask_for_trip(page, FIRST, (LIN, HUANG), "拜访广州、佛山石材经销商，洽谈年度供货", "1500")
    show_page(page, "estimate")
    page.press("action_approval_submit")
    approve(page.browser.login("executive"), trip)
    assert ask(name, "SELECT state FROM business_travel_request WHERE name = %s", trip) == [("approved",)]
    pass_time(name, trip)
    return trip


def pass_time(name, request):
    """Let the approval of a request be two days older than the first day."""
    with contextlib.closing(psycopg2.connect(dbname=name)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE business_travel_request SET date_approved = date_from - interval '2 days' WHERE name = %s", [request])


def take_money(opened, page, finance, name, trip):
    """IC-14: the advance is approved by manager and finance, and finance pays it."""
    path.open_trip(page, trip)
    page.press("action_create_advance")
    page.await_(".o_form_view .o_field_widget[name='amount']")
    advance = page.text(".oe_title [name='name']")
    page.press("action_approval_submit")
    approve(opened.login("manager"), advance)
    approve(finance, advance)
    path.pay_advance(finance, advance, "ICBC-JZ-0001")
    assert ask(name, "SELECT state, paid_amount, open_amount FROM business_travel_advance WHERE name = %s", advance) == [
        ("paid", 1500, 1500)]
    return advance


def travel(page, name, trip):
    """TE-3.1: the times of the tickets are entered once, for all three."""
    path.open_trip(page, trip)
    path.enter_tickets(page, FIRST, TICKETS)
    assert ask(name, """
        SELECT count(*) FROM business_travel_leg leg JOIN business_travel_request trip ON trip.id = leg.request_id
         WHERE trip.name = %s AND leg.ticket_departure = leg.departure AND leg.ticket_arrival = leg.arrival""", trip) == [(2,)]


def claim_as_zhou(page, name, trip):
    """TE-2.7.3: one claims the room and names both."""
    path.open_trip(page, trip)
    claim = path.make_claim(page)
    path.enter_expense(page, OUT, "169", ("26457000000000000101", "中国铁路"))
    path.enter_expense(page, TAXI, "126", ("26447000000000000102", "广州出租车"))
    path.enter_expense(page, BACK, "162", ("26447000000000000103", "中国铁路"))
    path.enter_expense(page, IN_GUANGZHOU, "300", ("26447000000000000104", "广州粤海酒店"), guests=(ZHOU, LIN))
    path.enter_expense(page, IN_FOSHAN, "240", ("26447000000000000105", "佛山石湾宾馆"), guests=(ZHOU, LIN))
    expect(page, name, claim, OUT, "169.00", "169.00")
    expect(page, name, claim, TAXI, "126.00", "126.00")
    expect(page, name, claim, BACK, "162.00", "162.00")
    expect(page, name, claim, IN_GUANGZHOU, "300.00", "256.00", "TE-2.7.3", ZHOU, LIN)
    expect(page, name, claim, IN_FOSHAN, "240.00", "240.00")
    expect(page, name, claim, ALLOWANCE, "105.00", "105.00", "3.5", "TE-3.1", "TE-3.4")
    submit(page, name, claim, "1102.00", "1058.00")
    return claim


def claim_as_lin(page, name, trip):
    """TE-2.4, TE-2.6, TE-2.7.3: a flight at the train fare; taxi and room that a colleague has claimed are not paid."""
    path.open_trip(page, trip)
    claim = path.make_claim(page)
    path.enter_expense(page, OUT, "680", ("26457000000000000201", "中国南方航空"), plane=True)
    path.enter_expense(page, TAXI, "126", ("26447000000000000202", "广州出租车"))
    path.enter_expense(page, BACK, "162", ("26447000000000000203", "中国铁路"))
    path.enter_expense(page, IN_GUANGZHOU, "150", ("26447000000000000204", "广州粤海酒店"), guests=(ZHOU, LIN))
    path.leave_out(page, IN_FOSHAN)
    expect(page, name, claim, OUT, "680.00", "108.50", "TE-2.4", "108.50")
    expect(page, name, claim, TAXI, "126.00", "0.00", "TE-2.6", ZHOU)
    expect(page, name, claim, BACK, "162.00", "162.00")
    expect(page, name, claim, IN_GUANGZHOU, "150.00", "0.00", "TE-2.7.3", ZHOU)
    expect(page, name, claim, ALLOWANCE, "105.00", "105.00", "3.5")
    submit(page, name, claim, "1223.00", "375.50")
    return claim


def claim_as_huang(page, name, trip):
    """TE-2.7.1, TE-2.2: a manager has a room and caps of his own."""
    path.open_trip(page, trip)
    claim = path.make_claim(page)
    path.enter_expense(page, OUT, "169", ("26457000000000000301", "中国铁路"))
    path.leave_out(page, TAXI)
    path.enter_expense(page, BACK, "162", ("26447000000000000303", "中国铁路"))
    path.enter_expense(page, IN_GUANGZHOU, "360", ("26447000000000000304", "广州粤海酒店"))
    path.enter_expense(page, IN_FOSHAN, "280", ("26447000000000000305", "佛山石湾宾馆"))
    expect(page, name, claim, OUT, "169.00", "169.00")
    expect(page, name, claim, IN_GUANGZHOU, "360.00", "300.00", "TE-2.7.1", "300.00")
    expect(page, name, claim, IN_FOSHAN, "280.00", "280.00")
    expect(page, name, claim, ALLOWANCE, "105.00", "105.00", "3.5")
    submit(page, name, claim, "1076.00", "1016.00")
    return claim


def expect(page, name, claim, words, claimed, allowed, *why):
    """An expense shows what was claimed, what is allowed and why; the database holds the same."""
    row = path.row_of(page, words)
    for field, amount in (("claimed_amount", claimed), ("allowed_amount", allowed)):
        shown = row.locator(f"td[name='{field}']").inner_text()
        assert shown.split()[-1] == amount, f"{words}: {field} is {shown} instead of {amount}"
    reason = row.locator("td[name='allowed_reason']").inner_text()
    for part in why:
        assert part in reason, f"{words}: {part} is not in {reason}"
    stored = ask(name, """
        SELECT round(expense.claimed_amount, 2)::text, round(coalesce(expense.allowed_amount, 0), 2)::text
          FROM hr_expense expense JOIN business_expense_claim claim ON claim.id = expense.claim_id
         WHERE claim.name = %s AND expense.name ~ %s""", claim, words)
    assert stored == [(claimed, allowed)], f"{words}: {stored} is stored"


def submit(page, name, claim, claimed, payable):
    """RL-4.3: submitted, the expenses are cut to what is allowed and stay as they are."""
    path.submit(page)
    assert ask(name, """
        SELECT state, round(claimed_amount, 2)::text, round(payable_amount, 2)::text
          FROM business_expense_claim WHERE name = %s""", claim) == [("review", claimed, payable)]


def approve_claim(opened, name, claim, *logins):
    """IC-8: manager, then finance; the manager's own goes to the executive office (IC-7)."""
    for login in logins:
        approve(opened.login(login), claim)
    assert ask(name, "SELECT state FROM business_expense_claim WHERE name = %s", claim) == [("approved",)]
    assert ask(name, """
        SELECT users.login FROM business_approval approval
          JOIN business_approval_approver row ON row.approval_id = approval.id AND row.state = 'approved'
          JOIN res_users users ON users.id = row.user_id
          JOIN business_expense_claim claim ON claim.id = approval.res_id
         WHERE approval.res_model = 'business.expense.claim' AND claim.name = %s ORDER BY row.date""", claim
    ) == [(login,) for login in logins]


def settle(page, name, claim, advance):
    """IC-14: finance posts the claim and sets it off against the advance; what is left comes back."""
    path.open_claim(page, claim, "claims")
    path.post_expenses(page)
    page.press("action_settle")
    assert "442.00" in page.text(".o_field_widget[name='give_back_amount']")
    page.press("action_return_advance")
    path.confirm_money(page, "收据 0001")
    assert ask(name, """
        SELECT state, round(settled_amount, 2)::text, round(returned_amount, 2)::text, round(open_amount, 2)::text
          FROM business_travel_advance WHERE name = %s""", advance) == [("settled", "1058.00", "442.00", "0.00")]
    assert ask(name, "SELECT state FROM business_expense_claim WHERE name = %s", claim) == [("paid",)]
    check_sheet(page)


def check_sheet(page):
    """The settlement sheet says it in words, too."""
    page.raw.goto(f"{page.browser.address}/report/html/business_dept.report_expense_claim/{page.raw.url.rpartition('/')[2]}")
    page.raw.wait_for_selector(".article")
    sheet = page.text(".bd-claim")
    for part in ("差旅费报销单", ZHOU, LIN, HUANG, "壹仟零伍拾捌元整", "1,102.00", "1,058.00", "1,500.00", "442.00"):
        assert part in sheet, f"{part} is not in {sheet}"


def ask_for_errand(opened, page, name):
    """TE-1.2, TE-2.7.2: taxi and night in town with leave of the manager."""
    errand = path.ask_for_errand(page, YESTERDAY, "夜间送样板到东盟商务区工地并监装")
    page.press("action_approval_submit")
    approve(opened.login("manager"), errand)
    pass_time(name, errand)
    return errand


def claim_errand(page, name, errand):
    """TE-1.1, TE-1.2, TE-2.7.2, TE-3: in town no allowance, and at most 80 for the night."""
    path.open_trip(page, errand)
    claim = path.make_claim(page)
    taxi, bus, night = "出租车$", "公.*$", IN_NANNING
    path.enter_expense(page, taxi, "32.5", ("26457000000000000401", "南宁出租车"))
    path.enter_expense(page, bus, "4", ("26457000000000000402", "南宁公交"))
    path.enter_expense(page, night, "128", ("26457000000000000403", "南宁东盟酒店"))
    expect(page, name, claim, taxi, "32.50", "32.50")
    expect(page, name, claim, bus, "4.00", "4.00")
    expect(page, name, claim, night, "128.00", "80.00", "TE-2.7.2", "80.00")
    submit(page, name, claim, "164.50", "116.50")
