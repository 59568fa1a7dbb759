# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations",
    "summary": "Management regulations that act: credit grades, controls, approvals, traces",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["sale_management", "account", "hr_expense"],
    "data": [
        "security/business_dept_groups.xml",
        "security/ir.model.access.csv",
        "views/menus.xml",
    ],
    "demo": [
        "demo/demo_users.xml",
    ],
    "application": True,
}
