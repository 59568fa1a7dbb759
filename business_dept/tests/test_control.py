# Part of business_dept. See LICENSE file for full copyright and licensing details.
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import file_path
from odoo.tools.convert import convert_file

from ..models.foundation.forgery import get_engine_fields
from .common import BusinessCommon


@tagged("post_install", "-at_install")
class TestControl(BusinessCommon):

    def test_every_declaration_has_its_record_and_cites_a_clause(self):
        """IC-9: what the code declares and what the administrator sees are the same controls."""
        declared = {
            declaration.code
            for name, model in self.env.registry.items()
            if hasattr(model, "_find_breaches") and not model._abstract
            for _method, declaration in self.env[name]._control_declarations
        }
        controls = self.env["business.control"].search([])
        shipped = set(controls.filtered(lambda control: not control.is_fixed).mapped("code"))
        self.assertFalse(declared - set(controls.mapped("code")))
        # the others act where no gate is: in a record rule, in a job, at an export
        folder = Path(file_path("business_dept/models"))
        code = "\n".join(path.read_text() for path in folder.rglob("*.py"))
        self.assertFalse([one for one in shipped - declared if f'"{one}"' not in code])
        self.assertFalse(controls.filtered(lambda control: not control.clause_ids))

    def test_shipped_mode_is_notify_in_a_new_company(self):
        """IC-9: a company begins with controls that let through and note."""
        control = self.env.ref("business_dept.control_credit_limit")
        self.assertEqual(control.with_company(self.company).mode, "notify")
        self.assertEqual(control._get_mode(self.company), "notify")

    def test_controls_that_an_update_brings_begin_as_they_ship(self):
        """IC-9: in a company that is there already, too; and no update touches what the administrator set."""
        Control, other = self.env["business.control"].sudo(), self.setup_other_company()["company"]
        file = "data/safety_permit_controls.xml"
        here = Control.search([("initial_mode", "=", "block"), ("code", "=like", "safety.permit%")])
        self.assertGreater(len(here), 1)
        kept, gone = here[0], here[1]
        code = gone.code
        self.set_mode(kept.code, "off")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM business_control_event WHERE control_id = %s", [gone.id])
        self.env.cr.execute("DELETE FROM ir_model_data WHERE model = 'business.control' AND res_id = %s", [gone.id])
        self.env.cr.execute("DELETE FROM business_control WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()
        for _again in range(2):
            convert_file(self.env(su=True), "business_dept", file, {}, mode="update", noupdate=True)
        come = Control.search([("code", "=", code)])
        self.assertNotEqual(come.id, gone.id)
        self.assertEqual([come._get_mode(company) for company in (self.company, other)], ["block", "block"])
        self.assertEqual([kept._get_mode(company) for company in (self.company, other)], ["off", "block"])
        figure = Control.search([("initial_threshold", "!=", 0), ("domain", "=", "safety")], limit=1)
        self.assertEqual(figure._get_threshold(other), figure.initial_threshold)

    def test_mode_is_per_company(self):
        """IC-9: a mode set in one company is not set in another."""
        other = self.setup_other_company()["company"]
        self.set_mode("credit.limit", "block")
        self.assertEqual(self.env.ref("business_dept.control_credit_limit")._get_mode(other), "notify")

    def test_only_the_administrator_sets_modes_and_it_is_traced_and_told(self):
        """IC-7: each change is logged and told to the executive office; nobody else sets a mode."""
        control = self.env.ref("business_dept.control_credit_limit")
        for user in (self.salesperson, self.manager, self.executive, self.auditor):
            with self.assertRaises(AccessError):
                self.call(user, control, "write", {"mode": "off"})
        self.call(self.admin_user, control, "write", {"mode": "block"})
        self.assertEqual(control._get_mode(self.company), "block")
        event = self.events("mode_changed", control)
        self.assertEqual(event.user_id, self.admin_user)
        self.assertIn("Block", event.message)
        told = self.env["mail.message"].sudo().search([
            ("model", "=", "business.control"), ("res_id", "=", control.id),
            ("partner_ids", "in", self.executive.partner_id.ids),
        ])
        self.assertTrue(told)

    def test_engine_controls_cannot_be_set(self):
        """IC-7: nobody switches the engine's own controls off."""
        with self.assertRaises(UserError):
            self.call(self.admin_user, self.env.ref("business_dept.control_approval_forgery"), "write", {"mode": "off"})

    def test_administrator_does_not_loosen_what_holds_his_own_request(self):
        """IC-7: never alone for himself."""
        self.admin_user.group_ids += self.env.ref("business_dept.group_salesperson")
        control = self.set_mode("credit.limit", "approve")
        self.set_grade("C", limit=10.0)
        order = self.make_order(1000.0, user=self.admin_user)
        self.call(self.admin_user, order, "action_approval_submit")
        with self.assertRaisesRegex(UserError, "IC-7"):
            self.call(self.admin_user, control, "write", {"mode": "off"})
        self.assertTrue(self.take_refusals("approval.own_decision"))

    def test_events_are_append_only(self):
        """IC-11: nobody writes, deletes or forges an event, not even in sudo."""
        self.set_mode("credit.unrated", "notify")
        order = self.make_order(100.0)
        self.call(self.salesperson, order, "action_confirm")
        event = self.events("noted", order)
        for user in (self.salesperson, self.admin_user, self.auditor, self.env.ref("base.user_admin")):
            for method, args in (("write", ({"message": "x"},)), ("unlink", ()), ("copy", ())):
                with self.assertRaises(UserError):
                    self.call(user, event, method, *args)
            with self.assertRaises(UserError):
                self.call(user, event.browse(), "create", [{"control_id": event.control_id.id, "outcome": "noted"}])
        with self.assertRaises(UserError):
            event.sudo().write({"message": "x"})
        with self.assertRaises(UserError):
            event.sudo().unlink()

    def test_events_are_read_by_those_who_answer(self):
        """IC-11: the auditor reads every trace; a clerk only his own."""
        order = self.make_order(100.0)
        self.call(self.salesperson, order, "action_confirm")
        event = self.events("noted", order)
        self.assertEqual(event.with_user(self.auditor).search([("id", "=", event.id)]), event)
        self.assertFalse(event.with_user(self.users["order_clerk"]).search([("id", "=", event.id)]))
        action = self.call(self.salesperson, order, "action_open_control_events")
        self.assertEqual(event.with_user(self.salesperson).search(action["domain"]), event)
        of_control = [("control_id", "=", event.control_id.id), ("date", ">=", "-30d")]
        self.assertEqual(event.control_id.with_user(self.auditor).event_count_30d,
                         event.with_user(self.auditor).search_count(of_control))

    def test_forms_of_approvable_documents_open_for_every_post(self):
        """IC-8: buttons and banners stand in the form of every document that can be approved."""
        order = self.make_order(10.0)
        for user in (self.salesperson, self.manager):
            with Form(order.with_user(user)) as form:
                self.assertFalse(form.approval_banner)
        arch = self.env["sale.order"].with_user(self.salesperson).get_view(view_type="form")["arch"]
        for name in ("action_approval_submit", "action_approval_approve", "control_banner", "action_open_control_events"):
            self.assertIn(name, arch)

    def test_customer_does_not_read_internal_fields(self):
        """Attack 21: a portal customer who may read his order reads neither grade nor banner nor approvals."""
        order = self.make_order(10.0)
        portal = self.env["res.users"].create({
            "name": "Buyer", "login": "test_buyer", "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            "partner_id": self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id}).id,
        })
        order.message_subscribe(portal.partner_id.ids)
        order.partner_id = portal.partner_id
        self.call(portal, order, "read", ["name"])
        for name in ("control_banner", "credit_grade_id", "credit_terms_reason", "approval_ids", "approval_state",
                     "approval_banner", "hold_ids"):
            with self.assertRaises(AccessError):
                self.call(portal, order, "read", [name])


@tagged("post_install", "-at_install")
class TestPosts(BusinessCommon):

    def test_pair_is_reported_and_told_once(self):
        """IC-7, IC-8: a pair of posts that should not meet is listed and told to the executive office, once."""
        conflict = self.env.ref("business_dept.post_conflict_salesperson_finance")
        self.assertNotIn(self.salesperson, conflict.user_ids)
        self.salesperson.sudo().group_ids += self.env.ref("business_dept.group_finance")
        conflict.invalidate_recordset()
        self.assertIn(self.salesperson, conflict.user_ids)

        def told():
            return self.env["mail.message"].sudo().search_count([
                ("model", "=", "business.post.conflict"), ("res_id", "=", conflict.id),
                ("partner_ids", "in", self.executive.partner_id.ids),
            ])
        self.assertEqual(told(), 1)
        self.salesperson.sudo().write({"group_ids": [Command.link(self.env.ref("base.group_user").id)]})
        self.assertEqual(told(), 1)

    def test_pair_through_another_group_counts(self):
        """IC-7: a post held through another group counts as well, also when the other group gets it later."""
        conflict = self.env.ref("business_dept.post_conflict_salesperson_finance")
        helper = self.env["res.groups"].sudo().create({"name": "Month end help"})
        self.salesperson.sudo().group_ids += helper
        helper.implied_ids += self.env.ref("business_dept.group_finance")
        conflict.invalidate_recordset()
        self.assertIn(self.salesperson, conflict.user_ids)
        self.assertTrue(self.env["business.post.conflict.note"].sudo().search([
            ("conflict_id", "=", conflict.id), ("user_id", "=", self.salesperson.id),
        ]))

    def test_posts_do_not_imply_each_other(self):
        """IC-8: no post brings another one with it."""
        posts = self.env["res.groups"].sudo()._get_business_posts()
        self.assertEqual(len(posts), 11)
        for post in posts:
            self.assertFalse((post.all_implied_ids - post) & posts, post.name)

    def test_engine_fields_are_fields(self):
        """attack 5, 7: every class names fields that are there, and those of all classes of a model are refused together."""
        declaring = {
            name for name, model in self.env.registry.items()
            if any("_engine_fields" in vars(klass) for klass in model.__mro__)
        }
        self.assertLessEqual({
            "sale.order", "sale.order.line", "account.payment", "business.contract", "business.contract.amendment",
        }, declaring)
        for name in declaring:
            for attribute in ("_engine_fields", "_engine_filled_fields"):
                self.assertFalse(get_engine_fields(self.env[name], attribute) - self.env[name]._fields.keys(), name)
        self.assertLessEqual({
            "amount_total", "contract_id", "date_released", "follow_stage", "late_noted_on", "is_settled", "quote_baseline_id",
        }, get_engine_fields(self.env["sale.order"]))

    def test_auditor_changes_nothing(self):
        """IC-11: the auditor reads traces and changes nothing of ours."""
        for access in self.env["ir.model.access"].sudo().search([("model_id.model", "=like", "business.%")]):
            if access.group_id == self.env.ref("business_dept.group_auditor"):
                self.assertFalse(access.perm_write or access.perm_create or access.perm_unlink, access.name)
