# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date, time, timedelta

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.business_dept.controls import ControlError
from odoo.addons.business_dept.tests.common import BusinessCommon


class TravelPolicyCommon(BusinessCommon):
    """A company with the policy of regulation TE in force."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Policy = cls.env["business.travel.policy"]
        cls.Policy._ship(cls.company.ids)
        cls.policy = cls.Policy.search([("company_id", "=", cls.company.id)])
        cls.today = fields.Date.today()
        cls.grade = {grade.code: grade for grade in cls.env["business.staff.grade"].search([])}
        cls.means = {means.code: means for means in cls.env["business.transport.class"].search([])}
        cls.city = {city.code: city for city in cls.env["business.city.class"].search([])}
        cls.town, cls.far, cls.metropolis = cls.env["business.travel.place"].create([
            {"name": "Home Town"}, {"name": "Far Town"}, {"name": "Metropolis", "city_class_id": cls.city["first"].id},
        ])

    def draft(self, days=10, **vals):
        """A draft of the regulation administrator, from the version in force."""
        draft = self.policy.with_user(self.admin_user).copy({"date_from": self.today + timedelta(days=days)})
        draft.write({"allowance_per_day": 40.0, **vals})
        return draft.with_env(self.env)

    def bring_into_force(self, draft):
        """Submit as the administrator, approve as the executive office."""
        self.call(self.admin_user, draft, "action_approval_submit")
        self.call(self.executive, draft, "action_approval_approve")
        return draft


@tagged("post_install", "-at_install")
class TestTravelPolicy(TravelPolicyCommon):

    # === AS SHIPPED === #

    def test_shipped_figures(self):
        """TE-2.7.1, TE-2.7.2, TE-2.7.3, TE-3: a company begins with the figures of the regulation."""
        self.assertEqual(self.policy.state, "in_force")
        rules = self.policy._get_rules()
        self.assertEqual(
            (rules.allowance_per_day, rules.noon, rules.shared_room_percent, rules.town_lodging_cap, rules.claim_days),
            (30.0, time(12), 80.0, 80.0, 30))
        for place in (self.far, self.metropolis):
            caps = {code: self.policy._get_lodging_cap(grade, place) for code, grade in self.grade.items()}
            self.assertEqual(caps, {"director": None, "manager": 150.0, "senior": 100.0, "staff": 60.0})
        self.Policy._ship(self.company.ids)
        self.assertEqual(self.Policy.search_count([("company_id", "=", self.company.id)]), 1, "never twice")

    def test_shipped_transport(self):
        """TE-2.1, TE-2.2, TE-2.3, TE-2.4, TE-1.3: who may use what."""
        cases = [
            # means, director, manager, senior, staff
            ("train_soft_sleeper", "allowed", "allowed", "never", "never"),
            ("train_hard_seat", "allowed", "allowed", "allowed", "allowed"),
            ("ship_second", "allowed", "allowed", "never", "never"),
            ("ship_ordinary", "allowed", "allowed", "allowed", "allowed"),
            ("taxi", "allowed", "allowed", "request", "request"),
            ("bus", "allowed", "allowed", "allowed", "allowed"),
            ("motorbike", "allowed", "allowed", "allowed", "allowed"),
            ("hs_second", "allowed", "allowed", "request", "request"),
            ("hs_business", "allowed", "never", "never", "never"),
            ("plane_economy", "request", "request", "request", "request"),
            ("company_car", "request", "request", "request", "request"),
        ]
        for code, *expected in cases:
            with self.subTest(means=code):
                self.assertEqual([
                    self.policy._get_permission(self.grade[grade], self.means[code])
                    for grade in ("director", "manager", "senior", "staff")
                ], expected)
        self.assertEqual(
            [self.policy._get_train_class(self.grade[grade]).code for grade in ("director", "manager", "senior", "staff")],
            ["hs_business", "train_soft_sleeper", "train_hard_seat", "train_hard_seat"])

    def test_who_has_no_grade(self):
        """TE-2.3: who has no grade is other staff; what the policy does not mention is on request."""
        nobody = self.env["business.staff.grade"]
        self.assertEqual(self.policy._get_lodging_cap(nobody, self.far), 60.0)
        self.assertEqual(self.policy._get_permission(nobody, self.means["train_soft_sleeper"]), "never")
        self.assertEqual(self.policy._get_train_class(nobody).code, "train_hard_seat")
        trainee = self.env["business.staff.grade"].create({"name": "Trainee", "code": "trainee", "sequence": 99})
        self.assertEqual(self.policy._get_lodging_cap(trainee, self.far), 60.0, "a grade that the policy does not know yet")
        self.assertEqual(self.policy._get_lodging_cap(nobody, self.far), 60.0)
        self.assertEqual(self.policy._get_permission(trainee, self.means["ship_second"]), "never")
        sleigh = self.env["business.transport.class"].create({"name": "Sleigh", "code": "sleigh", "mode": "bus"})
        self.assertEqual(self.policy._get_permission(self.grade["director"], sleigh), "request")

    def test_a_new_city_class_is_capped(self):
        """TE-2.7.1: cities without a line of their own have the general line, else the lowest cap of the grade."""
        draft = self.draft()
        resort = self.env["business.city.class"].create({"name": "Resort", "code": "resort"})
        place = self.env["business.travel.place"].create({"name": "Beach", "city_class_id": resort.id})
        draft.lodging_ids.filtered(lambda line: line.city_class_id == self.city["first"]).cap = 500.0
        self.assertEqual(draft._get_lodging_cap(self.grade["senior"], self.metropolis), 500.0)
        self.assertEqual(draft._get_lodging_cap(self.grade["senior"], place), 100.0)
        self.assertEqual(draft._get_lodging_cap(self.grade["senior"], place.browse()), 100.0)
        draft.lodging_ids = [Command.create({"grade_id": self.grade["senior"].id, "cap": 70.0})]
        self.assertEqual(draft._get_lodging_cap(self.grade["senior"], place), 70.0)
        self.assertEqual(draft._get_lodging_cap(self.grade["senior"], self.far), 100.0)

    def test_many_questions_cost_no_statement(self):
        """TE-2: the tables are read once, however many expenses ask."""
        grades, places = list(self.grade.values()), self.far | self.metropolis
        self.env.flush_all()

        def ask():
            for grade in [*grades, self.env["business.staff.grade"]]:
                for place in places:
                    self.policy._get_lodging_cap(grade, place)
                self.policy._get_permission(grade, self.means["taxi"])
                self.policy._get_train_class(grade)
            self.policy._get_rules()

        ask()
        with self.assertQueryCount(0):
            for _number in range(100):
                ask()

    # === VERSIONS === #

    def test_new_version(self):
        """TE-0: a version is drafted, approved by the executive office, and holds from its day on; the old one until then."""
        action = self.call(self.admin_user, self.policy, "action_new_version")
        draft = self.Policy.browse(action["res_id"])
        self.assertEqual((draft.state, draft.date_from), ("draft", self.today + relativedelta(months=1, day=1)))
        self.assertEqual(len(draft.transport_ids), len(self.policy.transport_ids))
        self.assertEqual(self.call(self.admin_user, self.policy, "action_new_version")["res_id"], draft.id, "not twice")
        draft.with_user(self.admin_user).allowance_per_day = 50.0
        self.bring_into_force(draft)
        self.assertEqual((draft.state, self.policy.state), ("planned", "in_force"))
        self.assertEqual(self.policy.date_to, draft.date_from - timedelta(days=1))
        days = [self.today, self.policy.date_to, draft.date_from, self.policy.date_from - timedelta(days=1)]
        self.assertEqual(self.Policy._get_policies(self.company, days), {
            self.today: self.policy, self.policy.date_to: self.policy, draft.date_from: draft,
        })

    def test_takes_force_on_its_day(self):
        """TE-0: the state follows the calendar; the policy that holds on a day does not wait for the job."""
        draft = self.bring_into_force(self.draft())
        self.env.cr.execute("UPDATE business_travel_policy SET date_from = %s WHERE id = %s", [self.today, draft.id])
        self.env.invalidate_all()
        self.assertEqual(self.Policy._get_policies(self.company, [self.today]), {self.today: draft})
        self.run_cron("business_dept.ir_cron_travel_policy_take_force")
        self.assertEqual((draft.state, self.policy.state), ("in_force", "replaced"))
        self.assertEqual(self.policy.date_to, self.today - timedelta(days=1))
        self.run_cron("business_dept.ir_cron_travel_policy_take_force")
        self.assertEqual((draft.state, self.policy.state), ("in_force", "replaced"))

    def test_takes_force_at_once(self):
        """TE-0: a version for today replaces the one in force as soon as it is approved."""
        draft = self.bring_into_force(self.draft(days=0))
        self.assertEqual((draft.state, self.policy.state), ("in_force", "replaced"))
        self.assertEqual(self.Policy._get_policies(self.company, [self.today])[self.today], draft)

    def test_corrected_before_its_day(self):
        """TE-0: a version that is approved for later gives way to one for the same day."""
        wrong = self.bring_into_force(self.draft(allowance_per_day=300.0))
        right = self.bring_into_force(self.draft(allowance_per_day=33.0))
        self.assertEqual((wrong.state, right.state, self.policy.state), ("replaced", "planned", "in_force"))
        self.assertEqual(self.Policy._get_policies(self.company, [right.date_from])[right.date_from], right)
        self.assertEqual(right._get_predecessor(), wrong)

    def test_cannot_submit(self):
        """TE-0: what is missing or comes too early is told before anybody is asked."""
        cases = [
            ({"date_from": self.today - timedelta(days=1)}, "have been judged"),
            ({"allowance_per_day": 30.0}, "Nothing differs"),
            ({"lodging_ids": [Command.clear()]}, "no lodging caps"),
            ({"transport_ids": [Command.clear()]}, "which means of transport"),
        ]
        for vals, message in cases:
            with self.subTest(message=message), self.env.cr.savepoint() as savepoint:
                draft = self.draft(**vals)
                with self.assertRaisesRegex(UserError, message):
                    self.call(self.admin_user, draft, "action_approval_submit")
                savepoint.rollback()
        self.bring_into_force(self.draft(days=20))
        with self.assertRaisesRegex(UserError, "approved already"):
            self.call(self.admin_user, self.draft(days=5, allowance_per_day=45.0), "action_approval_submit")
        with self.assertRaisesRegex(UserError, "no draft"):
            self.call(self.admin_user, self.policy, "action_approval_submit")

    def test_two_approvals_cross(self):
        """TE-0: a version that was overtaken while it was under review does not take force before the other."""
        early, late = self.draft(days=5), self.draft(days=20, allowance_per_day=45.0)
        self.call(self.admin_user, early, "action_approval_submit")
        self.bring_into_force(late)
        with self.assertRaisesRegex(UserError, "approved already"):
            self.call(self.executive, early, "action_approval_approve")

    def test_constraints(self):
        """TE-2.7.1, TE-2.7.3, TE-3: figures that make no sense are refused with words."""
        draft = self.draft()
        line = {"grade_id": self.grade["staff"].id, "class_id": self.means["bus"].id, "permission": "never"}
        for vals in (
            {"allowance_per_day": -1.0}, {"noon_hour": 24.0}, {"shared_room_percent": 0.0}, {"shared_room_percent": 101.0},
            {"claim_days": -1}, {"town_lodging_cap": -1.0}, {"transport_ids": [Command.create(line)]},
            {"lodging_ids": [Command.create({
                "grade_id": self.grade["staff"].id, "city_class_id": self.city["first"].id, "cap": 9.0})]},
            {"lodging_ids": [Command.update(draft.lodging_ids[0].id, {"cap": -1.0})]},
        ):
            with self.subTest(vals=vals), mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), \
                    self.env.cr.savepoint():
                draft.write(vals)
                draft.flush_recordset()
                self.env.flush_all()

    def test_from_regulation(self):
        """TE: a company without a policy drafts the figures of the regulation with one button."""
        other = self.env["res.company"].create({"name": "Other Company"})
        self.admin_user.company_ids += other
        self.assertFalse(self.Policy._get_policies(other, [self.today]))
        admin = self.Policy.with_user(self.admin_user).with_context(allowed_company_ids=other.ids)
        draft = self.Policy.browse(admin.action_draft_from_regulation()["res_id"])
        self.assertEqual((draft.company_id, draft.state, draft.allowance_per_day), (other, "draft", 30.0))
        with self.assertRaises(AccessError):
            self.call(self.salesperson, self.Policy.browse(), "action_draft_from_regulation")

    # === COMPARISON === #

    def test_differences(self):
        """TE-0: two versions compared: what differs only, what was, what is, by how much."""
        draft = self.draft()
        self.assertEqual([
            (row.label, row.was, row.now, row.difference, row.direction) for row in draft._get_differences(self.policy)
        ], [("Allowance per Day", "$\xa030.00", "$\xa040.00", "+$\xa010.00", 1)])
        line = draft.transport_ids.filtered(
            lambda line: line.grade_id == self.grade["staff"] and line.class_id == self.means["hs_second"])
        line.permission = "allowed"
        seat = draft.transport_ids.filtered(
            lambda line: line.grade_id == self.grade["manager"] and line.class_id == self.means["train_soft_sleeper"])
        seat.unlink()
        draft.write({
            "allowance_per_day": 30.0, "claim_days": 0, "noon_hour": 12.5, "shared_room_percent": 75.0,
            "lodging_ids": [Command.create({"grade_id": self.grade["director"].id, "cap": 400.0})],
        })
        self.assertEqual([
            (row.section, row.label, row.was, row.now, row.difference, row.direction)
            for row in draft._get_differences(self.policy)
        ], [
            ("General", "Noon", "12:00", "12:30", "", 0),
            ("General", "Shared Room (%)", "80", "75", "−5", -1),
            ("General", "Claim Within (Days)", "30", "None", "", 1),
            ("Transport", "Train, soft sleeper, Manager", "Freely", "On request", "", -1),
            ("Transport", "High-speed train, second class, Salesperson and other staff", "On request", "Freely", "", 1),
            ("Lodging", "Director, Every other city", "No line", "$\xa0400.00", "", 0),
        ])
        self.assertIn("12:30", draft.changes_html)
        self.assertNotIn("12:30", self.policy.changes_html or "")

    def test_comparison_screen(self):
        """TE-0: the screen compares any two versions that the user may read, drafts for those who may see them."""
        draft = self.draft()
        action = self.call(self.executive, draft, "action_compare")
        Comparison = self.env["business.travel.policy.comparison"]
        with Form(Comparison.with_user(self.executive).with_context(**action["context"])) as form:
            self.assertIn("Allowance per Day", form.differences_html)
            self.assertNotIn("Noon", form.differences_html)
        forged = Comparison.with_user(self.salesperson).create({"policy_id": draft.id, "other_id": self.policy.id})
        with self.assertRaises(AccessError):
            self.call(self.salesperson, forged, "read", ["differences_html"])

    # === WHO MAY === #

    def test_who_reads(self):
        """TE-0: everybody reads what is approved; drafts are for those who decide and account; never another company's."""
        draft = self.draft()
        for post, user in self.users.items():
            with self.subTest(post=post):
                self.assertTrue(self.policy.with_user(user).has_access("read"))
                may = post in ("regulation_admin", "executive_office", "finance", "department_manager", "auditor")
                self.assertEqual(draft.with_user(user).has_access("read"), may)
                self.assertEqual(draft.lodging_ids.with_user(user).has_access("read"), may)
        other = self.env["res.company"].create({"name": "Other Company"})
        self.Policy._ship(other.ids)
        theirs = self.Policy.search([("company_id", "=", other.id)])
        self.assertFalse(theirs.with_user(self.admin_user).has_access("read"))
        self.assertFalse(theirs.transport_ids.with_user(self.executive).has_access("read"))

    def test_nobody_approves_his_own(self):
        """IC-7: who drafted, or wrote a line of the tables, does not bring it into force."""
        self.executive.group_ids += self.env.ref("business_dept.group_regulation_admin")
        draft = self.draft()
        draft.transport_ids[0].with_user(self.executive).permission = "request"
        with self.assertRaises(UserError):  # nobody else is left to decide
            self.call(self.admin_user, draft, "action_approval_submit")

    def test_locked_under_review(self):
        """RL-4.3: neither the figures nor the tables change while the executive office decides."""
        draft = self.draft()
        self.call(self.admin_user, draft, "action_approval_submit")
        for records, method, args in (
            (draft, "write", [{"allowance_per_day": 99.0}]),
            (draft.lodging_ids[0], "write", [{"cap": 99.0}]),
            (draft.transport_ids[0], "unlink", []),
            (draft, "unlink", []),
        ):
            with self.subTest(method=method, model=records._name), self.assertRaises(ControlError):
                self.call(self.admin_user, records, method, *args)
        self.assertEqual(len(self.take_refusals("approval.content_locked")), 4)

    # === ATTACKS === #

    def test_attack_policy_in_force(self):
        """attack 17: a policy in force is not changed by anybody through any door; each attempt leaves a trace."""
        policy, line, row = self.policy, self.policy.lodging_ids[0], self.policy.transport_ids[0]
        draft = self.draft()
        Lodging = line.browse()
        new_line = {"grade_id": self.grade["director"].id, "cap": 1.0}
        attempts = [
            (policy, "write", [{"allowance_per_day": 99.0}]),
            (policy, "write", [{"date_from": "2020-01-01"}]),
            (policy, "write", [{"lodging_ids": [Command.update(line.id, {"cap": 999.0})]}]),
            (policy, "web_save", [{"transport_ids": [Command.delete(row.id)]}, {}]),
            (policy, "unlink", []),
            (line, "write", [{"cap": 999.0}]),
            (line, "unlink", []),
            (row, "write", [{"permission": "allowed"}]),
            (Lodging, "create", [{**new_line, "policy_id": policy.id}]),
            (Lodging.with_context(default_policy_id=policy.id), "create", [new_line]),
            (draft.lodging_ids[0], "write", [{"policy_id": policy.id}]),
        ]
        for number, (records, method, args) in enumerate(attempts):
            with self.subTest(number=number, method=method), self.assertRaises(ControlError), self.env.cr.savepoint():
                self.call_in_context(records, method, *args)
        self.assertEqual(len(self.take_refusals("approval.content_locked")), len(attempts))
        with self.assertRaises(ControlError):
            policy.sudo().allowance_per_day = 99.0  # not even the system, past the engine
        self.assertEqual((policy.allowance_per_day, line.cap), (30.0, 150.0))
        for user in (self.salesperson, self.executive, self.finance):
            for records, vals in ((policy, {"allowance_per_day": 99.0}), (line, {"cap": 999.0})):
                with self.assertRaises(ControlError):
                    self.call(user, records, "write", vals)
                with self.assertRaises(AccessError):
                    self.call(user, records, "create", {"name": "Mine", "policy_id": draft.id})
        self.assertEqual(len(self.take_refusals("approval.content_locked")), 6 + 1)

    def test_attack_forged_state(self):
        """attack 6, attack 7, attack 3: nobody writes a policy into force, neither by value, copy nor default of a context."""
        draft = self.draft()
        values = {"name": "Mine", "date_from": str(self.today), "company_id": self.company.id}
        attempts = [
            (draft, "write", [{"state": "in_force"}]),
            (draft, "write", [{"approved_on": "2020-01-01 00:00:00"}]),
            (draft, "write", [{"date_to": "2020-01-01"}]),
            (self.Policy, "create", [{**values, "state": "in_force"}]),
            (draft, "copy", [{"state": "in_force"}]),
            (draft, "web_save", [{"state": "in_force"}, {}]),
        ]
        for number, (records, method, args) in enumerate(attempts):
            with self.subTest(number=number), self.assertRaises(ControlError):
                self.call(self.admin_user, records, method, *args)
        self.assertEqual(len(self.take_refusals("approval.forgery")), len(attempts))
        forged = self.Policy.with_user(self.admin_user).with_context(
            default_state="in_force", default_approved_on="2020-01-01", business_engine=True).create(values)
        self.assertEqual((forged.state, forged.approved_on), ("draft", False))
        loaded = self.Policy.with_user(self.admin_user).load(
            ["name", "date_from", "state"], [["Mine", "2020-01-01", "In Force"]])
        self.assertFalse(loaded["ids"])
        self.assertEqual(self.Policy._get_policies(self.company, [self.today])[self.today], self.policy)

    def call_in_context(self, records, method, *args):
        """Call as the administrator does by RPC, with the context of the records."""
        model = records.with_user(self.admin_user)
        return getattr(model, method)(*args)

    # === FARES AND PLACES === #

    def fare(self, start, end, code, since, amount):
        return self.env["business.train.fare"].create({
            "company_id": self.company.id, "from_id": start.id, "to_id": end.id, "class_id": self.means[code].id,
            "date_from": since, "amount": amount,
        })

    def test_fares(self):
        """TE-2.4: the fare of a ride on its day, the way back too, in one statement for any number of rides."""
        Fare, seat = self.env["business.train.fare"], self.means["train_hard_seat"]
        self.fare(self.town, self.far, "train_hard_seat", "2026-01-01", 100.0)
        self.fare(self.town, self.far, "train_hard_seat", "2026-06-01", 120.0)
        self.fare(self.far, self.town, "train_hard_seat", "2026-07-01", 90.0)
        self.fare(self.town, self.far, "hs_second", "2026-01-01", 200.0)
        rides = [
            (self.town, self.far, seat, date(2025, 12, 31)), (self.town, self.far, seat, date(2026, 1, 1)),
            (self.town, self.far, seat, date(2026, 6, 1)), (self.far, self.town, seat, date(2026, 6, 30)),
            (self.far, self.town, seat, date(2026, 7, 1)), (self.town, self.metropolis, seat, date(2026, 6, 1)),
            (self.town, self.far, self.means["hs_second"], date(2026, 6, 1)),
        ]
        self.env.flush_all()
        with self.assertQueryCount(1):
            fares = Fare._get_fares(self.company, rides * 50)
        self.assertEqual([fares.get(ride) for ride in rides], [None, 100.0, 120.0, 120.0, 90.0, None, 200.0])
        self.assertEqual(Fare._get_fares(self.company, []), {})
        other = self.env["res.company"].create({"name": "Other Company"})
        self.assertEqual(Fare._get_fares(other, rides), {})

    def test_fares_are_found_from_both_ends(self):
        """TE-2.4: who looks for a place finds the fares to it and from it."""
        there = self.fare(self.town, self.far, "hs_second", "2026-01-01", 100.0)
        back = self.fare(self.far, self.metropolis, "hs_second", "2026-01-01", 100.0)
        Fare = self.env["business.train.fare"]
        self.assertEqual(Fare.search([("place_id", "ilike", "far tow")]), there | back)
        self.assertEqual(Fare.search([("place_id", "=", self.town.id)]), there)

    def test_fare_constraints(self):
        """TE-2.4: a fare is of a train, between two places, and more than nothing; salespeople do not set it."""
        with self.assertRaises(ValidationError):
            self.fare(self.town, self.far, "plane_economy", "2026-01-01", 100.0)
        for start, end, amount in ((self.town, self.town, 100.0), (self.town, self.far, 0.0)):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.IntegrityError), self.env.cr.savepoint():
                self.fare(start, end, "hs_second", "2026-01-01", amount)
        fare = self.fare(self.town, self.far, "hs_second", "2026-01-01", 100.0)
        for records, method, args in (
            (fare, "write", [{"amount": 999.0}]), (self.far, "write", [{"city_class_id": self.city["first"].id}]),
            (self.grade["staff"], "write", [{"shares_rooms": False}]), (self.means["taxi"], "unlink", []),
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                self.call(self.salesperson, records, method, *args)
        self.call(self.finance, fare, "write", {"amount": 110.0})
        self.assertEqual(fare.amount, 110.0)

    # === GRADES === #

    def test_grade_of_an_employee(self):
        """TE-2: the grade comes from the job unless set on the employee; everybody's can be asked for."""
        job = self.env["hr.job"].sudo().create({"name": "Seller", "staff_grade_id": self.grade["senior"].id})
        employees = self.env["hr.employee"].sudo().create([
            {"name": "By job", "job_id": job.id}, {"name": "Without"},
            {"name": "Set", "staff_grade_id": self.grade["manager"].id},
        ])
        grades = self.env["business.staff.grade"].with_user(self.salesperson)._get_of(employees.with_user(self.salesperson))
        self.assertEqual([grade.code for grade in grades.values()], ["senior", "staff", "manager"])
        job.staff_grade_id = self.grade["manager"]
        self.assertEqual(employees[0].staff_grade_id, self.grade["manager"])
        employees[0].job_id = False
        self.assertEqual(employees[0].staff_grade_id, self.grade["manager"], "kept until somebody says otherwise")
        self.env["business.staff.grade"].create({"name": "Trainee", "code": "trainee", "sequence": 99})
        self.assertEqual(self.env["business.staff.grade"]._get_lowest().code, "trainee")

    def test_grade_is_not_everybodys_business(self):
        """TE-2: who may not read the file of an employee does not read the grade from it either."""
        employee = self.env["hr.employee"].sudo().create({"name": "Somebody", "staff_grade_id": self.grade["manager"].id})
        with self.assertRaises(AccessError):
            self.call(self.salesperson, employee, "read", ["staff_grade_id"])
