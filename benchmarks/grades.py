# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Do the grades tell the future? Printed with every run; ``docs/credit-grades.md`` has the figures.

Customers of the public receivables file are graded from what was settled before 2013 with the shipped weights, and the
grades are held against what was settled later. The arithmetic is that of ``policy.credit``; that the model's SQL gives
the same is proved by ``test_credit_real_data``.
"""

import csv
import datetime
import sys
from collections import defaultdict
from pathlib import Path

ADDON = Path(__file__).parent.parent / "business_dept"
FILE = ADDON / "tests" / "data" / "accounts_receivable.csv"
CUT = datetime.date(2013, 1, 1)
THRESHOLDS = [(90.0, "A"), (60.0, "B"), (0.0, "C")]  # as shipped: business.credit.grade._prepare_default_vals


def tell_grades() -> None:
    """Print, for each grade, how many customers got it and how late they paid afterwards."""
    sys.path.insert(0, str(ADDON))  # the policy is pure Python: it needs no Odoo, and none is loaded here
    from policy.credit import ScoreWeights, SettledPart, behaviour, grade_for, score

    before, after = defaultdict(list), defaultdict(list)
    with FILE.open() as file:
        for row in csv.DictReader(file):
            due, settled = (datetime.datetime.strptime(row[name], "%m/%d/%Y").date() for name in ("DueDate", "SettledDate"))
            if settled < CUT:
                part = SettledPart(row["invoiceNumber"], float(row["InvoiceAmount"]), due, settled)
                before[row["customerID"]].append(part)
            else:
                after[row["customerID"]].append(max(0, (settled - due).days))
    late, customers = defaultdict(list), defaultdict(int)
    for customer, parts in before.items():
        total = score(behaviour(parts, CUT - datetime.timedelta(days=1)), ScoreWeights()).total
        grade = grade_for(total, THRESHOLDS)
        customers[grade] += 1
        late[grade] += after[customer]
    print("\ngrades from before 2013, held against what was settled later:")
    for _minimum, grade in THRESHOLDS:
        print(f"  {grade}: {customers[grade]:3} customers, {sum(late[grade]) / len(late[grade]):5.2f} days late in the mean")
