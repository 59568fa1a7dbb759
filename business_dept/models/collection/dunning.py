# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...policy import collection as policy

DEFAULT_STEPS = ((1, "salesperson"), (7, "department_manager"), (15, "executive_office"))
ACTIVITY = "business_dept.mail_activity_type_dunning"


class BusinessDunningStep(models.Model):
    """Who is told how many days after the due date that a customer has not paid (OP-4.6, IC-14)."""

    _name = "business.dunning.step"
    _description = "Dunning Step"
    _inherit = ["business.traced.mixin", "mail.thread"]
    _order = "company_id, days"
    _rec_name = "days"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade",
    )
    days = fields.Integer(string="Days Overdue", required=True, tracking=True)
    post = fields.Selection(
        selection=[
            ("salesperson", "Salesperson"), ("department_manager", "Department manager"),
            ("executive_office", "Executive office"),
        ],
        string="Who Is Told", required=True, tracking=True,
    )
    message = fields.Text(translate=True, help="What they are asked to do; stands in the activity.")

    _check_days = models.Constraint("CHECK (days > 0)", "A step comes at least one day after the due date.")
    _company_days_unique = models.UniqueIndex("(company_id, days)", "There is a step for these days already.")

    @api.depends("days", "post")
    def _compute_display_name(self):
        posts = dict(self._fields["post"]._description_selection(self.env))
        for step in self:
            step.display_name = self.env._("%(days)s days: %(who)s", days=step.days, who=posts.get(step.post, ""))

    @api.model
    def _create_for_companies(self, companies=None):
        """Give the shipped steps to the companies that have none.

        :param companies: ``res.company``; all when missing
        """
        if companies is None:
            companies = self.env["res.company"].sudo().search([])
        Step = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True)
        having = Step.search([("company_id", "in", companies.ids)]).company_id
        Step.create([
            {"company_id": company.id, "days": days, "post": post}
            for company in companies - having for days, post in DEFAULT_STEPS
        ])

    def _get_users(self, order):
        """Whom this step tells about an order: who is nobody, is stood for by the next above."""
        self.ensure_one()
        Rule, company = self.env["business.approval.rule"], order.company_id
        salesperson = order.user_id.filtered(lambda user: user.active and not user.share and company in user.company_ids)
        if self.post == "salesperson" and salesperson:
            return salesperson
        manager = Rule._get_department_manager(order.user_id, company) if order.user_id else salesperson.browse()
        managers = manager or Rule._get_group_users(self.env.ref("business_dept.group_department_manager"), company)
        if self.post != "executive_office" and managers:
            return managers
        return Rule._get_group_users(self.env.ref("business_dept.group_executive_office"), company)


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env["business.dunning.step"]._create_for_companies(companies)
        return companies


class BusinessPaymentInstalment(models.Model):
    _inherit = "business.payment.instalment"

    @api.model
    def _dun(self):
        """Tell whoever a step names about what has become overdue, each step once (OP-4.6).

        The step that an instalment has reached is written with what was told, and committed with it: killed in the
        middle, the next run goes on; run twice, nothing is told twice; after days of standstill every step is made up.
        """
        today = fields.Date.context_today(self)
        Step = self.env["business.dunning.step"].sudo()
        steps_of, late = Step.search([]).grouped("company_id"), []
        for row in self.sudo().search([("state", "=", "due"), ("date_due", "<", today)], order="date_due, id"):
            steps = steps_of.get(row.company_id, Step)
            reached = steps[:policy.dunning_level(row.days_overdue, steps.mapped("days"))]
            if untold := reached.filtered(lambda step, row=row: step.days > row.dunning_days):
                late.append((row, reached, untold))
        self.env["ir.cron"]._commit_progress(remaining=len(late))
        for row, reached, untold in late:
            row._tell(untold, today)
            row.write({"dunning_level": len(reached), "dunning_days": reached[-1].days, "dunning_date": today})
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    def _tell(self, steps, today):
        """Give an activity on the order to the persons of dunning steps, and note it in the chatter."""
        self.ensure_one()
        row = self.with_context(lang=self.company_id.partner_id.lang)  # a cron has no language, and what is written stays
        order = row.order_id
        summary = row.env._(
            "%(instalment)s: %(open)s overdue for %(days)s days (due %(date)s)", instalment=row.display_name,
            open=format_amount(row.env, row.amount_open, row.currency_id), days=row.days_overdue,
            date=format_date(row.env, row.date_due),
        )
        for step in steps.with_context(lang=row.env.context["lang"]):
            users = step._get_users(order)
            for user in users:
                order.activity_schedule(
                    ACTIVITY, date_deadline=today, user_id=user.id, summary=summary, note=step.message or "",
                )
            order._message_log(body=row.env._(
                "Dunning step %(step)s. %(summary)s. Told: %(who)s.", step=step.display_name, summary=summary,
                who=", ".join(users.mapped("name")) or "—",
            ))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _close_dunning(self):
        """Close the reminders of orders with nothing overdue any more; what is not overdue may be dunned anew."""
        rows = self.instalment_ids
        calm = rows.filtered(lambda row: row.dunning_level and row.state in ("waiting", "due") and not row.is_overdue)
        if calm:
            calm.write({"dunning_level": 0, "dunning_days": 0})
        settled = self - rows.filtered("is_overdue").order_id
        activities = settled.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY, raise_if_not_found=False))
        if activities:
            activities.action_feedback(feedback=self.env._("Nothing of the order is overdue any more."))
