# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import models


def post_init_hook(env):
    """Take the vehicles of Fleet into the register of those that people ask for."""
    env["fleet.vehicle"].with_context(active_test=False).search([])._refresh_register()
