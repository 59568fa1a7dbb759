# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ...policy.contract import make_code


class BusinessContractAmendment(models.Model):
    """An amendment is agreed by both sides: a signed paper is filed, or the customer's consent is noted (WM-2.2.2, BT-11)."""

    _inherit = "business.contract.amendment"

    _engine_fields = frozenset({
        "scan_ids", "consent_by", "consent_on", "consent_recorded_by_id", "consent_fingerprint",
    })

    code = fields.Char(
        string="Code of the Content", compute="_compute_code", compute_sudo=True,
        help="Printed on the amendment and checked when the signed paper is filed.",
    )
    scan_ids = fields.One2many(
        comodel_name="business.contract.scan", inverse_name="amendment_id", string="Filed Scans", readonly=True, copy=False,
    )
    consent_by = fields.Char(string="Consented for the Customer", readonly=True, copy=False)
    consent_on = fields.Date(string="Consented On", readonly=True, copy=False)
    consent_recorded_by_id = fields.Many2one(comodel_name="res.users", string="Recorded By", readonly=True, copy=False)
    consent_fingerprint = fields.Char(readonly=True, copy=False)
    is_agreed = fields.Boolean(
        string="Agreed by the Customer", compute="_compute_code", compute_sudo=True,
        help="A signed paper of this very content is filed, or the customer's consent to it is noted.",
    )

    @api.depends(lambda self: [*self._approval_fields, "scan_ids.fingerprint", "consent_fingerprint"])
    def _compute_code(self):
        for amendment in self:
            fingerprint = amendment._get_approval_fingerprint() if amendment._origin else "-"
            amendment.code = amendment._origin and make_code(fingerprint)
            amendment.is_agreed = amendment.consent_fingerprint == fingerprint or any(
                scan.is_matching and scan.fingerprint == fingerprint for scan in amendment.scan_ids
            )

    def action_file_scan(self):
        """Ask for the scan of the signed amendment, its code and its place."""
        self.ensure_one()
        self.contract_id._check_may_file()
        return {
            "type": "ir.actions.act_window", "name": self.env._("File the Signed Amendment"),
            "res_model": "business.contract.file", "view_mode": "form", "target": "new",
            "context": {"default_contract_id": self.contract_id.id, "default_amendment_id": self.id},
        }

    def _get_fingerprints(self):
        """Fingerprints of what may be filed: the present content."""
        return [self._get_approval_fingerprint()]

    def action_record_consent(self, name=None, date=None):
        """Note that the customer agrees to this very content without a paper.

        :param str name: who on their side; their signatory, or else the customer, when missing
        :param str date: when; today when missing, never later
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        day = min(fields.Date.to_date(date), today) if isinstance(date, str) and date else today
        for amendment in self:
            contract = amendment.contract_id.sudo()
            contract._check_open()
            if amendment.date_applied:
                raise UserError(self.env._("%s is applied already.", amendment.name))
            who = (name if isinstance(name, str) else "").strip() or contract.customer_signatory or contract.partner_id.name
            amendment._as_engine().write({
                "consent_by": who, "consent_on": day, "consent_recorded_by_id": self.env.uid,
                "consent_fingerprint": amendment._get_approval_fingerprint(),
            })
            amendment.sudo()._message_log(body=self.env._(
                "%(name)s agrees for the customer; recorded by %(user)s.", name=who, user=self.env.user.name,
            ), author_id=self.env.user.partner_id.id)
        return True

    @control("contract.amendment_unsigned", moment="apply")
    def _check_agreed(self):
        """WM-2.2.2, BT-11: what both sides signed is changed by both sides."""
        return {
            amendment: Breach(self.env._("The customer has not agreed to %s, or not to this content.", amendment.name))
            for amendment in self if not amendment.is_agreed
        }

    def _explain_finding(self, finding):
        if finding.moment == "apply" and finding.mode != "notify":
            return self.env._(
                "[%(clause)s] File the signed amendment, or note the customer's consent; then apply it.",
                clause=finding.control._get_citation(),
            )
        return super()._explain_finding(finding)
