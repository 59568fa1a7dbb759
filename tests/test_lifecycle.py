# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The addon comes, is upgraded, and goes: each in a clone of its own, by Odoo's own program."""

import json
import textwrap

import pytest

from dev import database
from dev.database import ask

VIEWS = textwrap.dedent("""
    def open_views(env):
        for name in ("sale.order", "res.partner", "res.users", "account.move", "res.company", "product.template"):
            views = [(False, kind) for kind in ("form", "list", "search", "kanban")]
            fields = env[name].get_views(views)["models"][name]["fields"]
            assert not [f for f in fields if "business_dept" in f]
            record = env[name].search([], limit=1)
            record.web_read({field: {} for field, info in fields.items() if info["type"] not in ("one2many", "many2many")})

    def sell(env):
        from odoo import Command
        product = env["product.product"].create({"name": "Slab", "type": "consu", "invoice_policy": "order"})
        order = env["sale.order"].create({
            "partner_id": env["res.partner"].create({"name": "Lifecycle"}).id,
            "order_line": [Command.create({"product_id": product.id, "price_unit": 123456.0})],
        })
        order.action_confirm()
        return order
""")


@pytest.fixture
def shell(tmp_path):
    """Run code in Odoo's shell; what it puts into ``result`` comes back."""
    def run(name, code):
        script, answer = tmp_path / "script.py", tmp_path / "answer.json"
        answer.unlink(missing_ok=True)
        script.write_text("\n".join((
            "import json", VIEWS, "user = env['res.users'].search([('login', '=', 'admin')])",
            "env = env(user=user.id, context={'lang': 'en_US', 'allowed_company_ids': user.company_id.ids})",
            "result = {}", textwrap.dedent(code),
            "env.cr.commit()", f"json.dump(result, open({str(answer)!r}, 'w'), default=str)", "",
        )))
        outcome = database.run_odoo([], name, subcommand="shell", script=script)
        assert answer.exists(), outcome.log.read_text(errors="replace")[-3000:]
        assert not outcome.errors, outcome.errors
        outcome.log.unlink()
        return json.loads(answer.read_text())
    return run


def odoo(name, *arguments, **options):
    result = database.run_odoo(list(arguments), name, **options)
    assert not result.returncode, result.log.read_text(errors="replace")[-3000:]
    assert not result.errors, result.errors
    result.log.unlink()


def columns_of(name, table):
    return sorted(column for column, in ask(
        name, "SELECT column_name FROM information_schema.columns WHERE table_name = %s", table))


def contents(name, tables):
    """``{table: {id: {column: value}}}`` of some tables; ``tables`` says which columns."""
    found = {}
    for table, columns in tables.items():
        columns = [column for column in columns if column not in ("write_date", "write_uid")]
        rows = ask(name, 'SELECT {} FROM "{}"'.format(", ".join(f'"{column}"' for column in columns), table))
        found[table] = {row[columns.index("id")]: dict(zip(columns, row, strict=True)) for row in rows}
    return found


def changes(before, after):
    """What of the old rows is not as it was: ``[(table, id, column, old value, new value)]``."""
    return [
        (table, key, column, value, after[table].get(key, {}).get(column))
        for table, rows in before.items() for key, row in rows.items() for column, value in row.items()
        if after[table].get(key, {}).get(column) != value
    ]


RECORDS = ("sale_order", "sale_order_line", "res_partner", "account_move", "account_move_line", "res_company",
           "account_payment_term")
KEPT = ("ir_ui_menu", "ir_cron", "ir_rule", "ir_ui_view", "ir_act_window", "res_groups", "ir_model", "ir_model_fields",
        "ir_sequence", "mail_activity_type", "ir_default", "ir_model_access", "res_groups_privilege", "ir_module_category",
        "ir_actions", "account_payment_term", "ir_model_relation")


#: Odoo notes foreign keys of ours on its own tables once more while it removes the fields one after the other; only what
#: the database has counts.
CONSTRAINTS = """SELECT module.name, owner.name FROM ir_model_constraint owner
                   JOIN ir_module_module module ON module.id = owner.module
                  WHERE owner.name IN (SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes)"""


