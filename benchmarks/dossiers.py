# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Hidden customers: what a salesperson's lists cost beside the same calls of the superuser, in one process (JJ-3.6).

Partners are multiplied by SQL from rows that Odoo made: four in five are companies, one in five is a contact of one. 200
salespeople own them. Names, cities and owners follow from a hash of the row's number, so neither the order of the names
nor the owners have anything to do with the order on disk, and the same numbers give the same data.
"""

import gc
import itertools
import time

from odoo import Command, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .form_spec import get_specification
from .odoo_process import transaction
from .review import _without_indexes
from .sql import multiply

OWNERS = 200
LED = 10  # members of the team leader's team
GRANTED = 5  # customers that a grant opens to the salesperson
LOGINS = {"salesperson": "bench_dossier_sales", "leader": "bench_dossier_leader", "whitelist": "bench_dossier_white"}
COUNT_LIMIT = 10_001  # how far the web client counts
COMMON, RARE = "Nor", "建国装饰"  # fragments of names
PAGE = 80
TABLES = ["res_partner", "business_dossier"]
CHECKED = 500  # rows whose guard is computed by Odoo, to be the same as the one written by SQL

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐韦覃农莫陆"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英建国志文海斌婷玉"
TRADES = ("建材", "石业", "装饰", "贸易", "陶瓷", "置业", "工程", "实业", "物资", "卫浴")
CITIES = ("南宁", "柳州", "桂林", "广州", "Beijing", "Shanghai", "Hanoi", "深圳", "贵港", "玉林")
WORDS = ("North", "Granite", "River", "Jade", "Summit", "Harbour", "Golden", "Cedar", "Norden", "Lotus", "Marble", "Union")
KINDS = ("Trading Co.", "Stone Ltd", "Interiors", "Builders", "Group", "Ceramics", "Homes", "Supply")


def seed_dossiers(registry: Registry, partners: int, share: int) -> None:
    """Fill a database that has business_dept, or plain Odoo when nobody is to be hidden.

    :param partners: how many
    :param share: percent of the companies that are hidden, with their contacts
    """
    with transaction(registry, commit=True) as env:
        env = env(context={**env.context, "allowed_company_ids": env.ref("base.main_company").ids})
        users = make_users(env)
        env.cr.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'")
        tables = [table for table in TABLES if table.replace("_", ".") in env]
        if "business.dossier" in env:
            env["business.dossier"].search([("secrecy", "!=", "open")]).secrecy = "open"  # of demo data
        models = make_models(env, share)
        env.flush_all()
        with _without_indexes(env.cr, tables):
            companies = make_partners(env, models, users, partners, share)
        if share:
            env.company.dossier_whitelist_group_id = env.ref("business_dept.group_dossier_whitelist")
            make_grant(env, companies)
            check_guards(env, companies)
    with registry.cursor() as cr:
        cr._cnx.set_session(autocommit=True)  # vacuum stands in no transaction
        cr.execute("VACUUM ANALYZE")
        cr._cnx.set_session(autocommit=False)


def make_users(env: api.Environment) -> range:
    """Make the salespeople, with those who measure among them; return the owners' ids."""
    posts = {
        "salesperson": "business_dept.group_salesperson", "leader": "business_dept.group_salesperson",
        "whitelist": "business_dept.group_executive_office",
    }
    company = env.ref("base.main_company")
    base = env.ref("base.group_user") + env.ref("sales_team.group_sale_salesman_all_leads")
    users = env["res.users"].with_context(no_reset_password=True).create([
        {
            "name": f"Bench {name}", "login": LOGINS[name], "lang": "en_US", "tz": "UTC",
            "company_id": company.id, "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set((
                base + (env.ref(post, raise_if_not_found=False) or env["res.groups"])
            ).ids)],
        }
        for name, post in reversed(posts.items())
    ])
    env.flush_all()
    model = users[-1]  # the salesperson: the copies come right after
    people = multiply(env.cr, "res_partner", model.partner_id.ids, OWNERS - 1, {
        "name": "'Bench Salesperson ' || n", "complete_name": "'Bench Salesperson ' || n",
        "commercial_partner_id": "copy.id",
    })
    others = multiply(env.cr, "res_users", model.ids, OWNERS - 1, {
        "login": "'bench_dossier_' || n", "partner_id": f"{people.start} - 1 + n",
    })
    env.cr.execute(SQL(
        "INSERT INTO res_company_users_rel (cid, user_id) SELECT %s, id FROM generate_series(%s, %s) id",
        company.id, others.start, others.stop - 1,
    ))
    env.invalidate_all(flush=False)
    env["crm.team"].create({
        "name": "Bench", "user_id": users[1].id, "company_id": company.id,
        "member_ids": [Command.set(list(others[:LED]))],
    })
    env.flush_all()
    assert others.start == model.id + 1
    return range(model.id, others.stop)


