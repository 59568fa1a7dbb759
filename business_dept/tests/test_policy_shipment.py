# Part of business_dept. See LICENSE file for full copyright and licensing details.
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.business_dept.policy.shipment import Goods, is_complete, value_shipments

quantities = st.integers(1, 50)
prices = st.integers(0, 100_000).map(lambda cents: cents / 100)


@tagged("post_install", "-at_install")
class TestPolicyShipment(BaseCase):

    def test_values(self):
        """JJ-1.3.4: what shipments are worth: in proportion, rounded by the currency, the rest in the last."""
        slab, tile = Goods(3, 99.99), Goods(1, 0.0)
        cases = [
            # total, goods, shipments, amounts
            (99.99, {1: slab}, [{1: 1}, {1: 1}, {1: 1}], [33.33, 33.33, 33.33]),
            (100.0, {1: slab}, [{1: 1}, {1: 1}, {1: 1}], [33.33, 33.34, 33.33]),  # freight goes along
            (90.0, {1: slab}, [{1: 3}], [90.0]),  # so do discounts
            (100.0, {1: slab}, [{1: 9}], [100.0]),  # more than ordered
            (100.0, {1: slab, 2: tile}, [{1: 3}, {2: 1}], [100.0, 0.0]),
            (100.0, {2: tile}, [{2: 1}], [100.0]),  # goods without a price
            (-5.0, {1: slab}, [{1: 3}], [0.0]),
            (100.0, {}, [{}], [0.0]),
        ]
        for total, goods, shipments, amounts in cases:
            with self.subTest(total=total, shipments=shipments):
                self.assertEqual(value_shipments(total, goods, shipments, 0.01), amounts)
        self.assertEqual(value_shipments(1000.0, {1: Goods(3, 1000.0)}, [{1: 1}, {1: 2}], 1.0), [333.0, 667.0])

    def test_completeness(self):
        """JJ-1.3.4: everything is sent when nothing is missing; an order without goods never is."""
        self.assertTrue(is_complete({1: Goods(0.3, 1.0)}, {1: 0.1 + 0.2}))
        self.assertFalse(is_complete({1: Goods(1.0, 1.0), 2: Goods(1.0, 1.0)}, {1: 5.0}))
        self.assertFalse(is_complete({}, {}))

    @given(st.lists(st.tuples(quantities, prices), min_size=1, max_size=5), prices, st.data())
    def test_never_more_than_the_order(self, lines, freight, data):
        """JJ-1.3.4: whatever is sent in whatever parts, no amount is negative, the sum stays within the total, and is the
        total once everything has been sent."""
        goods = {number: Goods(quantity, round(quantity * price, 2)) for number, (quantity, price) in enumerate(lines)}
        total = round(sum(item.value for item in goods.values()) + freight, 2)
        shipments, left = [], {number: item.ordered for number, item in goods.items()}
        for _shipment in range(data.draw(st.integers(0, 4))):
            part = {number: data.draw(st.integers(0, int(left[number]))) for number in left}
            left = {number: left[number] - part[number] for number in left}
            shipments.append(part)
        amounts = value_shipments(total, goods, shipments, 0.01)
        self.assertTrue(all(amount >= 0 for amount in amounts))
        self.assertLessEqual(round(sum(amounts), 2), total)
        amounts = value_shipments(total, goods, [*shipments, left], 0.01)
        self.assertEqual(round(sum(amounts), 2), total)
