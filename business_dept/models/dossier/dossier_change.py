# Part of business_dept. See LICENSE file for full copyright and licensing details.
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api, fields, models

#: fields of the customer that belong to what the dossier tells
CUSTOMER_FIELDS = frozenset({
    "name", "parent_id", "phone", "email", "website", "street", "street2", "city", "zip", "state_id", "country_id", "vat",
    "function", "comment", "user_id", "active", "category_id", "industry_id",
})
#: fields that say when and by whom, not what
UNWATCHED = frozenset({
    "id", "touched_on", "sequence", "file_name", "dossier_id", "create_uid", "create_date", "write_uid", "write_date",
})


class BusinessDossierChange(models.Model):
    """Who changed what in a dossier: field, old value, new value (JJ-3.5.2.2, RL-5.2). Append-only, kept for good."""

    _name = "business.dossier.change"
    _description = "Dossier Change Log"
    _inherit = ["business.append.mixin", "business.dossier.guarded"]
    _order = "id desc"
    _rec_name = "label"

    #=== FIELDS ===#

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    user_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    dossier_id = fields.Many2one(comodel_name="business.dossier", readonly=True, ondelete="set null", index="btree_not_null")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, ondelete="set null", index="btree_not_null",
    )
    kind = fields.Selection(
        selection=[("changed", "Changed"), ("added", "Line added"), ("removed", "Line removed")],
        required=True, readonly=True, default="changed",
    )
    line = fields.Char(readonly=True, help="The line or contact, when it is not the customer himself.")
    field_name = fields.Char(string="Technical Name", readonly=True)
    label = fields.Char(string="Field", readonly=True)
    old = fields.Text(string="Old Value", readonly=True)
    new = fields.Text(string="New Value", readonly=True)

    #=== BUSINESS METHODS ===#

    def _get_secret_dossiers(self, reading=False):
        """EXTENDS the guard: the values are taken out like the dossier. Reading the log is not reading the dossier."""
        if reading:
            return self.env["business.dossier"]
        return self.sudo().dossier_id._filter_secret()

    @api.model
    @contextmanager
    def _watch(self, records, vals):
        """Log what a ``write`` on records changes; values are compared before and after, as a person reads them.

        :param records: of a model that answers ``_get_changed_dossiers``
        :param dict vals: values that are written
        """
        names = self._get_watched(records) & vals.keys()
        dossiers = records._get_changed_dossiers() if names else {}
        if not dossiers:
            yield
            return
        records = records.browse(dossiers)
        before = self._describe(records, names)
        yield
        after = self._describe(records, names)
        labels = {name: records._fields[name]._description_string(self.env) for name in names}
        self._log([
            {
                "dossier_id": dossiers[record.id].id, "field_name": name, "label": labels[name],
                "line": record._get_change_line(), "old": before[record.id][name], "new": after[record.id][name],
            }
            for record in records.sudo() for name in sorted(names)
            if before[record.id][name] != after[record.id][name] and not record._is_change_copied(name)
        ])

    @api.model
    def _get_watched(self, records):
        """Names of the fields of a model that a change of the dossier may lie in."""
        if records._name == "res.partner":
            return CUSTOMER_FIELDS & records._fields.keys()
        return {
            name for name, field in records._fields.items()
            if field.store and not field.related and not (field.compute and field.readonly) and field.type != "one2many"
            and name not in UNWATCHED and not name.startswith(("message_", "activity_", "website_message"))
        }

    @api.model
    def _describe(self, records, names):
        """``{id: {field: text}}`` of records, as a person reads the values."""
        records = records.sudo().with_context(bin_size=True, active_test=False)
        # relations at once: one statement for each of them, however many records
        for name in names:
            if records._fields[name].relational:
                records.mapped(f"{name}.display_name")
        names = [name for name in records._fields if name in names]
        return {record.id: {name: self._describe_value(record, name) for name in names} for record in records}

    def _describe_value(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "binary":
            return self.env._("File") + f" {value.decode() if isinstance(value, bytes) else value}" if value else ""
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return str(value) if value or (value == 0 and field.type in ("integer", "float")) else ""

    @api.model
    def _log(self, entries):
        """Write changes in one statement, and note on the dossiers that somebody has touched them."""
        if not entries:
            return
        dossiers = self.env["business.dossier"].sudo().browse({entry["dossier_id"] for entry in entries})
        self.sudo().create([
            {
                **entry, "user_id": self.env.uid, "company_id": dossier.company_id.id, "partner_id": dossier.partner_id.id,
            }
            for entry in entries
            for dossier in dossiers.browse(entry["dossier_id"]).with_prefetch(dossiers._prefetch_ids)
        ])
        dossiers._touch()


class BusinessDossier(models.Model):
    _inherit = "business.dossier"

    change_ids = fields.One2many(
        comodel_name="business.dossier.change", inverse_name="dossier_id", string="Who Changed", readonly=True,
        groups="business_dept.group_dossier_log_reader",
    )

    def write(self, vals):
        with self.env["business.dossier.change"]._watch(self, vals):
            return super().write(vals)

    def _get_changed_dossiers(self):
        """``{id of the record: dossier}``, see ``business.dossier.change``."""
        return {dossier.id: dossier for dossier in self.sudo()}

    def _get_change_line(self):
        return False

    def _is_change_copied(self, fname):
        return False

    def _touch(self):
        """Somebody has changed these dossiers today; the system itself keeps nothing current."""
        today = fields.Date.context_today(self)
        stale = self.sudo().filtered(lambda dossier: dossier.touched_on != today)
        if stale and self.env.uid != SUPERUSER_ID:
            stale.write({"touched_on": today})


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """EXTENDS 'base': what changes at the customer changes in his dossier."""
        with self.env["business.dossier.change"]._watch(self, vals):
            return super().write(vals)

    def _get_changed_dossiers(self):
        """``{id of the partner: dossier}`` of those that have one, see ``business.dossier.change``."""
        partners = self.sudo()
        found = {
            dossier.partner_id.id: dossier
            for dossier in self.env["business.dossier"].sudo().with_context(active_test=False).search_fetch(
                [("partner_id", "in", partners.commercial_partner_id.ids)], ["partner_id", "company_id", "touched_on"],
            )
        }
        return {
            partner.id: found[partner.commercial_partner_id.id]
            for partner in partners if partner.commercial_partner_id.id in found
        }

    def _get_change_line(self):
        """The contact that changed; nothing for the customer himself."""
        return self.name if self != self.commercial_partner_id else False

    def _is_change_copied(self, fname):
        """Whether Odoo has copied a value from the customer to this contact: that is no change of its own."""
        customer = self.commercial_partner_id
        copied = {*self._commercial_fields(), *self._address_fields()}
        return self != customer and fname in copied and self[fname] == customer[fname]
