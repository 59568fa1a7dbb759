# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Import of customers from a workbook, beside Odoo's own ``load()`` of the same rows (JJ-3.5.2.1).

Ours is everything from the bytes of the file to the last dossier: reading, checking, matching with the customers that
are there, the preview with a record for each row, the import. ``load()`` gets the rows ready, in Odoo's own terms, and
makes the customers and then their dossiers.
"""

import base64
import gc
import io
import time

import openpyxl

from .odoo_process import compare, transaction

HEADER = ["客户名称", "税号", "电话", "电子邮箱", "城市", "地址", "资质阶段", "性格与偏好", "购买习惯", "备注"]
PARTNER = ["id", "name", "is_company", "vat", "phone", "email", "city", "street"]
DOSSIER = ["partner_id/id", "qualification", "traits", "buying_habits", "notes"]


def make_rows(customers):
    """Return rows of the workbook, each customer with a number of its own."""
    return [
        [
            f"Import customer {n}", f"91450100{n:010}", f"1380{n:07}", f"customer{n}@example.com", "Nanning",
            f"{n} Minzu Avenue", "Target", "Likes tea", "Slabs, in spring", "From the fair",
        ]
        for n in range(customers)
    ]


def measure_import(registry, customers, rounds):
    """Measure both in turn, each in a transaction of its own that is rolled back; the best round of each counts.

    :param registry: registry of a database with the addon installed
    :param int customers: rows of the file
    :param int rounds: how often each is measured
    :return: seconds and statements: ``plain``, ``ours``, ``statements_plain``, ``statements_ours``
    """
    rows = make_rows(customers)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in [HEADER, *rows]:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    file = base64.b64encode(stream.getvalue())

    def plain(env):
        partners = env["res.partner"].load(PARTNER, [
            [f"bench.customer_{n}", row[0], "1", *row[1:6]] for n, row in enumerate(rows)
        ])
        dossiers = env["business.dossier"].load(DOSSIER, [
            [f"bench.customer_{n}", *row[6:10]] for n, row in enumerate(rows)
        ])
        assert partners["ids"] and dossiers["ids"], (partners["messages"][:1], dossiers["messages"][:1])

    def ours(env):
        record = env["business.dossier.import"].create({"file": file, "file_name": "customers.xlsx"})
        record.action_check()
        env.flush_all()
        record.sudo().state = "running"
        while record._process_slice(1_000):
            env.flush_all()
        record._finish_if_done()
        assert (record.state, record.created_count) == ("done", customers)

    results = {"plain": [], "ours": []}
    for number in range(rounds):
        for name, act in [("plain", plain), ("ours", ours)][:: 1 if number % 2 == 0 else -1]:
            results[name].append(_time(registry, act))
    return compare(results["plain"], results["ours"])


def _time(registry, act):
    with transaction(registry) as env:
        user = env["res.users"].with_context(no_reset_password=True).create({
            "name": "Importer", "login": "bench_importer",
            "group_ids": [(4, env.ref("business_dept.group_salesperson").id), (4, env.ref("base.group_partner_manager").id)],
        })
        env.flush_all()
        env = env(user=user.id, su=False, context={"lang": "en_US", "tz": "UTC", "allowed_company_ids": user.company_ids.ids})
        env.invalidate_all()
        gc.collect()
        before, start = env.cr.sql_log_count, time.perf_counter()
        act(env)
        env.flush_all()
        return time.perf_counter() - start, env.cr.sql_log_count - before
