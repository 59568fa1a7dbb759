# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations: Manufacturing",
    "summary": "Manufacturing orders wait for the release of their order",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["business_dept", "sale_mrp"],
    "data": [
        "security/ir.model.access.csv",
        "views/mrp_production_views.xml",
    ],
    "auto_install": True,
}
