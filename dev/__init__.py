# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What ``make`` calls: get Odoo, PostgreSQL and a browser; make databases; start, test, check.

Everything up to :mod:`dev.odoo` and :mod:`dev.postgres` needs nothing but Python's standard library, because a fresh
machine has nothing else. ``python3 -m dev`` makes the virtual environment and goes on inside it.
"""
