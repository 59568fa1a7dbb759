# Part of business_dept. See LICENSE file for full copyright and licensing details.
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, Query
from odoo.tools.sql import column_exists, create_column

from .reader import NOBODY, get_reader, visible_partners

#: what the secrecy of a customer is made of: nobody writes it, through no door
GUARD_FIELDS = frozenset({"dossier_guard", "dossier_company_id", "dossier_visible"})


class ResPartner(models.Model):
    _inherit = "res.partner"

    #=== FIELDS ===#

    dossier_ids = fields.One2many(
        comodel_name="business.dossier", inverse_name="partner_id", string="Dossiers",
        groups="business_dept.group_dossier_user",
    )
    dossier_id = fields.Many2one(
        comodel_name="business.dossier", compute="_compute_dossier_id", search="_search_dossier_id",
        groups="business_dept.group_dossier_user",
        help="The dossier of the customer (commercial entity), if the user may read it.",
    )
    dossier_guard = fields.Integer(
        compute="_compute_dossier_guard", store=True, copy=False, groups="base.group_system",
        help="0 or empty: everybody sees the partner. Otherwise the user whose hidden customer it is; -1 when nobody is.",
    )
    dossier_company_id = fields.Many2one(
        comodel_name="res.company", compute="_compute_dossier_guard", store=True, copy=False, groups="base.group_system",
        string="Hidden by Company", ondelete="restrict",
    )
    dossier_visible = fields.Boolean(
        compute="_compute_dossier_visible", search="_search_dossier_visible", compute_sudo=False,
        help="The user may know of this partner.",
    )

    # the shapes that the condition of the record rule takes, see reader.py
    _dossier_guard_idx = models.Index("(dossier_guard) WHERE dossier_guard <> 0")
    _dossier_company_idx = models.Index("(dossier_company_id)")

    #=== COMPUTE METHODS ===#

    @api.depends("commercial_partner_id")
    @api.depends_context("uid")
    def _compute_dossier_id(self):
        found = {
            dossier.partner_id.id: dossier
            for dossier in self.env["business.dossier"].with_context(active_test=False).search_fetch(
                [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"],
            )
        }
        for partner in self:
            partner.dossier_id = found.get(partner.commercial_partner_id._origin.id)

    def _search_dossier_id(self, operator, value):
        if operator not in ("any", "any!", "in"):
            return NotImplemented
        Dossier = self.env["business.dossier"].with_context(active_test=False)
        if operator == "in" and False in value:
            there = Dossier._search([]).subselect("partner_id")
            having = Domain("commercial_partner_id", "not in", there)
            value = [dossier_id for dossier_id in value if dossier_id]
            return having | Domain("dossier_id", "in", value) if value else having
        return Domain("commercial_partner_id", "in", Dossier._search(Domain("id", operator, value)).subselect("partner_id"))

    @api.depends(
        "commercial_partner_id.user_id", "commercial_partner_id.dossier_ids.secrecy",
        "commercial_partner_id.dossier_ids.company_id", "user_ids.share", "ref_company_ids",
    )
    def _compute_dossier_guard(self):
        """A hidden customer's guard is its salesperson. Employees and companies are never hidden: logins need them."""
        for partner in self.sudo().with_context(active_test=False):
            customer = partner.commercial_partner_id
            dossier = customer.dossier_ids[:1]
            hidden = dossier.secrecy == "hidden" and not partner._is_ours() and not customer._is_ours()
            partner.dossier_guard = (customer.user_id.id or NOBODY) if hidden else 0
            partner.dossier_company_id = dossier.company_id if hidden else False

    def _is_ours(self):
        """Whether this is the partner of an employee's login or of a company."""
        return bool(self.ref_company_ids) or any(not user.share for user in self.with_context(active_test=False).user_ids)

    @api.depends("dossier_guard", "dossier_company_id", "commercial_partner_id")
    @api.depends_context("uid", "business_dossier_handling")
    def _compute_dossier_visible(self):
        domain = visible_partners(self.env)
        visible = self if domain.is_true() else self.sudo().filtered_domain(domain).with_env(self.env)
        visible |= self.filtered(lambda partner: not partner._origin)
        visible.dossier_visible = True
        (self - visible).dossier_visible = False

    def _search_dossier_visible(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        visible = visible_partners(self.env)
        if self.env.su:
            return visible
        # in a user's own domain: the columns are not his to read
        return Domain("id", "in", self.sudo().with_context(active_test=False)._search(visible))

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        """EXTENDS 'base': a page of a user who sees few partners is sorted, not looked for in the order of an index.

        PostgreSQL takes a walk through the names for cheap, however many hidden ones it passes until the page is full.
        """
        query = super()._search(
            domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access,
        )
        if not (limit and query.order) or self.env.su or bypass_access or not get_reader(self.env).narrow:
            return query
        id_column = SQL.identifier(self._table, "id")
        # always false, so it changes no order; but no index has it
        query.order = SQL("%s < 0, %s", id_column, query.order)
        # what is sorted are ids; the other columns are read of the page alone
        page = Query(self.env, self._table, self._table_sql)
        page.add_where(SQL("%s = ANY(ARRAY(%s))", id_column, query.select()))
        page.order = self._order_to_sql(order, page)
        page.limit = limit
        return page

    #=== CRUD METHODS ===#

    def write(self, vals):
        """EXTENDS 'base': who becomes responsible for a secret customer reads his dossier."""
        if "user_id" in vals and not self.env.su:
            self._check_handing_over()
        return super().write(vals)

    def _check_handing_over(self):
        """A secret customer is handed over by who may change the dossier, not by who would like to read it."""
        secret = self.env["business.dossier"].sudo().search([
            ("partner_id", "in", self.ids), ("secrecy", "!=", "open"),
        ])
        reader = get_reader(self.env)
        for dossier in secret:
            # not the dossier's own field: when it is written there, it tells of the successor already
            if not reader.answers_for(dossier.partner_id.user_id.id, dossier.company_id.id):
                dossier._refuse("dossier.details", self.env._(
                    "%s is a secret dossier: its salesperson, the team leader or the whitelist hands it over.",
                    dossier.partner_id.name,
                ))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_dossier(self):
        self._refuse_losing_dossier()

    def _refuse_losing_dossier(self):
        """A dossier does not go away with the customer who has it (TS-3.3.4)."""
        dossiers = self.env["business.dossier"].sudo().with_context(active_test=False).search([
            ("partner_id", "in", self.ids),
        ])
        if dossiers and not self.env.su:
            self.env["business.control.mixin"]._refuse_on(dossiers, "approval.forgery", self.env._(
                "%s has a dossier, which would be lost. Archive the customer instead.",
                ", ".join(dossiers.partner_id.mapped("display_name")),
            ))

    def _recompute_dossier_guard(self):
        """Hide or show these customers and their contacts anew, after they were changed in SQL."""
        family = self.sudo().with_context(active_test=False).search([("commercial_partner_id", "in", self.ids)])
        for name in ("dossier_guard", "dossier_company_id"):
            self.env.add_to_compute(self._fields[name], family)

    #=== TOOLING ===#

    def _auto_init(self):
        """EXTENDS 'base': in a company with many partners the columns come empty: nobody is hidden yet."""
        for name, kind in (("dossier_guard", "int4"), ("dossier_company_id", "int4")):
            if not column_exists(self.env.cr, "res_partner", name):
                create_column(self.env.cr, "res_partner", name, kind)
        return super()._auto_init()

    @api.model
    def _get_kept_fields(self):
        """EXTENDS the credit: what hides a customer is kept by the dossier alone."""
        return super()._get_kept_fields() | GUARD_FIELDS
