# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import credit_policy
from . import credit_grade
from . import credit_score
from . import credit_profile
from . import payment_history
from . import ir_fields_converter
from . import credit_run
from . import credit_review
from . import credit_limit_request
from . import res_company
from . import res_partner
from . import order_hold
from . import sale_order
from . import account_move
from . import credit_hooks
