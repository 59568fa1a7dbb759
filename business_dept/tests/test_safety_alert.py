# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import suppress
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.safety import alert_mixin
from .common_permit import PermitCommon

CRON = "business_dept.cron_safety_alerts"
LOGGER = "odoo.addons.business_dept.models.safety.alert_mixin"


@tagged("post_install", "-at_install")
class TestSafetyAlert(PermitCommon):
    """Deadlines are told, step by step up the line: nothing twice, nothing missing (SM-4.2.1).

    Shown with qualifications, which end: 30 days before, the person is told; 7 days before, the safety officer; a day
    after, the first responsible person.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.Alert = cls.env["business.safety.qualification"]
        # what else there is to tell in this database is another matter
        cls.env["business.safety.qualification"].sudo().search([("id", "!=", cls.qualification.id)]).date_to = False
        cls.qualification.sudo().date_to = date(2030, 6, 30)

    def told(self, record=None):
        """Who has an activity, one name for each."""
        record = record or self.qualification
        return sorted(self.env["mail.activity"].sudo().search([
            ("res_model", "=", record._name), ("res_id", "=", record.id), ("automated", "=", True)]).user_id.mapped("name"))

    def count(self, record=None):
        record = record or self.qualification
        return self.env["mail.activity"].sudo().search_count([("res_model", "=", record._name), ("res_id", "=", record.id)])

    def run_alerts(self, day):
        with freeze_time(day):
            self.run_cron(CRON)
        self.env.invalidate_all()

    def test_steps(self):
        """SM-4.2.1: each step is told on its day to whom it names, once; each leaves a trace."""
        self.run_alerts("2030-05-30")
        self.assertEqual(self.told(), [])
        for day, names in (
            ("2030-05-31", ["Welder"]), ("2030-05-31", ["Welder"]), ("2030-06-22", ["Welder"]),
            ("2030-06-23", ["Officer", "Welder"]), ("2030-06-30", ["Officer", "Welder"]),
            ("2030-07-01", ["Department Manager", "Officer", "Welder"]),
            ("2030-08-01", ["Department Manager", "Officer", "Welder"]),
        ):
            self.run_alerts(day)
            self.assertEqual(self.told(), names, day)
            self.assertEqual(self.count(), len(names), day)
        self.assertEqual(self.qualification.alert_step, 3)
        self.assertEqual(len(self.events("noted", self.qualification)), 3)
        activities = self.qualification.activity_ids.sorted("id")
        self.assertEqual([str(day) for day in activities.mapped("date_deadline")], ["2030-06-30", "2030-06-30", "2030-07-01"])

    def test_standstill(self):
        """SM-4.2.1: after days of standstill everybody whom a missed step names is told, once."""
        self.run_alerts("2030-07-04")
        self.run_alerts("2030-07-04")
        self.assertEqual(self.told(), ["Department Manager", "Officer", "Welder"])
        self.assertEqual(self.count(), 3)
        self.assertEqual(len(self.events("noted", self.qualification)), 1)

    def test_killed(self):
        """SM-4.2.1: killed after a slice that was committed, the next run goes on; nothing is told twice."""
        more = self.qualification
        for _number in range(3):
            more |= self.qualification.copy({
                "employee_id": self.make_employee(self.make_user(f"more_{_number}")).id, "date_to": date(2030, 6, 30)})
        self.env.flush_all()

        def die(_cron, *_args, **_kwargs):
            if sum(bool(record.alert_step) for record in more) == 2:
                raise RuntimeError("killed")
            return 60.0

        with patch.object(alert_mixin, "SLICE", 1):
            # what was done before it dies stays, as if committed
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", die), freeze_time("2030-05-31"), \
                    suppress(RuntimeError):
                self.env["business.safety.alert.mixin"]._cron_alert_all()
            self.assertEqual(sum(bool(record.alert_step) for record in more), 2)
            self.run_alerts("2030-05-31")
        for record in more:
            self.assertEqual(self.count(record), 1)
            self.assertEqual(record.alert_step, 1)

    def test_off(self):
        """IC-11: off in a company, nobody is told; on again, what was missed is."""
        self.set_mode("safety.qualification_expiry", "off")
        self.run_alerts("2030-06-25")
        self.assertEqual(self.told(), [])
        self.set_mode("safety.qualification_expiry", "notify")
        self.run_alerts("2030-06-25")
        self.assertEqual(self.told(), ["Officer", "Welder"])

    def test_moved(self):
        """SM-4.2.1: another deadline is a new matter; what was told of the old one is taken back."""
        self.run_alerts("2030-06-25")
        self.qualification.sudo().write({"date_to": date(2030, 6, 30)})
        self.assertEqual(self.qualification.alert_step, 2)
        self.qualification.sudo().write({"date_to": date(2030, 12, 31)})
        self.assertEqual(self.told(), [])
        self.assertEqual(self.qualification.alert_step, 0)
        self.run_alerts("2030-12-05")
        self.assertEqual(self.told(), ["Welder"])

    def test_moved_by_computing(self):
        """SM-4.2.1: also a deadline that follows from something else, however that was changed."""
        limit = self.env["business.environment.limit"].sudo().create({
            "company_id": self.company.id, "medium": "water", "name": "COD", "unit": "mg/L", "maximum": 50,
            "date_from": "2030-01-01", "due_day": 5})
        record = self.env["business.environment.record"].sudo().create({"limit_id": limit.id, "month": "2030-06-01"})
        self.run_alerts("2030-07-03")
        self.assertEqual(self.told(record), ["Officer"])
        limit.due_day = 20
        self.assertEqual(str(record.date_deadline), "2030-07-20")
        self.assertEqual(record.alert_step, alert_mixin.MOVED)
        self.run_alerts("2030-07-04")
        self.assertEqual(self.told(record), [])
        self.assertEqual(record.alert_step, 0)
        self.run_alerts("2030-07-17")
        self.assertEqual(self.told(record), ["Officer"])

    def test_done(self):
        """SM-4.2.1: what is done is not reminded of any more; the reminders are taken back."""
        self.run_alerts("2030-06-25")
        self.qualification.copy({"date_from": date(2030, 6, 30), "date_to": False})
        self.run_alerts("2030-06-26")
        self.assertEqual(self.told(), [])
        self.assertEqual(self.qualification.alert_step, 0)
        self.run_alerts("2030-08-01")
        self.assertEqual(self.told(), [])

    def test_day_of_the_company(self):
        """SM-4.2.1: a day begins in the company's time zone."""
        self.run_alerts("2030-05-30 15:59:00")
        self.assertEqual(self.told(), [])
        self.run_alerts("2030-05-30 16:01:00")
        self.assertEqual(self.told(), ["Welder"])

    def test_language(self):
        """SM-4.2.1: everybody is told in his own language, the trace is in that of the company."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.officer.lang = "fr_FR"
        with patch.object(type(self.Alert), "_describe_alert", lambda record, days: f"{record.env.lang} {days}"):
            self.run_alerts("2030-06-25")
        activities = self.qualification.activity_ids
        self.assertEqual(
            {activity.user_id.name: activity.summary for activity in activities}, {"Welder": "en_US -5", "Officer": "fr_FR -5"})
        self.assertEqual(self.events("noted", self.qualification).message, "en_US -5")

    def test_nobody(self):
        """SM-4.2.1: where a step finds nobody, the next one above is told; the first responsible person is not the owner."""
        self.welder.active = False
        self.run_alerts("2030-05-31")
        self.assertEqual(self.told(), ["Officer"])
        own = self.qualification.copy({"employee_id": self.e_manager.id, "date_to": date(2030, 6, 30)})
        self.run_alerts("2030-07-02")
        self.assertEqual(self.told(own), ["Department Manager", "Executive Office", "Officer"])

    def test_other_models_go_on(self):
        """SM-4.2.1: a model whose deadlines cannot be told does not silence the others."""
        def fail(_model):
            raise ValueError("broken")

        with patch.object(type(self.env["business.environment.record"]), "_tell_alerts", fail), mute_logger(LOGGER):
            self.run_alerts("2030-05-31")
        self.assertEqual(self.told(), ["Welder"])

    def test_one_fails(self):
        """SM-4.2.1: a record that cannot be told of does not silence the others, those after it either; it is tried again."""
        more = self.qualification
        for number in range(3):
            more |= self.qualification.copy({
                "employee_id": self.make_employee(self.make_user(f"more_{number}")).id, "date_to": date(2030, 6, 30)})
        describe, broken = type(self.Alert)._describe_alert, more[0] | more[2]

        def fail(record, days):
            if record in broken:
                raise ValueError("broken")
            return describe(record, days)

        for size in (1, 200):
            with patch.object(type(self.Alert), "_describe_alert", fail), patch.object(alert_mixin, "SLICE", size), mute_logger(
                    "odoo.addons.business_dept.models.safety.one_by_one"):
                self.run_alerts("2030-05-31")
            self.assertEqual([self.count(record) for record in more], [0, 1, 0, 1])
        self.run_alerts("2030-05-31")
        self.assertEqual([self.count(record) for record in more], [1, 1, 1, 1])

    def test_no_follower(self):
        """Attack 19: who is told does not follow the record, and gets no mail of it ever after."""
        followers = self.qualification.message_partner_ids
        self.run_alerts("2030-07-04")
        self.assertEqual(self.qualification.message_partner_ids, followers)

    def test_forged(self):
        """Attacks 1, 3: nobody writes that something was told, neither as a value nor as a default; it leaves a trace."""
        for vals in ({"alert_step": 9}, {"alert_deadline": "2030-06-30 00:00:00"}):
            self.refused(self.officer, self.qualification, "write", vals, error=ControlError, code="approval.forgery")
            self.refused(
                self.officer, self.Alert, "create", [{"employee_id": self.e_sales.id, "type_id": self.q_welder.id, **vals}],
                error=ControlError, code="approval.forgery")
        made = self.Alert.with_user(self.officer).with_context(default_alert_step=9).create(
            {"employee_id": self.e_sales.id, "type_id": self.q_welder.id, "company_id": self.company.id})
        self.assertEqual(made.alert_step, 0)

    def test_query_counts(self):
        """A slice of few and a slice of many take the same number of statements."""
        counts = []
        for number in (2, 2, 12):
            people = self.env["hr.employee"].sudo().create([{
                "name": f"Person {number}", "department_id": self.works.id, "company_id": self.company.id,
            } for _each in range(number)])
            self.Alert.sudo().create([{
                "employee_id": person.id, "type_id": self.q_welder.id, "company_id": self.company.id, "date_from": "2020-01-01",
                "date_to": date(2029, 1, 1)} for person in people])
            with freeze_time("2029-01-02"):
                counts.append(self.count_statements(self.Alert._tell_alerts))
        self.assertEqual(counts[1], counts[2])

    def test_hours(self):
        """SM-4.3.1: of a deadline that is a moment, hours count."""
        permit = self.start(self.approve(self.make_permit(worker_ids=[Command.set(self.e_welder.ids)])))
        self.run_alerts(permit.date_to - timedelta(minutes=1))
        self.assertEqual(self.told(permit), [])
        self.run_alerts(permit.date_to)
        self.assertEqual(self.told(permit), ["Salesperson", "Watcher"])
        self.run_alerts(permit.date_to + timedelta(hours=2, minutes=59))
        self.assertEqual(self.told(permit), ["Salesperson", "Watcher"])
        self.run_alerts(permit.date_to + timedelta(hours=24))
        self.assertEqual(self.told(permit), ["Department Manager", "Officer", "Salesperson", "Watcher"])
