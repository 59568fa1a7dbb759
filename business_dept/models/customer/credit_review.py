# Part of business_dept. See LICENSE file for full copyright and licensing details.
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..foundation.approval_mixin import UNLOCKED

#: customers whose chatter is written by one statement
LOG_SLICE = 1_000

DIRECTIONS = [("first", "First grading"), ("downgrade", "Downgrade"), ("upgrade", "Upgrade")]


class BusinessCreditReview(models.Model):
    """A proposal of grades, made by one review run: one document for each direction (JJ-4.2).

    =============  =======================================  ======================================================
    Action         Group                                    Restriction
    =============  =======================================  ======================================================
    Read           posts that deal with customers           companies of the user
    Decide         as the approval rules say; shipped:      who edited a line is its author and may not decide
                   department manager, upgrades also by     (IC-7)
                   the executive office
    Edit lines     department manager, finance              only while no request is pending or approved; only to
                                                            grades that are not better than the score's
    =============  =======================================  ======================================================
    """

    _name = "business.credit.review"
    _inherit = ["business.approval.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Credit Review"
    _order = "id desc"
    _check_company_auto = True
    _allow_sudo_commands = False
    _approval_fields = ("company_id", "direction", "line_count", "content_digest")
    _approval_unlocked_fields = ("submit_error",)

    #=== FIELDS ===#

    name = fields.Char(compute="_compute_name")
    run_id = fields.Many2one(
        comodel_name="business.credit.run", string="Review Run", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True, ondelete="cascade",
    )
    direction = fields.Selection(selection=DIRECTIONS, required=True, readonly=True)
    as_of = fields.Date(related="run_id.as_of", store=True)
    state = fields.Selection(
        selection=[("proposed", "Proposed"), ("applied", "Applied"), ("refused", "Refused")],
        required=True, default="proposed", readonly=True, copy=False,
    )
    line_ids = fields.One2many("business.credit.review.line", "review_id", string="Customers")
    line_count = fields.Integer(string="Number of Customers", compute="_compute_line_count")
    content_digest = fields.Char(
        compute="_compute_content_digest", help="Changes whenever a customer or a grade of the proposal changes.",
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    author_ids = fields.Many2many(
        comodel_name="res.users", string="Edited By", readonly=True, copy=False,
        help="Who changed a line by hand, and so may not decide.",
    )
    submit_error = fields.Text(string="Not Sent", readonly=True, copy=False)

    _run_direction_unique = models.UniqueIndex(
        "(run_id, direction)", "A run makes one proposal for each direction."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("direction", "as_of")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["direction"]._description_selection(self.env))
        for review in self:
            review.name = f"{labels.get(review.direction, '')} {review.as_of or ''}".strip()

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(self.env["business.credit.review.line"]._read_group(
            [("review_id", "in", self.ids)], ["review_id"], ["__count"]
        ))
        for review in self:
            review.line_count = counts.get(review._origin, 0)

    @api.depends("line_ids.new_grade_id", "line_ids.profile_id", "line_ids.old_grade_id")
    def _compute_content_digest(self):
        """One digest of all lines, made by the database: a proposal may name a hundred thousand customers."""
        self.env["business.credit.review.line"].flush_model()
        digests = dict(self.env.execute_query(SQL(
            """
            SELECT review_id, md5(string_agg(concat_ws(':', profile_id, old_grade_id, new_grade_id), ',' ORDER BY id))
              FROM business_credit_review_line
             WHERE review_id = ANY(%s)
          GROUP BY review_id
            """,
            self.ids,
        )))
        for review in self:
            review.content_digest = digests.get(review._origin.id, "")

    @api.depends("line_ids.new_grade_id", "line_ids.old_grade_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        """How many customers go from which grade to which: ``B → C: 12``."""
        texts = {}
        for review, old, new, count in self.env["business.credit.review.line"]._read_group(
            [("review_id", "in", self.ids)], ["review_id", "old_grade_id", "new_grade_id"], ["__count"],
        ):
            texts.setdefault(review.id, []).append(
                Markup('<span class="me-3">%s → <b>%s</b>: %s</span>')
                % (old.code or self.env._("Unrated"), new.code, count)
            )
        for review in self:
            review.summary = Markup().join(texts.get(review._origin.id, ()))

    #=== ACTION METHODS ===#

    def action_open_lines(self):
        """Open the customers of the proposals as a list."""
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_credit_review_line_action")
        return {**action, "domain": [("review_id", "in", self.ids)], "context": {}}

    #=== BUSINESS METHODS ===#

    @api.model
    def _add_lines(self, run, changes):
        """Add lines to the proposals of a run; a handful of statements, however many customers there are.

        :param run: ``business.credit.run``
        :param dict changes: ``{direction: [(profile id, new grade id, score parts as JSON), …]}``
        """
        rows = [(direction, *row) for direction, found in changes.items() for row in found]
        if not rows:
            return
        _directions, profiles, grades, _parts = (list(column) for column in zip(*rows, strict=True))
        self.env["business.credit.review.line"].flush_model()
        # what an older proposal says of these customers is overtaken by this one, or, if it says the same, waits on
        self.env.cr.execute(SQL(
            """
            UPDATE business_credit_review_line line
               SET state = 'overtaken'
              FROM unnest(%(profiles)s::int[], %(grades)s::int[]) AS new (profile_id, grade_id)
             WHERE line.profile_id = new.profile_id AND line.state = 'proposed' AND line.new_grade_id <> new.grade_id
            """,
            profiles=profiles, grades=grades,
        ))
        waiting = {profile_id for profile_id, in self.env.execute_query(SQL(
            "SELECT profile_id FROM business_credit_review_line WHERE state = 'proposed' AND profile_id = ANY(%s)", profiles,
        ))}
        rows = [row for row in rows if row[1] not in waiting]
        if rows:
            self._insert_lines(run, rows)
        self.env["business.credit.review.line"].invalidate_model()
        self.invalidate_model(["line_ids", "line_count", "content_digest", "summary"])

    @api.model
    def _insert_lines(self, run, rows):
        """Make the proposals of a run that are missing, and their lines.

        :param run: ``business.credit.run``
        :param rows: ``[(direction, profile id, new grade id, score parts as JSON), …]``, not empty
        """
        reviews = {review.direction: review for review in self.search([("run_id", "=", run.id)])}
        missing = [direction for direction in dict.fromkeys(row[0] for row in rows) if direction not in reviews]
        reviews |= {review.direction: review for review in self.create([
            {"run_id": run.id, "company_id": run.company_id.id, "direction": direction} for direction in missing
        ])}
        directions, profiles, grades, parts = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(SQL(
            """
            INSERT INTO business_credit_review_line (
                review_id, run_id, company_id, state, profile_id, partner_id, old_grade_id, proposed_grade_id,
                new_grade_id, score, score_parts, create_uid, create_date, write_uid, write_date
            )
            SELECT new.review_id, %(run)s, %(company)s, 'proposed', profile.id, profile.partner_id, profile.grade_id,
                   new.grade_id, new.grade_id, profile.score, new.parts::jsonb, %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM unnest(%(reviews)s::int[], %(profiles)s::int[], %(grades)s::int[], %(parts)s::text[])
                        AS new (review_id, profile_id, grade_id, parts)
              JOIN business_credit_profile profile ON profile.id = new.profile_id
          ORDER BY profile.id
            """,
            run=run.id, company=run.company_id.id, uid=self.env.uid, now=self.env.cr.now(),
            reviews=[reviews[direction].id for direction in directions], profiles=profiles, grades=grades, parts=parts,
        ))

    def _submit_proposals(self, requester):
        """Send proposals for approval; one that cannot be sent says why and waits to be submitted by hand.

        :param requester: ``res.users``, the system for what a run made
        """
        for review in self:
            try:
                with self.env.cr.savepoint():
                    review._submit_for_approval(requester=requester)
                    review.submit_error = False
            except UserError as error:
                review.submit_error = str(error)

    # --- approval ---

    def _get_control_company(self):
        """EXTENDS the control mixin: grades belong to a company."""
        return self.company_id

    def _can_ask_approval(self, findings):
        """EXTENDS the approval mixin: a proposal that is not decided can be submitted, by who may edit it."""
        return self.state == "proposed" and bool(self.line_count) and self._may_edit()

    def _approval_authors(self):
        """The system made the proposal; who edited a line is an author too (IC-7)."""
        return self.sudo().author_ids

    def _may_edit(self):
        return self.env.su or self.env.user.has_groups(
            "business_dept.group_department_manager,business_dept.group_finance"
        )

    def _on_approval_approved(self, approval):
        """Give the customers the approved grades, tell it in their chatter."""
        for review in self.sudo():
            review._apply()

    def _on_approval_rejected(self, approval):
        """The grades stay; the next review proposes again."""
        self.sudo().line_ids.filtered(lambda line: line.state == "proposed")._set_state("refused")
        self.sudo()._as_engine().write({"state": "refused"})

    def _apply(self):
        """Write the grades of all lines, in bulk.

        A line whose customer has meanwhile got another grade than the one the proposal began from, or for whom a
        newer proposal is there, is left out and says so.
        """
        self.ensure_one()
        if self.state != "proposed":
            raise UserError(self.env._("This proposal is decided already."))
        validity = self.env["business.credit.policy"]._get_for(self.company_id).limit_validity_months
        today = fields.Date.context_today(self)
        self.env.flush_all()
        applied = self.env.execute_query(SQL(
            """
            UPDATE business_credit_profile profile
               SET grade_id = line.new_grade_id,
                   grade_date = %(today)s,
                   credit_limit = CASE WHEN profile.limit_source = 'grade' THEN grade.credit_limit
                                       ELSE profile.credit_limit END,
                   limit_expiry = CASE WHEN profile.limit_source = 'grade' THEN %(expiry)s
                                       ELSE profile.limit_expiry END,
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM business_credit_review_line line
              JOIN business_credit_grade grade ON grade.id = line.new_grade_id
             WHERE line.review_id = %(review)s
               AND line.state = 'proposed'
               AND profile.id = line.profile_id
               AND profile.grade_id IS NOT DISTINCT FROM line.old_grade_id
         RETURNING line.id, profile.id
            """,
            today=today,
            expiry=fields.Date.add(today, months=validity) if validity else None,
            uid=self.env.uid,
            now=self.env.cr.now(),
            review=self.id,
        ))
        self.env.execute_query(SQL(
            """
            UPDATE business_credit_review_line
               SET state = CASE WHEN id = ANY(%(applied)s) THEN 'applied' ELSE 'overtaken' END
             WHERE review_id = %(review)s AND state = 'proposed'
         RETURNING id
            """,
            applied=[line_id for line_id, _profile_id in applied], review=self.id,
        ))
        self.env["business.credit.profile"].invalidate_model()
        self.env["business.credit.review.line"].invalidate_model()
        self._as_engine().write({"state": "applied"})
        self._log_applied([line_id for line_id, _profile_id in applied])
        self.env["business.credit.profile"].browse([profile_id for _line, profile_id in applied])._credit_changed()

    def _log_applied(self, line_ids):
        """Write a line into the chatter of each customer and profile, a slice at a time."""
        Line = self.env["business.credit.review.line"]
        for start in range(0, len(line_ids), LOG_SLICE):
            lines = Line.browse(line_ids[start:start + LOG_SLICE])
            lines.fetch(["profile_id", "old_grade_id", "new_grade_id", "score"])
            lines.profile_id._log_credit({
                line.profile_id.id: self.env._(
                    "Grade %(old)s → %(new)s, score %(score)s (%(review)s)",
                    old=line.old_grade_id.code or self.env._("unrated"), new=line.new_grade_id.code,
                    score=formatLang(self.env, line.score, digits=1), review=self.name,
                )
                for line in lines
            })

    #=== CRUD METHODS ===#

    def write(self, vals):
        """Reviews are written by the system; people change their lines."""
        if not self.env.su and set(vals) - {"line_ids"} - UNLOCKED:
            raise AccessError(self.env._("Reviews are kept by the system: change the lines of the proposal instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(review.state != "proposed" or review.author_ids for review in self) or not self.env.su:
            raise UserError(self.env._("Reviews are kept as a record: they cannot be deleted."))


class BusinessCreditReviewLine(models.Model):
    """One customer of a proposal."""

    _name = "business.credit.review.line"
    _inherit = ["business.approval.line.mixin"]
    _approval_parent_field = "review_id"
    _description = "Credit Review Line"
    _order = "review_id desc, score, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _allow_sudo_commands = False

    review_id = fields.Many2one(
        comodel_name="business.credit.review", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    run_id = fields.Many2one(
        comodel_name="business.credit.run", string="Review Run", readonly=True, index=True, ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade",
    )
    direction = fields.Selection(related="review_id.direction")
    approval_state = fields.Selection(related="review_id.approval_state")
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"), ("applied", "Applied"), ("refused", "Refused"), ("overtaken", "Overtaken"),
        ],
        required=True, default="proposed", readonly=True,
        help="Overtaken: a newer review proposes another grade, or the grade was changed meanwhile.",
    )
    profile_id = fields.Many2one(
        comodel_name="business.credit.profile", string="Customer Credit", required=True, readonly=True, index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade",
    )
    old_grade_id = fields.Many2one(
        comodel_name="business.credit.grade", string="Present Grade", readonly=True, ondelete="restrict",
    )
    proposed_grade_id = fields.Many2one(
        comodel_name="business.credit.grade", string="Grade by Score", required=True, readonly=True,
        ondelete="restrict",
    )
    new_grade_id = fields.Many2one(
        comodel_name="business.credit.grade", required=True, check_company=True,
        domain="[('company_id', '=', company_id)]", ondelete="restrict",
    )
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg")
    score_parts = fields.Json(readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)
    note = fields.Char(help="Why the grade differs from the one of the score.")

    _review_profile_unique = models.UniqueIndex("(review_id, profile_id)", "A customer stands in a review once.")
    _proposed_once = models.UniqueIndex(
        "(profile_id) WHERE state = 'proposed'", "A customer has one open proposal at a time."
    )

    #=== COMPUTE METHODS ===#

    @api.depends("score_parts", "score")
    @api.depends_context("lang")
    def _compute_explanation(self):
        Profile = self.env["business.credit.profile"]
        for line in self:
            line.explanation = Profile._render_explanation(line.score_parts, line.score)

    #=== CONSTRAINT METHODS ===#

    @api.constrains("new_grade_id")
    def _check_new_grade(self):
        """By hand a grade can only be made stricter than the score's: better ones need a request of their own."""
        for line in self:
            if line.new_grade_id._is_better_than(line.proposed_grade_id):
                raise ValidationError(self.env._(
                    "%(customer)s: grade %(grade)s is better than the score allows (%(proposed)s). "
                    "Ask for it with a credit request.",
                    customer=line.partner_id.display_name, grade=line.new_grade_id.code,
                    proposed=line.proposed_grade_id.code,
                ))
            if line.direction == "upgrade" and not line.new_grade_id._is_better_than(line.old_grade_id):
                raise ValidationError(self.env._(
                    "%(customer)s: this is no upgrade. Remove the line to leave the grade as it is.",
                    customer=line.partner_id.display_name,
                ))

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        """Lines are made by reviews only."""
        if not self.env.su:
            raise AccessError(self.env._("Lines of a review are made by the review. Ask with a credit request."))
        return super().create(vals_list)

    def write(self, vals):
        """Who edits a line becomes an author of the proposal, and may not decide it (IC-7)."""
        if not self.env.su:
            if set(vals) - {"new_grade_id", "note"}:
                raise AccessError(self.env._("Only the new grade and the note of a proposal can be changed."))
            self._record_author()
        return super().write(vals)

    def unlink(self):
        """Who takes a customer out of a proposal becomes an author of it, too."""
        if not self.env.su:
            self._record_author()
        return super().unlink()

    def _record_author(self):
        """Note the current user as author; refused for what is decided."""
        if any(line.state != "proposed" for line in self):
            raise UserError(self.env._("What is decided, or overtaken by a newer review, cannot be changed."))
        reviews = self.review_id
        reviews.check_access("read")
        reviews._refuse_if_locked(reviews._get_live_approvals(), ["line_ids"])
        reviews.sudo()._as_engine().write({"author_ids": [fields.Command.link(self.env.uid)]})
        for review in reviews:
            review._message_log(body=escape(self.env._(
                "Changed by hand: %(customers)s",
                customers=", ".join(self.filtered(
                    lambda line, review=review: line.review_id == review
                ).partner_id.mapped("display_name")),
            )))

    def _set_state(self, state):
        """Set the state of lines past the lock of their document."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE business_credit_review_line SET state = %s WHERE id = ANY(%s)", state, self.ids,
        ))
        self.invalidate_model(["state"])
