# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""The follow-up clerk is told what waits for him, and what is late (GF-6.6)."""
from odoo import api, fields, models
from odoo.tools import SQL, format_date

SLICE = 200
ACTIVITIES = {
    "release": "business_dept.mail_activity_type_order_release",
    "late": "business_dept.mail_activity_type_order_late",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    follow_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Follow-up Clerk",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Looks after orders that nobody else was given; when empty, the first who holds the post.",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _engine_fields = frozenset({"late_noted_on"})

    late_noted_on = fields.Date(readonly=True, copy=False, groups="base.group_system", help="Last told to be late.")

    def _deposit_arrived(self):
        """Called when money has completed, or reopened, the deposit of these orders: who follows them is told at once, in a
        transaction of its own. Orders that ask for no deposit wait for the next run, at most a quarter of an hour."""
        if self:
            self.env.ref("business_dept.ir_cron_order_follow_up").sudo()._trigger()

    def _get_follower(self, clerks):
        """Who is told about an order.

        :param clerks: holders of the clerk's post
        :return: ``res.users``, possibly empty
        """
        self.ensure_one()
        company = self.company_id
        candidates = self.follow_user_id | company.follow_user_id
        candidates = candidates.filtered(lambda user: user.active and company in user.company_ids)
        if self.follow_user_id in candidates:
            return self.follow_user_id
        return candidates[:1] or clerks.filtered(lambda user: company in user.company_ids)[:1]

    @api.model
    def _cron_follow_up(self):
        """Tell of orders that can be released, and daily of those that are late. A transaction per slice; the next run
        goes on where this one stopped."""
        Cron = self.env["ir.cron"]
        for step in (self._close_obsolete, self._tell_releasable, self._tell_late):
            while done := step():
                if not Cron._commit_progress(done, remaining=1):
                    return
        Cron._commit_progress(remaining=0)

    def _close_obsolete(self):
        """Take away what is no longer to be done because the order was cancelled or went another way.

        :return: how many
        """
        kind = self.env.ref(ACTIVITIES["release"])
        self.env["mail.activity"].flush_model()
        self.flush_model(["follow_stage"])
        rows = self.env.execute_query(SQL(
            """
            SELECT activity.id
              FROM mail_activity activity
              JOIN sale_order ord ON ord.id = activity.res_id
             WHERE activity.res_model = 'sale.order' AND activity.activity_type_id = %s AND activity.active
               AND ord.follow_stage IS DISTINCT FROM 'release' LIMIT %s
            """, kind.id, SLICE,
        ))
        self.env["mail.activity"].browse([row[0] for row in rows]).unlink()
        return len(rows)

    def _tell_releasable(self):
        """Tell once of each order whose deposit has arrived.

        :return: how many
        """
        return self._remind_clerks("release", SQL("ord.follow_stage = 'release'"), fields.Date.context_today)

    def _tell_late(self):
        """Tell daily of orders that are late and have no open reminder.

        :return: how many
        """
        today = fields.Date.context_today(self)
        self.flush_model(["promised_date", "is_fully_dispatched", "late_noted_on"])
        return self._remind_clerks("late", SQL(
            "ord.follow_stage IS NOT NULL AND NOT COALESCE(ord.is_fully_dispatched, FALSE)"
            " AND ord.state = 'sale' AND ord.promised_date < %s AND ord.late_noted_on IS DISTINCT FROM %s", today, today,
        ), lambda order: order.promised_date)

    def _remind_clerks(self, kind, condition, deadline):
        """Give the clerks a to-do for the orders of a slice that have none.

        :param str kind: a key of ``ACTIVITIES``
        :param SQL condition: which orders, as ``ord``
        :param deadline: function of the order
        :return: how many orders were looked at
        """
        activity_type = self.env.ref(ACTIVITIES[kind])
        clerks = self.env.ref("business_dept.group_order_clerk").all_user_ids.filtered(
            lambda user: user.active and not user.share).sorted("id")
        self.env["mail.activity"].flush_model()
        self.flush_model(["follow_stage", "state", "follow_user_id", "company_id"])
        orders = self.browse([order_id for order_id, in self.env.execute_query(SQL(
            """
            SELECT ord.id
              FROM sale_order ord
              JOIN res_company company ON company.id = ord.company_id
             WHERE %s
               AND (ord.follow_user_id IS NOT NULL OR company.follow_user_id IS NOT NULL OR ord.company_id = ANY(%s))
               AND NOT EXISTS (SELECT FROM mail_activity activity
                                WHERE activity.res_model = 'sale.order' AND activity.res_id = ord.id
                                  AND activity.activity_type_id = %s
                                  AND (activity.active OR %s AND activity.date_done >= ord.follow_stage_date::date))
          ORDER BY ord.id LIMIT %s
            """, condition, clerks.company_ids.ids, activity_type.id, kind == "release", SLICE,
        ))])
        told = [(order, user) for order in orders if (user := order._get_follower(clerks))]
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create([
            {
                "activity_type_id": activity_type.id, "automated": True, "user_id": user.id,
                "summary": order.with_context(lang=user.lang)._describe_reminder(kind, activity_type),
                "date_deadline": deadline(order), "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": order.id,
            }
            for order, user in told
        ])
        if kind == "late" and orders:
            orders._as_engine().write({"late_noted_on": fields.Date.context_today(self)})
        return len(told)

    def _describe_reminder(self, kind, activity_type):
        """What a reminder says, in the language of who gets it."""
        if kind == "late":
            return self.env._("Promised for %s and not sent", format_date(self.env, self.promised_date))
        return activity_type.with_env(self.env).summary

    def _end_reminders(self, kind):
        """What a reminder asked for is done.

        :param str kind: a key of ``ACTIVITIES``
        """
        if self:
            self.sudo().activity_feedback([ACTIVITIES[kind]])
