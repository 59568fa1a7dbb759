# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import test_approval
from . import test_control
from . import test_order_credit
from . import test_policy_credit
from . import test_query_counts
from . import test_regulation
from . import test_credit_real_data
from . import test_credit_behaviour
from . import test_dossier_reader
from . import test_dossier_secrecy
from . import test_credit_review
from . import test_payment_history
from . import test_credit_views
