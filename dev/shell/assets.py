# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Run by ``odoo shell`` in a prepared database: build the bundles of scripts and styles once, for every clone.

A test that builds them rolls them back with everything else, so each browser test would build them again.
"""

env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
