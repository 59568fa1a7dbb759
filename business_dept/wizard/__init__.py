# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import approval_decision
from . import approval_route_test
from . import base_partner_merge
from . import credit_hold
from . import dossier_settings
from . import dossier_visit
