# Part of business_dept. See LICENSE file for full copyright and licensing details.
import datetime
import json
from contextlib import suppress
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_credit import CreditCommon

IN_TIME = (0, 0, 0, 0)
SO_SO = (0, 6, 9, 0)
LATE = (40, 50, 45, 60)


@tagged("post_install", "-at_install", "credit")
class TestCreditGrades(CreditCommon):
    """Grades and their owners (JJ-4.1)."""

    def test_shipped_grades(self):
        """JJ-4.1.A, JJ-4.1.B, JJ-4.1.C: a new company gets the grades of the regulation."""
        terms = {
            code: (grade.balance_event, grade.balance_days, grade.deposit_percent > 0)
            for code, grade in self.grades.items()
        }
        self.assertEqual(terms, {
            "A": ("dispatch", 0, True), "B": ("arrival", 0, True), "C": ("arrival", 14, True),
        })
        self.assertEqual(self.grades["C"].payment_term_id.line_ids.nb_days, 14)
        for company in self.env["res.company"].search([]):
            codes = self.env["business.credit.grade"].search([("company_id", "=", company.id)]).mapped("code")
            self.assertEqual(codes, ["A", "B", "C"], company.name)

    def test_more_grades(self):
        """JJ-4.1: more grades are possible; the better one asks for more."""
        better = self.grades["A"].copy({"code": "AA", "name": "AA", "min_score": 98})
        self.assertTrue(better._is_better_than(self.grades["A"]))
        self.assertTrue(self.grades["C"]._is_better_than(self.env["business.credit.grade"]))
        self.assertFalse(self.env["business.credit.grade"]._is_better_than(self.grades["C"]))
        self.assertEqual(
            self.env["business.credit.grade"]._get_thresholds(self.company),
            [(98, better.id), (90, self.grades["A"].id), (60, self.grades["B"].id), (0, self.grades["C"].id)],
        )

    def test_who_edits_grades(self):
        """JJ-4.1, attack 13: only the executive office edits grades and the scoring policy."""
        for post, user in self.users.items():
            grade, policy = self.grades["C"].with_user(user), self.policy.sudo(False).with_user(user)
            if post == "executive_office":
                grade.credit_limit = 60_000
                policy.min_count = 4
                continue
            for change in (
                lambda grade=grade: grade.write({"credit_limit": 1e9}),
                lambda grade=grade: grade.copy(),
                lambda grade=grade: grade.unlink(),
                lambda policy=policy: policy.write({"min_count": 0}),
            ):
                with self.assertRaises(AccessError, msg=post), mute_logger("odoo.addons.base.models.ir_model"):
                    change()

    def test_grade_limit_is_the_customers_limit(self):
        """JJ-4.2: the limit of a customer follows the grade, until an own limit is approved."""
        profiles = self.Profile._get_or_create(
            self._new_customer("One") | self._new_customer("Two"), self.company
        )
        self.assertEqual(profiles.mapped("credit_limit"), [0, 0], "unrated: no limit")
        profiles._apply_grade(self.grades["B"])
        profiles[0]._apply_limit(7_000, fields.Date.today())
        self.assertEqual(profiles.mapped("credit_limit"), [7_000, 200_000])
        self.grades["B"].credit_limit = 150_000
        self.assertEqual(profiles.mapped("credit_limit"), [7_000, 150_000])
        profiles[0]._apply_grade_limit()
        self.assertEqual(profiles.mapped("credit_limit"), [150_000, 150_000])


