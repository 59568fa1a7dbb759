# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import approval_decision
from . import approval_route_test
from . import base_partner_merge
from . import contract_end
from . import contract_file
from . import credit_hold
from . import dossier_grant_give
from . import dossier_grant_revoke
from . import dossier_import
from . import dossier_import_row
from . import dossier_settings
from . import dossier_visit
