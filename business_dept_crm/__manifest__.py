# Part of business_dept. See LICENSE file for full copyright and licensing details.
{
    "name": "Business Department Regulations: CRM",
    "summary": "What is known of a lead goes into the customer's dossier when the lead is converted",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "business_dept contributors",
    "license": "LGPL-3",
    "depends": ["business_dept", "crm"],
    "data": ["security/crm_lead_rules.xml"],
    "auto_install": True,
}