def test_install_and_uninstall(shell):
    """Installed beside existing data, users see no change; uninstalled, nothing of ours is left and Odoo works."""
    name = database.clone("base")
    try:
        existing = shell(name, """
            order = sell(env)
            order._create_invoices().action_post()
            draft = order.copy({"payment_term_id": env.ref("account.account_payment_term_30days").id})
            result["draft"] = draft.id
            half = sell(env)
            half.order_line.product_uom_qty = 10
            half.order_line.qty_delivered = 4
            result["half"] = half.id
            # a company with data of its own: no demonstration comes along
            env.cr.execute("UPDATE ir_module_module SET demo = FALSE")
        """)
        tables = {table: columns_of(name, table) for table in RECORDS}
        before = contents(name, tables)
        views = {table: ask(name, f"SELECT count(*) FROM {table}")[0][0] for table in KEPT}
        constraints = set(ask(name, CONSTRAINTS))

        odoo(name, "-i", "business_dept")
        assert not changes(before, contents(name, tables)), "installing changed records"
        found = shell(name, f"""
            modes = env["business.control"].search([("is_fixed", "=", False)])
            # secrecy acts on what somebody marks secret, safety on documents of its own: there are none
            result["modes"] = sorted(set(modes.filtered(
                lambda one: not one.code.startswith(("dossier.", "safety."))).mapped("mode")))
            result["blocked"] = modes.filtered(lambda one: one.code == "safety.permit_qualification").mode
            result["hidden"] = env["res.partner"].search_count([("dossier_guard", "!=", 0)])
            draft = env["sale.order"].browse({existing["draft"]})
            assert draft.payment_term_id == env.ref("account.account_payment_term_30days")
            assert not draft.control_banner or "noted" in draft.control_banner
            open_views(env)
            salesperson = env["res.users"].search([("login", "=", "demo")]) or env.user
            own = draft.with_user(salesperson).with_context(allowed_company_ids=draft.company_id.ids)
            draft.user_id = salesperson
            own.action_confirm()
            result["state"] = draft.state
            result["new"] = sell(env).state
            half = env["sale.order"].browse({existing["half"]}).sudo()
            result["opening"] = half.shipment_ids.mapped(lambda one: [one.is_opening, one.line_ids.quantity])
            env.cr.commit()  # the job works in a transaction of its own, and this one sees it only when it begins anew
            env.ref("business_dept.ir_cron_collection").method_direct_trigger()
            env.cr.commit()
            half.invalidate_recordset()
            result["stages"] = [half.follow_stage]
            half.action_release_production()
            result["stages"].append(half.follow_stage)
            order = env["sale.order"].search([("state", "=", "sale")], limit=1)
            order.order_line[0].price_unit += 1000000
            result["regulations"] = env["business.regulation"].search_count([])
            env["business.control.event"].sudo()._log([env["business.control.event"]._prepare_event(
                modes[0], "notify", "noted", draft, message="x")])
            request = env["business.credit.profile"]._get_or_create(draft.partner_id, env.company)
            request._apply_grade(env["business.credit.grade"].search([("company_id", "=", env.company.id)], limit=1))
        """)
        assert found["modes"] == ["notify"]
        assert found["blocked"] == "block", "it begins as it ships"
        assert found["hidden"] == 0
        assert (found["state"], found["new"]) == ("sale", "sale")
        assert found["opening"] == [[True, 4.0]], "what was delivered before has left"
        assert found["stages"] == ["release", "production"]
        assert found["regulations"] > 10

        odoo(name, "business_dept", subcommand="module uninstall")
        assert {table: columns_of(name, table) for table in RECORDS} == tables, "columns of ours are left"
        assert not ask(name, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'business\\_%%'")
        assert not ask(name, "SELECT name, model FROM ir_model_data WHERE module = 'business_dept'")
        assert not ask(name, "SELECT model FROM ir_model WHERE model LIKE 'business.%%'")
        assert not ask(name, "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Business Department%%' "
                               "OR cron_name LIKE 'Customer credit%%'")
        left = sorted(set(ask(name, CONSTRAINTS)) - constraints)
        assert not left, f"constraints of ours are left: {left}"
        left = {table: count for table in KEPT
                if (count := ask(name, f"SELECT count(*) FROM {table}")[0][0]) > views[table]}
        assert not left, f"more than there was before: {left}"
        assert shell(name, """
            order = sell(env)
            order.order_line.price_unit = 1
            order._create_invoices().action_post()
            open_views(env)
            result["state"] = order.state
        """) == {"state": "sale"}
    finally:
        database.drop(name)


def test_upgrade_keeps_what_people_did(shell):
    """An upgrade over a database with data keeps edited clauses, modes, rules, grades, requests and events."""
    name = database.clone("product")
    try:
        shell(name, """
            clause = env.ref("business_dept.clause_jj_4_2").sudo()
            env.cr.execute("UPDATE business_regulation_clause SET text = text || %s WHERE id = %s", (
                json.dumps({"en_US": "Our own words."}), clause.id))
            limit = env["business.control"]._get_by_code("credit.limit").with_company(env.company)
            limit.write({"mode": "approve", "threshold": 3.0})
            env.ref("business_dept.approval_rule_order_manager").write({"name": "Our rule", "deadline_days": 9})
            env["business.control"]._get_by_code("credit.unrated").with_company(env.company).mode = "off"
            grade = env["business.credit.grade"].search([("company_id", "=", env.company.id), ("code", "=", "C")])
            grade.write({"credit_limit": 777.0, "deposit_percent": 44.0})
            seller = env["res.users"].search([("login", "=", "sales")])
            from odoo import Command
            partner = env["res.partner"].create({"name": "Upgraded", "is_company": True})
            env["business.credit.profile"]._get_or_create(partner, env.company)._apply_grade(grade)
            order = env["sale.order"].with_user(seller).create({
                "partner_id": partner.id,
                "order_line": [Command.create({"product_id": env["product.product"].search([], limit=1).id,
                                               "price_unit": 5000.0})]})
            order.action_approval_submit()
            result["order"] = order.id
        """)
        facts = (
            "SELECT text->>'en_US' FROM business_regulation_clause WHERE text->>'en_US' = 'Our own words.'",
            "SELECT id, mode::text, threshold::text FROM business_control ORDER BY id",
            "SELECT * FROM business_approval_rule ORDER BY id",
            "SELECT id, credit_limit, deposit_percent FROM business_credit_grade ORDER BY id",
            "SELECT id, grade_id, credit_limit FROM business_credit_profile ORDER BY id",
            "SELECT id, state, fingerprint, content::text FROM business_approval ORDER BY id",
            "SELECT id, state, user_id FROM business_approval_approver ORDER BY id",
            "SELECT id, message, outcome, date FROM business_control_event ORDER BY id",
            "SELECT id, code, version, state FROM business_regulation ORDER BY id",
            "SELECT id, state, payment_term_id, balance_event, prepayment_percent, amount_total FROM sale_order ORDER BY id",
        )
        before = [ask(name, fact) for fact in facts]
        assert all(before), "there is something to keep of each kind"
        odoo(name, "-u", "business_dept")
        for fact, rows in zip(facts, before, strict=True):
            assert ask(name, fact) == rows, fact
        assert shell(name, """
            open_views(env)
            order = env["sale.order"].search([("partner_id.name", "=", "Upgraded")])
            manager = env["res.users"].search([("login", "=", "manager")])
            order.approval_id.with_user(manager).action_approve()
            order.action_confirm()
            result["state"] = order.state
        """) == {"state": "sale"}
    finally:
        database.drop(name)


def test_upgrade_from_before_there_were_kinds_of_regulations(shell):
    """Routes and rules that were made for regulations stay theirs alone; controls that come begin as they ship."""
    name = database.clone("product")
    try:
        shell(name, """
            employees = env.ref("base.group_user")
            for one in ("business_regulation_rule_write_draft", "business_regulation_clause_rule_write_draft"):
                env.ref(f"business_dept.{one}").sudo().groups = [(6, 0, employees.ids)]
            env["business.approval.rule"].sudo().search([("model_name", "=", "business.regulation")]).domain = "[]"
            env.ref("business_dept.approval_rule_lesson").sudo().domain = "[('kind', '=', 'lesson')]"
            env.ref("business_dept.approval_rule_safety_document").sudo().domain = "[('kind', '!=', 'regulation')]"
            env["business.control"]._get_by_code("credit.limit").with_company(env.company).mode = "off"
            gone = env["business.control"]._get_by_code("safety.permit_qualification")
            env.cr.execute("DELETE FROM business_control_event WHERE control_id = %s", [gone.id])
            env.cr.execute("DELETE FROM ir_model_data WHERE model = 'business.control' AND res_id = %s", [gone.id])
            env.cr.execute("DELETE FROM business_control WHERE id = %s", [gone.id])
            env.cr.execute("UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = 'business_dept'")
        """)
        odoo(name, "-u", "business_dept")
        assert shell(name, """
            for one in ("business_regulation_rule_write_draft", "business_regulation_clause_rule_write_draft"):
                result[one] = env.ref(f"business_dept.{one}").sudo().groups == env.ref("business_dept.group_regulation_admin")
            rules = env["business.approval.rule"].sudo().search([("model_name", "=", "business.regulation")], order="id")
            result["routes"] = sorted(rules.mapped("domain"))
            controls = env["business.control"]
            come = controls._get_by_code("safety.permit_qualification")
            result["modes"] = sorted({come._get_mode(company) for company in env["res.company"].sudo().search([])})
            result["kept"] = controls._get_by_code("credit.limit")._get_mode(env.company)
        """) == {
            "business_regulation_rule_write_draft": True, "business_regulation_clause_rule_write_draft": True,
            "routes": ["[('kind', '!=', 'regulation')]", "[('kind', '=', 'lesson')]", "[('kind', '=', 'regulation')]"],
            "modes": ["block"], "kept": "off",
        }
    finally:
        database.drop(name)
