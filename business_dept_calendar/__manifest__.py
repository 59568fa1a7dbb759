# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations: Calendar",
    "summary": "Approved trips stand in the calendars of who travels",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["business_dept", "calendar"],
    "auto_install": True,
}
