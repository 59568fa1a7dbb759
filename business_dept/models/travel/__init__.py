# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import travel_tariff_mixin
from . import staff_grade
from . import travel_place
from . import transport_class
from . import travel_policy
from . import travel_policy_shipped
from . import travel_policy_differences
from . import train_fare
from . import travel_request
from . import travel_leg
from . import travel_lodging
from . import vehicle_request
from . import expense_claim
from . import hr_expense
from . import travel_advance
from . import travel_budget
