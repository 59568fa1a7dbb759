# Part of business_dept. See LICENSE file for full copyright and licensing details.
import logging
import traceback
from collections import defaultdict

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, LockError

from ...controls import Breach, ControlError, Finding

_logger = logging.getLogger(__name__)


class BusinessControlMixin(models.AbstractModel):
    """A model whose acts are guarded by controls: the same declaration feeds banner, gate, route and log."""

    _name = "business.control.mixin"
    _description = "Guarded by Controls"

    # internal: a portal customer who may read his order does not read why it is held
    control_banner = fields.Html(compute="_compute_control_banner", sanitize=False, groups="base.group_user")

    @property
    def _control_declarations(self):
        """``[(method name, Declaration)]`` of this model class, in order of definition; found once per class."""
        cls = self.env.registry[self._name]
        declared = {}
        for klass in reversed(cls.mro()):
            for name, value in vars(klass).items():
                if declaration := getattr(value, "_control_declaration", None):
                    declared[name] = declaration
        cls._control_declarations = list(declared.items())
        return cls._control_declarations

    # === COMPUTE METHODS === #

    def _get_banner_moment(self):
        """The moment whose breaches the form shows beforehand; empty when the record is past it."""
        return ""

    @api.depends_context("uid", "lang")
    @api.depends(lambda self: self._get_banner_depends())
    def _compute_control_banner(self):
        for moment, records in self.grouped(lambda record: record._get_banner_moment()).items():
            findings = records._find_breaches(moment) if moment else {}
            for record in records:
                record._assign_findings(findings.get(record, []))

    def _assign_findings(self, findings):
        """Fill the fields that show the findings of the coming moment."""
        self.ensure_one()
        self.control_banner = self._render_findings(findings)

    @api.model
    def _get_banner_depends(self):
        """Names of the fields whose change refreshes the banner."""
        return []

    def _render_findings(self, findings):
        """The banner: every breach with its clause, what the control will do, and the next step."""
        explaining = self._explaining(findings)
        items = Markup().join(
            Markup("<li>%s <em>%s</em></li>") % (finding.breach.message, explaining._explain_finding(finding))
            for finding in findings
        )
        return Markup("<ul class='mb-0 ps-3'>%s</ul>") % items if items else False

    def _explaining(self, findings):
        """The record, with what it takes to explain these findings fetched once for all of them."""
        return self

    def _explain_finding(self, finding):
        """Clause and next step of a finding, for banner and message alike."""
        citation = finding.control._get_citation()
        if finding.mode == "notify":
            return self.env._("[%(clause)s] Goes through and is noted.", clause=citation)
        if finding.mode == "approve":
            return self.env._(
                "[%(clause)s] Needs approval; submit it. May approve: %(who)s.",
                clause=citation, who=self._describe_approvers(finding),
            )
        return self.env._("[%(clause)s] Not allowed. Put the cause right first.", clause=citation)

    def _describe_approvers(self, finding):
        """Who may approve a finding, in words. Models with approvals say it."""
        return self.env._("nobody")

    # === ACTION METHODS === #

    def action_open_control_events(self):
        """Open the traces of this record: every time a control acted on it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("business_dept.business_control_event_action")
        return {**action, "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_control_company(self):
        """The company whose settings judge this record."""
        return self.company_id if "company_id" in self._fields else self.env.company

    def _get_control_customer(self):
        """The customer that an event of this record concerns."""
        return self.partner_id.commercial_partner_id if "partner_id" in self._fields else None

    def _find_breaches(self, moment):
        """Run the checks that guard a moment.

        :param str moment: such as ``confirm``
        :return: ``{record: [Finding]}`` for the records that break something
        :rtype: dict
        """
        findings = defaultdict(list)
        checks = [
            (records, name, control, mode)
            for company, records in self.grouped(lambda record: record._get_control_company()).items()
            for name, control, mode in records._get_active_checks(moment, company or self.env.company)
        ]
        if not checks:
            return findings
        try:
            with self.env.cr.savepoint(flush=False):  # a check that breaks the transaction must not break the form
                for records, name, control, mode in checks:
                    for record, breach in records._run_check(name):
                        findings[record].append(Finding(control, mode, breach, moment))
        except (ConcurrencyError, LockError, psycopg2.OperationalError):
            raise  # the server retries what could not be serialized
        except Exception:
            _logger.exception("The control %s failed on %s", control.code, records)
            breach = Breach(self.env._(
                "The check “%(control)s” failed, so nothing goes through. Tell the administrator.", control=control.name,
            ))
            for record in records:
                findings[record].append(Finding(control, "block", breach, moment, traceback.format_exc()))
        return findings

    def _get_active_checks(self, moment, company):
        """``[(method name, control, mode)]`` of the checks that guard a moment and are not off in the company."""
        checks = []
        for name, declaration in self._control_declarations:
            if moment in declaration.moments:
                control = self.env["business.control"]._get_by_code(declaration.code)
                if (mode := control._get_mode(company)) != "off":
                    checks.append((name, control, mode))
        return checks

    def _run_check(self, method_name):
        """Run one check in sudo (it reads what the user may not) and hand its breaches back by the user's records.

        :return: list of ``(record, Breach)``
        """
        by_id = {record.id: record for record in self}
        return [(by_id[record.id], breach) for record, breach in (getattr(self.sudo(), method_name)() or {}).items()]

    def _check_controls(self, moment):
        """The gate: refuse what a control refuses, note what it notes.

        :param str moment: the moment that is happening
        :raise ControlError: naming every breach, by how much, the clause and the next step
        """
        Event = self.env["business.control.event"]
        passed, refused, lines = [], [], []
        for record, findings in self._find_breaches(moment).items():
            stopped = []
            for finding in findings:
                outcome = record._judge_finding(finding)
                entry = Event._prepare_event(
                    finding.control, finding.mode, outcome, record,
                    message=finding.breach.message,
                    amount=finding.breach.amount,
                    currency=finding.breach.currency,
                    traceback=finding.traceback,
                )
                if outcome in ("noted", "released"):
                    passed.append(entry)
                else:
                    refused.append(entry)
                    stopped.append(finding)
            explaining = record._explaining(stopped)
            lines += [
                f"• {record.display_name}: {finding.breach.message} {explaining._explain_finding(finding)}"
                for finding in stopped
            ]
        if refused:
            Event._log_refusals(refused)
            self._raise_refusal("\n".join(lines))
        Event._log(passed)

    def _judge_finding(self, finding):
        """Outcome of a finding at the gate: ``noted``, ``released``, or a refusal."""
        if finding.mode == "notify":
            return "noted"
        if finding.mode == "approve" and self._is_released(finding):
            return "released"
        return finding.outcome

    def _is_released(self, finding):
        """Whether an approval covers this finding. Models with approvals answer it."""
        return False

    def _refuse(self, code, message):
        """Refuse an act by one of the engine's own controls, and leave a trace.

        :param str code: code of the control
        :param str message: for the user; the clause is added
        :raise ControlError: always
        """
        self._refuse_on(self, code, message)

    @api.model
    def _refuse_on(self, records, code, message):
        """Refuse an act on records of any model, and leave a trace; see ``_refuse``."""
        control = self.env["business.control"]._get_by_code(code)
        self.env["business.control.event"]._log_refusal_by_code(code, message, records)
        self._raise_refusal(f"{message} [{control._get_citation()}]")

    @api.model
    def _raise_refusal(self, message):
        """Raise a refusal; who is not one of us learns no reason and no name."""
        if not self.env.user._is_internal():
            message = self.env._("This document waits for our internal release. We will come back to you.")
        raise ControlError(message)
