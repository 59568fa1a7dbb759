# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The same customers, invoices and orders in all databases; in ours the customers have dossiers and grades besides.

Every customer has invoices, nine in ten of them paid, and orders of 10 lines. The first customer is the bad one: all
his invoices are open and long overdue, and with credit control he has the worst grade and is over its limit. The others
owe nothing that is overdue and have the best grade.

The orders that are confirmed were quoted to the customer before, at the prices of the price list. In ours the quote is kept
as their first version, and a contract of exactly these orders is signed: every control has something to look at.
"""

from odoo import Command, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from . import oca
from .odoo_process import LOGIN, transaction
from .sizes import Sizes
from .sql import multiply

SEED = 0.42
LINES = 10
MANY_LINES = 1_000
LARGE = "Bench large order"
QUOTED = "Bench quoted order"
QUOTED_QUANTITY = 10.0
CONTRACT_FROM = 1_000.0  # amount from which an order needs a contract: the quoted ones do, the drafts do not
PREFIX = "Bench"  # names of what is made begin with it


def seed(registry: Registry, sizes: Sizes) -> None:
    """Fill a database."""
    with transaction(registry, commit=True) as env:
        env = env(context={**env.context, "allowed_company_ids": env.ref("base.main_company").ids})
        make_user(env)
        customers = make_customers(env, sizes.customers)
        make_invoices(env, customers, sizes.invoices_each)
        make_orders(env, customers, sizes.orders)
        if "business.credit.profile" in env:
            open_dossiers(env, customers)
            grade_customers(env, customers)
            sign_contracts(env)
        if "tier.definition" in env:
            oca.set_up(env, customers)
    with transaction(registry, commit=True) as env:
        env.cr.execute("ANALYZE")


def make_user(env: api.Environment) -> None:
    """Make the salesperson who measures."""
    post = env.ref("business_dept.group_salesperson", raise_if_not_found=False)
    groups = env.ref("sales_team.group_sale_salesman_all_leads") + (post or env["res.groups"])
    company = env.ref("base.main_company")
    env["res.users"].with_context(no_reset_password=True).create({
        "name": f"{PREFIX} Salesperson", "login": LOGIN, "lang": "en_US", "tz": "UTC",
        "company_id": company.id, "company_ids": [Command.set(company.ids)],
        "group_ids": [Command.set((env.ref("base.group_user") + groups).ids)],
    })


def make_customers(env: api.Environment, count: int) -> range:
    """Make customers; the first one is the bad one."""
    model = env["res.partner"].create({"name": f"{PREFIX} Customer", "is_company": True, "customer_rank": 1})
    env.flush_all()
    return multiply(env.cr, "res_partner", model.ids, count, {
        "name": f"'{PREFIX} Customer ' || n", "complete_name": f"'{PREFIX} Customer ' || n",
        "commercial_partner_id": "copy.id", "commercial_company_name": f"'{PREFIX} Customer ' || n",
    })


def make_invoices(env: api.Environment, customers: range, each: int) -> None:
    """Make posted invoices of random amounts; those of the bad customer are all open, of the others one in ten."""
    move = env["account.move"].create({
        "move_type": "out_invoice", "partner_id": customers[0], "invoice_date": "2024-01-15",
        "invoice_date_due": "2024-01-31", "invoice_payment_term_id": False,
        "invoice_line_ids": [Command.create({"name": "Slab", "quantity": 1, "price_unit": 20_000.0, "tax_ids": False})],
    })
    move.action_post()
    env.flush_all()
    count = len(customers) * each
    partner = f"{customers.start} + (n - 1) %% {len(customers)}"
    name = f"'{PREFIX}/' || n"
    is_open = f"(({partner}) = {customers.start} OR n %% 10 = 0)"
    due = f"CASE WHEN ({partner}) = {customers.start} THEN date '2024-01-31' ELSE CURRENT_DATE + 30 END"
    env.cr.execute(SQL("SELECT setseed(%s)", SEED))
    moves = multiply(env.cr, "account_move", move.ids, count, {
        "name": name, "sequence_number": "n + 1", "partner_id": partner, "commercial_partner_id": partner,
        "partner_shipping_id": partner, "invoice_date_due": due, "access_token": "NULL",
        "payment_state": f"CASE WHEN {is_open} THEN 'not_paid' ELSE 'paid' END",
        "amount_residual": f"CASE WHEN {is_open} THEN source.amount_residual ELSE 0 END",
        "amount_residual_signed": f"CASE WHEN {is_open} THEN source.amount_residual_signed ELSE 0 END",
    })
    receivable = "source.display_type = 'payment_term'"
    lines = multiply(env.cr, "account_move_line", move.line_ids.ids, count, {
        "move_id": f"{moves.start} - 1 + n", "move_name": name, "partner_id": partner,
        "date_maturity": f"CASE WHEN {receivable} THEN {due} END",
        "reconciled": f"{receivable} AND NOT {is_open}",
        "amount_residual": f"CASE WHEN {is_open} THEN source.amount_residual ELSE 0 END",
        "amount_residual_currency": f"CASE WHEN {is_open} THEN source.amount_residual_currency ELSE 0 END",
    })
    assert len(lines) == 2 * count
    vary_amounts(env, moves)


def vary_amounts(env: api.Environment, moves: range) -> None:
    """Give invoices and their lines random amounts between a tenth and twice of what they were copied with."""
    env.cr.execute(SQL(
        "CREATE TEMPORARY TABLE factor ON COMMIT DROP AS"
        " SELECT id, ROUND((0.1 + 1.9 * random())::numeric, 2) AS by FROM generate_series(%s, %s) id",
        moves.start, moves.stop - 1,
    ))
    for table, key, columns in (
        ("account_move", "id", (
            "amount_untaxed", "amount_total", "amount_residual", "amount_untaxed_signed", "amount_total_signed",
            "amount_residual_signed", "amount_total_in_currency_signed", "amount_untaxed_in_currency_signed",
        )),
        ("account_move_line", "move_id", (
            "debit", "credit", "balance", "amount_currency", "amount_residual", "amount_residual_currency",
            "price_unit", "price_subtotal", "price_total",
        )),
    ):
        env.cr.execute(SQL(
            "UPDATE %s line SET %s FROM factor WHERE factor.id = %s",
            SQL.identifier(table),
            SQL(", ").join(SQL("%s = %s * factor.by", SQL.identifier(name), SQL.identifier("line", name))
                           for name in columns),
            SQL.identifier("line", key),
        ))


def make_orders(env: api.Environment, customers: range, count: int) -> None:
    """Make draft orders of 10 lines, and one of 1,000, that ask for full prepayment and no delay.

    The goods are delivered from stock, of which there is none: a confirmation makes a delivery that waits.
    """
    products = env["product.product"].create([
        {"name": f"{PREFIX} Slab {number}", "list_price": 10.0 + number, "type": "consu", "is_storable": True,
         "invoice_policy": "order"}
        for number in range(1, LINES + 1)
    ])
    user = env["res.users"].search([("login", "=", LOGIN)])

    def make_order(lines, quantity=1.0, **values):
        return env["sale.order"].create({
            "partner_id": customers[-1], "user_id": user.id, "prepayment_percent": 1.0,
            "payment_term_id": env.ref("account.account_payment_term_immediate").id,
            "order_line": prepare_lines(lines, quantity), **values,
        })

    quoted = make_order(list(products) * (MANY_LINES // LINES), name=LARGE)
    for partner in (customers[0], customers[-1]):
        quoted += make_order(products, QUOTED_QUANTITY, name=QUOTED, partner_id=partner)
    quoted.action_quotation_sent()
    order = make_order(products)
    env.flush_all()
    partner = f"{customers.start} + (n - 1) %% {len(customers)}"
    orders = multiply(env.cr, "sale_order", order.ids, count, {
        "name": f"'{PREFIX}-' || n", "access_token": "NULL",
        "partner_id": partner, "partner_invoice_id": partner, "partner_shipping_id": partner,
    })
    multiply(env.cr, "sale_order_line", order.order_line.ids, count, {
        "order_id": f"{orders.start} - 1 + n", "order_partner_id": partner,
    })
    env.cr.execute(SQL(
        """
        INSERT INTO account_tax_sale_order_line_rel (sale_order_line_id, account_tax_id)
        SELECT line.id, rel.account_tax_id
          FROM sale_order_line line
          JOIN sale_order_line source ON source.order_id = %(order)s AND source.sequence = line.sequence
          JOIN account_tax_sale_order_line_rel rel ON rel.sale_order_line_id = source.id
         WHERE line.order_id BETWEEN %(first)s AND %(last)s
        """,
        order=order.id, first=orders.start, last=orders.stop - 1,
    ))


def sign_contracts(env: api.Environment) -> None:
    """Give a signed contract to the orders that were quoted, and let them need one."""
    env["business.control"]._get_by_code("contract.required").threshold = CONTRACT_FROM
    for order in env["sale.order"].search([("name", "in", (LARGE, QUOTED))]):
        order._create_contract("formal")._as_engine().write({
            name: order.date_order.date() for name in ("date_approved", "date_signed", "date_in_force")
        })


def prepare_lines(products, quantity: float) -> list:
    """Commands that make one order line per product."""
    return [
        Command.create({"product_id": product.id, "product_uom_qty": quantity, "sequence": number})
        for number, product in enumerate(products, 1)
    ]


def set_mode(env: api.Environment, mode: str) -> None:
    """Set all controls that can be set; plain Odoo has none.

    :param mode: as shipped when empty
    """
    if "business.control" in env:
        for control in env["business.control"].sudo().search([("is_fixed", "=", False)]):
            if control.mode != (wanted := mode or control.initial_mode):
                control.mode = wanted


def open_dossiers(env: api.Environment, customers: range) -> None:
    """Give every customer the dossier that his first order made."""
    model = env["business.dossier"].create({"partner_id": customers[0], "qualification": "customer"})
    env.flush_all()
    multiply(env.cr, "business_dossier", model.ids, len(customers) - 1, {
        "name": f"'{PREFIX}/' || n", "partner_id": f"{customers[0]} + n",
    })


def grade_customers(env: api.Environment, customers: range) -> None:
    """Give the bad customer the worst grade and all others the best."""
    company = env.company
    grades = env["business.credit.grade"].search([("company_id", "=", company.id)], order="sequence, id")
    env["business.credit.profile"]._get_or_create(env["res.partner"].browse(customers), company)
    for grade, operator in ((grades[0], "!="), (grades[-1], "=")):
        env.cr.execute(SQL(
            "UPDATE business_credit_profile SET grade_id = %s, credit_limit = %s, limit_source = 'grade'"
            " WHERE company_id = %s AND partner_id BETWEEN %s AND %s AND partner_id %s %s",
            grade.id, grade.credit_limit, company.id, customers.start, customers.stop - 1, SQL(operator),
            customers.start,
        ))
    env.invalidate_all(flush=False)
