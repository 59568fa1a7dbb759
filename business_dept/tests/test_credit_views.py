# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo.tests import HttpCase, tagged

from .common_credit import CreditCommon


@tagged("post_install", "-at_install", "credit")
class TestCreditViews(CreditCommon, HttpCase):
    """The screens of customer credit open in a browser without an error."""

    def test_screens(self):
        """JJ-4.2: lists, cards, graphs, pivots and forms of credit open for the manager, and the customer's tab."""
        customers = [self._new_customer(name) for name in ("Good", "Fair", "Bad")]
        for customer, late in zip(customers, (0, 8, 60), strict=True):
            self._new_history(customer, late, late, 0, late)
        run = self._run_review()
        self._approve(run.review_ids, "department_manager")
        self._new_history(customers[0], *([60] * 20), year=2024)
        run = self._run_review()
        profile = self.Profile.search([("partner_id", "=", customers[0].id)])
        request = self.env["business.credit.limit.request"].create({
            "profile_id": profile.id, "requested_limit": 5, "limit_expiry": "2999-01-01", "reason": "Test",
        })
        manager = self.users["department_manager"]
        for url, ready in (
            ("customer-credit", ".o_list_view .o_data_row"),
            ("customer-credit?view_type=kanban", ".o_kanban_view .o_kanban_record"),
            ("credit-distribution", ".o_graph_view canvas"),
            (f"customer-credit/{profile.id}", ".o_form_view .o_business_credit_explanation"),
            (f"credit-reviews/{run.review_ids.id}", ".o_form_view .o_data_row"),
            (f"credit-runs/{run.id}", ".o_form_view .o_data_row"),
            (f"credit-requests/{request.id}", ".o_form_view"),
            (f"res.partner/{customers[0].id}", ".o_form_view a[name=credit]"),
        ):
            with self.subTest(url):
                self.browser_js(
                    f"/odoo/{url}", "console.log('test successful')",
                    ready=f"!!document.querySelector('{ready}')", login=manager.login,
                )
