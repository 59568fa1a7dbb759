# Part of business_dept. See LICENSE file for full copyright and licensing details.
import logging
import sys

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .control import MODES

_logger = logging.getLogger(__name__)

RETRIED = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)
"""What the server rolls a request back for only to run it again."""

REFUSALS = "business_dept.refusals"


class BusinessControlEvent(models.Model):
    """One time a control acted (IC-11). Append-only for everybody, the engine included."""

    _name = "business.control.event"
    _description = "Control Event"
    _inherit = ["business.append.mixin"]
    _order = "id desc"
    _rec_name = "control_id"

    control_id = fields.Many2one(
        comodel_name="business.control",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    control_domain = fields.Selection(related="control_id.domain", store=True, precompute=True)
    nature = fields.Selection(related="control_id.nature", store=True, precompute=True)
    mode = fields.Selection(
        selection=MODES,
        readonly=True,
        help="What the control was set to when it acted.",
    )
    outcome = fields.Selection(
        selection=[
            ("noted", "Let through and noted"),
            ("needs_approval", "Stopped: needs approval"),
            ("refused", "Stopped: not allowed"),
            ("released", "Let through by approval"),
            ("auto_released", "Released by itself"),
            ("error", "Stopped: the check failed"),
            ("mode_changed", "Control changed"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    message = fields.Text(readonly=True)
    amount = fields.Float(readonly=True, help="By how much the rule was broken.")
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    traceback = fields.Text(readonly=True, groups="base.group_system")
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Person", readonly=True, index=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True, index="btree_not_null")
    res_model = fields.Char(string="Record Type", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    res_name = fields.Char(string="Record Name", readonly=True)
    citation = fields.Char(string="Clauses", compute="_compute_citation", compute_sudo=True)

    _record_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("control_id.clause_ids.code")
    def _compute_citation(self):
        for record in self:
            record.citation = record.control_id._get_citation() if record.control_id else False

    # === ACTION METHODS === #

    def action_open_record(self):
        """Open the record that this event is about."""
        self.ensure_one()
        if not self.res_id or self.res_model not in self.env or not self.env[self.res_model].browse(self.res_id).exists():
            raise UserError(self.env._("The record does not exist (any more): the attempt to make it was refused."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _log(self, entries):
        """Write events in the current transaction: they stay if it stays.

        :param list[dict] entries: values made by ``_prepare_event``
        """
        if entries:
            self.sudo().with_context(tracking_disable=True).create(entries)

    @api.model
    def _log_refusals(self, entries):
        """Write events of a refused attempt when its transaction has ended, in a cursor of their own.

        The attempt rolls back, and its trace with it; so the entries are queued on the cursor and written once the
        transaction is over, however it ends (an import swallows the error and commits). When the transaction is rolled
        back only to be retried after a concurrency error, the entries are dropped: the retry makes them again.

        :param list[dict] entries: values made by ``_prepare_event``
        """
        cr = self.env.cr
        queue = cr.postrollback.data.get(REFUSALS)
        if queue is None:
            queue = cr.postrollback.data[REFUSALS] = []
            dbname = cr.dbname

            def write_queue():
                pending, queue[:] = list(queue), []
                if pending and not isinstance(sys.exc_info()[1], RETRIED):
                    _write_refusals(dbname, pending)

            cr.postrollback.add(write_queue)
            cr.postcommit.add(write_queue)
        queue.extend(entries)

    @api.model
    def _log_refusal_by_code(self, code, message, records):
        """Queue the refusal of an attempt by one of the engine's own controls.

        :param str code: code of the control
        :param str message: what was refused
        :param records: the records that were the target (may be empty for a creation)
        """
        control = self.env["business.control"]._get_by_code(code)
        self._log_refusals([
            self._prepare_event(control, "block", "refused", record, message=message)
            for record in (records or [records])
        ])

    @api.model
    def _prepare_event(self, control, mode, outcome, record, message, amount=None, currency=None, traceback=None):
        """Values of one event.

        :param control: ``business.control`` record
        :param str mode: mode of the control at this moment
        :param str outcome: a key of the field ``outcome``
        :param record: the record (may be empty: then only its model is kept)
        :param str message: text for people
        :param float amount: by how much
        :param currency: ``res.currency`` of the amount
        :param str traceback: for administrators
        :rtype: dict
        """
        record = record.sudo()
        company = record._get_control_company() if hasattr(record, "_get_control_company") else self.env.company
        customer = record._get_control_customer() if hasattr(record, "_get_control_customer") else None
        return {
            "control_id": control.id,
            "mode": mode,
            "outcome": outcome,
            "message": message,
            "amount": amount or 0.0,
            "currency_id": currency.id if currency else False,
            "traceback": traceback or False,
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "company_id": (company or self.env.company).id,
            "partner_id": customer.id if customer else False,
            "res_model": record._name,
            "res_id": record._origin.id or False,
            "res_name": record.display_name if record else False,
        }


def _write_refusals(dbname, entries):
    """Write the events of refused attempts in a cursor of their own.

    A refused creation took its new records with it: references that did not survive are dropped, the event stays.

    :param str dbname: database
    :param list[dict] entries: values of ``business.control.event``
    """
    try:
        with Registry(dbname).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for entry in entries:
                if entry["partner_id"] and not env["res.partner"].browse(entry["partner_id"]).exists():
                    entry["partner_id"] = False
                if entry["res_id"] and not env[entry["res_model"]].browse(entry["res_id"]).exists():
                    entry["res_id"] = False
            # one attempt is one event: an import tries its rows together first, then one by one
            entries = list({
                tuple(entry[name] for name in ("control_id", "user_id", "res_model", "res_id", "outcome", "message")): entry
                for entry in entries
            }.values())
            env["business.control.event"]._log(entries)
            for model in {entry["res_model"] for entry in entries}:
                if hasattr(env[model], "_after_refusal"):
                    ids = {entry["res_id"] for entry in entries if entry["res_model"] == model and entry["res_id"]}
                    env[model].browse(sorted(ids))._after_refusal()
    except Exception:
        _logger.exception("The trace of a refused attempt could not be written: %s", entries)
