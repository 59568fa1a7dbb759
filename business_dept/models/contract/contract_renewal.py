# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class BusinessContract(models.Model):
    """What ends is renewed as a new contract, with a text and an approval of its own (BT-11, JJ-1.2.5)."""

    _inherit = "business.contract"

    _engine_fields = frozenset({"renewed_from_id", "renewal_ids"})

    renewed_from_id = fields.Many2one(
        comodel_name="business.contract", string="Renewal of", readonly=True, copy=False, index="btree_not_null",
        ondelete="set null",
    )
    renewal_ids = fields.One2many(
        comodel_name="business.contract", inverse_name="renewed_from_id", string="Renewed by", readonly=True, copy=False,
    )
    can_renew = fields.Boolean(compute="_compute_can_renew", compute_sudo=True)

    @api.depends("date_signed", "date_end", "date_completed", "state", "remind_days", "renewal_ids.state")
    def _compute_can_renew(self):
        """Whether it has ended or ends soon, and nobody has renewed it yet."""
        for contract in self:
            contract.can_renew = (
                not contract._get_cannot_renew_reason()
                and (contract.state == "completed" or contract.days_left <= contract.remind_days)
            )

    def _get_cannot_renew_reason(self):
        """Why this contract cannot be renewed, in words; empty when it can."""
        if not self.date_signed or not self.date_end or self.state == "terminated":
            return self.env._("%s is renewed once it is signed and has a last day; what was terminated is not.", self.name)
        if renewals := self.renewal_ids.filtered(lambda one: one.state != "terminated"):
            return self.env._("It is renewed already: %s.", ", ".join(renewals.mapped("name")))
        return ""

    def action_renew(self):
        """Make the contract that follows this one, and open it: same parties and template, the dates moved on.

        The orders of a contract other than a framework contract are duplicated as quotations.

        :raise UserError: not signed, without a last day, terminated, or renewed already
        """
        self.ensure_one()
        self.check_access("write")
        contract = self.sudo()
        if reason := contract._get_cannot_renew_reason():
            raise UserError(reason)
        renewal = contract.create(contract._prepare_renewal_values())
        if not contract._is_framework():
            orders = contract._get_orders().filtered(lambda order: order.state == "sale").copy()
            orders._as_engine().write({"contract_id": renewal.id})
            renewal._compose_formal()
        contract._stamp()  # two renewals at once cannot both be serialized
        contract._end_reminders("business_dept.mail_activity_type_contract_expiry")
        contract._log_fact(self.env._("Renewed by %s.", renewal.name))
        return renewal.sudo(False)._get_form_action()

    def _prepare_renewal_values(self):
        """Values of the contract that follows; it holds as long as this one did, from the day after."""
        following = self.date_end + timedelta(days=1)
        length = relativedelta(following, self.date_start or self.date_signed)
        start = max(following, self._get_today())
        return {
            "renewed_from_id": self.id, "kind": self.kind, "company_id": self.company_id.id, "partner_id": self.partner_id.id,
            "user_id": self.user_id.id if self.user_id.active else self.env.uid, "title": self.title,
            "template_id": self.template_id.id, "text_language": self.text_language,
            "our_signatory_id": self.our_signatory_id.id, "customer_signatory": self.customer_signatory,
            "customer_signatory_title": self.customer_signatory_title, "framework_amount": self.framework_amount,
            "remind_days": self.remind_days, "date_start": start, "date_end": start + length - timedelta(days=1),
        }
