# Part of business_dept. See LICENSE file for full copyright and licensing details.
import logging

from odoo import models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)

CLOSED = {
    "res.partner": ("", "dossier_visible"),
    "business.credit.profile": ("partner_id", "dossier_visible"),
    "business.credit.score": ("partner_id", "dossier_visible"),
    "business.payment.history": ("partner_id", "dossier_visible"),
    "business.credit.review.line": ("partner_id", "dossier_visible"),
    "business.credit.limit.request": ("partner_id", "dossier_visible"),
    "business.dossier": ("", "is_readable"),
    "business.dossier.person": ("dossier_id", "is_readable"),
    "business.dossier.occasion": ("dossier_id", "is_readable"),
    "business.dossier.document": ("dossier_id", "is_readable"),
}
"""Models that a rule closes with the customer or the dossier: the way there, and the field that the rule names."""


class SecretDossierError(AccessError):
    """An access that the secrecy of a customer refused. The web client offers to ask for access."""


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """EXTENDS 'base': the refusal names nobody, in debug mode neither, and says how to ask (JJ-3.6.3)."""
        if self.env.user._is_internal() and _is_secret(records.sudo(False)):
            _logger.info("Secret dossier: %s of %s %s refused to %s", operation, records._name, records.ids[:6], self.env.uid)
            records.invalidate_recordset()
            return SecretDossierError(self.env._(
                "This customer's dossier is secret and handled by a colleague (JJ-3.6.3). If you need it for your work, "
                "ask for access: Business Department ▸ Customer Dossiers ▸ Access Requests.",
            ))
        return super()._make_access_error(operation, records)


def _is_secret(records):
    """Whether the secrecy of a customer keeps some of these records from the current user."""
    if records._name not in CLOSED:
        return False
    path, flag = CLOSED[records._name]
    guarded = records.sudo().mapped(path).sudo(False) if path else records
    return not all(guarded.mapped(flag))
