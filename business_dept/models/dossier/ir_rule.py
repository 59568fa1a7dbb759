# Part of business_dept. See LICENSE file for full copyright and licensing details.
import logging

from odoo import models
from odoo.exceptions import AccessError

_logger = logging.getLogger(__name__)

TO_CUSTOMER = {
    "res.partner": "",
    "business.credit.profile": "partner_id",
    "business.credit.score": "partner_id",
    "business.payment.history": "partner_id",
    "business.credit.review.line": "partner_id",
    "business.credit.limit.request": "partner_id",
}
"""Models that a rule closes with the customer, and the way to him."""
TO_DOSSIER = {
    "business.dossier": "",
    "business.dossier.person": "dossier_id",
    "business.dossier.occasion": "dossier_id",
    "business.dossier.document": "dossier_id",
}
"""Models that a rule closes with the dossier, and the way to it."""


class SecretDossierError(AccessError):
    """An access that the secrecy of a customer refused. The web client offers to ask for access."""


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        """EXTENDS 'base': the refusal names nobody, in debug mode neither, and says how to ask (JJ-3.6.3)."""
        if self.env.user._is_internal() and records.sudo(False)._is_dossier_secret():
            _logger.info("Secret dossier: %s on %s %s refused to user %s", operation, records._name, records.ids[:6], self.env.uid)
            records.invalidate_recordset()
            return SecretDossierError(self.env._(
                "This customer's dossier is secret and handled by a colleague (JJ-3.6.3). If you need it for your work, "
                "ask for access: Business Department ▸ Customer Dossiers ▸ Access Requests.",
            ))
        return super()._make_access_error(operation, records)


class Base(models.AbstractModel):
    _inherit = "base"

    def _is_dossier_secret(self):
        """Whether the secrecy of a customer keeps some of these records from the current user."""
        if (path := TO_CUSTOMER.get(self._name)) is not None:
            customers = self.sudo().mapped(path).sudo(False) if path else self
            return not all(customers.mapped("dossier_visible"))
        if (path := TO_DOSSIER.get(self._name)) is not None:
            dossiers = self.sudo().mapped(path).sudo(False) if path else self
            return not all(dossiers.mapped("is_readable"))
        return False
