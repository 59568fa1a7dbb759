# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress

from odoo.exceptions import ValidationError
from odoo.tools import SQL

from . import controllers
from . import controls
from . import models
from . import wizard

#: tables whose rows hold on to controls, grades or payment terms; the uninstaller does not know the order
HOLDING = (
    "business_safety_award", "business_safety_assessment",
    "business_safety_hazard", "business_safety_inspection", "business_safety_plan",
    "business_environment_record", "business_safety_permit",
    "business_safety_action", "business_safety_drill", "business_safety_supply_check", "business_safety_supply",
    "business_safety_incident",
    "business_expense_claim", "business_vehicle_request", "business_travel_request",
    "business_contract",
    "business_dossier_access", "business_dossier_change",
    "business_control_event", "business_approval", "business_credit_run", "business_credit_profile",
    "business_credit_grade", "business_regulation_acknowledgement",
    "business_travel_policy", "business_train_fare",
    "business_safety_qualification", "business_safety_equipment_issue", "business_safety_equipment_need",
)
#: columns that would hold on to rows which the addon shipped, or that are deleted before
LINKED = (
    ("hr_job", "staff_grade_id"), ("hr_employee", "staff_grade_id"), ("res_company", "travel_town_id"),
    ("hr_expense", "claim_id"), ("hr_expense", "travel_leg_id"), ("hr_expense", "travel_request_id"),
    ("hr_expense", "transport_class_id"), ("hr_expense", "place_id"), ("business_regulation", "safety_incident_id"),
)


def uninstall_hook(env):
    """Empty the tables and delete the rows that would keep the uninstaller from deleting what the addon shipped."""
    # activities on documents of Odoo stay, and would hold on to their type
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", _get_ours(env, "mail.activity.type").ids)]).unlink()
    _leave_posts(env)
    for table, column in LINKED:
        env.cr.execute(SQL("UPDATE %s SET %s = NULL", SQL.identifier(table), SQL.identifier(column)))
    for table in HOLDING:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()


def _get_ours(env, model):
    """The records of a model that the addon brought."""
    data = env["ir.model.data"].search([("module", "=", "business_dept"), ("model", "=", model)])
    return env[model].browse(data.mapped("res_id"))


def _leave_posts(env):
    """Take everybody out of the posts while all of the addon is there: what depends on their members is computed by it.

    A user who would be left without any kind of access keeps the post until it is deleted.
    """
    posts = _get_ours(env, "res.groups")
    for user in posts.with_context(active_test=False).user_ids:
        with suppress(ValidationError), env.cr.savepoint():
            user.group_ids -= posts
    env.flush_all()
