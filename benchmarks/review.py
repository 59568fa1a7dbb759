# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Review of all customers of a company, beside one bare SQL aggregate over the same rows (JJ-4.2).

The customers, their invoices and payments are made by set-based SQL from a seed: each invoice has its receivable and
its income line, nine of ten are paid, one in eight late; payments come in one bank entry for each day, as a bank
statement brings them. All sums and dates follow from a number of the invoice, so the same seed gives the same data.
"""

import time
from contextlib import contextmanager
from datetime import date, timedelta

from .odoo_process import compare

#: tables that are filled by the million
TABLES = ["account_move", "account_move_line", "account_partial_reconcile"]

#: what somebody would write who wants to know how customers paid: amounts and delays from invoices and their payments
PLAIN = """
    SELECT move.commercial_partner_id,
           COUNT(DISTINCT move.id),
           SUM(part.amount) FILTER (WHERE entry.date <= line.date_maturity) / NULLIF(SUM(part.amount), 0),
           SUM(part.amount * GREATEST(entry.date - line.date_maturity, 0)) / NULLIF(SUM(part.amount), 0),
           MAX(entry.date - line.date_maturity),
           SUM(line.amount_residual) FILTER (WHERE line.date_maturity < CURRENT_DATE)
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'payment_term'
 LEFT JOIN account_partial_reconcile part ON part.debit_move_id = line.id
 LEFT JOIN account_move_line entry ON entry.id = part.credit_move_id
     WHERE move.company_id = %s AND move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
  GROUP BY move.commercial_partner_id
