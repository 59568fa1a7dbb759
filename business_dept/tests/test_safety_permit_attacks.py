# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..controls import ControlError
from .common_permit import PermitCommon


@tagged("post_install", "-at_install")
class TestSafetyPermitAttacks(PermitCommon):
    """What insiders try on permits, by every door."""

    def test_quiet_context(self):
        """attack 3: no context key changes a permit without a line in the chatter."""
        permit = self.make_permit()
        self.flush_tracking()
        self.call(self.salesperson, permit, "write", {"description": "Weld everything"}, context={
            "tracking_disable": True, "mail_notrack": True})
        self.flush_tracking()
        self.assertIn("description", permit.message_ids.sudo().tracking_value_ids.field_id.mapped("name"))

    def test_link_is_no_evidence(self):
        """SM-4.3.1: a permit is closed with a picture of the site, not with a link or an empty file."""
        permit = self.start(self.approve(self.make_permit()))
        link = self.env["ir.attachment"].with_user(self.watcher).create({
            "name": "site", "type": "url", "url": "http://x/site.png"})
        empty = self.env["ir.attachment"].with_user(self.watcher).create({"name": "site.png", "raw": b""})
        for file in (link, empty):
            self.call(self.watcher, permit, "write", {
                "residual_risk": "None", "closing_photo_ids": [Command.set(file.ids)]})
            self.refused(self.watcher, permit, "action_close", error=ControlError, code="safety.permit_site_check")
        self.call(self.watcher, permit, "write", {"closing_photo_ids": [Command.set(self.make_photo().ids)]})
        self.call(self.watcher, permit, "action_close")
        self.assertEqual(permit.state, "closed")

    def test_place_around_the_stopped_one(self):
        """SM-4.4.1: asking for the hall around it does not start work where it stands still, the furnace in it."""
        permit = self.approve(self.make_permit(place_id=self.hall.id))
        self.call(self.watcher, permit, "action_confirm_checks")
        self.make_stop(place_id=self.furnace.id)
        self.refused(self.salesperson, permit, "action_start", error=ControlError, code="safety.permit_stop_work")
        self.assertTrue(permit.is_suspended)
        other = self.make_permit(place_id=self.hall.id)
        self.refused(self.salesperson, other, "action_approval_submit", error=ControlError, code="safety.permit_stop_work")

    def test_forged_facts(self):
        """attacks 5 to 7: state, dates and who are written and created by nobody, nor sent as a default."""
        permit = self.make_permit()
        moment = "2020-01-01 00:00:00"
        for vals in ({"state": "started"}, {"date_started": moment}, {"date_closed": moment}, {"department_id": False},
                     {"requester_id": self.stranger.id}, {"date_restarted": moment}, {"date_cancelled": moment},
                     {"name": "X"}):
            for user in (self.salesperson, self.officer):
                self.refused(user, permit, "write", vals, error=ControlError, code="approval.forgery")
        made = permit.browse(self.call(self.salesperson, permit.browse(), "create", [{
            "type_id": self.hot_work.id, "place_id": self.hall.id, "description": "x"}], context={
                "default_state": "started", "default_date_started": moment, "default_requester_id": self.stranger.id}))
        self.assertEqual((made.state, made.requester_id), ("draft", self.salesperson))
        check = permit.check_ids[:1]
        for vals in ({"date_confirmed": moment}, {"permit_id": made.id}, {"name": "x"}, {"confirmed_by_id": self.watcher.id}):
            self.refused(self.salesperson, check, "write", vals, error=ControlError)
            self.refused(self.salesperson, permit, "write", {"check_ids": [Command.update(check.id, vals)]}, error=ControlError)
        for command in (Command.delete(check.id), Command.clear(), Command.unlink(check.id)):
            self.refused(self.salesperson, permit, "write", {"check_ids": [command]})
        self.refused(self.salesperson, check, "unlink", error=AccessError)
        self.assertEqual(len(permit.check_ids), 2)

    def test_list(self):
        """The list of permits takes an employee as many statements for a hundred as for ten."""
        permits = self.make_permit(answered=False)
        permits |= permits.create([
            {**permits.copy_data()[0], "date_from": permits.date_from, "date_to": permits.date_to} for _number in range(99)])
        self.assertEqual(self.count_list(self.stranger, permits), self.count_list(self.stranger, permits[:10]))

    def test_own_permit(self):
        """attack 10: requester, worker, guardian and who they hand it to in circles never approve; nor an officer who asks."""
        permit = self.make_permit(user=self.officer)
        self.call(self.officer, permit, "action_approval_submit")
        for user in (self.officer, self.welder, self.watcher, self.salesperson):
            self.refused(user, permit, "action_approval_approve")
        for user in (self.officer, self.welder, self.watcher):
            self.refused(self.manager, permit, "action_approval_hand_over", user.id, "x", error=ControlError,
                         code="approval.own_decision")
        self.refused(self.officer, permit, "write", {"worker_ids": [Command.set(self.e_sales.ids)]}, error=ControlError)

    def test_after_approval(self):
        """attack 17: every field that was approved voids the approval when it is changed, whoever changes it."""
        now = fields.Datetime.now()
        for vals in ({"worker_ids": [Command.link(self.e_sales.id)]}, {"place_id": self.hall.id}, {"description": "x"},
                     {"date_to": now + timedelta(hours=7)}, {"guardian_id": self.e_sales.id}, {"date_from": now}):
            permit = self.approve(self.make_permit())
            self.call(self.officer, permit, "write", vals)
            self.assertEqual(permit.state, "draft", vals)
            self.refused(self.salesperson, permit, "action_start")


@tagged("post_install", "-at_install")
class TestSafetyPermitPages(PermitCommon, HttpCase):
    """The printed permit by address."""

    def test_other_company(self):
        """attack 20: the paper of a permit of another company shows nothing."""
        permit = self.make_permit()
        other = self.setup_other_company()["company"]
        foreign = new_test_user(
            self.env, login="test_foreign", company_id=other.id, company_ids=[Command.set(other.ids)],
            groups="base.group_user,business_dept.group_safety_officer")
        reports = self.env["ir.actions.report"].search([("model", "=", permit._name)])
        self.assertTrue(reports)
        self.env.flush_all()
        for user, reads in ((foreign, False), (self.stranger, True)):
            self.authenticate(user.login, user.login)
            for report in reports:
                page = self.url_open(f"/report/html/{report.report_name}/{permit.id}")
                self.assertEqual("Weld the bracket" in page.text, reads, user.login)
