# Part of business_dept. See LICENSE file for full copyright and licensing details.
import re
from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import convert_file, file_open, mute_logger

from odoo.addons.business_dept.models.foundation.control_event import REFUSALS
from odoo.addons.business_dept.policy.version import next_version

CITED = re.findall(r"\S+", """
BT-11 BT-12 BT-17 BT-18 BT-19 BT-21 BT-6 BT-9 DH-4 DH-5 GF-5.2 GF-5.3 GF-6 GF-7 IC-10 IC-11 IC-12 IC-14 IC-15
IC-16 IC-7 IC-8 IC-9 J1-2.3 J1-2.5 J1-3 J2-2.3 J2-3.3 JJ-1.1 JJ-1.1.4 JJ-1.1.5 JJ-1.2.1 JJ-1.2.2 JJ-1.2.3
JJ-1.2.4 JJ-1.2.5 JJ-1.2.6 JJ-1.3.2 JJ-1.3.3 JJ-1.3.4 JJ-1.3.5 JJ-2.1.1 JJ-2.1.11 JJ-2.1.8 JJ-2.2 JJ-2.4.1
JJ-2.4.2 JJ-2.4.3 JJ-2.4.4 JJ-2.5.3 JJ-2.6 JJ-2.7.2 JJ-2.7.3 JJ-2.7.4 JJ-3.5.1.1 JJ-3.5.1.3 JJ-3.5.1.4
JJ-3.5.2.1 JJ-3.5.2.2 JJ-3.6.1 JJ-3.6.2 JJ-3.6.3 JJ-4.1.A JJ-4.1.B JJ-4.1.C JJ-4.2 JJ-6 JJ-7 M1-11 M1-7 M2-10
M3-3.1 M3-3.2 M3-3.3 M3-4.1 OP-4.2 OP-4.3 OP-4.6 OP-5 OP-5.2.3 OP-6 OP-6.3 RG-2.5 RG-2.7 RG-3.3 RG-3.6 RG-3.7
RG-3.8 RL-10 RL-11 RL-4 RL-4.2 RL-4.3 RL-5 RL-5.2 RL-5.3 RL-6 SD-10 SD-11 SD-12 SD-4 SD-5 SD-5.6 SD-6 SD-7 SD-8
SD-9 SM-2.1 SM-3 SM-4.1 SM-4.2.1 SM-4.2.2 SM-4.2.3 SM-4.3 SM-4.4 SM-4.5 SM-4.6 SM-5 SP-10 SP-11 SP-4 SP-5 SP-6
SP-8.6 SP-9 SR-1 SR-2.1.1 SR-2.1.2 SR-2.1.3 SR-2.1.4 SR-2.2 TE-0 TE-1.1 TE-1.2 TE-1.3 TE-2.1 TE-2.2 TE-2.3
TE-2.4 TE-2.6 TE-2.7.1 TE-2.7.2 TE-2.7.3 TE-3 TE-3.1 TE-3.2 TE-3.3 TE-3.4 TS-3.3 TS-3.3.4 TS-4 TS-5 WM-2.2.1
WM-2.2.2 WM-2.2.4 WM-3 WM-5
""")
DOCUMENTS = {code.split("-")[0] for code in CITED} | {"PF"}
DAY = date(2031, 3, 3)