"""


@contextmanager
def _without_indexes(cr, tables):
    """Take foreign keys and secondary indexes off tables while they are filled, and put them back.

    A million rows then take minutes instead of an hour, and the indexes are as good as new.
    """
    cr.execute(
        """
        SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', relname, conname),
               format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', relname, conname, pg_get_constraintdef(con.oid))
          FROM pg_constraint con JOIN pg_class ON pg_class.oid = conrelid
         WHERE contype = 'f' AND relname = ANY(%s)
        """,
        [tables],
    )
    keys = cr.fetchall()
    cr.execute(
        """
        SELECT format('DROP INDEX %%I', indexname), indexdef
          FROM pg_indexes
         WHERE tablename = ANY(%s) AND indexname NOT LIKE '%%pkey'
        """,
        [tables],
    )
    indexes = cr.fetchall()
    for drop, _make in keys + indexes:
        cr.execute(drop)
    yield
    for _drop, make in indexes + keys:
        cr.execute(make)


def seed_customers(cr, customers, invoices_each=10, seed=1):
    """Make a company of its own with customers, posted invoices and payments. The caller commits.

    :param cr: cursor of a database with the addon installed
    :param int customers: how many
    :param int invoices_each: invoices of each customer
    :param int seed: the same seed gives the same amounts and dates
    :return: id of the company
    """
    from odoo import SUPERUSER_ID, Command, api

    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    company = env["res.company"].create({"name": f"Benchmark {seed} {customers}"})
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    receivable, income, bank = env["account.account"].create([
        {"name": name, "code": code, "account_type": kind, "reconcile": kind == "asset_receivable",
         "company_ids": [Command.set(company.ids)]}
        for name, code, kind in (
            ("Receivable", "112200", "asset_receivable"),
            ("Sales", "500100", "income"),
            ("Bank", "100200", "asset_cash"),
        )
    ])
    sales, deposits = env["account.journal"].create([
        {"name": "Sales", "code": "BSAL", "type": "sale", "company_id": company.id, "default_account_id": income.id},
        {"name": "Bank", "code": "BBNK", "type": "bank", "company_id": company.id, "default_account_id": bank.id},
    ])
    env.flush_all()
    values = {
        "customers": customers, "each": invoices_each, "seed": seed, "company": company.id, "uid": SUPERUSER_ID,
        "currency": company.currency_id.id, "sales": sales.id, "bank": deposits.id, "receivable": receivable.id,
        "income": income.id, "asset": bank.id,
    }
    cr.execute("SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'")
    # one row for each invoice: what it is worth, when it was due, how late it was paid
    fill = """
        CREATE TEMP TABLE bench_customer ON COMMIT DROP AS
        WITH made AS (
            INSERT INTO res_partner (name, complete_name, ref, active, is_company, type, create_uid, write_uid,
                                     create_date, write_date, autopost_bills)
            SELECT 'Benchmark customer ' || n, 'Benchmark customer ' || n, 'BENCH-%(seed)s-' || n, TRUE, TRUE,
                   'contact', %(uid)s, %(uid)s, now(), now(), 'ask'
              FROM generate_series(1, %(customers)s) n
         RETURNING id
        )
        SELECT id, row_number() OVER (ORDER BY id) AS number FROM made;

        UPDATE res_partner SET commercial_partner_id = id WHERE id IN (SELECT id FROM bench_customer);

        CREATE TEMP TABLE bench_invoice ON COMMIT DROP AS
        SELECT nextval('account_move_id_seq') AS move_id,
               nextval('account_move_line_id_seq') AS line_id,
               customer.id AS partner_id,
               100 + hashint8(customer.number * 1009 + k * 31 + %(seed)s) %% 1000 + 1000 AS amount,
               date '2024-01-01' + ((customer.number * 7 + k * 53 + %(seed)s) %% 700)::int AS issued,
               30 AS term,
               CASE WHEN (customer.number + k) %% 10 = 0 THEN NULL::int
                    WHEN customer.number %% 3 = 0 THEN 30 - (k %% 5)
                    WHEN customer.number %% 3 = 1 THEN 30 + (customer.number + k * 13) %% 8
                    ELSE 30 + (customer.number + k * 13) %% 45
               END::int AS paid_after
          FROM bench_customer customer, generate_series(1, %(each)s) k;

        INSERT INTO account_move (id, name, move_type, state, company_id, journal_id, currency_id, partner_id,
                                  commercial_partner_id, date, invoice_date, invoice_date_due, auto_post,
                                  invoice_currency_rate, amount_total_signed, create_uid, write_uid, create_date,
                                  write_date)
        SELECT move_id, 'BENCH/' || move_id, 'out_invoice', 'posted', %(company)s, %(sales)s, %(currency)s, partner_id,
               partner_id, issued, issued, issued + term, 'no', 1, amount, %(uid)s, %(uid)s, now(), now()
          FROM bench_invoice;

        INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, currency_id,
                                       account_id, partner_id, date, date_maturity, debit, credit, balance,
                                       amount_currency, amount_residual, amount_residual_currency, reconciled,
                                       parent_state, display_type, create_uid, write_uid, create_date, write_date)
        SELECT line_id, move_id, %(sales)s, %(company)s, %(currency)s, %(currency)s, %(receivable)s, partner_id,
               issued, issued + term, amount, 0, amount, amount,
               CASE WHEN paid_after IS NULL THEN amount ELSE 0 END, CASE WHEN paid_after IS NULL THEN amount ELSE 0 END,
               paid_after IS NOT NULL, 'posted', 'payment_term', %(uid)s, %(uid)s, now(), now()
          FROM bench_invoice
         UNION ALL
        SELECT nextval('account_move_line_id_seq'), move_id, %(sales)s, %(company)s, %(currency)s, %(currency)s,
               %(income)s, partner_id, issued, NULL, 0, amount, -amount, -amount, 0, 0, FALSE, 'posted', 'product',
               %(uid)s, %(uid)s, now(), now()
          FROM bench_invoice;

        CREATE TEMP TABLE bench_payment ON COMMIT DROP AS
        SELECT nextval('account_move_line_id_seq') AS entry_id, line_id, partner_id, amount,
               issued + paid_after AS paid
          FROM bench_invoice WHERE paid_after IS NOT NULL;

        CREATE TEMP TABLE bench_day ON COMMIT DROP AS
        SELECT paid, nextval('account_move_id_seq') AS move_id, SUM(amount) AS amount FROM bench_payment GROUP BY paid;

        INSERT INTO account_move (id, name, move_type, state, company_id, journal_id, currency_id, date, auto_post,
                                  invoice_currency_rate, create_uid, write_uid, create_date, write_date)
        SELECT move_id, 'BENCHBANK/' || move_id, 'entry', 'posted', %(company)s, %(bank)s, %(currency)s, paid, 'no', 1,
               %(uid)s, %(uid)s, now(), now()
          FROM bench_day;

        INSERT INTO account_move_line (id, move_id, journal_id, company_id, company_currency_id, currency_id,
                                       account_id, partner_id, date, debit, credit, balance, amount_currency,
                                       amount_residual, amount_residual_currency, reconciled, parent_state,
                                       display_type, create_uid, write_uid, create_date, write_date)
        SELECT entry_id, day.move_id, %(bank)s, %(company)s, %(currency)s, %(currency)s, %(receivable)s, partner_id,
               payment.paid, 0, payment.amount, -payment.amount, -payment.amount, 0, 0, TRUE, 'posted', 'product',
               %(uid)s, %(uid)s, now(), now()
          FROM bench_payment payment JOIN bench_day day ON day.paid = payment.paid
         UNION ALL
        SELECT nextval('account_move_line_id_seq'), move_id, %(bank)s, %(company)s, %(currency)s, %(currency)s,
               %(asset)s, NULL, paid, amount, 0, amount, amount, 0, 0, FALSE, 'posted', 'product',
               %(uid)s, %(uid)s, now(), now()
          FROM bench_day;

        INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount, debit_amount_currency,
                                               credit_amount_currency, debit_currency_id, credit_currency_id,
                                               company_id, max_date, create_uid, write_uid, create_date, write_date)
        SELECT line_id, entry_id, amount, amount, amount, %(currency)s, %(currency)s, %(company)s, paid, %(uid)s,
               %(uid)s, now(), now()
          FROM bench_payment;
        """
    if customers * invoices_each < 50_000:
        cr.execute(fill, values)
    else:
        with _without_indexes(cr, TABLES):
            cr.execute(fill, values)
    cr.execute("ANALYZE res_partner, account_move, account_move_line, account_partial_reconcile")
    env.invalidate_all()
    return company.id


def measure_review(env, customers, rounds=3):
    """Measure the review of seeded customers beside the bare aggregate, in alternation, after a warm-up of each.

    The first review makes the profiles and proposes first grades; it is approved, and counted apart. The rounds are
    the reviews that follow, month after month: every customer is measured and scored, and gets a score in the
    history. The best round of each counts. Everything is committed, as in real life (rows of the same transaction
    would be checked again by every foreign key): give it a database to throw away.

    :param env: environment of a superuser
    :param int customers: how many to make, with ten invoices each
    :param int rounds: how often each is measured
    :return: seconds and statements: ``plain``, ``ours``, ``statements_plain``, ``statements_ours``, and ``first``, the
        seconds of the first review, proposals included
    """
    cr = env.cr
    company = env["res.company"].browse(seed_customers(cr, customers))
    cr.commit()
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    Run = env["business.credit.run"]

    today = date.today()

    def plain():
        before, start = cr.sql_log_count, time.perf_counter()
        cr.execute(PLAIN, [company.id])
        rows = cr.fetchall()
        seconds, statements = time.perf_counter() - start, cr.sql_log_count - before
        cr.commit()
        assert len(rows) == customers
        return seconds, statements

    def ours(as_of):
        env.invalidate_all()
        before, start = cr.sql_log_count, time.perf_counter()
        run = Run._start(company, as_of=as_of)
        while run._process_slice(100_000):
            pass
        cr.commit()
        seconds = time.perf_counter() - start
        assert (run.state, run.done_count, run.rated_count) == ("done", customers, customers)
        return seconds, cr.sql_log_count - before, run

    plain()
    plain()
    first, _statements, run = ours(today - timedelta(days=rounds))
    for review in run.review_ids:
        review._apply()
    cr.commit()
    results = {"plain": [], "ours": []}
    for later in range(rounds):
        cr.execute("ANALYZE business_credit_profile, business_credit_score")
        results["plain"].append(plain())
        results["ours"].append(ours(today - timedelta(days=rounds - 1 - later))[:2])
    return {**compare(results["plain"], results["ours"]), "first": first}
