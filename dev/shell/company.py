# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Run by ``odoo shell`` in a database that has nothing but ``base``: settle the demo company in China."""

currency = env.ref("base.CNY")
currency.active = True
env.ref("base.main_company").write({
    "name": "南华石材有限公司",
    "country_id": env.ref("base.cn").id,
    "state_id": env.ref("base.state_cn_GD").id,
    "street": "工业路 18 号",
    "street2": False,
    "city": "云浮",
    "zip": "527300",
    "phone": "+86 766 000 0000",
    "currency_id": currency.id,
})
env["res.partner"].with_context(active_test=False).search([]).tz = "Asia/Shanghai"
env["ir.default"].set("res.partner", "tz", "Asia/Shanghai")
env.cr.commit()
