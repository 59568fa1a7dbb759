# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.dossier.follow_up import OCCASION, STALE, VISIT
from .common_dossier import DossierCommon


@tagged("post_install", "-at_install")
class TestDossierFollowUp(DossierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["business.dossier"].sudo().search([("company_id", "!=", cls.company.id)]).partner_id.active = False
        cls.dossier = cls.open.sudo().dossier_ids
        cls.today = fields.Date.context_today(cls.dossier)

    def activities(self, xmlid, dossier=None):
        return self.env["mail.activity"].sudo().search([
            ("res_model", "=", "business.dossier"), ("res_id", "=", (dossier or self.dossier).id),
            ("activity_type_id", "=", self.env.ref(xmlid).id),
        ])

    def follow_up(self, times=1):
        for _time in range(times):
            self.run_cron("business_dept.ir_cron_dossier_follow_up")

    def age(self, days, dossier=None):
        (dossier or self.dossier).write({"touched_on": self.today - timedelta(days=days)})

    def test_visit_is_announced_once(self):
        """TS-3.3.4: some days before, the salesperson gets one to-do; another date ends it, and is announced again."""
        self.dossier.next_visit_date = self.today + timedelta(days=10)
        self.follow_up()
        self.assertFalse(self.activities(VISIT))
        self.dossier.next_visit_date = self.today + timedelta(days=2)
        self.follow_up(2)
        activity = self.activities(VISIT)
        self.assertEqual(activity.user_id, self.sales_a)
        self.assertEqual(activity.date_deadline, self.dossier.next_visit_date)
        self.call(self.sales_a, self.dossier.sudo(False), "write", {"next_visit_date": self.today + timedelta(days=1)})
        self.assertFalse(self.activities(VISIT))
        self.follow_up()
        self.assertEqual(self.activities(VISIT).date_deadline, self.today + timedelta(days=1))

    def test_visit_is_recorded(self):
        """JJ-3.5.2.2: recording a visit ends the to-do, sets both dates, and keeps the note."""
        self.dossier.next_visit_date = self.today
        self.follow_up()
        action = self.call(self.sales_a, self.dossier.sudo(False), "action_record_visit")
        Visit = self.env["business.dossier.visit"]
        wizard = Visit.browse(self.call(
            self.sales_a, Visit, "create", [{"note": "Wants white slabs"}], context=action["context"],
        ))
        self.call(self.sales_a, wizard, "action_record")
        self.assertFalse(self.activities(VISIT))
        self.assertEqual(self.dossier.last_visit_date, self.today)
        self.assertEqual(self.dossier.next_visit_date, self.today + timedelta(days=30))
        self.assertIn("Wants white slabs", self.dossier.message_ids[0].body)

    def test_visit_of_a_secret_customer_is_not_recorded_by_others(self):
        """JJ-3.5.1.4: neither by the button nor by the wizard with another id."""
        secret = self.secret.sudo().dossier_ids.sudo(False)
        with self.assertRaises(AccessError):
            self.call(self.sales_b, secret, "action_record_visit")
        Visit = self.env["business.dossier.visit"]
        with self.assertRaises(AccessError):
            wizard = Visit.browse(self.call(self.sales_b, Visit, "create", [{"dossier_id": secret.id, "note": "x"}]))
            self.call(self.sales_b, wizard, "action_record")
        self.assertFalse(secret.sudo().last_visit_date)

    def test_stale_is_noted_once_per_period(self):
        """JJ-3.5.2.2: nobody changed it for 180 days: one event, one to-do; a change begins a new period."""
        self.age(200)
        self.follow_up(2)
        events = self.events("noted", self.dossier).filtered(lambda event: event.control_id.code == "dossier.stale")
        self.assertEqual(len(events), 1)
        self.assertEqual(len(self.activities(STALE)), 1)
        self.call(self.sales_a, self.dossier.sudo(False), "write", {"traits": "New"})
        self.assertEqual(self.dossier.touched_on, self.today)
        self.assertFalse(self.activities(STALE))

    def test_stale_is_off(self):
        """IC-9: with the control off nothing is noted."""
        self.set_mode("dossier.stale", "off")
        self.age(200)
        self.follow_up()
        self.assertFalse(self.activities(STALE))

    def test_touched_on_is_not_forged(self):
        """JJ-3.5.2.2: a client does not say when the dossier was changed; a change of the customer counts."""
        self.call(self.sales_a, self.dossier.sudo(False), "write", {"touched_on": "2099-01-01"})
        self.assertEqual(self.dossier.touched_on, self.today)
        self.age(20)
        self.call(self.sales_a, self.open, "write", {"city": "Nanning"})
        self.assertEqual(self.dossier.touched_on, self.today)

    def test_key_dates(self):
        """JJ-3.5.1.1: a key date of the coming week is announced once, every year."""
        Occasion = self.env["business.dossier.occasion"].sudo()
        for name, date, yearly in (
            ("Foundation day", fields.Date.add(self.today, days=3, years=-5), True),
            ("Far", fields.Date.add(self.today, days=30), True),
            ("Past", fields.Date.subtract(self.today, days=3), True),
            ("Once, long ago", fields.Date.add(self.today, days=3, years=-5), False),
            ("Opening", fields.Date.add(self.today, days=7), False),
        ):
            Occasion.create({"dossier_id": self.dossier.id, "name": name, "date": date, "yearly": yearly})
        self.follow_up(2)
        self.assertEqual(set(self.activities(OCCASION).mapped("summary")), {"Foundation day", "Opening"})

    def test_dormant_and_back(self):
        """IC-12: nothing for a year makes a customer dormant; the next order wakes him."""
        self.dossier.qualification = "customer"
        self.set_mode("dossier.stale", "off")
        busy = self.secret.sudo().dossier_ids
        busy.write({"qualification": "customer", "last_visit_date": self.today})
        self.age(400, self.dossier + busy)
        self.follow_up()
        self.assertEqual(self.dossier.qualification, "dormant")
        self.assertEqual(busy.qualification, "customer")
        self.make_order(partner_id=self.open.id).with_user(self.salesperson).action_confirm()
        self.assertEqual(self.dossier.qualification, "customer")

    def test_handing_over_ends_what_the_former_reads(self):
        """JJ-3.6.1: with the customer go the to-dos; the former salesperson follows nothing of it any more."""
        dossier = self.hidden.sudo().dossier_ids
        dossier.next_visit_date = self.today
        self.follow_up()
        self.hidden.sudo().message_subscribe(self.sales_a.partner_id.ids)
        self.contact.sudo().message_subscribe(self.sales_a.partner_id.ids)
        own = self.hidden.sudo().activity_schedule("mail.mail_activity_data_todo", user_id=self.sales_a.id)
        self.call(self.sales_a, self.hidden, "write", {"user_id": self.sales_b.id})
        for records in (self.hidden, self.contact, dossier):
            self.assertNotIn(self.sales_a.partner_id, records.sudo().message_partner_ids)
        self.assertEqual((self.activities(VISIT, dossier) + own).user_id, self.sales_b)
        self.assertFalse(self.call(self.sales_a, self.env["mail.activity"], "search", [("res_id", "=", dossier.id)]))
        self.call(self.sales_b, dossier.sudo(False), "write", {"user_id": False})
        self.assertFalse(self.activities(VISIT, dossier))

    def test_statements_do_not_grow(self):
        """Hundreds of dossiers are followed up in as many statements as a few."""
        def count(number):
            partners = self.env["res.partner"].sudo().create([
                {"name": f"Mass {number} {i}", "user_id": self.sales_a.id} for i in range(number)
            ])
            dossiers = self.env["business.dossier"].sudo().create([
                {"partner_id": partner.id, "company_id": self.company.id, "next_visit_date": self.today,
                 "touched_on": self.today - timedelta(days=200)} for partner in partners
            ])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["business.dossier"].sudo()._remind_of_visits(self.today)
            self.env["business.dossier"].sudo()._note_stale(self.today)
            self.env.flush_all()
            self.assertEqual(len(dossiers.activity_ids), 2 * number)
            return self.env.cr.sql_log_count - before

        count(3)
        few, many = count(5), count(80)
        self.assertLessEqual(many, few + 10)
