# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Doors to hidden customers that are no reading of ``res.partner``.

Odoo reads the display name of a many2one in sudo. So who may write the id of a hidden customer into a record of his own
learns the name, id by id. Nobody names a customer whom he may not see.
"""
from odoo import api, fields, models
from odoo.fields import Domain

from .reader import get_reader, visible_partners

HANDLING = ("account.", "stock.", "payment.", "mrp.", "ir.", "bus.")
"""Models whose records follow from a document that somebody else made: who handles them need not see the customer."""


class Base(models.AbstractModel):
    _inherit = "base"

    @property
    def _partner_references(self):
        """Names of the many2one fields to ``res.partner``; found once per class."""
        cls = self.env.registry[self._name]
        cls._partner_references = tuple(
            name for name, field in self._fields.items() if field.type == "many2one" and field.comodel_name == "res.partner"
        )
        return cls._partner_references

    def _get_own_customers(self):
        """The customers (commercial entities) that stand in these records, in sudo."""
        customers = self.env["res.partner"].sudo()
        for name in self._partner_references:
            if self._fields[name].store:
                customers |= self.sudo()[name]
        return customers.commercial_partner_id

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_naming_hidden(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_naming_hidden([vals], defaults=False)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._refuse_naming_hidden([values])
        return super().onchange(values, field_names, fields_spec)

    def _refuse_naming_hidden(self, vals_list, defaults=True):
        """Refuse values that name a customer who is hidden from the user.

        :param list[dict] vals_list: about to be written
        :param bool defaults: a client may name him in the context as well
        :raise AccessError: as if the user had read him
        """
        if self.env.su or not (names := self._partner_references) or self._name.startswith(HANDLING):
            return
        ids = {vals.get(name) for vals in vals_list for name in names}
        if defaults:
            ids |= {self.env.context.get(f"default_{name}") for name in names}
        self.env["res.partner"].browse(sorted(i for i in ids if type(i) is int and i > 0))._refuse_hidden()


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _refuse_hidden(self):
        """Refuse to go on with partners whom the user may not see.

        :raise AccessError: as if the user had read them
        """
        if not self or self.env.su or get_reader(self.env).sees_everything:
            return
        hidden = self.sudo().exists().sudo(False).filtered(lambda partner: not partner.dossier_visible)
        if hidden:
            raise self.env["ir.rule"]._make_access_error("read", hidden)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """EXTENDS 'mail': followers are listed by name."""
        self._refuse_addressing_hidden(partner_ids)
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)

    def message_post(self, **kwargs):
        """EXTENDS 'mail': so are those whom a message goes to."""
        self._refuse_addressing_hidden(kwargs.get("partner_ids"))
        return super().message_post(**kwargs)

    def _refuse_addressing_hidden(self, partner_ids):
        """Who handles a document writes to its customer, whom he need not see otherwise; to no other hidden one."""
        partners = self.env["res.partner"].browse(partner_ids or [])
        if not partners or self.env.su or get_reader(self.env).sees_everything:
            return
        customers = self._get_own_customers()
        partners.filtered(lambda partner: partner.sudo().commercial_partner_id not in customers)._refuse_hidden()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._refuse_naming_document()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"res_model_id", "res_model", "res_id"} & vals.keys():
            self._refuse_naming_document()
        return result

    def _refuse_naming_document(self):
        """An activity of one's own is read without asking for the document, and shows its name."""
        if self.env.su:
            return
        for model in ("res.partner", "business.dossier"):
            ids = [activity.res_id for activity in self.sudo() if activity.res_model == model]
            if ids:
                self.env[model].browse(ids).check_access("read")


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    dossier_visible = fields.Boolean(store=False, search="_search_dossier_visible")

    def _search_dossier_visible(self, operator, value):
        """Every employee reads the list of followers: nobody finds a hidden customer on it, nor who follows him."""
        return _search_visible(self.env, operator, value, lambda visible: Domain("partner_id", "any!", visible) & (
            Domain("res_model", "!=", "res.partner")
            | Domain("res_id", "in", self.env["res.partner"].sudo()._search(visible, active_test=False))
        ))


class MailNotification(models.Model):
    _inherit = "mail.notification"

    dossier_visible = fields.Boolean(store=False, search="_search_dossier_visible")

    def _search_dossier_visible(self, operator, value):
        """Every employee reads all notifications: what colleagues write each other has subjects that tell names."""
        me = self.env.user.partner_id.id
        return _search_visible(self.env, operator, value, lambda visible: (
            Domain("res_partner_id", "=", me) | Domain("author_id", "=", me)
            | Domain("res_partner_id", "any!", Domain("partner_share", "=", True) & visible)
        ))


def _search_visible(env, operator, value, condition):
    """What the search of a field ``dossier_visible`` answers.

    :param condition: function of the condition on visible partners; not asked when nobody is hidden from the user
    """
    if operator != "in" or True not in value:
        return NotImplemented
    visible = visible_partners(env)
    return visible if visible.is_true() else condition(visible)
