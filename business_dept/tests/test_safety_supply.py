# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.safety import supply_shortage
from .common_emergency import EmergencyCommon

CRON = "business_dept.cron_safety_supplies"
SHORT = "mail_activity_type_safety_supply"
JUNK = (None, True, -1, "", "x", "4", [], {}, float("nan"), float("inf"), 1e12)


class Killed(Exception):
    """The server dies."""


@tagged("post_install", "-at_install")
class TestSafetySupply(EmergencyCommon):
    """Supplies are checked every month, and what is short is told (SM-4.5.3, WM-5)."""

    def test_check(self):
        """SM-4.5.3: one tap for what is complete; the row says who, when and how much; the next is due in a month."""
        supply = self.make_supply()
        with freeze_time("2026-01-31 08:00:00"):
            self.call(self.keeper, supply, "action_check_complete")
        row = supply.check_ids
        self.assertEqual((row.kind, row.user_id, row.quantity_before, row.quantity, row.condition),
                         ("check", self.keeper, 4.0, 4.0, "ok"))
        self.assertEqual((str(supply.date_checked), str(supply.date_check_due)), ("2026-01-31", "2026-02-28"))
        self.assertEqual(supply.checked_by_id, self.keeper)

    def test_differs(self):
        """SM-4.5.3: what differs is counted and explained, and told at once to keeper and officers, once; until refilled."""
        supply = self.make_supply()
        self.refused(self.keeper, supply, "action_check", 3, "ok")
        self.refused(self.keeper, supply, "action_check", 4, "damaged", " ")
        self.call(self.keeper, supply, "action_check", 3, "ok", "One was used")
        self.assertEqual((supply.state, supply.quantity), ("short", 3.0))
        told = self.activities(supply, SHORT)
        self.assertEqual(told.user_id, self.keeper + self.officer + self.officer_2)
        self.assertEqual(len(told), 3)
        self.assertEqual(self.events("noted", supply).control_id.code, "safety.supply_shortage")
        self.call(self.keeper, supply, "action_check", 2, "ok", "Another one")
        self.assertEqual(self.activities(supply, SHORT), told)
        self.refused(self.keeper, supply, "action_check_complete")
        self.call(self.keeper, supply, "action_refill", 5)
        self.assertEqual((supply.state, supply.quantity), ("ok", 5.0))
        self.assertFalse(self.activities(supply, SHORT))
        self.assertEqual(supply.check_ids.mapped("kind"), ["refill", "check", "check"])

    def test_damaged_and_expired(self):
        """SM-4.5.3: what is damaged or expired is as good as missing, until it is replaced."""
        supply = self.make_supply()
        self.call(self.keeper, supply, "action_check", 4, "damaged", "Hose is torn")
        self.assertEqual(supply.state, "short")
        self.call(self.keeper, supply, "action_check", 4, "expired", "Label says so")
        self.assertEqual(supply.state, "expired")
        self.assertEqual(len(self.activities(supply, SHORT)), 3)
        self.call(self.keeper, supply, "action_refill", 4, self.today + timedelta(days=365), "New ones")
        self.assertEqual((supply.state, supply.condition), ("ok", "ok"))
        self.refused(self.keeper, supply, "action_refill", 4, self.today - timedelta(days=1))
        self.refused(self.keeper, supply, "action_refill", 4, "no date")

    def test_wizard(self):
        """SM-4.5.3: the small form for differences and refills goes the same way."""
        supply = self.make_supply()
        action = self.call(self.keeper, supply, "action_open_entry")
        self.assertEqual(action["context"]["default_kind"], "check")
        Entry = self.env["business.safety.supply.entry"].with_user(self.keeper)
        with Form(Entry.with_context(default_supply_id=supply.id)) as form:
            self.assertEqual(form.quantity, 4)
            form.quantity, form.note = 1, "Three used"
        self.call(self.keeper, form.record, "action_confirm")
        self.assertEqual(supply.state, "short")
        with Form(Entry.with_context(default_supply_id=supply.id, default_kind="refill")) as form:
            self.assertEqual(form.quantity, 4)
        self.call(self.keeper, form.record, "action_confirm")
        self.assertEqual(supply.state, "ok")
        stranger = self.env["business.safety.supply.entry"].with_user(self.stranger).create({
            "supply_id": supply.id, "quantity": 9})
        self.refused(self.stranger, stranger, "action_confirm", error=AccessError)

    def test_who(self):
        """attack 6: keeper, officer, leading group and who answers for the place check; others do not."""
        supply = self.make_supply()
        for user in (self.keeper, self.officer, self.chair, self.responsible):
            self.assertTrue(supply.with_user(user).can_check)
            self.call(user, supply, "action_check", 4)
        for user in (self.salesperson, self.auditor, self.executive, self.stranger):
            self.assertFalse(supply.with_user(user).can_check)
            for method, *args in (("action_check", 9), ("action_check_complete",), ("action_refill", 9)):
                self.refused(user, supply, method, *args, error=AccessError)
        self.assertEqual(len(supply.check_ids), 4)
        self.call(self.officer, supply, "write", {"active": False})
        self.refused(self.keeper, supply, "action_check_complete")

    def test_junk(self):
        """attack 16: arguments that no honest client sends change nothing."""
        supply = self.make_supply()
        for junk in JUNK:
            self.refused(self.keeper, supply, "action_check", junk)
            self.refused(self.keeper, supply, "action_refill", junk)
        for junk in (None, True, "", "fine", 1):
            self.refused(self.keeper, supply, "action_check", 4, junk)
        for junk in (None, True, [], {}):
            self.refused(self.keeper, supply, "action_check", 1, "ok", junk)
        self.assertFalse(supply.check_ids)
        self.assertEqual(supply.quantity, 4.0)

    def test_forged(self):
        """Attacks 5 to 7: nobody writes a quantity, a condition or a date of checks; rows of checks are the engine's."""
        supply = self.make_supply()
        self.call(self.keeper, supply, "action_check_complete")
        Supply, Check = self.env["business.safety.supply"], self.env["business.safety.supply.check"]
        for vals in (
            {"quantity": 99.0}, {"condition": "ok"}, {"date_checked": "2030-01-01"}, {"date_check_due": "2030-01-01"},
            {"checked_by_id": self.officer.id}, {"shortage_state": "ok"}, {"alert_step": 5}, {"is_short": False},
        ):
            self.refused(self.officer, supply, "write", vals, error=ControlError, trace="approval.forgery")
            self.refused(self.keeper, supply, "write", vals)
        for vals in ({"condition": "damaged"}, {"shortage_state": "short"}, {"date_checked": "2030-01-01"}):
            self.refused(self.officer, Supply, "create", [{
                "name": "x", "place_id": self.place.id, **vals}], error=ControlError, trace="approval.forgery")
        made = Supply.browse(self.call(
            self.officer, Supply.with_context(default_condition="damaged", default_shortage_state="expired"), "create",
            [{"name": "x", "place_id": self.place.id, "quantity": 1}])[0])
        self.assertEqual((made.condition, made.shortage_state), ("ok", "ok"))
        row = {"supply_id": supply.id, "kind": "check", "date": "2026-01-01 00:00:00", "user_id": self.keeper.id,
               "quantity": 4, "condition": "ok"}
        for user in (self.officer, self.keeper, self.salesperson):
            self.refused(user, Check, "create", [row], error=AccessError)
            self.refused(user, supply.check_ids, "write", {"quantity": 9}, error=AccessError)
            self.refused(user, supply.check_ids, "unlink", error=AccessError)
        self.refused(self.officer, supply, "write", {"check_ids": [Command.create(row)]}, error=AccessError)
        self.refused(self.officer, supply, "write", {"check_ids": [Command.clear()]})
        self.refused(self.officer, supply, "unlink")
        self.assertEqual(len(supply.check_ids), 1)

    def test_search(self):
        """SM-4.5.3: what the list finds is what the rows show."""
        supplies = self.env["business.safety.supply"]
        days = (None, -1, 0, 30, 31)
        for quantity in (3, 4):
            for day in days:
                for condition in ("ok", "damaged", "expired"):
                    supply = self.make_supply(
                        quantity=quantity, date_expiry=day is not None and self.today + timedelta(days=day))
                    supply.sudo().write({"condition": condition})
                    supplies += supply
        for state in ("ok", "short", "expiring", "expired"):
            found = supplies.search([("id", "in", supplies.ids), ("state", "=", state)])
            self.assertEqual(found, supplies.filtered(lambda supply, state=state: supply.state == state).sorted())
            self.assertEqual(
                supplies.search([("id", "in", supplies.ids), ("state", "!=", state)]), (supplies - found).sorted())

    def test_companies(self):
        """attack 20: supplies of another company are neither read nor checked."""
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, login="test_elsewhere", groups="base.group_user,business_dept.group_safety_officer",
            company_id=other.id, company_ids=[Command.set(other.ids)])
        supply = self.make_supply()
        self.call(self.keeper, supply, "action_check_complete")
        drill = self.make_drill()
        for record in (supply, supply.check_ids, drill):
            self.assertFalse(self.call(stranger, record, "search", [("id", "=", record.id)]))
            self.refused(stranger, record, "read", ["id", "display_name"], error=AccessError)
        self.refused(stranger, supply, "action_check", 4, error=AccessError)
        self.refused(stranger, drill, "action_hold", error=AccessError)

    def test_reminder(self):
        """SM-4.5.3: the keeper is reminded of the check, the officer when it is late; checking takes it back."""
        supply = self.make_supply(date_check_due=self.today)
        with freeze_time(self.today + timedelta(days=1)):
            while self.env["business.safety.supply"]._tell_alerts():
                pass
            told = self.activities(supply, "mail_activity_type_safety")
            self.assertEqual(told.user_id, self.keeper + self.officer + self.officer_2)
            self.call(self.keeper, supply, "action_check_complete")
        self.assertFalse(self.activities(supply))


