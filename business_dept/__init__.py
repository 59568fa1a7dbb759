# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tools import SQL

from . import controls
from . import models
from . import wizard

#: tables whose rows hold on to controls, grades or payment terms; the uninstaller does not know the order
HOLDING = (
    "business_contract",
    "business_dossier_access", "business_dossier_change",
    "business_control_event", "business_approval", "business_credit_run", "business_credit_profile",
    "business_credit_grade", "business_regulation_acknowledgement",
)


def uninstall_hook(env):
    """Empty the tables that would keep the uninstaller from deleting what the addon shipped."""
    for table in HOLDING:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()