def make_models(env: api.Environment, share: int) -> dict:
    """Make one company with one contact by Odoo itself, and its dossier."""
    company = env["res.partner"].create({
        "name": "Bench", "is_company": True, "customer_rank": 1, "city": "Nanning", "phone": "+86 771 5550000",
        "email": "bench@example.com", "country_id": env.ref("base.cn").id, "lang": "en_US",
        "child_ids": [Command.create({"name": "Bench", "phone": "+86 771 5550001", "email": "bench@example.com"})],
    })
    dossier = share and env["business.dossier"].create({"partner_id": company.id, "secrecy": "open"})
    return {"company": company, "contact": company.child_ids, "dossier": dossier}


def pick(values, salt: int, n: str = "n") -> str:
    """SQL that takes one of some texts, by a hash of the row's number."""
    array = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{array}])[1 + (hashint8({n} * 131 + {salt})::bigint & 2147483647) %% {len(values)}]"


def make_partners(env: api.Environment, models: dict, users: range, count: int, share: int) -> range:
    """Make the companies, their contacts and, where they are hidden, their dossiers; return the companies' ids."""
    cr, main = env.cr, env.ref("base.main_company").id
    amount = count * 4 // 5
    surname, given = pick(SURNAMES, 1), f"({pick(GIVEN, 2)} || {pick(GIVEN, 3)})"
    chinese = " || ".join((
        pick(CITIES[:4], 4), surname, pick(GIVEN, 5), pick(GIVEN, 6), pick(TRADES, 7), "'有限公司'",
    ))
    english = " || ' ' || ".join((
        pick(WORDS, 8), pick(WORDS, 9), "(hashint8(n + 77)::bigint & 65535)", pick(KINDS, 10),
    ))
    name = f"CASE WHEN n %% 5 < 3 THEN {chinese} ELSE {english} END"
    person = f"CASE WHEN n %% 4 < 3 THEN {surname} || {given} ELSE {pick(WORDS, 11)} || ' ' || {surname} END"
    owner = f"{users.start} + (hashint8({{0}} * 17 + 5)::bigint & 2147483647) %% {len(users)}"
    hidden = f"(hashint8({{0}} * 29 + 3)::bigint & 2147483647) %% 100 < {share}"
    reach = {
        "phone": "'+86 771 ' || (5000000 + n)", "email": "'mail' || n || '@example.com'", "city": pick(CITIES, 12),
    }

    def guard(number):
        if not share:
            return {}
        return {
            "dossier_guard": f"CASE WHEN {hidden.format(number)} THEN {owner.format(number)} ELSE 0 END",
            "dossier_company_id": f"CASE WHEN {hidden.format(number)} THEN {main} END",
        }

    companies = multiply(cr, "res_partner", models["company"].ids, amount, {
        "name": name, "complete_name": name, "commercial_company_name": name, "commercial_partner_id": "copy.id",
        "vat": "'9145' || lpad(n::text, 14, '0')", "user_id": owner.format("n"), **reach, **guard("n"),
    })
    number = f"(1 + (n * 7919) %% {amount})"  # of the contact's company
    parent = f"{companies.start} - 1 + {number}"
    multiply(cr, "res_partner", models["contact"].ids, count - amount, {
        "name": person, "complete_name": f"'Bench, ' || {person}", "parent_id": parent, "commercial_partner_id": parent,
        **reach, **guard(number),
    })
    cr.execute(SQL(
        """
        UPDATE res_partner contact SET complete_name = company.name || ', ' || contact.name,
                                       commercial_company_name = company.name, user_id = company.user_id
          FROM res_partner company
         WHERE company.id = contact.parent_id AND contact.parent_id BETWEEN %s AND %s
        """, companies.start, companies.stop - 1,
    ))
    if share:
        made = multiply(cr, "business_dossier", models["dossier"].ids, amount, {
            "partner_id": f"{companies.start} - 1 + n", "name": "'B' || n", "user_id": owner.format("n"),
            "secrecy": f"CASE WHEN {hidden.format('n')} THEN 'hidden' ELSE 'open' END",
        })
        assert len(made) == amount
    env.invalidate_all(flush=False)
    return companies


