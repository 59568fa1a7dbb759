# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations: Inventory",
    "summary": "Deliveries wait for the release of their order; a validated delivery is its dispatch",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["business_dept", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/stock_rules.xml",
        "security/business_dept_stock_groups.xml",
        "security/business_dept_stock_rules.xml",
        "views/stock_picking_views.xml",
    ],
    "demo": ["demo/dispatch_demo.xml"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
