# Part of business_dept. See LICENSE file for full copyright and licensing details.
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError

from .reader import forget_readers, get_reader, readable_dossiers, writable_dossiers
from .res_company import SECRECY

#: what makes a dossier complete: fields of the dossier, and of its customer
COMPLETE = (
    "source_id", "traits", "buying_habits", "competitors", "person_ids", "next_visit_date",
    "partner_id.phone", "partner_id.street", "partner_id.vat", "partner_id.user_id",
)


class BusinessDossier(models.Model):
    """What the business department knows of a customer: the customer file 客户档案 (JJ-3.5.1.1).

    =============  ==========================================  ==================================================
    Action         Group                                       Restriction
    =============  ==========================================  ==================================================
    Read           posts that deal with customers              secret ones: the responsible salesperson, his team
                                                               leader, the whitelist, holders of a valid grant
    Create, edit   salesperson, customer service, market       secret ones: as reading, but no grant is enough
                   researcher, deputy and department manager
    Set secrecy    as edit                                     lowering it: team leader or whitelist only
    Delete         nobody who is not the system
    =============  ==========================================  ==================================================
    """

    _name = "business.dossier"
    _description = "Customer Dossier"
    _inherit = ["business.traced.mixin", "business.control.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_names_search = ["partner_id", "name"]

    #=== FIELDS ===#

    name = fields.Char(string="Dossier No.", readonly=True, copy=False, index="btree_not_null")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, ondelete="cascade", index=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True,
    )
    active = fields.Boolean(related="partner_id.active", store=True)
    user_id = fields.Many2one(
        related="partner_id.user_id", store=True, readonly=False, index="btree_not_null", string="Responsible Salesperson",
    )
    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    city = fields.Char(related="partner_id.city")
    secrecy = fields.Selection(
        selection=SECRECY, required=True, index=True, tracking=True,
        default=lambda self: self.env.company.dossier_secrecy,
        help="Details secret: only the readers open this dossier; name and address stay usable in orders. "
             "Hidden: others do not find the customer at all.",
    )
    qualification = fields.Selection(
        selection=[
            ("lead", "Lead"), ("screened", "Screened"), ("target", "Target"), ("customer", "Active customer"),
            ("dormant", "Dormant"),
        ],
        required=True, default="lead", tracking=True, index=True, group_expand=True,
        help="How far the collecting, screening and targeting has come (IC-12).",
    )
    source_id = fields.Many2one(comodel_name="utm.source", string="Source Channel", ondelete="set null")
    traits = fields.Text(string="Traits and Preferences", help="What this customer is like, and likes (JJ-3.5.1.1).")
    buying_habits = fields.Text()
    competitors = fields.Text(string="Competitors There", help="Who else sells to this customer, and on what terms.")
    notes = fields.Text()
    person_ids = fields.One2many(
        comodel_name="business.dossier.person", inverse_name="dossier_id", string="Decision Makers",
    )
    occasion_ids = fields.One2many(
        comodel_name="business.dossier.occasion", inverse_name="dossier_id", string="Key Dates",
    )
    document_ids = fields.One2many(
        comodel_name="business.dossier.document", inverse_name="dossier_id", string="Filed Documents",
    )
    last_visit_date = fields.Date(string="Last Visit")
    next_visit_date = fields.Date(string="Next Visit Due", index="btree_not_null", tracking=True)
    touched_on = fields.Date(
        string="Last Updated", default=fields.Date.context_today, readonly=True, copy=False, index=True,
        help="When the dossier or the customer was last changed by somebody (JJ-3.5.2.2).",
    )
    completeness = fields.Integer(
        compute="_compute_completeness", store=True, aggregator="avg", help="Percent of what a dossier should tell.",
    )
    missing = fields.Char(compute="_compute_missing", help="What is still to be filled in.")
    is_readable = fields.Boolean(compute="_compute_rights", search="_search_is_readable")
    is_writable = fields.Boolean(compute="_compute_rights", search="_search_is_writable")

    _partner_uniq = models.UniqueIndex("(partner_id)", "This customer has a dossier already.")

    #=== COMPUTE METHODS ===#

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for dossier in self:
            dossier.display_name = dossier.sudo().partner_id.name or dossier.name

    @api.depends(*COMPLETE)
    def _compute_completeness(self):
        for dossier in self:
            filled = sum(bool(dossier._get_by_path(path)) for path in COMPLETE)
            dossier.completeness = round(100 * filled / len(COMPLETE))

    @api.depends(*COMPLETE)
    @api.depends_context("lang")
    def _compute_missing(self):
        for dossier in self:
            dossier.missing = ", ".join(
                dossier._get_label(path) for path in COMPLETE if not dossier._get_by_path(path)
            )

    def _get_by_path(self, path):
        value = self
        for name in path.split("."):
            value = value[name]
        return value

    def _get_label(self, path):
        *steps, name = path.split(".")
        return (self.mapped(".".join(steps)) if steps else self)._fields[name]._description_string(self.env)

    @api.depends("secrecy", "user_id", "company_id")
    @api.depends_context("uid", "business_dossier_handling")
    def _compute_rights(self):
        for name, condition in (("is_readable", readable_dossiers), ("is_writable", writable_dossiers)):
            allowed = self.sudo().filtered_domain(condition(self.env)).with_env(self.env)
            allowed[name] = True
            (self - allowed)[name] = False

    def _search_is_readable(self, operator, value):
        return readable_dossiers(self.env) if operator == "in" and True in value else NotImplemented

    def _search_is_writable(self, operator, value):
        return writable_dossiers(self.env) if operator == "in" and True in value else NotImplemented

    #=== CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["name"] = self.env["ir.sequence"].next_by_code("business.dossier") or "/"
        dossiers = super().create(vals_list)
        dossiers._own_what_is_secret()
        forget_readers(self.env)
        return dossiers

    def write(self, vals):
        self._check_secrecy_change(vals)
        result = super().write(vals)
        if {"secrecy", "user_id", "company_id", "partner_id"} & vals.keys():
            self._own_what_is_secret()
            forget_readers(self.env)
        return result

    def copy(self, default=None):  # pylint: disable=method-required-super  # nothing may reach it
        raise UserError(self.env._("A customer has one dossier; it is not copied."))

    #=== BUSINESS METHODS ===#

    def _own_what_is_secret(self):
        """Nobody loses a customer by making him secret: without a salesperson, who does it becomes responsible."""
        orphans = self.sudo().filtered(lambda dossier: dossier.secrecy != "open" and not dossier.user_id)
        if orphans and not self.env.user.share and self.env.uid != self.env.ref("base.user_root").id:
            orphans.partner_id.user_id = self.env.user

    def _check_secrecy_change(self, vals):
        """The salesperson makes his customers more secret; only his leader or the whitelist makes them less so."""
        if self.env.su or not {"secrecy", "company_id", "partner_id"} & vals.keys():
            return
        if {"company_id", "partner_id"} & vals.keys():
            self._refuse("dossier.details", self.env._("A dossier stays with its customer and its company."))
        rank = [level for level, _label in SECRECY]
        reader = get_reader(self.env)
        for dossier in self.sudo() if "secrecy" in vals else ():
            above = reader.is_above(dossier.user_id.id, dossier.company_id.id)
            if dossier.user_id and dossier.user_id != self.env.user and not above:
                dossier._refuse("dossier.details", self.env._(
                    "Only the responsible salesperson, the team leader or somebody on the whitelist sets the secrecy.",
                ))
            lowered = rank.index(vals["secrecy"]) < rank.index(dossier.secrecy)
            if lowered and not above:
                dossier._refuse("dossier.details", self.env._(
                    "Only the team leader or somebody on the whitelist makes a dossier less secret.",
                ))

    @api.model
    def _find(self, customers):
        """The dossiers of commercial entities, archived ones too, in sudo, in one statement."""
        return self.sudo().with_context(active_test=False).search_fetch(
            [("partner_id", "in", customers.ids)], ["partner_id", "qualification"],
        )

    @api.model
    def _get_or_create(self, partners):
        """The dossiers of customers; made where there is none.

        When two transactions do it at once, the unique index decides: the loser is retried and sees the other's.

        :param partners: ``res.partner``; their commercial entities count
        :return: ``business.dossier`` in the user's environment
        """
        customers = partners.commercial_partner_id
        there = self._find(customers)
        missing = customers - there.partner_id
        if not missing:
            return there.sudo(False)
        try:
            with self.env.cr.savepoint():
                made = self.create([{"partner_id": partner.id} for partner in missing])
        except UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error
        return there.sudo(False) + made

    def _get_control_company(self):
        """EXTENDS the control mixin."""
        return self.company_id

    def action_open_partner(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window", "res_model": "res.partner", "res_id": self.partner_id.id,
            "view_mode": "form",
        }

    def _filter_secret(self):
        """The dossiers that are not open to everybody who uses dossiers, in the user's environment."""
        return self.sudo().filtered(lambda dossier: dossier.secrecy != "open").sudo(False)

    def _get_ground(self, reader):
        """On what ground a reader reads: ``open``, ``own``, ``team``, ``whitelist``, ``grant``, ``off``.

        :param reader: ``Reader``
        :return: key, or empty when he may not
        """
        self.ensure_one()
        if self.secrecy == "open":
            return "open"
        if self.user_id.id == reader.user_id:
            return "own"
        if self.user_id.id in reader.owner_ids:
            return "team"
        if self.company_id.id in reader.whitelist:
            return "whitelist"
        if self.partner_id.id in reader.granted:
            return "grant"
        opened = reader.open_hidden if self.secrecy == "hidden" else reader.open_details
        return "off" if self.company_id.id in opened else ""
