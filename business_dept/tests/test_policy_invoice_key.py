# Part of business_dept. See LICENSE file for full copyright and licensing details.
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.invoice_key import invoice_key, is_same_invoice


@tagged("post_install", "-at_install")
class TestPolicyInvoiceKey(BaseCase):
    """RG-3.7, SR-2.2: one invoice stays one, however it was typed."""

    def test_typing_makes_no_difference(self):
        key = invoice_key("No. 1234-5678", "广州流花宾馆（有限公司）")
        for number, seller in (
            ("no.12345678", "广州流花宾馆(有限公司)"), ("ＮＯ１２３４５６７８", "广州 流花宾馆 有限公司"),
            ("NO12345678 ", "广州流花宾馆有限公司。"),
        ):
            self.assertEqual(invoice_key(number, seller), key)
        self.assertNotEqual(invoice_key("12345679", "广州流花宾馆有限公司"), key)

    def test_what_is_the_same_invoice(self):
        one = invoice_key("12345678", "Pearl Hotel")
        self.assertTrue(is_same_invoice(one, invoice_key("12345678", "")), "a seller that was left out")
        self.assertFalse(is_same_invoice(one, invoice_key("12345678", "Other Hotel")))
        self.assertFalse(is_same_invoice(invoice_key("--", "A"), invoice_key("", "A")), "no number, no invoice")

    @settings(deadline=None)
    @given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
    def test_sameness_does_not_depend_on_the_order(self, number, seller, other):
        one, two = invoice_key(number, seller), invoice_key(number, other)
        self.assertEqual(is_same_invoice(one, two), is_same_invoice(two, one))
        self.assertEqual(is_same_invoice(one, one), bool(one[0]))