def make_grant(env: api.Environment, companies: range) -> None:
    """Open some customers to the salesperson."""
    user = env["res.users"].search([("login", "=", LOGINS["salesperson"])])
    env["business.dossier.grant"].create({
        "user_id": user.id, "partner_ids": [Command.set(companies[10:10 + GRANTED])], "reason": "Helps out",
        "company_id": env.company.id, "date_from": "2020-01-01", "date_until": "2099-12-31",
        "approved_by_id": env.ref("base.user_admin").id,
    })
    env.flush_all()


def check_guards(env: api.Environment, companies: range) -> None:
    """Assert that what SQL wrote is what Odoo computes."""
    step = max(1, len(companies) // CHECKED)
    sample = env["res.partner"].search([("commercial_partner_id", "in", list(companies[::step]))])
    names = ("dossier_guard", "dossier_company_id")

    def read():
        return [(partner.dossier_guard, partner.dossier_company_id.id) for partner in sample]

    written = read()
    for name in names:
        env.add_to_compute(sample._fields[name], sample)
    assert read() == written, "the guards that SQL wrote are not those that Odoo computes"
    assert len(set(written)) > 1


# What is measured: calls as the web client makes them, each with a ``res.partner`` of a user's environment.

def read_page(partners):
    """First page of the contacts, by name, with the count."""
    return partners.web_search_read([], _specification(partners), limit=PAGE, count_limit=COUNT_LIMIT)


def read_customers(partners):
    """First page of the action Customers, which puts the best customers first."""
    partners = partners.with_context(res_partner_search_mode="customer")
    return partners.web_search_read(
        [("customer_rank", ">", 0)], _specification(partners), limit=PAGE, count_limit=COUNT_LIMIT,
    )


def search_common(partners):
    """What is typed into the search bar, a fragment that thousands of names have."""
    return partners.web_search_read(_get_search(COMMON), _specification(partners), limit=PAGE, count_limit=COUNT_LIMIT)


def search_rare(partners):
    """The same with a fragment that some dozens have."""
    return partners.web_search_read(_get_search(RARE), _specification(partners), limit=PAGE, count_limit=COUNT_LIMIT)


def count(partners):
    """Count, as far as the web client counts."""
    return partners.search_count([], limit=COUNT_LIMIT)


def complete(partners):
    """Completion of a customer's name in an order: a fragment that thousands have."""
    return partners.web_name_search(COMMON, {"display_name": {}}, limit=8)


CALLS = {
    "page": read_page, "customers": read_customers, "search_common": search_common, "search_rare": search_rare,
    "count": count, "complete": complete,
}


def _get_length(result: dict | list | int) -> int:
    """How many records a call found."""
    match result:
        case {"length": length}:
            return length
        case list():
            return len(result)
        case _:
            return result


def _get_search(text: str) -> list:
    """The domain of the search view's first field."""
    names = ("complete_name", "ref", "email", "vat", "company_registry")
    return ["|"] * (len(names) - 1) + [(name, "ilike", text) for name in names]


def _specification(partners) -> dict:
    return get_specification(partners.sudo(False).env, "res.partner", "list")


def measure_calls(
    registry: Registry, names: list[str], rounds: int, warmups: int = 2, at_least: float = 6.0,
) -> dict[str, dict]:
    """Measure each call by the superuser and by each user, in turn, each in a transaction of its own.

    :param names: the calls
    :param rounds: how often each is measured at least
    :param at_least: seconds; quick calls are measured more often, all users alike: the best time of a few rounds tells
        more of the machine than of the call
    :return: for each call: for each user and ``superuser`` the best time, statements, and the length of the answer
    """
    answer: dict[str, dict] = {}
    for name in names:
        call = CALLS[name]
        found: dict[str, list[tuple]] = {}
        began = time.perf_counter()
        for number in itertools.count():
            if number >= warmups + rounds and time.perf_counter() - began > at_least:
                break
            for who in ("superuser", *LOGINS):
                with transaction(registry, LOGINS.get(who, LOGINS["salesperson"])) as env:
                    partners = env["res.partner"].sudo(who == "superuser")
                    _specification(partners)
                    env.invalidate_all()
                    env.cr.cache.clear()
                    gc.collect()
                    before, start = env.cr.sql_log_count, time.perf_counter()
                    result = call(partners)
                    seconds = time.perf_counter() - start
                    if number >= warmups:
                        found.setdefault(who, []).append((seconds, env.cr.sql_log_count - before, _get_length(result)))
        answer[name] = {
            who: {"seconds": min(row[0] for row in rows), "statements": rows[0][1], "rows": rows[0][2]}
            for who, rows in found.items()
        }
    return answer