@tagged("post_install", "-at_install", "credit")
class TestCreditProfile(CreditCommon):

    def test_get_or_create(self):
        """JJ-4.2: one profile for each commercial entity and company, in a fixed number of statements."""
        partners = self.env["res.partner"].create([{"name": f"P{n}", "is_company": True} for n in range(50)])
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": partners[0].id})
        first = self.Profile._get_or_create(contact | partners[:1], self.company)
        self.assertEqual(first.partner_id, partners[0])
        self.env.flush_all()
        with self.assertQueryCount(4):
            profiles = self.Profile._get_or_create(partners, self.company)
        self.assertEqual(len(profiles), 50)
        self.assertIn(first, profiles)
        with self.assertQueryCount(2):
            self.Profile._get_or_create(partners, self.company)

    def test_get_or_create_race(self):
        """JJ-4.2: a profile somebody else just made is no error: the row that is there stays the only one."""
        partner = self._new_customer()
        self.Profile._get_or_create(partner, self.company)
        self.Profile._insert_missing(self.company, SQL("SELECT unnest(%s::int[])", partner.ids))
        with patch.object(type(self.Profile), "search", return_value=self.Profile.browse()):
            self.Profile._get_or_create(partner, self.company)
        self.assertEqual(self.Profile.search_count([("partner_id", "=", partner.id)]), 1)

    def test_nobody_writes_profiles(self):
        """JJ-4.2, attack 13: no post changes grade, limit, score or hold of a customer, through no door."""
        partner = self._new_customer()
        profile = self.Profile._get_or_create(partner, self.company)
        profile._apply_grade(self.grades["C"])
        self._run_review()
        Score = self.env["business.credit.score"]
        for post, user in self.users.items():
            mine = profile.sudo(False).with_user(user)
            theirs = partner.with_user(user)
            attempts = [
                lambda r=mine: r.write({"grade_id": self.grades["A"].id}),
                lambda r=mine: r.write({"own_limit": 1e9, "limit_source": "own"}),
                lambda r=mine: r.write({"hold": False}),
                lambda r=mine: r.write({"usage_stamp": 7}),
                lambda r=mine: r.create({"partner_id": partner.id, "company_id": self.company.id}),
                lambda r=mine: r.copy(),
                lambda r=mine: r.unlink(),
                lambda r=mine: r.web_save({"grade_id": self.grades["A"].id}, {}),
                lambda r=mine: r.with_context(
                    skip_validation_check=True, bypass_risk=True, business_engine=True, sudo=True
                ).write({"credit_limit": 1e9}),
                lambda p=mine: Score.with_user(p.env.user).create({
                    "profile_id": p.id, "date": "2024-01-01", "score": 100,
                }),
                lambda r=theirs: r.write({"credit_grade_id": self.grades["A"].id}),
                lambda r=theirs: r.write({"credit_profile_id": False}),
                lambda r=theirs: r.write({"credit_limit_effective": 1e9}),
                lambda r=theirs: r.write({"credit_hold": True}),
                lambda r=theirs: r.create({"name": "New", "credit_grade_id": self.grades["A"].id}),
                lambda r=theirs: r.web_save({"credit_grade_id": self.grades["A"].id}, {}),
            ]
            for number, attempt in enumerate(attempts):
                with self.assertRaises(AccessError, msg=f"{post} {number}"), self.cr.savepoint(), mute_logger(
                    "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule", "odoo.models.unlink"
                ):
                    attempt()
                    self.env.flush_all()
            result = self.Profile.with_user(user).load(["partner_id/.id", "own_limit"], [[str(partner.id), "9"]])
            self.assertFalse(result["ids"])
        profile.invalidate_recordset()
        self.assertEqual((profile.grade_id, profile.credit_limit), (self.grades["C"], 50_000))

    def test_readers(self):
        """JJ-4.2, attack 19: posts outside the work with customers neither read nor search nor group by grades."""
        partner = self._new_customer()
        self.Profile._get_or_create(partner, self.company)._apply_grade(self.grades["A"])
        for post in ("market_researcher", "safety_officer", "regulation_admin"):
            theirs = partner.with_user(self.users[post])
            for attempt in (
                lambda r=theirs: r.read(["credit_grade_id"]),
                lambda r=theirs: r.search([("credit_grade_id", "=", self.grades["A"].id)]),
                lambda r=theirs: r.search([("credit_profile_id.credit_limit", ">", 5)]),
                lambda r=theirs: r.formatted_read_group([], ["credit_grade_id"], ["__count"]),
                lambda r=theirs: r.export_data(["credit_grade_id/code"]),
                lambda r=theirs: self.Profile.with_user(r.env.user).search([]),
                lambda r=theirs: r.action_open_credit(),
            ):
                with self.assertRaises(UserError, msg=post):
                    attempt()
        for post in ("salesperson", "customer_service", "order_clerk", "finance", "auditor"):
            theirs = partner.with_user(self.users[post]).with_company(self.company)
            self.assertEqual(theirs.credit_grade_id, self.grades["A"], post)

    def test_partner_fields(self):
        """JJ-4.1: customers are found and grouped by their grade with the current company."""
        one, two, three = (self._new_customer(name) for name in ("One", "Two", "Three"))
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": one.id})
        self.Profile._get_or_create(one, self.company)._apply_grade(self.grades["A"])
        self.Profile._get_or_create(two, self.company)._apply_grade(self.grades["C"])
        Partner = self.env["res.partner"].with_user(self.users["salesperson"])
        everybody = one | two | three | contact
        scope = [("id", "in", everybody.ids)]
        self.assertEqual(contact.credit_grade_id, self.grades["A"])
        self.assertFalse(three.credit_grade_id)
        self.assertEqual(Partner.search([*scope, ("credit_grade_id", "=", self.grades["A"].id)]).sudo(), one | contact)
        self.assertEqual(Partner.search([*scope, ("credit_grade_id.code", "=", "C")]).sudo(), two)
        self.assertEqual(Partner.search([*scope, ("credit_grade_id", "=", False)]).sudo(), three)
        self.assertEqual(Partner.search([*scope, ("credit_grade_id", "!=", False)]).sudo(), one | two | contact)
        self.assertEqual(
            {grade.code: count for grade, count in Partner._read_group(scope, ["credit_grade_id"], ["__count"])},
            {"A": 2, "C": 1, False: 1},
        )
        self.assertTrue(Partner.fields_get(["credit_grade_id"])["credit_grade_id"]["groupable"])
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(one.with_company(other).credit_grade_id)

    def test_companies_apart(self):
        """JJ-4.2, attack 20: nobody reads the credit of a company that is not theirs."""
        other = self.env["res.company"].create({"name": "Other"})
        partner = self._new_customer()
        profile = self.Profile._get_or_create(partner, other)
        for post in ("salesperson", "department_manager", "finance", "executive_office", "auditor"):
            user = self.users[post]
            self.assertFalse(self.Profile.with_user(user).search([("partner_id", "=", partner.id)]))
            with self.assertRaises(AccessError):
                profile.sudo(False).with_user(user).read(["credit_limit"])
            with self.assertRaises(AccessError):
                self.env["business.credit.grade"].search([("company_id", "=", other.id)]).with_user(user).read(["code"])

    def test_hold(self):
        """JJ-4.2: manager and finance put customers on hold, with reason and review date; the chatter tells it."""
        partner = self._new_customer()
        profile = self.Profile._get_or_create(partner, self.company).sudo(False)
        date = fields.Date.add(fields.Date.today(), days=14)
        for post in ("department_manager", "finance"):
            mine = profile.with_user(self.users[post])
            with self.assertRaises(UserError):
                mine._set_hold("  ", date)
            with self.assertRaises(UserError):
                mine._set_hold("Bounced cheque", False)
            self.env["business.credit.hold"].with_user(self.users[post]).create({
                "mode": "set", "profile_ids": [Command.set(mine.ids)], "reason": "Bounced cheque", "review_date": date,
            }).action_confirm()
            self.assertEqual((mine.hold, mine.hold_reason, mine.hold_review_date), (True, "Bounced cheque", date))
            self.assertIn("Bounced cheque", profile.message_ids[0].body)
            self.assertIn("credit", partner.message_ids[0].body)
            self.assertNotIn("Bounced cheque", partner.message_ids[0].body, "every employee reads it there")
            with self.assertRaises(UserError):
                mine._lift_hold("")
            mine._lift_hold("Paid")
            self.assertFalse(mine.hold)
            self.assertIn("Paid", profile.message_ids[0].body)
        for post in ("salesperson", "order_clerk", "deputy_manager", "executive_office", "auditor"):
            mine = profile.with_user(self.users[post])
            for attempt in (mine.action_hold, mine.action_release_hold, lambda r=mine: r._set_hold("x", date)):
                with self.assertRaises(AccessError, msg=post):
                    attempt()
            with self.assertRaises(AccessError, msg=post), mute_logger("odoo.addons.base.models.ir_model"):
                self.env["business.credit.hold"].with_user(self.users[post]).create({
                    "mode": "lift", "profile_ids": [Command.set(profile.ids)], "reason": "x",
                })


