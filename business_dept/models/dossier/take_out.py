# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Where secret dossiers and hidden customers are read, and where they could leave the system."""
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dossier_access import READING, WINDOW
from .reader import get_reader

#: what a list shows of a dossier; reading these is not reading the dossier
HEADER = frozenset({
    "id", ".id", "display_name", "name", "partner_id", "company_id", "active", "user_id", "secrecy", "qualification",
    "next_visit_date", "last_visit_date", "touched_on", "completeness", "is_readable", "is_writable", "city", "create_date",
    "create_uid", "write_date", "write_uid", "activity_ids", "activity_state", "activity_exception_decoration",
    "activity_exception_icon", "activity_summary", "activity_type_icon", "activity_date_deadline",
    "my_activity_date_deadline", "__last_update",
})
#: how one reaches a customer: whoever reads these takes in more than a name
CONTACT = frozenset({
    "phone", "phone_sanitized", "email", "email_normalized", "email_formatted", "street", "street2", "contact_address",
    "contact_address_complete", "contact_address_inline", "vat", "website", "comment", "bank_ids",
})
GUARDED = ("res.partner", "business.dossier")


class BusinessDossier(models.Model):
    _name = "business.dossier"
    _inherit = ["business.dossier", "business.dossier.guarded"]

    access_ids = fields.One2many(
        comodel_name="business.dossier.access", inverse_name="dossier_id", string="Who Opened", readonly=True,
        groups="business_dept.group_dossier_log_reader",
    )

    def _get_secret_dossiers(self, reading=False):
        return self._filter_secret()

    def _get_secret_fields(self, fnames):
        return set(fnames) - HEADER

    def action_print_card(self):
        """Print the dossier card."""
        self.ensure_one()
        return self.env.ref("business_dept.action_report_dossier_card").report_action(self)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """EXTENDS 'mail': a secret dossier is not mailed to people outside."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if any(recipient.get("share") or not recipient.get("id") for recipient in recipients):
            self._take_out("mail")
        return recipients


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "business.dossier.guarded"]

    def _get_secret_dossiers(self, reading=False):
        """The dossiers of those who are hidden; in reading, of those whose reading was not logged within a day."""
        Dossier = self.env["business.dossier"]
        if not get_reader(self.env).any_hidden:
            return Dossier
        logged = SQL(
            """
            AND dossier.partner_id NOT IN (
                SELECT customer.value::int
                  FROM business_dossier_access access, jsonb_array_elements_text(access.customer_ids) customer
                 WHERE access.user_id = %(user)s AND access.date >= %(now)s - %(window)s::interval
                   AND access.kind = ANY(%(kinds)s) AND access.customer_ids IS NOT NULL)
            """, user=self.env.uid, now=self.env.cr.now(), window=WINDOW, kinds=list(READING),
        ) if reading and len(self) > 1 else SQL()
        return Dossier.browse(row[0] for row in self.env.execute_query(SQL(
            """
            SELECT DISTINCT dossier.id
              FROM res_partner partner
              JOIN business_dossier dossier ON dossier.partner_id = partner.commercial_partner_id
             WHERE partner.id = ANY(%(ids)s) AND partner.dossier_guard <> 0 %(logged)s
            """, ids=list(self._origin.ids), logged=logged,
        )))

    def _get_secret_fields(self, fnames):
        return CONTACT.intersection(fnames)

    def _build_vcard(self):
        """EXTENDS 'web': a hidden customer's card leaves the system."""
        self._take_out("vcard")
        return super()._build_vcard()

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """EXTENDS 'mail': what stands on a hidden customer is mailed to himself, and to nobody else outside."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        outside = [recipient for recipient in recipients if recipient.get("share") or not recipient.get("id")]
        if outside and not self.env.su and self and self._get_secret_dossiers():
            people = self.sudo().browse(recipient["id"] for recipient in outside if recipient.get("id"))
            if len(people) < len(outside) or people.commercial_partner_id - self.sudo().commercial_partner_id:
                self._take_out("mail")
        return recipients


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, res_ids, force_send=False, raise_exception=False, email_values=None, email_layout_xmlid=False):
        """EXTENDS 'mail': a template of a customer or dossier is filled with what is secret."""
        if self.model in GUARDED:
            self.env[self.model].browse(res_ids)._take_out("mail")
        return super().send_mail_batch(res_ids, force_send, raise_exception, email_values, email_layout_xmlid)


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """EXTENDS 'mail': a mass mail may be filled with what is secret."""
        if self.model in GUARDED:
            self.env[self.model].browse(res_ids)._take_out("mail")
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """EXTENDS 'base': every report of a customer or dossier, whatever the address says."""
        if report.model in GUARDED and docids:
            records = self.env[report.model].browse(docids)
            records.check_access("read")
            records._take_out("print")
        return super()._get_rendering_context(report, docids, data)


class ReportDossierCard(models.AbstractModel):
    """Values of the printed dossier card."""

    _name = "report.business_dept.report_dossier_card"
    _description = "Dossier Card"

    @api.model
    def _get_report_values(self, docids, data=None):
        """EXTENDS 'base': one dossier that the user may read."""
        dossiers = self.env["business.dossier"].browse(docids)
        if len(dossiers) != 1:
            raise UserError(self.env._("A dossier card is printed for one customer at a time."))
        dossiers.check_access("read")
        Profile = self.env["business.credit.profile"]
        profile = Profile.browse()
        if Profile.has_access("read"):
            profile = Profile.search([
                ("partner_id", "=", dossiers.partner_id.id), ("company_id", "=", dossiers.company_id.id),
            ], limit=1)
        return {
            "doc_ids": dossiers.ids, "doc_model": dossiers._name, "docs": dossiers, "profile": profile,
            "contacts": dossiers.partner_id.child_ids.filtered(lambda contact: contact.type in ("contact", "other")),
            "printed_at": fields.Datetime.context_timestamp(dossiers, fields.Datetime.now()),
        }
