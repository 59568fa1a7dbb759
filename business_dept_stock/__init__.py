# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.fields import Command

from . import models


def post_init_hook(env):
    """What inventory has delivered before has left, on the day of its last delivery."""
    env["sale.order"]._record_openings()


def uninstall_hook(env):
    """Take the warehouse back from the clerk: the rules that keep him from writing orders go with the addon."""
    warehouse = env.ref("stock.group_stock_user", raise_if_not_found=False)
    clerk = env.ref("business_dept.group_order_clerk", raise_if_not_found=False)
    if warehouse and clerk:
        clerk.write({"implied_ids": [Command.unlink(warehouse.id)]})
