# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import approval_decision
from . import approval_route_test
from . import base_partner_merge
from . import credit_hold
from . import dossier_grant_give
from . import dossier_grant_revoke
from . import dossier_import
from . import dossier_import_row
from . import dossier_settings
from . import dossier_visit
from . import order_dispatch
from . import shipment_arrival
from . import payment_promise
from . import receipt_match
from . import receipt_record
from . import recovery_list
