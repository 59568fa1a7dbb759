# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What is measured, and what it may cost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a measurement may cost.

    :param title: what happens, in words
    :param ratio: our time over plain Odoo's, at most
    :param more_statements: SQL statements more than plain Odoo, at most; no limit when missing
    :param more_seconds: what it may take longer in any case, be the ratio what it may
    :param slow: takes seconds, so it is measured less often
    """

    title: str
    ratio: float
    more_statements: int | None = None
    more_seconds: float = 0.0
    slow: bool = False


ORDERS: dict[str, Limits] = {
    "write_100_orders": Limits("Write the customer's reference on 100 draft orders", 1.5, 3),
    "write_100_orders_terms": Limits("Write the payment terms of 100 draft orders", 1.5, 3),
    "open_order_form": Limits("Open the form of an order of 10 lines that breaks two rules", 1.5, 12),
    "open_order_form_approve": Limits("The same, all controls ask for approval: the banner says who may", 1.5),
    "create_order_10_lines": Limits("Make a quotation of 10 lines", 1.5),
    "confirm_order_10_lines": Limits("Confirm an order of 10 lines, nothing broken", 1.15),
    "confirm_order_10_lines_noted": Limits("The same, two rules broken and noted", 1.15),
    "confirm_order_10_lines_all": Limits("The same, nothing broken, all controls ask for approval", 1.15),
    "confirm_order_1000_lines_all": Limits("The same with 1,000 lines", 1.05, slow=True),
}

#: acts on expenses, in the databases of plain Odoo and ours
EXPENSES: dict[str, Limits] = {
    "expense_verdicts_10000": Limits("Import 10,000 expenses of 1,000 trips, each judged by the policy", 1.2, slow=True),
    "expense_list_100000": Limits("First page of the list of 100,000 expenses, with the count", 1.2),
    "expense_groups_100000": Limits("The same list grouped by employee", 1.2),
    "my_expenses_100000": Limits("My Expenses of one of 200 employees, with the dashboard", 1.2),
    "claim_list_100000": Limits("First page of the list of 10,000 claims; plain is its list of 100,000 expenses", 1.2),
}

#: reviews, and how many customers each has (with ten times as many invoices)
REVIEWS: dict[str, int] = {"review_1000": 1_000, "review_100000": 100_000}

#: imports, and how many rows each has
IMPORTS: dict[str, int] = {"import_1000": 1_000, "import_10000": 10_000}

#: calls of the web client on partners, see dossiers.py
DOSSIER_CALLS: dict[str, str] = {
    "page": "First page of the contacts by name",
    "customers": "First page of the action Customers",
    "search_common": "Search for a fragment of many names",
    "search_rare": "Search for a fragment of few names",
    "count": "Count, as far as the web client counts",
    "complete": "Completion of a name in an order",
}

#: measurements with hidden customers: the call, and how many of a hundred customers are hidden
DOSSIERS: dict[str, tuple[str, int]] = {
    f"dossier_{call}_{share}": (call, share) for share in (10, 100) for call in DOSSIER_CALLS
}

#: the same calls with nobody hidden, beside plain Odoo
DOSSIERS_OFF: dict[str, str] = {f"dossier_{call}_off": call for call in ("page", "complete")}

#: calls of an employee on safety, see safety.py
SAFETY_CALLS: dict[str, str] = {
    "hazards": "First page of the list of 100,000 hazards, with the count",
    "inspections": "First page of the list of 100,000 inspections, with the count",
    "overview": "The morning's overview over as many of both",
}

#: measurements of safety
SAFETY: dict[str, Limits] = {
    **{
        f"safety_{call}": Limits(f"{title}; plain is the superuser", 1.3, 5, more_seconds=0.020)
        for call, title in SAFETY_CALLS.items()
    },
    "safety_alerts": Limits("The job of deadlines over 10,000 late inspections; plain is over 1,000", 12.0, 3_000),
    "safety_flood": Limits("10,000 submissions to a report page that is full; plain asks for an address that is none", 1.5, 10),
}

CATALOGUE: dict[str, Limits] = {
    **ORDERS,
    **EXPENSES,
    **{
        name: Limits(f"Review {customers:,} customers; plain is one bare aggregate over the same rows", 3.0)
        for name, customers in REVIEWS.items()
    },
    **{
        name: Limits(f"Import {rows:,} customers from Excel; plain is load() of the same rows", 1.2)
        for name, rows in IMPORTS.items()
    },
    **{
        name: Limits(f"{DOSSIER_CALLS[call]}, {share} % of the customers hidden; plain is the superuser",
                     1.3, more_seconds=0.020)
        for name, (call, share) in DOSSIERS.items()
    },
    **{
        name: Limits(f"{DOSSIER_CALLS[call]}, nobody hidden", 1.1, more_seconds=0.005)
        for name, call in DOSSIERS_OFF.items()
    },
    **SAFETY,
}
