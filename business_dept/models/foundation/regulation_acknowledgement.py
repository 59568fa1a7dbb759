# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .regulation import READ_ACTIVITY


class BusinessRegulationAcknowledgement(models.Model):
    """RL-11, OP-6.3: one person is asked to read one version of a regulation, and confirms it himself.

    +---------+----------------------------------------------------------+----------------------------------+
    | Action  | Who                                                      | Restriction                      |
    +=========+==========================================================+==================================+
    | Read    | the person; the manager of the department; regulation    | own companies                    |
    |         | administrator, executive office, auditor                 |                                  |
    | Confirm | the person                                               | nobody for somebody else         |
    | Write   | the engine only                                          |                                  |
    +---------+----------------------------------------------------------+----------------------------------+
    """

    _name = "business.regulation.acknowledgement"
    _description = "Reading of a Regulation"
    _inherit = ["business.engine.mixin"]
    _order = "state desc, deadline, id"
    _rec_name = "regulation_id"

    regulation_id = fields.Many2one(
        comodel_name="business.regulation", required=True, readonly=True, index=True, ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, readonly=True, index=True, ondelete="restrict",
    )
    employee_id = fields.Many2one(comodel_name="hr.employee", readonly=True, ondelete="set null")
    department_id = fields.Many2one(
        comodel_name="hr.department",
        readonly=True,
        index="btree_not_null",
        help="The department when the person was asked.",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        selection=[("to_read", "To read"), ("confirmed", "Confirmed")],
        required=True,
        readonly=True,
        default="to_read",
        index=True,
    )
    progress = fields.Float(string="Confirmed (%)", compute="_compute_progress", store=True, aggregator="avg")
    deadline = fields.Date(required=True, readonly=True)
    confirmed_on = fields.Datetime(readonly=True)
    reminded_on = fields.Date(string="Last Reminder", readonly=True)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _reader_uniq = models.Constraint("UNIQUE (regulation_id, user_id)", "This person was asked to read it already.")

    # === COMPUTE METHODS === #

    @api.depends("state")
    def _compute_progress(self):
        for row in self:
            row.progress = 100.0 if row.state == "confirmed" else 0.0

    @api.depends("state", "deadline")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for row in self:
            row.is_late = row.state == "to_read" and bool(row.deadline) and row.deadline < today

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "=", "to_read") & fields.Domain("deadline", "<", fields.Date.context_today(self))
        return late if True in value else ~late

    # === ACTION METHODS === #

    def action_confirm(self):
        """Confirm that one has read and understood it. Only the person himself can."""
        self.check_access("read")
        if any(row.user_id != self.env.user for row in self.sudo()):
            self.env["business.control.event"]._log_refusal_by_code(
                "approval.forgery", self.env._("Tried to confirm the reading of somebody else."), self,
            )
            raise AccessError(self.env._("Only the person himself can confirm that he has read a regulation."))
        rows = self.sudo().filtered(lambda row: row.state == "to_read")
        rows.write({"state": "confirmed", "confirmed_on": fields.Datetime.now()})
        rows._close_activities()
        return True

    def action_open_regulation(self):
        """Open the regulation to read it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "business.regulation",
            "res_id": self.regulation_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _get_activities(self):
        """The open activities of these rows, by ``(regulation id, user id)``.

        :rtype: dict
        """
        activities = self.env["mail.activity"].sudo().search_fetch([
            ("res_model", "=", "business.regulation"),
            ("res_id", "in", self.regulation_id.ids),
            ("user_id", "in", self.user_id.ids),
            ("activity_type_id", "=", self.env.ref(READ_ACTIVITY).id),
        ], ["res_id", "user_id"])
        return activities.grouped(lambda activity: (activity.res_id, activity.user_id.id))

    def _schedule_activities(self):
        """An activity for each row that has none: one batch, no mail and no follower."""
        known = self._get_activities()
        model_id = self.env["ir.model"]._get_id("business.regulation")
        activity_type = self.env.ref(READ_ACTIVITY)
        engine = self.env["business.regulation"]._as_engine().with_context(mail_activity_quick_update=True)
        engine.env["mail.activity"].create([
            {
                "activity_type_id": activity_type.id,
                "summary": activity_type.summary,
                "automated": True,
                "res_model_id": model_id,
                "res_id": row.regulation_id.id,
                "user_id": row.user_id.id,
                "date_deadline": row.deadline,
            }
            for row in self
            if (row.regulation_id.id, row.user_id.id) not in known
        ])

    def _close_activities(self):
        """Close the activities of these rows. The row is the trace; a message per reader would drown the chatter."""
        pairs = {(row.regulation_id.id, row.user_id.id) for row in self}
        known = self._get_activities()
        self.env["mail.activity"].sudo().union(*(known[pair] for pair in pairs & known.keys())).unlink()

    def _follow_up(self):
        """Release those who left, and remind those who are late, at most once per period. For rows still to read.

        A reminder also brings back the activity of somebody who marked it done without confirming.
        """
        today = self.env["business.regulation"]._get_today()
        open_rows = self.sudo()
        gone = open_rows.filtered(lambda row: not row.user_id.active)
        gone._close_activities()
        gone.unlink()
        late = (open_rows - gone).filtered(lambda row: row.deadline < today and (
            not row.reminded_on or row.reminded_on <= today - timedelta(days=row.regulation_id.read_deadline_days)
        ))
        if not late:
            return
        late._schedule_activities()
        for (regulation, lang), rows in late.grouped(lambda row: (row.regulation_id, row.user_id.lang)).items():
            regulation = regulation._as_engine().with_context(lang=lang)
            regulation.message_notify(
                subject=self.with_context(lang=lang).env._("Please read: %s", regulation.display_name),
                body=self.with_context(lang=lang).env._(
                    "You have not confirmed yet that you have read and understood “%s”. Open it under "
                    "“My Regulations”, read it and confirm.", regulation.display_name,
                ),
                partner_ids=rows.user_id.partner_id.ids,
            )
        late.write({"reminded_on": today})
