# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Run by ``odoo shell`` once accounting is installed, before any other app: take the Chinese chart of accounts.

Accounting's own demo data give the main company a generic chart, whatever its country, and its currency with it.
"""

company = env.ref("base.main_company")
env["account.chart.template"].try_loading("cn", company, install_demo=True)
company.currency_id = env.ref("base.CNY")
# The Chinese chart brings demo companies of its own; the demo users work in one company.
others = env["res.company"].search([("id", "!=", company.id)])
env["res.users"].with_context(active_test=False).search([]).write({"company_ids": [(3, other.id) for other in others]})
env.cr.commit()
