# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import discount_authority
from . import price_list
from . import res_company
from . import sale_order
from . import order_controls
