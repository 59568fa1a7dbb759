# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

SLICE = 100
EXPIRY = "business_dept.mail_activity_type_contract_expiry"
FORMAL = "business_dept.mail_activity_type_contract_formal"
SCAN = "business_dept.mail_activity_type_contract_scan"
BEFORE_DUE = 3
"""Days before the formal contract is due on which the salesperson is reminded."""


class BusinessContract(models.Model):
    """What the calendar does to contracts: they begin to hold, expire, miss their paper (J2-2.3, JJ-1.2.6)."""

    _inherit = "business.contract"

    _engine_fields = frozenset({"expiry_reminded_on", "scan_reminded_on", "formal_reminded_on", "formal_escalated_on"})

    remind_days = fields.Integer(
        string="Remind Days Before", default=lambda self: self.env.company.contract_remind_days,
        help="So many days before the contract ends the responsible person is reminded.",
    )
    expiry_reminded_on = fields.Date(readonly=True, copy=False)
    scan_reminded_on = fields.Date(readonly=True, copy=False)
    formal_reminded_on = fields.Date(readonly=True, copy=False)
    formal_escalated_on = fields.Date(readonly=True, copy=False)
    days_left = fields.Integer(compute="_compute_days_left", help="Days until the contract ends.")

    @api.depends("date_end")
    def _compute_days_left(self):
        today = self._get_today()
        for contract in self:
            contract.days_left = (contract.date_end - today).days if contract.date_end else 0

    def write(self, vals):
        result = super().write(vals)
        if "date_end" in vals:  # another last day is announced anew
            self.filtered("expiry_reminded_on")._as_engine().write({"expiry_reminded_on": False})
        return result

    # === CRON === #

    @api.model
    def _cron_follow_up(self):
        """Let begin what begins today, complete what is settled, remind. A transaction per slice; the next run goes on."""
        Cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        steps = (
            self._begin, self._complete_settled, self._expire, self._remind_of_expiry, self._remind_of_formal,
            self._escalate_formal, self._remind_of_scan,
        )
        for step in steps:
            while done := step(today):
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    def _take(self, domain):
        """The next slice of contracts, in the language of their company: what is written stays.

        :return: list of ``business.contract``, one each
        """
        return [
            contract.with_context(lang=contract.company_id.partner_id.lang)._as_engine()
            for contract in self.sudo().search(domain, limit=SLICE)
        ]

    def _begin(self, today):
        contracts = self._take([
            ("date_signed", "!=", False), ("date_in_force", "=", False), ("state", "=", "signed"), ("date_start", "<=", today),
        ])
        for contract in contracts:
            contract._put_in_force()
            contract._log_fact(contract.env._("In force from today."))
        return len(contracts)

    def _complete_settled(self, today):
        """JJ-1.3.5: everything has arrived and is paid: the contract is done. Paid beforehand alone is not done."""
        settled = [("is_settled", "=", True), ("state", "=", "sale")]
        goods = [("display_type", "=", False), ("product_uom_qty", ">", 0), ("is_downpayment", "=", False)]
        unsettled = [
            ("state", "!=", "cancel"), "|", ("is_settled", "=", False),
            "&", ("is_fully_arrived", "=", False), ("order_line", "any", goods),
        ]
        contracts = self._take([
            ("state", "=", "in_force"), ("kind", "!=", "framework"),
            "|", ("order_ids", "any", settled), ("replaced_ids", "any", [("order_ids", "any", settled)]),
            ("order_ids", "not any", unsettled), ("replaced_ids", "not any", [("order_ids", "any", unsettled)]),
        ])
        for contract in contracts:
            contract._finish("completed", contract.env._("Everything is delivered and paid."))
        return len(contracts)

    def _expire(self, today):
        contracts = self._take([
            ("state", "=", "in_force"), ("kind", "=", "framework"), ("date_end", "<", today),
        ])
        for contract in contracts:
            contract._finish("completed", contract.env._("Its last day has passed."))
        return len(contracts)

    def _remind_of_expiry(self, today):
        self.flush_model(["state", "date_end", "remind_days", "expiry_reminded_on"])
        near = self.sudo().browse(row[0] for row in self.env.execute_query(SQL(
            """
            SELECT id FROM business_contract
             WHERE state IN ('signed', 'in_force') AND expiry_reminded_on IS NULL AND remind_days > 0
               AND date_end >= %(today)s AND date_end - remind_days <= %(today)s
          ORDER BY id LIMIT %(slice)s
            """, today=today, slice=SLICE,
        )))
        for contract in near:
            contract = contract.with_context(lang=contract.company_id.partner_id.lang)._as_engine()
            contract._remind(EXPIRY, contract.user_id, contract.date_end, contract.env._(
                "%(contract)s ends: press “Renew” there, or let it end", contract=contract.name,
            ))
            contract.write({"expiry_reminded_on": today})
        return len(near)

    def _remind_of_formal(self, today):
        contracts = self._take(self._get_formal_missing_domain() & Domain([
            ("formal_reminded_on", "=", False), ("formal_due_date", "<=", today + timedelta(days=BEFORE_DUE)),
        ]))
        for contract in contracts:
            contract._remind(FORMAL, contract.user_id, contract.formal_due_date, contract.env._(
                "Formal contract for %s is due", contract.name,
            ))
            contract.write({"formal_reminded_on": today})
        return len(contracts)

    def _escalate_formal(self, today):
        contracts = self._take(self._get_formal_missing_domain() & Domain([
            ("formal_escalated_on", "=", False), ("formal_due_date", "<", today),
        ]))
        for contract in contracts:
            managers = self.env["res.users"]._get_post_holders("business_dept.group_department_manager", contract.company_id)
            for manager in managers:
                contract._remind(FORMAL, manager, today, contract.env._(
                    "Formal contract for %(contract)s is overdue; responsible: %(user)s",
                    contract=contract.name, user=contract.user_id.name,
                ))
            contract.write({"formal_escalated_on": today})
        return len(contracts)

    def _remind_of_scan(self, today):
        """J2-2.3: signed on the portal, and no paper in the cabinet."""
        contracts = self._take([
            ("state", "in", ("signed", "in_force")), ("scan_reminded_on", "=", False),
            ("scan_ids", "not any", [("is_matching", "=", True), ("amendment_id", "=", False)]),
        ])
        for contract in contracts:
            contract._remind(SCAN, contract.user_id, today, contract.env._("File the signed paper of %s", contract.name))
            contract.write({"scan_reminded_on": today})
        return len(contracts)

    def _remind(self, activity_type, user, deadline, summary):
        """An activity for somebody who is still with us."""
        if user.active and not user.share:
            self.activity_schedule(activity_type, date_deadline=deadline, summary=summary, user_id=user.id)

    def _end_reminders(self, *xmlids):
        """Take away open reminders whose cause is gone."""
        self.sudo().activity_unlink(list(xmlids))
