# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Numbers of documents: from the sequence of their company, whatever a client sends."""


def with_numbers(model, vals_list):
    """Values of new documents with the next numbers of the sequence that is named like their model.

    :param model: empty recordset of the documents; their company is ``company_id`` or the user's
    :param list[dict] vals_list: values about to be created
    :rtype: list[dict]
    """
    sequence = model.env["ir.sequence"].sudo()
    return [
        {**vals, "name": sequence.with_company(
            vals.get("company_id") or model.env.company.id).next_by_code(model._name) or "/"}
        for vals in vals_list
    ]
