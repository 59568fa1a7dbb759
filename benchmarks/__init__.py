# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""What business_dept costs, measured side by side with plain Odoo. ``make bench`` runs it; see docs/benchmarks.md."""
