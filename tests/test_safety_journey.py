# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""A month of safety in the demo company, as four users walk it in a browser, and one whom nobody knows; in Chinese.

Qin Dayong (safety officer), Liang Zhiqiang (clerk), Huang Jianguo (department manager, sits in the leading group) and Li
Zongming (executive office, its chair). The fifth scans the poster in the workshop with his phone and stays unknown.

* The officer goes on with this month's inspection of the workshop, on his phone: one item fails, one does not apply.
* Somebody reports that the hook of the crane has lost its latch: likely 4 × fatal 5 = 20, a major hazard (SM-4.2.3). It is
  supervised, put right by Liang, verified by Qin, and removed from the list by Li.
* A rack of glass falls on a foot in the warehouse: work stands still there (SM-4.4.1), so the hot work for which Liang asks
  is refused. Four questions are settled (SM-4.4.2, SM-4.4.3), Huang lets work go on, and the permit goes its way.
* The overview counts what the month has left, and the month's report is printed.

Nothing here calls a method of the server: what a person cannot reach with mouse or finger does not count.
"""

import datetime

from dev import browser
from dev import safety_path as path
from dev.database import ask
from dev.order_path import approve, save, show_page
from dev.safety_path import HAZARD, INCIDENT, WAREHOUSE, WORKSHOP

TODAY = datetime.date.today()
IN_A_WEEK = TODAY + datetime.timedelta(days=7)
FAILED = "玻璃架稳固"
FOUND = "3号原片架绑带松脱，两片原片没靠稳，下方是人行通道。"


def test_a_month_of_safety(name):
    """SM-2.1, SM-4.2 to SM-4.4, SD-11, SD-12: inspected, reported, put right, removed, investigated, permitted, counted."""
    with browser.served(name) as address, browser.Browser(address) as opened:
        walk(opened, name)
        assert not opened.complaints()


def walk(opened, name):
    inspect(opened.login("safety", phone=True), name)

    officer, stranger = opened.login("safety"), opened.visit("stranger", phone=True)
    code = report_unknown(officer, stranger, name)
    hazard = question_and_answer(officer, stranger, name, code)

    clerk, manager, executive = (opened.login(login) for login in ("clerk", "manager", "executive"))
    board = open_board(opened, officer)
    assess(officer, name, hazard)
    supervise(manager, clerk, name, hazard, board)
    remove(officer, clerk, executive, name, hazard, board)
    look_again(stranger, code)

    incident = report_incident(clerk, officer, name)
    permit = refuse_permit(clerk, name)
    tell_leading_group(officer, executive, name, incident)
    investigate(officer, name, incident)
    lift_stop(officer, manager, clerk, name, incident)
    settle(officer, manager, executive, clerk, name, incident)
    work(officer, manager, clerk, name, permit)

    look_at_month(officer, name)


def traced(name, code, number):
    """How often a control refused something of a record."""
    return ask(name, """
        SELECT count(*) FROM business_control_event event JOIN business_control control ON control.id = event.control_id
         WHERE control.code = %s AND event.res_name LIKE %s AND event.outcome = 'refused'""", code, f"%{number}%")[0][0]


# --- inspection -------------------------------------------------------------------------------------------------------

def inspect(page, name):
    """SD-11, SM-4.2.1: answered with a thumb; not closed with holes, nor with a fail that nobody described."""
    path.begin_inspection(page, WORKSHOP)
    number = page.text(".o_inspection_head .text-muted").split()[0]
    assert ask(name, "SELECT state, month FROM business_safety_inspection WHERE name = %s", number) == [
        ("open", TODAY.replace(day=1))]
    assert page.raw.evaluate("document.documentElement.scrollWidth") <= 390

    assert page.find(".o_inspection_close").is_disabled()
    holes = page.find(".o_inspection_open").count()
    assert str(holes) in page.text(".o_inspection_close")
    failing = page.find(".o_inspection_item", has_text=FAILED).first
    path.answer(page, failing, "fail")
    path.answer(page, page.find(".o_inspection_open").first, "na")
    assert page.find(".o_inspection_close").is_disabled()
    path.answer_rest(page, "pass")

    path.close_inspection(page)
    refusal = page.close_refusal()
    assert FAILED in refusal
    assert "照片" in refusal
    assert traced(name, "safety.inspection_complete", number) == 1

    path.describe_fail(page, failing, FOUND, path.photo("原片架"))
    path.close_inspection(page)
    page.await_(".o_inspection_score")
    expect_score(page, name, number)
    assert not page.find(".o_inspection_answer").count()

    failing.locator(".o_inspection_hazard button").tap()
    page.await_(".o_form_view .o_field_widget[name='inspection_id']")
    assert ask(name, """
        SELECT hazard.state, hazard.source, hazard.title, hazard.name, count(photo.*)
          FROM business_safety_hazard hazard JOIN business_safety_inspection inspection ON inspection.id = hazard.inspection_id
          LEFT JOIN business_safety_hazard_photo_rel photo ON photo.business_safety_hazard_id = hazard.id
         WHERE inspection.name = %s GROUP BY hazard.id""", number
    ) == [("reported", "inspection", FOUND.rstrip("。"), path.number_of(page), 1)]


def expect_score(page, name, number):
    """The score is the share of the weight that passed, of what applied."""
    [(closed, score, share)] = ask(name, """
        SELECT inspection.state, inspection.score,
               round(100.0 * sum(line.weight) FILTER (WHERE line.result = 'pass')
                           / sum(line.weight) FILTER (WHERE line.result != 'na'), 1)
          FROM business_safety_inspection inspection JOIN business_safety_inspection_line line
            ON line.inspection_id = inspection.id
         WHERE inspection.name = %s GROUP BY inspection.id""", number)
    assert closed == "closed"
    assert page.text(".o_inspection_score") == f"{score:.1f}" == f"{share:.1f}"
    assert 0 < score < 100


# --- report page ------------------------------------------------------------------------------------------------------

def report_unknown(officer, stranger, name):
    """SM-4.2.2: a report without an account, from the code on the wall; it keeps nothing of who sent it."""
    address = path.find_report_address(officer, WORKSHOP)
    path.fill_report(stranger, address)
    assert WORKSHOP in stranger.text("header")
    assert "隐患" in stranger.text("h1")
    assert stranger.raw.evaluate("document.documentElement.scrollWidth") <= 390
    code = path.send_report(stranger)
    assert ask(name, """
        SELECT hazard.state, hazard.source, hazard.is_anonymous, hazard.reporter_id, hazard.create_uid, place.name->>'en_US'
          FROM business_safety_hazard hazard JOIN business_safety_place place ON place.id = hazard.place_id
         WHERE hazard.title = %s""", HAZARD["title"]) == [("reported", "report", True, None, 1, WORKSHOP)]
    assert not stranger.raw.context.cookies()
    return code


def question_and_answer(officer, stranger, name, code):
    """SM-4.2.2: the officer is told, and asks whom nobody knows; return the number of the hazard."""
    path.open_hazard(officer, HAZARD["title"])
    number = path.number_of(officer)
    assert told(name, number, "safety") == 1
    assert officer.find(".o-mail-Activity").count()
    path.ask_reporter(officer, HAZARD["question"])

    path.look_with_code(stranger, code)
    assert number in stranger.text("header")
    assert HAZARD["question"] in stranger.text("main")
    path.answer_question(stranger, HAZARD["answer"])
    assert HAZARD["answer"] in stranger.text("main")

    path.open_hazard(officer, number)
    show_page(officer, "reporter")
    assert HAZARD["answer"] in officer.text(".o_field_widget[name='report_message_ids']")
    assert told(name, number, "safety") == 2
    assert ask(name, """
        SELECT message.kind, message.user_id IS NULL FROM business_safety_report_message message
          JOIN business_safety_hazard hazard ON hazard.id = message.hazard_id
         WHERE hazard.name = %s ORDER BY message.id""", number) == [("question", False), ("answer", True)]
    return number


def told(name, number, login, model="business.safety.hazard"):
    """How many activities of a record somebody has."""
    table = model.replace(".", "_")
    return ask(name, f"""
        SELECT count(*) FROM mail_activity activity JOIN res_users users ON users.id = activity.user_id
          JOIN {table} record ON record.id = activity.res_id AND activity.res_model = %s
         WHERE record.name = %s AND users.login = %s AND activity.active""", model, number, login)[0][0]


def look_again(stranger, code):
    """SM-4.2.2: with the code one sees that it is done, and what was done."""
    path.look_with_code(stranger, code)
    assert HAZARD["done"] in stranger.text("main")
    assert "已整改" in stranger.text("main section h2")


# --- major hazard -----------------------------------------------------------------------------------------------------

def open_board(opened, officer):
    """SM-4.2.3: the board on the wall, which needs no login."""
    address = path.find_board_address(officer)
    board = opened.visit("board")
    board.raw.goto(f"{opened.address}{address}")
    assert HAZARD["title"] not in board.text("body")
    return board


def assess(officer, name, hazard):
    """SM-4.2.1, SM-4.2.3: a major hazard is assessed only with its whole plan."""
    path.open_hazard(officer, hazard)
    path.judge(officer, 4, 5)
    refusal = officer.press_refused("action_assess")
    for words in ("整改措施", "整改人", "督办人"):
        assert words in refusal
    assert traced(name, "safety.hazard_plan", hazard) == 1
    path.plan(officer, IN_A_WEEK)
    officer.press("action_assess")
    assert ask(name, """
        SELECT state, risk, level, is_major, date_listed IS NOT NULL FROM business_safety_hazard WHERE name = %s""", hazard
    ) == [("rectifying", 20, "extreme", True, True)]


def supervise(manager, clerk, name, hazard, board):
    """SM-4.2.3: on the list and on the board until it is removed, with progress every week."""
    manager.open("supervised-hazards", wait=".o_list_view .o_data_row")
    row = manager.find(".o_data_row", has_text=hazard)
    assert path.MANAGER in row.inner_text()
    row.locator(".o_data_cell[name='title']").click()
    manager.await_(".o_form_view .o_field_widget[name='state']")
    board.raw.reload()
    assert HAZARD["title"] in board.text("main")

    path.open_hazard(clerk, hazard)
    clerk.press("action_progress")
    path.say(clerk, "卡子已到货，明天停机更换。", "60")
    manager.raw.reload()
    show_page(manager, "progress")
    assert "卡子已到货" in manager.text(".o_field_widget[name='progress_ids']")
    board.raw.reload()
    assert "60 %" in board.text("main article:has-text('行车吊钩')")


def remove(officer, clerk, executive, name, hazard, board):
    """SM-4.2.1, SM-4.2.3: shown, verified by somebody else, and removed by the leading group only."""
    fill_note(clerk)
    refusal = clerk.press_refused("action_rectified")
    assert "整改证据" in refusal
    assert traced(name, "safety.hazard_evidence", hazard) == 1
    path.show_done(clerk)
    clerk.press("action_rectified")
    assert not clerk.button("action_verify").count()

    path.open_hazard(officer, hazard)
    officer.press("action_verify")
    path.say(officer, HAZARD["verified"])
    assert ask(name, "SELECT state FROM business_safety_hazard WHERE name = %s", hazard) == [("removal",)]
    board.raw.reload()
    assert HAZARD["title"] in board.text("main")

    approve(executive, hazard)
    assert ask(name, """
        SELECT hazard.state, rectified.login, verified.login, approval.state, removed.login
          FROM business_safety_hazard hazard JOIN business_approval approval ON approval.id = hazard.removal_id
          JOIN business_approval_approver row ON row.approval_id = approval.id AND row.state = 'approved'
          JOIN res_users rectified ON rectified.id = hazard.rectified_by_id
          JOIN res_users verified ON verified.id = hazard.verified_by_id
          JOIN res_users removed ON removed.id = row.user_id
         WHERE hazard.name = %s""", hazard) == [("closed", "clerk", "safety", "approved", "executive")]
    board.raw.reload()
    assert HAZARD["title"] not in board.text("body")


def fill_note(page):
    show_page(page, "work")
    path.fill(page, "rectification_note", HAZARD["done"])


# --- incident ---------------------------------------------------------------------------------------------------------

def report_incident(clerk, officer, name):
    """SM-4.4.1: who was there reports it; work stands still at once, and the officer is told."""
    number = path.report_incident(clerk, WAREHOUSE, 2)
    assert ask(name, """
        SELECT place.name->>'en_US', stop.date_lifted, incident.state FROM business_safety_stop stop
          JOIN business_safety_incident incident ON incident.id = stop.incident_id
          JOIN business_safety_place place ON place.id = stop.place_id
         WHERE incident.name = %s""", number) == [(WAREHOUSE, None, "draft")]
    assert told(name, number, "safety", "business.safety.incident") == 1
    officer.open("safety-overview", wait=".bd-safety-overview")
    assert WAREHOUSE in officer.text(".bd-safety-overview .alert-danger")
    return number


def refuse_permit(clerk, name):
    """SM-4.4.1: no permit where work stands still; return its number."""
    number = path.ask_for_permit(clerk, WAREHOUSE)
    refusal = clerk.text("[name='control_banner']")
    for words in (WAREHOUSE, "停工", "SM-4.4.1", "不允许执行"):
        assert words in refusal
    assert not clerk.button("action_approval_submit").count()
    assert ask(name, "SELECT state FROM business_safety_permit WHERE name = %s", number) == [("draft",)]
    return number


def tell_leading_group(officer, executive, name, incident):
    """SM-4.4.1: the leading group is told within the hours of the severity, each by name."""
    path.open_incident(officer, incident)
    officer.press("action_report_up")
    assert ask(name, """
        SELECT users.login FROM business_safety_incident_notice notice
          JOIN business_safety_incident incident ON incident.id = notice.incident_id
          JOIN res_users users ON users.id = notice.user_id
         WHERE incident.name = %s AND notice.occasion = 'reported' ORDER BY users.login""", incident
    ) == [("executive",), ("finance",), ("manager",)]
    assert ask(name, "SELECT state, is_report_late FROM business_safety_incident WHERE name = %s", incident) == [
        ("investigating", False)]
    path.open_incident(executive, incident)
    assert executive.find(".o-mail-Activity", has_text=incident).count()


def investigate(officer, name, incident):
    """SM-4.4.2: not finished without facts, whys and measures."""
    refusal = officer.press_refused("action_finish_investigation")
    assert "为什么" in refusal
    assert traced(name, "safety.incident_investigation", incident) == 1
    path.investigate(officer, IN_A_WEEK)
    officer.press("action_finish_investigation")
    assert ask(name, """
        SELECT incident.state, cause.root_cause FROM business_safety_incident incident
          JOIN business_safety_incident_cause cause ON cause.incident_id = incident.id
         WHERE incident.name = %s""", incident) == [("acting", INCIDENT["whys"][-1])]


def lift_stop(officer, manager, clerk, name, incident):
    """SM-4.4.1: work goes on when somebody allowed says so, after what has to be done before."""
    show_page(officer, "stops")
    assert not officer.find("button[name='action_lift_stop']").count()
    path.open_incident(manager, incident)
    path.lift_stop(manager)
    manager.await_(".modal .o_form_view .o_field_widget[name='reason'] textarea")
    path.fill(manager, "reason", INCIDENT["lift"], within=".modal")
    refusal = manager.press_refused("action_confirm", ".modal")
    assert INCIDENT["action"] in refusal
    assert ask(name, """
        SELECT count(*) FROM business_control_event event JOIN business_control control ON control.id = event.control_id
         WHERE control.code = 'safety.stop_lift' AND event.outcome = 'refused'""") == [(1,)]

    path.open_action(clerk)
    path.fill(clerk, "done_note", INCIDENT["done"])
    path.attach(clerk, "evidence_ids", path.photo("停放位划线"))
    save(clerk)
    clerk.press("action_done")
    assert not clerk.button("action_effective").count()

    manager.press("action_confirm", ".modal")
    manager.find(".modal").wait_for(state="detached")
    assert ask(name, """
        SELECT stop.date_lifted IS NOT NULL, users.login, stop.lift_reason FROM business_safety_stop stop
          JOIN business_safety_incident incident ON incident.id = stop.incident_id
          JOIN res_users users ON users.id = stop.lifted_by_id
         WHERE incident.name = %s""", incident) == [(True, "manager", INCIDENT["lift"])]


def settle(officer, manager, executive, clerk, name, incident):
    """SM-4.4.2, SM-4.4.3: closed when measures have their effect, somebody answers for it, and everybody is taught."""
    path.open_incident(officer, incident)
    refusal = officer.press_refused("action_close")
    assert INCIDENT["action"] in refusal
    assert traced(name, "safety.incident_actions_open", incident) == 1

    path.open_action(officer)
    path.fill(officer, "check_note", INCIDENT["effect"])
    save(officer)
    officer.press("action_effective")
    assert ask(name, """
        SELECT action.state, done.login, checked.login FROM business_safety_action action
          JOIN business_safety_incident incident ON incident.id = action.incident_id
          JOIN res_users done ON done.id = action.done_by_id JOIN res_users checked ON checked.id = action.checked_by_id
         WHERE incident.name = %s""", incident) == [("effective", "clerk", "safety")]

    path.open_incident(officer, incident)
    penalty = path.propose_penalty(officer)
    approve(manager, penalty)
    approve(executive, penalty)
    assert ask(name, """
        SELECT award.kind, award.state, employee.name FROM business_safety_award award
          JOIN hr_employee employee ON employee.id = award.employee_id WHERE award.name = %s""", penalty
    ) == [("penalty", "approved", path.DRIVER)]

    path.open_incident(officer, incident)
    show_page(officer, "settled")
    path.fill(officer, "lessons", INCIDENT["lessons"])
    save(officer)
    officer.press("action_make_lesson")
    officer.await_(".o_form_view .o_field_widget[name='clauses_html']")
    approve(executive, incident)
    read_lesson(clerk, name, incident)

    path.open_incident(officer, incident)
    officer.press("action_close")
    assert ask(name, "SELECT state FROM business_safety_incident WHERE name = %s", incident) == [("closed",)]


def read_lesson(clerk, name, incident):
    """SM-4.4.3: an employee is asked to read the lesson, and confirms it; it names nobody."""
    path.open_lesson(clerk, WAREHOUSE)
    words = clerk.text(".o_form_view")
    assert INCIDENT["lessons"].split("\n")[0] in words
    assert path.DRIVER not in words
    clerk.press("action_acknowledge")
    assert ask(name, """
        SELECT users.login FROM business_regulation_acknowledgement reading
          JOIN business_regulation lesson ON lesson.id = reading.regulation_id
          JOIN business_safety_incident incident ON incident.id = lesson.safety_incident_id
          JOIN res_users users ON users.id = reading.user_id
         WHERE incident.name = %s AND reading.state = 'confirmed'""", incident) == [("clerk",)]


# --- permit -----------------------------------------------------------------------------------------------------------

def work(officer, manager, clerk, name, permit):
    """SM-4.3.1, SM-4.3.2: who works is equipped first; asked for, approved by two, printed, confirmed on site, started, and
    closed with a check of the site."""
    path.open_permit(clerk, permit)
    refusal = clerk.text("[name='control_banner']")
    for words in (path.WELDER, path.GLAZIER, "护目镜", "SM-4.3.2"):
        assert words in refusal
    assert not clerk.button("action_approval_submit").count()
    path.equip(officer)
    path.open_permit(clerk, permit)
    clerk.press("action_approval_submit")
    approve(manager, permit)
    approve(officer, permit)
    path.open_permit(clerk, permit)
    paper = path.download(clerk, clerk.find(".o_statusbar_buttons button:has-text('打印')").first.click)
    assert paper.startswith(b"%PDF")
    check_paper(clerk, permit)
    assert not clerk.button("action_confirm_checks").count()

    path.open_permit(officer, permit)
    officer.press("action_confirm_checks")
    clerk.raw.reload()
    clerk.await_("button[name='action_start']:visible")
    clerk.press("action_start")
    officer.raw.reload()
    officer.await_("button[name='action_close']:visible")
    path.check_site(officer)
    path.press_yes(officer, "action_close")
    assert ask(name, """
        SELECT permit.state, started.login, closed.login FROM business_safety_permit permit
          JOIN res_users started ON started.id = permit.started_by_id JOIN res_users closed ON closed.id = permit.closed_by_id
         WHERE permit.name = %s""", permit) == [("closed", "clerk", "safety")]


def check_paper(page, permit):
    record = page.raw.url.rpartition("/")[2]
    paper = page.raw.request.get(f"{page.browser.address}/report/html/business_dept.report_safety_permit/{record}").text()
    for part in (permit, WAREHOUSE, path.WELDER, path.GLAZIER, "动火作业", "data:image/"):
        assert part in paper, f"{part} is not on the permit"


# --- month ------------------------------------------------------------------------------------------------------------

COUNTS = {
    "inspections_overdue": "business_safety_inspection WHERE state = 'open' AND date_deadline < %(today)s",
    "supervised": "business_safety_hazard WHERE is_major AND state IN ('reported', 'rectifying', 'verifying', 'removal')",
    "hazards_overdue": """business_safety_hazard
        WHERE state IN ('reported', 'rectifying', 'verifying', 'removal') AND date_deadline < %(today)s""",
    "actions": "business_safety_action WHERE state = 'open' AND date_deadline < %(today)s",
    "incidents": "business_safety_incident WHERE state != 'closed'",
}
"""What the tiles count, counted once more."""


def look_at_month(officer, name):
    """SM-2.1, SD-5.6: the overview counts what is there, and the month's report is printed."""
    tiles = path.read_tiles(officer)
    for tile, rows in COUNTS.items():
        [(count,)] = ask(name, f"SELECT count(*) FROM {rows}" if "%" not in rows else (
            f"SELECT count(*) FROM {rows % {'today': 'DATE ' + repr(str(TODAY))}}"))
        assert tiles[tile] == count, f"{tile} shows {tiles[tile]} instead of {count}"
    assert not officer.find(".bd-safety-overview .alert-danger").count()
    assert officer.text("[data-days='company']") == "0"

    path.choose_month(officer, TODAY)
    assert path.download(officer, lambda: officer.press("action_print", ".modal")).startswith(b"%PDF")
    [(record,)] = ask(name, "SELECT max(id) FROM business_safety_month_report")
    report = officer.raw.request.get(
        f"{officer.browser.address}/report/html/business_dept.report_safety_month/{record}").text()
    for part in ("安全生产月报", f"{TODAY.year}", WORKSHOP, WAREHOUSE):
        assert part in report, f"{part} is not in the report of the month"
