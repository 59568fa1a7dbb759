# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..controls import ControlError
from ..models.dossier.dossier_access import LOGGED
from .common_dossier import DossierCommon


class DossierLogCommon(DossierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Access = cls.env["business.dossier.access"].sudo()
        cls.Change = cls.env["business.dossier.change"].sudo()
        cls.Dossier = cls.env["business.dossier"]
        cls.Partner = cls.env["res.partner"]
        cls.hidden_dossier = cls.hidden.sudo().dossier_ids.sudo(False)
        cls.secret_dossier = cls.secret.sudo().dossier_ids.sudo(False)
        cls.open_dossier = cls.open.sudo().dossier_ids.sudo(False)

    def call(self, user, records, method, *args, **kwargs):
        """A request of its own has logged nothing yet."""
        self.env.cr.cache.pop(LOGGED, None)
        return super().call(user, records, method, *args, **kwargs)

    def rows(self, user, **vals):
        """The rows of a user in the access log, newest last."""
        return self.Access.search(
            [("user_id", "=", user.id), *((name, "=", value) for name, value in vals.items())], order="id",
        )

    def changes(self, dossier):
        return self.Change.search([("dossier_id", "=", dossier.id)], order="id")

    def make_customers(self, count, secrecy="hidden"):
        """Customers of A with dossiers."""
        partners = self.Partner.sudo().create([
            {"name": f"Mass {number}", "is_company": True, "user_id": self.sales_a.id, "phone": f"+86 771 777{number:04}"}
            for number in range(count)
        ])
        self.Dossier.sudo().create([
            {"partner_id": partner.id, "company_id": self.company.id, "secrecy": secrecy} for partner in partners
        ])
        self.env.flush_all()
        return partners.sudo(False)


@tagged("post_install", "-at_install")
class TestDossierAccessLog(DossierLogCommon):
    def test_opening_is_logged_with_its_ground(self):
        """JJ-3.5.1.4: each opening of a secret dossier stands in the log with the ground; open dossiers do not."""
        spec = {"traits": {}, "person_ids": {"fields": {"name": {}, "family": {}}}}
        self.call(self.sales_a, self.hidden_dossier, "web_read", spec)
        self.call(self.executive, self.secret_dossier, "web_read", spec)
        grant = self._grant(self.sales_b, self.hidden)
        self.call(self.sales_b, self.hidden_dossier, "web_read", spec)
        self.call(self.sales_b, self.open_dossier, "web_read", spec)
        own, white, granted = self.rows(self.sales_a), self.rows(self.executive), self.rows(self.sales_b)
        self.assertEqual(own.mapped("ground"), ["own"])
        self.assertEqual((own.kind, own.dossier_id, own.partner_id), ("open", self.hidden_dossier, self.hidden))
        self.assertEqual(white.mapped("ground"), ["whitelist"])
        self.assertEqual(granted.mapped("ground"), ["grant"])
        self.assertEqual(granted.grant_id, grant)

    def test_team_leader_and_control_off(self):
        """JJ-3.6.2, IC-9: the team leader's ground is his team; with the control off that is the ground."""
        self.env["crm.team"].sudo().create({
            "name": "South", "company_id": self.company.id, "user_id": self.users["deputy_manager"].id,
            "member_ids": [Command.link(self.sales_a.id)],
        })
        self.call(self.users["deputy_manager"], self.secret_dossier, "read", ["traits"])
        self.assertEqual(self.rows(self.users["deputy_manager"]).ground, "team")
        self.set_mode("dossier.details", "notify")
        self.call(self.sales_b, self.secret_dossier, "read", ["traits"])
        self.assertEqual(self.rows(self.sales_b).ground, "off")

    def test_every_way_of_reading_is_logged(self):
        """JJ-3.5.1.4, attack 20: reading many dossiers by RPC is logged once for each request, through every method."""
        both = self.hidden_dossier + self.secret_dossier
        domain = [("id", "in", both.ids)]
        self.env["business.dossier.person"].sudo().create([
            {"dossier_id": dossier.id, "name": "Boss", "family": "Two sons"} for dossier in both
        ])
        doors = [
            (both, "read", [["traits"]]),
            (self.Dossier, "search_read", [domain, ["traits"]]),
            (self.Dossier, "web_search_read", [domain, {"traits": {}}]),
            (self.Dossier, "formatted_read_group", [domain, ["traits"], ["__count"]]),
            (self.env["business.dossier.person"], "search_read", [[("dossier_id", "in", both.ids)], ["family"]]),
            (self.env["business.dossier.person"], "formatted_read_group",
             [[("dossier_id", "in", both.ids)], ["name"], ["__count"]]),
        ]
        for count, (records, method, args) in enumerate(doors, 1):
            with self.subTest(door=f"{records._name}.{method}"):
                self.call(self.sales_a, records, method, *args)
                rows = self.rows(self.sales_a)
                self.assertEqual(len(rows), count)
                self.assertEqual(set(rows[-1].customer_ids), set((self.hidden + self.secret).ids))
                self.assertEqual(rows[-1].kind, "read")
        self.call(self.sales_a, self.Dossier, "web_search_read", domain, {"name": {}, "secrecy": {}, "user_id": {}})
        self.assertEqual(len(self.rows(self.sales_a)), len(doors), "the list itself tells no secrets")

    def test_contacts_of_hidden_customers(self):
        """JJ-3.6.1: opening a hidden customer is logged; the list of customers counts each of them once a day."""
        self.call(self.sales_a, self.contact, "web_read", {"name": {}, "phone": {}})
        row = self.rows(self.sales_a)
        self.assertEqual((row.kind, row.partner_id, row.model), ("open", self.hidden, "res.partner"))
        many = self.make_customers(3)
        domain = [("id", "in", (many + self.hidden + self.open).ids)]
        for _time in range(2):
            self.call(self.sales_a, self.Partner, "web_search_read", domain, {"name": {}, "phone": {}})
        listed = self.rows(self.sales_a)[1:]
        self.assertEqual(len(listed), 1)
        self.assertEqual(set(listed.customer_ids), set(many.ids))
        self.call(self.sales_a, self.Partner, "search_read", domain, ["name"])
        self.assertEqual(len(self.rows(self.sales_a)), 2, "a name is no way to reach somebody")
        self.call(self.executive, self.Partner, "formatted_read_group", domain, ["phone"], ["__count"])
        self.assertEqual(set(self.rows(self.executive).customer_ids), set((many + self.hidden).ids))

    def test_reading_through_another_record(self):
        """JJ-3.6.1: the phone of a hidden customer read through an order is a reading as well."""
        order = self.env["sale.order"].sudo().create({
            "partner_id": self.hidden.id, "user_id": self.sales_a.id, "company_id": self.company.id,
        })
        self.call(self.sales_a, order.sudo(False), "web_read", {"partner_id": {"fields": {"phone": {}}}})
        self.assertEqual(self.rows(self.sales_a).partner_id, self.hidden)

    def test_system_is_not_logged(self):
        """What the system reads by itself is nobody's reading."""
        self.hidden_dossier.sudo().read(["traits"])
        self.hidden_dossier.with_user(self.sales_a).sudo().read(["traits"])
        self.assertFalse(self.Access.search([("dossier_id", "=", self.hidden_dossier.id)]))

    def test_one_insert_and_constant_statements(self):
        """A batch is one insert, and the number of statements does not grow."""
        counts = []
        for number in (10, 10, 60):  # the first fills Odoo's own caches
            dossiers = self.make_customers(number).sudo().dossier_ids.sudo(False)
            before = self.env.cr.sql_log_count
            self.call(self.sales_a, dossiers, "read", ["traits"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(self.rows(self.sales_a).mapped("customer_count"), [10, 10, 60])

    def test_logs_are_append_only(self):
        """IC-11, RL-5.2: nobody writes, changes or deletes a row, in sudo neither."""
        self.call(self.sales_a, self.hidden_dossier, "write", {"traits": "Likes tea"})
        self.call(self.sales_a, self.hidden_dossier, "read", ["traits"])
        for row in (self.rows(self.sales_a)[:1], self.changes(self.hidden_dossier)[:1]):
            self.assertTrue(row)
            for user in (self.manager, self.auditor, self.env.ref("base.user_admin")):
                mine = row.sudo(False)
                for method, args in (("write", [{"user_id": False}]), ("unlink", []), ("copy", []),
                                     ("web_save", [{"user_id": False}, {}])):
                    with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                        self.call(user, mine, method, *args)
                with self.assertRaises(AccessError):
                    self.call(user, mine.browse(), "create", [{"kind": "open"}])
            for method, args in (("write", [{"user_id": False}]), ("unlink", []), ("copy", [])):
                with self.assertRaises(AccessError):
                    getattr(row, method)(*args)

    def test_who_reads_the_logs(self):
        """The manager, the executive office and the auditor read both logs; the salesperson reads neither."""
        self.call(self.sales_a, self.hidden_dossier, "write", {"traits": "Likes tea"})
        self.call(self.sales_a, self.hidden_dossier, "read", ["traits"])
        for model in ("business.dossier.access", "business.dossier.change"):
            for user in (self.manager, self.executive, self.auditor):
                self.assertTrue(self.call(user, self.env[model], "web_search_read", [], {
                    "user_id": {"fields": {"display_name": {}}}, "partner_id": {"fields": {"display_name": {}}},
                })["length"])
            for user in (self.sales_a, self.sales_b, self.clerk):
                with self.assertRaises(AccessError):
                    self.call(user, self.env[model], "search_read", [], ["user_id"])
        with self.assertRaises(AccessError):
            self.call(self.sales_a, self.hidden_dossier, "read", ["access_ids"])
        self.assertTrue(self.call(self.manager, self.hidden_dossier, "read", ["access_ids"])[0]["access_ids"])
        form = self.call(self.sales_a, self.Dossier, "get_view", view_type="form")["arch"]
        self.assertNotIn("access_ids", form)

    def test_retention(self):
        """Old rows go after the months of the company, and one row says how many; changes stay."""
        self.call(self.sales_a, self.hidden_dossier, "read", ["traits"])
        row = self.rows(self.sales_a)
        self.env.cr.execute("UPDATE business_dossier_access SET date = %s WHERE id = %s",
                            [fields.Datetime.now() - timedelta(days=366 * 3 + 5), row.id])
        self.call(self.sales_a, self.secret_dossier, "read", ["traits"])
        self.env.flush_all()
        self.env.invalidate_all()
        self.run_cron("business_dept.ir_cron_dossier_log")
        self.assertEqual(self.rows(self.sales_a).dossier_id, self.secret_dossier)
        self.assertEqual(self.Access.search([("kind", "=", "removed"), ("company_id", "=", self.company.id)]).customer_count, 1)


@tagged("post_install", "-at_install")
class TestDossierBulkRead(DossierLogCommon):
    def test_notify_once_a_day(self):
        """RL-4.2: more secret customers than the limit in a day give one event and one message; own customers count."""
        self.set_mode("dossier.bulk_read", "notify", 5)
        many = self.make_customers(8).sudo().dossier_ids.sudo(False)
        control = self.env["business.control"]._get_by_code("dossier.bulk_read")
        for dossiers in (many[:3], many[:5], many[5:7], many[7:]):
            self.call(self.sales_a, dossiers, "read", ["traits"])
        events = self.events("noted").filtered(lambda event: event.control_id == control)
        self.assertEqual(len(events), 1)
        self.assertEqual((events.user_id, events.amount), (self.sales_a, 7))
        messages = self.env["mail.message"].sudo().search([
            ("subject", "=", control.name), ("message_type", "=", "user_notification"),
        ])
        self.assertTrue(messages.notified_partner_ids >= self.executive.partner_id + self.manager.partner_id)
        self.assertEqual(len(messages), 1)

    def test_block_stops_further_dossiers(self):
        """RL-4.2: with the control on block nothing more is read that day but what was read already."""
        self.set_mode("dossier.bulk_read", "block", 5)
        many = self.make_customers(8)
        dossiers = many.sudo().dossier_ids.sudo(False)
        with self.assertRaises(ControlError) as caught:
            self.call(self.sales_a, dossiers, "read", ["traits"])
        self.assertIn("JJ-3.5.1.4", str(caught.exception))
        self.assertEqual(len(self.take_refusals("dossier.bulk_read")), 1)
        self.call(self.sales_a, dossiers[:5], "read", ["traits"])
        self.call(self.sales_a, dossiers[:5], "read", ["traits"])
        for records, fnames in ((dossiers[5:6], ["traits"]), (many[6:8], ["name", "phone"]), (many[5], ["phone"])):
            with self.assertRaises(ControlError):
                self.call(self.sales_a, records, "read", fnames)
        self.call(self.sales_a, self.open_dossier, "read", ["traits"])
        self.call(self.executive, dossiers[5:6], "read", ["traits"])

    def test_refusal_tells_the_office(self):
        """RL-4.2: what was refused is told once its event is written."""
        control = self.env["business.control"]._get_by_code("dossier.bulk_read")
        self.set_mode("dossier.bulk_read", "block", 1)
        with self.assertRaises(ControlError):
            self.call(self.sales_a, self.hidden_dossier + self.secret_dossier, "read", ["traits"])
        self.env["business.control.event"]._log(self.take_refusals("dossier.bulk_read"))
        self.env["business.dossier.access"]._after_refusal()
        message = self.env["mail.message"].sudo().search([("subject", "=", control.name)], limit=1)
        self.assertIn(self.sales_a.name, message.body)


@tagged("post_install", "-at_install")
class TestDossierChangeLog(DossierLogCommon):
    def test_fields_of_the_dossier(self):
        """JJ-3.5.2.2: field, old and new value, who and when; what did not change is not logged."""
        self.open_dossier.sudo().touched_on = "2024-01-01"
        self.call(self.sales_a, self.open_dossier, "write", {"traits": "Likes tea", "qualification": "target", "notes": False})
        changes = {change.field_name: change for change in self.changes(self.open_dossier)}
        self.assertEqual(set(changes), {"traits", "qualification"})
        self.assertEqual(changes["qualification"].old, "Lead")
        self.assertEqual(changes["qualification"].new, "Target")
        self.assertEqual((changes["traits"].new, changes["traits"].user_id), ("Likes tea", self.sales_a))
        self.assertEqual(changes["traits"].label, "Traits and Preferences")
        self.assertEqual(self.open_dossier.sudo().touched_on, fields.Date.today())

    def test_lines(self):
        """JJ-3.5.2.2: a line that is added, changed or removed is a change, through the form as well."""
        self.call(self.sales_a, self.open_dossier, "web_save", {
            "person_ids": [Command.create({"name": "Mr Li", "family": "Two sons"})],
            "occasion_ids": [Command.create({"name": "Foundation day", "date": "2026-05-01"})],
        }, {})
        person = self.open_dossier.sudo().person_ids
        for command in (Command.update(person.id, {"family": "A daughter"}), Command.delete(person.id)):
            self.call(self.sales_a, self.open_dossier, "write", {"person_ids": [command]})
        changes = self.changes(self.open_dossier)
        self.assertEqual(changes.mapped("kind"), ["added", "added", "changed", "removed"])
        changed = changes[2]
        self.assertEqual((changed.line, changed.old, changed.new), ("Mr Li", "Two sons", "A daughter"))
        self.assertIn("A daughter", changes[3].old)

    def test_customer_and_contacts(self):
        """JJ-3.5.2.2: name, phone, salesperson … of the customer and his contacts belong to the dossier."""
        self.call(self.sales_a, self.hidden, "write", {"phone": "+86 771 111", "color": 3})
        self.call(self.sales_a, self.contact, "write", {"email": "new@example.com"})
        self.call(self.sales_a, self.secret_dossier, "write", {"user_id": self.sales_b.id})
        self.call(self.sales_a, self.hidden, "write", {"vat": "QH-0002"})
        phone, email, vat = self.changes(self.hidden_dossier)
        self.assertEqual((phone.field_name, phone.old, phone.new, phone.line), (
            "phone", "+86 771 5550001", "+86 771 111", False,
        ))
        self.assertEqual(email.field_name, "email")
        self.assertEqual((vat.field_name, vat.line), ("vat", False), "what Odoo copies to the contacts is no change of its own")
        self.assertEqual(email.line, "Zhang Secret")
        handed = self.changes(self.secret_dossier)
        self.assertEqual((handed.old, handed.new), ("Salesperson", "Sales B"))

    def test_the_system_does_not_touch(self):
        """JJ-3.5.2.2: what the system writes by itself does not make a dossier current."""
        self.open_dossier.sudo().touched_on = "2024-01-01"
        self.open_dossier.with_user(self.env.ref("base.user_root")).write({"notes": "by cron"})
        self.assertEqual(str(self.open_dossier.sudo().touched_on), "2024-01-01")
        self.assertEqual(self.changes(self.open_dossier).new, "by cron")

    def test_statements(self):
        """A change of 100 dossiers takes as many statements as of 10; a customer without one costs one more at most."""
        counts = []
        for number in (10, 10, 100):
            dossiers = self.make_customers(number, "open").sudo().dossier_ids.sudo(False).with_user(self.sales_a)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(number=number):
                before = self.env.cr.sql_log_count
                dossiers.write({"traits": "Same for all", "source_id": False})
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        partner = self.Partner.create({"name": "No dossier"}).with_user(self.sales_a)
        costs = []
        for vals in ({"color": 1}, {"ref": "R1"}, {"website": "http://a.example.com"}):
            self.env.flush_all()
            partner.commercial_partner_id  # noqa: B018  # what a form has read
            before = self.env.cr.sql_log_count
            partner.write(vals)
            self.env.flush_all()
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[2], costs[1] + 1)
