# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import contract_template
from . import contract
from . import contract_approval
from . import contract_scan
from . import contract_signing
from . import contract_text
from . import contract_formal
from . import contract_follow_up
from . import contract_renewal
from . import sale_order
from . import amendment
from . import amendment_apply
from . import amendment_signing
from . import res_company
