# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..policy.incident import ROOT_FROM, WHYS, report_deadline, root_cause

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
HOUR = timedelta(hours=1)
NOON = datetime(2030, 3, 4, 12)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))
HOURS = st.floats(0.1, 100)
ANSWERS = st.lists(st.sampled_from(["", "  ", False, None, "no guard", "nobody orders"]), max_size=WHYS)


@tagged("post_install", "-at_install")
class TestPolicyIncident(BaseCase):
    """Deadlines and root causes as pure figures (SM-4.4)."""

    def test_deadline(self):
        """SM-4.4.1: hours from the incident; anew when it turns out worse, never later than before."""
        for hours, raised, latest, expected in (
            (24, None, None, NOON + 24 * HOUR), (1, NOON + 3 * HOUR, None, NOON + 4 * HOUR),
            (8, NOON + 20 * HOUR, NOON + 24 * HOUR, NOON + 24 * HOUR), (1, NOON + 2 * HOUR, NOON + 24 * HOUR, NOON + 3 * HOUR),
            (0.5, None, None, NOON + HOUR / 2),
        ):
            self.assertEqual(report_deadline(NOON, hours, raised, latest), expected)

    @QUICK
    @given(MOMENTS, HOURS, HOURS, HOURS)
    def test_raising_never_helps(self, occurred, hours, less, after):
        """SM-4.4.1: calling it worse gives nobody more time."""
        before = report_deadline(occurred, hours)
        self.assertLessEqual(report_deadline(occurred, less, occurred + after * HOUR, before), before)

    def test_root_cause(self):
        """SM-4.4.2: the last of at least three answers without a gap."""
        for answers, expected in (
            ([], ""), (["a", "b"], ""), (["a", "b", "c"], "c"), (["a", "b", " c "], "c"), (["a", "", "c", "d"], ""),
            (["a", "b", "c", "d", "e"], "e"), (["a", "b", "c", "", "e"], ""), (["", "a", "b", "c"], ""),
        ):
            self.assertEqual(root_cause(answers), expected, answers)

    @QUICK
    @given(ANSWERS)
    def test_root_cause_is_an_answer(self, answers):
        """SM-4.4.2: a root cause was answered, after at least as many whys."""
        if cause := root_cause(answers):
            self.assertIn(cause, [answer and answer.strip() for answer in answers])
            self.assertGreaterEqual(sum(bool(answer and answer.strip()) for answer in answers), ROOT_FROM)
