# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import AccessError

from ..models.dossier.res_company import SECRECY

KEEPERS = "business_dept.group_regulation_admin,business_dept.group_executive_office,base.group_system"
SETTINGS = (
    "dossier_secrecy", "dossier_whitelist_group_id", "dossier_visit_notice_days", "dossier_visit_interval_days",
    "dossier_dormant_months", "dossier_grant_days", "dossier_grant_max_days", "dossier_reminder_days",
    "dossier_log_months",
)


def _of_company(name):
    return lambda self: self.env.company.sudo()[name]


class BusinessDossierSettings(models.TransientModel):
    """What a company sets about its dossiers, for those who answer for it without administering the system."""

    _name = "business.dossier.settings"
    _description = "Dossier Settings"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, default=lambda self: self.env.company,
    )
    dossier_secrecy = fields.Selection(
        selection=SECRECY, string="Secrecy of New Dossiers", required=True, default=_of_company("dossier_secrecy"),
    )
    dossier_whitelist_group_id = fields.Many2one(
        comodel_name="res.groups", string="Dossier Whitelist", default=_of_company("dossier_whitelist_group_id"),
    )
    dossier_visit_notice_days = fields.Integer(
        string="Announce Visits (Days Before)", default=_of_company("dossier_visit_notice_days"),
    )
    dossier_visit_interval_days = fields.Integer(
        string="Next Visit After (Days)", default=_of_company("dossier_visit_interval_days"),
    )
    dossier_dormant_months = fields.Integer(
        string="Dormant After (Months)", default=_of_company("dossier_dormant_months"),
    )

    dossier_grant_days = fields.Integer(
        string="Usual Access (Days)", default=_of_company("dossier_grant_days"),
    )
    dossier_grant_max_days = fields.Integer(
        string="Longest Access (Days)", default=_of_company("dossier_grant_max_days"),
    )
    dossier_reminder_days = fields.Integer(
        string="Remind Before Access Ends (Days)", default=_of_company("dossier_reminder_days"),
    )
    dossier_log_months = fields.Integer(
        string="Keep the Access Log (Months)", default=_of_company("dossier_log_months"),
    )

    def _check_own_benefit(self):
        """IC-7: nobody opens the secret dossiers to himself."""
        user, group = self.env.user, self.dossier_whitelist_group_id.sudo()
        if user in group.all_user_ids and user not in self.company_id.sudo().dossier_whitelist_group_id.all_user_ids:
            self.env["business.control.mixin"]._refuse_on(self.browse(), "approval.own_decision", self.env._(
                "You belong to %s: somebody else has to make it the whitelist.", group.name,
            ))

    def action_save(self):
        """Set it on the company, and leave a trace of what changed."""
        self.ensure_one()
        company = self.company_id
        if not self.env.user.has_groups(KEEPERS) or company not in self.env.user.company_ids:
            raise AccessError(self.env._(
                "The regulation administrator or the executive office of the company sets how secret its dossiers are.",
            ))
        self._check_own_benefit()
        company = company.sudo()
        changed = {name: self[name] for name in SETTINGS if self[name] != company[name]}
        if changed:
            Event = self.env["business.control.event"]
            control = self.env["business.control"]._get_by_code("dossier.details")
            message = "\n".join(
                f"{self._fields[name]._description_string(self.env)}: {_tell(company[name])} → {_tell(value)}"
                for name, value in changed.items()
            )
            company.write({name: self._fields[name].convert_to_write(value, self) for name, value in changed.items()})
            Event._log([Event._prepare_event(
                control, control._get_mode(company), "mode_changed", company, message=message,
            )])
        return {"type": "ir.actions.act_window_close"}


def _tell(value):
    return value.display_name or "–" if isinstance(value, models.BaseModel) else value
