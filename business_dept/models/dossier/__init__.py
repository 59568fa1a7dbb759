# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import res_company
from . import dossier
from . import dossier_person
from . import dossier_occasion
from . import dossier_document
from . import dossier_grant
from . import res_partner
from . import duplicate
from . import follow_up
from . import new_customer
from . import partner_tab
from . import readers_change
from . import doors
from . import handling
