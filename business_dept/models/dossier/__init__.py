# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import res_company
from . import append_mixin
from . import guarded_mixin
from . import dossier_line
from . import dossier
from . import dossier_person
from . import dossier_occasion
from . import dossier_document
from . import dossier_grant
from . import res_partner
from . import readers_change
from . import dossier_access
from . import dossier_change
from . import take_out