@tagged("post_install", "-at_install", "credit")
class TestCreditReview(CreditCommon):
    """Reviews propose grades; approvals bring them into force (JJ-4.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.fair, cls.bad, cls.new = (
            cls._new_customer(name) for name in ("Good", "Fair", "Bad", "New")
        )
        cls._new_history(cls.good, *IN_TIME)
        cls._new_history(cls.fair, *SO_SO)
        cls._new_history(cls.bad, *LATE)
        cls._new_history(cls.new, 0)

    def _profile(self, partner):
        profile = self.Profile.search([("partner_id", "=", partner.id), ("company_id", "=", self.company.id)])
        profile.invalidate_recordset()
        return profile

    def _grades(self):
        return [self._profile(partner).grade_id.code for partner in (self.good, self.fair, self.bad, self.new)]

    def test_first_grading(self):
        """JJ-4.2, IC-7: the manager who started the review may confirm what the system computed."""
        manager = self.users["department_manager"]
        action = self.Run.with_user(manager).action_run_review()
        run = self.Run.browse(action["res_id"])
        self.assertEqual((run.state, run.total_count, run.done_count, run.rated_count), ("done", 4, 4, 3))
        review = run.review_ids
        self.assertEqual((review.direction, review.line_count, review.approval_state), ("first", 3, "pending"))
        self.assertEqual(review.approval_id.requester_id, self.env.ref("base.user_root"))
        self.assertEqual(self._grades(), [False] * 4, "nothing is in force before the approval")
        self._approve(review, "department_manager")
        self.assertEqual((review.state, review.approval_state), ("applied", "approved"))
        self.assertEqual(self._grades(), ["A", "B", "C", False])
        profile = self._profile(self.good)
        self.assertEqual((profile.score, profile.credit_limit, profile.is_rated), (100, 500_000, True))
        self.assertEqual(profile.limit_expiry, fields.Date.add(fields.Date.today(), months=12))
        self.assertEqual(profile.score_ids.mapped("score"), [100])
        self.assertIn("100", profile.score_explanation)
        self.assertEqual([point["y"] for point in json.loads(profile.score_graph)[0]["values"]], [100])
        self.assertEqual(self.good.credit_score_graph, profile.score_graph)
        self.assertEqual(sum(points for _code, _measured, points, _weight in profile.score_parts), 100)
        self.assertIn("A", profile.message_ids[0].body)
        self.assertFalse(self._profile(self.new).is_rated)
        self.assertEqual(self._profile(self.new).score_ids.ids, [])

    def test_unchanged_grades_propose_nothing(self):
        """JJ-4.2: a review that changes no grade leaves only the score history."""
        self._approve(self._run_review().review_ids, "department_manager")
        run = self._run_review(as_of=fields.Date.subtract(fields.Date.today(), days=1))
        self.assertFalse(run.review_ids)
        self.assertEqual(self._profile(self.good).score_ids.mapped("grade_code"), ["A", "A"])
        self._run_review()
        self.assertEqual(len(self._profile(self.good).score_ids), 2, "one score a day")

    def test_downgrade_and_upgrade(self):
        """JJ-4.2: the manager confirms a downgrade; an upgrade goes to the executive office, too."""
        self._approve(self._run_review().review_ids, "department_manager")
        self._new_history(self.good, *LATE, year=2024)
        self._new_history(self.bad, *([0] * 40), amount=1000, year=2024)
        run = self._run_review()
        reviews = {review.direction: review for review in run.review_ids}
        self.assertEqual(set(reviews), {"downgrade", "upgrade"})
        self._approve(reviews["downgrade"], "department_manager")
        self.assertEqual(self._grades()[0], "C")
        self._approve(reviews["upgrade"], "department_manager")
        self.assertEqual((reviews["upgrade"].approval_state, self._grades()[2]), ("pending", "C"))
        with self.assertRaises(UserError):
            reviews["upgrade"].with_user(self.users["department_manager"]).action_approval_approve()
        self._approve(reviews["upgrade"], "executive_office")
        self.assertNotEqual(self._grades()[2], "C")

    def test_open_proposal_is_not_made_twice(self):
        """JJ-4.2: while a proposal waits, the next review adds nothing to it, and overtakes it when facts changed."""
        first = self._run_review().review_ids
        second = self._run_review()
        self.assertFalse(second.review_ids)
        self._new_history(self.good, *LATE, year=2024)
        third = self._run_review().review_ids
        self.assertEqual(third.line_ids.partner_id, self.good)
        self.assertEqual(first.line_ids.filtered(lambda line: line.partner_id == self.good).state, "overtaken")
        self._approve(first, "department_manager")
        self.assertEqual(self._grades(), [False, "B", "C", False])
        self._approve(third, "department_manager")
        self.assertEqual(self._grades(), ["C", "B", "C", False])

    def test_changed_meanwhile(self):
        """JJ-4.2: a grade changed by request since the proposal is not overwritten by it."""
        review = self._run_review().review_ids
        self._profile(self.bad)._apply_grade(self.grades["B"])
        self._approve(review, "department_manager")
        self.assertEqual(self._grades(), ["A", "B", "B", False])
        self.assertEqual(review.line_ids.filtered(lambda line: line.partner_id == self.bad).state, "overtaken")

    def test_rejected(self):
        """JJ-4.2: after a rejection the grades stay, and the next review proposes again."""
        review = self._run_review().review_ids
        review.with_user(self.users["department_manager"]).action_approval_reject("Wait for the audit")
        review.invalidate_recordset()
        self.assertEqual((review.state, self._grades()), ("refused", [False] * 4))
        again = self._run_review().review_ids
        self.assertEqual((again.line_count, again.approval_state), (3, "pending"))

    def test_edited_by_hand(self):
        """IC-7: who changes a proposed grade is its author and may not approve it; another manager may."""
        manager = self.users["department_manager"]
        review = self._run_review().review_ids
        line = review.line_ids.filtered(lambda line: line.partner_id == self.good)
        with self.assertRaises(UserError):
            line.with_user(manager).new_grade_id = self.grades["B"]
        review.with_user(manager).action_approval_send_back("One of them disputes every invoice")
        review.invalidate_recordset()
        line.with_user(manager).write({"new_grade_id": self.grades["B"].id, "note": "Disputes"})
        self.assertEqual(review.author_ids, manager)
        review._submit_for_approval(requester=self.env.ref("base.user_root"))
        with self.assertRaises(UserError):
            review.with_user(manager).action_approval_approve()
        review.approval_id.sudo()._end("withdrawn", "To test with another manager")
        second = self._new_user("department_manager", "credit_manager_two")
        review._submit_for_approval(requester=manager)
        review.with_user(second).action_approval_approve()
        self.assertEqual(self._grades(), ["B", "B", "C", False])

    def test_by_hand_only_stricter(self):
        """JJ-4.2, attack 13: a proposed grade cannot be edited to a better one than the score's."""
        manager = self.users["department_manager"]
        review = self._run_review().review_ids
        review.with_user(manager).action_approval_send_back("Look again")
        line = review.line_ids.filtered(lambda line: line.partner_id == self.bad).with_user(manager)
        with self.assertRaises(ValidationError):
            line.new_grade_id = self.grades["A"]
        for values in ({"proposed_grade_id": self.grades["A"].id}, {"score": 100}, {"state": "applied"},
                       {"profile_id": self._profile(self.new).id}):
            with self.assertRaises(AccessError):
                line.write(values)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            line.create({
                "review_id": review.id, "profile_id": self._profile(self.new).id, "partner_id": self.new.id,
                "company_id": self.company.id, "proposed_grade_id": self.grades["A"].id,
                "new_grade_id": self.grades["A"].id,
            })
        for values in ({"state": "applied"}, {"direction": "downgrade"}, {"author_ids": [Command.clear()]}):
            with self.assertRaises(AccessError):
                review.with_user(manager).write(values)

    def test_who_runs_reviews(self):
        """JJ-4.2: the manager and finance run reviews; nobody runs two of a company at once."""
        for post, user in self.users.items():
            if post not in ("department_manager", "finance"):
                with self.assertRaises(AccessError, msg=post):
                    self.Run.with_user(user).action_run_review()
                with self.assertRaises(AccessError, msg=post), mute_logger("odoo.addons.base.models.ir_model"):
                    self.Run.with_user(user).create({"company_id": self.company.id, "as_of": "2024-01-01"})
        self.Run._start(self.company)
        with self.assertRaises(UserError):
            self.Run.with_user(self.users["finance"]).action_run_review()

    def test_resumed_after_a_kill(self):
        """JJ-4.2: a run killed in the middle goes on where the last commit left it, and does nothing twice."""
        for name in "VWXYZ":
            self._new_history(self._new_customer(name), *SO_SO)
        self.policy.write({"review_automatic": True, "next_review_date": fields.Date.today()})
        commits = []
        original = type(self.Run)._process_slice

        def slice_of_two(run, size):
            if len(commits) == 3:
                raise KeyboardInterrupt
            return original(run, 2)

        def commit(cron, processed=0, *, remaining=None, deactivate=False):
            self.env.flush_all()
            commits.append(processed)
            return 100.0

        Cron = type(self.env["ir.cron"])
        with patch.object(Cron, "_commit_progress", commit):
            with patch.object(type(self.Run), "_process_slice", slice_of_two), suppress(KeyboardInterrupt):
                self.Run._cron_review()
            run = self.Run.search([("company_id", "=", self.company.id)])
            self.assertEqual((run.state, run.done_count, run.total_count), ("running", 4, 9))
            with patch.object(type(self.Run), "_process_slice", lambda run, size: original(run, 2)):
                self.Run._cron_review()
        self.assertEqual((run.state, run.done_count, run.progress), ("done", 9, 100))
        scores = self.env["business.credit.score"].search([("company_id", "=", self.company.id)])
        self.assertEqual((len(scores), len(scores.profile_id)), (8, 8))
        self.assertEqual(run.review_ids.mapped("line_count"), [8])
        self.assertEqual(self.policy.next_review_date, fields.Date.add(fields.Date.today(), months=1))
        self.assertEqual(len(self.Run.search([("company_id", "=", self.company.id)])), 1, "begun once")

    def test_cron_only_where_wanted(self):
        """JJ-4.2: on schedule a review runs only where the company asked for it, and only when it is due."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 100.0):
            self.Run._cron_review()
            self.assertFalse(self.Run.search([("company_id", "=", self.company.id)]))
            self.policy.write({
                "review_automatic": True, "next_review_date": fields.Date.add(fields.Date.today(), days=1),
            })
            self.Run._cron_review()
            self.assertFalse(self.Run.search([("company_id", "=", self.company.id)]))

    def test_statements_do_not_grow(self):
        """JJ-4.2: a slice takes the same number of statements for 10 customers and for 1,000."""
        def count(customers):
            partners = self.env["res.partner"].create([
                {"name": f"N{n}", "is_company": True} for n in range(customers)
            ])
            self.env["business.payment.history"].create([
                {
                    "company_id": self.company.id, "partner_id": partner.id, "invoice_number": str(number),
                    "invoice_date": "2023-01-01", "due_date": "2023-01-31", "amount": 100,
                    "settled_date": datetime.date(2023, 1, 31) + datetime.timedelta(days=index % 40),
                    "currency_id": self.company.currency_id.id,
                }
                for index, partner in enumerate(partners) for number in range(3)
            ])
            run = self.Run._start(self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            run._process_slice(10_000)
            self.env.flush_all()
            statements = self.cr.sql_log_count - before
            self.assertGreaterEqual(run.rated_count, customers)
            return statements

        count(5)  # fills the caches
        few, many = count(10), count(1_000)
        self.assertEqual(few, many)
        self.assertLess(many, 120)

    def test_no_route(self):
        """JJ-4.2: with no rule nothing is approved by itself: the proposal waits and says why."""
        self.env["business.approval.rule"].search([("model_name", "=", "business.credit.review")]).active = False
        review = self._run_review().review_ids
        self.assertFalse(review.approval_state)
        self.assertTrue(review.submit_error)
        self.assertEqual(self._grades(), [False] * 4)


@tagged("post_install", "-at_install", "credit")
class TestCreditRequest(CreditCommon):
    """Own limits and grades by hand need an approval (JJ-4.2, RG-3.8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls._new_customer()
        cls.profile = cls.Profile._get_or_create(cls.partner, cls.company)
        cls.profile._apply_grade(cls.grades["C"])
        cls.expiry = fields.Date.add(fields.Date.today(), days=90)

    def _request(self, user, **values):
        return self.env["business.credit.limit.request"].with_user(user).create({
            "profile_id": self.profile.id, "kind": "limit", "requested_limit": 80_000, "limit_expiry": self.expiry,
            "reason": "Big project", **values,
        })

    def test_own_limit(self):
        """JJ-4.2: an own limit beyond the grade's is in force once the manager and the executive office approved."""
        request = self._request(self.users["salesperson"])
        request.action_approval_submit()
        with self.assertRaises(UserError):
            request.with_user(self.users["salesperson"]).action_approval_approve()
        with self.assertRaises(UserError):
            request.with_user(self.users["executive_office"]).action_approval_approve()
        self._approve(request, "department_manager")
        self.assertEqual(self.profile.credit_limit, 50_000)
        self._approve(request, "executive_office")
        self.profile.invalidate_recordset()
        self.assertEqual(
            (self.profile.credit_limit, self.profile.limit_source, self.profile.limit_expiry),
            (80_000, "own", self.expiry),
        )
        self.assertIn("Big project", self.profile.message_ids[0].body)
        with self.assertRaises(UserError):
            request.with_user(self.users["salesperson"]).requested_limit = 90_000

    def test_lower_limit_needs_the_manager_only(self):
        """JJ-4.2: a limit within the grade's is the manager's alone."""
        request = self._request(self.users["salesperson"], requested_limit=20_000)
        self.assertFalse(request.eases_credit)
        request.action_approval_submit()
        self._approve(request, "department_manager")
        self.assertEqual(self.profile.credit_limit, 20_000)

    def test_grade_by_hand(self):
        """JJ-4.2: a better grade by hand needs the executive office; a grade of another company is refused."""
        request = self._request(
            self.users["finance"], kind="grade", requested_grade_id=self.grades["A"].id, requested_limit=0,
        )
        request.action_approval_submit()
        self._approve(request, "department_manager", "executive_office")
        self.assertEqual(self.profile.grade_id, self.grades["A"])
        other = self.env["res.company"].create({"name": "Other"})
        grade = self.env["business.credit.grade"].search([("company_id", "=", other.id)], limit=1)
        with self.assertRaises(ValidationError):
            self._request(self.env.user, kind="grade", requested_grade_id=grade.id)

    def test_attacks(self):
        """Attack 13: a request is not applied by writing to it, nor changed by others, nor without a reason."""
        sales = self.users["salesperson"]
        request = self._request(sales)
        for values in ({"applied_date": fields.Datetime.now()}, {"approval_state": "approved"}):
            with suppress(AccessError):
                request.write(values)
            request.invalidate_recordset()
            self.assertFalse(request.applied_date)
            self.assertFalse(request.approval_state)
        with self.assertRaises(AccessError):
            self._request(sales, applied_date=fields.Datetime.now())
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            request.with_user(self.users["finance"]).write({"requested_limit": 1})
        with self.assertRaises(ValidationError):
            self._request(sales, reason="  ")
        with self.assertRaises(ValidationError):
            self._request(sales, limit_expiry="2020-01-01")
        request.action_approval_submit()
        with self.assertRaises(UserError):
            request.requested_limit = 900_000
        self.assertEqual(self.profile.credit_limit, 50_000)
        for post in ("customer_service", "order_clerk", "market_researcher", "auditor"):
            with self.assertRaises(AccessError, msg=post), mute_logger("odoo.addons.base.models.ir_model"):
                self._request(self.users[post])
