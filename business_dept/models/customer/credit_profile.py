# Part of business_dept. See LICENSE file for full copyright and licensing details.
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ...policy.credit import (
    PART_MEAN_LATE,
    PART_ON_TIME,
    PART_OVERDUE,
    PART_WORST_LATE,
    PaymentBehaviour,
    score,
)

#: the group that may read credit figures, on every field that shows them outside this model
CREDIT_READERS = "business_dept.group_credit_reader"


class BusinessCreditProfile(models.Model):
    """The credit standing of one customer (commercial entity) with one company (JJ-4.1, JJ-4.2).

    ============================  ============================================  ==============================
    Action                        Who                                           How
    ============================  ============================================  ==============================
    Read                          posts that deal with customers                companies of the user
    Grade, limit, score, figures  nobody directly: reviews and approved         the system, after the approval
                                  requests
    Set or lift a manual hold     department manager, finance                   `action_hold`, with a reason
    ============================  ============================================  ==============================

    No group has write access: whatever changes here is written by the methods of this model in sudo, after their
    own checks.
    """

    _name = "business.credit.profile"
    _inherit = ["business.engine.mixin", "mail.thread"]
    _description = "Customer Credit"
    _order = "partner_id, company_id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True
    _allow_sudo_commands = False

    #=== FIELDS ===#

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    grade_id = fields.Many2one(
        comodel_name="business.credit.grade", index="btree_not_null", readonly=True, tracking=True,
        check_company=True, ondelete="restrict", help="Empty: unrated.",
    )
    grade_color = fields.Integer(related="grade_id.color", string="Grade Color")
    grade_date = fields.Date(string="Grade Since", readonly=True)
    is_rated = fields.Boolean(string="Rated", readonly=True, help="The history is long enough for a score.")
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    score_parts = fields.Json(
        compute="_compute_score_parts", help="[[part, measured value, points, weight], …], as the last review counted.",
    )
    score_explanation = fields.Html(compute="_compute_score_explanation", sanitize=False)
    score_graph = fields.Text(compute="_compute_score_graph")
    score_ids = fields.One2many("business.credit.score", "profile_id", string="Score History", readonly=True)

    limit_source = fields.Selection(
        selection=[("grade", "Grade"), ("own", "Own limit")], required=True, default="grade", readonly=True,
        tracking=True,
    )
    own_limit = fields.Monetary(readonly=True, tracking=True)
    credit_limit = fields.Monetary(
        string="Limit", compute="_compute_credit_limit", store=True,
        help="The limit in force: the own limit if one was approved, else the limit of the grade; 0 when unrated.",
    )
    limit_expiry = fields.Date(string="Limit Valid Until", readonly=True, tracking=True)
    is_limit_expired = fields.Boolean(
        string="Limit Expired", compute="_compute_is_limit_expired", search="_search_is_limit_expired",
    )
    next_review_date = fields.Date(string="Next Review", readonly=True)

    hold = fields.Boolean(string="On Hold", readonly=True, tracking=True)
    hold_reason = fields.Text(readonly=True)
    hold_review_date = fields.Date(string="Review Hold On", readonly=True)
    hold_user_id = fields.Many2one(comodel_name="res.users", string="Held By", readonly=True)

    invoice_count = fields.Integer(
        string="Invoices", readonly=True, help="Invoices that were paid, or fell due, wholly or in part.",
    )
    on_time_share = fields.Float(
        string="Paid on Time", readonly=True, aggregator="avg", help="Share of the amount paid by its due date.",
    )
    mean_days_late = fields.Float(readonly=True, aggregator="avg", help="Days late, weighted by amount.")
    worst_days_late = fields.Integer(string="Longest Delay (Days)", readonly=True, aggregator="max")
    overdue_share = fields.Float(readonly=True, aggregator="avg", help="Share of the amount that is overdue now.")
    overdue_amount = fields.Monetary(string="Overdue", readonly=True)
    overdue_oldest_days = fields.Integer(string="Oldest Overdue (Days)", readonly=True, aggregator="max")
    turnover_12m = fields.Monetary(
        string="Turnover (12 Months)", readonly=True, help="Invoiced less credited, taxes included.",
    )
    last_evaluated = fields.Date(readonly=True)

    #: written by whoever uses the credit of the customer, so that two uses at once cannot both pass unseen
    usage_stamp = fields.Integer(readonly=True, default=0, copy=False)

    _partner_company_unique = models.UniqueIndex(
        "(partner_id, company_id)", "A customer has one credit profile in a company."
    )

    def init(self):
        """Leave room in the pages: a review changes every row, and finds the place for the new version beside it."""
        super().init()
        self.env.cr.execute(SQL("ALTER TABLE %s SET (fillfactor = 50)", SQL.identifier(self._table)))

    #=== COMPUTE METHODS ===#

    @api.depends("grade_id.credit_limit", "own_limit", "limit_source")
    def _compute_credit_limit(self):
        for profile in self:
            own = profile.limit_source == "own"
            profile.credit_limit = profile.own_limit if own else profile.grade_id.credit_limit

    @api.depends("limit_expiry")
    def _compute_is_limit_expired(self):
        today = fields.Date.context_today(self)
        for profile in self:
            profile.is_limit_expired = bool(profile.limit_expiry and profile.limit_expiry < today)

    def _search_is_limit_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("limit_expiry", "<", fields.Date.context_today(self))]

    @api.depends("invoice_count", "on_time_share", "mean_days_late", "worst_days_late", "overdue_share",
                 "last_evaluated", "company_id")
    def _compute_score_parts(self):
        """The parts follow from the figures and from the weights of the review that measured them."""
        weights = self.env["business.credit.run"]._get_weights_used(self)
        for profile in self:
            used = weights.get((profile.company_id.id, profile.last_evaluated))
            if not used:
                profile.score_parts = False
                continue
            result = score(PaymentBehaviour(
                profile.invoice_count, profile.on_time_share, profile.mean_days_late, profile.worst_days_late,
                profile.overdue_share,
            ), used)
            profile.score_parts = result.to_list()

    @api.depends("score_parts", "score", "is_rated")
    @api.depends_context("lang")
    def _compute_score_explanation(self):
        for profile in self:
            profile.score_explanation = self._render_explanation(
                profile.score_parts, profile.score if profile.is_rated else None
            )

    @api.depends("score_ids.score", "score_ids.date")
    @api.depends_context("lang")
    def _compute_score_graph(self):
        """Points of the score history as the graph widget takes them, oldest first."""
        points = {}
        for profile, date, mean in self.env["business.credit.score"]._read_group(
            [("profile_id", "in", self.ids)], ["profile_id", "date:day"], ["score:avg"], order="date:day"
        ) if self.ids else ():
            points.setdefault(profile.id, []).append(
                {"x": format_date(self.env, date), "y": round(mean, 2), "name": format_date(self.env, date)}
            )
        for profile in self:
            profile.score_graph = json.dumps(
                [{"key": self.env._("Score"), "values": points.get(profile._origin.id, [])}]
            )

    @api.depends("partner_id", "company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies) > 1
        for profile in self:
            name = profile.partner_id.display_name or ""
            profile.display_name = f"{name} ({profile.company_id.name})" if several else name

    #=== CONSTRAINT METHODS ===#

    @api.constrains("partner_id")
    def _check_partner_id(self):
        if any(profile.partner_id != profile.partner_id.commercial_partner_id for profile in self):
            raise ValidationError(self.env._("Credit belongs to the company a contact works for, not to the contact."))

    #=== ACTION METHODS ===#

    def action_hold(self):
        """Open the dialog that puts customers on hold (department manager, finance)."""
        self._check_can_hold()
        return self._get_hold_action("set", self.env._("Put on Hold"))

    def action_release_hold(self):
        """Open the dialog that lifts the hold of customers (department manager, finance)."""
        self._check_can_hold()
        return self._get_hold_action("lift", self.env._("Lift Hold"))

    def action_run_review(self):
        """Review all customers of the current company, whichever are selected."""
        return self.env["business.credit.run"].action_run_review()

    def action_open_scores(self):
        """Open the score history as a graph."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_credit_score_action")
        return {**action, "domain": [("profile_id", "in", self.ids)], "context": {"create": False}}

    def action_open_history(self):
        """Open the imported payment history of the customers."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_payment_history_action")
        return {
            **action,
            "domain": [
                ("commercial_partner_id", "in", self.partner_id.ids), ("company_id", "in", self.company_id.ids),
            ],
            "context": {"default_partner_id": self.partner_id.id if len(self) == 1 else False},
        }

    def action_request_change(self):
        """Open a new request for an own limit or another grade."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Request"),
            "res_model": "business.credit.limit.request",
            "view_mode": "form",
            "context": {"default_profile_id": self.id},
        }

    def _get_hold_action(self, mode, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "business.credit.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_profile_ids": [fields.Command.set(self.ids)], "default_mode": mode},
        }

    #=== BUSINESS METHODS ===#

    @api.model
    def _get_or_create(self, partners, company):
        """Return the profiles of customers with a company, in sudo, making those that do not exist yet.

        Safe when two transactions do it at once: the unique index decides, and the loser is retried or sees the
        row of the winner. The number of statements does not depend on the number of customers.

        :param partners: ``res.partner`` recordset, contacts stand for their commercial entity
        :param company: a single ``res.company``
        :rtype: business.credit.profile
        """
        commercial = partners.commercial_partner_id
        profiles = self.sudo().search_fetch(
            [("partner_id", "in", commercial.ids), ("company_id", "=", company.id)], ["partner_id"],
        )
        missing = commercial - profiles.partner_id
        if not missing:
            return profiles
        self.env.flush_all()
        self._insert_missing(company, SQL("SELECT unnest(%s::int[])", missing.ids))
        return self.sudo().search([("partner_id", "in", commercial.ids), ("company_id", "=", company.id)])

    @api.model
    def _use(self, partners, company):
        """Write the rows of customers whose credit is used up, making those that do not exist yet.

        :param partners: commercial partners
        :param company: a single ``res.company``
        """
        missing = partners - self._stamp_usage(partners, company)
        if missing:
            self._get_or_create(missing, company)
            self._stamp_usage(missing, company)

    @api.model
    def _stamp_usage(self, partners, company):
        """Write the rows that exist, in a fixed order, and return whose they are."""
        rows = self.env.execute_query(SQL(
            """
            UPDATE business_credit_profile
               SET usage_stamp = usage_stamp + 1
             WHERE id IN (
                   SELECT id
                     FROM business_credit_profile
                    WHERE company_id = %s AND partner_id IN %s
                 ORDER BY id
            FOR NO KEY UPDATE
                   )
         RETURNING partner_id
            """,
            company.id, tuple(partners.ids),
        )) if partners else []
        return partners.browse([partner_id for (partner_id,) in rows])

    @api.model
    def _insert_missing(self, company, partner_query):
        """Insert profiles for the customers a query gives, except those that have one.

        :param company: a single ``res.company``
        :param SQL partner_query: gives one column of commercial partner ids
        """
        self.env.execute_query(SQL(
            """
            INSERT INTO business_credit_profile (
                partner_id, company_id, limit_source, usage_stamp, create_uid, create_date, write_uid, write_date
            )
            SELECT DISTINCT known.partner_id, %(company)s, 'grade', 0, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM (%(partners)s) AS known (partner_id)
             WHERE known.partner_id IS NOT NULL
               AND NOT EXISTS (
                    SELECT FROM business_credit_profile profile
                     WHERE profile.partner_id = known.partner_id AND profile.company_id = %(company)s
               )
                ON CONFLICT (partner_id, company_id) DO NOTHING
         RETURNING id
            """,
            company=company.id, uid=self.env.uid, now=self.env.cr.now(), partners=partner_query,
        ))
        self.env["sale.order"].invalidate_model(["credit_profile_id"], flush=False)

    @api.model
    def _create_for_customers(self, company):
        """Make the profiles of all customers that have posted invoices or imported history with a company."""
        self.env["account.move"].flush_model(["company_id", "state", "move_type", "commercial_partner_id"])
        self.env["business.payment.history"].flush_model(["company_id", "commercial_partner_id"])
        self._insert_missing(company, SQL(
            """
            SELECT commercial_partner_id FROM account_move
             WHERE company_id = %(company)s AND state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
             UNION ALL
            SELECT commercial_partner_id FROM business_payment_history WHERE company_id = %(company)s
            """,
            company=company.id,
        ))

    @api.model
    def _fetch_behaviour(self, company, as_of, partner_ids=None, window_months=0):
        """Measure how customers paid a company, as far as it was known on a day. One statement for all of them.

        The definitions are those of `policy.credit`: each part of an invoice is late by the days from its due date
        to its settlement, or to ``as_of`` while it is open. In Odoo's own books:

        * the parts are the instalments (receivable lines) of posted customer invoices, and what reconciliation
          settled of them; a part is settled on the accounting date of the entry that settled it;
        * amounts are those of the company's currency, whatever the currency of the invoice;
        * what a credit note settled counts neither as paid in time nor as late, and no longer as open; neither does
          an exchange difference;
        * what any other entry settled counts as paid on its date: a debt written off after a year is a year late;
        * invoices, settlements and credit notes dated after ``as_of`` were not known yet.

        Imported history is one part per invoice. Invoices of either source count alike.

        :param company: a single ``res.company``; figures are in its currency
        :param datetime.date as_of: the cut-off day, inclusive
        :param partner_ids: commercial partner ids to measure; all customers by default
        :param int window_months: count only what fell due in so many months, and what is open; 0: everything
        :return: ``{commercial partner id: PaymentBehaviour}`` of the customers that have invoices
        """
        self._flush_behaviour_sources()
        return {
            partner_id: PaymentBehaviour._make(figures)
            for partner_id, *figures in self.env.execute_query(
                self._get_behaviour_query(company, as_of, partner_ids, window_months)
            )
        }

    @api.model
    def _flush_behaviour_sources(self):
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["business.payment.history"].flush_model()

    @api.model
    def _get_behaviour_query(self, company, as_of, partner_ids=None, window_months=0):
        """Return the query of `_fetch_behaviour`: a row per customer, in the order of `PaymentBehaviour`'s fields."""
        of_partners = SQL() if partner_ids is None else SQL("AND commercial_partner_id = ANY(%s)", list(partner_ids))
        # Conditions are written so that the planner estimates them well (no CASE, no COALESCE on what is never empty):
        # it must see that nearly all rows pass, and join by hashing. The instalments are materialized: they are read
        # once, and their number is known before the settlements are joined.
        invoices = SQL(
            """
            move.company_id = %s
            AND move.state = 'posted'
            AND move.move_type IN ('out_invoice', 'out_refund')
            AND move.invoice_date <= %s
            %s
            """,
            company.id, as_of, of_partners,
        )
        in_window = SQL()
        if window_months:
            in_window = SQL(
                "AND (settled > %s OR settled IS NULL OR due >= %s)",
                as_of, fields.Date.subtract(as_of, months=window_months),
            )
        return SQL(
            """
            WITH term AS MATERIALIZED (
                SELECT line.id,
                       move.commercial_partner_id AS partner_id,
                       move.id AS invoice,
                       COALESCE(line.date_maturity, move.invoice_date_due, line.date) AS due,
                       line.amount_residual AS residual,
                       line.reconciled
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'payment_term'
                 WHERE %(invoices)s
            ),
            part AS (
                -- what reconciliation settled, until as_of or later (then it was open on that day)
                SELECT term.partner_id, term.invoice, partial.amount, term.due, entry.date AS settled
                  FROM term
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = term.id
                  JOIN account_move_line entry ON entry.id = partial.credit_move_id
                 WHERE entry.date > %(as_of)s AND term.due < %(as_of)s
                    OR entry.date <= %(as_of)s
                       AND entry.display_type <> 'payment_term'
                       AND entry.move_id NOT IN (
                            SELECT exchange_move_id FROM account_partial_reconcile WHERE exchange_move_id IS NOT NULL
                       )
             UNION ALL
                -- what nothing has settled yet
                SELECT partner_id, invoice, residual, due, NULL
                  FROM term
                 WHERE reconciled IS NOT TRUE AND residual > 0 AND due < %(as_of)s
             UNION ALL
                SELECT commercial_partner_id, -id, amount_company_currency, due_date, settled_date
                  FROM business_payment_history
                 WHERE company_id = %(company)s
                   AND invoice_date <= %(as_of)s
                   AND (settled_date <= %(as_of)s OR due_date < %(as_of)s)
                   %(of_partners)s
            ),
            customer AS (
                SELECT partner_id,
                       COUNT(DISTINCT invoice) AS invoices,
                       SUM(amount) AS counted,
                       COALESCE(SUM(amount) FILTER (WHERE settled <= due AND settled <= %(as_of)s), 0) AS on_time,
                       SUM(amount * GREATEST(LEAST(settled, %(as_of)s) - due, 0)) AS days,
                       MAX(GREATEST(LEAST(settled, %(as_of)s) - due, 0)) AS worst,
                       COALESCE(SUM(amount) FILTER (WHERE settled IS NULL OR settled > %(as_of)s), 0) AS overdue,
                       COALESCE(MAX(%(as_of)s - due) FILTER (WHERE settled IS NULL OR settled > %(as_of)s), 0) AS oldest
                  FROM part
                 WHERE TRUE %(in_window)s
              GROUP BY partner_id
            ),
            turnover AS (
                SELECT partner_id, SUM(amount) AS amount
                  FROM (
                        SELECT commercial_partner_id AS partner_id, amount_total_signed AS amount
                          FROM account_move move
                         WHERE %(invoices)s AND move.invoice_date > %(year_ago)s
                     UNION ALL
                        SELECT commercial_partner_id, amount_company_currency
                          FROM business_payment_history
                         WHERE company_id = %(company)s
                           AND invoice_date <= %(as_of)s
                           AND invoice_date > %(year_ago)s
                           %(of_partners)s
                       ) sale
              GROUP BY partner_id
            )
            SELECT partner_id,
                   COALESCE(invoices, 0),
                   COALESCE(on_time / NULLIF(counted, 0), 0)::float8,
                   COALESCE(days / NULLIF(counted, 0), 0)::float8,
                   COALESCE(worst, 0),
                   COALESCE(overdue / NULLIF(counted, 0), 0)::float8,
                   COALESCE(overdue, 0)::float8,
                   COALESCE(oldest, 0),
                   COALESCE(turnover.amount, 0)::float8
              FROM customer
         FULL JOIN turnover USING (partner_id)
             WHERE partner_id IS NOT NULL
            """,
            invoices=invoices,
            company=company.id,
            as_of=as_of,
            of_partners=of_partners,
            in_window=in_window,
            year_ago=fields.Date.subtract(as_of, years=1),
        )

    def _credit_changed(self):
        """Hook: the grade, limit or hold of these profiles changed. Called in sudo, once per change, for all of them.

        What depends on credit (held orders, for one) extends this to look again.
        """

    # --- grade and limit ---

    def _apply_limit(self, limit, expiry):
        """Give the customers an own limit. Private: the caller answers for the approval.

        :param float limit: in the currency of the company
        :param expiry: last day of the limit, or ``False``
        """
        self.sudo().write({"limit_source": "own", "own_limit": limit, "limit_expiry": expiry})
        self.sudo()._credit_changed()

    def _apply_grade_limit(self, expiry=False):
        """Take an own limit back: the limit of the grade is in force again."""
        self.sudo().write({"limit_source": "grade", "own_limit": 0.0, "limit_expiry": expiry})
        self.sudo()._credit_changed()

    def _apply_grade(self, grade):
        """Give the customers a grade. Private: the caller answers for the approval.

        :param grade: ``business.credit.grade`` of the company of the profiles, empty for unrated
        """
        today = fields.Date.context_today(self)
        for company, profiles in self.sudo().grouped("company_id").items():
            policy = self.env["business.credit.policy"]._get_for(company)
            profiles.write({"grade_id": grade.id, "grade_date": today})
            profiles.filtered(lambda profile: profile.limit_source == "grade").write({
                "limit_expiry": policy.limit_validity_months
                and fields.Date.add(today, months=policy.limit_validity_months),
            })
        self.sudo()._credit_changed()

    # --- hold ---

    def _check_can_hold(self):
        """Refuse users who may not set or lift holds (JJ-4.2, IC-7)."""
        user = self.env.user
        if not user.has_groups("business_dept.group_department_manager,business_dept.group_finance"):
            raise AccessError(self.env._(
                "Only the department manager and finance put customers on hold and lift holds."
            ))
        self.check_access("read")

    def _set_hold(self, reason, review_date):
        """Put the customers on hold.

        :param str reason: required
        :param datetime.date review_date: required; when to look at the hold again
        """
        self._check_can_hold()
        if not (reason or "").strip() or not review_date:
            raise UserError(self.env._("A hold needs a reason and a date on which it is looked at again."))
        self.sudo().write({
            "hold": True, "hold_reason": reason.strip(), "hold_review_date": review_date,
            "hold_user_id": self.env.uid,
        })
        self._log_credit(self.env._(
            "Put on hold: %(reason)s (to be looked at on %(date)s)",
            reason=reason.strip(), date=format_date(self.env, review_date),
        ))
        self.sudo()._credit_changed()

    def _lift_hold(self, reason):
        """Lift the hold of the customers.

        :param str reason: required
        """
        self._check_can_hold()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the hold is lifted."))
        self.sudo().write({"hold": False, "hold_reason": False, "hold_review_date": False, "hold_user_id": False})
        self._log_credit(self.env._("Hold lifted: %(reason)s", reason=reason.strip()))
        self.sudo()._credit_changed()

    def _log_credit(self, message):
        """Write one line into the chatter of the profiles, and point to it in the chatter of their customers.

        The customer's chatter is open to every employee, so it says that credit changed, not what or why.

        :param message: a text, or ``{profile id: text}``
        """
        bodies = message if isinstance(message, dict) else dict.fromkeys(self.ids, message)
        self._message_log_batch(bodies)
        for profiles in self.sudo().grouped("company_id").values():
            profiles.partner_id._message_log_batch({
                profile.partner_id.id: self.env._(
                    "The credit with %(company)s was changed by %(user)s; the details stand there.",
                    company=profile.company_id.name, user=self.env.user.name,
                )
                for profile in profiles
            })

    #=== TOOLING ===#

    @api.model
    def _get_part_labels(self):
        """Return ``{code: label}`` of the parts of a score, in the user's language."""
        return {
            PART_ON_TIME: self.env._("Share of the amount paid on time"),
            PART_MEAN_LATE: self.env._("Mean delay, weighted by amount"),
            PART_WORST_LATE: self.env._("Longest delay"),
            PART_OVERDUE: self.env._("Share of the amount overdue now"),
        }

    @api.model
    def _render_explanation(self, parts, total):
        """Lay a score out as a table: part, measured value, points, weight.

        :param parts: ``[[code, measured, points, weight], …]``, as stored
        :param total: the score, or ``None`` when unrated
        :rtype: Markup
        """
        if not parts:
            return Markup()

        def number(value):
            return formatLang(self.env, value, digits=1)

        labels = self._get_part_labels()
        rows = Markup().join(
            Markup(
                '<tr><td>%s</td><td class="text-end">%s</td><td class="text-end">%s</td>'
                '<td class="text-end">%s</td></tr>'
            ) % (
                labels.get(code, code),
                f"{number(measured * 100)} %" if code in (PART_ON_TIME, PART_OVERDUE)
                else self.env._("%(days)s days", days=number(measured)),
                number(points),
                number(weight),
            )
            for code, measured, points, weight in parts
        )
        head = (
            self.env._("Part"), self.env._("Measured"), self.env._("Points"), self.env._("At Most"),
        )
        foot = (
            self.env._("Unrated: too few invoices") if total is None else self.env._("Score"),
            "" if total is None else number(total),
        )
        return Markup(
            '<table class="table table-sm o_business_credit_explanation"><thead><tr><th>%s</th>'
            '<th class="text-end">%s</th><th class="text-end">%s</th><th class="text-end">%s</th></tr></thead>'
            "<tbody>%s</tbody>"
            '<tfoot><tr><th colspan="2">%s</th><th class="text-end">%s</th><th class="text-end">100</th></tr></tfoot>'
            "</table>"
        ) % (*head, rows, *foot)
