# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The addons as a whole: they are installed, and ship every file that they declare."""

from pathlib import Path

import pytest

from odoo.tests import TransactionCase, tagged

from dev import database

ADDONS = database.addons()


@tagged("post_install", "-at_install")
class TestInstalled(TransactionCase):
    def test_addons_are_installed_in_their_version(self):
        modules = self.env["ir.module.module"].search([("name", "in", list(ADDONS))])
        self.assertEqual(
            {module.name: (module.state, module.installed_version) for module in modules},
            {name: ("installed", manifest["version"]) for name, manifest in ADDONS.items()},
        )

    def test_the_demo_company_is_chinese(self):
        company = self.env.ref("base.main_company")
        self.assertEqual(
            (company.country_id.code, company.currency_id.name, company.chart_template), ("CN", "CNY", "cn"))
        self.assertIn("zh_CN", dict(self.env["res.lang"].get_installed()))
        self.assertIn("en_US", dict(self.env["res.lang"].get_installed()))


@pytest.mark.parametrize("addon", ADDONS)
def test_every_data_file_is_declared_and_present(addon):
    folder = database.REPOSITORY / addon
    manifest = ADDONS[addon]
    declared = {*manifest.get("data", ()), *manifest.get("demo", ())}
    present = {
        str(path.relative_to(folder))
        for part in ("security", "data", "demo", "views", "wizard", "report")
        for path in Path(folder, part).rglob("*")
        if path.suffix in (".xml", ".csv")
    }
    assert not declared - {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert not present - declared