class RegulationCommon(TransactionCase):
    """A regulation of two clauses for one department, and the people around it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        cls.admin = cls._user("reg_admin", "business_dept.group_regulation_admin")
        cls.executive = cls._user("reg_executive", "business_dept.group_executive_office")
        cls.auditor = cls._user("reg_auditor", "business_dept.group_auditor")
        cls.reader = cls._user("reg_reader", "business_dept.group_salesperson")
        cls.other = cls._user("reg_other", "business_dept.group_customer_service")
        cls.outsider = cls._user("reg_outsider", "base.group_user")
        cls.department, cls.elsewhere = cls.env["hr.department"].create([
            {"name": "Stone Sales"}, {"name": "Elsewhere"},
        ])
        cls.team = cls.env["hr.department"].create({"name": "Stone Team", "parent_id": cls.department.id})
        cls.env["hr.employee"].create([
            {"name": "Reader", "user_id": cls.reader.id, "department_id": cls.department.id},
            {"name": "Other", "user_id": cls.other.id, "department_id": cls.team.id},
            {"name": "Outsider", "user_id": cls.outsider.id, "department_id": cls.elsewhere.id},
        ])
        cls.regulation = cls._regulation()

    @classmethod
    def _user(cls, login, group):
        return new_test_user(cls.env, login, groups=f"base.group_user,{group}", company_id=cls.company.id)

    @classmethod
    def _regulation(cls, **vals):
        return cls.env["business.regulation"].with_user(cls.admin).create({
            "name": "Test Regulation",
            "code": "TST",
            "date_effective": DAY,
            "department_ids": [Command.set(cls.department.ids)],
            "clause_ids": [
                Command.create({"code": "TST-1", "name": "First", "text": "The first clause."}),
                Command.create({"code": "TST-2", "name": "Second", "text": "The second clause."}),
            ],
            **vals,
        })

    def setUp(self):
        super().setUp()
        self.addCleanup(lambda: self.env.cr.postrollback.data.get(REFUSALS, []).clear())

    def _bring_into_force(self, regulation=None, day=DAY):
        regulation = regulation or self.regulation
        with freeze_time(day):
            regulation.with_user(self.admin).action_approval_submit()
            regulation.with_user(self.executive).action_approval_approve()
        return regulation

    def _new_version(self, regulation=None, day=DAY + timedelta(days=30)):
        action = (regulation or self.regulation).with_user(self.admin).action_new_version()
        draft = self.env["business.regulation"].with_user(self.admin).browse(action["res_id"])
        draft.date_effective = day
        return draft

    def _rows(self, regulation=None):
        return (regulation or self.regulation).sudo().acknowledgement_ids

    def _activities(self, regulation=None):
        return self.env["mail.activity"].sudo().search([
            ("res_model", "=", "business.regulation"), ("res_id", "=", (regulation or self.regulation).id),
        ])

    def _run(self, cron, day):
        with freeze_time(day), self.enter_registry_test_mode():
            self.env.ref(f"business_dept.{cron}").method_direct_trigger()


@tagged("post_install", "-at_install")
class TestRegulationData(RegulationCommon):
    def test_documents_and_cited_clauses(self):
        """All 21 documents ship, with every clause that a control may cite."""
        self.assertEqual(len(DOCUMENTS), 21)
        for code in DOCUMENTS:
            self.assertEqual(self.env.ref(f"business_dept.regulation_{code.lower()}").code, code)
        for code in CITED:
            clause = self.env.ref("business_dept.clause_" + re.sub("[-.]", "_", code.lower()))
            self.assertEqual(clause.code, code)
            self.assertEqual(clause.regulation_id.code, code.split("-")[0])

    def test_clauses_have_text_in_both_languages(self):
        """Every clause has a title and a text, in English and in Chinese."""
        with file_open("business_dept/i18n/zh_CN.po") as file:
            po = file.read()
        shipped = self.env["ir.model.data"].search([
            ("module", "=", "business_dept"), ("model", "=", "business.regulation.clause"),
        ])
        self.assertGreater(len(shipped), 480)
        for clause in self.env["business.regulation.clause"].browse(shipped.mapped("res_id")):
            self.assertTrue(clause.name and clause.text, clause.code)
        for data in shipped:
            for name in ("name", "text"):
                self.assertIn(f"#: model:business.regulation.clause,{name}:business_dept.{data.name}\n", po)

    def test_edited_clause_survives_upgrade(self):
        """What a company edits is not overwritten when the data files are loaded again."""
        regulation = self.env.ref("business_dept.regulation_pf")
        self.assertEqual(regulation.state, "draft")
        clause = self.env.ref("business_dept.clause_pf_2")
        clause.with_user(self.admin).text = "Here the department sells glass."
        regulation.with_user(self.admin).name = "Our Regulation on Functions"
        for filename in ("data/regulations/pf.xml", "data/regulation_data.xml"):
            convert_file(self.env, "business_dept", filename, {}, mode="update")
        self.env.invalidate_all()
        self.assertEqual(clause.text, "Here the department sells glass.")
        self.assertEqual(regulation.name, "Our Regulation on Functions")

    def test_next_version(self):
        """A new version counts up the main number and skips numbers that exist."""
        for version, taken, expected in [
            ("1.0", (), "2.0"),
            ("1.3", (), "2.0"),
            ("1.0", {"2.0"}, "3.0"),
            ("7", (), "8"),
            ("2024-3", (), "2025-0"),
            ("draft", (), "draft 2"),
        ]:
            self.assertEqual(next_version(version, taken), expected)


@tagged("post_install", "-at_install")
class TestRegulationForce(RegulationCommon):
    def test_needs_approval(self):
        """RL-10: a regulation takes force only after the executive office has approved it."""
        self.assertEqual(self.regulation.state, "draft")
        with freeze_time(DAY):
            self.regulation.action_approval_submit()
            self.assertEqual(self.regulation.state, "under_review")
            self.regulation._take_force()
            self.assertEqual(self.regulation.state, "under_review")
            self.regulation.with_user(self.executive).action_approval_approve()
        self.assertEqual(self.regulation.state, "in_force")
        self.assertEqual(self.regulation.date_in_force, DAY)
        self.assertTrue(self.regulation.sudo().approved_on)

    def test_author_does_not_approve(self):
        """IC-7: who wrote a clause or submitted it does not approve it, whatever posts he holds."""
        self.admin.group_ids += self.env.ref("business_dept.group_executive_office")
        self.regulation.action_approval_submit()
        with self.assertRaises(UserError):
            self.regulation.with_user(self.admin).action_approval_approve()
        self.regulation.action_approval_withdraw()
        self.assertEqual(self.regulation.state, "draft")
        self.executive.group_ids += self.env.ref("business_dept.group_regulation_admin")
        self.regulation.clause_ids[0].with_user(self.executive).text = "Written by the executive."
        self.regulation.action_approval_submit()
        with self.assertRaises(UserError):
            self.regulation.with_user(self.executive).action_approval_approve()
        self.assertEqual(self.regulation.state, "under_review")

    def test_form(self):
        """The form opens for every role, in every state, and offers what the role can do."""
        with Form(self.regulation) as form:
            form.issuer = "Board"
        self.assertTrue(self.regulation.approval_can_submit)
        self.assertFalse(self.regulation.with_user(self.auditor).approval_can_submit)
        self.regulation.action_approval_submit()
        for user in (self.admin, self.executive, self.auditor):
            Form(self.regulation.with_user(user))
        self.assertFalse(self.regulation.approval_can_submit)
        self.assertTrue(self.regulation.with_user(self.executive).approval_can_decide)
        with freeze_time(DAY):
            self.regulation.with_user(self.executive).action_approval_approve()
        for user in (self.reader, self.outsider, self.admin, self.executive, self.auditor):
            Form(self.regulation.with_user(user))
            Form(self.regulation.clause_ids[0].with_user(user))
            self.assertFalse(self.regulation.with_user(user).approval_can_submit)

    def test_only_executive_office_approves(self):
        """RL-10: reader, auditor and administrator do not approve."""
        self.regulation.action_approval_submit()
        for user in (self.reader, self.auditor, self.admin):
            with self.assertRaises(UserError):
                self.regulation.with_user(user).action_approval_approve()
        self.assertEqual(self.regulation.state, "under_review")

    def test_submit_asks_for_date_and_clauses(self):
        """BT-21: without effective date or clauses nothing is submitted."""
        self.regulation.date_effective = False
        with self.assertRaisesRegex(UserError, "effective date"):
            self.regulation.action_approval_submit()
        empty = self._regulation(code="TS0", clause_ids=[])
        with self.assertRaisesRegex(UserError, "no clauses"):
            empty.action_approval_submit()

    def test_languages_do_not_disturb_the_fingerprint(self):
        """RL-4.3: the approver may use another language; the text in every language is approved."""
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
        clause = self.regulation.clause_ids[0]
        clause.with_context(lang="zh_CN").text = "第一条。"
        before = self.regulation.with_context(lang="zh_CN")._get_approval_fingerprint()
        self.assertEqual(before, self.regulation.with_context(lang="en_US")._get_approval_fingerprint())
        clause.with_context(lang="zh_CN").text = "第一条，已改。"
        self.assertNotEqual(before, self.regulation._get_approval_fingerprint())
        self.executive.lang = "zh_CN"
        self._bring_into_force()
        self.assertEqual(self.regulation.state, "in_force")

    def test_scheduled(self):
        """BT-21: approved before its day, it waits, and the daily cron lets it take force, once."""
        with freeze_time(DAY - timedelta(days=3)):
            self.regulation.action_approval_submit()
            self.regulation.with_user(self.executive).action_approval_approve()
        self.assertEqual(self.regulation.state, "approved")
        self.assertFalse(self._rows())
        self._run("ir_cron_regulation_take_force", DAY - timedelta(days=1))
        self.assertEqual(self.regulation.state, "approved")
        self._run("ir_cron_regulation_take_force", DAY)
        self.assertEqual(self.regulation.state, "in_force")
        rows = self._rows()
        self.assertEqual(rows.user_id, self.reader | self.other)
        self._run("ir_cron_regulation_take_force", DAY + timedelta(days=1))
        self.assertEqual(self.regulation.date_in_force, DAY)
        self.assertEqual(self._rows(), rows)

    def test_new_version_supersedes(self):
        """BT-21, OP-6: the newer version prevails from its day on; the older one ends and stays readable."""
        self._bring_into_force()
        draft = self._new_version()
        self.assertEqual((draft.version, draft.state), ("2.0", "draft"))
        self.assertEqual(draft.clause_ids.mapped("code"), ["TST-1", "TST-2"])
        self.assertEqual(self._new_version(), draft, "an open draft is opened, not made twice")
        draft.clause_ids[0].text = "Better."
        self._bring_into_force(draft, DAY)
        self.assertEqual((draft.state, self.regulation.state), ("approved", "in_force"))
        day = draft.date_effective
        self._run("ir_cron_regulation_take_force", day)
        self.assertEqual((draft.state, self.regulation.state), ("in_force", "superseded"))
        self.assertEqual(self.regulation.date_end, day - timedelta(days=1))
        self.assertEqual(self.regulation.superseded_by_id, draft)
        old = self.regulation.with_user(self.reader)
        old.invalidate_recordset()
        self.assertEqual(old.clause_ids[0].text, "The first clause.")
        self.assertIn("The first clause.", old.clauses_html)
        self.assertFalse(self._rows().filtered(lambda row: row.state == "to_read"), "nobody reads the old one any more")
        self.assertEqual(self._rows(draft).user_id, self.reader | self.other)

    def test_controls_follow_the_version(self):
        """BT-21: controls cite the same clause of the version in force; a dropped clause is reported."""
        first, second = self.regulation.clause_ids
        controls = self.env.ref("business_dept.control_approval_own_decision")
        controls |= self.env.ref("business_dept.control_approval_out_of_turn")
        controls[0].sudo().clause_ids = first
        controls[1].sudo().clause_ids = first | second
        self.assertEqual(first.control_ids, controls)
        self.assertEqual(first.control_count, 2)
        self._bring_into_force()
        draft = self._new_version(day=DAY)
        self.assertFalse(draft.clause_ids.control_ids)
        draft.clause_ids[1].unlink()
        self._bring_into_force(draft)
        new = draft.clause_ids
        self.assertEqual(controls[0].clause_ids, new)
        self.assertEqual(controls[1].sudo().clause_ids, new | second)
        self.assertFalse(first.control_ids)
        self.assertIn(controls[1].display_name, "".join(draft.sudo().message_ids.mapped("body")))

    def test_narrower_scope_is_refused(self):
        """BT-21: a version for fewer departments does not push out the one for more; a wider one does."""
        self._bring_into_force()
        draft = self._new_version(day=DAY)
        draft.department_ids = self.team
        with self.assertRaisesRegex(UserError, "same scope"):
            draft.action_approval_submit()
        draft.department_ids = False
        self._bring_into_force(draft)
        self.assertEqual((draft.state, self.regulation.state), ("in_force", "superseded"))

    def test_separate_scopes_live_side_by_side(self):
        """BT-21: one version in force per code and scope; other departments may have another."""
        self._bring_into_force()
        other = self._regulation(version="1.0-E", department_ids=[Command.set(self.elsewhere.ids)])
        self._bring_into_force(other)
        self.assertEqual((other.state, self.regulation.state), ("in_force", "in_force"))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE business_regulation SET scope_key = %s WHERE id = %s", [self.regulation.scope_key, other.id],
            )

    def test_withdraw(self):
        """OP-6: the executive office withdraws; nobody else does, and nobody has to read it any more."""
        self._bring_into_force()
        for user in (self.admin, self.reader, self.auditor):
            with self.assertRaises(UserError):
                self.regulation.with_user(user).action_withdraw()
        with freeze_time(DAY + timedelta(days=5)):
            self.regulation.with_user(self.executive).action_withdraw()
        self.assertEqual(self.regulation.state, "withdrawn")
        self.assertEqual(self.regulation.date_end, DAY + timedelta(days=5))
        self.assertFalse(self._rows())
        self.assertFalse(self._activities())
        with self.assertRaises(UserError):
            self.regulation.with_user(self.executive).action_withdraw()


@tagged("post_install", "-at_install")
class TestRegulationLock(RegulationCommon):
    def _refused(self, function, *args, **kwargs):
        with self.assertRaises(UserError):
            function(*args, **kwargs)
            self.env.flush_all()
        self.env.invalidate_all()

    def test_state_cannot_be_written(self):
        """Attack 1, 7: the facts behind the state are written by the engine only, also for administrators and sudo."""
        for vals in (
            {"state": "in_force"},
            {"approved_on": fields.Datetime.now()},
            {"date_in_force": DAY},
            {"withdrawn_on": DAY},
            {"date_end": DAY},
            {"name": "With it", "state": "in_force"},
            {"acknowledgement_ids": [Command.clear()]},
        ):
            for records in (self.regulation, self.regulation.sudo(), self.regulation.with_user(self.executive)):
                self._refused(records.write, vals)
        self._refused(self.regulation.web_save, {"state": "in_force"}, {})
        self._refused(self.regulation.with_context(business_engine=True).write, {"state": "in_force"})
        self.assertEqual(self.regulation.state, "draft")
        self.assertTrue(self.env.cr.postrollback.data[REFUSALS], "a refused attempt leaves a trace")

    def test_create_in_force(self):
        """Attack 6: nothing is created in force, by values, default in the context, copy or import."""
        Regulation = self.env["business.regulation"].with_user(self.admin)
        vals = {"name": "Forged", "code": "FRG"}
        self._refused(Regulation.create, {**vals, "state": "in_force"})
        self._refused(Regulation.create, {**vals, "date_in_force": DAY})
        self._refused(Regulation.with_context(default_date_in_force="2031-01-01").create, vals)
        self._refused(Regulation.with_context(default_state="in_force").create, vals)
        self._refused(self.regulation.copy, {"state": "in_force"})
        result = Regulation.load(["name", "code", "state"], [["Forged", "FRG", "In Force"]])
        self.assertFalse(result["ids"])
        copy = self._bring_into_force().with_user(self.admin).copy()
        self.assertEqual((copy.state, copy.version, copy.date_effective), ("draft", "2.0", False))
        self.assertFalse(Regulation.search([("code", "=", "FRG")]))

    def test_approved_version_is_locked(self):
        """RL-4.3: an approved text is not changed by any door; a correction is a new version."""
        self._bring_into_force()
        for lang in ("en_US", "zh_CN"):
            self.env["res.lang"]._activate_lang(lang)
        regulation, clause = self.regulation, self.regulation.clause_ids[0]
        draft = self._regulation(code="TS2", department_ids=[])
        control = self.env.ref("business_dept.control_approval_own_decision").with_user(self.admin)
        for function, *args in (
            (regulation.write, {"name": "Other"}),
            (regulation.write, {"date_effective": DAY}),
            (regulation.write, {"clause_ids": [Command.update(clause.id, {"text": "Other"})]}),
            (regulation.write, {"clause_ids": [Command.create({"code": "TST-9", "name": "Ninth"})]}),
            (regulation.write, {"clause_ids": [Command.delete(clause.id)]}),
            (regulation.write, {"clause_ids": [Command.clear()]}),
            (regulation.update_field_translations, "name", {"zh_CN": "别的"}),
            (regulation.unlink,),
            (clause.write, {"text": "Other"}),
            (clause.write, {"sequence": 99}),
            (clause.write, {"regulation_id": draft.id}),
            (clause.update_field_translations, "text", {"zh_CN": "别的"}),
            (clause.unlink,),
            (clause.copy, {"code": "TST-8"}),
            (clause.create, {"regulation_id": regulation.id, "code": "TST-9", "name": "Ninth"}),
            (clause.with_context(default_regulation_id=regulation.id).create, {"code": "TST-9", "name": "Ninth"}),
            (draft.write, {"clause_ids": [Command.link(clause.id)]}),
            (draft.write, {"clause_ids": [Command.set(clause.ids)]}),
            (draft.clause_ids[0].write, {"regulation_id": regulation.id}),
            (control.write, {"clause_ids": [Command.update(clause.id, {"text": "Other"})]}),
            (control.sudo().write, {"clause_ids": [Command.update(clause.id, {"text": "Other"})]}),
            (regulation.sudo().write, {"name": "Other"}),
            (clause.sudo().write, {"text": "Other"}),
        ):
            self._refused(function, *args)
        self.assertEqual(regulation.clause_ids.mapped("text"), ["The first clause.", "The second clause."])
        self.assertEqual(clause.with_context(lang="zh_CN").text, "The first clause.")
        self.assertEqual(regulation.name, "Test Regulation")

    def test_locked_under_review(self):
        """Attack 4: neither the regulation nor its clauses change while it is under review."""
        self.regulation.action_approval_submit()
        clause = self.regulation.clause_ids[0]
        self._refused(self.regulation.write, {"name": "Other"})
        self._refused(clause.write, {"text": "Other"})
        self._refused(clause.unlink)
        self._refused(self.regulation.unlink)
        self._refused(clause.create, {"regulation_id": self.regulation.id, "code": "TST-9", "name": "Ninth"})
        self._refused(clause.update_field_translations, "text", {"en_US": "Other"})

    def test_controls_are_not_set_from_the_clause(self):
        """IC-8: the link between clause and control is kept on the control."""
        control = self.env.ref("business_dept.control_approval_own_decision")
        self._refused(self.regulation.clause_ids[0].write, {"control_ids": [Command.link(control.id)]})
        self._refused(self.regulation.clause_ids.create, {
            "regulation_id": self.regulation.id, "code": "TST-3", "name": "Third",
            "control_ids": [Command.link(control.id)],
        })

    def test_access(self):
        """Drafts are for those who prepare, approve or audit them; only the administrator writes them."""
        clause = self.regulation.clause_ids[0]
        for user in (self.executive, self.auditor):
            self.assertEqual(clause.with_user(user).text, "The first clause.")
            self._refused(clause.with_user(user).write, {"text": "Other"})
            self._refused(self.regulation.with_user(user).write, {"name": "Other"})
            self._refused(self.regulation.with_user(user).unlink)
            self._refused(self.regulation.with_user(user).copy)
        for user in (self.reader, self.outsider):
            self._refused(self.regulation.with_user(user).read, ["name"])
            self._refused(clause.with_user(user).read, ["text"])
            self.assertFalse(clause.with_user(user).search([("code", "=", "TST-1")]))
            self._refused(self.regulation.with_user(user).action_new_version)
        self._bring_into_force()
        for user in (self.reader, self.outsider):
            self.assertEqual(clause.with_user(user).read(["text"])[0]["text"], "The first clause.")
            self._refused(clause.with_user(user).write, {"text": "Other"})
            self._refused(self.regulation.with_user(user).write, {"name": "Other"})
            self._refused(self.regulation.with_user(user).action_new_version)

    def test_companies(self):
        """Regulations of another company are invisible to everybody, auditors included."""
        company = self.env["res.company"].create({"name": "Other Stone"})
        foreign = self.env["business.regulation"].create({
            "name": "Foreign", "code": "FOR", "company_ids": [Command.set(company.ids)],
            "clause_ids": [Command.create({"code": "FOR-1", "name": "First", "text": "Foreign."})],
        })
        for user in (self.admin, self.executive, self.auditor, self.reader):
            self.assertFalse(foreign.with_user(user).search([("code", "=", "FOR")]))
            self._refused(foreign.clause_ids.with_user(user).read, ["text"])
        self._refused(foreign.with_user(self.admin).write, {"name": "Mine"})

    def test_attachments_of_others_are_not_adopted(self):
        """A file of somebody else does not become readable by attaching its id to a regulation."""
        mine = self.env["ir.attachment"].with_user(self.admin).create({"name": "annex.txt", "raw": b"annex"})
        private = self.env["ir.attachment"].with_user(self.executive).create({"name": "private.txt", "raw": b"private"})
        self.regulation.write({"attachment_ids": [Command.link(mine.id)]})
        self._refused(self.regulation.write, {"attachment_ids": [Command.link(private.id)]})
        self.assertEqual((mine.res_model, mine.res_id), ("business.regulation", self.regulation.id))
        self.assertFalse(private.res_id)
        self._bring_into_force()
        self.assertEqual(mine.with_user(self.reader).raw, b"annex")
        self._refused(mine.with_user(self.admin).write, {"raw": b"forged"})


@tagged("post_install", "-at_install")
class TestRegulationReading(RegulationCommon):
    def test_readers_are_asked(self):
        """RL-11: everybody in scope, also in the departments below, gets a row and an activity; nobody follows."""
        self._bring_into_force()
        rows = self._rows()
        self.assertEqual(rows.user_id, self.reader | self.other)
        self.assertEqual(set(rows.mapped("state")), {"to_read"})
        self.assertEqual(rows.department_id, self.department | self.team)
        self.assertEqual(set(rows.mapped("deadline")), {DAY + timedelta(days=7)})
        self.assertEqual(self._activities().user_id, self.reader | self.other)
        self.assertFalse(self.regulation.sudo().message_partner_ids & (self.reader | self.other).partner_id)

    def test_confirm(self):
        """RL-11: a person confirms for himself; the activity closes; progress per regulation and department."""
        self._bring_into_force()
        mine = self.regulation.with_user(self.reader)
        self.assertEqual(mine.my_reading, "to_read")
        self.assertIn(mine, mine.search([("my_reading", "=", "to_read")]))
        with freeze_time(DAY + timedelta(days=1)):
            mine.action_acknowledge()
        self.assertEqual(mine.my_reading, "confirmed")
        self.assertNotIn(mine, mine.search([("my_reading", "=", "to_read")]))
        self.assertIn(mine, mine.search([("my_reading", "!=", False)]))
        self.assertNotIn(mine, mine.with_user(self.outsider).search([("my_reading", "!=", False)]))
        row = self._rows().filtered(lambda row: row.user_id == self.reader)
        self.assertEqual(fields.Date.to_date(row.confirmed_on), DAY + timedelta(days=1))
        self.assertEqual(self._activities().user_id, self.other)
        self.assertEqual((self.regulation.reader_count, self.regulation.confirmed_count), (2, 1))
        self.assertEqual(self.regulation.reading_progress, 50.0)
        progress = dict(self.env["business.regulation.acknowledgement"]._read_group(
            [("regulation_id", "=", self.regulation.id)], ["department_id"], ["progress:avg"],
        ))
        self.assertEqual(progress, {self.department: 100.0, self.team: 0.0})
        with self.assertRaises(UserError):
            mine.action_acknowledge()
        with self.assertRaises(UserError):
            self.regulation.with_user(self.outsider).action_acknowledge()

    def test_nobody_confirms_for_another(self):
        """RL-11: not a colleague, not the administrator, not by writing, creating or deleting the row."""
        self._bring_into_force()
        row = self._rows().filtered(lambda row: row.user_id == self.reader)
        Acknowledgement = self.env["business.regulation.acknowledgement"]
        for user in (self.other, self.admin, self.executive, self.auditor, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                row.with_user(user).action_confirm()
        for user in (self.reader, self.other, self.admin, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"state": "confirmed"})
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                Acknowledgement.with_user(user).create({
                    "regulation_id": self.regulation.id, "user_id": self.outsider.id, "company_id": self.company.id,
                    "deadline": DAY, "state": "confirmed",
                })
        self.assertEqual(row.state, "to_read")
        row.with_user(self.reader).action_confirm()
        self.assertEqual(row.state, "confirmed")

    def test_who_sees_progress(self):
        """One's own rows; the manager's department; everything for those who answer for it."""
        manager = self._user("reg_manager", "business_dept.group_department_manager")
        self.department.manager_id = self.env["hr.employee"].create({
            "name": "Manager", "user_id": manager.id, "department_id": self.elsewhere.id,
        })
        self._bring_into_force()
        rows = self._rows()
        for user, expected in (
            (self.reader, self.reader), (self.outsider, self.env["res.users"]), (manager, self.reader),
            (self.admin, self.reader | self.other), (self.executive, self.reader | self.other),
            (self.auditor, self.reader | self.other),
        ):
            self.assertEqual(rows.with_user(user).search([("id", "in", rows.ids)]).user_id, expected)
        with self.assertRaises(AccessError):
            self.regulation.with_user(self.reader).read(["reading_progress"])

    def test_new_employee(self):
        """RL-11: who joins later is asked by the daily cron, once; who leaves is released."""
        self._bring_into_force()
        joined = self._user("reg_joined", "base.group_user")
        self.env["hr.employee"].create({"name": "Joined", "user_id": joined.id, "department_id": self.team.id})
        self.other.active = False
        for days in (1, 2):
            self._run("ir_cron_regulation_follow_up_readers", DAY + timedelta(days=days))
            self.assertEqual(self._rows().user_id, self.reader | joined)
            self.assertEqual(self._activities().user_id, self.reader | joined)

    def test_reminders(self):
        """RL-11: the late are reminded after the days to read, once per period, and get their activity back."""
        self._bring_into_force()
        self.regulation.with_user(self.other).action_acknowledge()
        self._activities().with_user(self.reader).action_feedback()
        self._run("ir_cron_regulation_follow_up_readers", DAY + timedelta(days=7))
        row = self._rows().filtered(lambda row: row.user_id == self.reader)
        self.assertFalse(row.reminded_on, "the last day is not late")
        notified = self.env["mail.notification"].sudo()
        domain = [("res_partner_id", "in", (self.reader | self.other).partner_id.ids),
                  ("mail_message_id.model", "=", "business.regulation"),
                  ("mail_message_id.res_id", "=", self.regulation.id)]
        before = notified.search_count(domain)
        for days, reminded, count in ((8, 8, 1), (9, 8, 1), (14, 8, 1), (15, 15, 2)):
            self._run("ir_cron_regulation_follow_up_readers", DAY + timedelta(days=days))
            self.assertEqual(row.reminded_on, DAY + timedelta(days=reminded))
            self.assertEqual(notified.search_count(domain) - before, count)
        self.assertEqual(self._activities().user_id, self.reader)
        with freeze_time(DAY + timedelta(days=15)):
            self.assertTrue(row.is_late)
            self.assertIn(row, row.search([("is_late", "=", True)]))

    def test_asking_is_batched(self):
        """RL-11: asking ten times as many readers takes the same number of statements."""
        counts, internal = [], self.env.ref("base.group_user")
        for size in (4, 40):
            department = self.env["hr.department"].create({"name": f"Of {size}"})
            users = self.env["res.users"].with_context(no_reset_password=True).create([
                {"name": f"u{size}-{n}", "login": f"u{size}-{n}", "group_ids": [Command.set(internal.ids)]}
                for n in range(size)
            ])
            self.env["hr.employee"].create([
                {"name": user.name, "user_id": user.id, "department_id": department.id} for user in users
            ])
            regulation = self._regulation(code=f"B{size}", department_ids=[Command.set(department.ids)])
            self._bring_into_force(regulation)
            rows = self._rows(regulation)
            self.assertEqual(len(rows), size)
            rows._close_activities()
            rows.unlink()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            regulation.sudo()._ask_readers()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 3, f"statements: {counts}")


@tagged("post_install", "-at_install")
class TestRegulationRpc(HttpCase):
    """The same attacks through the web client's own door."""

    def setUp(self):
        super().setUp()
        self.user = new_test_user(self.env, "rpc_admin", groups="base.group_user,business_dept.group_regulation_admin")
        self.regulation = self.env["business.regulation"].with_user(self.user).create({
            "name": "RPC", "code": "RPC", "clause_ids": [Command.create({"code": "RPC-1", "name": "First"})],
        })
        self.authenticate("rpc_admin", "rpc_admin")

    def _call(self, method, *args, **kwargs):
        return self.make_jsonrpc_request("/web/dataset/call_kw", params={
            "model": "business.regulation", "method": method, "args": args, "kwargs": kwargs,
        })

    @mute_logger("odoo.http")
    def test_forged_state(self):
        """Attacks 1, 3, 6, 7: RPC with forged states, facts, context keys and private methods."""
        ids = self.regulation.ids
        self.assertTrue(self._call("write", ids, {"name": "A draft is written"}))
        for method, args, kwargs in (
            ("write", (ids, {"state": "in_force"}), {}),
            ("write", (ids, {"state": "in_force"}), {"context": {"business_engine": True, "install_mode": True}}),
            ("web_save", (ids, {"date_in_force": "2031-01-01"}, {}), {}),
            ("create", ([{"name": "F", "code": "F", "state": "in_force"}],), {}),
            ("create", ([{"name": "F", "code": "F"}],), {"context": {"default_withdrawn_on": "2031-01-01"}}),
            ("copy", (ids, {"approved_on": "2031-01-01 00:00:00"}), {}),
            ("_take_force", (ids,), {}),
            ("_cron_take_force", (), {}),
            ("_on_approval_approved", (ids, False), {}),
            ("action_withdraw", (ids,), {}),
            ("action_acknowledge", (ids,), {}),
        ):
            with self.assertRaises(JsonRpcException, msg=f"{method} {args}"):
                self._call(method, *args, **kwargs)
        self.env.invalidate_all()
        self.assertEqual(self.regulation.state, "draft")
