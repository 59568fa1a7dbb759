# Part of business_dept. See LICENSE file for full copyright and licensing details.
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.safety import days_without_accident, inspection_score, risk, risk_level
from odoo.addons.business_dept.policy.safety_score import DepartmentFacts, ScoreWeights, department_score

LEVELS = ("low", "medium", "high", "extreme")
QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
few = st.integers(0, 30)


@st.composite
def facts_of_a_month(draw):
    due = draw(few)
    return DepartmentFacts(
        inspections_due=due,
        inspections_done=draw(st.integers(0, due)),
        overdue=draw(st.dictionaries(st.sampled_from(LEVELS), few)),
        accidents=tuple(draw(st.lists(st.floats(0, 100), max_size=5))),
        idle_majors=draw(few), late_actions=draw(few), reports=draw(few),
    )


@tagged("post_install", "-at_install")
class TestPolicySafety(BaseCase):
    """The arithmetic of safety."""

    def test_risk(self):
        """SM-4.2.1: risk is likelihood times severity, and falls into four levels."""
        for likelihood, severity, value, level in (
            (1, 1, 1, "low"), (1, 3, 3, "low"), (2, 2, 4, "medium"), (2, 4, 8, "medium"), (3, 3, 9, "high"), (3, 4, 12, "high"),
            (3, 5, 15, "extreme"), (5, 5, 25, "extreme"),
        ):
            with self.subTest(likelihood=likelihood, severity=severity):
                self.assertEqual(risk(likelihood, severity), value)
                self.assertEqual(risk_level(value), level)
        for likelihood, severity in ((0, 1), (1, 0), (6, 1), (1, 6), (-1, 3)):
            with self.assertRaises(ValueError):
                risk(likelihood, severity)

    @QUICK
    @given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5))
    def test_risk_rises(self, likelihood, severity, worse):
        """SM-4.2.1: what is likelier or graver is never a lower risk or level."""
        order = LEVELS.index
        graver = max(severity, worse)
        self.assertLessEqual(risk(likelihood, severity), risk(likelihood, graver))
        self.assertLessEqual(order(risk_level(risk(likelihood, severity))), order(risk_level(risk(likelihood, graver))))
        self.assertEqual(risk(likelihood, severity), risk(severity, likelihood))

    def test_inspection_score(self):
        """SD-11: the share of the weight that passed, of what applies."""
        for results, score in (
            ([], None),
            ([("na", 3)], None),
            ([("pass", 1)], 100.0),
            ([("fail", 5)], 0.0),
            ([("pass", 1), ("fail", 1)], 50.0),
            ([("pass", 2), ("fail", 1)], 66.7),
            ([("pass", 2), ("fail", 1), ("na", 7)], 66.7),
            ([("pass", 0)], None),
        ):
            with self.subTest(results=results):
                self.assertEqual(inspection_score(results), score)

    @QUICK
    @given(st.lists(st.tuples(st.sampled_from(("pass", "fail", "na")), st.integers(1, 9)), max_size=20), st.integers(1, 9))
    def test_inspection_score_falls(self, results, weight):
        """SD-11: from 0 to 100; one more failure never raises it, one more pass never lowers it, order does not matter."""
        score = inspection_score(results)
        self.assertEqual(score, inspection_score(results[::-1]))
        self.assertEqual(score, inspection_score([*results, ("na", weight)]))
        if score is not None:
            self.assertTrue(0 <= score <= 100)
            self.assertLessEqual(inspection_score([*results, ("fail", weight)]), score)
            self.assertGreaterEqual(inspection_score([*results, ("pass", weight)]), score)

    def test_days_without_accident(self):
        """SM-2.1: days since the last accident, or since counting began."""
        today = date(2026, 3, 31)
        for since, accidents, days in (
            (date(2026, 3, 1), [], 30),
            (date(2026, 3, 1), [date(2026, 3, 20)], 11),
            (date(2026, 3, 1), [date(2026, 3, 20), date(2026, 3, 25)], 6),
            (date(2026, 3, 1), [today], 0),
            (date(2026, 3, 1), [date(2026, 4, 2)], 30),
            (date(2026, 5, 1), [], 0),
        ):
            with self.subTest(since=since, accidents=accidents):
                self.assertEqual(days_without_accident(since, accidents, today), days)

    @QUICK
    @given(st.lists(st.integers(0, 2200), max_size=6), st.integers(0, 2200), st.integers(0, 2000))
    def test_days_pass(self, accidents, accident, passed):
        """SM-2.1: one more accident never makes more days of it, and a day that passes without one makes one more."""
        since = date(2020, 1, 1)
        accidents, accident = [since + timedelta(days=day) for day in accidents], since + timedelta(days=accident)
        today = since + timedelta(days=passed)
        days = days_without_accident(since, accidents, today)
        self.assertTrue(0 <= days <= passed)
        self.assertLessEqual(days_without_accident(since, [*accidents, accident], today), days)
        tomorrow = today + timedelta(days=1)
        if tomorrow not in accidents:
            self.assertEqual(days_without_accident(since, accidents, tomorrow), days + 1)

    def test_department_score(self):
        """SD-5.6: what costs points, what wins them back, and no more than the most."""
        for facts, score in (
            ({}, 100.0),
            ({"reports": 5}, 100.0),
            ({"inspections_due": 3, "inspections_done": 3}, 100.0),
            ({"inspections_due": 2, "inspections_done": 1}, 85.0),
            ({"inspections_due": 3, "inspections_done": 2}, 90.0),
            ({"inspections_due": 1}, 70.0),
            ({"overdue": {"low": 1, "high": 1}}, 90.0),
            ({"overdue": {"extreme": 9}}, 60.0),
            ({"accidents": (20.0,)}, 80.0),
            ({"accidents": (20.0, 40.0)}, 40.0),
            ({"accidents": (100.0, 40.0)}, 0.0),
            ({"idle_majors": 1}, 90.0),
            ({"late_actions": 2}, 90.0),
            ({"late_actions": 9}, 80.0),
            ({"inspections_due": 2, "inspections_done": 1, "reports": 4}, 89.0),
            ({"inspections_due": 1, "reports": 40}, 80.0),
        ):
            with self.subTest(facts=facts):
                self.assertEqual(department_score(DepartmentFacts(**facts)).score, score)
        for facts in (
            {"inspections_due": 1, "inspections_done": 2}, {"reports": -1}, {"accidents": (-5.0,)}, {"overdue": {"low": -1}},
            {"overdue": {"purple": 1}},
        ):
            with self.subTest(facts=facts), self.assertRaises(ValueError):
                department_score(DepartmentFacts(**facts))

    @QUICK
    @given(facts_of_a_month(), st.floats(0, 100), st.sampled_from(LEVELS))
    def test_department_score_moves(self, facts, points, level):
        """SD-5.6: 0 to 100; worse facts never raise the score, reporting and inspecting never lower it."""
        score = department_score(facts).score
        self.assertTrue(0 <= score <= 100)
        for worse in (
            {"accidents": (*facts.accidents, points)},
            {"overdue": {**facts.overdue, level: facts.overdue.get(level, 0) + 1}},
            {"idle_majors": facts.idle_majors + 1},
            {"late_actions": facts.late_actions + 1},
            {"inspections_due": facts.inspections_due + 1},
        ):
            self.assertLessEqual(department_score(replace(facts, **worse)).score, score, worse)
        self.assertGreaterEqual(department_score(replace(facts, reports=facts.reports + 1)).score, score)
        if facts.inspections_done < facts.inspections_due:
            self.assertGreaterEqual(
                department_score(replace(facts, inspections_done=facts.inspections_done + 1)).score, score)

    @QUICK
    @given(facts_of_a_month())
    def test_department_score_parts(self, facts):
        """SD-5.6: the parts explain the score: losses are losses, and reports win no more than the most."""
        result = department_score(facts)
        losses = (result.inspections, result.overdue, result.accidents, result.idle_majors, result.late_actions)
        self.assertTrue(all(points <= 0 for points in losses))
        self.assertTrue(0 <= result.reports <= ScoreWeights().reports_most)
        self.assertAlmostEqual(result.score, min(max(100 + sum(losses) + result.reports, 0), 100), delta=0.06)
