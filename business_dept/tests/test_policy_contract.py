# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date
from itertools import product
from unittest import TestCase

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.contract import ContractFacts, derive_state, fill, find_unknown, is_same_code, make_code

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestPolicyContract(BaseCase, TestCase):

    def test_state_table(self):
        """JJ-1.2.5: the latest fact decides."""
        for facts, state in (
            ({}, "draft"),
            ({"is_pending": True}, "review"),
            ({"is_approved": True}, "approved"),
            ({"is_approved": True, "signed": DAY}, "signed"),
            ({"signed": DAY, "in_force": DAY}, "in_force"),
            ({"is_pending": True, "signed": DAY}, "signed"),
            ({"signed": DAY, "in_force": DAY, "completed": DAY}, "completed"),
            ({"is_approved": True, "completed": DAY}, "completed"),
            ({"signed": DAY, "in_force": DAY, "completed": DAY, "terminated": DAY}, "terminated"),
        ):
            self.assertEqual(derive_state(ContractFacts(**facts)), state, facts)

    def test_state_of_the_unsigned(self):
        """JJ-1.2.4: nothing but a signature makes a contract signed or in force."""
        for pending, approved, in_force in product((False, True), (False, True), (None, DAY)):
            state = derive_state(ContractFacts(is_pending=pending, is_approved=approved, in_force=in_force))
            self.assertIn(state, ("draft", "review", "approved"))

    def test_code(self):
        """J2-2.3: 16 digits in groups of four; blanks, dashes and case do not matter."""
        code = make_code("0123456789abcdef" * 4)
        self.assertEqual(code, "0123 4567 89AB CDEF")
        self.assertTrue(is_same_code("01234567-89ab–cdef ", code))
        self.assertFalse(is_same_code("0123 4567 89AB CDEE", code))
        self.assertFalse(is_same_code("", ""))

    @given(st.text(alphabet="0123456789abcdef", min_size=64, max_size=64), st.integers(0, 15))
    def test_another_digit_is_another_code(self, fingerprint, place):
        """J2-2.3: a paper with one digit changed is not the contract."""
        code = make_code(fingerprint)
        other = "0" if fingerprint[place] != "0" else "1"
        self.assertTrue(is_same_code(code, code))
        self.assertFalse(is_same_code(make_code(fingerprint[:place] + other + fingerprint[place + 1:]), code))

    @given(st.text(), st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text()))
    def test_filling(self, text, values):
        """WM-2.2.2: nothing is evaluated; what is unknown stays; a value is not filled again."""
        self.assertEqual(fill(text, {}), text)
        filled = fill("{a}" + text.replace("{", "").replace("}", ""), {"a": "{b}", "b": "x", **{
            name: value for name, value in values.items() if name not in ("a", "b")
        }})
        self.assertTrue(filled.startswith("{b}"))

    def test_unknown(self):
        """WM-2.2.2: a clause that nobody can fill in is found."""
        self.assertEqual(find_unknown("{a} {b} {c} {b} {0} {a.b}", frozenset("a")), ["b", "c"])
        self.assertEqual(fill("{a} {__class__} {a!r} {0}", {"a": "1"}), "1 {__class__} {a!r} {0}")
