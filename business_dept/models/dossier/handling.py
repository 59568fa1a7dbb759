# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Who handles the document of a hidden customer does his work: posts, prints, sends, is paid.

While Odoo carries such an act out, the customer of that very document is open to it. The passage is an instance of a
class in the context, which no client can send; it opens no list and no search of its own.
"""
from odoo import api, models

from .reader import Handling, get_reader

PRINTED = ("sale.order", "account.move", "stock.picking", "business.contract")
"""Documents that go to the customer, and so bear his address."""


class Base(models.AbstractModel):
    _inherit = "base"

    def _as_handling(self):
        """The same documents, in an environment that reads their own customers.

        The caller must be on his way to do something that the user may do with these documents.
        """
        if not self or self.env.su or get_reader(self.env).sees_everything:
            return self
        return self.with_context(business_dossier_handling=Handling(frozenset(self._get_own_customers().ids)))

    def _message_get_suggested_recipients_batch(self, *args, **kwargs):
        """EXTENDS 'mail': the chatter of a document opens for who handles it; it suggests nobody whom he may not see."""
        if self.env.su or get_reader(self.env).sees_everything:
            return super()._message_get_suggested_recipients_batch(*args, **kwargs)
        suggested = super(Base, self._as_handling())._message_get_suggested_recipients_batch(*args, **kwargs)
        ids = {one["partner_id"] for recipients in suggested.values() for one in recipients if one.get("partner_id")}
        visible = set(self.env["res.partner"].search([("id", "in", list(ids)), ("active", "in", [True, False])]).ids)
        return {
            res_id: [one for one in recipients if one.get("partner_id") in visible]
            for res_id, recipients in suggested.items()
        }


def _as_handing_over(records, customers, vals):
    """The same records, in an environment that shows them once more after another salesperson has got them.

    It shows what the user could see before and nothing else: a dossier that was closed to him stays closed.
    """
    if not records or records.env.su or "user_id" not in vals:
        return records
    records.check_access("write")
    customers = customers.sudo().commercial_partner_id
    dossiers = customers.with_context(active_test=False).dossier_ids.sudo(False).filtered("is_readable")
    return records.with_context(business_dossier_handling=Handling(
        frozenset(customers.ids), frozenset(dossiers.sudo().partner_id.ids),
    ))


class ResPartner(models.Model):
    _inherit = "res.partner"

    def web_save(self, vals, specification, next_id=None):
        """EXTENDS 'web', which reads what it has saved: the former salesperson may have no sight of it any more."""
        return super(ResPartner, _as_handing_over(self, self, vals)).web_save(vals, specification, next_id)


class BusinessDossier(models.Model):
    _inherit = "business.dossier"

    def web_save(self, vals, specification, next_id=None):
        """EXTENDS 'web', likewise."""
        handing_over = _as_handing_over(self, self.sudo().partner_id, vals)
        return super(BusinessDossier, handing_over).web_save(vals, specification, next_id)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _create_invoices(self, grouped=False, final=False, date=None):
        return super(SaleOrder, self._as_handling())._create_invoices(grouped=grouped, final=final, date=date)


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        return super(AccountMove, self._as_handling())._post(soft=soft)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """EXTENDS 'base': what goes to the customer bears his address."""
        values = super()._get_rendering_context(report, docids, data)
        documents = values.get("docs")
        if isinstance(documents, models.BaseModel) and documents._name in PRINTED:
            documents.check_access("read")
            values["docs"] = documents._as_handling()
        return values


class AccountMoveSendWizard(models.TransientModel):
    _inherit = "account.move.send.wizard"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["account.move"].browse([vals["move_id"] for vals in vals_list if vals.get("move_id")])
        return super(AccountMoveSendWizard, self._handling_moves(moves)).create(vals_list).with_env(self.env)

    def write(self, vals):
        return super(AccountMoveSendWizard, self._handling_moves(self.move_id)).write(vals)

    def web_read(self, specification):
        """EXTENDS 'web': the form names the recipients and their addresses; nothing further is opened."""
        asked = set().union(*(field.get("fields") or () for field in specification.values()))
        shown = self._handling_moves(self.move_id) if asked <= {"id", "display_name", "email"} else self
        return super(AccountMoveSendWizard, shown).web_read(specification)

    def action_send_and_print(self, allow_fallback_pdf=False):
        """EXTENDS 'account': the invoice goes to its customer, whom the sender need not see otherwise."""
        handling = self._handling_moves(self.move_id)
        return super(AccountMoveSendWizard, handling).action_send_and_print(allow_fallback_pdf=allow_fallback_pdf)

    def _handling_moves(self, moves):
        """The wizard in an environment that reads the customers of these invoices, which the user must read."""
        moves.check_access("read")
        handling = moves._as_handling().env.context.get("business_dossier_handling")
        return self.with_context(business_dossier_handling=handling)
