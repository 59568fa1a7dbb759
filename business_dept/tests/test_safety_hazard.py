# Part of business_dept. See LICENSE file for full copyright and licensing details.
from datetime import timedelta

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..controls import ControlError
from .common_hazard import HazardCommon


@tagged("post_install", "-at_install")
class TestSafetyHazard(HazardCommon):
    """Report → assess → rectify → verify → close (SD-12, SM-4.2)."""

    def test_way(self):
        """SD-12, SM-4.2.1: an employee reports, the officer assesses, the fitter puts it right, somebody else verifies."""
        hazard = self.report()
        self.assertEqual(hazard.state, "reported")
        self.assertTrue(hazard.name.startswith("YH/"))
        self.assertEqual(hazard.department_id, self.department)
        self.assertEqual(hazard.activity_ids.user_id, self.officer | self.officer_2)
        self.assess(hazard)
        self.assertEqual((hazard.state, hazard.risk, hazard.level, hazard.is_major), ("rectifying", 6, "medium", False))
        self.assertEqual(hazard.activity_ids.user_id, self.fitter)
        self.rectify(hazard)
        self.assertEqual(hazard.state, "verifying")
        self.assertEqual(hazard.activity_ids.user_id, self.officer | self.officer_2)
        self.call(self.officer, hazard, "action_verify", "Seen on site")
        self.assertEqual((hazard.state, hazard.verified_by_id), ("closed", self.officer))
        self.assertFalse(hazard.activity_ids)

    def test_form(self):
        """SD-12: what, where, and it is reported; then the officer fills in the same form."""
        view = "business_dept.business_safety_hazard_view_form_report"
        with Form(self.Hazard.with_user(self.worker), view) as form:
            form.title, form.place_id = "Oil on the floor", self.place
        hazard = form.record
        self.assertEqual(hazard.sudo().reporter_id, self.worker)
        with Form(hazard.with_user(self.officer)) as form:
            for name, value in self.plan(responsible_id=self.fitter).items():
                setattr(form, name, value)
        self.call(self.officer, hazard, "action_assess")
        with Form(hazard.with_user(self.fitter)) as form:
            form.rectification_note = "Cleaned"
        self.assertEqual(hazard.rectification_note, "Cleaned")

    def test_wizards(self):
        """SM-4.2.1: each step that needs words asks for them, and the hazard decides."""
        hazard = self.rectify(self.assess())
        action = self.call(self.officer, hazard, "action_send_back")
        Step = self.env["business.safety.hazard.step"].with_context(**action["context"])
        wizard = Step.with_user(self.officer).create({"note": "Bolts are loose"})
        wizard.action_confirm()
        self.assertEqual((hazard.state, hazard.return_reason), ("rectifying", "Bolts are loose"))
        Step = Step.with_context(default_step="verify")
        with self.assertRaises(UserError):
            Step.with_user(self.officer).create({"note": "Fine"}).action_confirm()  # it is not submitted
        self.call(self.fitter, hazard, "action_rectified")
        with self.assertRaises(ControlError):
            Step.with_user(self.fitter).create({"note": "Fine"}).action_confirm()
        Step.with_user(self.officer).create({"note": "Fine"}).action_confirm()
        self.assertEqual(hazard.state, "closed")

    def test_who_reported(self):
        """SM-4.2.2: colleagues do not learn who reported: no field, no log, no stamp, no file tells."""
        hazard = self.report(photo_ids=[Command.create({"name": "a.txt", "raw": b"photo"})])
        self.call(self.worker, hazard, "write", {
            "title": "Guard of the grinder missing",
            "photo_ids": [Command.create({"name": "b.txt", "raw": b"photo 2"})]})
        self.env.flush_all()
        system = self.env["res.users"].browse(SUPERUSER_ID)
        self.assertEqual(len(hazard.photo_ids), 2)
        self.assertEqual(hazard.create_uid | hazard.write_uid, system)
        self.assertEqual(hazard.photo_ids.create_uid | hazard.photo_ids.write_uid, system)
        self.assertEqual(hazard.activity_ids.create_uid, system)
        self.assertEqual(hazard.message_ids.author_id | hazard.message_ids.create_uid.partner_id, system.partner_id)
        self.assertNotIn(self.worker.partner_id, hazard.message_partner_ids)
        for user, name in (
            (self.worker, "Worker"), (self.officer, "Worker"), (self.chair, "Worker"), (self.auditor, "Worker"),
            (self.fitter, False), (self.head, False), (self.admin_user, False),
        ):
            self.env.invalidate_all()
            self.assertEqual(self.call(user, hazard, "read", ["reporter_name"])[0]["reporter_name"], name)
        for user in (self.fitter, self.head, self.worker, self.admin_user):
            self.refused(user, hazard, "read", ["reporter_id"], error=AccessError)
            self.refused(user, self.Hazard, "search", [("reporter_id", "=", self.worker.id)], error=AccessError)
            self.refused(user, self.Hazard, "formatted_read_group", [], ["reporter_id"], ["__count"], error=AccessError)
        self.assertIn(hazard.id, self.call(self.worker, self.Hazard, "search", [("is_my_report", "=", True)]))
        self.assertFalse(self.call(self.fitter, self.Hazard, "search", [("is_my_report", "=", True)]))

    def test_report_of_others(self):
        """SM-4.2.1: what an inspection finds names the inspector; what comes without an account names nobody."""
        model = self.env(user=self.officer, su=False)["business.safety.hazard"]
        found = model._report([{"title": "x", "source": "drill", "company_id": self.company.id}])
        self.assertEqual(found.reporter_id, self.officer)
        found = self.Hazard._report([
            {"title": "x", "source": "report", "is_anonymous": True, "company_id": self.company.id, "place_id": self.place.id}])
        self.assertFalse(found.reporter_id)
        self.assertEqual(found.create_uid.id, SUPERUSER_ID)
        self.assertEqual(found.activity_ids.user_id, self.officer | self.officer_2)

    def test_assess(self):
        """SM-4.2.1: the officer or the first responsible person assesses, with the whole plan."""
        hazard = self.report()
        for user in (self.worker, self.fitter, self.salesperson, self.auditor, self.admin_user):
            self.refused(user, hazard, "write", {"likelihood": "1"}, error=AccessError)
            self.refused(user, hazard, "action_assess", error=AccessError)
        for name in ("measures", "responsible_id", "date_deadline", "interim_protection"):
            self.call(self.officer, hazard, "write", self.plan(**{name: False}))
            error = self.refused(self.officer, hazard, "action_assess", error=ControlError, code="safety.hazard_plan")
            self.assertIn(hazard._fields[name]._description_string(self.env), str(error))
        self.call(self.officer, hazard, "write", self.plan(date_deadline=self.today - timedelta(days=1)))
        self.refused(self.officer, hazard, "action_assess", error=ControlError, code="safety.hazard_plan")
        self.call(self.officer, hazard, "write", self.plan(likelihood=False))
        self.refused(self.officer, hazard, "action_assess", error=UserError)
        self.assess(hazard, user=self.head)
        self.assertEqual(hazard.assessed_by_id, self.head)
        self.refused(self.head, hazard, "action_assess", error=UserError)

    def test_plan_later(self):
        """SM-4.2.1: who puts it right does not extend his own deadline; who may keeps the plan complete."""
        hazard = self.assess(responsible_id=self.head.id, user=self.head)
        later = self.today + timedelta(days=90)
        self.refused(self.head, hazard, "write", {"date_deadline": later}, error=AccessError)
        self.refused(self.worker, hazard, "write", {"date_deadline": later}, error=AccessError)
        self.call(self.officer, hazard, "write", {"date_deadline": later, "responsible_id": self.fitter.id})
        self.assertEqual(hazard.activity_ids.user_id, self.fitter)
        self.refused(self.officer, hazard, "write", {"measures": " "}, error=ControlError, code="safety.hazard_plan")
        self.refused(self.officer, hazard, "write", {"likelihood": "1"}, error=AccessError)
        self.refused(self.officer, hazard, "write", {"title": "Harmless"}, error=AccessError)

    def test_evidence(self):
        """SM-4.2.1: without evidence nothing is submitted; a link is none; only who puts it right gives it."""
        hazard = self.assess()
        self.refused(self.fitter, hazard, "action_rectified", error=ControlError, code="safety.hazard_evidence")
        self.call(self.fitter, hazard, "write", {"rectification_note": "Done"})
        self.refused(self.fitter, hazard, "action_rectified", error=ControlError, code="safety.hazard_evidence")
        link = self.env["ir.attachment"].with_user(self.fitter).create({
            "name": "link", "type": "url", "url": "https://example.com/x"})
        self.call(self.fitter, hazard, "write", {"evidence_ids": [Command.set(link.ids)]})
        self.refused(self.fitter, hazard, "action_rectified", error=ControlError, code="safety.hazard_evidence")
        for user in (self.worker, self.officer, self.head):
            self.refused(user, hazard, "write", {"evidence_ids": [Command.clear()]}, error=AccessError)
            self.refused(user, hazard, "action_rectified", error=AccessError)
        self.rectify(hazard)

    def test_verifier(self):
        """SM-4.2.1: neither who reported nor who fixed it verifies, whatever posts they hold."""
        hazard = self.rectify(self.assess(self.report(self.officer), user=self.officer_2))
        self.refused(self.officer, hazard, "action_verify", "Fine", error=ControlError, code="safety.hazard_verifier")
        hazard = self.rectify(self.assess(responsible_id=self.officer.id, user=self.officer_2), self.officer)
        self.refused(self.officer, hazard, "action_verify", "Fine", error=ControlError, code="safety.hazard_verifier")
        self.refused(self.worker, hazard, "action_verify", "Fine", error=ControlError, code="safety.hazard_verifier")
        for user in (self.salesperson, self.auditor, self.admin_user):
            self.refused(user, hazard, "action_verify", "Fine", error=AccessError)
            self.refused(user, hazard, "action_send_back", "Bad", error=AccessError)
        self.refused(self.head, hazard, "action_verify", " ", error=UserError)
        self.call(self.head, hazard, "action_verify", "Fine")
        self.assertEqual(hazard.state, "closed")

    def test_giver_of_evidence_does_not_verify(self):
        """SM-4.2.1: who has given the evidence does not verify, also when somebody else is responsible by now."""
        hazard = self.rectify(self.assess(responsible_id=self.officer.id, user=self.officer_2), self.officer)
        self.call(self.head, hazard, "action_send_back", "Loose")
        self.call(self.officer_2, hazard, "write", {"responsible_id": self.fitter.id})
        self.call(self.fitter, hazard, "action_rectified")
        self.assertEqual(hazard.rectified_by_id, self.fitter)
        self.refused(self.officer, hazard, "action_verify", "Fine", error=ControlError, code="safety.hazard_verifier")
        self.call(self.officer_2, hazard, "action_verify", "Fine")

    def test_reject(self):
        """SD-12: the officer says with a reason that it is no hazard; reopened with a reason it is reported again."""
        hazard = self.report()
        self.refused(self.head, hazard, "action_reject", "no", error=AccessError)
        self.refused(self.officer, hazard, "action_reject", "", error=UserError)
        self.call(self.officer, hazard, "action_reject", "It is a shadow")
        self.assertEqual((hazard.state, hazard.return_reason), ("rejected", "It is a shadow"))
        self.assertFalse(hazard.activity_ids)
        self.refused(self.officer, hazard, "write", {"title": "x"}, error=ControlError, code="safety.record_closed")
        self.call(self.officer_2, hazard, "action_reopen", "It is a hole")
        self.assertEqual((hazard.state, hazard.reopen_count, hazard.reopened_by_id), ("reported", 1, self.officer_2))
        self.assertEqual(hazard.activity_ids.user_id, self.officer | self.officer_2)
        self.call(self.officer, hazard, "write", {"is_declared_major": True})
        self.refused(self.officer, hazard, "action_reject", "no", error=ControlError, code="safety.hazard_removal")

    def test_closed(self):
        """SM-4.2.1: what is being verified or closed stays as it is, for everybody and through every door."""
        hazard = self.report(photo_ids=[Command.create({"name": "a.txt", "raw": b"before"})])
        self.rectify(self.assess(hazard))
        for state in ("verifying", "closed"):
            self.assertEqual(hazard.state, state)
            for user in (self.worker, self.fitter, self.officer, self.head, self.chair):
                for vals in ({"title": "x"}, {"evidence_ids": [Command.clear()]}, {"date_deadline": self.today},
                             {"photo_ids": [Command.clear()]}, {"rectification_note": "y"}):
                    self.refused(user, hazard, "write", vals, error=ControlError, code="safety.record_closed")
                for file in hazard.evidence_ids | hazard.photo_ids:
                    self.refused(user, file, "write", {"raw": b"other"}, error=ControlError, code="safety.record_closed")
                    self.refused(user, file, "write", {"res_id": 0}, error=ControlError, code="safety.record_closed")
                    self.refused(user, file, "unlink", error=ControlError, code="safety.record_closed")
                self.refused(user, hazard, "unlink", error=AccessError)
            if state == "verifying":
                self.call(self.officer, hazard, "action_verify", "Fine")

    def test_files_of_others(self):
        """Attack 19: a file that one may not read is not read by naming it as evidence; another's photo stays."""
        hazard = self.assess()
        secret = self.env["ir.attachment"].with_user(self.worker).create({"name": "secret", "raw": b"secret"})
        for commands in ([Command.link(secret.id)], [Command.set(secret.ids)]):
            self.refused(self.fitter, hazard, "write", {"evidence_ids": commands}, error=AccessError)
        commands = [Command.update(secret.id, {"name": "x"})]
        self.refused(self.fitter, hazard, "write", {"evidence_ids": commands}, error=UserError)
        hazard = self.report(photo_ids=[Command.create({"name": "a.txt", "raw": b"before"})])
        for user in (self.fitter, self.salesperson):
            self.refused(user, hazard.photo_ids, "unlink", error=AccessError)
            self.refused(user, hazard.photo_ids, "write", {"raw": b"x"}, error=AccessError)
            self.assertEqual(self.call(user, hazard.photo_ids, "read", ["name"])[0]["name"], "a.txt")

    def test_exchanged_elsewhere(self):
        """SM-4.2.1: evidence taken from another document is a copy: what happens to that one later changes nothing."""
        order = self.make_order()
        file = self.env["ir.attachment"].with_user(self.salesperson).create({
            "name": "photo", "raw": b"right", "res_model": "sale.order", "res_id": order.id})
        hazard = self.assess(responsible_id=self.salesperson.id)
        self.call(self.salesperson, hazard, "write", {
            "rectification_note": "Done", "evidence_ids": [Command.set(file.ids)]})
        self.call(self.salesperson, hazard, "action_rectified")
        file.raw = b"wrong"
        self.assertEqual(hazard.evidence_ids.raw, b"right")

    def test_reopen(self):
        """SM-4.2.1: reopened with reason and deadline; old evidence is kept and counts no more."""
        hazard = self.rectify(self.assess())
        self.call(self.officer, hazard, "action_verify", "Fine")
        later = str(self.today + timedelta(days=5))
        self.refused(self.officer, hazard, "action_reopen", "", later, error=UserError)
        self.refused(self.officer, hazard, "action_reopen", "Again", error=UserError)
        self.refused(self.officer, hazard, "action_reopen", "Again", "soon", error=UserError)
        self.refused(self.fitter, hazard, "action_reopen", "Again", later, error=AccessError)
        evidence = hazard.evidence_ids
        self.call(self.head, hazard, "action_reopen", "It fell off", later)
        self.assertEqual((hazard.state, hazard.reopen_count, hazard.reopened_by_id), ("rectifying", 1, self.head))
        self.assertEqual(hazard.former_evidence_ids, evidence)
        self.assertFalse(hazard.evidence_ids)
        self.refused(self.fitter, hazard, "action_rectified", error=ControlError, code="safety.hazard_evidence")
        self.refused(self.fitter, evidence, "unlink", error=ControlError, code="safety.record_closed")
        self.rectify(hazard)

    def test_forged(self):
        """Attacks 5 to 7: nobody writes what the system keeps, neither as a value nor as a default, and leaves a trace."""
        hazard = self.report()
        user_id = self.salesperson.id
        forged = (
            {"state": "closed"}, {"name": "YH/1"}, {"date_assessed": "2030-01-01 00:00:00"}, {"assessed_by_id": user_id},
            {"date_rectified": "2030-01-01 00:00:00"}, {"rectified_by_id": user_id}, {"date_verified": "2030-01-01 00:00:00"},
            {"verified_by_id": user_id}, {"date_closed": "2030-01-01 00:00:00"}, {"date_rejected": "2030-01-01 00:00:00"},
            {"rejected_by_id": user_id}, {"source": "report"}, {"reporter_id": user_id}, {"is_anonymous": True},
            {"risk": 1}, {"level": "low"}, {"is_major": False}, {"date_listed": "2030-01-01 00:00:00"}, {"percent": 100},
            {"alert_step": 4}, {"removal_id": 1}, {"reopen_count": 0}, {"date_progress": "2030-01-01"}, {"progress_told": 9},
            {"date_unassessed_told": "2030-01-01 00:00:00"}, {"return_reason": "x"}, {"verification_note": "x"},
            {"former_evidence_ids": []}, {"file_stamp": 9}, {"date_reopened": False}, {"reopened_by_id": False},
            {"progress_ids": [Command.create({"percent": 100, "note": "x"})]}, {"inspection_id": False}, {"incident_id": False},
        )
        for vals in forged:
            for user in (self.salesperson, self.officer):
                self.refused(user, hazard, "write", vals, error=ControlError, code="approval.forgery")
            self.refused(
                self.salesperson, self.Hazard, "create", [{"title": "x", **vals}], error=ControlError, code="approval.forgery")
        context = {f"default_{name}": value for vals in forged for name, value in vals.items() if name != "progress_ids"}
        ids = self.call(self.salesperson, self.Hazard.with_context(**context), "create", [{"title": "x"}])
        made = self.Hazard.browse(ids)
        self.assertEqual((made.state, made.reporter_id, made.source), ("reported", self.salesperson, "employee"))
        self.refused(self.salesperson, self.Hazard, "create", [{"title": "x", "likelihood": "1"}], error=AccessError)
        self.refused(self.salesperson, self.Hazard, "create", [{"title": "x", "company_id": 10**6}], error=AccessError)
        self.refused(self.officer, hazard, "write", {"company_id": self.env.ref("base.main_company").id}, error=AccessError)
        Progress = self.env["business.safety.hazard.progress"]
        self.refused(self.officer, Progress, "create", [{"hazard_id": hazard.id, "note": "x"}], error=AccessError)

    def test_copy_and_load(self):
        """Attacks 6 and 16: a copy or an import is a new report and nothing more."""
        hazard = self.rectify(self.assess())
        copy = self.Hazard.browse(self.call(self.salesperson, hazard, "copy")[0])
        self.assertEqual((copy.state, copy.likelihood, copy.reporter_id), ("reported", False, self.salesperson))
        result = self.call(self.salesperson, self.Hazard, "load", ["title", "state"], [["Import", "closed"]])
        self.assertFalse(result["ids"])

    def test_two_companies(self):
        """Attack 20: hazards of another company are neither read nor moved on; its officer is none here."""
        other = self.setup_other_company()["company"]
        there = self.Hazard.sudo().create({"title": "There", "company_id": other.id})
        self.refused(self.officer, there, "read", ["title"], error=AccessError)
        self.refused(self.officer, there, "action_reject", "x", error=AccessError)
        self.assertNotIn(there.id, self.call(self.officer, self.Hazard, "search", []))

    def test_statements(self):
        """The list reads who may what and who reported in a constant number of statements."""
        hazards = self.Hazard.union(*(self.report() for _number in range(12)))
        names = ["name", "title", "reporter_name", "is_overdue", "state", "level"]

        def read(records):
            return lambda: records.with_user(self.worker).read(names)

        read(hazards)()
        self.assertEqual(self.count_statements(read(hazards)), self.count_statements(read(hazards[:2])))
