# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import shipment
from . import sale_order
from . import sale_order_line
from . import order_shipments
from . import opening
from . import follow_up
from . import order_reminders
