# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...controls import Breach, control
from ..foundation.reason import clean_reason
from .contract import INFORMAL_KINDS


class BusinessContract(models.Model):
    """From the approved text to the signed paper: read by both sides, signed, filed, in force, ended (WM-2.2.2)."""

    _inherit = "business.contract"

    _engine_fields = frozenset({
        "our_read_by_id", "our_read_on", "our_read_fingerprint", "customer_read_by", "customer_read_on",
        "customer_read_fingerprint", "customer_read_recorded_by_id", "customer_signed_by", "customer_signed_on",
        "customer_signed_fingerprint",
    })

    our_read_by_id = fields.Many2one(comodel_name="res.users", string="Read by Us", readonly=True, copy=False)
    our_read_on = fields.Datetime(string="Read by Us On", readonly=True, copy=False)
    our_read_fingerprint = fields.Char(readonly=True, copy=False)
    customer_read_by = fields.Char(string="Read by the Customer", readonly=True, copy=False)
    customer_read_on = fields.Datetime(string="Read by the Customer On", readonly=True, copy=False)
    customer_read_fingerprint = fields.Char(readonly=True, copy=False)
    customer_read_recorded_by_id = fields.Many2one(
        comodel_name="res.users", string="Recorded By", readonly=True, copy=False,
        help="Who of us recorded that the customer has read it; empty when the customer signed on the portal.",
    )
    customer_signed_by = fields.Char(string="Signed on the Portal By", readonly=True, copy=False)
    customer_signed_on = fields.Datetime(string="Signed on the Portal On", readonly=True, copy=False)
    customer_signed_fingerprint = fields.Char(readonly=True, copy=False)
    is_read_by_us = fields.Boolean(compute="_compute_readings", compute_sudo=True)
    is_read_by_customer = fields.Boolean(compute="_compute_readings", compute_sudo=True)
    is_evidenced = fields.Boolean(
        string="Signature at Hand", compute="_compute_readings", compute_sudo=True,
        help="A signed scan is filed, or the customer has signed on the portal: of this very content.",
    )

    #=== COMPUTE METHODS ===#

    @api.depends("code", "our_read_fingerprint", "customer_read_fingerprint", "customer_signed_fingerprint", "scan_ids")
    def _compute_readings(self):
        for contract in self:
            fingerprint = contract._get_approval_fingerprint() if contract._origin else "-"
            contract.is_read_by_us = contract.our_read_fingerprint == fingerprint
            contract.is_read_by_customer = contract.customer_read_fingerprint == fingerprint
            contract.is_evidenced = contract.customer_signed_fingerprint == fingerprint or contract._has_signed_scan()

    #=== ACTION METHODS ===#

    def action_confirm_reading(self):
        """WM-2.2.2: confirm that we have read the whole text once more. It counts for this very text."""
        self.check_access("write")
        self._check_open()
        for contract in self:
            contract._as_engine().write({
                "our_read_by_id": self.env.uid, "our_read_on": fields.Datetime.now(),
                "our_read_fingerprint": contract._get_approval_fingerprint(),
            })
            contract._log_fact(self.env._("%s has read the whole text once more.", self.env.user.name))
        return True

    def action_record_customer_reading(self, reader=None):
        """WM-2.2.2: record that the customer has read the whole text once more.

        :param str reader: who on their side; their signatory, or else the customer, when missing
        """
        self.check_access("write")
        self._check_open()
        for contract in self:
            named = (reader if isinstance(reader, str) else "").strip()
            name = named or contract.customer_signatory or contract.sudo().partner_id.name
            contract._as_engine().write({
                "customer_read_by": name, "customer_read_on": fields.Datetime.now(),
                "customer_read_fingerprint": contract._get_approval_fingerprint(),
                "customer_read_recorded_by_id": self.env.uid,
            })
            contract._log_fact(self.env._(
                "%(reader)s has read the whole text for the customer; recorded by %(user)s.",
                reader=name, user=self.env.user.name,
            ))
        return True

    def action_sign(self):
        """Record that both sides have signed.

        :raise UserError: no signed paper and no portal signature of this very text
        :raise ControlError: unapproved, or not read by both sides, and the controls do not let that through
        """
        self.check_access("write")
        for contract in self:
            contract._sign()
        return True

    def action_complete(self, reason=None):
        """Complete by hand: what was agreed has been done. Manager and executive office.

        :param str reason: why; without it a window asks
        """
        return self._end("completed", reason)

    def action_terminate(self, reason=None):
        """End the contract early. Manager and executive office.

        :param str reason: why; without it a window asks
        """
        return self._end("terminated", reason)

    #=== CONTROLS ===#

    @control("contract.sign_unapproved", moment="sign_off")
    def _check_sign_unapproved(self):
        """JJ-1.2.4: a contract is signed only after it was approved, and exactly as it was approved."""
        return {
            contract: Breach(self.env._("%s is not approved, or not with this content.", contract.name))
            for contract in self - self._filter_approved()
        }

    @control("contract.read_through", moment="sign_off")
    def _check_read_through(self):
        """WM-2.2.2: both sides read the whole text once more before they sign."""
        breaches = {}
        for contract in self:
            missing = []
            if not contract.is_read_by_us:
                missing.append(self.env._("we"))
            if not contract.is_read_by_customer:
                missing.append(self.env._("the customer"))
            if missing:
                breaches[contract] = Breach(self.env._(
                    "Not read once more before signing, or not this text: %s.", ", ".join(missing),
                ))
        return breaches

    #=== BUSINESS METHODS ===#

    @api.model
    def _get_today(self):
        return fields.Date.context_today(self)

    def _check_submittable(self):
        """Only what is not signed and has not ended is submitted."""
        self.ensure_one()
        if self.date_signed or self.date_terminated or self.date_completed:
            raise UserError(self.env._("%s is signed or has ended; what changes now is an amendment.", self.name))
        if not self._is_framework() and not self._get_orders():
            raise UserError(self.env._("%s has no order: there is nothing to approve.", self.name))

    def _sign(self):
        """Sign, after all checks."""
        self.ensure_one()
        self._check_open()
        if self.date_signed:
            raise UserError(self.env._("%s is signed already.", self.name))
        if self.kind in INFORMAL_KINDS:
            raise UserError(self.env._("%s is agreed without paper: make the formal contract and sign that.", self.name))
        if not self.is_evidenced:
            raise UserError(self.env._(
                "Nothing shows that %s is signed: file the signed scan of this text, or let the customer sign on the portal.",
                self.name,
            ))
        self._check_controls("sign_off")
        self._as_engine().write({"date_signed": self._get_today()})
        self._stamp()
        self._log_fact(self.env._("Signed by both sides."))
        self._keep_version("signed")
        self._put_in_force()
        self._replace_informal()

    def _put_in_force(self):
        """What is signed holds from its first day on."""
        today = self._get_today()
        for contract in self.filtered(lambda one: one.date_signed and not one.date_in_force):
            if not contract.date_start or contract.date_start <= today:
                contract._as_engine().write({"date_in_force": contract.date_start or today})

    def _record_customer_signature(self, name):
        """Called when the customer has signed an order of these contracts on the portal: read and signed (WM-2.2.2)."""
        for contract in self.sudo().filtered(lambda one: one.state == "approved"):
            fingerprint, now = contract._get_approval_fingerprint(), fields.Datetime.now()
            contract._as_engine().write({
                "customer_read_by": name, "customer_read_on": now, "customer_read_fingerprint": fingerprint,
                "customer_read_recorded_by_id": False,
                "customer_signed_by": name, "customer_signed_on": now, "customer_signed_fingerprint": fingerprint,
            })
            contract._log_fact(self.env._("%s has signed on the portal for the customer.", name or "—"))
            if not contract._find_breaches("sign_off"):
                contract._sign()

    def _end(self, how, reason):
        """Complete or terminate.

        :param str how: ``completed`` or ``terminated``
        :param str reason: why
        """
        self.check_access("read")
        self._check_post("department_manager", "executive_office")
        self._check_open()
        if reason is None:
            return {
                "type": "ir.actions.act_window", "res_model": "business.contract.end", "view_mode": "form", "target": "new",
                "name": self.env._("Complete") if how == "completed" else self.env._("Terminate"),
                "context": {"default_contract_ids": self.ids, "default_how": how},
            }
        reason = clean_reason(reason)
        if not reason:
            raise UserError(self.env._("A reason is needed: it stays in the register."))
        for contract in self:
            if how == "completed" and contract.state not in ("signed", "in_force", "approved"):
                raise UserError(self.env._("%s was not agreed yet: it cannot be completed.", contract.name))
            pending = contract._get_live_approvals().filtered(lambda approval: approval.state == "pending")
            if pending:
                pending._end("withdrawn", self.env._("The contract was ended."))
            contract._finish(how, reason)
        return True

    def _finish(self, how, reason):
        """Write down that and why the contract has ended."""
        contract = self._as_engine()
        contract.write({f"date_{how}": self._get_today(), "end_reason": reason, "ended_by_id": self.env.uid})
        contract.activity_unlink([
            "business_dept.mail_activity_type_contract_expiry", "business_dept.mail_activity_type_contract_formal",
            "business_dept.mail_activity_type_contract_scan",
        ])
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._log_fact(f"{labels[how]}: {reason}")

    def _log_fact(self, text):
        """A line in the chatter, by who acts."""
        self.ensure_one()
        self.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)

    def _keep_version(self, occasion):
        """Keep the content as it is now; nothing is overwritten (RL-4.3).

        :param str occasion: ``approved``, ``signed`` or ``amended``
        """
        self.env["business.content.version"]._keep(self.sudo(), occasion)