@tagged("post_install", "-at_install")
class TestSupplyShortage(EmergencyCommon):
    """What becomes short by itself is told by a job: nothing twice, nothing missing (SM-4.5.3)."""

    def told(self, supplies):
        return self.activities(supplies, SHORT)

    def test_expires(self):
        """SM-4.5.3: told when it expires within a month, again when it has expired, and never twice."""
        supply = self.make_supply(date_expiry=self.today + timedelta(days=100))
        for days, count in ((60, 0), (71, 1), (75, 1), (101, 2), (102, 2)):
            with freeze_time(self.today + timedelta(days=days)):
                self.run_cron(CRON)
                self.run_cron(CRON)
            self.assertEqual(len(self.events("noted", supply)), count, days)
        self.assertEqual(len(self.told(supply)), 3)

    def test_standstill(self):
        """SM-4.5.3: after a long standstill it is told once, as it is now."""
        supply = self.make_supply(date_expiry=self.today + timedelta(days=100))
        with freeze_time(self.today + timedelta(days=300)):
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(len(self.events("noted", supply)), 1)
        self.assertIn("expired", self.told(supply)[0].summary)

    def test_killed(self):
        """SM-4.5.3: killed in the middle, the next run tells the rest, and nobody twice."""
        supplies = self.env["business.safety.supply"]
        for _number in range(5):
            supplies += self.make_supply(date_expiry=self.today + timedelta(days=40))
        Supply = type(self.env["business.safety.supply"])
        follow, calls = Supply._follow_shortages, []

        def follow_once(records):
            calls.append(records)
            if len(calls) >= 2:
                raise Killed
            return follow(records)

        with (
            freeze_time(self.today + timedelta(days=20)), patch.object(supply_shortage, "SLICE", 2),
            patch.object(Supply, "_follow_shortages", follow_once), self.assertLogs("odoo.addons.base.models.ir_cron"),
        ):
            self.run_cron(CRON)
        self.env.invalidate_all()
        self.assertEqual(len(self.told(supplies)), 6)
        with freeze_time(self.today + timedelta(days=20)), patch.object(supply_shortage, "SLICE", 2):
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(len(self.told(supplies)), 15)
        self.assertEqual(set(supplies.mapped("shortage_state")), {"expiring"})

    def test_one_fails(self):
        """SM-4.5.3: supplies that cannot be told of do not silence the others, those after them either."""
        supplies = self.env["business.safety.supply"]
        for _number in range(5):
            supplies += self.make_supply(date_expiry=self.today + timedelta(days=40))
        Supply = type(supplies)
        describe = Supply._describe_shortage

        def fail(supply):
            if supply in supplies[:3]:
                raise ValueError("broken")
            return describe(supply)

        with (
            freeze_time(self.today + timedelta(days=20)), patch.object(supply_shortage, "SLICE", 2),
            patch.object(Supply, "_describe_shortage", fail), mute_logger("odoo.addons.business_dept.models.safety.one_by_one"),
        ):
            self.run_cron(CRON)
        self.env.invalidate_all()
        self.assertEqual(supplies.filtered(lambda supply: supply.shortage_state == "expiring"), supplies[3:])

    def test_changed(self):
        """SM-4.5.3: a higher minimum or another day of expiry is told at once, and taken back; an archived one is not told."""
        supply = self.make_supply()
        self.call(self.officer, supply, "write", {"minimum": 10})
        self.assertEqual(len(self.told(supply)), 3)
        self.call(self.officer, supply, "write", {"minimum": 2})
        self.assertFalse(self.told(supply))
        self.call(self.officer, supply, "write", {"date_expiry": self.today})
        self.assertEqual(len(self.told(supply)), 3)
        self.call(self.officer, supply, "write", {"active": False})
        self.assertFalse(self.told(supply))
        self.assertEqual(len(self.told(self.make_supply(quantity=0))), 3)

    def test_off(self):
        """SM-4.5.3: a company that has switched the control off is told nothing; switched on again, what is short now."""
        self.set_mode("safety.supply_shortage", "off")
        supply = self.make_supply(quantity=0)
        self.run_cron(CRON)
        self.assertFalse(self.told(supply))
        self.set_mode("safety.supply_shortage", "notify")
        self.run_cron(CRON)
        self.assertEqual(len(self.told(supply)), 3)

    def test_recording_is_never_refused(self):
        """SM-4.5.3: even when the control blocks, what was counted is written down."""
        self.set_mode("safety.supply_shortage", "block")
        supply = self.make_supply()
        self.call(self.keeper, supply, "action_check", 0, "ok", "All used")
        self.assertEqual(supply.quantity, 0.0)

    def test_statements(self):
        """SM-4.5.3: telling of many takes no more statements than of a few, but for what is written for each."""
        def count(number):
            supplies = self.env["business.safety.supply"]
            for _number in range(number):
                supplies += self.make_supply()
            return self.count_undone(lambda: supplies.mapped("state") and supplies._find_untold(200))

        self.assertEqual(count(2), count(6))
