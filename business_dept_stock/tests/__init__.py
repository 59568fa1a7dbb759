# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import test_hidden_customer
from . import test_dispatch
from . import test_opening
from . import test_hidden
