# Part of business_dept. See LICENSE file for full copyright and licensing details.
import json
import logging
from dataclasses import asdict

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

from ...policy.credit import PaymentBehaviour, ScoreWeights, grade_for, score, score_total

_logger = logging.getLogger(__name__)

#: customers reviewed between two commits
SLICE = 100_000
#: customers reviewed while the user waits; more are left to the scheduled job
SLICE_AT_ONCE = 5_000
#: customers from which parallel workers of the database pay
PARALLEL_FROM = 5_000


def _array(numbers):
    """Return numbers as PostgreSQL writes an array: one literal, where a list would become an expression for each."""
    return f"{{{','.join('NULL' if number is None else repr(number) for number in numbers)}}}"


class BusinessCreditRun(models.Model):
    """One review of all customers of a company: scores them and proposes grades (JJ-4.2).

    A run goes through the customers in slices, in the order of their profiles, and commits after each. Where it
    is, is kept in the run itself, in the same transaction as the slice: killed in the middle it goes on where it
    stopped, and nothing is done twice (unique indexes would refuse it).

    The system computes scores and proposes grades, so it is the requester of the proposals: whoever pressed the
    button may confirm them (IC-7 forbids to decide what one made; nobody made a computed score).
    """

    _name = "business.credit.run"
    _description = "Credit Review Run"
    _inherit = ["business.engine.mixin"]
    _order = "id desc"
    _allow_sudo_commands = False

    #=== FIELDS ===#

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    as_of = fields.Date(
        string="Facts Until", required=True, readonly=True,
        help="Only invoices and payments up to this day count: what was known then.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Started By", readonly=True, help="Empty when it began on schedule.",
    )
    state = fields.Selection(
        selection=[("running", "Running"), ("done", "Done")], required=True, default="running", readonly=True,
        index=True,
    )
    date_end = fields.Datetime(string="Finished", readonly=True)
    weights = fields.Json(readonly=True, help="How the scoring policy stood when the review began.")
    position = fields.Integer(readonly=True, default=0, help="The last customer profile that was reviewed.")
    total_count = fields.Integer(string="Customers", readonly=True)
    done_count = fields.Integer(string="Reviewed", readonly=True)
    rated_count = fields.Integer(string="Rated", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    review_ids = fields.One2many("business.credit.review", "run_id", string="Proposals", readonly=True)
    proposal_count = fields.Integer(string="Proposed Changes", compute="_compute_proposal_count")

    _one_running = models.UniqueIndex(
        "(company_id) WHERE state = 'running'", "A review of this company is running already."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("as_of", "company_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Review of %(date)s", date=run.as_of) if run.as_of else ""

    @api.depends("done_count", "total_count", "state")
    def _compute_progress(self):
        for run in self:
            share = run.done_count / run.total_count if run.total_count else 1.0
            run.progress = 100.0 * (1.0 if run.state == "done" else min(1.0, share))

    @api.depends("review_ids")
    def _compute_proposal_count(self):
        counts = dict(self.env["business.credit.review.line"]._read_group(
            [("review_id.run_id", "in", self.ids)], ["run_id"], ["__count"]
        ))
        for run in self:
            run.proposal_count = counts.get(run._origin, 0)

    #=== ACTION METHODS ===#

    @api.model
    def action_run_review(self):
        """Review all customers of the current company (department manager, finance).

        Small companies are done at once, the customers of large ones by the scheduled job in the background.

        :return: the action that shows the proposals, or the run while it goes on
        """
        if not self.env.user.has_groups("business_dept.group_department_manager,business_dept.group_finance"):
            raise AccessError(self.env._("Only the department manager and finance review customers."))
        run = self._start(self.env.company, user=self.env.user)
        if run.total_count <= SLICE_AT_ONCE:
            while run._process_slice(SLICE_AT_ONCE):
                pass
        else:
            self.env.ref("business_dept.ir_cron_credit_review").sudo()._trigger()
        return run.with_user(self.env.user)._get_result_action()

    def action_open_reviews(self):
        """Open the proposals of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_credit_review_action")
        return {**action, "domain": [("run_id", "=", self.id)], "context": {"create": False}}

    def action_open_scores(self):
        """Open the scores of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_credit_score_action")
        return {**action, "domain": [
            ("company_id", "=", self.company_id.id), ("date", "=", self.as_of),
        ], "context": {"create": False}}

    def _get_result_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Review"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    #=== BUSINESS METHODS ===#

    @api.model
    def _start(self, company, as_of=None, user=None):
        """Begin a run; profiles are made for customers that have none.

        :param company: a single ``res.company``
        :param datetime.date as_of: facts until this day count, today by default
        :param user: who asked for it, ``None`` for the schedule
        :return: the run, in sudo
        """
        Run = self.sudo()
        if Run.search_count([("company_id", "=", company.id), ("state", "=", "running")], limit=1):
            raise UserError(self.env._(
                "A review of %(company)s is running already: wait until it is done.", company=company.name
            ))
        Profile = self.env["business.credit.profile"].sudo()
        Profile._create_for_customers(company)
        return Run.create({
            "company_id": company.id,
            "as_of": as_of or fields.Date.context_today(self),
            "user_id": user.id if user else False,
            "weights": asdict(self.env["business.credit.policy"]._get_for(company)._get_weights()),
            "total_count": Profile.search_count([("company_id", "=", company.id)]),
        })

    @api.model
    def _get_weights_used(self, profiles):
        """Return the weights by which profiles were scored last: ``{(company id, day): ScoreWeights}``.

        :param profiles: ``business.credit.profile``
        """
        days = {profile.last_evaluated for profile in profiles} - {False}
        if not days:
            return {}
        return {
            (run.company_id.id, run.as_of): ScoreWeights(**run.weights)
            for run in self.sudo().search(
                [("company_id", "in", profiles.company_id.ids), ("as_of", "in", list(days))], order="id"
            )
            if run.weights
        }

    @api.model
    def _cron_review(self):
        """Go on with unfinished runs, then begin those that are due. Commits after each slice."""
        Cron = self.env["ir.cron"]
        today = fields.Date.context_today(self)
        policies = self.env["business.credit.policy"].search(
            [("review_automatic", "=", True), ("next_review_date", "<=", today)]
        )
        for policy in policies:
            if not self.search_count([("company_id", "=", policy.company_id.id), ("state", "=", "running")], limit=1):
                self._start(policy.company_id)
                policy.next_review_date = fields.Date.add(
                    max(policy.next_review_date, fields.Date.subtract(today, months=policy.review_interval_months)),
                    months=policy.review_interval_months,
                )
        runs = self.search([("state", "=", "running")], order="id")
        Cron._commit_progress(remaining=sum(max(0, run.total_count - run.done_count) for run in runs))
        for run in runs:
            run = run.with_context(lang=run.company_id.partner_id.lang)  # what is written stays
            go_on = True
            while go_on:
                done_before = run.done_count
                try:
                    go_on = run._process_slice(SLICE)
                except LockError:
                    _logger.info("Credit review run %s is being worked on elsewhere.", run.id)
                    break
                if not Cron._commit_progress(run.done_count - done_before) and go_on:
                    return

    def _process_slice(self, size):
        """Review the next customers of the run. The number of statements does not depend on how many there are.

        :param int size: how many customers at most
        :return: whether customers are left
        """
        self.ensure_one()
        run = self.sudo()
        run.lock_for_update()
        run.invalidate_recordset()
        if run.state != "running":
            return False
        company = run.company_id
        self.env["business.credit.profile"].flush_model()
        self.env["business.credit.grade"].flush_model()
        customers = self.env.execute_query(SQL(
            "SELECT id, partner_id, grade_id FROM business_credit_profile"
            " WHERE company_id = %s AND id > %s ORDER BY id LIMIT %s",
            company.id, run.position, size,
        ))
        if not customers:
            run._finish()
            return False
        policy = self.env["business.credit.policy"]._get_for(company)
        everybody = len(customers) >= run.total_count
        # room to hash a slice in memory, and no parallel workers where starting them takes longer than the work;
        # until the end of the transaction
        self.env.cr.execute("SET LOCAL work_mem = '256MB'")
        if len(customers) < PARALLEL_FROM:
            self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        measured = self.env["business.credit.profile"]._fetch_behaviour(
            company,
            run.as_of,
            partner_ids=None if everybody else [partner_id for _id, partner_id, _grade_id in customers],
            window_months=policy.window_months,
        )
        rows = run._score(customers, measured)
        run._store(rows, policy)
        run._propose(rows)
        run.write({
            "position": customers[-1][0],
            "done_count": run.done_count + len(customers),
            "rated_count": run.rated_count + sum(1 for row in rows if row[3] is not None),
        })
        if len(customers) < size:
            run._finish()
            return False
        return True

    def _score(self, customers, measured):
        """Score customers, in memory.

        :param customers: ``[(profile id, partner id, grade id), …]``
        :param measured: ``{partner id: PaymentBehaviour}``
        :return: a list of ``(profile id, current grade id, behaviour, score or None, id of the grade of the score or None)``
        """
        weights = ScoreWeights(**self.weights)
        thresholds = self.env["business.credit.grade"].sudo()._get_thresholds(self.company_id)
        nothing, rows = PaymentBehaviour(), []
        for profile_id, partner_id, grade_id in customers:
            behaviour = measured.get(partner_id, nothing)
            total = score_total(behaviour, weights)
            rows.append((profile_id, grade_id, behaviour, total, grade_for(total, thresholds)))
        return rows

    def _store(self, rows, policy):
        """Write figures and scores on the profiles, and the score history; two statements.

        :param rows: as `_score` gives them
        """
        if not rows:
            return
        validity = policy.limit_validity_months
        now = self.env.cr.now()
        ids, _grades, behaviours, scores, by_score = zip(*rows, strict=True)
        ids, scores = _array(ids), _array(scores)
        self.env.cr.execute(SQL(
            """
            UPDATE business_credit_profile profile
               SET invoice_count = new.invoice_count,
                   on_time_share = new.on_time_share,
                   mean_days_late = new.mean_days_late,
                   worst_days_late = new.worst_days_late,
                   overdue_share = new.overdue_share,
                   overdue_amount = new.overdue_amount,
                   overdue_oldest_days = new.overdue_oldest_days,
                   turnover_12m = new.turnover_12m,
                   is_rated = new.score IS NOT NULL,
                   score = COALESCE(new.score, 0),
                   last_evaluated = %(as_of)s,
                   next_review_date = %(next_date)s,
                   limit_expiry = CASE WHEN limit_source = 'grade' AND grade_id IS NOT NULL
                                       THEN %(expiry)s ELSE limit_expiry END,
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM unnest(
                    %(ids)s::int[], %(counts)s::int[], %(on_time)s::float8[], %(mean)s::float8[], %(worst)s::int[],
                    %(share)s::float8[], %(overdue)s::float8[], %(oldest)s::int[], %(turnover)s::float8[],
                    %(scores)s::numeric[]
                   ) AS new (
                    id, invoice_count, on_time_share, mean_days_late, worst_days_late, overdue_share, overdue_amount,
                    overdue_oldest_days, turnover_12m, score
                   )
             WHERE profile.id = new.id
            """,
            as_of=self.as_of,
            next_date=(
                policy.next_review_date if policy.review_automatic
                else fields.Date.add(self.as_of, months=policy.review_interval_months)
            ),
            expiry=fields.Date.add(self.as_of, months=validity) if validity else None,
            uid=self.env.uid,
            now=now,
            ids=ids,
            counts=_array(behaviour.count for behaviour in behaviours),
            on_time=_array(behaviour.on_time_share for behaviour in behaviours),
            mean=_array(behaviour.mean_days_late for behaviour in behaviours),
            worst=_array(behaviour.worst_days_late for behaviour in behaviours),
            share=_array(behaviour.overdue_share for behaviour in behaviours),
            overdue=_array(behaviour.overdue_amount for behaviour in behaviours),
            oldest=_array(behaviour.overdue_oldest_days for behaviour in behaviours),
            turnover=_array(behaviour.turnover_12m for behaviour in behaviours),
            scores=scores,
        ))
        self.env.cr.execute(SQL(
            """
            INSERT INTO business_credit_score (date, profile_id, score, grade_code)
            SELECT %(as_of)s, new.id, new.score, grade.code
              FROM unnest(%(ids)s::int[], %(scores)s::numeric[], %(grades)s::int[]) AS new (id, score, grade_id)
         LEFT JOIN business_credit_grade grade ON grade.id = new.grade_id
             WHERE new.score IS NOT NULL
                ON CONFLICT (profile_id, date) DO UPDATE SET score = EXCLUDED.score, grade_code = EXCLUDED.grade_code
            """,
            as_of=self.as_of, ids=ids, scores=scores, grades=_array(by_score),
        ))
        self.env["business.credit.profile"].invalidate_model()
        self.env["business.credit.score"].invalidate_model()

    def _propose(self, rows):
        """Put customers whose score stands for another grade into the proposals of the run.

        A customer who becomes unrated keeps the grade. One for whom an earlier proposal of the same grade is still
        waiting is left to that one.

        :param rows: as `_score` gives them
        """
        rows = [row for row in rows if row[4] and row[4] != row[1]]
        if not rows:
            return
        grades = {
            grade.id: grade.sequence
            for grade in self.env["business.credit.grade"].sudo().with_context(active_test=False).search(
                [("company_id", "=", self.company_id.id)]
            )
        }
        weights = ScoreWeights(**self.weights)
        changes = {"first": [], "downgrade": [], "upgrade": []}
        for profile_id, old, behaviour, _total, new in rows:
            direction = "first" if not old else "upgrade" if grades[new] < grades[old] else "downgrade"
            changes[direction].append((profile_id, new, json.dumps(score(behaviour, weights).to_list())))
        self.env["business.credit.review"].sudo()._add_lines(self, changes)

    def _finish(self):
        """Close the run and send its proposals for approval, in the name of the system."""
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        self.review_ids._submit_proposals(requester=self.env["res.users"].browse(SUPERUSER_ID))
