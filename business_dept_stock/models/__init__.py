# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import clerk_form
from . import confirming_write
from . import handling
from . import shipment
from . import sale_order
from . import opening
from . import stock_move
from . import stock_picking
