# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ...policy.contract import is_same_code, make_code


class BusinessContractScan(models.Model):
    """A signed paper that was scanned and filed, and whether its code is that of the contract (J2-2.3)."""

    _name = "business.contract.scan"
    _description = "Filed Scans"
    _inherit = ["business.engine.mixin"]
    _order = "id desc"
    _rec_name = "code"

    contract_id = fields.Many2one(
        comodel_name="business.contract", required=True, readonly=True, index=True, ondelete="cascade",
    )
    amendment_id = fields.Many2one(
        comodel_name="business.contract.amendment", readonly=True, index="btree_not_null", ondelete="cascade",
        help="The amendment that this paper is; empty for the contract itself.",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    date = fields.Datetime(string="Filed On", required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(comodel_name="res.users", string="Filed By", required=True, readonly=True)
    code = fields.Char(string="Code on the Paper", readonly=True)
    expected_code = fields.Char(string="Code of the Contract", readonly=True)
    fingerprint = fields.Char(string="Fingerprint of the Content", readonly=True)
    is_matching = fields.Boolean(string="Codes Agree", readonly=True)
    cabinet = fields.Char(readonly=True)
    shelf = fields.Char(string="Shelf or Folder", readonly=True)
    attachment_ids = fields.One2many(
        comodel_name="ir.attachment", inverse_name="res_id", string="Scans", readonly=True,
        domain=lambda self: [("res_model", "=", self._name)],
    )


class BusinessContract(models.Model):
    _inherit = "business.contract"

    _engine_fields = frozenset({"scan_ids"})

    scan_ids = fields.One2many(
        comodel_name="business.contract.scan", inverse_name="contract_id", string="Filed Scans", readonly=True, copy=False,
    )

    def action_file_scan(self):
        """Ask for the scan, its code and its place."""
        self.ensure_one()
        self._check_may_file()
        return {
            "type": "ir.actions.act_window", "name": self.env._("File the Scan"), "res_model": "business.contract.file",
            "view_mode": "form", "target": "new", "context": {"default_contract_id": self.id},
        }

    def _check_may_file(self):
        """Who files: whoever may edit the contract, and the order clerk.

        :raise AccessError: for everybody else
        """
        self.check_access("read")
        if not self.env.user.has_group("business_dept.group_order_clerk"):
            self.check_access("write")

    def _file_scan(self, attachments, code, cabinet, shelf, amendment=None):
        """Keep a signed paper. The scans are copied: who uploaded them cannot exchange them later.

        :param attachments: ``ir.attachment`` that the user may read
        :param str code: as it is printed on the paper
        :param str cabinet: where the paper lies
        :param str shelf: likewise
        :param amendment: the ``business.contract.amendment`` that the paper is; the contract itself when missing
        :return: ``business.contract.scan``, in sudo
        :raise ControlError: the code is not the contract's, and the control does not let that through
        """
        self.ensure_one()
        self._check_may_file()
        if not attachments:
            raise UserError(self.env._("Choose the scanned file."))
        attachments.check_access("read")
        document = amendment or self
        if amendment and amendment.sudo().contract_id != self.sudo():
            raise UserError(self.env._("%(amendment)s is no amendment of %(contract)s.", amendment=amendment.sudo().name,
                                       contract=self.name))
        document.check_access("read")
        fingerprint = next((one for one in document._get_fingerprints() if is_same_code(code or "", make_code(one))), None)
        present = document._get_approval_fingerprint()
        scan = self.env["business.contract.scan"].sudo().create({
            "contract_id": self.id, "amendment_id": amendment and amendment.id, "user_id": self.env.uid,
            "code": code, "expected_code": make_code(present),
            "fingerprint": fingerprint, "is_matching": bool(fingerprint),
            "cabinet": cabinet, "shelf": shelf,
        })
        for attachment in attachments.sudo():
            attachment.copy({"res_model": scan._name, "res_id": scan.id, "res_field": False, "public": False})
        if not amendment:
            self._as_engine().write({"cabinet": cabinet or self.cabinet, "shelf": shelf or self.shelf})
        self._check_controls("file")
        if scan.is_matching and not amendment:
            self._end_reminders("business_dept.mail_activity_type_contract_scan")
        self._message_log_filed(scan)
        return scan

    def _get_fingerprints(self):
        """Fingerprints of what may be filed: the present content, and what was signed before it was amended."""
        versions = self.env["business.content.version"].sudo().search([
            ("res_model", "=", self._name), ("res_id", "=", self.id), ("occasion", "in", ("signed", "amended")),
        ])
        return [self._get_approval_fingerprint(), *versions.mapped("fingerprint")]

    def _message_log_filed(self, scan):
        """Say in the chatter what was filed and where."""
        self.sudo()._message_log(body=self.env._(
            "Scan of %(document)s filed by %(user)s: code %(code)s, cabinet %(cabinet)s, shelf %(shelf)s.",
            document=(scan.amendment_id or self).name, user=self.env.user.name, code=scan.code or "—",
            cabinet=scan.cabinet or "—", shelf=scan.shelf or "—",
        ), author_id=self.env.user.partner_id.id)

    @control("contract.scan_mismatch", moment="file")
    def _check_scan_mismatch(self):
        """J2-2.3, RL-4.3: what is filed is what was approved; the code on the paper says so."""
        breaches = {}
        for contract in self:
            scan = contract.scan_ids[:1]
            if scan and not scan.is_matching:
                breaches[contract] = Breach(self.env._(
                    "The code on the paper is %(code)s, that of the contract %(expected)s: it is not the same text.",
                    code=scan.code or "—", expected=scan.expected_code,
                ))
        return breaches

    def _has_signed_scan(self):
        """WM-2.2.2: whether a paper of this very content is filed. One with another code is kept, and shows nothing."""
        self.ensure_one()
        fingerprint = self._get_approval_fingerprint()
        return any(scan.is_matching and scan.fingerprint == fingerprint for scan in self.sudo().scan_ids)
