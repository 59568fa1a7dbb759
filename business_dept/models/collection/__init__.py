# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import instalment
from . import sale_order
from . import controls
from . import account_payment
from . import account_move
from . import dunning
