# Part of business_dept. See LICENSE file for full copyright and licensing details.
from . import append_mixin
from . import engine_mixin
from . import traced_mixin
from . import control_event
from . import control
from . import control_mixin
from . import approval_rule
from . import approval
from . import approval_step
from . import approval_absence
from . import approval_mixin
from . import content_version
from . import post_conflict
from . import res_users
from . import regulation
from . import regulation_clause
from . import regulation_acknowledgement
