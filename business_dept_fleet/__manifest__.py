# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations: Fleet",
    "summary": "The vehicles that people ask for are those of Fleet",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["business_dept", "fleet"],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
