# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who holds an old advance is told, and so is finance (RG-3.7)."""
from odoo import api, fields, models
from odoo.tools import format_date

SLICE = 200
ACTIVITY = "business_dept.mail_activity_type_advance_open"


class BusinessTravelAdvance(models.Model):
    _inherit = "business.travel.advance"

    date_reminded = fields.Date(readonly=True, copy=False, groups="base.group_system", help="Last told to be open too long.")

    @api.model
    def _cron_remind(self):
        """Take away what is settled, then tell once of every advance that is overdue. A transaction per slice: the next run
        goes on where this one stopped, and tells nothing twice."""
        Cron = self.env["ir.cron"]
        for step in (self._close_reminders, self._tell_overdue):
            while done := step():
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    def _close_reminders(self):
        """Take back the reminders of what is not open any more.

        :return: how many advances
        """
        advances = self.search(
            [("date_reminded", "!=", False), ("state", "!=", "paid")], order="id", limit=SLICE)
        if advances:
            advances.activity_unlink([ACTIVITY])
            advances._as_engine().write({"date_reminded": False})
        return len(advances)

    def _tell_overdue(self):
        """Give holder and finance a to-do for overdue advances that nobody was told of.

        :return: how many advances
        """
        today = fields.Date.context_today(self)
        advances = self.search([
            ("state", "=", "paid"), ("date_due", "<", today), ("date_reminded", "=", False),
        ], order="date_due, id", limit=SLICE)
        if not advances:
            return 0
        finance = self.env.ref("business_dept.group_finance").all_user_ids.filtered(
            lambda user: user.active and not user.share).sorted("id")
        activity_type, model_id = self.env.ref(ACTIVITY), self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id,
                "summary": advance.with_context(lang=user.lang)._describe_overdue(),
                "date_deadline": today, "res_model_id": model_id, "res_id": advance.id,
            }
            for advance in advances for user in advance._get_reminded(finance)
        ])
        advances._as_engine().write({"date_reminded": today})
        return len(advances)

    def _get_reminded(self, finance):
        """Who is told: the holder, and of finance who paid it, or else the first of the company.

        :param finance: holders of the post
        """
        self.ensure_one()
        colleagues = finance.filtered(lambda user: self.company_id in user.company_ids)
        holder = self.employee_id.user_id.filtered("active")
        payer = self._get_paid_out().create_uid & colleagues
        return holder | (payer or colleagues - holder)[:1]

    def _describe_overdue(self):
        """What the reminder says, in the language of who gets it."""
        return self.env._(
            "%(employee)s holds %(amount)s, to be settled by %(date)s", employee=self.employee_id.name,
            amount=self.currency_id.format(self.open_amount), date=format_date(self.env, self.date_due),
        )
