# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import Command, fields

from odoo.addons.business_dept.controls import ControlError

from .common import BusinessCommon

CODES = (
    "contract.price_below_list", "contract.price_above_list", "contract.deviation", "contract.discount_authority",
    "contract.major", "contract.margin",
)


class QuoteCommon(BusinessCommon):
    """Only the controls of quotes act, each as a test sets it; the slab costs 100 in the price list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        controls = cls.env["business.control"].search([]).filtered(lambda control: not control.is_fixed)
        controls.with_company(cls.company).write({"mode": "off"})
        cls.product_tile = cls.env["product.product"].create({
            "name": "Tile", "list_price": 10.0, "taxes_id": False, "type": "consu", "invoice_policy": "order",
        })

    def quote(self, price=100.0, quantity=10, **vals):
        """A quotation of slabs that nobody has sent yet."""
        vals.setdefault("order_line", [self.line_command(price=price, quantity=quantity)])
        return self.make_order(**vals)

    def line_command(self, product=None, price=100.0, quantity=10, **vals):
        return Command.create({
            "product_id": (product or self.product_slab).id, "product_uom_qty": quantity, "price_unit": price,
            "tax_ids": False, **vals,
        })

    def send(self, order, user=None):
        self.call(user or self.salesperson, order, "action_quotation_sent")
        return order

    def versions(self, order):
        return self.env["business.content.version"].sudo().search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)], order="number",
        )

    def breach(self, code, order, user=None, moment="confirm"):
        """The breach of one control, found as a person acts."""
        self.env.flush_all()
        order.invalidate_recordset()
        findings = order.with_user(user or self.salesperson)._find_breaches(moment)
        found = [
            finding.breach for record, of_record in findings.items() if record == order
            for finding in of_record if finding.control.code == code
        ]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def assertRefused(self, code, records, method, *args, user=None, **kwargs):
        """The call is refused by a control, which leaves a trace."""
        self.take_refusals()
        with self.assertRaises(ControlError) as caught:
            self.call(user or self.salesperson, records, method, *args, **kwargs)
            self.env.flush_all()
        self.assertTrue(self.take_refusals(code), f"{code} leaves a trace")
        return str(caught.exception)

    def days(self, number):
        return fields.Datetime.add(fields.Datetime.now(), days=number)
