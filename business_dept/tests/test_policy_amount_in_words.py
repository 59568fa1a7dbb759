# Part of business_dept. See LICENSE file for full copyright and licensing details.
import re
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.amount_in_words import DIGITS, amount_in_words

QUICK = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
UNITS = {"": 1, "拾": 10, "佰": 100, "仟": 1000}


def read_back(words):
    """The fen that words stand for; written without looking at how they are made."""
    sign = -1 if words.startswith("负") else 1
    whole, _yuan, rest = words.removeprefix("负").removesuffix("整").rpartition("元")
    fen = sum(
        DIGITS.index(digit) * {"角": 10, "分": 1}[unit] for digit, unit in re.findall(f"([{DIGITS}])([角分])", rest)
    )
    yuan = 0
    for part in whole.split("亿"):
        ten_thousands, _wan, ones = part.rpartition("万")
        yuan = yuan * 10 ** 8 + sum(
            DIGITS.index(digit) * UNITS[unit] * factor
            for text, factor in ((ten_thousands, 10_000), (ones, 1))
            for digit, unit in re.findall(f"([{DIGITS}])([拾佰仟]?)", text)
        )
    return sign * (yuan * 100 + fen)


@tagged("post_install", "-at_install")
class TestPolicyAmountInWords(BaseCase):

    def test_words(self):
        """TE-0: the words of a settlement sheet, by the rules of bank bills."""
        cases = [
            (123.45, "壹佰贰拾叁元肆角伍分"),
            (0, "零元整"),
            (0.004, "零元整"),
            (0.005, "壹分"),
            (0.05, "伍分"),
            (0.5, "伍角整"),
            (1, "壹元整"),
            (10, "壹拾元整"),
            (110, "壹佰壹拾元整"),
            (105, "壹佰零伍元整"),
            (1005, "壹仟零伍元整"),
            (1050, "壹仟零伍拾元整"),
            (325.04, "叁佰贰拾伍元零肆分"),
            (1409.50, "壹仟肆佰零玖元伍角整"),
            (6007.14, "陆仟零柒元壹角肆分"),
            (1680.32, "壹仟陆佰捌拾元叁角贰分"),
            (16409.02, "壹万陆仟肆佰零玖元零贰分"),
            (107000.53, "壹拾万柒仟元伍角叁分"),
            (100020, "壹拾万零贰拾元整"),
            (10000, "壹万元整"),
            (10010000, "壹仟零壹万元整"),
            (100000000, "壹亿元整"),
            (100000001, "壹亿零壹元整"),
            (100010000, "壹亿零壹万元整"),
            (1234567890.12, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
            (Decimal("1000000000000"), "壹万亿元整"),
            (Decimal("1000100000000.01"), "壹万零壹亿元零壹分"),
            (Decimal("9999999999999999.99"), "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
            (-123.4, "负壹佰贰拾叁元肆角整"),
            (-0.001, "零元整"),
        ]
        for amount, words in cases:
            with self.subTest(amount=amount):
                self.assertEqual(amount_in_words(amount), words)

    def test_limits(self):
        """TE-0: an amount that nobody pays has no words."""
        for amount in (1e16, -1e16, float("inf"), float("nan")):
            with self.subTest(amount=amount), self.assertRaises(ValueError):
                amount_in_words(amount)

    @QUICK
    @given(st.integers(-10 ** 18 + 1, 10 ** 18 - 1) | st.lists(st.sampled_from("00019"), max_size=17).map(
        lambda digits: int("".join(["1", *digits]))))
    def test_read_back(self, fen):
        """TE-0: words read back give the amount, and never two zeros in a row."""
        words = amount_in_words(Decimal(fen) / 100)
        self.assertEqual(read_back(words), fen)
        self.assertNotIn("零零", words)
        self.assertNotRegex(words, "零[万亿元]" if fen and abs(fen) >= 100 else "零[万亿]")
        self.assertTrue(words.endswith("分") == bool(fen % 10))
