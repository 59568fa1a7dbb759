# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""OCA's addons that ``make bench`` measures beside ours; nothing else uses them."""

import sys
from pathlib import Path

from . import cache, console

REQUIREMENTS = Path(__file__).with_name("requirements-bench.txt")
ADDONS = ("sale_tier_validation", "sale_financial_risk")


def fetch():
    """Return the folder with OCA's addons, fetched if need be. It is no part of the virtual environment.

    :raise Problem: when they cannot be fetched
    """
    target = cache.root() / f"oca-{cache.key(REQUIREMENTS.read_text())}"
    with cache.lock("oca"):
        if not target.is_dir():
            with console.step("Fetching OCA's addons for comparison"), cache.making(target) as work:
                # Without what they depend on: that is Odoo, which is there.
                console.run(
                    [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off",
                     "--no-deps", "--no-compile", "--target", work, "-r", REQUIREMENTS],
                    log=cache.logs() / "oca.log", what="fetching OCA's addons")
    return target / "odoo/addons"
