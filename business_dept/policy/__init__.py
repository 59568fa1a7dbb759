# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Arithmetic that a regulation dictates, as pure functions: nothing in this package imports Odoo."""
