# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import kits
from . import mrp_production
from . import mrp_workorder
from . import stock_move
