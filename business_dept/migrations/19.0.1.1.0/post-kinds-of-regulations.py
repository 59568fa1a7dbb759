# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Emergency plans and lessons of incidents are regulations of another kind, with routes and authors of their own.

What was there before was made for regulations alone, and is not loaded anew: a plan would go to the executive office as
well, and a safety officer could write drafts of regulations.
"""
from ast import literal_eval

from odoo import SUPERUSER_ID, Command, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for rule in env["business.approval.rule"].with_context(active_test=False).search([
        ("model_name", "=", "business.regulation"), ("domain", "not like", "kind"),
    ]):
        rule.domain = str(list(Domain(literal_eval(rule.domain or "[]")) & Domain("kind", "=", "regulation")))
    administrators = env.ref("business_dept.group_regulation_admin")
    for name in ("business_regulation_rule_write_draft", "business_regulation_clause_rule_write_draft"):
        if rule := env.ref(f"business_dept.{name}", raise_if_not_found=False):
            rule.groups = [Command.set(administrators.ids)]
