# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import models


def post_init_hook(env):
    """What inventory has delivered before has left, on the day of its last delivery."""
    env["sale.order"]._record_openings()
