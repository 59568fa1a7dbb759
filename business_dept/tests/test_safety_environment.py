# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.safety import environment_record
from .common_permit import PermitCommon

CRON = "business_dept.cron_environment_records"


@tagged("post_install", "-at_install")
class TestSafetyEnvironment(PermitCommon):
    """Waste water, gas and solid waste are held against their limits; what is beyond makes a hazard (SM-4.6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["business.environment.limit"].sudo().search([]).active = False  # what the demo company measures is its matter
        cls.cod = cls.env["business.environment.limit"].with_user(cls.officer).create({
            "medium": "water", "name": "COD", "unit": "mg/L", "bound": "maximum", "maximum": 100, "place_id": cls.hall.id,
            "date_from": "2030-01-15", "company_id": cls.company.id}).with_env(cls.env)

    def make_record(self, value=None, month="2030-01-01", limit=None, **vals):
        measured = {"value": value, "date_measured": date(2030, 1, 20)} if value is not None else {}
        return self.env["business.environment.record"].with_user(self.officer).create({
            "limit_id": (limit or self.cod).id, "month": month, **measured, **vals}).with_env(self.env)

    def confirm(self, record):
        with freeze_time("2030-02-03"):
            self.call(self.officer, record, "action_confirm")
        return record

    def hazards(self):
        return self.env["business.safety.hazard"].sudo().search([
            ("source", "=", "environment"), ("company_id", "=", self.company.id)])

    def test_way(self):
        """SM-4.6.2: what was measured is confirmed by the officer; within the limit it is a figure and nothing else."""
        record = self.make_record()
        with freeze_time("2030-02-03"), Form(record.with_user(self.officer)) as form:
            form.value = 60
            form.date_measured = date(2030, 1, 20)
            self.assertEqual(form.load, 60)
        self.confirm(record)
        self.assertEqual((record.state, record.confirmed_by_id, record.excess), ("confirmed", self.officer, 0))
        self.assertFalse(self.hazards())
        self.assertEqual(record.date_deadline, date(2030, 2, 5))

    def test_breach(self):
        """SM-4.6.2: beyond the limit makes one hazard, linked, and leaves a trace with the amount; in no mode it is refused."""
        for number, mode in enumerate(("notify", "approve", "block"), 1):
            self.set_mode("safety.environment_limit", mode)
            record = self.confirm(self.make_record(130, month=f"2030-0{number}-01", date_measured=date(2030, number, 1))
                                  if number < 3 else self.make_record(130, month="2029-12-01"))
            self.assertEqual((record.is_breach, record.excess, record.load), (True, 30, 130))
            self.assertEqual(len(self.hazards()), number)
            hazard = record.hazard_id
            self.assertEqual((hazard.place_id, hazard.source), (self.hall, "environment"))
            event = self.events("noted", record)
            self.assertEqual((event.control_id.code, event.amount), ("safety.environment_limit", 30))
            self.refused(self.officer, record, "action_confirm")
        self.assertEqual(len(self.hazards()), 3)

    def test_off(self):
        """IC-11: off, a breach is shown and makes no hazard."""
        self.set_mode("safety.environment_limit", "off")
        record = self.confirm(self.make_record(130))
        self.assertTrue(record.is_breach)
        self.assertFalse(self.hazards())

    def test_minimum_and_range(self):
        """SM-4.6.3: of greening there is a least; a range has both ends."""
        green, acid = self.env["business.environment.limit"].sudo().create([
            {"medium": "greening", "name": "Green", "unit": "%", "bound": "minimum", "minimum": 20,
             "company_id": self.company.id},
            {"medium": "water", "name": "pH", "unit": "pH", "bound": "range", "minimum": 6, "maximum": 9,
             "company_id": self.company.id},
        ])
        self.assertEqual(self.make_record(22, limit=green).excess, 0)
        self.assertEqual(self.make_record(15, month="2029-12-01", limit=green).excess, 5)
        self.assertEqual(self.make_record(5, limit=acid).excess, 1)
        self.assertEqual(self.make_record(9.5, month="2029-12-01", limit=acid).excess, 0.5)
        self.assertEqual(self.make_record(7, month="2029-11-01", limit=acid).excess, 0)

    def test_not_ready(self):
        """SM-4.6: a blank record is not confirmed, nor one measured before its month or in the future."""
        self.refused(self.officer, self.make_record(), "action_confirm")
        for day in (date(2030, 5, 31), date(2030, 6, 20)):
            record = self.make_record(50, month="2030-06-01" if day.month == 5 else "2030-05-01", date_measured=day)
            with freeze_time("2030-06-10"):
                self.refused(self.officer, record, "action_confirm")

    def test_limit_of_its_time(self):
        """SM-4.6: what was confirmed keeps the limit of its time; what is open takes the new one."""
        record, later = self.confirm(self.make_record(60)), self.make_record(60, month="2030-02-01")
        self.cod.with_user(self.officer).maximum = 50
        self.assertEqual((record.maximum, record.is_breach), (100, False))
        self.assertEqual((later.maximum, later.is_breach), (50, True))

    def test_correction(self):
        """SM-4.6: a confirmed value stays; a correction is a new record with a reason, and goes on with the hazard."""
        record = self.confirm(self.make_record(130))
        self.refused(self.officer, record, "write", {"value": 90}, error=ControlError, code="safety.record_closed")
        self.refused(self.officer, record, "unlink", error=AccessError)
        action = self.call(self.officer, record, "action_correct")
        self.assertEqual(self.call(self.officer, record, "action_correct")["res_id"], action["res_id"])
        correction = self.env["business.environment.record"].browse(action["res_id"])
        self.call(self.officer, correction, "write", {"value": 120, "date_measured": "2030-01-20"})
        with freeze_time("2030-02-04"):
            self.refused(self.officer, correction, "action_confirm")
        self.call(self.officer, correction, "write", {"correction_reason": "Misread"})
        self.confirm(correction)
        self.assertEqual((record.state, correction.state, record.value), ("corrected", "confirmed", 130))
        self.assertEqual(correction.hazard_id, record.hazard_id)
        self.assertEqual(len(self.hazards()), 1)

    def test_twice(self):
        """SM-4.6: a parameter has one record of a month."""
        self.make_record()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.make_record()

    def test_prepare(self):
        """SM-4.6: the blank records of every month are made, once, and made up after a standstill."""
        Record = self.env["business.environment.record"]
        with freeze_time("2030-01-31 20:00:00"):
            self.company.resource_calendar_id.tz = "UTC"
            self.run_cron(CRON)
            self.run_cron(CRON)
        self.assertEqual(Record.search([("limit_id", "=", self.cod.id)]).mapped("month"), [date(2030, 1, 1)])
        with freeze_time("2030-04-02"):
            self.run_cron(CRON)
        months = Record.search([("limit_id", "=", self.cod.id)], order="month").mapped("month")
        self.assertEqual(months, [date(2030, month, 1) for month in (1, 2, 3, 4)])
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        with freeze_time("2030-04-30 17:00:00"):
            self.run_cron(CRON)
        self.assertEqual(Record.search_count([("limit_id", "=", self.cod.id)]), 5)

    def test_prepare_killed(self):
        """SM-4.6: killed after a slice, the next run makes the rest."""
        Record = self.env["business.environment.record"]
        with patch.object(environment_record, "SLICE", 2), freeze_time("2030-05-10"):
            Record._prepare_months()
            self.assertEqual(Record.search_count([("limit_id", "=", self.cod.id)]), 2)
            self.run_cron(CRON)
        self.assertEqual(Record.search_count([("limit_id", "=", self.cod.id)]), 5)

    def test_prepare_one_fails(self):
        """SM-4.6: a limit whose records cannot be made does not keep the others from theirs."""
        Record, other = self.env["business.environment.record"], self.cod.sudo().copy({"name": "Ammonia"})
        create = type(Record).create

        def fail(model, vals_list):
            if any(vals["limit_id"] == self.cod.id for vals in vals_list):
                raise ValueError("broken")
            return create(model, vals_list)

        with freeze_time("2030-05-10"), patch.object(environment_record, "SLICE", 2):
            with patch.object(type(Record), "create", fail), mute_logger("odoo.addons.business_dept.models.safety.one_by_one"):
                self.run_cron(CRON)
            months = Record.search_count([("limit_id", "=", other.id)])
            self.assertTrue(months)
            self.assertFalse(Record.search_count([("limit_id", "=", self.cod.id)]))
            self.run_cron(CRON)
            self.assertEqual(Record.search_count([("limit_id", "=", self.cod.id)]), 5)

    def test_attacks(self):
        """Attacks 5 to 7: who is no safety officer writes nothing; nobody writes what the system keeps; it leaves a trace."""
        record = self.make_record(60)
        for user in (self.salesperson, self.manager, self.auditor, self.admin_user):
            self.refused(user, record, "write", {"value": 1}, error=AccessError)
            self.refused(user, record, "action_confirm", error=AccessError)
            self.refused(user, record, "action_correct", error=AccessError)
            self.refused(user, self.cod, "write", {"maximum": 999}, error=AccessError)
        for vals in ({"state": "confirmed"}, {"date_confirmed": "2030-01-01 00:00:00"}, {"hazard_id": False}, {"maximum": 999},
                     {"is_breach": False}, {"confirmed_by_id": self.officer.id}, {"corrects_id": record.id}, {"alert_step": 4}):
            self.refused(self.officer, record, "write", vals, error=ControlError, code="approval.forgery")
            self.refused(self.officer, record, "create", [{"limit_id": self.cod.id, "month": "2031-01-01", **vals}],
                         error=ControlError, code="approval.forgery")
        made = self.env[record._name].with_user(self.officer).with_context(default_date_confirmed="2030-01-01 00:00:00").create(
            {"limit_id": self.cod.id, "month": "2031-02-01"})
        self.assertEqual(made.state, "draft")

    def test_companies(self):
        """Attack 20: another company's figures are neither seen nor written."""
        record = self.make_record(60)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.officer.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.call(self.officer, record, "search", [("id", "=", record.id)]))
        self.refused(self.officer, record, "write", {"value": 1}, error=AccessError)

    def test_late(self):
        """SM-4.6: the officer is reminded of a record that is due, and told again when it is late; not once it is confirmed."""
        record = self.make_record()
        Record = self.env["business.environment.record"]
        with freeze_time("2030-02-02"):
            Record._tell_alerts()
        self.assertEqual(record.activity_ids.user_id, self.officer)
        self.call(self.officer, record, "write", {"value": 60, "date_measured": "2030-01-20"})
        self.confirm(record)
        self.assertFalse(record.activity_ids)
